//! How deep terms are nested: the matcher follows a term into the terms that it names, so there has to be an end.

use super::PackSource;
use crate::matcher::phrase::{Element, Phrase};
use crate::matcher::terms::TERM_DEPTH;
use crate::matcher::{TermId, Terms};
use crate::rule::compile::TermNames;
use crate::rule::{Fault, Located};
use crate::stored::Stored;
use std::collections::{BTreeMap, BTreeSet};

/// The phrase of a pack in which one term names another.
type Place<'p> = (&'p PackSource, &'p Located<String>);

/// Which terms the terms that are being loaded name, and where.
#[derive(Default)]
pub(super) struct Nesting<'p> {
    names: BTreeMap<u32, Vec<(u32, Option<Place<'p>>)>>,
}

/// Most terms of a cycle that are told.
const TOLD: usize = 8;

impl<'p> Nesting<'p> {
    /// Notes the terms that a phrase of a term names.
    pub(super) fn note(&mut self, term: TermId, phrase: &Phrase, source: &'p PackSource, at: &'p Located<String>) {
        let mut found = Vec::new();
        named(&phrase.elements, &mut found);
        self.names.entry(term.0).or_default().extend(found.into_iter().map(|other| (other, Some((source, at)))));
    }

    /// The cycles, each once, and the places from which on terms are nested deeper than [`TERM_DEPTH`].
    pub(super) fn faults(mut self, ids: &Stored<TermNames>, terms: &Terms) -> Vec<(&'p PackSource, Fault)> {
        self.add_earlier(terms);
        let endless = self.endless();
        if endless.is_empty() {
            return Vec::new();
        }
        let called: BTreeMap<u32, &str> = ids.iter().map(|(name, id)| (id.0, name.as_str())).collect();
        let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
        for start in &endless {
            let (mut path, mut here) = (Vec::<(u32, Option<Place<'p>>)>::new(), *start);
            while seen.insert(here) {
                let next = self.names.get(&here).and_then(|all| all.iter().find(|(other, _)| endless.contains(other)));
                let Some((next, place)) = next.copied() else {
                    faults.extend(self.too_deep(here));
                    break;
                };
                path.push((here, place));
                here = next;
            }
            if let Some(cycle) = path.iter().position(|(term, _)| *term == here).and_then(|from| path.get(from..)) {
                faults.extend(in_a_circle(cycle, &called));
            }
        }
        faults
    }

    /// Adds what terms of packs that were loaded before name; only those that are asked for.
    fn add_earlier(&mut self, terms: &Terms) {
        let mut open: Vec<u32> = self.names.values().flatten().map(|(other, _)| *other).collect();
        while let Some(term) = open.pop() {
            if self.names.contains_key(&term) {
                continue;
            }
            let mut found = Vec::new();
            terms.get(TermId(term)).into_iter().flat_map(|term| &term.phrases).for_each(|phrase| named(&phrase.elements, &mut found));
            open.extend(&found);
            self.names.insert(term, found.into_iter().map(|other| (other, None)).collect());
        }
    }

    /// The terms that are still open after as many rounds as terms may be deep; a round closes those that name closed ones only.
    fn endless(&self) -> BTreeSet<u32> {
        let mut open: BTreeSet<u32> = self.names.keys().copied().collect();
        for _ in 0..TERM_DEPTH {
            let left = open.iter().filter(|term| self.names.get(term).is_some_and(|all| all.iter().any(|(other, _)| open.contains(other))));
            open = left.copied().collect();
        }
        open
    }

    fn too_deep(&self, term: u32) -> Option<(&'p PackSource, Fault)> {
        let (source, at) = self.names.get(&term)?.iter().find_map(|(other, place)| place.filter(|_| self.depth(*other) == TERM_DEPTH))?;
        let what = format!("terms are nested more than {TERM_DEPTH} deep here; write some of them out");
        Some((source, Fault { line: at.line, column: at.column, rule: None, what }))
    }

    /// How deep a term is that is not endless.
    fn depth(&self, term: u32) -> usize {
        let mut level = BTreeSet::from([term]);
        let mut depth = 0;
        while !level.is_empty() && depth <= TERM_DEPTH {
            level = level.iter().filter_map(|term| self.names.get(term)).flatten().map(|(other, _)| *other).collect();
            depth += 1;
        }
        depth
    }
}

/// The terms that elements name.
fn named(elements: &[Element], found: &mut Vec<u32>) {
    for element in elements {
        match element {
            Element::Term(id) => found.push(id.0),
            Element::Choice(choices) => choices.iter().for_each(|choice| named(choice, found)),
            Element::Word(_) | Element::Class(_) | Element::Gap => {}
        }
    }
}

fn in_a_circle<'p>(cycle: &[(u32, Option<Place<'p>>)], called: &BTreeMap<u32, &str>) -> Option<(&'p PackSource, Fault)> {
    let (source, at) = cycle.iter().find_map(|(_, place)| *place)?;
    let name = |term: &u32| called.get(term).map(|name| format!("<{name}>"));
    let mut told: Vec<String> = cycle.iter().take(TOLD).filter_map(|(term, _)| name(term)).collect();
    told.extend((cycle.len() > TOLD).then(|| "…".to_owned()));
    told.extend(cycle.first().and_then(|(term, _)| name(term)));
    let what = format!("a term cannot hold itself: {}; take one of these names out of its phrase", told.join(" holds "));
    Some((source, Fault { line: at.line, column: at.column, rule: None, what }))
}
