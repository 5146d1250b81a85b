//! Keeps what a draft, a pack or a path says from giving orders to the service that runs a check and reads its log.
//!
//! GitHub obeys lines that begin with `::`, whatever space stands before it, and lines that hold `##[`; Azure and TeamCity obey `##vso[` and
//! `##teamcity[`. In each the sign that makes it an order is written in the escape of the format, so that nothing is lost.

use super::Format;
use std::io::{self, Write};

/// A writer that passes everything on but such orders.
pub struct Orderless<'o> {
    out: &'o mut dyn Write,
    escapes: Escapes,
    /// Whether nothing but space has come since the line began.
    begins: bool,
    /// How many `#` stand directly before, or before the letters that stand there.
    marks: usize,
    /// Whether letters have come after them.
    named: bool,
}

/// How a format writes a colon at the beginning of a line, and an opening bracket; `None` where that needs no care.
#[derive(Clone, Copy)]
struct Escapes {
    colon: Option<&'static str>,
    bracket: Option<&'static str>,
}

impl Escapes {
    const TEXT: Self = Self { colon: Some("\\u{3a}"), bracket: Some("\\u{5b}") };

    fn of(format: Format) -> Self {
        match format {
            Format::Text | Format::Concise => Self::TEXT,
            Format::Junit => Self { colon: Some("&#58;"), bracket: Some("&#91;") },
            // The page's own style has lines that begin with a colon, and none of its text begins a line.
            Format::Html => Self { colon: None, bracket: Some("&#91;") },
            // A string never begins a line of JSON.
            Format::Json | Format::Jsonl | Format::Sarif | Format::Gitlab => Self { colon: None, bracket: Some("\\u005b") },
            // Every line is an order of ours, with its texts encoded.
            Format::Github => Self { colon: None, bracket: None },
        }
    }
}

impl<'o> Orderless<'o> {
    /// For a report in a format.
    pub fn new(format: Format, out: &'o mut dyn Write) -> Self {
        Self::with(Escapes::of(format), out)
    }

    /// For plain text of any kind.
    pub fn plain(out: &'o mut dyn Write) -> Self {
        Self::with(Escapes::TEXT, out)
    }

    fn with(escapes: Escapes, out: &'o mut dyn Write) -> Self {
        Self { out, escapes, begins: true, marks: 0, named: false }
    }

    /// What to write instead of a byte, if it would make an order.
    fn escape(&mut self, byte: u8) -> Option<&'static str> {
        let escape = match byte {
            b':' if self.begins => self.escapes.colon,
            b'[' if self.marks >= 2 => self.escapes.bracket,
            _ => None,
        };
        self.begins = byte == b'\n' || byte == b'\r' || self.begins && (byte.is_ascii_whitespace() || !byte.is_ascii());
        (self.marks, self.named) = match byte {
            b'#' if self.named => (1, false),
            b'#' => (self.marks + 1, false),
            letter if letter.is_ascii_alphabetic() && self.marks >= 2 => (self.marks, true),
            _ => (0, false),
        };
        escape
    }
}

impl Write for Orderless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut from = 0;
        for (at, byte) in bytes.iter().enumerate() {
            if let Some(escape) = self.escape(*byte) {
                self.out.write_all(bytes.get(from..at).unwrap_or_default())?;
                self.out.write_all(escape.as_bytes())?;
                from = at + 1;
            }
        }
        self.out.write_all(bytes.get(from..).unwrap_or_default())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The same for a message by itself.
pub fn orderless(message: &str) -> String {
    let mut out = Vec::with_capacity(message.len());
    // A vector takes everything.
    let _ = Orderless::plain(&mut out).write_all(message.as_bytes());
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_written_as_words() {
        for (said, written) in [
            ("plain: a::b, # one, ## two\n## [x]\n", "plain: a::b, # one, ## two\n## [x]\n"),
            ("::error::x", "\\u{3a}:error::x"),
            ("x\n \t::error::x\r::y", "x\n \t\\u{3a}:error::x\r\\u{3a}:y"),
            ("\u{a0}::error::x", "\u{a0}\\u{3a}:error::x"),
            ("see ##[error]x", "see ##\\u{5b}error]x"),
            ("###[group]", "###\\u{5b}group]"),
            ("##vso[task.setvariable]", "##vso\\u{5b}task.setvariable]"),
            ("#vso[x] #a#b[c] ##a#b[c]", "#vso[x] #a#b[c] ##a#b[c]"),
        ] {
            assert_eq!(orderless(said), written);
            // A writer is handed pieces of any size.
            let mut out = Vec::new();
            let mut writer = Orderless::plain(&mut out);
            said.as_bytes().chunks(1).for_each(|piece| writer.write_all(piece).unwrap());
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }

    #[test]
    fn json_and_xml_stay_what_they_say() {
        let mut json = Vec::new();
        Orderless::new(Format::Json, &mut json).write_all(br#"{"a": "\\##[x] ::y"}"#).unwrap();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&json).unwrap()["a"], "\\##[x] ::y");
        let mut xml = Vec::new();
        Orderless::new(Format::Junit, &mut xml).write_all(b"<a>\n::x ##[y]</a>").unwrap();
        assert_eq!(xml, b"<a>\n&#58;:x ##&#91;y]</a>");
    }
}
