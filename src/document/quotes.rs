//! Finds what stands in quotation marks, and tells a quotation from an apostrophe.

use crate::span::Span;

/// Bytes of the longest quotation in single marks; a longer one is more likely two apostrophes.
const LONGEST_SINGLE: usize = 300;

/// The quoted stretches of folded `text` (only straight marks), the marks excluded, in order. None crosses a paragraph.
pub(super) fn find(text: &str, paragraphs: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    for paragraph in paragraphs {
        pair(text, *paragraph, b'"', usize::MAX, &mut found);
        pair(text, *paragraph, b'\'', LONGEST_SINGLE, &mut found);
    }
    found.sort();
    found
}

fn pair(text: &str, paragraph: Span, mark: u8, longest: usize, found: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut open: Option<usize> = None;
    for at in paragraph.start..paragraph.end {
        if bytes.get(at) != Some(&mark) {
            continue;
        }
        match open {
            Some(start) if at - start <= longest && closes(bytes, at) => {
                found.push(Span::new(start, at));
                open = None;
            }
            _ if opens(text, at) => open = Some(at + 1),
            _ => {}
        }
    }
}

/// An opening mark follows no word and touches one.
fn opens(text: &str, at: usize) -> bool {
    const SHORTENED: [&str; 8] = ["cause", "em", "til", "tis", "twas", "n", "cuz", "bout"];
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let after = text.get(at + 1..).unwrap_or("");
    let word = after.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let apostrophe = text.as_bytes().get(at) == Some(&b'\'')
        && (word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) || SHORTENED.contains(&word));
    !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '!' | '?'))
        && after.starts_with(|c: char| !c.is_whitespace())
        && !apostrophe
}

/// A closing mark touches what is before it; a single one is followed by no letter.
fn closes(bytes: &[u8], at: usize) -> bool {
    let space = |i: usize| bytes.get(i).is_none_or(u8::is_ascii_whitespace);
    let word = bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
    !space(at.wrapping_sub(1)) && (bytes.get(at) == Some(&b'"') || !word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_quotations_from_apostrophes_and_inches() {
        for (text, want) in [
            ("She said \"it cures all\" and 'never again', don't.", vec!["it cures all", "never again"]),
            ("the patients' rights 'cause it's 5'10\" or 6\" tall in the '90s'", vec![]),
            ("(\"one\") \"two, 'three' four\"", vec!["one", "two, 'three' four", "three"]),
            ("an open \"mark", vec![]),
        ] {
            let all = [Span::new(0, text.len())];
            assert_eq!(find(text, &all).iter().map(|s| s.of(text)).collect::<Vec<_>>(), want, "{text}");
        }
        assert!(find("\"a\n\nb\"", &[Span::new(0, 3), Span::new(4, 6)]).is_empty());
    }
}
