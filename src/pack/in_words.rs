//! Writes what a set finds as samples of text, for readers who do not write packs.

use super::RuleSet;
use crate::matcher::common::expected;
use crate::matcher::phrase::{Element, Form, Phrase};
use crate::matcher::terms::{Class, TERM_DEPTH};
use crate::matcher::{SetId, TermId};

impl RuleSet {
    /// One sample for each phrase of a set (for each entry of a term that stands alone), then what stands for its patterns.
    pub fn in_words(&self, set: SetId) -> Vec<String> {
        let Some(set) = self.matcher.set(set) else { return Vec::new() };
        let mut samples: Vec<String> = set.phrases.iter().flat_map(|phrase| self.samples(phrase, 0)).collect();
        if !set.patterns.is_empty() {
            samples.push("a number, code or sign of a fixed form".into());
        }
        samples.retain(|sample| !sample.is_empty());
        samples
    }

    fn samples(&self, phrase: &Phrase, depth: usize) -> Vec<String> {
        let [Element::Term(id)] = phrase.elements.as_slice() else { return vec![self.sample(&phrase.elements, depth)] };
        let Some(term) = self.matcher.terms.get(*id).filter(|_| depth < TERM_DEPTH) else { return Vec::new() };
        let list = term.list.entries().next().map(|first| match term.list.len() {
            1 => first.to_owned(),
            many => format!("{first} (one of a list of {many})"),
        });
        term.phrases.iter().flat_map(|phrase| self.samples(phrase, depth + 1)).chain(list).collect()
    }

    /// The plainest text that a sequence finds: what may be left out is left out.
    fn sample(&self, elements: &[Element], depth: usize) -> String {
        let mut sample = String::new();
        for part in elements.iter().map(|element| self.part(element, depth)).filter(|part| !part.is_empty()) {
            let sign = part.chars().all(|c| c.is_ascii_punctuation()) && !part.starts_with(['#', '@', '(', '&']) || part == "'s";
            if !sample.is_empty() && !sign && !sample.ends_with(['#', '@']) {
                sample.push(' ');
            }
            sample.push_str(&part);
        }
        sample
    }

    fn part(&self, element: &Element, depth: usize) -> String {
        match element {
            Element::Word(forms) => usual(forms),
            Element::Term(id) => self.of_term(*id, depth),
            Element::Choice(ways) if ways.iter().any(Vec::is_empty) => String::new(),
            Element::Choice(ways) => ways.first().map_or_else(String::new, |way| self.sample(way, depth)),
            Element::Gap | Element::Class(Class::Any) => "…".to_owned(),
            Element::Class(Class::Number(bounds)) => bounds.map_or(12, |(low, high)| low + (high - low) / 2).to_string(),
            Element::Class(Class::Capital) => "Name".to_owned(),
            Element::Class(Class::Caps) => "ABC".to_owned(),
            Element::Class(Class::Initial) => "K".to_owned(),
            Element::Class(Class::Handle) => "@name".to_owned(),
        }
    }

    fn of_term(&self, id: TermId, depth: usize) -> String {
        let Some(term) = self.matcher.terms.get(id).filter(|_| depth < TERM_DEPTH) else { return String::new() };
        let phrase = term.phrases.first().map(|phrase| self.sample(&phrase.elements, depth + 1));
        phrase.or_else(|| term.list.entries().next().map(str::to_owned)).unwrap_or_default()
    }
}

/// The form that is seen most often.
fn usual(forms: &[Form]) -> String {
    let mut forms: Vec<&str> = forms.iter().map(|form| &*form.text).collect();
    forms.sort_unstable_by_key(|form| (form.len(), *form));
    let usual = forms.into_iter().reduce(|best, form| if expected(form) > expected(best) { form } else { best });
    usual.unwrap_or("").to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::{PackSource, RuleSet, load};

    #[test]
    fn shows_text_instead_of_the_language() {
        let text = "pack: p\nterms: {t: {phrases: [\"(our|my) dog 's tail\", beta]}, u: {phrases: [<t>]}}\nrules:\n  - {id: a, severity: info, message: m, \
                    find: {phrases: [\"stop~ [really] ... (my|your own) <t> <number:1-120> *\", \"<u>\", \"# x <capital>\"], patterns: ['zz[0-9]+']}}\n";
        let source = PackSource { path: "p.yaml".into(), text: text.into(), ..PackSource::default() };
        let rules = load(RuleSet::default(), &[source]).unwrap();
        let (_, set) = rules.rules[0].body.sets()[0].clone();
        let want = ["stop … my my dog's tail 60 …", "my dog's tail", "beta", "#x Name", "a number, code or sign of a fixed form"];
        assert_eq!(rules.in_words(set), want);
    }
}
