//! What holds for every format: the same findings, no withheld word, nothing that acts on a terminal; and one snapshot each.

use super::fixture::{Fixture, SECRET};
use super::*;

#[test]
fn snapshots() {
    for format in Format::ALL {
        let written = Fixture::new().written(*format, Privacy::WithholdSensitive, Style::default());
        let (version, tool) = (concat!("\"version\":\"", env!("CARGO_PKG_VERSION")), concat!("postlint ", env!("CARGO_PKG_VERSION")));
        insta::assert_snapshot!(format.as_str(), written.replace(version, "\"version\":\"").replace(tool, "postlint"));
    }
}

#[test]
fn text_on_a_terminal_shows_all_words() {
    insta::assert_snapshot!("text-revealed", Fixture::new().report(Privacy::Reveal));
    insta::assert_snapshot!("text-redacted", Fixture::new().report(Privacy::RedactAll));
}

#[test]
fn every_format_carries_every_finding() {
    let rules =
        ["stop-medication", "missing-disclaimer", "statistic-without-source", "cure-claim", "clues-combined", "boast", "patient-name"];
    for format in Format::ALL {
        let written = Fixture::new().written(*format, Privacy::WithholdSensitive, Style::default());
        for rule in rules {
            assert!(written.contains(rule), "{rule} is missing in {}", format.as_str());
        }
        assert!(written.contains("this is not text"), "what was skipped is missing in {}", format.as_str());
    }
}

#[test]
fn no_format_leaks_a_withheld_word() {
    for format in Format::ALL {
        let written = Fixture::new().written(*format, Privacy::WithholdSensitive, Style::default());
        assert!(!written.contains(SECRET) && !written.contains("What a save"), "{}", format.as_str());
        let redacted = Fixture::new().written(*format, Privacy::RedactAll, Style::default());
        assert!(!redacted.contains("lisinopril tonight"), "{}", format.as_str());
        assert!(Fixture::new().report(Privacy::Reveal).contains(SECRET));
    }
}

#[test]
fn no_format_writes_characters_that_act() {
    for format in Format::ALL {
        let written = Fixture::new().written(*format, Privacy::Reveal, Style::default());
        let acts = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
        assert_eq!(written.chars().find(acts), None, "{}", format.as_str());
    }
}

#[test]
fn the_page_holds_no_script_and_nothing_remote() {
    let page = Fixture::new().written(Format::Html, Privacy::Reveal, Style::default());
    for forbidden in ["<script", "<link", "<img", "<iframe", "@import", "url(", " onload", "<i>", "<3>", "src="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    assert_eq!((page.matches("<h1").count(), page.matches("<main").count()), (1, 1));
    assert_eq!(page.matches("href=\"#only-day-2026-11-26\"").count(), page.matches("id=\"only-day-2026-11-26\"").count());
}

#[test]
fn colour_adds_only_colour() {
    let plain = Fixture::new().report(Privacy::Reveal);
    let colored = Fixture::new().written(Format::Text, Privacy::Reveal, Style { color: true, width: 80 });
    let mut stripped = String::new();
    let mut parts = colored.split('\u{1b}');
    stripped.push_str(parts.next().unwrap());
    parts.for_each(|part| stripped.push_str(part.split_once('m').unwrap().1));
    let bare = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(bare(&stripped), bare(&plain));
}

#[test]
fn text_fits_its_width() {
    for width in [40, 80, 100] {
        let written = Fixture::new().written(Format::Text, Privacy::Reveal, Style { color: false, width });
        for line in written.lines().filter(|l| !l.contains("-->") && !l.contains("::error::")) {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn a_rule_explains_itself_once() {
    let mut fixture = Fixture::new();
    fixture.findings = vec![fixture.findings[0].clone(), fixture.findings[0].clone()];
    let written = fixture.report(Privacy::Reveal);
    let times = |words: &str| written.matches(words).count();
    assert_eq!((times("= why:"), times("= source:"), times("= instead:"), times("^^^^")), (1, 1, 2, 10));
}

#[test]
fn the_page_gives_a_reason_once_and_leads_to_it() {
    let mut fixture = Fixture::new();
    fixture.findings = vec![fixture.findings[0].clone(); 3];
    let (why, source) = (fixture.findings[0].why.clone(), fixture.findings[0].sources[0].title.clone());
    let page = fixture.written(Format::Html, Privacy::Reveal, Style::default());
    let times = |words: &str| page.matches(words).count();
    assert_eq!((times(&why), times(&source), times("href=\"#why-0\""), times("id=\"why-0\"")), (1, 1, 3, 1));
    assert_eq!(times("<dt>Instead"), 3);
}

proptest::proptest! {
    #[test]
    fn any_words_and_places_can_be_written(text in "[a-z \\t\\r\\n\u{301}\u{200b}\u{202e}中👩\u{200d}\u{1f3fd}]{0,90}", places: [usize; 4], width in 0usize..200) {
        let mut fixture = Fixture::new();
        let mut finding = fixture.findings.remove(4);
        let span = |a: usize, b: usize| crate::span::Span::new(a % 99, b % 99);
        if let Some(excerpt) = &mut finding.excerpt {
            (excerpt.text, excerpt.primary) = (text.clone(), span(places[0], places[1]));
            excerpt.labels = vec![Some(span(places[2], places[3])), None, Some(span(places[1], places[2]))];
        }
        finding.message = text.clone();
        finding.path = text;
        fixture.findings = vec![finding];
        for format in Format::ALL {
            fixture.written(*format, Privacy::Reveal, Style { color: false, width });
        }
    }
}

#[test]
fn one_sensitive_finding_silences_its_post_only() {
    let mut findings = Fixture::new().findings;
    withhold(&mut findings, Privacy::WithholdSensitive);
    let shown: Vec<&str> = findings.iter().filter(|f| f.excerpt.is_some()).map(|f| f.rule.as_str()).collect();
    assert_eq!(shown, ["stop-medication", "statistic-without-source", "cure-claim"]);
}

#[test]
fn the_verdict_says_what_to_do() {
    let run = |severity: Option<(Severity, Confidence)>, summary: Summary| {
        let mut fixture = Fixture::new();
        fixture.findings.truncate(usize::from(severity.is_some()));
        if let Some((severity, confidence)) = severity {
            (fixture.findings[0].severity, fixture.findings[0].confidence) = (severity, confidence);
        }
        let report = Report {
            findings: &fixture.findings,
            skipped: &[],
            posts: &[],
            rules: &[],
            notes: &[],
            summary: Summary { posts: 3, ..summary },
            privacy: Privacy::Reveal,
            style: Style::default(),
        };
        verdict::sentence(&report)
    };
    let none = Summary::default();
    for (severity, summary, sentence) in [
        (None, none, "Ready to post: no rule fired in 3 posts."),
        (None, Summary { skipped: 1, ..none }, "Not fully checked: no rule fired in 3 posts."),
        (Some((Severity::Info, Confidence::High)), Summary { infos: 1, ..none }, "Ready to post: 1 info note in 1 of 3 posts."),
        (Some((Severity::Warning, Confidence::Medium)), Summary { warnings: 1, ..none }, "Ask before posting: 1 warning in 1 of 3 posts."),
        (Some((Severity::Warning, Confidence::High)), Summary { warnings: 1, ..none }, "Fix first: 1 warning in 1 of 3 posts."),
        (
            Some((Severity::Error, Confidence::Low)),
            Summary { errors: 1, warnings: 1, infos: 2, ..none },
            "Fix first: 1 error, 1 warning and 2 info notes in 1 of 3 posts.",
        ),
    ] {
        assert_eq!(run(severity, summary), sentence);
    }
}
