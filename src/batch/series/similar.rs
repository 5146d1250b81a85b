//! The same words again, on another day or twice on one platform. The same text on another platform the same day is what schedulers are for.
//!
//! Posts are compared by groups of three words. Two posts alike enough must share one of their rarest groups, so only posts found under those are
//! compared (prefix filtering: Chaudhuri, Ganti, Kaushik 2006), and of those only the latest: thousands of posts cost no more than a look-up each.

use super::{Entry, plural};
use crate::document::{Text, WordKind};
use crate::report::visible;
use std::collections::HashMap;

/// Groups that are kept of a long text: its smallest hashes, a fair sample (bottom-k sketch: Broder 1997).
const SKETCH: usize = 256;

/// Earlier posts that a post is compared with at most.
const COMPARED: usize = 48;

/// What texts are compared by: hashes of their groups of three words in order, links left out.
pub(super) fn sketch<'t>(texts: impl Iterator<Item = &'t Text>) -> Vec<u64> {
    let mut words = Vec::new();
    for text in texts {
        let opaque = text.opaque();
        let plain = text.words().iter().filter(|word| word.kind != WordKind::Sign && !opaque.iter().any(|link| link.overlaps(word.span)));
        words.extend(plain.map(|word| word.hash));
    }
    if words.is_empty() {
        return Vec::new();
    }
    let mut groups: Vec<u64> = words.windows(3.min(words.len())).map(mixed).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.truncate(SKETCH);
    groups
}

fn mixed(words: &[u64]) -> u64 {
    let mix = |state: u64, word: &u64| (state.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let state = words.iter().fold(0, mix);
    state ^ (state >> 31)
}

/// Posts that say what an earlier one of the last `days` days said: `share` of both their groups are common.
pub(super) fn repeated(account: &[Entry<'_>], days: u32, share: f64) -> Vec<(usize, String)> {
    let mut counts: HashMap<u64, u32> = HashMap::new();
    account.iter().flat_map(|entry| &entry.post.sketch).for_each(|group| *counts.entry(*group).or_default() += 1);
    let mut index: HashMap<u64, Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (at, entry) in account.iter().enumerate() {
        let rare = rarest(&entry.post.sketch, &counts, share);
        if let Some(other) = earlier(account, entry, &rare, &index, days, share) {
            found.push((entry.number, note(entry, other)));
        }
        rare.into_iter().for_each(|group| index.entry(group).or_default().push(at));
    }
    found
}

/// So many of the rarest groups that a text alike enough cannot lack all of them.
fn rarest(sketch: &[u64], counts: &HashMap<u64, u32>, share: f64) -> Vec<u64> {
    let mut groups = sketch.to_vec();
    groups.sort_by_key(|group| (counts.get(group).copied().unwrap_or(0), *group));
    // Sizes may differ, so the fewest common groups are share / (2 - share) of the larger text's.
    let common = (share / (2.0 - share) * sketch.len() as f64).ceil() as usize;
    groups.truncate((sketch.len() + 1).saturating_sub(common).max(1));
    groups
}

/// The latest earlier post that is alike.
fn earlier<'e>(
    account: &'e [Entry<'e>],
    entry: &Entry<'_>,
    rare: &[u64],
    index: &HashMap<u64, Vec<usize>>,
    days: u32,
    share: f64,
) -> Option<&'e Entry<'e>> {
    let near = |at: &&usize| account.get(**at).is_some_and(|other| distance(entry, other) <= i64::from(days));
    let mut candidates: Vec<usize> = Vec::new();
    for group in rare {
        let listed = index.get(group).into_iter().flat_map(|list| list.iter().rev().take_while(near));
        candidates.extend(listed.filter(|at| account.get(**at).is_some_and(|other| !crossposted(entry, other))).take(COMPARED));
    }
    candidates.sort_unstable_by(|a, b| b.cmp(a));
    candidates.dedup();
    let others = candidates.into_iter().take(COMPARED).filter_map(|at| account.get(at));
    others.into_iter().find(|other| likeness(&entry.post.sketch, &other.post.sketch) >= share)
}

fn distance(a: &Entry<'_>, b: &Entry<'_>) -> i64 {
    a.at.date().duration_since(b.at.date()).as_hours().abs() / 24
}

/// The same day on other platforms.
fn crossposted(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    distance(a, b) == 0 && !a.post.platforms.iter().any(|platform| b.post.platforms.contains(platform))
}

/// Twice the common groups over the groups of both (Dice 1945), between 0 and 1; estimated from the smallest hashes of long texts.
fn likeness(a: &[u64], b: &[u64]) -> f64 {
    let sampled = a.len() == SKETCH || b.len() == SKETCH;
    let most = if sampled { SKETCH } else { usize::MAX };
    let (mut common, mut all) = (0_u32, 0_u32);
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while (all as usize) < most {
        match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(l), Some(r)) if l == r => {
                common += 1;
                left.next();
                right.next();
            }
            (Some(l), Some(r)) if l < r => drop(left.next()),
            (Some(_), None) => drop(left.next()),
            _ => drop(right.next()),
        }
        all += 1;
    }
    if all == 0 { 0.0 } else { 2.0 * f64::from(common) / f64::from(all + common) }
}

fn note(entry: &Entry<'_>, other: &Entry<'_>) -> String {
    let when = match distance(entry, other) {
        0 => "the same day".to_owned(),
        days => format!("{} before, on {}", plural(days, "day"), other.at.date()),
    };
    let (post, path) = (visible(&other.post.post), visible(&other.post.path));
    format!("Post {post} of {path} says it {when}. On another platform the same day it would be fine.")
}
