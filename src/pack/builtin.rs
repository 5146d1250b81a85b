//! The built-in packs, prepared by the build script.

use super::RuleSet;

const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin.postcard"));

/// The rules that come with the program. Nothing is parsed or compiled here; a test holds them equal to the packs under `rules/`.
pub fn builtin() -> RuleSet {
    // The bytes were written by this very version of the types, so reading them back cannot fail; the test would say so.
    postcard::from_bytes(BYTES).unwrap_or_default()
}
