//! Gets bytes from the user's folders, files and standard input, safely: it decides what is a draft, in which order drafts come, and refuses
//! whatever could hang, fill the memory or surprise.

use std::path::Path;

pub mod read;
pub mod stream;
pub mod walk;

pub use read::{Refusal, read, stdin};
pub use stream::{Piece, Pieces};
pub use walk::{Draft, Walk, walk};

/// Something that was not checked, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file or folder, see [`name`].
    pub path: String,
    /// In plain words, with the way out where there is one; never words of a draft.
    pub reason: String,
}

/// A path as text: bytes that are no UTF-8 become replacement characters, nothing else changes.
pub fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
