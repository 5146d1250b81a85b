//! One line a finding, for editors and quick looks; never words of a draft.

use super::text::location;
use super::verdict::{NOT_CLEARANCE, sentence};
use super::{Report, visible};
use std::io::{self, Write};

/// Writes `path:line:column: severity[rule] message` for each finding, then one line of summary.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shared = report.shared_files();
    for f in report.findings {
        let place = location(&f.path, f.place.map(|p| (p.from.line, Some(p.from.column))));
        let post = if shared.contains(f.path.as_str()) { format!(" (post {})", visible(&f.post)) } else { String::new() };
        writeln!(out, "{place}: {}[{}] {}{post}", f.severity.as_str(), visible(&f.rule), visible(f.message.trim()))?;
    }
    for s in report.skipped {
        writeln!(out, "{}: {}: {}", location(&s.path, s.line.map(|line| (line, s.column))), s.word(), visible(s.reason.trim()))?;
    }
    for note in report.notes {
        writeln!(out, "note: {}", visible(note.trim()))?;
    }
    writeln!(out, "{} {NOT_CLEARANCE}", sentence(report))
}
