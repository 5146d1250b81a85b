//! Writes findings for people and machines: one file per format, all from the same [`Report`], all to any writer.
//!
//! Only an [`Excerpt`](crate::finding::Excerpt) holds words of a draft; [`withhold`] takes excerpts away before a report is written, so
//! no format has to decide what may be shown. A new format is one new file and one line in the list below.

mod commands;
mod concise;
mod echo;
#[cfg(test)]
mod fixture;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod privacy;
mod sarif;
mod stream;
#[cfg(test)]
mod tests;
mod text;
mod verdict;
mod visible;

pub use commands::{Orderless, orderless};
pub use privacy::{Privacy, withhold};
pub use stream::Stream;
pub use verdict::Verdict;
pub use visible::visible;

use crate::finding::{Confidence, Finding, Severity, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Declares the formats: one line gives the variant, the word on the command line and the function that writes it.
macro_rules! formats {
    ($($(#[doc = $about:literal])* $variant:ident = $name:literal => $write:path,)*) => {
        /// What a report looks like.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Format { $($(#[doc = $about])* $variant,)* }

        impl Format {
            /// Every format, in the order in which help lists them.
            pub const ALL: &'static [Format] = &[$(Format::$variant,)*];

            /// The word for it on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Format::$variant => $name,)* }
            }
        }

        /// Writes the whole report in one format; errors are those of `out`.
        pub fn write(format: Format, report: &Report, out: &mut dyn Write) -> io::Result<()> {
            let out = &mut Orderless::new(format, out);
            match format { $(Format::$variant => $write(report, out),)* }
        }
    };
}

formats! {
    /// Annotated lines for a person at a terminal.
    Text = "text" => text::write,
    /// One line a finding.
    Concise = "concise" => concise::write,
    /// One JSON document.
    Json = "json" => json::write,
    /// One JSON object a line: every finding, then the summary.
    Jsonl = "jsonl" => jsonl::write,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif = "sarif" => sarif::write,
    /// Workflow commands of GitHub.
    Github = "github" => github::write,
    /// Code Quality report of GitLab.
    Gitlab = "gitlab" => gitlab::write,
    /// JUnit XML.
    Junit = "junit" => junit::write,
    /// One self-contained page.
    Html = "html" => html::write,
}

impl std::str::FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Self::ALL.iter().map(|f| f.as_str()).collect::<Vec<_>>().join(", ");
        Self::ALL.iter().copied().find(|f| f.as_str() == word).ok_or_else(|| format!("unknown format; choose one of {}", known()))
    }
}

/// Everything a report says. The caller has sorted the findings (path, post, position, rule) and withheld what must not be shown.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The findings to show.
    pub findings: &'a [Finding],
    /// What could not be checked.
    pub skipped: &'a [Skipped],
    /// The posts that were checked, if the caller knows them; only the calendar, the bars and passed test cases need them.
    pub posts: &'a [PostInfo],
    /// The rules that ran.
    pub rules: &'a [RuleInfo<'a>],
    /// Remarks on the run in plain words, such as a rule that a local setting weakened; never words of a draft.
    pub notes: &'a [String],
    /// Counts over the whole run, also of what is not shown.
    pub summary: Summary,
    /// What [`withhold`] was asked to do; it words the note that stands in for an excerpt.
    pub privacy: Privacy,
    /// How text looks.
    pub style: Style,
}

/// A file, or a part of one, that could not be checked, or not in all respects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file as the user named it.
    pub path: String,
    /// 1-based line, if the trouble has one.
    pub line: Option<usize>,
    /// 1-based column in characters.
    pub column: Option<usize>,
    /// What is wrong and what to do; never words of a draft.
    pub reason: String,
    /// Whether something was not checked because of it; else it is a mistake in a file whose posts were checked all the same.
    pub unread: bool,
}

impl Skipped {
    /// Something that was not checked, without a place.
    pub fn whole(path: String, reason: String) -> Self {
        Self { path, line: None, column: None, reason, unread: true }
    }

    /// What it is, in plain words.
    fn word(&self) -> &'static str {
        if self.unread { "not checked" } else { "mistake" }
    }

    /// The same at the beginning of a sentence.
    fn heading(&self) -> &'static str {
        if self.unread { "Not checked" } else { "Mistake in the file" }
    }
}

/// Counts over the whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Files read.
    pub files: usize,
    /// Posts checked.
    pub posts: usize,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// Findings silenced by the author, the config or the baseline.
    pub suppressed: usize,
    /// Files or parts of files that could not be checked.
    pub skipped: usize,
    /// Findings below the confidence that was asked for.
    pub hidden: usize,
}

/// What formats with a rule list tell about a rule.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo<'a> {
    /// Rule id.
    pub id: &'a str,
    /// Pack of the rule.
    pub pack: &'a str,
    /// Short title.
    pub title: &'a str,
    /// What is wrong, in one sentence.
    pub message: &'a str,
    /// Why it matters.
    pub why: &'a str,
    /// How to say it instead.
    pub help: &'a str,
    /// The law, code or guideline.
    pub sources: &'a [Source],
    /// Harm.
    pub severity: Severity,
    /// Certainty.
    pub confidence: Confidence,
}

/// One checked post, for the calendar and the bars.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostInfo {
    /// The file as the user named it.
    pub path: String,
    /// The post in the file, as in [`Finding::post`].
    pub post: String,
    /// Account that will publish it.
    pub account: Option<String>,
    /// Platforms it is meant for.
    pub platforms: Vec<String>,
    /// Date, or date and time, in ISO 8601 (`2026-11-24T09:30`).
    pub scheduled: Option<String>,
    /// Content pillar.
    pub pillar: Option<String>,
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
}

/// How text looks; the caller decides once for the whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Columns to write in; 80 unless a terminal says otherwise.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80 }
    }
}

impl Report<'_> {
    /// Files with more than one post, where a place needs the post to be understood.
    fn shared_files(&self) -> BTreeSet<&str> {
        let mut posts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, post) in self.findings.iter().map(key).chain(self.posts.iter().map(|p| (p.path.as_str(), p.post.as_str()))) {
            posts.entry(path).or_default().insert(post);
        }
        posts.into_iter().filter(|(_, posts)| posts.len() > 1).map(|(path, _)| path).collect()
    }
}

/// What tells posts apart: the file and the post in it.
fn key(finding: &Finding) -> (&str, &str) {
    (&finding.path, &finding.post)
}

/// `1 error`, `2 errors`.
fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
