//! X's own cases of counting (twitter-text, Apache-2.0) against ours. They are kept beside the project, not in it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, reason = "a test may fail loudly")]

use postlint::rule::weigh::{LINK, NARROW, WIDE, weigh};
use serde_json::{Value, json};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/conformance/twitter-text");

fn read(name: &str) -> Option<String> {
    let text = std::fs::read_to_string(format!("{CASES}/{name}")).ok();
    if text.is_none() {
        eprintln!("SKIPPED: X's conformance cases are not here; {name} was looked for in ../shared/conformance/twitter-text");
    }
    text
}

#[test]
fn the_weights_are_those_of_x() {
    for name in ["v2.json", "v3.json"] {
        let Some(text) = read(name) else { return };
        let config: Value = serde_json::from_str(&text).unwrap();
        let scale = config["scale"].as_u64().unwrap();
        let ranges: Vec<Value> = NARROW.iter().map(|(start, end)| json!({"start": start, "end": end, "weight": scale})).collect();
        assert_eq!(config["ranges"], Value::Array(ranges));
        assert_eq!(config["defaultWeight"].as_u64().unwrap(), scale * WIDE as u64);
        assert_eq!(config["transformedURLLength"], LINK);
        assert_eq!(config["emojiParsingEnabled"].as_bool().unwrap_or(false), name == "v3.json");
    }
}

#[test]
fn counts_as_x_counts() {
    let Some(text) = read("validate.yml") else { return };
    let all: Value = serde_yaml::from_str(&text).unwrap();
    let mut count = 0;
    for (suite, emoji) in [
        ("WeightedTweetsCounterTest", false),
        ("WeightedTweetsWithDiscountedEmojiCounterTest", true),
        ("UnicodeDirectionalMarkerCounterTest", true),
    ] {
        for case in all["tests"][suite].as_array().unwrap() {
            let (name, text, expected) = (&case["description"], case["text"].as_str().unwrap(), &case["expected"]);
            let measure = weigh(text, 280, emoji);
            let good = measure.over.into_iter().chain(measure.refused).min().unwrap_or(text.len());
            let units = |end: usize| text[..end].encode_utf16().count() as u64;
            let ours = json!({
                "weightedLength": measure.length,
                "valid": measure.over.is_none() && measure.refused.is_none(),
                "permillage": measure.length * 1000 / 280,
                "displayRangeStart": 0,
                "displayRangeEnd": units(text.len()) - 1,
                "validRangeStart": 0,
                "validRangeEnd": units(good) - 1,
            });
            assert_eq!(&ours, expected, "{suite}: {name}");
            count += 1;
        }
    }
    assert_eq!(count, 44);
}

#[test]
fn finds_links_as_x_does() {
    let Some(text) = read("extract.yml") else { return };
    let all: Value = serde_yaml::from_str(&text).unwrap();
    let mut failures = Vec::new();
    for suite in ["urls", "tco_urls_with_params"] {
        for case in all["tests"][suite].as_array().unwrap() {
            let text = case["text"].as_str().unwrap();
            let ours: Vec<&str> = postlint::rule::urls::urls(text, true).into_iter().map(|span| span.of(text)).collect();
            if json!(ours) != case["expected"] {
                failures.push(format!("{}: {ours:?}", case["description"]));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
