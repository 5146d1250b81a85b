//! What somebody has looked at before: the config's `allow` and the baseline.

use super::args::Check;
use super::plan::Plan;
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
    allowed: HashMap<usize, HashSet<String>>,
    used: HashSet<String>,
    /// The rules that a floor holds, by settings, and how many of their findings were silenced.
    floors: HashMap<usize, HashSet<String>>,
    held: usize,
    prints: Fingerprints,
    fresh_salt: Option<String>,
}

impl Known {
    /// Reads the baseline, if one is in force, and the salts.
    pub(super) fn new(args: &Check, plan: &Plan) -> Result<Self> {
        let settings: Vec<(usize, &Settings)> =
            plan.lanes.iter().filter_map(|lane| Some((lane.settings, plan.finder.get(lane.settings)?))).collect();
        let configured = || settings.iter().find_map(|(_, settings)| settings.baseline.clone());
        let path = args.baseline.clone().or_else(configured);
        let mut known = Self {
            path: path.clone(),
            baseline: Baseline::default(),
            salts: HashMap::new(),
            allowed: HashMap::new(),
            used: HashSet::new(),
            floors: plan.lanes.iter().map(|lane| (lane.settings, lane.options.floor.keys().cloned().collect())).collect(),
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
            known.allowed.insert(at, valid.map(|(_, allow)| print_of(allow)).collect());
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

    /// Whether a finding is known.
    pub(super) fn silences(&mut self, settings: usize, finding: &Finding) -> bool {
        let silenced = self.has_seen(settings, finding);
        if silenced {
            self.used.insert(finding.fingerprint.clone());
            self.held += usize::from(self.floors.get(&settings).is_some_and(|rules| rules.contains(&finding.rule)));
        }
        silenced
    }

    /// What the report says when the config or the baseline silenced what a floor holds.
    pub(super) fn remark(&self) -> Option<String> {
        let what = if self.held == 1 { "1 finding of a rule" } else { &format!("{} findings of rules", self.held) };
        (self.held > 0).then(|| format!("loosened: `allow` or the baseline silences {what} that a floor holds."))
    }

    fn has_seen(&self, settings: usize, finding: &Finding) -> bool {
        self.baseline.knows(finding) || self.allowed.get(&settings).is_some_and(|allowed| allowed.contains(&finding.fingerprint))
    }

    /// The same for a finding by itself, taken for the first of its kind in its file.
    pub(super) fn is_known(&self, settings: usize, finding: &Finding, digest: Digest) -> bool {
        let fingerprint = Fingerprints::default().next(self.salts.get(&settings).and_then(Option::as_ref), digest);
        self.has_seen(settings, &Finding { fingerprint, ..finding.clone() })
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
        Ok(Exit::Clean)
    }
}

/// `postlint.yaml:3:5` as a file and a position in it.
fn parted(place: &str) -> (&str, Position) {
    let mut parts = place.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
    let (column, line) = (number(), number());
    (parts.next().unwrap_or(place), Position { line, column })
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
