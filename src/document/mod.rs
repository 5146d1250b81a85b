//! A draft as the rules see it: posts with fields, each field's text with its folded view, segments and positions.
//!
//! Input formats live here too, one file each; they turn decoded text into [`Document`]s and read no files themselves.

use crate::span::Position;
use serde::Deserialize;

mod cells;
mod columns;
pub mod dates;
pub mod decode;
mod disguise;
mod entities;
mod excerpt;
mod fold;
mod front_matter;
mod hidden;
mod json_text;
mod jsonl;
mod leet;
mod letters;
mod lines;
mod links;
pub mod map;
mod markdown;
mod metadata;
mod mojibake;
mod plain;
mod quotes;
pub mod records;
mod schedule;
mod segment;
pub mod text;
pub mod words;

pub use dates::DateOrder;
pub use decode::{Encoding, Refusal, decode};
pub use records::Records;
pub use text::{Origin, Text};
pub use words::{Word, WordKind};

/// One file (or one record of a stream) with its posts.
#[derive(Debug)]
pub struct Document {
    /// The file as the user named it, for people; may hold replacement characters.
    pub path: String,
    /// In order; the parts of a thread are posts of one document.
    pub posts: Vec<Post>,
    /// Whether the posts are parts of one thread, in order.
    pub thread: bool,
}

/// One publishable text.
#[derive(Debug)]
pub struct Post {
    /// JSONL `id` (its line number without one), CSV row (the header is row 1), or the 1-based part of a thread.
    pub id: String,
    /// From front matter, columns or keys.
    pub metadata: Metadata,
    /// `text` first, then the others that are there.
    pub fields: Vec<Field>,
}

/// One piece of text of a post.
#[derive(Debug)]
pub struct Field {
    /// Which one.
    pub kind: FieldKind,
    /// Its words.
    pub text: Text,
}

/// The pieces of a post where identifiers leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// The post itself.
    Text,
    /// Description of an image.
    Alt,
    /// A comment scheduled with the post.
    FirstComment,
    /// Title of a video or article.
    Title,
    /// A link with the post.
    Link,
}

impl FieldKind {
    /// The name in reports and packs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Alt => "alt",
            Self::FirstComment => "first_comment",
            Self::Title => "title",
            Self::Link => "link",
        }
    }
}

/// A documented consent for a case, image or story.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Reference of the signed form in the practice's files.
    pub id: String,
    /// Platforms that it covers (`x`, `instagram` …, or `all`).
    #[serde(default)]
    pub scope: Vec<String>,
    /// Last valid day.
    #[serde(default, deserialize_with = "dates::day")]
    pub expires: Option<jiff::civil::Date>,
}

/// One line of `postlint: {ignore: [...]}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// Rule or pack id.
    pub rule: String,
    /// Required: why this is fine.
    pub reason: String,
    /// Last valid day.
    #[serde(default, deserialize_with = "dates::day")]
    pub until: Option<jiff::civil::Date>,
    /// Where in the file it stands, if that is known.
    #[serde(skip)]
    pub at: Option<Position>,
    /// The 1-based lines of the file that a Markdown comment is for; `None` for the whole post.
    #[serde(skip)]
    pub lines: Option<(usize, usize)>,
}

/// What is known of a post besides its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Lower-case platform names; a draft may name several.
    pub platforms: Vec<String>,
    /// Where in the file they are named.
    pub platforms_at: Option<Position>,
    /// Account handle or name.
    pub account: Option<String>,
    /// When it is to be posted, as written; and parsed.
    pub scheduled_at: Option<jiff::civil::DateTime>,
    /// `patients`, `clinicians` …
    pub audience: Option<String>,
    /// Content pillar.
    pub pillar: Option<String>,
    /// Free tags.
    pub tags: Vec<String>,
    /// Attached media: file name or address.
    pub media: Vec<String>,
    /// Documented consent.
    pub consent: Option<Consent>,
    /// Day of approval by a reviewer.
    pub approved_at: Option<jiff::civil::Date>,
    /// Day of the event that the post tells of.
    pub event_at: Option<jiff::civil::Date>,
    /// Suppressions.
    pub ignore: Vec<Ignore>,
}

/// A mistake in an input that does not stop the rest: an unknown key, a broken front matter, a ragged row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line in the file, if known.
    pub line: Option<usize>,
    /// 1-based column in characters, if known.
    pub column: Option<usize>,
    /// What is wrong and what to do; never words of the draft.
    pub message: String,
    /// Whether words went unread because of it; else the post was checked all the same.
    pub unread: bool,
}

impl Problem {
    /// A mistake at a known place that keeps words from being read.
    pub fn at(at: Position, message: String) -> Self {
        Self { line: Some(at.line), column: Some(at.column), message, unread: true }
    }
}

/// Bytes of the largest post, and of the largest plain or Markdown file.
pub const POST_LIMIT: usize = 10 << 20;

/// Mistakes that are told of one front matter or record; whoever has more has another kind of file.
const PROBLEMS: usize = 20;

/// Posts of the longest thread that is read.
pub const THREAD_LIMIT: usize = 1_000;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// One post or a thread, as it will be published.
    Plain,
    /// The same with Markdown marks.
    Markdown,
    /// One JSON object a line, one post each.
    Jsonl,
    /// A scheduler's CSV export, one post a row.
    Schedule,
}

impl InputKind {
    /// By the ending of the file's name; `None` for a file that is no draft.
    pub fn of(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        let is = |known: &[&str]| known.iter().any(|known| ending.eq_ignore_ascii_case(known));
        match () {
            () if is(&["txt"]) => Some(Self::Plain),
            () if is(&["md", "markdown"]) => Some(Self::Markdown),
            () if is(&["jsonl", "ndjson"]) => Some(Self::Jsonl),
            () if is(&["csv"]) => Some(Self::Schedule),
            () => None,
        }
    }

    /// Whether the file holds one post a record, so that [`Records`] can read it as a stream.
    pub fn is_records(self) -> bool {
        matches!(self, Self::Jsonl | Self::Schedule)
    }
}

/// What the user said on how to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Order of day and month in CSV dates.
    pub date_order: Option<DateOrder>,
    /// Our key and the user's column, as in `--csv-map text=Message`.
    pub csv_columns: Vec<(String, String)>,
}

/// What came out of a file or of a record.
#[derive(Debug, Default)]
pub struct Parsed {
    /// In the order of the file; JSONL and CSV give one document a record.
    pub documents: Vec<Document>,
    /// Mistakes; what could be read is in `documents` all the same.
    pub problems: Vec<Problem>,
    /// For the author to know.
    pub notes: Vec<String>,
}

impl Parsed {
    /// Says of the problems so far that the words were read in spite of them, if any were.
    fn words_were_read(&mut self) {
        let any = self.documents.iter().any(|document| !document.posts.is_empty());
        self.problems.iter_mut().for_each(|problem| problem.unread &= !any);
    }

    /// Adds what came after.
    pub fn extend(&mut self, next: Parsed) {
        self.documents.extend(next.documents);
        self.problems.extend(next.problems);
        self.notes.extend(next.notes);
    }
}

/// Reads a decoded file. `path` is only for [`Document::path`].
pub fn read(path: &str, kind: InputKind, text: &str, options: &Options) -> Parsed {
    let text = text.trim_start_matches(decode::BOM);
    match kind {
        InputKind::Plain | InputKind::Markdown if text.len() > POST_LIMIT => {
            let problem = Problem::at(Position { line: 1, column: 1 }, Refusal::TooLong.to_string());
            Parsed { problems: vec![problem], ..Parsed::default() }
        }
        InputKind::Plain | InputKind::Markdown => plain::read(path, kind, text),
        InputKind::Jsonl | InputKind::Schedule => records::read(path, kind, text, options),
    }
}

/// Decodes and reads a file; also tells how it was stored. A refusal means that nothing of it was read.
pub fn read_bytes(path: &str, kind: InputKind, bytes: &[u8], options: &Options) -> Result<(Parsed, Encoding), Refusal> {
    let decoded = decode(bytes)?;
    let mut parsed = Parsed { problems: decoded.problems, notes: decoded.notes, ..Parsed::default() };
    parsed.extend(read(path, kind, &decoded.text, options));
    Ok((parsed, decoded.encoding))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Asks a document for everything that rules and reports ask for.
    fn exercise(parsed: &Parsed, file: &str) -> Result<(), TestCaseError> {
        for field in parsed.documents.iter().flat_map(|d| &d.posts).flat_map(|p| &p.fields) {
            let text = &field.text;
            let folded = text.folded();
            let lists = [text.sentences(), text.paragraphs(), text.quotes(), text.opaque()];
            let spans = lists.into_iter().flatten().copied().chain(text.words().iter().map(|word| word.span));
            for span in spans {
                prop_assert!(folded.get(span.start..span.end).is_some_and(|t| !t.is_empty()) || span.is_empty());
                let typed = text.typed(span);
                prop_assert!(text.source().get(typed.start..typed.end).is_some());
                let place = text.place(typed);
                prop_assert!(place.from <= place.to && place.chars.0 <= place.chars.1);
                prop_assert!(file.get(text.in_file(typed).start..text.in_file(typed).end).is_some());
                let excerpt = text.excerpt(typed, &[typed]);
                let shown = excerpt.primary.of(&excerpt.text);
                prop_assert!(typed.of(text.source()).starts_with(shown));
            }
            prop_assert!(text.hidden_characters().len() + text.styled_letters().len() <= text.source().len());
        }
        Ok(())
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            fold::tests::typed(),
            "(---|\\.\\.\\.)?(\n|\r\n|\r)",
            "(platform|scheduled_at|alt|first_comment|consent|postlint|text|id|zzz): ?",
            "[\\[\\]{}\":,'|>#&*!;\t -]{1,4}",
            "(\\{\"text\": ?\"|\\\\u[0-9a-f]{4}|\\\\n|\"\\}|\", \"alt\": \\[\"x\"\\])",
            "(Text,Date\n|2026-11-2[0-9]|3/4/2026,|\"\"|,)",
            "(<!-- |-->|postlint-ignore a: b|```|https://a.org/b )",
        ]
    }

    proptest! {
        #[test]
        fn any_text_in_any_format_gives_sound_spans(pieces in proptest::collection::vec(piece(), 0..20), front in any::<bool>()) {
            let text = format!("{}{}", if front { "---\n" } else { "" }, pieces.concat());
            for kind in [InputKind::Plain, InputKind::Markdown, InputKind::Jsonl, InputKind::Schedule] {
                exercise(&read("p", kind, &text, &Options::default()), text.trim_start_matches(decode::BOM))?;
            }
        }

        #[test]
        fn any_text_of_a_json_post_comes_back(words in fold::tests::typed()) {
            let line = serde_json::json!({"text": words}).to_string();
            let parsed = read("p", InputKind::Jsonl, &line, &Options::default());
            prop_assert_eq!(parsed.documents[0].posts[0].fields[0].text.source(), words);
            exercise(&parsed, &line)?;
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for kind in [InputKind::Plain, InputKind::Jsonl, InputKind::Schedule] {
                let _ = read_bytes("p", kind, &bytes, &Options::default());
            }
        }
    }
}
