//! `--fix` and `--diff`: what findings offer is written into the drafts, or shown.

use super::args::{Check, Color};
use super::known::Known;
use super::plan::Plan;
use super::{Exit, check, output};
use crate::batch::mend::{Mended, Mending};
use crate::batch::{Input, Job};
use crate::{report, source};
use anyhow::Result;
use colored::Colorize;
use std::collections::BTreeSet;

/// Mends every draft of a plan, or shows how it would be; what cannot be mended is told and left as it is. The names of those that may identify a
/// patient are added to `sensitive`.
pub(super) fn run(args: &Check, plan: &Plan, color: Color, sensitive: &mut BTreeSet<String>) -> Result<Exit> {
    let known = Known::new(args, plan)?;
    let lanes = check::lanes(plan, &known);
    let reading = check::reading(args)?;
    let (mut exit, mut places, mut drafts, mut more) = (Exit::Clean, 0, 0, 0);
    colored::control::set_override(output::colored(color, output::on_terminal()));
    for job in &plan.jobs {
        let Some(lane) = lanes.get(job.lane) else { continue };
        let settings = plan.lanes.get(job.lane).map_or(0, |lane| lane.settings);
        let is_known = |finding: &_, digest| known.is_known(settings, finding, digest);
        let mending = Mending { lane, reading: &reading, meaning: args.unsafe_fixes, known: &is_known };
        match mended(job, &mending, args.diff) {
            Ok(None) => more += beyond(args, job, &mending, 0),
            Ok(Some(mended)) => {
                (places, drafts) = (places + mended.places, drafts + 1);
                more += beyond(args, job, &mending, mended.places);
                if mended.sensitive {
                    sensitive.insert(job.name.clone());
                }
                if args.diff {
                    show(args, job, &mended)?;
                    exit = exit.max(Exit::Findings);
                } else if let Input::File(path) = &job.input {
                    output::rewrite(path, &mended.bytes)?;
                }
            }
            Err(reason) => {
                output::tell(&format!("postlint: {}: {reason}", report::visible(&job.name)));
                exit = Exit::Trouble;
            }
        }
    }
    if !args.quiet {
        output::tell(&told(args, places, drafts, more));
    }
    Ok(exit)
}

/// How many places of a draft only `--unsafe` would mend. What is pasted is gone once it was read.
fn beyond(args: &Check, job: &Job, mending: &Mending<'_>, places: usize) -> usize {
    if args.unsafe_fixes || args.quiet {
        return 0;
    }
    let wider = Mending { meaning: true, ..*mending };
    let Input::File(_) = job.input else { return 0 };
    mended(job, &wider, true).ok().flatten().map_or(0, |mended| mended.places.saturating_sub(places))
}

/// What was done, and what --unsafe would do more.
fn told(args: &Check, places: usize, drafts: usize, more: usize) -> String {
    let done = match (args.diff, places) {
        (_, 0) => "Nothing can be mended without changing the meaning".to_owned(),
        (true, _) => format!("{places} {} in {drafts} {} would be mended", plural(places, "place"), plural(drafts, "draft")),
        (false, _) => format!("{places} {} in {drafts} {} mended", plural(places, "place"), plural(drafts, "draft")),
    };
    match more {
        0 if places == 0 && args.unsafe_fixes => "There is nothing that can be mended.".to_owned(),
        0 => format!("{done}."),
        _ => format!("{done}; --unsafe would write other words at {more} more {}.", plural(more, "place")),
    }
}

fn plural(n: usize, noun: &str) -> String {
    if n == 1 { noun.to_owned() } else { format!("{noun}s") }
}

fn mended(job: &Job, mending: &Mending<'_>, show_only: bool) -> Result<Option<Mended>, String> {
    let mut bytes = Vec::new();
    match &job.input {
        Input::File(path) => source::read(path, &mut bytes).map_err(|refusal| match refusal {
            source::Refusal::TooLarge => "it is larger than 10 MiB, and only smaller files are mended; split it".to_owned(),
            other => other.to_string(),
        })?,
        Input::Stdin if show_only => source::stdin(&mut bytes).map_err(|refusal| refusal.to_string())?,
        Input::Stdin => return Err("what is pasted cannot be mended in place; name a file, or use --diff".to_owned()),
    }
    mending.mend(&job.name, &bytes)
}

/// The change as a unified diff. Words that may identify a patient are for the author's own eyes here too.
fn show(args: &Check, job: &Job, mended: &Mended) -> Result<()> {
    let name = report::visible(&job.name);
    let hidden = args.redact || (mended.sensitive && !args.reveal && !output::on_terminal());
    let diff = similar::TextDiff::from_lines(&mended.before, &mended.after);
    output::say(|out| {
        if hidden {
            let why = if args.redact { "--redact is on" } else { "it may identify a patient; run in a terminal or add --reveal" };
            let places = plural(mended.places, "place");
            return writeln!(out, "{name}: {} {places} would change; the words are withheld: {why}", mended.places);
        }
        writeln!(out, "--- {name}\n+++ {name}")?;
        for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
            writeln!(out, "{}", hunk.header().to_string().cyan())?;
            for change in hunk.iter_changes() {
                let line = report::visible(change.value().trim_end_matches(['\n', '\r']));
                match change.tag() {
                    similar::ChangeTag::Delete => writeln!(out, "{}", format!("-{line}").red())?,
                    similar::ChangeTag::Insert => writeln!(out, "{}", format!("+{line}").green())?,
                    similar::ChangeTag::Equal => writeln!(out, " {line}")?,
                }
            }
        }
        Ok(())
    })
}
