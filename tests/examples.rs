//! Holds what the README shows: `examples/drafts` has findings of every pack a physician meets first, and the clean drafts stay clean.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeSet;

/// Drafts in which no error and no warning may be found.
const CLEAN: [&str; 9] = [
    "bluesky-thread-blood-pressure.md",
    "facebook-flu-clinic.txt",
    "instagram-graduation.md",
    "instagram-sunscreen.txt",
    "linkedin-new-clinic.md",
    "linkedin-sleep-apnea-fixed.md",
    "tiktok-script-sleep.txt",
    "x-flu-season.txt",
    "x-thank-you-nurses.txt",
];

/// Findings of a run over `path`, as the JSON report lists them.
fn findings(path: &str, more: &[&str]) -> Vec<Value> {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("postlint").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("HOME", home.path()).env_remove("XDG_CONFIG_HOME");
    let out = command.args(["check", path, "--no-config", "--fail-on", "never", "--format", "json"]).args(more).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

fn text<'v>(finding: &'v Value, key: &str) -> &'v str {
    finding[key].as_str().unwrap()
}

#[test]
fn bad_drafts_show_findings_of_every_card_pack() {
    let packs: BTreeSet<String> = findings("examples/drafts", &[]).iter().map(|finding| text(finding, "pack").to_owned()).collect();
    for pack in ["medical-advice", "patient-identifiers", "disclaimers", "statistics"] {
        assert!(packs.contains(pack), "{pack} finds nothing, only {packs:?} do");
    }
}

#[test]
fn clean_drafts_stay_clean() {
    let wrong: Vec<String> = findings("examples/drafts", &[])
        .iter()
        .filter(|finding| text(finding, "severity") != "info" && CLEAN.iter().any(|name| text(finding, "path").ends_with(name)))
        .map(|finding| format!("{}: {}", text(finding, "path"), text(finding, "rule")))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_practice_adds_its_own_rules() {
    let found = findings("examples/drafts", &["--rules", "examples/packs/clinic.yaml"]);
    assert!(found.iter().any(|finding| text(finding, "pack") == "elm-street"), "the practice's own pack finds nothing");
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("postlint").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("HOME", home.path());
    command.args(["rules", "test", "--strict", "--rules", "examples/packs/clinic.yaml", "elm-street"]).assert().success();
}
