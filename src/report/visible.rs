//! Shows characters that would act on a terminal, or not be seen at all, as escapes such as `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write;

/// The text with control, bidi and invisible characters escaped; joiners inside emoji and non-Latin words stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !with_previous(text).any(|(before, c)| is_hidden(c, before)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for (before, c) in with_previous(text) {
        if is_hidden(c, before) {
            escape(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Writes one hidden character as people know it.
pub(super) fn escape(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Writing to a string cannot fail.
        _ => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
    }
}

/// Whether a character must not be shown as it is; `before` is the character in front of it.
pub(super) fn is_hidden(c: char, before: Option<char>) -> bool {
    match c {
        _ if c.is_control() => true,
        // Spelling and emoji need these after letters of other scripts; among ASCII letters they only hide something.
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => before.is_none_or(|b| b.is_ascii_alphabetic() || b.is_ascii_whitespace()),
        // The flags of England, Scotland and Wales are a black flag and tags.
        '\u{e0020}'..='\u{e007f}' => !before.is_some_and(|b| b == '\u{1f3f4}' || ('\u{e0020}'..='\u{e007f}').contains(&b)),
        _ => acts_unseen(c),
    }
}

/// Format characters that show nothing or turn the direction of writing.
fn acts_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Every character with the one in front of it.
pub(super) fn with_previous(text: &str) -> impl Iterator<Item = (Option<char>, char)> {
    let mut before = None;
    text.chars().map(move |c| (before.replace(c), c))
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn escapes_what_acts_and_keeps_what_is_writing() {
        for (typed, shown) in [
            ("plain, café 🥤 中文", "plain, café 🥤 中文"),
            ("a\u{1b}[31mred", "a\\u{1b}[31mred"),
            ("two\nlines\ttab\r", "two\\nlines\\ttab\\r"),
            ("\u{202e}evil", "\\u{202e}evil"),
            ("st\u{200b}op st\u{200d}op", "st\\u{200b}op st\\u{200d}op"),
            ("👩\u{200d}⚕\u{fe0f}", "👩\u{200d}⚕\u{fe0f}"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("🏴\u{e0067}\u{e007f} x\u{e0067}", "🏴\u{e0067}\u{e007f} x\\u{e0067}"),
        ] {
            assert_eq!(visible(typed), shown);
        }
    }
}
