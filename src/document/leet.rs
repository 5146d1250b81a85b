//! Reads digits and signs that stand for letters: `0zempic`, `c4ncer`, `v@ccine`.
//!
//! Doses, ages and codes (B12, H1N1, HbA1c, GLP1RA, 3weeks) look alike, so a word must pass several tests before a digit becomes a letter.

use super::map::Rewriter;
use crate::span::Span;

/// The stage that turns digits and signs in words into letters.
pub(super) fn read(rewriter: &mut Rewriter<'_>, text: &str) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(skip) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| stands_for(*b).is_some())) {
        let hit = at + skip;
        let start = hit - bytes.get(..hit).map_or(0, |left| left.iter().rev().take_while(|b| in_word(**b)).count());
        let len = bytes.get(start..).map_or(0, |right| right.iter().take_while(|b| in_word(**b)).count());
        at = start + len;
        let word = bytes.get(start..at).unwrap_or(&[]);
        if is_disguised(word) && stands_free(bytes, start, at) {
            write(rewriter, start, word);
        }
    }
}

/// The letter that a digit or sign is drawn for.
fn stands_for(b: u8) -> Option<u8> {
    Some(match b {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'7' => b't',
        _ => return None,
    })
}

fn in_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'@' | b'$' | b'!')
}

/// Whether nothing is glued to the word that would make it an address, a number, a hashtag or a word of another script.
fn stands_free(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(end);
    let glued = |b: &u8| !b.is_ascii() || matches!(b, b'_' | b'/' | b'=' | b'&' | b'%');
    let part_of_name = |point: Option<&u8>, beyond: Option<&u8>| point == Some(&b'.') && beyond.is_some_and(u8::is_ascii_alphanumeric);
    !before.is_some_and(|b| glued(b) || *b == b':')
        && !after.is_some_and(glued)
        && !part_of_name(after, bytes.get(end + 1))
        && !part_of_name(before, start.checked_sub(2).and_then(|at| bytes.get(at)))
}

/// Whether the word can only be meant as letters.
fn is_disguised(word: &[u8]) -> bool {
    let word = without_exclamation(word);
    if ends_in_a_price_sign(word) {
        return true;
    }
    let letters = word.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let capitals = word.iter().filter(|b| b.is_ascii_uppercase()).count();
    let shouted = capitals == letters;
    let mixed = capitals > 1 && !shouted
        || capitals == 1 && !shouted && !word.iter().find(|b| b.is_ascii_alphabetic()).is_some_and(u8::is_ascii_uppercase);
    if word.len() < 5 || letters < 3 || mixed || !word.last().is_some_and(u8::is_ascii_alphabetic) {
        return false;
    }
    let mut seen = false;
    let mut at = 0;
    while let Some(skip) = word.get(at..).and_then(|rest| rest.iter().position(|b| !b.is_ascii_alphabetic())) {
        let start = at + skip;
        let len = word.get(start..).map_or(0, |rest| rest.iter().take_while(|b| !b.is_ascii_alphabetic()).count());
        at = start + len;
        if !fits(word, start, at, shouted) {
            return false;
        }
        seen = true;
    }
    seen
}

/// `cure$`: no price ends in its sign after so many letters.
fn ends_in_a_price_sign(word: &[u8]) -> bool {
    let Some((first, rest)) = word.strip_suffix(b"$").and_then(<[u8]>::split_first) else { return false };
    first.is_ascii_alphabetic() && rest.len() >= 3 && rest.iter().all(u8::is_ascii_lowercase) && rest.iter().any(|b| is_vowel(*b))
}

/// Final exclamation marks end a sentence.
fn without_exclamation(word: &[u8]) -> &[u8] {
    let tail = word.iter().rev().take_while(|b| **b == b'!').count();
    word.get(..word.len() - tail).unwrap_or(word)
}

/// Whether the run of digits or signs at `start..end` of the word can stand for letters.
fn fits(word: &[u8], start: usize, end: usize, shouted: bool) -> bool {
    let (run, left, right) = (word.get(start..end).unwrap_or(&[]), word.get(..start).unwrap_or(&[]), word.get(end..).unwrap_or(&[]));
    if run.len() > 2 || !run.iter().all(|b| stands_for(*b).is_some()) || names_a_unit(right) {
        return false;
    }
    let following = right.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    match (left.last(), run.first()) {
        (None, Some(b'0')) => following >= 4,
        (None, Some(b'$')) => following >= 4 && !shouted,
        (None, Some(b'1' | b'3' | b'4' | b'5' | b'7')) => following >= 4 && run.len() == 1 && cannot_begin(right),
        (None, _) => false,
        (Some(_), Some(b'!')) if left.len() <= 2 => !left.iter().any(|b| is_vowel(*b)),
        (Some(last), Some(b'!')) => run.len() == 1 && !is_vowel(*last) && ends_a_word(right),
        (Some(_), Some(b'@' | b'$')) => following >= 2 && left.len() <= 6,
        // After a vowel it is a number ("omega3s", "hba1c", "type1"); in capitals short tails are codes ("GLP1RA").
        (Some(last), _) => !is_vowel(*last) && !names_a_code(left) && (!shouted || following >= 3),
    }
}

/// Tails that stand after an `i` and are no words, so that the sign before them ends no sentence: "metform!n", "cur!ng".
fn ends_a_word(right: &[u8]) -> bool {
    const TAILS: [&[u8]; 8] = [b"n", b"ns", b"ng", b"ne", b"nes", b"c", b"cs", b"st"];
    TAILS.contains(&right)
}

fn is_vowel(b: u8) -> bool {
    matches!(b.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// Words that follow a number: "x3days", "take5mg".
fn names_a_unit(right: &[u8]) -> bool {
    const UNITS: [&[u8]; 20] = [
        b"day", b"week", b"wk", b"month", b"year", b"yr", b"hour", b"hr", b"min", b"sec", b"time", b"mg", b"mcg", b"ml", b"kg", b"lb",
        b"pm", b"am", b"th", b"x",
    ];
    UNITS.iter().any(|unit| right.len() >= unit.len() && right.iter().zip(*unit).all(|(a, b)| a.to_ascii_lowercase() == *b))
}

/// Names that a number belongs to: "glp1ra", "cd4count", "week4post".
fn names_a_code(left: &[u8]) -> bool {
    const CODES: [&str; 18] = [
        "glp", "il", "cyp", "cd", "her", "sglt", "pd", "pdl", "covid", "sars", "ifn", "week", "level", "vit", "vitamin", "cat", "post",
        "top",
    ];
    CODES.iter().any(|code| left.eq_ignore_ascii_case(code.as_bytes()))
}

/// Whether no English word begins with these two consonants, so that the digit before them must be its first letter.
fn cannot_begin(right: &[u8]) -> bool {
    const NEVER: &str = "ns nd nf nt nc nj mp mm mb ld lc lz ll lk lt ss bs bb rt rr cc ff pp";
    let pair = right.get(..2).unwrap_or(&[]).to_ascii_lowercase();
    NEVER.split(' ').any(|never| never.as_bytes() == pair)
}

fn write(rewriter: &mut Rewriter<'_>, start: usize, word: &[u8]) {
    let end = without_exclamation(word).len();
    let shouted = !word.iter().any(u8::is_ascii_lowercase);
    let word = word.get(..end).unwrap_or(word);
    for at in 0..end {
        if word.get(at).is_none_or(|b| stands_for(*b).is_none()) {
            continue;
        }
        let plain = plain(word, at);
        let capital = shouted || at == 0 && word.first() == Some(&b'0');
        let letter = char::from(if capital { plain.to_ascii_uppercase() } else { plain });
        rewriter.replace(Span::new(start + at, start + at + 1), letter.encode_utf8(&mut [0; 4]));
    }
}

/// The letter at `at`, as it is or as the digit or sign there is meant.
fn plain(word: &[u8], at: usize) -> u8 {
    let Some(&typed) = word.get(at) else { return b' ' };
    let rest = word.get(at + 1..).unwrap_or(&[]);
    // `1` is an upright stroke: `l` in "mirac1e" and "wi11", else `i`.
    let doubled = rest.first() == Some(&b'1') || at.checked_sub(1).and_then(|i| word.get(i)) == Some(&b'1');
    if typed == b'1' && (doubled || rest.eq_ignore_ascii_case(b"e")) { b'l' } else { stands_for(typed).unwrap_or(typed) }
}
