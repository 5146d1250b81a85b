//! A patient's name, number or address goes into drafts in many places, some of them broken; none of it may come out again unless `--reveal` is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use assert_cmd::Command;
use postlint::report::Format;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use tempfile::TempDir;

/// Invented anew on every run: a first name, a surname, a number and an address.
struct Patient {
    first: String,
    last: String,
    number: String,
    mail: String,
}

impl Patient {
    fn new() -> Self {
        let dice = RandomState::new().build_hasher().finish();
        let word = |bits: u64| (0..7).map(|at| char::from(b'a' + (bits >> (4 * at)) as u8 % 16)).collect::<String>();
        let (first, last) = (format!("Zq{}", word(dice)), format!("Vx{}", word(dice >> 28)));
        Self { mail: format!("{first}.{last}@example.org"), number: format!("48{:08}", dice % 100_000_000), first, last }
    }

    /// A sentence that no physician should post.
    fn story(&self) -> String {
        format!("My patient {} {}, 94, MRN {}, {}, came in last Tuesday.", self.first, self.last, self.number, self.mail)
    }

    /// The first of the words that stands in `shown`.
    fn leak(&self, shown: &str) -> Option<String> {
        let shown = shown.to_lowercase();
        [&self.first, &self.last, &self.number, &self.mail].into_iter().map(|word| word.to_lowercase()).find(|word| shown.contains(word))
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("postlint").unwrap();
    command.current_dir(folder).env("HOME", folder).env_remove("XDG_CONFIG_HOME").env("RUST_BACKTRACE", "full").arg("check");
    command
}

/// Everything that a run says and writes.
fn said(folder: &Path, args: &[&str]) -> String {
    let run = command(folder).args(args).output().unwrap();
    assert!(run.status.code().is_some_and(|code| code <= 2), "{args:?}: {:?}", run.status);
    let mut said = String::from_utf8(run.stdout).unwrap() + &String::from_utf8(run.stderr).unwrap();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        said += &String::from_utf8_lossy(&fs::read(&entry).unwrap());
        let keep = entry.file_name().is_some_and(|name| name == ".postlint-salt" || name == "known.json");
        if !keep {
            fs::remove_file(entry).unwrap();
        }
    }
    said
}

/// Drafts in `d/` with the patient in every place that somebody may type one.
fn drafts(patient: &Patient) -> (TempDir, usize) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    let (story, name, number) = (patient.story(), &patient.first, &patient.number);
    let stop = "Stop taking your metformin.";
    let drafts = [
        ("text.txt", format!("{story} {stop}")),
        ("markdown.md", format!("# {name}\n\n> {story}\n\n```\n{number}\n```\n{stop}\n")),
        (
            "disguised.txt",
            format!("My patient {}, 94, MRN {number}. {stop}", name.chars().map(|c| format!("{c}\u{200b}")).collect::<String>()),
        ),
        ("thread.txt", format!("1/2 {story}\n\n---\n\n2/2 {name} says: {stop}\n")),
        ("yaml-open.md", format!("---\ntitle: [{story}\n---\n{story}\n")),
        ("yaml-prose.md", format!("---\n{story}\n---\nrest\n")),
        ("yaml-key.md", format!("---\n{name}: x\n---\n{story}\n")),
        ("yaml-value.md", format!("---\nzzz: {story}\n---\n{story}\n")),
        ("yaml-twice.md", format!("---\naccount: {name}\naccount: {name}\n---\nrest\n")),
        ("yaml-date.md", format!("---\nscheduled_at: {number}\nevent_at: {name}\napproved_at: {name}\n---\nrest\n")),
        ("yaml-ignore.md", format!("---\npostlint: {{ignore: [{{rule: {name}, reason: {number}}}]}}\n---\n{story}\n")),
        ("yaml-ignored.md", format!("---\npostlint: {{ignore: [{{rule: patient-identifiers, reason: on file}}]}}\n---\n{story} {stop}\n")),
        ("yaml-consent.md", format!("---\nconsent: {{{name}: 1}}\n---\n{story}\n")),
        ("yaml-tag.md", format!("---\nalt: !{name} x\n---\nrest\n")),
        ("yaml-alias.md", format!("---\nalt: *{name}\n---\nrest\n")),
        ("yaml-escape.md", format!("---\nalt: \"\\{name}\"\n---\nrest\n")),
        ("yaml-fields.md", format!("---\nalt: \"{story}\"\nfirst_comment: \"{story}\"\ntitle: \"{story}\"\n---\n{stop}\n")),
        ("yaml-endless.md", format!("---\n{story}\n")),
        ("comment.md", format!("<!-- postlint-ignore {name} -->\n{story}\n")),
        ("directive.txt", format!("postlint-ignore {name}: {number}\n{story}\n")),
        ("json-open.jsonl", format!("{{\"text\": \"{story}\"\n{{\"text\": {name}}}\n\"{story}\"\n{story}\n")),
        ("json-key.jsonl", format!("{{\"text\": \"{story} {stop}\", \"{name}\": 1}}\n{{\"text\": [\"{name}\"]}}\n")),
        ("json-twice.jsonl", format!("{{\"text\": \"x\", \"text\": \"{name}\"}}\n{{\"text\": \"{name}\\ud800\"}}\n")),
        (
            "json-date.jsonl",
            format!("{{\"text\": \"x\", \"scheduled_at\": \"{name}\", \"consent\": {{\"id\": 1, \"expires\": \"{number}\"}}}}\n"),
        ),
        ("csv-none.csv", format!("{story}\nMy patient {name},{number}\n")),
        ("csv-quoted.csv", format!("\"{story}\"\n")),
        ("csv-open.csv", format!("Text,Posting Time\n\"{story},x\n")),
        ("csv-cells.csv", format!("Text,Posting Time,postlint_ignore\n\"{story}\",{name},{number}\nx,y,z,{name}\n\"{stop}\"\n")),
        ("odd.txt", format!("{story} caf\u{e9} {stop}")),
    ];
    for (file, text) in &drafts {
        let bytes = if *file == "odd.txt" { text.chars().map(|c| c as u8).collect() } else { text.clone().into_bytes() };
        fs::write(folder.path().join("d").join(file), bytes).unwrap();
    }
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(story.encode_utf16().flat_map(u16::to_le_bytes)).chain([0x41]).collect();
    fs::write(folder.path().join("d/utf16.txt"), utf16).unwrap();
    fs::write(folder.path().join("d/binary.txt"), format!("\0\u{1}{story}")).unwrap();
    (folder, drafts.len() + 2)
}

#[test]
fn a_patient_stays_in_the_draft_in_every_format_and_way_of_running() {
    let patient = Patient::new();
    let (folder, count) = drafts(&patient);
    let formats = Format::ALL.iter().map(|format| vec!["--format", format.as_str()]);
    let files = Format::ALL.iter().map(|format| vec!["--format", format.as_str(), "--output", "report", "--redact"]);
    let others: [&[&str]; 14] = [
        &["--format", "html", "--output", "report.html"],
        &["--statistics"],
        &["--quiet"],
        &["--diff"],
        &["--diff", "--unsafe"],
        &["--redact"],
        &["--color", "always"],
        &["--select", "medical-advice"],
        &["--ignore", "patient-identifiers"],
        &["--ignore", "patient-identifiers", "--format", "json", "--jobs", "3"],
        &["--confidence", "high", "--format", "json"],
        &["--confidence", "low", "--format", "sarif"],
        &["--baseline", "known.json", "--update-baseline"],
        &["--baseline", "known.json", "--format", "json"],
    ];
    for args in formats.chain(files).chain(others.iter().map(|args| args.to_vec())) {
        let said = said(folder.path(), &[&["d", "--no-config"], args.as_slice()].concat());
        let leak = patient.leak(&said);
        let line = leak.as_ref().and_then(|leak| said.lines().find(|line| line.to_lowercase().contains(leak))).unwrap_or("");
        assert!(leak.is_none(), "{args:?} shows {leak:?}: {}", line.chars().take(400).collect::<String>());
    }
    let told = said(folder.path(), &["d", "--no-config", "--reveal"]);
    assert!(told.contains(&patient.last), "`--reveal` shows the words");
    assert_eq!(fs::read_dir(folder.path().join("d")).unwrap().count(), count, "nothing was left beside the drafts");
}

#[test]
fn mending_and_a_plan_of_posts_say_no_name_and_leave_no_copy() {
    let patient = Patient::new();
    let (folder, count) = drafts(&patient);
    let line = |hour: usize| {
        let text = format!("My patient {} came in today, so happy, story {hour}", patient.first);
        format!("{{\"text\": \"{text}\", \"account\": \"a\", \"scheduled_at\": \"2026-11-24T1{hour}:00\", \"event_at\": \"2026-11-23\"}}\n")
    };
    fs::write(folder.path().join("d/plan.jsonl"), (0..6).map(line).collect::<String>()).unwrap();
    for args in [vec!["--fix"], vec!["--format", "json"], vec!["--select", "schedule"]] {
        let said = said(folder.path(), &[&["d", "--no-config"], args.as_slice()].concat());
        assert_eq!(patient.leak(&said), None, "{args:?}\n{said}");
    }
    let names: Vec<_> = fs::read_dir(folder.path().join("d")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), count + 1, "{names:?}");
}

#[test]
fn fingerprints_cannot_be_searched() {
    let print = |folder: &Path, number: &str| {
        fs::write(folder.join("draft.txt"), format!("My patient's MRN {number} is on the list.")).unwrap();
        let run = command(folder).args(["draft.txt", "--format", "json", "--select", "patient-identifiers"]).output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        json["findings"][0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(print(one.path(), "48213377"), print(one.path(), "48219999"), "without a secret the words are not in it");
    fs::copy(one.path().join("draft.txt"), other.path().join("draft.txt")).unwrap();
    for folder in [&one, &other] {
        fs::write(folder.path().join("postlint.yaml"), "baseline: known.json\n").unwrap();
        let flags = ["draft.txt", "--baseline", "known.json", "--update-baseline"];
        assert_eq!(command(folder.path()).args(flags).output().unwrap().status.code(), Some(0));
    }
    let known = |folder: &Path| fs::read_to_string(folder.join("known.json")).unwrap();
    command(other.path()).args(["draft.txt", "--baseline", "known.json", "--update-baseline"]).output().unwrap();
    let (first, second) = (known(one.path()), known(other.path()));
    let prints = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["findings"].clone();
    assert!(prints(&first).as_array().is_some_and(|all| !all.is_empty()));
    assert_ne!(prints(&first), prints(&second), "each project has its own secret");
}

/// With the salt of one project nothing is learned of another's, and the secret itself is for the user only.
#[cfg(unix)]
#[test]
fn equal_words_of_two_projects_have_nothing_in_common() {
    use std::os::unix::fs::PermissionsExt;
    let prints = || {
        let folder = tempfile::tempdir().unwrap();
        let mut prints = Vec::new();
        for number in 0..20 {
            fs::write(folder.path().join(format!("{number}.txt")), "My patient's MRN 48213377 is on the list.").unwrap();
        }
        let run = command(folder.path()).args([".", "--no-config", "--baseline", "known.json", "--update-baseline"]).output().unwrap();
        assert_eq!(run.status.code(), Some(0));
        let salt = fs::read_to_string(folder.path().join(".postlint-salt")).unwrap();
        for file in [".postlint-salt", "known.json"] {
            assert_eq!(fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
        }
        let known: serde_json::Value = serde_json::from_str(&fs::read_to_string(folder.path().join("known.json")).unwrap()).unwrap();
        prints.extend(known["findings"].as_array().unwrap().iter().map(|entry| entry["fingerprint"].as_str().unwrap().to_owned()));
        (salt, prints)
    };
    let ((salt, one), (other_salt, other)) = (prints(), prints());
    assert!(one.len() >= 20 && one.len() == other.len());
    assert!(one.iter().all(|print| print.len() == 32 && !other.contains(print)), "{one:?} {other:?}");
    // 256 bits from the operating system, in hexadecimal.
    assert!(salt != other_salt && salt.trim().len() == 64 && salt.trim().bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert!(salt.trim().bytes().collect::<std::collections::BTreeSet<_>>().len() > 4, "{salt}");
}

#[test]
fn watching_and_comparing_packs_say_no_name() {
    let patient = Patient::new();
    let (folder, count) = drafts(&patient);
    let said = tempfile::NamedTempFile::new().unwrap();
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("postlint"))
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .args(["check", "d", "--no-config", "--watch", "--statistics"])
        .stdout(fs::OpenOptions::new().append(true).open(said.path()).unwrap())
        .stderr(fs::OpenOptions::new().append(true).open(said.path()).unwrap())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    fs::write(folder.path().join("d/text.txt"), format!("{} And more.", patient.story())).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2500));
    child.kill().unwrap();
    child.wait().unwrap();
    let said = fs::read_to_string(said.path()).unwrap();
    assert!(said.contains("Watching") && said.contains("by rule"), "{said}");
    assert_eq!(patient.leak(&said), None, "--watch");
    fs::write(folder.path().join("old.yaml"), "rules: []\n").unwrap();
    let pack = "rules:\n  - {id: a, severity: error, sensitive: true, message: m, find: {phrases: [my patient, came in]}}\n";
    fs::write(folder.path().join("new.yaml"), pack).unwrap();
    let out = Command::cargo_bin("postlint")
        .unwrap()
        .current_dir(folder.path())
        .env("HOME", folder.path())
        .args(["rules", "diff", "old.yaml", "new.yaml", "--corpus", "d"])
        .output()
        .unwrap();
    let said = String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("+ d/text.txt") && patient.leak(&said).is_none(), "{said}");
    assert_eq!(fs::read_dir(folder.path().join("d")).unwrap().count(), count, "nothing was left beside the drafts");
}

/// Seen from outside: which sockets are opened, which programs are started and which files are made.
#[cfg(target_os = "linux")]
#[test]
fn no_socket_no_other_program_and_no_file_elsewhere() {
    let works = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success());
    if !works {
        eprintln!(
            "SKIPPED: strace is not here or may not trace, so sockets and processes were not looked at; install it (apt-get install strace)"
        );
        return;
    }
    let patient = Patient::new();
    let (folder, _) = drafts(&patient);
    let trace = tempfile::NamedTempFile::new().unwrap();
    for args in [
        vec!["d", "--format", "html", "--output", "report.html"],
        vec!["d", "--fix"],
        vec!["d", "--diff"],
        vec!["d", "--baseline", "known.json", "--update-baseline"],
    ] {
        let mut strace = std::process::Command::new("strace");
        strace.args(["-f", "-qq", "-e", "trace=network,process,openat,open,creat,link,linkat", "-o"]).arg(trace.path());
        strace.arg(assert_cmd::cargo::cargo_bin("postlint")).args(&args).args(["--jobs", "3"]);
        let run = strace.current_dir(folder.path()).env("HOME", folder.path()).output().unwrap();
        assert!(run.status.code().is_some_and(|code| code <= 2), "{args:?}");
        let calls = fs::read_to_string(trace.path()).unwrap();
        assert!(calls.contains("openat("), "strace saw nothing: {calls}");
        for call in ["socket(", "connect(", "bind(", "fork("] {
            assert!(!calls.contains(call), "{args:?} calls {call}");
        }
        assert_eq!(calls.matches("execve(").count(), 1, "{args:?} starts another program");
        let real = fs::canonicalize(folder.path()).unwrap();
        for line in calls.lines().filter(|line| line.contains("O_CREAT") || line.contains("O_TMPFILE")) {
            let path = line.split('"').nth(1).unwrap_or("");
            let inside = !path.starts_with('/') || Path::new(path).starts_with(folder.path()) || Path::new(path).starts_with(&real);
            assert!(inside, "{args:?} makes a file elsewhere: {line}");
        }
    }
    assert!(
        fs::read_dir(folder.path()).unwrap().all(|entry| !entry.unwrap().file_name().to_string_lossy().starts_with(".postlint-")
            || folder.path().join(".postlint-salt").exists())
    );
}
