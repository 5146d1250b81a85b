//! The table of limits is that of the code.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<String>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match path.is_dir() {
            true => sources(&path, found),
            false if path.extension().is_some_and(|ending| ending == "rs") => found.push(fs::read_to_string(path).unwrap()),
            false => {}
        }
    }
}

/// The value of `1 << 20`, `16 * 1024 * 1024` or `10_000`.
fn value(expression: &str) -> usize {
    let product = |text: &str| text.split('*').map(|part| part.trim().replace('_', "").parse::<usize>().unwrap()).product::<usize>();
    expression.split_once("<<").map_or_else(|| product(expression), |(base, shift)| product(base) << product(shift))
}

#[test]
fn the_table_has_the_numbers_of_the_code() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut code = Vec::new();
    sources(&root.join("src"), &mut code);
    let page = fs::read_to_string(root.join("docs/limits.md")).unwrap();
    let rows: Vec<Vec<&str>> =
        page.lines().filter(|line| line.contains("| `")).map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() >= 20, "the table was not read");
    for row in rows {
        let (limit, name) = (row[2], row[3].trim_matches('`'));
        let declaration = format!("const {name}: usize = ");
        let line = code.iter().flat_map(|text| text.lines()).find(|line| line.contains(&declaration));
        let line = line.unwrap_or_else(|| panic!("docs/limits.md: the code has no {name}"));
        let expression = line.split(" = ").nth(1).unwrap().trim_end_matches(';');
        assert_eq!(value(expression).to_string(), limit, "docs/limits.md: {name}");
        let named = row[5].trim_matches('`');
        assert!(root.join(named).exists(), "docs/limits.md: there is no {named}");
    }
}

#[test]
fn the_promises_of_the_manifest_hold() {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let (manifest, deny) = (read("Cargo.toml"), read("deny.toml"));
    for line in ["overflow-checks = true", "unsafe_code = \"forbid\"", "exclude = [\"/fuzz\""] {
        assert!(manifest.contains(line), "Cargo.toml: {line}");
    }
    for line in ["allow = [\"MIT\"", "multiple-versions", "unknown-registry = \"deny\"", "unknown-git = \"deny\"", "yanked = \"deny\""] {
        assert!(deny.contains(line), "deny.toml: {line}");
    }
    let lock = read("Cargo.lock");
    let registries: Vec<&str> = lock.lines().filter(|line| line.starts_with("source = ")).collect();
    assert!(registries.len() > 50 && registries.windows(2).all(|pair| pair[0] == pair[1]), "crates come from one registry only");
    assert!(read("SECURITY.md").contains("Reporting") && read("fuzz/Cargo.toml").contains("[workspace]"));
}
