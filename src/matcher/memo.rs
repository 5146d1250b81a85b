//! What is worked out once for all phrases of a load: the anchors of terms, and the groups of words that phrases need.

use super::anchors::{Anchor, Anchors, Choice};
use super::terms::TermId;
use super::view::Mixer;
use crate::document::words;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

/// Most words of a group; a longer list tells too little for its memory.
const GROUP_WORDS: usize = 20_000;

/// What is known of terms already: they are named again and again.
#[derive(Debug, Default)]
pub(super) struct Memo {
    pub best: HashMap<TermId, Option<Choice>, BuildHasherDefault<Mixer>>,
    pub width: HashMap<TermId, (u16, u16), BuildHasherDefault<Mixer>>,
    pub group: HashMap<TermId, Option<u32>, BuildHasherDefault<Mixer>>,
    pub firsts: HashMap<TermId, Option<Arc<[u64]>>, BuildHasherDefault<Mixer>>,
    /// Hashes of the words of each group, sorted.
    pub groups: Vec<Arc<[u64]>>,
    number: HashMap<Arc<[u64]>, u32, BuildHasherDefault<Mixer>>,
}

impl Memo {
    pub(super) fn group_of(&mut self, anchors: &[Anchor]) -> Option<u32> {
        let hashes = sorted(anchors.iter().map(|anchor| words::hash(&anchor.literal)).collect());
        self.group_with(hashes)
    }

    /// The group of the words that lead to any of these phrases each for itself.
    pub(super) fn group_of_phrases(&mut self, phrases: &[Anchors]) -> Option<u32> {
        let leading = phrases.iter().flat_map(|anchors| &anchors.words);
        self.group_with(sorted(leading.map(|anchor| words::hash(&anchor.literal)).collect()))
    }

    pub(super) fn group_with(&mut self, hashes: Arc<[u64]>) -> Option<u32> {
        if hashes.len() > GROUP_WORDS {
            return None;
        }
        if let Some(known) = self.number.get(&hashes) {
            return Some(*known);
        }
        let number = u32::from(u16::try_from(self.groups.len()).ok()?);
        self.groups.push(Arc::clone(&hashes));
        self.number.insert(hashes, number);
        Some(number)
    }
}

pub(super) fn sorted(mut hashes: Vec<u64>) -> Arc<[u64]> {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.into()
}
