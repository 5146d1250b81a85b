//! Reads the CSV exports of post schedulers row by row.

use super::cells::{self, Cell};
use super::columns::{self, Column};
use super::dates::{self, DateOrder};
use super::{Document, Field, FieldKind, Metadata, Options, Origin, Parsed, Post, Problem, Text, lines::Ruler, metadata};
use crate::span::Position;
use serde_json::Value;

/// Reads the rows of one file; keeps its header and what the dates have shown so far.
#[derive(Debug)]
pub(super) struct Schedule {
    path: String,
    named: Vec<(String, String)>,
    order: Option<DateOrder>,
    separator: u8,
    columns: Option<Vec<Column>>,
    /// What the header calls the column of dates.
    date_name: String,
    unreadable: bool,
    asked_order: bool,
}

impl Schedule {
    pub(super) fn new(path: &str, options: &Options) -> Self {
        Self {
            path: path.to_owned(),
            named: options.csv_columns.clone(),
            order: options.date_order,
            separator: b',',
            columns: None,
            date_name: "date".to_owned(),
            unreadable: false,
            asked_order: false,
        }
    }

    /// Chooses between comma, semicolon and tab by the first line. Excel may say it there (`sep=;`); such a line is no header.
    pub(super) fn sniff(&mut self, line: &str) {
        let count = |separator: u8| line.bytes().filter(|b| *b == separator).count();
        self.separator = [b';', b'\t'].into_iter().find(|other| count(*other) > count(b',')).unwrap_or(b',');
    }

    /// Whether the header has been read.
    pub(super) fn has_columns(&self) -> bool {
        self.columns.is_some()
    }

    pub(super) fn separator(&self) -> u8 {
        self.separator
    }

    /// Reads one record. `row` is its number as a spreadsheet counts, `at` where it begins in the file.
    pub(super) fn record(&mut self, record: &str, row: usize, at: (Position, usize)) -> Parsed {
        let cells = cells::cut(record, self.separator);
        let mut parsed = Parsed::default();
        if self.unreadable || row == 1 && record.starts_with("sep=") {
            return parsed;
        }
        let Some(columns) = self.columns.clone() else {
            return if self.header(record, &cells, at.0, &mut parsed) { parsed } else { self.record(record, row, at) };
        };
        let ruler = Ruler::new(record, at.0);
        let mut reader =
            Row { schedule: self, record, ruler, offset: at.1, metadata: Metadata::default(), fields: Vec::new(), problems: Vec::new() };
        if cells.iter().all(|cell| cell.raw.of(record).trim().is_empty()) {
            return parsed;
        }
        if cells.len() != columns.len() {
            let start = cells.get(columns.len()).map_or(0, |cell| cell.raw.start);
            let (has, needs) = (cells.len(), columns.len());
            let mend = if has > needs {
                "put quotation marks around a cell that holds a comma"
            } else {
                "add the commas of the cells that are missing"
            };
            reader.problem(
                start,
                format!(
                    "row {row} has {} and the header has {needs}; {mend}",
                    if has == 1 { "1 cell".to_owned() } else { format!("{has} cells") }
                ),
            );
        }
        let id = reader.cells(&columns, &cells);
        let (metadata, mut fields) = (reader.metadata, reader.fields);
        parsed.problems = reader.problems;
        fields.sort_by_key(|field| field.kind);
        if !fields.is_empty() {
            let post = Post { id: id.unwrap_or_else(|| row.to_string()), metadata, fields };
            parsed.documents.push(Document { path: self.path.clone(), posts: vec![post], thread: false });
        }
        parsed
    }

    /// Reads the first record; false when it is a post already.
    fn header(&mut self, record: &str, cells: &[Cell], at: Position, parsed: &mut Parsed) -> bool {
        let names: Vec<String> = cells.iter().map(|cell| cell.text(record).0).collect();
        self.columns = columns::of_header(&names, &self.named);
        if let Some(columns) = &self.columns {
            if let Some((_, name)) = columns.iter().zip(&names).find(|(column, _)| **column == Column::Date) {
                self.date_name = name.trim().trim_start_matches('\u{feff}').to_owned();
            }
            let unknown: Vec<&str> =
                columns.iter().zip(&names).filter(|(column, _)| **column == Column::Unknown).map(|(_, name)| name.trim()).collect();
            if !unknown.is_empty() {
                parsed.notes.push(format!(
                    "columns that are not checked: {}; name one with --csv-map, for instance first_comment=COLUMN",
                    listed(&unknown)
                ));
            }
            return true;
        }
        self.columns = columns::without_header(&names);
        if self.columns.is_some() {
            return false;
        }
        self.unreadable = true;
        let found = listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let message = format!("no known scheduler writes these columns: {found}. Say which one holds the posts: --csv-map text=COLUMN");
        parsed.problems.push(Problem::at(at, message));
        true
    }
}

/// Column names for a message. Where a header is missing the first row is a post, whose words belong in no message: only what looks like the name of
/// a column is shown, and nothing of a row that has anything else.
fn listed(names: &[&str]) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '/' | '(' | ')' | '#' | ':');
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).count();
    let is_name = |name: &&str| {
        let words = || name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let usual = words().count() < 2 || words().any(|word| USUAL.contains(&word.to_lowercase().as_str()));
        name.chars().count() <= 30 && name.chars().all(plain) && digits(name) < 3 && words().count() <= 5 && usual
    };
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    if !names.iter().all(is_name) {
        return "(they look like a post, so they are not repeated here)".to_owned();
    }
    let shown: Vec<&str> = names.iter().copied().take(20).collect();
    let more = if names.len() > shown.len() { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// Words in the names of columns. A name of several words without any of these may be somebody's.
const USUAL: [&str; 62] = [
    "account",
    "accounts",
    "alt",
    "approved",
    "author",
    "body",
    "board",
    "campaign",
    "caption",
    "channel",
    "client",
    "column",
    "comment",
    "comments",
    "content",
    "copy",
    "created",
    "date",
    "day",
    "description",
    "draft",
    "file",
    "first",
    "group",
    "hashtags",
    "headline",
    "hour",
    "id",
    "image",
    "images",
    "label",
    "labels",
    "language",
    "link",
    "links",
    "location",
    "media",
    "message",
    "name",
    "network",
    "note",
    "notes",
    "page",
    "pillar",
    "picture",
    "platform",
    "post",
    "posting",
    "profile",
    "published",
    "scheduled",
    "status",
    "subject",
    "tag",
    "tags",
    "text",
    "time",
    "title",
    "type",
    "url",
    "video",
    "zone",
];

struct Row<'r> {
    schedule: &'r mut Schedule,
    record: &'r str,
    ruler: Ruler,
    offset: usize,
    metadata: Metadata,
    fields: Vec<Field>,
    problems: Vec<Problem>,
}

impl Row<'_> {
    fn problem(&mut self, byte: usize, message: String) {
        let at = self.ruler.at(self.record, byte).position;
        self.problems.push(Problem::at(at, message));
    }

    /// Takes every cell; returns the row's own id.
    fn cells(&mut self, columns: &[Column], cells: &[Cell]) -> Option<String> {
        let (mut id, mut date, mut time) = (None, None, String::new());
        for (column, cell) in columns.iter().zip(cells) {
            let (text, map) = cell.text(self.record);
            if text.trim().is_empty() {
                continue;
            }
            match *column {
                Column::Text(kind) => self.text(kind, *cell, text, map),
                Column::Key(key) => self.key(key, *cell, text),
                Column::Date => date = Some((text, cell.raw.start)),
                Column::Time => time = text,
                Column::Platform(name) if is_yes(&text) => self.metadata.platforms.push(name.to_owned()),
                Column::Id => id = Some(text.trim().to_owned()),
                Column::Ignore => self.ignores(*cell, &text),
                Column::Platform(_) | Column::Setting | Column::Unknown => {}
            }
        }
        if let Some((date, byte)) = date {
            self.schedule_at(&format!("{} {time}", date.trim()), byte);
        }
        id
    }

    fn text(&mut self, kind: FieldKind, cell: Cell, text: String, map: Option<super::map::Map>) {
        let start = self.ruler.at(self.record, cell.raw.start).position;
        let raw = map.map(|map| (cell.raw.of(self.record).to_owned(), map));
        let origin = Origin { raw, ..Origin::new(start, self.offset + cell.raw.start) };
        self.fields.push(Field { kind, text: Text::from_raw(text, origin) });
    }

    fn key(&mut self, key: &str, cell: Cell, text: String) {
        // A consent column holds the reference alone.
        if key == "platform" {
            self.metadata.platforms_at = Some(self.ruler.at(self.record, cell.raw.start).position);
        }
        let value = if key == "consent" { serde_json::json!({ "id": text }) } else { Value::String(text) };
        if let Err(message) = metadata::set(&mut self.metadata, key, &value) {
            self.problem(cell.raw.start, message);
        }
    }

    fn ignores(&mut self, cell: Cell, text: &str) {
        for line in text.split([';', '\n']).filter(|line| !line.trim().is_empty()) {
            match metadata::ignore_line(line) {
                Some(ignore) => {
                    let at = Some(self.ruler.at(self.record, cell.raw.start).position);
                    self.metadata.ignore.push(super::Ignore { at, ..ignore });
                }
                None => self.problem(cell.raw.start, "`postlint_ignore` takes `RULE: reason`; the reason is required".to_owned()),
            }
        }
    }

    fn schedule_at(&mut self, text: &str, byte: usize) {
        let schedule = &mut self.schedule;
        schedule.order = schedule.order.or_else(|| dates::shown_order(text));
        match dates::read(text, schedule.order) {
            Ok(at) => self.metadata.scheduled_at = Some(at),
            // One question for the whole file.
            Err(dates::Unread::Ambiguous) if schedule.asked_order => {}
            Err(why) => {
                schedule.asked_order |= why == dates::Unread::Ambiguous;
                let message = metadata::bad_date(&schedule.date_name, why);
                self.problem(byte, message);
            }
        }
    }
}

fn is_yes(cell: &str) -> bool {
    ["true", "yes", "y", "1", "x"].iter().any(|yes| cell.trim().eq_ignore_ascii_case(yes))
}

/// Which order of day and month the rows of a whole file show.
pub(super) fn shown_order(text: &str) -> Option<DateOrder> {
    text.split(['\n', '\r', ',', ';', '\t', '"']).filter(|cell| cell.starts_with(|c: char| c.is_ascii_digit())).find_map(dates::shown_order)
}
