//! Finds characters that nobody sees, and letters in a costume: both are used to slip words past filters, and both harm screen readers.

use super::letters;
use crate::span::Span;

/// Characters that leave no mark on the page, control characters among them.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control() && !c.is_whitespace() || is_format(c)
}

/// Whether a reader sees nothing of the text.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c) || c == '\u{2800}')
}

fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Bytes of every hidden character of `text`, in order, except where a script or an emoji needs it.
pub(super) fn characters(text: &str) -> Vec<Span> {
    if text.bytes().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut before = None;
    let mut in_flag = false;
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        in_flag = c == '\u{1f3f4}' || in_flag && is_tag(c);
        let after = rest.peek().map(|(_, next)| *next);
        if is_invisible(c) && !in_flag && !is_needed(c, before, after) {
            found.push(Span::new(at, at + c.len_utf8()));
        }
        before = Some(c);
    }
    found
}

/// Bytes of every styled letter of `text`, in order.
pub(super) fn styled(text: &str) -> Vec<Span> {
    if text.is_ascii() {
        return Vec::new();
    }
    text.char_indices().filter(|(_, c)| letters::is_styled(*c)).map(|(at, c)| Span::new(at, at + c.len_utf8())).collect()
}

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0020}'..='\u{e007f}')
}

/// Whether the neighbours need the character: a joiner or selector in an emoji, a joiner or direction mark in a script that has them.
fn is_needed(c: char, before: Option<char>, after: Option<char>) -> bool {
    let foreign = |c: Option<char>| c.is_some_and(|c| c > '\u{58f}' && c.is_alphabetic());
    let picture = |c: Option<char>| c.is_some_and(|c| c > '\u{a8}' && !c.is_alphanumeric() && !is_invisible(c) || matches!(c, '\u{fe0f}'));
    match c {
        // Debris of a wrong encoding, see `mojibake`: nobody put it there to hide.
        '\u{80}'..='\u{9f}' => true,
        '\u{fe00}'..='\u{fe0f}' => {
            picture(before) || foreign(before) || matches!(before, Some('0'..='9' | '#' | '*')) && after == Some('\u{20e3}')
        }
        '\u{200d}' => picture(before) && picture(after) || foreign(before),
        '\u{200c}' => foreign(before) && foreign(after),
        '\u{200e}' | '\u{200f}' | '\u{61c}' => foreign(before) || foreign(after),
        '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180f}' | '\u{17b4}' | '\u{17b5}' => foreign(before),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_hides_and_what_is_dressed_up() {
        for (text, hidden, dressed) in [
            ("plain", 0, 0),
            ("st\u{200b}op yo\u{ad}ur m\u{200d}eds\u{202e}", 4, 0),
            ("👩‍⚕️ ❤️ 1️⃣ 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f} می\u{200c}خواهم", 0, 0),
            ("a\u{fe0f}\u{7}\u{1b}", 3, 0),
            ("𝗯𝗼𝗹𝗱 ⓒ ｃ ᴄ ᶜ é ½ ™ ℹ 🇺🇸 Ⅳ", 0, 8),
        ] {
            assert_eq!((characters(text).len(), styled(text).len()), (hidden, dressed), "{text}");
        }
    }
}
