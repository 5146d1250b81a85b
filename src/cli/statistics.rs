//! `--statistics`: how often each rule fired, and where the findings gather.

use super::output;
use crate::finding::Finding;
use crate::report::{PostInfo, Report};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Prints the counts beneath a text report, or on standard error where the report is for a machine.
pub(super) fn print(report: &Report<'_>, beneath: bool) -> Result<()> {
    let text = text(report);
    if beneath {
        output::print(|out| out.write_all(text.as_bytes()))
    } else {
        output::tell(text.trim_end());
        Ok(())
    }
}

fn text(report: &Report<'_>) -> String {
    let mut text = String::new();
    let by = |name: fn(&Finding) -> String| report.findings.iter().map(move |finding| (name(finding), 1));
    table(&mut text, "severity", by(|finding| finding.severity.as_str().to_owned()));
    table(&mut text, "pack", by(|finding| finding.pack.clone()));
    table(&mut text, "rule", by(|finding| finding.rule.clone()));
    let risky = |post: &PostInfo| post.errors + post.warnings + post.infos;
    let posts = || report.posts.iter().filter(|post| risky(post) > 0);
    table(&mut text, "account", posts().filter_map(|post| Some((post.account.clone()?, risky(post)))));
    table(&mut text, "platform", posts().flat_map(|post| post.platforms.iter().map(|platform| (platform.clone(), risky(post)))));
    table(&mut text, "week", posts().filter_map(|post| Some((week(post.scheduled.as_deref()?)?, risky(post)))));
    text
}

/// One block: a heading, then the names with most findings first.
fn table(text: &mut String, heading: &str, counts: impl Iterator<Item = (String, usize)>) {
    let mut sums: BTreeMap<String, usize> = BTreeMap::new();
    for (name, count) in counts {
        *sums.entry(name).or_default() += count;
    }
    let mut rows: Vec<_> = sums.into_iter().collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    if !rows.is_empty() {
        let _ = writeln!(text, "\nFindings by {heading}");
    }
    for (name, count) in rows {
        let _ = writeln!(text, "{count:>7}  {}", crate::report::visible(&name));
    }
}

/// The ISO week of a date, such as `2026-W48`.
fn week(scheduled: &str) -> Option<String> {
    let date: jiff::civil::Date = scheduled.get(..10)?.parse().ok()?;
    let week = date.iso_week_date();
    Some(format!("{}-W{:02}", week.year(), week.week()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn weeks_are_those_of_iso_8601() {
        assert_eq!(super::week("2027-01-01T09:00").as_deref(), Some("2026-W53"));
        assert_eq!(super::week("2026-11-23").as_deref(), Some("2026-W48"));
        assert_eq!(super::week("soon"), None);
    }
}
