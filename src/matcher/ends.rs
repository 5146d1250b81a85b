//! Where partial matches end, as a set that fits into a register: a phrase is tried at many words of every post.

/// How many words on a partial match has come, as a set: bit `n` for `n` words. What is longer than [`MATCH_LIMIT`] words does not match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ends(u64);

/// Most words of a match.
pub(super) const MATCH_LIMIT: usize = 63;

impl Ends {
    /// Nothing was taken yet.
    pub(super) const START: Self = Self(1);

    pub(super) fn add(&mut self, words: usize) {
        if words <= MATCH_LIMIT {
            self.0 |= 1 << words;
        }
    }

    /// Adds what came after `words` words.
    pub(super) fn add_after(&mut self, words: usize, others: Self) {
        if words <= MATCH_LIMIT {
            self.0 |= others.0 << words;
        }
    }

    /// Those of the numbers that are fit.
    pub(super) fn retain(self, fit: impl Fn(usize) -> bool) -> Self {
        self.iter().filter(|words| fit(*words)).fold(Self::default(), |Self(kept), words| Self(kept | 1 << words))
    }

    /// The numbers of words, in order.
    pub(super) fn iter(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let next = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (next < u64::BITS).then_some(next as usize)
        })
    }

    pub(super) fn most(self) -> usize {
        (u64::BITS - 1).saturating_sub(self.0.leading_zeros()) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_in_order_and_far_ones_are_dropped() {
        let mut ends = Ends::default();
        [5, 0, MATCH_LIMIT, MATCH_LIMIT + 1].into_iter().for_each(|words| ends.add(words));
        assert_eq!(ends.iter().collect::<Vec<_>>(), [0, 5, MATCH_LIMIT]);
        let mut later = Ends::default();
        later.add_after(2, ends);
        assert_eq!((later.iter().collect::<Vec<_>>(), later.most()), (vec![2, 7], 7));
    }
}
