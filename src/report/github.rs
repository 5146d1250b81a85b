//! Workflow commands, which GitHub shows beside the lines of a pull request.

use super::verdict::{NOT_CLEARANCE, sentence};
use super::{Report, visible};
use crate::finding::{Finding, Severity};
use std::io::{self, Write};

/// Writes one command a finding, then the summary as plain text for the log.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shared = report.shared_files();
    for f in report.findings {
        let post = if shared.contains(f.path.as_str()) { format!(" (post {})", f.post) } else { String::new() };
        let help = if f.help.is_empty() { String::new() } else { format!("\nInstead: {}", f.help) };
        let text = format!("{}{post}{help}", f.message);
        writeln!(out, "::{} file={}{},title={}::{}", command(f.severity), property(&f.path), place(f), property(&f.rule), data(&text))?;
    }
    for s in report.skipped {
        let line = s.line.map(|line| format!(",line={line}")).unwrap_or_default();
        let column = s.column.map(|column| format!(",col={column}")).unwrap_or_default();
        writeln!(out, "::error file={}{line}{column},title={}::{}", property(&s.path), s.heading(), data(&s.reason))?;
    }
    for note in report.notes {
        writeln!(out, "::notice title=postlint::{}", data(note))?;
    }
    writeln!(out, "{} {NOT_CLEARANCE}", sentence(report))
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// GitHub understands columns only on a single line.
fn place(finding: &Finding) -> String {
    match finding.place {
        None => String::new(),
        Some(p) if p.from.line == p.to.line => {
            format!(",line={},endLine={},col={},endColumn={}", p.from.line, p.to.line, p.from.column, p.to.column)
        }
        Some(p) => format!(",line={},endLine={}", p.from.line, p.to.line),
    }
}

/// The text of a command, in which a line feed would begin another command.
fn data(text: &str) -> String {
    text.lines().map(|line| visible(line).replace('%', "%25")).collect::<Vec<_>>().join("%0A")
}

/// The value of a property. A path keeps its characters, encoded, so that GitHub still finds the file.
fn property(value: &str) -> String {
    let encoded = value.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(':', "%3A").replace(',', "%2C");
    visible(&encoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn no_text_can_begin_a_command() {
        assert_eq!(data("50 %\n::error::x\r\n::y\rz"), "50 %25%0A::error::x%0A::y\\rz");
        assert_eq!(property("a,b: 1%\r\n::warning::.md"), "a%2Cb%3A 1%25%0D%0A%3A%3Awarning%3A%3A.md");
    }
}
