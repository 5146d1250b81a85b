//! Runs the examples of packs through the same path as a draft, and reports what does not behave.

use crate::document::{Consent, Document, Field, FieldKind, Metadata, Post, Text};
use crate::finding::{Confidence, Severity};
use crate::lint::{Lint, Linter, Options};
use crate::matcher::SetId;
use crate::pack::{Example, Examples, RuleSet};
use crate::rule::{Body, Rule};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

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

/// Runs the examples of all rules, or of those of some packs or rules. `strict` adds what built-in packs must pass.
pub fn run(rules: &RuleSet, only: &[String], strict: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let mut linters: BTreeMap<(String, Option<String>), Linter<'_>> = BTreeMap::new();
    for (rule, examples) in rules.rules.iter().zip(&rules.examples) {
        if !only.is_empty() && !only.contains(&rule.id) && !only.contains(&rule.pack) {
            continue;
        }
        outcome.rules += 1;
        let mut seen: Seen = HashMap::new();
        for (bad, example) in examples.bad.iter().map(|example| (true, example)).chain(examples.good.iter().map(|example| (false, example)))
        {
            outcome.examples += 1;
            let place = example.jurisdiction.clone().or_else(|| rule.jurisdictions.first().cloned()).unwrap_or_else(|| "us".into());
            let linter =
                linters.entry((place.clone(), example.profile.clone())).or_insert_with(|| linter(rules, place, example.profile.clone()));
            let lint = linter.traced(&document(example));
            lint.seen.iter().collect::<HashSet<_>>().into_iter().for_each(|item| *seen.entry(*item).or_default() += 1);
            judge(rule, examples, example, bad, strict, &lint, &mut outcome);
        }
        if strict {
            complete(rule, examples, &mut outcome);
        }
        let parts = parts(rules, rule, &seen);
        if strict {
            outcome.failures.extend(parts.iter().filter(|part| part.examples == 0).map(|part| idle(part, examples)));
        }
        outcome.parts.extend(parts);
    }
    outcome
}

fn linter(rules: &RuleSet, jurisdiction: String, profile: Option<String>) -> Linter<'_> {
    Linter::new(rules, Options { jurisdiction, profile, confidence: Confidence::Low, ..Options::default() })
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

fn complete(rule: &Rule, examples: &Examples, outcome: &mut Outcome) {
    let series = matches!(rule.body, Body::Series(_));
    let missing = [
        (rule.why.is_empty(), "`why`"),
        (rule.instead.is_empty(), "`instead`"),
        (rule.sources.is_empty(), "a source"),
        (examples.bad.len() < 2 && !series, "two bad examples"),
        (examples.good.len() < 2 && !series, "two good examples"),
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
