//! Reads a value together with its place in the YAML text. With `schema` the only part of packs that knows the YAML library.

use crate::rule::Located;
use serde::{Deserialize, Deserializer};
use serde_yaml::Spanned;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Located<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<T>::deserialize(deserializer)?;
        Ok(Self { value: spanned.value, line: spanned.defined.line(), column: spanned.defined.column() })
    }
}
