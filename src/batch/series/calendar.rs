//! Counting and spacing: posts of one day, time between posts, days without any, and the hours of the night.

use super::{Entry, plural};
use jiff::civil::{DateTime, Time};
use std::collections::BTreeMap;

/// The first post of a day and platform that is one too many.
pub(super) fn crowded(account: &[Entry<'_>], max: impl Fn(&str) -> usize, name: impl Fn(&str) -> String) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (platform, entries) in by_platform(account) {
        for day in entries.chunk_by(|a, b| a.at.date() == b.at.date()) {
            if let Some(first) = day.get(max(platform)) {
                let (count, date, max) = (day.len(), first.at.date(), max(platform));
                let count = plural(count as i64, "post");
                found.push((first.number, format!("{count} on {date}{}; the most is {max}.", on(platform, &name))));
            }
        }
    }
    found
}

/// Posts in fewer minutes than `least` after the one before on the same platform. Posts of which only the day is known are left out.
pub(super) fn close(account: &[Entry<'_>], least: u32, name: impl Fn(&str) -> String) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (platform, mut entries) in by_platform(account) {
        entries.retain(|entry| has_time(entry.at));
        for (before, after) in entries.iter().zip(entries.iter().skip(1)) {
            let minutes = after.at.duration_since(before.at).as_secs() / 60;
            if minutes < i64::from(least) {
                let gap = if minutes == 0 { "At the same minute as".to_owned() } else { format!("{} after", plural(minutes, "minute")) };
                found.push((after.number, format!("{gap} the post before it{}; leave {}.", on(platform, &name), plural(least, "minute"))));
            }
        }
    }
    found
}

/// Posts that end a silence of more than `most` days.
pub(super) fn silent(account: &[Entry<'_>], most: u32) -> Vec<(usize, String)> {
    let pairs = account.iter().zip(account.iter().skip(1));
    pairs
        .filter_map(|(before, after)| {
            let days = after.at.date().duration_since(before.at.date()).as_hours() / 24;
            let note = || format!("No post for {} before it, since {}; the most is {most}.", plural(days, "day"), before.at.date());
            (days > i64::from(most)).then(|| (after.number, note()))
        })
        .collect()
}

/// Posts from one minute of the day to before another; may go over midnight.
pub(super) fn quiet(account: &[Entry<'_>], from: u16, to: u16) -> Vec<(usize, String)> {
    let minute = |at: DateTime| at.hour().unsigned_abs() as u16 * 60 + at.minute().unsigned_abs() as u16;
    let inside = |minute: u16| if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let quiet = account.iter().filter(|entry| has_time(entry.at) && !entry.post.live && inside(minute(entry.at)));
    let note = |at: DateTime| format!("It is due at {}; the quiet hours are {} to {}.", clock(minute(at)), clock(from), clock(to));
    quiet.map(|entry| (entry.number, note(entry.at))).collect()
}

/// Midnight stands for a day without a time.
fn has_time(at: DateTime) -> bool {
    at.time() != Time::midnight()
}

/// The posts of each platform that are counted and spaced, in order; a post for several stands under each.
fn by_platform<'e>(account: &[Entry<'e>]) -> BTreeMap<&'e str, Vec<Entry<'e>>> {
    let mut platforms: BTreeMap<&str, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in account.iter().filter(|entry| !entry.post.live) {
        for platform in &entry.post.platforms {
            platforms.entry(platform).or_default().push(*entry);
        }
    }
    platforms
}

fn on(platform: &str, name: impl Fn(&str) -> String) -> String {
    if platform.is_empty() { String::new() } else { format!(" on {}", name(platform)) }
}
