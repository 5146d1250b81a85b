//! The mix of content pillars: conditions that patients look up, treatments, how the author cares; or those of the author's own plan.
//!
//! An account whose posts name no pillar at all has no plan to be measured by, unless its config has one.

use super::{Entry, Numbers};
use crate::matcher::SetId;

/// Fewer posts than this show no habit.
const LEAST: usize = 5;

/// Posts of one week that show one.
const WEEK: usize = 4;

/// Named for posts that are outside any plan on purpose.
const OTHER: [&str; 3] = ["other", "personal", "none"];

/// The pillars of the plan, and whether somebody chose them.
pub(super) struct Plan {
    names: Vec<String>,
    chosen: bool,
}

/// The config's pillars, else those of the rule.
pub(super) fn names(pillars: &[(String, Option<SetId>)], numbers: &Numbers) -> Plan {
    let own = || pillars.iter().map(|(name, _)| name.clone()).collect();
    let chosen = !numbers.pillars.is_empty();
    Plan { names: if chosen { numbers.pillars.clone() } else { own() }, chosen }
}

/// Posts with which one pillar comes to hold more than `share` of the last posts, or a whole week.
pub(super) fn lopsided(account: &[Entry<'_>], share: f64, last: usize, plan: &Plan) -> Vec<(usize, String)> {
    if !plan.chosen && account.iter().all(|entry| entry.post.pillar.is_none()) {
        return Vec::new();
    }
    let told: Vec<(&Entry<'_>, &str)> = account.iter().filter_map(|entry| Some((entry, pillar(entry, &plan.names)?))).collect();
    let (mut found, mut was) = (Vec::new(), false);
    for end in LEAST.min(last).max(1)..=told.len() {
        let window = told.get(end.saturating_sub(last)..end).unwrap_or_default();
        let Some((entry, (most, count))) = window.last().map(|(entry, _)| entry).zip(heaviest(window)) else { continue };
        let is = as_f64(count) > share * as_f64(window.len());
        if is && !was {
            found.push((entry.number, note(&format!("{count} of the last {} posts", window.len()), most, window, plan)));
        }
        was = is;
    }
    for week in told.chunk_by(|(a, _), (b, _)| a.at.date().iso_week_date().week() == b.at.date().iso_week_date().week()) {
        if let (Some((entry, _)), Some((most, count))) = (week.last(), heaviest(week))
            && count >= WEEK
            && count == week.len()
        {
            let monday = entry.at.date().iso_week_date().week();
            found.push((entry.number, note(&format!("All {count} posts of week {monday}"), most, week, plan)));
        }
    }
    found
}

/// Posts that belong to no pillar of a plan that somebody chose.
pub(super) fn missing(account: &[Entry<'_>], plan: &[String]) -> Vec<(usize, String)> {
    if plan.is_empty() {
        return Vec::new();
    }
    let lost = account.iter().filter(|entry| match &entry.post.pillar {
        Some(named) => !OTHER.contains(&named.as_str()) && known(named, plan).is_none(),
        None => entry.post.shows.as_ref().is_none_or(|shows| known(shows, plan).is_none()),
    });
    let what = |entry: &Entry<'_>| if entry.post.pillar.is_some() { "Its pillar is not in the plan" } else { "It names no pillar" };
    lost.map(|entry| (entry.number, format!("{}; the plan has {}.", what(entry), plan.join(", ")))).collect()
}

/// The pillar of a post: the one that it names, else the one that its words show.
fn pillar<'e>(entry: &Entry<'e>, names: &'e [String]) -> Option<&'e str> {
    match &entry.post.pillar {
        Some(named) if OTHER.contains(&named.as_str()) => None,
        Some(named) => Some(known(named, names).unwrap_or(named)),
        None => known(entry.post.shows.as_ref()?, names),
    }
}

/// "condition" and "philosophy" are enough for "conditions" and "philosophy of care".
fn known<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    let near = |known: &&String| known.len().min(name.len()) >= 4 && (known.starts_with(name) || name.starts_with(known.as_str()));
    names.iter().find(|known| *known == name).or_else(|| names.iter().find(near)).map(String::as_str)
}

/// The pillar with most posts.
fn heaviest<'e>(posts: &[(&Entry<'_>, &'e str)]) -> Option<(&'e str, usize)> {
    let count = |pillar: &str| posts.iter().filter(|(_, other)| *other == pillar).count();
    posts.iter().map(|(_, pillar)| (*pillar, count(pillar))).max_by_key(|(_, count)| *count)
}

fn note(what: &str, most: &str, posts: &[(&Entry<'_>, &str)], plan: &Plan) -> String {
    // A pillar that is in no plan may be anything that stood in the metadata, so it is not repeated.
    let most = if plan.names.iter().any(|name| name == most) { most } else { "one pillar outside the plan" };
    let absent: Vec<&str> = plan.names.iter().map(String::as_str).filter(|name| posts.iter().all(|(_, own)| own != name)).collect();
    let rest = if absent.is_empty() { String::new() } else { format!(" None is about {}.", absent.join(" or ")) };
    format!("{what} are about {most}.{rest}")
}

fn as_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}
