//! What a rule reports: the vocabulary that the linter fills and the reports read.
//!
//! Only [`Excerpt`] holds words of a draft; messages and help never do, so a report that leaves the excerpt out leaks nothing.

use crate::span::{Position, Span};
use serde::{Deserialize, Serialize};

/// How much harm a finding means. Ordered: `Info < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a thought.
    Info,
    /// Fix before posting.
    Warning,
    /// Must not be posted.
    Error,
}

impl Severity {
    /// The lower-case word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// How sure a rule is. Ordered: `Low < Medium < High`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// More often wrong than a default run may be.
    Low,
    /// Right in about nine of ten.
    Medium,
    /// Right nearly always.
    High,
}

impl Confidence {
    /// The lower-case word used in every format.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The law, code or guideline that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Title with section, as verified.
    pub title: String,
    /// Canonical address.
    pub url: String,
}

/// Where a finding or label stands, in all the units that reports need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// First character, in the file.
    pub from: Position,
    /// One past the last character, in the file.
    pub to: Position,
    /// Character offsets in the post's field (0-based, half-open).
    pub chars: (usize, usize),
    /// Byte offsets in the post's field (0-based, half-open), for edits and excerpts.
    pub bytes: Span,
}

/// A secondary place that explains a finding, such as one facet of a recognisable story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// What it is, in plain words ("an exact age"); never words of the draft.
    pub text: String,
}

/// Words of the draft around a finding, for a reader who may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Whole lines of the field, or a window of [`Excerpt::WIDTH`] columns of a very long one.
    pub text: String,
    /// Line number in the file of the first line of `text` (1-based).
    pub first_line: usize,
    /// The finding's bytes in `text`.
    pub primary: Span,
    /// The labels' bytes in `text`, same order as the finding's labels; `None` when a label stands on other lines.
    pub labels: Vec<Option<Span>>,
}

impl Excerpt {
    /// Columns of an echoed line around the match.
    pub const WIDTH: usize = 200;
}

/// A change that would mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the field to replace; empty to insert.
    pub bytes: Span,
    /// What to write there.
    pub with: String,
    /// Whether the meaning stays the same (`--fix`), or not (`--fix --unsafe`).
    pub safe: bool,
    /// Bytes of the field to take away with the same change, when words move.
    pub cut: Option<Span>,
}

impl Edit {
    /// All bytes that it touches.
    pub fn spans(&self) -> Vec<Span> {
        std::iter::once(self.bytes).chain(self.cut).collect()
    }
}

/// One problem in one post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// Pack of the rule.
    pub pack: String,
    /// Short title of the rule.
    pub title: String,
    /// Harm.
    pub severity: Severity,
    /// Certainty.
    pub confidence: Confidence,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// How to say it instead.
    pub help: String,
    /// The law, code or guideline.
    pub sources: Vec<Source>,
    /// The file as the user named it.
    pub path: String,
    /// The post in the file: JSONL `id`, CSV row, or part of a thread.
    pub post: String,
    /// `text`, `alt`, `first_comment`, `title` or `link`.
    pub field: String,
    /// Where; `None` for a finding on the whole post.
    pub place: Option<Place>,
    /// Secondary places.
    pub labels: Vec<Label>,
    /// Draft words, absent when they must not be shown.
    pub excerpt: Option<Excerpt>,
    /// Whether the match, or anything else in its document, may identify a patient.
    pub sensitive: bool,
    /// Keyed fingerprint of rule and content, in hexadecimal; empty until it is computed.
    pub fingerprint: String,
    /// What `--fix` may change.
    pub edits: Vec<Edit>,
}
