//! Tables of numbers that cost nothing to load: they are read where they lie in the program.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Numbers of 32 bits, little-endian, either in memory or in the program itself.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub(super) struct Table(#[serde(with = "bytes")] Cow<'static, [u8]>);

impl Table {
    pub(super) fn push(&mut self, number: u32) {
        self.0.to_mut().extend_from_slice(&number.to_le_bytes());
    }

    #[allow(clippy::cast_possible_truncation, reason = "the limits on packs keep tables far below 2^32")]
    pub(super) fn len(&self) -> u32 {
        (self.0.len() / 4) as u32
    }

    pub(super) fn at(&self, index: usize) -> Option<u32> {
        self.0.get(index * 4..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// The numbers from one index up to another.
    pub(super) fn numbers(&self, from: usize, to: usize) -> impl Iterator<Item = u32> {
        let (numbers, _) = self.0.get(from * 4..to * 4).unwrap_or(&[]).as_chunks::<4>();
        numbers.iter().map(|bytes| u32::from_le_bytes(*bytes))
    }

    /// Adds a number of 16 bits.
    pub(super) fn push_half(&mut self, number: u32) {
        self.0.to_mut().extend(number.to_le_bytes().into_iter().take(2));
    }

    pub(super) fn half(&self, index: usize) -> Option<usize> {
        self.0.get(index * 2..)?.first_chunk().map(|bytes| usize::from(u16::from_le_bytes(*bytes)))
    }

    /// How many numbers of 16 bits there are.
    pub(super) fn halves_len(&self) -> u32 {
        low((self.0.len() / 2) as u64)
    }

    /// The numbers of 16 bits from one index up to another.
    pub(super) fn halves(&self, from: usize, to: usize) -> impl Iterator<Item = usize> {
        let (numbers, _) = self.0.get(from * 2..to * 2).unwrap_or(&[]).as_chunks::<2>();
        numbers.iter().map(|bytes| usize::from(u16::from_le_bytes(*bytes)))
    }

    /// Adds bytes that are no numbers.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.0.to_mut().extend_from_slice(bytes);
    }

    /// The bytes from one index up to another.
    pub(super) fn bytes(&self, from: usize, to: usize) -> &[u8] {
        self.0.get(from..to).unwrap_or(&[])
    }

    /// The four numbers of a lead.
    pub(super) fn four(&self, index: usize) -> Option<[u32; 4]> {
        let bytes: &[u8; 16] = self.0.get(index * 16..)?.first_chunk()?;
        let (parts, _) = bytes.as_chunks::<4>();
        let [a, b, c, d] = parts else { return None };
        Some([a, b, c, d].map(|part| u32::from_le_bytes(*part)))
    }

    /// Where the things of an owner begin and end in a table that holds the end of each owner's.
    pub(super) fn before(&self, owner: usize) -> (usize, usize) {
        let end = |owner: usize| self.at(owner).unwrap_or(0) as usize;
        (owner.checked_sub(1).map_or(0, end), end(owner))
    }
}

#[allow(clippy::cast_possible_truncation, reason = "this takes a number apart")]
pub(super) fn low(number: u64) -> u32 {
    number as u32
}

/// Bytes that stay where they are when they are read.
mod bytes {
    use crate::stored::Borrowed;
    use serde::{Deserializer, Serializer};
    use std::borrow::Cow;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de: 'static, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'static, [u8]>, D::Error> {
        deserializer.deserialize_bytes(Borrowed).map(Cow::Borrowed)
    }
}
