//! `series`: properties of the posts of one account together. Compiled here, checked by the batch, which alone knows all posts.

use super::compile::{Compiler, Located};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `series:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    kind: Located<String>,
    max: Option<usize>,
    #[serde(default)]
    max_on: BTreeMap<String, usize>,
    minutes: Option<u32>,
    days: Option<u32>,
    share: Option<f64>,
    last: Option<usize>,
    from: Option<String>,
    to: Option<String>,
}

/// Compiled `series`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// What is compared.
    pub kind: Kind,
    /// Most posts.
    pub max: Option<usize>,
    /// Most posts on a platform.
    pub max_on: BTreeMap<String, usize>,
    /// A distance in minutes.
    pub minutes: Option<u32>,
    /// A distance in days.
    pub days: Option<u32>,
    /// A share between 0 and 1.
    pub share: Option<f64>,
    /// How many posts are looked at.
    pub last: Option<usize>,
    /// Start of a time of day, `HH:MM`.
    pub from: Option<String>,
    /// Its end.
    pub to: Option<String>,
}

/// What can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Posts of one day.
    MaxPerDay,
    /// Time between two posts.
    MinGap,
    /// Days without a post.
    MaxGap,
    /// The same words again.
    Similar,
    /// The mix of content pillars.
    Pillars,
    /// Times of day without posts.
    QuietHours,
    /// An approval that is too old.
    StaleApproval,
    /// A case told soon after the event.
    RecentCase,
}

const KINDS: [(&str, Kind); 8] = [
    ("max-per-day", Kind::MaxPerDay),
    ("min-gap", Kind::MinGap),
    ("max-gap", Kind::MaxGap),
    ("similar", Kind::Similar),
    ("pillars", Kind::Pillars),
    ("quiet-hours", Kind::QuietHours),
    ("stale-approval", Kind::StaleApproval),
    ("recent-case", Kind::RecentCase),
];

impl Series {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, compiler: &mut Compiler<'_>) -> Option<Self> {
        let kind = KINDS.iter().find(|(name, _)| *name == params.kind.value).map(|(_, kind)| *kind);
        if kind.is_none() {
            let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            compiler.fault(&params.kind, format!("`{}` is no kind of series; use one of {}", params.kind.value, known.join(", ")));
        }
        Some(Self {
            kind: kind?,
            max: params.max,
            max_on: params.max_on.clone(),
            minutes: params.minutes,
            days: params.days,
            share: params.share,
            last: params.last,
            from: params.from.clone(),
            to: params.to.clone(),
        })
    }
}
