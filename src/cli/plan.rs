//! From flags to work: which drafts, under which settings, with which rules.

use super::args::{Check, Sureness};
use super::house::House;
use super::roster::Rosters;
use super::{Faults, packs, suggest};
use crate::batch::{Input, Job};
use crate::config::{Finder, Flags, Settings};
use crate::document;
use crate::finding::Confidence;
use crate::lint::Options;
use crate::pack::{JURISDICTIONS, RuleSet};
use crate::report::Skipped;
use crate::source::{self, Walk};
use crate::suppress;
use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Drafts that may have identified a patient before they were mended, by name: a part of what gave it away may still stand there.
    pub(super) sensitive: BTreeSet<String>,
    /// Whether packs are left out because of mistakes in them.
    pub(super) in_part: bool,
    /// Drafts that are left out because their config is broken.
    pub(super) left_out: Vec<PathBuf>,
    /// Lists of patients, each read once.
    rosters: Rosters,
}

/// The number of the rules of each combination of packs, packs further up, built-in packs and the house's own words, and whether they are all.
type Sets = BTreeMap<(Vec<PathBuf>, Vec<PathBuf>, bool, House), (usize, bool)>;

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
    let (mut jobs, walk) = inputs(args, stdin, &mut finder);
    let mut skipped: Vec<Skipped> = walk.skipped.into_iter().map(|s| Skipped::whole(s.path, s.reason)).collect();
    let mut plan = Plan {
        jobs: Vec::new(),
        skipped: Vec::new(),
        lanes: Vec::new(),
        finder,
        rules: Vec::new(),
        notes: Vec::new(),
        sensitive: BTreeSet::new(),
        in_part: false,
        left_out: Vec::new(),
        rosters: Rosters::new(args),
    };
    let flags = flags(args, &mut skipped);
    let (mut known, mut faults) = (Known::default(), Vec::new());
    jobs.retain_mut(|job| match plan.lane_of(args, &flags, job, &mut known) {
        Ok(lane) => {
            job.lane = lane;
            true
        }
        Err(error) => {
            // Drafts under a broken config are left out, the others are checked.
            let lines = error.downcast_ref::<Faults>().map_or_else(|| vec![format!("{error:#}")], |faults| faults.0.clone());
            faults.extend(lines.into_iter().filter(|line| !faults.contains(line)).collect::<Vec<_>>());
            if let Input::File(path) = &job.input {
                plan.left_out.push(path.clone());
            }
            false
        }
    });
    if jobs.is_empty() && !faults.is_empty() {
        return Err(Faults(faults).into());
    }
    skipped.extend(faults.iter().map(|fault| placed(fault, "the drafts that it is for were not checked")));
    let without = |fault: &String| placed(fault, "its rules were left out; the drafts were checked with the others");
    skipped.extend(known.faults.iter().map(|fault| Skipped { unread: false, ..without(fault) }));
    plan.in_part = !known.faults.is_empty();
    plan.skipped.append(&mut skipped);
    let settings: BTreeSet<usize> = plan.lanes.iter().map(|lane| lane.settings).collect();
    let troubles = settings.iter().filter_map(|at| plan.finder.get(*at)).flat_map(|settings| &settings.troubles);
    plan.skipped.extend(troubles.map(|(path, at, reason)| Skipped {
        path: path.clone(),
        line: Some(at.line),
        column: Some(at.column),
        reason: reason.clone(),
        unread: true,
    }));
    plan.skipped.append(&mut plan.rosters.skipped);
    plan.jobs = jobs;
    plan.notes.dedup();
    Ok(plan)
}

/// What was settled for earlier drafts.
#[derive(Default)]
struct Known {
    lanes: BTreeMap<(usize, Vec<usize>), usize>,
    sets: Sets,
    /// Mistakes in packs.
    faults: Vec<String>,
}

/// `FILE:LINE:COLUMN: what is wrong` in its parts, and what came of it.
fn placed(fault: &str, outcome: &str) -> Skipped {
    let (place, reason) = fault.split_once(": ").unwrap_or(("", fault));
    let mut parts = place.rsplitn(3, ':');
    let (column, line, path) = (parts.next(), parts.next(), parts.next());
    let number = |part: Option<&str>| part.and_then(|part| part.parse().ok());
    let reason = format!("{reason} ({outcome})");
    match (path, number(line), number(column)) {
        (Some(path), line @ Some(_), column @ Some(_)) => Skipped { path: path.to_owned(), line, column, reason, unread: true },
        _ => Skipped::whole(place.to_owned(), reason),
    }
}

impl Plan {
    /// The number of the lane of a draft, which is made for the first one of its kind.
    fn lane_of(&mut self, args: &Check, flags: &Flags, job: &Job, known: &mut Known) -> Result<usize> {
        let path = Path::new(&job.name);
        let at = self.finder.find(parent(path))?;
        let key = (at, self.finder.get(at).map(|settings| settings.scopes_of(path)).unwrap_or_default());
        if let Some(lane) = known.lanes.get(&key) {
            return Ok(*lane);
        }
        let settings = self.finder.get(at).cloned().unwrap_or_default();
        let rules = self.rules_for(args, &settings, known)?;
        let lane = self.lane(&key, &settings, rules, flags);
        known.lanes.insert(key, lane);
        Ok(lane)
    }

    /// The settings of a job.
    pub(super) fn settings(&self, lane: usize) -> Option<&Settings> {
        self.finder.get(self.lanes.get(lane)?.settings)
    }

    /// The number of the rules for these settings; loaded once, and every name that flags and config mention is looked up in them.
    fn rules_for(&mut self, args: &Check, settings: &Settings, known: &mut Known) -> Result<usize> {
        let paths: Vec<PathBuf> = settings.packs.iter().chain(&args.rules).cloned().collect();
        let builtin = !(args.no_default_rules || settings.no_default_packs);
        let key = (paths, settings.higher_packs.clone(), builtin, House::of(settings));
        let (at, whole) = match known.sets.get(&key) {
            Some(known) => *known,
            None => {
                let sound = packs::load_sound(&key.0, &key.1, builtin, &key.3)?;
                self.rules.push(sound.rules);
                let made = (self.rules.len() - 1, sound.faults.is_empty());
                known.faults.extend(sound.faults.into_iter().filter(|fault| !known.faults.contains(fault)).collect::<Vec<_>>());
                known.sets.insert(key, made);
                made
            }
        };
        if let Some(rules) = self.rules.get(at) {
            look_up(args, settings, rules, whole)?;
        }
        Ok(at)
    }

    fn lane(&mut self, key: &(usize, Vec<usize>), settings: &Settings, rules: usize, flags: &Flags) -> usize {
        if let Some(set) = self.rules.get(rules) {
            let (mut options, notes) = settings.options(&key.1, flags, set);
            self.notes.extend(notes);
            options.roster = self.rosters.open(&settings.rosters);
            let accounts = settings.account_options(&options, flags);
            self.lanes.push(Lane { settings: key.0, rules, options, accounts });
        }
        self.lanes.len().saturating_sub(1)
    }
}

/// A misspelt name would silently check less than the user believes. When the rules are not `whole`, a name may be that of a rule that was left out.
fn look_up(args: &Check, settings: &Settings, rules: &RuleSet, whole: bool) -> Result<()> {
    let flags = args.select.iter().map(|name| (name, "--select")).chain(args.ignore.iter().map(|name| (name, "--ignore")));
    let config = settings.rule_names().map(|named| (&named.name, named.at.as_str()));
    let mut faults: Vec<String> = flags
        .chain(config)
        .filter(|(name, _)| whole && !rules.knows(name) && !is_notice(name))
        .map(|(name, at)| format!("{at}: {}", suggest::unknown(rules, name)))
        .collect();
    let flag = args.platform.iter().map(|name| (name, "--platform".to_owned()));
    let scoped = settings.scopes.iter().filter_map(|scope| scope.platform.as_ref());
    let config = settings.platform.iter().chain(scoped).map(|named| (&named.name, named.at.clone()));
    let file = settings.files.last().map(|file| source::name(file)).unwrap_or_default();
    let accounts = settings.accounts.iter().flat_map(|(account, own)| own.platforms.iter().map(move |name| (name, account)));
    let accounts = accounts.map(|(name, account)| (name, format!("{file}: the account {account}")));
    for (name, at) in flag.chain(config).chain(accounts) {
        if rules.platform(name).is_none() && !rules.platforms.is_empty() {
            let known: Vec<&str> = rules.platforms.iter().map(|platform| platform.key.as_str()).collect();
            faults.push(format!("{at}: there is no platform `{name}`; choose one of {}", known.join(", ")));
        }
    }
    if let Some(named) = settings.jurisdiction.as_ref().filter(|named| !JURISDICTIONS.contains(&named.name.as_str())) {
        faults.push(format!("{}: there is no jurisdiction `{}`; choose one of {}", named.at, named.name, JURISDICTIONS.join(", ")));
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
fn inputs(args: &Check, stdin: bool, finder: &mut Finder) -> (Vec<Job>, Walk) {
    let is_stdin = |path: &&PathBuf| path.as_os_str() == "-";
    let paths: Vec<PathBuf> = args.paths.iter().filter(|path| !is_stdin(path)).cloned().collect();
    let finder = RefCell::new(finder);
    // A config that is broken is told of when its drafts are planned.
    let excluded = |path: &Path| {
        let mut finder = finder.borrow_mut();
        finder.find(parent(path)).is_ok_and(|at| finder.get(at).is_some_and(|settings| settings.excludes(path)))
    };
    let mut walk = source::walk(&paths, args.force_exclude, &excluded);
    let mut jobs: Vec<Job> =
        walk.drafts.drain(..).map(|draft| Job { name: source::name(&draft.path), input: Input::File(draft.path), lane: 0 }).collect();
    if stdin || args.paths.iter().any(|path| is_stdin(&path)) {
        let name = args.stdin_filename.as_deref().map_or_else(|| "<stdin>".to_owned(), source::name);
        jobs.insert(0, Job { input: Input::Stdin, name, lane: 0 });
    }
    (jobs, walk)
}

/// The folder of a path, as the finder wants it.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A profile that cannot be read does not count; the drafts are checked without it.
fn flags(args: &Check, skipped: &mut Vec<Skipped>) -> Flags {
    let profile = args.profile.as_deref().and_then(|path| match profile(path) {
        Ok(profile) => Some(profile),
        Err(reason) => {
            skipped.push(Skipped::whole(source::name(path), format!("{reason}; the posts were checked without this profile")));
            None
        }
    });
    Flags {
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        jurisdiction: args.jurisdiction.map(|place| place.as_str().to_owned()),
        platform: args.platform.as_ref().map(|name| name.to_lowercase()),
        confidence: args.confidence.map(|level| match level {
            Sureness::High => Confidence::High,
            Sureness::Medium => Confidence::Medium,
            Sureness::Low => Confidence::Low,
        }),
        profile,
        today: Some(args.today.unwrap_or_else(today)),
    }
}

/// The day on the user's clock. Asking for the system's time zone by name would read the whole list of the world's zones, which takes longer than
/// checking a draft; the file behind it says the same.
fn today() -> Date {
    let own = || TimeZone::tzif("local", &std::fs::read("/etc/localtime").ok()?).ok();
    let zone = if std::env::var_os("TZ").is_some() { None } else { own() };
    Timestamp::now().to_zoned(zone.unwrap_or_else(TimeZone::system)).date()
}

fn profile(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    source::read(path, &mut bytes).map_err(|refusal| refusal.to_string())?;
    let text = document::decode(&bytes).map_err(|refusal| refusal.to_string())?.text;
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}
