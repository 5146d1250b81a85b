//! Settles what a linter is told: flags over the config's settings for some files over the config, and the floor beneath all.

use super::{Account, Named, Settings, loosened};
use crate::finding::{Confidence, Severity};
use crate::lint::Options;
use crate::pack::RuleSet;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What flags say; it wins over every config.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// Only these rules or packs, if any.
    pub select: Vec<String>,
    /// Not these rules or packs.
    pub ignore: Vec<String>,
    /// Whose law.
    pub jurisdiction: Option<String>,
    /// Platform of drafts that name none.
    pub platform: Option<String>,
    /// Show findings at least this sure.
    pub confidence: Option<Confidence>,
    /// The account's bio.
    pub profile: Option<String>,
    /// For what expires.
    pub today: Option<Date>,
}

/// A bio changes; after so many days without a look at it nobody knows what it says. Half a year, as long as a quiet account goes unnoticed.
const BIO_DAYS: i32 = 180;

impl Account {
    /// The bio, unless its last review is too long ago. One without a date counts: the author has just written it down.
    fn valid_bio(&self, today: Option<Date>) -> Option<String> {
        let old = self.reviewed.zip(today).is_some_and(|(reviewed, today)| (today - reviewed).get_days() > BIO_DAYS);
        self.bio.clone().filter(|_| !old)
    }
}

/// An account's name as it is compared: without the `@`, in lower case.
pub fn account_key(name: &str) -> String {
    name.trim().trim_start_matches('@').to_lowercase()
}

impl Settings {
    /// The linter's options for drafts in some of the scopes, with remarks on what a floor held fast.
    pub fn options(&self, numbers: &[usize], flags: &Flags, rules: &RuleSet) -> (Options, Vec<String>) {
        let scopes: Vec<_> = numbers.iter().filter_map(|at| self.scopes.get(*at)).collect();
        let mut notes: Vec<String> = self.old_bios(flags.today).collect();
        let floor = self.floor_of(rules);
        notes.extend(loosened::remarks(self, numbers, flags, rules, &floor));
        let ignored = self.ignore.iter().chain(scopes.iter().flat_map(|scope| &scope.ignore));
        let mut ignore: Vec<String> = flags.ignore.clone();
        for named in ignored {
            ignore.extend(self.ignored(named, &floor, rules, &mut notes));
        }
        let levels = self.severities.iter().chain(scopes.iter().flat_map(|scope| &scope.severities));
        let platform = scopes.iter().rev().find_map(|scope| scope.platform.as_ref()).or(self.platform.as_ref());
        let options = Options {
            jurisdiction: flags
                .jurisdiction
                .clone()
                .or(self.jurisdiction.as_ref().map(|named| named.name.clone()))
                .unwrap_or_else(|| "us".into()),
            select: if flags.select.is_empty() { self.selected(&floor) } else { flags.select.clone() },
            ignore,
            severities: severities(levels, &floor, rules, &mut notes),
            confidence: flags.confidence.or(self.confidence).unwrap_or(Confidence::Medium),
            platforms: flags.platform.clone().or(platform.map(|named| named.name.clone())).into_iter().collect(),
            profile: flags.profile.clone().or_else(|| self.bio(flags.today)),
            today: flags.today,
            roster: None,
            floor,
        };
        (options, notes)
    }

    /// Every name of a rule or pack that the config mentions, to be looked up.
    pub fn rule_names(&self) -> impl Iterator<Item = &Named> {
        let scopes = self.scopes.iter().flat_map(|scope| scope.ignore.iter().chain(scope.severities.iter().map(|(named, _)| named)));
        let levels = self.severities.iter().chain(&self.floor).map(|(named, _)| named);
        self.select.iter().chain(&self.ignore).chain(levels).chain(scopes)
    }

    /// What the linter of each account is told beyond `common`: its own bio and platforms, unless flags say otherwise.
    pub fn account_options(&self, common: &Options, flags: &Flags) -> BTreeMap<String, Options> {
        let own = |account: &Account| Options {
            profile: flags.profile.clone().or_else(|| account.valid_bio(flags.today)),
            platforms: match &flags.platform {
                None if !account.platforms.is_empty() => account.platforms.clone(),
                _ => common.platforms.clone(),
            },
            ..common.clone()
        };
        self.accounts.iter().map(|(name, account)| (account_key(name), own(account))).collect()
    }

    /// The bio of the only account; with several, each post's own account decides and there is no common one.
    fn bio(&self, today: Option<Date>) -> Option<String> {
        let mut accounts = self.accounts.values();
        accounts.next().filter(|_| accounts.next().is_none()).and_then(|account| account.valid_bio(today))
    }

    /// Remarks on bios that nobody has looked at for too long.
    fn old_bios<'s>(&'s self, today: Option<Date>) -> impl Iterator<Item = String> + 's {
        let old = self.accounts.iter().filter(move |(_, account)| account.bio.is_some() && account.valid_bio(today).is_none());
        old.map(|(name, _)| {
            format!(
                "The bio of {name} was last looked at more than {BIO_DAYS} days ago, so it does not count; look again and set `reviewed`."
            )
        })
    }

    /// The names under `select`, and the rules that a floor holds: those run whatever is selected.
    fn selected(&self, floor: &BTreeMap<String, Severity>) -> Vec<String> {
        let held = floor.keys().filter(|_| !self.select.is_empty());
        self.select.iter().map(|named| &named.name).chain(held).cloned().collect()
    }

    /// What each rule may not fall below, by the packs and by the configs.
    fn floor_of(&self, rules: &RuleSet) -> BTreeMap<String, Severity> {
        let mut floor = rules.floor.clone();
        for (named, severity) in &self.floor {
            for rule in members(rules, &named.name) {
                let held = floor.entry(rule).or_insert(*severity);
                *held = (*held).max(*severity);
            }
        }
        floor
    }

    /// The rules that a config really may ignore under a name.
    fn ignored(&self, named: &Named, floor: &BTreeMap<String, Severity>, rules: &RuleSet, notes: &mut Vec<String>) -> Vec<String> {
        let (held, free): (Vec<String>, Vec<String>) = members(rules, &named.name).into_iter().partition(|rule| floor.contains_key(rule));
        if held.is_empty() {
            return vec![named.name.clone()];
        }
        notes.push(format!("{}: {} is not ignored: a floor holds it.", named.at, held.join(", ")));
        free
    }
}

/// Severities rule by rule: a rule's own setting beats its pack's, later ones beat earlier ones, and the floor beats all.
fn severities<'s>(
    levels: impl Iterator<Item = &'s (Named, Severity)>,
    floor: &BTreeMap<String, Severity>,
    rules: &RuleSet,
    notes: &mut Vec<String>,
) -> BTreeMap<String, Severity> {
    let (packs, own): (Vec<_>, Vec<_>) = levels.partition(|(named, _)| rules.packs.contains_key(&named.name));
    let mut all = BTreeMap::new();
    for (named, severity) in packs.into_iter().chain(own) {
        for rule in members(rules, &named.name) {
            let held = floor.get(&rule).copied().unwrap_or(*severity);
            if held > *severity {
                notes.push(format!("{}: {rule} stays at {}: a floor holds it.", named.at, held.as_str()));
            }
            all.insert(rule, held.max(*severity));
        }
    }
    all
}

/// The rules under a name: of a pack, or the rule itself under its present id.
fn members(rules: &RuleSet, name: &str) -> Vec<String> {
    rules.heads.iter().filter(|head| head.is(name)).map(|head| head.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{self, PackSource};

    fn rules() -> RuleSet {
        let text = "pack: p\nrules:\n  - {id: a, severity: info, message: m, find: {phrases: [alpha]}}\n  - {id: b, severity: error, message: m, find: {phrases: [beta]}}\n";
        let source = PackSource { path: "p.yaml".into(), text: text.into(), ..PackSource::default() };
        pack::load(RuleSet::default(), &[source]).unwrap()
    }

    fn named(name: &str) -> Named {
        Named { name: name.into(), at: "c:1:1".into() }
    }

    #[test]
    fn the_floor_holds_and_says_so() {
        let settings = Settings {
            floor: vec![(named("a"), Severity::Warning)],
            ignore: vec![named("p")],
            severities: vec![(named("a"), Severity::Info), (named("p"), Severity::Info)],
            ..Settings::default()
        };
        let (options, notes) = settings.options(&[], &Flags::default(), &rules());
        assert_eq!(options.ignore, ["b"]);
        assert_eq!(options.severities, BTreeMap::from([("a".into(), Severity::Warning), ("b".into(), Severity::Info)]));
        assert_eq!(options.floor, BTreeMap::from([("a".into(), Severity::Warning)]));
        let held: Vec<&String> = notes.iter().filter(|note| !note.contains("loosened")).collect();
        assert_eq!((held.len(), notes.len()), (3, 5), "{notes:?}");
    }

    #[test]
    fn a_floor_runs_whatever_is_selected() {
        let settings = Settings { floor: vec![(named("a"), Severity::Warning)], select: vec![named("b")], ..Settings::default() };
        assert_eq!(settings.options(&[], &Flags::default(), &rules()).0.select, ["b", "a"]);
        let flags = Flags { select: vec!["b".into()], ..Flags::default() };
        assert_eq!(settings.options(&[], &flags, &rules()).0.select, ["b"], "whoever types a flag knows it");
    }

    #[test]
    fn each_account_has_its_own_bio_until_it_is_old() {
        let account = |bio: &str, reviewed| Account { bio: Some(bio.into()), reviewed, platforms: vec!["x".into()] };
        let day = |year, month| Some(jiff::civil::date(year, month, 1));
        let accounts = BTreeMap::from([("@Dr_A".into(), account("a", day(2026, 10))), ("b".into(), account("b", day(2025, 10)))]);
        let settings = Settings { accounts, ..Settings::default() };
        let flags = Flags { today: day(2026, 11), ..Flags::default() };
        let (common, notes) = settings.options(&[], &flags, &rules());
        assert_eq!((common.profile.clone(), notes.len()), (None, 1));
        let all = settings.account_options(&common, &flags);
        assert_eq!((all["dr_a"].profile.as_deref(), all["b"].profile.as_deref()), (Some("a"), None));
        assert_eq!(all["dr_a"].platforms, ["x"]);
    }

    #[test]
    fn flags_win() {
        let settings =
            Settings { select: vec![named("a")], platform: Some(named("x")), confidence: Some(Confidence::Low), ..Settings::default() };
        let flags = Flags { select: vec!["b".into()], platform: Some("threads".into()), ..Flags::default() };
        let (options, _) = settings.options(&[], &flags, &rules());
        assert_eq!(
            (options.select, options.platforms, options.confidence),
            (vec!["b".to_owned()], vec!["threads".to_owned()], Confidence::Low)
        );
    }
}
