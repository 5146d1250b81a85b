//! Hits, and the reading of one text: which sets are where, looked up at most once.

use super::anchors::Anchor;
use super::pattern::Match;
use super::phrase::{Memo, Phrase, View};
use super::{Matcher, Set, SetId};
use crate::document::{Text, words};
use crate::span::Span;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
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
    /// Whether it touches a link or code.
    pub(super) fn in_link(&self, text: &Text) -> bool {
        let opaque = &text.segments().opaque;
        let next = opaque.partition_point(|link| link.end <= self.span.start);
        opaque.get(next).is_some_and(|link| link.overlaps(self.span))
    }
}

/// A phrase with more anchors than this is tried at every word instead, when a guard asks for it.
pub(super) const INDEXED: usize = 300;

/// What the anchors of a guard's phrase lead to, as [`Set`] keeps it.
pub(super) fn leads(item: usize, anchors: &[Anchor]) -> impl Iterator<Item = (u64, u32, u16, u16)> {
    let item = u32::try_from(item).unwrap_or(u32::MAX);
    anchors.iter().map(move |anchor| (words::hash(&anchor.literal), item, anchor.least, anchor.most))
}

/// The hit of a phrase that begins at a word, if it matches there.
pub(super) fn try_phrase(view: &View<'_>, phrase: &Phrase, item: u32, first: usize) -> Option<Hit> {
    let end = view.end_of(phrase, first)?;
    let span = Span::new(view.words.get(first)?.span.start, view.words.get(end.checked_sub(1)?)?.span.end);
    Some(Hit { item, pattern: false, span, id: span })
}

/// One text with what was found in it so far.
pub struct Reading<'r> {
    /// The text.
    pub text: &'r Text,
    matcher: &'r Matcher,
    found: RefCell<HashMap<SetId, Rc<[Hit]>>>,
    memo: Memo,
    /// The words' hashes with their positions, sorted, once a guard is asked for.
    sorted: OnceCell<Vec<(u64, usize)>>,
}

impl<'r> Reading<'r> {
    /// A reading that begins with the hits of [`Matcher::scan`], or with none for a text that is only context.
    pub fn new(text: &'r Text, matcher: &'r Matcher, scanned: &[(SetId, Hit)]) -> Self {
        let mut found: HashMap<SetId, Rc<[Hit]>> = HashMap::new();
        for run in scanned.chunk_by(|a, b| a.0 == b.0) {
            if let Some((set, _)) = run.first() {
                found.insert(*set, run.iter().map(|(_, hit)| *hit).collect());
            }
        }
        Self { text, matcher, found: RefCell::new(found), memo: Memo::default(), sorted: OnceCell::new() }
    }

    /// Every hit of a set in the text, in order.
    pub fn hits(&self, id: SetId) -> Rc<[Hit]> {
        if let Some(known) = self.found.borrow().get(&id) {
            return Rc::clone(known);
        }
        let hits: Rc<[Hit]> = self.matcher.set(id).map_or_else(Vec::new, |set| self.search(set)).into();
        self.found.borrow_mut().insert(id, Rc::clone(&hits));
        hits
    }

    /// Every set that has a hit so far, for the coverage of a pack's examples.
    pub fn seen(&self) -> Vec<(SetId, Hit)> {
        let found = self.found.borrow();
        found.iter().flat_map(|(set, hits)| hits.iter().map(|hit| (*set, *hit))).collect()
    }

    fn search(&self, set: &Set) -> Vec<Hit> {
        let view = View { text: self.text, words: self.text.words(), terms: &self.matcher.terms, memo: &self.memo };
        let mut hits = Vec::new();
        let mut due: Vec<(u32, usize)> = Vec::new();
        for item in &set.everywhere {
            due.extend((0..view.words.len()).map(|first| (*item, first)));
        }
        self.led(set, |item, first| due.push((item, first)));
        due.sort_unstable();
        due.dedup();
        for (item, first) in due {
            hits.extend(set.phrases.get(item as usize).and_then(|phrase| try_phrase(&view, phrase, item, first)));
        }
        self.patterns(set, &mut hits);
        if !set.links {
            hits.retain(|hit| !hit.in_link(self.text));
        }
        hits.sort_unstable_by_key(|hit| (hit.span.start, std::cmp::Reverse(hit.span.end), hit.pattern, hit.item));
        hits.dedup();
        hits
    }

    /// Every phrase that a word of the text leads to, with the word at which it would begin. Whichever is shorter is walked: the set's leads or the
    /// words of the text.
    fn led(&self, set: &Set, mut found: impl FnMut(u32, usize)) {
        let words = self.text.words();
        let mut meet = |lead: &(u64, u32, u16, u16), at: usize| {
            let (_, item, least, most) = *lead;
            if let Some(last) = at.checked_sub(usize::from(least)) {
                (at.saturating_sub(usize::from(most))..=last).for_each(|first| found(item, first));
            }
        };
        if set.by_word.len() < words.len() {
            let sorted = self.sorted.get_or_init(|| {
                let mut sorted: Vec<_> = words.iter().enumerate().map(|(at, word)| (word.hash, at)).collect();
                sorted.sort_unstable();
                sorted
            });
            for lead in &set.by_word {
                let from = sorted.partition_point(|(hash, _)| *hash < lead.0);
                sorted.get(from..).unwrap_or(&[]).iter().take_while(|(hash, _)| *hash == lead.0).for_each(|(_, at)| meet(lead, *at));
            }
            return;
        }
        for (at, word) in words.iter().enumerate() {
            let from = set.by_word.partition_point(|lead| lead.0 < word.hash);
            set.by_word.get(from..).unwrap_or(&[]).iter().take_while(|lead| lead.0 == word.hash).for_each(|lead| meet(lead, at));
        }
    }

    fn patterns(&self, set: &Set, hits: &mut Vec<Hit>) {
        let folded = self.text.folded();
        for (item, pattern) in (0_u32..).zip(&set.patterns) {
            let mut matches = Vec::new();
            pattern.matches(folded, 0, folded.len(), &mut matches);
            hits.extend(matches.into_iter().map(|Match { whole, id }| Hit { item, pattern: true, span: whole, id }));
        }
    }
}
