//! `postlint check`: drafts in, a report out, and an exit code that says what it came to.

use super::args::{Check, Color, DateOrder as Order, FailOn as Flag};
use super::known::Known;
use super::outcome::Outcome;
use super::plan::{self, Plan};
use super::progress::Progress;
use super::{Exit, emit, fix, inputs, output, series, show};
use crate::batch::series::SeriesPost;
use crate::batch::{self, Input, Lane};
use crate::config::{FailOn, Settings};
use crate::document::{DateOrder, Options};
use crate::finding::Finding;
use crate::lint::Linter;
use anyhow::{Result, bail};
use std::io::{self, IsTerminal};

/// Checks what the user named and reports it.
pub(super) fn run(args: &Check, color: Color) -> Result<Exit> {
    let stdin = args.paths.is_empty();
    if stdin && io::stdin().is_terminal() && !args.show_config {
        output::tell("Paste the draft, then press Ctrl-D on a line of its own.");
    }
    if args.watch {
        return super::watch::run(args, color);
    }
    let mut plan = plan::make(args, stdin)?;
    if args.show_config {
        return show::settings(args, &plan);
    }
    let exit = once(args, &mut plan, color);
    // The process ends here: giving back every phrase of every pack one by one would only take time.
    std::mem::forget(plan);
    exit
}

/// Checks the drafts of a plan once, mended before where that was asked for.
pub(super) fn once(args: &Check, plan: &mut Plan, color: Color) -> Result<Exit> {
    if let Err(refusal) = inputs::refuse_as_output(args, plan) {
        // Nothing is written anywhere, and the drafts are checked all the same.
        output::tell(&format!("postlint: {refusal:#}. The findings are shown here instead."));
        let shown = Check { output: None, update_baseline: false, baseline: None, fix: false, ..args.clone() };
        return Ok(once(&shown, plan, color)?.max(Exit::Trouble));
    }
    if args.update_baseline && plan.in_part {
        output::tell("postlint: the baseline stays as it is, for a pack has mistakes. The findings are shown here instead.");
        return once(&Check { update_baseline: false, ..args.clone() }, plan, color);
    }
    if args.diff {
        return fix::run(args, plan, color, &mut plan.sensitive.clone());
    }
    let mut sensitive = std::mem::take(&mut plan.sensitive);
    let mended = if args.fix { fix::run(args, plan, color, &mut sensitive) } else { Ok(Exit::Clean) };
    plan.sensitive = sensitive;
    let mended = mended?;
    if args.update_baseline {
        // Nothing is shown, and the fingerprints must be those of a later run.
        plan.sensitive.clear();
        let outcome = collect(args, plan)?;
        let updated = outcome.known.update(&outcome.findings)?;
        return Ok(if outcome.skipped.is_empty() { updated } else { Exit::Trouble });
    }
    Ok(emit::report(args, plan, color)?.exit().max(mended))
}

/// A check that is ready to begin.
pub(super) struct Ready<'p> {
    pub(super) plan: &'p Plan,
    pub(super) lanes: Vec<Lane<'p>>,
    pub(super) fail_on: Vec<FailOn>,
    reading: Options,
    threads: usize,
    infos: bool,
    quiet: bool,
}

impl<'p> Ready<'p> {
    /// Settles what every draft needs.
    pub(super) fn new(args: &Check, plan: &'p Plan, known: &Known) -> Result<Self> {
        Ok(Self {
            plan,
            lanes: lanes(plan, known),
            fail_on: (0..plan.lanes.len()).map(|lane| fail_on(args, plan.settings(lane))).collect(),
            reading: reading(args)?,
            threads: threads(args, plan),
            infos: args.statistics || matches!(args.format.as_str(), "html" | "junit"),
            quiet: args.no_progress || args.quiet,
        })
    }

    /// Checks every draft; `each` gets the findings to report as they come, all of a post at once. Gives back what the rules over several posts need.
    pub(super) fn run(&self, outcome: &mut Outcome, mut each: impl FnMut(&mut Outcome, Vec<Finding>)) -> Vec<SeriesPost> {
        let jobs = &self.plan.jobs;
        let mut progress = Progress::new(jobs.len(), self.quiet);
        let run =
            batch::Plan { jobs, reading: &self.reading, threads: self.threads, infos: self.infos, series: series::wanted(&self.lanes) };
        let mut posts = Vec::new();
        batch::check(run, &self.lanes, |mut checked| {
            progress.at(checked.job);
            if jobs.get(checked.job).is_some_and(|job| self.plan.sensitive.contains(&job.name)) {
                checked.hold_back();
            }
            let lane = jobs.get(checked.job).map_or(0, |job| job.lane);
            let settings = self.plan.lanes.get(lane).map_or(0, |lane| lane.settings);
            let findings = outcome.take(checked, settings, self.fail_on.get(lane).copied().unwrap_or(FailOn::Warning), &mut posts);
            each(outcome, findings);
        });
        progress.end();
        outcome.finish();
        posts
    }

    /// Findings on the entries of `allow`, once everything else was checked.
    pub(super) fn leftovers(&self, args: &Check, outcome: &mut Outcome) -> Vec<Finding> {
        let mut found = outcome.known.leftovers(args, self.plan);
        found.retain_mut(|(lane, finding)| {
            let settings = self.plan.lanes.get(*lane).map_or(0, |lane| lane.settings);
            outcome.shows(settings, finding, self.fail_on.get(*lane).copied().unwrap_or(FailOn::Warning))
        });
        found.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// Checks every draft of a plan and keeps the findings.
pub(super) fn collect(args: &Check, plan: &Plan) -> Result<Outcome> {
    let mut outcome = Outcome::new(args, plan)?;
    let ready = Ready::new(args, plan, &outcome.known)?;
    let posts = ready.run(&mut outcome, |outcome, findings| outcome.findings.extend(findings));
    series::add(&mut outcome, posts, &ready);
    for finding in ready.leftovers(args, &mut outcome) {
        let at = outcome.findings.partition_point(|other| other.path <= finding.path);
        outcome.findings.insert(at, finding);
    }
    Ok(outcome)
}

/// The linters of a plan.
pub(super) fn lanes<'p>(plan: &'p Plan, known: &Known) -> Vec<Lane<'p>> {
    let lane = |lane: &plan::Lane| {
        let rules = plan.rules.get(lane.rules)?;
        let accounts = lane.accounts.iter().map(|(name, options)| (name.clone(), Linter::new(rules, options.clone()))).collect();
        Some(Lane { linter: Linter::new(rules, lane.options.clone()), accounts, salt: known.salt(lane.settings) })
    };
    plan.lanes.iter().filter_map(lane).collect()
}

/// From which severity on a run fails: the flag, then the config.
pub(super) fn fail_on(args: &Check, settings: Option<&Settings>) -> FailOn {
    let flag = args.fail_on.map(|flag| match flag {
        Flag::Error => FailOn::Error,
        Flag::Warning => FailOn::Warning,
        Flag::Info => FailOn::Info,
        Flag::Never => FailOn::Never,
    });
    flag.or(settings.and_then(|settings| settings.fail_on)).unwrap_or(FailOn::Warning)
}

/// One small draft is not worth a second thread.
fn threads(args: &Check, plan: &Plan) -> usize {
    let small = |input: &Input| match input {
        Input::File(path) => std::fs::metadata(path).is_ok_and(|data| data.len() < 1024 * 1024),
        Input::Stdin => false,
    };
    match (args.jobs, plan.jobs.as_slice()) {
        (Some(jobs), _) => usize::from(jobs),
        (None, [only]) if small(&only.input) => 1,
        (None, _) => std::thread::available_parallelism().map_or(1, usize::from),
    }
}

pub(super) fn reading(args: &Check) -> Result<Options> {
    let column = |pair: &String| match pair.split_once('=') {
        Some((field, column)) if !field.trim().is_empty() && !column.trim().is_empty() => {
            Ok((field.trim().to_owned(), column.trim().to_owned()))
        }
        _ => bail!("--csv-map {pair}: write it as FIELD=COLUMN, such as text=Message"),
    };
    let date_order = args.date_order.map(|order| match order {
        Order::Dmy => DateOrder::Dmy,
        Order::Mdy => DateOrder::Mdy,
    });
    Ok(Options { date_order, csv_columns: args.csv_map.iter().map(column).collect::<Result<_>>()? })
}
