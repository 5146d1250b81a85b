//! Reads files with one post a record (JSONL, CSV) line by line, so that a file of any size fits in little memory.

use super::cells::{self, Quoting};
use super::decode;
use super::lines::{Ruler, lines};
use super::schedule::{self, Schedule};
use super::{InputKind, Options, POST_LIMIT, Parsed, Problem, jsonl};
use crate::span::Position;
use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Ids that are remembered to find one given twice; beyond this many a repeated id goes unseen, so that memory stays bounded.
const IDS: usize = 100_000;

/// Mistakes of one file that are listed.
const MISTAKES: usize = 1_000;

/// Bytes of one record that is too long that are passed over in search of its end; the end of an endless one never comes.
const PASSED_OVER: usize = 256 << 20;

/// Takes the lines of one file in order and gives posts as they become complete.
#[derive(Debug)]
pub struct Records {
    path: String,
    schedule: Option<Schedule>,
    /// Line number and byte of the next line.
    line: usize,
    offset: usize,
    row: usize,
    /// A CSV record whose quotation mark is still open, and where it began.
    pending: String,
    began: (Position, usize),
    /// How many bytes of a record that is too long were passed over so far; its end has not come yet.
    passed: Option<usize>,
    quoting: Quoting,
    ids: HashSet<u64>,
    hasher: RandomState,
    noted: bool,
    mistakes: usize,
}

impl Records {
    /// Starts on a file of kind [`InputKind::Jsonl`] or [`InputKind::Schedule`].
    pub fn new(path: &str, kind: InputKind, options: &Options) -> Self {
        Self {
            path: path.to_owned(),
            schedule: (kind == InputKind::Schedule).then(|| Schedule::new(path, options)),
            line: 1,
            offset: 0,
            row: 0,
            pending: String::new(),
            began: (Position { line: 1, column: 1 }, 0),
            passed: None,
            quoting: Quoting::default(),
            ids: HashSet::new(),
            hasher: RandomState::new(),
            noted: false,
            mistakes: 0,
        }
    }

    /// Reads the next line, up to and including its `\n`. UTF-8; other bytes as Windows-1252 with one note for the file.
    pub fn line(&mut self, line: &[u8]) -> Parsed {
        let line = if self.offset == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        match decode::decode(line) {
            Ok(decoded) => {
                let mut parsed = self.text(&decoded.text);
                if !decoded.notes.is_empty() && !std::mem::replace(&mut self.noted, true) {
                    parsed.notes.extend(decoded.notes);
                }
                parsed
            }
            Err(refusal) => {
                let parsed = Parsed { problems: vec![self.problem(refusal.to_string())], ..Parsed::default() };
                self.advance(&String::from_utf8_lossy(line));
                parsed
            }
        }
    }

    /// Reads the next decoded line, up to and including its `\n`.
    pub fn text(&mut self, line: &str) -> Parsed {
        let mut parsed = Parsed::default();
        // Old programs end lines with a lone CR.
        for line in lines(line) {
            parsed.extend(if self.schedule.is_some() { self.csv_line(line) } else { self.json_line(line) });
        }
        self.find_repeated_ids(&mut parsed);
        parsed.words_were_read();
        self.bound_problems(&mut parsed);
        parsed
    }

    /// Passes over the next part of a line that is longer than a post may be; the last part holds the line's end.
    pub fn part(&mut self, bytes: &[u8]) -> Parsed {
        let mut parsed = Parsed::default();
        if self.passed.is_none() {
            self.begin_record();
            self.pending.push_str(&String::from_utf8_lossy(bytes));
            parsed.problems.push(self.give_up_record());
        }
        let ended = bytes.ends_with(b"\n") || bytes.ends_with(b"\r");
        self.offset += bytes.len();
        self.line += usize::from(ended);
        parsed.problems.extend(self.pass_over(bytes, ended));
        self.bound_problems(&mut parsed);
        parsed
    }

    /// Whether the end of a record did not come for so long that the rest of the file is not worth reading.
    pub fn is_endless(&self) -> bool {
        self.passed.is_some_and(|bytes| bytes > PASSED_OVER)
    }

    /// Ends the file: a record whose quotation mark was never closed is told.
    pub fn end(&mut self) -> Parsed {
        let mut parsed = Parsed::default();
        let open = self.passed.is_some() && !self.quoting.is_closed();
        if open || !self.pending.is_empty() {
            let message = "a quotation mark that opens in this row is never closed; close it, or double it inside a cell".to_owned();
            parsed.problems.push(Problem::at(self.began.0, message));
        }
        if !self.pending.is_empty() {
            parsed.extend(self.complete());
            parsed.words_were_read();
        }
        parsed
    }

    fn json_line(&mut self, line: &str) -> Parsed {
        let parsed = if line.len() > POST_LIMIT {
            Parsed { problems: vec![self.problem(TOO_LONG_LINE.to_owned())], ..Parsed::default() }
        } else {
            jsonl::read(&self.path, line.trim_end_matches(['\n', '\r']), self.line, self.offset)
        };
        self.advance(line);
        parsed
    }

    fn csv_line(&mut self, line: &str) -> Parsed {
        if self.passed.is_some() {
            self.advance(line);
            return Parsed { problems: self.pass_over(line.as_bytes(), true).into_iter().collect(), ..Parsed::default() };
        }
        self.begin_record();
        self.pending.push_str(line);
        self.advance(line);
        let Some(schedule) = &mut self.schedule else { return Parsed::default() };
        if self.row < 2 && self.quoting.is_closed() && !schedule.has_columns() {
            schedule.sniff(&self.pending);
        }
        if self.pending.len() > POST_LIMIT {
            let problems = vec![self.give_up_record()];
            self.pass_over(line.as_bytes(), true);
            return Parsed { problems, ..Parsed::default() };
        }
        if self.quoting.take(line.as_bytes(), schedule.separator()) { self.complete() } else { Parsed::default() }
    }

    fn begin_record(&mut self) {
        if self.pending.is_empty() {
            self.began = (Position { line: self.line, column: 1 }, self.offset);
        }
    }

    /// Drops what there is of a record that is too long, and says where it stands: a row by the longest cell so far.
    fn give_up_record(&mut self) -> Problem {
        self.passed = Some(0);
        let record = std::mem::take(&mut self.pending);
        let Some(schedule) = &self.schedule else { return Problem::at(self.began.0, TOO_LONG_LINE.to_owned()) };
        let cells = cells::cut(&record, schedule.separator());
        let start = cells.iter().max_by_key(|cell| cell.raw.len()).map_or(0, |cell| cell.raw.start);
        Problem::at(Ruler::new(&record, self.began.0).at(&record, start).position, TOO_LONG_ROW.to_owned())
    }

    /// Looks only for the end of a record that is too long. The problem is that there is none.
    fn pass_over(&mut self, bytes: &[u8], line_ended: bool) -> Option<Problem> {
        let closed = self.schedule.as_ref().is_none_or(|schedule| self.quoting.take(bytes, schedule.separator()));
        let told = self.is_endless();
        self.passed = self.passed.map(|passed| passed.saturating_add(bytes.len()));
        if line_ended && closed {
            self.passed = None;
            self.quoting = Quoting::default();
            self.row += usize::from(self.schedule.is_some());
        }
        let message = "this record is longer than 256 MiB, so its end was not looked for any further, and nothing behind it was read; make several files of this one";
        (self.is_endless() && !told).then(|| Problem::at(self.began.0, message.to_owned()))
    }

    fn complete(&mut self) -> Parsed {
        let record = std::mem::take(&mut self.pending);
        self.quoting = Quoting::default();
        self.row += 1;
        match &mut self.schedule {
            // A spreadsheet counts a blank row too.
            Some(schedule) if !record.trim().is_empty() => schedule.record(&record, self.row, self.began),
            _ => Parsed::default(),
        }
    }

    fn advance(&mut self, line: &str) {
        self.offset += line.len();
        self.line += lines(line).count();
    }

    fn problem(&self, message: String) -> Problem {
        Problem::at(Position { line: self.line, column: 1 }, message)
    }

    /// Keeps the mistakes of a file that is no list of posts from filling the memory.
    fn bound_problems(&mut self, parsed: &mut Parsed) {
        let room = MISTAKES.saturating_sub(self.mistakes);
        if room > 0 && parsed.problems.len() >= room {
            parsed.notes.push("only the first 1,000 mistakes of this file are listed".to_owned());
        }
        parsed.problems.truncate(room);
        self.mistakes += parsed.problems.len();
    }

    fn find_repeated_ids(&mut self, parsed: &mut Parsed) {
        for document in &parsed.documents {
            for post in &document.posts {
                let line = post.fields.first().map(|field| field.text.place(crate::span::Span::default()).from);
                let own = post.id != self.row.to_string() && line.is_none_or(|at| post.id != at.line.to_string());
                let id = self.hasher.hash_one(&post.id);
                let again = own && if self.ids.len() < IDS { !self.ids.insert(id) } else { self.ids.contains(&id) };
                if again {
                    let at = line.unwrap_or(Position { line: 1, column: 1 });
                    parsed
                        .problems
                        .push(Problem::at(at, "another post before this one has the same `id`; give each post its own".to_owned()));
                }
            }
        }
    }
}

/// Reads a whole decoded file record by record.
pub(super) fn read(path: &str, kind: InputKind, text: &str, options: &Options) -> Parsed {
    let mut options: Cow<'_, Options> = Cow::Borrowed(options);
    if kind == InputKind::Schedule && options.date_order.is_none() {
        options.to_mut().date_order = schedule::shown_order(text);
    }
    let mut records = Records::new(path, kind, &options);
    let mut parsed = Parsed::default();
    for line in text.split_inclusive('\n') {
        parsed.extend(records.text(line));
    }
    parsed.extend(records.end());
    parsed
}

/// What is said of records that are too long.
const TOO_LONG_LINE: &str = "this line is longer than 10 MiB, more than any platform takes; make several posts of it";
const TOO_LONG_ROW: &str = "this row is longer than 10 MiB, more than any platform takes; its longest cell begins here: shorten it, or close \
                            its quotation mark where it was to end";

#[cfg(test)]
mod tests;
