//! Reads a file of many posts, one a line, in pieces of whole lines, so that memory does not grow with the file.

use super::{Refusal, read};
use crate::document::POST_LIMIT;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// About how many bytes a piece holds; one line alone may be longer.
const PIECE: usize = 256 * 1024;

/// Some whole lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The lines with their ends.
    pub bytes: Vec<u8>,
    /// 1-based number of the first of them in the file.
    pub first_line: usize,
}

/// The pieces of a file, in order. After an error there are no more.
#[derive(Debug)]
pub struct Pieces<R = BufReader<File>> {
    input: R,
    rest: Vec<u8>,
    line: usize,
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
        Self { input, rest: Vec::new(), line: 1, ended: false }
    }

    /// Reads until at least one whole line and about [`PIECE`] bytes are there.
    fn fill(&mut self) -> Result<Option<Piece>, Refusal> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut searched = 0;
        loop {
            let before = bytes.len();
            let want = PIECE.saturating_sub(before).max(PIECE / 4);
            let got = self.input.by_ref().take(want as u64).read_to_end(&mut bytes)?;
            let end = last_end(bytes.get(searched..).unwrap_or_default()).map(|at| searched + at);
            if got == 0 {
                self.ended = true;
                return Ok((!bytes.is_empty()).then_some(Piece { bytes, first_line: self.line }));
            }
            if let Some(end) = end {
                let first_line = self.line;
                self.line += ends(&bytes).take_while(|at| *at <= end).count();
                self.rest = bytes.split_off(end);
                return Ok(Some(Piece { bytes, first_line }));
            }
            if bytes.len() > POST_LIMIT {
                return Err(Refusal::TooLarge);
            }
            // A CR at the end is looked at again with what follows it.
            searched = bytes.len().saturating_sub(1);
        }
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
fn ends(bytes: &[u8]) -> impl DoubleEndedIterator<Item = usize> {
    let ended = |at: usize, byte: u8| byte == b'\n' || byte == b'\r' && bytes.get(at + 1).is_some_and(|next| *next != b'\n');
    bytes.iter().enumerate().filter(move |(at, byte)| ended(*at, **byte)).map(|(at, _)| at + 1)
}

fn last_end(bytes: &[u8]) -> Option<usize> {
    ends(bytes).next_back()
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
    fn one_endless_line_is_refused_in_bounded_memory() {
        let mut pieces = Pieces::new(io::repeat(b'a'));
        assert_eq!(pieces.next(), Some(Err(Refusal::TooLarge)));
        assert_eq!(pieces.next(), None);
        assert_eq!(Pieces::new(io::empty()).next(), None);
    }
}
