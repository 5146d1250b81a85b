//! `combine`: clues that are harmless alone and identify a person together.
//!
//! The idea and the weights come from disciplinary cases in which no name was posted (Rhode Island board v. Thran, 2011) and from a count of
//! recognisable patient stories on Twitter (Ahmed 2020, J Med Internet Res 22:e19746).

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::guard::{self, Guard, Scope};
use crate::finding::{Confidence, Severity};
use crate::matcher::SetId;
use crate::span::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `combine:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    r#in: Option<Located<String>>,
    facets: BTreeMap<String, FacetParams>,
    needs: Level,
    #[serde(default)]
    or: Vec<Level>,
}

/// One facet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FacetParams {
    weight: f64,
    label: Option<String>,
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    #[serde(default)]
    with: Vec<guard::Params>,
    #[serde(default)]
    unless: Vec<guard::Params>,
}

/// How much is needed for a finding, and what it then means.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Level {
    #[serde(default)]
    facets: usize,
    #[serde(default)]
    score: f64,
    #[serde(default)]
    all_of: Vec<String>,
    #[serde(default)]
    any_of: Vec<String>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
}

/// Compiled `combine`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Combine {
    scope: Scope,
    facets: Vec<Facet>,
    levels: Vec<Level>,
    unless: Vec<Guard>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Facet {
    name: String,
    label: String,
    weight: f64,
    set: SetId,
    with: Vec<Guard>,
    unless: Vec<Guard>,
}

/// A facet that is there, with its first place.
struct Present<'f> {
    facet: &'f Facet,
    span: Span,
}

impl Combine {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, unless: &[guard::Params], compiler: &mut Compiler<'_>) -> Option<Self> {
        let before = compiler.faults.len();
        let scope = match params.r#in.as_ref().map(|name| name.value.as_str()) {
            None | Some("post") => Scope::Post,
            Some("paragraph") => Scope::Paragraph,
            Some("sentence") => Scope::Sentence,
            Some(other) => {
                let what = format!("`{other}` is no place for clues to meet; use post, paragraph or sentence");
                if let Some(name) = &params.r#in {
                    compiler.fault(name, what);
                }
                Scope::Post
            }
        };
        let levels: Vec<Level> = std::iter::once(&params.needs).chain(&params.or).cloned().collect();
        let required = |name: &String| levels.iter().all(|level| level.all_of.contains(name));
        let some_required = params.facets.keys().any(required);
        let mut facets = Vec::new();
        for (name, facet) in &params.facets {
            let trigger = if some_required { required(name) } else { facet.weight > 0.0 };
            let with = guard::compile(&facet.with, Scope::Sentence, compiler);
            let unless = guard::compile(&facet.unless, Scope::Left, compiler);
            let Some(set) = compiler.set(&facet.phrases, &facet.patterns, trigger, false) else { continue };
            let label = facet.label.clone().unwrap_or_else(|| name.replace('-', " "));
            facets.push(Facet { name: name.clone(), label, weight: facet.weight, set, with, unless });
        }
        let at = params.facets.values().find_map(|facet| facet.phrases.first().or(facet.patterns.first()));
        if let (Some(at), Some(unknown)) =
            (at, levels.iter().flat_map(|l| l.all_of.iter().chain(&l.any_of)).find(|name| !params.facets.contains_key(*name)))
        {
            compiler.fault(at, format!("`needs` names the facet `{unknown}`, which does not exist"));
        }
        let unless = guard::compile(unless, Scope::Post, compiler);
        (compiler.faults.len() == before && !facets.is_empty()).then_some(Self { scope, facets, levels, unless })
    }

    /// The sets that trigger it: of the facets that every level asks for, or else of all facets.
    pub fn triggers(&self) -> Vec<SetId> {
        let required: Vec<_> = self
            .facets
            .iter()
            .filter(|facet| self.levels.iter().all(|level| level.all_of.contains(&facet.name)))
            .map(|facet| facet.set)
            .collect();
        if required.is_empty() { self.facets.iter().filter(|facet| facet.weight > 0.0).map(|facet| facet.set).collect() } else { required }
    }

    /// Its sets by name.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        let guards = self.unless.iter().filter_map(|guard| Some(("unless".to_owned(), guard.set()?)));
        self.facets.iter().map(|facet| (format!("facet {}", facet.name), facet.set)).chain(guards).collect()
    }

    /// At most one finding for each stretch in which clues may meet.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let text = context.reading.text;
        let regions = match self.scope {
            Scope::Sentence => text.segments().sentences.clone(),
            Scope::Paragraph => text.segments().paragraphs.clone(),
            _ => vec![Span::new(0, text.folded().len())],
        };
        regions.into_iter().filter_map(|region| self.meet(rule, context, region)).collect()
    }

    fn meet(&self, rule: &Rule, context: &Context<'_>, region: Span) -> Option<Detection> {
        let present: Vec<Present<'_>> =
            self.facets.iter().filter_map(|facet| Some(Present { facet, span: facet.first_in(context, region)? })).collect();
        let score: f64 = present.iter().map(|present| present.facet.weight).sum();
        let counted = present.iter().filter(|present| present.facet.weight > 0.0).count();
        let has = |name: &String| present.iter().any(|present| present.facet.name == *name);
        let level = self.levels.iter().find(|level| {
            counted >= level.facets
                && score + 1e-9 >= level.score
                && level.all_of.iter().all(has)
                && (level.any_of.is_empty() || level.any_of.iter().any(has))
        })?;
        let strongest = present.iter().reduce(|best, next| if next.facet.weight > best.facet.weight { next } else { best })?;
        if self.unless.iter().any(|guard| guard.holds(context, strongest.span)) {
            return None;
        }
        let mut others: Vec<&Present<'_>> = present.iter().filter(|other| other.facet.weight > 0.0).collect();
        others.sort_by_key(|other| other.span);
        let labels = others.iter().map(|other| (other.span, other.facet.label.clone())).collect();
        let confidence = level.confidence.unwrap_or(rule.confidence);
        Some(Detection { severity: level.severity, labels, note: note(&others, score), ..Detection::at(strongest.span, confidence) })
    }
}

impl Facet {
    fn first_in(&self, context: &Context<'_>, region: Span) -> Option<Span> {
        let hits = context.reading.hits(self.set);
        let excused = |span: Span| {
            self.unless.iter().any(|guard| guard.holds(context, span)) || !self.with.iter().all(|guard| guard.holds(context, span))
        };
        hits.iter().map(|hit| hit.span).find(|span| span.overlaps(region) && !excused(*span))
    }
}

/// The arithmetic, and which clue is cheapest to drop: the one whose loss lowers the score most.
fn note(present: &[&Present<'_>], score: f64) -> Option<String> {
    let heaviest = present.iter().reduce(|best, next| if next.facet.weight > best.facet.weight { next } else { best })?;
    let sum: Vec<String> = present.iter().map(|present| format!("{} ({})", present.facet.label, present.facet.weight)).collect();
    Some(format!("Together: {} = {score}. Leaving out {} helps most.", sum.join(" + "), heaviest.facet.label))
}
