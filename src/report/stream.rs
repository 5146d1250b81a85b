//! Reports whose findings are written as they come, so that memory does not grow with a long schedule.

use super::json::{self, Closing, FindingV1};
use super::{Format, Orderless, Report};
use crate::finding::Finding;
use std::io::{self, Write};

/// A report that has begun. The whole is byte for byte what [`super::write`] writes of the same findings.
pub struct Stream<'o> {
    out: Orderless<'o>,
    format: Format,
    is_first: bool,
}

impl<'o> Stream<'o> {
    /// Whether a format can be written before all findings are known.
    pub fn suits(format: Format) -> bool {
        matches!(format, Format::Json | Format::Jsonl)
    }

    /// Begins a report in one of the formats that [`Stream::suits`].
    pub fn begin(format: Format, out: &'o mut dyn Write) -> io::Result<Self> {
        let mut out = Orderless::new(format, out);
        if format == Format::Json {
            json::open(&mut out)?;
        }
        Ok(Self { out, format, is_first: true })
    }

    /// Writes the next finding.
    pub fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let is_first = std::mem::take(&mut self.is_first);
        match self.format {
            Format::Json => json::next(finding, is_first, &mut self.out),
            _ => json::line(&FindingV1::from(finding), &mut self.out),
        }
    }

    /// Ends the report with what was skipped and the counts; the findings in `report` are not looked at.
    pub fn end(mut self, report: &Report) -> io::Result<()> {
        match self.format {
            Format::Json => json::close(report, &mut self.out),
            _ => json::line(&Closing::of(report), &mut self.out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Fixture;
    use super::super::{Privacy, Style, Summary, write};
    use super::*;

    #[test]
    fn writes_what_the_whole_report_would_be() {
        let fixture = Fixture::new();
        for format in Format::ALL.iter().copied().filter(|format| Stream::suits(*format)) {
            for findings in [fixture.findings.as_slice(), &[]] {
                let report = Report {
                    findings,
                    skipped: &fixture.skipped,
                    posts: &[],
                    rules: &[],
                    notes: &fixture.notes,
                    summary: Summary { files: 2, ..Summary::default() },
                    privacy: Privacy::Reveal,
                    style: Style::default(),
                };
                let (mut whole, mut streamed) = (Vec::new(), Vec::new());
                write(format, &report, &mut whole).unwrap();
                let mut stream = Stream::begin(format, &mut streamed).unwrap();
                findings.iter().for_each(|finding| stream.finding(finding).unwrap());
                stream.end(&report).unwrap();
                assert_eq!(String::from_utf8(streamed).unwrap(), String::from_utf8(whole).unwrap());
            }
        }
    }
}
