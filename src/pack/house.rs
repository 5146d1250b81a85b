//! What an institution's own pack changes in rules of other packs: the wording that they ask for, and what they may not fall below.

use super::Head;
use crate::finding::Severity;
use crate::rule::{Body, Compiler, Located, Rule};
use crate::stored::Stored;
use std::collections::BTreeMap;

/// A sign that may stand in a wording and may be left out by whoever copies it.
const SIGN: &str = " [.|,|;|:|!|?|/|&|+|%|$|#|@|=] ";

/// Makes rules that ask for words (`require`) ask for these and no others.
pub(super) fn reword(rules: &mut [Stored<Rule>], heads: &[Head], wording: &BTreeMap<String, Located<String>>, compiler: &mut Compiler<'_>) {
    for (name, words) in wording {
        let mut changed = false;
        for (_, rule) in heads.iter().zip(rules.iter_mut()).filter(|(head, _)| head.is(name)) {
            let Some(Body::Require(require)) = rule.change().map(|rule| &mut rule.body) else { continue };
            let phrase = Located { value: phrase(&words.value), line: words.line, column: words.column };
            let Some(set) = compiler.set(&[phrase], &[], false, true) else { return };
            require.reword(set, &words.value);
            if let Some(rule) = rule.change() {
                rule.message = "Needs the wording that this practice asks for, and it is not there.".to_owned();
                rule.instead.clear();
            }
            changed = true;
        }
        if !changed {
            compiler.fault(words, format!("`{name}` is no rule that asks for words (`require`), so it can be given none; check its name"));
        }
    }
}

/// Notes what rules may not fall below; of several floors the highest counts.
pub(super) fn hold(
    floor: &mut BTreeMap<String, Severity>,
    heads: &[Head],
    levels: &BTreeMap<String, Located<Severity>>,
    compiler: &mut Compiler<'_>,
) {
    for (name, level) in levels {
        let mut members = heads.iter().filter(|head| head.is(name)).peekable();
        if members.peek().is_none() {
            compiler.fault(level, format!("there is no rule or pack `{name}` that a floor could hold; check its name"));
        }
        for head in members {
            let held = floor.entry(head.id.clone()).or_insert(level.value);
            *held = (*held).max(level.value);
        }
    }
}

/// The phrase that finds a wording whatever becomes of its punctuation.
fn phrase(words: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '\'' | '’' | '-');
    words.trim_end_matches(|c| !plain(c)).chars().map(|c| if plain(c) { c.to_string() } else { SIGN.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{PackSource, RuleSet, load};
    use super::*;

    #[test]
    fn a_rule_asks_for_the_words_of_the_house() {
        let pack = |path: &str, text: &str| PackSource { path: path.into(), text: text.into(), ..PackSource::default() };
        let base = "rules:\n  - {id: r, severity: info, message: m, require: {when: {phrases: [alpha]}, text: {phrases: [beta]}, insert: beta}}\n  - {id: f, severity: info, \
                    message: m, find: {phrases: [gamma]}}\n";
        let base = || load(RuleSet::default(), &[pack("a.yaml", base)]).unwrap();
        let rules = load(base(), &[pack("b.yaml", "wording: {r: \"Ask us (24/7): Elm Street's line.\"}\n")]).unwrap();
        assert!(rules.rules[0].message.contains("wording"));
        let words = rules.wording(rules.rules[0].body.sets()[1].1);
        assert!(words[0].starts_with("ask us") && words[0].ends_with("street 's line"), "{words:?}");
        for wrong in ["wording: {f: x y}\n", "wording: {none: x y}\n", "never-patients: [\"*\"]\n"] {
            assert_eq!(load(base(), &[pack("b.yaml", wrong)]).unwrap_err().len(), 1, "{wrong}");
        }
        assert_eq!(phrase("Ask us!"), "Ask us");
    }

    #[test]
    fn the_highest_floor_counts() {
        let pack = |path: &str, text: &str| PackSource { path: path.into(), text: text.into(), ..PackSource::default() };
        let base = "pack: p\nrules:\n  - {id: a, severity: info, message: m, find: {phrases: [alpha]}}\n  - {id: b, severity: info, message: m, find: {phrases: [beta]}}\n";
        let base = || load(RuleSet::default(), &[pack("a.yaml", base)]).unwrap();
        let rules = load(base(), &[pack("b.yaml", "floor: {p: warning, a: error}\n"), pack("c.yaml", "floor: {a: info}\n")]).unwrap();
        assert_eq!(rules.floor, BTreeMap::from([("a".to_owned(), Severity::Error), ("b".to_owned(), Severity::Warning)]));
        let errors = load(base(), &[pack("b.yaml", "floor:\n  none: error\n")]).unwrap_err();
        assert_eq!((errors.len(), errors[0].line, errors[0].column), (1, 2, 9), "{}", errors[0]);
        assert!(
            super::super::holds_fast("floor: {p: error}")
                && super::super::holds_fast("floor: [")
                && !super::super::holds_fast("title: floor")
        );
    }
}
