//! Runs the examples of packs through the same path as a draft, and reports what does not behave.

use crate::document::{Consent, Document, Field, FieldKind, Metadata, Post, Text};
use crate::finding::{Confidence, Severity};
use crate::lint::{Lint, Linter, Options};
use crate::matcher::SetId;
use crate::pack::{Example, Examples, RuleSet};
use crate::rule::guard::{Guard, Trace};
use crate::rule::roster::{Names, Open};
use crate::rule::{Body, Rule};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// An example that does not behave, or a rule that strict packs must not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// File of the pack.
    pub file: String,
    /// 1-based line.
    pub line: u64,
    /// The rule.
    pub rule: String,
    /// What is wrong, in plain words; examples are the pack's own text and may be quoted.
    pub what: String,
}

/// What a run of the examples gave.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Examples that were run.
    pub examples: usize,
    /// Rules that were tested.
    pub rules: usize,
    /// In the order of the packs.
    pub failures: Vec<Failure>,
    /// Every phrase and pattern of the rules that were tested, those of their conditions included.
    pub parts: Vec<Part>,
    /// Every condition of the rules that were tested, those without words included.
    pub conditions: Vec<Condition>,
    /// The rules that were tested, with how many examples they have.
    pub counts: Vec<Count>,
}

/// How many examples a rule has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The rule.
    pub rule: String,
    /// Those that it must flag, and how many of them are subtle.
    pub bad: (usize, usize),
    /// Those that it must leave alone, and how many of them are subtle.
    pub good: (usize, usize),
}

/// A condition of a rule: an entry of `with` or `unless`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The rule.
    pub rule: String,
    /// What it is for, as in [`Part::role`].
    pub role: String,
    /// What it asks for besides words, as a pack writes it; empty when it asks for words alone.
    pub wordless: String,
    /// How often it held when the rule's examples were judged.
    pub held: usize,
    /// How often it did not.
    pub failed: usize,
}

impl Condition {
    /// Whether some example needs it: one in which an excuse holds, or in which something that is asked for is missing.
    pub fn is_exercised(&self) -> bool {
        self.held > 0 && (self.role.contains("unless") || self.failed > 0)
    }
}

/// A phrase or pattern of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The rule.
    pub rule: String,
    /// What it is for: `find, case 0`, `unless` …
    pub role: String,
    /// Where it is.
    pub set: SetId,
    /// Its number among the phrases or patterns of the set, from 0.
    pub item: u32,
    /// Whether it is a pattern.
    pub pattern: bool,
    /// How many of the rule's examples hold it.
    pub examples: usize,
}

impl Part {
    /// Its number in [`RuleSet::wording`] of its set, which has the patterns after the phrases.
    pub fn number(&self, rules: &RuleSet) -> usize {
        let phrases = rules.matcher.set(self.set).map_or(0, |set| set.phrases.len());
        self.item as usize + if self.pattern { phrases } else { 0 }
    }

    /// Whether it belongs to a condition of one facet of `combine`: there are too many ways for clues to meet to ask for an example of each.
    fn is_of_facet(&self) -> bool {
        self.role.starts_with("facet ") && self.role.contains(", ")
    }
}

/// Runs the examples of all rules, or of those of some packs or rules. `strict` adds what built-in packs must pass.
pub fn run(rules: &RuleSet, only: &[String], strict: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut linters: BTreeMap<(String, Option<String>, Open), Linter<'_>> = BTreeMap::new();
    for (rule, examples) in rules.rules.iter().zip(&rules.examples) {
        if !only.is_empty() && !only.contains(&rule.id) && !only.contains(&rule.pack) {
            continue;
        }
        outcome.rules += 1;
        let count = |examples: &[Example]| (examples.len(), subtle(examples));
        outcome.counts.push(Count { rule: rule.id.clone(), bad: count(&examples.bad), good: count(&examples.good) });
        let mut seen: Seen = HashMap::new();
        let trace = Trace::default();
        for (bad, example) in examples.bad.iter().map(|example| (true, example)).chain(examples.good.iter().map(|example| (false, example)))
        {
            outcome.examples += 1;
            let place = example.jurisdiction.clone().or_else(|| rule.jurisdictions.first().cloned()).unwrap_or_else(|| "us".into());
            let key = (place, example.profile.clone(), Open::new(example.roster.iter().map(String::as_str)));
            let linter = linters.entry(key.clone()).or_insert_with(|| linter(rules, key));
            let lint = linter.traced(&document(example), &trace);
            lint.seen.iter().collect::<HashSet<_>>().into_iter().for_each(|item| *seen.entry(*item).or_default() += 1);
            judge(rule, examples, example, bad, strict, &lint, &mut outcome);
        }
        if strict {
            complete(rule, examples, &mut outcome);
        }
        let parts = parts(rules, rule, &seen);
        if strict {
            outcome.failures.extend(parts.iter().filter(|part| part.examples == 0 && !part.is_of_facet()).map(|part| idle(part, examples)));
        }
        outcome.parts.extend(parts);
        outcome.conditions.extend(conditions(rule, &trace));
    }
    outcome
}

fn linter(rules: &RuleSet, (jurisdiction, profile, roster): (String, Option<String>, Open)) -> Linter<'_> {
    let roster: Option<Arc<dyn Names>> = Some(Arc::new(roster));
    Linter::new(rules, Options { jurisdiction, profile, roster, confidence: Confidence::Low, ..Options::default() })
}

/// The document that an example stands for.
fn document(example: &Example) -> Document {
    let metadata = || Metadata {
        platforms: example.platform.iter().map(|platform| platform.to_lowercase()).collect(),
        audience: example.audience.clone(),
        consent: example.consent.then(|| Consent { id: "example".into(), scope: Vec::new(), expires: None }),
        media: example.media.clone(),
        ..Metadata::default()
    };
    let field = |kind: FieldKind, text: &String| Field { kind, text: Text::new(text.as_str()) };
    let post = |(index, text): (usize, &String)| Post {
        id: (index + 1).to_string(),
        metadata: metadata(),
        fields: [field(FieldKind::Text, text)].into_iter().chain(example.alt.iter().map(|alt| field(FieldKind::Alt, alt))).collect(),
    };
    let posts = example.thread.iter().chain([&example.text]).enumerate().map(post).collect();
    Document { path: "example".into(), posts, thread: !example.thread.is_empty() }
}

fn judge(rule: &Rule, examples: &Examples, example: &Example, bad: bool, strict: bool, lint: &Lint, outcome: &mut Outcome) {
    let mut fail = |what: String| {
        outcome.failures.push(Failure { file: examples.file.clone(), line: example.line, rule: rule.id.clone(), what });
    };
    let last = (example.thread.len() + 1).to_string();
    let own = lint.findings.iter().any(|finding| finding.rule == rule.id && finding.post == last);
    match (bad, own) {
        (true, false) => fail(format!("this bad example is not flagged: {}", example.text)),
        (false, true) => fail(format!("this good example is flagged: {}", example.text)),
        _ => {}
    }
    if !strict || bad {
        return;
    }
    let others: BTreeSet<&str> = lint
        .findings
        .iter()
        .filter(|finding| {
            finding.rule != rule.id && finding.severity > Severity::Info && finding.confidence > Confidence::Low && finding.post == last
        })
        .map(|finding| finding.rule.as_str())
        .collect();
    for other in others {
        fail(format!("this good example is flagged by {other}: {}", example.text));
    }
}

/// Examples of either kind that a strict pack gives of a rule.
const ENOUGH: usize = 5;
/// How many of them are near misses.
const SUBTLE: usize = 2;

fn subtle(examples: &[Example]) -> usize {
    examples.iter().filter(|example| example.subtle).count()
}

fn complete(rule: &Rule, examples: &Examples, outcome: &mut Outcome) {
    let series = matches!(rule.body, Body::Series(_));
    let missing = [
        (rule.why.is_empty(), "`why`"),
        (rule.instead.is_empty(), "`instead`"),
        (rule.sources.is_empty(), "a source"),
        (examples.bad.len() < ENOUGH && !series, "five bad examples"),
        (examples.good.len() < ENOUGH && !series, "five good examples"),
        (subtle(&examples.bad) + subtle(&examples.good) < SUBTLE && !series, "two examples that are `subtle: true`"),
    ];
    for (_, what) in missing.iter().filter(|(missing, _)| *missing) {
        outcome.failures.push(Failure {
            file: examples.file.clone(),
            line: examples.line,
            rule: rule.id.clone(),
            what: format!("it lacks {what}"),
        });
    }
}

/// How many examples hold each item of a set: set, number of the item, whether it is a pattern.
type Seen = HashMap<(SetId, u32, bool), usize>;

fn parts(rules: &RuleSet, rule: &Rule, seen: &Seen) -> Vec<Part> {
    let mut parts = Vec::new();
    for (role, id) in rule.body.sets() {
        let Some(set) = rules.matcher.set(id) else { continue };
        let phrases = (0_u32..).take(set.phrases.len()).map(|item| (item, false));
        let patterns = (0_u32..).take(set.patterns.len()).map(|item| (item, true));
        parts.extend(phrases.chain(patterns).map(|(item, pattern)| Part {
            rule: rule.id.clone(),
            role: role.clone(),
            set: id,
            item,
            pattern,
            examples: seen.get(&(id, item, pattern)).copied().unwrap_or(0),
        }));
    }
    parts
}

fn idle(part: &Part, examples: &Examples) -> Failure {
    let kind = if part.pattern { "pattern" } else { "phrase" };
    let what = format!("no example exercises {kind} {} of `{}`", part.item + 1, part.role);
    Failure { file: examples.file.clone(), line: examples.line, rule: part.rule.clone(), what }
}

/// What the examples leave idle, each with the line of its rule: conditions that never held, and phrases and patterns that stand in no example. After a
/// `strict` run only what that run has not told.
pub fn idle_parts(rules: &RuleSet, outcome: &Outcome, strict: bool) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut fail = |rule: &str, what: String| {
        if let Some((_, examples)) = rules.rule(rule) {
            failures.push(Failure { file: examples.file.clone(), line: examples.line, rule: rule.to_owned(), what });
        }
    };
    for condition in outcome.conditions.iter().filter(|condition| condition.held == 0) {
        let own = outcome.parts.iter().find(|part| part.rule == condition.rule && part.role == condition.role);
        let words = own.map_or_else(String::new, |part| format!(": {}", beginning(&rules.wording(part.set))));
        fail(&condition.rule, format!("the condition `{}`{} holds in no example{words}", condition.role, asked(condition)));
    }
    let held =
        |part: &&Part| outcome.conditions.iter().all(|other| (&other.rule, &other.role) != (&part.rule, &part.role) || other.held > 0);
    let told = |part: &&Part| strict && !part.is_of_facet();
    for part in outcome.parts.iter().filter(|part| part.examples == 0 && !told(part)).filter(held) {
        let wording = rules.wording(part.set).into_iter().nth(part.number(rules)).unwrap_or_default();
        let kind = if part.pattern { "pattern" } else { "phrase" };
        fail(&part.rule, format!("{kind} {} of `{}` stands in no example: {wording}", part.item + 1, part.role));
    }
    failures
}

/// The first few of a list.
fn beginning(words: &[String]) -> String {
    let more = if words.len() > FEW { ", …" } else { "" };
    words.iter().take(FEW).cloned().collect::<Vec<_>>().join(", ") + more
}

/// Phrases that a message about a condition names.
const FEW: usize = 3;

fn conditions(rule: &Rule, trace: &Trace) -> Vec<Condition> {
    let guards = rule.body.guards().into_iter();
    let condition = |(role, guard): (String, &Guard)| {
        let (held, failed) = trace.of(guard);
        Condition { rule: rule.id.clone(), role, wordless: guard.wordless(), held, failed }
    };
    guards.map(condition).collect()
}

/// ` (question)`, or nothing for a condition on words alone.
pub fn asked(condition: &Condition) -> String {
    if condition.wordless.is_empty() { String::new() } else { format!(" ({})", condition.wordless) }
}
