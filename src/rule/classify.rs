//! `classify`: a post that reads like others of its kind, though no phrase gives it away.

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::guard::{self, Guard, Scope};
use crate::matcher::ClassId;
use crate::span::Span;
use serde::{Deserialize, Serialize};

/// `classify:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    model: Located<String>,
    class: Located<String>,
    at_least: f32,
}

/// Compiled `classify`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Classify {
    class: ClassId,
    at_least: f32,
    unless: Vec<Guard>,
}

impl Classify {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, unless: &[guard::Params], compiler: &mut Compiler<'_>) -> Option<Self> {
        let before = compiler.faults.len();
        let class = compiler.class(&params.model, &params.class);
        let unless = guard::compile(unless, Scope::Post, compiler);
        let compiled = class.map(|class| Self { class, at_least: params.at_least, unless });
        compiled.filter(|_| compiler.faults.len() == before)
    }

    /// Its conditions by name.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        guard::roles(&self.unless, "unless")
    }

    /// Its sets by the same names.
    pub fn sets(&self) -> Vec<(String, crate::matcher::SetId)> {
        guard::named(&self.unless, "unless").collect()
    }

    /// At most one finding, at the sentence of the heaviest words, with the heaviest of all labelled.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let Some((score, end)) = context.reading.score(self.class).filter(|(score, _)| *score >= self.at_least) else { return Vec::new() };
        let reasons = context.reading.reasons(self.class, end);
        let Some(heaviest) = reasons.first() else { return Vec::new() };
        let sentences = context.reading.text.sentences();
        let found =
            sentences.iter().find(|sentence| sentence.overlaps(*heaviest)).map_or(*heaviest, |sentence| trimmed(context, *sentence));
        if self.unless.iter().any(|guard| guard.holds(context, found)) {
            return Vec::new();
        }
        let labels = reasons.iter().map(|span| (*span, "weighs most".to_owned())).collect();
        let note = Some(format!("No single phrase says it; the words together weigh {score:.1} of at least {:.1}.", self.at_least));
        vec![Detection { labels, note, ..Detection::at(found, rule.confidence) }]
    }
}

/// A sentence without the spaces around it.
fn trimmed(context: &Context<'_>, sentence: Span) -> Span {
    let text = sentence.of(context.reading.text.folded());
    let start = sentence.start + (text.len() - text.trim_start().len());
    Span::new(start, start + text.trim().len())
}
