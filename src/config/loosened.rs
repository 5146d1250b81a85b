//! Says what a config or flag loosens, for the report: whoever approves posts must see what was not looked for, or judged more mildly.

use super::{FailOn, Flags, Named, Settings};
use crate::finding::{Confidence, Severity};
use crate::pack::{Head, RuleSet};
use std::collections::BTreeMap;

/// Rules that a remark names one by one; of more it gives the number.
const NAMED: usize = 3;

/// One remark for every setting that loosens what the packs say, `severities` being what is in force by rule.
pub(super) fn remarks(
    settings: &Settings,
    scopes: &[usize],
    flags: &Flags,
    rules: &RuleSet,
    floor: &BTreeMap<String, Severity>,
) -> Vec<String> {
    let place = flags.jurisdiction.as_deref().or(settings.jurisdiction.as_ref().map(|named| named.name.as_str())).unwrap_or("us");
    let scopes = scopes.iter().filter_map(|at| settings.scopes.get(*at));
    let (mut ignored, mut levels) = (Vec::new(), settings.severities.iter().collect::<Vec<_>>());
    ignored.extend(settings.ignore.iter().cloned());
    for scope in scopes {
        ignored.extend(scope.ignore.iter().cloned());
        levels.extend(&scope.severities);
    }
    ignored.extend(flags.ignore.iter().map(|name| Named { name: name.clone(), at: "--ignore".into() }));
    let mut remarks: Vec<String> = levels.into_iter().flat_map(|(named, to)| milder(named, *to, place, rules, floor)).collect();
    remarks.extend(ignored.iter().filter_map(|named| unheard(named, rules, floor)));
    remarks.extend(selected(settings, flags));
    remarks.extend(surer(settings, flags));
    let passes = match settings.fail_on {
        Some(FailOn::Never) => Some("everything"),
        Some(FailOn::Error) => Some("warnings"),
        _ => None,
    };
    remarks.extend(passes.map(|what| format!("{}: loosened: `fail-on` lets {what} pass.", file(settings))));
    if settings.no_default_packs {
        remarks.push(format!("{}: the built-in rules are not used.", file(settings)));
    }
    remarks
}

/// Rules that a config makes milder than their pack does, by what they come to: a floor may hold some of them higher.
fn milder(named: &Named, to: Severity, place: &str, rules: &RuleSet, floor: &BTreeMap<String, Severity>) -> Vec<String> {
    let mut lowered: BTreeMap<Severity, (Severity, Vec<&str>)> = BTreeMap::new();
    for (head, rule) in rules.heads.iter().zip(&rules.rules).filter(|(head, _)| head.is(&named.name)) {
        let (from, to) = (rule.severity_for(place), floor.get(&head.id).copied().unwrap_or(to).max(to));
        if from > to {
            let (worst, names) = lowered.entry(to).or_insert((from, Vec::new()));
            *worst = from.max(*worst);
            names.push(&head.id);
        }
    }
    let said = |(to, (from, names)): (Severity, (Severity, Vec<&str>))| {
        let verb = if names.len() == 1 { "is" } else { "are" };
        format!("{}: loosened: {} {verb} judged as {}; the rules say {}.", named.at, listed(&names), to.as_str(), from.as_str())
    };
    lowered.into_iter().map(said).collect()
}

/// Rules that a config or flag leaves out.
fn unheard(named: &Named, rules: &RuleSet, floor: &BTreeMap<String, Severity>) -> Option<String> {
    let left = |head: &&Head| head.is(&named.name) && (!floor.contains_key(&head.id) || named.at.starts_with("--"));
    let names: Vec<&str> = rules.heads.iter().filter(left).map(|head| head.id.as_str()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    (!names.is_empty()).then(|| format!("{}: loosened: {} {verb} not looked for.", named.at, listed(&names)))
}

/// That only some rules run.
fn selected(settings: &Settings, flags: &Flags) -> Option<String> {
    let own = settings.select.first();
    let (names, at): (Vec<&str>, &str) = match (flags.select.as_slice(), own) {
        ([], None) => return None,
        ([], Some(first)) => (settings.select.iter().map(|named| named.name.as_str()).collect(), &first.at),
        (names, _) => (names.iter().map(String::as_str).collect(), "--select"),
    };
    let verb = if names.len() == 1 { "is" } else { "are" };
    Some(format!("{at}: loosened: only {} {verb} looked for.", listed(&names)))
}

/// That less certain findings are left out.
fn surer(settings: &Settings, flags: &Flags) -> Option<String> {
    let at = match (flags.confidence, settings.confidence) {
        (Some(Confidence::High), _) => "--confidence".to_owned(),
        (None, Some(Confidence::High)) => file(settings),
        _ => return None,
    };
    Some(format!("{at}: loosened: findings of medium confidence are not shown."))
}

fn file(settings: &Settings) -> String {
    settings.files.last().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default()
}

fn listed(names: &[&str]) -> String {
    if names.len() > NAMED {
        format!("{} rules ({} …)", names.len(), names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "))
    } else {
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{self, PackSource};

    #[test]
    fn what_is_loosened_is_said_and_what_is_tightened_is_not() {
        let rule = |id: &str, severity: &str| format!("  - {{id: {id}, severity: {severity}, message: m, find: {{phrases: [{id}]}}}}\n");
        let text = format!("pack: p\nrules:\n{}{}{}", rule("a", "error"), rule("b", "info"), rule("c", "warning"));
        let source = PackSource { path: "p.yaml".into(), text, ..PackSource::default() };
        let rules = pack::load(RuleSet::default(), &[source]).unwrap();
        let named = |name: &str, at: &str| Named { name: name.into(), at: at.into() };
        let settings = Settings {
            severities: vec![
                (named("a", "c:1:1"), Severity::Warning),
                (named("b", "c:2:1"), Severity::Error),
                (named("p", "c:3:1"), Severity::Info),
            ],
            ignore: vec![named("c", "c:4:1"), named("a", "c:5:1")],
            select: vec![named("b", "c:6:1")],
            confidence: Some(Confidence::High),
            fail_on: Some(FailOn::Never),
            files: vec!["c".into()],
            ..Settings::default()
        };
        let floor = BTreeMap::from([("a".to_owned(), Severity::Warning)]);
        let remarks = remarks(&settings, &[], &Flags { ignore: vec!["b".into()], ..Flags::default() }, &rules, &floor);
        let wanted = [
            "c:1:1: loosened: a is",
            "c:3:1: loosened: c is",
            "c:3:1: loosened: a is",
            "c:4:1: loosened: c is not",
            "--ignore: loosened: b",
            "c:6:1: loosened: only b is",
            "c: loosened: findings",
            "c: loosened: `fail-on`",
        ];
        assert_eq!(remarks.len(), wanted.len(), "{remarks:?}");
        assert!(remarks.iter().zip(wanted).all(|(said, wanted)| said.starts_with(wanted)), "{remarks:?}");
        assert_eq!(super::remarks(&Settings::default(), &[], &Flags::default(), &rules, &BTreeMap::new()), Vec::<String>::new());
    }
}
