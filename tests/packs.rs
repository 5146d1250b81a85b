//! Runs the examples of every built-in rule, as `postlint rules test --strict` does, and holds what the packs promise as a whole.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use postlint::pack::{JURISDICTIONS, RuleSet};
use postlint::rule::Rule;

/// The rules that the taxonomy of the domain names, and the identifiers of single countries. A rule may be kept under another id that `replaces` it.
const PROMISED: &str = "\
    individual-treatment-directive individual-diagnosis dose-instruction stop-medication discourage-care remote-consult-offer \
    reply-individual-advice false-reassurance emergency-no-signpost off-label-promotion diagnose-public-figure treating-self-family \
    pi-name pi-initials pi-geo pi-zip pi-date pi-relative-time pi-age-over-89 pi-phone-fax pi-email pi-ssn pi-mrn pi-plan-account \
    pi-license-vehicle-device pi-url-ip pi-biometric-face pi-unique-characteristic pi-quasi-combo pi-rare-or-newsworthy \
    pi-relative-employer pi-review-reply pi-screen-board pi-minor-deceased pi-sensitive-category patient-anecdote \
    consent-missing-media consent-verbal-only no-name-fallacy filming-clinical-area before-after missing-general-disclaimer \
    disclaimer-misuse disclaimer-buried anonymous-doctor stat-percentage stat-ratio stat-relative-risk stat-count stat-research-result \
    stat-vague-source stat-own-series stat-causal-overreach claim-cure claim-guarantee claim-no-risk claim-miracle claim-conspiracy \
    claim-superlative-self claim-absolute claim-natural-detox claim-approval-misuse claim-misinformation claim-quick-painless \
    ad-undisclosed ad-weak-disclosure testimonial-use review-incentive own-product-sale rx-promo-no-balance discount-urgency \
    political-or-institutional-endorsement profanity derogatory-patient mock-venting disparage-colleague discriminatory \
    sexualised-or-intoxicated stigmatizing-language friend-request personal-channel-care patient-stalking gifts-money-patients \
    employer-no-disclaimer confidential-internal embargo-unpublished ai-generated-undisclosed platform-length cadence pillar-balance \
    audience-jargon hashtag-emoji-style media-alt-text us-npi us-dea us-mbi uk-nhs uk-chi uk-nino ca-ohip ca-bc-phn ca-ramq ca-sin \
    au-medicare au-ihi au-dva";

#[test]
fn every_builtin_rule_behaves_as_its_examples_say() {
    let outcome = postlint::selftest::run(&postlint::builtin(), &[], true);
    assert!(outcome.rules >= 90 && outcome.examples >= 500, "{} rules, {} examples", outcome.rules, outcome.examples);
    let failures: Vec<String> =
        outcome.failures.iter().map(|failure| format!("{}:{}: {}: {}", failure.file, failure.line, failure.rule, failure.what)).collect();
    assert!(failures.is_empty(), "{} mistakes in the packs:\n{}", failures.len(), failures.join("\n"));
}

/// Conditions and phrases of facets that no example meets yet; a change may only lower it. `postlint rules test --strict --idle` names them.
const STILL_IDLE: usize = 30;

#[test]
fn no_more_conditions_are_idle_than_there_were() {
    let rules = postlint::builtin();
    let outcome = postlint::selftest::run(&rules, &[], true);
    let idle: Vec<String> = postlint::selftest::idle_parts(&rules, &outcome, true)
        .iter()
        .map(|failure| format!("{}:{}: {}: {}", failure.file, failure.line, failure.rule, failure.what))
        .collect();
    assert!(idle.len() <= STILL_IDLE, "{} are idle; give each an example:\n{}", idle.len(), idle.join("\n"));
}

#[test]
fn what_no_example_meets_is_told_with_its_rule_and_line() {
    let text = "pack: p
rules:
  - id: a
    severity: info
    message: m
    find: {phrases: [alpha, omega]}
    with: [{phrases: [here]}]
    unless: [{in: sentence, phrases: [never, not]}, {question: true}, {in: sentence, phrases: [not here]}]
    examples: {bad: [alpha here], good: [alpha not here]}
  - id: b
    severity: info
    message: m
    combine:
      facets: {one: {weight: 1, phrases: [beta, gone]}, two: {weight: 1, phrases: [gamma], unless: [{phrases: [delta]}]}}
      needs: {facets: 2, score: 2}
    examples: {bad: [beta gamma], good: [beta]}
";
    let source = postlint::PackSource { path: "p.yaml".into(), text: text.into(), ..Default::default() };
    let rules = postlint::load(RuleSet::default(), &[source]).unwrap();
    let outcome = postlint::selftest::run(&rules, &[], false);
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let told: Vec<String> = postlint::selftest::idle_parts(&rules, &outcome, false)
        .iter()
        .map(|failure| format!("{}:{}: {}: {}", failure.file, failure.line, failure.rule, failure.what))
        .collect();
    assert_eq!(
        told,
        [
            "p.yaml:3: a: the condition `unless 1` (question) holds in no example",
            "p.yaml:10: b: the condition `facet two, unless 0` holds in no example: delta",
            "p.yaml:3: a: phrase 2 of `find, case 0` stands in no example: omega",
            "p.yaml:3: a: phrase 1 of `unless 0` stands in no example: never",
            "p.yaml:10: b: phrase 2 of `facet one` stands in no example: gone",
        ]
    );
}

#[test]
fn every_promised_rule_is_there() {
    let rules = postlint::builtin();
    let missing: Vec<&str> = PROMISED.split_whitespace().filter(|id| rules.rule(id).is_none()).collect();
    assert!(missing.is_empty() && PROMISED.split_whitespace().count() == 106, "{missing:?}");
}

/// Every rule with every jurisdiction in which it exists.
fn judged(rules: &RuleSet) -> impl Iterator<Item = (&Rule, &'static str)> {
    let everywhere = rules.rules.iter().flat_map(|rule| JURISDICTIONS.map(|place| (&**rule, place)));
    everywhere.filter(|(rule, place)| rule.applies_in(place))
}

#[test]
fn a_law_is_named_only_where_it_is_law() {
    let rules = postlint::builtin();
    // What names the law of one country, in titles and addresses.
    let laws = [
        ("us", &["hipaa", " cfr ", "ftc", "fda", "hhs"][..]),
        ("uk", &["cap code", "nhs ", "uk gdpr"]),
        ("ca", &["phipa", "ontario", "quebec", "canad"]),
        ("au", &["australia", "ahpra"]),
    ];
    let mut wrong = Vec::new();
    for (rule, place) in judged(&rules) {
        let sources = rule.sources_for(place).iter().map(|source| format!("{} {}", source.title, source.url));
        let cited = sources.collect::<Vec<_>>().join("\n").to_lowercase();
        let foreign = laws.iter().filter(|(own, _)| *own != place).flat_map(|(_, names)| *names);
        wrong.extend(foreign.filter(|name| cited.contains(*name)).map(|name| format!("{} under {place} cites {name:?}", rule.id)));
        let said = [&rule.title, &rule.message, &rule.why, &rule.instead].map(|text| text.to_lowercase()).join("\n");
        if said.contains("hipaa") {
            wrong.push(format!("{} says HIPAA under every jurisdiction", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{} places:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_rests_on_something_in_every_jurisdiction() {
    let rules = postlint::builtin();
    let bare: Vec<String> = judged(&rules)
        .filter(|(rule, place)| rule.sources_for(place).is_empty())
        .map(|(rule, place)| format!("{} under {place}", rule.id))
        .collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn an_explanation_for_another_country_does_not_name_hipaa() {
    let rules = postlint::builtin();
    for place in JURISDICTIONS.iter().filter(|place| **place != "us") {
        for rule in rules.rules.iter().filter(|rule| rule.applies_in(place)) {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_postlint"))
                .args(["explain", &rule.id, "--jurisdiction", place])
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success() && text.contains(&rule.title) && !text.to_lowercase().contains("hipaa"), "{place}: {text}");
        }
    }
}
