//! Anchors: words that must be present for a phrase or pattern to match, found for all packs in one Aho-Corasick pass.

use super::phrase::{Element, GAP_SIGNS, GAP_WORDS, Phrase};
use super::terms::{TermId, Terms};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A literal, and how many words of the phrase stand before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Anchor {
    /// Lower-case word or sign.
    pub literal: String,
    /// Fewest words before it.
    pub least: u16,
    /// Most words before it.
    pub most: u16,
}

/// Terms within terms are followed this deep.
const DEPTH: usize = 24;

/// The cheapest set of words of which one is in every match of the phrase; `None` when there is no such set.
pub(super) fn of_phrase(phrase: &Phrase, terms: &Terms, memo: &mut Memo) -> Option<Vec<Anchor>> {
    Search { terms, memo }.best(&phrase.elements, 0).map(|(_, anchors)| anchors)
}

type Choice = (f64, Vec<Anchor>);

/// What is known of terms already: they are named again and again.
#[derive(Debug, Default)]
pub(super) struct Memo {
    best: HashMap<TermId, Option<Choice>>,
    width: HashMap<TermId, (u16, u16)>,
}

struct Search<'s> {
    terms: &'s Terms,
    memo: &'s mut Memo,
}

impl Search<'_> {
    fn best(&mut self, elements: &[Element], depth: usize) -> Option<Choice> {
        let mut found: Option<Choice> = None;
        let (mut least, mut most) = (0_u16, 0_u16);
        for element in elements {
            if let Some((cost, mut anchors)) = self.candidate(element, depth)
                && found.as_ref().is_none_or(|(cheapest, _)| cost < *cheapest)
            {
                for anchor in &mut anchors {
                    anchor.least = anchor.least.saturating_add(least);
                    anchor.most = anchor.most.saturating_add(most);
                }
                found = Some((cost, anchors));
            }
            let (low, high) = self.width(element, depth);
            (least, most) = (least.saturating_add(low), most.saturating_add(high));
        }
        found
    }

    fn candidate(&mut self, element: &Element, depth: usize) -> Option<Choice> {
        match element {
            Element::Word(forms) => {
                Some((forms.iter().map(|(form, _)| cost(form)).sum(), forms.iter().map(|(form, _)| at_start(form)).collect()))
            }
            Element::Class(super::terms::Class::Handle) => Some((cost("@"), vec![at_start("@")])),
            Element::Class(_) | Element::Gap => None,
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
        let term = self.terms.get(id).filter(|_| depth < DEPTH)?;
        let mut firsts: Vec<&str> = term.list.entries().filter_map(|entry| entry.split(' ').next()).collect();
        firsts.dedup();
        let list = || (firsts.iter().map(|first| cost(first)).sum(), firsts.iter().map(|first| at_start(first)).collect());
        let mut choices: Vec<Option<Choice>> = term.phrases.iter().map(|phrase| self.best(&phrase.elements, depth + 1)).collect();
        if !firsts.is_empty() {
            choices.push(Some(list()));
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
        let Some(term) = self.terms.get(id).filter(|_| depth < DEPTH) else { return (1, 1) };
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

fn at_start(literal: &str) -> Anchor {
    Anchor { literal: literal.to_owned(), least: 0, most: 0 }
}

fn union(choices: impl Iterator<Item = Option<Choice>>) -> Option<Choice> {
    let (mut cost, mut anchors) = (0.0, Vec::new());
    for choice in choices {
        let (more, found) = choice?;
        cost += more;
        for anchor in found {
            if anchors.len() > 500 || !anchors.contains(&anchor) {
                anchors.push(anchor);
            }
        }
    }
    (!anchors.is_empty()).then_some((cost, anchors))
}

fn widest(widths: impl Iterator<Item = (u16, u16)>) -> (u16, u16) {
    widths.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((0, 0))
}

/// Very common words: a phrase anchored on one of them would be tried in nearly every post.
const COMMON: [&str; 84] = [
    "the", "a", "an", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "from", "by", "as", "is", "are", "was", "were",
    "be", "been", "it", "this", "that", "these", "those", "i", "you", "your", "we", "our", "my", "me", "he", "she", "his", "her", "they",
    "their", "them", "will", "would", "can", "could", "should", "may", "have", "has", "had", "do", "does", "did", "not", "no", "so", "if",
    "when", "what", "who", "how", "all", "any", "more", "most", "one", "up", "out", "about", "just", "get", "take", "need", "than", "then",
    "there", "us", "some", "new", "people", "health", "now", "'s", "like",
];

/// How often a word is expected, roughly in hits per thousand words; only the order matters.
fn cost(word: &str) -> f64 {
    if COMMON.contains(&word) {
        return 40.0;
    }
    match word.chars().count() {
        1 => 20.0,
        2 => 6.0,
        3 => 2.0,
        4 => 1.0,
        _ => 0.4,
    }
}

/// The literals of which one is in every match of a pattern, lower-case; digits stand for "any number".
pub(super) fn of_pattern(hir: &Hir) -> Option<Vec<String>> {
    literals(hir).map(|(_, literals)| literals).filter(|literals| !literals.is_empty())
}

/// Most literals of one pattern.
const PATTERN_LITERALS: usize = 400;

fn literals(hir: &Hir) -> Option<(i32, Vec<String>)> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?.trim().to_lowercase();
            (!text.is_empty()).then(|| (worth(&text), vec![text]))
        }
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repetition) if repetition.min > 0 => literals(&repetition.sub),
        HirKind::Capture(capture) => literals(&capture.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(literals).max_by_key(|(worth, _)| *worth),
        HirKind::Alternation(parts) => {
            let (mut worst, mut all) = (i32::MAX, Vec::new());
            for part in parts {
                let (worth, found) = literals(part)?;
                worst = worst.min(worth);
                all.extend(found);
            }
            (all.len() <= PATTERN_LITERALS).then_some((worst, all))
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

fn worth(literal: &str) -> i32 {
    match literal.chars().count() {
        // Points and hyphens are in every post, numbers are not.
        1 if literal.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '\'' | '/' | ':')) => 0,
        1 => 4,
        2 => 3,
        length => 4 + i32::try_from(length).unwrap_or(i32::MAX - 4).min(12),
    }
}

/// Most characters of a class that are tried one by one.
const CLASS_LITERALS: usize = 12;

fn of_class(class: &Class) -> Option<(i32, Vec<String>)> {
    let Class::Unicode(class) = class else { return None };
    let size: usize = class.iter().map(|range| (range.end() as usize).saturating_sub(range.start() as usize) + 1).sum();
    if size > CLASS_LITERALS {
        return None;
    }
    let mut all: Vec<String> = class.iter().flat_map(|range| range.start()..=range.end()).map(|c| c.to_lowercase().to_string()).collect();
    all.dedup();
    if all.iter().any(|c| c.trim().is_empty()) {
        return None;
    }
    let digits = all.iter().all(|c| c.bytes().all(|b| b.is_ascii_digit()));
    Some((if digits { 1 } else { all.iter().map(|c| worth(c)).min().unwrap_or(0) }, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchors(phrase: &str) -> Vec<(String, u16, u16)> {
        let phrase = Phrase::parse(phrase, &|_| None).unwrap();
        of_phrase(&phrase, &Terms::default(), &mut Memo::default())
            .unwrap_or_default()
            .into_iter()
            .map(|a| (a.literal, a.least, a.most))
            .collect()
    }

    #[test]
    fn the_rarest_word_is_the_anchor() {
        assert_eq!(anchors("stop [taking] your medication"), [("medication".to_owned(), 2, 3)]);
        assert_eq!(anchors("you should (start|begin)"), [("begin".to_owned(), 2, 2), ("start".to_owned(), 2, 2)]);
        assert_eq!(anchors("<number> <capital>"), []);
    }

    #[test]
    fn patterns_have_anchors_too() {
        for (pattern, want) in [
            (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", "0123456789".split("").filter(|d| !d.is_empty()).collect()),
            (r"ssn:? ?\d+", vec!["ssn"]),
            (r"\b(mrn|chart no)\b\d", vec!["mrn", "chart no"]),
            (r"\w+\s\w+", vec![]),
        ] {
            let hir = regex_syntax::Parser::new().parse(pattern).unwrap();
            assert_eq!(of_pattern(&hir).unwrap_or_default(), want, "{pattern}");
        }
    }
}
