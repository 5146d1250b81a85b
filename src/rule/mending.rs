//! What `--fix` may write: better words for what a rule found (`replace`), words that are missing, words that stand too far down.

use super::compile::{Compiler, Located};
use super::context::{Context, Detection, Mend};
use super::{Body, Rule};
use crate::document::Text;
use crate::finding::Edit;
use crate::matcher::SetId;
use crate::span::Span;
use serde::{Deserialize, Serialize};

/// Stands in `with:` for the number that was found, its last digit made 0: "in their {tens}s".
const TENS: &str = "{tens}";

/// One of `replace:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    with: String,
    #[serde(default)]
    safe: bool,
}

/// Better words for some of what a rule finds.
#[derive(Debug, Serialize, Deserialize)]
pub struct Replacement {
    set: SetId,
    with: String,
    safe: bool,
}

impl Replacement {
    /// Compiles `replace:`; mistakes are noted.
    pub fn compile(params: &[Params], compiler: &mut Compiler<'_>) -> Vec<Self> {
        let one = |params: &Params, compiler: &mut Compiler<'_>| {
            let set = compiler.set(&params.phrases, &params.patterns, false, false)?;
            Some(Self { set, with: params.with.clone(), safe: params.safe })
        };
        params.iter().filter_map(|params| one(params, compiler)).collect()
    }
}

/// The changes that would mend a detection, in bytes of the field.
pub fn edits(rule: &Rule, detection: &Detection, context: &Context<'_>) -> Vec<Edit> {
    let text = context.reading.text;
    let mut edits = replaced(rule, detection, context);
    match &detection.mend {
        Some(Mend::Add { words, first }) => edits.push(added(text, words, *first)),
        Some(Mend::MoveUp(span)) => edits.extend(moved(text, *span)),
        None => {}
    }
    edits
}

/// Where a replacement touches what was found it is taken, the earlier and longer one first; else the words for the whole match.
fn replaced(rule: &Rule, detection: &Detection, context: &Context<'_>) -> Vec<Edit> {
    let text = context.reading.text;
    let mut spans: Vec<Span> = detection.span.into_iter().chain(detection.labels.iter().map(|(span, _)| *span)).collect();
    if matches!(rule.body, Body::Combine(_)) {
        // Only the first clue of a kind is labelled; those beside it in a sentence give as much away.
        let around = |span: &Span| text.sentences().iter().find(|sentence| sentence.overlaps(*span)).copied();
        spans = spans.iter().map(|span| around(span).unwrap_or(*span)).collect();
    }
    let (mut edits, mut taken) = (Vec::new(), Vec::<Span>::new());
    for replacement in &rule.replace {
        let mut hits: Vec<Span> = context.reading.hits(replacement.set).iter().map(|hit| hit.span).collect();
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        for hit in hits {
            if spans.iter().any(|span| span.overlaps(hit)) && !taken.iter().any(|other| other.overlaps(hit)) {
                taken.push(hit);
                edits.push(written(text, hit, &replacement.with, replacement.safe));
            }
        }
    }
    if let (Some(with), Some(span), Body::Find(_)) = (&rule.replace_with, detection.span, &rule.body)
        && edits.is_empty()
    {
        edits.push(written(text, span, with, rule.replace_safe));
    }
    edits
}

fn written(text: &Text, hit: Span, with: &str, safe: bool) -> Edit {
    let found = hit.of(text.folded());
    let mut words = with.to_owned();
    if words.contains(TENS) {
        let digits: String = found.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
        words = words.replace(TENS, &(digits.parse::<u32>().unwrap_or(0) / 10 * 10).to_string());
    }
    if begins_sentence(text, hit) && found.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| !c.is_lowercase()) {
        let mut letters = words.chars();
        words = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    }
    let mut bytes = text.typed(hit);
    if words.is_empty() {
        // What is taken away takes one space along.
        let source = text.source();
        let (left, right) = (source.get(..bytes.start).unwrap_or_default(), source.get(bytes.end..).unwrap_or_default());
        if left.ends_with(", ") && right.starts_with(',') {
            bytes.start -= 2;
        } else if left.ends_with(' ') {
            bytes.start -= 1;
        } else if right.starts_with(' ') {
            bytes.end += 1;
        }
    }
    Edit { bytes, with: words, safe, cut: None }
}

fn begins_sentence(text: &Text, hit: Span) -> bool {
    let folded = text.folded();
    let line = folded.get(..hit.start).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    let sentence = text.sentences().iter().find(|sentence| sentence.start <= hit.start && hit.start < sentence.end);
    let left = sentence.and_then(|sentence| folded.get(sentence.start..hit.start)).unwrap_or_default();
    let bare = |left: &str| !left.chars().any(char::is_alphanumeric);
    bare(left) || bare(line)
}

/// Words for the beginning of a post, or for its end, before a tail of tags, which few people read to its end.
fn added(text: &Text, words: &str, first: bool) -> Edit {
    let source = text.source();
    let line = if source.contains("\r\n") { "\r\n" } else { "\n" };
    if first {
        return Edit { bytes: Span::new(0, 0), with: format!("{words}{line}{line}"), safe: true, cut: None };
    }
    let end = before_tags(source);
    Edit { bytes: Span::new(end, end), with: format!("{line}{line}{words}"), safe: true, cut: None }
}

/// The end of the last line that holds more than tags; of the last line if all are such.
fn before_tags(source: &str) -> usize {
    let mut end = source.trim_end().len();
    let whole = end;
    while let Some(rest) = source.get(..end) {
        let start = rest.rfind('\n').map_or(0, |at| at + 1);
        let tags = rest.get(start..).is_some_and(|line| line.split_whitespace().all(|word| word.starts_with('#') && word.len() > 1));
        if !tags {
            return end;
        }
        match start {
            0 => return whole,
            _ => end = rest.get(..start).unwrap_or_default().trim_end().len(),
        }
    }
    whole
}

/// Words that stand too far down, at the beginning: a tag by itself, other words with their sentence.
fn moved(text: &Text, found: Span) -> Option<Edit> {
    let source = text.source();
    let line = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let typed = text.typed(found);
    let tag = typed.of(source).starts_with('#');
    let piece = if tag { typed } else { sentence(text, found)? };
    let words = piece.of(source);
    let top = source.len() - source.trim_start().len();
    let with = if tag { format!("{words} ") } else { format!("{words}{line}{line}") };
    (piece.start > top).then(|| Edit { bytes: Span::new(top, top), with, safe: true, cut: Some(with_gap(source, piece)) })
}

/// The typed sentence around a span, without the white space around it, on its own line.
fn sentence(text: &Text, found: Span) -> Option<Span> {
    let whole = text.sentences().iter().find(|sentence| sentence.overlaps(found))?;
    let (source, typed, whole) = (text.source(), text.typed(found), text.typed(*whole));
    let start = source.get(whole.start..typed.start)?.rfind('\n').map_or(whole.start, |at| whole.start + at + 1);
    let end = source.get(typed.end..whole.end)?.find('\n').map_or(whole.end, |at| typed.end + at);
    let piece = source.get(start..end)?;
    let lead = piece.len() - piece.trim_start().len();
    Some(Span::new(start + lead, start + piece.trim_end().len()))
}

/// A piece with the white space that would be left over: its line with the blank lines before it, or the spaces on one side.
fn with_gap(source: &str, piece: Span) -> Span {
    let (left, right) = (source.get(..piece.start).unwrap_or_default(), source.get(piece.end..).unwrap_or_default());
    let spaces = |c: char| c == ' ' || c == '\t';
    let (before, after) = (left.trim_end_matches(spaces), right.trim_start_matches(spaces));
    let alone = (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with(['\n', '\r']));
    match () {
        () if alone && after.trim().is_empty() => Span::new(left.trim_end().len(), piece.end),
        () if alone => Span::new(piece.start, source.len() - after.trim_start().len()),
        () if before.len() < left.len() => Span::new(before.len(), piece.end),
        () => Span::new(piece.start, source.len() - after.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(source: &str, edit: &Edit) -> String {
        let mut text = source.to_owned();
        if let Some(cut) = edit.cut {
            text.replace_range(cut.start..cut.end, "");
        }
        text.replace_range(edit.bytes.start..edit.bytes.end, &edit.with);
        text
    }

    #[test]
    fn words_that_stand_too_far_down_go_to_the_top() {
        for (source, found, after) in [
            ("Nice cream.\n\n#ad #glow", "#ad", "#ad Nice cream.\n\n#glow"),
            ("Nice cream.\n\n#ad\n", "#ad", "#ad Nice cream.\n"),
            ("Nice. #glow #ad", "#ad", "#ad Nice. #glow"),
            ("Nice.\r\n\r\nI am paid by Skinco. Bye.\r\n", "paid", "I am paid by Skinco.\r\n\r\nNice.\r\n\r\nBye.\r\n"),
            ("Nice.\nI am paid by Skinco.\nBye.", "paid", "I am paid by Skinco.\n\nNice.\nBye."),
        ] {
            let text = Text::new(source);
            let at = source.find(found).unwrap();
            let edit = moved(&text, Span::new(at, at + found.len())).unwrap();
            assert_eq!(apply(source, &edit), after);
        }
        assert!(moved(&Text::new("#ad Nice."), Span::new(0, 3)).is_none());
    }

    #[test]
    fn words_are_added_before_a_tail_of_tags() {
        for (source, after) in [
            ("Sleep well.\n", "Sleep well.\n\nW\n"),
            ("Sleep well.\n\n#sleep #health\n", "Sleep well.\n\nW\n\n#sleep #health\n"),
            ("Sleep well. #sleep", "Sleep well. #sleep\n\nW"),
            ("#sleep", "#sleep\n\nW"),
        ] {
            assert_eq!(apply(source, &added(&Text::new(source), "W", false)), after);
        }
    }
}
