//! `classify`: a post that reads like others of its kind, though no phrase gives it away.

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::finite::Finite;
use super::guard::{self, Guard, Scope};
use crate::finding::Severity;
use crate::matcher::ClassId;
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `classify:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    model: Located<String>,
    class: Located<String>,
    at_least: Finite<f32>,
    #[serde(default)]
    also: BTreeMap<String, Finite<f32>>,
}

/// `doubt:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DoubtParams {
    model: Located<String>,
    class: Located<String>,
    below: Finite<f32>,
    /// Rules that are never doubted.
    #[serde(default)]
    pub but: Vec<Located<String>>,
    /// When errors are doubted too; absent, they never are.
    errors_below: Option<Finite<f32>>,
}

/// Makes the findings of a rule less sure where the post as a whole is too little like a class: warnings get a low confidence, errors become info.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Doubt {
    class: ClassId,
    below: f32,
    errors_below: Option<f32>,
}

impl Doubt {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &DoubtParams, compiler: &mut Compiler<'_>) -> Option<Self> {
        let class = compiler.class(&params.model, &params.class)?;
        Some(Self { class, below: params.below.0, errors_below: params.errors_below.map(|least| least.0) })
    }

    /// Whether the post is too little like the class for a finding of this severity that begins at a byte of the folded text.
    pub fn holds(&self, severity: Severity, at: usize, context: &Context<'_>) -> bool {
        let below = match severity {
            Severity::Error => self.errors_below,
            Severity::Warning => Some(self.below),
            Severity::Info => None,
        };
        below.is_some_and(|below| context.reading.score_for(self.class, at).is_some_and(|score| score < below))
    }
}

/// Compiled `classify`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Classify {
    class: ClassId,
    at_least: f32,
    also: Vec<(ClassId, f32)>,
    with: Vec<Guard>,
    unless: Vec<Guard>,
}

impl Classify {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, with: &[guard::Params], unless: &[guard::Params], compiler: &mut Compiler<'_>) -> Option<Self> {
        let before = compiler.faults.len();
        let class = compiler.class(&params.model, &params.class);
        let (with, unless) = (guard::compile(with, Scope::Post, compiler), guard::compile(unless, Scope::Post, compiler));
        let named = |name: &String| Located { value: name.clone(), ..params.class.clone() };
        let also = params.also.iter().filter_map(|(name, least)| Some((compiler.class(&params.model, &named(name))?, least.0))).collect();
        let compiled = class.map(|class| Self { class, at_least: params.at_least.0, also, with, unless });
        compiled.filter(|_| compiler.faults.len() == before)
    }

    /// Its conditions by name.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        guard::roles(&self.with, "with").into_iter().chain(guard::roles(&self.unless, "unless")).collect()
    }

    /// Its sets by the same names.
    pub fn sets(&self) -> Vec<(String, crate::matcher::SetId)> {
        guard::named(&self.with, "with").chain(guard::named(&self.unless, "unless")).collect()
    }

    /// At most one finding, at the sentence of the heaviest words, with the heaviest of all labelled.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let reading = context.reading;
        let reaches = |class: &ClassId, least: f32| reading.score(*class).filter(|(score, _)| *score >= least);
        let Some((_, end)) = reaches(&self.class, self.at_least) else { return Vec::new() };
        if !self.also.iter().all(|(class, least)| reaches(class, *least).is_some()) {
            return Vec::new();
        }
        let reasons = reading.reasons(self.class, end);
        let Some(heaviest) = reasons.first() else { return Vec::new() };
        // An empty stretch, so that every word of the post counts for the conditions: none of it is the match.
        let post = Span::new(heaviest.start, heaviest.start);
        if self.unless.iter().any(|guard| guard.holds(context, post)) || !self.with.iter().all(|guard| guard.holds(context, post)) {
            return Vec::new();
        }
        let sentence = reading.text.sentences().iter().find(|sentence| sentence.overlaps(*heaviest));
        let found = sentence.map_or(*heaviest, |sentence| trimmed(context, *sentence));
        let labels = reasons.iter().map(|span| (*span, "weighs most".to_owned())).collect();
        let note = Some("The words of the whole post say so; the marked ones weigh most.".to_owned());
        vec![Detection { labels, note, ..Detection::at(found, rule.confidence) }]
    }
}

/// A sentence without the spaces around it.
fn trimmed(context: &Context<'_>, sentence: Span) -> Span {
    let text = sentence.of(context.reading.text.folded());
    let start = sentence.start + (text.len() - text.trim_start().len());
    Span::new(start, start + text.trim().len())
}
