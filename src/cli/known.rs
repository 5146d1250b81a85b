//! What somebody has looked at before: the config's `allow` and the baseline.

use super::args::Check;
use super::plan::{Lane, Plan};
use super::{Exit, output};
use crate::batch::baseline::{self, Baseline};
use crate::batch::fingerprint::{Digest, Fingerprints, SALT_NAME, Salt};
use crate::config::{Allow, Settings};
use crate::finding::Finding;
use crate::span::Position;
use crate::suppress::{self, EXPIRED, UNUSED};
use anyhow::{Result, anyhow};
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Known findings of a run, and the salts that recognise them.
pub(super) struct Known {
    path: Option<PathBuf>,
    baseline: Baseline,
    salts: HashMap<usize, Option<Salt>>,
    /// The file of each entry of `allow` by its fingerprint, by settings.
    allowed: HashMap<usize, HashMap<String, PathBuf>>,
    used: HashSet<String>,
    /// The rules that a floor holds, by settings, each with the only file whose `allow` answers for it.
    floors: HashMap<usize, HashMap<String, Option<PathBuf>>>,
    /// How many findings stay because of that.
    held: usize,
    prints: Fingerprints,
    fresh_salt: Option<String>,
}

impl Known {
    /// Reads the baseline, if one is in force, and the salts.
    pub(super) fn new(args: &Check, plan: &Plan) -> Result<Self> {
        let settings: Vec<(usize, &Settings)> =
            plan.lanes.iter().filter_map(|lane| Some((lane.settings, plan.finder.get(lane.settings)?))).collect();
        let path = path(args, plan);
        let mut known = Self {
            path: path.clone(),
            baseline: Baseline::default(),
            salts: HashMap::new(),
            allowed: HashMap::new(),
            used: HashSet::new(),
            floors: plan.lanes.iter().map(|lane| (lane.settings, floors(plan, lane))).collect(),
            held: 0,
            prints: Fingerprints::default(),
            fresh_salt: None,
        };
        let common = match &path {
            Some(path) => Some(known.open(path, args.update_baseline)?),
            None => None,
        };
        for (at, settings) in settings {
            let salt = match &common {
                Some(salt) => Some(salt.clone()),
                None => beside(settings)?,
            };
            known.salts.insert(at, salt);
            let today = plan.lanes.iter().find(|lane| lane.settings == at).and_then(|lane| lane.options.today);
            let valid = settings.allow.iter().filter(|(_, allow)| !has_ended(allow, today));
            known.allowed.insert(at, valid.map(|(place, allow)| (print_of(allow), file_of(place))).collect());
        }
        Ok(known)
    }

    fn open(&mut self, path: &Path, update: bool) -> Result<Salt> {
        if !update {
            let (baseline, salt) = Baseline::read(path).map_err(|reason| anyhow!(reason))?;
            self.baseline = baseline;
            return Ok(salt);
        }
        if let Some(salt) = Salt::read(baseline::folder(path)).map_err(|reason| anyhow!(reason))? {
            return Ok(salt);
        }
        let (salt, text) = Salt::random().map_err(|reason| anyhow!(reason))?;
        self.fresh_salt = Some(text);
        Ok(salt)
    }

    /// The salt of drafts under these settings.
    pub(super) fn salt(&self, settings: usize) -> Option<Salt> {
        self.salts.get(&settings).cloned().flatten()
    }

    /// Equal findings are counted within a file.
    pub(super) fn begin_file(&mut self) {
        self.prints = Fingerprints::default();
    }

    /// The fingerprint of the next finding.
    pub(super) fn fingerprint(&mut self, settings: usize, digest: Digest) -> String {
        self.prints.next(self.salts.get(&settings).and_then(Option::as_ref), digest)
    }

    /// Whether a finding is known. One that a floor holds stays, and says so.
    pub(super) fn silences(&mut self, settings: usize, finding: &mut Finding) -> bool {
        let (seen, held) = (self.has_seen(settings, finding), self.is_held(settings, finding));
        if seen {
            self.used.insert(finding.fingerprint.clone());
        }
        if seen && held {
            self.held += 1;
            suppress::hold(finding);
        }
        seen && !held
    }

    /// What the report says when the config or the baseline would silence what a floor holds.
    pub(super) fn remark(&self) -> Option<String> {
        let what = if self.held == 1 { "1 finding is".to_owned() } else { format!("{} findings are", self.held) };
        (self.held > 0).then(|| format!("{what} known to `allow` or the baseline and not silenced: a floor holds the rule."))
    }

    fn has_seen(&self, settings: usize, finding: &Finding) -> bool {
        self.baseline.knows(finding) || self.allowed.get(&settings).is_some_and(|allowed| allowed.contains_key(&finding.fingerprint))
    }

    /// Whether a floor holds the rule of a finding, and whoever set the floor has not answered for the finding in the same file.
    fn is_held(&self, settings: usize, finding: &Finding) -> bool {
        let Some(own) = self.floors.get(&settings).and_then(|rules| rules.get(&finding.rule)) else { return false };
        let allowed = self.allowed.get(&settings).and_then(|allowed| allowed.get(&finding.fingerprint));
        own.is_none() || allowed != own.as_ref()
    }

    /// The same for a finding by itself, taken for the first of its kind in its file.
    pub(super) fn is_known(&self, settings: usize, finding: &Finding, digest: Digest) -> bool {
        let fingerprint = Fingerprints::default().next(self.salts.get(&settings).and_then(Option::as_ref), digest);
        let finding = Finding { fingerprint, ..finding.clone() };
        self.has_seen(settings, &finding) && !self.is_held(settings, &finding)
    }

    /// The entries of `allow` that have ended, and those that were idle although everything under their config was checked.
    pub(super) fn leftovers(&self, args: &Check, plan: &Plan) -> Vec<(usize, Finding)> {
        let mut found = Vec::new();
        let mut told = HashSet::new();
        for (at, lane) in plan.lanes.iter().enumerate() {
            let Some(settings) = plan.finder.get(lane.settings).filter(|_| told.insert(lane.settings)) else { continue };
            let all = lane.options.select.is_empty() && args.ignore.is_empty() && settings.files.iter().all(|config| covers(args, config));
            for (place, allow) in &settings.allow {
                let notice = match () {
                    () if has_ended(allow, lane.options.today) => EXPIRED,
                    () if all && !self.used.contains(&print_of(allow)) => UNUSED,
                    () => continue,
                };
                if suppress::wanted(&lane.options, &notice) {
                    let (path, position) = parted(place);
                    found.push((at, suppress::of_config(&notice, path, position)));
                }
            }
        }
        found
    }

    /// Writes the findings of this run as the new baseline, and its salt when there was none.
    pub(super) fn update(&self, findings: &[Finding]) -> Result<Exit> {
        let Some(path) = &self.path else { return Ok(Exit::Clean) };
        if let Some(salt) = &self.fresh_salt {
            output::save(&baseline::folder(path).join(SALT_NAME), |out| out.write_all(salt.as_bytes()))?;
        }
        let baseline = Baseline::of(findings);
        output::save(path, |out| out.write_all(baseline.text().as_bytes()))?;
        output::tell(&format!("{} known findings written to {}. Keep the file {SALT_NAME} beside it.", baseline.len(), path.display()));
        let held = findings.iter().filter(|finding| self.floors.values().any(|rules| rules.contains_key(&finding.rule))).count();
        if held > 0 {
            let what = if held == 1 { "1 of them is".to_owned() } else { format!("{held} of them are") };
            output::tell(&format!("{what} reported all the same: a floor holds the rule."));
        }
        Ok(Exit::Clean)
    }
}

/// The baseline in force: the one that was named, else that of the config.
pub(super) fn path(args: &Check, plan: &Plan) -> Option<PathBuf> {
    let configured = || plan.lanes.iter().find_map(|lane| plan.finder.get(lane.settings)?.baseline.clone());
    args.baseline.clone().or_else(configured)
}

/// The rules that a floor holds for a lane, each with the file that alone sets it: nobody answers for the floor of a pack, or for that of another.
fn floors(plan: &Plan, lane: &Lane) -> HashMap<String, Option<PathBuf>> {
    let mut floors: HashMap<String, Option<PathBuf>> = HashMap::new();
    let (Some(settings), Some(rules)) = (plan.finder.get(lane.settings), plan.rules.get(lane.rules)) else { return floors };
    for (named, _) in &settings.floor {
        let file = file_of(&named.at);
        for head in rules.heads.iter().filter(|head| head.is(&named.name)) {
            let own = floors.entry(head.id.clone()).or_insert_with(|| Some(file.clone()));
            own.take_if(|own| *own != file);
        }
    }
    floors.extend(rules.floor.keys().map(|rule| (rule.clone(), None)));
    floors
}

/// `postlint.yaml:3:5` as a file and a position in it.
fn parted(place: &str) -> (&str, Position) {
    let mut parts = place.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let (column, line) = (number(), number());
    (parts.next().unwrap_or(place), Position { line, column })
}

/// The file of such a place, the same however it was named.
fn file_of(place: &str) -> PathBuf {
    let name = parted(place).0;
    std::fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name))
}

fn print_of(allow: &Allow) -> String {
    allow.fingerprint.value.to_lowercase()
}

fn has_ended(allow: &Allow, today: Option<Date>) -> bool {
    allow.until.zip(today).is_some_and(|(until, today)| until < today)
}

/// Whether everything beneath a config was asked for.
fn covers(args: &Check, config: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let folder = real(baseline::folder(config));
    args.paths.iter().any(|path| real(path).zip(folder.as_ref()).is_some_and(|(path, folder)| folder.starts_with(path)))
}

/// The salt beside a config.
fn beside(settings: &Settings) -> Result<Option<Salt>> {
    match settings.files.last() {
        Some(config) => Salt::read(baseline::folder(config)).map_err(|reason| anyhow!(reason)),
        None => Ok(None),
    }
}
