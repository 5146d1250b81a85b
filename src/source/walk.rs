//! Finds the drafts under what the user named, in one fixed order.

use super::{Refusal, Skipped, name};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Endings of the files that are checked in a folder; a file named by the user may have any other.
pub const ENDINGS: [&str; 6] = ["txt", "md", "markdown", "jsonl", "ndjson", "csv"];

/// A file to check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Draft {
    /// As the user would type it.
    pub path: PathBuf,
    /// Whether the user named the file itself, not a folder above it.
    pub named: bool,
}

/// What a walk found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// By the bytes of their paths, each file once.
    pub drafts: Vec<Draft>,
    /// What could not be looked at.
    pub skipped: Vec<Skipped>,
}

/// Finds every draft in `paths`. In folders: files with one of [`ENDINGS`], no hidden files or folders, and no links to folders, so that a walk
/// always ends. `excluded` is asked for every path below a folder, and for a named file when `force` is set.
pub fn walk(paths: &[PathBuf], force: bool, excluded: &dyn Fn(&Path) -> bool) -> Walk {
    let mut found = Walk::default();
    for path in paths {
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => folder(path, excluded, &mut found),
            Ok(data) => match Refusal::of(&data) {
                None if force && excluded(path) => {}
                None => found.drafts.push(Draft { path: tidy(path), named: true }),
                Some(refusal) => found.skip(path, &refusal),
            },
            Err(error) => found.skip(path, &Refusal::from(error)),
        }
    }
    found.drafts.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()).then(b.named.cmp(&a.named)));
    if paths.len() > 1 {
        found.once();
    }
    found
}

impl Walk {
    fn skip(&mut self, path: &Path, refusal: &Refusal) {
        self.skipped.push(Skipped { path: name(&tidy(path)), reason: refusal.to_string() });
    }

    /// Keeps the first of several names of one file. Only several arguments can lead to one file twice, so one folder never pays for it.
    fn once(&mut self) {
        let mut seen = HashSet::new();
        self.drafts.retain(|draft| seen.insert(fs::canonicalize(&draft.path).unwrap_or_else(|_| draft.path.clone())));
    }
}

fn folder(root: &Path, excluded: &dyn Fn(&Path) -> bool, found: &mut Walk) {
    let mut entries = WalkDir::new(root).into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(root).to_path_buf();
                found.skip(&path, &error.into_io_error().map_or(Refusal::Vanished, Refusal::from));
                continue;
            }
        };
        let inside = entry.depth() > 0;
        if inside && (is_hidden(&entry) || excluded(&tidy(entry.path()))) {
            if entry.file_type().is_dir() {
                entries.skip_current_dir();
            }
            continue;
        }
        if inside && !entry.file_type().is_dir() && has_ending(entry.path()) {
            file(&entry, found);
        }
    }
}

fn file(entry: &DirEntry, found: &mut Walk) {
    if entry.file_type().is_file() {
        found.drafts.push(Draft { path: tidy(entry.path()), named: false });
        return;
    }
    match fs::metadata(entry.path()) {
        Ok(data) if data.is_dir() => {}
        Ok(data) => match Refusal::of(&data) {
            None => found.drafts.push(Draft { path: tidy(entry.path()), named: false }),
            Some(refusal) => found.skip(entry.path(), &refusal),
        },
        Err(error) => found.skip(entry.path(), &Refusal::from(error)),
    }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn has_ending(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// The path without the parts that say nothing: `./a//b.md` is `a/b.md`. A path of nothing else stays as it is.
fn tidy(path: &Path) -> PathBuf {
    let clean: PathBuf = path.components().filter(|part| !matches!(part, Component::CurDir)).collect();
    if clean.as_os_str().is_empty() { path.to_path_buf() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text").unwrap();
        }
        root
    }

    fn names(root: &Path, walk: &Walk) -> Vec<String> {
        walk.drafts.iter().map(|draft| name(draft.path.strip_prefix(root).unwrap())).collect()
    }

    #[test]
    fn takes_drafts_only_and_in_order() {
        let root = tree(&["b.md", "a/z.txt", "a/Y.MD", ".hidden.md", ".git/x.md", "c.rs", "d.csv", "e.jsonl", "noending"]);
        let found = walk(&[root.path().to_path_buf()], false, &|_| false);
        assert_eq!(names(root.path(), &found), ["a/Y.MD", "a/z.txt", "b.md", "d.csv", "e.jsonl"]);
        assert!(found.skipped.is_empty());
    }

    #[test]
    fn takes_a_named_file_of_any_ending_once() {
        let root = tree(&["c.rs", "sub/b.md"]);
        let (odd, folder) = (root.path().join("c.rs"), root.path().to_path_buf());
        let twice = root.path().join("sub/../sub/b.md");
        let found = walk(&[folder, odd.clone(), odd, twice], false, &|_| false);
        assert_eq!(found.drafts.len(), 2);
    }

    #[test]
    fn asks_for_exclusion_of_named_files_only_when_forced() {
        let root = tree(&["a.md", "out/b.md"]);
        let excluded = |path: &Path| path.ends_with("out") || path.ends_with("a.md");
        let paths = [root.path().to_path_buf()];
        assert!(walk(&paths, false, &excluded).drafts.is_empty());
        let named = [root.path().join("a.md")];
        assert_eq!(walk(&named, false, &excluded).drafts.len(), 1);
        assert!(walk(&named, true, &excluded).drafts.is_empty());
    }

    #[test]
    fn says_why_a_path_is_not_read() {
        let root = tree(&[]);
        let found = walk(&[root.path().join("gone.md")], false, &|_| false);
        assert_eq!(found.skipped.len(), 1);
        assert!(found.skipped.iter().all(|skipped| skipped.reason.starts_with("no such file")));
    }

    #[cfg(unix)]
    #[test]
    fn ends_in_a_loop_of_links_and_refuses_devices() {
        use std::os::unix::fs::symlink;
        let root = tree(&["a.md"]);
        symlink(root.path(), root.path().join("loop.md")).unwrap();
        symlink("self.md", root.path().join("self.md")).unwrap();
        symlink("nowhere", root.path().join("dangling.md")).unwrap();
        symlink("/dev/zero", root.path().join("zero.md")).unwrap();
        let found = walk(&[root.path().to_path_buf()], false, &|_| false);
        assert_eq!(names(root.path(), &found), ["a.md"]);
        assert_eq!(found.skipped.len(), 3, "{:?}", found.skipped);
    }
}
