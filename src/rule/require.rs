//! `require`: words that must be there, reported at the words that made them necessary.

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection, Mend};
use super::guard::{self, Guard, Scope};
use crate::document::FieldKind;
use crate::matcher::SetId;
use crate::span::Span;
use serde::{Deserialize, Serialize};

/// `require:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    when: Option<When>,
    text: Words,
    #[serde(default)]
    satisfied_by: Vec<Located<String>>,
    #[serde(default)]
    before_fold: bool,
    insert: Option<String>,
}

/// What makes the words necessary.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    #[serde(default)]
    with: Vec<guard::Params>,
    #[serde(default)]
    unless: Vec<guard::Params>,
}

/// The words, any of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Words {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
}

/// Compiled `require`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Require {
    when: Option<SetId>,
    with: Vec<Guard>,
    unless: Vec<Guard>,
    text: SetId,
    thread: bool,
    profile: bool,
    before_fold: bool,
    insert: Option<String>,
}

impl Require {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted. `unless` are the rule's own excuses.
    pub fn compile(params: &Params, unless: &[guard::Params], compiler: &mut Compiler<'_>) -> Option<Self> {
        let before = compiler.faults.len();
        let mut excuses = guard::compile(unless, Scope::Left, compiler);
        let (mut when, mut with) = (None, Vec::new());
        if let Some(params) = &params.when {
            when = compiler.set(&params.phrases, &params.patterns, true, false);
            with = guard::compile(&params.with, Scope::Sentence, compiler);
            excuses.extend(guard::compile(&params.unless, Scope::Left, compiler));
        }
        for place in params.satisfied_by.iter().filter(|place| !matches!(place.value.as_str(), "post" | "thread" | "profile")) {
            compiler.fault(place, format!("`{}` cannot satisfy a rule; use post, thread or profile", place.value));
        }
        let text = compiler.set(&params.text.phrases, &params.text.patterns, false, true);
        let by = |place: &str| params.satisfied_by.iter().any(|listed| listed.value == place);
        let found = text.map(|text| Self {
            when,
            with,
            unless: excuses,
            text,
            thread: by("thread"),
            profile: by("profile"),
            before_fold: params.before_fold,
            insert: params.insert.clone(),
        });
        found.filter(|_| compiler.faults.len() == before && (params.when.is_none() || when.is_some()))
    }

    /// Asks for other words from now on, and offers these.
    pub fn reword(&mut self, text: SetId, insert: &str) {
        self.text = text;
        self.insert = Some(insert.to_owned());
    }

    /// The set that makes the words necessary; `None` when they always are.
    pub fn triggers(&self) -> Option<Vec<SetId>> {
        self.when.map(|when| vec![when])
    }

    /// Its sets by name.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        let guards = guard::named(&self.unless, "unless").chain(guard::named(&self.with, "with"));
        self.when.map(|set| ("when".to_owned(), set)).into_iter().chain([("text".to_owned(), self.text)]).chain(guards).collect()
    }

    /// Its conditions by the same names.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        guard::roles(&self.unless, "unless").into_iter().chain(guard::roles(&self.with, "with")).collect()
    }

    /// A finding when the words are missing, or stand where readers do not see them.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let Some(span) = self.cause(context) else { return Vec::new() };
        let present = context.reading.hits(self.text).first().map(|hit| hit.span);
        let elsewhere = self.thread && context.earlier.iter().any(|earlier| !earlier.hits(self.text).is_empty())
            || self.profile && context.profile.is_some_and(|profile| !profile.hits(self.text).is_empty());
        let note = match present {
            None if elsewhere => return Vec::new(),
            None => self.advice(context),
            Some(found) if self.before_fold && below_fold(context, found) => {
                Some("The words are there, but after the point where the platform cuts the post off; move them up.".to_owned())
            }
            Some(_) => return Vec::new(),
        };
        let mend = match present {
            Some(found) => Some(Mend::MoveUp(found)),
            None => {
                self.insert.clone().filter(|_| self.tight(context).is_empty()).map(|words| Mend::Add { words, first: self.before_fold })
            }
        };
        let detection = Detection::at(span.unwrap_or_default(), rule.confidence);
        vec![Detection { span, note, mend, ..detection }]
    }

    /// Where the words became necessary: `Some(None)` when they always are.
    fn cause(&self, context: &Context<'_>) -> Option<Option<Span>> {
        let Some(when) = self.when else { return Some(None) };
        let hits = context.reading.hits(when);
        let fits = |span: &Span| {
            self.with.iter().all(|guard| guard.holds(context, *span)) && !self.unless.iter().any(|guard| guard.holds(context, *span))
        };
        hits.iter().map(|hit| hit.span).find(fits).map(Some)
    }

    /// The wording to add, and whether it still fits.
    fn advice(&self, context: &Context<'_>) -> Option<String> {
        let words = self.insert.as_ref()?;
        let tight = self.tight(context);
        Some(if tight.is_empty() {
            format!("Add: \"{words}\"")
        } else {
            format!(
                "Add: \"{words}\" It does not fit on {} as the post stands; shorten the post or put it in the account's profile.",
                tight.join(", ")
            )
        })
    }

    /// The platforms where the wording does not fit any more.
    fn tight<'c>(&self, context: &Context<'c>) -> Vec<&'c str> {
        let Some(words) = self.insert.as_ref().filter(|_| context.field == FieldKind::Text) else { return Vec::new() };
        let longer = format!("{}\n\n{words}", context.reading.text.source().trim_end());
        context.platforms.iter().filter(|platform| !platform.fits(&longer)).map(|platform| platform.name.as_str()).collect()
    }
}

fn below_fold(context: &Context<'_>, found: Span) -> bool {
    let text = context.reading.text;
    let typed = text.typed(found);
    let at = text.source().get(..typed.start).map_or(0, |before| before.chars().count());
    context.platforms.iter().any(|platform| platform.fold.is_some_and(|fold| at >= fold))
}
