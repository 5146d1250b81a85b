//! Reads the YAML front matter of a draft: what stands between a first line of `---` and the next one.

use super::lines::lines;
use super::{Field, FieldKind, Metadata, Origin, PROBLEMS, Problem, Text, map::Rewriter, metadata};
use crate::span::{Position, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_yaml::Spanned;

/// What the front matter says, and where the body begins.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) metadata: Metadata,
    /// Alt texts, first comments, titles and links.
    pub(super) fields: Vec<Field>,
    pub(super) problems: Vec<Problem>,
    /// First byte of the body in the file.
    pub(super) body: usize,
}

/// Splits the front matter off `text` and reads it. A text without any has its body at 0.
pub(super) fn read(text: &str) -> FrontMatter {
    let mut front = FrontMatter::default();
    let Some(start) = lines(text).next().filter(|line| line.trim_end() == "---").map(str::len) else { return front };
    let mut at = start;
    for line in lines(text.get(start..).unwrap_or("")) {
        if matches!(line.trim_end(), "---" | "...") {
            front.body = at + line.len();
            front.fill(text, Span::new(start, at));
            return front;
        }
        at += line.len();
    }
    let message = "the front matter that this `---` opens is never closed; add a line of `---` after it, or delete this line".to_owned();
    front.problems.push(Problem::at(Position { line: 1, column: 1 }, message));
    front
}

impl FrontMatter {
    fn fill(&mut self, text: &str, yaml: Span) {
        let source = yaml.of(text);
        if lines(source).all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return;
        }
        let options = serde_yaml::options! {
            budget: serde_yaml::budget! { max_aliases: 0, max_anchors: 0, max_depth: 16, max_documents: 1 },
            with_snippet: false,
        };
        match serde_yaml::from_str_with_options::<Entries>(source, options) {
            Ok(entries) => {
                entries.0.iter().for_each(|(key, value)| self.entry(text, yaml, key, value));
                self.problems.truncate(PROBLEMS);
            }
            Err(error) => {
                let at = error.location().map_or(Position { line: 2, column: 1 }, position);
                self.problems.push(Problem::at(at, plain(&error).to_owned()));
            }
        }
    }

    fn entry(&mut self, text: &str, yaml: Span, key: &Spanned<String>, value: &Spanned<Value>) {
        let Some(kind) = metadata::field(&key.value) else {
            if key.value == "platform" {
                self.metadata.platforms_at = Some(position(value.referenced));
            }
            let known = self.metadata.ignore.len();
            let set = metadata::set(&mut self.metadata, &key.value, &value.value);
            place_ignores(text, position(key.referenced), &mut self.metadata, known);
            if let Err(message) = set {
                let unknown = message.starts_with("unknown");
                self.problems.push(Problem::at(position(if unknown { key.referenced } else { value.referenced }), message));
            }
            return;
        };
        let mut from = value.referenced.span().byte_offset().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
        for part in value.value.as_array().map_or(std::slice::from_ref(&value.value), Vec::as_slice) {
            match part {
                Value::Null => {}
                Value::String(words) => {
                    let (origin, end) = spelling(text, Span::new(yaml.start + from, yaml.end), words, position(value.referenced));
                    from = end.saturating_sub(yaml.start);
                    self.push(kind, words, origin);
                }
                _ => self.problems.push(Problem::at(position(value.referenced), format!("`{}` takes text, or a list of texts", key.value))),
            }
        }
    }

    fn push(&mut self, kind: FieldKind, words: &str, origin: Origin) {
        if !words.trim().is_empty() {
            self.fields.push(Field { kind, text: Text::from_raw(words, origin) });
        }
    }
}

/// Entries of `ignore` are placed at the next line that names their rule.
fn place_ignores(text: &str, key: Position, metadata: &mut super::Metadata, known: usize) {
    let mut from = key.line;
    for ignore in metadata.ignore.iter_mut().skip(known) {
        let found = lines(text).zip(1..).skip(from - 1).find_map(|(line, number)| {
            let at = line.find(&ignore.rule)?;
            Some(Position { line: number, column: line.get(..at)?.chars().count() + 1 })
        });
        ignore.at = found.or(Some(key));
        from = found.map_or(from, |at| at.line);
    }
}

/// Where and how `words` are spelled in the file within `area`, and where they end there. YAML may indent, fold and quote them, so each word is looked
/// for in turn; with escapes inside only the line on which the value begins is known.
fn spelling(text: &str, area: Span, words: &str, start: Position) -> (Origin, usize) {
    let raw = area.of(text);
    let find_from = |at: usize, word: &str| raw.get(at..).and_then(|rest| rest.find(word)).map(|found| at + found);
    let first = words.split_whitespace().next().and_then(|word| find_from(0, word));
    let lead = words.len() - words.trim_start().len();
    let mut pieces = Vec::new();
    let mut at = first.unwrap_or(0);
    for word in words.split_whitespace() {
        let Some(found) = find_from(at, word).filter(|found| raw.get(at..*found).is_some_and(|gap| gap.trim().is_empty())) else {
            let line = raw.lines().next().unwrap_or("");
            let mut rewriter = Rewriter::new(line);
            rewriter.replace(Span::new(0, line.len()), words);
            let origin = Origin { raw: rewriter.finish().map(|(_, map)| (line.to_owned(), map)), ..Origin::new(start, area.start) };
            return (origin, area.start);
        };
        pieces.push(Span::new(found, found + word.len()));
        at = found + word.len();
    }
    let begin = first.unwrap_or(0).saturating_sub(lead);
    let raw_words = raw.get(begin..at).unwrap_or("");
    let position = super::lines::Ruler::new(text, Position { line: 1, column: 1 }).at(text, area.start + begin).position;
    let mut origin = Origin::new(position, area.start + begin);
    if !words.starts_with(raw_words) {
        origin.raw = respell(raw_words, begin, &pieces, words);
    }
    (origin, area.start + at)
}

/// The file's spelling with its gaps rewritten to those of `words`.
fn respell(raw: &str, begin: usize, pieces: &[Span], words: &str) -> Option<(String, super::map::Map)> {
    let mut rewriter = Rewriter::new(raw);
    let mut rest = words;
    let mut last = begin;
    for piece in pieces {
        let gap = rest.len() - rest.trim_start().len();
        rewriter.replace(Span::new(last - begin, piece.start - begin), rest.get(..gap).unwrap_or(""));
        rest = rest.get(gap + piece.len()..).unwrap_or("");
        last = piece.end;
    }
    rewriter.finish().map(|(_, map)| (raw.to_owned(), map))
}

/// A place in the YAML as a place in the file: one line further down.
fn position(at: serde_yaml::Location) -> Position {
    let number = |n: u64| usize::try_from(n).unwrap_or(0).max(1);
    Position { line: number(at.line()) + 1, column: number(at.column()) }
}

/// The library's messages may quote values, so they are told anew.
fn plain(error: &serde_yaml::Error) -> &'static str {
    let text = error.without_snippet().to_string();
    if text.contains("duplicate") {
        "this key stands twice in the front matter; keep one"
    } else if text.contains("alias") || text.contains("anchor") || text.contains("budget") {
        "front matter takes plain values only: no `&` or `*` references, no deep nesting; put text with such signs in quotation marks"
    } else if text.contains("expected") && text.contains("map") {
        "the lines between the first two `---` are read as front matter (`key: value` lines), and these are not; delete the first `---` if the post begins here"
    } else {
        "the front matter is not valid YAML here; each line is `key: value`, and text that begins with `@` or holds `: ` or ` #` needs quotation marks"
    }
}

/// The top level of the front matter, in order, with places.
struct Entries(Vec<(Spanned<String>, Spanned<Value>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Entries;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of keys")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Keys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keys_and_finds_the_body() {
        let text = "---\r\nplatform: X\r\nscheduled_at: 2026-11-23 10:00\r\nconsent: {id: c-1, expires: 2027-01-31}\r\n---\r\nBody";
        let front = read(text);
        assert_eq!(front.problems, []);
        assert_eq!(front.metadata.platforms, ["x"]);
        assert_eq!(&text[front.body..], "Body");
        assert_eq!(read("Just --- text").body, 0);
    }

    #[test]
    fn texts_keep_their_place() {
        let text =
            "---\ntitle: \"My title\"\nalt:\n  - A chart\n  - 'second one'\nfirst_comment: |\n  line one\n  line two\nlink: a\n  b\n---\n";
        let front = read(text);
        assert_eq!(front.problems, []);
        let places: Vec<_> = front
            .fields
            .iter()
            .map(|field| {
                let last = field.text.source().split_whitespace().last().unwrap().to_owned();
                let at = field.text.source().rfind(&last).unwrap();
                let span = Span::new(at, at + last.len());
                let place = field.text.place(span);
                assert_eq!(field.text.in_file(span).of(text), last);
                (field.kind, last, place.from.line, place.from.column)
            })
            .collect();
        assert_eq!(
            places,
            [
                (FieldKind::Title, "title".to_owned(), 2, 12),
                (FieldKind::Alt, "chart".to_owned(), 4, 7),
                (FieldKind::Alt, "one".to_owned(), 5, 13),
                (FieldKind::FirstComment, "two".to_owned(), 8, 8),
                (FieldKind::Link, "b".to_owned(), 10, 3),
            ]
        );
    }

    #[test]
    fn a_text_with_escapes_stands_on_the_line_where_it_begins() {
        let text = "---\ntitle: \"M\\by titl\u{e9}\"\nalt: \"one\\ntwo \\u00e9\"\n---\n";
        let front = read(text);
        let lines = ["\"M\\by titl\u{e9}\"", "\"one\\ntwo \\u00e9\""];
        assert_eq!(front.fields.len(), lines.len());
        for (field, line) in front.fields.iter().zip(lines) {
            let last = field.text.source().char_indices().last().unwrap().0;
            for span in [Span::new(0, field.text.source().len()), Span::new(last, field.text.source().len())] {
                assert_eq!(field.text.in_file(span).of(text), line);
            }
        }
    }

    #[test]
    fn places_mistakes_and_quotes_nothing() {
        for (text, line, column, part) in [
            ("---\nplatform: x\nplatfrom: SECRET\n---\n", 3, 1, "unknown key `platfrom`"),
            ("---\naccount: a\nscheduled_at: SECRET\n---\n", 3, 15, "date"),
            ("---\naccount: a\naccount: SECRET\n---\n", 3, 1, "twice"),
            ("---\naccount: [SECRET\n---\n", 2, 10, "not valid YAML"),
            ("---\nSECRET words\n---\nmore", 2, 1, "delete the first"),
            ("---\naccount: &a SECRET\nalt: *a\n---\n", 2, 13, "plain values"),
            ("---\nalt: {SECRET: 1}\n---\n", 2, 6, "takes text"),
            ("---\nSECRET: open", 1, 1, "never closed"),
        ] {
            let problems = read(text).problems;
            let problem = problems.first().unwrap_or_else(|| panic!("{text}"));
            assert!(problem.message.contains(part) && !problem.message.contains("SECRET words"), "{text}: {problem:?}");
            assert_eq!((problem.line, problem.column), (Some(line), Some(column)), "{text}: {problem:?}");
        }
    }
}
