//! `--fix`, `--diff` and `--watch` as a user sees them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use assert_cmd::Command;
use std::fs;
use std::path::Path;

const PACK: &str = "rules:
  - {id: word, severity: warning, message: m, replace-with: we think, replace-safe: true, find: {phrases: [everybody knows]}}
  - {id: name, severity: error, sensitive: true, message: m, replace-with: a patient, find: {phrases: [mrs smith]}}
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.yaml"), PACK).unwrap();
    fs::write(folder.path().join("a.md"), "Mrs Smith: everybody knows.\r\nEnd").unwrap();
    folder
}

fn run(folder: &Path, args: &str) -> (String, String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    let flags = "--no-config --no-default-rules --rules pack.yaml --format concise";
    let out = command.current_dir(folder).args(args.split(' ')).args(flags.split(' ')).output().unwrap();
    (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap(), out.status.code().unwrap())
}

#[test]
fn diff_changes_nothing_and_keeps_names_from_a_pipe() {
    let folder = folder();
    let before = fs::read(folder.path().join("a.md")).unwrap();
    let (out, err, code) = run(folder.path(), "a.md --diff");
    assert!(code == 1 && out.contains("withheld") && !out.contains("Smith") && err.contains("1 place in 1 draft"), "{out}{err}");
    let (out, _, _) = run(folder.path(), "a.md --diff --reveal");
    assert!(out.contains("-Mrs Smith: everybody knows.") && out.contains("+Mrs Smith: we think."), "{out}");
    let (out, _, _) = run(folder.path(), "a.md --diff --unsafe --reveal");
    assert!(out.contains("+A patient: we think."), "{out}");
    assert_eq!(fs::read(folder.path().join("a.md")).unwrap(), before);
    assert_eq!(run(folder.path(), "a.md --unsafe").2, 2, "--unsafe alone means nothing");
}

#[test]
fn fix_mends_reports_the_rest_and_is_done_after_one_run() {
    let folder = folder();
    let (out, _, code) = run(folder.path(), "a.md --fix");
    assert!(code == 1 && out.contains("[name]") && !out.contains("[word]"), "{out}");
    assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "Mrs Smith: we think.\r\nEnd");
    assert_eq!(run(folder.path(), "a.md --fix --unsafe").2, 0);
    let mended = fs::read_to_string(folder.path().join("a.md")).unwrap();
    assert_eq!(mended, "A patient: we think.\r\nEnd");
    run(folder.path(), "a.md --fix --unsafe");
    assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), mended);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no temporary copy is left");
}

/// The sentence that gave the patient away is mended, but a name from it may stand in what is left.
#[test]
fn a_name_that_mending_leaves_is_withheld_as_before() {
    let folder = folder();
    let pack = format!("{PACK}  - {{id: stop, severity: error, message: m, find: {{phrases: [stop your pills]}}}}\n");
    fs::write(folder.path().join("pack.yaml"), pack).unwrap();
    let command = |args: &str| {
        let text = "Mrs Smith came in. Stop your pills Smith.\n";
        let post = format!("{{\"text\": \"{}\"}}\n", text.trim_end());
        fs::write(folder.path().join("a.md"), text).unwrap();
        fs::write(folder.path().join("b.jsonl"), post.clone() + &post).unwrap();
        let mut command = Command::cargo_bin("postlint").unwrap();
        let flags = "a.md b.jsonl --no-config --no-default-rules --rules pack.yaml --fix --unsafe";
        let out = command.current_dir(folder.path()).args(flags.split(' ')).args(args.split(' ')).output().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "A patient came in. Stop your pills Smith.\n");
        String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap()
    };
    for format in postlint::report::Format::ALL {
        let said = command(&format!("--format {}", format.as_str()));
        assert!(said.contains("stop") && !said.contains("Smith"), "{}: {said}", format.as_str());
    }
    assert!(command("--reveal").contains("Smith"));
}

/// Two byte order marks once moved every change by three bytes.
#[test]
fn fix_keeps_every_byte_order_mark_and_its_place() {
    let folder = folder();
    for marks in ["\u{feff}", "\u{feff}\u{feff}"] {
        fs::write(folder.path().join("a.md"), format!("{marks}So: everybody knows.\nEnd")).unwrap();
        run(folder.path(), "a.md --fix");
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), format!("{marks}So: we think.\nEnd"));
    }
}

#[cfg(unix)]
#[test]
fn fix_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder();
    let (draft, link) = (folder.path().join("a.md"), folder.path().join("link.md"));
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.md", &link).unwrap();
    run(folder.path(), "link.md --fix");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&draft).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&draft).unwrap().contains("we think"));
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o440)).unwrap();
    let (_, err, code) = run(folder.path(), "a.md --fix --unsafe");
    assert!(code == 2 && err.contains("write-protected"), "{err}");
}

#[test]
fn what_is_pasted_can_only_be_shown() {
    let folder = folder();
    let mut command = Command::cargo_bin("postlint").unwrap();
    let flags = "- --no-config --no-default-rules --rules pack.yaml --fix";
    let out = command.current_dir(folder.path()).args(flags.split(' ')).write_stdin("everybody knows").output().unwrap();
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn watch_needs_a_file() {
    let folder = folder();
    let (_, err, code) = run(folder.path(), "- --watch");
    assert!(code == 2 && err.contains("file or folder"), "{err}");
}
