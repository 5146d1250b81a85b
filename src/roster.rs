//! An institution's own list of patients as keyed hashes: a draft can be asked about, the list cannot be read.
//!
//! Every form of a name ([`forms`]) goes through HMAC-SHA-256 (RFC 2104) with a random key of 256 bits, cut to 128 bits. A plain hash would be searched
//! with a telephone book in seconds; without its key the file is noise. The order of the hashes is theirs, not that of the names.

use crate::rule::roster::{Form, Names, forms};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeSet;
use std::fmt::Write;

/// First line of a roster.
const MAGIC: &str = "postlint-roster 1";
/// What comes before the hash that recognises the key, before the number of hashes, and before the hash of all before it.
const HEADS: [&str; 3] = ["key ", "forms ", "seal "];
const KEY_BYTES: usize = 32;
const HASH_BYTES: usize = 16;

type Hash = [u8; HASH_BYTES];

/// The secret that belongs to one roster, or to several.
#[derive(Clone)]
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// Reads a key as [`Key::random`] writes it.
    ///
    /// # Errors
    /// In plain words, when it is none.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let damaged =
            "this is no key of a roster, or a damaged one: it has 64 signs from 0 to 9 and a to f; restore it, or make a new roster";
        let bytes: [u8; KEY_BYTES] = unhex(text.trim()).ok_or(damaged)?;
        Hmac::new_from_slice(&bytes).map(Self).map_err(|_| damaged)
    }

    /// The text of a new random key.
    ///
    /// # Errors
    /// In plain words, when the system has no randomness to give.
    pub fn random() -> Result<String, &'static str> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| "the system gave no random numbers for a key")?;
        Ok(hex(&bytes) + "\n")
    }

    fn hash(&self, kind: &str, text: &str) -> Hash {
        let mut mac = self.0.clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let mut hash = [0; HASH_BYTES];
        hash.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        hash
    }

    fn of_form(&self, form: Form, letters: &str) -> Hash {
        let kind = match form {
            Form::Opener => "opener",
            Form::Full => "full",
            Form::Surname => "surname",
        };
        self.hash(kind, letters)
    }
}

/// A roster with its key.
pub struct Roster {
    key: Key,
    /// Sorted.
    hashes: Vec<Hash>,
}

impl std::fmt::Debug for Roster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Roster(..)")
    }
}

/// Why a roster cannot be used, with the 1-based line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct RosterError {
    /// 1-based line of the roster.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: &'static str,
}

/// A roster's text, being made.
#[derive(Debug)]
pub struct Maker {
    key: Key,
    hashes: BTreeSet<Hash>,
}

impl Maker {
    /// An empty roster for a key.
    pub fn new(key: Key) -> Self {
        Self { key, hashes: BTreeSet::new() }
    }

    /// Adds a person; `false` when there is no surname to recognise them by.
    pub fn add(&mut self, given: &str, surname: &str) -> bool {
        let forms = forms(given, surname);
        self.hashes.extend(forms.iter().map(|(form, letters)| self.key.of_form(*form, letters)));
        !forms.is_empty()
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let [key, count, seal] = HEADS;
        let mut text = format!("{MAGIC}\n{key}{}\n{count}{}\n", hex(&self.key.hash("key", "")), self.hashes.len());
        for hash in &self.hashes {
            text.push_str(&hex(hash));
            text.push('\n');
        }
        let sealed = hex(&self.key.hash("seal", &text));
        let _ = writeln!(text, "{seal}{sealed}");
        text
    }
}

impl Roster {
    /// Reads a roster that [`Maker::text`] wrote.
    ///
    /// # Errors
    /// When it is none, is damaged, or was made with another key.
    pub fn parse(text: &str, key: Key) -> Result<Self, RosterError> {
        let wrong = |line: usize, what: &'static str| RosterError { line, what };
        let damaged = |line| wrong(line, "the roster is damaged or was cut short; make it anew with `postlint roster make`");
        let [known, count, seal] = HEADS;
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line));
        match lines.next() {
            Some((_, MAGIC)) => {}
            Some((_, first)) if first.starts_with("postlint-roster ") => {
                return Err(wrong(1, "this roster was made by another version of postlint; make it anew with `postlint roster make`"));
            }
            _ => return Err(wrong(1, "this is no roster; make one with `postlint roster make names.csv --output clinic.roster`")),
        }
        let own = lines.next().and_then(|(_, line)| unhex(line.strip_prefix(known)?)).ok_or(damaged(2))?;
        if key.hash("key", "") != own {
            return Err(wrong(2, "the key is not the one that this roster was made with; name the right one, or make the roster anew"));
        }
        let count: usize = lines.next().and_then(|(_, line)| line.strip_prefix(count)?.parse().ok()).ok_or(damaged(3))?;
        let mut hashes: Vec<Hash> = Vec::with_capacity(count.min(text.len() / (2 * HASH_BYTES)));
        for (at, line) in lines.by_ref().take(count) {
            hashes.push(unhex(line).ok_or(damaged(at))?);
        }
        let end = text.rfind(seal).unwrap_or(0);
        let sealed = lines.next().and_then(|(_, line)| unhex(line.strip_prefix(seal)?));
        let whole = hashes.len() == count && hashes.is_sorted() && lines.next().is_none();
        if !whole || sealed != Some(key.hash("seal", text.get(..end).unwrap_or(""))) {
            return Err(damaged(count + 4));
        }
        Ok(Self { key, hashes })
    }
}

impl Names for Roster {
    fn knows(&self, form: Form, letters: &str) -> bool {
        self.hashes.binary_search(&self.key.of_form(form, letters)).is_ok()
    }
}

/// Several rosters as one.
#[derive(Debug)]
pub struct Rosters(pub Vec<Roster>);

impl Names for Rosters {
    fn knows(&self, form: Form, letters: &str) -> bool {
        self.0.iter().any(|roster| roster.knows(form, letters))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; N];
    if text.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? * 16 + digit(*low)?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Linter, Options};
    use crate::pack::{self, PackSource, RuleSet};
    use std::sync::Arc;

    fn key(digit: char) -> Key {
        Key::parse(&digit.to_string().repeat(64)).unwrap()
    }

    fn made() -> String {
        let mut maker = Maker::new(key('1'));
        assert!(maker.add("Ana María", "Ruiz") && maker.add("Jean-Luc", "O'Neil-Brandt") && maker.add("Will", "Young"));
        assert!(maker.add("Ngozi", "Li") && !maker.add("Ana", ""));
        maker.text()
    }

    #[test]
    fn what_was_made_is_read_and_holds_no_name() {
        let text = made();
        let roster = Roster::parse(&text, key('1')).unwrap();
        assert!(roster.knows(Form::Full, "anaruiz") && roster.knows(Form::Surname, "li") && !roster.knows(Form::Surname, "ana"));
        let plain = text.to_lowercase();
        assert!(["ana", "ruiz", "young"].iter().all(|name| !plain.contains(name)));
        assert!(format!("{roster:?} {:?}", roster.key).chars().all(|c| !c.is_ascii_digit()));
        let mut other = Maker::new(key('2'));
        other.add("Ana María", "Ruiz");
        let hashes: BTreeSet<&str> = text.lines().skip(3).collect();
        assert!(other.text().lines().skip(3).all(|line| !hashes.contains(line)), "another key, other hashes");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let text = made();
        let error = |text: &str, digit| Roster::parse(text, key(digit)).map(|_| ()).unwrap_err();
        assert_eq!((error(&text, '2').line, error(&text, '2').what.contains("key")), (2, true));
        let lines: Vec<&str> = text.lines().collect();
        for (broken, line, word) in [
            (String::new(), 1, "no roster"),
            ("name,phone\n".to_owned(), 1, "no roster"),
            (text.replace("roster 1", "roster 2"), 1, "another version"),
            (lines[..2].join("\n"), 3, "damaged"),
            (lines[..8].join("\n"), lines.len(), "damaged"),
            (lines[..lines.len() - 1].join("\n"), lines.len(), "damaged"),
            (text.replacen(lines[5], &"0".repeat(32), 1), lines.len(), "damaged"),
            (text.replacen(lines[5], "zz", 1), 6, "damaged"),
            (format!("{text}more\n"), lines.len(), "damaged"),
        ] {
            let error = error(&broken, '1');
            assert_eq!((error.line, error.what.contains(word)), (line, true), "{word}: {error:?}");
        }
        assert!(Key::parse("12").is_err() && Key::parse(&"é".repeat(32)).is_err());
        assert!(Key::parse(&Key::random().unwrap()).is_ok());
    }

    fn found(text: &str) -> Vec<String> {
        let pack = "rules:\n  - id: r\n    severity: error\n    message: m\n    roster: {before: [\"(mr|mrs) [.]\", patient], after: [family, \"'s scan\"]}\n    \
                    unless: [{within-words: 2, phrases: [\"dr [.]\"]}]\n";
        let source = PackSource { path: "p.yaml".into(), text: pack.into(), ..PackSource::default() };
        let rules = pack::load(RuleSet::default(), &[source]).unwrap();
        let roster: Arc<dyn Names> = Arc::new(Roster::parse(&made(), key('1')).unwrap());
        let linter = Linter::new(&rules, Options { roster: Some(roster), ..Options::default() });
        let spans = linter.lint_text(text).into_iter().filter_map(|finding| finding.place.map(|place| place.bytes));
        spans.map(|span| span.of(text).to_owned()).collect()
    }

    #[test]
    fn names_are_known_however_they_are_typed() {
        for (text, want) in [
            ("We saw Ana Ruiz today.", "Ana Ruiz"),
            ("RUIZ, ANA was late.", "RUIZ, ANA"),
            ("ana ruiz was late", "ana ruiz"),
            ("Thanks Ana B. Ruiz!", "Ana B. Ruiz"),
            ("Ana Maria Ruiz is home.", "Ana Maria Ruiz"),
            ("Ána\u{200b} Ruíz is home.", "Ána\u{200b} Ruíz"),
            ("So proud of #AnaRuiz", "AnaRuiz"),
            ("So proud of @anaruiz82", "anaruiz"),
            ("Jean-Luc Brandt rang", "Jean-Luc Brandt"),
            ("JeanLuc ONeil Brandt rang", "JeanLuc ONeil Brandt"),
            ("Mrs. Ruiz sends her love.", "Ruiz"),
            ("The Ruiz family sent cake.", "Ruiz"),
            ("Mr O’Neil-Brandt’s knee", "O’Neil-Brandt"),
            ("Li's scan is clean.", "Li"),
            ("*Ana*\n_Ruiz_ came", "Ana*\n_Ruiz"),
        ] {
            assert_eq!(found(text), [want], "{text}");
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in [
            "Ruiz scored twice.",
            "Young patients need sleep.",
            "Will young people vote? No. Will young people care?",
            "A young patient and family.",
            "A. R. came in, AR for short.",
            "Ana met the Ortega-Ruiz-like crowd. Ruiz, said the radio.",
            "Ana.\n\nRuiz street is closed.",
            "Dr. Ana Ruiz gave the talk.",
            "Ana walked along Ruiz Street.",
            "",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
