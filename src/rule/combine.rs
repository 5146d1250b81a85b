//! `combine`: clues that are harmless alone and identify a person together.
//!
//! The idea and the weights come from disciplinary cases in which no name was posted (Rhode Island board v. Thran, 2011) and from a count of
//! recognisable patient stories on Twitter (Ahmed 2020, J Med Internet Res 22:e19746).

use super::Rule;
use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::finite::finite;
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
    #[serde(deserialize_with = "finite")]
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
    #[serde(default, deserialize_with = "finite")]
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
    /// Whether the pass looks for it. The others are looked for once one of these was found.
    trigger: bool,
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
        let mut facets = Vec::new();
        for (name, facet) in &params.facets {
            let with = guard::compile(&facet.with, Scope::Sentence, compiler);
            let unless = guard::compile(&facet.unless, Scope::Left, compiler);
            let Some(set) = compiler.set(&facet.phrases, &facet.patterns, false, false) else { continue };
            let label = facet.label.clone().unwrap_or_else(|| name.replace('-', " "));
            facets.push(Facet { name: name.clone(), label, weight: facet.weight, set, trigger: false, with, unless });
        }
        let at = params.facets.values().find_map(|facet| facet.phrases.first().or(facet.patterns.first()));
        if let (Some(at), Some(unknown)) =
            (at, levels.iter().flat_map(|l| l.all_of.iter().chain(&l.any_of)).find(|name| !params.facets.contains_key(*name)))
        {
            compiler.fault(at, format!("`needs` names the facet `{unknown}`, which does not exist"));
        }
        for index in triggers(&facets, &levels, compiler) {
            let Some(facet) = facets.get_mut(index) else { continue };
            facet.trigger = true;
            compiler.promote(facet.set, params.facets.get(&facet.name).map_or(&[], |facet| &facet.phrases));
        }
        let unless = guard::compile(unless, Scope::Post, compiler);
        (compiler.faults.len() == before && !facets.is_empty()).then_some(Self { scope, facets, levels, unless })
    }

    /// The sets that trigger it.
    pub fn triggers(&self) -> Vec<SetId> {
        self.facets.iter().filter(|facet| facet.trigger).map(|facet| facet.set).collect()
    }

    /// Its sets by name.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        let mut sets = Vec::new();
        for facet in &self.facets {
            sets.push((format!("facet {}", facet.name), facet.set));
            sets.extend(guard::named(&facet.with, &format!("facet {}, with", facet.name)));
            sets.extend(guard::named(&facet.unless, &format!("facet {}, unless", facet.name)));
        }
        sets.extend(guard::named(&self.unless, "unless"));
        sets
    }

    /// Its conditions by the same names.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        let mut all = Vec::new();
        for facet in &self.facets {
            all.extend(guard::roles(&facet.with, &format!("facet {}, with", facet.name)));
            all.extend(guard::roles(&facet.unless, &format!("facet {}, unless", facet.name)));
        }
        all.extend(guard::roles(&self.unless, "unless"));
        all
    }

    /// At most one finding for each stretch in which clues may meet.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let text = context.reading.text;
        let regions = match self.scope {
            Scope::Sentence => text.sentences().to_vec(),
            Scope::Paragraph => text.paragraphs().to_vec(),
            _ => vec![Span::new(0, text.folded().len())],
        };
        regions.into_iter().filter_map(|region| self.meet(rule, context, region)).collect()
    }

    fn meet(&self, rule: &Rule, context: &Context<'_>, region: Span) -> Option<Detection> {
        let present = self.present(context, region)?;
        let level = self.levels.get(self.level_of(&present, None)?)?;
        let strongest = present.iter().reduce(|best, next| if next.facet.weight > best.facet.weight { next } else { best })?;
        if self.unless.iter().any(|guard| guard.holds(context, strongest.span)) {
            return None;
        }
        let mut others: Vec<&Present<'_>> = present.iter().filter(|other| other.facet.weight > 0.0).collect();
        others.sort_by_key(|other| other.span);
        let labels = others.iter().map(|other| (other.span, other.facet.label.clone())).collect();
        let confidence = level.confidence.unwrap_or(rule.confidence);
        let note = self.note(&present, &others);
        Some(Detection { severity: level.severity, labels, note, ..Detection::at(strongest.span, confidence) })
    }

    /// The first level that the clues reach, perhaps without one of them.
    fn level_of(&self, present: &[Present<'_>], without: Option<&str>) -> Option<usize> {
        let left = || present.iter().filter(|present| without.is_none_or(|name| present.facet.name != name));
        let score: f64 = left().map(|present| present.facet.weight).sum();
        let counted = left().filter(|present| present.facet.weight > 0.0).count();
        let has = |name: &String| left().any(|present| present.facet.name == *name);
        self.levels.iter().position(|level| level.is_reached(counted, score, has))
    }

    /// The arithmetic, and the clue whose loss helps most: after which the least is left to say, and of several such the heaviest.
    fn note(&self, present: &[Present<'_>], counted: &[&Present<'_>]) -> Option<String> {
        let score = (present.iter().map(|present| present.facet.weight).sum::<f64>() * 100.0).round() / 100.0;
        let after = |clue: &Present<'_>| self.level_of(present, Some(&clue.facet.name)).unwrap_or(self.levels.len());
        let better = |best: &Present<'_>, next: &Present<'_>| (after(next), next.facet.weight) > (after(best), best.facet.weight);
        let best = counted.iter().reduce(|best, next| if better(best, next) { next } else { best })?;
        let mut clues: Vec<(&str, f64)> = Vec::new();
        for present in counted {
            match clues.iter_mut().find(|(label, _)| *label == present.facet.label) {
                Some((_, weight)) => *weight += present.facet.weight,
                None => clues.push((&present.facet.label, present.facet.weight)),
            }
        }
        let sum: Vec<String> = clues.iter().map(|(label, weight)| format!("{label} ({})", (weight * 100.0).round() / 100.0)).collect();
        let enough = if after(best) == self.levels.len() { "; that alone is enough" } else { "" };
        Some(format!("Together: {} = {score}. Leaving out {} helps most{enough}.", sum.join(" + "), best.facet.label))
    }

    /// The facets that are there, in their order. Those that the pass looked for are asked first, then the heaviest, as long as a level can still be
    /// reached; `None` when none can.
    fn present(&self, context: &Context<'_>, region: Span) -> Option<Vec<Present<'_>>> {
        let mut order: Vec<(usize, &Facet)> = self.facets.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| b.trigger.cmp(&a.trigger).then(b.weight.total_cmp(&a.weight)));
        let mut found: Vec<(usize, Present<'_>)> = Vec::with_capacity(order.len());
        for (done, (index, facet)) in order.iter().enumerate() {
            if let Some(span) = facet.first_in(context, region) {
                found.push((*index, Present { facet, span }));
                continue;
            }
            let left: Vec<&Facet> = order.iter().skip(done + 1).map(|(_, facet)| *facet).collect();
            let possible = |facet: &&&Facet| facet.weight > 0.0;
            let counted = found.iter().filter(|(_, present)| present.facet.weight > 0.0).count() + left.iter().filter(possible).count();
            let most = found.iter().map(|(_, present)| present.facet.weight).sum::<f64>()
                + left.iter().filter(possible).map(|facet| facet.weight).sum::<f64>();
            let may =
                |name: &String| found.iter().map(|(_, present)| present.facet).chain(left.iter().copied()).any(|facet| facet.name == *name);
            if context.trace.is_none() && !self.levels.iter().any(|level| level.is_reached(counted, most, may)) {
                return None;
            }
        }
        found.sort_by_key(|(index, _)| *index);
        Some(found.into_iter().map(|(_, present)| present).collect())
    }
}

impl Level {
    /// Whether so many facets of such a score reach it, given which of them are there.
    fn is_reached(&self, counted: usize, score: f64, has: impl Fn(&String) -> bool) -> bool {
        counted >= self.facets
            && score + 1e-9 >= self.score
            && self.all_of.iter().all(&has)
            && (self.any_of.is_empty() || self.any_of.iter().any(&has))
    }
}

/// The facets that a post is searched for: those that are rarest, and so many that one of them is in whatever reaches a level.
fn triggers(facets: &[Facet], levels: &[Level], compiler: &Compiler<'_>) -> Vec<usize> {
    let mut order: Vec<(f64, usize)> =
        facets.iter().enumerate().map(|(index, facet)| (compiler.matcher.expected(facet.set), index)).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let facet = |index: usize| facets.get(index).filter(|facet| facet.weight > 0.0);
    let required = |index: usize| facets.get(index).is_some_and(|facet| levels.iter().all(|level| level.all_of.contains(&facet.name)));
    if let Some((_, index)) = order.iter().find(|(_, index)| required(*index)) {
        return vec![*index];
    }
    // Those that are left out, the most frequent first, must not reach a level among themselves.
    let (mut count, mut score, mut chosen) = (0, 0.0, Vec::new());
    for (index, weight) in order.iter().rev().filter_map(|(_, index)| Some((*index, facet(*index)?.weight))) {
        if levels.iter().any(|level| count + 1 >= level.facets && score + weight + 1e-9 >= level.score) {
            chosen.push(index);
        } else {
            (count, score) = (count + 1, score + weight);
        }
    }
    chosen
}

impl Facet {
    fn first_in(&self, context: &Context<'_>, region: Span) -> Option<Span> {
        let (hits, about) = context.reading.hits_about(self.set, region);
        let excused = |span: Span| {
            self.unless.iter().any(|guard| guard.holds(context, span)) || !self.with.iter().all(|guard| guard.holds(context, span))
        };
        hits.get(about)?.iter().map(|hit| hit.span).find(|span| span.overlaps(region) && !excused(*span))
    }
}
