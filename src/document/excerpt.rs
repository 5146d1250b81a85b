//! Cuts out the lines around a finding.

use crate::finding::Excerpt;
use crate::span::Span;

/// The typed lines of `text` that `primary` stands on, or a window of [`Excerpt::WIDTH`] characters when one of them is longer. `first_line` is told
/// by `line_of`, which gives the line in the file of a byte of `text`.
pub(super) fn cut(text: &str, primary: Span, labels: &[Span], line_of: impl Fn(usize) -> usize) -> Excerpt {
    let lines = lines_around(text, primary);
    let wide = |line: &str| line.len() > Excerpt::WIDTH && line.chars().nth(Excerpt::WIDTH).is_some();
    let long = lines.len() > LONGEST || lines.of(text).split(['\n', '\r']).any(wide);
    let shown = if long { window(text, lines, primary) } else { lines };
    let (open, close) = (if shown.start > lines.start { "…" } else { "" }, if shown.end < lines.end { "…" } else { "" });
    let inside = |span: Span| {
        let clipped = Span::new(span.start.clamp(shown.start, shown.end), span.end.clamp(shown.start, shown.end));
        let shift = |at: usize| at - shown.start + open.len();
        Span::new(shift(clipped.start), shift(clipped.end))
    };
    let labels = labels.iter().map(|label| shown.overlaps(*label).then(|| inside(*label))).collect();
    Excerpt { text: format!("{open}{}{close}", shown.of(text)), first_line: line_of(shown.start), primary: inside(primary), labels }
}

/// Bytes of whole lines that are shown; a match over more lines shows its beginning.
const LONGEST: usize = 10 * Excerpt::WIDTH;

/// Bytes that are looked at before and after a match: more than any window, so that findings in one endless line stay cheap.
const REACH: usize = 4 * Excerpt::WIDTH + 64;

/// Whole lines, without the last line's end; of a longer line a part that a window fits in.
fn lines_around(text: &str, primary: Span) -> Span {
    let from = boundary(text, primary.start.saturating_sub(REACH));
    let before = Span::new(from, primary.start).of(text);
    let start = before.rfind(['\n', '\r']).map_or(from, |at| from + at + 1);
    // A span that ends with its line's end does not show the next line.
    let last = primary.end - primary.of(text).chars().next_back().map_or(0, char::len_utf8);
    let to = boundary(text, primary.end.saturating_add(REACH).min(text.len()));
    let end = Span::new(last, to).of(text).find(['\n', '\r']).map_or(to, |at| last + at);
    Span::new(start, end)
}

/// The character boundary at or before a byte.
fn boundary(text: &str, byte: usize) -> usize {
    (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// [`Excerpt::WIDTH`] characters with the match in the middle; of a longer match its beginning.
fn window(text: &str, lines: Span, primary: Span) -> Span {
    let chars = primary.of(text).chars().take(Excerpt::WIDTH).count();
    let margin = (Excerpt::WIDTH - chars) / 2;
    let left = Span::new(lines.start, primary.start).of(text);
    let line = left.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let left = left.get(line..).unwrap_or("");
    let start = left.char_indices().rev().take(margin).last().map_or(left.len(), |(at, _)| at);
    let start = lines.start + line + start;
    let right = Span::new(start, lines.end).of(text);
    let end = right.char_indices().nth(Excerpt::WIDTH).map_or(lines.end, |(at, _)| start + at);
    Span::new(start, end.max(primary.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, find: &str) -> (String, String) {
        let start = text.find(find).unwrap();
        let excerpt = cut(text, Span::new(start, start + find.len()), &[], |_| 1);
        (excerpt.primary.of(&excerpt.text).to_owned(), excerpt.text)
    }

    #[test]
    fn shows_whole_lines() {
        assert_eq!(shown("one\r\ntwo three\r\nfour", "three"), ("three".into(), "two three".into()));
        assert_eq!(shown("one\ntwo\nthree", "ne\ntw"), ("ne\ntw".into(), "one\ntwo".into()));
        let text = "a\nb\nc";
        let excerpt = cut(text, Span::new(2, 3), &[Span::new(0, 1), Span::new(2, 3)], |at| at);
        assert_eq!((excerpt.first_line, excerpt.labels), (2, vec![None, Some(Span::new(0, 1))]));
    }

    #[test]
    fn shows_a_window_of_a_long_line() {
        let text = format!("first\n{} needle {}\nlast", "é".repeat(500), "日".repeat(500));
        let (primary, all) = shown(&text, "needle");
        assert_eq!(primary, "needle");
        assert!(all.starts_with("…é") && all.ends_with("日…") && all.chars().count() == Excerpt::WIDTH + 2, "{all}");
        let (primary, all) = shown(&text, "needle 日");
        assert!(all.contains(&primary) && primary.starts_with("needle"));
        let (primary, all) = shown(&"x".repeat(900), &"x".repeat(600));
        assert_eq!((primary.len(), all.chars().count()), (200, 201));
    }
}
