//! Terms: named lists of phrases, some of them thousands of entries long, and the kinds of words that phrases can ask for.

use super::anchors::{self, Near};
use super::ends::Ends;
use super::memo::Memo;
use super::phrase::Phrase;
use super::table::Table;
use super::view::View;
use crate::document::{Text, WordKind, words};
use crate::stored::Stored;
use serde::{Deserialize, Serialize};

/// Which term of [`Terms`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TermId(pub u32);

/// Deepest nesting of terms: a term of plain words is one deep, one that names it two. A pack with more is refused.
pub const TERM_DEPTH: usize = 24;

/// Every term of every pack.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Terms {
    #[serde(with = "crate::stored::list")]
    all: Vec<Stored<Term>>,
    /// For each term the number of its index.
    layers: Vec<u16>,
}

impl Terms {
    /// The term under an id that [`Terms::reserve`] gave.
    pub fn get(&self, id: TermId) -> Option<&Term> {
        self.all.get(id.0 as usize).map(|term| &**term)
    }

    /// The number of the index that knows a term.
    pub(super) fn layer(&self, id: TermId) -> Option<usize> {
        self.layers.get(id.0 as usize).map(|index| usize::from(*index))
    }

    /// Notes that the terms that came since the last call belong to the index of this number. Gives the first of them, and what must be near for each
    /// phrase of each, see [`anchors::needs_of`].
    pub(super) fn note(&mut self, index: usize, memo: &mut Memo) -> (u32, Vec<Vec<Vec<Near>>>) {
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let (first, end) = (narrow(self.layers.len()), narrow(self.all.len()));
        let needs = (first..end).map(|id| anchors::needs_of(TermId(id), self, memo)).collect();
        self.layers.resize(self.all.len(), u16::try_from(index).unwrap_or(u16::MAX));
        (first, needs)
    }

    /// A new, still empty term, so that terms can name each other before they are filled.
    pub fn reserve(&mut self) -> TermId {
        self.all.push(Term::default().into());
        TermId(u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX))
    }

    /// Fills a reserved term.
    pub fn fill(&mut self, id: TermId, term: Term) {
        if let Some(slot) = self.all.get_mut(id.0 as usize) {
            *slot = term.into();
        }
    }
}

/// One term.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Term {
    /// Entries with a structure.
    #[serde(with = "crate::stored::list")]
    pub phrases: Vec<Stored<Phrase>>,
    /// Plain entries of a file.
    pub list: WordList,
}

impl Term {
    /// A term of these entries.
    pub fn new(phrases: Vec<Phrase>, list: WordList) -> Self {
        Self { phrases: phrases.into_iter().map(Stored::from).collect(), list }
    }
}

/// Plain entries, sorted, found by binary search. A built-in list is read where it lies: copying it would cost more than a draft.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct WordList {
    /// Entries as words joined by one space, lower-case, one after the other.
    text: Table,
    /// Where each entry begins in `text`, plus the end.
    starts: Table,
    /// Most words of an entry.
    longest: usize,
}

impl WordList {
    /// A list of these entries; spelling and order do not matter.
    pub fn new<'e>(entries: impl Iterator<Item = &'e str>) -> Self {
        let mut keys: Vec<String> = entries.map(key).filter(|key| !key.is_empty()).collect();
        keys.sort();
        keys.dedup();
        let longest = keys.iter().map(|key| key.split(' ').count()).max().unwrap_or(0);
        let (mut text, mut starts, mut end) = (Table::default(), Table::default(), 0);
        starts.push(end);
        for key in keys {
            text.push_bytes(key.as_bytes());
            end += u32::try_from(key.len()).unwrap_or(u32::MAX);
            starts.push(end);
        }
        Self { text, starts, longest }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1) as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries, normalised.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.entry(index))
    }

    /// Most words of an entry.
    pub fn longest(&self) -> usize {
        self.longest
    }

    fn entry(&self, index: usize) -> &str {
        let bounds = self.starts.at(index).zip(self.starts.at(index + 1));
        let bytes = bounds.map_or(&[][..], |(from, to)| self.text.bytes(from as usize, to as usize));
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// First entry that is not before `key`.
    fn lower_bound(&self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle) < key { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Where entries end that begin at word `at`.
    pub(super) fn ends(&self, view: &View<'_>, at: usize) -> Ends {
        let mut ends = Ends::default();
        if self.is_empty() {
            return ends;
        }
        let mut key = String::new();
        for here in at..at + self.longest {
            let Some(word) = view.word(here, at) else { break };
            if here > at {
                key.push(' ');
            }
            key.extend(word.of(view.folded).chars().map(|c| c.to_ascii_lowercase()));
            let found = self.lower_bound(&key);
            let exact = self.entry(found) == key;
            if exact {
                ends.add(here + 1 - at);
            }
            if !self.entry(found + usize::from(exact)).starts_with(&key) {
                break;
            }
        }
        ends
    }
}

/// An entry as its words in lower case, joined by one space.
fn key(entry: &str) -> String {
    let entry = if entry.is_ascii() { entry.to_owned() } else { Text::new(entry).folded().to_owned() };
    let words: Vec<String> = words::cut(&entry).iter().map(|word| word.of(&entry).to_lowercase()).collect();
    words.join(" ")
}

/// A kind of word that a phrase can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Class {
    /// A number within bounds, both inclusive; whole numbers only when bounds are given.
    Number(Option<(u32, u32)>),
    /// Written with a capital first letter: `Rosa`, `K`, not `MRI`.
    Capital,
    /// All capitals, two letters or more.
    Caps,
    /// One capital letter.
    Initial,
    /// `@name`.
    Handle,
    /// Any word that is not a sign.
    Any,
}

/// Stands for every number.
pub(super) const NUMBER: &str = "<number>";
/// Stands for every word that begins with a capital.
pub(super) const CAPITAL: &str = "<capital>";

/// Most words into which a handle is cut (`@maria_k_22` is four with its sign).
const HANDLE_WORDS: usize = 8;

impl Class {
    /// The class that a name in `< >` stands for; `None` when it is no class.
    ///
    /// # Errors
    /// Bounds that are not two numbers in order.
    pub(super) fn named(name: &str) -> Result<Option<Self>, String> {
        if let Some(bounds) = name.strip_prefix("number:") {
            let parsed = bounds.split_once('-').and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
            return match parsed {
                Some((low, high)) if low <= high => Ok(Some(Self::Number(Some((low, high))))),
                _ => Err(format!("the bounds of <{name}> must be two whole numbers in order, such as <number:1-120>")),
            };
        }
        Ok(match name {
            "number" => Some(Self::Number(None)),
            "capital" => Some(Self::Capital),
            "caps" => Some(Self::Caps),
            "initial" => Some(Self::Initial),
            "handle" => Some(Self::Handle),
            "word" => Some(Self::Any),
            _ => None,
        })
    }

    /// A word that stands for all of the kind in the groups of an [`super::index::Index`]; `None` for any word.
    pub(super) fn stand_in(self) -> Option<&'static str> {
        match self {
            Self::Number(_) => Some(NUMBER),
            Self::Capital | Self::Caps | Self::Initial => Some(CAPITAL),
            Self::Handle => Some("@"),
            Self::Any => None,
        }
    }

    /// The word index (exclusive) where the class ends when it begins at word `at`.
    pub(super) fn end(self, view: &View<'_>, at: usize) -> Option<usize> {
        let word = view.words.get(at)?;
        let text = word.of(view.folded);
        let letters = word.kind == WordKind::Letters && !text.starts_with('\'');
        let fits = match self {
            Self::Number(None) => word.kind == WordKind::Number,
            Self::Number(Some((low, high))) => text.replace(',', "").parse().is_ok_and(|value: u32| (low..=high).contains(&value)),
            Self::Capital => letters && capitalised(text),
            Self::Caps => letters && text.len() > 1 && text.bytes().all(|b| b.is_ascii_uppercase()),
            Self::Initial => letters && text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase()),
            Self::Handle => return handle_end(view, at),
            Self::Any => word.kind != WordKind::Sign,
        };
        fits.then_some(at + 1)
    }

    /// Fewest and most words that it takes.
    pub(super) fn width(self) -> (usize, usize) {
        if self == Self::Handle { (2, HANDLE_WORDS) } else { (1, 1) }
    }
}

/// `Rosa`, `O'Neil`, `McKay`, `K`: a capital, then at least one small letter or nothing.
fn capitalised(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_uppercase());
    first && (text.len() == 1 || bytes.any(|b| b.is_ascii_lowercase()))
}

fn handle_end(view: &View<'_>, at: usize) -> Option<usize> {
    let sign = view.words.get(at).filter(|word| word.of(view.folded) == "@")?;
    let (mut end, mut until) = (at + 1, sign.span.end);
    while let Some(word) = view.words.get(end) {
        let joined = view.folded.get(until..word.span.start).is_some_and(|gap| gap.bytes().all(|b| b == b'_'));
        if !joined || word.kind == WordKind::Sign || end - at >= HANDLE_WORDS {
            break;
        }
        (end, until) = (end + 1, word.span.end);
    }
    (end > at + 1).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_entries_of_one_and_more_words() {
        let list = WordList::new(["Vitamin D", "vitamin", "Crohn's disease", "zinc"].into_iter());
        let matcher = crate::matcher::Matcher::default();
        for (text, want) in [("vitamin D", vec![1, 2]), ("Crohn's disease", vec![3]), ("zincx", vec![]), ("VITAMIN, D", vec![1])] {
            let text = Text::new(text);
            let reading = crate::matcher::Reading::new(&text, &matcher);
            assert_eq!(list.ends(&reading.view(), 0).iter().collect::<Vec<_>>(), want, "{}", text.source());
        }
    }
}
