//! Rules: one file per kind, each with its parameters, their compilation and the check.
//!
//! A kind turns parameters from a pack into sets of the matcher ([`compile`]) and hits into [`Detection`]s. It reads no files and prints nothing.

pub mod classify;
pub mod combine;
pub mod compile;
pub mod context;
pub mod find;
mod finite;
pub mod guard;
pub mod limit;
pub mod mending;
pub mod require;
pub mod roster;
pub mod series;
pub mod urls;
pub mod validate;
pub mod weigh;

pub use compile::{Compiler, Fault, Located};
pub use context::{Context, Detection};

use crate::document::FieldKind;
use crate::finding::{Confidence, Severity, Source};
use crate::matcher::SetId;
use serde::{Deserialize, Serialize};

/// A compiled rule.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Unique over all packs.
    pub id: String,
    /// The pack that it belongs to.
    pub pack: String,
    /// Short title.
    pub title: String,
    /// Harm, unless a jurisdiction says otherwise.
    pub severity: Severity,
    /// Certainty, unless a case says otherwise.
    pub confidence: Confidence,
    /// What is wrong.
    pub message: String,
    /// Why it matters.
    pub why: String,
    /// How to say it instead.
    pub instead: String,
    /// Law, code or guideline.
    pub sources: Vec<Source>,
    /// Another severity in a jurisdiction.
    pub severity_in: Vec<(String, Severity)>,
    /// Other sources in a jurisdiction.
    pub sources_in: Vec<(String, Vec<Source>)>,
    /// Where it exists; empty means everywhere.
    pub jurisdictions: Vec<String>,
    /// Whether what it finds may identify a patient.
    pub sensitive: bool,
    /// Only for posts to these audiences; empty means all.
    pub audience: Vec<String>,
    /// Not for posts to these.
    pub not_audience: Vec<String>,
    /// Only in these fields; empty means all.
    pub fields: Vec<FieldKind>,
    /// What `--fix` writes over the match.
    pub replace_with: Option<String>,
    /// Whether that keeps the meaning.
    pub replace_safe: bool,
    /// Better words for some of what it finds, which `--fix` writes instead.
    pub replace: Vec<mending::Replacement>,
    /// Whether a documented consent silences it.
    pub consent_covers: bool,
    /// When its findings are not sure.
    pub doubt: Option<classify::Doubt>,
    /// Earlier ids of the rule.
    pub replaces: Vec<String>,
    /// What it looks for.
    pub body: Body,
}

/// The kinds of rules. A new kind is a file of this folder and a line in each list below.
#[derive(Debug, Serialize, Deserialize)]
pub enum Body {
    /// Words that must not be there.
    Find(find::Find),
    /// Weak clues that identify together.
    Combine(combine::Combine),
    /// What a post reads like.
    Classify(classify::Classify),
    /// Words that must be there.
    Require(require::Require),
    /// Names on the institution's own list.
    Roster(roster::Roster),
    /// A measured quantity.
    Limit(limit::Limit),
    /// A property of the posts of one account together; checked by the batch.
    Series(series::Series),
}

impl Body {
    /// The sets of which one must have a hit before the rule is checked; `None` when it is checked on every post.
    pub fn triggers(&self) -> Option<Vec<SetId>> {
        match self {
            Self::Find(find) => Some(find.triggers()),
            Self::Combine(combine) => Some(combine.triggers()),
            Self::Require(require) => require.triggers(),
            Self::Classify(_) | Self::Roster(_) | Self::Limit(_) => None,
            Self::Series(_) => Some(Vec::new()),
        }
    }

    /// Whether what it finds is weighed with the words of the post by rules that come after.
    pub fn is_evidence(&self) -> bool {
        matches!(self, Self::Find(_) | Self::Combine(_))
    }

    /// Every set of the rule with a name for it, for the coverage of the examples.
    pub fn sets(&self) -> Vec<(String, SetId)> {
        match self {
            Self::Find(find) => find.sets(),
            Self::Combine(combine) => combine.sets(),
            Self::Classify(classify) => classify.sets(),
            Self::Require(require) => require.sets(),
            Self::Roster(roster) => roster.sets(),
            Self::Limit(_) | Self::Series(_) => Vec::new(),
        }
    }

    /// Every condition of the rule by the same names.
    pub fn guards(&self) -> Vec<(String, &guard::Guard)> {
        match self {
            Self::Find(find) => find.guards(),
            Self::Combine(combine) => combine.guards(),
            Self::Classify(classify) => classify.guards(),
            Self::Require(require) => require.guards(),
            Self::Roster(roster) => roster.guards(),
            Self::Limit(_) | Self::Series(_) => Vec::new(),
        }
    }

    /// What the rule has to say of one field of one post.
    pub fn check(&self, rule: &Rule, context: &Context<'_>) -> Vec<Detection> {
        match self {
            Self::Find(find) => find.check(rule, context),
            Self::Combine(combine) => combine.check(rule, context),
            Self::Classify(classify) => classify.check(rule, context),
            Self::Require(require) => require.check(rule, context),
            Self::Roster(roster) => roster.check(rule, context),
            Self::Limit(limit) => limit.check(rule, context),
            Self::Series(_) => Vec::new(),
        }
    }
}

impl Rule {
    /// Its severity in a jurisdiction (`us`, `uk`, `ca`, `au`).
    pub fn severity_for(&self, jurisdiction: &str) -> Severity {
        self.severity_in.iter().find(|(place, _)| place == jurisdiction).map_or(self.severity, |(_, severity)| *severity)
    }

    /// Its sources in a jurisdiction.
    pub fn sources_for(&self, jurisdiction: &str) -> &[Source] {
        self.sources_in.iter().find(|(place, _)| place == jurisdiction).map_or(&self.sources, |(_, sources)| sources)
    }

    /// Whether it exists in a jurisdiction.
    pub fn applies_in(&self, jurisdiction: &str) -> bool {
        self.jurisdictions.is_empty() || self.jurisdictions.iter().any(|place| place == jurisdiction)
    }

    /// Whether it is meant for a post to this audience and for this field.
    pub fn applies_to(&self, audience: Option<&str>, field: FieldKind) -> bool {
        let listed = |list: &[String]| audience.is_some_and(|audience| list.iter().any(|entry| entry.eq_ignore_ascii_case(audience)));
        (self.audience.is_empty() || listed(&self.audience))
            && !listed(&self.not_audience)
            && (self.fields.is_empty() || self.fields.contains(&field))
    }
}
