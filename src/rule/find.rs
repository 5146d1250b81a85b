//! `find`: words that must not be there, unless something excuses them.

use super::compile::{Compiler, Located};
use super::context::{Context, Detection};
use super::guard::{self, Guard, Scope};
use super::validate::Validator;
use super::{Rule, guard::around, guard::named};
use crate::finding::{Confidence, Severity};
use crate::matcher::{Hit, SetId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `find:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    check: Option<Located<String>>,
    #[serde(default)]
    links: bool,
    #[serde(default)]
    cases: Vec<Case>,
}

/// One of `cases:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
    check: Option<Located<String>>,
    #[serde(default)]
    links: bool,
    #[serde(default)]
    with: Vec<guard::Params>,
    #[serde(default)]
    unless: Vec<guard::Params>,
    confidence: Option<Confidence>,
    severity: Option<Severity>,
}

/// The conditions that a rule sets on all its cases.
pub struct Conditions<'c> {
    /// All must hold.
    pub with: &'c [guard::Params],
    /// None may hold.
    pub unless: &'c [guard::Params],
    /// No excuse counts when one of these is in the sentence.
    pub never_exempt: &'c [Located<String>],
}

/// Compiled `find`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Find {
    ways: Vec<Way>,
    with: Vec<Guard>,
    unless: Vec<Guard>,
    never_exempt: Option<SetId>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Way {
    set: SetId,
    check: Option<Validator>,
    with: Vec<Guard>,
    unless: Vec<Guard>,
    confidence: Option<Confidence>,
    severity: Option<Severity>,
}

impl Find {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, conditions: &Conditions<'_>, compiler: &mut Compiler<'_>) -> Option<Self> {
        let before = compiler.faults.len();
        let mut ways = Vec::new();
        if !params.phrases.is_empty() || !params.patterns.is_empty() {
            let check = validator(params.check.as_ref(), compiler);
            let set = compiler.set(&params.phrases, &params.patterns, true, params.links);
            ways.extend(set.map(|set| Way { set, check, with: Vec::new(), unless: Vec::new(), confidence: None, severity: None }));
        }
        for case in &params.cases {
            let check = validator(case.check.as_ref(), compiler);
            let (with, unless) =
                (guard::compile(&case.with, Scope::Sentence, compiler), guard::compile(&case.unless, Scope::Left, compiler));
            let set = compiler.set(&case.phrases, &case.patterns, true, case.links);
            ways.extend(set.map(|set| Way { set, check, with, unless, confidence: case.confidence, severity: case.severity }));
        }
        let find = Self {
            with: guard::compile(conditions.with, Scope::Sentence, compiler),
            unless: guard::compile(conditions.unless, Scope::Left, compiler),
            never_exempt: compiler.set(conditions.never_exempt, &[], false, false),
            ways,
        };
        (compiler.faults.len() == before && !find.ways.is_empty()).then_some(find)
    }

    /// The sets that trigger it.
    pub fn triggers(&self) -> Vec<SetId> {
        self.ways.iter().map(|way| way.set).collect()
    }

    /// Its sets by name.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        let mut sets = Vec::new();
        for (index, way) in self.ways.iter().enumerate() {
            let name = format!("find, case {index}");
            sets.push((name.clone(), way.set));
            sets.extend(named(&way.with, &format!("{name}, with")));
            sets.extend(named(&way.unless, &format!("{name}, unless")));
        }
        sets.extend(named(&self.with, "with"));
        sets.extend(named(&self.unless, "unless"));
        sets.extend(self.never_exempt.map(|set| ("never-exempt".to_owned(), set)));
        sets
    }

    /// Its conditions by the same names.
    pub fn guards(&self) -> Vec<(String, &Guard)> {
        let mut all = Vec::new();
        for (index, way) in self.ways.iter().enumerate() {
            all.extend(guard::roles(&way.with, &format!("find, case {index}, with")));
            all.extend(guard::roles(&way.unless, &format!("find, case {index}, unless")));
        }
        all.extend(guard::roles(&self.with, "with"));
        all.extend(guard::roles(&self.unless, "unless"));
        all
    }

    /// Every hit that nothing excuses; of overlapping ones the surest, then the longest.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        let mut found = BTreeMap::new();
        for way in &self.ways {
            for hit in context.reading.hits(way.set).iter() {
                let Some(detection) = self.judge(rule, way, hit, context) else { continue };
                keep(rule, &mut found, detection);
            }
        }
        found.into_values().collect()
    }

    fn judge(&self, rule: &Rule, way: &Way, hit: &Hit, context: &Context<'_>) -> Option<Detection> {
        let folded = context.reading.text.folded();
        if hit.pattern && way.check.is_some_and(|check| !check.accepts(hit.id.of(folded))) {
            return None;
        }
        if context.trace.is_some() {
            self.trace(way, hit, context);
        }
        let (mut severity, mut confidence) = (way.severity, way.confidence.unwrap_or(rule.confidence));
        for guard in self.with.iter().chain(&way.with) {
            if !guard.holds(context, hit.span) {
                severity = Some(guard.otherwise?);
            }
        }
        if !self.beyond_excuse(hit, context) {
            for guard in self.unless.iter().chain(&way.unless).filter(|guard| guard.holds(context, hit.span)) {
                confidence = confidence.min(guard.confidence?);
            }
        }
        Some(Detection { severity, ..Detection::at(hit.span, confidence) })
    }

    /// Asks every condition, so that one is known to hold also where another has settled the matter before.
    fn trace(&self, way: &Way, hit: &Hit, context: &Context<'_>) {
        for guard in self.with.iter().chain(&way.with).chain(&self.unless).chain(&way.unless) {
            guard.holds(context, hit.span);
        }
    }

    fn beyond_excuse(&self, hit: &Hit, context: &Context<'_>) -> bool {
        let Some(set) = self.never_exempt else { return false };
        let text = context.reading.text;
        let sentence = around(text.sentences(), hit.span, text.folded());
        let (hits, about) = context.reading.hits_about(set, sentence);
        hits.get(about).unwrap_or(&[]).iter().any(|other| other.span.overlaps(sentence))
    }
}

/// Adds a detection unless one that says more stands at the same words. Those that were kept never overlap, so only the nearest are looked at.
fn keep(rule: &Rule, found: &mut BTreeMap<usize, Detection>, new: Detection) {
    let rank = |detection: &Detection| {
        let severity = detection.severity.unwrap_or(rule.severity);
        (detection.confidence, severity, detection.span.map_or(0, |span| span.len()))
    };
    let Some(span) = new.span else { return };
    let overlaps = |(_, old): &(&usize, &Detection)| old.span.is_some_and(|old| old.overlaps(span));
    let before = found.range(..span.start).next_back().filter(overlaps);
    let same: Vec<(&usize, &Detection)> = before.into_iter().chain(found.range(span.start..span.end)).collect();
    if same.iter().any(|(_, old)| rank(old) >= rank(&new)) {
        return;
    }
    let starts: Vec<usize> = same.into_iter().map(|(start, _)| *start).collect();
    starts.iter().for_each(|start| drop(found.remove(start)));
    found.insert(span.start, new);
}

fn validator(name: Option<&Located<String>>, compiler: &mut Compiler<'_>) -> Option<Validator> {
    let name = name?;
    let found = Validator::named(&name.value);
    let names: Vec<_> = Validator::ALL.iter().map(|(name, _)| *name).collect();
    if found.is_none() {
        compiler.fault(name, format!("`{}` is no validator; use one of {}", name.value, names.join(", ")));
    }
    found
}
