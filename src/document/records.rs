//! Reads files with one post a record (JSONL, CSV) line by line, so that a file of any size fits in little memory.

use super::cells::Quoting;
use super::decode;
use super::lines::lines;
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
        let mut parsed = if line.len() > POST_LIMIT {
            let parsed = Parsed { problems: vec![self.problem(decode::Refusal::TooLong.to_string())], ..Parsed::default() };
            self.advance(line);
            parsed
        } else {
            // Old programs end lines with a lone CR.
            let mut parsed = Parsed::default();
            for line in lines(line) {
                parsed.extend(if self.schedule.is_some() { self.csv_line(line) } else { self.json_line(line) });
            }
            parsed
        };
        self.find_repeated_ids(&mut parsed);
        parsed.words_were_read();
        self.bound_problems(&mut parsed);
        parsed
    }

    /// Ends the file: a record whose quotation mark was never closed is told.
    pub fn end(&mut self) -> Parsed {
        let mut parsed = Parsed::default();
        if !self.pending.is_empty() {
            let message = "a quotation mark that opens in this row is never closed; close it, or double it inside a cell".to_owned();
            parsed.problems.push(Problem::at(self.began.0, message));
            parsed.extend(self.complete());
            parsed.words_were_read();
        }
        parsed
    }

    fn json_line(&mut self, line: &str) -> Parsed {
        let parsed = jsonl::read(&self.path, line.trim_end_matches(['\n', '\r']), self.line, self.offset);
        self.advance(line);
        parsed
    }

    fn csv_line(&mut self, line: &str) -> Parsed {
        if self.pending.is_empty() {
            self.began = (Position { line: self.line, column: 1 }, self.offset);
        }
        self.pending.push_str(line);
        self.advance(line);
        let Some(schedule) = &mut self.schedule else { return Parsed::default() };
        if self.row < 2 && self.quoting.is_closed() && !schedule.has_columns() {
            schedule.sniff(&self.pending);
        }
        let complete = self.quoting.take(line, schedule.separator());
        if !complete && self.pending.len() <= POST_LIMIT {
            return Parsed::default();
        }
        if !complete {
            self.quoting = Quoting::default();
            self.pending.clear();
            let problem = Problem::at(self.began.0, decode::Refusal::TooLong.to_string());
            return Parsed { problems: vec![problem], ..Parsed::default() };
        }
        self.complete()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::dates::DateOrder;
    use crate::document::{FieldKind, Post};
    use crate::span::Span;

    fn schedule(text: &str) -> Parsed {
        read("s.csv", InputKind::Schedule, text, &Options::default())
    }

    fn places(parsed: &Parsed, word: &str) -> Vec<(String, usize, usize)> {
        let posts: Vec<&Post> = parsed.documents.iter().flat_map(|document| &document.posts).collect();
        let field = |post: &&Post| {
            let text = &post.fields.iter().find(|field| field.text.source().contains(word))?.text;
            let at = text.source().find(word)?;
            let from = text.place(Span::new(at, at + word.len())).from;
            Some((post.id.clone(), from.line, from.column))
        };
        posts.iter().filter_map(field).collect()
    }

    #[test]
    fn places_are_right_inside_quoted_cells() {
        for end in ["\n", "\r\n", "\r"] {
            let text =
                ["\u{feff}Date,Text,Alt text(s)", "2026-11-23 10:00,\"é \"\"quoted\"\" word", "second 🎉 STOP here\",A STOP", "", ",STOP,"]
                    .join(end)
                    + end;
            let text = text.strip_prefix('\u{feff}').unwrap();
            let parsed = schedule(text);
            assert_eq!(parsed.problems, [], "{end:?}");
            assert_eq!(places(&parsed, "STOP"), [("2".into(), 3, 10), ("4".into(), 5, 2)], "{end:?}");
            assert_eq!(places(&parsed, "word"), [("2".into(), 2, 32)], "{end:?}");
            assert_eq!(parsed.documents[0].posts[0].metadata.scheduled_at.unwrap().to_string(), "2026-11-23T10:00:00");
            assert_eq!(parsed.documents[0].posts[0].fields[1].kind, FieldKind::Alt);
        }
    }

    #[test]
    fn bad_rows_are_told_and_the_rest_is_read() {
        let text = "id,text,date,postlint_ignore\n1,a,SECRET,\n1,b,,no reason\n2,c\n3,SECRET,d,2026-01-01,x\n4,\"SECRET";
        let parsed = schedule(text);
        let told: Vec<_> =
            parsed.problems.iter().map(|p| (p.line.unwrap(), p.column.unwrap(), p.message.split(' ').next().unwrap())).collect();
        assert_eq!(
            told,
            [
                (2, 5, "`date`"),
                (3, 6, "`postlint_ignore`"),
                (3, 3, "another"),
                (4, 1, "row"),
                (5, 23, "row"),
                (5, 12, "`postlint_ignore`"),
                (5, 10, "`date`"),
                (6, 1, "a"),
                (6, 1, "row")
            ]
        );
        assert_eq!(parsed.documents.len(), 5);
        assert!(parsed.problems.iter().all(|problem| !problem.message.contains("SECRET")));
    }

    #[test]
    fn an_unknown_header_names_its_columns() {
        let parsed = schedule("When,Caption\n1,2\n");
        assert!(parsed.problems[0].message.contains("When, Caption") && parsed.problems.len() == 1 && parsed.documents.is_empty());
        let options = Options { csv_columns: vec![("text".into(), "caption".into())], ..Options::default() };
        let parsed = read("s.csv", InputKind::Schedule, "When;Caption\n1;a, b\n", &options);
        assert_eq!((parsed.problems.len(), parsed.documents[0].posts[0].fields[0].text.source()), (0, "a, b"));
        assert!(parsed.notes[0].contains("not checked: When"));
        assert_eq!(schedule("sep=;\nText;Date\na, b;2026-01-01\n").documents[0].posts[0].fields[0].text.source(), "a, b");
    }

    #[test]
    fn an_ambiguous_date_order_is_asked_once_unless_a_row_shows_it() {
        let dated = |text: &str, order| {
            let parsed = read("s.csv", InputKind::Schedule, text, &Options { date_order: order, ..Options::default() });
            let months = parsed.documents.iter().filter_map(|d| d.posts[0].metadata.scheduled_at.map(|at| at.month())).collect::<Vec<_>>();
            (parsed.problems.len(), months)
        };
        assert_eq!(dated("3/4/2026 9:00,one\n5/6/2026,two\n", None), (1, vec![]));
        assert_eq!(dated("3/4/2026,one\n5/6/2026,two\n", Some(DateOrder::Mdy)), (0, vec![3, 5]));
        assert_eq!(dated("date,time,text\n3/4/2026,9:00,one\n25/6/2026,10:00,two\n", None), (0, vec![4, 6]));
        assert_eq!(dated("date,time_24hr,message_text\n3/4/2026,9:00,one\n25/6/2026,10:00,two\n", None), (0, vec![4, 6]));
    }

    #[test]
    fn a_wrong_date_is_told_by_the_name_of_its_column() {
        for (header, name) in [
            ("Text,Image URL,Tags,Posting Time", "`Posting Time` is not"),
            ("text,a,b,scheduled_at", "`scheduled_at` is not"),
            ("text,a,b,DATE", "`DATE` is not"),
        ] {
            let problems = schedule(&format!("{header}\nHi,,,soon\n")).problems;
            assert!(problems.len() == 1 && problems[0].message.starts_with(name), "{problems:?}");
        }
        assert!(schedule("3/4/2026 9:00,one\n").problems[0].message.starts_with("`date` has a day and a month"));
    }

    #[test]
    fn lines_of_json_come_one_by_one() {
        let mut records = Records::new("p.jsonl", InputKind::Jsonl, &Options::default());
        let one = records.line(b"\xef\xbb\xbf{\"text\": \"caf\xc3\xa9 STOP\"}\r\n");
        assert_eq!(places(&one, "STOP"), [("1".into(), 1, 16)]);
        assert!(records.line(b"\n").documents.is_empty());
        assert_eq!(records.line(b"{broken\n").problems[0].line, Some(3));
        assert_eq!(records.line(b"{\"text\": \"caf\xe9\", \"id\": \"a\"}\n").notes.len(), 1);
        let again = records.line(b"{\"text\": \"caf\xe9\", \"id\": \"a\"}");
        assert_eq!((again.notes.len(), again.problems.len(), again.problems[0].line), (0, 1, Some(5)));
    }

    #[test]
    fn lines_of_json_end_in_any_way() {
        let text = "{\"text\": \"one\"}\n\n{\"text\": \"a STOP\"}\n{broken\n{\"text\": \"STOP\"}\n";
        for end in ["\n", "\r\n", "\r"] {
            let parsed = read("p.jsonl", InputKind::Jsonl, &text.replace('\n', end), &Options::default());
            assert_eq!(places(&parsed, "STOP"), [("3".into(), 3, 13), ("5".into(), 5, 11)], "{end:?}");
            assert_eq!(parsed.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(4)], "{end:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_never_closes_takes_bounded_memory() {
        let mut records = Records::new("s.csv", InputKind::Schedule, &Options::default());
        records.line(b"text\n\"open\n");
        let line = [b'a'; 1 << 20];
        let told: usize = (0..12).map(|_| records.line(&line).problems.len()).sum();
        assert!(told == 1 && records.pending.len() <= POST_LIMIT);
    }
}
