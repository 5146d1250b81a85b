//! `postlint rules diff`: what a change of packs does to a folder of ordinary posts, finding by finding.

use super::super::args::Check;
use super::super::{Exit, check, output, plan};
use crate::finding::{Confidence, Finding};
use crate::report::{self, Privacy, visible};
use anyhow::Result;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

/// Lists the findings that go (`-`) and come (`+`), with the words that they stand on; those of posts that may identify a patient only when `reveal`
/// is set.
pub(super) fn run(old: &Path, new: &Path, corpus: &Path, reveal: bool) -> Result<Exit> {
    let mut all = findings(old, corpus)?;
    let before = all.len();
    all.extend(findings(new, corpus)?);
    let after = all.len() - before;
    // One sensitive finding silences its post, also when only the other packs know it.
    report::withhold(&mut all, if reveal { Privacy::Reveal } else { Privacy::WithholdSensitive });
    let (old, new) = all.split_at(before);
    let mut changes = missing_in(new, old, '-');
    changes.extend(missing_in(old, new, '+'));
    changes.sort_by(|a, b| key(a.1).cmp(&key(b.1)));
    output::say(|out| {
        changes.iter().try_for_each(|(sign, finding)| line(*sign, finding, out))?;
        let count = |sign| changes.iter().filter(|(own, _)| *own == sign).count();
        writeln!(out, "{before} findings before, {after} after: {} gone, {} new", count('-'), count('+'))
    })?;
    Ok(if changes.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn findings(rules: &Path, corpus: &Path) -> Result<Vec<Finding>> {
    let args = Check::plain(corpus, rules);
    Ok(check::collect(&args, &plan::make(&args, false)?)?.findings)
}

/// The findings of `these` that `others` has not, each with a sign.
fn missing_in<'f>(others: &[Finding], these: &'f [Finding], sign: char) -> Vec<(char, &'f Finding)> {
    let known: BTreeSet<_> = others.iter().map(key).collect();
    these.iter().filter(|finding| !known.contains(&key(finding))).map(|finding| (sign, finding)).collect()
}

/// What makes two findings the same; a finding that only changed its severity or confidence is another one.
fn key(finding: &Finding) -> (&str, &str, &str, Option<crate::span::Span>, &str, u8, Confidence) {
    let place = finding.place.map(|place| place.bytes);
    (&finding.path, &finding.post, &finding.field, place, &finding.rule, finding.severity as u8, finding.confidence)
}

fn line(sign: char, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = finding.place.map_or(String::new(), |place| format!(":{}:{}", place.from.line, place.from.column));
    let words = finding.excerpt.as_ref().map_or(String::new(), |excerpt| format!(": {}", visible(excerpt.primary.of(&excerpt.text))));
    writeln!(
        out,
        "{sign} {}{place}: {}[{}] post {}{words}",
        visible(&finding.path),
        finding.severity.as_str(),
        finding.rule,
        visible(&finding.post)
    )
}
