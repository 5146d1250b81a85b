//! Recognises a finding again in a later run without storing a word of it.
//!
//! A plain hash of a telephone or insurance number is searched in seconds, so the words go through a keyed hash (HMAC-SHA-256, RFC 2104) with a
//! random salt that never leaves the project. Without a salt the words stay out of it altogether.

use crate::finding::Finding;
use crate::source::{self, Refusal};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::HashMap;
use std::fmt::Write;
use std::path::Path;

/// What the file with the salt is called, beside the baseline or the config.
pub const SALT_NAME: &str = ".postlint-salt";

/// Bytes of a salt and of a fingerprint.
const SALT_BYTES: usize = 32;
const PRINT_BYTES: usize = 16;

/// The secret of one project.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; SALT_BYTES]);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Salt {
    /// Reads the salt in `folder`; `None` when there is none.
    ///
    /// # Errors
    /// In plain words, when there is one that cannot be used.
    pub fn read(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(SALT_NAME);
        let mut bytes = Vec::new();
        match source::read(&path, &mut bytes) {
            Ok(()) => match std::str::from_utf8(&bytes).ok().and_then(|text| unhex(text.trim())) {
                Some(salt) => Ok(Some(Self(salt))),
                None => Err(format!(
                    "{}: damaged; restore it, or delete it and make the baseline beside it anew with `--update-baseline`",
                    path.display()
                )),
            },
            Err(Refusal::Missing) => Ok(None),
            Err(refusal) => Err(format!("{}: {refusal}", path.display())),
        }
    }

    /// A new random salt, with the text of its file.
    ///
    /// # Errors
    /// In plain words, when the system has no randomness to give.
    pub fn random() -> Result<(Self, String), String> {
        let mut bytes = [0; SALT_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| "the system gave no random numbers for a salt".to_owned())?;
        Ok((Self(bytes), hex(&bytes) + "\n"))
    }
}

/// Gives the findings of one run their fingerprints, file by file.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<[u8; PRINT_BYTES], u32>,
}

impl Fingerprints {
    /// The fingerprint of the next finding of a file: its digest, told apart from earlier equal ones of that file.
    pub fn next(&mut self, salt: Option<&Salt>, digest: Digest) -> String {
        let earlier = self.seen.entry(digest.0).or_default();
        let count = *earlier;
        *earlier += 1;
        if count == 0 { hex(&digest.0) } else { hex(&keyed(salt, &[&digest.0, &count.to_le_bytes()]).0) }
    }
}

/// What a finding is, apart from where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest([u8; PRINT_BYTES]);

/// The digest of a finding. `folded` is what was matched, as the rules see it, so that a retyped quotation mark or letter case changes nothing. Lines
/// may move and the file's folder may change; another file name, field, rule or wording makes another finding.
pub fn digest(salt: Option<&Salt>, finding: &Finding, folded: &str) -> Digest {
    let file = Path::new(&finding.path).file_name().unwrap_or_default().as_encoded_bytes();
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let content = match salt {
        Some(_) => words.as_bytes(),
        None => finding.post.as_bytes(),
    };
    keyed(salt, &[finding.rule.as_bytes(), file, finding.field.as_bytes(), content])
}

/// HMAC-SHA-256 over the parts, each with its length before it, cut to 128 bits.
fn keyed(salt: Option<&Salt>, parts: &[&[u8]]) -> Digest {
    let key = salt.map_or(&[][..], |salt| &salt.0);
    let mut out = [0; PRINT_BYTES];
    // HMAC takes keys of any length, so there is no error to meet here.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        for (to, from) in out.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
    }
    Digest(out)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; SALT_BYTES]> {
    let mut bytes = [0; SALT_BYTES];
    if text.len() != SALT_BYTES * 2 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Severity};

    fn finding(rule: &str, path: &str) -> Finding {
        Finding {
            rule: rule.into(),
            pack: "p".into(),
            title: String::new(),
            severity: Severity::Error,
            confidence: Confidence::High,
            message: String::new(),
            why: String::new(),
            help: String::new(),
            sources: Vec::new(),
            path: path.into(),
            post: "1".into(),
            field: "text".into(),
            place: None,
            labels: Vec::new(),
            excerpt: None,
            sensitive: true,
            fingerprint: String::new(),
            edits: Vec::new(),
        }
    }

    #[test]
    fn same_words_same_print_and_the_salt_decides() {
        let (salt, text) = Salt::random().unwrap();
        let one = digest(Some(&salt), &finding("r", "a/x.md"), "Call  555-0100");
        assert_eq!(one, digest(Some(&salt), &finding("r", "b/x.md"), "call 555-0100"));
        assert_ne!(one, digest(Some(&salt), &finding("q", "a/x.md"), "call 555-0100"));
        assert_ne!(one, digest(Some(&salt), &finding("r", "a/x.md"), "call 555-0101"));
        assert_ne!(one, digest(Some(&Salt::random().unwrap().0), &finding("r", "a/x.md"), "call 555-0100"));
        assert_eq!(digest(None, &finding("r", "a/x.md"), "one"), digest(None, &finding("r", "a/x.md"), "two"), "no words without a salt");
        assert_eq!(unhex(text.trim()).map(Salt), Some(salt));
    }

    #[test]
    fn equal_findings_of_a_file_are_told_apart() {
        let mut prints = Fingerprints::default();
        let one = digest(None, &finding("r", "x.md"), "");
        let all: Vec<String> = (0..3).map(|_| prints.next(None, one)).collect();
        assert!(all[0] != all[1] && all[1] != all[2] && all.iter().all(|print| print.len() == 32));
        assert_eq!(Fingerprints::default().next(None, one), all[0]);
    }

    #[test]
    fn a_damaged_salt_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Salt::read(folder.path()), Ok(None));
        std::fs::write(folder.path().join(SALT_NAME), "xyz").unwrap();
        assert!(Salt::read(folder.path()).unwrap_err().contains("damaged"));
    }
}
