//! The three uses as a user meets them: what is said about mistakes in files, settings and drafts, and what `--fix` makes of the built-in rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;

const TODAY: &str = "--today 2026-11-23";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// Standard output, standard error and exit code; findings one a line.
fn run(folder: &Path, args: &str) -> (String, String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    let all = format!("{args} {TODAY}");
    let out = command.current_dir(folder).args(all.split_whitespace()).env_remove("XDG_CONFIG_HOME").output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap(), out.status.code().unwrap())
}

#[test]
fn an_unknown_platform_is_told_with_its_place_and_the_rest_is_checked() {
    let folder = folder(&[
        ("a.md", "---\naccount: dr\nplatform: [x, myspace]\n---\nQuit your lisinopril tonight.\n"),
        ("b.jsonl", "{\"text\": \"A walk.\", \"platform\": \"myspace\"}\n{\"text\": \"A walk.\", \"platform\": \"Twitter\"}\n"),
        ("c.csv", "id,text,platform\n1,A walk.,myspace\n2,A walk.,myspace\n"),
    ]);
    let (out, err, code) = run(folder.path(), ". --format concise");
    assert_eq!(code, 2);
    for line in [
        "a.md:5:1: error[stop-medication]",
        "a.md:3:11: mistake: there is no platform `myspace`",
        "b.jsonl:1:33: mistake",
        "c.csv:2:11: mistake",
    ] {
        assert!(out.contains(line), "{line} in {out}");
    }
    assert_eq!(err.lines().count(), 3, "once a file: {err}");
}

#[test]
fn mistakes_that_leave_the_words_checked_are_not_called_unchecked() {
    let folder =
        folder(&[("a.csv", "id,text,scheduled_at\na,A walk.,tomorrow\na,A walk.,2026-11-24,x\nb\n"), ("b.csv", "When,What\n1,2\n")]);
    let (out, _, code) = run(folder.path(), ". --format concise");
    assert_eq!(code, 2);
    let said: Vec<&str> = out.lines().filter(|line| line.contains("mistake") || line.contains("not checked")).collect();
    let wanted = ["a.csv:2:11: mistake: ", "a.csv:3:", "a.csv:3:", "a.csv:4:1: not checked: row 4 has 1 cell ", "b.csv:1:1: not checked: "];
    assert_eq!(said.len(), wanted.len(), "{out}");
    assert!(said.iter().zip(wanted).all(|(line, wanted)| line.starts_with(wanted)), "{out}");
    let (out, _, _) = run(folder.path(), "a.csv --no-config");
    assert!(out.contains("3 mistakes in the files are to be mended") && out.contains("1 input could not be checked"), "{out}");
}

#[test]
fn a_profile_that_cannot_be_read_stops_nothing() {
    let config = "accounts:\n  dr: {profile: bio.txt}\n";
    let folder = folder(&[
        ("a.txt", "Quit your lisinopril tonight.\n"),
        ("c/postlint.yaml", config),
        ("c/a.txt", "Quit your lisinopril tonight.\n"),
    ]);
    let (out, err, code) = run(folder.path(), "a.txt --profile none.txt --format concise");
    assert!(code == 2 && out.contains("[stop-medication]") && err.contains("none.txt: no such file"), "{out}{err}");
    let (out, err, code) = run(folder.path(), "c/a.txt --format concise");
    assert!(code == 2 && out.contains("[stop-medication]") && err.contains("c/postlint.yaml:2:17: "), "{out}{err}");
}

#[test]
fn a_broken_config_stops_only_its_own_drafts() {
    let bad = "Quit your lisinopril tonight.\n";
    let folder = folder(&[
        ("a/postlint.yaml", "platfrom: x\n"),
        ("a/a.txt", bad),
        ("b/b.txt", bad),
        ("c/postlint.yaml", "ignore: [zz]\n"),
        ("c/c.txt", bad),
    ]);
    let (out, err, code) = run(folder.path(), ". --format concise");
    assert!(code == 2 && out.contains("b/b.txt:1:1: error") && !out.contains("a.txt") && !out.contains("c.txt"), "{out}{err}");
    assert!(err.contains("a/postlint.yaml:1:1: unknown key `platfrom`") && err.contains("c/postlint.yaml:1:10: "), "{err}");
    let (out, err, code) = run(folder.path(), "a");
    assert!(code == 2 && out.is_empty() && err.starts_with("a/postlint.yaml:1:1: "), "{out}{err}");
}

#[test]
fn an_empty_draft_is_not_ready() {
    let folder = folder(&[("a.txt", "\n \n"), ("old/b.txt", "A walk.\n"), ("postlint.yaml", "exclude: [old]\n")]);
    let (out, _, code) = run(folder.path(), "a.txt");
    assert!(code == 2 && out.starts_with("Nothing to check: there was no post."), "{out}");
    let (out, _, code) = run(folder.path(), "old/b.txt --force-exclude");
    assert!(code == 0 && out.starts_with("Nothing to check"), "{out}");
}

#[test]
fn a_comment_may_be_for_one_line() {
    let text = "Quit your lisinopril. <!-- postlint-ignore-line stop-medication: the leaflet's words -->\n\n<!-- postlint-ignore-line medical-advice: quoted -->\n\
                Quit your metformin.\n\nQuit your sertraline.\n";
    let folder = folder(&[("a.md", text)]);
    let (out, _, _) = run(folder.path(), "a.md --format concise --select stop-medication");
    assert!(out.starts_with("a.md:6:1: ") && out.matches("[stop-medication]").count() == 1, "{out}");
}

#[test]
fn an_idle_entry_is_named_and_placed() {
    let front = "---\npostlint:\n  ignore:\n    - {rule: stop-medication, reason: quoted}\n    - {rule: pi-name, reason: old, until: 2026-01-01}\n---\nA walk.\n";
    let csv = "id,text,postlint_ignore\n1,A walk.,stop-medication: quoted\n";
    let folder = folder(&[("a.md", front), ("b.csv", csv), ("c.md", "A walk.\n\n<!-- postlint-ignore zz: quoted -->\n")]);
    let (out, _, code) = run(folder.path(), "a.md b.csv c.md --format concise");
    assert_eq!(code, 1);
    for line in
        ["a.md:4:14: warning[unused-suppression]", "a.md:5:14: warning[expired-suppression]", "b.csv:2:11: warning", "c.md:3:1: warning"]
    {
        assert!(out.contains(line), "{line} in {out}");
    }
    let (out, _, _) = run(folder.path(), "a.md");
    assert!(out.contains("The entry is for stop-medication."), "{out}");
}

#[test]
fn bluesky_counts_bytes_too() {
    // A family is one character to a reader and 25 bytes to a server.
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
    let folder = folder(&[("a.txt", &family.repeat(130)), ("b.txt", &family.repeat(100))]);
    let (out, _, _) = run(folder.path(), "a.txt b.txt --platform bluesky --select platform-length --format json");
    assert!(out.contains("It takes 3250 bytes") && out.contains("\"infos\":1,"), "{out}");
}

#[test]
fn show_config_says_where_each_setting_comes_from() {
    let config = "platform: x\nconfidence: high\nseverities: {claims: info}\nexclude: [old]\nschedule: {max-per-day: 1}\n";
    let folder = folder(&[("a.txt", "A walk.\n"), ("postlint.yaml", config)]);
    let (out, _, code) = run(folder.path(), "a.txt --show-config --jurisdiction uk --fail-on error");
    assert_eq!(code, 0);
    let setting = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = out.lines().map(setting).collect();
    for wanted in [
        "jurisdiction: uk # --jurisdiction",
        "confidence: high # postlint.yaml:2",
        "fail-on: error # --fail-on",
        "platform: [x] # postlint.yaml:1:11",
        "claim-cure: info # postlint.yaml:3:22",
        "exclude: as written there # postlint.yaml:4",
        "schedule: {max-per-day: 1} # postlint.yaml:5",
        "select: [] # default",
    ] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted} in {out}");
    }
}

#[test]
fn identifiers_become_neutral_words() {
    let draft = "My patient Noor Bakkar came on March 3rd. She was 97-year-old, MRN 5512393.\nShe committed suicide.\n";
    let folder = folder(&[("a.txt", draft)]);
    let (_, err, _) = run(folder.path(), "a.txt --fix --format concise");
    assert!(err.contains("--unsafe would"), "{err}");
    let safe = fs::read_to_string(folder.path().join("a.txt")).unwrap();
    assert!(safe.contains("Noor Bakkar") && safe.contains("She died by suicide."), "{safe}");
    run(folder.path(), "a.txt --fix --unsafe --format concise");
    let mended = fs::read_to_string(folder.path().join("a.txt")).unwrap();
    assert!(mended.starts_with("A patient came recently. ") && mended.contains("in their 90s") && !mended.contains("5512393"), "{mended}");
    run(folder.path(), "a.txt --fix --unsafe --format concise");
    assert_eq!(fs::read_to_string(folder.path().join("a.txt")).unwrap(), mended, "mending twice changes nothing more");
}

#[test]
fn every_field_is_mended_in_its_own_spelling() {
    let csv = "Date,Text,Alt text(s),Comment(s),Title\n2026-11-24 09:00,A walk.,Photo of patient Ana Ruiz aged 94,She committed suicide,My patient Ana Ruiz\n";
    let front = "---\nalt: [A lake, Photo of patient Ana Ruiz aged 94]\ntitle: My patient Ana Ruiz\n---\nA walk.\n";
    let folder = folder(&[("a.csv", csv), ("b.md", front)]);
    run(folder.path(), "a.csv b.md --fix --unsafe --format concise");
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let wanted = "2026-11-24 09:00,A walk.,Photo of a patient in their 90s,She died by suicide,A patient\n";
    assert!(read("a.csv").ends_with(wanted), "{}", read("a.csv"));
    assert_eq!(read("b.md"), "---\nalt: [A lake, Photo of a patient in their 90s]\ntitle: A patient\n---\nA walk.\n");
}

#[test]
fn clues_of_a_story_become_vague() {
    let draft = "New clinic hours from tonight on.\n\nA 54-year-old man, a crab fisherman from Tillwater, was admitted last Sunday with a hypothermic arrest.\n";
    let folder = folder(&[("a.txt", draft)]);
    run(folder.path(), "a.txt --fix --unsafe --format concise");
    let mended = fs::read_to_string(folder.path().join("a.txt")).unwrap();
    assert!(mended.contains("man in his 50s") && mended.contains("admitted recently") && mended.contains("from tonight on"), "{mended}");
}

#[test]
fn a_disclosure_moves_before_the_fold() {
    let words = "Nine hours on my feet and not a single blister, which has not happened since the first week of internship in a hospital with marble floors.";
    let folder = folder(&[("a.txt", &format!("{words}\n\n#ad #shoes\n"))]);
    let (out, _, code) = run(folder.path(), "a.txt --platform instagram --format concise");
    assert!(code == 1 && out.contains("a.txt:3:1: warning[ad-below-fold]"), "{out}");
    let (_, _, code) = run(folder.path(), "a.txt --platform instagram --fix --format concise");
    assert_eq!((code, fs::read_to_string(folder.path().join("a.txt")).unwrap()), (0, format!("#ad {words}\n\n#shoes\n")));
}

#[test]
fn a_report_is_never_written_over_a_draft_and_the_drafts_are_checked() {
    let text = "Stop taking your metformin.\n";
    let folder = folder(&[("a.txt", text), ("b.txt", "A walk.\n")]);
    for more in ["--output b.txt", "--output none/report.txt"] {
        let (out, err, code) = run(folder.path(), &format!("a.txt b.txt --format concise {more}"));
        assert!(code == 2 && out.contains("a.txt:1:1: error[stop-medication]") && err.contains("--output"), "{out}{err}");
        assert_eq!(fs::read_to_string(folder.path().join("b.txt")).unwrap(), "A walk.\n");
    }
}

#[test]
fn clues_of_one_kind_are_added_up_in_the_explanation() {
    let pack = "rules:\n  - id: clues\n    severity: warning\n    message: m\n    combine:\n      facets:\n        a: {weight: 0.35, label: a hint, phrases: [bakery]}\n        \
                b: {weight: 1.1, label: a hint, phrases: [bakery, twins]}\n        c: {weight: 1, label: a time, phrases: [yesterday]}\n      needs: {facets: 2, score: 2}\n";
    let folder = folder(&[("own.yaml", pack), ("a.txt", "Twins at the bakery yesterday.\n"), ("b.txt", "The bakery, yesterday.\n")]);
    let (out, err, _) = run(folder.path(), "a.txt --no-default-rules --rules own.yaml --format json");
    assert!(out.contains("Together: a hint (1.45) + a time (1) = 2.45."), "{out}{err}");
    let (out, err, _) = run(folder.path(), "b.txt --no-default-rules --rules own.yaml --format sarif");
    assert_eq!(out.matches("\"a hint\"").count(), 1, "{out}{err}");
}
