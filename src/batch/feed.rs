//! Cuts the work into units: a handful of files to be read whole, or some posts of a file that is read as a stream.

use super::{Input, Job};
use crate::document::{self, InputKind, Options, POST_LIMIT, Parsed, Records};
use crate::source::{Pieces, Refusal};
use std::io::{self, Cursor, Read};
use std::ops::Range;

/// Small files that are worth one turn of a thread.
const FILES: usize = 64;

/// A file of one post a line that is longer is read as a stream. A schedule is read whole as long as it can be, because a date further down may
/// show the order of day and month.
const WHOLE: u64 = 1024 * 1024;

/// What one thread does at a time.
#[derive(Debug)]
pub(super) enum Unit {
    /// These jobs, each read whole.
    Whole(Range<usize>),
    /// Some posts of a job.
    Posts {
        /// The job.
        job: usize,
        /// Whether they are the first of it.
        begins: bool,
        /// The posts.
        parsed: Parsed,
    },
    /// A job, or its rest, that cannot be read.
    Refused(usize, String),
}

/// The units of a batch in order.
pub(super) struct Feed<'j> {
    jobs: &'j [Job],
    options: &'j Options,
    next: usize,
    most: usize,
    open: Option<Stream>,
}

/// A file of many posts that is being read.
struct Stream {
    pieces: Pieces<Box<dyn Read + Send>>,
    records: Records,
    begins: bool,
}

impl<'j> Feed<'j> {
    /// Every thread gets a share even of a few files.
    pub(super) fn new(jobs: &'j [Job], options: &'j Options, threads: usize) -> Self {
        Self { jobs, options, next: 0, most: jobs.len().div_ceil(threads.max(1)).clamp(1, FILES), open: None }
    }

    /// The next posts of the stream that is open.
    fn posts(&mut self) -> Option<Unit> {
        let job = self.next.checked_sub(1)?;
        let stream = self.open.as_mut()?;
        let begins = std::mem::take(&mut stream.begins);
        let mut parsed = Parsed::default();
        match stream.pieces.next() {
            Some(Ok(piece)) if piece.part => parsed = stream.records.part(&piece.bytes),
            Some(Ok(piece)) => piece.bytes.split_inclusive(|byte| *byte == b'\n').for_each(|line| parsed.extend(stream.records.line(line))),
            Some(Err(refusal)) => {
                self.open = None;
                return Some(Unit::Refused(job, refusal.to_string()));
            }
            None => {
                parsed = stream.records.end();
                self.open = None;
            }
        }
        self.open.take_if(|stream| stream.records.is_endless());
        Some(Unit::Posts { job, begins, parsed })
    }

    fn start(&mut self, job: &Job, kind: InputKind) -> Option<Unit> {
        self.next += 1;
        let input: Result<Box<dyn Read + Send>, Refusal> = match &job.input {
            Input::Stdin if kind == InputKind::Schedule => match start_of_stdin() {
                Ok(all) if all.len() <= POST_LIMIT => return Some(self.at_once(job, kind, &all)),
                start => start.map(|start| Box::new(Cursor::new(start).chain(io::stdin())) as _),
            },
            Input::Stdin => Ok(Box::new(io::stdin())),
            Input::File(path) => crate::source::read::open(path).map(|file| Box::new(file) as _),
        };
        match input {
            Ok(input) => {
                let records = Records::new(&job.name, kind, self.options);
                self.open = Some(Stream { pieces: Pieces::new(input), records, begins: true });
                None
            }
            Err(refusal) => Some(Unit::Refused(self.next - 1, refusal.to_string())),
        }
    }
}

impl Feed<'_> {
    /// The posts of an input that turned out to be short.
    fn at_once(&self, job: &Job, kind: InputKind, bytes: &[u8]) -> Unit {
        match document::read_bytes(&job.name, kind, bytes, self.options) {
            Ok((parsed, _)) => Unit::Posts { job: self.next - 1, begins: true, parsed },
            Err(refusal) => Unit::Refused(self.next - 1, refusal.to_string()),
        }
    }
}

/// As much of standard input as a schedule may have that is read whole, and one byte more if there is more.
fn start_of_stdin() -> Result<Vec<u8>, Refusal> {
    let mut start = Vec::new();
    io::stdin().take(POST_LIMIT as u64 + 1).read_to_end(&mut start)?;
    Ok(start)
}

impl Iterator for Feed<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        loop {
            if let Some(unit) = self.posts() {
                return Some(unit);
            }
            let rest = self.jobs.get(self.next..)?;
            let job = rest.first()?;
            let Some(kind) = streamed(job) else {
                let count = rest.iter().take(self.most).take_while(|job| streamed(job).is_none()).count();
                self.next += count;
                return Some(Unit::Whole(self.next - count..self.next));
            };
            if let Some(unit) = self.start(job, kind) {
                return Some(unit);
            }
        }
    }
}

impl Job {
    /// Whether it is read as a stream, so that it may hold more findings than fit in memory.
    pub fn is_stream(&self) -> bool {
        streamed(self).is_some()
    }
}

/// How a job is read when it is read as a stream; `None` when it is read whole.
fn streamed(job: &Job) -> Option<InputKind> {
    let kind = InputKind::of(&job.name).filter(|kind| kind.is_records())?;
    let whole = if kind == InputKind::Schedule { POST_LIMIT as u64 } else { WHOLE };
    let long = match &job.input {
        Input::Stdin => true,
        Input::File(path) => std::fs::metadata(path).is_ok_and(|data| data.len() > whole),
    };
    long.then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_together_and_long_ones_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let line = format!("{{\"text\": \"{}\"}}\n", "word ".repeat(200));
        std::fs::write(folder.path().join("c.jsonl"), line.repeat(1100)).unwrap();
        std::fs::write(folder.path().join("d.jsonl"), line).unwrap();
        let job = |name: &str| Job { input: Input::File(folder.path().join(name)), name: name.into(), lane: 0 };
        let jobs: Vec<Job> = ["a.md", "b.md", "c.jsonl", "d.jsonl", "e.csv"].map(job).into();
        let (mut whole, mut posts, mut begun) = (Vec::new(), 0, 0);
        let options = Options::default();
        for unit in Feed::new(&jobs, &options, 1) {
            match unit {
                Unit::Whole(range) => whole.push(range),
                Unit::Posts { job, begins, parsed } => {
                    assert_eq!(job, 2);
                    posts += parsed.documents.len();
                    begun += usize::from(begins);
                }
                Unit::Refused(..) => panic!(),
            }
        }
        assert_eq!((whole, posts, begun), (vec![0..2, 3..5], 1100, 1));
    }
}
