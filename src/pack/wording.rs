//! Writes compiled phrases and patterns as a pack would, for people who read about rules.

use super::RuleSet;
use crate::matcher::phrase::Element;
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
            Element::Word(forms) => {
                let word = forms.first().map_or("", |(word, _)| word);
                if forms.len() > 1 { format!("{word}~") } else { word.to_owned() }
            }
            Element::Term(id) => format!("<{}>", self.term(*id)),
            Element::Class(class) => of_class(class),
            Element::Gap => "...".to_owned(),
            Element::Choice(ways) => {
                let given: Vec<String> = ways.iter().filter(|way| !way.is_empty()).map(|way| self.sequence(way)).collect();
                if given.len() < ways.len() { format!("[{}]", given.join("|")) } else { format!("({})", given.join("|")) }
            }
        }
    }

    /// The name of a term without its pack.
    fn term(&self, id: TermId) -> &str {
        let name = self.terms.iter().find(|(_, known)| **known == id).map_or("", |(name, _)| name);
        name.rsplit('/').next().unwrap_or(name)
    }
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
        assert_eq!(rules.wording(set), ["stop~ [really|just] ... (my|your own) <t> <number:1-120> *", "x <capital>", "zz[0-9]+"]);
    }
}
