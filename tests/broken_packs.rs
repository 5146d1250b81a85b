//! A mistake in one pack takes only its own rules away; those of the other packs and of the program still check the drafts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("draft.md", "stop your pills\n"),
        ("sound.yaml", "rules:\n  - {id: stop-it, severity: error, message: m, find: {phrases: [stop your pills]}}\n"),
        ("bad.yaml", "rules:\n  - {id: x, severity: loud, message: m, find: {phrases: [x]}}\n"),
        ("needs.yaml", "rules:\n  - {id: y, severity: error, message: m, find: {phrases: [<bad/t>]}}\n"),
        ("wording.yaml", "wording: {x: Ask us.}\n"),
        ("config-wrong.yaml", "wording: {no-such-rule: Ask us.}\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Standard output, standard error and the exit code.
fn run(folder: &TempDir, args: &str) -> (String, String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    let out = command.current_dir(folder.path()).env("HOME", folder.path()).args(args.split_whitespace()).output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap(), out.status.code().unwrap())
}

#[test]
fn the_other_packs_are_at_work() {
    let folder = folder();
    for (flags, found) in [
        ("--no-default-rules --rules bad.yaml --rules sound.yaml", "stop-it"),
        ("--no-default-rules --rules sound.yaml --rules bad.yaml", "stop-it"),
        // The rule that was asked for stands in the broken pack: nobody is told that there is no such rule.
        ("--no-default-rules --rules bad.yaml --rules sound.yaml --select stop-it --select x", "stop-it"),
        // What the config says of that rule is no reason to leave the drafts out.
        ("--no-default-rules --rules bad.yaml --rules sound.yaml --config wording.yaml", "stop-it"),
        // A pack that names a term of another goes with it.
        ("--no-default-rules --rules bad.yaml --rules needs.yaml --rules sound.yaml", "stop-it"),
        ("--rules bad.yaml", "stop-medication"),
    ] {
        for format in postlint::report::Format::ALL {
            let (out, err, code) = run(&folder, &format!("draft.md {flags} --format {}", format.as_str()));
            assert!(code == 2 && out.contains(found), "{flags} {}: {err}", format.as_str());
        }
        let (_, err, _) = run(&folder, &format!("draft.md {flags} --format concise"));
        let told: Vec<&str> = err.lines().filter(|line| line.contains("bad.yaml:2:23: ")).collect();
        assert_eq!(err.matches("(its rules were left out").count(), if flags.contains("needs.yaml") { 2 } else { 1 }, "{flags}: {err}");
        assert!(
            told.len() == 1 && told[0].ends_with("(its rules were left out; the drafts were checked with the others)"),
            "{flags}: {err}"
        );
    }
}

#[test]
fn without_any_rule_nothing_is_checked() {
    let folder = folder();
    let (out, err, code) = run(&folder, "draft.md --no-default-rules --rules bad.yaml");
    assert!(code == 2 && out.is_empty() && err.contains("bad.yaml:2:23: "), "{out}{err}");
    // What has nothing to do with the broken pack is still looked up.
    let (_, err, code) = run(&folder, "draft.md --rules bad.yaml --platform no-such-platform");
    assert!(code == 2 && err.contains("no-such-platform"), "{err}");
    let (out, err, code) = run(&folder, "draft.md --no-default-rules --rules sound.yaml --config config-wrong.yaml");
    assert!(code == 2 && !out.contains("stop-it") && err.contains("config-wrong.yaml:1:"), "a mistake of the config: {out}{err}");
}

/// A baseline of fewer rules would forget what the others found.
#[test]
fn the_baseline_stays_as_it_is() {
    let folder = folder();
    let flags = "draft.md --no-default-rules --rules sound.yaml --baseline known.json";
    assert_eq!(run(&folder, &format!("{flags} --update-baseline")).2, 0);
    let known = || fs::read_to_string(folder.path().join("known.json")).unwrap();
    let before = known();
    fs::write(folder.path().join("draft.md"), "fine\n").unwrap();
    let (_, err, code) = run(&folder, &format!("{flags} --rules bad.yaml --update-baseline"));
    assert!(code == 2 && err.contains("the baseline stays as it is") && known() == before, "{err}");
}
