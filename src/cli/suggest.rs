//! "Did you mean": names near one that nobody knows.

use crate::pack::RuleSet;

/// Up to three ids of rules and packs that look like `name`, nearest first.
fn near<'r>(rules: &'r RuleSet, name: &str) -> Vec<&'r str> {
    let known = rules.rules.iter().map(|rule| rule.id.as_str()).chain(rules.packs.keys().map(String::as_str));
    let mut close: Vec<(f32, &str)> = known
        .map(|id| (similar::TextDiff::from_chars(name, id).ratio() + if id.contains(name) { 0.3 } else { 0.0 }, id))
        .filter(|(likeness, _)| *likeness >= 0.6)
        .collect();
    close.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    close.into_iter().take(3).map(|(_, id)| id).collect()
}

/// What to tell of a name that nobody knows.
pub(super) fn unknown(rules: &RuleSet, name: &str) -> String {
    let near = near(rules, name);
    let hint = match near.as_slice() {
        [] => "`postlint rules list` shows them all".to_owned(),
        near => format!("did you mean {}?", near.join(", ")),
    };
    format!("there is no rule or pack `{name}`; {hint}")
}
