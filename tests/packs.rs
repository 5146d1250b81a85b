//! Runs the examples of every built-in rule, as `postlint rules test --strict` does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

#[test]
fn every_builtin_rule_behaves_as_its_examples_say() {
    let outcome = postlint::selftest::run(&postlint::builtin(), &[], true);
    assert!(outcome.rules >= 90 && outcome.examples >= 500, "{} rules, {} examples", outcome.rules, outcome.examples);
    let failures: Vec<String> =
        outcome.failures.iter().map(|failure| format!("{}:{}: {}: {}", failure.file, failure.line, failure.rule, failure.what)).collect();
    assert!(failures.is_empty(), "{} mistakes in the packs:\n{}", failures.len(), failures.join("\n"));
}
