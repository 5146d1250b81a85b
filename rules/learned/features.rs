//! Prints what a model may weigh of each post: `cargo run --release --example features < posts.jsonl`. One JSON list of features a line: words, pairs (also with
//! one word between), beginnings of words, and `@rule` for what the built-in rules find.
#![allow(clippy::unwrap_used, reason = "a tool for developers may stop at the first mistake")]

use postlint::document::Text;
use postlint::finding::Confidence;
use postlint::lint::{Linter, Options};
use postlint::matcher::features;
use postlint::pack;
use std::collections::BTreeSet;
use std::io::{BufRead, Write};

fn main() {
    let rules = pack::builtin();
    let linter = Linter::new(&rules, Options { confidence: Confidence::Low, ..Options::default() });
    let evidence: BTreeSet<&str> = rules.rules.iter().filter(|rule| rule.body.is_evidence()).map(|rule| rule.id.as_str()).collect();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let post: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = post.get("text").and_then(serde_json::Value::as_str).unwrap();
        let found: BTreeSet<String> = linter.lint_text(text).into_iter().map(|finding| finding.rule).collect();
        let found = found.iter().filter(|id| evidence.contains(id.as_str())).map(|id| format!("@{id}"));
        let all: Vec<String> = features::spell(&Text::new(text)).into_iter().chain(found).collect();
        writeln!(out, "{}", serde_json::to_string(&all).unwrap()).unwrap();
    }
}
