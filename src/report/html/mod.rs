//! One self-contained page for a compliance officer: verdict, schedule, bars, findings by post.
//!
//! No script and nothing remote; the page's own policy forbids both. Filters are links: each leads to an empty target in front of the
//! findings, and a style rule hides what does not belong to the target. Everything is escaped by construction.

mod bars;
mod calendar;
mod posts;
mod reasons;

use super::verdict::{NOT_CLEARANCE, remarks, tally};
use super::{PostInfo, Privacy, Report, Verdict, visible};
use crate::finding::{Finding, Severity};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

const STYLE: &str = include_str!("style.css");
/// The page may style itself and do nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes the page, post by post.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let index = Index::new(report);
    write!(out, "{}<html lang=\"en\">{}<body>", DOCTYPE.into_string(), head(report, &index).into_string())?;
    write!(out, "{}<main id=\"top\">{}", skip_link().into_string(), overview(report, &index).into_string())?;
    for part in [calendar::section(report), bars::section(report, &index), left_out(report)] {
        write!(out, "{}", part.into_string())?;
    }
    write!(out, "<section id=\"findings\">{}<div class=\"posts\">", filters(&index).into_string())?;
    for (number, group) in report.findings.chunk_by(|a, b| super::key(a) == super::key(b)).enumerate() {
        write!(out, "{}", posts::article(number, group, report, &index).into_string())?;
    }
    write!(out, "</div></section>{}</main>{}</body></html>", index.reasons.section().into_string(), foot(report).into_string())?;
    writeln!(out)
}

/// What several parts of the page look up.
struct Index<'a> {
    /// The posts by file and post.
    posts: BTreeMap<(&'a str, &'a str), &'a PostInfo>,
    packs: Vec<&'a str>,
    accounts: Vec<&'a str>,
    platforms: Vec<&'a str>,
    /// Days with findings.
    days: BTreeSet<jiff::civil::Date>,
    /// Why each rule exists, said once.
    reasons: reasons::Reasons<'a>,
}

impl<'a> Index<'a> {
    fn new(report: &Report<'a>) -> Self {
        let set = |words: &mut dyn Iterator<Item = &'a str>| words.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        Self {
            posts: report.posts.iter().map(|p| ((p.path.as_str(), p.post.as_str()), p)).collect(),
            packs: set(&mut report.findings.iter().map(|f| f.pack.as_str())),
            accounts: set(&mut report.posts.iter().filter_map(|p| p.account.as_deref())),
            platforms: set(&mut report.posts.iter().flat_map(|p| p.platforms.iter().map(String::as_str))),
            days: report.posts.iter().filter(|p| p.errors + p.warnings + p.infos > 0).filter_map(calendar::day).collect(),
            reasons: reasons::Reasons::new(report.findings),
        }
    }

    fn post(&self, finding: &Finding) -> Option<&'a PostInfo> {
        self.posts.get(&super::key(finding)).copied()
    }

    /// Every filter: its class, the words of its link, and whether it hides single findings or whole posts only.
    fn filters(&self) -> Vec<Filter<'_>> {
        let severities = [Severity::Error, Severity::Warning, Severity::Info];
        let mut filters: Vec<Filter> = severities
            .map(|s| Filter { kind: "severity", class: severity_class(s).into(), name: s.as_str(), single: true })
            .into_iter()
            .collect();
        for (kind, names, single) in [("pack", &self.packs, true), ("account", &self.accounts, false), ("platform", &self.platforms, false)]
        {
            filters.extend(names.iter().enumerate().map(|(i, name)| Filter { kind, class: class(kind, i), name, single }));
        }
        filters
    }
}

/// One link that narrows the findings.
struct Filter<'a> {
    kind: &'static str,
    class: String,
    name: &'a str,
    single: bool,
}

/// `pack-3`: names come from files and never enter an attribute.
fn class(kind: &str, number: usize) -> String {
    format!("{kind}-{number}")
}

fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "s-error",
        Severity::Warning => "s-warning",
        Severity::Info => "s-info",
    }
}

fn head(report: &Report, index: &Index) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(POLICY);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            meta name="robots" content="noindex";
            title { (Verdict::of(report).as_str()) " – postlint report" }
            style { (PreEscaped(STYLE)) (PreEscaped(filter_rules(index))) }
        }
    }
}

/// Hides what the targeted filter does not name and marks its link. Holds only class names that this module made.
fn filter_rules(index: &Index) -> String {
    let days = index.days.iter().map(|day| (format!("day-{day}"), false));
    let mut rules = String::new();
    for (class, single) in index.filters().into_iter().map(|f| (f.class, f.single)).chain(days) {
        let target = format!("#only-{class}:target~");
        let findings = if single { format!(",{target}.posts .finding:not(.{class})") } else { String::new() };
        rules.push_str(&format!(
            "{target}.posts .post:not(.{class}){findings}{{display:none}}{target}.filters a[href='#only-{class}']{{outline:2px solid}}{target}.filters .all{{display:inline-block}}\n"
        ));
    }
    rules
}

fn skip_link() -> Markup {
    html! { a.skip href="#findings" { "Skip to the findings" } }
}

fn overview(report: &Report, index: &Index) -> Markup {
    let verdict = Verdict::of(report);
    let s = &report.summary;
    let unread = report.skipped.iter().filter(|skipped| skipped.unread).count();
    let tiles = [
        ("Posts checked", s.posts, ""),
        ("Errors", s.errors, "s-error"),
        ("Warnings", s.warnings, "s-warning"),
        ("Info notes", s.infos, "s-info"),
        ("Not checked", unread, "s-error"),
        ("Mistakes in files", s.skipped.saturating_sub(unread), "s-error"),
    ];
    html! {
        header {
            p.kicker { "postlint report" }
            h1.verdict.(verdict_class(verdict)) { (verdict.as_str()) }
            p.lead { (tally(report)) "." }
            dl.tiles {
                @for (name, number, class) in tiles.into_iter().filter(|(name, number, _)| *number > 0 || *name != "Mistakes in files") {
                    div.tile.(if number > 0 { class } else { "" }) { dt { (name) } dd { (number) } }
                }
            }
            ul.remarks {
                @for remark in remarks(report) { li { (remark) } }
                li { (NOT_CLEARANCE) }
                li { (privacy(report.privacy)) }
            }
        }
        nav aria-label="On this page" {
            @if report.posts.iter().any(|p| calendar::day(p).is_some()) { a href="#schedule" { "Schedule" } }
            @if !report.findings.is_empty() { a href="#where" { "Where the risk is" } }
            @if !report.skipped.is_empty() || !report.notes.is_empty() { a href="#left-out" { (left_out_title(report)) } }
            a href="#findings" { "Findings by post" }
            @if !index.reasons.is_empty() { a href="#why" { "Why" } }
        }
    }
}

fn privacy(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Reveal => "This page quotes drafts in full, patient identifiers included. Keep it as confidential as a record.",
        Privacy::WithholdSensitive => "Words of posts that may identify a patient are withheld.",
        Privacy::RedactAll => "All words of the drafts are withheld.",
    }
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ready => "s-ok",
        Verdict::Ask | Verdict::Unchecked | Verdict::Nothing => "s-warning",
        Verdict::Fix => "s-error",
    }
}

fn left_out_title(report: &Report) -> &'static str {
    if report.skipped.is_empty() { "Remarks" } else { "Not checked" }
}

/// What could not be checked, and remarks on the run.
fn left_out(report: &Report) -> Markup {
    html! {
        @if !report.skipped.is_empty() || !report.notes.is_empty() {
            section id="left-out" {
                h2 { (left_out_title(report)) }
                @for note in report.notes { p { (visible(note)) } }
                @if !report.skipped.is_empty() {
                    div.scroll tabindex="0" role="region" aria-label="Files that were not checked" {
                        table {
                            thead { tr { th scope="col" { "File" } th scope="col" { "Line" } th scope="col" { "Reason" } } }
                            tbody {
                                @for s in report.skipped {
                                    tr {
                                        th scope="row" { bdi { (visible(&s.path)) } }
                                        td.number { @if let Some(line) = s.line { (line) } }
                                        td { (s.heading()) ": " (visible(&s.reason)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The heading of the findings, the targets, and the links to them.
fn filters(index: &Index) -> Markup {
    let filters = index.filters();
    html! {
        h2 { "Findings by post" }
        @for filter in &filters { span.target id={ "only-" (filter.class) } {} }
        @for day in &index.days { span.target id={ "only-day-" (day) } {} }
        div.filters role="group" aria-label="Show only some findings" {
            @for kind in ["severity", "pack", "account", "platform"] {
                @let links: Vec<&Filter> = filters.iter().filter(|f| f.kind == kind).collect();
                @if links.len() > 1 {
                    p {
                        span.kind { (kind) ": " }
                        @for link in links { a href={ "#only-" (link.class) } { (visible(link.name)) } " " }
                    }
                }
            }
            a.all href="#findings" { "Show all findings" }
        }
    }
}

fn foot(report: &Report) -> Markup {
    html! {
        footer {
            p { (NOT_CLEARANCE) " This page is no legal advice." }
            p { "postlint " (env!("CARGO_PKG_VERSION")) " · " (super::count(report.rules.len(), "rule")) " · made without network, scripts or tracking" }
        }
    }
}
