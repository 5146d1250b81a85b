//! `series`: properties of the posts of one account together. Compiled here, checked by the batch, which alone knows all posts.

use super::compile::{Compiler, Located};
use crate::matcher::SetId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `series:` as a pack writes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Params {
    kind: Located<String>,
    max: Option<Located<usize>>,
    #[serde(default)]
    max_on: BTreeMap<String, usize>,
    minutes: Option<Located<u32>>,
    days: Option<Located<u32>>,
    share: Option<Located<f64>>,
    last: Option<Located<usize>>,
    from: Option<Located<String>>,
    to: Option<Located<String>>,
    #[serde(default)]
    pillars: BTreeMap<String, Pillar>,
}

/// How a post shows its pillar when it does not name one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pillar {
    #[serde(default)]
    phrases: Vec<Located<String>>,
    #[serde(default)]
    patterns: Vec<Located<String>>,
}

/// Compiled `series`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Series {
    /// Posts of one day on one platform: the most, and other maxima for some platforms.
    MaxPerDay {
        /// The most.
        max: usize,
        /// By platform.
        max_on: BTreeMap<String, usize>,
    },
    /// Two posts on one platform in fewer minutes than this.
    MinGap(u32),
    /// More days than this without a post.
    MaxGap(u32),
    /// The same words again within so many days; `share` of the word groups is common to both.
    Similar {
        /// How far back.
        days: u32,
        /// Between 0 and 1.
        share: f64,
    },
    /// One content pillar has more than this share of the last posts.
    Pillars {
        /// Between 0 and 1.
        share: f64,
        /// How many posts are looked at.
        last: usize,
        /// The pillars, and the words by which a post without `pillar:` shows which is its own.
        pillars: Vec<(String, Option<SetId>)>,
    },
    /// A post that belongs to none of the pillars of the plan; only where the config names them.
    PillarMissing,
    /// Posts from this minute of the day to before that one; may go over midnight.
    QuietHours {
        /// Minutes since midnight.
        from: u16,
        /// Minutes since midnight.
        to: u16,
    },
    /// An approval more than so many days before the post.
    StaleApproval(u32),
    /// A case told fewer than so many days after it happened.
    RecentCase(u32),
    /// A consent that ends before the post.
    ConsentExpired,
}

/// The word of each kind, with the keys that it needs.
const KINDS: [(&str, &[&str]); 10] = [
    ("max-per-day", &["max"]),
    ("min-gap", &["minutes"]),
    ("max-gap", &["days"]),
    ("similar", &["days", "share"]),
    ("pillars", &["share", "last"]),
    ("pillar-missing", &[]),
    ("quiet-hours", &["from", "to"]),
    ("stale-approval", &["days"]),
    ("recent-case", &["days"]),
    ("consent-expired", &[]),
];

impl Series {
    /// Compiles the parameters; `None` when they hold a mistake, which is then noted.
    pub fn compile(params: &Params, compiler: &mut Compiler<'_>) -> Option<Self> {
        let kind = params.kind.value.as_str();
        let Some((_, needs)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            compiler.fault(&params.kind, format!("`{kind}` is no kind of series; use one of {}", known.join(", ")));
            return None;
        };
        let before = compiler.faults.len();
        params.check_keys(needs, compiler);
        let (from, to) = (params.from.as_ref().and_then(|t| minute(t, compiler)), params.to.as_ref().and_then(|t| minute(t, compiler)));
        if let Some(share) = params.share.as_ref().filter(|share| !(share.value > 0.0 && share.value <= 1.0)) {
            compiler.fault(share, "a share lies between 0 and 1, such as 0.7");
        }
        let pillars = params.pillars(compiler);
        if compiler.faults.len() > before {
            return None;
        }
        let days = || params.days.as_ref().map(|days| days.value);
        let share = || params.share.as_ref().map(|share| share.value);
        Some(match kind {
            "max-per-day" => Self::MaxPerDay { max: params.max.as_ref()?.value, max_on: params.max_on.clone() },
            "min-gap" => Self::MinGap(params.minutes.as_ref()?.value),
            "max-gap" => Self::MaxGap(days()?),
            "similar" => Self::Similar { days: days()?, share: share()? },
            "pillars" => Self::Pillars { share: share()?, last: params.last.as_ref()?.value, pillars },
            "pillar-missing" => Self::PillarMissing,
            "quiet-hours" => Self::QuietHours { from: from?, to: to? },
            "stale-approval" => Self::StaleApproval(days()?),
            "recent-case" => Self::RecentCase(days()?),
            _ => Self::ConsentExpired,
        })
    }
}

impl Params {
    /// A key that is missing or idle is more likely a slip than meant.
    fn check_keys(&self, needs: &[&str], compiler: &mut Compiler<'_>) {
        let given = [
            ("max", self.max.is_some()),
            ("minutes", self.minutes.is_some()),
            ("days", self.days.is_some()),
            ("share", self.share.is_some()),
            ("last", self.last.is_some()),
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
        ];
        for (key, given) in given {
            match (needs.contains(&key), given) {
                (true, false) => compiler.fault(&self.kind, format!("`{}` needs `{key}:`; add it", self.kind.value)),
                (false, true) => compiler.fault(&self.kind, format!("`{}` has no use for `{key}:`; take it away", self.kind.value)),
                _ => {}
            }
        }
    }

    fn pillars(&self, compiler: &mut Compiler<'_>) -> Vec<(String, Option<SetId>)> {
        let set = |pillar: &Pillar, compiler: &mut Compiler<'_>| compiler.set(&pillar.phrases, &pillar.patterns, false, false);
        self.pillars.iter().map(|(name, pillar)| (name.to_lowercase(), set(pillar, compiler))).collect()
    }
}

/// Minutes since midnight of `HH:MM`.
fn minute(time: &Located<String>, compiler: &mut Compiler<'_>) -> Option<u16> {
    let parsed = time.value.split_once(':').and_then(|(hours, minutes)| Some((hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?)));
    let minute = parsed.filter(|(hours, minutes)| *hours < 24 && *minutes < 60).map(|(hours, minutes)| hours * 60 + minutes);
    if minute.is_none() {
        compiler.fault(time, "write a time of day as \"22:00\"");
    }
    minute
}
