//! Cuts folded text into sentences, paragraphs, quotations and links.

use super::{Segments, links, quotes};
use crate::span::Span;
use unicode_segmentation::UnicodeSegmentation;

/// All segments of `text`; `code` are the stretches that Markdown marks as code.
pub(super) fn cut(text: &str, code: Vec<Span>) -> Segments {
    let paragraphs = paragraphs(text);
    let quotes = quotes::find(text, &paragraphs);
    let mut opaque = links::find(text);
    opaque.extend(code);
    opaque.sort();
    Segments { sentences: sentences(text), paragraphs, quotes, opaque: merged(opaque) }
}

/// Stretches between blank lines.
fn paragraphs(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut at = 0;
    let mut open = false;
    for line in text.split_inclusive('\n') {
        let blank = line.trim().is_empty();
        match found.last_mut() {
            Some(last) if open && !blank => last.end = at + line.len(),
            _ if !blank => found.push(Span::new(at, at + line.len())),
            _ => {}
        }
        open = !blank;
        at += line.len();
    }
    found
}

/// Sentences by UAX #29, but an abbreviation ends none, and a line that goes on in lower case belongs to the line before.
fn sentences(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut goes_on = false;
    for (at, piece) in text.split_sentence_bound_indices() {
        let end = at + piece.len();
        match found.last_mut() {
            Some(last) if goes_on && !begins_anew(last.of(text), piece) => last.end = end,
            _ => found.push(Span::new(at, end)),
        }
        goes_on = piece.ends_with('\n') && !piece.trim().is_empty()
            || ends_with_abbreviation(found.last().map_or("", |last| last.of(text)), text.get(end..));
    }
    found
}

/// Whether `next` begins a sentence of its own after `sentence`, which could go on.
fn begins_anew(sentence: &str, next: &str) -> bool {
    if !sentence.ends_with('\n') {
        return false;
    }
    let ended = sentence.trim_end().ends_with(['.', '!', '?', ':', '"']);
    ended || !next.chars().next().is_some_and(char::is_lowercase) || is_numbered(next)
}

/// A list item such as `a) ` or `o text`.
fn is_numbered(line: &str) -> bool {
    let mut chars = line.chars().skip(1);
    matches!(chars.next(), Some(')' | '.')) || line.starts_with("o ")
}

/// Whether the sentence stops at a point that belongs to an abbreviation, given what follows.
fn ends_with_abbreviation(sentence: &str, after: Option<&str>) -> bool {
    let Some(body) = sentence.trim_end_matches(' ').strip_suffix('.') else { return false };
    let word = body.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"')).next().unwrap_or("");
    let lower = word.to_ascii_lowercase();
    let mut letters = word.chars();
    let initial = matches!((letters.next(), letters.next()), (Some(c), None) if c.is_uppercase() && c != 'I');
    initial && !names_a_kind(body, word)
        || BEFORE_A_NAME.contains(&lower.as_str())
        || UNITS.contains(&lower.as_str()) && goes_on_in_shorthand(after)
}

/// "vitamin C. It …", "hepatitis B. Vaccines …": the letter belongs to the word before and ends the sentence.
fn names_a_kind(body: &str, word: &str) -> bool {
    const KINDS: [&str; 15] = [
        "vitamin",
        "vitamins",
        "hepatitis",
        "hep",
        "plan",
        "type",
        "group",
        "influenza",
        "flu",
        "factor",
        "grade",
        "class",
        "part",
        "step",
        "strep",
    ];
    let before = body.strip_suffix(word).unwrap_or("").trim_end().rsplit(char::is_whitespace).next().unwrap_or("");
    KINDS.contains(&before.to_ascii_lowercase().as_str())
}

/// Whether the next word is short and in capitals ("BID", "PO", "M") rather than the first of a sentence.
fn goes_on_in_shorthand(after: Option<&str>) -> bool {
    let word: String = after.unwrap_or("").chars().take_while(|c| c.is_alphanumeric()).collect();
    !word.is_empty() && word.len() <= 4 && word.chars().all(|c| c.is_uppercase() || c.is_numeric()) && word != "I" && word != "A"
}

const BEFORE_A_NAME: [&str; 40] = [
    "dr", "drs", "mr", "mrs", "ms", "prof", "st", "sr", "rev", "hon", "gen", "lt", "col", "sgt", "capt", "fr", "mx", "messrs", "vs", "v",
    "e.g", "i.e", "eg", "ie", "cf", "approx", "ca", "no", "nos", "fig", "figs", "vol", "pp", "al", "y.o", "yo", "y/o", "ed", "resp",
    "incl",
];

const UNITS: [&str; 24] = [
    "mg", "mcg", "ml", "kg", "lb", "lbs", "oz", "tab", "tabs", "cap", "caps", "hr", "hrs", "min", "mins", "sec", "wk", "wks", "yr", "yrs",
    "pt", "pts", "hx", "dx",
];

/// Overlapping spans joined.
fn merged(spans: Vec<Span>) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    for span in spans {
        match found.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => found.push(span),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_sentences(text: &str) -> Vec<&str> {
        sentences(text).iter().map(|s| s.of(text).trim()).filter(|s| !s.is_empty()).collect()
    }

    #[test]
    fn ends_sentences_where_a_reader_does() {
        for (text, want) in [
            ("Dr. Lee saw Mrs. J. Roe. She left.", vec!["Dr. Lee saw Mrs. J. Roe.", "She left."]),
            ("Take 50 mg. BID. Then rest.", vec!["Take 50 mg. BID.", "Then rest."]),
            ("A 54 y.o. Navajo man, e.g. Placebo vs. Drug. No. 5 won", vec!["A 54 y.o. Navajo man, e.g. Placebo vs. Drug.", "No. 5 won"]),
            ("Take vitamin C. It helps. So do I. Yes!", vec!["Take vitamin C.", "It helps.", "So do I.", "Yes!"]),
            ("Never stop\nyour meds\nAsk us\n- one\n- two\n#tag", vec!["Never stop\nyour meds", "Ask us", "- one", "- two", "#tag"]),
            ("One.\n\ntwo", vec!["One.", "two"]),
            ("Is it? approx. 5 mg daily! ok", vec!["Is it?", "approx. 5 mg daily!", "ok"]),
        ] {
            assert_eq!(cut_sentences(text), want, "{text}");
        }
    }

    #[test]
    fn sentences_cover_everything() {
        let text = "One. Two\nthree 🎉!  Four\n\n\n";
        let spans = sentences(text);
        assert!(spans.windows(2).all(|pair| pair[0].end == pair[1].start) && spans.last().unwrap().end == text.len());
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        let text = "a\nb\n \nc\n";
        assert_eq!(paragraphs(text).iter().map(|p| p.of(text)).collect::<Vec<_>>(), ["a\nb\n", "c\n"]);
    }
}
