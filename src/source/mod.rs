//! Gets bytes from the user's folders, files and standard input, safely: it decides what is a draft, in which order drafts come, and refuses
//! whatever could hang, fill the memory or surprise.

use std::path::Path;

pub mod read;
pub mod walk;

pub use read::{Refusal, read, stdin};
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

/// Text made safe for a terminal: control, escape and invisible direction characters are written as `\u{..}`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if c.is_control() || is_direction(c) => out.extend(c.escape_unicode()),
            _ => out.push(c),
        }
    }
    out
}

/// Characters that reorder, hide or break the text around them on a terminal.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_would_move_the_cursor() {
        for (text, want) in [
            ("drafts/a b.md", "drafts/a b.md"),
            ("a\nb\u{1b}[31m", "a\\nb\\u{1b}[31m"),
            ("x\u{202e}dm.y", "x\\u{202e}dm.y"),
            ("Grüße 🙂", "Grüße 🙂"),
        ] {
            assert_eq!(escaped(text), want);
        }
    }
}
