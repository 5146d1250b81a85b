//! The report for a person: every finding under the author's own words, then what to do first.

use super::echo::{Row, rows};
use super::verdict::{self, NOT_CLEARANCE, Verdict};
use super::{Privacy, Report, Skipped, key, visible};
use crate::finding::{Finding, Severity};
use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeSet;
use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// Narrower than this, text would stand in a column of single words.
const LEAST_WIDTH: usize = 40;
/// Wider than this, lines of prose are hard to read.
const MOST_WIDTH: usize = 120;
/// Columns of a line number of up to four digits and what separates it from the words.
const FRAME: usize = 7;
/// Findings of which a reader needs no list.
const MOST_AT_A_GLANCE: usize = 3;
/// Findings that the summary names as the ones to begin with.
const MOST_FIRST: usize = 5;

/// Writes the findings, what could not be checked, and the verdict.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::new(report);
    let mut explained = BTreeSet::new();
    for finding in report.findings {
        // A rule that fires on every line explains itself once.
        let explain = explained.insert((&finding.rule, &finding.why));
        page.finding(finding, explain, out)?;
    }
    for skipped in report.skipped {
        page.skipped(skipped, out)?;
    }
    for note in report.notes {
        page.paragraph(&[page.paint(Style::new().bold(), "note"), ": ".into()].concat(), 6, note, out)?;
    }
    if !report.skipped.is_empty() || !report.notes.is_empty() {
        writeln!(out)?;
    }
    page.summary(out)
}

/// What is decided once for the whole report.
struct Page<'a> {
    report: &'a Report<'a>,
    width: usize,
    shared_files: BTreeSet<&'a str>,
    sensitive_posts: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        Self {
            report,
            width: report.style.width.clamp(LEAST_WIDTH, MOST_WIDTH),
            shared_files: report.shared_files(),
            sensitive_posts: report.findings.iter().filter(|f| f.sensitive).map(key).collect(),
        }
    }

    /// `error[rule]: message`, the place, the words, why, instead, sources, and an empty line.
    fn finding(&self, finding: &Finding, explain: bool, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("{}[{}]", finding.severity.as_str(), visible(&finding.rule));
        let lead = format!("{}: ", self.paint(color_of(finding.severity), &head));
        self.wrapped(&lead, head.width() + 2, 6, &finding.message, Style::new().bold(), out)?;
        let rows = finding.excerpt.as_ref().map(|e| rows(e, &finding.labels, self.width - FRAME)).unwrap_or_default();
        let gutter = rows.iter().map(|r| r.line.to_string().len()).max().unwrap_or(1);
        writeln!(out, "{}{} {}", " ".repeat(gutter), self.paint(faint(), "-->"), self.place(finding))?;
        self.echo(finding.severity, &rows, gutter, out)?;
        if rows.is_empty() && finding.place.is_some_and(|place| !place.bytes.is_empty()) {
            self.footer(gutter, "words withheld", self.withheld(finding), out)?;
        }
        self.far_labels(finding, gutter, out)?;
        if explain {
            self.footer(gutter, "why", &finding.why, out)?;
        }
        self.footer(gutter, "instead", &finding.help, out)?;
        for source in finding.sources.iter().filter(|_| explain) {
            self.footer(gutter, "source", &source.title, out)?;
        }
        writeln!(out)
    }

    /// `drafts/week.csv:12:5 (post 12, first_comment)`.
    fn place(&self, finding: &Finding) -> String {
        let mut about = Vec::new();
        if self.shared_files.contains(finding.path.as_str()) || !matches!(finding.post.as_str(), "" | "1") {
            about.push(format!("post {}", visible(&finding.post)));
        }
        if !matches!(finding.field.as_str(), "" | "text") {
            about.push(visible(&finding.field).replace('_', " "));
        }
        if finding.place.is_none() {
            about.push("the whole post".into());
        }
        let place = location(&finding.path, finding.place.map(|p| (p.from.line, Some(p.from.column))));
        if about.is_empty() { place } else { format!("{place} ({})", about.join(", ")) }
    }

    /// The author's words with carets. Every row is drawn alone, because parts of one line must carry the same number.
    fn echo(&self, severity: Severity, rows: &[Row], gutter: usize, out: &mut dyn Write) -> io::Result<()> {
        let renderer = if self.report.style.color { Renderer::styled() } else { Renderer::plain() }.term_width(2 * MOST_WIDTH);
        for (i, row) in rows.iter().enumerate() {
            let drawn = renderer.render(&[Group::with_level(level_of(severity)).element(snippet(row))]);
            let indent = " ".repeat(gutter.saturating_sub(row.line.to_string().len()));
            for line in drawn.lines().skip(usize::from(i > 0)) {
                writeln!(out, "{indent}{}", line.trim_end())?;
            }
        }
        if rows.is_empty() { Ok(()) } else { writeln!(out, "{} {}", " ".repeat(gutter), self.paint(faint(), "|")) }
    }

    fn withheld(&self, finding: &Finding) -> &'static str {
        match self.report.privacy {
            Privacy::RedactAll => "--redact is on",
            _ if self.sensitive_posts.contains(&key(finding)) => {
                "this post may identify a patient; run in a terminal or add --reveal to see them"
            }
            _ => "they are not shown here",
        }
    }

    /// Labels that the echoed words do not carry: those on other lines, or all when the words are withheld.
    fn far_labels(&self, finding: &Finding, gutter: usize, out: &mut dyn Write) -> io::Result<()> {
        let near = |i: usize| finding.excerpt.as_ref().is_some_and(|e| e.labels.get(i).is_some_and(Option::is_some));
        for (_, label) in finding.labels.iter().enumerate().filter(|(i, _)| !near(*i)) {
            let from = label.place.from;
            self.footer(gutter, "see", &format!("line {}, column {}: {}", from.line, from.column, label.text), out)?;
        }
        Ok(())
    }

    /// `= name: text`, wrapped under the text.
    fn footer(&self, gutter: usize, name: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        let lead = format!("{} {} {}: ", " ".repeat(gutter), self.paint(faint(), "="), self.paint(Style::new().bold(), name));
        self.paragraph(&lead, gutter + name.len() + 5, text, out)
    }

    fn skipped(&self, skipped: &Skipped, out: &mut dyn Write) -> io::Result<()> {
        let place = location(&skipped.path, skipped.line.map(|line| (line, skipped.column)));
        let lead = format!("{}: ", self.paint(color_of(Severity::Error), skipped.word()));
        self.wrapped(&lead, skipped.word().len() + 2, 6, &format!("{place}: {}", skipped.reason), Style::new(), out)
    }

    /// The verdict, where to begin, what was left out, and what silence means.
    fn summary(&self, out: &mut dyn Write) -> io::Result<()> {
        let verdict = Verdict::of(self.report);
        let lead = format!("{}: ", self.paint(verdict_color(verdict), verdict.as_str()));
        self.wrapped(&lead, verdict.as_str().len() + 2, 0, &format!("{}.", verdict::tally(self.report)), Style::new(), out)?;
        self.first(out)?;
        for remark in verdict::remarks(self.report) {
            self.paragraph("", 0, &remark, out)?;
        }
        if let Some(finding) = self.report.findings.first() {
            self.paragraph("", 0, &format!("More on a rule: postlint explain {}", visible(&finding.rule)), out)?;
        }
        self.paragraph("", 0, NOT_CLEARANCE, out)
    }

    /// The most harmful and certain findings, when there are too many to see at a glance.
    fn first(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut worst: Vec<&Finding> = self.report.findings.iter().filter(|f| f.severity > Severity::Info).collect();
        if worst.len() <= MOST_AT_A_GLANCE {
            return Ok(());
        }
        worst.sort_by_key(|f| std::cmp::Reverse((f.severity, f.confidence)));
        writeln!(out, "Begin with:")?;
        for finding in worst.into_iter().take(MOST_FIRST) {
            let text = format!("{}: {}", self.place(finding), finding.title);
            self.wrapped("  - ", 4, 6, &text, Style::new(), out)?;
        }
        Ok(())
    }

    fn paragraph(&self, lead: &str, indent: usize, text: &str, out: &mut dyn Write) -> io::Result<()> {
        self.wrapped(lead, indent, indent, text, Style::new(), out)
    }

    /// `lead`, which is `first` columns wide, then `text` word by word; further lines are indented by `indent`.
    fn wrapped(&self, lead: &str, first: usize, indent: usize, text: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let mut lines: Vec<String> = vec![String::new()];
        let mut column = first;
        for word in text.split_whitespace().map(visible) {
            let Some(line) = lines.last_mut() else { break };
            if !line.is_empty() && column + 1 + word.width() > self.width {
                column = indent + word.width();
                lines.push(word.into_owned());
                continue;
            }
            column += word.width() + usize::from(!line.is_empty());
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        for (i, line) in lines.iter().enumerate() {
            let lead = if i == 0 { lead.to_string() } else { " ".repeat(indent) };
            writeln!(out, "{lead}{}", self.paint(style, line))?;
        }
        Ok(())
    }

    fn paint(&self, style: Style, text: &str) -> String {
        if self.report.style.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

fn snippet<'a>(row: &'a Row<'a>) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let kind = |primary| if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let marks = row.marks.iter().map(|m| kind(m.primary).span(m.bytes.clone()).label(m.label));
    Snippet::source(row.text.as_str()).line_start(row.line).annotations(marks)
}

/// `path:line:column`, as editors understand it.
pub(super) fn location(path: &str, at: Option<(usize, Option<usize>)>) -> String {
    let path = visible(path);
    match at {
        None => path.into_owned(),
        Some((line, None)) => format!("{path}:{line}"),
        Some((line, Some(column))) => format!("{path}:{line}:{column}"),
    }
}

fn level_of(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
}

fn color_of(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Info => AnsiColor::BrightBlue,
    };
    color.on_default().effects(Effects::BOLD)
}

fn verdict_color(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Fix => color_of(Severity::Error),
        Verdict::Ask | Verdict::Unchecked | Verdict::Nothing => color_of(Severity::Warning),
        Verdict::Ready => AnsiColor::BrightGreen.on_default().effects(Effects::BOLD),
    }
}

/// The colour of the frame, as in the echoed lines.
fn faint() -> Style {
    color_of(Severity::Info)
}
