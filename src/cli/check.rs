//! `postlint check`: drafts in, a report out, and an exit code that says what it came to.

use super::args::{Check, Color, DateOrder as Order, FailOn as Flag};
use super::known::Known;
use super::plan::{self, Plan};
use super::progress::Progress;
use super::{Exit, fix, output, show};
use crate::batch::{self, Checked, Input, Lane};
use crate::config::FailOn;
use crate::document::{DateOrder, Options};
use crate::finding::{Finding, Severity};
use crate::lint::Linter;
use crate::report::{self, Format, PostInfo, Privacy, Report, RuleInfo, Skipped, Style, Summary};
use anyhow::{Context, Result, bail};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

/// Checks what the user named and reports it.
pub(super) fn run(args: &Check, color: Color) -> Result<Exit> {
    let stdin = args.paths.is_empty();
    if stdin && io::stdin().is_terminal() && !args.show_config {
        output::tell("Paste the draft, then press Ctrl-D on a line of its own.");
    }
    if args.watch {
        return super::watch::run(args, color);
    }
    let plan = plan::make(args, stdin)?;
    if args.show_config {
        return show::settings(&plan);
    }
    once(args, &plan, color)
}

/// Checks the drafts of a plan once, mended before where that was asked for.
pub(super) fn once(args: &Check, plan: &Plan, color: Color) -> Result<Exit> {
    refuse_draft_as_output(args, plan)?;
    if args.diff {
        return fix::run(args, plan, color);
    }
    let mended = if args.fix { fix::run(args, plan, color)? } else { Exit::Clean };
    let mut outcome = collect(args, plan)?;
    if args.update_baseline {
        return outcome.known.update(&outcome.findings);
    }
    outcome.report(args, plan, color)?;
    Ok(outcome.exit().max(mended))
}

/// What all drafts together came to.
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) posts: Vec<PostInfo>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) notes: Vec<String>,
    pub(super) summary: Summary,
    pub(super) fails: bool,
    known: Known,
}

/// Checks every draft of a plan.
pub(super) fn collect(args: &Check, plan: &Plan) -> Result<Outcome> {
    let known = Known::new(args, plan)?;
    let lanes = lanes(plan, &known);
    let fail_on: Vec<FailOn> = (0..plan.lanes.len()).map(|lane| fail_on(args, plan, lane)).collect();
    let reading = reading(args)?;
    let infos = args.statistics || matches!(args.format.as_str(), "html" | "junit");
    let mut outcome = Outcome {
        findings: Vec::new(),
        posts: Vec::new(),
        skipped: plan.skipped.clone(),
        notes: plan.notes.clone(),
        summary: Summary::default(),
        fails: false,
        known,
    };
    let mut progress = Progress::new(plan.jobs.len(), args.no_progress || args.quiet);
    let run = batch::Plan { jobs: &plan.jobs, reading: &reading, threads: threads(args, plan), infos };
    batch::check(run, &lanes, |checked| {
        progress.at(checked.job);
        let lane = plan.jobs.get(checked.job).map_or(0, |job| job.lane);
        outcome.take(checked, plan, lane, fail_on.get(lane).copied().unwrap_or(FailOn::Warning));
    });
    progress.end();
    outcome.finish(args, plan);
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

impl Outcome {
    fn take(&mut self, checked: Checked, plan: &Plan, lane: usize, fail_on: FailOn) {
        self.summary.files += usize::from(checked.begins);
        self.summary.posts += checked.posts;
        self.summary.hidden += checked.hidden;
        self.summary.suppressed += checked.suppressed;
        self.posts.extend(checked.infos);
        self.skipped.extend(checked.skipped);
        self.notes.extend(checked.notes);
        let settings = plan.lanes.get(lane).map_or(0, |lane| lane.settings);
        if checked.begins {
            self.known.begin_file();
        }
        for (mut finding, digest) in checked.findings {
            finding.fingerprint = self.known.fingerprint(settings, digest);
            if self.known.silences(settings, &finding) {
                self.summary.suppressed += 1;
                continue;
            }
            match finding.severity {
                Severity::Error => self.summary.errors += 1,
                Severity::Warning => self.summary.warnings += 1,
                Severity::Info => self.summary.infos += 1,
            }
            self.fails |= fail_on.fails(finding.severity);
            self.findings.push(finding);
        }
    }

    fn finish(&mut self, args: &Check, plan: &Plan) {
        if plan.jobs.is_empty() && self.skipped.is_empty() {
            let path = args.paths.first().map(|path| crate::source::name(path)).unwrap_or_default();
            let reason =
                "nothing to check here: no .txt, .md, .markdown, .jsonl, .ndjson or .csv file that is not hidden or excluded".to_owned();
            self.skipped.push(Skipped { path, line: None, column: None, reason });
        }
        self.summary.skipped = self.skipped.len();
    }

    /// What the run means to a script: the same in every format.
    pub(super) fn exit(&self) -> Exit {
        match () {
            () if !self.skipped.is_empty() => Exit::Trouble,
            () if self.fails => Exit::Findings,
            () => Exit::Clean,
        }
    }

    fn report(&mut self, args: &Check, plan: &Plan, color: Color) -> Result<()> {
        let screen = args.output.is_none() && output::on_terminal();
        let privacy = privacy(args, screen);
        report::withhold(&mut self.findings, privacy);
        // On a terminal the report itself names what was skipped; elsewhere nobody may be reading it.
        if !(screen && args.format == Format::Text) {
            self.skipped.iter().for_each(|skipped| output::tell(&line(skipped)));
        }
        let rules = rules(plan);
        let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(Style::default().width);
        let report = Report {
            findings: &self.findings,
            skipped: &self.skipped,
            posts: &self.posts,
            rules: &rules,
            notes: &self.notes,
            summary: self.summary,
            privacy,
            style: Style { color: args.format == Format::Text && output::colored(color, screen), width },
        };
        let quiet = args.quiet && args.format == Format::Text;
        let write = |out: &mut dyn Write| {
            if quiet { report::write(Format::Concise, &report, out) } else { report::write(args.format, &report, out) }
        };
        match &args.output {
            None => output::print(write)?,
            Some(path) => output::save(path, write)?,
        }
        if args.statistics { super::statistics::print(&report, args.format == Format::Text && args.output.is_none()) } else { Ok(()) }
    }
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

fn fail_on(args: &Check, plan: &Plan, lane: usize) -> FailOn {
    let flag = args.fail_on.map(|flag| match flag {
        Flag::Error => FailOn::Error,
        Flag::Warning => FailOn::Warning,
        Flag::Info => FailOn::Info,
        Flag::Never => FailOn::Never,
    });
    flag.or(plan.settings(lane).and_then(|settings| settings.fail_on)).unwrap_or(FailOn::Warning)
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

fn rules(plan: &Plan) -> Vec<RuleInfo<'_>> {
    let mut seen = std::collections::BTreeSet::new();
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

/// A report must never be written over a draft.
fn refuse_draft_as_output(args: &Check, plan: &Plan) -> Result<()> {
    let Some(target) = &args.output else { return Ok(()) };
    let is_target = |path: &Path| output::same_file(path, target);
    for job in &plan.jobs {
        if let Input::File(path) = &job.input
            && is_target(path)
        {
            bail!("--output {}: that is one of the drafts; choose another name", job.name);
        }
    }
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(io::Error::from(io::ErrorKind::NotFound)).with_context(|| format!("--output {}: there is no such folder", target.display()))
        }
        _ => Ok(()),
    }
}
