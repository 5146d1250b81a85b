//! The nearest config above a draft.

use super::{ConfigError, Settings, merge};
use std::collections::{BTreeSet, HashMap};
use std::env;
use std::path::{Path, PathBuf};

/// What a config may be called, the plain name first.
const NAMES: [&str; 2] = ["postlint.yaml", ".postlint.yaml"];

/// Finds the settings of each draft; every folder is looked at once.
#[derive(Debug, Default)]
pub struct Finder {
    fixed: Option<usize>,
    by_folder: HashMap<PathBuf, usize>,
    by_config: HashMap<PathBuf, usize>,
    /// Every config that was found, broken ones too.
    found: BTreeSet<PathBuf>,
    all: Vec<Settings>,
}

impl Finder {
    /// Looks upwards from each draft to the root of its repository (or of the file system), then in the user's own config folder.
    pub fn new() -> Self {
        Self::default()
    }

    /// No config at all.
    pub fn without() -> Self {
        Self { fixed: Some(0), all: vec![Settings::default()], ..Self::default() }
    }

    /// This file for every draft.
    pub fn only(path: &Path) -> Result<Self, ConfigError> {
        let settings = merge::load(path, &root_of(path))?;
        Ok(Self { fixed: Some(0), all: vec![settings], ..Self::default() })
    }

    /// The number of the settings for drafts in `folder`, for [`Finder::get`].
    pub fn find(&mut self, folder: &Path) -> Result<usize, ConfigError> {
        if let Some(fixed) = self.fixed {
            return Ok(fixed);
        }
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(*known);
        }
        let above = above(folder);
        self.found.extend(above.iter().cloned());
        let at = match above.first() {
            Some(nearest) => self.load(nearest, &above)?,
            None => self.load_own()?,
        };
        self.by_folder.insert(folder.to_path_buf(), at);
        Ok(at)
    }

    /// The settings with this number.
    pub fn get(&self, at: usize) -> Option<&Settings> {
        self.all.get(at)
    }

    /// The settings of all drafts that were asked about.
    pub fn all(&self) -> impl Iterator<Item = &Settings> {
        self.all.iter()
    }

    /// Every config that was looked at for them.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.found.iter().chain(self.all.iter().flat_map(|settings| &settings.files))
    }

    fn load(&mut self, nearest: &Path, above: &[PathBuf]) -> Result<usize, ConfigError> {
        if let Some(known) = self.by_config.get(nearest) {
            return Ok(*known);
        }
        let mut settings = merge::load_found(nearest, &root_of(nearest))?;
        // Only the nearest config counts, but no config may loosen what one above it holds fast, or unsay what the house is.
        for higher in above.iter().skip(1) {
            let held = merge::load_found(higher, &root_of(higher))?;
            self.found.extend(held.files);
            settings.profiles.extend(held.profiles);
            settings.floor.extend(held.floor);
            settings.higher_packs.extend(held.packs);
            settings.rosters.extend(held.rosters);
            settings.never_patients.extend(held.never_patients);
            settings.wording.splice(0..0, held.wording);
        }
        Ok(self.keep(nearest.to_path_buf(), settings))
    }

    fn load_own(&mut self) -> Result<usize, ConfigError> {
        let own = own_config();
        let key = own.clone().unwrap_or_default();
        if let Some(known) = self.by_config.get(&key) {
            return Ok(*known);
        }
        let settings = match own {
            Some(path) => merge::load(&path, path.parent().unwrap_or(Path::new("")))?,
            None => Settings::default(),
        };
        Ok(self.keep(key, settings))
    }

    fn keep(&mut self, key: PathBuf, settings: Settings) -> usize {
        self.all.push(settings);
        self.by_config.insert(key, self.all.len() - 1);
        self.all.len() - 1
    }
}

/// The configs in `folder` and above, nearest first, up to the root of the repository.
fn above(folder: &Path) -> Vec<PathBuf> {
    let Ok(start) = std::path::absolute(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for folder in start.ancestors() {
        found.extend(NAMES.iter().map(|name| folder.join(name)).find(|path| is_there(path)));
        if folder.join(".git").exists() {
            break;
        }
    }
    found.into_iter().map(merge::from_here).collect()
}

/// The repository around a config, or its own folder: what its paths may not leave.
fn root_of(config: &Path) -> PathBuf {
    let path = std::path::absolute(config).unwrap_or_else(|_| config.to_path_buf());
    let folder = path.parent().unwrap_or(Path::new("/")).to_path_buf();
    folder.ancestors().find(|above| above.join(".git").exists()).map(Path::to_path_buf).unwrap_or(folder)
}

/// The user's own config, where the XDG base directory specification puts it.
fn own_config() -> Option<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let base = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute()).or_else(home)?;
    let path = base.join("postlint").join("postlint.yaml");
    is_there(&path).then_some(path)
}

/// Whether anything has that name, were it a pipe or a link to nothing: a config that cannot be read is told, or its floor would not hold.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_counts_and_the_repository_is_the_end() {
        let root = tempfile::tempdir().unwrap();
        let make = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        make("postlint.yaml", "platform: outside\n");
        make("repo/.git/HEAD", "");
        make("repo/postlint.yaml", "platform: top\nfloor: {p: error}\n");
        make("repo/a/.postlint.yaml", "platform: near\n");
        make("repo/a/b/draft.md", "");
        make("repo/c/draft.md", "");
        make("other/.git/HEAD", "");
        let mut finder = Finder::new();
        let mut platform = |folder: &str| {
            let at = finder.find(&root.path().join(folder)).unwrap();
            let settings = finder.get(at).unwrap();
            (settings.platform.as_ref().map(|named| named.name.clone()), settings.floor.len())
        };
        assert_eq!(platform("repo/a/b"), (Some("near".to_owned()), 1));
        assert_eq!(platform("repo/c"), (Some("top".to_owned()), 1));
        assert_eq!(platform("other").1, 0);
    }
}
