//! Findings that make every format show what it does with the awkward ones.

use super::*;
use crate::finding::{Excerpt, Label, Place};
use crate::span::{Position, Span};

/// A word that must never leave a post that may identify a patient.
pub(super) const SECRET: &str = "Zyxwinia";

/// Owned parts of a report.
pub(super) struct Fixture {
    pub(super) findings: Vec<Finding>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) posts: Vec<PostInfo>,
    pub(super) notes: Vec<String>,
    pub(super) sources: Vec<Source>,
}

impl Fixture {
    /// Findings of every severity: plain, labelled, over two lines, on a whole post, in a file with a nasty name, and sensitive ones.
    pub(super) fn new() -> Self {
        Self {
            findings: vec![stop_medication(), no_disclaimer(), two_lines(), nasty_name(), clues(), beside_a_name(), name()],
            skipped: vec![
                Skipped::whole("drafts/photo.txt".into(), "this is not text; save it as plain text".into()),
                Skipped {
                    path: "drafts/we\nek.csv".into(),
                    line: Some(3),
                    column: Some(7),
                    reason: "the date has no month".into(),
                    unread: false,
                },
            ],
            posts: posts(),
            notes: vec!["postlint.yaml lowers statistic-without-source to info".into()],
            sources: vec![source()],
        }
    }

    /// The report after [`withhold`].
    pub(super) fn report(&mut self, privacy: Privacy) -> String {
        self.written(Format::Text, privacy, Style::default())
    }

    /// One format, with excerpts as `privacy` allows.
    pub(super) fn written(&mut self, format: Format, privacy: Privacy, style: Style) -> String {
        withhold(&mut self.findings, privacy);
        let counted = |s| self.findings.iter().filter(|f| f.severity == s).count();
        let summary = Summary {
            files: 4,
            posts: 6,
            errors: counted(Severity::Error),
            warnings: counted(Severity::Warning),
            infos: counted(Severity::Info),
            suppressed: 1,
            skipped: 2,
            hidden: 3,
        };
        let rules = self.rules();
        let report = Report {
            findings: &self.findings,
            skipped: &self.skipped,
            posts: &self.posts,
            rules: &rules,
            notes: &self.notes,
            summary,
            privacy,
            style,
        };
        let mut out = Vec::new();
        write(format, &report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rules(&self) -> Vec<RuleInfo<'_>> {
        let mut rules: Vec<RuleInfo> = Vec::new();
        for f in &self.findings {
            if rules.iter().all(|r| r.id != f.rule) {
                rules.push(RuleInfo {
                    id: &f.rule,
                    pack: &f.pack,
                    title: &f.title,
                    message: &f.message,
                    why: &f.why,
                    help: &f.help,
                    sources: &self.sources,
                    severity: f.severity,
                    confidence: f.confidence,
                });
            }
        }
        rules
    }
}

fn source() -> Source {
    Source { title: "AMA Code of Medical Ethics, Opinion 8.12".into(), url: "https://code-medical-ethics.ama-assn.org/".into() }
}

fn finding(rule: &str, pack: &str, severity: Severity, path: &str, post: &str) -> Finding {
    Finding {
        rule: rule.into(),
        pack: pack.into(),
        title: format!("Title of {rule}"),
        severity,
        confidence: Confidence::High,
        message: format!("Message of {rule}."),
        why: String::new(),
        help: String::new(),
        sources: vec![source()],
        path: path.into(),
        post: post.into(),
        field: "text".into(),
        place: None,
        labels: vec![],
        excerpt: None,
        sensitive: false,
        fingerprint: format!("{:016x}", rule.len() * 7919 + path.len()),
        edits: vec![],
    }
}

/// Where `words` stand in `text`, a field whose first line is `line`.
fn place(text: &str, words: &str, line: usize) -> Place {
    let start = text.find(words).unwrap();
    let at = |byte: usize| {
        let before = &text[..byte];
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        Position { line: line + before.matches('\n').count(), column }
    };
    let end = start + words.len();
    Place {
        from: at(start),
        to: at(end),
        chars: (text[..start].chars().count(), text[..end].chars().count()),
        bytes: Span::new(start, end),
    }
}

/// Places a finding, with one label for each of `labels`.
fn placed(mut finding: Finding, text: &str, words: &str, line: usize, labels: &[(&str, &str)]) -> Finding {
    finding.place = Some(place(text, words, line));
    finding.labels = labels.iter().map(|(words, label)| Label { place: place(text, words, line), text: (*label).into() }).collect();
    finding.excerpt = Some(Excerpt {
        text: text.into(),
        first_line: line,
        primary: place(text, words, line).bytes,
        labels: finding.labels.iter().map(|l| Some(l.place.bytes)).collect(),
    });
    finding
}

fn stop_medication() -> Finding {
    let f = Finding {
        message: "Tells the reader to stop a medicine.".into(),
        why: "Stopping some medicines suddenly is dangerous, and a post knows nothing of who reads it.".into(),
        help: "Never stop a prescribed medicine without talking to the clinician who prescribed it.".into(),
        ..finding("stop-medication", "medical-advice", Severity::Error, "drafts/reel-42.md", "1")
    };
    placed(f, "PSA: quit your lisinopril tonight, try beet juice 🥤", "quit your lisinopril", 3, &[])
}

fn no_disclaimer() -> Finding {
    Finding {
        message: "Gives health information and never says that it is general.".into(),
        why: "Readers take a physician's general words as advice to themselves.".into(),
        help: "Add: For education only; talk to your own clinician.".into(),
        confidence: Confidence::Medium,
        ..finding("missing-disclaimer", "disclaimers", Severity::Warning, "drafts/reel-42.md", "1")
    }
}

fn two_lines() -> Finding {
    let f = Finding {
        field: "first_comment".into(),
        confidence: Confidence::Medium,
        ..finding("statistic-without-source", "statistics", Severity::Info, "drafts/reel-42.md", "1")
    };
    placed(f, "👩\u{200d}⚕\u{fe0f} says:\tabout 40 %\r\nof all 中文 readers\r\nforget", "about 40 %\r\nof all 中文 readers", 9, &[])
}

fn nasty_name() -> Finding {
    let f = finding("cure-claim", "claims", Severity::Error, "drafts/a,b: %0A\u{1b}[31m\u{202e}<b>&\"'\n::error::.txt", "1");
    let long = "It is a long line. ".repeat(9);
    let text = format!("{long}This \u{1b}[2J\u{202e}CURES all. {long}");
    placed(f, &text, "\u{1b}[2J\u{202e}CURES all", 1, &[])
}

fn clues() -> Finding {
    let f = Finding {
        message: "Together these details may identify a patient.".into(),
        help: "Drop the exact age; it helps most.".into(),
        sensitive: true,
        ..finding("clues-combined", "patient-identifiers", Severity::Error, "drafts/week.csv", "2")
    };
    let text = format!("My 93-year-old from Dover, {SECRET} by name, the only beekeeper in town.");
    placed(f, &text, "93-year-old", 2, &[("93-year-old", "an exact age"), ("Dover", "a place"), ("beekeeper", "an occupation")])
}

fn beside_a_name() -> Finding {
    let f = finding("boast", "professionalism", Severity::Info, "drafts/week.csv", "2");
    placed(f, &format!("What a save! {SECRET} walks again."), "What a save!", 4, &[])
}

fn name() -> Finding {
    let f = Finding { sensitive: true, ..finding("patient-name", "patient-identifiers", Severity::Error, "drafts/week.csv", "<3>") };
    placed(f, &format!("Thank you {SECRET} for your trust."), SECRET, 7, &[])
}

fn posts() -> Vec<PostInfo> {
    let post = |path: &str, post: &str, account: &str, scheduled: Option<&str>, counts: (usize, usize, usize)| PostInfo {
        path: path.into(),
        post: post.into(),
        account: (!account.is_empty()).then(|| account.into()),
        platforms: vec!["instagram".into()],
        scheduled: scheduled.map(Into::into),
        pillar: Some("treatments".into()),
        errors: counts.0,
        warnings: counts.1,
        infos: counts.2,
    };
    vec![
        post("drafts/reel-42.md", "1", "@drlee", Some("2026-11-24T09:30"), (1, 1, 1)),
        post("drafts/week.csv", "2", "@drlee", Some("2026-11-26T18:00:00+01:00"), (1, 0, 1)),
        post("drafts/week.csv", "<3>", "@clinic<i>", Some("2026-12-01"), (1, 0, 0)),
        post("drafts/week.csv", "4", "@clinic<i>", Some("2026-12-02 07:15"), (0, 0, 0)),
        post("drafts/plain.txt", "1", "", None, (0, 0, 0)),
    ]
}
