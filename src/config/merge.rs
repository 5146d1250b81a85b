//! Lays one config over the one that it extends.

use super::schema::{self, ConfigError, File};
use super::{Account, Globs, Named, RosterPlace, Scope, Settings, whole};
use crate::finding::Severity;
use crate::source;
use crate::span::Position;
use serde_yaml::Spanned;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// How many configs may stand on each other.
const MOST_EXTENDS: usize = 8;

/// One config file while it is read.
struct Reader<'a> {
    /// Its name in messages.
    name: String,
    /// Its folder, absolute.
    folder: PathBuf,
    /// What no path in it may leave; absolute, links resolved.
    root: &'a Path,
}

/// Reads the config at `path` with everything that it extends.
pub(super) fn load(path: &Path, root: &Path) -> Result<Settings, ConfigError> {
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    load_over(path, &root, &mut Vec::new())
}

/// Reads a config that nobody named but that lies where configs are looked for: it may come with somebody else's repository.
pub(super) fn load_found(path: &Path, root: &Path) -> Result<Settings, ConfigError> {
    let error = |message: &str| ConfigError { at: source::name(path), message: message.to_owned() };
    if fs::symlink_metadata(path).is_ok_and(|data| data.is_symlink()) {
        let real = fs::canonicalize(path).map_err(|_| error("this is a link to nothing; mend it or take it away"))?;
        if !fs::canonicalize(root).is_ok_and(|root| real.starts_with(root)) {
            return Err(error("this link leads out of the folder that a config may use; copy the file here, or name it with --config"));
        }
    }
    load(path, root)
}

fn load_over(path: &Path, root: &Path, seen: &mut Vec<PathBuf>) -> Result<Settings, ConfigError> {
    let name = source::name(path);
    let error = |message: &str| ConfigError { at: name.clone(), message: message.to_owned() };
    let real = fs::canonicalize(path).map_err(|_| error("no such config; check the name"))?;
    let file = schema::parse(&name, &text_of(&real).map_err(|reason| error(&reason))?)?;
    seen.push(real);
    let reader = Reader { name, folder: whole(path).parent().map(Path::to_path_buf).unwrap_or_default(), root };
    let mut settings = match &file.extends {
        None => Settings::default(),
        Some(below) => load_over(&reader.below(below, seen)?, root, seen)?,
    };
    reader.lay(file, &mut settings)?;
    settings.files.push(path.to_path_buf());
    Ok(settings)
}

/// The path as the user would type it here, for messages.
pub(super) fn from_here(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map(Path::to_path_buf).unwrap_or(path)
}

fn text_of(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    source::read(path, &mut bytes).map_err(|refusal| refusal.to_string())?;
    String::from_utf8(bytes).map_err(|_| "not UTF-8; save it as UTF-8".to_owned())
}

impl Reader<'_> {
    fn lay(&self, file: File, onto: &mut Settings) -> Result<(), ConfigError> {
        for pack in &file.packs {
            onto.packs.push(from_here(self.inside(pack)?));
        }
        if let Some(default) = file.default_packs {
            onto.no_default_packs = !default;
        }
        if !file.select.is_empty() {
            onto.select = self.names(&file.select);
        }
        onto.ignore.extend(self.names(&file.ignore));
        onto.severities.extend(self.levels(file.severities));
        onto.floor.extend(self.levels(file.floor));
        for scope in file.overrides {
            onto.scopes.push(self.scope(scope)?);
        }
        onto.platform = file.platform.map(|name| self.named(&name)).or(onto.platform.take());
        onto.jurisdiction = file.jurisdiction.map(|name| self.named(&name)).or(onto.jurisdiction.take());
        onto.confidence = file.confidence.or(onto.confidence);
        onto.fail_on = file.fail_on.or(onto.fail_on);
        for (name, account) in file.accounts {
            let account = self.account(account, onto)?;
            onto.accounts.insert(name, account);
        }
        onto.exclude.push(self.globs(&file.exclude)?);
        onto.schedule = file.schedule.or(onto.schedule.take());
        onto.allow.extend(file.allow.into_iter().map(|allow| (self.place(&allow.fingerprint), allow)));
        if let Some(roster) = &file.roster {
            let key = file.roster_key.as_ref().map(|key| self.inside_or_new(key)).transpose()?;
            let place = RosterPlace::new(from_here(self.inside_or_new(roster)?), key.map(from_here), self.place(roster));
            onto.rosters.push(place);
        } else if let Some(key) = &file.roster_key {
            return Err(self.error(key, "there is no `roster` that this could be the key of; add one".to_owned()));
        }
        onto.never_patients.extend(self.names(&file.never_patients));
        onto.wording.extend(file.wording.into_iter().map(|(rule, words)| (Named { name: rule, at: self.place(&words) }, words.value)));
        if let Some(baseline) = &file.baseline {
            onto.baseline = Some(self.inside_or_new(baseline)?);
        }
        Ok(())
    }

    fn scope(&self, scope: schema::Override) -> Result<Scope, ConfigError> {
        Ok(Scope {
            files: self.globs(&scope.files)?,
            ignore: self.names(&scope.ignore),
            severities: self.levels(scope.severities),
            platform: scope.platform.map(|name| self.named(&name)),
        })
    }

    /// A profile that cannot be read is a trouble that stops nothing: without it the account's bio is unknown.
    fn account(&self, account: schema::Account, onto: &mut Settings) -> Result<Account, ConfigError> {
        let unread = |file: &Spanned<String>, reason: String| {
            let number = |n: u64| usize::try_from(n).unwrap_or(1);
            let at = Position { line: number(file.referenced.line()), column: number(file.referenced.column()) };
            (self.name.clone(), at, format!("{reason}; the posts of the account were checked without this profile"))
        };
        let bio = match (&account.bio, &account.profile) {
            (None, None) => None,
            (Some(bio), None) => Some(bio.clone()),
            (None, Some(file)) => {
                let path = self.inside_or_new(file)?;
                let text = self.inside(file).map_err(|error| error.message).and_then(|_| text_of(&path));
                onto.profiles.push(path);
                text.map_err(|reason| onto.troubles.push(unread(file, reason))).ok()
            }
            (Some(_), Some(file)) => return Err(self.error(file, "an account has a bio or a profile file, not both".to_owned())),
        };
        Ok(Account { bio, reviewed: account.reviewed, platforms: account.platforms })
    }

    fn globs(&self, globs: &[Spanned<String>]) -> Result<Globs, ConfigError> {
        for glob in globs {
            Globs::new(&self.folder, [glob.value.as_str()]).map_err(|reason| self.error(glob, format!("not a glob: {reason}")))?;
        }
        let all = globs.iter().map(|glob| glob.value.as_str());
        Globs::new(&self.folder, all).map_err(|reason| ConfigError { at: self.name.clone(), message: reason })
    }

    /// The config that this one stands on, `seen` being those above and this one.
    fn below(&self, extends: &Spanned<String>, seen: &[PathBuf]) -> Result<PathBuf, ConfigError> {
        let path = self.inside(extends)?;
        match fs::canonicalize(&path) {
            Ok(real) if seen.contains(&real) => Err(self
                .error(extends, "this leads back to a config that stands on this one; take one `extends:` out of the circle".to_owned())),
            _ if seen.len() >= MOST_EXTENDS => {
                Err(self.error(extends, "more than 8 configs stand on each other here; put some of them together".to_owned()))
            }
            _ => Ok(path),
        }
    }

    /// A path that must be there, and inside the root once every link in it is followed.
    fn inside(&self, path: &Spanned<String>) -> Result<PathBuf, ConfigError> {
        let joined = self.inside_or_new(path)?;
        let real = fs::canonicalize(&joined)
            .map_err(|_| self.error(path, "no such file or folder; paths are relative to this config".to_owned()))?;
        if real.starts_with(self.root) { Ok(joined) } else { Err(self.outside(path)) }
    }

    /// A path that may not be there yet, and whose folder is inside the root.
    fn inside_or_new(&self, path: &Spanned<String>) -> Result<PathBuf, ConfigError> {
        let joined = self.folder.join(&path.value);
        let folder = joined.parent().and_then(|folder| fs::canonicalize(folder).ok());
        let relative = Path::new(&path.value).is_relative() && !path.value.is_empty();
        match folder {
            Some(folder) if relative && folder.starts_with(self.root) => Ok(joined),
            None if relative => Err(self.error(path, "no such folder; paths are relative to this config".to_owned())),
            _ => Err(self.outside(path)),
        }
    }

    fn outside(&self, path: &Spanned<String>) -> ConfigError {
        self.error(path, "leads out of the folder that this config may use; copy the file beside the config".to_owned())
    }

    fn names(&self, names: &[Spanned<String>]) -> Vec<Named> {
        names.iter().map(|name| self.named(name)).collect()
    }

    fn named(&self, name: &Spanned<String>) -> Named {
        Named { name: name.value.clone(), at: self.place(name) }
    }

    fn levels(&self, levels: BTreeMap<String, Spanned<Severity>>) -> Vec<(Named, Severity)> {
        levels.into_iter().map(|(name, level)| (Named { name, at: self.place(&level) }, level.value)).collect()
    }

    fn place<T>(&self, value: &Spanned<T>) -> String {
        format!("{}:{}:{}", self.name, value.referenced.line(), value.referenced.column())
    }

    fn error<T>(&self, value: &Spanned<T>, message: String) -> ConfigError {
        ConfigError { at: self.place(value), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn what_extends_wins_and_lists_add_up() {
        let root = folder(&[
            ("base.yaml", "platform: x\nconfidence: low\nignore: [a]\nfloor: {p: error}\nexclude: [old]\n"),
            ("team/postlint.yaml", "extends: ../base.yaml\nplatform: threads\nignore: [b]\nseverities: {p: info}\n"),
        ]);
        let settings = load(&root.path().join("team/postlint.yaml"), root.path()).unwrap();
        assert_eq!(settings.platform.as_ref().unwrap().name, "threads");
        assert_eq!(settings.confidence, Some(crate::finding::Confidence::Low));
        assert_eq!(settings.ignore.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((settings.floor.len(), settings.severities.len(), settings.files.len()), (1, 1, 2));
        assert!(settings.excludes(&root.path().join("old/a.md")));
        assert!(settings.ignore[1].at.ends_with("postlint.yaml:3:10"), "{}", settings.ignore[1].at);
    }

    #[test]
    fn refuses_what_leads_out_or_in_a_circle() {
        for (text, word) in [
            ("extends: a/postlint.yaml\n", "circle"),
            ("extends: ../../etc.yaml\n", "out of"),
            ("packs: [/etc/passwd]\n", "out of"),
            ("packs: [none.yaml]\n", "no such file"),
            ("packs: [none/none.yaml]\n", "no such folder"),
            ("packs: [\"$HOME/x.yaml\"]\n", "no such folder"),
            ("roster-key: a.key\n", "no `roster`"),
            ("roster: /etc/x.roster\n", "out of"),
            ("accounts: {a: {bio: x, profile: bio.txt}}\n", "not both"),
            ("exclude: ['a[']\n", "not a glob"),
        ] {
            let root = folder(&[("bio.txt", "bio"), ("repo/a/postlint.yaml", "extends: ../postlint.yaml\n"), ("repo/postlint.yaml", text)]);
            let error = load(&root.path().join("repo/postlint.yaml"), &root.path().join("repo")).unwrap_err();
            assert!(error.message.contains(word), "{text} {error}");
        }
    }

    #[test]
    fn a_circle_is_told_where_it_closes() {
        let root = folder(&[
            ("postlint.yaml", "# above\nextends: a/one.yaml\n"),
            ("a/one.yaml", "platform: x\nextends: ../a/two.yaml\n"),
            ("a/two.yaml", "platform: x\nconfidence: low\nextends:   ./one.yaml\n"),
            ("own.yaml", "extends: own.yaml\n"),
        ]);
        for (file, at) in [("postlint.yaml", "two.yaml:3:12"), ("own.yaml", "own.yaml:1:10")] {
            let error = load(&root.path().join(file), root.path()).unwrap_err();
            assert!(error.at.ends_with(at) && error.message.contains("circle"), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn follows_no_link_out() {
        let root = folder(&[("repo/postlint.yaml", "packs: [in.yaml]\n"), ("out.yaml", "rules: []\n")]);
        std::os::unix::fs::symlink("../out.yaml", root.path().join("repo/in.yaml")).unwrap();
        let error = load(&root.path().join("repo/postlint.yaml"), &root.path().join("repo")).unwrap_err();
        assert!(error.message.contains("out of"), "{error}");
    }
}
