//! Folds words whose letters were pulled apart: Markdown marks inside, percent escapes, a hyphen at the end of a line, one letter at a time.

use super::map::Rewriter;
use crate::span::Span;

/// Drops Markdown marks between two letters: `cu**re**d`.
pub(super) fn unmark(rewriter: &mut Rewriter<'_>, text: &str) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(skip) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| is_mark(*b))) {
        let start = at + skip;
        let run = bytes.get(start..).unwrap_or(&[]);
        let len = run.iter().take_while(|b| is_mark(**b)).count();
        at = start + len;
        // One underscore joins words (`stop_smoking`), and one tilde means "about".
        let single = len == 1 && matches!(run.first(), Some(b'_' | b'~'));
        if !single && len <= 4 && letter(bytes, start.wrapping_sub(1)) && letter(bytes, at) && !alone(bytes, start, at) {
            rewriter.absorb(Span::new(start, at));
        }
    }
}

fn is_mark(b: u8) -> bool {
    matches!(b, b'*' | b'_' | b'~' | b'`')
}

/// Whether both neighbours are single letters, as in `a*b`.
fn alone(bytes: &[u8], start: usize, end: usize) -> bool {
    !letter(bytes, start.wrapping_sub(2)) && !letter(bytes, end + 1) && !bytes.get(end + 1).is_some_and(|b| is_mark(*b))
}

/// Reads percent escapes of letters inside words, outside links: `c%75red`.
pub(super) fn unescape(rewriter: &mut Rewriter<'_>, text: &str) {
    if !text.contains('%') {
        return;
    }
    let bytes = text.as_bytes();
    let mut token = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let link = piece.contains("://") || piece.contains("www.") || piece.contains(['/', '=', '?']);
        let mut at = token;
        token += piece.len();
        while !link && at < token {
            let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
            let after_number = at.checked_sub(1).and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
            let code = match (bytes.get(at), digit(at + 1), digit(at + 2)) {
                (Some(b'%'), Some(high), Some(low)) => char::from_u32(high * 16 + low),
                _ => None,
            };
            match code.filter(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '\'')).filter(|_| !after_number || escaped_before(bytes, at))
            {
                Some(c) => {
                    rewriter.replace(Span::new(at, at + 3), c.encode_utf8(&mut [0; 4]));
                    at += 3;
                }
                None => at += 1,
            }
        }
    }
}

fn escaped_before(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(3).and_then(|i| bytes.get(i)) == Some(&b'%')
}

/// Joins a word that a hyphen broke over two lines: "insu-", "lin".
pub(super) fn unwrap_lines(rewriter: &mut Rewriter<'_>, text: &str) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("-\n") {
        let before = text.get(..at).unwrap_or("");
        let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
        let fits = word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
        if fits
            && bytes.get(at.wrapping_sub(1)).is_some_and(u8::is_ascii_lowercase)
            && bytes.get(at + 2).is_some_and(u8::is_ascii_lowercase)
        {
            rewriter.absorb(Span::new(at, at + 2));
        }
    }
}

/// Joins words that were written letter by letter: "c u r e d", "c.u.r.e.d".
pub(super) fn unspace(rewriter: &mut Rewriter<'_>, text: &str) {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at + 1 < bytes.len() {
        // The separator is the rarer half of the test: two equal ones with a letter or digit between them.
        let (Some(&separator), Some(letter), Some(next)) = (bytes.get(at), bytes.get(at + 1), bytes.get(at + 2)) else { break };
        if *next != separator || !is_separator(separator) || !letter.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = spaced_start(bytes, at);
        let end = spaced_end(bytes, start, separator);
        if is_spelled(bytes, start, end) && (!matches!(separator, b'/' | b'|') || is_a_word(bytes, start, end, separator)) {
            for gap in (start + 1..end).step_by(2) {
                rewriter.absorb(Span::new(gap, gap + 1));
            }
        }
        at = end.max(at + 1);
    }
}

/// What may stand between letters written one by one.
pub(super) fn is_separator(b: u8) -> bool {
    matches!(b, b' ' | b'.' | b'-' | b'_' | b'*' | b'+' | b'~' | b'|' | b'/')
}

/// One past the last letter of the row that starts at `start` and has `separator` after every letter.
fn spaced_end(bytes: &[u8], start: usize, separator: u8) -> usize {
    let single = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let mut end = start + 1;
    while bytes.get(end) == Some(&separator) && single(end + 1) {
        if bytes.get(end + 2).is_some_and(|b| !b.is_ascii() || b.is_ascii_alphanumeric() || *b == b'\'') {
            // The next word is longer than a letter.
            return end;
        }
        end += 2;
    }
    end
}

/// First letter of the row that has a separator at `at`. The letter before it belongs to the row unless it ends a word or is the pronoun of "I c u r e d".
fn spaced_start(bytes: &[u8], at: usize) -> usize {
    let single = at.checked_sub(2).and_then(|i| bytes.get(i)).is_none_or(|b| b.is_ascii() && !b.is_ascii_alphanumeric());
    let before = bytes.get(at - 1).copied().unwrap_or(b' ');
    let pronoun = before == b'I' && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    if single && before.is_ascii_alphanumeric() && !pronoun { at - 1 } else { at + 1 }
}

/// Whether four or more letters stand there one by one, and not as an enumeration or the end of a longer word.
fn is_spelled(bytes: &[u8], start: usize, end: usize) -> bool {
    let row: Vec<u8> = (start..end).step_by(2).filter_map(|at| bytes.get(at)).map(u8::to_ascii_lowercase).collect();
    let letters = row.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let open = start.checked_sub(1).and_then(|at| bytes.get(at)).is_none_or(|b| b.is_ascii() && !b.is_ascii_alphanumeric() && *b != b'\'');
    let enumerated = row.windows(2).all(|pair| matches!(pair, [a, b] if *a < *b && b - a <= 2));
    let repeated = row.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
    open && row.first().is_some_and(u8::is_ascii_alphabetic) && row.len() >= 4 && letters * 2 > row.len() && !enumerated && !repeated
}

/// Strokes part shorthand as well ("f/c/n/v/d") and the folders of a link: what they spell must be long, have vowels, and stand alone.
fn is_a_word(bytes: &[u8], start: usize, end: usize, separator: u8) -> bool {
    let row = || (start..end).step_by(2).filter_map(|at| bytes.get(at));
    let vowels = row().filter(|b| matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u')).count();
    let count = row().count();
    let alone = bytes.get(start.wrapping_sub(1)) != Some(&separator) && bytes.get(end) != Some(&separator);
    alone && count >= 5 && vowels * 4 >= count && vowels < count
}

fn letter(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
}
