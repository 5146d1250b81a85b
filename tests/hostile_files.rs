//! Files that could hang, fill the memory or fool the reader of a report: refused or shown safely, and the rest is checked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use assert_cmd::Command;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::Duration;

const PACK: &str = "rules:\n  - {id: stop-it, severity: error, message: m, find: {phrases: [stop your pills]}}\n";

fn run(folder: &Path, args: &[&OsStr]) -> (String, String, i32) {
    let mut command = Command::cargo_bin("postlint").unwrap();
    let flags = ["--no-config", "--no-default-rules", "--rules", "pack.yaml", "--format", "concise"];
    command.current_dir(folder).timeout(Duration::from_secs(20)).arg("check").args(flags).args(args);
    let out = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(out.stdout), text(out.stderr), out.status.code().expect("it ended by itself"))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.yaml"), PACK).unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    fs::write(folder.path().join("d/real.md"), "stop your pills\n").unwrap();
    folder
}

#[test]
fn what_is_no_plain_file_is_refused_and_the_rest_is_checked() {
    let folder = folder();
    let at = |name: &str| folder.path().join("d").join(name);
    std::process::Command::new("mkfifo").arg(at("pipe.md")).status().unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.md")).unwrap();
    symlink("/dev/zero", at("zero.md")).unwrap();
    symlink("loop.md", at("loop.md")).unwrap();
    symlink("gone", at("dangling.md")).unwrap();
    symlink("..", at("up")).unwrap();
    let (out, err, code) = run(folder.path(), &[OsStr::new("d")]);
    assert_eq!(code, 2);
    assert!(out.contains("d/real.md:1:1"), "{out}");
    // The socket and the pipe have the endings of drafts, so that somebody may believe that they were checked.
    for name in ["pipe.md", "socket.md", "zero.md", "loop.md", "dangling.md"] {
        assert_eq!(err.matches(name).count(), 1, "{name}: {err}");
    }
    for path in ["/dev/zero", "/dev/null", "d/pipe.md"] {
        assert_eq!(run(folder.path(), &[OsStr::new(path)]).2, 2, "{path}");
    }
}

#[test]
fn an_endless_or_huge_draft_is_refused_soon() {
    let folder = folder();
    let huge = fs::File::create(folder.path().join("huge.md")).unwrap();
    huge.set_len(1 << 30).unwrap();
    let (_, err, code) = run(folder.path(), &[OsStr::new("huge.md")]);
    assert!(code == 2 && err.contains("10 MiB"), "{err}");
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
    let zero = fs::File::open("/dev/zero").unwrap();
    let out = command.args(["-", "--no-config", "--no-default-rules"]).stdin(zero).output().unwrap();
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn too_few_open_files_are_told_in_plain_words() {
    let folder = folder();
    // Each level of folders needs one more.
    fs::create_dir_all(folder.path().join("d/1/2/3/4/5")).unwrap();
    let program = assert_cmd::cargo::cargo_bin("postlint");
    let run = |most: u8| {
        let line = format!("ulimit -n {most}; exec '{}' d --no-config --no-default-rules --rules pack.yaml", program.display());
        let out = std::process::Command::new("sh").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    let said: Vec<String> = (3..9).map(run).collect();
    assert!(said.iter().any(|said| said.contains("too many files are open at once; raise that limit")), "{said:?}");
    assert!(!said.iter().any(|said| said.contains("uncategorized")), "{said:?}");
}

/// Who makes a roster or has a salt may have been given a pipe of that name, which nobody writes to.
#[test]
fn nothing_waits_for_a_pipe() {
    let folder = folder();
    fs::write(folder.path().join("names.csv"), "first,last\nAna,Ruiz\n").unwrap();
    for name in ["a.roster", "b.roster.key", ".postlint-salt"] {
        std::process::Command::new("mkfifo").arg(folder.path().join(name)).status().unwrap();
    }
    fs::write(folder.path().join("known.json"), "{\"schema_version\": 1, \"findings\": []}").unwrap();
    for line in ["roster make names.csv --output a.roster", "roster make names.csv --output b.roster", "d --baseline known.json"] {
        let mut command = Command::cargo_bin("postlint").unwrap();
        let out = command.current_dir(folder.path()).timeout(Duration::from_secs(20)).args(line.split(' ')).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{line}: {}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn unreadable_files_are_told() {
    let folder = folder();
    let (file, sub) = (folder.path().join("d/secret.md"), folder.path().join("d/sub"));
    fs::write(&file, "x").unwrap();
    fs::create_dir(&sub).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&sub, fs::Permissions::from_mode(0o000)).unwrap();
    // Who may read everything (a container's root) sees no error here.
    let may_read_all = fs::read(&file).is_ok();
    let (out, err, code) = run(folder.path(), &[OsStr::new("d")]);
    fs::set_permissions(&sub, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(out.contains("d/real.md:1:1"));
    assert!(may_read_all || (code == 2 && err.contains("secret.md") && err.contains("d/sub")), "{err}");
}

#[test]
fn odd_names_are_read_and_shown_safely() {
    let folder = folder();
    let odd: [&[u8]; 5] = [b"a\nb.md", b"c\x1b[31m.md", "d\u{202e}dm.md".as_bytes(), b"e\xff.md", b"-f.md"];
    for name in odd {
        fs::write(folder.path().join(OsStr::from_bytes(name)), "stop your pills\n").unwrap();
    }
    let (out, _, code) = run(folder.path(), &[OsStr::new(".")]);
    assert_eq!((code, out.lines().filter(|line| line.contains("[stop-it]") || line.contains("stop-it")).count()), (1, 6), "{out}");
    assert!(!out.contains('\u{1b}') && !out.contains('\u{202e}'), "{out:?}");
    let (out, _, code) = run(folder.path(), &[OsStr::new("--"), OsStr::new("-f.md")]);
    assert!(code == 1 && out.contains("-f.md:1:1"), "{out}");
}

#[test]
fn many_files_need_few_file_descriptors() {
    let folder = folder();
    for number in 0..300 {
        fs::write(folder.path().join(format!("d/{number}.md")), "fine\n").unwrap();
    }
    let program = assert_cmd::cargo::cargo_bin("postlint");
    let line = format!("ulimit -n 16; exec '{}' d --no-config --no-default-rules --format json --jobs 4", program.display());
    let out = std::process::Command::new("sh").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(String::from_utf8_lossy(&out.stdout).contains("\"files\":301"));
}

#[test]
fn what_was_typed_is_shown_safely() {
    let folder = folder();
    for typed in ["--\u{1b}[31mred", "\u{1b}[31mred.md", "--select=\u{202e}x"] {
        let (out, err, code) = run(folder.path(), &[OsStr::new(typed)]);
        assert!(code == 2 && !err.contains(['\u{1b}', '\u{202e}']) && !out.contains(['\u{1b}', '\u{202e}']), "{err:?}");
    }
}

#[test]
fn paths_near_the_limit_and_files_that_vanish_are_told() {
    let folder = folder();
    let deep: String = ["x".repeat(200).as_str(); 18].join("/");
    fs::create_dir_all(folder.path().join("d").join(&deep)).unwrap();
    fs::write(folder.path().join("d").join(&deep).join("end.md"), "stop your pills\n").unwrap();
    let (out, err, code) = run(folder.path(), &[OsStr::new("d")]);
    assert!(code == 1 && out.contains("end.md:1:1"), "{err}");
    let long = "a".repeat(300);
    let (_, err, code) = run(folder.path(), &[OsStr::new(&long)]);
    assert!(code == 2 && err.contains("too long"), "{err}");
    let gone = postlint::batch::Job { input: postlint::batch::Input::File(folder.path().join("gone.md")), name: "gone.md".into(), lane: 0 };
    let plan =
        postlint::batch::Plan { jobs: &[gone], reading: &postlint::document::Options::default(), threads: 1, infos: false, series: false };
    let mut told = Vec::new();
    postlint::batch::check(plan, &[], |checked| told.extend(checked.skipped));
    assert!(told.len() == 1 && told.iter().all(|skipped| skipped.reason.contains("vanished")), "{told:?}");
}

#[test]
fn what_is_no_file_is_no_pack_no_config_and_no_baseline() {
    let folder = folder();
    std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    for target in ["/dev/zero", "pipe", "d", "gone"] {
        for flag in ["--rules", "--config", "--profile", "--baseline"] {
            let mut command = Command::cargo_bin("postlint").unwrap();
            let out = command
                .current_dir(folder.path())
                .timeout(Duration::from_secs(20))
                .args(["check", "d", "--no-default-rules", flag, target])
                .output()
                .unwrap();
            assert_eq!(out.status.code(), Some(2), "{flag} {target}: {}", String::from_utf8_lossy(&out.stderr));
        }
    }
}

#[test]
fn a_full_disk_is_told_by_every_command() {
    let folder = folder();
    for line in [
        "--help",
        "--version",
        "rules list",
        "rules schema",
        "rules docs",
        "explain stop-medication",
        "man",
        "completions bash",
        "check d --no-config",
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
        let run =
            command.current_dir(folder.path()).args(line.split(' ')).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
        assert!(run.status.code() == Some(2) && !run.stderr.is_empty(), "{line}: {:?}", run.status);
    }
}

/// Signals at many moments of many runs that mend drafts and write reports: whatever is there afterwards is whole, and nothing else is.
#[test]
fn a_signal_at_any_moment_leaves_whole_files_only() {
    let folder = folder();
    let (draft, report) = (folder.path().join("d/real.md"), folder.path().join("report.html"));
    let pack = "rules:\n  - {id: w, severity: warning, message: m, replace-with: ask, replace-safe: true, find: {phrases: [stop]}}\n";
    fs::write(folder.path().join("pack.yaml"), pack).unwrap();
    let (before, after) = ("stop your pills\n".repeat(40), "ask your pills\n".repeat(40));
    for (round, signal) in (0..60).zip(["TERM", "INT", "QUIT", "HUP"].into_iter().cycle()) {
        fs::write(&draft, &before).unwrap();
        fs::write(&report, "old").unwrap();
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
        let flags = "check d --fix --no-config --no-default-rules --rules pack.yaml --format html --output report.html";
        let mut child = command.current_dir(folder.path()).args(flags.split(' ')).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * 2 / 3));
        std::process::Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        child.wait().unwrap();
        let draft = fs::read_to_string(&draft).unwrap();
        assert!(draft == before || draft == after, "half a draft: {draft}");
        let report = fs::read_to_string(&report).unwrap();
        assert!(report == "old" || report.trim_end().ends_with("</html>"), "half a report");
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .chain(fs::read_dir(folder.path().join("d")).unwrap())
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names.len(), 4, "{names:?}");
    }
}

#[test]
fn a_stopped_run_leaves_nothing() {
    let folder = folder();
    let line = format!("{{\"text\": \"stop your pills {}\"}}\n", "word ".repeat(200));
    fs::write(folder.path().join("long.jsonl"), line.repeat(20_000)).unwrap();
    fs::write(folder.path().join("report.json"), "old").unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"));
    let flags = "long.jsonl --no-config --no-default-rules --rules pack.yaml --format json --output report.json --jobs 1";
    let mut child = command.current_dir(folder.path()).args(flags.split(' ')).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(child.try_wait().unwrap(), None, "it is still at work");
    std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    child.wait().unwrap();
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!((names.len(), fs::read_to_string(folder.path().join("report.json")).unwrap().as_str()), (4, "old"), "{names:?}");
}
