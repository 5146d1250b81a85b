//! Finds and reads `postlint.yaml`, and turns it into settings: resolved once, passed down, the same for every draft beneath it.
//!
//! A config may come with somebody else's repository, so it is data only: it names no command, reads no environment, and no path in it leads out
//! of its root (the repository around it, or its own folder).

mod find;
mod loosened;
mod merge;
mod resolve;
pub mod schema;

pub use find::Finder;
pub use resolve::{Flags, account_key};
pub use schema::{Allow, ConfigError, FailOn, Schedule};

use crate::finding::{Confidence, Severity};
use crate::span::Position;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// A name that a config or flag mentions, with the place where it does, for messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// A rule, pack or platform.
    pub name: String,
    /// `postlint.yaml:3:5` or `--select`.
    pub at: String,
}

/// Everything that configs settle. Flags are laid over it by the command line.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The files that it came from, the nearest last; none when there is no config.
    pub files: Vec<PathBuf>,
    /// Further packs: files or folders, in order.
    pub packs: Vec<PathBuf>,
    /// Packs that configs further up name; those of them count that hold severities fast.
    pub higher_packs: Vec<PathBuf>,
    /// Whether the built-in packs are left out.
    pub no_default_packs: bool,
    /// Only these rules or packs, if any.
    pub select: Vec<Named>,
    /// Not these rules or packs.
    pub ignore: Vec<Named>,
    /// Another severity for a rule or pack; later ones win.
    pub severities: Vec<(Named, Severity)>,
    /// What a rule or pack may not fall below.
    pub floor: Vec<(Named, Severity)>,
    /// Settings for some files; later ones win.
    pub scopes: Vec<Scope>,
    /// Platform of drafts that name none.
    pub platform: Option<Named>,
    /// Whose law.
    pub jurisdiction: Option<Named>,
    /// Show findings at least this sure.
    pub confidence: Option<Confidence>,
    /// From where on a run fails.
    pub fail_on: Option<FailOn>,
    /// Accounts by handle or name.
    pub accounts: BTreeMap<String, Account>,
    /// What is no draft.
    pub exclude: Vec<Globs>,
    /// What a schedule should keep to.
    pub schedule: Option<Schedule>,
    /// Findings that somebody has looked at, with the place of each line.
    pub allow: Vec<(String, Allow)>,
    /// Known findings.
    pub baseline: Option<PathBuf>,
    /// What could not be read, with the file and the place that name it; the rest holds.
    pub troubles: Vec<(String, Position, String)>,
    /// Lists of the institution's own patients.
    pub rosters: Vec<RosterPlace>,
    /// Files with the bios of accounts.
    pub profiles: Vec<PathBuf>,
    /// Staff, wards and houses that are no patients: phrases.
    pub never_patients: Vec<Named>,
    /// The wording that a rule asks for here, by rule.
    pub wording: Vec<(Named, String)>,
}

/// Where a list of patients is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RosterPlace {
    /// The list.
    pub file: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// `postlint.yaml:3:5` or `--roster`.
    pub at: String,
}

impl RosterPlace {
    /// A list with a key of its own, or the one that lies beside it: `clinic.roster` and `clinic.roster.key`.
    pub fn new(file: PathBuf, key: Option<PathBuf>, at: String) -> Self {
        let beside = || {
            let mut name = file.clone().into_os_string();
            name.push(".key");
            PathBuf::from(name)
        };
        let key = key.unwrap_or_else(beside);
        Self { file, key, at }
    }
}

/// Settings for some files.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Which.
    pub files: Globs,
    /// Not these rules or packs there.
    pub ignore: Vec<Named>,
    /// Other severities there.
    pub severities: Vec<(Named, Severity)>,
    /// Another platform there.
    pub platform: Option<Named>,
}

/// An account that drafts are posted from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its bio, read from its file where it has one.
    pub bio: Option<String>,
    /// When somebody last looked at it.
    pub reviewed: Option<jiff::civil::Date>,
    /// Where it is.
    pub platforms: Vec<String>,
}

/// Globs as a config writes them, relative to its folder. One without a slash matches a name at any depth.
#[derive(Debug, Clone)]
pub struct Globs {
    base: PathBuf,
    set: GlobSet,
}

impl Globs {
    /// Compiles globs that belong to the folder `base`, which must be absolute; the error is in plain words.
    pub fn new<'g>(base: &Path, globs: impl IntoIterator<Item = &'g str>) -> Result<Self, String> {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            let anywhere = if glob.trim_end_matches('/').contains('/') { "" } else { "**/" };
            let glob = format!("{anywhere}{}", glob.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/'));
            set.add(GlobBuilder::new(&glob).literal_separator(true).build().map_err(|error| error.kind().to_string())?);
        }
        Ok(Self { base: base.to_path_buf(), set: set.build().map_err(|error| error.kind().to_string())? })
    }

    /// Whether a glob matches the path or a folder above it.
    pub fn matches(&self, path: &Path) -> bool {
        if self.set.is_empty() {
            return false;
        }
        let path = whole(path);
        let Ok(inside) = path.strip_prefix(&self.base) else { return false };
        inside.ancestors().any(|part| !part.as_os_str().is_empty() && self.set.is_match(part))
    }
}

/// The absolute path without `.` and `..`; links are not followed, so that a file keeps the name under which the user knows it.
fn whole(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).components() {
        if part == Component::ParentDir {
            whole.pop();
        } else {
            whole.push(part);
        }
    }
    whole
}

impl Settings {
    /// Whether a file or folder is no draft.
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|globs| globs.matches(path))
    }

    /// Which of the scopes hold for a draft: drafts with the same answer are checked alike.
    pub fn scopes_of(&self, path: &Path) -> Vec<usize> {
        self.scopes.iter().enumerate().filter(|(_, scope)| scope.files.matches(path)).map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_are_relative_to_their_folder() {
        for (glob, path, want) in [
            ("old/**", "/r/old/a.md", true),
            ("old", "/r/old/a.md", true),
            ("old/", "/r/x/old/a.md", true),
            ("*.csv", "/r/x/y.csv", true),
            ("x/*.csv", "/r/x/y.csv", true),
            ("x/*.csv", "/r/x/z/y.csv", false),
            ("./x/*.csv", "/r/x/y.csv", true),
            ("*.csv", "/elsewhere/y.csv", false),
            ("drafts/x/**", "/r/drafts/y/a.md", false),
        ] {
            assert_eq!(Globs::new(Path::new("/r"), [glob]).unwrap().matches(Path::new(path)), want, "{glob} {path}");
        }
        assert!(Globs::new(Path::new("/r"), ["a[b"]).is_err());
    }
}
