//! From what was found to what is written: which words may be shown, where it goes, and whether it can be written as it comes.

use super::args::{Check, Color};
use super::check::{self, Ready};
use super::outcome::Outcome;
use super::plan::Plan;
use super::{output, series, statistics};
use crate::report::{self, Format, Privacy, Report, RuleInfo, Skipped, Stream, Style};
use anyhow::Result;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// Checks the drafts of a plan and writes the report.
pub(super) fn report(args: &Check, plan: &Plan, color: Color) -> Result<Outcome> {
    let page = Page::new(args, plan, color);
    // The findings of a long schedule would fill the memory; statistics need all of them.
    let stream = Stream::suits(args.format) && !args.statistics && plan.jobs.iter().any(crate::batch::Job::is_stream);
    let outcome = if stream { page.as_they_come(args, plan)? } else { page.all_at_once(args, plan)? };
    // On a terminal the report itself names what was skipped; elsewhere nobody may be reading it.
    if !(page.screen && args.format == Format::Text) {
        outcome.skipped.iter().for_each(|skipped| output::tell(&line(skipped)));
    }
    if args.statistics {
        statistics::print(&page.report(&outcome), args.format == Format::Text && args.output.is_none())?;
    }
    Ok(outcome)
}

/// What is settled before the first finding.
struct Page<'p> {
    rules: Vec<RuleInfo<'p>>,
    privacy: Privacy,
    style: Style,
    screen: bool,
}

impl<'p> Page<'p> {
    fn new(args: &Check, plan: &'p Plan, color: Color) -> Self {
        let screen = args.output.is_none() && output::on_terminal();
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(Style::default().width);
        let color = args.format == Format::Text && args.output.is_none() && output::colored(color, screen);
        Self { rules: rules(args, plan), privacy: privacy(args, screen), style: Style { color, width }, screen }
    }

    fn report<'r>(&'r self, outcome: &'r Outcome) -> Report<'r> {
        Report {
            findings: &outcome.findings,
            skipped: &outcome.skipped,
            posts: &outcome.posts,
            rules: &self.rules,
            notes: &outcome.notes,
            summary: outcome.summary,
            privacy: self.privacy,
            style: self.style,
        }
    }

    fn all_at_once(&self, args: &Check, plan: &Plan) -> Result<Outcome> {
        let mut outcome = check::collect(args, plan)?;
        report::withhold(&mut outcome.findings, self.privacy);
        let report = self.report(&outcome);
        deliver(args, |out| {
            if args.quiet && args.format == Format::Text { quiet(&report, out) } else { report::write(args.format, &report, out) }
        })?;
        Ok(outcome)
    }

    fn as_they_come(&self, args: &Check, plan: &Plan) -> Result<Outcome> {
        let mut outcome = Outcome::new(args, plan)?;
        let ready = Ready::new(args, plan, &outcome.known)?;
        deliver(args, |out| {
            let mut stream = Stream::begin(args.format, out)?;
            let mut written = Ok(());
            let posts = ready.run(&mut outcome, |_, mut findings| {
                report::withhold(&mut findings, self.privacy);
                if written.is_ok() {
                    written = findings.iter().try_for_each(|finding| stream.finding(finding));
                }
            });
            written?;
            let late = series::late(&mut outcome, posts, &ready).into_iter().chain(ready.leftovers(args, &mut outcome)).collect::<Vec<_>>();
            late.iter().try_for_each(|finding| stream.finding(finding))?;
            stream.end(&self.report(&outcome))
        })?;
        Ok(outcome)
    }
}

/// Writes to the screen or into the file that was asked for.
fn deliver(args: &Check, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match &args.output {
        None => output::print(write),
        Some(path) => output::save(path, write),
    }
}

/// The findings and what was skipped, without the closing line.
fn quiet(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Vec::new();
    report::write(Format::Concise, report, &mut lines)?;
    let end = lines.strip_suffix(b"\n").unwrap_or(&lines).iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    out.write_all(lines.get(..end).unwrap_or_default())
}

/// `path:line:column: reason`, as far as it is known.
fn line(skipped: &Skipped) -> String {
    let place = |n: Option<usize>| n.map(|n| format!(":{n}")).unwrap_or_default();
    format!(
        "postlint: {}{}{}: {}",
        report::visible(&skipped.path),
        place(skipped.line),
        place(skipped.column),
        report::visible(&skipped.reason)
    )
}

/// Words that may identify a patient are for the author's own eyes.
fn privacy(args: &Check, screen: bool) -> Privacy {
    match () {
        () if args.redact => Privacy::RedactAll,
        () if args.reveal || (screen && args.format == Format::Text) => Privacy::Reveal,
        () => Privacy::WithholdSensitive,
    }
}

/// The rules for the reports that describe them.
fn rules<'p>(args: &Check, plan: &'p Plan) -> Vec<RuleInfo<'p>> {
    if !matches!(args.format, Format::Sarif | Format::Html) {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let lanes = plan.lanes.iter().filter_map(|lane| Some((plan.rules.get(lane.rules)?, &lane.options)));
    let all = lanes.flat_map(|(set, options)| set.rules.iter().map(move |rule| (rule, options)));
    all.filter(|(rule, options)| rule.applies_in(&options.jurisdiction) && seen.insert(&rule.id))
        .map(|(rule, options)| RuleInfo {
            id: &rule.id,
            pack: &rule.pack,
            title: &rule.title,
            message: &rule.message,
            why: &rule.why,
            help: &rule.instead,
            sources: rule.sources_for(&options.jurisdiction),
            severity: rule.severity_for(&options.jurisdiction),
            confidence: rule.confidence,
        })
        .collect()
}
