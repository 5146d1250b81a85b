//! Which sources a rule cites, and where: a law is named only in the jurisdictions whose law it is.

use super::schema::{PackParams, RuleParams, SourceParams};
use crate::finding::Source;
use crate::rule::{Compiler, Fault, Located};
use std::collections::BTreeMap;

/// Every jurisdiction, the default first.
pub const JURISDICTIONS: [&str; 4] = ["us", "uk", "ca", "au"];

/// What a pack may cite, by key.
pub(super) type Citable<'p> = BTreeMap<&'p str, &'p SourceParams>;

/// The sources that a pack may cite: its own, then those of `others`, the nearest first.
pub(super) fn shared<'p>(own: &'p PackParams, others: impl Iterator<Item = &'p PackParams>) -> Citable<'p> {
    let mut known = Citable::new();
    for (key, source) in std::iter::once(own).chain(others).flat_map(|pack| &pack.sources) {
        known.entry(key).or_insert(source);
    }
    known
}

/// What a rule cites by default, and what it cites instead in some jurisdictions.
pub(super) fn all(params: &RuleParams, known: &Citable<'_>, compiler: &mut Compiler<'_>) -> (Vec<Source>, Vec<(String, Vec<Source>)>) {
    let own = found(&params.sources, known, compiler);
    (own, params.sources_in.iter().map(|(place, keys)| (place.clone(), found(keys, known, compiler))).collect())
}

/// Notes every name of a rule that is no jurisdiction.
pub(super) fn check_places(params: &RuleParams, compiler: &mut Compiler<'_>) {
    let keys = params.sources_in.keys().chain(params.severity_in.keys());
    let keys: Vec<_> = keys.map(|key| Located { value: key.clone(), line: params.id.line, column: params.id.column }).collect();
    compiler.faults.extend(
        params.jurisdictions.iter().chain(&keys).filter_map(|place| Some(Fault { rule: compiler.rule.clone(), ..misplaced(place)? })),
    );
}

fn misplaced(place: &Located<String>) -> Option<Fault> {
    let what = || format!("`{}` is no jurisdiction; use one of {}", place.value, JURISDICTIONS.join(", "));
    let known = JURISDICTIONS.contains(&place.value.as_str());
    (!known).then(|| Fault { line: place.line, column: place.column, rule: None, what: what() })
}

fn found(keys: &[Located<String>], known: &Citable<'_>, compiler: &mut Compiler<'_>) -> Vec<Source> {
    let mut cited = Vec::new();
    for key in keys {
        match known.get(key.value.as_str()) {
            Some(source) => cited.push(Source { title: source.title.clone(), url: source.url.clone() }),
            None => compiler.fault(key, format!("no source is called `{}`; define it under `sources:` or mend the name", key.value)),
        }
    }
    cited
}

#[cfg(test)]
mod tests {
    use super::super::{PackSource, RuleSet, load};

    #[test]
    fn a_jurisdiction_that_does_not_exist_is_told() {
        for entry in ["severity-in: {england: error}", "sources-in: {england: []}", "jurisdictions: [england]"] {
            let text = format!("rules:\n  - {{id: x, severity: info, message: m, {entry}, find: {{phrases: [alpha]}}}}\n");
            let errors = load(RuleSet::default(), &[PackSource { path: "p.yaml".into(), text, ..PackSource::default() }]).unwrap_err();
            assert!(errors.len() == 1 && errors[0].what.contains("`england`"), "{errors:?}");
        }
    }
}
