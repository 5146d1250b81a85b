//! What is kept of a post until the whole batch has been read: no more than the rules over several posts need.

use super::similar;
use crate::config::account_key;
use crate::document::{Document, Field, FieldKind, InputKind, Metadata, Post};
use crate::finding::{Excerpt, Place};
use crate::lint::Linter;
use crate::matcher::Reading;
use crate::pack::RuleSet;
use crate::rule::series::Series;
use jiff::civil::{Date, DateTime};

/// One post, or a thread, with what is known of it.
#[derive(Debug, Clone, Default)]
pub struct SeriesPost {
    /// The file as the user named it.
    pub path: String,
    /// The post in the file.
    pub post: String,
    /// Key of the account; of an export without accounts its path; empty when a draft names none.
    pub account: String,
    /// Keys of the platforms; one empty key when none is known.
    pub platforms: Vec<String>,
    /// When it is to be posted; midnight means that only the day is known.
    pub scheduled: Option<DateTime>,
    /// The content pillar that it names, in lower case.
    pub pillar: Option<String>,
    /// The pillar that its words show.
    pub shows: Option<String>,
    /// Whether it is left out of counting and spacing.
    pub live: bool,
    /// What its words are compared by.
    pub sketch: Vec<u64>,
    /// Day of approval.
    pub approved: Option<Date>,
    /// Day of the event that it tells of.
    pub event: Option<Date>,
    /// Whether a consent is documented, and its last day.
    pub consent: Option<Option<Date>>,
    /// Its first word.
    pub place: Option<Place>,
    /// That word in its line.
    pub excerpt: Option<Excerpt>,
    /// Rules or packs that its metadata silences, with the last day.
    pub ignored: Vec<(String, Option<Date>)>,
    /// Number of the lane that it was checked in; set by the batch.
    pub lane: usize,
    /// How many findings of the same part of the batch stand before those of this post; set by the batch.
    pub before: usize,
}

impl SeriesPost {
    /// Takes what is needed from a document; `None` when no rule could look at it.
    pub fn of(linter: &Linter<'_>, document: &Document) -> Option<Self> {
        let post = document.posts.first()?;
        let metadata = &post.metadata;
        if metadata.scheduled_at.is_none() && metadata.consent.is_none() && metadata.approved_at.is_none() && metadata.event_at.is_none() {
            return None;
        }
        let rules = linter.rules();
        let text = post.fields.iter().find(|field| field.kind == FieldKind::Text).or(post.fields.first());
        let first = text.and_then(|field| field.text.words().first().map(|word| (field, field.text.typed(word.span))));
        let scheduled = metadata.scheduled_at.is_some();
        Some(Self {
            path: document.path.clone(),
            post: post.id.clone(),
            account: account(document, metadata),
            platforms: platforms(linter, metadata),
            scheduled: metadata.scheduled_at,
            pillar: metadata.pillar.as_ref().map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty()),
            shows: text.filter(|_| scheduled && metadata.pillar.is_none()).and_then(|field| shown(rules, field)),
            live: metadata.tags.iter().any(|tag| is_live(tag)),
            sketch: if scheduled { similar::sketch(document.posts.iter().flat_map(texts)) } else { Vec::new() },
            approved: metadata.approved_at,
            event: metadata.event_at,
            consent: metadata.consent.as_ref().map(|consent| consent.expires),
            place: first.map(|(field, span)| field.text.place(span)),
            excerpt: first.map(|(field, span)| field.text.excerpt(span, &[])),
            ignored: metadata.ignore.iter().filter(|i| i.lines.is_none()).map(|i| (i.rule.clone(), i.until)).collect(),
            lane: 0,
            before: 0,
        })
    }
}

/// A post that names no account is its author's; an export that names none is one account's.
fn account(document: &Document, metadata: &Metadata) -> String {
    let export = InputKind::of(&document.path).is_some_and(InputKind::is_records);
    metadata.account.as_deref().map(account_key).unwrap_or_else(|| if export { document.path.clone() } else { String::new() })
}

fn texts(post: &Post) -> impl Iterator<Item = &crate::document::Text> {
    post.fields.iter().filter(|field| field.kind == FieldKind::Text).map(|field| &field.text)
}

fn platforms(linter: &Linter<'_>, metadata: &Metadata) -> Vec<String> {
    let named = if metadata.platforms.is_empty() { &linter.options().platforms } else { &metadata.platforms };
    let key = |name: &String| linter.rules().platform(name).map_or_else(|| name.clone(), |platform| platform.key.clone());
    let mut keys: Vec<String> = named.iter().map(key).collect();
    keys.sort();
    keys.dedup();
    if keys.is_empty() { vec![String::new()] } else { keys }
}

/// Live coverage comes in bursts, and an author may know better.
fn is_live(tag: &str) -> bool {
    let tag = tag.trim().trim_start_matches('#').to_lowercase();
    let after = tag.strip_prefix("event").is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ', '-', '_']));
    let off = tag.strip_prefix("cadence").is_some_and(|rest| rest.trim_start_matches([':', ' ', '-']) == "off");
    after || off || tag == "live"
}

/// The pillar whose words a text has most of; of two with as many, the one that comes first.
fn shown(rules: &RuleSet, field: &Field) -> Option<String> {
    let reading = Reading::new(&field.text, &rules.matcher);
    let pillars = super::series(rules).filter_map(|(_, series)| match series {
        Series::Pillars { pillars, .. } => Some(pillars),
        _ => None,
    });
    let counted = pillars.flatten().filter_map(|(name, set)| {
        let hits = reading.hits((*set)?);
        Some((hits.len(), std::cmp::Reverse(hits.first()?.span.start), name))
    });
    counted.max_by_key(|(count, first, _)| (*count, *first)).map(|(_, _, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_live_coverage() {
        for (tag, live) in
            [("event: ESC26", true), ("#event", true), ("Live", true), ("cadence: off", true), ("events", false), ("cadence", false)]
        {
            assert_eq!(is_live(tag), live, "{tag}");
        }
    }
}
