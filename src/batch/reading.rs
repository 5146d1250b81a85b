//! Reads posts out of bytes.

use crate::document::{Document, Field, FieldKind, Metadata, Post, Problem, Text};

/// How inputs are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) documents: Vec<Document>,
    pub(super) problems: Vec<Problem>,
}

/// Reads plain text, or JSONL by the name's ending.
pub(super) fn read(path: &str, bytes: &[u8], first_line: usize, _: &ReadOptions) -> Reading {
    let text = String::from_utf8_lossy(bytes);
    if !(path.ends_with(".jsonl") || path.ends_with(".ndjson")) {
        return Reading { documents: vec![document(path, "1".into(), Metadata::default(), text.into_owned())], problems: Vec::new() };
    }
    let mut reading = Reading::default();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<serde_json::Value>(line) {
            Ok(value) => {
                let get = |key: &str| value.get(key).and_then(|value| value.as_str()).map(str::to_owned);
                let id = get("id").unwrap_or_else(|| (first_line + at).to_string());
                let metadata = Metadata {
                    platforms: get("platform").into_iter().collect(),
                    account: get("account"),
                    audience: get("audience"),
                    ..Metadata::default()
                };
                reading.documents.push(document(path, id, metadata, get("text").unwrap_or_default()));
            }
            Err(_) => reading.problems.push(Problem { line: Some(first_line + at), column: None, message: "this line is no JSON".into() }),
        }
    }
    reading
}

fn document(path: &str, id: String, metadata: Metadata, text: String) -> Document {
    let fields = vec![Field { kind: FieldKind::Text, text: Text::new(text) }];
    Document { path: path.into(), posts: vec![Post { id, metadata, fields }], thread: false }
}
