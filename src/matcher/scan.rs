//! The one pass: every anchor of every trigger set, and the phrases and patterns that it leads to.
//!
//! Words are looked up in the prepared [`Index`]es. Before a phrase is walked, the words that it needs besides its anchor are asked for: most phrases
//! end there. What patterns begin at is found literal by literal; once enough text has come by, an Aho-Corasick automaton of the same literals is
//! built and takes over, with the same hits (a property test holds them together).

use super::hits::{Hit, Reading};
use super::index::{Companion, Lead, Trail};
use super::known::{first, ones, spread};
use super::pattern::{Match, WINDOW, floor};
use super::view::Mixer;
use super::{Matcher, SetId};
use crate::document::WordKind;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

/// So many phrases may be due before they are tried, which bounds the memory of a long text.
const DUE: usize = 64 * 1024;

/// The automaton with what each of its literals leads to.
#[derive(Debug)]
pub(super) struct Automaton {
    search: Option<AhoCorasick>,
    leads: Vec<Vec<Lead>>,
}

impl Automaton {
    pub(super) fn new(matcher: &Matcher) -> Self {
        let mut literals: BTreeMap<&str, Vec<Lead>> = BTreeMap::new();
        for (literal, leads) in matcher.indexes.iter().flat_map(|index| &index.literals) {
            literals.entry(literal).or_default().extend_from_slice(leads);
        }
        let search = AhoCorasickBuilder::new().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(literals.keys()).ok();
        Self { search, leads: literals.into_values().collect() }
    }
}

impl Reading<'_> {
    /// Every hit of every trigger set, ordered by set, position and item.
    pub(super) fn pass(&self, automaton: Option<&Automaton>) -> Vec<(SetId, Hit)> {
        let (text, matcher) = (self.text, self.matcher);
        let mut pass = Pass { reading: self, found: Vec::new(), near: HashMap::default() };
        let mut due = Vec::new();
        for (layer, index) in matcher.indexes.iter().enumerate() {
            for at in 0..self.known().len() {
                let trails = self.known().numbers(layer, at).flat_map(|word| index.triggers(word));
                trails.for_each(|trail| self.due(layer, &trail, at, &mut due));
                if due.len() > DUE {
                    pass.settle(&mut due);
                }
            }
            let groups = self.known().groups(&matcher.indexes, layer);
            for (group, trail) in index.wide_triggers() {
                groups.iter().flat_map(|groups| groups.members(group)).for_each(|at| self.due(layer, &trail, at, &mut due));
                if due.len() > DUE {
                    pass.settle(&mut due);
                }
            }
            for word in text.words().iter().filter(|word| word.kind == WordKind::Number) {
                index.digits.iter().for_each(|lead| pass.near(*lead, word.span.start, word.span.end));
            }
        }
        pass.settle(&mut due);
        match automaton.and_then(|automaton| Some((automaton, automaton.search.as_ref()?))) {
            Some((automaton, search)) => {
                for hit in search.find_overlapping_iter(text.folded()) {
                    let leads = automaton.leads.get(hit.pattern().as_usize()).map_or(&[][..], Vec::as_slice);
                    leads.iter().for_each(|lead| pass.near(*lead, hit.start(), hit.end()));
                }
            }
            None => {
                let lower = self.lower();
                for (literal, leads) in matcher.indexes.iter().flat_map(|index| &index.literals) {
                    for (start, found) in lower.match_indices(literal.as_str()) {
                        leads.iter().for_each(|lead| pass.near(*lead, start, start + found.len()));
                    }
                }
            }
        }
        pass.finish()
    }

    /// Adds the phrase to which the word at `at` leads, with each word at which it can begin.
    pub(super) fn due(&self, layer: usize, trail: &Trail, at: usize, due: &mut Vec<Due>) {
        let (Some(index), Some(last)) = (self.matcher.indexes.get(layer), at.checked_sub(trail.least)) else { return };
        let from = at.saturating_sub(trail.most);
        let Some(groups) = self.known().groups(&self.matcher.indexes, layer) else { return };
        let count = last - from + 1;
        let mut firsts = first(count);
        for Companion { group, least, most } in index.companions(trail) {
            firsts &= spread(groups.window(group, from + least, count + most - least), most - least);
            if firsts == 0 {
                return;
            }
        }
        due.extend(ones(firsts).map(|at| (trail.lead.set, trail.lead.item, u32::try_from(from + at).unwrap_or(u32::MAX))));
    }
}

/// A phrase to be tried: its set, its number there, and the word at which it would begin.
pub(super) type Due = (SetId, u32, u32);

/// For each pattern the stretches of text that it may look at.
type Stretches = HashMap<(SetId, u32), Vec<(usize, usize)>, BuildHasherDefault<Mixer>>;

struct Pass<'p, 'r> {
    reading: &'p Reading<'r>,
    found: Vec<(SetId, Hit)>,
    near: Stretches,
}

impl Pass<'_, '_> {
    fn near(&mut self, lead: Lead, start: usize, end: usize) {
        let folded = self.reading.text.folded();
        let (from, to) = (floor(folded, start.saturating_sub(WINDOW)), floor(folded, end + WINDOW));
        let stretches = self.near.entry((lead.set, lead.item)).or_default();
        match stretches.last_mut() {
            Some(last) if last.0 <= from && from <= last.1 => last.1 = last.1.max(to),
            _ => stretches.push((from, to)),
        }
    }

    /// Tries what is due, each phrase once at a word however many anchors led there.
    fn settle(&mut self, due: &mut Vec<Due>) {
        due.sort_unstable();
        due.dedup();
        for run in due.chunk_by(|a, b| a.0 == b.0) {
            let Some((id, ..)) = run.first() else { continue };
            let hits = self.reading.walk(*id, run);
            self.found.extend(hits.into_iter().map(|hit| (*id, hit)));
        }
        due.clear();
    }

    fn finish(mut self) -> Vec<(SetId, Hit)> {
        let (matcher, text) = (self.reading.matcher, self.reading.text);
        for ((set, item), stretches) in std::mem::take(&mut self.near) {
            let pattern = matcher.set(set).and_then(|found| found.patterns.get(item as usize));
            let Some(pattern) = pattern.filter(|pattern| pattern.digits <= self.reading.digits()) else { continue };
            let mut matches = Vec::new();
            for (from, to) in merged(stretches) {
                pattern.matches(text.folded(), from, to, &mut matches);
            }
            self.found.extend(matches.into_iter().map(|Match { whole, id }| (set, Hit { item, pattern: true, span: whole, id })));
        }
        self.found.retain(|(set, hit)| matcher.set(*set).is_some_and(|set| set.links) || !hit.in_link(text));
        self.found.sort_unstable_by_key(|(set, hit)| (*set, hit.span.start, std::cmp::Reverse(hit.span.end), hit.pattern, hit.item));
        self.found.dedup();
        self.found
    }
}

#[cfg(test)]
impl Reading<'_> {
    /// The hits without and with the automaton, for the tests that hold them together.
    pub(crate) fn both_ways(&self) -> [Vec<(SetId, Hit)>; 2] {
        let automaton = Automaton::new(self.matcher);
        [self.pass(None), self.pass(Some(&automaton))]
    }

    /// The hits when every phrase is tried at every word: slow, and too simple to be wrong.
    pub(crate) fn naive(&self) -> Vec<(SetId, Hit)> {
        let mut pass = Pass { reading: self, found: Vec::new(), near: HashMap::default() };
        for (id, set) in (0_u32..).map(SetId).zip(&self.matcher.sets).filter(|(_, set)| set.trigger) {
            for (item, _) in (0_u32..).zip(&set.phrases) {
                let firsts = 0..u32::try_from(self.text.words().len()).expect("few words");
                pass.settle(&mut firsts.map(|first| (id, item, first)).collect());
            }
            for (item, _) in (0_u32..).zip(&set.patterns) {
                pass.near(Lead { set: id, item }, 0, self.text.folded().len());
            }
        }
        pass.finish()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Text;

    proptest::proptest! {
        #[test]
        fn on_any_text_too(words in "(stop|STOP|your|meds|#StopYourMeds|x|7|1,000|mrn|[ -~]{0,3}|\u{1F642}|don't|'s| |\n){0,40}") {
            let mut matcher = Matcher::default();
            let phrases = ["stop~ [taking] your (meds|pills)", "'s meds", "<number> x", "don't ... meds"];
            let phrases = phrases.map(|phrase| crate::matcher::Phrase::parse(phrase, &|_| None).expect("a phrase")).into();
            let patterns = [r"\bmrn ?\d+", r"\d{1,3},\d{3}", "x{2}"].map(|pattern| crate::matcher::Pattern::parse(pattern).expect("a pattern")).into();
            matcher.add(crate::matcher::Set::new(phrases, patterns, true, false)).expect("a set");
            matcher.seal();
            let text = Text::new(words.as_str());
            let reading = Reading::new(&text, &matcher);
            let [looked_up, searched] = reading.both_ways();
            assert_eq!(looked_up, searched);
            assert_eq!(looked_up, reading.naive());
        }
    }
}
