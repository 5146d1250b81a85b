//! Finds phrases and patterns in a text. It does not know what a rule is: it is asked for sets and answers with hits.
//!
//! One Aho-Corasick pass finds the anchors of every *trigger* set of all packs together. The sets of guards are looked for only when a trigger was
//! hit, through the hashes of the words, so a clean draft pays for one pass and nothing else.

mod anchors;
mod hits;
pub mod pattern;
pub mod phrase;
mod scan;
pub mod terms;

pub use hits::{Hit, Reading};
pub use pattern::Pattern;
pub use phrase::Phrase;
pub use terms::{Term, TermId, Terms, WordList};

use anchors::Anchor;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// Which set of a [`Matcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SetId(pub u32);

/// Phrases and patterns that mean the same to whoever asks.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Set {
    /// Any of these.
    pub phrases: Vec<Phrase>,
    /// Or any of these.
    pub patterns: Vec<Pattern>,
    /// Whether the one pass looks for it; the others are looked for when somebody asks.
    pub trigger: bool,
    /// Whether matches in links and code count.
    pub links: bool,
    /// Anchors of each phrase; empty when it is tried at every word.
    anchors: Vec<Vec<Anchor>>,
    #[serde(skip)]
    index: OnceLock<hits::SetIndex>,
}

impl Set {
    /// A set of these phrases and patterns; what `trigger` and `links` mean is said at the fields.
    pub fn new(phrases: Vec<Phrase>, patterns: Vec<Pattern>, trigger: bool, links: bool) -> Self {
        Self { phrases, patterns, trigger, links, ..Self::default() }
    }
}

/// All sets of all packs, compiled once, shared read-only by every thread.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Matcher {
    /// Named lists.
    pub terms: Terms,
    sets: Vec<Set>,
    #[serde(skip)]
    scanner: OnceLock<scan::Scanner>,
}

impl Matcher {
    /// Adds a set whose terms are all filled.
    ///
    /// # Errors
    /// The index of a phrase that has no anchor.
    pub fn add(&mut self, mut set: Set) -> Result<SetId, usize> {
        set.anchors = Vec::with_capacity(set.phrases.len());
        for (index, phrase) in set.phrases.iter().enumerate() {
            match anchors::of_phrase(phrase, &self.terms) {
                None if set.trigger => return Err(index),
                Some(found) if set.trigger || found.len() <= hits::INDEXED => set.anchors.push(found),
                _ => set.anchors.push(Vec::new()),
            }
        }
        self.scanner = OnceLock::new();
        self.sets.push(set);
        Ok(SetId(u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX)))
    }

    /// The set under an id that [`Matcher::add`] gave.
    pub fn set(&self, id: SetId) -> Option<&Set> {
        self.sets.get(id.0 as usize)
    }

    fn numbered(&self) -> impl Iterator<Item = (SetId, &Set)> {
        (0_u32..).map(SetId).zip(&self.sets)
    }
}
