//! What may stand in a `postlint.yaml`. Data only: no command, no environment variable, no path outside the file's own root.

use crate::document::dates;
use crate::finding::{Confidence, Severity};
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeMap;

/// The most bytes of a config file: 1 MiB, as for a pack.
pub const CONFIG_LIMIT: usize = 1024 * 1024;

/// One `postlint.yaml`, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct File {
    /// Another config beneath this one; what stands here wins.
    pub extends: Option<Spanned<String>>,
    /// Files or folders of further packs, relative to this file.
    pub packs: Vec<Spanned<String>>,
    /// Whether the built-in packs are used.
    pub default_packs: Option<bool>,
    /// Only these rules or packs.
    pub select: Vec<Spanned<String>>,
    /// Not these rules or packs.
    pub ignore: Vec<Spanned<String>>,
    /// Another severity for a rule or pack.
    pub severities: BTreeMap<String, Spanned<Severity>>,
    /// What a rule or pack may not fall below, here and in every folder beneath.
    pub floor: BTreeMap<String, Spanned<Severity>>,
    /// Settings for some files.
    pub overrides: Vec<Override>,
    /// Where drafts are posted unless they say so.
    pub platform: Option<Spanned<String>>,
    /// Whose law.
    pub jurisdiction: Option<Spanned<String>>,
    /// Show findings at least this sure.
    pub confidence: Option<Confidence>,
    /// Exit with 1 from here on.
    pub fail_on: Option<FailOn>,
    /// The accounts that drafts are posted from, by handle or name.
    pub accounts: BTreeMap<String, Account>,
    /// Globs of files and folders that are no drafts.
    pub exclude: Vec<Spanned<String>>,
    /// What a schedule should keep to.
    pub schedule: Option<Schedule>,
    /// Findings that somebody has looked at, by fingerprint.
    pub allow: Vec<Allow>,
    /// Known findings, relative to this file.
    pub baseline: Option<Spanned<String>>,
    /// A list of the institution's own patients (`postlint roster make`), relative to this file.
    pub roster: Option<Spanned<String>>,
    /// Its key, if it does not lie beside it.
    pub roster_key: Option<Spanned<String>>,
    /// Staff, wards and houses that are no patients: phrases.
    pub never_patients: Vec<Spanned<String>>,
    /// The wording that a rule asks for here, and no other.
    pub wording: BTreeMap<String, Spanned<String>>,
}

/// From which severity on a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors only.
    Error,
    /// Warnings and errors.
    Warning,
    /// Everything.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity makes the run fail.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

/// Settings for the files that match a glob.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Override {
    /// Globs, relative to the config's folder.
    pub files: Vec<Spanned<String>>,
    /// Not these rules or packs there.
    #[serde(default)]
    pub ignore: Vec<Spanned<String>>,
    /// Another severity there.
    #[serde(default)]
    pub severities: BTreeMap<String, Spanned<Severity>>,
    /// Another platform there.
    #[serde(default)]
    pub platform: Option<Spanned<String>>,
}

/// One account.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Account {
    /// The bio as it stands on the platform: a disclaimer there counts.
    pub bio: Option<String>,
    /// A file with the bio instead.
    pub profile: Option<Spanned<String>>,
    /// The day on which somebody last looked whether the bio still says this.
    #[serde(deserialize_with = "dates::day")]
    pub reviewed: Option<jiff::civil::Date>,
    /// Where the account is.
    pub platforms: Vec<String>,
}

/// What a schedule should keep to; replaces the numbers of the built-in rules over several posts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Schedule {
    /// Posts a day and account.
    pub max_per_day: Option<u32>,
    /// Minutes between two posts of an account.
    pub min_gap: Option<u32>,
    /// When nothing should be posted.
    pub quiet_hours: Option<QuietHours>,
    /// The content pillars of the plan.
    pub pillars: Vec<String>,
}

/// A time of day, from and to, as `HH:MM`; may go over midnight.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// First minute.
    #[serde(deserialize_with = "dates::time")]
    pub from: jiff::civil::Time,
    /// First minute after.
    #[serde(deserialize_with = "dates::time")]
    pub to: jiff::civil::Time,
}

/// A finding that somebody has looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// As reports show it.
    pub fingerprint: Spanned<String>,
    /// Why it is fine.
    pub reason: String,
    /// Last valid day.
    #[serde(default, deserialize_with = "dates::day")]
    pub until: Option<jiff::civil::Date>,
}

/// A mistake in a config, where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct ConfigError {
    /// `FILE:LINE:COL`, or less where that is not known.
    pub at: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Reads a config's text. `path` is for messages only.
pub fn parse(path: &str, text: &str) -> Result<File, ConfigError> {
    if text.len() > CONFIG_LIMIT {
        return Err(ConfigError { at: path.to_owned(), message: "larger than 1 MiB, too long for a config".to_owned() });
    }
    // An empty file, or one of comments only, is a config without settings; it still ends the search for one.
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Ok(File::default());
    }
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! { max_aliases: 0, max_anchors: 0, max_depth: 64, max_documents: 1 },
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|error| {
        let place = error.location().map(|at| format!(":{}:{}", at.line(), at.column())).unwrap_or_default();
        ConfigError { at: format!("{path}{place}"), message: crate::pack::in_plain_words(&error, text) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_key() {
        let file = parse(
            "postlint.yaml",
            r#"
extends: base.yaml
packs: [packs/own.yaml]
default-packs: true
select: [medical-advice]
ignore: [pi-date]
severities: {stop-medication: warning}
floor: {patient-identifiers: warning}
overrides:
  - files: ["drafts/x/**"]
    ignore: [some-rule]
    platform: x
platform: instagram
jurisdiction: uk
confidence: low
fail-on: never
accounts:
  dr-a: {bio: "Not medical advice.", reviewed: 2026-10-01, platforms: [x]}
exclude: ["old/**"]
schedule: {max-per-day: 2, min-gap: 60, quiet-hours: {from: "22:00", to: "06:00"}, pillars: [conditions]}
allow: [{fingerprint: abc, reason: "checked with the patient", until: 2027-01-01}]
baseline: known.json
roster: clinic.roster
roster-key: clinic.key
never-patients: [Nurse Bell]
wording: {missing-general-disclaimer: "Ask us."}
"#,
        )
        .unwrap();
        assert_eq!(file.fail_on, Some(FailOn::Never));
        assert_eq!(file.packs[0].referenced.line(), 3);
        assert_eq!(file.allow[0].until, Some(jiff::civil::date(2027, 1, 1)));
        assert!(parse("p", "# nothing\n\n").unwrap().packs.is_empty());
    }

    #[test]
    fn places_every_mistake() {
        for (text, at, word) in [
            ("platform: x\nplatfrom: y\n", "p:2:1", "platfrom"),
            ("fail-on: sometimes\n", "p:1:10", "`fail-on: sometimes` is not known; use error, warning, info or never"),
            ("severities:\n  a: loud\n", "p:2:6", "`a: loud` is not known"),
            ("schedule: {max-per-day: many}\n", "p:1:25", "`max-per-day` takes a whole number from 0 to 4294967295"),
            ("schedule: {quiet-hours: {from: 7, to: x}}\n", "p:1:32", "`from` takes a time of day such as \"22:00\""),
            ("platform: x\nplatform: y\n", "p:2:1", "platform"),
            ("select: [a\n", "p:", ""),
            ("accounts: {a: {reviewed: tomorrow}}\n", "p:1:2", "a day such as 2026-11-23"),
            ("select: &a [x]\nignore: *a\n", "p:", ""),
            ("allow: [{fingerprint: x}]\n", "p:1:10", "reason"),
        ] {
            let error = parse("p", text).unwrap_err();
            assert!(error.at.starts_with(at), "{text} {error:?}");
            assert!(error.message.contains(word), "{text} {error:?}");
        }
    }

    #[test]
    fn a_hostile_config_is_refused_soon() {
        let bomb = (0..30).fold("a0: &a0 [x]\n".to_owned(), |bomb, n| bomb + &format!("a{}: &a{} [*a{n}, *a{n}]\n", n + 1, n + 1));
        let aliases = format!("select: [{}]\n", ["&x y", "*x"].join(", "));
        for text in [bomb, aliases, "[".repeat(100_000), "{a: ".repeat(100_000), format!("select: {}\n", "- ".repeat(50_000))] {
            let began = std::time::Instant::now();
            assert!(parse("p", &text).is_err());
            assert!(began.elapsed() < std::time::Duration::from_secs(5));
        }
        assert!(parse("p", &"# \n".repeat(CONFIG_LIMIT)).unwrap_err().message.contains("1 MiB"));
    }
}
