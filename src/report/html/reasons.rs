//! Why each rule that found something exists and on what it rests: said once on the page, however often the rule fires, and linked to.

use crate::finding::{Finding, Source};
use crate::report::visible;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The reasons with their numbers. A rule may have several, since its sources depend on the country.
pub(super) struct Reasons<'a>(BTreeMap<Key<'a>, (usize, &'a Finding)>);

/// Rule, why, and the addresses of its sources.
type Key<'a> = (&'a str, &'a str, Vec<&'a str>);

fn key(finding: &Finding) -> Key<'_> {
    (&finding.rule, &finding.why, finding.sources.iter().map(|source| source.url.as_str()).collect())
}

impl<'a> Reasons<'a> {
    /// Those of the findings that have one, in the order of the rules' names.
    pub(super) fn new(findings: &'a [Finding]) -> Self {
        let mut reasons = BTreeMap::new();
        for finding in findings.iter().filter(|finding| !finding.why.is_empty() || !finding.sources.is_empty()) {
            reasons.entry(key(finding)).or_insert((0, finding));
        }
        reasons.values_mut().enumerate().for_each(|(number, (own, _))| *own = number);
        Self(reasons)
    }

    /// Whether no finding has one.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where the reason of a finding stands on the page; nothing when it has none.
    pub(super) fn link(&self, finding: &Finding) -> Markup {
        html! {
            @if let Some((number, _)) = self.0.get(&key(finding)) {
                p.about { a href={ "#why-" (number) } { "Why" @if !finding.sources.is_empty() { ", and the source" } } }
            }
        }
    }

    /// The reasons themselves; nothing without any.
    pub(super) fn section(&self) -> Markup {
        html! {
            @if !self.0.is_empty() {
                section id="why" {
                    h2 { "Why" }
                    @for (number, finding) in self.0.values() {
                        section.reason id={ "why-" (number) } {
                            h3 { (visible(&finding.title)) " " code { (visible(&finding.rule)) } }
                            @if !finding.why.is_empty() { p { (visible(finding.why.trim())) } }
                            @for source in &finding.sources { p { (link(source)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A source; only addresses of the web become links.
fn link(source: &Source) -> Markup {
    html! {
        span.source {
            @if source.url.starts_with("https://") {
                a href=(source.url) rel="noopener noreferrer" { (visible(&source.title)) }
            } @else {
                (visible(&source.title))
            }
        }
    }
}
