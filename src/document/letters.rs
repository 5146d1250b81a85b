//! Folds single characters: compatibility forms, accents, quotes, dashes, spaces, hidden characters, styled letters, look-alikes and HTML entities.
//!
//! Sources: Unicode Standard Annex #15 (compatibility decomposition), Unicode Technical Standard #39 (skeletons of look-alikes).

use super::map::Rewriter;
use super::{entities, hidden, mojibake};
use crate::span::Span;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The stage that leaves plain characters.
pub(super) fn plain(rewriter: &mut Rewriter<'_>, text: &str) {
    let mut at = 0;
    let mut out = String::new();
    while let Some(skip) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(|b| may_change(*b))) {
        at += skip;
        let rest = text.get(at..).unwrap_or("");
        let Some((c, len)) = next_character(rest) else { return };
        let span = Span::new(at, at + len);
        let alone = !is_regional(c) || !beside_regional(text, span);
        out.clear();
        match if alone { beside(c, text, span, &mut out).unwrap_or_else(|| fold(c, &mut out)) } else { Change::Keep } {
            Change::Keep if len == c.len_utf8() && rest.starts_with(c) => {}
            Change::Keep => rewriter.replace(span, c.encode_utf8(&mut [0; 4])),
            Change::Drop => rewriter.absorb(span),
            Change::Write if out.is_empty() => rewriter.absorb(span),
            Change::Write => rewriter.replace(span, &out),
        }
        at += len;
    }
}

/// Whether a character that begins with this byte may fold to another.
pub(super) fn may_change(byte: u8) -> bool {
    matches!(byte, b'&' | 0x80..|0..=8| b'\r' | 14..=31 | 127)
}

/// The character that the text begins with, and how many bytes spell it.
fn next_character(rest: &str) -> Option<(char, usize)> {
    let first = rest.chars().next()?;
    Some(match first {
        '&' => entities::decode(rest).unwrap_or((first, 1)),
        'Â' | 'Ã' | 'â' | 'ð' => mojibake::decode(rest).unwrap_or((first, first.len_utf8())),
        '\r' => ('\n', if rest.starts_with("\r\n") { 2 } else { 1 }),
        _ => (first, first.len_utf8()),
    })
}

/// What becomes of the few characters that mean something else beside certain neighbours; `None` for all others.
fn beside(c: char, text: &str, span: Span, out: &mut String) -> Option<Change> {
    if !matches!(c, '\u{ad}' | '\u{2800}' | '·' | '•' | '∙' | '⋅') && !is_parenthesised(c) {
        return None;
    }
    let mut before = text.get(..span.start).unwrap_or("").chars().rev();
    let after = text.get(span.end..).unwrap_or("");
    let mut next = after.chars();
    let (left, right) = (before.next(), next.next());
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let plain = match c {
        // A soft hyphen at the end of a line is a hyphen; see `disguise::unwrap_lines`.
        '\u{ad}' => {
            let line = after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n'));
            (letter(left) && line.is_some_and(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))).then_some('-')?
        }
        // The blank of Braille is a space between lines and paragraphs, and nothing inside a word.
        '\u{2800}' => return (letter(left) && letter(right)).then_some(Change::Drop),
        // Points between three single letters and more: "N·m" is a unit.
        '·' | '•' | '∙' | '⋅' => {
            let single = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            let (farther_left, farther_right) = (before.next(), next.next());
            let row = farther_left == Some(c) || farther_right == Some(c);
            let spelled = row && letter(left) && letter(right) && single(farther_left) && single(farther_right);
            spelled.then_some('.')?
        }
        // One alone is the number of an item.
        _ => styled(c).filter(|_| left.is_some_and(is_parenthesised) || right.is_some_and(is_parenthesised))?,
    };
    out.push(plain);
    Some(Change::Write)
}

fn is_parenthesised(c: char) -> bool {
    matches!(c, '\u{249c}'..='\u{24b5}' | '\u{1f110}'..='\u{1f129}')
}

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Keep,
    Drop,
    Write,
}

fn fold(c: char, out: &mut String) -> Change {
    if c.is_ascii() && !c.is_control() || c.is_whitespace() && c.is_ascii() || keeps(c) {
        return Change::Keep;
    }
    // The place of a picture that did not come along with the words.
    if hidden::is_invisible(c) || is_combining_mark(c) || c == '\u{fffc}' {
        return Change::Drop;
    }
    let mut first = None;
    decompose_compatible(c, |part| first = first.or(Some(part)));
    // The character itself is what a reader sees: `Ϲ` decomposes to a sigma and looks like a C.
    if !first.is_some_and(|part| part.is_ascii()) && sign(c).is_none() && look_alike(c, out) {
        return Change::Write;
    }
    decompose_compatible(c, |part| write_plain(part, out));
    let mut unchanged = [0; 4];
    if out.as_str() == &*c.encode_utf8(&mut unchanged) { Change::Keep } else { Change::Write }
}

/// Emoji, pictographs and East Asian scripts: nothing to fold, and by far the most frequent characters outside ASCII. `™` and `ℹ` stay signs.
fn keeps(c: char) -> bool {
    matches!(c, '™' | '℠' | '®' | '©' | 'ℹ' | '°' | '•' | '\u{2190}'..='\u{2211}' | '\u{2217}'..='\u{245f}' | '\u{2500}'..='\u{275a}' | '\u{275f}'..='\u{27ff}'
        | '\u{2900}'..='\u{2bff}' | '\u{3040}'..='\u{3130}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{1f000}'..='\u{1f0ff}'
        | '\u{1f200}'..='\u{1faff}')
}

/// Writes the plain form of one part of a decomposed character.
fn write_plain(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c);
    } else if let Some(plain) = sign(c).or_else(|| styled(c)) {
        out.push(plain);
    } else if !is_combining_mark(c) && !hidden::is_invisible(c) && !look_alike(c, out) {
        for lower in c.to_lowercase().filter(|lower| !is_combining_mark(*lower)) {
            if lower == c || !look_alike(lower, out) {
                out.push(lower);
            }
        }
    }
}

/// Quotes, dashes, spaces and other signs that mean a sign of the keyboard.
fn sign(c: char) -> Option<char> {
    Some(match c {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | 'ʹ' | 'ˈ' | '‹' | '›' | '´' | '❛' | '❜' | 'ꞌ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '❝' | '❞' | '〝' | '〞' => '"',
        '\u{2010}'..='\u{2015}' | '−' | '⁃' | '﹘' | '˗' | '➖' => '-',
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{2800}' | '\u{1680}' => ' ',
        '⁄' | '∕' => '/',
        '⁎' | '∗' => '*',
        'µ' | 'μ' => 'u',
        'º' => '°',
        'ı' => 'i',
        '\u{660}'..='\u{669}' => digit(c, 0x660)?,
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0)?,
        '\u{966}'..='\u{96f}' => digit(c, 0x966)?,
        _ if c.is_whitespace() => ' ',
        _ => return None,
    })
}

/// The digit of the keyboard for one of a row that begins with the zero at `zero`.
fn digit(c: char, zero: u32) -> Option<char> {
    char::from_digit(u32::from(c).checked_sub(zero)?, 10)
}

/// Letters in a costume that compatibility decomposition does not know: small capitals, white on black, in brackets, flags standing alone.
fn styled(c: char) -> Option<char> {
    const SMALL: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ\u{0}ʏᴢ";
    let from = |first: u32, base: u8| u8::try_from(u32::from(c).checked_sub(first)?).ok()?.checked_add(base).map(char::from);
    match c {
        '\u{1f110}'..='\u{1f129}' => from(0x1f110, b'A'),
        '\u{1f150}'..='\u{1f169}' => from(0x1f150, b'A'),
        '\u{1f170}'..='\u{1f189}' => from(0x1f170, b'A'),
        '\u{1f1e6}'..='\u{1f1ff}' => from(0x1f1e6, b'A'),
        '\u{249c}'..='\u{24b5}' => from(0x249c, b'a'),
        '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1d2b}' | '\u{a730}'..='\u{a7ff}' => {
            ('a'..='z').zip(SMALL.chars()).find(|(_, small)| *small == c).map(|(plain, _)| plain)
        }
        _ => None,
    }
}

/// Whether the character is a letter in a costume: bold, italic, circled, squared, full-width, raised, small capital.
pub(super) fn is_styled(c: char) -> bool {
    if c.is_ascii() || keeps(c) || matches!(c, 'ª' | 'º' | 'ℓ' | 'ſ' | '\u{2160}'..='\u{217f}') || is_regional(c) {
        return false;
    }
    let mut parts = 0;
    let mut letter = false;
    decompose_compatible(c, |part| {
        parts += 1;
        letter = part.is_ascii_alphabetic();
    });
    styled(c).is_some() || parts == 1 && letter
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

fn beside_regional(text: &str, span: Span) -> bool {
    let before = text.get(..span.start).and_then(|t| t.chars().next_back());
    let after = text.get(span.end..).and_then(|t| t.chars().next());
    before.is_some_and(is_regional) || after.is_some_and(is_regional)
}

/// Writes the Latin letters that `c` looks like, if it looks like any.
fn look_alike(c: char, out: &mut String) -> bool {
    if !c.is_alphabetic() {
        return false;
    }
    // Letters of African languages and of the phonetic alphabet, which the skeletons keep apart.
    if let Some(plain) = match c {
        'ɛ' => Some('e'),
        'ɔ' => Some('o'),
        'ʉ' => Some('u'),
        _ => None,
    } {
        out.push(plain);
        return true;
    }
    let mut buffer = [0; 4];
    let skeleton: String = unicode_security::skeleton(c.encode_utf8(&mut buffer)).filter(|part| !is_combining_mark(*part)).collect();
    if skeleton.is_empty() || !skeleton.bytes().all(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    match skeleton.as_str() {
        // Skeletons hold `l` for every upright stroke and `rn` for `m`.
        "l" if c.is_uppercase() => out.push('I'),
        "rn" => out.push('m'),
        other => out.push_str(other),
    }
    true
}
