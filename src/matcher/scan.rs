//! The one pass: every anchor of every trigger set, and the phrases and patterns that it leads to.

use super::anchors::Anchor;
use super::hits::{Hit, try_phrase};
use super::pattern::{Match, WINDOW, floor};
use super::phrase::View;
use super::{Matcher, SetId};
use crate::document::Text;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use std::collections::HashMap;

/// What an anchor leads to.
#[derive(Debug, Clone, Copy)]
enum Lead {
    Phrase { set: SetId, item: u32, least: u16, most: u16 },
    Pattern { set: SetId, item: u32 },
}

/// The automaton with what each of its literals leads to.
#[derive(Debug)]
pub(super) struct Scanner {
    automaton: Option<AhoCorasick>,
    leads: Vec<Vec<Lead>>,
}

impl Scanner {
    fn new(matcher: &Matcher) -> Self {
        let mut literals: HashMap<&str, Vec<Lead>> = HashMap::new();
        for (id, set) in matcher.numbered().filter(|(_, set)| set.trigger) {
            for (item, anchors) in (0_u32..).zip(&set.anchors) {
                for Anchor { literal, least, most } in anchors {
                    literals.entry(literal).or_default().push(Lead::Phrase { set: id, item, least: *least, most: *most });
                }
            }
            for (item, pattern) in (0_u32..).zip(&set.patterns) {
                for literal in &pattern.anchors {
                    literals.entry(literal).or_default().push(Lead::Pattern { set: id, item });
                }
            }
        }
        let mut literals: Vec<_> = literals.into_iter().collect();
        literals.sort_unstable_by_key(|(literal, _)| *literal);
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(literals.iter().map(|(literal, _)| literal))
            .ok();
        Self { automaton, leads: literals.into_iter().map(|(_, leads)| leads).collect() }
    }
}

impl Matcher {
    /// Every hit of every trigger set in a text, ordered by set, position and item.
    pub fn scan(&self, text: &Text) -> Vec<(SetId, Hit)> {
        let scanner = self.scanner.get_or_init(|| Scanner::new(self));
        let Some(automaton) = &scanner.automaton else { return Vec::new() };
        let folded = text.folded();
        let mut pass = Pass { matcher: self, text, found: Vec::new(), near: HashMap::new() };
        for hit in automaton.find_overlapping_iter(folded) {
            let (start, end) = (hit.start(), hit.end());
            let whole = is_edge(folded, start) && is_edge(folded, end);
            for lead in scanner.leads.get(hit.pattern().as_usize()).map_or(&[][..], Vec::as_slice) {
                match *lead {
                    Lead::Phrase { set, item, least, most } if whole => {
                        pass.phrase(set, item, start, usize::from(least), usize::from(most))
                    }
                    Lead::Pattern { set, item } if !repeats_digit(folded, start, end) => pass.near(set, item, start, end),
                    _ => {}
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
    /// For each pattern the stretches of text that it may look at, merged, in order.
    near: HashMap<(SetId, u32), Vec<(usize, usize)>>,
}

impl Pass<'_> {
    fn phrase(&mut self, set: SetId, item: u32, start: usize, least: usize, most: usize) {
        let view = View { text: self.text, words: self.text.words(), terms: &self.matcher.terms };
        let Ok(word) = view.words.binary_search_by_key(&start, |word| word.span.start) else { return };
        let Some(phrase) = self.matcher.set(set).and_then(|set| set.phrases.get(item as usize)) else { return };
        for first in word.saturating_sub(most)..=word.saturating_sub(least) {
            if let Some(hit) = try_phrase(&view, phrase, item, first) {
                self.found.push((set, hit));
            }
        }
    }

    fn near(&mut self, set: SetId, item: u32, start: usize, end: usize) {
        let folded = self.text.folded();
        let (from, to) = (floor(folded, start.saturating_sub(WINDOW)), floor(folded, end + WINDOW));
        let stretches = self.near.entry((set, item)).or_default();
        match stretches.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => stretches.push((from, to)),
        }
    }

    fn finish(mut self) -> Vec<(SetId, Hit)> {
        for ((set, item), stretches) in std::mem::take(&mut self.near) {
            let Some(pattern) = self.matcher.set(set).and_then(|found| found.patterns.get(item as usize)) else { continue };
            let mut matches = Vec::new();
            for (from, to) in stretches {
                pattern.matches(self.text.folded(), from, to, &mut matches);
            }
            self.found.extend(matches.into_iter().map(|Match { whole, id }| (set, Hit { item, pattern: true, span: whole, id })));
        }
        let matcher = self.matcher;
        let text = self.text;
        self.found.retain(|(set, hit)| matcher.set(*set).is_some_and(|set| set.links) || !hit.in_link(text));
        self.found.sort_unstable_by_key(|(set, hit)| (*set, hit.span.start, std::cmp::Reverse(hit.span.end), hit.pattern, hit.item));
        self.found.dedup();
        self.found
    }
}

/// Whether a word may begin or end at this byte: not between two letters or two digits, except in `camelCase`.
fn is_edge(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(before), Some(after)) = (at.checked_sub(1).and_then(|at| bytes.get(at)), bytes.get(at)) else { return true };
    let letters =
        before.is_ascii_alphabetic() && after.is_ascii_alphabetic() && !(before.is_ascii_lowercase() && after.is_ascii_uppercase());
    !letters && !(before.is_ascii_digit() && after.is_ascii_digit())
}

/// A digit anchor means "any number": only the first digit of a number leads on.
fn repeats_digit(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    end == start + 1 && digit(start) && start.checked_sub(1).is_some_and(digit)
}
