//! Reads packs from the user's files and folders for the loader, which reads no files itself.

use super::Faults;
use super::house::House;
use crate::pack::{self, LISTS_LIMIT, PACK_LIMIT, PackSource, RuleSet};
use crate::source::{self, Refusal};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The built-in packs, unless they are left out, and those under `paths`.
///
/// # Errors
/// All mistakes; nothing is used when a single pack has one.
pub(super) fn load(paths: &[PathBuf], builtin: bool) -> Result<RuleSet> {
    let sound = load_sound(paths, &[], builtin, &House::default())?;
    if sound.faults.is_empty() { Ok(sound.rules) } else { Err(Faults(sound.faults).into()) }
}

/// What can be checked with.
pub(super) struct Sound {
    /// The rules of every pack without a mistake.
    pub(super) rules: RuleSet,
    /// The mistakes of the others.
    pub(super) faults: Vec<String>,
}

/// The built-in packs, unless they are left out, those under `paths`, those under `higher` that hold severities fast, and the house's own words. A pack with
/// a mistake is left out whole, and so are those that need it.
///
/// # Errors
/// All mistakes, when no pack is left, or when what the config says of the house is wrong by itself.
pub(super) fn load_sound(paths: &[PathBuf], higher: &[PathBuf], builtin: bool, house: &House) -> Result<Sound> {
    let (mut faults, mut sources, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (path, is_higher) in paths.iter().map(|path| (path, false)).chain(higher.iter().map(|path| (path, true))) {
        for file in files(path, &mut faults) {
            // A config and one further up may name the same pack.
            if is_higher && !fs::canonicalize(&file).is_ok_and(|real| !seen.contains(&real)) {
                continue;
            }
            seen.extend(fs::canonicalize(&file));
            match pack(&file) {
                Ok(source) if is_higher && !pack::holds_fast(&source.text) => {}
                Ok(source) => sources.push(source),
                Err(refusal) => faults.push(format!("{}: {refusal}", source::name(&file))),
            }
        }
    }
    sources.extend(house.pack());
    loop {
        let base = if builtin { pack::builtin() } else { RuleSet::default() };
        if sources.is_empty() {
            return if builtin || faults.is_empty() { Ok(Sound { rules: base, faults }) } else { Err(Faults(faults).into()) };
        }
        let errors = match pack::load(base, &sources) {
            Ok(rules) => return Ok(Sound { rules, faults }),
            Err(errors) => errors,
        };
        let (own, packs): (Vec<_>, Vec<_>) = errors.iter().partition(|error| House::is(&error.path));
        if packs.is_empty() && faults.is_empty() {
            return Err(Faults(own.into_iter().map(|error| house.placed(error)).collect()).into());
        }
        faults.extend(packs.iter().map(ToString::to_string));
        // What a config says of rules that are gone is no mistake of its own: it is left out without a word, once nothing else is wrong.
        let wrong = if packs.is_empty() { own } else { packs };
        let before = sources.len();
        sources.retain(|source| wrong.iter().all(|error| error.path != source.path));
        if sources.len() == before {
            return Err(Faults(faults).into());
        }
    }
}

/// Every file that the packs under a path are read from, their lists too; mistakes are told when they are loaded.
pub(super) fn files_of(path: &Path) -> Vec<PathBuf> {
    let packs = files(path, &mut Vec::new());
    let lists = packs.iter().flat_map(|file| {
        let folder = file.parent().unwrap_or(Path::new(""));
        text(file).map(|text| pack::list_files(&text)).unwrap_or_default().into_iter().map(|name| folder.join(name))
    });
    lists.chain(packs.iter().cloned()).collect()
}

/// The packs under a path: itself, or the YAML files of a folder in the order of their names, hidden ones left out.
fn files(path: &Path, faults: &mut Vec<String>) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_path_buf()];
    }
    let hidden = |entry: &walkdir::DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    let yaml = |path: &Path| path.extension().and_then(OsStr::to_str).is_some_and(|ending| matches!(ending, "yaml" | "yml"));
    let entries = WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(|entry| !hidden(entry)).flatten();
    let found: Vec<PathBuf> =
        entries.filter(|entry| entry.file_type().is_file() && yaml(entry.path())).map(walkdir::DirEntry::into_path).collect();
    if found.is_empty() {
        faults.push(format!("{}: there is no pack (.yaml) in this folder", source::name(path)));
    }
    found
}

fn pack(path: &Path) -> Result<PackSource, Refusal> {
    if fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() > PACK_LIMIT as u64) {
        return Err(Refusal::Other("a pack is at most 1 MiB; split it, or move lists to files under `terms:`".to_owned()));
    }
    let text = text(path)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut room = LISTS_LIMIT;
    let mut lists = BTreeMap::new();
    for name in pack::list_files(&text) {
        let read = list(folder, &name).and_then(|list| {
            room = room.checked_sub(list.len()).ok_or("the lists of one pack are larger than 16 MiB together; keep what is needed")?;
            Ok(list)
        });
        lists.entry(name).or_insert(read);
    }
    Ok(PackSource { path: source::name(path), text, lists })
}

/// A list must stand in the pack's folder or beneath it: a pack may come from somebody else.
fn list(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name);
    let inside = match (fs::canonicalize(&path), fs::canonicalize(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => return Err(Refusal::Missing.to_string()),
    };
    if !inside {
        return Err("it is outside the pack's folder; copy it beside the pack".to_owned());
    }
    text(&path).map_err(|refusal| match refusal {
        Refusal::TooLarge => "it is larger than 10 MiB; split it, and name the parts under `files:`".to_owned(),
        other => other.to_string(),
    })
}

fn text(path: &Path) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    source::read(path, &mut bytes)?;
    String::from_utf8(bytes).map_err(|_| Refusal::Other("it is not UTF-8; save it as UTF-8".to_owned()))
}
