//! Cuts the work into units: a handful of small files, or a piece of a long one.

use super::{Input, Job};
use crate::source::{Piece, Pieces, Refusal};
use std::io;
use std::ops::Range;
use std::path::Path;

/// Small files that are worth one turn of a thread.
const FILES: usize = 64;

/// What one thread does at a time.
#[derive(Debug)]
pub(super) enum Unit {
    /// These jobs, each read whole.
    Whole(Range<usize>),
    /// Some lines of a job.
    Piece(usize, Piece),
    /// A job, or its rest, that cannot be read.
    Refused(usize, Refusal),
}

/// The units of a batch in order.
pub(super) struct Feed<'j> {
    jobs: &'j [Job],
    next: usize,
    most: usize,
    open: Option<Box<dyn Iterator<Item = Result<Piece, Refusal>> + Send>>,
    fresh: bool,
}

impl<'j> Feed<'j> {
    /// Every thread gets a share even of a few files.
    pub(super) fn new(jobs: &'j [Job], threads: usize) -> Self {
        Self { jobs, next: 0, most: jobs.len().div_ceil(threads.max(1)).clamp(1, FILES), open: None, fresh: false }
    }

    /// The next piece of the file that is open; an empty file is one empty piece.
    fn piece(&mut self) -> Option<Unit> {
        let at = self.next.checked_sub(1)?;
        let piece = self.open.as_mut()?.next();
        let fresh = std::mem::take(&mut self.fresh);
        match piece {
            Some(Ok(piece)) => return Some(Unit::Piece(at, piece)),
            Some(Err(refusal)) => return Some(Unit::Refused(at, refusal)),
            None => self.open = None,
        }
        fresh.then(|| Unit::Piece(at, Piece { bytes: Vec::new(), first_line: 1 }))
    }

    fn open(&mut self, job: &Job) -> Option<Unit> {
        self.next += 1;
        self.fresh = true;
        match &job.input {
            Input::Stdin => self.open = Some(Box::new(Pieces::new(io::stdin()))),
            Input::File(path) => match Pieces::open(path) {
                Ok(pieces) => self.open = Some(Box::new(pieces)),
                Err(refusal) => return Some(Unit::Refused(self.next - 1, refusal)),
            },
        }
        None
    }
}

impl Iterator for Feed<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        loop {
            if let Some(unit) = self.piece() {
                return Some(unit);
            }
            let rest = self.jobs.get(self.next..)?;
            let job = rest.first()?;
            if !is_lines(job) {
                let count = rest.iter().take(self.most).take_while(|job| !is_lines(job)).count();
                self.next += count;
                return Some(Unit::Whole(self.next - count..self.next));
            }
            if let Some(unit) = self.open(job) {
                return Some(unit);
            }
        }
    }
}

/// Whether a job is a file of one post a line, of any size.
fn is_lines(job: &Job) -> bool {
    let ending = Path::new(&job.name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ending.eq_ignore_ascii_case("jsonl") || ending.eq_ignore_ascii_case("ndjson")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(folder: &Path, names: &[&str]) -> Vec<Job> {
        names.iter().map(|name| Job { input: Input::File(folder.join(name)), name: (*name).into(), lane: 0 }).collect()
    }

    #[test]
    fn files_come_together_and_streams_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("c.jsonl"), "{}\n").unwrap();
        std::fs::write(folder.path().join("d.jsonl"), "").unwrap();
        let jobs = jobs(folder.path(), &["a.md", "b.md", "c.jsonl", "d.jsonl", "e.jsonl", "f.md"]);
        let units: Vec<String> = Feed::new(&jobs, 1)
            .map(|unit| match unit {
                Unit::Whole(range) => format!("{range:?}"),
                Unit::Piece(at, piece) => format!("{at} {}", piece.bytes.len()),
                Unit::Refused(at, refusal) => format!("{at} {refusal:?}"),
            })
            .collect();
        assert_eq!(units, ["0..2", "2 3", "3 0", "4 Missing", "5..6"]);
    }
}
