//! `series`: what the posts of one account come to together, such as too many on a day or the same words twice. Linting sees one post at a time;
//! this sees the posts of a whole batch, once they are all there.
//!
//! Accounts are kept apart. A thread is one post. Posts without a schedule take part only where no schedule is needed, as with a consent that has
//! ended. A tag that begins with `event` (live from a congress) or `cadence: off` takes a post out of counting and spacing.

mod calendar;
mod due;
mod pillars;
mod post;
mod report;
mod similar;
#[cfg(test)]
mod tests;

pub use post::SeriesPost;
pub use report::findings;

use crate::config::Schedule;
use crate::lint::Linter;
use crate::pack::{Head, RuleSet};
use crate::rule::Body;
use crate::rule::series::Series;
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

/// The numbers of a plan, where it has its own; they replace those of the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Posts a day.
    pub max_per_day: Option<usize>,
    /// Minutes between two posts.
    pub min_gap: Option<u32>,
    /// Minutes since midnight, from and to.
    pub quiet_hours: Option<(u16, u16)>,
    /// Content pillars in lower case.
    pub pillars: Vec<String>,
}

impl From<&Schedule> for Numbers {
    fn from(schedule: &Schedule) -> Self {
        let minute = |time: jiff::civil::Time| time.hour().unsigned_abs() as u16 * 60 + time.minute().unsigned_abs() as u16;
        Self {
            max_per_day: schedule.max_per_day.map(|max| max as usize),
            min_gap: schedule.min_gap,
            quiet_hours: schedule.quiet_hours.as_ref().map(|hours| (minute(hours.from), minute(hours.to))),
            pillars: schedule.pillars.iter().map(|name| name.trim().to_lowercase()).collect(),
        }
    }
}

/// Whether a linter has rules over several posts at all.
pub fn runs(linter: &Linter<'_>) -> bool {
    untriggered(linter.rules()).any(|(_, head)| linter.runs(head))
}

/// A rule that a post of the batch meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Number of the rule in its set.
    pub rule: usize,
    /// Number of the post.
    pub post: usize,
    /// What it is here, in plain words; never words of a draft.
    pub note: String,
}

/// A scheduled post with its number.
#[derive(Debug, Clone, Copy)]
struct Entry<'p> {
    number: usize,
    at: DateTime,
    post: &'p SeriesPost,
}

/// Everything that the `series` rules say of the posts, at most once a rule and post; by rule.
pub fn check(rules: &RuleSet, numbers: &Numbers, today: Option<Date>, posts: &[SeriesPost]) -> Vec<Hit> {
    let accounts = accounts(posts);
    let mut hits = Vec::new();
    for (number, series) in series(rules) {
        let mut found = due::check(series, today, posts);
        for account in accounts.values() {
            found.extend(of_account(rules, series, numbers, account));
        }
        found.sort_by_key(|(post, _)| *post);
        found.dedup_by_key(|(post, _)| *post);
        hits.extend(found.into_iter().map(|(post, note)| Hit { rule: number, post, note }));
    }
    hits
}

/// The `series` rules of a set with their numbers. Their heads name no set that could trigger them, so that the others stay unread.
fn series(rules: &RuleSet) -> impl Iterator<Item = (usize, &Series)> {
    untriggered(rules).filter_map(|(number, _)| match &rules.rules.get(number)?.body {
        Body::Series(series) => Some((number, series)),
        _ => None,
    })
}

fn untriggered(rules: &RuleSet) -> impl Iterator<Item = (usize, &Head)> {
    rules.heads.iter().enumerate().filter(|(_, head)| head.is_series())
}

/// Scheduled posts of each account in the order of their times.
fn accounts(posts: &[SeriesPost]) -> BTreeMap<&str, Vec<Entry<'_>>> {
    let mut accounts: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for (number, post) in posts.iter().enumerate() {
        if let Some(at) = post.scheduled {
            accounts.entry(&post.account).or_default().push(Entry { number, at, post });
        }
    }
    for entries in accounts.values_mut() {
        entries.sort_by_key(|entry| (entry.at, entry.number));
    }
    accounts
}

fn of_account(rules: &RuleSet, series: &Series, numbers: &Numbers, account: &[Entry<'_>]) -> Vec<(usize, String)> {
    let name = |key: &str| rules.platform(key).map_or_else(|| key.to_owned(), |platform| platform.name.clone());
    match series {
        Series::MaxPerDay { max, max_on } => {
            let max = |platform: &str| numbers.max_per_day.unwrap_or_else(|| max_on.get(platform).copied().unwrap_or(*max));
            calendar::crowded(account, max, name)
        }
        Series::MinGap(minutes) => calendar::close(account, numbers.min_gap.unwrap_or(*minutes), name),
        Series::MaxGap(days) => calendar::silent(account, *days),
        Series::QuietHours { from, to } => {
            let (from, to) = numbers.quiet_hours.unwrap_or((*from, *to));
            calendar::quiet(account, from, to)
        }
        Series::Similar { days, share } => similar::repeated(account, *days, *share),
        Series::Pillars { share, last, pillars } => pillars::lopsided(account, *share, *last, &pillars::names(pillars, numbers)),
        Series::PillarMissing => pillars::missing(account, &numbers.pillars),
        Series::StaleApproval(_) | Series::RecentCase(_) | Series::ConsentExpired => Vec::new(),
    }
}

/// `1 day`, `2 days`.
fn plural(count: impl Into<i64>, word: &str) -> String {
    let count = count.into();
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
