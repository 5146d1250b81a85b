//! `--show-config`: what is in force, and where it came from.

use super::args::Check;
use super::plan::{Lane, Plan};
use super::{Exit, output};
use crate::config::{FailOn, Named, Settings};
use crate::report::visible;
use anyhow::Result;
use std::path::Path;

/// Prints the settings of every group of drafts that is checked alike.
pub(super) fn settings(args: &Check, plan: &Plan) -> Result<Exit> {
    let mut page = Page { args, plan, lines: Vec::new() };
    for (at, lane) in plan.lanes.iter().enumerate() {
        let drafts: Vec<&str> = plan.jobs.iter().filter(|job| job.lane == at).map(|job| job.name.as_str()).collect();
        let more = drafts.len().saturating_sub(3);
        let names = drafts.iter().take(3).map(|name| visible(name)).collect::<Vec<_>>().join(", ");
        page.lines.push(format!("# {names}{}", if more > 0 { format!(" and {more} more") } else { String::new() }));
        let none = Settings::default();
        page.lane(lane, plan.settings(at).unwrap_or(&none));
        page.lines.push(String::new());
    }
    page.lines.extend(plan.notes.iter().map(|note| format!("# {note}")));
    page.lines.extend(plan.skipped.iter().map(|skipped| format!("# {}: {}", skipped.path, skipped.reason)));
    output::say(|out| page.lines.iter().try_for_each(|line| writeln!(out, "{}", visible(line))))?;
    Ok(if plan.skipped.is_empty() { Exit::Clean } else { Exit::Trouble })
}

/// The lines so far.
struct Page<'a> {
    args: &'a Check,
    plan: &'a Plan,
    lines: Vec<String>,
}

impl Page<'_> {
    fn lane(&mut self, lane: &Lane, settings: &Settings) {
        let (args, options) = (self.args, &lane.options);
        let files: Vec<String> = settings.files.iter().map(|file| file.display().to_string()).collect();
        self.lines.push(match files.as_slice() {
            [] => "# no postlint.yaml: flags and defaults only".to_owned(),
            files => format!("# from {}", files.join(", ")),
        });
        let flag = |given: bool, name: &'static str| given.then(|| name.to_owned());
        let key = |name: &str| written(settings, name);
        let named = |named: &Option<Named>| named.as_ref().map(|named| named.at.clone());
        self.line(
            "jurisdiction",
            &options.jurisdiction,
            flag(args.jurisdiction.is_some(), "--jurisdiction").or(named(&settings.jurisdiction)),
        );
        self.line("confidence", options.confidence.as_str(), flag(args.confidence.is_some(), "--confidence").or(key("confidence")));
        let fails = super::check::fail_on(args, Some(settings));
        self.line("fail-on", word(fails), flag(args.fail_on.is_some(), "--fail-on").or(key("fail-on")));
        let scope = settings.scopes.iter().rev().filter_map(|scope| scope.platform.as_ref());
        let scoped = scope.into_iter().find(|platform| options.platforms.contains(&platform.name)).map(|platform| platform.at.clone());
        let platform = flag(args.platform.is_some(), "--platform").or(scoped).or(named(&settings.platform));
        self.line("platform", &list(&options.platforms), platform.filter(|_| !options.platforms.is_empty()));
        let builtin = !(args.no_default_rules || settings.no_default_packs);
        let packs = settings.packs.iter().chain(&args.rules).map(|pack| pack.display().to_string());
        let packs: Vec<String> = builtin.then(|| "built-in".to_owned()).into_iter().chain(packs).collect();
        self.line("packs", &list(&packs), flag(!args.rules.is_empty(), "--rules").or(key("packs")).or(key("default-packs")));
        self.line("select", &list(&options.select), flag(!args.select.is_empty(), "--select").or(places(settings.select.iter())));
        let ignored = settings.ignore.iter().chain(settings.scopes.iter().flat_map(|scope| &scope.ignore));
        let ignored = places(ignored.filter(|named| options.ignore.contains(&named.name)));
        let both: Vec<String> = flag(!args.ignore.is_empty(), "--ignore").into_iter().chain(ignored).collect();
        self.line("ignore", &list(&options.ignore), (!both.is_empty()).then(|| both.join(", ")));
        self.levels("severities", options.severities.iter().map(|(rule, level)| (rule.as_str(), level.as_str())), (lane, settings));
        self.levels("floor", settings.floor.iter().map(|(named, level)| (named.name.as_str(), level.as_str())), (lane, settings));
        let bio = if options.profile.is_some() { "given" } else { "none" };
        self.line("profile", bio, flag(args.profile.is_some(), "--profile").or(key("accounts")).filter(|_| options.profile.is_some()));
        self.team(settings);
    }

    /// What belongs to accounts, folders and the plan.
    fn team(&mut self, settings: &Settings) {
        let key = |name: &str| written(settings, name);
        if !settings.accounts.is_empty() {
            self.line("accounts", "", key("accounts"));
        }
        for (name, account) in &settings.accounts {
            let bio = if account.bio.is_some() { "given" } else { "none" };
            let reviewed = account.reviewed.map(|day| format!(", reviewed: {day}")).unwrap_or_default();
            self.lines.push(format!("  {name:?}: {{bio: {bio}{reviewed}, platforms: {}}}", list(&account.platforms)));
        }
        if let Some(place) = key("exclude") {
            self.line("exclude", "as written there", Some(place));
        }
        if let Some(schedule) = &settings.schedule {
            let number = |name: &str, number: Option<u32>| number.map(|number| format!("{name}: {number}"));
            let quiet = schedule
                .quiet_hours
                .as_ref()
                .map(|hours| format!("quiet-hours: {} to {}", hours.from.strftime("%H:%M"), hours.to.strftime("%H:%M")));
            let pillars = (!schedule.pillars.is_empty()).then(|| format!("pillars: {}", list(&schedule.pillars)));
            let parts = [number("max-per-day", schedule.max_per_day), number("min-gap", schedule.min_gap), quiet, pillars];
            self.line("schedule", &format!("{{{}}}", parts.into_iter().flatten().collect::<Vec<_>>().join(", ")), key("schedule"));
        }
        if !settings.allow.is_empty() {
            self.line("allow", &format!("{} findings", settings.allow.len()), key("allow"));
        }
        match (&self.args.baseline, &settings.baseline) {
            (Some(path), _) => self.line("baseline", &path.display().to_string(), Some("--baseline".to_owned())),
            (None, Some(path)) => self.line("baseline", &path.display().to_string(), key("baseline")),
            (None, None) => {}
        }
    }

    /// `key: value  # origin`.
    fn line(&mut self, key: &str, value: &str, origin: Option<String>) {
        let setting = format!("{key}: {value}");
        self.lines.push(format!("{:<31} # {}", setting.trim_end(), origin.unwrap_or_else(|| "default".to_owned())));
    }

    /// One line a rule, each with the line of the config that names it or its pack.
    fn levels<'l>(&mut self, key: &str, levels: impl Iterator<Item = (&'l str, &'l str)>, (lane, settings): (&Lane, &Settings)) {
        let levels: Vec<_> = levels.collect();
        if levels.is_empty() {
            return self.line(key, "{}", None);
        }
        let scoped = settings.scopes.iter().flat_map(|scope| &scope.severities);
        let all: Vec<&Named> = settings.severities.iter().chain(scoped).chain(&settings.floor).map(|(named, _)| named).collect();
        let heads = self.plan.rules.get(lane.rules).map(|rules| rules.heads.as_slice()).unwrap_or_default();
        let place = |name: &str| all.iter().rev().find(|named| named.name == name).map(|named| named.at.clone());
        self.lines.push(format!("{key}:"));
        for (rule, level) in levels {
            let pack = || heads.iter().find(|head| head.id == rule).and_then(|head| place(&head.pack));
            let origin = place(rule).or_else(pack);
            self.line(&format!("  {rule}"), level, origin);
        }
    }
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.join(", "))
}

fn places<'n>(names: impl Iterator<Item = &'n Named>) -> Option<String> {
    let places: Vec<&str> = names.map(|named| named.at.as_str()).collect();
    (!places.is_empty()).then(|| places.join(", "))
}

/// `FILE:LINE` of a top-level key, in the nearest config that has it.
fn written(settings: &Settings, key: &str) -> Option<String> {
    let line = |file: &Path| {
        let text = std::fs::read_to_string(file).ok()?;
        let at = text.lines().position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))?;
        Some(format!("{}:{}", file.display(), at + 1))
    };
    settings.files.iter().rev().find_map(|file| line(file))
}

fn word(fail_on: FailOn) -> &'static str {
    match fail_on {
        FailOn::Error => "error",
        FailOn::Warning => "warning",
        FailOn::Info => "info",
        FailOn::Never => "never",
    }
}
