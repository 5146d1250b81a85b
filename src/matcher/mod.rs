//! Finds phrases and patterns in a text. It does not know what a rule is: it is asked for sets and answers with hits.
//!
//! One pass finds the anchors of every *trigger* set of all packs together. The sets of guards are looked for only when a trigger was hit, so a clean
//! draft pays for one pass and nothing else.

mod anchors;
pub(crate) mod common;
mod ends;
pub mod features;
mod hits;
mod index;
mod known;
mod landmarks;
mod literals;
mod memo;
pub mod model;
pub mod pattern;
pub mod phrase;
mod rows;
mod scan;
mod table;
pub mod terms;
mod view;

pub use hits::{Hit, Reading};
pub use model::{ClassId, Model};
pub use pattern::Pattern;
pub use phrase::Phrase;
pub use terms::{Term, TermId, Terms, WordList};

use crate::stored::Stored;
use anchors::Anchors;
use index::{Index, Noted};
use memo::Memo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use view::Mixer;

/// Which set of a [`Matcher`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SetId(pub u32);

/// Phrases and patterns that mean the same to whoever asks.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Set {
    /// Any of these.
    #[serde(with = "crate::stored::list")]
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

    /// The hash of what a new set holds.
    fn content(&self) -> u64 {
        let mut hasher = Mixer::default();
        self.phrases.iter().for_each(|phrase| phrase.hash(&mut hasher));
        self.patterns.iter().for_each(|pattern| pattern.source().hash(&mut hasher));
        (self.trigger, self.links).hash(&mut hasher);
        hasher.finish()
    }

    /// Whether two sets hold the same phrases and patterns.
    fn holds_what(&self, other: &Self) -> bool {
        let phrases = self.phrases.iter().map(|phrase| &**phrase).eq(other.phrases.iter().map(|phrase| &**phrase));
        phrases
            && self.links == other.links
            && self.patterns.iter().map(|pattern| pattern.source()).eq(other.patterns.iter().map(|pattern| pattern.source()))
    }
}

/// All sets of all packs, compiled once, shared read-only by every thread.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Matcher {
    /// Named lists.
    pub terms: Terms,
    #[serde(with = "crate::stored::list")]
    sets: Vec<Stored<Set>>,
    /// What texts may read like, by `pack/name`.
    pub models: Stored<BTreeMap<String, u32>>,
    #[serde(with = "crate::stored::list")]
    weights: Vec<Stored<Model>>,
    /// How many phrases the packs hold, for their limit.
    pub phrases: usize,
    /// How many entries the lists of the packs that are being added hold.
    #[serde(skip)]
    pub entries: usize,
    /// How much work it is to compile the patterns of the packs that are being added, see [`pattern::PATTERNS_LIMIT`].
    #[serde(skip)]
    pub pattern_work: usize,
    /// What the anchors lead to: one index for the built-in packs, prepared with them, and one for each further load.
    indexes: Vec<Index>,
    /// Bytes scanned so far: enough of them make the automaton worth its price.
    #[serde(skip)]
    scanned: AtomicUsize,
    /// Anchors of sets that are not sealed yet.
    #[serde(skip)]
    pending: Vec<(SetId, Vec<Anchors>)>,
    /// The sets that are not sealed yet, by the hash of what they hold.
    #[serde(skip)]
    same: BTreeMap<u64, Vec<SetId>>,
    #[serde(skip)]
    memo: Memo,
    #[serde(skip)]
    automaton: OnceLock<scan::Automaton>,
}

/// What a phrase without an anchor, and a pattern, count in [`Matcher::expected`].
const EVERYWHERE: f64 = 1000.0;
const PATTERN: f64 = 300.0;

/// Whether the pass can look for these phrases: every one has some plain words, one of which must be there. Else the first that has none.
fn triggers(phrases: &[Anchors]) -> Result<(), usize> {
    let fits = |anchors: &Anchors| (1..=ANCHOR_LIMIT).contains(&anchors.count) && !anchors.open;
    phrases.iter().position(|anchors| !fits(anchors)).map_or(Ok(()), Err)
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
        // Many rules ask for the same, which is then looked for once.
        let content = set.content();
        let alike = self.same.get(&content).into_iter().flatten();
        if let Some(same) = alike.copied().find(|id| self.set(*id).is_some_and(|other| other.holds_what(&set))) {
            return Ok(same);
        }
        let id = SetId(u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        let mut pending = Vec::with_capacity(set.phrases.len());
        for (item, phrase) in (0_u32..).zip(&set.phrases) {
            let found = anchors::of_phrase(phrase, &self.terms, &mut self.memo);
            if found.is_none() {
                set.everywhere.push(item);
            }
            pending.push(found.unwrap_or_default());
        }
        if set.trigger {
            triggers(&pending)?;
        }
        self.pending.push((id, pending));
        self.same.entry(content).or_default().push(id);
        self.sets.push(set.into());
        Ok(id)
    }

    /// Adds a model under a name; one of the same name is replaced.
    pub fn add_model(&mut self, name: String, model: Model) {
        let number = u32::try_from(self.weights.len()).unwrap_or(u32::MAX);
        self.weights.push(model.into());
        if let Some(models) = self.models.change() {
            models.insert(name, number);
        }
    }

    /// The model under a number.
    pub fn model(&self, number: usize) -> Option<&Model> {
        self.weights.get(number).map(|model| &**model)
    }

    /// How often something of a set that is not sealed yet is expected to be tried, in tries per thousand words.
    pub fn expected(&self, id: SetId) -> f64 {
        let pending = self.pending.iter().find(|(pending, _)| *pending == id);
        let phrases =
            pending.iter().flat_map(|(_, anchors)| anchors).map(|anchors| if anchors.count == 0 { EVERYWHERE } else { anchors.cost });
        phrases.sum::<f64>() + self.set(id).map_or(0.0, |set| set.patterns.iter().map(|_| PATTERN).sum())
    }

    /// Makes a set that is not sealed yet one that the pass looks for.
    ///
    /// # Errors
    /// As [`Matcher::add`].
    pub fn promote(&mut self, id: SetId) -> Result<(), usize> {
        if let Some((_, pending)) = self.pending.iter().find(|(pending, _)| *pending == id) {
            triggers(pending)?;
        }
        if let Some(set) = self.sets.get_mut(id.0 as usize) {
            *set = Set { trigger: true, ..std::mem::take(set).into_inner() }.into();
        }
        Ok(())
    }

    /// Makes the sets that were added since the last call known to the pass.
    pub fn seal(&mut self) {
        self.same = BTreeMap::new();
        let pending = std::mem::take(&mut self.pending);
        let (first_term, needs) = self.terms.note(self.indexes.len(), &mut self.memo);
        let leading = pending.iter().map(|(_, phrases)| self.memo.group_of_phrases(phrases)).collect();
        let groups = std::mem::take(&mut self.memo.groups);
        let index = Index::new(&pending, &Noted { groups, leading, first_term, needs }, |id| self.set(id));
        self.indexes.push(index);
        self.automaton = OnceLock::new();
        self.memo = Memo::default();
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
