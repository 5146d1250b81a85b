//! One field's words in three views: as typed, folded for matching, and cut into words and segments.

use super::{Segments, Word, words};
use crate::finding::Place;
use crate::span::{Position, Span};
use std::cell::OnceCell;

/// A field's text with everything that matching and reporting need, each part made when first asked for.
#[derive(Debug)]
pub struct Text {
    source: String,
    words: OnceCell<Vec<Word>>,
    segments: OnceCell<Segments>,
}

impl Text {
    /// Text that begins at line 1, column 1 of its file.
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), words: OnceCell::new(), segments: OnceCell::new() }
    }

    /// The text as the author typed it, decoded.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is matched. Case is kept.
    pub fn folded(&self) -> &str {
        &self.source
    }

    /// The bytes of [`Text::source`] that a span of [`Text::folded`] was made from, whole characters.
    pub fn typed(&self, folded: Span) -> Span {
        folded
    }

    /// The words and signs of the folded text.
    pub fn words(&self) -> &[Word] {
        self.words.get_or_init(|| words::cut(self.folded()))
    }

    /// Sentences, paragraphs, quotations, links.
    pub fn segments(&self) -> &Segments {
        self.segments.get_or_init(Segments::default)
    }

    /// Where a span of [`Text::source`] stands in the file and in the field.
    pub fn place(&self, typed: Span) -> Place {
        Place { from: Position { line: 1, column: 1 }, to: Position { line: 1, column: 1 }, chars: (0, 0), bytes: typed }
    }
}
