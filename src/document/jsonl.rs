//! Reads one post from one line of JSON: `{"text": "…", "id": "…", "platform": "x"}`.

use super::lines::Ruler;
use super::{Document, Field, FieldKind, Metadata, Origin, PROBLEMS, Parsed, Post, Problem, Text, json_text, metadata};
use crate::span::{Position, Span};
use serde_json::Value;
use std::collections::HashSet;

/// Reads the line with the given 1-based number, which begins at byte `offset` of the file. A blank line holds no post.
pub(super) fn read(path: &str, line: &str, number: usize, offset: usize) -> Parsed {
    let ruler = Ruler::new(line, Position { line: number, column: 1 });
    let mut reader =
        Reader { line, ruler, number, offset, parsed: Parsed::default(), metadata: Metadata::default(), fields: Vec::new(), id: None };
    if line.trim().is_empty() {
        return reader.parsed;
    }
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(line) {
        let column =
            line.as_bytes().get(..error.column().saturating_sub(1)).map_or(1, |left| String::from_utf8_lossy(left).chars().count() + 1);
        reader.problem(column, "this line is not valid JSON here; each line is one post such as {\"text\": \"…\"}".to_owned());
        return reader.parsed;
    }
    if !line.trim_start().starts_with('{') {
        reader.problem(1, "each line is one post such as {\"text\": \"…\"}; this one is another kind of value".to_owned());
        return reader.parsed;
    }
    reader.object();
    reader.finish(path)
}

struct Reader<'l> {
    line: &'l str,
    ruler: Ruler,
    number: usize,
    offset: usize,
    parsed: Parsed,
    metadata: Metadata,
    fields: Vec<Field>,
    id: Option<String>,
}

impl Reader<'_> {
    fn problem(&mut self, column: usize, message: String) {
        self.parsed.problems.push(Problem::at(Position { line: self.number, column }, message));
    }

    /// 1-based column of a byte of the line.
    fn column(&self, byte: usize) -> usize {
        self.ruler.at(self.line, byte).position.column
    }

    fn object(&mut self) {
        let mut seen: HashSet<String> = HashSet::new();
        for (key_at, value_at) in json_text::members(self.line) {
            let key = json_text::unescape(json_text::inside(key_at).of(self.line)).map(|(key, _)| key).unwrap_or_default();
            let result = if seen.contains(&key) {
                Err(("this key stands twice in the line; keep one".to_owned(), key_at))
            } else {
                self.member(&key, value_at)
            };
            if let Err((message, at)) = result {
                let at = if message.starts_with("unknown") { key_at } else { at };
                let column = self.column(at.start);
                self.problem(column, message);
            }
            seen.insert(key);
            if self.parsed.problems.len() >= PROBLEMS {
                return;
            }
        }
    }

    fn member(&mut self, key: &str, at: Span) -> Result<(), (String, Span)> {
        let kind = if key == "text" { Some(FieldKind::Text) } else { metadata::field(key) };
        if let Some(kind) = kind {
            return self.texts(key, kind, at);
        }
        let value: Value = serde_json::from_str(at.of(self.line)).unwrap_or(Value::Null);
        if key != "id" {
            let here = Some(Position { line: self.number, column: self.column(at.start) });
            self.metadata.platforms_at = if key == "platform" { here } else { self.metadata.platforms_at };
            let set = metadata::set(&mut self.metadata, key, &value).map_err(|message| (message, at));
            self.metadata.ignore.iter_mut().for_each(|ignore| ignore.at = ignore.at.or(here));
            return set;
        }
        match value {
            Value::String(id) => self.id = Some(id).filter(|id| !id.trim().is_empty()),
            Value::Number(id) => self.id = Some(id.to_string()),
            Value::Null => {}
            _ => return Err(("`id` takes text or a number".to_owned(), at)),
        }
        Ok(())
    }

    fn texts(&mut self, key: &str, kind: FieldKind, at: Span) -> Result<(), (String, Span)> {
        if at.of(self.line) == "null" && kind != FieldKind::Text {
            return Ok(());
        }
        let strings = json_text::strings(self.line, at).filter(|_| kind != FieldKind::Text || at.of(self.line).starts_with('"'));
        let strings = strings.ok_or_else(|| (format!("`{key}` takes text in quotation marks"), at))?;
        for string in strings {
            let inside = json_text::inside(string);
            let raw = inside.of(self.line);
            let (words, map) = json_text::unescape(raw)
                .ok_or_else(|| (format!("`{key}` holds half of a character (a lone surrogate); write that character anew"), string))?;
            if kind != FieldKind::Text && words.trim().is_empty() {
                continue;
            }
            let start = Position { line: self.number, column: self.column(inside.start) };
            let origin = Origin { raw: map.map(|map| (raw.to_owned(), map)), ..Origin::new(start, self.offset + inside.start) };
            self.fields.push(Field { kind, text: Text::from_raw(words, origin) });
        }
        Ok(())
    }

    fn finish(mut self, path: &str) -> Parsed {
        let has_text = self.fields.iter().any(|field| field.kind == FieldKind::Text);
        if !has_text && self.parsed.problems.is_empty() {
            self.problem(1, "this post has no `text`; each line is one post such as {\"text\": \"…\"}".to_owned());
        }
        if !self.fields.is_empty() {
            self.fields.sort_by_key(|field| field.kind);
            let id = self.id.unwrap_or_else(|| self.number.to_string());
            let post = Post { id, metadata: self.metadata, fields: self.fields };
            self.parsed.documents.push(Document { path: path.to_owned(), posts: vec![post], thread: false });
        }
        self.parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_post_and_points_into_the_raw_line() {
        let line = r#"{"id": 7, "alt": ["A \"chart\"", "b"], "text": "é \"Stop\"\nyour \u2764 meds", "platform": "X"}"#;
        let parsed = read("p.jsonl", line, 4, 100);
        assert_eq!(parsed.problems, []);
        let post = &parsed.documents[0].posts[0];
        assert_eq!((post.id.as_str(), post.fields.len(), post.metadata.platforms.as_slice()), ("7", 3, &["x".to_owned()][..]));
        let text = &post.fields[0].text;
        let at = text.source().find("meds").unwrap();
        let place = text.place(Span::new(at, at + 4));
        let column = line.chars().take_while(|c| *c != 'm').count();
        assert_eq!(
            (place.from.line, line.chars().skip(place.from.column - 1).take(4).collect::<String>()),
            (4, "meds".to_owned()),
            "{column}"
        );
        assert_eq!(place.chars, (16, 20));
        assert_eq!(text.in_file(Span::new(at, at + 4)).start - 100, line.find("meds").unwrap());
    }

    #[test]
    fn places_mistakes_and_keeps_what_it_can() {
        for (line, column, part, posts) in [
            ("{\"text\": \"SECRET\", }", 20, "not valid JSON", 0),
            ("é", 1, "not valid JSON", 0),
            ("[\"SECRET\"]", 1, "another kind", 0),
            ("{\"id\": \"1\"}", 1, "no `text`", 0),
            ("{\"text\": 5}", 10, "`text` takes", 0),
            ("{\"text\": \"é\", \"foo\": \"SECRET\"}", 15, "unknown key `foo`", 1),
            ("{\"text\": \"x\", \"text\": \"SECRET\"}", 15, "twice", 1),
            ("{\"text\": \"\\ud800\"}", 10, "", 0),
            ("{\"text\": \"a\", \"scheduled_at\": \"SECRET\"}", 31, "date", 1),
        ] {
            let parsed = read("p.jsonl", line, 9, 0);
            let problem = &parsed.problems[0];
            assert!(problem.message.contains(part) && !problem.message.contains("SECRET"), "{line}: {problem:?}");
            assert_eq!((problem.line, parsed.documents.len()), (Some(9), posts), "{line}");
            assert!(part.is_empty() || problem.column == Some(column), "{line}: {problem:?}");
        }
        assert!(read("p.jsonl", "  \t", 1, 0).documents.is_empty());
    }
}
