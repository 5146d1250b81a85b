//! `postlint rules`: list them, run their examples, compare two versions of them.

use super::args::{Check, Color, ListFormat, Packs, Rules, SchemaOf};
use super::{Exit, Faults, check, output, packs, plan, suggest};
use crate::finding::{Finding, Severity};
use crate::pack::RuleSet;
use crate::rule::Rule;
use crate::selftest;
use anyhow::Result;
use colored::Colorize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

/// Runs one of the commands.
pub(super) fn run(command: Rules, color: Color) -> Result<Exit> {
    colored::control::set_override(output::colored(color, output::on_terminal()));
    match command {
        Rules::List { packs, format } => list(&load(&packs)?, format),
        Rules::Test { names, packs, strict, coverage } => test(&load(&packs)?, &names, strict, coverage),
        Rules::Schema { of } => schema(of),
        Rules::Diff { old, new, corpus } => diff(&old, &new, &corpus),
    }
}

fn load(packs: &Packs) -> Result<RuleSet> {
    packs::load(&packs.rules, !packs.no_default_rules)
}

fn list(rules: &RuleSet, format: ListFormat) -> Result<Exit> {
    match format {
        ListFormat::Text => output::print(|out| table(rules, out))?,
        ListFormat::Json => {
            let all: Vec<_> = rules.rules.iter().map(|rule| json(rule)).collect();
            output::print(|out| {
                serde_json::to_writer_pretty(&mut *out, &serde_json::json!({"schema_version": 1, "rules": all}))?;
                writeln!(out)
            })?;
        }
    }
    Ok(Exit::Clean)
}

/// One line a rule, beneath the title of its pack.
fn table(rules: &RuleSet, out: &mut dyn Write) -> io::Result<()> {
    let mut pack = "";
    for rule in &rules.rules {
        if rule.pack != pack {
            let title = rules.packs.get(&rule.pack).filter(|title| !title.is_empty()).map(|title| format!("  {title}")).unwrap_or_default();
            writeln!(out, "{}{}{title}", if pack.is_empty() { "" } else { "\n" }, rule.pack.bold())?;
            pack = &rule.pack;
        }
        let severity = format!("{:<8}", rule.severity.as_str());
        let severity = match rule.severity {
            Severity::Error => severity.red(),
            Severity::Warning => severity.yellow(),
            Severity::Info => severity.cyan(),
        };
        writeln!(out, "  {:<34} {severity}{:<7} {}", rule.id, rule.confidence.as_str(), rule.title)?;
    }
    writeln!(out, "\n{} rules. `postlint explain RULE` says more.", rules.rules.len())
}

fn json(rule: &Rule) -> serde_json::Value {
    serde_json::json!({
        "id": rule.id, "pack": rule.pack, "title": rule.title, "severity": rule.severity, "confidence": rule.confidence,
        "message": rule.message, "why": rule.why, "instead": rule.instead, "sources": rule.sources,
        "jurisdictions": rule.jurisdictions, "sensitive": rule.sensitive,
    })
}

fn test(rules: &RuleSet, names: &[String], strict: bool, coverage: bool) -> Result<Exit> {
    let unknown: Vec<String> = names.iter().filter(|name| !rules.knows(name)).map(|name| suggest::unknown(rules, name)).collect();
    if !unknown.is_empty() {
        return Err(Faults(unknown).into());
    }
    let outcome = selftest::run(rules, names, strict);
    output::print(|out| {
        for failure in &outcome.failures {
            writeln!(out, "{}:{}: rule {}: {}", failure.file, failure.line, failure.rule.bold(), crate::report::visible(&failure.what))?;
        }
        if coverage {
            write_coverage(&outcome, out)?;
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

/// How many parts of each rule no example exercises.
fn write_coverage(outcome: &selftest::Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut idle: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (rule, set, item, pattern) in &outcome.unexercised {
        idle.entry(rule).or_default().push(format!("{} {} of `{set}`", if *pattern { "pattern" } else { "phrase" }, item + 1));
    }
    for (rule, parts) in &idle {
        writeln!(out, "{rule}: idle: {}", parts.join(", "))?;
    }
    Ok(())
}

fn schema(of: SchemaOf) -> Result<Exit> {
    let text = match of {
        SchemaOf::Pack => include_str!("../../docs/schema/pack.json"),
        SchemaOf::Config => include_str!("../../docs/schema/config.json"),
    };
    output::print(|out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Clean)
}

/// What a change of packs does to a folder of ordinary posts: findings that go and findings that come, without their words.
fn diff(old: &Path, new: &Path, corpus: &Path) -> Result<Exit> {
    let (before, after) = (findings(old, corpus)?, findings(new, corpus)?);
    let gone = before.iter().filter(|(key, _)| !after.contains_key(*key)).map(|(_, finding)| ("-", finding));
    let come = after.iter().filter(|(key, _)| !before.contains_key(*key)).map(|(_, finding)| ("+", finding));
    let mut changes: Vec<_> = gone.chain(come).collect();
    changes.sort_by(|a, b| (&a.1.path, &a.1.post, a.1.place, &a.1.rule).cmp(&(&b.1.path, &b.1.post, b.1.place, &b.1.rule)));
    output::print(|out| {
        for (sign, finding) in &changes {
            let (line, column) = finding.place.map_or((1, 1), |place| (place.from.line, place.from.column));
            writeln!(
                out,
                "{sign} {}:{line}:{column}: {} {}",
                crate::report::visible(&finding.path),
                finding.severity.as_str(),
                finding.rule
            )?;
        }
        let count = |sign| changes.iter().filter(|(own, _)| *own == sign).count();
        writeln!(out, "{} findings before, {} after: {} gone, {} new", before.len(), after.len(), count("-"), count("+"))
    })?;
    Ok(if changes.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn findings(rules: &Path, corpus: &Path) -> Result<BTreeMap<String, Finding>> {
    let args = Check::plain(corpus, rules);
    let outcome = check::collect(&args, &plan::make(&args, false)?)?;
    let key = |f: &Finding| format!("{}\0{}\0{}\0{:?}\0{}", f.path, f.post, f.field, f.place.map(|place| place.bytes), f.rule);
    Ok(outcome.findings.into_iter().map(|finding| (key(&finding), finding)).collect())
}
