//! Cuts one CSV record into cells and knows where each stands, which the csv crate does not tell. Quoting is that of RFC 4180; tests compare the cells
//! with those of the csv crate.

use super::map::{Map, Rewriter};
use crate::span::Span;

/// Cells that are read of one record; no scheduler has a tenth of them.
const COLUMNS: usize = 1_000;

/// One cell: the bytes of the record between separators, or between its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    /// Its bytes, without the quotation marks around it.
    pub(super) raw: Span,
    quoted: bool,
}

impl Cell {
    /// The text of the cell, with the way back when a doubled quotation mark makes it differ.
    pub(super) fn text(self, record: &str) -> (String, Option<Map>) {
        let raw = self.raw.of(record);
        let mut rewriter = Rewriter::new(raw);
        if self.quoted {
            raw.match_indices("\"\"").for_each(|(at, _)| rewriter.replace(Span::new(at, at + 2), "\""));
        }
        rewriter.finish().map_or_else(|| (raw.to_owned(), None), |(text, map)| (text, Some(map)))
    }
}

/// The cells of a whole record, which may hold line breaks in quoted cells.
pub(super) fn cut(record: &str, separator: u8) -> Vec<Cell> {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let bytes = record.strip_suffix('\r').unwrap_or(record).as_bytes();
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let (cell, end) = one(bytes, at, separator);
        cells.push(cell);
        if end >= bytes.len() || cells.len() > COLUMNS {
            return cells;
        }
        at = end + 1;
    }
}

/// The cell that begins at `start`, and where its separator stands.
fn one(bytes: &[u8], start: usize, separator: u8) -> (Cell, usize) {
    let until =
        |from: usize| bytes.get(from..).and_then(|rest| rest.iter().position(|b| *b == separator)).map_or(bytes.len(), |at| from + at);
    if bytes.get(start) != Some(&b'"') {
        let end = until(start);
        return (Cell { raw: Span::new(start, end), quoted: false }, end);
    }
    let mut at = start + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'"')) {
        at += found;
        if bytes.get(at + 1) != Some(&b'"') {
            return (Cell { raw: Span::new(start + 1, at), quoted: true }, until(at));
        }
        at += 2;
    }
    (Cell { raw: Span::new(start + 1, bytes.len()), quoted: true }, bytes.len())
}

/// Tells, line by line, whether a record is complete or goes on because a quotation mark is open. A line may come in parts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quoting {
    at: Where,
}

/// What stands before the next byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Where {
    /// A separator, or nothing: a quotation mark opens a cell here.
    #[default]
    Begin,
    Plain,
    Quoted,
    /// A mark in a quoted cell: with another one it is a letter of the cell, else the cell's end.
    Mark,
}

impl Quoting {
    /// Whether no quotation mark is open.
    pub(super) fn is_closed(self) -> bool {
        self.at != Where::Quoted
    }

    /// Takes the next line of a record, its line end included, or the next part of it; true when no quotation mark is open behind it.
    pub(super) fn take(&mut self, bytes: &[u8], separator: u8) -> bool {
        for b in bytes {
            self.at = match (self.at, *b) {
                (Where::Begin | Where::Mark, b'"') => Where::Quoted,
                (Where::Quoted, b'"') => Where::Mark,
                (Where::Quoted, _) => Where::Quoted,
                (_, b) if b == separator => Where::Begin,
                _ => Where::Plain,
            };
        }
        self.is_closed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cuts_as_the_csv_crate_does(parts in proptest::collection::vec("(\"([a ,;é\n]|\"\")*\"|[a é]*)", 1..6)) {
            let record = parts.join(",") + "\n";
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(record.as_bytes());
            if let Some(Ok(want)) = reader.records().next() {
                let got: Vec<String> = cut(&record, b',').iter().map(|cell| cell.text(&record).0).collect();
                prop_assert_eq!(got, want.iter().map(str::to_owned).collect::<Vec<_>>());
            }
            let mut quoting = Quoting::default();
            let lines: Vec<bool> = record.split_inclusive('\n').map(|line| quoting.take(line.as_bytes(), b',')).collect();
            prop_assert_eq!(lines.iter().position(|done| *done), Some(lines.len() - 1));
            let mut in_parts = Quoting::default();
            let ended = record.as_bytes().chunks(3).map(|part| in_parts.take(part, b',')).last();
            prop_assert_eq!((ended, in_parts.at), (Some(true), quoting.at));
        }
    }

    #[test]
    fn knows_where_a_cell_stands() {
        let record = "1,\"say \"\"hi\"\"\nthere\",é\r\n";
        let cells = cut(record, b',');
        assert_eq!(cells.iter().map(|cell| cell.raw.of(record)).collect::<Vec<_>>(), ["1", "say \"\"hi\"\"\nthere", "é"]);
        let (text, map) = cells[1].text(record);
        assert_eq!(text, "say \"hi\"\nthere");
        assert_eq!(map.unwrap().back(Span::new(4, 8)).of(cells[1].raw.of(record)), "\"\"hi\"\"");
    }
}
