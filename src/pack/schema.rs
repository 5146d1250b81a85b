//! The shape of a pack's YAML, and its parsing with limits.

use super::mistakes::in_plain_words;
use crate::document::FieldKind;
use crate::finding::{Confidence, Severity};
use crate::rule::weigh::Count;
use crate::rule::{Fault, Located, classify, combine, find, guard, limit, mending, require, roster, series};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A pack as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PackParams {
    pub(super) schema: Option<Located<u32>>,
    pub(super) pack: Option<Located<String>>,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) sources: BTreeMap<String, SourceParams>,
    #[serde(default)]
    pub(super) terms: BTreeMap<String, TermParams>,
    #[serde(default)]
    pub(super) models: BTreeMap<String, ModelParams>,
    pub(super) doubt: Option<classify::DoubtParams>,
    #[serde(default)]
    pub(super) rules: Vec<RuleParams>,
    #[serde(default)]
    pub(super) platforms: BTreeMap<String, PlatformParams>,
    #[serde(default)]
    pub(super) never_patients: Vec<Located<String>>,
    #[serde(default)]
    pub(super) wording: BTreeMap<String, Located<String>>,
    #[serde(default)]
    pub(super) floor: BTreeMap<String, Located<Severity>>,
}

/// One of `platforms:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlatformParams {
    pub(super) name: String,
    pub(super) count: Count,
    pub(super) limit: usize,
    pub(super) bytes: Option<usize>,
    pub(super) fold: Option<usize>,
    pub(super) links: Option<usize>,
    pub(super) hashtags: Option<usize>,
    #[serde(default)]
    pub(super) aliases: Vec<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "kept in the pack for its readers; its form is checked by being parsed")]
    pub(super) source: Option<SourceParams>,
}

/// One of `sources:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceParams {
    pub(super) title: String,
    pub(super) url: String,
    /// The day on which somebody saw it.
    #[serde(default)]
    #[allow(dead_code, reason = "kept in the pack for its readers; its form is checked by being parsed")]
    pub(super) checked: Option<String>,
}

/// One of `terms:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TermParams {
    pub(super) file: Option<Located<String>>,
    #[serde(default)]
    pub(super) files: Vec<Located<String>>,
    #[serde(default)]
    pub(super) phrases: Vec<Located<String>>,
}

/// One of `models:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelParams {
    pub(super) file: Located<String>,
}

/// One of `rules:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RuleParams {
    pub(super) id: Located<String>,
    pub(super) title: Option<String>,
    pub(super) severity: Severity,
    pub(super) confidence: Option<Confidence>,
    pub(super) message: String,
    #[serde(default)]
    pub(super) why: String,
    #[serde(default)]
    pub(super) instead: String,
    #[serde(default)]
    pub(super) sources: Vec<Located<String>>,
    #[serde(default)]
    pub(super) severity_in: BTreeMap<String, Severity>,
    #[serde(default)]
    pub(super) sources_in: BTreeMap<String, Vec<Located<String>>>,
    #[serde(default)]
    pub(super) jurisdictions: Vec<Located<String>>,
    #[serde(default)]
    pub(super) sensitive: bool,
    #[serde(default)]
    pub(super) audience: Vec<String>,
    #[serde(default)]
    pub(super) not_audience: Vec<String>,
    #[serde(default)]
    pub(super) fields: Vec<FieldKind>,
    pub(super) replace_with: Option<String>,
    #[serde(default)]
    pub(super) replace_safe: bool,
    #[serde(default)]
    pub(super) replace: Vec<mending::Params>,
    #[serde(default)]
    pub(super) consent_covers: bool,
    #[serde(default)]
    pub(super) replaces: Vec<String>,
    pub(super) find: Option<find::Params>,
    pub(super) combine: Option<combine::Params>,
    pub(super) classify: Option<classify::Params>,
    pub(super) require: Option<require::Params>,
    pub(super) limit: Option<limit::Params>,
    pub(super) series: Option<series::Params>,
    pub(super) roster: Option<roster::Params>,
    #[serde(default)]
    pub(super) with: Vec<guard::Params>,
    #[serde(default)]
    pub(super) unless: Vec<guard::Params>,
    #[serde(default)]
    pub(super) never_exempt: Vec<Located<String>>,
    #[serde(default)]
    pub(super) examples: ExamplesParams,
}

/// `examples:`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExamplesParams {
    #[serde(default)]
    pub(super) bad: Vec<Located<ExampleParams>>,
    #[serde(default)]
    pub(super) good: Vec<Located<ExampleParams>>,
}

/// A text, or a mapping with `text:` and what else is known of the post.
#[derive(Debug, Clone, Default)]
pub(super) struct ExampleParams {
    pub(super) text: String,
    pub(super) platform: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) jurisdiction: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) thread: Vec<String>,
    pub(super) consent: bool,
    pub(super) media: Vec<String>,
    pub(super) alt: Vec<String>,
    pub(super) roster: Vec<String>,
    pub(super) subtle: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExampleMap {
    text: String,
    platform: Option<String>,
    audience: Option<String>,
    jurisdiction: Option<String>,
    profile: Option<String>,
    #[serde(default)]
    thread: Vec<String>,
    #[serde(default)]
    consent: Option<crate::document::Consent>,
    #[serde(default)]
    media: Vec<String>,
    #[serde(default)]
    alt: Vec<String>,
    #[serde(default)]
    roster: Vec<String>,
    #[serde(default)]
    subtle: bool,
}

/// Written by hand because an untagged enum would lose the places of mistakes.
impl<'de> Deserialize<'de> for ExampleParams {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = ExampleParams;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or a mapping with `text:`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ExampleParams, E> {
                Ok(ExampleParams { text: text.to_owned(), ..ExampleParams::default() })
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<ExampleParams, A::Error> {
                let map = ExampleMap::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(ExampleParams {
                    text: map.text,
                    platform: map.platform,
                    audience: map.audience,
                    jurisdiction: map.jurisdiction,
                    profile: map.profile,
                    thread: map.thread,
                    consent: map.consent.is_some(),
                    media: map.media,
                    alt: map.alt,
                    roster: map.roster,
                    subtle: map.subtle,
                })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Largest pack, in bytes.
pub const PACK_LIMIT: usize = 1024 * 1024;
/// Deepest nesting of a pack.
pub const PACK_DEPTH: usize = 64;

/// Most mistakes of shape that are told of one pack.
const FAULTS: usize = 50;

/// Parses a pack. A rule whose shape is wrong is noted and left out, so that the mistakes of the other rules are found in the same run; the pack
/// itself is absent when its shape is wrong elsewhere.
pub(super) fn parse(text: &str) -> (Option<PackParams>, Vec<Fault>) {
    if text.len() > PACK_LIMIT {
        let what = "the pack is larger than 1 MiB; split it or move lists to files under `terms:`".into();
        return (None, vec![Fault { line: 1, column: 1, rule: None, what }]);
    }
    let (mut faults, mut lines) = (Vec::new(), text.lines().collect::<Vec<_>>());
    let mut params = parse_whole(text);
    loop {
        match params {
            Ok(params) => return (Some(params), faults),
            Err(fault) => {
                let left = faults.len() < FAULTS && leave_out(&mut lines, fault.line);
                faults.push(fault);
                if !left {
                    return (None, faults);
                }
                params = parse_whole(&lines.join("\n"));
            }
        }
    }
}

/// Blanks the entry of `rules:` that holds a line (1-based); `false` when there is none, or it is the only one.
fn leave_out(lines: &mut [&str], line: u64) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let at = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let Some(list) = lines.iter().take(at + 1).rposition(|line| line.trim_end() == "rules:") else { return false };
    let Some(dash) = lines.iter().skip(list + 1).find(|line| line.trim_start().starts_with("- ")).map(|line| indent(line)) else {
        return false;
    };
    let item = |line: &str| indent(line) == dash && line.trim_start().starts_with("- ");
    let Some(start) = lines.iter().take(at + 1).rposition(|line| item(line)).filter(|start| *start > list) else { return false };
    let others = lines.iter().enumerate().skip(list + 1).any(|(index, line)| index != start && item(line));
    let ends = |line: &str| !line.trim().is_empty() && indent(line) <= dash;
    let end = lines.iter().enumerate().skip(start + 1).find(|(_, line)| ends(line)).map_or(lines.len(), |(index, _)| index);
    lines.iter_mut().take(end).skip(start).for_each(|line| *line = "");
    others
}

/// Parses a pack as it is; the first mistake ends it.
pub(super) fn parse_whole(text: &str) -> Result<PackParams, Fault> {
    let mut budget = serde_yaml::Budget::default();
    budget.max_depth = PACK_DEPTH;
    budget.max_aliases = 0;
    budget.max_anchors = 0;
    let mut options = serde_yaml::Options::default();
    options.budget = Some(budget);
    serde_yaml::from_str_with_options(text, options).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |location| (location.line(), location.column()));
        Fault { line: line.max(1), column: column.max(1), rule: None, what: in_plain_words(&error, text) }
    })
}
