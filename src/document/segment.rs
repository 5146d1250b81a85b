//! Cuts folded text into sentences, paragraphs, quotations and links.

use super::links;
use crate::span::Span;
use unicode_segmentation::UnicodeSegmentation;

/// Links, and `code`: the stretches that Markdown marks as code.
pub(super) fn opaque(text: &str, code: Vec<Span>) -> Vec<Span> {
    let mut opaque = links::find(text);
    opaque.extend(code);
    opaque.sort();
    merged(opaque)
}

/// Stretches between blank lines.
pub(super) fn paragraphs(text: &str) -> Vec<Span> {
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

/// Sentences by UAX #29 with what posts need: an abbreviation ends none, a line that goes on in lower case belongs to the line before, and a point
/// ends one even where the next begins in lower case.
pub(super) fn sentences(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    let mut goes_on = false;
    for (at, piece) in
        text.split_sentence_bound_indices().flat_map(|(at, piece)| casual(at, piece)).flat_map(|(at, piece)| bounded(at, piece))
    {
        let end = at + piece.len();
        match found.last_mut() {
            Some(last) if goes_on && last.len() < LONGEST_SENTENCE && !begins_anew(last.of(text), piece) => last.end = end,
            _ => found.push(Span::new(at, end)),
        }
        let sentence = found.last().map_or("", |last| last.of(text));
        goes_on =
            piece.ends_with('\n') && !piece.trim().is_empty() || is_inside_link(piece) || ends_with_abbreviation(sentence, text.get(end..));
    }
    found
}

/// Bytes after which a sentence without an end is cut: conditions look at the whole sentence of each hit, and a line of 10 MiB has many.
const LONGEST_SENTENCE: usize = 4096;

/// Cuts an endless sentence, between words where it has any.
fn bounded(at: usize, piece: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = (at, piece);
    std::iter::from_fn(move || {
        let (at, piece) = rest;
        let head =
            (0..=LONGEST_SENTENCE.min(piece.len())).rev().find_map(|end| piece.get(..end)).filter(|_| piece.len() > LONGEST_SENTENCE);
        let cut = head.map_or(piece.len(), |head| head.rfind(' ').map_or(head.len(), |space| space + 1));
        let (first, after) = piece.split_at_checked(cut)?;
        rest = (at + cut, after);
        (!first.is_empty()).then_some((at, first))
    })
}

/// Whether the piece stops at the question mark of a link.
fn is_inside_link(piece: &str) -> bool {
    piece.ends_with('?') && piece.rsplit(char::is_whitespace).next().is_some_and(|token| token.contains("://") || token.starts_with("www."))
}

/// Cuts a UAX #29 sentence where casual writing ends one: at a point and a space before a word in lower case ("hi. this seems viral. take care").
fn casual(at: usize, piece: &str) -> Vec<(usize, &str)> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for (point, _) in piece.match_indices(". ") {
        let end = point + 2;
        let (before, after) = piece.split_at_checked(end).unwrap_or((piece, ""));
        let ends = after.starts_with(char::is_lowercase) && !ends_with_shortening(before);
        if ends && start < end {
            cuts.push((at + start, piece.get(start..end).unwrap_or("")));
            start = end;
        }
    }
    cuts.push((at + start, piece.get(start..).unwrap_or("")));
    cuts
}

/// Whether the point after the last word is that of an abbreviation, a unit, an initial or a number, none of which needs a capital to go on.
fn ends_with_shortening(before: &str) -> bool {
    let word = before.trim_end_matches([' ', '.']).rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"')).next().unwrap_or("");
    let lower = word.to_ascii_lowercase();
    let known = |list: &[&str]| list.contains(&lower.as_str());
    // A single letter, "a.m", "1": never the whole last word of a casual sentence but for "u" and "i".
    let short = word.contains('.') || word.chars().count() == 1 && !matches!(lower.as_str(), "u" | "i");
    short || known(&BEFORE_A_NAME) && !known(&BEFORE_A_NUMBER) || known(&UNITS) || known(&CUT_SHORT)
}

/// Shortened words that stand in the middle of a sentence.
const CUT_SHORT: [&str; 33] = [
    "etc", "inc", "ltd", "co", "corp", "dept", "univ", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "oct", "nov", "dec", "est",
    "max", "avg", "temp", "rec", "recs", "ref", "prev", "esp", "mgmt", "hosp", "tx", "rx", "sx", "adm",
];

/// Whether `next` begins a sentence of its own after `sentence`, which could go on.
fn begins_anew(sentence: &str, next: &str) -> bool {
    if !sentence.ends_with('\n') {
        return false;
    }
    let ended = sentence.trim_end().ends_with(['.', '!', '?', ':', '"']);
    // Who writes no capitals ends a sentence with the line.
    let casual = sentence.trim_start().starts_with(char::is_lowercase);
    ended || casual || !next.starts_with(char::is_lowercase) || is_numbered(next)
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
    let number = after.is_some_and(|after| after.trim_start().starts_with(|c: char| c.is_ascii_digit()));
    let named = BEFORE_A_NAME.contains(&lower.as_str()) && (number || !BEFORE_A_NUMBER.contains(&lower.as_str()));
    initial && !names_a_kind(body, word) || named || UNITS.contains(&lower.as_str()) && goes_on_in_shorthand(after)
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

/// Of these, the ones that are whole words unless a number follows ("No. 5").
const BEFORE_A_NUMBER: [&str; 8] = ["no", "nos", "fig", "figs", "vol", "pp", "ed", "fr"];

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
            (
                "hi. this seems viral. take 5 mg. daily... ok u. thanks",
                vec!["hi.", "this seems viral.", "take 5 mg. daily...", "ok u.", "thanks"],
            ),
            ("Read http://a.org/b?c=d now. See prev. note", vec!["Read http://a.org/b?c=d now.", "See prev. note"]),
            ("one line\nnext one", vec!["one line", "next one"]),
            ("no. never, e.g. at 5 a.m. daily", vec!["no.", "never, e.g. at 5 a.m. daily"]),
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
