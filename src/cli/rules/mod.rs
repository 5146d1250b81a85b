//! `postlint rules`: list them, run their examples, compare two versions of them.

mod coverage;
mod diff;
mod docs;

use super::args::{Color, Jurisdiction, ListFormat, Packs, Rules, SchemaOf};
use super::{Exit, Faults, output, packs, suggest};
use crate::finding::Severity;
use crate::pack::RuleSet;
use crate::report::visible;
use crate::rule::Rule;
use crate::selftest;
use anyhow::Result;
use colored::Colorize;
use std::io::{self, Write};

/// Runs one of the commands.
pub(super) fn run(command: Rules, color: Color) -> Result<Exit> {
    colored::control::set_override(output::colored(color, output::on_terminal()));
    match command {
        Rules::List { packs, jurisdiction, format } => list(&load(&packs)?, jurisdiction.map(Jurisdiction::as_str), format),
        Rules::Test { names, packs, strict, idle, coverage } => test(&load(&packs)?, &names, (strict, idle), coverage),
        Rules::Schema { of } => schema(of),
        Rules::Diff { old, new, corpus, reveal } => diff::run(&old, &new, &corpus, reveal),
        Rules::Docs { packs } => {
            let rules = load(&packs)?;
            output::print(|out| docs::write(&rules, out))?;
            Ok(Exit::Clean)
        }
    }
}

fn load(packs: &Packs) -> Result<RuleSet> {
    packs::load(&packs.rules, !packs.no_default_rules)
}

fn list(rules: &RuleSet, place: Option<&str>, format: ListFormat) -> Result<Exit> {
    match format {
        ListFormat::Text => output::say(|out| table(rules, place, out))?,
        ListFormat::Json => {
            let all: Vec<_> = here(rules, place).map(|rule| json(rule, place.unwrap_or("us"))).collect();
            output::print(|out| {
                serde_json::to_writer_pretty(&mut *out, &serde_json::json!({"schema_version": 1, "rules": all}))?;
                writeln!(out)
            })?;
        }
    }
    Ok(Exit::Clean)
}

/// The rules of a jurisdiction, or all.
fn here<'r>(rules: &'r RuleSet, place: Option<&'r str>) -> impl Iterator<Item = &'r Rule> {
    rules.rules.iter().map(|rule| &**rule).filter(move |rule| place.is_none_or(|place| rule.applies_in(place)))
}

/// One line a rule, beneath the title of its pack.
fn table(rules: &RuleSet, place: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    let mut pack = "";
    for rule in here(rules, place) {
        if rule.pack != pack {
            let title = rules
                .packs
                .get(&rule.pack)
                .filter(|title| !title.is_empty())
                .map(|title| format!("  {}", visible(title)))
                .unwrap_or_default();
            writeln!(out, "{}{}{title}", if pack.is_empty() { "" } else { "\n" }, rule.pack.bold())?;
            pack = &rule.pack;
        }
        let level = place.map_or(rule.severity, |place| rule.severity_for(place));
        let severity = format!("{:<8}", level.as_str());
        let severity = match level {
            Severity::Error => severity.red(),
            Severity::Warning => severity.yellow(),
            Severity::Info => severity.cyan(),
        };
        writeln!(out, "  {:<34} {severity}{:<7} {}", rule.id, rule.confidence.as_str(), visible(&rule.title))?;
    }
    writeln!(out, "\n{} rules. `postlint explain RULE` says more.", here(rules, place).count())
}

fn json(rule: &Rule, place: &str) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id, "pack": rule.pack, "title": rule.title, "severity": rule.severity_for(place), "confidence": rule.confidence,
        "message": rule.message, "why": rule.why, "instead": rule.instead, "sources": rule.sources_for(place),
        "jurisdictions": rule.jurisdictions, "sensitive": rule.sensitive,
    })
}

fn test(rules: &RuleSet, names: &[String], (strict, idle): (bool, bool), covered: bool) -> Result<Exit> {
    let unknown: Vec<String> = names.iter().filter(|name| !rules.knows(name)).map(|name| suggest::unknown(rules, name)).collect();
    if !unknown.is_empty() {
        return Err(Faults(unknown).into());
    }
    let mut outcome = selftest::run(rules, names, strict);
    if idle {
        let idle = selftest::idle_parts(rules, &outcome, strict);
        outcome.failures.extend(idle);
    }
    output::say(|out| {
        for failure in &outcome.failures {
            writeln!(out, "{}:{}: rule {}: {}", failure.file, failure.line, failure.rule.bold(), visible(&failure.what))?;
        }
        if covered {
            coverage::write(rules, &outcome, out)?;
        }
        let failed = outcome.failures.len();
        let sum = format!(
            "{} rules, {} examples: {}",
            outcome.rules,
            outcome.examples,
            if failed == 0 { "all as they should be".into() } else { format!("{failed} failures") }
        );
        writeln!(out, "{}", if failed == 0 { sum.green() } else { sum.red() })
    })?;
    Ok(if outcome.failures.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn schema(of: SchemaOf) -> Result<Exit> {
    let text = match of {
        SchemaOf::Pack => include_str!("../../../docs/schema/pack.json"),
        SchemaOf::Config => include_str!("../../../docs/schema/config.json"),
    };
    output::print(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Clean)
}
