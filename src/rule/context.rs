//! What a rule may look at when it checks a field, and what it answers.

use crate::document::{FieldKind, Metadata};
use crate::finding::{Confidence, Severity};
use crate::matcher::Reading;
use crate::rule::guard::Trace;
use crate::rule::limit::Platform;
use crate::rule::roster::Names;
use crate::span::Span;

/// One field of one post with everything around it.
pub struct Context<'c> {
    /// The field's text and what was found in it.
    pub reading: &'c Reading<'c>,
    /// Which field it is.
    pub field: FieldKind,
    /// What is known of the post besides its words.
    pub metadata: &'c Metadata,
    /// Earlier parts of the thread.
    pub earlier: &'c [Reading<'c>],
    /// The account's bio.
    pub profile: Option<&'c Reading<'c>>,
    /// The platforms that the post is meant for.
    pub platforms: &'c [&'c Platform],
    /// Whether the metadata documents a consent that is valid for this post.
    pub consent: bool,
    /// How many descriptions of images the post has.
    pub alts: usize,
    /// The institution's own patients.
    pub roster: Option<&'c dyn Names>,
    /// Where conditions note how they were met, when somebody wants to know.
    pub trace: Option<&'c Trace>,
}

/// What a rule found. Spans are bytes of the folded text.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// Where; `None` for the whole post.
    pub span: Option<Span>,
    /// Harm, if it differs from the rule's.
    pub severity: Option<Severity>,
    /// Certainty.
    pub confidence: Confidence,
    /// Secondary places with what they are.
    pub labels: Vec<(Span, String)>,
    /// More help for this very finding; never words of the draft.
    pub note: Option<String>,
    /// What would mend it, beyond better words.
    pub mend: Option<Mend>,
}

/// A change of a post that adds or moves words.
#[derive(Debug, Clone, PartialEq)]
pub enum Mend {
    /// Words to add.
    Add {
        /// What to add.
        words: String,
        /// Before the first line instead of after the last.
        first: bool,
    },
    /// Words that are to stand at the beginning.
    MoveUp(Span),
}

impl Detection {
    /// A plain detection.
    pub fn at(span: Span, confidence: Confidence) -> Self {
        Self { span: Some(span), severity: None, confidence, labels: Vec::new(), note: None, mend: None }
    }
}
