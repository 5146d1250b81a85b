//! Whatever comes in, a run ends by itself and takes little memory: every run here has 256 MiB of address space and is killed after minutes that it
//! never needs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![cfg(target_os = "linux")]

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Everything that a run may have mapped, in KiB; what it really uses is less.
const MEMORY: u32 = 256 * 1024;
/// Long after any run has ended, also without optimisation on a busy machine.
const KILLED_AFTER: Duration = Duration::from_secs(300);

const PACK: &str = "rules:
  - {id: stop-it, severity: error, message: m, why: w, instead: Ask., find: {phrases: [stop your pills]}}
  - {id: odd, severity: info, message: m, find: {patterns: ['x[^y]*y', '(?s)x.*z', '(x+x+)+y', 'x(.*)*(.*)*w'], phrases: [a ... b, x ... x ... y]}}
";

/// What a run said on both streams and its exit code; `feed` is a shell command that writes its standard input.
fn run(folder: &Path, feed: &str, args: &str) -> (String, i32) {
    let program = assert_cmd::cargo::cargo_bin("postlint");
    let line = format!("{feed} | {{ ulimit -v {MEMORY}; exec '{}' {args} --no-config --jobs 1; }}", program.display());
    let mut shell = Command::new("sh");
    let out = shell.current_dir(folder).timeout(KILLED_AFTER).args(["-c", &line]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    (said, out.status.code().expect("it ended by itself"))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.yaml"), PACK).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The end of what was said, for messages.
fn end(said: &str) -> String {
    said.chars().rev().take(400).collect::<Vec<_>>().into_iter().rev().collect()
}

const OWN: &str = "--no-default-rules --rules pack.yaml";

#[test]
fn the_limit_is_really_there() {
    let program = assert_cmd::cargo::cargo_bin("postlint");
    let line = format!("ulimit -v 4096; exec '{}' --version", program.display());
    let out = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    assert!(!out.status.success(), "4 MiB are not enough for any program");
}

#[test]
fn a_line_of_ten_mebibytes_is_checked() {
    let words = "quiet words about walks ".repeat((10 << 20) / 24 - 4);
    let folder = folder(&[("line.txt", &format!("{words}stop your pills"))]);
    let (said, code) = run(folder.path(), "true", &format!("line.txt {OWN} --format sarif"));
    assert_eq!(code, 1, "{}", end(&said));
    let sarif: serde_json::Value = serde_json::from_str(&said).unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    let column = region["startColumn"].as_u64().unwrap();
    assert_eq!(column, words.len() as u64 + 1);
    assert!(column < 1 << 31, "as SARIF asks");
}

#[test]
fn what_is_too_large_or_endless_is_refused() {
    let folder = folder(&[]);
    for name in ["huge.txt", "huge.md"] {
        fs::File::create(folder.path().join(name)).unwrap().set_len(1 << 30).unwrap();
        let (said, code) = run(folder.path(), "true", &format!("{name} {OWN}"));
        assert!(code == 2 && said.contains("10 MiB"), "{name}: {}", end(&said));
    }
    // One record that never ends: no line of JSON, no row and no post is longer than a post may be.
    for (feed, name) in [
        ("cat /dev/zero", "a.txt"),
        ("yes word | tr '\\n' ' '", "a.txt"),
        ("yes word", "a.md"),
        ("yes word | tr '\\n' ' '", "a.jsonl"),
        ("{ printf 'text\\n\"'; yes word; } | head -c 40000000", "a.csv"),
        ("{ printf '%s\\n' ---; yes 'a: b'; }", "a.md"),
    ] {
        let (said, code) = run(folder.path(), feed, &format!("- --stdin-filename {name} {OWN} --format concise"));
        assert!(code == 2 && said.contains("10 MiB"), "{feed} as {name}: {}", end(&said));
    }
}

#[test]
fn a_record_that_is_too_long_is_told_by_its_line_and_the_others_are_checked() {
    let folder = folder(&[]);
    let stop = |n| format!("printf '{{\"text\": \"stop your pills\"}}\\n%.0s' $(seq {n})");
    let lines = format!("{{ {}; yes word | head -c 40000000 | tr '\\n' ' '; echo; {}; }}", stop(2), stop(1));
    let cell = "{ printf 'text,date\n\"stop your pills\",\n,\"a\n'; yes '\"\"' | head -c 39999999 | tr '\\n' ' '; printf '\"\nstop your pills,\n'; }";
    let rows = "{ printf 'text,date\nstop your pills,\n,\"'; yes word | head -c 40000000; printf '\"\nstop your pills,\n'; }";
    for (feed, name, first, place, last) in [
        (lines.as_str(), "a.jsonl", "a.jsonl:2:11: ", "a.jsonl:3:1: this line is longer than 10 MiB", "a.jsonl:4:11: "),
        (cell, "a.csv", "a.csv:2:2: ", "a.csv:3:3: this row is longer than 10 MiB", "a.csv:5:1: "),
        (rows, "a.csv", "a.csv:2:1: ", "a.csv:3:3: this row is longer than 10 MiB", "a.csv:8000004:1: "),
    ] {
        for args in [name.to_owned(), format!("- --stdin-filename {name}")] {
            let (said, code) = run(folder.path(), &format!("{feed} > {name}; cat {name}"), &format!("{args} {OWN} --format concise"));
            assert_eq!(code, 2, "{args}: {}", end(&said));
            assert!([first, place, last].iter().all(|part| said.contains(part)), "{args}: {}", end(&said));
            // In the report and on standard error.
            assert_eq!(said.matches("10 MiB").count(), 2, "{args}: {}", end(&said));
        }
    }
}

#[test]
fn a_post_of_nothing_but_matches_is_cut_where_it_says() {
    let text = "stop your pills ".repeat(40_000);
    let folder = folder(&[
        ("all.txt", text.as_str()),
        ("ignored.md", &format!("---\npostlint: {{ignore: [{{rule: stop-it, reason: a list}}]}}\n---\n{text}")),
    ]);
    for format in ["text", "json", "sarif", "html", "junit", "gitlab", "github"] {
        let (said, code) = run(folder.path(), "true", &format!("all.txt {OWN} --format {format}"));
        assert_eq!(code, 1, "{format}: {}", end(&said));
        if format == "json" {
            let json: serde_json::Value = serde_json::from_str(&said).unwrap();
            assert_eq!((json["summary"]["errors"].as_u64(), json["findings"].as_array().unwrap().len()), (Some(40_000), 1000));
            let notes = json["notes"].to_string();
            assert!(notes.contains("30000 findings beyond the first 10000") && notes.contains("only the first 1,000"), "{notes}");
        }
    }
    let (said, code) = run(folder.path(), "true", &format!("ignored.md {OWN} --format json"));
    assert!(code == 0 && said.contains("\"suppressed\":40000"), "{}", end(&said));
    // A longer one; a stream of such posts; and every built-in rule.
    fs::write(folder.path().join("longer.txt"), "stop your pills ".repeat((2 << 20) / 16)).unwrap();
    let (said, code) = run(folder.path(), "true", &format!("longer.txt {OWN} --format concise"));
    assert_eq!(code, 1, "{}", end(&said));
    let line = format!("{{\"text\": \"{}\"}}", "stop your pills ".repeat(60));
    let (said, code) = run(
        folder.path(),
        &format!("yes '{line}' | head -n 3000"),
        &format!("- --stdin-filename a.jsonl {OWN} --format jsonl > out.jsonl"),
    );
    assert_eq!(code, 1, "{}", end(&said));
    fs::write(folder.path().join("real.txt"), "Stop taking your metformin, it cures cancer! 50% of patients agree. ".repeat(3_000))
        .unwrap();
    let (said, code) = run(folder.path(), "true", "real.txt --format html");
    assert!(code == 1 && said.trim_end().ends_with("</html>"), "{}", end(&said));
}

#[test]
fn patterns_and_gaps_over_a_long_draft_take_no_time_that_grows_with_its_square() {
    let folder = folder(&[("x.txt", &"x ".repeat(1 << 20)), ("xx.txt", &"x".repeat(2 << 20)), ("a.txt", &"a ".repeat(1 << 20))]);
    for name in ["x.txt", "xx.txt", "a.txt"] {
        let (said, code) = run(folder.path(), "true", &format!("{name} {OWN} --format concise"));
        assert!(code <= 1, "{name}: {}", end(&said));
    }
}
