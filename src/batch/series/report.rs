//! Turns what the rules over several posts say into findings, each with the settings that its own post was checked with.

use super::{Hit, Numbers, SeriesPost, check};
use crate::finding::{Confidence, Finding};
use crate::lint::Linter;
use crate::rule::Rule;
use crate::suppress;
use std::collections::BTreeSet;

/// What the rules over several posts come to.
#[derive(Debug, Default)]
pub struct Findings {
    /// Number of the post with its finding, by post and rule.
    pub findings: Vec<(usize, Finding)>,
    /// How many the posts' own metadata silenced.
    pub suppressed: usize,
    /// How many were too uncertain to show.
    pub hidden: usize,
    /// The files whose metadata would silence a rule that a floor holds, with the rule: its findings stay.
    pub held: BTreeSet<(String, String)>,
}

/// Checks the posts of drafts with the same rules. `linter_of` gives the linter of a lane.
pub fn findings<'l>(posts: &[SeriesPost], numbers: &Numbers, linter_of: impl Fn(usize) -> Option<&'l Linter<'l>>) -> Findings {
    let mut found = Findings::default();
    let Some(first) = posts.first().and_then(|post| linter_of(post.lane)) else { return found };
    let rules = first.rules();
    for hit in check(rules, numbers, first.options().today, posts) {
        let known = posts.get(hit.post).zip(rules.rules.get(hit.rule)).zip(rules.heads.get(hit.rule));
        let Some((((post, rule), head), linter)) = known.and_then(|known| Some((known, linter_of(known.0.0.lane)?))) else { continue };
        if !linter.runs(head) {
            continue;
        }
        let today = linter.options().today;
        let holds = |until: &Option<jiff::civil::Date>| until.zip(today).is_none_or(|(until, today)| until >= today);
        let named = post.ignored.iter().any(|(name, until)| head.is(name) && holds(until));
        let held = linter.options().floor.contains_key(&rule.id);
        let least = linter.options().confidence.min(if held { Confidence::Medium } else { Confidence::High });
        if named && !held {
            found.suppressed += 1;
        } else if rule.confidence < least {
            found.hidden += 1;
        } else {
            let number = hit.post;
            let mut finding = finding(post, rule, linter, hit);
            if named {
                suppress::hold(&mut finding);
                found.held.insert((post.path.clone(), rule.id.clone()));
            }
            found.findings.push((number, finding));
        }
    }
    found.findings.sort_by(|a, b| (a.0, &a.1.rule).cmp(&(b.0, &b.1.rule)));
    found
}

fn finding(post: &SeriesPost, rule: &Rule, linter: &Linter<'_>, hit: Hit) -> Finding {
    Finding {
        rule: rule.id.clone(),
        pack: rule.pack.clone(),
        title: rule.title.clone(),
        severity: linter.severity_of(rule, None),
        confidence: rule.confidence,
        message: rule.message.clone(),
        why: rule.why.clone(),
        help: if rule.instead.is_empty() { hit.note } else { format!("{} {}", rule.instead, hit.note) },
        sources: rule.sources_for(&linter.options().jurisdiction).to_vec(),
        path: post.path.clone(),
        post: post.post.clone(),
        field: "text".into(),
        place: post.place,
        labels: Vec::new(),
        excerpt: post.excerpt.clone(),
        sensitive: rule.sensitive,
        fingerprint: String::new(),
        edits: Vec::new(),
    }
}
