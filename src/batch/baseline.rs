//! The findings that were known when a project began to use postlint: fingerprints only, never words.

use super::fingerprint::Salt;
use crate::finding::Finding;
use crate::source::{self, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// Known findings by fingerprint.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<String, String>,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    schema_version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    fingerprint: String,
}

impl Baseline {
    /// Reads a baseline and the salt beside it.
    ///
    /// # Errors
    /// In plain words: it is missing or malformed, or its salt is.
    pub fn read(path: &Path) -> Result<(Self, Salt), String> {
        let name = source::name(path);
        let mut bytes = Vec::new();
        source::read(path, &mut bytes).map_err(|refusal| match refusal {
            Refusal::Missing => format!("{name}: no such file; `--update-baseline` makes a new one"),
            other => format!("{name}: {other}"),
        })?;
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|error| {
            format!("{name}:{}:{}: no baseline of postlint; `--update-baseline` makes a new one", error.line(), error.column())
        })?;
        if stored.schema_version != 1 {
            return Err(format!("{name}: made by another version of postlint; `--update-baseline` makes a new one"));
        }
        let salt = Salt::read(folder(path))?;
        let salt = salt.ok_or_else(|| {
            format!(
                "{name}: the file {} beside it is missing; restore it, or make both anew with `--update-baseline`",
                super::fingerprint::SALT_NAME
            )
        })?;
        Ok((Self { known: stored.findings.into_iter().map(|entry| (entry.fingerprint, entry.rule)).collect() }, salt))
    }

    /// A baseline of these findings.
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> Self {
        Self { known: findings.into_iter().map(|finding| (finding.fingerprint.clone(), finding.rule.clone())).collect() }
    }

    /// The text of its file: sorted, so that a change in a repository is easy to read.
    pub fn text(&self) -> String {
        let findings =
            self.known.iter().map(|(fingerprint, rule)| Entry { rule: rule.clone(), fingerprint: fingerprint.clone() }).collect();
        serde_json::to_string_pretty(&Stored { schema_version: 1, findings }).unwrap_or_default() + "\n"
    }

    /// Whether a finding was known.
    pub fn knows(&self, finding: &Finding) -> bool {
        self.known.contains_key(&finding.fingerprint)
    }

    /// How many findings it knows.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }
}

/// The folder of a file, for what stands beside it.
pub fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("known.json");
        assert!(Baseline::read(&path).unwrap_err().contains("no such file"));
        for (text, word) in [
            ("{", "no baseline"),
            ("{\"schema_version\": 2, \"findings\": []}", "another version"),
            ("{\"schema_version\": 1, \"findings\": []}", "beside it is missing"),
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(Baseline::read(&path).unwrap_err().contains(word), "{text}");
        }
    }
}
