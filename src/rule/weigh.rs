//! How long a post is to a platform. X weighs characters, Mastodon shortens links and mentions, others count characters or what a reader sees.

use super::urls::urls;
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// How a platform counts length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Count {
    /// Unicode scalar values.
    Characters,
    /// What a reader counts as one character.
    Graphemes,
    /// X: twitter-text 3 with its third configuration.
    Weighted,
    /// Mastodon: graphemes; a link counts the same whatever its length, `@user@server` counts as `@user`.
    Mastodon,
    /// UTF-16 code units.
    Utf16,
}

/// A text measured against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// In the platform's units.
    pub length: usize,
    /// First byte of the text that is too much.
    pub over: Option<usize>,
    /// First byte of a character that X refuses whatever the length.
    pub refused: Option<usize>,
}

/// What X counts for every link.
pub const LINK: usize = 23;
/// What X counts for a character outside [`NARROW`], and for an emoji.
pub const WIDE: usize = 2;
/// Characters that X counts as one.
pub const NARROW: [(u32, u32); 4] = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)];

/// Measures a text. `link` is what a link costs on Mastodon; X has its own number.
pub fn measure(text: &str, count: Count, limit: usize, link: Option<usize>) -> Measure {
    match count {
        Count::Characters => sum(text.char_indices().map(|(at, _)| (at, 1)), limit),
        Count::Utf16 => sum(text.char_indices().map(|(at, c)| (at, c.len_utf16())), limit),
        Count::Graphemes => sum(text.grapheme_indices(true).map(|(at, _)| (at, 1)), limit),
        Count::Mastodon => sum(fediverse(text, link), limit),
        Count::Weighted => weigh(text, limit, true),
    }
}

/// Measures a text as X does (twitter-text, `parseTweet`). `emoji` is set since its third configuration: an emoji counts as [`WIDE`] as a whole.
pub fn weigh(text: &str, limit: usize, emoji: bool) -> Measure {
    let (composed, places) = composed(text);
    let typed = |at: usize| {
        let index = places.partition_point(|(composed, _)| *composed <= at);
        index.checked_sub(1).and_then(|index| places.get(index)).map_or(at, |(_, typed)| *typed)
    };
    let refused = composed.find(['\u{fffe}', '\u{feff}', '\u{ffff}']);
    let measure = sum(weights(&composed, emoji), limit);
    Measure { over: measure.over.map(typed), refused: refused.map(typed), ..measure }
}

/// Adds up what stands where.
fn sum(parts: impl IntoIterator<Item = (usize, usize)>, limit: usize) -> Measure {
    let mut measure = Measure { length: 0, over: None, refused: None };
    for (at, weight) in parts {
        measure.length += weight;
        if measure.length > limit && measure.over.is_none() {
            measure.over = Some(at);
        }
    }
    measure
}

/// The text in Unicode's composed form (NFC), and where its pieces stand in the original when the two differ.
fn composed(text: &str) -> (Cow<'_, str>, Vec<(usize, usize)>) {
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return (Cow::Borrowed(text), Vec::new());
    }
    let (mut whole, mut places) = (String::with_capacity(text.len()), Vec::new());
    for (at, cluster) in text.grapheme_indices(true) {
        places.push((whole.len(), at));
        whole.extend(cluster.nfc());
    }
    (Cow::Owned(whole), places)
}

/// Byte and weight of every link, emoji and other character of a composed text.
fn weights(text: &str, emoji: bool) -> Vec<(usize, usize)> {
    let mut links = urls(text, true).into_iter().peekable();
    let (mut parts, mut at) = (Vec::new(), 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, weight) = match links.next_if(|link| link.start == at) {
            Some(link) => (link.len(), LINK),
            None => match emoji_length(rest).filter(|_| emoji) {
                Some(length) => (length, WIDE),
                None => rest.chars().next().map_or((rest.len(), 0), |c| (c.len_utf8(), weight(c))),
            },
        };
        parts.push((at, weight));
        at += length;
    }
    parts
}

fn weight(c: char) -> usize {
    let narrow = NARROW.iter().any(|(from, to)| (*from..=*to).contains(&u32::from(c)));
    if narrow { 1 } else { WIDE }
}

/// Bytes of the emoji at the start: a picture with its skin tone, tags and what zero-width joiners tie to it; a flag; a keycap.
fn emoji_length(rest: &str) -> Option<usize> {
    let mut chars = rest.chars().peekable();
    let first = chars.next()?;
    let mut length = first.len_utf8();
    match first {
        '0'..='9' | '#' | '*' => {
            length += chars.next_if_eq(&SHOWN_AS_PICTURE).map_or(0, char::len_utf8);
            return (chars.next() == Some('\u{20e3}')).then_some(length + 3);
        }
        '\u{1f1e6}'..='\u{1f1ff}' => return chars.next().filter(|c| matches!(c, '\u{1f1e6}'..='\u{1f1ff}')).map(|_| length + 4),
        '©' | '®' if chars.peek() != Some(&SHOWN_AS_PICTURE) => return None,
        _ if !is_picture(first) || chars.peek() == Some(&'\u{fe0e}') => return None,
        _ => {}
    }
    loop {
        while let Some(c) = chars.next_if(|c| matches!(c, &SHOWN_AS_PICTURE | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')) {
            length += c.len_utf8();
        }
        match (chars.next(), chars.next()) {
            (Some('\u{200d}'), Some(tied)) if is_picture(tied) => length += 3 + tied.len_utf8(),
            _ => return Some(length),
        }
    }
}

const SHOWN_AS_PICTURE: char = '\u{fe0f}';

/// Whether an emoji may begin with it. Single characters outside the Latin range weigh the same anyway, so the blocks need not be exact.
fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0xa9 | 0xae | 0x203c | 0x2049 | 0x2122 | 0x2139 | 0x2190..=0x2bff | 0x3030 | 0x303d | 0x3297 | 0x3299 | 0x1f000..=0x1faff)
}

/// Byte and weight of every link and visible character; what stands within a link or names a server weighs nothing.
fn fediverse(text: &str, link: Option<usize>) -> Vec<(usize, usize)> {
    let links = urls(text, false);
    let servers: Vec<Span> = text.match_indices('@').filter_map(|(at, _)| server(text, at)).collect();
    let weight = |at: usize| match within(&links, at) {
        Some(whole) => usize::from(whole.start == at) * link.unwrap_or(LINK),
        None => usize::from(within(&servers, at).is_none()),
    };
    text.grapheme_indices(true).map(|(at, _)| (at, weight(at))).collect()
}

/// The span that holds a byte; spans are in order.
fn within(spans: &[Span], at: usize) -> Option<Span> {
    let before = spans.partition_point(|span| span.start <= at);
    spans.get(before.checked_sub(1)?).copied().filter(|span| at < span.end)
}

/// `@server` of the mention `@user@server` that begins at `at`.
fn server(text: &str, at: usize) -> Option<Span> {
    let glued = text.get(..at)?.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '_' | '@'));
    let rest = text.get(at + 1..)?;
    let name = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|name| *name > 0 && !glued)?;
    let host = rest.get(name..)?.strip_prefix('@')?;
    let run = host.get(..host.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(host.len()))?;
    let run = run.trim_end_matches(['.', '-']);
    (!run.is_empty()).then(|| Span::new(at + 1 + name, at + 2 + name + run.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x_weighs() {
        let family = "👩\u{200d}👩\u{200d}👧";
        for (text, length) in [
            ("", 0),
            ("Sleep well", 10),
            ("Read clinic.example.org/a-very-long-address-about-sleep now", 5 + 23 + 4),
            ("睡眠", 4),
            ("café", 4),
            ("cafe\u{301}", 4),
            ("🩺 check", 8),
            (family, 2),
            ("👍🏽🇨🇦5\u{fe0f}\u{20e3}", 6),
            ("❤\u{fe0f}", 2),
            ("© 2026 ©\u{fe0f}", 9),
            ("5 mg*", 5),
            ("“quoted” – …", 13),
            ("dr@clinic.org", 13),
        ] {
            assert_eq!(weigh(text, 280, true).length, length, "{text}");
        }
        assert_eq!(weigh(family, 280, false).length, 8);
    }

    #[test]
    fn says_where_it_is_too_much() {
        for (text, count, limit, over) in [
            ("abcdef", Count::Weighted, 4, Some(4)),
            ("abcdef", Count::Weighted, 6, None),
            ("cafe\u{301} now", Count::Weighted, 4, Some(6)),
            ("ab 👩\u{200d}👩\u{200d}👧!", Count::Weighted, 4, Some(3)),
            ("ab a.org c", Count::Weighted, 25, Some(3)),
            ("ab a.org c", Count::Characters, 9, Some(9)),
            ("a👍🏽b", Count::Graphemes, 2, Some(9)),
            ("a👍b", Count::Utf16, 3, Some(5)),
            ("a👍b", Count::Utf16, 2, Some(1)),
        ] {
            assert_eq!(measure(text, count, limit, None).over, over, "{text}");
        }
        assert_eq!(weigh("ab\u{feff}c", 280, true).refused, Some(2));
    }

    #[test]
    fn mastodon_shortens_links_and_mentions() {
        for (text, length) in [
            ("Hi @dr_lee@social.example.org!", 3 + 7 + 1),
            ("@a@b.org.", 3),
            ("@a @b", 5),
            ("mail dr@clinic.org", 18),
            ("https://clinic.example.org/a-very-long-address", 23),
            ("clinic.example.org/a-very-long-address", 38),
            ("https://a.org/@b@c.org x", 25),
            ("👍🏽é", 2),
        ] {
            assert_eq!(measure(text, Count::Mastodon, 500, Some(23)).length, length, "{text}");
        }
    }
}
