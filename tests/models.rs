//! `classify` and `doubt`: what a model of words and weights may say, and what not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use postlint::finding::{Confidence, Finding, Severity};
use postlint::lint::{Linter, Options};
use postlint::pack::{PackSource, RuleSet, load};
use std::collections::BTreeMap;

const WEIGHTS: &str = "classes\trisky\tboast\nbiases\t-1.0\t-1.0\nnobody\t1000\t1500\t2500\nnobody else\t1000\t1500\t2500\nvalley\t1000\t2000\t1000\ntea\t1000\t-2500\t-500\n\
                       coffe*\t1000\t-2500\t-500\n#\t1000\t-500\t-100\n";
const PACK: &str = "pack: house\nmodels: {posts: {file: weights.txt}}\ndoubt: {model: posts, class: risky, below: -1.5, errors-below: -2.5, but: [sure, grave]}\nrules:\n\
  - {id: boast, severity: warning, confidence: medium, message: m, classify: {model: posts, class: boast, at-least: 0, also: {risky: 0.2}}, unless: [{in: post, phrases: [quoted]}]}\n\
  - {id: doubted, severity: warning, message: m, find: {phrases: [kettle]}}\n\
  - {id: grave, severity: error, message: m, find: {phrases: [kettle]}}\n\
  - {id: sure, severity: warning, message: m, find: {phrases: [kettle]}}\n\
  - {id: unsure, severity: error, message: m, find: {phrases: [kettles]}}\n";

fn rules() -> RuleSet {
    let lists = BTreeMap::from([("weights.txt".to_owned(), Ok(WEIGHTS.to_owned()))]);
    load(RuleSet::default(), &[PackSource { path: "house.yaml".into(), text: PACK.into(), lists }]).unwrap()
}

fn found(rules: &RuleSet, options: Options, text: &str) -> Vec<Finding> {
    Linter::new(rules, options).lint_text(text)
}

fn ids(rules: &RuleSet, text: &str) -> Vec<String> {
    found(rules, Options::default(), text).into_iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_class_is_told_at_its_heaviest_words() {
    let rules = rules();
    let text = "Good morning all of you. Nobody else in this valley does it. Bye.";
    let findings = found(&rules, Options::default(), text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let place = findings[0].place.as_ref().unwrap();
    assert_eq!(place.bytes.of(text), "Nobody else in this valley does it.");
    let labels: Vec<&str> = findings[0].labels.iter().map(|label| label.place.bytes.of(text)).collect();
    assert_eq!(labels, ["Nobody", "valley"]);
    assert!(!findings[0].help.contains("valley") && !findings[0].message.contains("valley"));
}

#[test]
fn a_class_needs_the_others_and_heeds_excuses() {
    let rules = rules();
    assert!(ids(&rules, "Nobody drinks tea here, and it is a shame, as we all say.").is_empty(), "not risky as a whole");
    assert!(ids(&rules, "Quoted: nobody in the valley does it, and you may ask anyone.").is_empty());
    assert!(ids(&rules, "").is_empty() && ids(&rules, "...").is_empty());
}

#[test]
fn what_follows_takes_nothing_away() {
    let rules = rules();
    for more in ["", "\n\nTea, coffee, 5 more teas and tea.", "\r\n\r\nTea."] {
        assert_eq!(ids(&rules, &format!("Nobody else in this valley does it, and you may ask anyone.{more}")), ["boast"], "{more:?}");
    }
}

#[test]
fn warnings_are_doubted_and_nothing_else() {
    let rules = rules();
    let calm = "The kettle is on: tea and coffees for all of us until the bell.";
    assert_eq!(ids(&rules, calm), ["grave", "sure"]);
    assert_eq!(ids(&rules, "The kettle is on and we are all very glad about it today."), ["doubted", "grave", "sure"]);
    let low = Options { confidence: Confidence::Low, ..Options::default() };
    assert_eq!(found(&rules, low, calm).len(), 3);
    let held = Options { floor: BTreeMap::from([("doubted".to_owned(), Severity::Warning)]), ..Options::default() };
    assert_eq!(found(&rules, held, calm).len(), 3, "a floor is not doubted");
}

#[test]
fn errors_are_doubted_where_a_pack_says_so_and_stay_in_sight() {
    let rules = rules();
    let severities = |options: Options, text: &str| found(&rules, options, text).iter().map(|finding| finding.severity).collect::<Vec<_>>();
    let calm = "The kettles are on: tea and coffees and more tea for all of us.";
    assert_eq!(severities(Options::default(), calm), [Severity::Info]);
    assert_eq!(severities(Options::default(), "The kettles are on and we are all very glad about it today."), [Severity::Error]);
    assert_eq!(severities(Options::default(), "The kettles are on."), [Severity::Error], "too short to judge");
    let more = "The kettles are on.\n\nTea and coffees and more tea for all of us, they say.";
    assert_eq!(severities(Options::default(), more), [Severity::Error], "what follows makes nothing doubtful");
    let held = Options { floor: BTreeMap::from([("unsure".to_owned(), Severity::Warning)]), ..Options::default() };
    assert_eq!(severities(held, calm), [Severity::Error], "a floor is not doubted");
    let own = Options { severities: BTreeMap::from([("unsure".to_owned(), Severity::Error)]), ..Options::default() };
    assert_eq!(severities(own, calm), [Severity::Error], "nor a severity of one's own");
}
