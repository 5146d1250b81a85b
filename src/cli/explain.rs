//! `postlint explain RULE`: everything that is known of a rule, in plain words.

use super::args::{Color, Explain, Jurisdiction};
use super::{Exit, Faults, output, packs, suggest};
use crate::pack::{Example, Examples};
use crate::report::visible;
use crate::rule::Rule;
use crate::suppress::{NOTICES, Notice};
use anyhow::Result;
use colored::Colorize;
use std::io::{self, Write};

/// Prints one rule.
pub(super) fn run(args: &Explain, color: Color) -> Result<Exit> {
    colored::control::set_override(output::colored(color, output::on_terminal()));
    let rules = packs::load(&args.packs.rules, !args.packs.no_default_rules)?;
    if let Some(notice) = NOTICES.iter().find(|notice| notice.id == args.rule) {
        output::say(|out| about(notice, out))?;
        return Ok(Exit::Clean);
    }
    let Some((rule, examples)) = rules.rule(&args.rule) else {
        return Err(Faults(vec![suggest::unknown(&rules, &args.rule)]).into());
    };
    let place = args.jurisdiction.map(Jurisdiction::as_str);
    output::say(|out| write(rule, examples, &args.rule, place, out))?;
    Ok(Exit::Clean)
}

/// Everything about a rule; with a `place`, only what holds there.
fn write(rule: &Rule, examples: &Examples, asked: &str, place: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}", rule.id.bold(), visible(&rule.title))?;
    if rule.id != asked {
        writeln!(out, "(it was called {asked} before)")?;
    }
    let severity = place.map_or(rule.severity, |place| rule.severity_for(place));
    writeln!(out, "{} in pack {}, confidence {}", severity.as_str(), rule.pack, rule.confidence.as_str())?;
    for (place, severity) in rule.severity_in.iter().filter(|_| place.is_none()) {
        writeln!(out, "{} in {}", severity.as_str(), place.to_uppercase())?;
    }
    if !rule.jurisdictions.is_empty() {
        writeln!(out, "only in: {}", rule.jurisdictions.join(", ").to_uppercase())?;
    }
    section("What", &rule.message, out)?;
    section("Why", &rule.why, out)?;
    section("How to say it instead", &rule.instead, out)?;
    if rule.consent_covers {
        section("Consent", "A documented consent in the post's metadata, unexpired and for this platform, silences it.", out)?;
    }
    sources(rule, place, out)?;
    quoted("Flagged", &examples.bad, place, out)?;
    quoted("Not flagged", &examples.good, place, out)
}

/// A rule about suppressions, which no pack holds.
fn about(notice: &Notice, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  {}\n{} of postlint itself", notice.id.bold(), notice.title, notice.severity.as_str())?;
    section("What", notice.message, out)?;
    section("Why", notice.why, out)?;
    section("What to do", notice.help, out)
}

fn section(heading: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", heading.bold())?;
    text.trim().lines().try_for_each(|line| writeln!(out, "  {}", visible(line)))
}

fn sources(rule: &Rule, place: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let others = rule.sources_in.iter().flat_map(|(place, sources)| sources.iter().map(move |source| (Some(place), source)));
    let all: Vec<_> = match place {
        Some(place) => rule.sources_for(place).iter().map(|source| (None, source)).collect(),
        None => rule.sources.iter().map(|source| (None, source)).chain(others).collect(),
    };
    if !all.is_empty() {
        writeln!(out, "\n{}", "Sources".bold())?;
    }
    for (place, source) in all {
        let place = place.map(|place| format!("{}: ", place.to_uppercase())).unwrap_or_default();
        writeln!(out, "  {place}{}\n    {}", visible(&source.title), visible(&source.url))?;
    }
    Ok(())
}

fn quoted(heading: &str, examples: &[Example], place: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let elsewhere = |example: &&Example| place.is_some_and(|place| example.jurisdiction.as_deref().is_some_and(|own| own != place));
    let examples: Vec<&Example> = examples.iter().filter(|example| !elsewhere(example)).collect();
    if !examples.is_empty() {
        writeln!(out, "\n{}", heading.bold())?;
    }
    for example in examples {
        let about: Vec<&str> =
            [&example.platform, &example.audience, &example.jurisdiction].into_iter().flatten().map(String::as_str).collect();
        let about = if about.is_empty() { String::new() } else { format!("  ({})", about.join(", ")) };
        writeln!(out, "  - {}{about}", visible(example.text.trim()))?;
    }
    Ok(())
}
