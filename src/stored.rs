//! A value that was prepared at build time and is decoded when it is first looked at.
//!
//! A draft without findings looks at almost no rule, so a run pays for what its drafts contain, not for how much the packs hold.

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

/// Either a value, or the bytes that [`Serialize`] made of one.
pub struct Stored<T> {
    bytes: &'static [u8],
    /// Boxed, so that a list of values that nobody looks at takes little memory.
    value: OnceLock<Box<T>>,
}

impl<T> From<T> for Stored<T> {
    fn from(value: T) -> Self {
        Self { bytes: &[], value: OnceLock::from(Box::new(value)) }
    }
}

impl<T: Deserialize<'static>> Stored<T> {
    /// The value, to be changed.
    pub fn change(&mut self) -> Option<&mut T> {
        let _ = &**self;
        self.value.get_mut().map(|value| &mut **value)
    }
}

impl<T: Default> Default for Stored<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: Deserialize<'static>> Deref for Stored<T> {
    type Target = T;

    #[allow(
        clippy::expect_used,
        reason = "the bytes were written from these very types by the build script of this very version, and a test reads them all"
    )]
    fn deref(&self) -> &T {
        self.value.get_or_init(|| Box::new(postcard::from_bytes(self.bytes).expect("the built-in packs can be read")))
    }
}

impl<T: Deserialize<'static>> Stored<T> {
    /// The value itself.
    #[allow(clippy::expect_used, reason = "see `deref`")]
    pub fn into_inner(self) -> T {
        let bytes = self.bytes;
        self.value.into_inner().map_or_else(|| postcard::from_bytes(bytes).expect("the built-in packs can be read"), |value| *value)
    }
}

impl<T: Deserialize<'static> + fmt::Debug> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Serialize + Deserialize<'static>> Serialize for Stored<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = postcard::to_allocvec(&**self).map_err(serde::ser::Error::custom)?;
        serializer.serialize_bytes(&bytes)
    }
}

impl<'de: 'static, T> Deserialize<'de> for Stored<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { bytes: deserializer.deserialize_bytes(Borrowed)?, value: OnceLock::new() })
    }
}

/// For lists of stored values, with `#[serde(with = "crate::stored::list")]`: their lengths stand together, so that reading a list looks at none of the
/// values, not even at where each begins, and the pages of memory that they lie on are never fetched.
pub(crate) mod list {
    use super::{Borrowed, Stored};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::sync::OnceLock;

    /// Lengths in bytes, and the bytes one after the other.
    #[derive(Serialize, Deserialize)]
    #[serde(bound(deserialize = "'de: 'static"))]
    struct Packed<'p>(Vec<u32>, #[serde(serialize_with = "as_bytes", deserialize_with = "borrowed")] std::borrow::Cow<'p, [u8]>);

    fn as_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    fn borrowed<'de: 'static, 'p, D: Deserializer<'de>>(deserializer: D) -> Result<std::borrow::Cow<'p, [u8]>, D::Error> {
        deserializer.deserialize_bytes(Borrowed).map(std::borrow::Cow::Borrowed)
    }

    pub(crate) fn serialize<T: Serialize + Deserialize<'static>, S: Serializer>(
        list: &[Stored<T>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let (mut lengths, mut all) = (Vec::with_capacity(list.len()), Vec::new());
        for value in list {
            let bytes = postcard::to_allocvec(&**value).map_err(serde::ser::Error::custom)?;
            lengths.push(u32::try_from(bytes.len()).map_err(serde::ser::Error::custom)?);
            all.extend(bytes);
        }
        Packed(lengths, all.into()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de: 'static, T, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Stored<T>>, D::Error> {
        let Packed(lengths, all) = Packed::<'static>::deserialize(deserializer)?;
        let std::borrow::Cow::Borrowed(mut rest) = all else { return Err(D::Error::custom("the bytes were copied")) };
        let mut list = Vec::with_capacity(lengths.len());
        for length in lengths {
            let (bytes, after) = rest.split_at_checked(length as usize).ok_or_else(|| D::Error::custom("the bytes end early"))?;
            list.push(Stored { bytes, value: OnceLock::new() });
            rest = after;
        }
        Ok(list)
    }
}

/// Reads bytes that stay where they are: in the program itself.
pub(crate) struct Borrowed;

impl<'de: 'static> Visitor<'de> for Borrowed {
    type Value = &'static [u8];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes of the program itself")
    }

    fn visit_borrowed_bytes<E: Error>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_decoded_when_looked_at() {
        let stored = Stored::from(vec!["a".to_owned()]);
        let bytes: &'static [u8] = postcard::to_allocvec(&stored).unwrap().leak();
        let read: Stored<Vec<String>> = postcard::from_bytes(bytes).unwrap();
        assert!(read.value.get().is_none());
        assert_eq!(*read, ["a"]);
    }

    #[test]
    fn lists_keep_their_lengths_together() {
        #[derive(Serialize, Deserialize)]
        #[serde(bound(deserialize = "'de: 'static"))]
        struct Holder(#[serde(with = "list")] Vec<Stored<Vec<String>>>, u8);
        let holder = Holder(vec![vec!["a".to_owned()].into(), Vec::new().into()], 7);
        let bytes: &'static [u8] = postcard::to_allocvec(&holder).unwrap().leak();
        let Holder(read, seven) = postcard::from_bytes(bytes).unwrap();
        assert!(read.iter().all(|stored| stored.value.get().is_none()));
        assert_eq!((read.iter().map(|stored| stored.len()).collect::<Vec<_>>(), seven), (vec![1, 0], 7));
    }
}
