//! Turns the bytes of a draft into text, and refuses what it could only guess at.

use super::Problem;
use super::lines::Ruler;
use crate::span::Position;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How a draft was stored, so that it can be written back the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// The character encoding.
    pub charset: Charset,
    /// How many byte order marks stand at the beginning; programs that add one twice exist.
    pub boms: usize,
}

/// The encodings that drafts come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// The Western European code page of older Windows programs.
    Windows1252,
}

/// A draft as text.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text without its byte order marks.
    pub text: Cow<'b, str>,
    /// How it was stored.
    pub encoding: Encoding,
    /// What could not be read; the text holds U+FFFD there.
    pub problems: Vec<Problem>,
    /// What the author should know.
    pub notes: Vec<String>,
}

/// Why bytes are not read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// UTF-32.
    #[error("this file is stored as UTF-32, which is not read; save it as UTF-8")]
    Utf32,
    /// Other text that says it is UTF-16.
    #[error("this file begins as UTF-16 does and is something else; open it in an editor and save it as UTF-8")]
    NotUtf16,
    /// UTF-16 that does not say so.
    #[error("this file looks like UTF-16 without the mark that says so; save it as UTF-8")]
    Utf16WithoutMark,
    /// No text at all.
    #[error("this is not a text file; save the words of the draft as plain text (UTF-8)")]
    Binary,
    /// More than [`super::POST_LIMIT`].
    #[error("this post is larger than 10 MiB, more than any platform takes; split the file, or give one post a line as .jsonl")]
    TooLong,
}

/// Reads bytes as UTF-8 or UTF-16 with a byte order mark; other text bytes as Windows-1252 with a note.
pub fn decode(bytes: &[u8]) -> Result<Decoded<'_>, Refusal> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(Refusal::Utf32),
        [0xff, 0xfe, rest @ ..] => utf16(rest, Charset::Utf16Le),
        [0xfe, 0xff, rest @ ..] => utf16(rest, Charset::Utf16Be),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, true),
        _ => utf8(bytes, false),
    }
    .map(Decoded::without_marks)
}

/// The byte order mark as a character.
pub(super) const BOM: char = '\u{feff}';

impl Decoded<'_> {
    /// Takes off the byte order marks with which the text still begins.
    fn without_marks(mut self) -> Self {
        let marks = self.text.chars().take_while(|c| *c == BOM).count();
        if marks > 0 {
            self.encoding.boms += marks;
            self.text = Cow::Owned(self.text.trim_start_matches(BOM).to_owned());
        }
        self
    }
}

impl Encoding {
    /// The text as bytes of this encoding; `None` when it has characters that the encoding lacks.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let mark = BOM.to_string().repeat(self.boms);
        let units = || mark.encode_utf16().chain(text.encode_utf16());
        match self.charset {
            Charset::Utf8 => Some([mark.as_bytes(), text.as_bytes()].concat()),
            Charset::Utf16Le => Some(units().flat_map(u16::to_le_bytes).collect()),
            Charset::Utf16Be => Some(units().flat_map(u16::to_be_bytes).collect()),
            Charset::Windows1252 => {
                let (bytes, _, lossy) = WINDOWS_1252.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
        }
    }
}

fn utf8(bytes: &[u8], bom: bool) -> Result<Decoded<'_>, Refusal> {
    if bytes.contains(&0) {
        return Err(why_zeros(bytes));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let encoding = Encoding { charset: Charset::Utf8, boms: usize::from(bom) };
        return Ok(Decoded { text: Cow::Borrowed(text), encoding, problems: Vec::new(), notes: Vec::new() });
    }
    if bom {
        let text = String::from_utf8_lossy(bytes);
        let problems = vec![broken(&text, "UTF-8")];
        return Ok(Decoded { text, encoding: Encoding { charset: Charset::Utf8, boms: usize::from(bom) }, problems, notes: Vec::new() });
    }
    if is_binary(bytes) {
        return Err(Refusal::Binary);
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let notes = vec!["not UTF-8, so it was read as Windows-1252; save it as UTF-8 to be sure that every letter is right".to_owned()];
    Ok(Decoded { text, encoding: Encoding { charset: Charset::Windows1252, boms: 0 }, problems: Vec::new(), notes })
}

fn utf16(bytes: &[u8], charset: Charset) -> Result<Decoded<'_>, Refusal> {
    if is_ascii_text(bytes) {
        return Err(Refusal::NotUtf16);
    }
    let coding = if charset == Charset::Utf16Le { UTF_16LE } else { UTF_16BE };
    let (text, errors) = coding.decode_without_bom_handling(bytes);
    if text.contains('\0') {
        return Err(Refusal::Binary);
    }
    let problems = if errors { vec![broken(&text, "UTF-16")] } else { Vec::new() };
    Ok(Decoded { text, encoding: Encoding { charset, boms: 1 }, problems, notes: Vec::new() })
}

fn broken(text: &str, name: &str) -> Problem {
    let byte = text.find('\u{fffd}').unwrap_or(text.len());
    let position = Ruler::new(text, Position { line: 1, column: 1 }).at(text, byte).position;
    Problem::at(
        position,
        format!(
            "a character here is broken: the file says it is {name} and is not; open it in an editor, mend this place and save it as UTF-8"
        ),
    )
}

/// Whether bytes are plain letters one by one. As UTF-16 they would be read without a mistake, as words in a script that nobody typed.
fn is_ascii_text(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let plain = head.iter().filter(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()).count();
    head.len() >= 8 && plain * 10 >= head.len() * 9
}

/// Tells UTF-16 without its mark from other files with zero bytes: in Western text every second byte is zero.
fn why_zeros(bytes: &[u8]) -> Refusal {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (more, fewer) = (even.max(odd), even.min(odd));
    if more * 5 > head.len() && fewer * 8 <= more { Refusal::Utf16WithoutMark } else { Refusal::Binary }
}

/// Whether bytes that are no UTF-8 are no text either: text has hardly any control characters.
fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..bytes.len().min(65_536)).unwrap_or(bytes);
    let controls = head.iter().filter(|b| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1b)).count();
    head.starts_with(b"%PDF") || controls * 50 > head.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_knows_and_refuses_the_rest() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        let charset = |bytes: &[u8]| decode(bytes).map(|d| (d.encoding.charset, d.text.into_owned()));
        assert_eq!(charset("caf\u{e9}".as_bytes()), Ok((Charset::Utf8, "café".into())));
        assert_eq!(charset(b"\xef\xbb\xbfhi"), Ok((Charset::Utf8, "hi".into())));
        assert_eq!(charset(b"caf\xe9 \x93x\x94"), Ok((Charset::Windows1252, "café “x”".into())));
        assert_eq!(charset(&le("\u{feff}h🎉")), Ok((Charset::Utf16Le, "h🎉".into())));
        assert_eq!(charset(&be("\u{feff}h🎉")), Ok((Charset::Utf16Be, "h🎉".into())));
        assert_eq!(charset(&le("hello there")), Err(Refusal::Utf16WithoutMark));
        assert_eq!(charset(&be("hello there")), Err(Refusal::Utf16WithoutMark));
        assert_eq!(charset(b"\xff\xfe\0\0h\0\0\0"), Err(Refusal::Utf32));
        assert_eq!(charset(b"\xff\xfeplain letters"), Err(Refusal::NotUtf16));
        assert_eq!(charset(&le("\u{feff}\u{4e2d}\u{6587}\u{5728}\u{8fd9}\u{91cc}")).map(|(charset, _)| charset), Ok(Charset::Utf16Le));
        assert_eq!(charset(b"GIF89a\0\x01\x02\0\0"), Err(Refusal::Binary));
        assert_eq!(charset(b"%PDF-1.4 \xe2\xe3"), Err(Refusal::Binary));
        assert_eq!(charset(b""), Ok((Charset::Utf8, String::new())));
    }

    #[test]
    fn places_a_broken_character_and_goes_on() {
        for tail in [&[0x41][..], &[0x00, 0xd8, 0x41, 0x00][..]] {
            let bytes = [b"\xff\xfea\0\n\0b\0", tail].concat();
            let decoded = decode(&bytes).unwrap();
            assert_eq!((decoded.problems[0].line, decoded.problems[0].column), (Some(2), Some(2)));
        }
    }

    #[test]
    fn writes_back_what_it_read() {
        for bytes in
            [&b"\xef\xbb\xbfhi \xf0\x9f\x8e\x89"[..], b"\xef\xbb\xbf\xef\xbb\xbfhi", b"caf\xe9", b"\xff\xfeh\0", b"\xfe\xff\0h", b"plain"]
        {
            let decoded = decode(bytes).unwrap();
            assert_eq!(decoded.encoding.encode(&decoded.text).unwrap(), bytes);
        }
        assert_eq!(Encoding { charset: Charset::Windows1252, boms: 0 }.encode("日"), None);
    }
}
