//! Adds what the posts of a batch come to together to what they are by themselves, in the order of the report.

use super::check::Ready;
use super::outcome::Outcome;
use crate::batch::fingerprint;
use crate::batch::series::{self, Numbers, SeriesPost};
use crate::batch::{Checked, Lane};
use crate::config::FailOn;
use crate::finding::{Finding, Severity};
use crate::report::PostInfo;
use std::collections::{BTreeMap, HashMap};

/// A finding on several posts before it is merged with the others.
struct New {
    before: usize,
    lane: usize,
    finding: Finding,
}

/// Whether any draft is checked with rules over several posts.
pub(super) fn wanted(lanes: &[Lane<'_>]) -> bool {
    lanes.iter().any(|lane| series::runs(&lane.linter))
}

/// Takes the posts of a part of the batch; each learns how many of the findings that are kept stand before its own.
pub(super) struct Places {
    posts: std::iter::Peekable<std::vec::IntoIter<SeriesPost>>,
}

impl Places {
    pub(super) fn new(checked: &mut Checked) -> Self {
        Self { posts: std::mem::take(&mut checked.series).into_iter().peekable() }
    }

    /// The posts whose findings begin at the part's finding of this number at the latest.
    pub(super) fn until(&mut self, number: usize, kept: usize, into: &mut Vec<SeriesPost>) {
        while let Some(post) = self.posts.next_if(|post| post.before <= number) {
            into.push(SeriesPost { before: kept, ..post });
        }
    }
}

/// Adds the findings to those that were kept, each where its post stands.
pub(super) fn add(outcome: &mut Outcome, posts: Vec<SeriesPost>, ready: &Ready<'_>) {
    let new = check(outcome, posts, ready);
    if !new.is_empty() {
        count(&mut outcome.posts, &new);
        outcome.findings = merge(std::mem::take(&mut outcome.findings), new);
    }
}

/// The findings when those of single posts have been written already. They quote nothing, since nobody remembers which posts are sensitive.
pub(super) fn late(outcome: &mut Outcome, posts: Vec<SeriesPost>, ready: &Ready<'_>) -> Vec<Finding> {
    check(outcome, posts, ready).into_iter().map(|new| Finding { excerpt: None, ..new.finding }).collect()
}

/// Checks all posts. Drafts with the same settings and rules are one batch.
fn check(outcome: &mut Outcome, posts: Vec<SeriesPost>, ready: &Ready<'_>) -> Vec<New> {
    let (plan, lanes) = (ready.plan, &ready.lanes);
    let mut batches: BTreeMap<(usize, usize), Vec<SeriesPost>> = BTreeMap::new();
    for post in posts {
        if let Some(lane) = plan.lanes.get(post.lane) {
            batches.entry((lane.settings, lane.rules)).or_default().push(post);
        }
    }
    let mut new = Vec::new();
    for ((settings, _), posts) in batches {
        let schedule = plan.finder.get(settings).and_then(|settings| settings.schedule.as_ref());
        let numbers = schedule.map(Numbers::from).unwrap_or_default();
        let found = series::findings(&posts, &numbers, |lane| lanes.get(lane).map(|lane| &lane.linter));
        outcome.summary.suppressed += found.suppressed;
        outcome.summary.hidden += found.hidden;
        outcome.notes.extend(found.held.iter().map(|(path, rule)| format!("{path}: {rule} is not silenced: a floor holds it.")));
        let place = |number: usize| posts.get(number).map_or((usize::MAX, 0), |post| (post.before, post.lane));
        new.extend(found.findings.into_iter().map(|(number, finding)| {
            let (before, lane) = place(number);
            New { before, lane, finding }
        }));
    }
    new.sort_by(|a, b| (a.before, &a.finding.path).cmp(&(b.before, &b.finding.path)));
    keep(outcome, new, ready)
}

/// Gives the findings their fingerprints and leaves out those that somebody has looked at.
fn keep(outcome: &mut Outcome, new: Vec<New>, ready: &Ready<'_>) -> Vec<New> {
    let mut kept = Vec::with_capacity(new.len());
    let mut file = String::new();
    for mut one in new {
        if one.finding.path != file {
            file.clone_from(&one.finding.path);
            outcome.known.begin_file();
        }
        let settings = ready.plan.lanes.get(one.lane).map_or(0, |lane| lane.settings);
        let salt = ready.lanes.get(one.lane).and_then(|lane| lane.salt.as_ref());
        let words = one.finding.excerpt.as_ref().map_or("", |excerpt| excerpt.text.as_str());
        let digest = fingerprint::digest(salt, &one.finding, words);
        one.finding.fingerprint = outcome.known.fingerprint(settings, digest);
        if outcome.shows(settings, &mut one.finding, ready.fail_on.get(one.lane).copied().unwrap_or(FailOn::Warning)) {
            kept.push(one);
        }
    }
    kept
}

/// Adds the findings to what is known of their posts.
fn count(posts: &mut [PostInfo], new: &[New]) {
    let mut counts: HashMap<(&str, &str), [usize; 3]> = HashMap::new();
    for New { finding, .. } in new {
        let [errors, warnings, infos] = counts.entry((&finding.path, &finding.post)).or_default();
        match finding.severity {
            Severity::Error => *errors += 1,
            Severity::Warning => *warnings += 1,
            Severity::Info => *infos += 1,
        }
    }
    for post in posts {
        if let Some([errors, warnings, infos]) = counts.get(&(post.path.as_str(), post.post.as_str())) {
            post.errors += errors;
            post.warnings += warnings;
            post.infos += infos;
        }
    }
}

/// One list in the order of posts, positions and rules.
fn merge(old: Vec<Finding>, new: Vec<New>) -> Vec<Finding> {
    let mut merged = Vec::with_capacity(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for (number, finding) in old.into_iter().enumerate() {
        while let Some(one) = new.next_if(|one| one.before <= number && !stands_after(&one.finding, &finding)) {
            merged.push(one.finding);
        }
        merged.push(finding);
    }
    merged.extend(new.map(|one| one.finding));
    merged
}

fn stands_after(one: &Finding, other: &Finding) -> bool {
    let key = |finding: &Finding| (finding.place.map(|place| place.bytes), finding.rule.clone());
    (&one.path, &one.post, &one.field) == (&other.path, &other.post, &other.field) && key(one) > key(other)
}
