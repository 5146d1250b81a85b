//! Finds phrases and patterns in a text. It does not know what a rule is: it is asked for sets and answers with hits.
//!
//! One pass finds the anchors of every *trigger* set of all packs together. The sets of guards are looked for only when a trigger was hit, so a clean
//! draft pays for one pass and nothing else.

mod anchors;
mod common;
mod ends;
mod hits;
mod index;
mod known;
mod literals;
pub mod pattern;
pub mod phrase;
mod scan;
pub mod terms;

pub use hits::{Hit, Reading};
pub use pattern::Pattern;
pub use phrase::Phrase;
pub use terms::{Term, TermId, Terms, WordList};

use crate::stored::Stored;
use anchors::{Anchor, Anchors};
use index::Index;
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which set of a [`Matcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SetId(pub u32);

/// Phrases and patterns that mean the same to whoever asks.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Set {
    /// Any of these.
    pub phrases: Vec<Stored<Phrase>>,
    /// Or any of these.
    pub patterns: Vec<Stored<Pattern>>,
    /// Whether the one pass looks for it; the others are looked for when somebody asks.
    pub trigger: bool,
    /// Whether matches in links and code count.
    pub links: bool,
    /// Phrases without any word that must be there: they are tried at every word.
    everywhere: Vec<u32>,
}

impl Set {
    /// A set of these phrases and patterns; what `trigger` and `links` mean is said at the fields.
    pub fn new(phrases: Vec<Phrase>, patterns: Vec<Pattern>, trigger: bool, links: bool) -> Self {
        let (phrases, patterns) = (phrases.into_iter().map(Stored::from).collect(), patterns.into_iter().map(Stored::from).collect());
        Self { phrases, patterns, trigger, links, ..Self::default() }
    }
}

/// All sets of all packs, compiled once, shared read-only by every thread.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Matcher {
    /// Named lists.
    pub terms: Terms,
    sets: Vec<Stored<Set>>,
    /// How many phrases the packs hold, for their limit.
    pub phrases: usize,
    /// What the anchors lead to: one index for the built-in packs, prepared with them, and one for each further load.
    indexes: Vec<Index>,
    /// Bytes scanned so far: enough of them make the automaton worth its price.
    #[serde(skip)]
    scanned: AtomicUsize,
    /// Anchors of sets that are not sealed yet.
    #[serde(skip)]
    pending: Vec<(SetId, Vec<Anchors>)>,
    #[serde(skip)]
    memo: anchors::Memo,
    #[serde(skip)]
    automaton: OnceLock<scan::Automaton>,
}

/// From this many bytes on the automaton is worth its building time.
const BULK: usize = 128 * 1024;

/// Most words that may lead to one trigger phrase.
pub const ANCHOR_LIMIT: usize = 10_000;

impl Matcher {
    /// Adds a set whose terms are all filled. It is looked for after [`Matcher::seal`].
    ///
    /// # Errors
    /// The index of a phrase that has no anchor, or more than [`ANCHOR_LIMIT`].
    pub fn add(&mut self, mut set: Set) -> Result<SetId, usize> {
        let id = SetId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        let mut pending = Vec::with_capacity(set.phrases.len());
        for (item, phrase) in set.phrases.iter().enumerate() {
            let found = anchors::of_phrase(phrase, &self.terms, &mut self.memo);
            match found {
                Some(found) if set.trigger && (found.words.len() > ANCHOR_LIMIT || found.words.iter().any(Anchor::is_open)) => {
                    return Err(item);
                }
                Some(found) => pending.push(found),
                None if set.trigger => return Err(item),
                None => {
                    pending.push(Anchors::default());
                    set.everywhere.push(u32::try_from(item).unwrap_or(u32::MAX));
                }
            }
        }
        self.pending.push((id, pending));
        self.sets.push(set.into());
        Ok(id)
    }

    /// Makes the sets that were added since the last call known to the pass.
    pub fn seal(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.terms.note_firsts(self.indexes.len(), &mut self.memo);
        let groups = std::mem::take(&mut self.memo.groups);
        let index = Index::new(&pending, &groups, |id| self.set(id));
        self.indexes.push(index);
        self.automaton = OnceLock::new();
        self.memo = anchors::Memo::default();
    }

    /// The automaton, once so much text has come by that it is worth its building time; `length` more bytes are about to be read.
    fn automaton(&self, length: usize) -> Option<&scan::Automaton> {
        let so_far = self.scanned.fetch_add(length, Ordering::Relaxed);
        (so_far + length > BULK).then(|| self.automaton.get_or_init(|| scan::Automaton::new(self)))
    }

    /// The set under an id that [`Matcher::add`] gave.
    pub fn set(&self, id: SetId) -> Option<&Set> {
        self.sets.get(id.0 as usize).map(|set| &**set)
    }
}
