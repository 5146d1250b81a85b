//! From flags to work: which drafts, under which settings, with which rules.

use super::args::{Check, Jurisdiction, Sureness};
use super::{Faults, packs, suggest};
use crate::batch::{Input, Job};
use crate::config::{ConfigError, Finder, Flags, Settings};
use crate::finding::Confidence;
use crate::lint::Options;
use crate::pack::RuleSet;
use crate::report::Skipped;
use crate::source::{self, Walk};
use crate::suppress;
use anyhow::{Context, Result, bail};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Everything that a check needs to know before it reads the first draft.
pub(super) struct Plan {
    /// In the order of the report.
    pub(super) jobs: Vec<Job>,
    /// What the walk could not look at.
    pub(super) skipped: Vec<Skipped>,
    /// One for all drafts that are checked alike.
    pub(super) lanes: Vec<Lane>,
    /// The settings that lanes refer to.
    pub(super) finder: Finder,
    /// The rules that lanes refer to.
    pub(super) rules: Vec<RuleSet>,
    /// Remarks on the settings.
    pub(super) notes: Vec<String>,
}

/// What drafts that are checked alike have in common.
pub(super) struct Lane {
    /// Number of the settings in the finder.
    pub(super) settings: usize,
    /// Number of the rules.
    pub(super) rules: usize,
    /// What their linter is told.
    pub(super) options: Options,
    /// What the linters of accounts are told.
    pub(super) accounts: BTreeMap<String, Options>,
}

/// Makes the plan for the drafts that were named, or for standard input when `stdin` is set.
pub(super) fn make(args: &Check, stdin: bool) -> Result<Plan> {
    let mut finder = finder(args)?;
    let (mut jobs, walk) = inputs(args, stdin, &mut finder)?;
    let mut skipped: Vec<Skipped> =
        walk.skipped.into_iter().map(|s| Skipped { path: s.path, line: None, column: None, reason: s.reason }).collect();
    let mut plan = Plan { jobs: Vec::new(), skipped: Vec::new(), lanes: Vec::new(), finder, rules: Vec::new(), notes: Vec::new() };
    let flags = flags(args)?;
    let mut lanes: BTreeMap<(usize, Vec<usize>), usize> = BTreeMap::new();
    let mut sets: BTreeMap<(Vec<PathBuf>, bool), usize> = BTreeMap::new();
    for job in &mut jobs {
        let path = Path::new(&job.name).to_path_buf();
        let at = plan.finder.find(parent(&path))?;
        let key = (at, plan.finder.get(at).map(|settings| settings.scopes_of(&path)).unwrap_or_default());
        job.lane = match lanes.get(&key) {
            Some(lane) => *lane,
            None => {
                let settings = plan.finder.get(at).cloned().unwrap_or_default();
                let rules = plan.rules_for(args, &settings, &mut sets)?;
                let lane = plan.lane(&key, &settings, rules, &flags);
                lanes.insert(key, lane);
                lane
            }
        };
    }
    plan.skipped.append(&mut skipped);
    plan.jobs = jobs;
    plan.notes.dedup();
    Ok(plan)
}

impl Plan {
    /// The settings of a job.
    pub(super) fn settings(&self, lane: usize) -> Option<&Settings> {
        self.finder.get(self.lanes.get(lane)?.settings)
    }

    /// The number of the rules for these settings; loaded once, and every name that flags and config mention is looked up in them.
    fn rules_for(&mut self, args: &Check, settings: &Settings, sets: &mut BTreeMap<(Vec<PathBuf>, bool), usize>) -> Result<usize> {
        let paths: Vec<PathBuf> = settings.packs.iter().chain(&args.rules).cloned().collect();
        let builtin = !(args.no_default_rules || settings.no_default_packs);
        let at = match sets.get(&(paths.clone(), builtin)) {
            Some(at) => *at,
            None => {
                self.rules.push(packs::load(&paths, builtin)?);
                sets.insert((paths, builtin), self.rules.len() - 1);
                self.rules.len() - 1
            }
        };
        if let Some(rules) = self.rules.get(at) {
            look_up(args, settings, rules)?;
        }
        Ok(at)
    }

    fn lane(&mut self, key: &(usize, Vec<usize>), settings: &Settings, rules: usize, flags: &Flags) -> usize {
        if let Some(set) = self.rules.get(rules) {
            let (options, notes) = settings.options(&key.1, flags, set);
            self.notes.extend(notes);
            let accounts = settings.account_options(&options, flags);
            self.lanes.push(Lane { settings: key.0, rules, options, accounts });
        }
        self.lanes.len().saturating_sub(1)
    }
}

/// A misspelt name would silently check less than the user believes.
fn look_up(args: &Check, settings: &Settings, rules: &RuleSet) -> Result<()> {
    let flags = args.select.iter().map(|name| (name, "--select")).chain(args.ignore.iter().map(|name| (name, "--ignore")));
    let config = settings.rule_names().map(|named| (&named.name, named.at.as_str()));
    let mut faults: Vec<String> = flags
        .chain(config)
        .filter(|(name, _)| !rules.knows(name) && !is_notice(name))
        .map(|(name, at)| format!("{at}: {}", suggest::unknown(rules, name)))
        .collect();
    let platform = args.platform.as_ref().map(|name| (name, "--platform"));
    for (name, at) in platform.into_iter().chain(settings.platform.iter().map(|named| (&named.name, named.at.as_str()))) {
        if rules.platform(name).is_none() && !rules.platforms.is_empty() {
            let known: Vec<&str> = rules.platforms.iter().map(|platform| platform.key.as_str()).collect();
            faults.push(format!("{at}: there is no platform `{name}`; choose one of {}", known.join(", ")));
        }
    }
    if let Some(named) = settings.jurisdiction.as_ref().filter(|named| !["us", "uk", "ca", "au"].contains(&named.name.as_str())) {
        faults.push(format!("{}: there is no jurisdiction `{}`; choose one of us, uk, ca, au", named.at, named.name));
    }
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults).into()) }
}

/// Whether a name is that of a rule about suppressions, which no pack holds.
fn is_notice(name: &str) -> bool {
    name == suppress::PACK || suppress::NOTICES.iter().any(|notice| notice.id == name)
}

fn finder(args: &Check) -> Result<Finder> {
    Ok(match &args.config {
        Some(path) => Finder::only(path)?,
        None if args.no_config => Finder::without(),
        None => Finder::new(),
    })
}

/// The drafts in order. `-` is standard input, wherever it stands and however often.
fn inputs(args: &Check, stdin: bool, finder: &mut Finder) -> Result<(Vec<Job>, Walk)> {
    let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
    let paths: Vec<PathBuf> = args.paths.iter().filter(|path| !is_stdin(path)).cloned().collect();
    let finder = RefCell::new(finder);
    let wrong: RefCell<Option<ConfigError>> = RefCell::new(None);
    let excluded = |path: &Path| {
        let mut finder = finder.borrow_mut();
        match finder.find(parent(path)) {
            Ok(at) => finder.get(at).is_some_and(|settings| settings.excludes(path)),
            Err(error) => {
                wrong.borrow_mut().get_or_insert(error);
                true
            }
        }
    };
    let mut walk = source::walk(&paths, args.force_exclude, &excluded);
    if let Some(error) = wrong.into_inner() {
        bail!(error);
    }
    let mut jobs: Vec<Job> =
        walk.drafts.drain(..).map(|draft| Job { name: source::name(&draft.path), input: Input::File(draft.path), lane: 0 }).collect();
    if stdin || args.paths.iter().any(|path| is_stdin(&path)) {
        let name = args.stdin_filename.as_deref().map_or_else(|| "<stdin>".to_owned(), source::name);
        jobs.insert(0, Job { input: Input::Stdin, name, lane: 0 });
    }
    Ok((jobs, walk))
}

/// The folder of a path, as the finder wants it.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn flags(args: &Check) -> Result<Flags> {
    let profile =
        args.profile.as_deref().map(|path| profile(path).with_context(|| format!("--profile {}", source::name(path)))).transpose()?;
    Ok(Flags {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        jurisdiction: args.jurisdiction.map(|place| match place {
            Jurisdiction::Us => "us".to_owned(),
            Jurisdiction::Uk => "uk".to_owned(),
            Jurisdiction::Ca => "ca".to_owned(),
            Jurisdiction::Au => "au".to_owned(),
        }),
        platform: args.platform.as_ref().map(|name| name.to_lowercase()),
        confidence: args.confidence.map(|level| match level {
            Sureness::High => Confidence::High,
            Sureness::Medium => Confidence::Medium,
            Sureness::Low => Confidence::Low,
        }),
        profile,
        today: Some(args.today.unwrap_or_else(today)),
    })
}

/// The day on the user's clock. Asking for the system's time zone by name would read the whole list of the world's zones, which takes longer than
/// checking a draft; the file behind it says the same.
fn today() -> Date {
    let own = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
    let zone = if std::env::var_os("TZ").is_some() { None } else { own() };
    Timestamp::now().to_zoned(zone.unwrap_or_else(TimeZone::system)).date()
}

fn profile(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    source::read(path, &mut bytes)?;
    String::from_utf8(bytes).context("it is not UTF-8; save it as UTF-8")
}
