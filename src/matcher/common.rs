//! How often a word is expected in a post. Only the order matters: a phrase is looked for by the word that is expected least often.

use crate::document::words;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The 3,000 most frequent words and signs of the posts in `rules/learned/`, in their order.
const FREQUENT: &str = include_str!("frequent.txt");

/// How often a word is expected, in hits per thousand words (the first is taken for 60, the second for 30 and so on, after Zipf).
pub(crate) fn expected(word: &str) -> f64 {
    static RANKS: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| FREQUENT.split_ascii_whitespace().zip(0..).collect());
    if let Some(rank) = RANKS.get(word) {
        return 60.0 / (1.0 + f64::from(*rank) / 2.0);
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

/// The place of a word, by its hash, among the frequent ones; of other words after them.
pub(super) fn rank(hash: u64) -> u32 {
    static RANKS: LazyLock<HashMap<u64, u32>> = LazyLock::new(|| FREQUENT.split_ascii_whitespace().map(words::hash).zip(0..).collect());
    RANKS.get(&hash).copied().unwrap_or(u32::MAX)
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
