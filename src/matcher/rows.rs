//! Which words of a long text belong to which groups. The bits of all groups at all its words, as `known` keeps them for a post, would take some hundred
//! times its memory.

use super::index::Index;
use super::known::{BLOCK, Looked};
use super::table::low;
use super::view::Mixer;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasherDefault;

/// So many different words get their groups as bits; that takes some megabytes.
const ROWS: usize = 4096;
const NO_ROW: u32 = u32::MAX;
/// So many blocks are kept with all their groups, some 50 kB each.
const BLOCKS: usize = 1024;
/// So often each of them may be made anew.
const AGAIN: usize = 3;

/// For each different word of a text its groups, a bit each.
pub(super) struct Rows {
    /// The row of the word at each place; [`NO_ROW`] for words beyond the first [`ROWS`] different ones.
    of: Vec<u32>,
    bits: Vec<u64>,
    /// How many numbers a row takes.
    width: usize,
    /// For each [`BLOCK`] of words the groups of all of them, as one row.
    present: Vec<u64>,
    /// The blocks that were asked for: for each group a bit for each word.
    blocks: RefCell<HashMap<usize, Box<[u64]>, BuildHasherDefault<Mixer>>>,
    /// How many more of them may be made.
    left: Cell<usize>,
}

impl Rows {
    pub(super) fn new(words: Looked<'_>, index: &Index) -> Self {
        let width = index.group_count().div_ceil(BLOCK);
        let (mut of, mut bits, mut present) = (Vec::with_capacity(words.len()), Vec::new(), Vec::new());
        let mut known = HashMap::<_, u32, BuildHasherDefault<Mixer>>::default();
        let mut row = vec![0_u64; width];
        for at in 0..words.len() {
            let next = known.len();
            let number = match known.entry(words.word(at)) {
                Entry::Occupied(known) => *known.get(),
                new => {
                    row.fill(0);
                    for group in words.groups(at) {
                        row.get_mut(group / BLOCK).into_iter().for_each(|bits| *bits |= 1 << (group % BLOCK));
                    }
                    if let Entry::Vacant(new) = new
                        && next < ROWS
                    {
                        bits.extend_from_slice(&row);
                        *new.insert(low(next as u64))
                    } else {
                        NO_ROW
                    }
                }
            };
            of.push(number);
            if at % BLOCK == 0 {
                present.resize(present.len() + width, 0);
            }
            let groups = if number == NO_ROW { &row } else { bits.get(number as usize * width..).unwrap_or(&[]) };
            let block = present.get_mut(at / BLOCK * width..).unwrap_or(&mut []);
            block.iter_mut().zip(groups).for_each(|(block, bits)| *block |= bits);
        }
        let left = Cell::new(AGAIN * words.len().div_ceil(BLOCK));
        Self { of, bits, width, present, blocks: RefCell::default(), left }
    }

    /// Which of `count` words from `from` on belong to a group, asked one by one.
    pub(super) fn some(&self, words: Looked<'_>, group: usize, from: usize, count: usize) -> u128 {
        let has = |at: usize| match self.of.get(at) {
            None => false,
            Some(&NO_ROW) => words.has(group, at),
            Some(row) => is_set(&self.bits, *row as usize * self.width, group),
        };
        (0..count).filter(|at| has(from + at)).fold(0, |bits, at| bits | 1 << at)
    }

    /// Whether a word of a group stands in a block.
    pub(super) fn has_any(&self, group: usize, block: usize) -> bool {
        is_set(&self.present, block * self.width, group)
    }

    /// Which words of a block belong to a group.
    #[allow(clippy::cast_possible_truncation, reason = "a block has no more words")]
    pub(super) fn block(&self, words: Looked<'_>, group: usize, block: usize) -> u64 {
        if !self.has_any(group, block) {
            return 0;
        }
        let mut blocks = self.blocks.borrow_mut();
        if let Some(bits) = blocks.get(&block) {
            return bits.get(group).copied().unwrap_or(0);
        }
        // Who goes through the whole text again and again would make every block anew each time.
        let Some(left) = self.left.get().checked_sub(1) else { return self.some(words, group, block * BLOCK, BLOCK) as u64 };
        self.left.set(left);
        if blocks.len() >= BLOCKS {
            blocks.clear();
        }
        let mut bits = vec![0_u64; self.width * BLOCK].into_boxed_slice();
        for (bit, at) in (block * BLOCK..words.len()).take(BLOCK).enumerate() {
            for group in words.groups(at) {
                bits.get_mut(group).into_iter().for_each(|bits| *bits |= 1 << bit);
            }
        }
        blocks.entry(block).or_insert(bits).get(group).copied().unwrap_or(0)
    }
}

/// The bit of a group in the row that begins at a number.
fn is_set(rows: &[u64], from: usize, group: usize) -> bool {
    rows.get(from + group / BLOCK).is_some_and(|bits| bits >> (group % BLOCK) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use crate::document::Text;
    use crate::matcher::{Matcher, Phrase, Reading, Set};

    /// More different words, and more blocks, than are kept.
    #[test]
    fn nothing_is_lost_in_a_text_of_many_blocks_and_words() {
        let (many, turns) = (super::ROWS + 300, super::BLOCKS * super::BLOCK / super::ROWS + 3);
        let names: Vec<String> = (0..many).map(|number| format!("q{}", spelled(number))).collect();
        let parsed = |phrase: &str| Phrase::parse(phrase, &|_| None).unwrap();
        let choice = format!("stop ... ({})", names[many - 9..].join("|"));
        let mut matcher = Matcher::default();
        let set = matcher.add(Set::new(vec![parsed(&choice), parsed("begin ... now")], Vec::new(), true, false)).unwrap();
        let guard = matcher.add(Set::new(vec![parsed("then [please] (rest|wait)")], Vec::new(), false, false)).unwrap();
        matcher.seal();
        let turn = format!("begin it now then rest {} stop your {}. ", names.join(" "), names[many - 5]);
        let text = Text::new(turn.repeat(turns));
        let reading = Reading::new(&text, &matcher);
        assert_eq!((reading.hits(set).len(), reading.hits(guard).len()), (2 * turns, turns));
    }

    fn spelled(number: usize) -> String {
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    }
}
