//! `postlint rules test --coverage`: which phrases, patterns and conditions the examples of a rule exercise.

use crate::pack::RuleSet;
use crate::selftest::{Outcome, Part};
use colored::Colorize;
use std::io::{self, Write};

/// One line a rule, and beneath it everything that no example exercises, as the pack has it.
pub(super) fn write(rules: &RuleSet, outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    for parts in outcome.parts.chunk_by(|a, b| a.rule == b.rule) {
        let Some(first) = parts.first() else { continue };
        let used = used(parts);
        let sum = format!("{used} of {}", parts.len());
        let sum = if used == parts.len() { sum.green() } else { sum.yellow() };
        writeln!(out, "{:<34} {sum} exercised", first.rule)?;
        for part in parts.iter().filter(|part| part.examples == 0) {
            let phrases = rules.matcher.set(part.set).map_or(0, |set| set.phrases.len());
            let number = part.item as usize + if part.pattern { phrases } else { 0 };
            let wording = rules.wording(part.set).into_iter().nth(number).unwrap_or_default();
            let kind = if part.pattern { "pattern" } else { "phrase" };
            writeln!(out, "  idle: {kind} {} of {}: {}", part.item + 1, part.role, crate::report::visible(&wording))?;
        }
    }
    writeln!(out, "{} of {} phrases and patterns are exercised by an example.", used(&outcome.parts), outcome.parts.len())
}

fn used(parts: &[Part]) -> usize {
    parts.iter().filter(|part| part.examples > 0).count()
}
