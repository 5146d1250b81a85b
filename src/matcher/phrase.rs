//! Phrases: their small language (`docs/rule-language.md`), parsed into elements.

use super::ends::MATCH_LIMIT;
use super::terms::{Class, TermId};
use crate::document::{Text, words};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// A parsed phrase: elements that must follow each other.
#[derive(Debug, Clone, PartialEq, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Phrase {
    /// In order.
    pub elements: Vec<Element>,
}

/// One step of a phrase.
#[derive(Debug, Clone, PartialEq, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Element {
    /// One of these words, in the order of their hashes.
    Word(Vec<Form>),
    /// Any entry of a term.
    Term(TermId),
    /// A kind of word.
    Class(Class),
    /// One of these sequences; an empty one makes it optional.
    Choice(Vec<Vec<Element>>),
    /// Up to four words of the same sentence, none of them a negation.
    Gap,
}

/// A word that a phrase asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Lower-case. A built-in one lies in the program itself.
    pub text: Cow<'static, str>,
    /// See [`words::hash`].
    pub hash: u64,
}

impl Hash for Form {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

impl From<String> for Form {
    fn from(text: String) -> Self {
        Self { hash: words::hash(&text), text: Cow::Owned(text) }
    }
}

impl Serialize for Form {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de: 'static> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&'static str>::deserialize(deserializer)?;
        Ok(Self { text: Cow::Borrowed(text), hash: words::hash(text) })
    }
}

/// Deepest nesting of groups in one phrase.
const DEPTH: usize = 16;

/// Most gaps of one phrase: so many skip more words than a match may have.
pub const GAP_LIMIT: usize = 16;

impl Phrase {
    /// Parses a phrase; `term` resolves the name of a term.
    ///
    /// # Errors
    /// What is wrong, for the author of the pack.
    pub fn parse(source: &str, term: &dyn Fn(&str) -> Option<TermId>) -> Result<Self, String> {
        let folded = if source.is_ascii() { source.to_owned() } else { Text::new(source).folded().to_owned() };
        let mut parser = Parser { rest: &folded, term, depth: 0, gaps: 0 };
        let elements = parser.sequence()?;
        match parser.rest.chars().next() {
            Some(extra) => Err(format!("`{extra}` closes nothing; remove it or write `\\{extra}`")),
            None if elements.is_empty() => Err("the phrase is empty".into()),
            None if fewest(&elements) > MATCH_LIMIT => {
                Err(format!("a match is at most {MATCH_LIMIT} words long, and this asks for more; shorten it"))
            }
            None => Ok(Self { elements }),
        }
    }
}

struct Parser<'p> {
    rest: &'p str,
    term: &'p dyn Fn(&str) -> Option<TermId>,
    depth: usize,
    gaps: usize,
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
                    self.gaps += 1;
                    if self.gaps > GAP_LIMIT {
                        return Err(format!("a phrase holds at most {GAP_LIMIT} gaps (`...`); take some out, or make two phrases of it"));
                    }
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
        // Most of a pack is simple words, and a user waits for it to be read.
        let simple = self.rest.bytes().take_while(u8::is_ascii_lowercase).count();
        if simple > 0 && self.rest.as_bytes().get(simple).is_none_or(|next| matches!(next, b' ' | b'|' | b')' | b']')) {
            let word = self.rest.get(..simple).unwrap_or("").to_owned();
            self.skip(simple);
            elements.push(Element::Word(vec![Form::from(word)]));
            return Ok(());
        }
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
            elements.push(Element::Word(vec![Form::from("'s".to_owned())]));
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
            let mut forms: Vec<Form> = forms.into_iter().map(Form::from).collect();
            forms.sort_by_key(|form| form.hash);
            elements.push(Element::Word(forms));
        }
        Ok(())
    }
}

/// Fewest words of a match.
fn fewest(elements: &[Element]) -> usize {
    let of = |element: &Element| match element {
        Element::Word(_) | Element::Term(_) => 1,
        Element::Class(class) => class.width().0,
        Element::Choice(choices) => choices.iter().map(|choice| fewest(choice)).min().unwrap_or(0),
        Element::Gap => 0,
    };
    elements.iter().map(of).sum()
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
        words.sort_by_key(|form: &Form| form.hash);
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

#[cfg(test)]
mod tests;
