//! What drafts, names of files and packs say is shown and never obeyed: not by a terminal, a browser, a spreadsheet or the service that reads a log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![cfg(unix)]

use assert_cmd::Command;
use postlint::report::Format;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A pack whose every text tries something.
const PACK: &str = r##"pack: bad
title: "\e[2J::error::t"
sources: {s: {title: "::error::\e[1m ##[group]", url: "javascript:alert(1)"}}
rules:
  - id: a
    severity: error
    title: "\e[2J::error::t ##vso[task.x]"
    message: "\e[2J\u202ehi\n::error::x\r::error::y\n ::set-output name=a::b"
    why: "\a\e[1mwhy\n::error::w\n\n  ::add-mask::w ##[error]w and so on, and so on, and so on, and so on, and on ::error::z"
    instead: "\e]0;x\a</script><script>alert(1)</script>\n::error::i ##vso[task.setvariable]i =cmd|x"
    sources: [s]
    find: {phrases: [stop]}
    examples: {bad: ["::error::fine"], good: ["\e[2J\n::error::stop ##[x]"]}
"##;

const DRAFT: &str = "\n ::error::before ##[error]b\nplease stop \u{1b}[31m\u{202e} ::error::z ##[error]z\n::warning::w\n";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("::error::p ##[x].yaml"), PACK).unwrap();
    fs::write(folder.path().join("::error file=x::d ##[x].md"), DRAFT).unwrap();
    fs::write(folder.path().join("::error::b\n::error::c\u{1b}[2J.md"), "\0").unwrap();
    fs::write(folder.path().join("::error::e.jsonl"), "{broken\n").unwrap();
    folder
}

/// Standard output and standard error, as a service joins them.
fn run(folder: &Path, args: &[&str]) -> String {
    let out = Command::cargo_bin("postlint").unwrap().current_dir(folder).env("HOME", folder).args(args).output().unwrap();
    assert!(out.status.code().is_some_and(|code| code <= 2), "{args:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    text(out.stdout) + &text(out.stderr)
}

/// The lines that GitHub takes for a command, whatever space stands before it.
fn commands(said: &str) -> usize {
    said.split(['\n', '\r']).filter(|line| line.trim_start().starts_with("::")).count()
}

/// Whether another service would take something for a command.
fn orders(said: &str) -> bool {
    ["##[", "##vso["].iter().any(|order| said.split('\n').any(|line| !line.starts_with("::") && line.contains(order)))
}

#[test]
fn every_report_shows_and_none_obeys() {
    let folder = folder();
    for format in Format::ALL {
        for reveal in [&[][..], &["--reveal"]] {
            let flags = ["check", ".", "--no-default-rules", "--rules", "::error::p ##[x].yaml", "--format", format.as_str()];
            let said = run(folder.path(), &[&flags, reveal].concat());
            assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']), "{}: {said:?}", format.as_str());
            // One finding and two files that were not read.
            assert_eq!(commands(&said), if *format == Format::Github { 3 } else { 0 }, "{}: {said}", format.as_str());
            assert!(!orders(&said), "{}: {said}", format.as_str());
        }
    }
}

#[test]
fn reports_for_machines_are_whole() {
    let folder = folder();
    let report = |format: &str| {
        let out = Command::cargo_bin("postlint")
            .unwrap()
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .args(["check", ".", "--no-default-rules", "--reveal", "--rules", "::error::p ##[x].yaml", "--format", format])
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    for format in ["json", "sarif", "gitlab"] {
        serde_json::from_str::<serde_json::Value>(&report(format)).unwrap();
    }
    let json: serde_json::Value = serde_json::from_str(&report("json")).unwrap();
    assert!(json["findings"][0]["help"].as_str().unwrap().contains("##vso[task"), "what is escaped reads as it was");
    assert!(report("jsonl").lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    let page = report("html");
    assert!(page.contains("Content-Security-Policy") && page.contains("default-src 'none'"), "{page}");
    assert!(!page.contains("<script") && !page.contains("href=\"javascript") && page.trim_end().ends_with("</html>"), "{page}");
    let xml = report("junit");
    assert!(xml.starts_with("<?xml") && xml.contains("&#58;:error::") && xml.trim_end().ends_with("</testsuites>"), "{xml}");
}

#[test]
fn other_commands_obey_nothing_either() {
    let folder = folder();
    fs::write(folder.path().join("new.yaml"), "rules: []\n").unwrap();
    fs::create_dir(folder.path().join("posts")).unwrap();
    fs::write(folder.path().join("posts/::error::d.md"), DRAFT).unwrap();
    let pack = "::error::p ##[x].yaml";
    let mend = PACK.replace("    sources: [s]\n", "    replace-with: ask\n    replace-safe: true\n");
    fs::write(folder.path().join("mend.yaml"), mend).unwrap();
    for args in [
        vec!["explain", "a", "--no-default-rules", "--rules", pack],
        vec!["explain", "::error::x", "--no-default-rules", "--rules", pack],
        vec!["rules", "list", "--no-default-rules", "--rules", pack],
        vec!["rules", "test", "--strict", "--coverage", "--no-default-rules", "--rules", pack],
        vec!["rules", "diff", pack, "new.yaml", "--corpus", "posts", "--reveal"],
        vec!["check", ".", "--no-default-rules", "--rules", "mend.yaml", "--diff", "--reveal"],
        vec!["check", ".", "--no-default-rules", "--rules", pack, "--statistics", "--format", "concise"],
        vec!["check", ".", "--no-default-rules", "--rules", pack, "--show-config"],
        vec!["check", ".", "--no-default-rules", "--rules", pack, "--quiet"],
        vec!["check", ".", "--select", "::error::x ##[x]"],
        vec!["check", "::error::none\n::error::x"],
        vec!["check", "--::error::x", "--", "::error::x"],
    ] {
        let said = run(folder.path(), &args);
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']), "{args:?}: {said:?}");
        assert!(commands(&said) == 0 && !orders(&said), "{args:?}: {said}");
    }
}
