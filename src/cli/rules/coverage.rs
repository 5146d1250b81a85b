//! `postlint rules test --coverage`: which phrases, patterns and conditions the examples of a rule exercise.

use crate::pack::RuleSet;
use crate::selftest::{self, Condition, Outcome, Part};
use colored::Colorize;
use std::io::{self, Write};

/// One line a rule, and beneath it everything that no example exercises, as the pack has it.
pub(super) fn write(rules: &RuleSet, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for count in &outcome.counts {
        let parts: Vec<&Part> = outcome.parts.iter().filter(|part| part.rule == count.rule).collect();
        let conditions: Vec<&Condition> = outcome.conditions.iter().filter(|condition| condition.rule == count.rule).collect();
        let (used, met) = (used(parts.iter().copied()), met(conditions.iter().copied()));
        let sum = format!("{used} of {} phrases and patterns, {met} of {} conditions", parts.len(), conditions.len());
        let sum = if used == parts.len() && met == conditions.len() { sum.green() } else { sum.yellow() };
        let examples = format!("{} bad ({} subtle), {} good ({} subtle)", count.bad.0, count.bad.1, count.good.0, count.good.1);
        writeln!(out, "{:<34} {examples:<38} {sum}", count.rule)?;
        for part in parts.iter().filter(|part| part.examples == 0) {
            let wording = rules.wording(part.set).into_iter().nth(part.number(rules)).unwrap_or_default();
            let kind = if part.pattern { "pattern" } else { "phrase" };
            writeln!(out, "  idle: {kind} {} of {}: {}", part.item + 1, part.role, crate::report::visible(&wording))?;
        }
        for condition in conditions.iter().filter(|condition| !condition.is_exercised()) {
            let what = if condition.held == 0 { "never holds" } else { "always holds" };
            writeln!(out, "  idle: condition {}{} {what}", condition.role, selftest::asked(condition))?;
        }
    }
    writeln!(
        out,
        "{} of {} phrases and patterns and {} of {} conditions are exercised by an example.",
        used(outcome.parts.iter()),
        outcome.parts.len(),
        met(outcome.conditions.iter()),
        outcome.conditions.len()
    )
}

fn used<'p>(parts: impl Iterator<Item = &'p Part>) -> usize {
    parts.filter(|part| part.examples > 0).count()
}

fn met<'c>(conditions: impl Iterator<Item = &'c Condition>) -> usize {
    conditions.filter(|condition| condition.is_exercised()).count()
}
