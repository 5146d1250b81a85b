//! Reads a file of many posts, one a line, in pieces of whole lines, so that memory does not grow with the file.

use super::{Refusal, read};
use crate::document::POST_LIMIT;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// About how many bytes a piece holds; one line alone may be longer.
const PIECE: usize = 256 * 1024;

/// Some whole lines of a file, or a part of one that is longer than a post may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The lines with their ends.
    pub bytes: Vec<u8>,
    /// 1-based number of the first of them in the file.
    pub first_line: usize,
    /// Whether this is a part of one line that is too long; the last part holds the line's end.
    pub part: bool,
}

/// The pieces of a file, in order. After an error there are no more.
#[derive(Debug)]
pub struct Pieces<R = BufReader<File>> {
    input: R,
    rest: Vec<u8>,
    line: usize,
    /// Whether the line that comes next is the rest of one that is too long.
    inside: bool,
    ended: bool,
}

impl Pieces {
    /// Opens a plain file.
    ///
    /// # Errors
    /// Why it is no plain file, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        Ok(Self::new(BufReader::with_capacity(64 * 1024, read::open(path)?)))
    }
}

impl<R: Read> Pieces<R> {
    /// Pieces of any input, such as standard input.
    pub fn new(input: R) -> Self {
        Self { input, rest: Vec::new(), line: 1, inside: false, ended: false }
    }

    /// Reads until at least one whole line and about [`PIECE`] bytes are there, or more than a post may have.
    fn fill(&mut self) -> Result<Option<Piece>, Refusal> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut searched = 0;
        loop {
            let want = PIECE.saturating_sub(bytes.len()).max(PIECE / 4);
            let got = self.input.by_ref().take(want as u64).read_to_end(&mut bytes)?;
            if got == 0 {
                self.ended = true;
                return Ok((!bytes.is_empty()).then_some(Piece { bytes, first_line: self.line, part: self.inside }));
            }
            let new = ends(bytes.get(searched..).unwrap_or_default());
            // Whole lines go on behind the one that is too long.
            let end = if self.inside { new.min() } else { new.max() }.map(|at| searched + at);
            if end.is_some() || self.inside || bytes.len() > POST_LIMIT {
                let part = self.inside || end.is_none();
                self.inside = end.is_none();
                return Ok(Some(self.cut(bytes, end, part)));
            }
            // A CR at the end is looked at again with what follows it.
            searched = bytes.len().saturating_sub(1);
        }
    }

    /// Hands over what stands before the end of a line; without one everything but a CR, which may be half of an end.
    fn cut(&mut self, mut bytes: Vec<u8>, end: Option<usize>, part: bool) -> Piece {
        let at = end.unwrap_or(bytes.len() - usize::from(bytes.ends_with(b"\r")));
        let first_line = self.line;
        self.line += ends(&bytes).take_while(|end| *end <= at).count();
        self.rest = bytes.split_off(at);
        Piece { bytes, first_line, part }
    }
}

impl<R: Read> Iterator for Pieces<R> {
    type Item = Result<Piece, Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.fill().transpose();
        self.ended |= matches!(piece, Some(Err(_)) | None);
        piece
    }
}

/// Behind each line that has ended. After a CR at the very end an LF may still follow.
fn ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let ended = |at: usize, byte: u8| byte == b'\n' || byte == b'\r' && bytes.get(at + 1).is_some_and(|next| *next != b'\n');
    bytes.iter().enumerate().filter(move |(at, byte)| ended(*at, **byte)).map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn pieces_are_whole_lines_and_lose_nothing() {
        for end in ["\n", "\r\n", "\r"] {
            whole_lines(end);
        }
    }

    fn whole_lines(end: &str) {
        let text: String = (0..90_000).map(|n| format!("line {n}{end}")).collect::<String>() + "no end";
        let pieces: Vec<Piece> = Pieces::new(text.as_bytes()).map(Result::unwrap).collect();
        assert!(pieces.len() > 3);
        assert_eq!(pieces.iter().flat_map(|piece| piece.bytes.clone()).collect::<Vec<u8>>(), text.as_bytes());
        for piece in &pieces {
            let first = String::from_utf8_lossy(&piece.bytes).split(['\n', '\r']).next().unwrap().to_owned();
            assert!(first == format!("line {}", piece.first_line - 1) || first == "no end");
            assert!(piece.bytes.len() <= PIECE + PIECE / 4);
        }
    }

    #[test]
    fn a_line_that_is_too_long_comes_in_parts_and_the_next_ones_follow() {
        for end in ["\n", "\r\n", "\r"] {
            // The end of the line falls on every side of the end of a part.
            for more in [0, 1, PIECE / 4 - 2, PIECE / 4 - 1, PIECE / 4] {
                let long = "a".repeat(POST_LIMIT + PIECE / 4 + more);
                let text = ["one", &long, "three", "four"].join(end);
                let pieces: Vec<Piece> = Pieces::new(text.as_bytes()).map(Result::unwrap).collect();
                assert_eq!(pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>(), text.len());
                let (parts, whole): (Vec<&Piece>, Vec<&Piece>) = pieces.iter().partition(|piece| piece.part);
                assert!(parts.len() > 1 && parts.iter().all(|part| part.first_line == 2));
                assert!(parts.last().unwrap().bytes.ends_with(end.as_bytes()), "{end:?} {more}");
                let lines: Vec<(usize, &[u8])> = whole.iter().map(|piece| (piece.first_line, &*piece.bytes)).collect();
                let rest = ["three", "four"].join(end);
                assert!(lines.len() >= 2 && lines[0] == (1, format!("one{end}").as_bytes()), "{end:?} {more}");
                assert_eq!(lines[1..].iter().flat_map(|(_, bytes)| *bytes).copied().collect::<Vec<u8>>(), rest.as_bytes());
                assert_eq!(lines[1].0, 3);
            }
        }
    }

    #[test]
    fn one_endless_line_takes_bounded_memory() {
        let parts = Pieces::new(io::repeat(b'a')).take(9).map(Result::unwrap);
        assert!(parts.into_iter().all(|piece| piece.part && piece.bytes.len() <= POST_LIMIT + PIECE));
        assert_eq!(Pieces::new(io::empty()).next(), None);
    }
}
