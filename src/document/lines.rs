//! Counts lines, columns and characters, so that a caret stands under the words that the author typed.
//!
//! A line ends at `\n`, `\r\n` or a lone `\r`, as in editors; U+0085 and U+2028 do not end one. A column counts Unicode scalar values from 1: a tab
//! counts as one, an emoji of several code points as several.

use crate::span::Position;

/// Bytes between two marks. A finding costs a walk of at most this length, also in a line of 10 MiB.
const STEP: usize = 1024;

/// Finds the position of any byte of a text.
#[derive(Debug)]
pub(super) struct Ruler {
    marks: Vec<Mark>,
}

/// What stands at one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    byte: usize,
    /// Line and column in the file.
    pub(super) position: Position,
    /// Characters since the text's start.
    pub(super) chars: usize,
}

impl Ruler {
    /// Prepares for a text whose first character stands at `start`.
    pub(super) fn new(text: &str, start: Position) -> Self {
        let mut mark = Mark { byte: 0, position: start, chars: 0 };
        let mut marks = vec![mark];
        while text.len() - mark.byte > STEP {
            mark = mark.advance(text, mark.byte + STEP);
            marks.push(mark);
        }
        Self { marks }
    }

    /// Position of the character at `byte` of the same text; inside a character, of the next one.
    pub(super) fn at(&self, text: &str, byte: usize) -> Mark {
        let index = self.marks.partition_point(|mark| mark.byte <= byte);
        let start = Mark { byte: 0, position: Position { line: 1, column: 1 }, chars: 0 };
        self.marks.get(index.wrapping_sub(1)).copied().unwrap_or(start).advance(text, byte)
    }
}

impl Mark {
    fn advance(mut self, text: &str, to: usize) -> Self {
        let mut rest = text.get(self.byte..).unwrap_or("").chars().peekable();
        while self.byte < to {
            let Some(c) = rest.next() else { break };
            self.byte += c.len_utf8();
            self.chars += 1;
            if c == '\n' || c == '\r' && rest.peek() != Some(&'\n') {
                self.position = Position { line: self.position.line + 1, column: 1 };
            } else {
                self.position.column += 1;
            }
        }
        self
    }
}

/// The lines of a text with their ends.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = at + if rest.get(at..).is_some_and(|rest| rest.starts_with("\r\n")) { 2 } else { 1 };
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_an_editor_does() {
        let text = "a\té\u{301}x\r\n👩‍⚕️日 y\rz\u{85}w\n\nend";
        let ruler = Ruler::new(text, Position { line: 3, column: 5 });
        for (find, line, column) in
            [("a", 3, 5), ("\t", 3, 6), ("x", 3, 9), ("👩", 4, 1), ("日", 4, 5), ("y", 4, 7), ("z", 5, 1), ("w", 5, 3), ("end", 7, 1)]
        {
            let mark = ruler.at(text, text.find(find).unwrap());
            assert_eq!(mark.position, Position { line, column }, "{find}");
            assert_eq!(mark.chars, text.split(find).next().unwrap().chars().count(), "{find}");
        }
    }

    #[test]
    fn lines_keep_their_ends() {
        assert_eq!(lines("a\r\rb\r\n\nc").collect::<Vec<_>>(), ["a\r", "\r", "b\r\n", "\n", "c"]);
        assert_eq!(lines("é\r\n").collect::<Vec<_>>(), ["é\r\n"]);
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn marks_change_nothing() {
        let text = "dépôt\r\n 🎉\rline\n".repeat(700);
        let start = Position { line: 1, column: 1 };
        let ruler = Ruler::new(&text, start);
        for (byte, _) in text.char_indices().step_by(97) {
            assert_eq!(ruler.at(&text, byte), Mark { byte: 0, position: start, chars: 0 }.advance(&text, byte));
        }
    }
}
