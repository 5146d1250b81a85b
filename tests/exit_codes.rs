//! What a script relies on: exit codes, the same in every format, and where messages go.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

const PACK: &str = "pack: mine
rules:
  - {id: stop-it, severity: error, message: Stops a medicine., instead: Ask., find: {phrases: [stop your pills]}}
  - {id: hm, severity: warning, message: Doubtful., find: {phrases: [miracle]}}
  - {id: note, severity: info, message: A thought., find: {phrases: [by the way]}}
  - {id: number, severity: error, sensitive: true, message: A number., find: {patterns: ['MRN \\d{4}']}}
";

/// A folder with a pack and drafts of every severity, and its own empty home.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("pack.yaml", PACK),
        ("clean.md", "Walk every day.\n"),
        ("error.md", "stop your pills\n"),
        ("warning.md", "a miracle\n"),
        ("info.md", "by the way\n"),
        ("sensitive.md", "Saw MRN 4711 today\n"),
        ("bad.yaml", "rules:\n  - {id: x, severity: loud, message: m, find: {phrases: [x]}}\n"),
        ("bad.jsonl", "{\"text\": \"fine\"}\n{broken\n"),
        ("binary.md", "\u{0}\u{1}\u{2}\u{0}"),
        ("config.yaml", "fail-on: error\n"),
        ("bad-config.yaml", "platfrom: x\n"),
        ("empty/.keep", ""),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn postlint(folder: &TempDir, args: &str) -> Command {
    let mut command = Command::cargo_bin("postlint").unwrap();
    command.current_dir(folder.path()).env("HOME", folder.path()).env_remove("XDG_CONFIG_HOME").env_remove("NO_COLOR");
    command.args(args.split_whitespace());
    command
}

/// Standard output, standard error and the exit code.
fn run(folder: &TempDir, args: &str) -> (String, String, i32) {
    let out = postlint(folder, args).output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap(), out.status.code().unwrap())
}

#[test]
fn say_what_a_run_came_to() {
    let folder = folder();
    for (args, want) in [
        ("clean.md", 0),
        ("info.md", 0),
        ("warning.md", 1),
        ("error.md", 1),
        ("error.md clean.md", 1),
        ("info.md --fail-on info", 1),
        ("warning.md --fail-on error", 0),
        ("error.md --fail-on never", 0),
        ("warning.md --config config.yaml", 0),
        ("error.md --ignore stop-it", 0),
        ("error.md --select hm", 0),
        ("error.md --select mine,hm", 1),
        ("missing.md", 2),
        ("error.md missing.md", 2),
        ("missing.md --fail-on never", 2),
        ("binary.md", 2),
        ("bad.jsonl", 2),
        ("empty", 2),
        ("clean.md --select nonsense", 2),
        ("clean.md --ignore nonsense", 2),
        ("clean.md --rules bad.yaml", 2),
        ("clean.md --rules missing.yaml", 2),
        ("clean.md --config bad-config.yaml", 2),
        ("clean.md --config missing.yaml", 2),
        ("clean.md --profile missing.txt", 2),
        ("clean.md --csv-map text", 2),
        ("clean.md --nonsense", 2),
        ("clean.md --format nonsense", 2),
        ("clean.md --baseline missing.json", 2),
        ("clean.md --output no/report.txt", 2),
        ("error.md --output error.md", 2),
        ("error.md --output pack.yaml", 2),
        ("error.md --baseline error.md --update-baseline", 2),
        ("error.md --baseline no/known.json --update-baseline", 2),
        ("--help", 0),
        ("--version", 0),
        ("check --help", 0),
    ] {
        let (out, err, code) = run(&folder, &format!("{args} --no-default-rules --rules pack.yaml"));
        assert_eq!(code, want, "{args}\n{out}\n{err}");
        assert_eq!(err.is_empty(), want != 2, "{args}: only trouble goes to standard error\n{err}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("error.md")).unwrap(), "stop your pills\n", "a draft is never overwritten");
}

#[test]
fn are_the_same_in_every_format() {
    let folder = folder();
    for format in postlint::report::Format::ALL {
        for (draft, want) in [("clean.md", 0), ("error.md", 1), ("error.md missing.md", 2)] {
            let (_, err, code) = run(&folder, &format!("{draft} --no-default-rules --rules pack.yaml --format {}", format.as_str()));
            assert_eq!(code, want, "{draft} {} {err}", format.as_str());
            assert_eq!(err.contains("missing.md"), want == 2);
        }
    }
}

#[test]
fn unknown_rules_and_commands_get_a_hint() {
    let folder = folder();
    let (_, err, code) = run(&folder, "clean.md --select stop-at --no-default-rules --rules pack.yaml");
    assert!(code == 2 && err.contains("did you mean stop-it?"), "{err}");
    let (_, err, code) = run(&folder, "explain stop-i --no-default-rules --rules pack.yaml");
    assert!(code == 2 && err.contains("stop-it"), "{err}");
    let (_, err, _) = run(&folder, "clean.md --config bad-config.yaml");
    assert!(err.contains("bad-config.yaml:1:1") && err.contains("platfrom"), "{err}");
}

#[test]
fn standard_input_is_a_draft() {
    let folder = folder();
    for args in ["", "-", "check -", "- -"] {
        let mut command =
            postlint(&folder, &format!("{args} --no-default-rules --rules pack.yaml --stdin-filename paste.md --format concise"));
        let out = command.write_stdin("stop your pills").output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        assert!(out.status.code() == Some(1) && text.matches("paste.md:1:1").count() == 1, "{args}: {text}");
    }
}

#[test]
fn words_that_may_identify_leave_the_terminal_only_when_asked_for() {
    let folder = folder();
    for format in postlint::report::Format::ALL {
        let args = format!("sensitive.md --no-default-rules --rules pack.yaml --format {}", format.as_str());
        let (out, err, _) = run(&folder, &args);
        assert!(!out.contains("4711") && !err.contains("4711"), "{}: {out}", format.as_str());
    }
    assert!(run(&folder, "sensitive.md --no-default-rules --rules pack.yaml --reveal").0.contains("4711"));
    assert!(!run(&folder, "error.md --no-default-rules --rules pack.yaml --redact").0.contains("stop your"));
}

/// The report is larger than what a pipe holds, so that something is still to be written when the reader has gone.
#[test]
fn a_closed_pipe_is_quiet() {
    let folder = folder();
    for number in 0..120 {
        fs::write(folder.path().join(format!("many{number}.md")), "stop your pills\n".repeat(20)).unwrap();
    }
    for format in postlint::report::Format::ALL {
        for (draft, want) in [("error.md", 1), ("info.md", 0), (".", 2)] {
            let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
            let flags = format!("{draft} --no-config --no-default-rules --rules pack.yaml --format {}", format.as_str());
            let mut child = command
                .current_dir(folder.path())
                .args(flags.split(' '))
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            drop(child.stdout.take());
            let out = child.wait_with_output().unwrap();
            let said = String::from_utf8(out.stderr).unwrap();
            assert_eq!(out.status.code(), Some(want), "{flags}: {said}");
            assert!(said.is_empty() == (want < 2) && !said.contains("pipe"), "{flags}: {said}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = folder();
    let (_, err, code) = run(&folder, "error.md --no-default-rules --rules pack.yaml --output /dev/full");
    assert!(code == 2 && err.contains("/dev/full"), "{err}");
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
    let status = command.current_dir(folder.path()).args(["clean.md", "--no-default-rules"]).stdout(full).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

#[test]
fn reports_are_the_same_for_any_number_of_threads() {
    let folder = folder();
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..150 {
        fs::write(folder.path().join(format!("many/{number}.md")), "stop your pills\n".repeat(number % 3)).unwrap();
    }
    for format in postlint::report::Format::ALL {
        let report =
            |jobs: u8| run(&folder, &format!("many --no-default-rules --rules pack.yaml --jobs {jobs} --format {}", format.as_str()));
        let one = report(1);
        assert_eq!(one.2, 1);
        assert_eq!(report(2), one);
        assert_eq!(report(8), one);
    }
}

#[test]
fn a_baseline_knows_findings_that_moved() {
    let folder = folder();
    let flags = "--no-default-rules --rules pack.yaml --baseline known.json --format concise";
    let (_, err, code) = run(&folder, &format!("error.md sensitive.md {flags} --update-baseline"));
    assert_eq!(code, 0, "{err}");
    let known = fs::read_to_string(folder.path().join("known.json")).unwrap();
    assert!(!known.contains("4711") && !known.contains("pills"), "{known}");
    fs::write(folder.path().join("error.md"), "A new first line.\n\nStop your  pills\n").unwrap();
    assert_eq!(run(&folder, &format!("error.md sensitive.md {flags}")).2, 0);
    fs::write(folder.path().join("error.md"), "stop your pills\nstop your pills\n").unwrap();
    let (out, _, code) = run(&folder, &format!("error.md {flags}"));
    assert!(code == 1 && out.contains("error.md:2:1"), "a second one is new: {out}");
    fs::remove_file(folder.path().join(".postlint-salt")).unwrap();
    assert_eq!(run(&folder, &format!("error.md {flags}")).2, 2);
}

/// What is said of a baseline that cannot be used works as it is said.
#[test]
fn a_baseline_of_the_config_is_made_anew_as_advised() {
    let folder = folder();
    let flags = "error.md --no-default-rules --rules pack.yaml --format concise";
    let (known, salt) = (folder.path().join("known.json"), folder.path().join(".postlint-salt"));
    let (_, err, code) = run(&folder, &format!("{flags} --update-baseline"));
    assert!(code == 2 && err.contains("--baseline FILE"), "{err}");
    fs::write(folder.path().join("postlint.yaml"), "baseline: known.json\n").unwrap();
    let spoilers: [&dyn Fn(); 4] = [&|| {}, &|| fs::remove_file(&salt).unwrap(), &|| fs::write(&known, "{").unwrap(), &|| {
        fs::write(&known, "{\"schema_version\": 9, \"findings\": []}").unwrap()
    }];
    for spoil in spoilers {
        spoil();
        let (_, err, code) = run(&folder, flags);
        assert!(code == 2 && err.contains("`--update-baseline`"), "{err}");
        let (_, err, code) = run(&folder, &format!("{flags} --update-baseline"));
        assert_eq!(code, 0, "{err}");
        assert_eq!(run(&folder, flags).2, 0);
    }
    fs::write(&salt, "x").unwrap();
    assert!(run(&folder, flags).1.contains("delete it"));
    fs::remove_file(&salt).unwrap();
    assert_eq!(run(&folder, &format!("{flags} --update-baseline")).2, 0);
    fs::write(folder.path().join("postlint.yaml"), "baseline: error.md\n").unwrap();
    let (_, err, code) = run(&folder, &format!("{flags} --update-baseline"));
    assert!(code == 2 && err.contains("one of the files to be read"), "{err}");
}

/// What is written replaces a file, so it may be none that the run reads, however it is named.
#[test]
fn no_file_that_is_read_is_written_over() {
    let folder = folder();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("names.csv", "first,last\nAna,Ruiz\n");
    write("bio.txt", "Runner.");
    fs::create_dir(folder.path().join("packs")).unwrap();
    write("packs/own.yaml", "terms: {w: {file: w.txt}}\nrules: [{id: a, severity: info, message: m, find: {phrases: ['{w}']}}]\n");
    write("packs/w.txt", "stop your pills\n");
    write("base.yaml", "packs: [packs]\n");
    fs::create_dir(folder.path().join("sub")).unwrap();
    write("sub/error.md", "stop your pills\n");
    write("sub/postlint.yaml", "{}\n");
    for roster in ["one", "two"] {
        assert_eq!(run(&folder, &format!("roster make names.csv --output {roster}.roster")).2, 0);
    }
    assert_eq!(run(&folder, "error.md --no-config --baseline known.json --update-baseline").2, 0);
    let config = "extends: base.yaml\nroster: one.roster\nbaseline: known.json\naccounts: {a: {profile: bio.txt}}\n";
    write("postlint.yaml", config);
    let contents = |name: &str| fs::read(folder.path().join(name)).ok();
    let draft = "error.md sub/error.md --roster two.roster --roster-key two.roster.key";
    let read =
        ["postlint.yaml", "sub/postlint.yaml", "base.yaml", "packs/own.yaml", "packs/w.txt", "one.roster", "one.roster.key", "bio.txt"];
    let flags = ["two.roster", "two.roster.key", ".postlint-salt", "sub/.postlint-salt"];
    for name in read.iter().chain(&flags) {
        let before = contents(name);
        for target in [(*name).to_owned(), format!("sub/../{name}"), folder.path().join(name).display().to_string()] {
            for written in [format!("--output {target}"), format!("--baseline {target} --update-baseline")] {
                let (out, err, code) = run(&folder, &format!("{draft} {written}"));
                assert!(code == 2 && err.contains("one of the files to be read"), "{written}: {out}{err}");
                assert!(out.contains("2 posts"), "{written}: the drafts are checked all the same: {out}");
                assert_eq!(contents(name), before, "{written}");
            }
        }
    }
    let known = contents("known.json");
    assert_eq!(run(&folder, "error.md --output known.json").2, 2);
    assert_eq!(contents("known.json"), known);
    let (_, err, code) = run(&folder, "error.md --no-config --baseline new.json --update-baseline --output sub/../new.json");
    assert!(code == 2 && err.contains("one of the files to be read") && contents("new.json").is_none(), "{err}");
    // A new baseline over the old one is what the flag is for, and so is another report over an old one.
    assert_eq!(run(&folder, "error.md --baseline known.json --update-baseline").2, 0);
    assert!((0..2).all(|_| run(&folder, "error.md --output report.txt").2 < 2));
}

#[test]
fn the_config_allows_by_fingerprint_and_tells_what_is_left_over() {
    let folder = folder();
    let flags = "--no-default-rules --rules pack.yaml --format json --today 2026-11-23";
    fs::create_dir(folder.path().join("d")).unwrap();
    fs::rename(folder.path().join("error.md"), folder.path().join("d/error.md")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&run(&folder, &format!("d {flags}")).0).unwrap();
    let print = json["findings"][0]["fingerprint"].as_str().unwrap();
    let allow = |print: &str, until: &str| {
        let config = format!("allow:\n  - {{fingerprint: \"{print}\", reason: seen, until: {until}}}\n");
        fs::write(folder.path().join("d/postlint.yaml"), config).unwrap();
        let (out, err, code) = run(&folder, &format!("d {flags} --format concise").replace("--format json ", ""));
        assert!(err.is_empty(), "{err}");
        (out, code)
    };
    assert_eq!(allow(print, "2026-11-23").1, 0);
    let (out, code) = allow(print, "2026-11-22");
    assert!(code == 1 && out.contains("stop-it") && out.contains("d/postlint.yaml:2:19: warning[expired-suppression]"), "{out}");
    let (out, code) = allow("0123", "2026-12-01");
    assert!(code == 1 && out.contains("[unused-suppression]"), "{out}");
    // A part of the drafts says nothing on what the others need.
    assert!(!run(&folder, &format!("d/error.md {flags}")).0.contains("unused"));
}

#[test]
fn init_writes_a_config_that_works() {
    let folder = folder();
    assert_eq!(run(&folder, "init").2, 0);
    assert_eq!(run(&folder, "init").2, 2, "never over one that is there");
    assert_eq!(run(&folder, "clean.md").2, 0);
    let (out, _, code) = run(&folder, "clean.md --show-config");
    assert!(code == 0 && out.contains("# from postlint.yaml") && out.contains("confidence: medium"), "{out}");
}

#[test]
fn a_hook_may_name_excluded_files() {
    let folder = folder();
    fs::write(folder.path().join("postlint.yaml"), "exclude: [error.md]\n").unwrap();
    let flags = "--no-default-rules --rules pack.yaml";
    assert_eq!(run(&folder, &format!("error.md {flags}")).2, 1, "named by a person: checked");
    assert_eq!(run(&folder, &format!("error.md --force-exclude {flags}")).2, 0);
    assert_eq!(run(&folder, &format!("error.md warning.md --force-exclude {flags}")).2, 1);
}

#[test]
fn each_account_is_checked_with_its_own_bio() {
    let folder = folder();
    let pack = "rules:\n  - id: note\n    severity: warning\n    message: m\n    require: {when: {phrases: [dose]}, text: {phrases: [general information]}, satisfied-by: [post, profile]}\n";
    fs::write(folder.path().join("require.yaml"), pack).unwrap();
    fs::write(folder.path().join("bio.txt"), "General information.").unwrap();
    let config = "accounts:\n  \"@dr_a\": {profile: bio.txt, reviewed: 2026-10-01}\n  dr_b: {bio: Runner.}\n  dr_c: {bio: General information., reviewed: 2025-01-01}\n";
    fs::write(folder.path().join("postlint.yaml"), config).unwrap();
    for (account, want) in [("dr_a", 0), ("@Dr_A", 0), ("dr_b", 1), ("dr_c", 1), ("dr_x", 1)] {
        fs::write(folder.path().join("p.jsonl"), format!("{{\"text\": \"one dose\", \"account\": \"{account}\"}}\n")).unwrap();
        let (out, err, code) = run(&folder, "p.jsonl --no-default-rules --rules require.yaml --today 2026-11-23");
        assert_eq!(code, want, "{account} {out} {err}");
        assert!(out.contains("bio of dr_c"), "an old bio is told: {out}");
    }
}

#[test]
fn long_schedules_are_written_as_they_come() {
    let folder = folder();
    let line = format!("{{\"text\": \"stop your pills {}\"}}\n", "word ".repeat(200));
    fs::write(folder.path().join("long.jsonl"), line.repeat(1100)).unwrap();
    let flags = "long.jsonl error.md --no-default-rules --rules pack.yaml --format";
    let (json, err, code) = run(&folder, &format!("{flags} json --jobs 1"));
    assert_eq!(code, 1, "{err}");
    assert_eq!(run(&folder, &format!("{flags} json --jobs 3")).0, json);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let findings = json["findings"].as_array().unwrap();
    assert_eq!((findings.len(), json["summary"]["errors"].as_u64(), json["summary"]["files"].as_u64()), (1101, Some(1101), Some(2)));
    assert_eq!((findings[0]["path"].as_str(), findings[1100]["line"].as_u64()), (Some("error.md"), Some(1100)));
    let (lines, _, _) = run(&folder, &format!("{flags} jsonl"));
    assert_eq!(lines.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count(), 1102);
    run(&folder, &format!("{flags} json --output report.json"));
    let saved: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(saved, json);
}

#[test]
fn one_post_shows_a_thousand_findings_and_counts_all() {
    let folder = folder();
    fs::write(folder.path().join("many.md"), "stop your pills. ".repeat(1500)).unwrap();
    let (out, _, _) = run(&folder, "many.md --no-default-rules --rules pack.yaml --format json");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((json["findings"].as_array().unwrap().len(), json["summary"]["errors"].as_u64()), (1000, Some(1500)));
    let (out, _, _) = run(&folder, "clean.md --quiet --no-default-rules --rules pack.yaml");
    assert_eq!(out, "", "nothing to say");
}

#[test]
fn one_account_is_one_however_it_is_spelled() {
    let folder = folder();
    let post = |account: &str| format!("{{\"text\": \"stop your pills\", \"account\": \"{account}\"}}\n");
    fs::write(folder.path().join("p.jsonl"), ["@Dr_Lee", "dr_lee", "@dr_lee", "other"].map(post).concat()).unwrap();
    let flags = "p.jsonl --no-default-rules --rules pack.yaml";
    let (out, _, _) = run(&folder, &format!("{flags} --statistics"));
    let accounts = out.split_once("by account").unwrap().1;
    assert!(accounts.contains("3        0      0  @Dr_Lee") && !accounts.contains("dr_lee"), "{accounts}");
    let (page, _, _) = run(&folder, &format!("{flags} --format html"));
    assert!(page.contains("#only-account-1") && !page.contains("#only-account-2"), "two accounts to choose from");
}
