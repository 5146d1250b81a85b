//! A draft as the rules see it: posts with fields, each field's text with its folded view, segments and positions.
//!
//! Input formats live here too, one file each; they turn decoded text into [`Document`]s and read no files themselves.

use crate::span::Span;
use serde::Deserialize;

mod disguise;
mod entities;
mod excerpt;
mod fold;
mod hidden;
mod leet;
mod letters;
mod lines;
mod links;
pub mod map;
mod quotes;
mod segment;
pub mod text;
pub mod words;

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
    #[serde(default)]
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
    #[serde(default)]
    pub until: Option<jiff::civil::Date>,
}

/// What is known of a post besides its words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Lower-case platform names; a draft may name several.
    pub platforms: Vec<String>,
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
}

/// Segments of a folded text, all in bytes of the folded text, each list in order.
#[derive(Debug, Default)]
pub struct Segments {
    /// Sentences (UAX #29 plus abbreviations); they cover the text without gaps.
    pub sentences: Vec<Span>,
    /// Paragraphs: separated by blank lines.
    pub paragraphs: Vec<Span>,
    /// Text in quotation marks, the marks excluded; a quotation never crosses a paragraph.
    pub quotes: Vec<Span>,
    /// URLs, and Markdown code in Markdown drafts.
    pub opaque: Vec<Span>,
}
