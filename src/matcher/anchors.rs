//! Anchors: words that must be present for a phrase to match, and the words that must stand near them.

use super::common;
use super::memo::{Memo, sorted};
use super::phrase::{Element, Phrase};
use super::terms::{TERM_DEPTH, TermId, Terms};
use super::view::{GAP_SIGNS, GAP_WORDS};
use crate::document::words;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A literal, and how many words of the phrase stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Anchor {
    /// Lower-case word or sign.
    pub literal: String,
    /// Fewest words before it.
    pub least: u16,
    /// Most words before it.
    pub most: u16,
    /// What must be there besides, the most telling first.
    pub near: Vec<Near>,
}

/// One of a group of words that must be there too: a look at the groups saves most phrases their walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Near {
    /// Number in [`Memo::groups`].
    pub group: u32,
    /// Fewest and most words of the phrase before it.
    pub least: u16,
    pub most: u16,
}

impl Near {
    fn after(mut self, low: u16, high: u16) -> Self {
        (self.least, self.most) = (self.least.saturating_add(low), self.most.saturating_add(high));
        self
    }
}

impl Anchor {
    /// Whether it stands for a kind of word, see [`super::terms::Class::stand_in`].
    pub(super) fn is_open(&self) -> bool {
        self.literal.starts_with('<') && self.literal.len() > 1
    }

    fn after(mut self, low: u16, high: u16) -> Self {
        (self.least, self.most) = (self.least.saturating_add(low), self.most.saturating_add(high));
        self.near = self.near.into_iter().map(|near| near.after(low, high)).collect();
        self
    }
}

/// Most groups that are asked for besides an anchor.
const NEAR: usize = 4;
/// An anchor that is expected at most so often, in hits per thousand words, is asked for alone.
const RARE: f64 = 0.05;
/// Most groups that are asked for before a phrase of a term is tried, besides the words with which it begins.
const NEEDS: usize = 2;

/// The cheapest set of words of which one is in every match of a phrase.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// Words that lead to the phrase each for itself.
    pub words: Vec<Anchor>,
    /// Long lists of words that lead to it alike.
    pub wide: Vec<Wide>,
    /// How many words there are in all.
    pub count: usize,
    /// Whether some are kinds of words instead of words.
    pub open: bool,
    /// How often one of the words is expected, in hits per thousand words.
    pub cost: f64,
}

/// Words that stand at the same place of a phrase and need the same near them.
#[derive(Debug)]
pub(super) struct Wide {
    /// Number in [`Memo::groups`].
    pub group: u32,
    /// See [`Anchor::least`].
    pub least: u16,
    /// See [`Anchor::most`].
    pub most: u16,
    /// See [`Anchor::near`].
    pub near: Vec<Near>,
}

/// From so many words on that are alike they are kept as a group.
const MANY: usize = 64;

impl Anchors {
    fn new(choice: Choice, memo: &mut Memo) -> Self {
        let Choice { cost, open, anchors } = choice;
        let (count, mut words, mut wide) = (anchors.len(), anchors, Vec::new());
        if count >= MANY {
            let mut alike = BTreeMap::<(u16, u16, Vec<Near>), Vec<Anchor>>::new();
            for anchor in words.drain(..) {
                alike.entry((anchor.least, anchor.most, anchor.near.clone())).or_default().push(anchor);
            }
            for ((least, most, near), anchors) in alike {
                match (anchors.len() >= MANY).then(|| memo.group_of(&anchors)).flatten() {
                    Some(group) => wide.push(Wide { group, least, most, near }),
                    None => words.extend(anchors),
                }
            }
        }
        Self { words, wide, count, open, cost }
    }
}

/// The anchors of a phrase; `None` when no word must be there.
pub(super) fn of_phrase(phrase: &Phrase, terms: &Terms, memo: &mut Memo) -> Option<Anchors> {
    let mut choice = Search { terms, memo }.best(&phrase.elements, 0)?;
    let mut firsts = Vec::new();
    let begins = choice.cost > RARE && Search { terms, memo }.firsts(&phrase.elements, &mut firsts, 0) == Some(false);
    if begins && let Some(group) = memo.group_with(sorted(firsts)) {
        // Many words may stand before an anchor, but the phrase begins with one of these.
        for anchor in choice.anchors.iter_mut().filter(|anchor| anchor.most > 0) {
            anchor.near.retain(|near| near.most > 0);
            anchor.near.insert(0, Near { group, least: 0, most: 0 });
        }
    }
    Some(Anchors::new(choice, memo))
}

/// What must be near when a term begins somewhere, the most telling first: for each of its phrases, and at last for its plain list.
pub(super) fn needs_of(id: TermId, terms: &Terms, memo: &mut Memo) -> Vec<Vec<Near>> {
    let Some(term) = terms.get(id) else { return Vec::new() };
    let mut search = Search { terms, memo };
    let mut needs: Vec<Vec<Near>> = term.phrases.iter().map(|phrase| search.needs(phrase)).collect();
    if !term.list.is_empty() {
        let firsts = sorted(term.list.entries().filter_map(|entry| entry.split(' ').next()).map(words::hash).collect());
        needs.push(memo.group_with(firsts).map(|group| Near { group, least: 0, most: 0 }).into_iter().collect());
    }
    needs
}

/// A set of words of which one must be there.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// How often one of them is expected, in hits per thousand words.
    cost: f64,
    /// Whether some are kinds of words instead of words.
    open: bool,
    anchors: Vec<Anchor>,
}

/// An element of a sequence with its words.
struct Required {
    /// Which element.
    index: usize,
    choice: Choice,
    /// Fewest and most words before it.
    least: u16,
    most: u16,
}

struct Search<'s> {
    terms: &'s Terms,
    memo: &'s mut Memo,
}

impl Search<'_> {
    /// The best anchors of a sequence: those of its element that is expected least often, with the other elements as what must be near.
    fn best(&mut self, elements: &[Element], depth: usize) -> Option<Choice> {
        let found = self.required(elements, depth);
        let tried = if found.first()?.choice.cost > RARE { NEAR } else { 0 };
        let mut near: Vec<Near> = found.iter().skip(1).take(tried).filter_map(|required| self.near(required, elements)).collect();
        let Required { choice, least, most, .. } = found.into_iter().next()?;
        let mut anchors: Vec<Anchor> = choice.anchors.into_iter().map(|anchor| anchor.after(least, most)).collect();
        // The nearer a word must stand, the more a look at it tells.
        near.sort_by_key(|near| near.most - near.least);
        for anchor in &mut anchors {
            anchor.near.extend(&near);
            anchor.near.sort_by_key(|near| near.most - near.least);
            anchor.near.truncate(NEAR);
        }
        Some(Choice { anchors, ..choice })
    }

    fn needs(&mut self, phrase: &Phrase) -> Vec<Near> {
        let found = self.required(&phrase.elements, 0);
        let mut needs: Vec<Near> = found.iter().take(NEEDS).filter_map(|required| self.near(required, &phrase.elements)).collect();
        let mut firsts = Vec::new();
        let begins = self.firsts(&phrase.elements, &mut firsts, 0) == Some(false);
        if begins && !needs.iter().any(|near| near.most == 0) {
            needs.extend(self.memo.group_with(sorted(firsts)).map(|group| Near { group, least: 0, most: 0 }));
        }
        needs
    }

    /// The elements of a sequence of which some word must be there, the least expected first.
    fn required(&mut self, elements: &[Element], depth: usize) -> Vec<Required> {
        let mut found = Vec::new();
        let (mut least, mut most) = (0_u16, 0_u16);
        for (index, element) in elements.iter().enumerate() {
            found.extend(self.candidate(element, depth).map(|choice| Required { index, choice, least, most }));
            let (low, high) = self.width(element, depth);
            (least, most) = (least.saturating_add(low), most.saturating_add(high));
        }
        found.sort_by(|a, b| (a.choice.open, a.choice.cost).partial_cmp(&(b.choice.open, b.choice.cost)).unwrap_or(Ordering::Equal));
        found
    }

    /// The words of a required element as a group that must be near.
    fn near(&mut self, required: &Required, elements: &[Element]) -> Option<Near> {
        let group = match elements.get(required.index) {
            Some(Element::Term(id)) => self.group_of_term(*id, &required.choice.anchors),
            _ => self.memo.group_of(&required.choice.anchors),
        };
        let (least, most) = range(&required.choice.anchors);
        group.map(|group| Near { group, least, most }.after(required.least, required.most))
    }

    /// The words with which a sequence can begin; `None` when it can begin with anything.
    fn firsts(&mut self, elements: &[Element], found: &mut Vec<u64>, depth: usize) -> Option<bool> {
        for element in elements {
            let optional = match element {
                Element::Word(forms) => {
                    found.extend(forms.iter().map(|form| form.hash));
                    false
                }
                Element::Class(class) => {
                    found.push(words::hash(class.stand_in()?));
                    false
                }
                Element::Gap => return None,
                Element::Choice(choices) => {
                    let mut optional = false;
                    for choice in choices {
                        optional |= self.firsts(choice, found, depth)?;
                    }
                    optional
                }
                Element::Term(id) => {
                    found.extend_from_slice(&self.firsts_of_term(*id, depth)?);
                    false
                }
            };
            if !optional {
                return Some(false);
            }
        }
        Some(true)
    }

    fn firsts_of_term(&mut self, id: TermId, depth: usize) -> Option<Arc<[u64]>> {
        if let Some(known) = self.memo.firsts.get(&id) {
            return known.clone();
        }
        let term = self.terms.get(id).filter(|_| depth < TERM_DEPTH)?;
        let mut found: Vec<u64> = term.list.entries().filter_map(|entry| entry.split(' ').next()).map(words::hash).collect();
        let known = term.phrases.iter().all(|phrase| self.firsts(&phrase.elements, &mut found, depth + 1) == Some(false));
        let firsts = known.then(|| sorted(found));
        self.memo.firsts.insert(id, firsts.clone());
        firsts
    }

    fn group_of_term(&mut self, id: TermId, anchors: &[Anchor]) -> Option<u32> {
        if let Some(known) = self.memo.group.get(&id) {
            return *known;
        }
        let group = self.memo.group_of(anchors);
        self.memo.group.insert(id, group);
        group
    }

    fn candidate(&mut self, element: &Element, depth: usize) -> Option<Choice> {
        match element {
            Element::Word(forms) => Some(words_of(forms.iter().map(|form| &*form.text))),
            Element::Class(class) => class.stand_in().map(|word| words_of([word].into_iter())),
            Element::Gap => None,
            Element::Choice(choices) => {
                let found: Vec<_> = choices.iter().map(|choice| self.best(choice, depth)).collect();
                union(found.into_iter())
            }
            Element::Term(id) => self.of_term(*id, depth),
        }
    }

    fn of_term(&mut self, id: TermId, depth: usize) -> Option<Choice> {
        if let Some(known) = self.memo.best.get(&id) {
            return known.clone();
        }
        let term = self.terms.get(id).filter(|_| depth < TERM_DEPTH)?;
        let mut firsts: Vec<&str> = term.list.entries().filter_map(|entry| entry.split(' ').next()).collect();
        firsts.dedup();
        let mut choices: Vec<Option<Choice>> = term.phrases.iter().map(|phrase| self.best(&phrase.elements, depth + 1)).collect();
        if !firsts.is_empty() {
            choices.push(Some(words_of(firsts.into_iter())));
        }
        let found = union(choices.into_iter());
        self.memo.best.insert(id, found.clone());
        found
    }

    /// Fewest and most words that an element takes.
    fn width(&mut self, element: &Element, depth: usize) -> (u16, u16) {
        let narrow = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        match element {
            Element::Word(_) => (1, 1),
            Element::Class(class) => (narrow(class.width().0), narrow(class.width().1)),
            Element::Gap => (0, narrow(GAP_WORDS + GAP_SIGNS)),
            Element::Choice(choices) => {
                let widths: Vec<_> = choices.iter().map(|choice| self.whole_width(choice, depth)).collect();
                widest(widths.into_iter())
            }
            Element::Term(id) => self.term_width(*id, depth),
        }
    }

    fn term_width(&mut self, id: TermId, depth: usize) -> (u16, u16) {
        if let Some(known) = self.memo.width.get(&id) {
            return *known;
        }
        let Some(term) = self.terms.get(id).filter(|_| depth < TERM_DEPTH) else { return (1, 1) };
        let list = (!term.list.is_empty()).then(|| (1, u16::try_from(term.list.longest()).unwrap_or(u16::MAX)));
        let widths: Vec<_> = term.phrases.iter().map(|phrase| self.whole_width(&phrase.elements, depth + 1)).chain(list).collect();
        let found = widest(widths.into_iter());
        self.memo.width.insert(id, found);
        found
    }

    fn whole_width(&mut self, elements: &[Element], depth: usize) -> (u16, u16) {
        let add = |sum: (u16, u16), (low, high): (u16, u16)| (sum.0.saturating_add(low), sum.1.saturating_add(high));
        elements.iter().map(|element| self.width(element, depth)).fold((0, 0), add)
    }
}

/// A choice of plain words.
fn words_of<'w>(words: impl Iterator<Item = &'w str>) -> Choice {
    let at_start = |literal: &str| Anchor { literal: literal.to_owned(), least: 0, most: 0, near: Vec::new() };
    let (mut cost, mut anchors) = (0.0, Vec::new());
    for word in words {
        cost += common::expected(word);
        anchors.push(at_start(word));
    }
    Choice { cost, open: anchors.iter().any(Anchor::is_open), anchors }
}

/// Fewest and most words before any of the anchors.
fn range(anchors: &[Anchor]) -> (u16, u16) {
    (anchors.iter().map(|anchor| anchor.least).min().unwrap_or(0), anchors.iter().map(|anchor| anchor.most).max().unwrap_or(0))
}

fn union(choices: impl Iterator<Item = Option<Choice>>) -> Option<Choice> {
    let (mut cost, mut open, mut anchors) = (0.0, false, Vec::new());
    for choice in choices {
        let choice = choice?;
        cost += choice.cost;
        open |= choice.open;
        for anchor in choice.anchors {
            if anchors.len() > 500 || !anchors.contains(&anchor) {
                anchors.push(anchor);
            }
        }
    }
    (!anchors.is_empty()).then_some(Choice { cost, open, anchors })
}

fn widest(widths: impl Iterator<Item = (u16, u16)>) -> (u16, u16) {
    widths.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(phrase: &str) -> Vec<(String, u16, u16)> {
        let phrase = Phrase::parse(phrase, &|_| None).unwrap();
        let found = of_phrase(&phrase, &Terms::default(), &mut Memo::default()).unwrap_or_default();
        found.words.into_iter().map(|anchor| (anchor.literal, anchor.least, anchor.most)).collect()
    }

    #[test]
    fn the_rarest_word_is_the_anchor() {
        assert_eq!(parsed("stop [taking] your medication"), [("medication".to_owned(), 2, 3)]);
        assert_eq!(parsed("you should (start|begin)"), [("begin".to_owned(), 2, 2), ("start".to_owned(), 2, 2)]);
        assert_eq!(parsed("<number> <capital>"), [("<number>".to_owned(), 0, 0)]);
        assert_eq!(parsed("* ..."), []);
    }
}
