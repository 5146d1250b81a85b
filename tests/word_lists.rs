//! Holds the promises that `rules/terms/README.md` makes about the word lists: who edits one by hand learns here what went wrong.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

fn lists() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/terms");
    let mut lists: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    lists.sort();
    assert!(lists.len() > 10, "the lists are not where they should be");
    lists
}

fn entries(list: &str) -> Vec<&str> {
    list.lines().filter(|line| !line.starts_with('#')).collect()
}

#[test]
fn every_list_names_its_licence_or_source() {
    for (path, list) in lists() {
        let header: String = list.lines().take_while(|line| line.starts_with('#')).collect();
        assert!(
            ["Licence", "public domain", "CC BY"].iter().any(|word| header.contains(word)),
            "{path:?}: the header does not say where the entries come from"
        );
    }
}

#[test]
fn entries_are_lower_case_ascii_sorted_and_unique() {
    for (path, list) in lists() {
        let entries = entries(&list);
        assert!(entries.len() > 20, "{path:?} is almost empty");
        for entry in &entries {
            assert!(
                entry.is_ascii() && *entry == entry.trim().to_lowercase() && !entry.is_empty(),
                "{path:?}: {entry:?} is not plain lower case"
            );
        }
        for pair in entries.windows(2) {
            assert!(pair[0] < pair[1], "{path:?}: {:?} stands before {:?}", pair[0], pair[1]);
        }
    }
}

#[test]
fn words_of_every_day_are_not_medicines() {
    let (_, medicines) = lists().into_iter().find(|(path, _)| path.ends_with("medicines.txt")).unwrap();
    let medicines = entries(&medicines);
    for word in ["today", "plan b", "align", "pepper", "soma", "will", "hope", "water", "coffee"] {
        assert!(!medicines.contains(&word), "{word} would raise an alarm in every second draft");
    }
    for medicine in ["metformin", "ozempic", "lisinopril", "sertraline", "paracetamol"] {
        assert!(medicines.contains(&medicine), "{medicine} is missing");
    }
}
