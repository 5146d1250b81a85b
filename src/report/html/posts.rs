//! One post with its findings: what, where, the words if they may be shown, why, and how to say it instead.

use super::super::echo::{Row, rows};
use super::super::key;
use super::{Index, calendar, class, severity_class};
use crate::finding::{Finding, Severity};
use crate::report::{PostInfo, Privacy, Report, visible};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Columns of a quoted row; the page itself wraps it.
const QUOTE_WIDTH: usize = 240;

/// The post that `findings`, which are all its own, belong to.
pub(super) fn article(number: usize, findings: &[Finding], report: &Report, index: &Index) -> Markup {
    let Some(first) = findings.first() else { return html! {} };
    let sensitive = findings.iter().any(|f| f.sensitive);
    let post = index.post(first);
    let (path, name) = key(first);
    html! {
        article.post.(classes(findings, post, index)) aria-labelledby={ "post-" (number) } {
            h3 id={ "post-" (number) } { bdi { (visible(path)) } @if !matches!(name, "" | "1") { ", post " bdi { (visible(name)) } } }
            @if let Some(post) = post { (about(post)) }
            @for finding in findings { (section(finding, index, withheld(report.privacy, sensitive))) }
        }
    }
}

/// What the filters look for.
fn classes(findings: &[Finding], post: Option<&PostInfo>, index: &Index) -> String {
    let mut classes: BTreeSet<String> =
        findings.iter().flat_map(|f| [severity_class(f.severity).to_string(), pack_class(f, index)]).collect();
    if let Some(post) = post {
        let position = |names: &[&str], name: &str| names.binary_search(&name).ok();
        classes.extend(post.account.as_deref().and_then(|a| position(&index.accounts, a)).map(|i| class("account", i)));
        classes.extend(post.platforms.iter().filter_map(|p| position(&index.platforms, p)).map(|i| class("platform", i)));
        classes.extend(calendar::day(post).map(|day| format!("day-{day}")));
    }
    classes.into_iter().collect::<Vec<_>>().join(" ")
}

fn pack_class(finding: &Finding, index: &Index) -> String {
    index.packs.binary_search(&finding.pack.as_str()).map_or_else(|_| String::new(), |i| class("pack", i))
}

/// When and where the post is due.
fn about(post: &PostInfo) -> Markup {
    let day = calendar::day(post).map(|day| day.to_string());
    let time = post.scheduled.as_deref().and_then(|s| s.get(11..16)).unwrap_or_default();
    let parts: Vec<String> = [
        day.map(|day| format!("due {day} {time}").trim_end().to_string()),
        post.account.clone(),
        (!post.platforms.is_empty()).then(|| post.platforms.join(", ")),
        post.pillar.as_ref().map(|pillar| format!("pillar: {pillar}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    html! { @if !parts.is_empty() { p.about { (visible(&parts.join(" · "))) } } }
}

fn withheld(privacy: Privacy, sensitive: bool) -> &'static str {
    match privacy {
        Privacy::RedactAll => "Words withheld.",
        _ if sensitive => "Words withheld: this post may identify a patient.",
        _ => "Words not shown here.",
    }
}

fn section(f: &Finding, index: &Index, withheld: &str) -> Markup {
    html! {
        section.finding.(severity_class(f.severity)).(pack_class(f, index)) {
            h4 { span.badge.(severity_class(f.severity)) { (word(f.severity)) } " " (visible(&f.message)) }
            p.about { (place(f)) " · " code { (visible(&f.rule)) } " · " (visible(&f.pack)) " · " (f.confidence.as_str()) " confidence" }
            (quote(f, withheld))
            @if !f.help.is_empty() { dl { dt { "Instead" } dd { (visible(f.help.trim())) } } }
            (index.reasons.link(f))
        }
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Info => "Info",
    }
}

fn place(f: &Finding) -> String {
    let field = if matches!(f.field.as_str(), "" | "text") { String::new() } else { format!(" of the {}", f.field.replace('_', " ")) };
    match f.place {
        None => "the whole post".into(),
        Some(p) => format!("line {}, column {}{}", p.from.line, p.from.column, visible(&field)),
    }
}

/// The words with marks, or why they are not here; labels that stand elsewhere are named with their line.
fn quote(f: &Finding, withheld: &str) -> Markup {
    let rows = f.excerpt.as_ref().map(|e| rows(e, &f.labels, QUOTE_WIDTH)).unwrap_or_default();
    let near = |i: usize| f.excerpt.as_ref().is_some_and(|e| e.labels.get(i).is_some_and(Option::is_some));
    let far: Vec<_> = f.labels.iter().enumerate().filter(|(i, _)| !near(*i)).map(|(_, label)| label).collect();
    html! {
        @if !rows.is_empty() {
            blockquote { @for row in &rows { p dir="auto" { (marked(row)) } } }
        } @else if f.place.is_some() {
            p.withheld { (withheld) }
        }
        @if !far.is_empty() {
            ul.labels { @for label in far { li { "line " (label.place.from.line) ", column " (label.place.from.column) ": " (visible(&label.text)) } } }
        }
    }
}

/// A row cut where marks begin and end; a label follows the words it names.
fn marked(row: &Row) -> Markup {
    let mut cuts: BTreeSet<usize> = row.marks.iter().flat_map(|m| [m.bytes.start, m.bytes.end]).collect();
    cuts.extend([0, row.text.len()]);
    let cuts: Vec<usize> = cuts.into_iter().collect();
    html! {
        @for piece in cuts.windows(2) {
            @if let [start, end] = *piece {
                @let words = row.text.get(start..end).unwrap_or_default();
                @if row.marks.iter().any(|m| m.bytes.start <= start && end <= m.bytes.end) { mark { (words) } } @else { (words) }
                @for label in row.marks.iter().filter(|m| m.bytes.end == end).filter_map(|m| m.label) { small.label { (visible(label)) } }
            }
        }
    }
}
