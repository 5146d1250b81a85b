//! Writes compiled phrases and patterns as a pack would, for people who read about rules.

use super::RuleSet;
use crate::matcher::phrase::{Element, Form, inflections};
use crate::matcher::terms::Class;
use crate::matcher::{SetId, TermId};

impl RuleSet {
    /// The phrases of a set, then its patterns, in the order of the pack.
    pub fn wording(&self, set: SetId) -> Vec<String> {
        let Some(set) = self.matcher.set(set) else { return Vec::new() };
        let phrases = set.phrases.iter().map(|phrase| self.sequence(&phrase.elements));
        phrases.chain(set.patterns.iter().map(|pattern| pattern.source().to_owned())).collect()
    }

    fn sequence(&self, elements: &[Element]) -> String {
        elements.iter().map(|element| self.element(element)).collect::<Vec<_>>().join(" ")
    }

    fn element(&self, element: &Element) -> String {
        match element {
            Element::Word(forms) => match words(forms).as_slice() {
                [one] => one.clone(),
                several => format!("({})", several.join("|")),
            },
            Element::Term(id) => format!("<{}>", self.term(*id)),
            Element::Class(class) => of_class(class),
            Element::Gap => "...".to_owned(),
            Element::Choice(ways) => {
                let way = |way: &Vec<Element>| match way.as_slice() {
                    [Element::Word(forms)] => words(forms).join("|"),
                    other => self.sequence(other),
                };
                let given: Vec<String> = ways.iter().filter(|way| !way.is_empty()).map(way).collect();
                if ways.iter().any(Vec::is_empty) { format!("[{}]", given.join("|")) } else { format!("({})", given.join("|")) }
            }
        }
    }

    /// The name of a term without its pack.
    fn term(&self, id: TermId) -> &str {
        let name = self.terms.iter().find(|(_, known)| **known == id).map_or("", |(name, _)| name);
        name.rsplit('/').next().unwrap_or(name)
    }
}

/// The words of one place, with `~` for a word whose inflections are all there.
fn words(forms: &[Form]) -> Vec<String> {
    let mut left: Vec<&str> = forms.iter().map(|form| &*form.text).collect();
    left.sort_unstable_by_key(|form| (form.len(), *form));
    let mut written = Vec::new();
    while let Some(word) = left.first().copied() {
        let inflected = inflections(word);
        let all = inflected.len() > 1 && inflected.iter().all(|form| left.contains(&form.as_str()));
        written.push(if all { format!("{word}~") } else { word.to_owned() });
        left.retain(|form| *form != word && !(all && inflected.iter().any(|known| known == form)));
    }
    written.sort_unstable();
    written
}

fn of_class(class: &Class) -> String {
    match class {
        Class::Number(None) => "<number>".to_owned(),
        Class::Number(Some((low, high))) => format!("<number:{low}-{high}>"),
        Class::Capital => "<capital>".to_owned(),
        Class::Caps => "<caps>".to_owned(),
        Class::Initial => "<initial>".to_owned(),
        Class::Handle => "<handle>".to_owned(),
        Class::Any => "*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PackSource, RuleSet, load};

    #[test]
    fn writes_what_was_read() {
        let text = "pack: p\nterms: {t: {phrases: [alpha]}}\nrules:\n  - {id: a, severity: info, message: m, find: {phrases: \
                    [\"stop~ [really|just] ... (my|your own) <t> <number:1-120> *\", \"x <capital>\"], patterns: ['zz[0-9]+']}}\n";
        let source = PackSource { path: "p.yaml".into(), text: text.into(), ..PackSource::default() };
        let rules = load(RuleSet::default(), &[source]).unwrap();
        let (_, set) = rules.rules[0].body.sets()[0].clone();
        assert_eq!(rules.wording(set), ["stop~ [just|really] ... (my|your own) <t> <number:1-120> *", "x <capital>", "zz[0-9]+"]);
    }
}
