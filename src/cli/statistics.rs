//! `--statistics`: how often each rule fired, and where the findings gather.

use super::output;
use crate::finding::{Finding, Severity};
use crate::report::{PostInfo, Report, visible};
use anyhow::Result;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Errors, warnings and info notes.
type Counts = [usize; 3];

/// Prints the counts beneath a text report, or on standard error where the report is for a machine.
pub(super) fn print(report: &Report<'_>, beneath: bool) -> Result<()> {
    let text = text(report);
    if beneath {
        output::say(|out| out.write_all(text.as_bytes()))
    } else {
        output::tell(text.trim_end());
        Ok(())
    }
}

fn text(report: &Report<'_>) -> String {
    let mut text = String::new();
    let by = |name: fn(&Finding) -> &str| report.findings.iter().map(move |finding| (name(finding).to_owned(), counted(finding)));
    table(&mut text, "pack", by(|finding| &finding.pack), false);
    table(&mut text, "rule", by(|finding| &finding.rule), false);
    let risk = |post: &PostInfo| [post.errors, post.warnings, post.infos];
    let posts = || report.posts.iter().filter(move |post| risk(post).iter().sum::<usize>() > 0);
    table(&mut text, "account", posts().filter_map(|post| Some((post.account.clone()?, risk(post)))), false);
    table(&mut text, "platform", posts().flat_map(|post| post.platforms.iter().map(move |platform| (platform.clone(), risk(post)))), false);
    table(&mut text, "week", posts().filter_map(|post| Some((week(post.scheduled.as_deref()?)?, risk(post)))), true);
    text
}

fn counted(finding: &Finding) -> Counts {
    match finding.severity {
        Severity::Error => [1, 0, 0],
        Severity::Warning => [0, 1, 0],
        Severity::Info => [0, 0, 1],
    }
}

/// One block: a heading with the severities, then the names, the worst first, or in their own order.
fn table(text: &mut String, heading: &str, counts: impl Iterator<Item = (String, Counts)>, in_order: bool) {
    let mut sums: BTreeMap<String, Counts> = BTreeMap::new();
    for (name, count) in counts {
        let sum = sums.entry(name).or_default();
        sum.iter_mut().zip(count).for_each(|(sum, count)| *sum += count);
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    if !in_order {
        rows.sort_by_key(|(_, counts)| Reverse(*counts));
    }
    if !rows.is_empty() {
        let _ = writeln!(text, "\n{:>7} {:>8} {:>6}  by {heading}", "errors", "warnings", "infos");
    }
    for (name, [errors, warnings, infos]) in rows {
        let _ = writeln!(text, "{errors:>7} {warnings:>8} {infos:>6}  {}", visible(&name));
    }
}

/// The ISO week of a date with its Monday, such as `2026-W48 (from 2026-11-23)`.
fn week(scheduled: &str) -> Option<String> {
    let date: jiff::civil::Date = scheduled.get(..10)?.parse().ok()?;
    let week = date.iso_week_date();
    let monday = week.first_of_week().ok()?.date();
    Some(format!("{}-W{:02} (from {monday})", week.year(), week.week()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_those_of_iso_8601() {
        assert_eq!(week("2027-01-01T09:00").as_deref(), Some("2026-W53 (from 2026-12-28)"));
        assert_eq!(week("2026-11-23").as_deref(), Some("2026-W48 (from 2026-11-23)"));
        assert_eq!(week("soon"), None);
    }

    #[test]
    fn the_worst_stands_first_and_weeks_in_their_order() {
        let counts = || [("b", [0, 5, 0]), ("a", [1, 0, 0]), ("b", [0, 0, 1])].map(|(name, counts)| (name.to_owned(), counts)).into_iter();
        let names = |in_order| {
            let mut text = String::new();
            table(&mut text, "x", counts(), in_order);
            text.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["1 0 0 a", "0 5 1 b"]);
        assert_eq!(names(true), ["1 0 0 a", "0 5 1 b"]);
    }
}
