//! `limit`: a quantity of a post that is measured, with maxima per platform.

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::weigh::{self, Count, Measure};
use crate::document::{FieldKind, Text};
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_segmentation::UnicodeSegmentation;

/// `limit:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    of: Located<String>,
    max: Option<usize>,
    #[serde(default)]
    max_on: BTreeMap<String, usize>,
}

/// Compiled `limit`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Limit {
    of: Quantity,
    max: Option<usize>,
    max_on: BTreeMap<String, usize>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// Length as the platform counts it.
    Length,
    /// `#words`.
    Hashtags,
    /// `@names`.
    Mentions,
    /// Links.
    Links,
    /// Emoji as a reader counts them.
    Emoji,
    /// Percentage of letters that are capitals, in posts of 40 letters or more.
    Capitals,
    /// Flesch-Kincaid grade (Kincaid 1975), in posts of 30 words or more.
    ReadingGrade,
    /// Characters that nobody sees.
    HiddenCharacters,
    /// Letters that only look like letters.
    StyledLetters,
    /// Attached media without a description.
    MediaWithoutAlt,
}

const QUANTITIES: [(&str, Quantity); 10] = [
    ("length", Quantity::Length),
    ("hashtags", Quantity::Hashtags),
    ("mentions", Quantity::Mentions),
    ("links", Quantity::Links),
    ("emoji", Quantity::Emoji),
    ("capitals", Quantity::Capitals),
    ("reading-grade", Quantity::ReadingGrade),
    ("hidden-characters", Quantity::HiddenCharacters),
    ("styled-letters", Quantity::StyledLetters),
    ("media-without-alt", Quantity::MediaWithoutAlt),
];

/// A platform's numbers, from `rules/platforms.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// Lower-case key: `x`, `instagram`.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Other keys.
    pub aliases: Vec<String>,
    /// How it counts.
    pub count: Count,
    /// Longest post.
    pub limit: usize,
    /// Most bytes (UTF-8) of a post, where the platform counts them as well.
    pub bytes: Option<usize>,
    /// Characters before "more".
    pub fold: Option<usize>,
    /// What a link costs, whatever its length.
    pub link_length: Option<usize>,
    /// Hashtags that are customary at most.
    pub hashtags: Option<usize>,
}

impl Platform {
    /// The length of a text as the platform counts it, and where it is too long. White space around it is not posted, such as a file's last line end.
    pub fn measure(&self, text: &str) -> Measure {
        let before = text.len() - text.trim_start().len();
        let measure = weigh::measure(text.trim(), self.count, self.limit, self.link_length);
        Measure { over: measure.over.map(|at| at + before), refused: measure.refused.map(|at| at + before), ..measure }
    }

    /// The length of a text as the platform counts it.
    pub fn length(&self, text: &str) -> usize {
        self.measure(text).length
    }

    /// Whether a text may be posted there.
    pub fn fits(&self, text: &str) -> bool {
        self.length(text) <= self.limit && self.bytes.is_none_or(|most| text.trim().len() <= most)
    }

    /// The first byte that is too much where the platform counts bytes, at the beginning of its character.
    fn over_bytes(&self, text: &str) -> Option<usize> {
        let before = text.len() - text.trim_start().len();
        let most = self.bytes.filter(|most| text.trim().len() > *most)?;
        (0..=before + most).rev().find(|at| text.is_char_boundary(*at))
    }
}

impl Limit {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, compiler: &mut Compiler<'_>) -> Option<Self> {
        let of = QUANTITIES.iter().find(|(name, _)| *name == params.of.value).map(|(_, quantity)| *quantity);
        if of.is_none() {
            let known: Vec<_> = QUANTITIES.iter().map(|(name, _)| *name).collect();
            compiler.fault(&params.of, format!("`{}` cannot be measured; use one of {}", params.of.value, known.join(", ")));
        }
        Some(Self { of: of?, max: params.max, max_on: params.max_on.clone() })
    }

    /// What it measures and its maxima, for people.
    pub fn wording(&self) -> String {
        let name = QUANTITIES.iter().find(|(_, quantity)| *quantity == self.of).map_or("", |(name, _)| name);
        let most = self.max.map_or(String::new(), |max| format!(", at most {max}"));
        let others: String = self.max_on.iter().map(|(platform, max)| format!(", {max} on {platform}")).collect();
        format!("{}{most}{others}", name.replace('-', " "))
    }

    /// One finding when a maximum is passed.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        if context.field != FieldKind::Text {
            return Vec::new();
        }
        if self.of == Quantity::Length {
            return length(rule, context);
        }
        let text = context.reading.text;
        let Some((max, name)) = self.maximum(context) else { return Vec::new() };
        // An emoji is one or more of these characters, and to tell which belong together takes long.
        if self.of == Quantity::Emoji && text.source().chars().filter(|c| is_emoji(*c)).count() <= max {
            return Vec::new();
        }
        let is = self.measure(context);
        if is <= max {
            return Vec::new();
        }
        let whose = name.map_or(String::new(), |name| format!(" on {name}"));
        let detection = Detection::at(Span::default(), rule.confidence);
        vec![Detection { span: self.first_place(text), note: Some(format!("Here it is {is}; the most is {max}{whose}.")), ..detection }]
    }

    /// The strictest maximum of the post's platforms.
    fn maximum<'c>(&self, context: &Context<'c>) -> Option<(usize, Option<&'c str>)> {
        let on = |platform: &'c Platform| self.max_on.get(&platform.key).map(|max| (*max, Some(platform.name.as_str())));
        let own = context.platforms.iter().filter_map(|platform| on(platform)).min();
        own.or(self.max.map(|max| (max, None)))
    }

    fn measure(&self, context: &Context<'_>) -> usize {
        let text = context.reading.text;
        let source = text.source();
        match self.of {
            Quantity::Length => source.chars().count(),
            Quantity::Hashtags => tags(text, '#').count(),
            Quantity::Mentions => tags(text, '@').count(),
            Quantity::Links => text.opaque().len(),
            Quantity::Emoji => source.graphemes(true).filter(|grapheme| grapheme.chars().next().is_some_and(is_emoji)).count(),
            Quantity::Capitals => capitals(source),
            Quantity::ReadingGrade => reading_grade(text),
            Quantity::HiddenCharacters => text.hidden_characters().len(),
            Quantity::StyledLetters => text.styled_letters().len(),
            Quantity::MediaWithoutAlt => context.metadata.media.len().saturating_sub(context.alts),
        }
    }

    /// Where to point: the first thing counted, as bytes of the folded text.
    fn first_place(&self, text: &Text) -> Option<Span> {
        match self.of {
            Quantity::Hashtags => tags(text, '#').next(),
            Quantity::Mentions => tags(text, '@').next(),
            Quantity::Links => text.opaque().first().copied(),
            _ => None,
        }
    }
}

/// One finding for all platforms that a post is too long for, from the first character that is too much to the end.
fn length(rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
    let text = context.reading.text;
    let (mut first, mut notes) = (usize::MAX, Vec::new());
    for platform in context.platforms {
        let measure = platform.measure(text.source());
        if let Some(over) = measure.over {
            first = first.min(over);
            let (is, max) = (measure.length, platform.limit);
            notes.push(format!("Here it is {is}; the most is {max} on {}: {} too long.", platform.name, is - max));
        }
        if let Some((over, most)) = platform.over_bytes(text.source()).zip(platform.bytes) {
            first = first.min(over);
            let is = text.source().trim().len();
            notes.push(format!(
                "It takes {is} bytes; {} stores at most {most}: emoji and letters with accents take several each.",
                platform.name
            ));
        }
    }
    if notes.is_empty() {
        return Vec::new();
    }
    let span = text.fold_span(Span::new(first, text.source().len()));
    vec![Detection { note: Some(notes.join(" ")), ..Detection::at(span, rule.confidence) }]
}

/// The signs that begin a tag or mention: not inside a word or link.
fn tags(text: &Text, sign: char) -> impl Iterator<Item = Span> + '_ {
    let folded = text.folded();
    folded.match_indices(sign).filter_map(move |(at, _)| {
        let inside = folded.get(..at)?.chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '_'));
        let named = folded.get(at + 1..)?.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let linked = text.opaque().iter().any(|link| link.start <= at && at < link.end);
        (!inside && named && !linked).then(|| Span::new(at, at + 1))
    })
}

fn is_emoji(c: char) -> bool {
    matches!(c as u32, 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B50 | 0x2B55 | 0x231A | 0x231B | 0x23E9..=0x23F3)
}

fn capitals(source: &str) -> usize {
    let letters = source.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 40 { 0 } else { source.chars().filter(|c| c.is_uppercase()).count() * 100 / letters }
}

fn reading_grade(text: &Text) -> usize {
    use crate::document::WordKind;
    let words: Vec<&str> = text.words().iter().filter(|word| word.kind == WordKind::Letters).map(|word| word.of(text.folded())).collect();
    if words.len() < 30 {
        return 0;
    }
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    let syllables: usize = words.iter().map(|word| self::syllables(word)).sum();
    let sentences = text.sentences().len().max(1);
    let grade = 0.39 * count(words.len()) / count(sentences) + 11.8 * count(syllables) / count(words.len()) - 15.59;
    grade.clamp(0.0, 99.0).round() as usize
}

/// Vowel groups, less a silent final e; at least one.
fn syllables(word: &str) -> usize {
    let vowel = |c: char| matches!(c.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let groups = word.chars().fold((0, false), |(count, before), c| (count + usize::from(vowel(c) && !before), vowel(c))).0;
    let silent = word.ends_with('e') && !word.ends_with("le") && groups > 1;
    (groups - usize::from(silent)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_post_is_not_counted() {
        let platform = Platform {
            key: "x".into(),
            name: "X".into(),
            aliases: Vec::new(),
            count: Count::Weighted,
            limit: 5,
            bytes: Some(9),
            fold: None,
            link_length: Some(23),
            hashtags: None,
        };
        assert!(platform.fits("\n12345\n\n"));
        assert_eq!(platform.measure("\n 1234567\n").over, Some(7));
        assert_eq!((platform.over_bytes("\n123456789\n"), platform.over_bytes(" 1234567ééé")), (None, Some(10)));
    }
}
