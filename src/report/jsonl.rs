//! One JSON object a line: every finding as in the JSON document, then one last line with what was skipped and the counts.

use super::Report;
use super::json::{Closing, FindingV1, line};
use std::io::{self, Write};

/// Writes finding by finding, in bounded memory.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in report.findings {
        line(&FindingV1::from(finding), out)?;
    }
    line(&Closing::of(report), out)
}
