//! The findings as one JSON document, version 1. These structs are the contract: they change only with the version.
//!
//! A finding on a whole post has `null` for its places. `start` and `end` count characters in the post's field, 0-based and half-open;
//! lines and columns count from 1, in the file, and `end_column` is one past the last character.

use super::{Report, Summary};
use crate::finding::{Finding, Label, Source};
use serde::Serialize;
use std::io::{self, Write};

const SCHEMA_VERSION: u32 = 1;

/// Writes one line of JSON.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    open(out)?;
    for (at, finding) in report.findings.iter().enumerate() {
        next(finding, at == 0, out)?;
    }
    close(report, out)
}

/// What stands before the findings.
pub(super) fn open(out: &mut dyn Write) -> io::Result<()> {
    let tool = serde_json::json!({ "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") });
    write!(out, "{{\"schema_version\":{SCHEMA_VERSION},\"tool\":{tool},\"findings\":[")
}

/// One finding of the list.
pub(super) fn next(finding: &Finding, is_first: bool, out: &mut dyn Write) -> io::Result<()> {
    if !is_first {
        out.write_all(b",")?;
    }
    value(&FindingV1::from(finding), out)
}

/// What stands after the findings.
pub(super) fn close(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut closing = Vec::new();
    line(&Closing::of(report), &mut closing)?;
    // The members of the closing object go on in the document's own object.
    out.write_all(b"],")?;
    out.write_all(closing.strip_prefix(b"{").unwrap_or(&closing))
}

/// One value and a line feed; characters that would act on a terminal are written as `\u` escapes, which JSON reads back unchanged.
pub(super) fn line(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value(object, out)?;
    writeln!(out)
}

fn value(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    object.serialize(&mut serde_json::Serializer::with_formatter(out, Escaping))?;
    Ok(())
}

/// Compact JSON in which nothing hides.
struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((before, c, after)) = next_hidden(rest) {
            writer.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        writer.write_all(rest.as_bytes())
    }
}

fn next_hidden(text: &str) -> Option<(&str, char, &str)> {
    let (at, c) = text.char_indices().find(|(_, c)| super::visible::is_hidden(*c, Some('x')))?;
    Some((text.get(..at)?, c, text.get(at + c.len_utf8()..)?))
}

/// What follows the findings: what was not checked, remarks, and the counts.
#[derive(Serialize)]
pub(super) struct Closing<'a> {
    skipped: Vec<SkippedV1<'a>>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notes: &'a [String],
    summary: SummaryV1,
}

impl<'a> Closing<'a> {
    pub(super) fn of(report: &Report<'a>) -> Self {
        let skipped =
            report.skipped.iter().map(|s| SkippedV1 { path: &s.path, line: s.line, column: s.column, reason: &s.reason }).collect();
        Self { skipped, notes: report.notes, summary: report.summary.into() }
    }
}

/// One finding.
#[derive(Serialize)]
pub(super) struct FindingV1<'a> {
    rule: &'a str,
    pack: &'a str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    path: &'a str,
    post: &'a str,
    field: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    start: Option<usize>,
    end: Option<usize>,
    excerpt: Option<&'a str>,
    labels: Vec<LabelV1<'a>>,
    help: &'a str,
    sources: &'a [Source],
    fingerprint: &'a str,
}

impl<'a> From<&'a Finding> for FindingV1<'a> {
    fn from(f: &'a Finding) -> Self {
        Self {
            rule: &f.rule,
            pack: &f.pack,
            severity: f.severity.as_str(),
            confidence: f.confidence.as_str(),
            message: &f.message,
            path: &f.path,
            post: &f.post,
            field: &f.field,
            line: f.place.map(|p| p.from.line),
            column: f.place.map(|p| p.from.column),
            end_line: f.place.map(|p| p.to.line),
            end_column: f.place.map(|p| p.to.column),
            start: f.place.map(|p| p.chars.0),
            end: f.place.map(|p| p.chars.1),
            excerpt: f.excerpt.as_ref().map(|e| e.text.as_str()),
            labels: f.labels.iter().map(LabelV1::from).collect(),
            help: &f.help,
            sources: &f.sources,
            fingerprint: &f.fingerprint,
        }
    }
}

#[derive(Serialize)]
struct LabelV1<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    start: usize,
    end: usize,
    text: &'a str,
}

impl<'a> From<&'a Label> for LabelV1<'a> {
    fn from(label: &'a Label) -> Self {
        let place = label.place;
        Self {
            line: place.from.line,
            column: place.from.column,
            end_line: place.to.line,
            end_column: place.to.column,
            start: place.chars.0,
            end: place.chars.1,
            text: &label.text,
        }
    }
}

#[derive(Serialize)]
struct SkippedV1<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    reason: &'a str,
}

#[derive(Serialize)]
struct SummaryV1 {
    files: usize,
    posts: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
    suppressed: usize,
    skipped: usize,
    hidden: usize,
}

impl From<Summary> for SummaryV1 {
    fn from(s: Summary) -> Self {
        let Summary { files, posts, errors, warnings, infos, suppressed, skipped, hidden } = s;
        Self { files, posts, errors, warnings, infos, suppressed, skipped, hidden }
    }
}
