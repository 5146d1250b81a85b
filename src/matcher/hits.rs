//! Hits, and the reading of one text: which sets are where, looked up at most once.

use super::index::is_digit;
use super::known::Known;
use super::landmarks::Landmarks;
use super::model::{ClassId, Scores};
use super::pattern::Match;
use super::scan::Due;
use super::view::{Memo, Mixer, View};
use super::{Matcher, Set, SetId};
use crate::document::{Text, Word, WordKind};
use crate::span::Span;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::ops::Range;
use std::rc::Rc;

/// One place where an item of a set matched. All spans are bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index of the phrase or pattern in its set.
    pub item: u32,
    /// Whether it is a pattern.
    pub pattern: bool,
    /// The whole match.
    pub span: Span,
    /// A pattern's group named `id`, else the whole match.
    pub id: Span,
}

impl Hit {
    /// Whether it touches a link or code. The target of a Markdown link inside it does not count: the words around it are one sentence.
    pub(super) fn in_link(&self, text: &Text) -> bool {
        let opaque = text.opaque();
        let next = opaque.partition_point(|link| link.end <= self.span.start);
        let mut touched = opaque.get(next..).unwrap_or(&[]).iter().take_while(|link| link.overlaps(self.span));
        touched.any(|link| !(self.span.start < link.start && link.end < self.span.end && text.is_mark(*link)))
    }
}

/// The hits of a set, in order, and how long the longest one is.
#[derive(Debug, Clone)]
struct Found {
    hits: Rc<[Hit]>,
    longest: usize,
}

impl From<Vec<Hit>> for Found {
    fn from(hits: Vec<Hit>) -> Self {
        Self { longest: hits.iter().map(|hit| hit.span.len()).max().unwrap_or(0), hits: hits.into() }
    }
}

/// One text with what was found in it so far.
pub struct Reading<'r> {
    /// The text.
    pub text: &'r Text,
    pub(super) matcher: &'r Matcher,
    found: RefCell<HashMap<SetId, Found, BuildHasherDefault<Mixer>>>,
    /// Quotations, lines and links, for the conditions of rules.
    pub marks: Landmarks,
    memo: Memo,
    known: OnceCell<Known>,
    lower: OnceCell<String>,
    digits: OnceCell<u32>,
    scanned: Cell<bool>,
    noted: RefCell<BTreeMap<String, usize>>,
    scores: RefCell<HashMap<usize, Scores>>,
}

impl<'r> Reading<'r> {
    /// A text of which nothing was read yet.
    pub fn new(text: &'r Text, matcher: &'r Matcher) -> Self {
        let (found, memo, scanned) = (RefCell::default(), Memo::default(), Cell::new(false));
        let (known, lower, digits) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Self {
            text,
            matcher,
            found,
            marks: Landmarks::default(),
            memo,
            known,
            lower,
            digits,
            scanned,
            noted: RefCell::default(),
            scores: RefCell::default(),
        }
    }

    /// Looks for every trigger set in one pass, and gives those that were found, in order.
    pub fn scan(&self) -> Vec<SetId> {
        self.scanned.set(true);
        let hits = self.pass(self.matcher.automaton(self.text.folded().len()));
        let runs = hits.chunk_by(|a, b| a.0 == b.0).filter_map(|run| Some((run.first()?.0, run)));
        let mut found = self.found.borrow_mut();
        runs.map(|(id, run)| {
            found.insert(id, run.iter().map(|(_, hit)| *hit).collect::<Vec<_>>().into());
            id
        })
        .collect()
    }

    /// Every hit of a set in the text, in order.
    pub fn hits(&self, id: SetId) -> Rc<[Hit]> {
        self.found_of(id).hits
    }

    /// The same with the numbers of those that may touch a stretch: some beside it may be among them, none that touches it is missing.
    pub fn hits_about(&self, id: SetId, stretch: Span) -> (Rc<[Hit]>, Range<usize>) {
        let Found { hits, longest } = self.found_of(id);
        let from = hits.partition_point(|hit| hit.span.start + longest < stretch.start);
        let to = hits.partition_point(|hit| hit.span.start <= stretch.end);
        (hits, from..to.max(from))
    }

    /// Counts something that was found as if it were a word of the text, from a byte of the folded text on. Once the text was scored it comes too late.
    pub fn note(&self, name: &str, at: usize) {
        let mut noted = self.noted.borrow_mut();
        match noted.get_mut(name) {
            Some(first) => *first = at.min(*first),
            None => drop(noted.insert(name.to_owned(), at)),
        }
    }

    /// How much the text is like a class, and the byte of the folded text up to which it is most; `None` when the class is unknown.
    pub fn score(&self, class: ClassId) -> Option<(f32, usize)> {
        self.scores_of(class, |scores| scores.best.get(class.class()).copied())
    }

    /// How much the text is like a class, for something found at a byte of the folded text; `None` also where too little stands up to the end of its
    /// paragraph, so that what follows never makes it doubtful.
    pub fn score_for(&self, class: ClassId, at: usize) -> Option<f32> {
        self.scores_of(class, |scores| scores.best.get(class.class()).filter(|_| scores.from <= at).map(|(score, _)| *score))
    }

    fn scores_of<T>(&self, class: ClassId, read: impl FnOnce(&Scores) -> Option<T>) -> Option<T> {
        let model = self.matcher.model(class.model())?;
        let mut scores = self.scores.borrow_mut();
        read(scores.entry(class.model()).or_insert_with(|| model.score(self.text, &self.noted.borrow())))
    }

    /// The places before a byte of the folded text that say most why the text is like a class, heaviest first.
    pub fn reasons(&self, class: ClassId, end: usize) -> Vec<Span> {
        self.matcher.model(class.model()).map_or_else(Vec::new, |model| model.reasons(self.text, class, end))
    }

    fn found_of(&self, id: SetId) -> Found {
        if let Some(known) = self.found.borrow().get(&id) {
            return known.clone();
        }
        let set = self.matcher.set(id);
        if set.is_some_and(|set| set.trigger) && !self.scanned.get() {
            self.scan();
            return self.found.borrow().get(&id).cloned().unwrap_or_else(|| Vec::new().into());
        }
        let found: Found = set.map_or_else(Vec::new, |set| self.search(id, set)).into();
        self.found.borrow_mut().insert(id, found.clone());
        found
    }

    /// Every set that has a hit so far, for the coverage of a pack's examples.
    pub fn seen(&self) -> Vec<(SetId, Hit)> {
        let found = self.found.borrow();
        found.iter().flat_map(|(set, found)| found.hits.iter().map(|hit| (*set, *hit))).collect()
    }

    pub(super) fn known(&self) -> &Known {
        self.known.get_or_init(|| Known::new(self.text, &self.matcher.indexes))
    }

    /// The folded text in lower case (ASCII).
    pub(super) fn lower(&self) -> &str {
        self.lower.get_or_init(|| self.text.folded().to_ascii_lowercase())
    }

    /// How many digits the text has.
    pub(super) fn digits(&self) -> u32 {
        let count = |word: &Word| word.of(self.text.folded()).bytes().filter(u8::is_ascii_digit).count();
        *self.digits.get_or_init(|| {
            let numbers = self.text.words().iter().filter(|word| word.kind == WordKind::Number);
            u32::try_from(numbers.map(count).sum::<usize>()).unwrap_or(u32::MAX)
        })
    }

    pub(super) fn view(&self) -> View<'_> {
        View {
            folded: self.text.folded(),
            words: self.text.words(),
            terms: &self.matcher.terms,
            indexes: &self.matcher.indexes,
            known: self.known(),
            memo: &self.memo,
        }
    }

    /// The hits of a set's phrases at the words where they are due.
    pub(super) fn walk(&self, id: SetId, due: &[Due]) -> Vec<Hit> {
        let (view, Some(set)) = (self.view(), self.matcher.set(id)) else { return Vec::new() };
        let hit = |(_, item, first): &Due| {
            let end = view.end_of(set.phrases.get(*item as usize)?, *first as usize)?;
            let span = Span::new(view.words.get(*first as usize)?.span.start, view.words.get(end.checked_sub(1)?)?.span.end);
            Some(Hit { item: *item, pattern: false, span, id: span })
        };
        due.iter().filter_map(hit).collect()
    }

    /// Looks for a set that is no trigger.
    fn search(&self, id: SetId, set: &Set) -> Vec<Hit> {
        let mut due = Vec::new();
        for (layer, index) in self.matcher.indexes.iter().enumerate() {
            let (bounds, known) = (index.guards_of(id), self.known());
            let Some(groups) = known.groups(&self.matcher.indexes, layer) else { continue };
            let mut follow = |at: usize| {
                let trails = known.numbers(layer, at).flat_map(|word| index.guards(bounds, word));
                trails.for_each(|trail| self.due(layer, &trail, at, &mut due));
            };
            match index.leading(id) {
                Some(group) => groups.members(group).for_each(&mut follow),
                None if bounds.0 < bounds.1 => (0..known.len()).for_each(&mut follow),
                None => {}
            }
            for (group, trail) in index.wide(id) {
                groups.members(group).for_each(|at| self.due(layer, &trail, at, &mut due));
            }
        }
        due.sort_unstable();
        due.dedup();
        let mut hits = self.walk(id, &due);
        for item in &set.everywhere {
            let words = u32::try_from(self.known().len()).unwrap_or(u32::MAX);
            hits.extend(self.walk(id, &(0..words).map(|first| (id, *item, first)).collect::<Vec<_>>()));
        }
        self.patterns(set, &mut hits);
        if !set.links {
            hits.retain(|hit| !hit.in_link(self.text));
        }
        hits.sort_unstable_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end), hit.pattern, hit.item));
        hits.dedup();
        hits
    }

    fn patterns(&self, set: &Set, hits: &mut Vec<Hit>) {
        let folded = self.text.folded();
        for (item, pattern) in (0_u32..).zip(&set.patterns) {
            let possible = |literal: &String| is_digit(literal) || self.lower().contains(literal.as_str());
            if pattern.digits > self.digits() || !pattern.anchors.iter().any(possible) {
                continue;
            }
            let mut matches = Vec::new();
            pattern.matches(folded, 0, folded.len(), &mut matches);
            hits.extend(matches.into_iter().map(|Match { whole, id }| Hit { item, pattern: true, span: whole, id }));
        }
    }
}
