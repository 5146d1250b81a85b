//! How the elements of phrases match the words of a text.

use super::ends::Ends;
use super::index::{Companion, Index};
use super::known::{BLOCK, Known, spread};
use super::phrase::{Element, Form, Phrase};
use super::terms::{TermId, Terms};
use crate::document::{Word, WordKind};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// Words that `...` never skips, since they turn the meaning round.
const NEGATIONS: [&str; 24] = [
    "not",
    "never",
    "no",
    "nor",
    "none",
    "nothing",
    "nobody",
    "without",
    "cannot",
    "don't",
    "dont",
    "doesn't",
    "didn't",
    "isn't",
    "aren't",
    "wasn't",
    "won't",
    "wouldn't",
    "shouldn't",
    "couldn't",
    "can't",
    "cant",
    "hardly",
    "neither",
];

/// Most words that `...` skips.
pub(super) const GAP_WORDS: usize = 4;
/// Most commas and similar signs that `...` skips besides.
pub(super) const GAP_SIGNS: usize = 3;
/// What matching looks at: the words of one text.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub folded: &'v str,
    pub words: &'v [Word],
    pub terms: &'v Terms,
    pub indexes: &'v [Index],
    pub known: &'v Known,
    pub memo: &'v Memo,
}

/// What is known of the terms of one text: they are built of each other and asked for again and again.
#[derive(Default)]
pub(super) struct Memo {
    /// Where each term that was tried at a word ends.
    ends: ByTerm<Ends>,
    /// Where each term may begin, by block; `None` for nowhere.
    candidates: ByTerm<Option<Rc<Candidates>>>,
}

/// So many ends, and so many candidates, are remembered of a text, which bounds the memory of a long one.
const MEMO: usize = 200_000;

/// By term and word or block.
type ByTerm<T> = RefCell<HashMap<(TermId, usize), T, BuildHasherDefault<Mixer>>>;

/// The words of a block at which a term may begin, a bit each.
#[derive(Default)]
struct Candidates {
    any: u64,
    /// By phrase; the number after the last phrase is the term's plain list.
    items: Vec<(u32, u64)>,
}

/// A hasher for small numbers: the standard one defends against keys chosen by an attacker, which positions are not.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.write_u64(u64::from_le_bytes(*word)));
        rest.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(u64::from(value));
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    /// Fibonacci hashing (Knuth, volume 3, section 6.4).
    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(26) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

fn remember<T>(memo: &ByTerm<T>, key: (TermId, usize), value: T) {
    let mut known = memo.borrow_mut();
    if known.len() >= MEMO {
        known.clear();
    }
    known.insert(key, value);
}

/// The bits of the first block of a window.
#[allow(clippy::cast_possible_truncation, reason = "the rest is left out on purpose")]
fn low(bits: u128) -> u64 {
    bits as u64
}

impl View<'_> {
    /// The farthest word index (exclusive) at which the phrase ends when it begins at word `from`; `None` when it does not match.
    pub(super) fn end_of(&self, phrase: &Phrase, from: usize) -> Option<usize> {
        let most = self.follow(&phrase.elements, from, from, Ends::START).most();
        (most > 0).then_some(from + most)
    }

    /// Where the elements end that begin at any of `starts`, counted from word `at`; `first` is the first word of the phrase. All starts go the way
    /// together: one by one, groups within groups would be walked more often with every level.
    fn follow(&self, elements: &[Element], at: usize, first: usize, starts: Ends) -> Ends {
        let mut ends = starts;
        for element in elements {
            let mut next = Ends::default();
            match element {
                Element::Choice(choices) => {
                    for choice in choices {
                        // A look at the first word saves most alternatives their walk.
                        let starts = match choice.first() {
                            Some(Element::Word(forms)) => ends.retain(|so_far| self.may_be(forms, at + so_far)),
                            _ => ends,
                        };
                        if starts != Ends::default() {
                            next.add_after(0, self.follow(choice, at, first, starts));
                        }
                    }
                }
                _ => ends.iter().for_each(|so_far| next.add_after(so_far, self.step(element, at + so_far, first))),
            }
            if next == Ends::default() {
                return next;
            }
            ends = next;
        }
        ends
    }

    fn may_be(&self, forms: &[Form], at: usize) -> bool {
        self.words.get(at).is_some_and(|word| forms.binary_search_by_key(&word.hash, |form| form.hash).is_ok())
    }

    /// Where one element ends that begins at word `at`.
    fn step(&self, element: &Element, at: usize, first: usize) -> Ends {
        let mut ends = Ends::default();
        match element {
            Element::Word(forms) => {
                if let Some(word) = self.word(at, first)
                    && let Ok(found) = forms.binary_search_by_key(&word.hash, |form| form.hash)
                    && forms.get(found).is_some_and(|form| form.text.eq_ignore_ascii_case(word.of(self.folded)))
                {
                    ends.add(1);
                }
            }
            Element::Class(class) => {
                if self.word(at, first).is_some()
                    && let Some(end) = class.end(self, at)
                {
                    ends.add(end - at);
                }
            }
            Element::Term(id) => {
                if self.word(at, first).is_some() {
                    return self.term(*id, at);
                }
            }
            Element::Choice(_) => return self.follow(std::slice::from_ref(element), at, first, Ends::START),
            Element::Gap => self.gap(at, first, &mut ends),
        }
        ends
    }

    /// The word at `at`, unless a blank line parts it from the words of the phrase before it.
    pub(super) fn word(&self, at: usize, first: usize) -> Option<&Word> {
        self.words.get(at).filter(|word| at == first || !word.starts_paragraph)
    }

    /// Where a term ends that begins at word `at`.
    fn term(&self, id: TermId, at: usize) -> Ends {
        let bit = 1 << (at % BLOCK);
        let Some(candidates) = self.candidates(id, at / BLOCK).filter(|found| found.any & bit != 0) else { return Ends::default() };
        if let Some(known) = self.memo.ends.borrow().get(&(id, at)) {
            return *known;
        }
        let mut ends = Ends::default();
        if let Some(term) = self.terms.get(id) {
            for (item, _) in candidates.items.iter().filter(|(_, bits)| bits & bit != 0) {
                ends.add_after(
                    0,
                    match term.phrases.get(*item as usize) {
                        Some(phrase) => self.follow(&phrase.elements, at, at, Ends::START),
                        None => term.list.ends(self, at),
                    },
                );
            }
        }
        remember(&self.memo.ends, (id, at), ends);
        ends
    }

    /// At which words of a block the phrases of a term may begin, since all that they need is near.
    fn candidates(&self, id: TermId, block: usize) -> Option<Rc<Candidates>> {
        if let Some(known) = self.memo.candidates.borrow().get(&(id, block)) {
            return known.clone();
        }
        let found = Some(self.beginning(id, block * BLOCK)).filter(|found| found.any != 0).map(Rc::new);
        remember(&self.memo.candidates, (id, block), found.clone());
        found
    }

    fn beginning(&self, id: TermId, from: usize) -> Candidates {
        let mut found = Candidates::default();
        let layer = self.terms.layer(id).unwrap_or(usize::MAX);
        let (Some(index), Some(groups)) = (self.indexes.get(layer), self.known.groups(self.indexes, layer)) else { return found };
        for (item, needs) in index.needs(id) {
            let mut bits = u64::MAX;
            for Companion { group, least, most } in needs {
                let count = BLOCK + most - least;
                if !groups.may_have(group, from + least, count) {
                    bits = 0;
                    break;
                }
                bits &= low(spread(groups.window(group, from + least, count), most - least));
            }
            if bits != 0 {
                found.any |= bits;
                found.items.push((item, bits));
            }
        }
        found
    }

    fn gap(&self, at: usize, first: usize, ends: &mut Ends) {
        let (mut skipped, mut signs, mut here) = (0, 0, at);
        ends.add(0);
        while skipped < GAP_WORDS && signs < GAP_SIGNS {
            let Some(word) = self.word(here, first) else { return };
            let text = word.of(self.folded);
            match word.kind {
                WordKind::Sign if matches!(text, "." | "!" | "?" | ";") => return,
                WordKind::Sign => signs += 1,
                _ if NEGATIONS.iter().any(|negation| negation.eq_ignore_ascii_case(text)) => return,
                _ => skipped += 1,
            }
            here += 1;
            ends.add(here - at);
        }
    }
}
