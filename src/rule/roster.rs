//! `roster`: names on an institution's own list of patients. The list is asked whether it knows a name; it cannot be read.

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::guard::{self, Guard, Scope};
use crate::document::{Text, Word, WordKind};
use crate::finding::Confidence;
use crate::matcher::SetId;
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// `roster:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    /// What must end directly before a surname that stands alone.
    #[serde(default)]
    before: Vec<Located<String>>,
    /// Or begin directly after it.
    #[serde(default)]
    after: Vec<Located<String>>,
}

/// How a name is kept on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A word with which a form of a name begins, so that most words of a draft are asked about once.
    Opener,
    /// A given name and a surname, in either order, run together.
    Full,
    /// A surname, run together.
    Surname,
}

/// A list of names that can be asked and not read.
pub trait Names: Debug + Send + Sync {
    /// Whether these lower-case letters are on the list in this form.
    fn knows(&self, form: Form, letters: &str) -> bool;
}

/// Names in the open, for the examples of packs.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Open(BTreeSet<(Form, String)>);

impl Open {
    /// A list of names written `Given Surname`.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let parted = names.into_iter().map(|name| name.rsplit_once(' ').unwrap_or(("", name)));
        Self(parted.flat_map(|(given, surname)| forms(given, surname)).collect())
    }
}

impl Names for Open {
    fn knows(&self, form: Form, letters: &str) -> bool {
        self.0.contains(&(form, letters.to_owned()))
    }
}

/// A part of a double name counts alone from so many letters on; shorter ones are particles such as `de` and `van`.
const PART: usize = 4;
/// Fewest letters of a whole name.
const LEAST: usize = 4;
/// Most words of a name in a draft.
const MOST_WORDS: usize = 6;
/// Most middle names that a draft may have and the list not.
const MOST_MIDDLE: usize = 2;

/// Every form in which a name is recognised: the given name (all of it, or its first word) with the surname (all of it, or a part of a double one) in
/// either order, and the surname alone. Case, accents, hyphens, apostrophes and spaces do not matter. Initials are no form.
pub fn forms(given: &str, surname: &str) -> BTreeSet<(Form, String)> {
    let (given, surname) = (parts(given), parts(surname));
    let mut forms = BTreeSet::new();
    if surname.is_empty() {
        return forms;
    }
    let whole = surname.concat();
    let mut open = |words: &[String]| {
        forms.extend(words.first().map(|first| (Form::Opener, first.clone())));
        forms.insert((Form::Opener, words.concat()));
    };
    open(&surname);
    open(&given);
    let double = surname.iter().filter(|part| surname.len() > 1 && part.chars().count() >= PART);
    double.clone().for_each(|part| open(std::slice::from_ref(part)));
    for first in given.first().into_iter().chain([&given.concat()]).filter(|first| !first.is_empty()) {
        for last in double.clone().chain([&whole]) {
            forms.extend([format!("{first}{last}"), format!("{last}{first}")].map(|full| (Form::Full, full)));
        }
    }
    forms.retain(|(form, letters)| *form != Form::Full || letters.chars().count() >= LEAST);
    forms.insert((Form::Surname, whole));
    forms
}

/// The words of a name as they are compared.
fn parts(name: &str) -> Vec<String> {
    let text = Text::new(name);
    text.words().iter().map(|word| letters(word.of(text.folded()))).filter(|part| !part.is_empty()).collect()
}

/// The letters of a word in lower case.
fn letters(word: &str) -> String {
    word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

/// Compiled `roster`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Roster {
    before: Option<SetId>,
    after: Option<SetId>,
    unless: Vec<Guard>,
}

impl Roster {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, unless: &[guard::Params], compiler: &mut Compiler<'_>) -> Option<Self> {
        let faults = compiler.faults.len();
        let roster = Self {
            before: compiler.set(&params.before, &[], false, true),
            after: compiler.set(&params.after, &[], false, true),
            unless: guard::compile(unless, Scope::Left, compiler),
        };
        (compiler.faults.len() == faults).then_some(roster)
    }

    /// Its sets by name.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        let cues = [("before", self.before), ("after", self.after)];
        let cues = cues.into_iter().filter_map(|(role, set)| Some((role.to_owned(), set?)));
        cues.chain(guard::named(&self.unless, "unless")).collect()
    }

    /// Its conditions by name.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        guard::roles(&self.unless, "unless")
    }

    /// Every name of the list, the longest reading of each. Without a list there is nothing to do.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let Some(names) = context.roster else { return Vec::new() };
        let draft = Draft { folded: context.reading.text.folded(), words: context.reading.text.words(), names };
        let mut found = Vec::new();
        let mut at = 0;
        while at < draft.words.len() {
            let full = draft.full(at);
            let surname = || draft.surname(at).filter(|last| self.has_cue(context, &draft, draft.span(at, *last)));
            let Some(last) = full.or_else(surname) else {
                at += 1;
                continue;
            };
            let span = draft.span(at, last);
            if !self.unless.iter().any(|guard| guard.holds(context, span)) {
                let capital = span.of(draft.folded).chars().any(char::is_uppercase);
                let sure = if capital { rule.confidence } else { rule.confidence.min(Confidence::Medium) };
                found.push(Detection::at(span, sure));
            }
            at = last + 1;
        }
        found
    }

    fn has_cue(&self, context: &Context<'_>, draft: &Draft<'_>, span: Span) -> bool {
        let near = |set: Option<SetId>, touches: &dyn Fn(Span) -> bool| {
            set.is_some_and(|set| context.reading.hits(set).iter().any(|hit| touches(hit.span)))
        };
        near(self.before, &|cue| cue.end <= span.start && draft.only_signs(cue.end, span.start))
            || near(self.after, &|cue| cue.start >= span.end && draft.only_signs(span.end, cue.start))
    }
}

/// The words of a field, and the list that is asked about them.
struct Draft<'d> {
    folded: &'d str,
    words: &'d [Word],
    names: &'d dyn Names,
}

impl Draft<'_> {
    fn span(&self, first: usize, last: usize) -> Span {
        let (first, last) = (self.words.get(first), self.words.get(last));
        first.zip(last).map_or(Span::default(), |(first, last)| Span::new(first.span.start, last.span.end))
    }

    fn letters(&self, at: usize) -> Option<String> {
        let word = self.words.get(at).filter(|word| word.kind == WordKind::Letters)?;
        Some(letters(word.of(self.folded))).filter(|letters| !letters.is_empty())
    }

    /// The last word of the longest whole name that begins at a word.
    fn full(&self, first: usize) -> Option<usize> {
        let opener = self.letters(first)?;
        let before = self.words.get(first).and_then(|word| self.folded.get(..word.span.start)).unwrap_or("");
        if before.ends_with(['@', '#']) && opener.chars().count() > LEAST && self.names.knows(Form::Full, &opener) {
            return Some(first);
        }
        let run = self.run(first, &opener)?;
        let mut longest = None;
        for skipped in 0..=MOST_MIDDLE.min(run.len().saturating_sub(1)) {
            let middle = run.iter().take(skipped).all(|(at, letters)| letters.len() == 1 || self.is_capital(*at));
            let mut name = opener.clone();
            for (at, letters) in run.iter().skip(skipped).filter(|_| middle) {
                name.push_str(letters);
                if longest.is_none_or(|last| last < *at) && self.names.knows(Form::Full, &name) && !self.is_opening(first, *at) {
                    longest = Some(*at);
                }
            }
        }
        longest
    }

    /// The last word of the longest surname that begins at a word and was written with a capital letter somewhere.
    fn surname(&self, first: usize) -> Option<usize> {
        let opener = self.letters(first)?;
        let run = self.run(first, &opener)?;
        let (mut name, mut longest) = (String::new(), None);
        for (at, letters) in std::iter::once((first, opener)).chain(run) {
            name.push_str(&letters);
            if self.names.knows(Form::Surname, &name) && (first..=at).any(|word| self.is_capital(word)) {
                longest = Some(at);
            }
        }
        longest
    }

    /// The words that may belong to a name after its first one, which must open a name of the list.
    fn run(&self, first: usize, opener: &str) -> Option<Vec<(usize, String)>> {
        if !self.names.knows(Form::Opener, opener) {
            return None;
        }
        let (mut run, mut commas, mut short) = (Vec::new(), 0, opener.chars().count() < PART);
        for (at, word) in self.words.iter().enumerate().skip(first + 1) {
            match (word.kind, word.of(self.folded)) {
                _ if word.starts_paragraph || run.len() + 1 == MOST_WORDS => break,
                (WordKind::Letters, "'s" | "'S") | (WordKind::Number, _) => break,
                (WordKind::Letters, text) => {
                    let letters = letters(text);
                    short = letters.chars().count() < PART;
                    run.push((at, letters));
                }
                // `Ruiz, Ana` and `Ana B. Ruiz`.
                (WordKind::Sign, ",") if commas == 0 => commas = 1,
                (WordKind::Sign, ".") if short => short = false,
                (WordKind::Sign, _) => break,
            }
        }
        Some(run)
    }

    /// Whether nothing but the beginning of a sentence gave these words their capital letter: `Will young people vote?`
    fn is_opening(&self, first: usize, last: usize) -> bool {
        let ends = |before: usize| self.words.get(before).is_some_and(|word| matches!(word.of(self.folded), "." | "!" | "?" | ":"));
        let begins = self.words.get(first).is_some_and(|word| word.starts_paragraph) || first.checked_sub(1).is_none_or(ends);
        begins && self.is_capital(first) && !(first + 1..=last).any(|at| self.is_capital(at))
    }

    fn is_capital(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.of(self.folded).starts_with(char::is_uppercase))
    }

    /// Whether no word of letters or digits stands between two bytes of the folded text.
    fn only_signs(&self, from: usize, to: usize) -> bool {
        let first = self.words.partition_point(|word| word.span.start < from);
        let between = self.words.get(first..).unwrap_or(&[]).iter().take_while(|word| word.span.start < to);
        between.into_iter().all(|word| word.kind == WordKind::Sign && !word.starts_paragraph)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_list_nothing_is_asked() {
        #[derive(Debug)]
        struct Deaf;
        impl Names for Deaf {
            fn knows(&self, form: Form, letters: &str) -> bool {
                assert!(form == Form::Opener && letters.chars().all(char::is_alphabetic), "only single words are asked about");
                false
            }
        }
        let text = Text::new("Ana Ruiz, 54, took 20 mg.");
        let draft = Draft { folded: text.folded(), words: text.words(), names: &Deaf };
        assert!((0..text.words().len()).all(|at| draft.full(at).is_none() && draft.surname(at).is_none()));
    }

    #[test]
    fn forms_are_words_run_together() {
        let all: Vec<String> = forms("Ana B", "de la Cruz").into_iter().map(|(form, letters)| format!("{form:?} {letters}")).collect();
        assert!(all.contains(&"Full anadelacruz".to_owned()) && all.contains(&"Full cruzana".to_owned()), "{all:?}");
        assert!(!all.iter().any(|form| form.starts_with("Full") && (form.ends_with(" anade") || form.ends_with(" ac"))), "{all:?}");
        assert!(forms("Ana", "-").is_empty());
    }
}
