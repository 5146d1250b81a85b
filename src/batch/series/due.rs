//! What lapses with time: approvals, consents, and the distance to the event that a post tells of. One post at a time, scheduled or not.

use super::{SeriesPost, plural};
use crate::rule::series::Series;
use jiff::civil::Date;

/// Posts with something that has lapsed by the day on which they are due, or by today when that is later or the only day known.
pub(super) fn check(series: &Series, today: Option<Date>, posts: &[SeriesPost]) -> Vec<(usize, String)> {
    let note = |post: &SeriesPost| {
        let due = post.scheduled.map(|at| at.date()).max(today)?;
        match series {
            Series::StaleApproval(days) => stale(post, due, *days),
            Series::RecentCase(days) => recent(post, post.scheduled.map(|at| at.date()).or(today)?, *days),
            Series::ConsentExpired => expired(post, due),
            _ => None,
        }
    };
    posts.iter().enumerate().filter_map(|(number, post)| Some((number, note(post)?))).collect()
}

fn stale(post: &SeriesPost, due: Date, most: u32) -> Option<String> {
    let days = days(post.approved?, due);
    (days > i64::from(most)).then(|| format!("It was approved {} before; an approval holds for {most}.", plural(days, "day")))
}

/// A consent that holds on the day answers for the time as well.
fn recent(post: &SeriesPost, due: Date, least: u32) -> Option<String> {
    let consent = post.consent.is_some_and(|expires| expires.is_none_or(|last| last >= due));
    let days = days(post.event?, due);
    (!consent && (0..i64::from(least)).contains(&days)).then(|| {
        let when = if days == 0 { "on the day itself".to_owned() } else { format!("{} after it", plural(days, "day")) };
        format!("It is told {when}; wait {}.", plural(least, "day"))
    })
}

fn expired(post: &SeriesPost, due: Date) -> Option<String> {
    let last = post.consent??;
    (last < due).then(|| format!("The consent ended on {last}, before the post is due."))
}

fn days(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}
