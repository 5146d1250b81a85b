//! What a physician does next, in three words.

use super::{Report, Skipped, Summary, count, key};
use crate::finding::{Confidence, Finding, Severity};
use std::collections::BTreeSet;

/// The answer to "may I post this?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found, or only things worth a thought.
    Ready,
    /// Only warnings of which the rules are not sure: a second reader decides.
    Ask,
    /// At least one error, or a warning of which its rule is sure.
    Fix,
    /// Nothing was found, but not everything could be checked.
    Unchecked,
    /// There was no post: the draft is empty, or everything is excluded.
    Nothing,
}

impl Verdict {
    /// The verdict on a whole run.
    pub fn of(report: &Report) -> Self {
        let Summary { errors, warnings, posts, skipped, .. } = report.summary;
        let sure = |f: &Finding| f.severity == Severity::Warning && f.confidence == Confidence::High;
        match () {
            () if errors > 0 || report.findings.iter().any(sure) => Self::Fix,
            () if warnings > 0 => Self::Ask,
            () if skipped > 0 => Self::Unchecked,
            () if posts == 0 => Self::Nothing,
            () => Self::Ready,
        }
    }

    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready to post",
            Self::Ask => "Ask before posting",
            Self::Fix => "Fix first",
            Self::Unchecked => "Not fully checked",
            Self::Nothing => "Nothing to check",
        }
    }
}

/// Stands under every summary.
pub(super) const NOT_CLEARANCE: &str = "No finding is not clearance: it means only that no rule fired.";

/// `Fix first: 1 error and 1 warning in 1 of 3 posts.`
pub(super) fn sentence(report: &Report) -> String {
    format!("{}: {}.", Verdict::of(report).as_str(), tally(report))
}

/// `1 error and 1 warning in 1 of 3 posts`.
pub(super) fn tally(report: &Report) -> String {
    let Summary { posts, errors, warnings, infos, .. } = report.summary;
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning"), (infos, "info note")]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, noun)| count(n, noun))
        .collect();
    match parts.split_last() {
        None if posts == 0 => "there was no post".to_owned(),
        None => format!("no rule fired in {}", count(posts, "post")),
        Some((only, [])) => format!("{only} in {} of {}", flagged(report), count(posts, "post")),
        Some((last, rest)) => format!("{} and {last} in {} of {}", rest.join(", "), flagged(report), count(posts, "post")),
    }
}

/// What was left out of the sentence, one remark each: skipped, hidden, suppressed.
pub(super) fn remarks(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let mut remarks = Vec::new();
    let (unread, mistakes): (Vec<&Skipped>, Vec<&Skipped>) = report.skipped.iter().partition(|skipped| skipped.unread);
    if !unread.is_empty() {
        remarks.push(format!("{} could not be checked.", count(unread.len(), "input")));
    }
    if !mistakes.is_empty() {
        let verb = if mistakes.len() == 1 { "is" } else { "are" };
        remarks
            .push(format!("{} in the files {verb} to be mended; the words were checked all the same.", count(mistakes.len(), "mistake")));
    }
    if summary.hidden > 0 {
        remarks.push(format!("{} hidden; --confidence low shows all.", count(summary.hidden, "less certain finding")));
    }
    if summary.suppressed > 0 {
        remarks.push(format!("{} silenced by the author, the settings or the baseline.", count(summary.suppressed, "finding")));
    }
    remarks
}

fn flagged(report: &Report) -> usize {
    report.findings.iter().map(key).collect::<BTreeSet<_>>().len()
}
