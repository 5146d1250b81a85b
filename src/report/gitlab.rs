//! GitLab's Code Quality report: a JSON array of issues.
//!
//! GitLab demands a line for each issue; a finding on a whole post, or a file that was not checked, gets line 1 here and nowhere else.

use super::{Report, Skipped, json, visible};
use crate::finding::{Finding, Severity};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the array, one issue a line.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = BTreeMap::new();
    let issues = report.findings.iter().map(issue).chain(report.skipped.iter().map(not_checked));
    write!(out, "[")?;
    for (i, issue) in issues.enumerate() {
        write!(out, "{}", if i == 0 { "\n" } else { "," })?;
        json::line(&unique(issue, &mut seen), out)?;
    }
    writeln!(out, "]")
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

fn issue(f: &Finding) -> Issue {
    let help = if f.help.is_empty() { String::new() } else { format!(" Instead: {}", f.help) };
    let fingerprint = if f.fingerprint.is_empty() { [&*f.rule, &f.path, &f.post, &f.field].join("/") } else { f.fingerprint.clone() };
    let (begin, end) = f.place.map_or((1, 1), |p| (p.from.line, p.to.line));
    Issue {
        description: visible(&format!("{}{help}", f.message)).into_owned(),
        check_name: f.rule.clone(),
        fingerprint,
        severity: severity(f.severity),
        location: Location { path: relative(&f.path), lines: Lines { begin, end } },
    }
}

fn not_checked(s: &Skipped) -> Issue {
    let line = s.line.unwrap_or(1);
    Issue {
        description: visible(&format!("{}: {}", s.heading(), s.reason)).into_owned(),
        check_name: "not-checked".into(),
        fingerprint: format!("not-checked/{}/{line}", s.path),
        severity: "blocker",
        location: Location { path: relative(&s.path), lines: Lines { begin: line, end: line } },
    }
}

/// GitLab drops all but one issue of a fingerprint, so the second of a kind in a report gets `-2`.
fn unique(issue: Issue, seen: &mut BTreeMap<String, usize>) -> Issue {
    let times = seen.entry(issue.fingerprint.clone()).or_insert(0);
    *times += 1;
    let fingerprint = if *times == 1 { issue.fingerprint } else { format!("{}-{times}", issue.fingerprint) };
    Issue { fingerprint, ..issue }
}

/// GitLab wants paths from the repository's root without `./`.
fn relative(path: &str) -> String {
    path.strip_prefix("./").unwrap_or(path).to_string()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Info => "info",
    }
}
