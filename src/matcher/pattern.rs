//! Patterns: regular expressions that are compiled when first triggered and look only near their anchor.

use super::literals;
use crate::span::Span;
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Longest pattern, in bytes.
pub const PATTERN_LIMIT: usize = 4 * 1024;
/// Largest compiled pattern, in bytes.
pub const COMPILED_LIMIT: usize = 1024 * 1024;
/// A pattern of at most so many steps, see [`literals::size`], stays far below [`COMPILED_LIMIT`].
const SMALL: usize = 1_000;
/// Most work that compiling the patterns of a user's packs may be, in characters and ranges of characters once every repetition is written out.
pub const PATTERNS_LIMIT: usize = 2_000_000;
/// How far around its anchor a pattern looks, in bytes.
pub const WINDOW: usize = 400;
/// Longest text that one search sees, in bytes; longer texts are searched in pieces that overlap by [`WINDOW`], so that no pattern can take time
/// that grows with the square of a draft.
const PIECE: usize = 4 * 1024;

/// A pattern of a pack.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pattern {
    source: String,
    /// Lower-case literals, one of which is in every match.
    pub(super) anchors: Vec<String>,
    /// Fewest digits of a match: a text with fewer is not searched.
    pub(super) digits: u32,
    #[serde(skip)]
    searched: AtomicUsize,
    #[serde(skip)]
    quick: OnceLock<Option<regex_lite::Regex>>,
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

/// What a pattern matched, in bytes of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub whole: Span,
    /// Its group named `id`, else the whole.
    pub id: Span,
}

impl Pattern {
    /// As the pack writes it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How much work it is to compile a pattern, in the unit of [`PATTERNS_LIMIT`]; 0 for one that is not valid.
    pub fn work(source: &str) -> usize {
        let parsed = regex_syntax::ParserBuilder::new().nest_limit(64).build().parse(&ascii_classes(source));
        parsed.map_or(0, |hir| work(&hir))
    }

    /// Checks a pattern. Nothing is kept compiled: that happens when it is first triggered.
    ///
    /// # Errors
    /// What is wrong, for the author of the pack.
    pub fn parse(source: &str) -> Result<Self, String> {
        if source.len() > PATTERN_LIMIT {
            return Err(format!("the pattern is longer than {PATTERN_LIMIT} bytes; split it"));
        }
        let ascii = ascii_classes(source);
        let hir = regex_syntax::ParserBuilder::new()
            .multi_line(true)
            .nest_limit(64)
            .build()
            .parse(&ascii)
            .map_err(|error| explain(&error.to_string()))?;
        match hir.properties().minimum_len() {
            None => return Err("the pattern can match nothing; mend it".into()),
            Some(0) => return Err("the pattern can match the empty text; make something in it required".into()),
            Some(_) => {}
        }
        let anchors = literals::of_pattern(&hir)
            .ok_or("the pattern has no word, sign or digit that is always present, so it would be tried everywhere; add one")?;
        // Compiling takes most of the time of loading a pack, so only what may be too large is compiled to see.
        if literals::size(&hir) > SMALL {
            compile(&ascii).map_err(|error| explain(&error.to_string()))?;
        }
        let digits = literals::digits(&hir);
        Ok(Self { source: ascii, anchors, digits, searched: AtomicUsize::new(0), quick: OnceLock::new(), compiled: OnceLock::new() })
    }

    /// Every match that begins in `from..to` (bytes, on character boundaries); the text around is visible to `^`, `$` and `\b`.
    pub(super) fn matches(&self, text: &str, from: usize, to: usize, found: &mut Vec<Match>) {
        let searched = self.searched.fetch_add(to - from, Ordering::Relaxed) + (to - from);
        let quick = if searched <= QUICK_BYTES { self.quick.get_or_init(|| quick(&self.source)).as_ref() } else { None };
        match quick {
            Some(regex) => in_pieces(text, from, to, found, |piece, at| {
                regex.captures_at(piece, at).and_then(|captures| {
                    let (whole, id) = (captures.get(0)?, captures.name("id"));
                    Some((Span::new(whole.start(), whole.end()), id.map(|id| Span::new(id.start(), id.end()))))
                })
            }),
            None => {
                let Some(regex) = self.compiled.get_or_init(|| compile(&self.source).ok()) else { return };
                in_pieces(text, from, to, found, |piece, at| {
                    regex.captures_at(piece, at).and_then(|captures| {
                        let (whole, id) = (captures.get(0)?, captures.name("id"));
                        Some((Span::new(whole.start(), whole.end()), id.map(|id| Span::new(id.start(), id.end()))))
                    })
                });
            }
        }
    }
}

/// Searches a long stretch in pieces; `search` gives the first match at or after a byte, and its group `id`.
fn in_pieces(text: &str, from: usize, to: usize, found: &mut Vec<Match>, search: impl Fn(&str, usize) -> Option<(Span, Option<Span>)>) {
    let mut piece = from;
    while piece < to {
        let stop = floor(text, (piece + PIECE).min(to));
        let visible = text.get(..floor(text, stop + WINDOW)).unwrap_or(text);
        let mut at = piece;
        while at < stop {
            let Some((whole, id)) = search(visible, at).filter(|(whole, _)| whole.start < stop) else { break };
            let hit = Match { whole, id: id.unwrap_or(whole) };
            if found.last() != Some(&hit) {
                found.push(hit);
            }
            at = whole.end.max(at + 1);
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
        piece = stop.max(piece + 1);
    }
}

/// After so much text the faster search of a pattern is worth its compilation.
const QUICK_BYTES: usize = 16 * 1024;

/// The pattern for the engine that compiles fast; `None` when it uses what only the other knows, or letters whose case it does not know.
fn quick(source: &str) -> Option<regex_lite::Regex> {
    let plain = source.replace(r"(?-u:\b)", r"\b").replace(r"(?-u:\B)", r"\B");
    let ascii = plain.is_ascii() && !plain.contains(r"\p") && !plain.contains(r"\P") && !plain.contains("(?-u") && !plain.contains("(?u");
    ascii.then(|| regex_lite::RegexBuilder::new(&plain).case_insensitive(true).multi_line(true).build().ok()).flatten()
}

fn compile(source: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(source)
        .case_insensitive(true)
        .multi_line(true)
        .size_limit(COMPILED_LIMIT)
        .dfa_size_limit(COMPILED_LIMIT)
        .nest_limit(64)
        .build()
}

/// Characters and ranges of characters, each as often as repetitions say.
fn work(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(work).fold(0, usize::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = usize::try_from(repetition.max.unwrap_or(repetition.min + 1)).unwrap_or(usize::MAX);
            work(&repetition.sub).saturating_mul(times.max(1))
        }
        HirKind::Capture(capture) => work(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

/// The nearest character boundary at or before `at`.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// `\w`, `\d` and `\b` as ASCII: with their Unicode forms the engine gives up its fast path at the first emoji (measured: 300 times slower).
fn ascii_classes(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let (mut chars, mut class) = (source.chars(), 0_usize);
    while let Some(c) = chars.next() {
        match c {
            '[' => {
                class += 1;
                out.push(c);
            }
            ']' => {
                class = class.saturating_sub(1);
                out.push(c);
            }
            '\\' => match (chars.next(), class > 0) {
                (Some('d'), false) => out.push_str("[0-9]"),
                (Some('d'), true) => out.push_str("0-9"),
                (Some('w'), false) => out.push_str("[0-9A-Za-z_]"),
                (Some('w'), true) => out.push_str("0-9A-Za-z_"),
                (Some('b'), false) => out.push_str(r"(?-u:\b)"),
                (Some('B'), false) => out.push_str(r"(?-u:\B)"),
                (Some(other), _) => out.extend(['\\', other]),
                (None, _) => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}

/// The last line of a regex error, which says what is wrong, without the drawing above it.
fn explain(error: &str) -> String {
    let last = error.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it cannot be read");
    format!("the pattern is not valid: {}", last.trim().trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_explained() {
        for (pattern, want) in
            [("a*", "empty text"), ("(a", "unclosed"), (r"\w+ \w+", "no word"), ("x{1000}{1000}{1000}", "size"), (r"(?=a)b", "look")]
        {
            let error = Pattern::parse(pattern).unwrap_err();
            assert!(error.contains(want), "{pattern}: {error}");
        }
    }

    #[test]
    fn small_patterns_compile_without_being_tried() {
        for pattern in
            [r"(?:[\u{e0}-\u{ff}]{1,20}\d{1,4}){1,9}", r"\b[a-z0-9._%+-]{1,40}@[a-z0-9-]{1,40}\.[a-z]{2,12}\b", r"(?:a|b|c){200}x"]
        {
            let parsed = Pattern::parse(pattern).unwrap();
            assert!(compile(parsed.source()).is_ok(), "{pattern}");
        }
    }

    #[test]
    fn a_long_line_is_searched_in_pieces() {
        let text = format!("{} mrn 12345 {}", "x ".repeat(10_000), "y ".repeat(10_000));
        let mut found = Vec::new();
        Pattern::parse(r"\bmrn \d+\b").unwrap().matches(&text, 0, text.len(), &mut found);
        assert_eq!(found.iter().map(|hit| hit.whole.of(&text)).collect::<Vec<_>>(), ["mrn 12345"]);
    }
}
