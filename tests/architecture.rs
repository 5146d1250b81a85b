//! Holds what the project promises about its own shape: who imports whom, how long files are, that nothing prints or reaches for a network, and
//! that the packs in the binary are those of `rules/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use postlint::pack::{self, PackSource, RuleSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up: a file of `src` imports only from its own module and from earlier rows.
const ROWS: [&[&str]; 12] = [
    &["span", "stored"],
    &["finding"],
    &["document"],
    &["source", "matcher"],
    &["rule"],
    &["pack"],
    &["lint"],
    &["suppress", "roster"],
    &["selftest", "report"],
    &["config"],
    &["batch"],
    &["cli"],
];

const LONGEST_FILE: usize = 400;

/// What the project was asked to build on.
const CARD: [&str; 8] = ["clap", "serde", "serde_yaml", "regex", "aho-corasick", "colored", "walkdir", "anyhow"];

fn files(folder: &str, ending: &str) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    assert!(files.len() > 3, "{folder} is not where it should be");
    files
}

/// Lines that are no comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"))
}

/// The row of a module, by its name.
fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// The module that a file of `src` belongs to.
fn module(path: &Path) -> String {
    let first = path.components().nth(1).unwrap();
    Path::new(first.as_os_str()).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Every module that a line names after `crate::`, a list in braces included.
fn imports(line: &str) -> Vec<String> {
    let ident = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let named = |after: &str| match after.strip_prefix('{') {
        Some(list) => list.split(',').map(|entry| ident(entry.trim())).collect(),
        None => vec![ident(after)],
    };
    line.split("crate::").skip(1).flat_map(named).filter(|name| !name.is_empty()).collect()
}

#[test]
fn imports_point_one_way() {
    assert_eq!(imports("use crate::{span::Span, rule};"), ["span", "rule"]);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in files("src", "rs") {
        let own = module(&path);
        if ["lib", "main"].contains(&own.as_str()) {
            continue;
        }
        let Some(at) = row(&own) else { panic!("{}: the module has no row in this test; give it one", path.display()) };
        for import in code(&text).flat_map(imports).filter(|import| *import != own) {
            seen += 1;
            let below = import.chars().next().is_some_and(char::is_uppercase) || row(&import).is_none_or(|row| row >= at);
            if below {
                wrong.push(format!("{} imports crate::{import}", path.display()));
            }
        }
    }
    assert!(seen > 100, "the imports were not read");
    assert!(wrong.is_empty(), "against the direction of the rows:\n{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    for (path, text) in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines; split it at a subject", path.display());
    }
}

#[test]
fn nothing_prints_reaches_a_network_or_starts_a_program() {
    let printing = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!("];
    let reaching = ["TcpStream", "TcpListener", "UdpSocket", "UnixStream", "ToSocketAddrs", "process::Command"];
    for (path, text) in files("src", "rs") {
        let printing: &[&str] = if path.ends_with("main.rs") { &[] } else { &printing };
        for line in code(&text) {
            for word in printing.iter().chain(&reaching) {
                assert!(!line.contains(word), "{}: {word}: only `cli` writes, to a writer, and nothing leaves the machine", path.display());
            }
        }
    }
}

/// The lines of one `[section]` of Cargo.toml.
fn section(name: &str) -> Vec<String> {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let start = manifest.lines().skip_while(|line| *line != format!("[{name}]")).skip(1);
    start.take_while(|line| !line.starts_with('[')).map(str::to_owned).collect()
}

#[test]
fn every_dependency_says_why_it_is_here() {
    for name in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies", "target.'cfg(not(unix))'.dependencies"] {
        assert!(!section(name).is_empty(), "[{name}]");
        for pair in section(name).windows(2) {
            let [before, line] = pair else { continue };
            let dependency = line.contains('=') && !line.starts_with('#');
            assert!(!dependency || before.starts_with('#'), "[{name}] `{line}` has no reason above it");
        }
    }
}

#[test]
fn what_the_project_builds_on_does_real_work() {
    let source: String = files("src", "rs").into_iter().map(|(_, text)| text).collect();
    let dependencies = section("dependencies");
    for package in CARD {
        assert!(dependencies.iter().any(|line| line.starts_with(&format!("{package} ="))), "{package} is no direct dependency");
        let name = package.replace('-', "_");
        assert!(source.contains(&format!("{name}::")), "{package} is never used");
    }
    assert!(dependencies.iter().all(|line| !line.starts_with("serde_yml")), "serde_yml is unsound (RUSTSEC-2025-0068)");
}

/// The packs of `rules/`, loaded as a user's would be.
fn packs_of_folder() -> RuleSet {
    let mut sources: Vec<PackSource> = Vec::new();
    let mut packs: Vec<PathBuf> = fs::read_dir("rules").unwrap().map(|entry| entry.unwrap().path()).collect();
    packs.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    packs.sort();
    for path in packs {
        let text = fs::read_to_string(&path).unwrap();
        let list = |name: String| (name.clone(), fs::read_to_string(Path::new("rules").join(name)).map_err(|error| error.to_string()));
        let lists = pack::list_files(&text).into_iter().map(list).collect();
        sources.push(PackSource { path: path.display().to_string(), text, lists });
    }
    pack::load(RuleSet::default(), &sources)
        .unwrap_or_else(|errors| panic!("{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>()))
}

#[test]
fn the_packs_in_the_binary_are_those_of_the_folder() {
    let (folder, builtin) = (packs_of_folder(), pack::builtin());
    assert!(builtin.rules.len() >= 90, "the packs in the binary cannot be read");
    let bytes = |rules: &RuleSet| postcard::to_allocvec(rules).unwrap();
    assert!(bytes(&folder) == bytes(&builtin), "the binary holds other packs than rules/");
}

#[test]
fn the_readme_counts_the_rules() {
    let readme = fs::read_to_string("README.md").unwrap();
    let rules = pack::builtin();
    for id in rules.packs.keys() {
        let count = rules.heads.iter().filter(|head| head.pack == *id).count();
        let row = format!("| `{id}` | {count} |");
        assert!(count == 0 || readme.contains(&row), "README.md: the table of packs lacks `{row}`");
    }
}
