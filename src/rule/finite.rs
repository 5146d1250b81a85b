//! Numbers of packs: YAML also has `.nan` and `.inf`, with which no weight adds up and no score compares.

use serde::de::{Deserialize, Deserializer, Error, Unexpected};

/// A number that is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finite<N>(pub(super) N);

impl<'de, N: Deserialize<'de> + Copy + Into<f64>> Deserialize<'de> for Finite<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = N::deserialize(deserializer)?;
        let wide: f64 = number.into();
        if wide.is_finite() { Ok(Self(number)) } else { Err(Error::invalid_value(Unexpected::Float(wide), &"a finite number")) }
    }
}

/// The same for a field that is stored too.
pub(super) fn finite<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Finite::deserialize(deserializer).map(|Finite(number)| number)
}
