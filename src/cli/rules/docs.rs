//! `postlint rules docs`: all rules as one Markdown page, for readers and for a compliance officer who wants to know what is looked for and why.

use crate::finding::Source;
use crate::matcher::SetId;
use crate::pack::{Example, Examples, RuleSet};
use crate::rule::series::Series;
use crate::rule::{Body, Rule};
use std::io::{self, Write};

/// Phrases of one kind that are shown of a rule.
const PHRASES: usize = 8;

/// Examples of one kind that are shown.
const EXAMPLES: usize = 3;

/// Writes the page.
pub(super) fn write(rules: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# The rules\n")?;
    writeln!(
        out,
        "Written by `postlint rules docs > docs/rules.md` from the packs; change those, not this page. What a rule finds is shown by"
    )?;
    writeln!(
        out,
        "samples: each stands for all that its phrase finds (other words of the same lists, other forms, words between). The phrases"
    )?;
    writeln!(out, "themselves are in `rules/`, in the [rule language](rule-language.md).\n")?;
    let mut order: Vec<&str> = Vec::new();
    for rule in &rules.rules {
        if !order.contains(&rule.pack.as_str()) {
            order.push(&rule.pack);
        }
    }
    for pack in &order {
        let count = rules.rules.iter().filter(|rule| rule.pack == *pack).count();
        writeln!(out, "- [{}](#{pack}): {count}", title(rules, pack))?;
    }
    for pack in &order {
        writeln!(out, "\n<a id=\"{pack}\"></a>\n\n## {} (`{pack}`)", title(rules, pack))?;
        for (rule, examples) in rules.rules.iter().zip(&rules.examples).filter(|(rule, _)| rule.pack == *pack) {
            one(rules, rule, examples, out)?;
        }
    }
    Ok(())
}

fn title<'r>(rules: &'r RuleSet, pack: &'r str) -> &'r str {
    rules.packs.get(pack).map_or(pack, |title| title.as_str())
}

fn one(rules: &RuleSet, rule: &Rule, examples: &Examples, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n### `{}`: {}\n", rule.id, plain(&rule.title))?;
    writeln!(out, "**{}**, confidence {}.{} {}\n", rule.severity.as_str(), rule.confidence.as_str(), scope(rule), plain(&rule.message))?;
    for (head, text) in [("Why", &rule.why), ("Instead", &rule.instead)] {
        if !text.is_empty() {
            writeln!(out, "- {head}: {}", plain(text))?;
        }
    }
    if let Some(measured) = measured(&rule.body) {
        writeln!(out, "- Looks at: {measured}")?;
    }
    for (head, phrases) in wordings(rules, &rule.body) {
        let rest = phrases.len().saturating_sub(PHRASES);
        let shown: Vec<String> = phrases.iter().take(PHRASES).map(|phrase| format!("“{}”", plain(phrase))).collect();
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        writeln!(out, "- {head}: {}{more}", shown.join(", "))?;
    }
    listed("Flagged", &examples.bad, out)?;
    listed("Not flagged", &examples.good, out)?;
    let elsewhere =
        rule.sources_in.iter().flat_map(|(place, sources)| sources.iter().map(move |source| (place.to_uppercase() + ": ", source)));
    let sources: Vec<String> =
        rule.sources.iter().map(|source| (String::new(), source)).chain(elsewhere).map(|(place, source)| place + &link(source)).collect();
    if sources.is_empty() { Ok(()) } else { writeln!(out, "- Sources: {}", sources.join("; ")) }
}

/// Where and for whom the rule holds.
fn scope(rule: &Rule) -> String {
    let mut parts = Vec::new();
    if !rule.jurisdictions.is_empty() {
        parts.push(format!("Only in {}.", rule.jurisdictions.join(", ").to_uppercase()));
    }
    parts.extend(rule.severity_in.iter().map(|(place, severity)| format!("In {} {}.", place.to_uppercase(), severity.as_str())));
    if !rule.audience.is_empty() {
        parts.push(format!("Only for posts to {}.", rule.audience.join(", ")));
    }
    if !rule.not_audience.is_empty() {
        parts.push(format!("Not for posts to {}.", rule.not_audience.join(", ")));
    }
    if rule.sensitive {
        parts.push("What it finds may identify a patient.".into());
    }
    if rule.consent_covers {
        parts.push("A documented consent silences it.".into());
    }
    parts.iter().map(|part| format!(" {part}")).collect()
}

/// The words that a rule looks for and those of its conditions, by what they do.
fn wordings(rules: &RuleSet, body: &Body) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let sets: Vec<(String, SetId)> = match body {
        Body::Series(Series::Pillars { pillars, .. }) => {
            pillars.iter().filter_map(|(name, set)| Some((format!("facet {name}"), (*set)?))).collect()
        }
        other => other.sets(),
    };
    for (role, set) in sets {
        let head = head(&role);
        let wording = rules.in_words(set);
        match groups.iter_mut().find(|(known, _)| *known == head) {
            Some((_, phrases)) => phrases.extend(wording.into_iter().filter(|phrase| !phrase.is_empty())),
            None => groups.push((head, wording)),
        }
    }
    for (_, phrases) in &mut groups {
        let mut seen = std::collections::BTreeSet::new();
        phrases.retain(|phrase| seen.insert(phrase.clone()));
    }
    groups.sort_by_key(|(head, _)| ["Finds", "Only with", "Not with"].iter().position(|known| known == head).unwrap_or(3));
    groups
}

/// What the phrases of a role do; the number of a condition does not matter here.
fn head(role: &str) -> String {
    if let Some(name) = role.strip_prefix("facet ") {
        return format!("Counts as {name}");
    }
    let role = role.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    match role {
        "never-exempt" => "Even then".into(),
        "text" => "Asks for".into(),
        "when" => "When there is".into(),
        "before" => "A surname alone counts after".into(),
        "after" => "A surname alone counts before".into(),
        _ if role.ends_with("unless") => "Not with".into(),
        _ if role.ends_with("with") => "Only with".into(),
        _ => "Finds".into(),
    }
}

/// What a rule without words of its own looks at.
fn measured(body: &Body) -> Option<String> {
    match body {
        Body::Limit(limit) => Some(limit.wording()),
        Body::Classify(_) => {
            Some("whether the post as a whole reads like posts of this kind, by weights of its words and pairs of words".into())
        }
        Body::Roster(_) => Some("names on the roster of the practice's own patients; without one, nothing".into()),
        Body::Series(series) => Some(across(series)),
        _ => None,
    }
}

fn across(series: &Series) -> String {
    let clock = |minute: &u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    match series {
        Series::MaxPerDay { max, max_on } => {
            let others: Vec<String> = max_on.iter().map(|(platform, max)| format!(", {max} on {platform}")).collect();
            format!("more than {max} posts of an account on one day and platform{}", others.concat())
        }
        Series::MinGap(minutes) => format!("posts of an account on one platform less than {minutes} minutes apart"),
        Series::MaxGap(days) => format!("more than {days} days without a post of an account"),
        Series::Similar { days, share } => {
            format!("posts of an account within {days} days that share {:.0} % of their word groups", share * 100.0)
        }
        Series::Pillars { share, last, .. } => {
            format!("one content pillar with more than {:.0} % of the last {last} posts of an account, or a whole week", share * 100.0)
        }
        Series::PillarMissing => "posts outside the pillars that the config names".into(),
        Series::QuietHours { from, to } => format!("posts due from {} to {}", clock(from), clock(to)),
        Series::StaleApproval(days) => format!("`approved_at` more than {days} days before the post"),
        Series::RecentCase(days) => format!("`event_at` less than {days} days before the post, without a consent"),
        Series::ConsentExpired => "`consent: {expires}` before the post".into(),
    }
}

fn listed(head: &str, examples: &[Example], out: &mut dyn Write) -> io::Result<()> {
    if examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "- {head}:")?;
    examples.iter().take(EXAMPLES).try_for_each(|example| writeln!(out, "  - {}{}", code(&example.text), about(example)))
}

fn about(example: &Example) -> String {
    let words: Vec<&str> =
        [&example.platform, &example.audience, &example.jurisdiction].into_iter().flatten().map(String::as_str).collect();
    let consent = if example.consent { ["with consent"].as_slice() } else { &[] };
    let words: Vec<&str> = words.into_iter().chain(consent.iter().copied()).collect();
    if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
}

fn link(source: &Source) -> String {
    format!("[{}]({})", plain(&source.title), source.url)
}

/// A code span, on one line whatever it holds.
fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.contains('`') { format!("`` {line} ``") } else { format!("`{line}`") }
}

/// Text whose signs mean nothing to Markdown.
fn plain(text: &str) -> String {
    let special = |c: char| matches!(c, '<' | '>' | '*' | '_' | '[' | ']' | '\\');
    let mut plain = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if special(c) {
            plain.push('\\');
        }
        plain.push(c);
    }
    plain
}
