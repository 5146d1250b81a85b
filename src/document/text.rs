//! One field's words in three views: as typed, folded for matching, and cut into words and segments.

use super::fold::Fold;
use super::lines::Ruler;
use super::map::Map;
use super::{Word, excerpt, hidden, quotes, segment, words};
use crate::finding::{Excerpt, Place};
use crate::span::{Position, Span};
use std::cell::OnceCell;

/// A field's text with everything that matching and reporting need, each part made when first asked for.
#[derive(Debug)]
pub struct Text {
    source: String,
    origin: Origin,
    code: Vec<Span>,
    comments: Vec<Span>,
    marks: Vec<Span>,
    folded_marks: OnceCell<Vec<Span>>,
    fold: OnceCell<Fold>,
    words: OnceCell<Vec<Word>>,
    sentences: OnceCell<Vec<Span>>,
    paragraphs: OnceCell<Vec<Span>>,
    quotes: OnceCell<Vec<Span>>,
    opaque: OnceCell<Vec<Span>>,
    ruler: OnceCell<Ruler>,
    raw_ruler: OnceCell<Ruler>,
}

/// Where a text stands in its file, and how it is spelled there.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Line and column of the text's first character in the decoded file.
    pub start: Position,
    /// Byte of that character in the decoded file, 0-based.
    pub offset: usize,
    /// The spelling in the file where it differs: a JSON string with escapes, a CSV cell with doubled quotes.
    pub raw: Option<(String, Map)>,
}

impl Origin {
    /// A text that stands in its file as it is.
    pub fn new(start: Position, offset: usize) -> Self {
        Self { start, offset, raw: None }
    }

    /// The beginning of a file.
    pub fn top() -> Self {
        Self::new(Position { line: 1, column: 1 }, 0)
    }
}

impl Text {
    /// Text that begins at line 1, column 1 of its file.
    pub fn new(source: impl Into<String>) -> Self {
        Self::from_raw(source, Origin::top())
    }

    /// Text that stands somewhere in a file, perhaps in another spelling.
    pub fn from_raw(source: impl Into<String>, origin: Origin) -> Self {
        Self {
            source: source.into(),
            origin,
            code: Vec::new(),
            comments: Vec::new(),
            marks: Vec::new(),
            folded_marks: OnceCell::new(),
            fold: OnceCell::new(),
            words: OnceCell::new(),
            sentences: OnceCell::new(),
            paragraphs: OnceCell::new(),
            quotes: OnceCell::new(),
            opaque: OnceCell::new(),
            ruler: OnceCell::new(),
            raw_ruler: OnceCell::new(),
        }
    }

    /// The same text with what its markup says, both in bytes of the source and in order: `code` is opaque, `comments` are not published and so not
    /// matched, and `marks` stand around words and are none.
    pub fn with_markup(self, code: Vec<Span>, comments: Vec<Span>, marks: Vec<Span>) -> Self {
        Self { code, comments, marks, ..self }
    }

    /// The text as the author typed it, decoded.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What is matched. Case is kept.
    pub fn folded(&self) -> &str {
        self.fold().text().unwrap_or(&self.source)
    }

    /// The bytes of [`Text::source`] that a span of [`Text::folded`] was made from, whole characters with their accents.
    pub fn typed(&self, folded: Span) -> Span {
        self.fold().back(folded)
    }

    /// The bytes of [`Text::folded`] that a span of [`Text::source`] became.
    pub fn fold_span(&self, typed: Span) -> Span {
        self.fold().forth(typed)
    }

    /// The words and signs of the folded text.
    pub fn words(&self) -> &[Word] {
        self.words.get_or_init(|| self.without_marks(words::cut(self.folded())))
    }

    /// The words that are no part of marks. A paragraph that began with a mark begins with the word after it.
    fn without_marks(&self, mut words: Vec<Word>) -> Vec<Word> {
        if self.marks.is_empty() {
            return words;
        }
        let mut starts = false;
        words.retain_mut(|word| {
            starts |= word.starts_paragraph;
            let kept = !self.is_mark(word.span);
            word.starts_paragraph = starts;
            starts &= !kept;
            kept
        });
        words
    }

    /// Sentences (UAX #29 plus abbreviations) in bytes of the folded text, in order; they cover it without gaps.
    pub fn sentences(&self) -> &[Span] {
        self.sentences.get_or_init(|| segment::sentences(self.folded()))
    }

    /// Paragraphs in bytes of the folded text, in order: separated by blank lines.
    pub fn paragraphs(&self) -> &[Span] {
        self.paragraphs.get_or_init(|| segment::paragraphs(self.folded()))
    }

    /// Text in quotation marks in bytes of the folded text, in order, the marks excluded; a quotation never crosses a paragraph.
    pub fn quotes(&self) -> &[Span] {
        self.quotes.get_or_init(|| quotes::find(self.folded(), self.paragraphs()))
    }

    /// URLs, and Markdown code in Markdown drafts, in bytes of the folded text, in order.
    pub fn opaque(&self) -> &[Span] {
        self.opaque.get_or_init(|| segment::opaque(self.folded(), self.code.iter().map(|span| self.fold_span(*span)).collect()))
    }

    /// Whether a span of [`Text::folded`] lies in a mark, such as the target of a Markdown link, and so parts no words.
    pub fn is_mark(&self, folded: Span) -> bool {
        let marks = self.folded_marks.get_or_init(|| {
            let mut marks: Vec<Span> = self.marks.iter().map(|span| self.fold_span(*span)).collect();
            marks.sort();
            marks
        });
        marks.get(marks.partition_point(|mark| mark.end <= folded.start)).is_some_and(|mark| mark.covers(folded))
    }

    /// Where a span of [`Text::source`] stands in the file and in the field.
    pub fn place(&self, typed: Span) -> Place {
        let ruler = self.ruler.get_or_init(|| Ruler::new(&self.source, self.origin.start));
        let (mut from, mut to) = (ruler.at(&self.source, typed.start), ruler.at(&self.source, typed.end));
        let chars = (from.chars, to.chars);
        if let Some((raw, map)) = &self.origin.raw {
            let ruler = self.raw_ruler.get_or_init(|| Ruler::new(raw, self.origin.start));
            let span = map.back(typed);
            (from, to) = (ruler.at(raw, span.start), ruler.at(raw, span.end));
        }
        Place { from: from.position, to: to.position, chars, bytes: typed }
    }

    /// The bytes of the decoded file that spell a span of [`Text::source`].
    pub fn in_file(&self, typed: Span) -> Span {
        let span = self.origin.raw.as_ref().map_or(typed, |(_, map)| map.back(typed));
        Span::new(span.start + self.origin.offset, span.end + self.origin.offset)
    }

    /// Whether the file spells this text letter by letter, so that an edit of the field can be written into the file as it is.
    pub fn is_verbatim(&self) -> bool {
        self.origin.raw.is_none()
    }

    /// The typed lines around a span of [`Text::source`], with the labels that stand on them.
    pub fn excerpt(&self, typed: Span, labels: &[Span]) -> Excerpt {
        excerpt::cut(&self.source, typed, labels, |byte| self.place(Span::new(byte, byte)).from.line)
    }

    /// Bytes of [`Text::source`] of every character that nobody sees, but for those that an emoji or a script needs.
    pub fn hidden_characters(&self) -> Vec<Span> {
        hidden::characters(&self.source)
    }

    /// Bytes of [`Text::source`] of every letter in a costume (bold, circled, full-width …), one span a letter.
    pub fn styled_letters(&self) -> Vec<Span> {
        hidden::styled(&self.source)
    }

    fn fold(&self) -> &Fold {
        self.fold.get_or_init(|| Fold::new(&self.source, &self.comments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_folded_words_under_what_was_typed() {
        let text = Text::from_raw("Hi 👩‍⚕️\r\n日\tit c̶u̶r̶e̶s̶ all", Origin::new(Position { line: 5, column: 1 }, 40));
        let start = text.folded().find("cures").unwrap();
        let typed = text.typed(Span::new(start, start + 5));
        assert_eq!(typed.of(text.source()), "c̶u̶r̶e̶s̶");
        let place = text.place(typed);
        assert_eq!((place.from, place.to), (Position { line: 6, column: 6 }, Position { line: 6, column: 16 }));
        assert_eq!(place.chars.1 - place.chars.0, 10);
        assert_eq!(text.in_file(typed).start, typed.start + 40);
        assert_eq!(text.excerpt(typed, &[]).first_line, 6);
    }
}
