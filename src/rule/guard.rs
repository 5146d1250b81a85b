//! Conditions on a hit: what must be around it (`with`) and what excuses it (`unless`).

use super::compile::{Compiler, Located};
use super::context::Context;
use crate::document::WordKind;
use crate::finding::{Confidence, Severity};
use crate::matcher::{Reading, SetId};
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::HashMap;

/// A condition as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    r#in: Option<Located<String>>,
    within_words: Option<u16>,
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    #[serde(default)]
    quoted: bool,
    #[serde(default)]
    question: bool,
    #[serde(default)]
    first: bool,
    #[serde(default)]
    links: bool,
    max_chars: Option<usize>,
    metadata: Option<Located<String>>,
    otherwise: Option<Severity>,
    confidence: Option<Confidence>,
}

/// Where a condition looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// From the start of the sentence to the match, at most [`LEFT`] characters.
    Left,
    /// From the match to the end of its sentence.
    Right,
    /// Its sentence.
    Sentence,
    /// Its line.
    Line,
    /// Its paragraph.
    Paragraph,
    /// The whole field.
    Post,
    /// This and earlier parts of the thread.
    Thread,
    /// The account's bio.
    Profile,
    /// Touching the match, and reaching beyond it.
    Overlap,
    /// Touching the match or inside it.
    Match,
    /// So many words before or after it, in its paragraph.
    Words(u16),
}

/// How far to the left a guard reaches, in characters.
pub const LEFT: usize = 90;

const SCOPES: [(&str, Scope); 10] = [
    ("left", Scope::Left),
    ("right", Scope::Right),
    ("sentence", Scope::Sentence),
    ("line", Scope::Line),
    ("paragraph", Scope::Paragraph),
    ("post", Scope::Post),
    ("thread", Scope::Thread),
    ("profile", Scope::Profile),
    ("overlap", Scope::Overlap),
    ("match", Scope::Match),
];

/// A compiled condition.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Guard {
    scope: Scope,
    set: Option<SetId>,
    quoted: bool,
    question: bool,
    first: bool,
    links: bool,
    max_chars: Option<usize>,
    consent: bool,
    /// For `with`: the severity when it does not hold.
    pub otherwise: Option<Severity>,
    /// For `unless`: the confidence when it holds.
    pub confidence: Option<Confidence>,
}

/// Compiles conditions; `default` is where they look when a pack does not say.
pub fn compile(params: &[Params], default: Scope, compiler: &mut Compiler<'_>) -> Vec<Guard> {
    params.iter().map(|params| one(params, default, compiler)).collect()
}

fn one(params: &Params, default: Scope, compiler: &mut Compiler<'_>) -> Guard {
    let mut scope = params.within_words.map_or(default, Scope::Words);
    if let Some(name) = &params.r#in {
        match SCOPES.iter().find(|(known, _)| *known == name.value) {
            Some((_, known)) => scope = *known,
            None => {
                let known: Vec<_> = SCOPES.iter().map(|(known, _)| *known).collect();
                compiler.fault(name, format!("`{}` is no place to look; use one of {}", name.value, known.join(", ")));
            }
        }
    }
    if let Some(metadata) = params.metadata.as_ref().filter(|metadata| metadata.value != "consent") {
        compiler.fault(metadata, format!("`{}` is no metadata that can be asked for; use `consent`", metadata.value));
    }
    Guard {
        scope,
        set: compiler.set(&params.phrases, &params.patterns, false, true),
        quoted: params.quoted,
        question: params.question,
        first: params.first,
        links: params.links,
        max_chars: params.max_chars,
        consent: params.metadata.is_some(),
        otherwise: params.otherwise,
        confidence: params.confidence,
    }
}

/// The sets of conditions with names for them: `unless 0`, `unless 1` …
pub fn named<'g>(guards: &'g [Guard], name: &str) -> impl Iterator<Item = (String, SetId)> + use<'g> {
    let name = name.to_owned();
    guards.iter().enumerate().filter_map(move |(index, guard)| Some((format!("{name} {index}"), guard.set()?)))
}

/// Conditions with the same names.
pub fn roles<'g>(guards: &'g [Guard], name: &str) -> Vec<(String, &'g Guard)> {
    guards.iter().enumerate().map(|(index, guard)| (format!("{name} {index}"), guard)).collect()
}

/// How often each condition was asked: when it held and when it did not. Filled for the coverage of a pack's examples only.
#[derive(Debug, Default)]
pub struct Trace(RefCell<HashMap<usize, (usize, usize)>>);

impl Trace {
    /// How often a condition held, and how often it did not.
    pub fn of(&self, guard: &Guard) -> (usize, usize) {
        self.0.borrow().get(&place(guard)).copied().unwrap_or_default()
    }

    fn note(&self, guard: &Guard, held: bool) {
        let mut asked = self.0.borrow_mut();
        let (yes, no) = asked.entry(place(guard)).or_default();
        *if held { yes } else { no } += 1;
    }
}

/// Compiled rules do not move, so where a condition lies in memory tells it apart.
fn place(guard: &Guard) -> usize {
    std::ptr::from_ref(guard).addr()
}

impl Guard {
    /// The set it looks for, if any.
    pub fn set(&self) -> Option<SetId> {
        self.set
    }

    /// What it asks for besides words, as a pack writes it.
    pub fn wordless(&self) -> String {
        let flags = [
            (self.quoted, "quoted"),
            (self.question, "question"),
            (self.first, "first"),
            (self.links, "links"),
            (self.consent, "metadata: consent"),
        ];
        let flags = flags.iter().filter(|(set, _)| *set).map(|(_, name)| (*name).to_owned());
        flags.chain(self.max_chars.map(|most| format!("max-chars: {most}"))).collect::<Vec<_>>().join(", ")
    }

    /// Whether everything that it asks for holds for a match (bytes of the folded text).
    pub fn holds(&self, context: &Context<'_>, span: Span) -> bool {
        let held = self.is_met(context, span);
        if let Some(trace) = context.trace {
            trace.note(self, held);
        }
        held
    }

    fn is_met(&self, context: &Context<'_>, span: Span) -> bool {
        let text = context.reading.text;
        (!self.consent || context.consent)
            && self.max_chars.is_none_or(|most| text.source().chars().filter(|c| *c != '\r').nth(most).is_none())
            && (!self.quoted || context.reading.marks.quotes(text, span))
            && (!self.question || asks(context.reading, span))
            && (!self.first || begins(context.reading, span))
            && (!self.links || self.has_link(context, span))
            && self.set.is_none_or(|set| self.has(context, set, span))
    }

    fn has(&self, context: &Context<'_>, set: SetId, span: Span) -> bool {
        let here = || {
            let region = region(self.scope, context.reading, span);
            let (hits, about) = context.reading.hits_about(set, region);
            hits.get(about).unwrap_or(&[]).iter().any(|hit| self.counts(hit.span, span, region))
        };
        match self.scope {
            Scope::Profile => context.profile.is_some_and(|profile| !profile.hits(set).is_empty()),
            Scope::Thread => here() || context.earlier.iter().any(|earlier| !earlier.hits(set).is_empty()),
            _ => here(),
        }
    }

    /// Whether a guard's hit is in scope; words inside the match never guard it.
    fn counts(&self, hit: Span, span: Span, region: Span) -> bool {
        if self.scope != Scope::Match && span.covers(hit) {
            return false;
        }
        match self.scope {
            Scope::Left => hit.start >= region.start && hit.start < span.start,
            Scope::Right => hit.end > span.end && hit.end <= region.end,
            Scope::Overlap | Scope::Match => hit.overlaps(span),
            _ => hit.overlaps(region),
        }
    }

    fn has_link(&self, context: &Context<'_>, span: Span) -> bool {
        let region = region(self.scope, context.reading, span);
        let linked = |reading: &Reading<'_>, region: Span| reading.marks.cites(reading.text, region);
        let earlier = self.scope == Scope::Thread && context.earlier.iter().any(|earlier| linked(earlier, whole(earlier)));
        earlier || linked(context.reading, region)
    }
}

fn whole(reading: &Reading<'_>) -> Span {
    Span::new(0, reading.text.folded().len())
}

/// The stretch of the folded text that a scope means for a match.
fn region(scope: Scope, reading: &Reading<'_>, span: Span) -> Span {
    let folded = reading.text.folded();
    match scope {
        Scope::Left => {
            let sentence = around(reading.text.sentences(), span, folded);
            let before = folded.get(sentence.start..span.start).unwrap_or("");
            let far = before.char_indices().rev().nth(LEFT - 1).map_or(0, |(at, _)| at);
            Span::new(sentence.start + far, span.start)
        }
        Scope::Right => Span::new(span.start, around(reading.text.sentences(), span, folded).end),
        Scope::Sentence => around(reading.text.sentences(), span, folded),
        Scope::Line => reading.marks.line(reading.text, span),
        Scope::Paragraph => around(reading.text.paragraphs(), span, folded),
        Scope::Post | Scope::Thread | Scope::Profile => whole(reading),
        Scope::Overlap | Scope::Match => span,
        Scope::Words(count) => words_around(reading, span, usize::from(count)),
    }
}

/// The segments that a match touches, as one stretch.
pub fn around(segments: &[Span], span: Span, folded: &str) -> Span {
    let first = segments.partition_point(|segment| segment.end <= span.start);
    let touched = segments.get(first..).unwrap_or(&[]).iter().take_while(|segment| segment.start < span.end.max(span.start + 1));
    touched
        .fold(None, |sum: Option<Span>, next| Some(sum.map_or(*next, |sum| Span::new(sum.start, next.end))))
        .unwrap_or(Span::new(0, folded.len()))
}

fn words_around(reading: &Reading<'_>, span: Span, count: usize) -> Span {
    let words = reading.text.words();
    let paragraph = around(reading.text.paragraphs(), span, reading.text.folded());
    let first = words.partition_point(|word| word.span.end <= span.start);
    let last = words.partition_point(|word| word.span.start < span.end);
    let start = words.get(first.saturating_sub(count)).map_or(span.start, |word| word.span.start);
    let end = words.get((last + count).saturating_sub(1).min(words.len().saturating_sub(1))).map_or(span.end, |word| word.span.end);
    Span::new(start.max(paragraph.start), end.min(paragraph.end))
}

/// Whether the match's sentence ends in a question mark.
fn asks(reading: &Reading<'_>, span: Span) -> bool {
    let sentence = around(reading.text.sentences(), span, reading.text.folded());
    sentence.of(reading.text.folded()).trim_end_matches(|c: char| !c.is_alphanumeric() && c != '?').ends_with('?')
}

/// Words that open a sentence without beginning it: greetings, connectives, politeness.
const OPENERS: [&str; 40] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "thanks",
    "thank",
    "you",
    "yes",
    "no",
    "ok",
    "okay",
    "so",
    "also",
    "and",
    "then",
    "please",
    "kindly",
    "but",
    "well",
    "now",
    "first",
    "second",
    "third",
    "firstly",
    "secondly",
    "next",
    "finally",
    "lastly",
    "just",
    "psa",
    "pls",
    "plz",
    "otherwise",
    "or",
    "instead",
    "tip",
    "reminder",
    "sir",
    "madam",
    "friend",
];

/// Whether nothing but signs, numbers, handles and words of greeting stands before the match in its sentence.
fn begins(reading: &Reading<'_>, span: Span) -> bool {
    let folded = reading.text.folded();
    let sentence = around(reading.text.sentences(), span, folded);
    let words = reading.text.words();
    let first = words.partition_point(|word| word.span.start < sentence.start);
    let mut before = words.get(first..).unwrap_or(&[]).iter().take_while(|word| word.span.start < span.start);
    before.all(|word| {
        word.kind != WordKind::Letters
            || after_sign(folded, word.span.start)
            || OPENERS.iter().any(|opener| opener.eq_ignore_ascii_case(word.of(folded)))
    })
}

fn after_sign(folded: &str, at: usize) -> bool {
    folded.get(..at).is_some_and(|before| before.ends_with(['@', '#', '_']))
}
