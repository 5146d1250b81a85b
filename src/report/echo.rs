//! Chooses and shows the words of a draft that go under a finding: rows no wider than the page, with the marks that belong to them.
//!
//! Carets must stand under the words on every terminal, so what terminals draw with differing widths is made plain: tabs become four
//! spaces, hidden characters escapes, and joiners, variation selectors and skin tones of emoji are left out.

use super::visible::{escape, is_hidden, with_previous};
use crate::finding::{Excerpt, Label};
use crate::span::Span;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// Lines shown of a finding that covers many: all but the last of these from its beginning.
const MOST_LINES: usize = 5;

/// One row of the page: a line of the draft, or the part of it that fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    /// 1-based line in the file.
    pub(super) line: usize,
    /// What to show.
    pub(super) text: String,
    /// What to underline; never empty.
    pub(super) marks: Vec<Mark<'a>>,
}

/// One underlined part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark<'a> {
    /// Bytes of the row's text (of the excerpt while rows are being made).
    pub(super) bytes: Range<usize>,
    /// The finding itself, or one of its labels.
    pub(super) primary: bool,
    /// What to write beside it.
    pub(super) label: Option<&'a str>,
}

/// The rows of an excerpt, at most `width` columns wide each, labels included where they fit.
pub(super) fn rows<'a>(excerpt: &Excerpt, labels: &'a [Label], width: usize) -> Vec<Row<'a>> {
    let marks = marks(excerpt, labels);
    let mut rows = Vec::new();
    for (line, span) in marked_lines(&excerpt.text, excerpt.first_line, &marks) {
        let cells = cells(span.of(&excerpt.text), span.start);
        let mut here: Vec<Placed> = marks.iter().filter(|m| touches(m, span)).map(|m| place(m, span, &cells)).collect();
        here.sort_by_key(|p| (p.cells.start, p.cells.end));
        for group in groups(here, &cells, width) {
            rows.push(row(line, &cells, &group, width));
        }
    }
    rows
}

/// The finding and its labels; a label on the very words of the finding becomes the finding's own.
fn marks<'a>(excerpt: &Excerpt, labels: &'a [Label]) -> Vec<Mark<'a>> {
    let mut marks = vec![Mark { bytes: excerpt.primary.start..excerpt.primary.end, primary: true, label: None }];
    for (label, span) in labels.iter().zip(&excerpt.labels) {
        let Some(span) = *span else { continue };
        match marks.first_mut() {
            Some(primary) if span == excerpt.primary && primary.label.is_none() => primary.label = Some(&label.text),
            _ => marks.push(Mark { bytes: span.start..span.end, primary: false, label: Some(&label.text) }),
        }
    }
    marks
}

/// Line number and bytes of each line that carries a mark, without its line ending; the middle of a long stretch is left out.
fn marked_lines(text: &str, first: usize, marks: &[Mark]) -> Vec<(usize, Span)> {
    let mut marked: Vec<_> = lines(text).into_iter().enumerate().map(|(i, span)| (first + i, span)).collect();
    marked.retain(|(_, span)| marks.iter().any(|m| touches(m, *span)));
    if marked.len() > MOST_LINES {
        marked.drain(MOST_LINES - 1..marked.len() - 1);
    }
    marked
}

/// Bytes of every line; CR LF, LF and CR end one.
fn lines(text: &str) -> Vec<Span> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\n' || c == '\r' {
            lines.push(Span::new(start, at));
            if c == '\r' {
                chars.next_if(|(_, next)| *next == '\n');
            }
            start = chars.peek().map_or(text.len(), |(at, _)| *at);
        }
    }
    lines.push(Span::new(start, text.len()));
    lines
}

/// Whether a mark has a part on the line; one that covers nothing stands where it begins.
fn touches(mark: &Mark, line: Span) -> bool {
    let Range { start, end } = mark.bytes;
    (start < line.end && end > line.start) || (start == end && line.start <= start && start <= line.end)
}

/// One character as shown.
struct Cell {
    /// Its first byte in the excerpt.
    at: usize,
    text: String,
    /// Columns of the line up to and with this character.
    right: usize,
}

fn cells(line: &str, start: usize) -> Vec<Cell> {
    let mut right = 0;
    let at = line.char_indices().map(|(at, _)| start + at);
    let cell = |(at, (before, c))| {
        let text = shown(before, c);
        right += text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        Cell { at, text, right }
    };
    at.zip(with_previous(line)).map(cell).collect()
}

/// What stands for a character; nothing for one that terminals disagree on.
fn shown(before: Option<char>, c: char) -> String {
    let mut text = String::new();
    match c {
        '\t' => text.push_str("    "),
        _ if is_hidden(c, before) => escape(c, &mut text),
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' => {}
        _ => text.push(c),
    }
    text
}

/// A mark as a range of cells of its line.
struct Placed<'a> {
    cells: Range<usize>,
    primary: bool,
    label: Option<&'a str>,
}

fn place<'a>(mark: &Mark<'a>, line: Span, cells: &[Cell]) -> Placed<'a> {
    let cell_at = |byte: usize| cells.iter().position(|c| c.at >= byte).unwrap_or(cells.len());
    // A label is written where its mark begins, not again on every line that the mark covers.
    let label = mark.label.filter(|_| mark.bytes.start >= line.start);
    Placed { cells: cell_at(mark.bytes.start)..cell_at(mark.bytes.end), primary: mark.primary, label }
}

fn columns(cells: &[Cell], range: Range<usize>) -> usize {
    let right = |end: usize| end.checked_sub(1).and_then(|last| cells.get(last)).map_or(0, |c| c.right);
    right(range.end) - right(range.start.min(range.end))
}

/// Columns from the first mark to the end of the last label.
fn extent(marks: &[Placed], cells: &[Cell], width: usize) -> usize {
    let Some(first) = marks.first() else { return 0 };
    let right = |p: &Placed| {
        let label = p.label.map_or(0, |l| 1 + l.chars().count());
        // A label too long for any page is no reason to cut the draft.
        columns(cells, first.cells.start..p.cells.end) + if label < width / 2 { label } else { 0 }
    };
    marks.iter().map(right).max().unwrap_or(0)
}

/// Cuts the marks of a line, in order, into groups that fit on one row.
fn groups<'a>(marks: Vec<Placed<'a>>, cells: &[Cell], width: usize) -> Vec<Vec<Placed<'a>>> {
    let mut groups: Vec<Vec<Placed>> = Vec::new();
    for mark in marks {
        match groups.last_mut() {
            None => groups.push(vec![mark]),
            Some(group) => {
                group.push(mark);
                if extent(group, cells, width) + 2 > width
                    && let Some(mark) = group.pop()
                {
                    groups.push(vec![mark]);
                }
            }
        }
    }
    groups
}

/// The part of a line around a group of marks.
fn row<'a>(line: usize, cells: &[Cell], group: &[Placed<'a>], width: usize) -> Row<'a> {
    let window = window(cells, group, width);
    let mut text = String::new();
    if window.start > 0 {
        text.push('…');
    }
    let mut starts = Vec::new();
    for cell in cells.get(window.clone()).unwrap_or_default() {
        starts.push(text.len());
        text.push_str(&cell.text);
    }
    starts.push(text.len());
    let byte = |cell: usize| starts.get(cell.clamp(window.start, window.end) - window.start).copied().unwrap_or(0);
    let marks = group.iter().map(|p| Mark { bytes: byte(p.cells.start)..byte(p.cells.end), primary: p.primary, label: p.label }).collect();
    if window.end < cells.len() {
        text.push('…');
    }
    Row { line, text, marks }
}

/// The cells to show: the whole line if it fits, else as much as fits around the marks, cut between words where possible.
fn window(cells: &[Cell], group: &[Placed], width: usize) -> Range<usize> {
    let all = 0..cells.len();
    let (Some(first), Some(last)) = (group.first(), group.iter().map(|p| p.cells.end).max()) else { return all };
    let needed = extent(group, cells, width);
    if columns(cells, all.clone()).max(columns(cells, 0..first.cells.start) + needed) <= width {
        return all;
    }
    let room = width.saturating_sub(2).max(1);
    let mut start = first.cells.start;
    let before = room.saturating_sub(needed) / 2;
    while start > 0 && columns(cells, start - 1..first.cells.start) <= before {
        start -= 1;
    }
    let mut end = start;
    while end < cells.len() && columns(cells, start..end + 1) <= room {
        end += 1;
    }
    // Room that the end of the line leaves goes to its beginning, as far as the labels allow.
    let used = columns(cells, start..end).max(columns(cells, start..first.cells.start) + needed);
    let spare = room.saturating_sub(used);
    let right = start;
    while start > 0 && columns(cells, start - 1..right) <= spare {
        start -= 1;
    }
    let is_space = |i: usize| cells.get(i).is_some_and(|c| c.text.starts_with(' '));
    if start > 0 && !is_space(start - 1) {
        start = (start..first.cells.start).find(|i| is_space(*i)).map_or(start, |i| i + 1);
    }
    if end < cells.len() && !is_space(end) {
        end = (last..end).rev().find(|i| is_space(*i)).unwrap_or(end);
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, words: &str) -> Excerpt {
        let start = text.find(words).unwrap();
        Excerpt { text: text.into(), first_line: 3, primary: Span::new(start, start + words.len()), labels: vec![] }
    }

    /// The row's text and a row of carets, both by columns.
    fn drawn(row: &Row) -> (String, String) {
        let width = |s: &str| s.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        let bytes = row.marks[0].bytes.clone();
        (row.text.clone(), " ".repeat(width(&row.text[..bytes.start])) + &"^".repeat(width(&row.text[bytes])))
    }

    #[test]
    fn carets_stand_under_the_words() {
        for (text, words, shown, carets) in [
            ("PSA: quit it now", "quit it", "PSA: quit it now", "     ^^^^^^^"),
            ("\tquit it", "quit", "    quit it", "    ^^^^"),
            ("🥤 quit", "quit", "🥤 quit", "   ^^^^"),
            ("👩🏽\u{200d}⚕\u{fe0f} quit", "quit", "👩⚕ quit", "    ^^^^"),
            ("中文 quit 中文", "quit", "中文 quit 中文", "     ^^^^"),
            ("cafe\u{301} quit", "quit", "cafe\u{301} quit", "     ^^^^"),
            ("q\u{200b}uit it", "q\u{200b}uit", "q\\u{200b}uit it", "^^^^^^^^^^^^"),
            ("\u{1b}[2Jquit", "quit", "\\u{1b}[2Jquit", "         ^^^^"),
        ] {
            let rows = rows(&excerpt(text, words), &[], 76);
            assert_eq!(drawn(&rows[0]), (shown.to_string(), carets.to_string()), "{text}");
        }
    }

    #[test]
    fn every_kind_of_line_ending_counts_once() {
        for ending in ["\n", "\r\n", "\r"] {
            let text = ["first", "quit the", "pills now"].join(ending);
            let rows = rows(&excerpt(&text, &["quit the", "pills"].join(ending)), &[], 76);
            let seen: Vec<_> = rows.iter().map(|r| (r.line, r.text.as_str(), r.marks[0].bytes.clone())).collect();
            assert_eq!(seen, [(4, "quit the", 0..8), (5, "pills now", 0..5)]);
        }
    }

    #[test]
    fn a_long_line_is_cut_between_words_around_the_finding() {
        let text = format!("{}quit it {}", "before ".repeat(20), "after ".repeat(20));
        let rows = rows(&excerpt(&text, "quit it"), &[], 40);
        assert_eq!(drawn(&rows[0]), ("…before before quit it after after…".into(), " ".repeat(15) + "^^^^^^^"));
    }

    #[test]
    fn far_labels_get_rows_of_their_own() {
        let text = format!("quit it {}Dover", "word ".repeat(30));
        let at = text.find("Dover").unwrap();
        let place = crate::document::Text::new("").place(Span::default());
        let labels = [Label { place, text: "a place".into() }];
        let excerpt = Excerpt { labels: vec![Some(Span::new(at, at + 5))], ..excerpt(&text, "quit it") };
        let rows = rows(&excerpt, &labels, 40);
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[1].text[rows[1].marks[0].bytes.clone()], "Dover");
        assert_eq!((rows[1].marks[0].label, rows[1].line), (Some("a place"), 3));
    }

    #[test]
    fn no_row_is_wider_than_the_page() {
        for text in ["x".repeat(500), "中".repeat(300), "\u{202e}".repeat(100), "🥤 ".repeat(200)] {
            for (start, end) in [(0, text.len()), (text.len() / 2 / 12 * 12, text.len()), (0, 0)] {
                let excerpt = Excerpt { text: text.clone(), first_line: 1, primary: Span::new(start, end), labels: vec![] };
                for row in rows(&excerpt, &[], 40) {
                    assert!(row.text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>() <= 40, "{row:?}");
                }
            }
        }
    }
}
