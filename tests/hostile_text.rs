//! Bytes, disguises and lengths that a draft may come in: read for what they say, or refused with a way out; and what holds for any text at all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::type_complexity,
    reason = "a test may fail loudly"
)]

use postlint::document::{InputKind, Options as Reading, Parsed, read, read_bytes};
use postlint::finding::Finding;
use postlint::report::{self, Format, Privacy, Report, Style, Summary, withhold};
use postlint::{Linter, Options, RuleSet};
use proptest::prelude::*;
use std::sync::OnceLock;

const BAD: &str = "Stop taking your metformin today.";

fn rules() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(postlint::builtin)
}

fn linter() -> Linter<'static> {
    Linter::new(rules(), Options::default())
}

fn findings(parsed: &Parsed) -> Vec<Finding> {
    parsed.documents.iter().flat_map(|document| linter().lint(document).findings).collect()
}

fn lint(text: &str) -> Vec<Finding> {
    findings(&read("a.txt", InputKind::Plain, text, &Reading::default()))
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn utf32(text: &str, big: bool) -> Vec<u8> {
    text.chars().flat_map(|c| if big { u32::from(c).to_be_bytes() } else { u32::from(c).to_le_bytes() }).collect()
}

#[test]
fn every_encoding_is_read_or_refused_with_a_way_out() {
    let ascii = BAD.as_bytes();
    // What comes out: the line and column of the finding, or a word of the refusal; and how many mistakes are told beside it.
    let cases: Vec<(&str, Vec<u8>, Result<(usize, usize), &str>, usize)> = vec![
        ("UTF-8", ascii.to_vec(), Ok((1, 1)), 0),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", ascii].concat(), Ok((1, 1)), 0),
        ("UTF-16 LE", [b"\xff\xfe", utf16(BAD, false).as_slice()].concat(), Ok((1, 1)), 0),
        ("UTF-16 BE", [b"\xfe\xff", utf16(BAD, true).as_slice()].concat(), Ok((1, 1)), 0),
        ("UTF-16 with an odd tail", [b"\xff\xfe", utf16(BAD, false).as_slice(), b"A"].concat(), Ok((1, 1)), 1),
        ("UTF-16 with a lone surrogate", [b"\xff\xfe", utf16(BAD, false).as_slice(), b"\0\xd8A\0"].concat(), Ok((1, 1)), 1),
        ("UTF-16 by its mark only", [b"\xff\xfe", ascii].concat(), Err("save it as UTF-8"), 0),
        ("UTF-16 without a mark", utf16(BAD, false), Err("save it as UTF-8"), 0),
        ("UTF-16 BE without a mark", utf16(BAD, true), Err("save it as UTF-8"), 0),
        ("UTF-32 LE", [b"\xff\xfe\0\0", utf32(BAD, false).as_slice()].concat(), Err("save it as UTF-8"), 0),
        ("UTF-32 BE", [b"\0\0\xfe\xff", utf32(BAD, true).as_slice()].concat(), Err("save it as UTF-8"), 0),
        ("UTF-32 without a mark", utf32(BAD, false), Err("UTF-8"), 0),
        ("Windows-1252", [b"Caf\xe9 \x93one\x94.\n", ascii].concat(), Ok((2, 1)), 0),
        ("broken UTF-8", [b"caf\xc3(.\n", ascii].concat(), Ok((2, 1)), 0),
        ("broken UTF-8 with a mark", [b"\xef\xbb\xbfcaf\xc3(.\n", ascii].concat(), Ok((2, 1)), 1),
        ("a zero byte", [b"abc\0", ascii].concat(), Err("plain text"), 0),
        ("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Err("plain text"), 0),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".to_vec(), Err("plain text"), 0),
        ("CRLF", [b"Hello.\r\n\r\n", ascii, b"\r\n"].concat(), Ok((3, 1)), 0),
        ("CR", [b"Hello.\r\r", ascii, b"\r"].concat(), Ok((3, 1)), 0),
        ("NEL", ["Hello.\u{85}".as_bytes(), ascii].concat(), Ok((1, 8)), 0),
        ("U+2028", ["Hello.\u{2028}".as_bytes(), ascii].concat(), Ok((1, 8)), 0),
    ];
    for (name, bytes, want, problems) in cases {
        match (read_bytes("a.txt", InputKind::Plain, &bytes, &Reading::default()), want) {
            (Ok((parsed, _)), Ok((line, column))) => {
                let found = findings(&parsed);
                let stop = found.iter().find(|finding| finding.rule == "stop-medication").unwrap_or_else(|| panic!("{name}: not found"));
                let from = stop.place.unwrap().from;
                assert_eq!((from.line, from.column, parsed.problems.len()), (line, column, problems), "{name}");
                assert!(
                    parsed.problems.iter().all(|problem| problem.message.contains("save it as UTF-8") && problem.line.is_some()),
                    "{name}"
                );
            }
            (Err(refusal), Err(word)) => assert!(refusal.to_string().contains(word), "{name}: {refusal}"),
            (other, want) => panic!("{name}: {:?}, not {want:?}", other.map(|_| "read")),
        }
    }
    for empty in ["", " \n\t \r\n", "\u{feff}", "\u{200b}"] {
        assert!(lint(empty).iter().all(|finding| finding.severity == postlint::Severity::Info), "{empty:?}");
    }
}

#[test]
fn a_post_at_the_limit_is_read_and_one_beyond_is_refused() {
    let limit = postlint::document::POST_LIMIT;
    let long = "x".repeat(limit);
    assert_eq!(read("a.txt", InputKind::Plain, &long, &Reading::default()).problems.len(), 0);
    let problems = read("a.txt", InputKind::Plain, &(long + "x"), &Reading::default()).problems;
    assert!(problems.len() == 1 && problems[0].message.contains("10 MiB"), "{problems:?}");
}

/// In each text the words between `[` and `]` are those that the finding of the rule must point at.
#[test]
fn disguised_words_are_found_where_they_were_typed() {
    let cases = [
        ("zero-width", "stop-medication", "[St\u{200b}op tak\u{2060}ing your met\u{feff}formin] today."),
        ("soft hyphen", "stop-medication", "[St\u{ad}op taking your met\u{ad}formin] today."),
        ("full-width", "stop-medication", "[Ｓｔｏｐ ｔａｋｉｎｇ ｙｏｕｒ ｍｅｔｆｏｒｍｉｎ] today."),
        ("mathematical", "stop-medication", "[𝗦𝘁𝗼𝗽 𝘁𝗮𝗸𝗶𝗻𝗴 𝘆𝗼𝘂𝗿 𝗺𝗲𝘁𝗳𝗼𝗿𝗺𝗶𝗻] today."),
        ("circled", "stop-medication", "[ⓢⓣⓞⓟ taking your ⓜⓔⓣⓕⓞⓡⓜⓘⓝ] today."),
        ("small capitals", "stop-medication", "[ꜱᴛᴏᴘ ᴛᴀᴋɪɴɢ your ᴍᴇᴛꜰᴏʀᴍɪɴ] today."),
        ("look-alikes", "stop-medication", "[Ѕtор tаking уоur mеtfоrmin] today."),
        ("combining marks", "stop-medication", "[S\u{336}t\u{336}o\u{336}p\u{336} taking your metformin] today."),
        ("spaced letters", "stop-medication", "[S t o p taking your m e t f o r m i n] today."),
        ("digits in words", "stop-medication", "[Stop taking your m3tf0rmin] today."),
        ("HTML entities", "stop-medication", "[St&#111;p taking y&#x6f;ur metformin] today."),
        ("percent escapes", "stop-medication", "[St%6Fp taking your metformin] today."),
        ("broken over lines", "stop-medication", "[Stop taking your met-\nformin] today."),
        ("over two lines", "stop-medication", "[Stop taking\nyour metformin] today."),
        ("no-break spaces", "stop-medication", "[Stop\u{a0}taking\u{202f}your\u{a0}metformin] today."),
        ("Markdown in words", "stop-medication", "[St**op** taking your met*form*in] today."),
        ("Turkish I", "stop-medication", "[STOP TAKİNG YOUR METFORMİN] today."),
        ("hashtag", "stop-medication", "Really. #[StopTakingYourMetformin]"),
        ("letters in squares", "stop-medication", "[🅂🅃🄾🄿 taking your 🅼🅴🆃🅵🅾🆁🅼🅸🅽] today."),
        ("digits in words of a claim", "claim-cure", "[This tea cur3s c4ncer] for good."),
        ("zero-width in a claim", "claim-cure", "[This tea cu\u{200b}res can\u{200d}cer] for good."),
        ("a claim in look-alikes", "claim-cure", "[This tea сurеs саnсеr] for good."),
        ("full-width digits in a number", "pi-mrn", "Seen today: [ＭＲＮ ４７１１８２２]."),
        ("zero-width in a number", "pi-mrn", "Seen today: [MRN 471\u{200b}18\u{ad}22]."),
        ("percent escapes in a claim", "claim-cure", "[This tea c%75res c%61ncer] for good."),
        ("several at once", "stop-medication", "[Ѕt\u{200b}o**p** t&#97;king yo\u{ad}ur 𝗺3tf0rm\u{131}n] today."),
    ];
    let mut wrong = Vec::new();
    for (name, rule, marked) in cases {
        let text = marked.replace(['[', ']'], "");
        let (from, to) = (marked.find('[').unwrap(), marked.find(']').unwrap() - 1);
        let found = lint(&text);
        match found.iter().find(|finding| finding.rule == rule).and_then(|finding| finding.place) {
            None => wrong.push(format!("{name}: not found")),
            // A shorter or longer match of the same words is fine; it must lie on what was typed.
            Some(place) if place.bytes.start < from || place.bytes.end > to + 8 || place.bytes.len() * 2 < to - from => {
                wrong.push(format!("{name}: {:?} instead of {:?}", place.bytes.of(&text), &text[from..to]));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Words that rules know, signs that folding knows, and anything else.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "(Stop taking your metformin|you should take 5 mg|it cures cancer|50% of people|not medical advice|my patient Ana Ruiz, 94,|MRN 4711822)",
        "(studies show|DM me|a guarantee|never|don't|\"|'|\\(|\\)|\\*\\*|#ad|@dr_x|https://a\\.org/b|3/4/2026)",
        "[a-z]{1,8}",
        "[.!?,;:]",
        "(\u{200b}|\u{336}|\u{ad}|é|🎉|👩‍⚕️|日本|&#39;|%41|İ|ſ)",
        "\\PC",
        "\n|\n\n| ",
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.join(" "))
}

/// A finding without its place, for comparisons.
fn what(finding: &Finding) -> (String, String) {
    (finding.rule.clone(), finding.field.clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_lie_on_characters_and_quote_what_was_typed(text in words()) {
        for finding in lint(&text) {
            let Some(place) = finding.place else { continue };
            prop_assert!(text.get(place.bytes.start..place.bytes.end).is_some_and(|words| !words.is_empty()), "{} {:?}", finding.rule, place.bytes);
            prop_assert!(place.from.line >= 1 && place.from.column >= 1 && place.from <= place.to);
            prop_assert_eq!(place.chars.0, text[..place.bytes.start].chars().count());
            for label in &finding.labels {
                prop_assert!(text.get(label.place.bytes.start..label.place.bytes.end).is_some());
            }
        }
    }

    #[test]
    fn what_is_withheld_is_nowhere(text in words(), secret in "[a-z]{6}", at in 0_usize..24) {
        let planted = format!("Zqx{secret}");
        let mut pieces: Vec<&str> = text.split(' ').collect();
        let (name, claim) = (format!("my patient {planted} Ruiz, 94,"), format!("{planted} cures cancer"));
        pieces.insert(at.min(pieces.len()), &name);
        pieces.push(&claim);
        let findings = lint(&pieces.join(" "));
        prop_assert!(findings.iter().any(|finding| finding.sensitive));
        for policy in [Privacy::WithholdSensitive, Privacy::RedactAll] {
            let mut findings = findings.clone();
            withhold(&mut findings, policy);
            for format in Format::ALL {
                let report = Report {
                    findings: &findings,
                    skipped: &[],
                    posts: &[],
                    rules: &[],
                    notes: &[],
                    summary: Summary::default(),
                    privacy: policy,
                    style: Style::default(),
                };
                let mut out = Vec::new();
                report::write(*format, &report, &mut out).unwrap();
                let out = String::from_utf8(out).unwrap().to_lowercase();
                prop_assert!(!out.contains(&planted.to_lowercase()), "{}: {planted}", format.as_str());
            }
        }
    }

    #[test]
    fn ends_of_lines_change_nothing(text in words()) {
        let place = |text: &str| lint(text).iter().map(|f| (what(f), f.place.map(|place| place.from))).collect::<Vec<_>>();
        prop_assert_eq!(place(&text.replace('\n', "\r\n")), place(&text));
    }

    #[test]
    fn a_harmless_paragraph_takes_no_error_away(text in words()) {
        prop_assume!(!text.trim_end().ends_with('\\') && text.matches(['"', '\'']).count() == 0);
        let errors = |text: &str| {
            let errors = lint(text).into_iter().filter(|f| f.severity == postlint::Severity::Error && f.place.is_some());
            errors.map(|f| (what(&f), f.place.map(|place| place.bytes))).collect::<Vec<_>>()
        };
        let after = errors(&format!("{text}\n\nThe garden is lovely in spring."));
        for error in errors(&text) {
            prop_assert!(after.contains(&error), "{error:?} is gone");
        }
    }
}
