//! The words of a text by their numbers in the indexes, and where the words of each group stand: what a phrase needs is then asked with a few bits.

use super::index::Index;
use super::rows::Rows;
use super::terms::{CAPITAL, NUMBER};
use crate::document::{Text, WordKind, words};
use std::cell::{OnceCell, RefCell};

/// The words of one text.
pub(super) struct Known {
    layers: Vec<Layer>,
    kinds: Vec<Kind>,
}

/// The words as one index knows them.
pub(super) struct Layer {
    numbers: Vec<Option<u32>>,
    number: Option<u32>,
    capital: Option<u32>,
    /// Not filled for a long text, see `rows`.
    places: OnceCell<Places>,
    /// Filled for a long text.
    rows: OnceCell<Rows>,
}

/// Which stand-ins stand for a word.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    number: bool,
    capital: bool,
}

/// For each group one bit for each word of the text, [`BLOCK`] to a number.
struct Places {
    bits: Vec<u64>,
    /// How many numbers a group takes.
    blocks: usize,
}

/// How many words the bits of one number stand for.
pub(super) const BLOCK: usize = u64::BITS as usize;
/// How many words can be asked about at once.
pub(super) const WINDOW: usize = u128::BITS as usize;
/// A text of more words is long, see [`Rows`].
const LONG: usize = 1024;
/// So few words of a long text are asked one by one.
const FEW: usize = 8;

thread_local! {
    /// The memory of the last text's [`Places`], for the next.
    static SPARE: RefCell<Vec<Vec<u64>>> = const { RefCell::new(Vec::new()) };
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
            places: OnceCell::new(),
            rows: OnceCell::new(),
        };
        Self { layers: indexes.iter().map(layer).collect(), kinds: text.words().iter().map(kind).collect() }
    }

    /// Where the words of the groups of an index stand.
    pub(super) fn groups<'k>(&'k self, indexes: &'k [Index], layer: usize) -> Option<Groups<'k>> {
        let (here, index) = (self.layers.get(layer)?, indexes.get(layer)?);
        let places = (!self.is_long()).then(|| here.places.get_or_init(|| Places::new(here, &self.kinds, index)));
        Some(Groups { words: Looked { layer: here, kinds: &self.kinds, index }, places })
    }

    /// Whether the text is so long that its words are asked one by one.
    pub(super) fn is_long(&self) -> bool {
        self.len() > LONG
    }

    /// The numbers under which an index knows the word at `at`, its kinds included.
    pub(super) fn numbers(&self, index: usize, at: usize) -> impl Iterator<Item = u32> {
        let kind = self.kinds.get(at).copied();
        self.layers.get(index).into_iter().flat_map(move |layer| layer.numbers_of(at, kind))
    }

    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }
}

impl Layer {
    fn numbers_of(&self, at: usize, kind: Option<Kind>) -> impl Iterator<Item = u32> + use<> {
        let number = self.number.filter(|_| kind.is_some_and(|kind| kind.number));
        let capital = self.capital.filter(|_| kind.is_some_and(|kind| kind.capital));
        self.numbers.get(at).copied().flatten().into_iter().chain(number).chain(capital)
    }
}

impl Places {
    fn new(layer: &Layer, kinds: &[Kind], index: &Index) -> Self {
        let (groups, blocks) = (index.group_count(), kinds.len().div_ceil(BLOCK));
        let mut bits = SPARE.with_borrow_mut(Vec::pop).unwrap_or_default();
        bits.clear();
        bits.resize(groups * blocks, 0);
        for (at, kind) in kinds.iter().enumerate() {
            let here = bits.get_mut(at / BLOCK..).unwrap_or(&mut []);
            for word in layer.numbers_of(at, Some(*kind)) {
                for group in index.groups(word) {
                    if let Some(bits) = here.get_mut(group * blocks) {
                        *bits |= 1 << (at % BLOCK);
                    }
                }
            }
        }
        Self { bits, blocks }
    }

    fn of(&self, group: usize) -> &[u64] {
        self.bits.get(group * self.blocks..(group + 1) * self.blocks).unwrap_or(&[])
    }
}

/// The words of a text as one index knows them.
#[derive(Clone, Copy)]
pub(super) struct Looked<'k> {
    layer: &'k Layer,
    kinds: &'k [Kind],
    index: &'k Index,
}

impl Looked<'_> {
    /// How many words there are.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// What tells the word at a place from those of other groups.
    pub(super) fn word(&self, at: usize) -> (Option<u32>, Option<Kind>) {
        (self.layer.numbers.get(at).copied().flatten(), self.kinds.get(at).copied())
    }

    fn numbers(&self, at: usize) -> impl Iterator<Item = u32> {
        self.layer.numbers_of(at, self.kinds.get(at).copied())
    }

    /// The groups of the word at a place; one may come twice.
    pub(super) fn groups(&self, at: usize) -> impl Iterator<Item = usize> {
        self.numbers(at).flat_map(|word| self.index.groups(word))
    }

    /// Whether the word at a place belongs to a group.
    pub(super) fn has(&self, group: usize, at: usize) -> bool {
        self.numbers(at).any(|word| self.index.has(word, group))
    }
}

/// Where the words of each group of one index stand.
pub(super) struct Groups<'k> {
    words: Looked<'k>,
    places: Option<&'k Places>,
}

impl Groups<'_> {
    /// Which of `count` words, at most [`WINDOW`], from `from` on belong to a group: one bit each, the lowest for the first. More bits may be set.
    pub(super) fn window(&self, group: usize, from: usize, count: usize) -> u128 {
        match self.places {
            Some(places) => {
                let blocks = places.of(group);
                joined(from, |block| blocks.get(block).copied().unwrap_or(0))
            }
            None if count <= FEW => self.rows().some(self.words, group, from, count),
            None => joined(from, |block| self.rows().block(self.words, group, block)),
        }
    }

    /// The words that belong to a group, in order.
    pub(super) fn members(&self, group: usize) -> impl Iterator<Item = usize> {
        let blocks = (0..self.words.len()).step_by(BLOCK);
        blocks.flat_map(move |from| ones(self.window(group, from, BLOCK) & first(BLOCK)).map(move |at| from + at))
    }

    #[inline]
    /// Whether any of `count` words from `from` on may belong to a group. This is the quick question, and mostly the last.
    pub(super) fn may_have(&self, group: usize, from: usize, count: usize) -> bool {
        match self.places {
            Some(places) => places.of(group).iter().any(|bits| *bits != 0),
            None => (from / BLOCK..=(from + count) / BLOCK).any(|block| self.rows().has_any(group, block)),
        }
    }

    fn rows(&self) -> &Rows {
        self.words.layer.rows.get_or_init(|| Rows::new(self.words, self.words.index))
    }
}

/// The bits from a word on, of the blocks in which it and the next [`WINDOW`] stand.
fn joined(from: usize, bits: impl Fn(usize) -> u64) -> u128 {
    let (block, shift) = (from / BLOCK, from % BLOCK);
    let at = |block: usize| u128::from(bits(block));
    let low = (at(block) | at(block + 1) << BLOCK) >> shift;
    if shift == 0 { low } else { low | at(block + 2) << (WINDOW - shift) }
}

impl Drop for Places {
    fn drop(&mut self) {
        let bits = std::mem::take(&mut self.bits);
        // A thread that is ending has no spare memory any more.
        let _ = SPARE.try_with(|spare| spare.borrow_mut().push(bits));
    }
}

/// The lowest `count` bits.
pub(super) fn first(count: usize) -> u128 {
    if count >= WINDOW { u128::MAX } else { (1 << count) - 1 }
}

/// Which bits are set, from the lowest on.
pub(super) fn ones(mut bits: u128) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let next = bits.trailing_zeros();
        bits &= bits.wrapping_sub(1);
        (next < u128::BITS).then_some(next as usize)
    })
}

/// The bits with each bit also set at the `spread` places below it: bit `n` tells whether one of the bits `n` to `n + spread` was set.
pub(super) fn spread(mut bits: u128, spread: usize) -> u128 {
    let (mut left, mut step) = (spread, 1);
    while left > 0 {
        let by = step.min(left);
        bits |= bits >> by.min(WINDOW - 1);
        (left, step) = (left - by, step * 2);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_tell_where_a_range_meets() {
        let naive = |bits: u128, reach: usize| {
            let met = |at: &usize| (0..=reach).any(|more| at + more < WINDOW && bits >> (at + more) & 1 == 1);
            (0..WINDOW).filter(met).fold(0, |all, at| all | 1_u128 << at)
        };
        for bits in [0, 1, 0b1000_0100, 1 << 127, 0x8000_0000_1000_0001] {
            for reach in [0, 1, 2, 3, 5, 8, 31] {
                assert_eq!(spread(bits, reach), naive(bits, reach), "{bits:b} {reach}");
            }
        }
        assert_eq!((first(0), first(3), first(WINDOW)), (0, 7, u128::MAX));
        assert_eq!(ones(0b1010).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn phrases_are_found_wherever_they_stand_and_however_long_the_text() {
        let parsed = |phrase: &str| crate::matcher::Phrase::parse(phrase, &|_| None).unwrap();
        let phrases = vec![parsed("stop ... insulin"), parsed("[please] stop [taking] your (insulin|metformin) (now|today)")];
        let mut matcher = crate::matcher::Matcher::default();
        matcher.add(crate::matcher::Set::new(phrases, Vec::new(), true, false)).unwrap();
        matcher.seal();
        for before in (0..20).chain(60..70).chain(120..130).chain(LONG - 60..LONG + 2) {
            let text = Text::new(format!("{}please stop taking your insulin today{}", "so ".repeat(before), " or so".repeat(40)));
            let reading = crate::matcher::Reading::new(&text, &matcher);
            assert_eq!(reading.naive().len(), 3, "{before}");
            assert_eq!(reading.both_ways().map(|hits| hits == reading.naive()), [true; 2], "{before}");
        }
    }
}
