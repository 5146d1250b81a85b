//! Cuts folded text into the words and signs that phrases are matched on.
//!
//! The same cut is applied to phrases, so `54yo`, `54 yo` and `54-yo` in a draft all meet the phrase `<number> yo`. See
//! `docs/rule-language.md`, "How words are cut".

use crate::span::Span;

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WordKind {
    /// Letters, with inner apostrophes.
    Letters,
    /// Digits, with inner points and commas.
    Number,
    /// One sign, such as `.` or `%`.
    Sign,
}

/// One word or sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Bytes in the folded text.
    pub span: Span,
    /// What it is made of.
    pub kind: WordKind,
    /// Whether a blank line stands between it and the word before.
    pub starts_paragraph: bool,
    /// Hash of its lower-case form, see [`hash`].
    pub hash: u64,
}

impl Word {
    /// The word's text in `folded`, in the case in which it was typed.
    pub fn of<'t>(&self, folded: &'t str) -> &'t str {
        self.span.of(folded)
    }
}

/// FNV-1a over the ASCII-lower-cased bytes: small, stable between build and run, good enough for short words.
///
/// Source: Fowler, Noll, Vo; 64-bit offset basis and prime.
pub fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3))
}

/// Cuts folded text into words and signs, in order.
///
/// Spaces, hyphens, quotation marks, Markdown marks (`* _ ~` and the back-tick), emoji and other symbols outside ASCII separate words and are not
/// words themselves.
pub fn cut(folded: &str) -> Vec<Word> {
    let mut words = Vec::with_capacity(folded.len() / 5);
    let mut cutter = Cutter { text: folded, at: 0, hashtag: false, breaks: 0 };
    while let Some(word) = cutter.next_word() {
        words.push(word);
    }
    words
}

struct Cutter<'t> {
    text: &'t str,
    at: usize,
    /// Inside `#CamelCase`, where a capital begins a new word.
    hashtag: bool,
    /// Line breaks since the last word.
    breaks: usize,
}

impl Cutter<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next_word(&mut self) -> Option<Word> {
        loop {
            let next = self.rest().chars().next()?;
            let start = self.at;
            let kind = match next {
                '0'..='9' => self.number(),
                _ if next.is_alphanumeric() => self.letters(),
                '\'' if self.possessive() => WordKind::Letters,
                _ => {
                    self.at += next.len_utf8();
                    self.hashtag = next == '#';
                    self.breaks += usize::from(next == '\n');
                    if is_separator(next) || self.hashtag && tags_a_word(self.text, start) {
                        continue;
                    }
                    WordKind::Sign
                }
            };
            let span = Span::new(start, self.at);
            let starts_paragraph = std::mem::take(&mut self.breaks) > 1;
            return Some(Word { span, kind, starts_paragraph, hash: hash(span.of(self.text)) });
        }
    }

    fn number(&mut self) -> WordKind {
        let bytes = self.text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        while digit(self.at) || matches!(bytes.get(self.at), Some(b'.' | b',')) && digit(self.at + 1) {
            self.at += 1;
        }
        WordKind::Number
    }

    fn letters(&mut self) -> WordKind {
        let mut previous = None;
        let start = self.at;
        let text = self.text;
        for (offset, next) in text.get(start..).unwrap_or("").char_indices() {
            self.at = start + offset;
            let inner = next == '\'' && self.apostrophe_joins();
            let camel = self.hashtag && next.is_uppercase() && previous.is_some_and(char::is_lowercase);
            if camel || !(next.is_alphabetic() || inner || (!next.is_ascii() && next.is_alphanumeric())) {
                return WordKind::Letters;
            }
            previous = Some(next);
        }
        self.at = text.len();
        WordKind::Letters
    }

    /// Whether the apostrophe at the cursor is inside a word such as `don't` or `you're`, and not a possessive `'s`.
    fn apostrophe_joins(&self) -> bool {
        let after: Vec<char> = self.rest().chars().skip(1).take(2).collect();
        let possessive = matches!(after.first(), Some('s' | 'S')) && !after.get(1).is_some_and(|c| c.is_alphanumeric());
        after.first().is_some_and(|c| c.is_alphabetic()) && !possessive
    }

    /// Takes `'s` after a word as a word of its own.
    fn possessive(&mut self) -> bool {
        let before = self.text.get(..self.at).and_then(|t| t.chars().next_back()).is_some_and(char::is_alphanumeric);
        let mut after = self.rest().chars().skip(1);
        let fits = before && matches!(after.next(), Some('s' | 'S')) && !after.next().is_some_and(char::is_alphanumeric);
        if fits {
            self.at += 2;
        }
        fits
    }
}

/// Whether the `#` at `at` tags a word of a sentence ("stop your #metformin now"), of which it is no word of its own. Tags in a row, at the end,
/// in camel case, and short ones such as "#ad" say something else.
fn tags_a_word(text: &str, at: usize) -> bool {
    /// Words that end no sentence.
    const LEADS: [&str; 24] = [
        "a", "an", "and", "any", "for", "from", "her", "his", "my", "no", "of", "off", "on", "or", "our", "stop", "take", "taking", "the",
        "their", "to", "with", "without", "your",
    ];
    let letters = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let Some(before) = text.get(..at).and_then(|left| left.strip_suffix(' ')) else { return false };
    let lead = before.len() - before.bytes().rev().take_while(|b| b.is_ascii_alphabetic() || *b == b'\'').count();
    let word = before.get(lead..).unwrap_or("");
    let after = text.get(at + 1..).unwrap_or("");
    let tag = letters(after);
    let next = after.get(tag..).unwrap_or("");
    let lower = after.bytes().skip(1).take(tag.saturating_sub(1)).all(|b| b.is_ascii_lowercase());
    let in_row = word.is_empty() || before.get(..lead).is_some_and(|left| left.ends_with(['#', '@', '_']));
    let goes_on = next.strip_prefix(' ').is_some_and(|next| letters(next) > 0);
    let closed = next.is_empty() || next.starts_with(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | '!' | '?' | ';' | ':'));
    let leads = LEADS.iter().any(|lead| lead.eq_ignore_ascii_case(word));
    tag >= 4 && lower && !in_row && (goes_on || closed && leads)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '"' | '\'' | '*' | '_' | '~' | '`') || !c.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        cut(text).iter().map(|word| word.of(text)).collect()
    }

    #[test]
    fn cuts_as_the_language_says() {
        for (text, want) in [
            ("54yo M, BP 120/80", vec!["54", "yo", "M", ",", "BP", "120", "/", "80"]),
            ("q6h 800mg 1,000 2.5.", vec!["q", "6", "h", "800", "mg", "1,000", "2.5", "."]),
            ("don't stop the patient's meds", vec!["don't", "stop", "the", "patient", "'s", "meds"]),
            (
                "Quit your #metformin now, try #beets, an #ad #here #too",
                vec!["Quit", "your", "metformin", "now", ",", "try", "#", "beets", ",", "an", "#", "ad", "#", "here", "#", "too"],
            ),
            ("#StopYourMeds #ad", vec!["#", "Stop", "Your", "Meds", "#", "ad"]),
            ("54-year-old **now** \"hi\" 🙂 y/o", vec!["54", "year", "old", "now", "hi", "y", "/", "o"]),
        ] {
            assert_eq!(texts(text), want, "{text}");
        }
    }

    #[test]
    fn knows_a_blank_line() {
        let words = cut("one\ntwo\n\nthree");
        assert_eq!(words.iter().map(|w| w.starts_paragraph).collect::<Vec<_>>(), [false, false, true]);
    }
}
