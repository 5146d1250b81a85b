//! Packs: YAML in, one [`RuleSet`] out, every mistake with its place.
//!
//! The built-in packs are loaded by the build script through the same [`load`] and stored; a user's packs are added to them at run time.

// Absent while the build script, which makes the bytes, is itself compiled.
#[cfg(builtin_packs)]
mod builtin;
mod cite;
mod compile;
mod error;
mod house;
mod in_words;
mod located;
mod mistakes;
mod nesting;
mod schema;
mod wording;

#[cfg(builtin_packs)]
pub use builtin::builtin;
pub use cite::JURISDICTIONS;
pub use error::PackError;
#[cfg(builtin_packs)]
pub(crate) use mistakes::in_plain_words;
pub use schema::{PACK_DEPTH, PACK_LIMIT};

use crate::finding::Severity;
use crate::matcher::{Matcher, SetId, TermId};
use crate::rule::Rule;
use crate::rule::limit::Platform;
use crate::stored::Stored;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that drafts are checked with, compiled once and shared read-only.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct RuleSet {
    /// Finds the sets of the rules.
    pub matcher: Matcher,
    /// In the order of the packs.
    #[serde(with = "crate::stored::list")]
    pub rules: Vec<Stored<Rule>>,
    /// What must be known of each rule before it is looked at, same order.
    pub heads: Vec<Head>,
    /// Examples of each rule, same order.
    #[serde(with = "crate::stored::list")]
    pub examples: Vec<Stored<Examples>>,
    /// Packs by id with their title.
    pub packs: BTreeMap<String, String>,
    /// Limits of the platforms.
    pub platforms: Vec<Platform>,
    /// Who is never a patient: the institution's staff, wards and houses.
    pub never_patients: Vec<SetId>,
    /// What a pack says that the findings of a rule may not fall below, by rule.
    pub floor: BTreeMap<String, Severity>,
    terms: Stored<BTreeMap<String, TermId>>,
}

/// The part of a rule that decides whether it takes part and what triggers it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Head {
    /// Its id.
    pub id: String,
    /// Its pack.
    pub pack: String,
    /// Earlier ids.
    pub replaces: Vec<String>,
    /// Where it exists; empty means everywhere.
    pub jurisdictions: Vec<String>,
    /// The sets of which one must have a hit; `None` when it looks at every post.
    pub triggers: Option<Vec<SetId>>,
    /// Whether it weighs the whole post.
    pub weighs: bool,
}

impl Head {
    /// Whether a name means this rule: its id, an earlier one, or its pack.
    pub fn is(&self, name: &str) -> bool {
        self.id == name || self.pack == name || self.replaces.iter().any(|old| old == name)
    }

    /// Whether the rule is about several posts, which linting one never triggers.
    pub fn is_series(&self) -> bool {
        self.triggers.as_ref().is_some_and(Vec::is_empty)
    }
}

/// The examples of a rule.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Examples {
    /// File of the pack, for messages.
    pub file: String,
    /// Line of the rule (1-based).
    pub line: u64,
    /// Must be flagged by the rule.
    pub bad: Vec<Example>,
    /// Must not be.
    pub good: Vec<Example>,
}

/// One example.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct Example {
    /// The post.
    pub text: String,
    /// 1-based line in the pack.
    pub line: u64,
    /// Platform of the post.
    pub platform: Option<String>,
    /// Audience of the post.
    pub audience: Option<String>,
    /// Where it is judged; `us` if absent.
    pub jurisdiction: Option<String>,
    /// The account's bio.
    pub profile: Option<String>,
    /// Earlier parts of the thread.
    pub thread: Vec<String>,
    /// Whether a valid consent is documented.
    pub consent: bool,
    /// Attached media: file names.
    pub media: Vec<String>,
    /// Descriptions of the media.
    pub alt: Vec<String>,
    /// Names of the institution's patients.
    pub roster: Vec<String>,
    /// Whether it is a near miss.
    pub subtle: bool,
}

/// The text of a pack with the lists that it names.
#[derive(Debug, Default, Clone)]
pub struct PackSource {
    /// The file as the user named it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Text of each term file by the name under which the pack refers to it; `Err` says why it could not be read.
    pub lists: BTreeMap<String, Result<String, String>>,
}

/// Most rules of all packs together.
pub const RULE_LIMIT: usize = 10_000;
/// Most bytes of all lists that one pack names.
pub const LISTS_LIMIT: usize = 16 * 1024 * 1024;
/// Most entries of all lists of a user's packs together.
pub const ENTRY_LIMIT: usize = 500_000;
/// Most phrases of all packs together.
pub const PHRASE_COUNT_LIMIT: usize = 50_000;

impl RuleSet {
    /// Whether a rule or pack of this id exists.
    pub fn knows(&self, id: &str) -> bool {
        self.packs.contains_key(id) || self.heads.iter().any(|head| head.is(id))
    }

    /// The rule of an id, old ids included.
    pub fn rule(&self, id: &str) -> Option<(&Rule, &Examples)> {
        let current = self.heads.iter().position(|head| head.id == id);
        let found = current.or_else(|| self.heads.iter().position(|head| head.replaces.iter().any(|old| old == id)))?;
        Some((self.rules.get(found)?, self.examples.get(found)?))
    }

    /// The platform of a key or alias, in any case.
    pub fn platform(&self, key: &str) -> Option<&Platform> {
        let is = |name: &str| name.eq_ignore_ascii_case(key);
        self.platforms.iter().find(|platform| is(&platform.key) || platform.aliases.iter().any(|alias| is(alias)))
    }
}

/// Adds packs to `base`. Every mistake of every pack is reported; a pack set with mistakes is never used in part.
///
/// # Errors
/// All mistakes, in the order of the packs and their lines.
pub fn load(base: RuleSet, sources: &[PackSource]) -> Result<RuleSet, Vec<PackError>> {
    compile::load(base, sources)
}

/// The list files that a pack names under `terms:`, as written there; empty when the pack cannot be parsed.
pub fn list_files(text: &str) -> Vec<String> {
    // Most packs name none, and reading YAML takes most of the time of loading one.
    if !text.contains("file") {
        return Vec::new();
    }
    let (Some(params), _) = schema::parse(text) else { return Vec::new() };
    let terms = params.terms.into_values().flat_map(|term| term.file.into_iter().chain(term.files));
    terms.chain(params.models.into_values().map(|model| model.file)).map(|file| file.value).collect()
}

/// Whether a pack holds severities fast (`floor:`). One that cannot be parsed may do so.
pub fn holds_fast(text: &str) -> bool {
    text.contains("floor") && schema::parse(text).0.is_none_or(|params| !params.floor.is_empty())
}
