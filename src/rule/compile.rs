//! Compiles parameters from a pack into sets of the matcher, and collects every mistake with its place.

use crate::matcher::ANCHOR_LIMIT;
use crate::matcher::pattern::PATTERNS_LIMIT;
use crate::matcher::{ClassId, Matcher, Pattern, Phrase, Set, SetId, TermId};
use crate::stored::Stored;
use std::collections::BTreeMap;

/// A value with its place in the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// 1-based line.
    pub line: u64,
    /// 1-based column in characters.
    pub column: u64,
}

/// A mistake in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// 1-based line.
    pub line: u64,
    /// 1-based column in characters.
    pub column: u64,
    /// The rule, if it belongs to one.
    pub rule: Option<String>,
    /// What is wrong and how to mend it.
    pub what: String,
}

/// Terms by `pack/name`.
pub type TermNames = BTreeMap<String, TermId>;

/// Longest phrase, in characters.
pub const PHRASE_LIMIT: usize = 1_000;

/// What the kinds of rules use to compile their parameters.
pub struct Compiler<'c> {
    /// Where sets are added.
    pub matcher: &'c mut Matcher,
    /// All terms. Most packs of users name none, so they stay unread until one does.
    pub terms: &'c Stored<TermNames>,
    /// The pack that is compiled.
    pub pack: &'c str,
    /// The rule that is compiled.
    pub rule: Option<String>,
    /// Mistakes so far.
    pub faults: Vec<Fault>,
}

impl Compiler<'_> {
    /// Notes a mistake at a place.
    pub fn fault<T>(&mut self, at: &Located<T>, what: impl Into<String>) {
        self.faults.push(Fault { line: at.line, column: at.column, rule: self.rule.clone(), what: what.into() });
    }

    /// Parses phrases; those with mistakes are noted and left out.
    pub fn phrases(&mut self, sources: &[Located<String>]) -> Vec<Phrase> {
        self.matcher.phrases += sources.len();
        let mut phrases = Vec::with_capacity(sources.len());
        for source in sources {
            let parsed = if source.value.chars().count() > PHRASE_LIMIT {
                Err(format!("the phrase is longer than {PHRASE_LIMIT} characters; use terms"))
            } else {
                Phrase::parse(&source.value, &|name| resolve(self.terms, self.pack, name))
            };
            match parsed {
                Ok(phrase) => phrases.push(phrase),
                Err(what) => self.fault(source, what),
            }
        }
        phrases
    }

    /// A pattern, unless those before it were so large that compiling them all would take the user's time and memory.
    fn affordable(&mut self, source: &str) -> Result<Pattern, String> {
        self.matcher.pattern_work = self.matcher.pattern_work.saturating_add(Pattern::work(source));
        if self.matcher.pattern_work > PATTERNS_LIMIT {
            return Err("the patterns of all packs are too large together; use fewer repetitions and plainer classes".to_owned());
        }
        Pattern::parse(source)
    }

    /// Adds a set; `None` when there is nothing to look for. A `trigger` set is looked for in every draft.
    pub fn set(&mut self, phrases: &[Located<String>], patterns: &[Located<String>], trigger: bool, links: bool) -> Option<SetId> {
        let before = self.faults.len();
        let parsed = self.phrases(phrases);
        let mut compiled = Vec::with_capacity(patterns.len());
        for source in patterns {
            match self.affordable(&source.value) {
                Ok(pattern) => compiled.push(pattern),
                Err(what) => self.fault(source, what),
            }
        }
        if self.faults.len() > before || (parsed.is_empty() && compiled.is_empty()) {
            return None;
        }
        let added = self.matcher.add(Set::new(parsed, compiled, trigger, links));
        added.map_err(|index| self.no_anchor(phrases, index)).ok()
    }

    /// A class of a model of this pack or, after that, of any; a mistake is noted.
    pub fn class(&mut self, model: &Located<String>, class: &Located<String>) -> Option<ClassId> {
        let own = format!("{}/{}", self.pack, model.value);
        let named = |name: &String| *name == model.value || name.split_once('/').is_some_and(|(_, last)| last == model.value);
        let number =
            self.matcher.models.get(&own).or_else(|| self.matcher.models.iter().find(|(name, _)| named(name)).map(|(_, number)| number));
        let Some(number) = number.copied() else {
            self.fault(model, format!("there is no model `{}`; name one of `models:` of this pack or of one loaded with it", model.value));
            return None;
        };
        let known = self.matcher.model(number as usize)?;
        let found = known.class(number, &class.value);
        if found.is_none() {
            let what = format!("the model has no class `{}`; it has {}", class.value, known.classes().join(", "));
            self.fault(class, what);
        }
        found
    }

    /// Makes a set one that is looked for in every draft.
    pub fn promote(&mut self, set: SetId, phrases: &[Located<String>]) {
        if let Err(index) = self.matcher.promote(set) {
            self.no_anchor(phrases, index);
        }
    }

    fn no_anchor(&mut self, phrases: &[Located<String>], index: usize) {
        if let Some(source) = phrases.get(index) {
            self.fault(
                source,
                format!(
                    "the phrase has no plain word that is always present (a list of more than {ANCHOR_LIMIT} is none), so it would be tried everywhere; add one"
                ),
            );
        }
    }
}

/// The term of a name as a pack sees it: its own first, then the shared pack's, then one of any pack if only one has it.
fn resolve(terms: &TermNames, pack: &str, name: &str) -> Option<TermId> {
    let own = || terms.get(&format!("{pack}/{name}"));
    let shared = || terms.get(&format!("common/{name}"));
    let anywhere = || terms.iter().find(|(full, _)| full.split_once('/').is_some_and(|(_, last)| last == name)).map(|(_, id)| id);
    if name.contains('/') { terms.get(name).copied() } else { own().or_else(shared).or_else(anywhere).copied() }
}
