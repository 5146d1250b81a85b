//! Holds what the README says of sources: one table, every entry with the day on which it was looked up, and no law of one country cited in another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const PLACES: [(&str, &str); 4] = [("us", "United States"), ("uk", "United Kingdom"), ("ca", "Canada"), ("au", "Australia")];

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")
}

/// The entries of `rules/sources.yaml`: key, place (none: anywhere) and the line.
fn table() -> BTreeMap<String, (Option<&'static str>, String)> {
    let text = fs::read_to_string(rules().join("sources.yaml")).unwrap();
    let (mut place, mut table) = (None, BTreeMap::new());
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("  # ---- ") {
            place = PLACES.iter().find(|(_, name)| heading.starts_with(name)).map(|(code, _)| *code);
        } else if let Some((key, entry)) = line.trim_start().split_once(": {title: ") {
            table.insert(key.to_owned(), (place, entry.to_owned()));
        }
    }
    table
}

/// The keys of a list in square brackets.
fn keys(list: &str) -> Vec<&str> {
    let inner = list.split_once('[').map_or("", |(_, rest)| rest.split(']').next().unwrap_or(""));
    inner.split(',').map(str::trim).filter(|key| !key.is_empty()).collect()
}

/// The lines of every pack, with the pack's name.
fn packs() -> Vec<(String, String)> {
    let mut packs: Vec<(String, String)> = fs::read_dir(rules())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml") && !path.ends_with("sources.yaml"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect();
    packs.sort();
    packs
}

#[test]
fn every_source_names_an_address_and_the_day_on_which_it_was_looked_up() {
    let table = table();
    assert!(table.len() > 80, "the table of sources cannot be read");
    for (key, (_, entry)) in &table {
        assert!(entry.contains("url: \"https://"), "{key} has no address");
        let day = entry.split_once("checked: ").map_or("", |(_, day)| day.trim_end_matches('}'));
        let form: Vec<usize> = day.split('-').map(str::len).collect();
        assert!(form == [4, 2, 2], "{key} was never looked up; read it, or cite it without a section and say when you found it");
    }
}

#[test]
fn the_packs_keep_no_sources_of_their_own() {
    for (pack, text) in packs() {
        assert!(!text.lines().any(|line| line.trim_end() == "sources:"), "{pack}: sources belong into rules/sources.yaml");
    }
}

#[test]
fn no_law_of_one_country_is_cited_in_another() {
    let table = table();
    for (pack, text) in packs() {
        for rule in text.split("\n  - id: ").skip(1) {
            let id = rule.lines().next().unwrap_or("");
            let line = |key: &str| rule.lines().find_map(|line| line.strip_prefix(&format!("    {key}: "))).unwrap_or("");
            let elsewhere = line("sources-in");
            let only = keys(line("jurisdictions"));
            for (code, name) in PLACES {
                if !only.is_empty() && !only.contains(&code) {
                    continue;
                }
                let own = elsewhere.split_once(&format!("{code}: ")).map_or(line("sources"), |(_, list)| list);
                for key in keys(own) {
                    let (place, _) = table.get(key).unwrap_or_else(|| panic!("{pack}: {id} cites {key}, which rules/sources.yaml lacks"));
                    assert!(
                        place.is_none_or(|place| place == code),
                        "{pack}: {id} cites {key} in {name}; give it `sources-in: {{{code}: [...]}}`"
                    );
                }
            }
        }
    }
}
