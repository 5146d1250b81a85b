//! The one pass: every anchor of every trigger set, and the phrases and patterns that it leads to.
//!
//! A small draft is looked up word by word in the prepared [`Index`]es. Once enough text has come by, an Aho-Corasick automaton of the same anchors
//! is built and takes over; both give the same hits (a property test holds them together).

use super::hits::{Hit, try_phrase};
use super::index::{Lead, is_digit};
use super::pattern::{Match, WINDOW, floor};
use super::phrase::{Memo, View};
use super::{Matcher, SetId};
use crate::document::{Text, WordKind};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;

/// From this many bytes on the automaton is worth its building time.
const BULK: usize = 8 * 1024 * 1024;
/// A single text of this size is, too.
const LARGE: usize = 256 * 1024;
/// So many phrases may be due before they are tried, which bounds the memory of a long text.
const DUE: usize = 64 * 1024;

/// The automaton with what each of its literals leads to.
#[derive(Debug)]
pub(super) struct Automaton {
    search: Option<AhoCorasick>,
    leads: Vec<Vec<Lead>>,
}

impl Automaton {
    fn new(matcher: &Matcher) -> Self {
        let mut literals: BTreeMap<&str, Vec<Lead>> = BTreeMap::new();
        for index in &matcher.indexes {
            let patterns = index.literals.iter().map(|(literal, leads)| (literal.as_str(), leads.as_slice()));
            for (literal, leads) in index.words().chain(patterns) {
                literals.entry(literal).or_default().extend_from_slice(leads);
            }
            for digit in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"].iter().filter(|_| !index.digits.is_empty()) {
                literals.entry(digit).or_default().extend_from_slice(&index.digits);
            }
        }
        let search = AhoCorasickBuilder::new().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(literals.keys()).ok();
        Self { search, leads: literals.into_values().collect() }
    }
}

impl Matcher {
    /// Every hit of every trigger set in a text, ordered by set, position and item.
    pub fn scan(&self, text: &Text) -> Vec<(SetId, Hit)> {
        let length = text.folded().len();
        let so_far = self.scanned.fetch_add(length, Ordering::Relaxed);
        let automaton = if so_far > BULK || length > LARGE { Some(self.automaton.get_or_init(|| Automaton::new(self))) } else { None };
        match automaton.and_then(|automaton| Some((automaton, automaton.search.as_ref()?))) {
            Some((automaton, search)) => self.search(text, automaton, search),
            None => self.look_up(text),
        }
    }

    fn search(&self, text: &Text, automaton: &Automaton, search: &AhoCorasick) -> Vec<(SetId, Hit)> {
        let folded = text.folded();
        let mut pass = Pass::new(self, text);
        for hit in search.find_overlapping_iter(folded) {
            let (start, end) = (hit.start(), hit.end());
            let whole = is_edge(folded, start) && is_edge(folded, end);
            let within_number = is_digit(folded.get(start..end).unwrap_or(""))
                && start > 0
                && folded.as_bytes().get(start - 1).is_some_and(u8::is_ascii_digit);
            for lead in automaton.leads.get(hit.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                match lead.words {
                    Some(_) if whole => pass.phrase_at(*lead, start),
                    None if !within_number => pass.near(*lead, start, end),
                    _ => {}
                }
            }
        }
        pass.finish()
    }

    fn look_up(&self, text: &Text) -> Vec<(SetId, Hit)> {
        let mut pass = Pass::new(self, text);
        let lower = text.folded().to_ascii_lowercase();
        for index in &self.indexes {
            for (at, word) in text.words().iter().enumerate() {
                for lead in index.leads(word.hash) {
                    pass.phrase(*lead, at);
                }
                for lead in index.digits.iter().filter(|_| word.kind == WordKind::Number) {
                    pass.near(*lead, word.span.start, word.span.end);
                }
            }
            for (literal, leads) in &index.literals {
                for (start, found) in lower.match_indices(literal.as_str()) {
                    leads.iter().for_each(|lead| pass.near(*lead, start, start + found.len()));
                }
            }
        }
        pass.finish()
    }
}

struct Pass<'p> {
    matcher: &'p Matcher,
    text: &'p Text,
    found: Vec<(SetId, Hit)>,
    memo: Memo,
    /// Phrases to be tried, each with the word at which it would begin.
    due: Vec<(SetId, u32, u32)>,
    /// For each pattern the stretches of text that it may look at.
    near: HashMap<(SetId, u32), Vec<(usize, usize)>>,
}

impl<'p> Pass<'p> {
    fn new(matcher: &'p Matcher, text: &'p Text) -> Self {
        Self { matcher, text, found: Vec::new(), memo: Memo::default(), due: Vec::new(), near: HashMap::new() }
    }

    fn phrase_at(&mut self, lead: Lead, start: usize) {
        if let Ok(word) = self.text.words().binary_search_by_key(&start, |word| word.span.start) {
            self.phrase(lead, word);
        }
    }

    /// Tries a phrase at every word where it can begin when its anchor is the given word.
    fn phrase(&mut self, lead: Lead, word: usize) {
        let Some((least, most)) = lead.words else { return };
        let Some(last) = word.checked_sub(usize::from(least)) else { return };
        for first in word.saturating_sub(usize::from(most))..=last {
            self.due.push((lead.set, lead.item, u32::try_from(first).unwrap_or(u32::MAX)));
        }
        if self.due.len() > DUE {
            self.settle();
        }
    }

    fn near(&mut self, lead: Lead, start: usize, end: usize) {
        let folded = self.text.folded();
        let (from, to) = (floor(folded, start.saturating_sub(WINDOW)), floor(folded, end + WINDOW));
        let stretches = self.near.entry((lead.set, lead.item)).or_default();
        match stretches.last_mut() {
            Some(last) if last.0 <= from && from <= last.1 => last.1 = last.1.max(to),
            _ => stretches.push((from, to)),
        }
    }

    /// Tries what is due, each phrase once at a word however many anchors led there.
    fn settle(&mut self) {
        self.due.sort_unstable();
        self.due.dedup();
        let view = View { text: self.text, words: self.text.words(), terms: &self.matcher.terms, memo: &self.memo };
        for run in self.due.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let Some((set, item, _)) = run.first().copied() else { continue };
            let Some(phrase) = self.matcher.set(set).and_then(|set| set.phrases.get(item as usize)) else { continue };
            let hits = run.iter().filter_map(|(_, _, first)| try_phrase(&view, phrase, item, *first as usize));
            self.found.extend(hits.map(|hit| (set, hit)));
        }
        self.due.clear();
        self.memo.borrow_mut().clear();
    }

    fn finish(mut self) -> Vec<(SetId, Hit)> {
        self.settle();
        for ((set, item), stretches) in std::mem::take(&mut self.near) {
            let Some(pattern) = self.matcher.set(set).and_then(|found| found.patterns.get(item as usize)) else { continue };
            let mut matches = Vec::new();
            for (from, to) in merged(stretches) {
                pattern.matches(self.text.folded(), from, to, &mut matches);
            }
            self.found.extend(matches.into_iter().map(|Match { whole, id }| (set, Hit { item, pattern: true, span: whole, id })));
        }
        let (matcher, text) = (self.matcher, self.text);
        self.found.retain(|(set, hit)| matcher.set(*set).is_some_and(|set| set.links) || !hit.in_link(text));
        self.found.sort_unstable_by_key(|(set, hit)| (*set, hit.span.start, std::cmp::Reverse(hit.span.end), hit.pattern, hit.item));
        self.found.dedup();
        self.found
    }
}

#[cfg(test)]
impl Matcher {
    /// The hits of the look-up and of the automaton, for the tests that hold them together.
    pub(crate) fn both_ways(&self, text: &Text) -> [Vec<(SetId, Hit)>; 2] {
        let automaton = self.automaton.get_or_init(|| Automaton::new(self));
        let search = automaton.search.as_ref().expect("the anchors make an automaton");
        [self.look_up(text), self.search(text, automaton, search)]
    }
}

/// Overlapping stretches as one.
fn merged(mut stretches: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    stretches.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(stretches.len());
    for (from, to) in stretches {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Whether a word may begin or end at this byte: not between two letters or two digits, except in `camelCase`.
fn is_edge(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at)) else { return true };
    let letters =
        before.is_ascii_alphabetic() && after.is_ascii_alphabetic() && !(before.is_ascii_lowercase() && after.is_ascii_uppercase());
    let digits = before.is_ascii_digit() && after.is_ascii_digit();
    !letters && !digits
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn on_any_text_too(words in "(stop|STOP|your|meds|#StopYourMeds|x|7|1,000|mrn|[ -~]{0,3}|\u{1F642}|don't|'s| |\n){0,40}") {
            let mut matcher = Matcher::default();
            let phrases = ["stop~ [taking] your (meds|pills)", "'s meds", "<number> x", "don't ... meds"];
            let phrases = phrases.map(|phrase| crate::matcher::Phrase::parse(phrase, &|_| None).expect("a phrase")).into();
            let patterns = [r"\bmrn ?\d+", r"\d{1,3},\d{3}", "x{2}"].map(|pattern| crate::matcher::Pattern::parse(pattern).expect("a pattern")).into();
            matcher.add(crate::matcher::Set::new(phrases, patterns, true, false)).expect("a set");
            matcher.seal();
            let [looked_up, searched] = matcher.both_ways(&Text::new(words.as_str()));
            assert_eq!(looked_up, searched);
        }
    }
}
