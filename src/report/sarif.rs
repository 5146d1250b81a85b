//! SARIF 2.1.0, for code hosts and editors that show findings beside the file.
//!
//! A finding on a whole post has no region: an invented line 1 would point at words that are not meant. Silenced findings are left out.

use super::{Report, RuleInfo, Skipped, json, visible};
use crate::finding::{Confidence, Finding, Place, Severity, Source};
use serde_json::{Value, json};
use serde_sarif::sarif as s;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// Name of our fingerprint; a change of what goes into it needs a new name.
const FINGERPRINT: &str = "postlint/v1";

/// Writes one line of JSON.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let run = s::Run::builder()
        .tool(s::Tool::builder().driver(driver(report)).build())
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation(report)])
        .results(report.findings.iter().map(|f| result(f, report.rules)).collect::<Vec<_>>())
        .build();
    json::line(&s::Sarif::builder().schema(SCHEMA).version(json!("2.1.0")).runs(vec![run]).build(), out)
}

fn driver(report: &Report) -> s::ToolComponent {
    s::ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .version(env!("CARGO_PKG_VERSION"))
        .rules(report.rules.iter().map(rule).collect::<Vec<_>>())
        .build()
}

fn rule(rule: &RuleInfo) -> s::ReportingDescriptor {
    let help = s::MultiformatMessageString::builder().text(help(rule, &PLAIN)).markdown(help(rule, &MARKDOWN)).build();
    let properties = BTreeMap::from([
        ("precision".to_string(), json!(rule.confidence.as_str())),
        ("problem.severity".to_string(), json!(problem(rule.severity))),
    ]);
    let mut descriptor = s::ReportingDescriptor::builder()
        .id(rule.id)
        .short_description(plain(rule.title))
        .full_description(plain(if rule.message.is_empty() { rule.title } else { rule.message }))
        .help(help)
        .default_configuration(s::ReportingConfiguration::builder().level(level(rule.severity)).build())
        .properties(s::PropertyBag::builder().tags(vec![rule.pack.to_string()]).additional_properties(properties).build())
        .build();
    descriptor.help_uri = rule.sources.iter().map(|source| source.url.clone()).find(|url| url.starts_with("https://"));
    descriptor
}

/// How a heading and a source are written in one kind of help.
struct Markup {
    heading: fn(&str) -> String,
    source: fn(&Source) -> String,
}

const PLAIN: Markup = Markup { heading: |h| format!("{h}: "), source: |s| format!("- {} {}\n", s.title, s.url) };
const MARKDOWN: Markup = Markup {
    heading: |h| format!("**{h}**: "),
    source: |s| format!("- [{}]({})\n", s.title.replace(['[', ']'], ""), s.url.replace(' ', "%20")),
};

fn help(rule: &RuleInfo, markup: &Markup) -> String {
    let mut text = String::new();
    for (heading, words) in [("Why", rule.why), ("Instead", rule.help)] {
        if !words.is_empty() {
            text.push_str(&format!("{}{}\n\n", (markup.heading)(heading), words.trim()));
        }
    }
    if !rule.sources.is_empty() {
        text.push_str(&format!("{}\n\n", (markup.heading)("Sources").trim()));
        rule.sources.iter().for_each(|source| text.push_str(&(markup.source)(source)));
    }
    if text.is_empty() { rule.title.to_string() } else { text }
}

fn result(f: &Finding, rules: &[RuleInfo]) -> s::Result {
    let words = f.excerpt.as_ref().map(|e| e.primary.of(&e.text));
    let text = if f.help.is_empty() { f.message.clone() } else { format!("{}\nInstead: {}", f.message, f.help) };
    let extra = [("pack", &f.pack), ("post", &f.post), ("field", &f.field)];
    let mut properties: BTreeMap<String, Value> = extra.into_iter().map(|(key, value)| (key.to_string(), json!(value))).collect();
    properties.insert("confidence".into(), json!(f.confidence.as_str()));
    let mut result = s::Result::builder()
        .rule_id(f.rule.as_str())
        .level(result_level(f.severity))
        .message(message(&text))
        .locations(vec![location(&f.path, f.place.and_then(|p| region(p, words)))])
        .rank(rank(f.confidence))
        .properties(s::PropertyBag::builder().additional_properties(properties).build())
        .build();
    result.rule_index = rules.iter().position(|r| r.id == f.rule).and_then(small);
    if !f.labels.is_empty() {
        result.related_locations = Some(f.labels.iter().map(|l| related(&f.path, l)).collect());
    }
    if !f.fingerprint.is_empty() {
        result.partial_fingerprints = Some(BTreeMap::from([(FINGERPRINT.to_string(), f.fingerprint.clone())]));
    }
    result
}

fn related(path: &str, label: &crate::finding::Label) -> s::Location {
    s::Location { message: Some(message(&label.text)), ..location(path, region(label.place, None)) }
}

fn location(path: &str, region: Option<s::Region>) -> s::Location {
    let artifact = s::ArtifactLocation::builder().uri(uri(path)).build();
    let place = s::PhysicalLocation { region, artifact_location: Some(artifact), ..Default::default() };
    s::Location::builder().physical_location(place).build()
}

/// Lines and columns, unless one is too large for readers that keep 32 bits.
fn region(place: Place, words: Option<&str>) -> Option<s::Region> {
    Some(s::Region {
        start_line: Some(small(place.from.line)?),
        start_column: Some(small(place.from.column)?),
        end_line: Some(small(place.to.line)?),
        end_column: Some(small(place.to.column)?),
        snippet: words.map(|w| s::ArtifactContent::builder().text(w).build()),
        ..Default::default()
    })
}

fn small(n: usize) -> Option<i64> {
    i32::try_from(n).ok().map(i64::from)
}

/// A path as a URI: relative as the user named it, absolute with its scheme; every byte that a URI cannot hold is percent-encoded.
pub(super) fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_string() };
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

fn invocation(report: &Report) -> s::Invocation {
    let remarks = report.notes.iter().map(|n| s::Notification::builder().message(message(n)).level(json!("note")).build());
    s::Invocation::builder()
        .execution_successful(report.skipped.is_empty())
        .tool_execution_notifications(report.skipped.iter().map(notification).chain(remarks).collect::<Vec<_>>())
        .build()
}

fn notification(skipped: &Skipped) -> s::Notification {
    let region = skipped.line.and_then(small).map(|line| s::Region {
        start_line: Some(line),
        start_column: skipped.column.and_then(small),
        ..Default::default()
    });
    s::Notification::builder()
        .message(message(&format!("{}: {}", skipped.heading(), skipped.reason)))
        .level(json!("error"))
        .locations(vec![location(&skipped.path, region)])
        .build()
}

fn message(text: &str) -> s::Message {
    s::Message::builder().text(text.lines().map(visible).collect::<Vec<_>>().join("\n")).build()
}

fn plain(text: &str) -> s::MultiformatMessageString {
    s::MultiformatMessageString::builder().text(text).build()
}

fn level(severity: Severity) -> Value {
    json!(match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    })
}

fn result_level(severity: Severity) -> s::ResultLevel {
    match severity {
        Severity::Error => s::ResultLevel::Error,
        Severity::Warning => s::ResultLevel::Warning,
        Severity::Info => s::ResultLevel::Note,
    }
}

/// GitHub's words for rules that are not about security.
fn problem(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

/// 0 to 100: how sure the rule is.
fn rank(confidence: Confidence) -> f64 {
    match confidence {
        Confidence::High => 95.0,
        Confidence::Medium => 70.0,
        Confidence::Low => 30.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::Fixture;
    use crate::report::{Format, Privacy, Style};

    #[test]
    fn paths_become_uris() {
        for (path, expected) in [
            ("drafts/a.md", "drafts/a.md"),
            ("./a b.md", "a%20b.md"),
            ("/home/é.md", "file:///home/%C3%A9.md"),
            ("a:b?#%\n.md", "a%3Ab%3F%23%25%0A.md"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn readers_of_the_format_understand_it() {
        let written = Fixture::new().written(Format::Sarif, Privacy::WithholdSensitive, Style::default());
        let log: s::Sarif = serde_json::from_str(&written).unwrap();
        let (run, result) = (&log.runs[0], &log.runs[0].results.as_ref().unwrap()[4]);
        assert_eq!(run.column_kind, Some(json!("unicodeCodePoints")));
        assert_eq!(run.tool.driver.rules.as_ref().unwrap()[result.rule_index.unwrap() as usize].id, "clues-combined");
        assert_eq!(result.related_locations.as_ref().unwrap().len(), 3);
        assert!(!run.invocations.as_ref().unwrap()[0].execution_successful);
    }

    #[test]
    fn a_column_beyond_32_bits_is_left_out() {
        let mut place = crate::document::Text::new("").place(crate::span::Span::default());
        assert!(region(place, None).is_some());
        place.to.column = 1 << 31;
        assert_eq!(region(place, None), None);
    }
}
