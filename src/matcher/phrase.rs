//! Phrases: their small language (`docs/rule-language.md`), parsed into elements, and how elements match words.

use super::ends::Ends;
use super::index::Index;
use super::known::Known;
use super::terms::{Class, TermId, Terms};
use crate::document::{Text, Word, WordKind, words};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A parsed phrase: elements that must follow each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phrase {
    /// In order.
    pub elements: Vec<Element>,
}

/// One step of a phrase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Element {
    /// One of these words, lower-case, with their hashes, in the order of the hashes.
    Word(Vec<(String, u64)>),
    /// Any entry of a term.
    Term(TermId),
    /// A kind of word.
    Class(Class),
    /// One of these sequences; an empty one makes it optional.
    Choice(Vec<Vec<Element>>),
    /// Up to four words of the same sentence, none of them a negation.
    Gap,
}

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
/// Deepest nesting of groups in one phrase.
const DEPTH: usize = 16;

impl Phrase {
    /// Parses a phrase; `term` resolves the name of a term.
    ///
    /// # Errors
    /// What is wrong, for the author of the pack.
    pub fn parse(source: &str, term: &dyn Fn(&str) -> Option<TermId>) -> Result<Self, String> {
        let folded = if source.is_ascii() { source.to_owned() } else { Text::new(source).folded().to_owned() };
        let mut parser = Parser { rest: &folded, term, depth: 0 };
        let elements = parser.sequence()?;
        match parser.rest.chars().next() {
            Some(extra) => Err(format!("`{extra}` closes nothing; remove it or write `\\{extra}`")),
            None if elements.is_empty() => Err("the phrase is empty".into()),
            None => Ok(Self { elements }),
        }
    }
}

struct Parser<'p> {
    rest: &'p str,
    term: &'p dyn Fn(&str) -> Option<TermId>,
    depth: usize,
}

impl Parser<'_> {
    fn sequence(&mut self) -> Result<Vec<Element>, String> {
        let mut elements = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            let Some(next) = self.rest.chars().next() else { return Ok(elements) };
            match next {
                ')' | ']' | '|' => return Ok(elements),
                '(' => elements.push(Element::Choice(self.group(')')?)),
                '[' => {
                    let mut choices = self.group(']')?;
                    choices.push(Vec::new());
                    elements.push(Element::Choice(choices));
                }
                '<' => elements.push(self.named()?),
                '*' => {
                    self.skip(1);
                    elements.push(Element::Class(Class::Any));
                }
                _ if self.rest.starts_with("...") => {
                    self.skip(3);
                    elements.push(Element::Gap);
                }
                _ => self.plain(&mut elements)?,
            }
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    fn group(&mut self, close: char) -> Result<Vec<Vec<Element>>, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("groups are nested more than {DEPTH} deep; use a term"));
        }
        let mut choices = Vec::new();
        loop {
            self.skip(1);
            choices.push(self.sequence()?);
            match self.rest.chars().next() {
                Some('|') => {}
                Some(found) if found == close => break,
                _ => return Err(format!("a group is not closed; add `{close}`")),
            }
        }
        self.skip(1);
        self.depth -= 1;
        if choices.iter().all(Vec::is_empty) {
            return Err("a group is empty; fill or remove it".into());
        }
        Ok(gathered(choices))
    }

    fn named(&mut self) -> Result<Element, String> {
        let Some(end) = self.rest.find('>') else { return Err("a term is not closed; add `>` or write `\\<`".into()) };
        let name = self.rest.get(1..end).unwrap_or("").trim().to_owned();
        self.skip(end + 1);
        if let Some(class) = Class::named(&name)? {
            return Ok(Element::Class(class));
        }
        (self.term)(&name)
            .map(Element::Term)
            .ok_or_else(|| format!("no term is called <{name}>; define it under `terms:` or mend the name"))
    }

    fn plain(&mut self, elements: &mut Vec<Element>) -> Result<(), String> {
        let mut literal = String::new();
        let mut end = self.rest.len();
        let mut chars = self.rest.char_indices();
        while let Some((at, next)) = chars.next() {
            let gap = next == '.' && self.rest.get(at..).is_some_and(|rest| rest.starts_with("..."));
            match next {
                '\\' => literal.extend(chars.next().map(|(_, escaped)| escaped)),
                '(' | ')' | '[' | ']' | '|' | '<' | '~' | '*' => {
                    end = at;
                    break;
                }
                _ if gap || next.is_whitespace() => {
                    end = at;
                    break;
                }
                _ => literal.push(next),
            }
        }
        self.skip(end);
        let inflected = self.rest.starts_with('~');
        if inflected {
            self.skip(1);
        }
        if literal.eq_ignore_ascii_case("'s") {
            elements.push(Element::Word(vec![("'s".to_owned(), words::hash("'s"))]));
            return Ok(());
        }
        let cut = words::cut(&literal);
        let Some(last) = cut.len().checked_sub(1) else {
            return match literal.chars().find(|c| !c.is_ascii()) {
                _ if inflected => Err("`~` follows no word".into()),
                // It would match everywhere.
                Some(sign) => Err(format!("`{sign}` is neither a word nor a sign that phrases know; look for it with a pattern")),
                None => Ok(()),
            };
        };
        for (index, word) in cut.iter().enumerate() {
            let lower = word.of(&literal).to_lowercase();
            let forms = if inflected && index == last { inflections(&lower) } else { vec![lower] };
            let mut forms: Vec<_> = forms.into_iter().map(|form| (form.clone(), words::hash(&form))).collect();
            forms.sort_by_key(|(_, hash)| *hash);
            elements.push(Element::Word(forms));
        }
        Ok(())
    }
}

/// Alternatives of one word each, gathered into one: matching then compares hashes instead of walking a list of lists.
fn gathered(choices: Vec<Vec<Element>>) -> Vec<Vec<Element>> {
    let (mut words, mut others) = (Vec::new(), Vec::new());
    for choice in choices {
        match <[Element; 1]>::try_from(choice) {
            Ok([Element::Word(forms)]) => words.extend(forms),
            Ok([other]) => others.push(vec![other]),
            Err(choice) => others.push(choice),
        }
    }
    if !words.is_empty() {
        words.sort_by_key(|(_, hash)| *hash);
        words.dedup();
        others.insert(0, vec![Element::Word(words)]);
    }
    others
}

/// The word with its regular English inflections: -s, -es, -ed, -ing, doubled consonants, y to ies, silent e.
pub(crate) fn inflections(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().rev().collect();
    let letter = |back: usize| letters.get(back).copied().unwrap_or(' ');
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let stem: String = letters.iter().skip(1).rev().collect();
    let hissing = matches!(letter(0), 's' | 'x' | 'z' | 'o') || word.ends_with("ch") || word.ends_with("sh");
    let mut forms = vec![word.to_owned()];
    match letter(0) {
        'e' => forms.extend([format!("{word}s"), format!("{word}d"), format!("{stem}ing")]),
        'y' if !vowel(letter(1)) => forms.extend([format!("{stem}ies"), format!("{stem}ied"), format!("{word}ing")]),
        _ => {
            forms.push(if hissing { format!("{word}es") } else { format!("{word}s") });
            // photos, but also heroes
            forms.extend((letter(0) == 'o').then(|| format!("{word}s")));
            forms.extend([format!("{word}ed"), format!("{word}ing")]);
            let doubles = vowel(letter(1)) && !vowel(letter(2)) && !vowel(letter(0)) && !matches!(letter(0), 'w' | 'x' | 'y');
            if doubles {
                forms.extend([format!("{word}{}ed", letter(0)), format!("{word}{}ing", letter(0))]);
            }
        }
    }
    forms
}

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

/// Where each term that was tried at a word ends: terms are built of terms and are asked for again and again at the same word.
pub(super) type Memo = RefCell<HashMap<(TermId, usize), Ends, BuildHasherDefault<Mixer>>>;

/// A hasher for small numbers: the standard one defends against keys chosen by an attacker, which positions are not.
#[derive(Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
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

impl View<'_> {
    /// The farthest word index (exclusive) at which the phrase ends when it begins at word `from`; `None` when it does not match.
    pub(super) fn end_of(&self, phrase: &Phrase, from: usize) -> Option<usize> {
        let most = self.follow(&phrase.elements, from, from).most();
        (most > 0).then_some(from + most)
    }

    /// Where the elements end, counted from word `at`; `first` is the first word of the phrase.
    fn follow(&self, elements: &[Element], at: usize, first: usize) -> Ends {
        let mut ends = Ends::START;
        for element in elements {
            let mut next = Ends::default();
            for so_far in ends.iter() {
                next.add_after(so_far, self.step(element, at + so_far, first));
            }
            if next == Ends::default() {
                return next;
            }
            ends = next;
        }
        ends
    }

    fn step(&self, element: &Element, at: usize, first: usize) -> Ends {
        let mut ends = Ends::default();
        match element {
            Element::Word(forms) => {
                if let Some(word) = self.word(at, first)
                    && let Ok(found) = forms.binary_search_by_key(&word.hash, |(_, hash)| *hash)
                    && forms.get(found).is_some_and(|(form, _)| form.eq_ignore_ascii_case(word.of(self.folded)))
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
            Element::Choice(choices) => {
                for choice in choices {
                    // A look at the first word saves most alternatives their walk.
                    if let Some(Element::Word(forms)) = choice.first()
                        && self.words.get(at).is_none_or(|word| forms.binary_search_by_key(&word.hash, |(_, hash)| *hash).is_err())
                    {
                        continue;
                    }
                    ends.add_after(0, self.follow(choice, at, first));
                }
            }
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
        if self.terms.firsts(id).is_some_and(|(index, group)| !self.known.is_in(self.indexes, index, at, group)) {
            return Ends::default();
        }
        if let Some(known) = self.memo.borrow().get(&(id, at)) {
            return *known;
        }
        let mut ends = Ends::default();
        if let (Some(term), Some(word)) = (self.terms.get(id), self.words.get(at)) {
            for phrase in term.starting_at(word.hash) {
                ends.add_after(0, self.follow(&phrase.elements, at, at));
            }
            ends.add_after(0, term.list.ends(self, at));
        }
        self.memo.borrow_mut().insert((id, at), ends);
        ends
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

#[cfg(test)]
mod tests;
