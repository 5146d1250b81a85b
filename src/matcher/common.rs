//! How often a word is expected in a post. Only the order matters: a phrase is looked for by the word that is expected least often.

use super::view::Mixer;
use crate::document::words;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

/// The most frequent words and signs of the posts in `rules/learned/`, in their order; `learn.py` there writes them.
const FREQUENT: &str = include_str!("../../rules/learned/frequent.txt");

/// The place of a word, by its hash, among the frequent ones; `None` for all others.
fn place(hash: u64) -> Option<u32> {
    static PLACES: LazyLock<HashMap<u64, u32, BuildHasherDefault<Mixer>>> =
        LazyLock::new(|| FREQUENT.split_ascii_whitespace().map(words::hash).zip(0..).collect());
    PLACES.get(&hash).copied()
}

/// How often a word is expected, in hits per thousand words (the first is taken for 60, the second for 30 and so on, after Zipf).
pub(crate) fn expected(word: &str) -> f64 {
    if let Some(place) = place(words::hash(word)) {
        return 60.0 / (1.0 + f64::from(place) / 2.0);
    }
    match word.chars().count() {
        _ if word == "<number>" => 15.0,
        _ if word == "<capital>" => 120.0,
        0..=1 => 0.1,
        2 => 0.02,
        3 => 0.015,
        4..=5 => 0.01,
        _ => 0.005,
    }
}

/// The place of a word, by its hash, among the frequent ones; all others come after them.
pub(super) fn rank(hash: u64) -> u32 {
    place(hash).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_word_is_cheaper_than_a_frequent_one() {
        let order = ["the", "your", "patient", "real", "pus", "medication"];
        assert!(order.windows(2).all(|pair| expected(pair[0]) > expected(pair[1])));
    }
}
