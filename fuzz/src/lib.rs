//! What each fuzz target does with a handful of bytes. The same functions replay the seeds and every crash of the past as ordinary tests
//! (`tests/replay.rs`), so each ends in assertions rather than in a result.

use postlint::document::{self, Document, InputKind, Options as Reading, Parsed, Records, Text};
use postlint::finding::{Finding, Place};
use postlint::report::{self, Format, PostInfo, Privacy, Report, RuleInfo, Skipped, Style, Summary, withhold};
use postlint::rule::urls;
use postlint::rule::validate::Validator;
use postlint::rule::weigh::{Count, LINK, measure, weigh};
use postlint::span::Span;
use postlint::{Linter, Options, PackSource, RuleSet, config, pack};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A target by its name.
pub type Target = fn(&[u8]);

/// Every target with the name of its seeds' folder.
pub const TARGETS: [(&str, Target); 7] =
    [("pack", pack), ("lint", lint), ("fold", fold), ("render", render), ("decode", decode), ("records", records), ("validate", validate)];

/// Loads a pack, and checks a text with it when it is sound; reads the same text as a config.
pub fn pack(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let list = || Ok("amber room\nbay two # no name\nelm street\n".to_owned());
    let lists = pack::list_files(&text).into_iter().map(|name| (name, list())).collect::<BTreeMap<_, _>>();
    let source = PackSource { path: "fuzz.yaml".into(), text: text.clone().into_owned(), lists };
    match postlint::load(RuleSet::default(), &[source]) {
        Ok(rules) => {
            let linter = Linter::new(&rules, Options::default());
            let words = format!("{text}\n\nStop taking your pills today, see Mr. Smith, 54, MRN 4711, or a@b.org at 10:30.");
            check_findings(&linter, &document::read("fuzz.md", InputKind::Plain, &words, &Reading::default()));
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            errors.iter().for_each(|error| assert!(error.line > 0 && error.column > 0 && !error.what.is_empty(), "{error}"));
        }
    }
    if let Err(error) = config::schema::parse("postlint.yaml", &text) {
        assert!(error.at.starts_with("postlint.yaml") && !error.message.is_empty());
    }
}

/// Longest draft that `lint` looks at, in bytes: a longer one is many drafts in one, and takes the time of many.
const LONGEST_DRAFT: usize = 1024;

/// Checks a draft with every built-in rule, as text or as Markdown.
pub fn lint(data: &[u8]) {
    let (choice, mut text) = chosen(data);
    let end = (0..=LONGEST_DRAFT.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(end);
    let kind = if choice & 1 == 0 { InputKind::Plain } else { InputKind::Markdown };
    let all = linters();
    let linter = &all[usize::from(choice >> 1) % all.len()];
    check_findings(linter, &document::read("fuzz.md", kind, &text, &Reading::default()));
}

/// One linter for each country and choice of platforms, made once.
fn linters() -> &'static [Linter<'static>] {
    static LINTERS: OnceLock<Vec<Linter<'static>>> = OnceLock::new();
    LINTERS.get_or_init(|| {
        let platforms = [vec![], vec!["x".to_owned()], vec!["instagram".to_owned(), "bluesky".to_owned()]];
        let places = ["us", "uk", "ca", "au"].into_iter().flat_map(|place| platforms.iter().map(move |platforms| (place, platforms)));
        let options = |(place, platforms): (&str, &Vec<String>)| Options {
            jurisdiction: place.into(),
            platforms: platforms.clone(),
            confidence: postlint::Confidence::Low,
            ..Options::default()
        };
        places.map(|choice| Linter::new(builtin(), options(choice))).collect()
    })
}

/// Folds a text: each character of the folded view leads back to whole typed characters, in order, and folding again changes nothing.
pub fn fold(data: &[u8]) {
    let text = Text::new(String::from_utf8_lossy(data));
    let mut last = 0;
    for (start, c) in text.folded().char_indices() {
        let folded = Span::new(start, start + c.len_utf8());
        let typed = text.typed(folded);
        assert!(text.source().get(typed.start..typed.end).is_some_and(|words| !words.is_empty()), "off a character: {typed:?}");
        assert!(typed.start >= last, "not in order: {typed:?}");
        assert!(text.fold_span(typed).covers(folded), "no way back: {typed:?}");
        last = typed.start;
    }
    assert_eq!(Text::new(text.folded()).folded(), text.folded(), "folding twice changes more");
    check_text(&text);
}

/// Writes a report over names, words and messages of anything in every format, once whole and once withheld.
pub fn render(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(4, '\0');
    let mut part = || parts.next().unwrap_or("").to_owned();
    let (words, path, post, message) = (part(), part(), part(), part());
    let finding = finding(&words, &path, &post, &message);
    for privacy in [Privacy::Reveal, Privacy::WithholdSensitive] {
        let mut findings = vec![finding.clone(), Finding { sensitive: true, post: "2".into(), ..finding.clone() }];
        withhold(&mut findings, privacy);
        for format in Format::ALL {
            check_format(*format, &written(*format, &findings, privacy));
        }
    }
}

/// Decodes bytes; what could be read without trouble is written back as it was.
pub fn decode(data: &[u8]) {
    if let Ok(decoded) = document::decode(data) {
        assert!(!decoded.text.contains('\0'), "a zero byte came through");
        if decoded.problems.is_empty() {
            let back = decoded.encoding.encode(&decoded.text);
            assert!(back.as_deref() == Some(data), "not written back as it was");
        }
    }
    for (path, kind) in KINDS {
        if let Ok((parsed, _)) = document::read_bytes(path, kind, data, &Reading::default()) {
            parsed.problems.iter().for_each(|problem| assert!(!problem.message.is_empty()));
        }
    }
}

/// Reads CSV, JSONL and front matter, at once and line by line, and looks at the place of every field.
pub fn records(data: &[u8]) {
    let (choice, text) = chosen(data);
    let (path, kind) = KINDS[usize::from(choice) % KINDS.len()];
    let text = text.trim_start_matches('\u{feff}');
    let parsed = document::read(path, kind, text, &Reading::default());
    for field in fields(&parsed) {
        let all = Span::new(0, field.source().len());
        let there = field.in_file(all);
        assert!(text.get(there.start..there.end).is_some(), "{there:?} is no place in the file");
        check_text(field);
    }
    if kind.is_records() {
        let mut stream = Records::new(path, kind, &Reading::default());
        let mut streamed = Parsed::default();
        text.split_inclusive('\n').for_each(|line| streamed.extend(stream.text(line)));
        streamed.extend(stream.end());
        let words = |parsed: &Parsed| fields(parsed).map(|field| field.source().to_owned()).collect::<Vec<_>>();
        assert_eq!(words(&streamed), words(&parsed), "read line by line it is something else");
    }
}

/// Asks every validator, the counting of platforms and the finder of links.
pub fn validate(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for (_, validator) in Validator::ALL {
        validator.accepts(&text);
    }
    for emoji in [false, true] {
        let measure = weigh(&text, 280, emoji);
        let places = measure.over.into_iter().chain(measure.refused);
        places.for_each(|byte| assert!(text.is_char_boundary(byte), "{byte} is inside a character"));
    }
    for count in [Count::Weighted, Count::Characters, Count::Graphemes, Count::Mastodon, Count::Utf16] {
        measure(&text, count, 300, Some(LINK));
    }
    for span in urls::urls(&text, true) {
        assert!(!span.of(&text).is_empty(), "an empty link");
    }
}

const KINDS: [(&str, InputKind); 4] =
    [("fuzz.txt", InputKind::Plain), ("fuzz.md", InputKind::Markdown), ("fuzz.jsonl", InputKind::Jsonl), ("fuzz.csv", InputKind::Schedule)];

fn builtin() -> &'static RuleSet {
    static RULES: OnceLock<RuleSet> = OnceLock::new();
    RULES.get_or_init(postlint::builtin)
}

/// The first byte, which chooses a variant, and the rest as text.
fn chosen(data: &[u8]) -> (u8, String) {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    (*first, String::from_utf8_lossy(rest).into_owned())
}

fn fields(parsed: &Parsed) -> impl Iterator<Item = &Text> {
    parsed.documents.iter().flat_map(|document| &document.posts).flat_map(|post| &post.fields).map(|field| &field.text)
}

/// Asks a text for everything that rules ask for.
fn check_text(text: &Text) {
    let lists = [text.sentences(), text.paragraphs(), text.quotes(), text.opaque()];
    for span in lists.into_iter().flatten().copied().chain(text.words().iter().map(|word| word.span)) {
        assert!(text.folded().get(span.start..span.end).is_some(), "{span:?} is off a character");
        let place = text.place(text.typed(span));
        assert!(place.from <= place.to && place.chars.0 <= place.chars.1);
    }
    text.hidden_characters();
    text.styled_letters();
}

/// Every finding stands on characters of its field, and so do its labels and changes.
fn check_findings(linter: &Linter<'_>, parsed: &Parsed) {
    for document in &parsed.documents {
        for finding in linter.lint(document).findings {
            let Some(text) = field_of(document, &finding) else { panic!("{} stands in no field", finding.rule) };
            let places = finding.place.iter().chain(finding.labels.iter().map(|label| &label.place));
            let edits = finding.edits.iter().map(|edit| edit.bytes);
            for span in places.map(|place: &Place| place.bytes).chain(edits) {
                assert!(text.source().get(span.start..span.end).is_some(), "{}: {span:?} is off a character", finding.rule);
            }
        }
    }
}

fn field_of<'d>(document: &'d Document, finding: &Finding) -> Option<&'d Text> {
    let post = document.posts.iter().find(|post| post.id == finding.post)?;
    post.fields.iter().find(|field| field.kind.as_str() == finding.field).map(|field| &field.text)
}

/// A finding on the middle third of `words`.
fn finding(words: &str, path: &str, post: &str, message: &str) -> Finding {
    let text = Text::new(words);
    let boundary = |at: usize| (0..=at).rev().find(|at| words.is_char_boundary(*at)).unwrap_or(0);
    let span = Span::new(boundary(words.len() / 3), boundary(words.len() / 3 * 2));
    let some = |text: &str| if text.is_empty() { "something".to_owned() } else { text.to_owned() };
    Finding {
        rule: "a-rule".into(),
        pack: "a-pack".into(),
        title: some(message),
        severity: postlint::Severity::Error,
        confidence: postlint::Confidence::High,
        message: some(message),
        why: message.into(),
        help: message.into(),
        sources: Vec::new(),
        path: path.into(),
        post: post.into(),
        field: "text".into(),
        place: (!words.is_empty()).then(|| text.place(span)),
        labels: Vec::new(),
        excerpt: (!words.is_empty()).then(|| text.excerpt(span, &[])),
        sensitive: false,
        fingerprint: "00112233445566778899aabbccddeeff".into(),
        edits: Vec::new(),
    }
}

fn written(format: Format, findings: &[Finding], privacy: Privacy) -> String {
    let Some(first) = findings.first() else { return String::new() };
    let rules = [RuleInfo {
        id: &first.rule,
        pack: &first.pack,
        title: &first.title,
        message: &first.message,
        why: &first.why,
        help: &first.help,
        sources: &[],
        severity: first.severity,
        confidence: first.confidence,
    }];
    let post = PostInfo { path: first.path.clone(), post: first.post.clone(), account: Some(first.message.clone()), ..PostInfo::default() };
    let skipped = Skipped { path: first.path.clone(), line: Some(1), column: Some(1), reason: first.message.clone(), unread: true };
    let report = Report {
        findings,
        skipped: &[skipped],
        posts: &[post],
        rules: &rules,
        notes: std::slice::from_ref(&first.message),
        summary: Summary { files: 1, posts: 2, errors: 2, skipped: 1, ..Summary::default() },
        privacy,
        style: Style::default(),
    };
    let mut out = Vec::new();
    report::write(format, &report, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// Formats for machines can be read by them, and formats for people hold nothing that acts on a terminal or in a browser.
fn check_format(format: Format, report: &str) {
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("whole and valid JSON");
    match format {
        Format::Json | Format::Sarif | Format::Gitlab => drop(json(report)),
        Format::Jsonl => report.lines().for_each(|line| drop(json(line))),
        // Two findings, a file that was not checked and a note.
        Format::Github => assert_eq!(report.lines().filter(|line| line.starts_with("::")).count(), 4, "a text began a command"),
        Format::Html => assert!(!report.contains("<script") && report.trim_end().ends_with("</html>"), "no whole page"),
        Format::Text | Format::Concise | Format::Junit => {}
    }
    if !matches!(format, Format::Github | Format::Html) {
        let commands = report.split(['\n', '\r']).filter(|line| line.trim_start().starts_with("::"));
        assert_eq!(commands.count(), 0, "a service would obey this");
    }
    assert!(format == Format::Github || !report.contains("##["), "a service would obey this");
    if matches!(format, Format::Text | Format::Concise | Format::Github) {
        assert!(!report.contains(|c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c)), "acts on a terminal");
    }
}
