//! What each anchor leads to, as sorted tables that cost nothing to load: the built-in packs bring theirs prepared.

use super::anchors::Anchor;
use super::{Set, SetId};
use crate::document::words;
use crate::stored::Stored;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an anchor leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Lead {
    pub set: SetId,
    /// Index of the phrase or pattern in its set.
    pub item: u32,
    /// Fewest and most words of the phrase before its anchor; nothing for a pattern.
    pub words: Option<(u16, u16)>,
}

/// The anchors of the trigger sets of one load.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Index {
    /// Hashes of the words that anchor phrases, sorted.
    hashes: Vec<u64>,
    /// Where the leads of each word begin in `leads`, plus the end.
    starts: Vec<u32>,
    leads: Vec<Lead>,
    /// The words themselves, in the order of `hashes`, for the automaton.
    words: Stored<Vec<String>>,
    /// Literals of patterns other than digits, sorted, with what they lead to.
    pub literals: Vec<(String, Vec<Lead>)>,
    /// What any number leads to.
    pub digits: Vec<Lead>,
}

impl Index {
    /// An index of sets with the anchors of their phrases; `content` gives the sets themselves.
    pub(super) fn new<'m>(sets: &'m [(SetId, Vec<Vec<Anchor>>)], content: impl Fn(SetId) -> Option<&'m Set>) -> Self {
        let (mut by_word, mut literals) = (BTreeMap::<(u64, &str), Vec<Lead>>::new(), BTreeMap::<&str, Vec<Lead>>::new());
        let mut digits = Vec::new();
        for (set, anchors) in sets {
            for (item, anchors) in (0_u32..).zip(anchors) {
                for anchor in anchors {
                    let lead = Lead { set: *set, item, words: Some((anchor.least, anchor.most)) };
                    by_word.entry((words::hash(&anchor.literal), &anchor.literal)).or_default().push(lead);
                }
            }
            for (item, pattern) in (0_u32..).zip(content(*set).map_or(&[][..], |set| &set.patterns)) {
                let lead = Lead { set: *set, item, words: None };
                for literal in &pattern.anchors {
                    let list = if is_digit(literal) { &mut digits } else { literals.entry(literal).or_default() };
                    if list.last() != Some(&lead) {
                        list.push(lead);
                    }
                }
            }
        }
        let mut index = Self { digits, ..Self::default() };
        index.literals = literals.into_iter().map(|(literal, leads)| (literal.to_owned(), leads)).collect();
        let mut words = Vec::with_capacity(by_word.len());
        for ((hash, word), leads) in by_word {
            index.hashes.push(hash);
            index.starts.push(u32::try_from(index.leads.len()).unwrap_or(u32::MAX));
            index.leads.extend(leads);
            words.push(word.to_owned());
        }
        index.starts.push(u32::try_from(index.leads.len()).unwrap_or(u32::MAX));
        index.words = words.into();
        index
    }

    /// What a word of this hash leads to.
    pub(super) fn leads(&self, hash: u64) -> &[Lead] {
        self.hashes.binary_search(&hash).map_or(&[], |at| self.leads_at(at))
    }

    /// Every word that anchors a phrase, with what it leads to.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &[Lead])> {
        self.words.iter().enumerate().map(|(at, word)| (word.as_str(), self.leads_at(at)))
    }

    fn leads_at(&self, at: usize) -> &[Lead] {
        let bound = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        self.leads.get(bound(at)..bound(at + 1)).unwrap_or(&[])
    }
}

/// A digit as an anchor stands for "any number".
pub(super) fn is_digit(literal: &str) -> bool {
    literal.len() == 1 && literal.bytes().all(|b| b.is_ascii_digit())
}
