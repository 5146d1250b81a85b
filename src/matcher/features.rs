//! What a model weighs: the words of a text, pairs of neighbours, pairs with one word between, and the beginnings of longer words.

use crate::document::{Text, Word, WordKind, words};
use crate::span::Span;

/// A feature as a number: words hash as they do in phrases.
pub(super) type Key = u32;

/// A feature of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    pub(super) key: Key,
    /// Bytes in the folded text.
    pub(super) span: Span,
}

/// What stands for every number, for the start of a text and for a blank line.
const NUMBER: &str = "#";
const START: &str = "^";
const BLANK: &str = "¶";
/// Of a longer word its beginnings of so many letters are features as well, which bring its inflections together.
const BEGINNINGS: [usize; 2] = [4, 5];
/// Ends the beginning of a word in a file.
const CUT: char = '*';
/// Stands in a file for the word between two others.
const BETWEEN: &str = "_";

/// A word, sign, quotation mark or emoji.
#[derive(Clone, Copy)]
struct Mark {
    hash: u64,
    /// The hashes of its [`BEGINNINGS`].
    beginnings: [Option<u64>; BEGINNINGS.len()],
    span: Span,
}

impl Mark {
    fn new(hash: u64, span: Span) -> Self {
        Self { hash, beginnings: [None; BEGINNINGS.len()], span }
    }
}

/// Hands over the features of a text in order, and whether a paragraph begins with one. They are never kept together: there are several for each word.
pub(super) fn each(text: &Text, mut take: impl FnMut(Feature, bool)) {
    let (mut before, mut last_but_one) = (Mark::new(words::hash(START), Span::new(0, 0)), None::<Mark>);
    let mut begun = false;
    each_mark(text, |mark, starts_paragraph| {
        take(Feature { key: low(mark.hash), span: mark.span }, starts_paragraph);
        take(Feature { key: pair(before.hash, mark.hash), span: Span::new(before.span.start, mark.span.end) }, false);
        if let Some(first) = last_but_one {
            take(Feature { key: around(first.hash, mark.hash), span: Span::new(first.span.start, mark.span.end) }, false);
        }
        for hash in mark.beginnings.into_iter().flatten() {
            take(Feature { key: begin(hash), span: mark.span }, false);
        }
        last_but_one = begun.then_some(before);
        (before, begun) = (mark, true);
    });
}

/// Hands over every mark, and whether a paragraph begins with it.
fn each_mark(text: &Text, mut take: impl FnMut(Mark, bool)) {
    let (folded, mut at) = (text.folded(), 0);
    for word in text.words() {
        between(folded, Span::new(at, word.span.start), &mut take);
        if word.starts_paragraph {
            take(Mark::new(words::hash(BLANK), Span::new(word.span.start, word.span.start)), true);
        }
        take(of_word(word, folded), false);
        at = word.span.end;
    }
    between(folded, Span::new(at, folded.len()), &mut take);
}

fn of_word(word: &Word, folded: &str) -> Mark {
    let hash = if word.kind == WordKind::Number { words::hash(NUMBER) } else { word.hash };
    let beginning = |letters: usize| {
        let long = word.of(folded).char_indices().nth(letters).filter(|_| word.kind == WordKind::Letters);
        long.and_then(|(end, _)| word.of(folded).get(..end)).map(words::hash)
    };
    Mark { hash, beginnings: BEGINNINGS.map(beginning), span: word.span }
}

/// The quotation marks and emoji between two words.
fn between(folded: &str, gap: Span, take: &mut impl FnMut(Mark, bool)) {
    for (offset, sign) in gap.of(folded).char_indices() {
        let hidden = matches!(sign, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
        if sign == '"' || !sign.is_ascii() && !sign.is_whitespace() && !hidden {
            let span = Span::new(gap.start + offset, gap.start + offset + sign.len_utf8());
            take(Mark::new(words::hash(span.of(folded)), span), false);
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "the low half of a hash is a hash")]
fn low(hash: u64) -> Key {
    (hash ^ hash >> 32) as u32
}

fn pair(first: u64, second: u64) -> Key {
    low(first.rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ second)
}

/// Two words with one between them.
fn around(first: u64, last: u64) -> Key {
    low(first.rotate_left(41).wrapping_mul(0x9fb2_1c65_1e98_df25) ^ last)
}

fn begin(hash: u64) -> Key {
    low(hash.wrapping_mul(0xff51_afd7_ed55_8ccd))
}

/// Stands before the name of what was found.
const FOUND: char = '@';

/// The feature that something was found.
pub(super) fn found(name: &str) -> Key {
    low(words::hash(name).rotate_left(31).wrapping_mul(0xc4ce_b9fe_1a85_ec53))
}

/// The feature that a file spells: `word`, `two words`, `one _ between`, `begin*` or `@found`.
pub(super) fn spelled(spelling: &str) -> Key {
    if let Some(name) = spelling.strip_prefix(FOUND).filter(|name| !name.is_empty() && !name.contains(' ')) {
        return found(name);
    }
    if let Some(beginning) = spelling.strip_suffix(CUT).filter(|beginning| BEGINNINGS.contains(&beginning.chars().count())) {
        return begin(words::hash(beginning));
    }
    let parts: Vec<&str> = spelling.split(' ').collect();
    match parts.as_slice() {
        [first, second] => pair(words::hash(first), words::hash(second)),
        [first, BETWEEN, last] => around(words::hash(first), words::hash(last)),
        _ => low(words::hash(spelling)),
    }
}

/// The features of a text as a file spells them, in no order that matters: what a model is made from.
pub fn spell(text: &Text) -> Vec<String> {
    let folded = text.folded();
    let blank = words::hash(BLANK);
    let name = |mark: &Mark| match mark.span.of(folded).to_ascii_lowercase() {
        _ if mark.hash == blank => BLANK.to_owned(),
        word if mark.hash == words::hash(NUMBER) && word != NUMBER => NUMBER.to_owned(),
        word => word,
    };
    let (mut spelled, mut before, mut last_but_one) = (Vec::new(), START.to_owned(), None::<String>);
    let mut begun = false;
    each_mark(text, |mark, _| {
        let word = name(&mark);
        spelled.push(format!("{before} {word}"));
        spelled.extend(last_but_one.take().map(|first| format!("{first} {BETWEEN} {word}")));
        let long = BEGINNINGS.iter().zip(mark.beginnings).filter(|(_, hash)| hash.is_some());
        spelled.extend(long.map(|(letters, _)| word.chars().take(*letters).chain([CUT]).collect()));
        spelled.push(word.clone());
        let last = std::mem::replace(&mut before, word);
        last_but_one = begun.then_some(last);
        begun = true;
    });
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_spells_what_a_text_holds() {
        for source in ["Took 5 vitamins, \"great\" 🙂👍🏽", "It's her own.\n\nNobody's?  1,000 x #Tag", "", "¶", "naïve 日本 c̶u̶r̶e̶s̶"]
        {
            let text = Text::new(source);
            let mut read = Vec::new();
            each(&text, |feature, _| read.push(feature.key));
            let mut written: Vec<Key> = spell(&text).iter().map(|spelling| spelled(spelling)).collect();
            read.sort_unstable();
            written.sort_unstable();
            assert_eq!(read, written, "{source}");
        }
        let mut paragraphs = 0;
        each(&Text::new("a b\n\nc\n\n\nd"), |_, starts| paragraphs += usize::from(starts));
        assert_eq!(paragraphs, 2);
        let text = Text::new("Stop 5 vitamins 🙂");
        assert!(
            ["stop", "stop #", "# vitamins", "stop _ vitamins", "vita*", "vitam*", "🙂", "^ stop"]
                .iter()
                .all(|want| spell(&text).iter().any(|found| found == want))
        );
    }
}
