//! The words of a text by their numbers in the indexes: whether a word belongs to a group is then one look.

use super::index::Index;
use super::terms::{CAPITAL, NUMBER};
use crate::document::{Text, WordKind, words};

/// The words of one text.
pub(super) struct Known {
    layers: Vec<Layer>,
    kinds: Vec<Kind>,
}

/// The words as one index knows them.
struct Layer {
    numbers: Vec<Option<u32>>,
    number: Option<u32>,
    capital: Option<u32>,
}

/// Which stand-ins stand for a word.
#[derive(Clone, Copy)]
struct Kind {
    number: bool,
    capital: bool,
}

impl Known {
    /// Looks up the words of a text.
    pub(super) fn new(text: &Text, indexes: &[Index]) -> Self {
        let bytes = text.folded().as_bytes();
        let kind = |word: &crate::document::Word| Kind {
            number: word.kind == WordKind::Number,
            capital: bytes.get(word.span.start).is_some_and(u8::is_ascii_uppercase),
        };
        let layer = |index: &Index| Layer {
            numbers: text.words().iter().map(|word| index.word(word.hash)).collect(),
            number: index.word(words::hash(NUMBER)),
            capital: index.word(words::hash(CAPITAL)),
        };
        Self { layers: indexes.iter().map(layer).collect(), kinds: text.words().iter().map(kind).collect() }
    }

    /// Whether the word at `at` belongs to a group of the index of a number.
    pub(super) fn is_in(&self, indexes: &[Index], number: usize, at: usize, group: usize) -> bool {
        self.layers.get(number).zip(indexes.get(number)).is_some_and(|(layer, index)| {
            let has = |word: Option<u32>| word.is_some_and(|word| index.has(word, group));
            has(layer.numbers.get(at).copied().flatten())
                || self.kinds.get(at).is_some_and(|kind| kind.number && has(layer.number) || kind.capital && has(layer.capital))
        })
    }

    /// The numbers under which an index knows the word at `at`, its kinds included.
    pub(super) fn numbers(&self, index: usize, at: usize) -> impl Iterator<Item = u32> {
        let layer = self.layers.get(index);
        let kind = self.kinds.get(at);
        let number = layer.and_then(|layer| layer.number).filter(|_| kind.is_some_and(|kind| kind.number));
        let capital = layer.and_then(|layer| layer.capital).filter(|_| kind.is_some_and(|kind| kind.capital));
        layer.and_then(|layer| layer.numbers.get(at).copied().flatten()).into_iter().chain(number).chain(capital)
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }
}
