//! Prints what a model may weigh of each post: `cargo run --release --example features < posts.jsonl`. One JSON list of features a line.
#![allow(clippy::unwrap_used, reason = "a tool for developers may stop at the first mistake")]

use postlint::document::Text;
use postlint::matcher::features;
use std::io::{BufRead, Write};

fn main() {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let post: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = Text::new(post["text"].as_str().unwrap());
        writeln!(out, "{}", serde_json::to_string(&features::spell(&text)).unwrap()).unwrap();
    }
}
