//! The JSON Schemas under `docs/schema` against the code that reads packs and configs, and against the packs themselves.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use postlint::config::schema::parse;
use postlint::pack::{PackSource, RuleSet, load};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a reader says it would have taken instead of `zz`.
fn expected(message: &str) -> BTreeSet<String> {
    let list = ["the keys here are ", "one of ", "; use "].iter().find_map(|before| message.split_once(before));
    let list = list.unwrap_or_else(|| panic!("{message}")).1;
    list.replace(" or ", " ").split([',', ' ', '`']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The keys or words that a schema allows at a place.
fn allowed(schema: &Value, pointer: &str) -> BTreeSet<String> {
    match schema.pointer(pointer).unwrap_or_else(|| panic!("{pointer}")) {
        Value::Object(keys) => keys.keys().cloned().collect(),
        Value::Array(words) => words.iter().map(|word| word.as_str().unwrap().to_owned()).collect(),
        other => panic!("{pointer}: {other}"),
    }
}

#[test]
fn the_pack_schema_knows_what_the_reader_knows() {
    let schema = schema("pack.json");
    let rule = |rest: &str| format!("rules:\n  - {{id: a, severity: info, message: m, {rest}}}\n");
    for (pointer, text) in [
        ("/properties", "zz: 1".to_owned()),
        ("/$defs/source/properties", "sources: {a: {zz: 1}}".into()),
        ("/$defs/term/properties", "terms: {a: {zz: 1}}".into()),
        ("/$defs/platform/properties", "platforms: {a: {zz: 1}}".into()),
        ("/$defs/platform/properties/count/enum", "platforms: {a: {count: zz}}".into()),
        ("/$defs/rule/properties", rule("zz: 1")),
        ("/$defs/rule/properties/examples/properties", rule("examples: {zz: 1}")),
        ("/$defs/example/anyOf/1/properties", rule("examples: {bad: [{zz: 1}]}")),
        ("/$defs/consent/properties", rule("examples: {bad: [{text: a, consent: {zz: 1}}]}")),
        ("/$defs/severity/enum", "rules: [{id: a, severity: zz}]".into()),
        ("/$defs/confidence/enum", rule("confidence: zz")),
        ("/$defs/field/enum", rule("fields: [zz]")),
        ("/$defs/jurisdiction/enum", rule("jurisdictions: [zz], find: {phrases: [x]}")),
        ("/$defs/replacement/properties", rule("replace: [{zz: 1}]")),
        ("/$defs/find/properties", rule("find: {zz: 1}")),
        ("/$defs/case/properties", rule("find: {cases: [{zz: 1}]}")),
        ("/$defs/check/enum", rule("find: {patterns: ['x[0-9]'], check: zz}")),
        ("/$defs/guard/properties", rule("unless: [{zz: 1}]")),
        ("/$defs/scope/enum", rule("find: {phrases: [x]}, unless: [{in: zz, phrases: [y]}]")),
        ("/$defs/combine/properties", rule("combine: {zz: 1}")),
        ("/$defs/facet/properties", rule("combine: {facets: {a: {zz: 1}}}")),
        ("/$defs/level/properties", rule("combine: {needs: {zz: 1}}")),
        ("/$defs/require/properties", rule("require: {zz: 1}")),
        ("/$defs/when/properties", rule("require: {when: {zz: 1}}")),
        ("/$defs/words/properties", rule("require: {text: {zz: 1}}")),
        ("/$defs/roster/properties", rule("roster: {zz: 1}")),
        ("/$defs/limit/properties", rule("limit: {zz: 1}")),
        ("/$defs/limit/properties/of/enum", rule("limit: {of: zz}")),
        ("/$defs/series/properties", rule("series: {zz: 1}")),
        ("/$defs/series/properties/kind/enum", rule("series: {kind: zz}")),
    ] {
        let source = PackSource { path: "p.yaml".into(), text, ..PackSource::default() };
        let errors = load(RuleSet::default(), &[source]).err().unwrap_or_else(|| panic!("{pointer}: no mistake was found"));
        assert_eq!(allowed(&schema, pointer), expected(&errors[0].what), "{pointer}");
    }
}

#[test]
fn the_config_schema_knows_what_the_reader_knows() {
    let schema = schema("config.json");
    for (pointer, text) in [
        ("/properties", "zz: 1"),
        ("/$defs/severity/enum", "severities: {a: zz}"),
        ("/properties/confidence/enum", "confidence: zz"),
        ("/properties/fail-on/enum", "fail-on: zz"),
        ("/$defs/override/properties", "overrides: [{zz: 1}]"),
        ("/$defs/account/properties", "accounts: {a: {zz: 1}}"),
        ("/$defs/schedule/properties", "schedule: {zz: 1}"),
        ("/$defs/quiet-hours/properties", "schedule: {quiet-hours: {zz: 1}}"),
        ("/$defs/allow/properties", "allow: [{zz: 1}]"),
    ] {
        let error = parse("postlint.yaml", text).unwrap_err();
        assert_eq!(allowed(&schema, pointer), expected(&error.message), "{pointer}");
    }
}

#[test]
fn packs_and_the_first_config_are_valid() {
    let pack = schema("pack.json");
    for folder in ["rules", "examples/packs"] {
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let value: Value = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                check(&pack, &pack, &value, &path.display().to_string()).unwrap();
            }
        }
    }
    let commented = include_str!("../src/config/postlint.yaml");
    let lines = commented.lines().filter_map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ') || line.starts_with("  ")));
    let config: Value = serde_yaml::from_str(&lines.collect::<Vec<_>>().join("\n")).unwrap();
    assert!(config.as_object().unwrap().len() > 10, "{config}");
    check(&schema("config.json"), &schema("config.json"), &config, "postlint.yaml").unwrap();
    let wrong: Value = serde_json::json!({"rules": [{"id": "a", "severity": "loud", "message": "m", "find": {}}]});
    assert!(check(&pack, &pack, &wrong, "p").unwrap_err().contains("severity"));
}

/// As much of JSON Schema as the two schemas use.
fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{at}: {what}"));
    for (keyword, rule) in schema.as_object().unwrap() {
        let good = match keyword.as_str() {
            "$ref" => return check(root, root.pointer(rule.as_str().unwrap().trim_start_matches('#')).unwrap(), value, at),
            "type" => match rule {
                Value::Array(types) => types.iter().any(|one| is(one, value)),
                one => is(one, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "required" => rule.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some()),
            "anyOf" => rule.as_array().unwrap().iter().any(|one| check(root, one, value, at).is_ok()),
            "oneOf" => rule.as_array().unwrap().iter().filter(|one| check(root, one, value, at).is_ok()).count() == 1,
            "items" => {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .enumerate()
                    .try_for_each(|(n, item)| check(root, rule, item, &format!("{at}/{n}")))?;
                true
            }
            "minimum" | "maximum" | "exclusiveMinimum" => {
                let (limit, is) = (rule.as_f64().unwrap(), value.as_f64());
                is.is_none_or(|is| if keyword == "maximum" { is <= limit } else { is >= limit })
            }
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap()),
            "pattern" => value.as_str().is_none_or(|text| regex::Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)),
            "properties" | "additionalProperties" | "propertyNames" => true,
            "$schema" | "$defs" | "title" | "description" => true,
            other => return fail(&format!("the test does not know the keyword {other}")),
        };
        if !good {
            return fail(&format!("{keyword} {rule}"));
        }
    }
    let none = serde_json::Map::new();
    let known = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    for (key, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{key}");
        match (known.get(key), schema.get("additionalProperties")) {
            (Some(own), _) => check(root, own, member, &at)?,
            (None, Some(Value::Bool(false))) => return Err(format!("{at}: unknown key")),
            (None, Some(own)) => check(root, own, member, &at)?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    }
}
