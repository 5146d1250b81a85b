//! From parsed packs to a [`RuleSet`]: terms first, since rules of any pack may name them, then rules.

use super::cite::{self, Citable};
use super::house;
use super::nesting::Nesting;
use super::schema::{self, ExampleParams, PackParams, RuleParams, TermParams};
use super::{ENTRY_LIMIT, Example, Examples, Head, PHRASE_COUNT_LIMIT, PackError, PackSource, RULE_LIMIT, RuleSet};
use crate::finding::{Confidence, Source};
use crate::matcher::{Model, Term, WordList};
use crate::rule::classify::Doubt;
use crate::rule::compile::TermNames;
use crate::rule::limit::Platform;
use crate::rule::{Body, Compiler, Fault, Located, Rule, classify, combine, find, limit, mending, require, roster, series};
use crate::stored::Stored;
use std::collections::HashMap;

/// A pack that could be parsed.
struct Parsed<'s> {
    source: &'s PackSource,
    id: String,
    params: PackParams,
}

pub(super) fn load(mut base: RuleSet, sources: &[PackSource]) -> Result<RuleSet, Vec<PackError>> {
    let mut errors = Vec::new();
    let parsed = parse_all(sources, &mut errors);
    let mut names = std::mem::take(&mut base.terms);
    for pack in &parsed {
        let title = pack.params.title.clone().unwrap_or_else(|| pack.id.clone());
        base.packs.entry(pack.id.clone()).or_insert(title);
        reserve_terms(&mut base, &mut names, pack);
        add_platforms(&mut base, pack);
    }
    let mut nesting = Nesting::default();
    for pack in &parsed {
        fill_terms(&mut base, &names, pack, &mut nesting, &mut errors);
        add_models(&mut base, pack, &mut errors);
    }
    let endless = nesting.faults(&names, &base.matcher.terms);
    if !endless.is_empty() {
        // What the rules look for with such terms has no meaning yet.
        errors.extend(endless.into_iter().map(|(source, fault)| located(source, fault)));
        return Err(in_order(errors));
    }
    let mut known: HashMap<String, String> = base.heads.iter().map(|head| (head.id.clone(), format!("the pack {}", head.pack))).collect();
    for pack in &parsed {
        let shared =
            cite::shared(&pack.params, parsed.iter().filter(|other| other.id == pack.id).chain(&parsed).map(|other| &other.params));
        add_rules(&mut base, &names, pack, &shared, &mut known, &mut errors);
    }
    for pack in &parsed {
        let mut compiler = Compiler { matcher: &mut base.matcher, terms: &names, pack: &pack.id, rule: None, faults: Vec::new() };
        // As a trigger, so that a phrase that is everybody is refused.
        base.never_patients.extend(compiler.set(&pack.params.never_patients, &[], true, true));
        house::reword(&mut base.rules, &base.heads, &pack.params.wording, &mut compiler);
        house::hold(&mut base.floor, &base.heads, &pack.params.floor, &mut compiler);
        let faults = std::mem::take(&mut compiler.faults);
        errors.extend(faults.into_iter().map(|fault| located(pack.source, fault)));
    }
    base.terms = names;
    base.matcher.seal();
    for (count, most, what) in [(base.heads.len(), RULE_LIMIT, "rules"), (base.matcher.phrases, PHRASE_COUNT_LIMIT, "phrases")] {
        if let Some(source) = sources.last().filter(|_| count > most) {
            let what = format!("all packs together hold {count} {what}, more than {most}; load fewer packs");
            errors.push(located(source, Fault { line: 1, column: 1, rule: None, what }));
        }
    }
    if errors.is_empty() { Ok(base) } else { Err(in_order(errors)) }
}

fn in_order(mut errors: Vec<PackError>) -> Vec<PackError> {
    errors.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
    errors
}

fn parse_all<'s>(sources: &'s [PackSource], errors: &mut Vec<PackError>) -> Vec<Parsed<'s>> {
    let mut parsed = Vec::new();
    for source in sources {
        let (params, faults) = schema::parse(&source.text);
        errors.extend(faults.into_iter().map(|fault| located(source, fault)));
        let Some(params) = params else { continue };
        let stem = source.path.rsplit(['/', '\\']).next().unwrap_or(&source.path);
        let stem = stem.strip_suffix(".yaml").or_else(|| stem.strip_suffix(".yml")).unwrap_or(stem);
        let id = params.pack.as_ref().map_or_else(|| stem.to_lowercase().replace([' ', '_'], "-"), |pack| pack.value.clone());
        if let Some(schema) = params.schema.as_ref().filter(|schema| schema.value != 1) {
            errors.push(located(source, fault(schema, format!("schema {} is unknown; this postlint reads schema 1", schema.value))));
        }
        parsed.push(Parsed { source, id, params });
    }
    parsed
}

fn fault<T>(at: &Located<T>, what: impl Into<String>) -> Fault {
    Fault { line: at.line, column: at.column, rule: None, what: what.into() }
}

fn located(source: &PackSource, fault: Fault) -> PackError {
    PackError { path: source.path.clone(), line: fault.line, column: fault.column, rule: fault.rule, what: fault.what }
}

/// A platform of a later pack replaces one of the same key.
fn add_platforms(base: &mut RuleSet, pack: &Parsed<'_>) {
    for (key, params) in &pack.params.platforms {
        base.platforms.retain(|known| known.key != *key);
        base.platforms.push(Platform {
            key: key.clone(),
            name: params.name.clone(),
            aliases: params.aliases.clone(),
            count: params.count,
            limit: params.limit,
            bytes: params.bytes,
            fold: params.fold,
            link_length: params.links,
            hashtags: params.hashtags,
        });
    }
}

fn reserve_terms(base: &mut RuleSet, names: &mut Stored<TermNames>, pack: &Parsed<'_>) {
    for name in pack.params.terms.keys() {
        let full = format!("{}/{name}", pack.id);
        let id = base.matcher.terms.reserve();
        names.change().and_then(|names| names.insert(full, id));
    }
}

fn fill_terms<'p>(
    base: &mut RuleSet,
    names: &Stored<TermNames>,
    pack: &'p Parsed<'_>,
    nesting: &mut Nesting<'p>,
    errors: &mut Vec<PackError>,
) {
    for (name, params) in &pack.params.terms {
        let Some(id) = names.get(&format!("{}/{name}", pack.id)).copied() else { continue };
        let mut compiler = Compiler { matcher: &mut base.matcher, terms: names, pack: &pack.id, rule: None, faults: Vec::new() };
        let mut phrases = Vec::with_capacity(params.phrases.len());
        for source in &params.phrases {
            let parsed = compiler.phrases(std::slice::from_ref(source));
            parsed.iter().for_each(|phrase| nesting.note(id, phrase, pack.source, source));
            phrases.extend(parsed);
        }
        let list = word_list(pack.source, params, &mut compiler);
        if phrases.is_empty() && list.is_empty() && compiler.faults.is_empty() {
            let at = Fault { line: 1, column: 1, rule: None, what: format!("the term `{name}` has no entries; add `phrases:` or `file:`") };
            compiler.faults.push(at);
        }
        let faults = std::mem::take(&mut compiler.faults);
        errors.extend(faults.into_iter().map(|fault| located(pack.source, fault)));
        base.matcher.terms.fill(id, Term::new(phrases, list));
    }
}

fn add_models(base: &mut RuleSet, pack: &Parsed<'_>, errors: &mut Vec<PackError>) {
    for (name, params) in &pack.params.models {
        let file = &params.file;
        let model = match pack.source.lists.get(&file.value) {
            Some(Ok(text)) => Model::parse(text).map_err(|(line, what)| format!("line {line} of `{}`: {what}", file.value)),
            Some(Err(why)) => Err(format!("the model `{}` cannot be read: {why}", file.value)),
            None => Err(format!("the model `{}` was not found; its path is relative to the pack", file.value)),
        };
        match model {
            Ok(model) => base.matcher.add_model(format!("{}/{name}", pack.id), model),
            Err(what) => errors.push(located(pack.source, fault(file, what))),
        }
    }
}

fn word_list(source: &PackSource, params: &TermParams, compiler: &mut Compiler<'_>) -> WordList {
    let mut text = String::new();
    for file in params.file.iter().chain(&params.files) {
        match source.lists.get(&file.value) {
            Some(Ok(list)) => {
                text.push_str(list);
                text.push('\n');
            }
            Some(Err(why)) => compiler.fault(file, format!("the list `{}` cannot be read: {why}", file.value)),
            None => compiler.fault(file, format!("the list `{}` was not found; its path is relative to the pack", file.value)),
        }
    }
    let entries = || text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty());
    compiler.matcher.entries += entries().count();
    if let Some(file) = params.file.as_ref().or(params.files.first()).filter(|_| compiler.matcher.entries > ENTRY_LIMIT) {
        compiler.fault(file, format!("all lists together hold more than {ENTRY_LIMIT} entries; keep what is needed"));
        return WordList::new(std::iter::empty());
    }
    WordList::new(entries())
}

fn add_rules(
    base: &mut RuleSet,
    names: &Stored<TermNames>,
    pack: &Parsed<'_>,
    sources: &Citable<'_>,
    known: &mut HashMap<String, String>,
    errors: &mut Vec<PackError>,
) {
    let doubt = doubt(base, names, pack, errors);
    for params in &pack.params.rules {
        let mut compiler =
            Compiler { matcher: &mut base.matcher, terms: names, pack: &pack.id, rule: Some(params.id.value.clone()), faults: Vec::new() };
        check_id(params, known, &mut compiler);
        known.insert(params.id.value.clone(), pack.source.path.clone());
        let body = body(params, &mut compiler);
        let replace = mending::Replacement::compile(&params.replace, &mut compiler);
        let cited = cite::all(params, sources, &mut compiler);
        cite::check_places(params, &mut compiler);
        let faults = std::mem::take(&mut compiler.faults);
        errors.extend(faults.into_iter().map(|fault| located(pack.source, fault)));
        let Some(body) = body else { continue };
        base.heads.push(Head {
            id: params.id.value.clone(),
            pack: pack.id.clone(),
            replaces: params.replaces.clone(),
            jurisdictions: params.jurisdictions.iter().map(|place| place.value.clone()).collect(),
            triggers: body.triggers(),
            weighs: matches!(body, Body::Classify(_)),
        });
        let sure = pack.params.doubt.iter().flat_map(|doubt| &doubt.but).any(|id| id.value == params.id.value);
        let doubt = doubt.clone().filter(|_| !sure && body.is_evidence());
        base.rules.push(Rule { doubt, ..rule(params, &pack.id, cited, replace, body) }.into());
        let examples = Examples {
            file: pack.source.path.clone(),
            line: params.id.line,
            bad: params.examples.bad.iter().map(example).collect(),
            good: params.examples.good.iter().map(example).collect(),
        };
        base.examples.push(examples.into());
    }
}

/// When the findings of a pack are not sure.
fn doubt(base: &mut RuleSet, names: &Stored<TermNames>, pack: &Parsed<'_>, errors: &mut Vec<PackError>) -> Option<Doubt> {
    let params = pack.params.doubt.as_ref()?;
    let mut compiler = Compiler { matcher: &mut base.matcher, terms: names, pack: &pack.id, rule: None, faults: Vec::new() };
    for id in params.but.iter().filter(|id| !pack.params.rules.iter().any(|rule| rule.id.value == id.value)) {
        compiler.fault(id, format!("`{}` is no rule of this pack, so nothing can be said of it; check its name", id.value));
    }
    let doubt = Doubt::compile(params, &mut compiler);
    let faults = std::mem::take(&mut compiler.faults);
    errors.extend(faults.into_iter().map(|fault| located(pack.source, fault)));
    doubt
}

fn check_id(params: &RuleParams, known: &HashMap<String, String>, compiler: &mut Compiler<'_>) {
    let id = &params.id;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.value.is_empty() || id.value.len() > 80 || !id.value.chars().all(plain) {
        compiler.fault(id, "an id is made of lower-case letters, digits and hyphens; rename the rule");
    }
    if let Some(other) = known.get(&id.value) {
        compiler.fault(id, format!("this id exists already in {other}; choose another"));
    }
}

fn body(params: &RuleParams, compiler: &mut Compiler<'_>) -> Option<Body> {
    let given = [
        params.find.is_some(),
        params.combine.is_some(),
        params.classify.is_some(),
        params.require.is_some(),
        params.limit.is_some(),
        params.series.is_some(),
        params.roster.is_some(),
    ];
    if given.iter().filter(|given| **given).count() != 1 {
        compiler.fault(&params.id, "a rule has exactly one of find, combine, classify, require, limit, series, roster; add or remove one");
        return None;
    }
    let before = compiler.faults.len();
    let conditions = find::Conditions { with: &params.with, unless: &params.unless, never_exempt: &params.never_exempt };
    let body = None
        .or_else(|| params.find.as_ref().and_then(|find| find::Find::compile(find, &conditions, compiler)).map(Body::Find))
        .or_else(|| {
            params.combine.as_ref().and_then(|combine| combine::Combine::compile(combine, &params.unless, compiler)).map(Body::Combine)
        })
        .or_else(|| {
            params
                .classify
                .as_ref()
                .and_then(|classify| classify::Classify::compile(classify, &params.with, &params.unless, compiler))
                .map(Body::Classify)
        })
        .or_else(|| {
            params.require.as_ref().and_then(|require| require::Require::compile(require, &params.unless, compiler)).map(Body::Require)
        })
        .or_else(|| params.roster.as_ref().and_then(|roster| roster::Roster::compile(roster, &params.unless, compiler)).map(Body::Roster))
        .or_else(|| params.limit.as_ref().and_then(|limit| limit::Limit::compile(limit, compiler)).map(Body::Limit))
        .or_else(|| params.series.as_ref().and_then(|series| series::Series::compile(series, compiler)).map(Body::Series));
    if body.is_none() && compiler.faults.len() == before {
        compiler.fault(&params.id, "there is nothing to look for; add phrases or patterns");
    }
    body
}

/// What a rule rests on: anywhere, and in single jurisdictions.
type Cited = (Vec<Source>, Vec<(String, Vec<Source>)>);

fn rule(params: &RuleParams, pack: &str, (sources, sources_in): Cited, replace: Vec<mending::Replacement>, body: Body) -> Rule {
    Rule {
        id: params.id.value.clone(),
        pack: pack.to_owned(),
        title: params.title.clone().unwrap_or_else(|| params.message.clone()),
        severity: params.severity,
        confidence: params.confidence.unwrap_or(Confidence::High),
        message: params.message.clone(),
        why: params.why.clone(),
        instead: params.instead.clone(),
        sources,
        severity_in: params.severity_in.iter().map(|(place, severity)| (place.clone(), *severity)).collect(),
        sources_in,
        jurisdictions: params.jurisdictions.iter().map(|place| place.value.clone()).collect(),
        sensitive: params.sensitive,
        audience: params.audience.clone(),
        not_audience: params.not_audience.clone(),
        fields: params.fields.clone(),
        replace_with: params.replace_with.clone(),
        replace_safe: params.replace_safe,
        replace,
        consent_covers: params.consent_covers,
        doubt: None,
        replaces: params.replaces.clone(),
        body,
    }
}

fn example(params: &Located<ExampleParams>) -> Example {
    let value = params.value.clone();
    Example {
        text: value.text,
        line: params.line,
        platform: value.platform,
        audience: value.audience,
        jurisdiction: value.jurisdiction,
        profile: value.profile,
        thread: value.thread,
        consent: value.consent,
        media: value.media,
        alt: value.alt,
        roster: value.roster,
        subtle: value.subtle,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_counted_over_all_packs() {
        let pack = |name: &str, count: usize| {
            let phrases: Vec<String> = (0..count).map(|n| format!("w{n}")).collect();
            let text = format!("terms: {{t: {{phrases: [{}]}}}}", phrases.join(","));
            PackSource { path: name.into(), text, ..PackSource::default() }
        };
        let half = PHRASE_COUNT_LIMIT / 2;
        assert!(load(RuleSet::default(), &[pack("a.yaml", half), pack("b.yaml", half)]).is_ok());
        let errors = load(RuleSet::default(), &[pack("a.yaml", half), pack("b.yaml", half + 1)]).unwrap_err();
        assert!(errors[0].what.contains("50001 phrases"), "{errors:?}");
    }

    #[test]
    fn mistakes_of_all_rules_are_told_at_once() {
        let text = "rules:\n  - id: one\n    severity: fatal\n    message: m\n    find: {phrases: [a b]}\n  - id: two\n    severity: info\n    message: m\n    colour: red\n    \
                    find: {phrases: [a b]}\n  - id: three\n    severity: info\n    message: m\n    find: {patterns: ['(a']}\n";
        let source = PackSource { path: "p.yaml".into(), text: text.into(), ..PackSource::default() };
        let errors = load(RuleSet::default(), &[source]).unwrap_err();
        assert_eq!(errors.iter().map(|error| error.line).collect::<Vec<_>>(), [3, 9, 14], "{errors:?}");
    }
}
