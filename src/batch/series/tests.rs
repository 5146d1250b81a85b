//! The rules over several posts, on posts that are made up of what each rule looks at.

use super::*;
use crate::document::{self, InputKind};
use crate::lint::Options;
use crate::pack::builtin;

/// Rows of `time | platform | keys | text`, with keys as in front matter; the rules that each row meets.
fn met(numbers: &Numbers, rows: &[&str]) -> Vec<(usize, String, String)> {
    let rules = builtin();
    let linter = Linter::new(&rules, Options { today: Some(jiff::civil::date(2026, 3, 1)), ..Options::default() });
    let posts: Vec<SeriesPost> = rows
        .iter()
        .enumerate()
        .filter_map(|(number, row)| {
            let [at, platform, keys, text] = row.splitn(4, '|').map(str::trim).collect::<Vec<_>>().try_into().unwrap();
            let schedule = if at.is_empty() { String::new() } else { format!("scheduled_at: 2026-03-{at}\n") };
            let keys: String = keys.split(';').map(|key| format!("{}\n", key.trim())).collect();
            let draft = format!("---\nplatform: [{platform}]\n{schedule}{keys}---\n{text}\n");
            let parsed = document::read(&format!("{number}.md"), InputKind::Markdown, &draft, &document::Options::default());
            assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
            SeriesPost::of(&linter, &parsed.documents[0])
        })
        .collect();
    let found = findings(&posts, numbers, |_| Some(&linter)).findings;
    found.into_iter().map(|(_, f)| (f.path.trim_end_matches(".md").parse().unwrap(), f.rule, f.help)).collect()
}

/// The numbers of the rows that meet a rule.
fn rows(rule: &str, rows: &[&str]) -> Vec<usize> {
    met(&Numbers::default(), rows).into_iter().filter(|(_, own, _)| own == rule).map(|(row, ..)| row).collect()
}

#[test]
fn counts_a_day() {
    let day = |keys: &str| -> Vec<String> {
        (8..14).map(|hour| format!("02 {hour:02}:00 | linkedin | {keys} | Post of the hour {hour}, about something.")).collect()
    };
    let of = |keys: &str| rows("cadence", &day(keys).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(of("account: dr_a"), [2]);
    assert_eq!(of("tags: [\"event: ESC26\"]"), [0; 0]);
    // Five a day are usual on X, and another account or platform has its own count.
    assert_eq!(rows("cadence", &["02 | x | | A", "02 | x | | B", "02 | x | | C", "02 | linkedin | | D", "02 | linkedin | | E"]), [0; 0]);
    assert_eq!(rows("cadence", &["02 | li | account: a | A", "02 | linkedin | account: a | B", "02 | linkedin | account: b | C"]), [0; 0]);
    let numbers = Numbers { max_per_day: Some(1), ..Numbers::default() };
    let found = met(&numbers, &["02 | x | | One about sleep", "02 | x | | Two about diet"]);
    assert!(
        found
            .iter()
            .any(|(row, rule, note)| (*row, rule.as_str()) == (1, "cadence") && note.contains("2 posts on 2026-03-02 on X; the most is 1"))
    );
}

#[test]
fn spaces_posts() {
    assert_eq!(rows("cadence-gap", &["02 10:00 | instagram | | A", "02 10:10 | instagram | | B", "02 11:30 | instagram | | C"]), [1]);
    assert_eq!(rows("cadence-gap", &["02 10:00 | instagram | | A", "02 10:10 | linkedin | | B", " | instagram | | C"]), [0; 0]);
    assert_eq!(rows("cadence-gap", &["02 | instagram | | A", "02 | instagram | | B"]), [0; 0]);
    assert_eq!(rows("cadence-silence", &["01 09:00 | x | | A", "22 09:00 | x | | B"]), [0; 0]);
    assert_eq!(rows("cadence-silence", &["01 09:00 | x | | A", "23 08:00 | linkedin | | B"]), [1]);
    assert_eq!(rows("quiet-hours", &["02 23:30 | x | | A", "03 06:00 | x | | B", "04 | x | | C", "05 03:00 | x | | D"]), [0, 3]);
}

#[test]
fn knows_the_same_words_again() {
    let text = "Drink water before the walk, wear a hat, and rest in the shade when the sun stands high over the hills.";
    let changed = text.replace("hat", "cap");
    let row = |at: &str, platform: &str, text: &str| format!("{at} | {platform} | | {text}");
    let of = |list: &[String]| rows("cadence-similar", &list.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(of(&[row("01 09:00", "x", text), row("08 09:00", "linkedin", &changed)]), [1]);
    assert_eq!(of(&[row("01 09:00", "x", text), row("01 09:00", "linkedin", text)]), [0; 0]);
    assert_eq!(of(&[row("01 09:00", "x", text), row("01 19:00", "x", text)]), [1]);
    let other = "Drink coffee after the swim, wear a scarf, and sit by the fire when the snow lies deep over the roofs.";
    assert_eq!(of(&[row("01 09:00", "x", text), row("08 09:00", "x", other)]), [0; 0]);
    // A link and the next one's tracking do not make another text.
    assert_eq!(of(&[row("01", "x", &format!("{text} https://a.org/1")), row("02", "x", &format!("{text} https://a.org/2"))]), [1]);
}

#[test]
fn thousands_of_posts_are_compared_in_no_time() {
    let post = |number: usize| SeriesPost {
        platforms: vec!["x".into()],
        scheduled: Some(jiff::civil::date(2026, 1, 1).at(9, 0, 0, 0)),
        sketch: {
            let words =
                format!("Take care of sleep and of number {number} and of {} too. General information, not medical advice.", number % 7);
            similar::sketch([document::Text::new(words)].iter())
        },
        ..SeriesPost::default()
    };
    let mut posts: Vec<SeriesPost> = (0..10_000).map(post).collect();
    posts.extend((0..3).map(|_| post(77)));
    let start = std::time::Instant::now();
    let found = check(&builtin(), &Numbers::default(), None, &posts);
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    let rules = builtin();
    let similar = |hit: &&Hit| rules.heads[hit.rule].id == "cadence-similar";
    assert!(found.iter().filter(similar).filter(|hit| hit.post >= 10_000).count() == 3);
}

#[test]
fn weighs_pillars() {
    let week = |pillars: [&str; 6]| -> Vec<String> {
        pillars.iter().enumerate().map(|(day, pillar)| format!("{:02} 09:00 | x | {pillar} | Post number {day}", day * 2 + 1)).collect()
    };
    let of = |pillars: [&str; 6]| rows("pillar-balance", &week(pillars).iter().map(String::as_str).collect::<Vec<_>>());
    let (c, t, p) = ("pillar: conditions", "pillar: treatments", "pillar: philosophy");
    assert_eq!(of([c, t, p, c, t, p]), [0; 0]);
    assert_eq!(of([t, t, t, t, c, t]), [4]);
    assert_eq!(of(["", "", "", "", "", ""]), [0; 0]);
    assert_eq!(of(["pillar: other", t, t, c, p, p]), [0; 0]);
    let shown = [
        "01 | x | pillar: treatments | A",
        "05 | x | | The dose of this medicine",
        "09 | x | | New surgery",
        "13 | x | | A vaccine",
        "17 | x | | Tablets",
    ];
    assert_eq!(rows("pillar-balance", &shown), [4]);
    let plan = Numbers { pillars: vec!["conditions".into(), "treatments".into()], ..Numbers::default() };
    let found = met(
        &plan,
        &["02 | x | pillar: promo | A", "03 | x | | Good morning", "04 | x | pillar: Treatment | B", "05 | x | pillar: other | C"],
    );
    let missing: Vec<usize> = found.iter().filter(|(_, rule, _)| rule == "pillar-missing").map(|(row, ..)| *row).collect();
    assert_eq!(missing, [0, 1]);
    assert!(found.iter().all(|(_, _, note)| !note.contains("promo")));
}

#[test]
fn knows_what_has_lapsed() {
    for (rule, keys, want) in [
        ("stale-approval", "approved_at: 2025-11-01", true),
        ("stale-approval", "approved_at: 2026-02-20", false),
        ("recent-case", "event_at: 2026-03-03", true),
        ("recent-case", "event_at: 2026-01-03", false),
        ("recent-case", "event_at: 2026-03-03; consent: {id: A1}", false),
        ("consent-expired", "consent: {id: A1, expires: 2026-03-04}", true),
        ("consent-expired", "consent: {id: A1, expires: 2026-03-05}", false),
        ("consent-expired", "consent: {id: A1}", false),
    ] {
        assert_eq!(rows(rule, &[&format!("05 10:00 | x | {keys} | A story.")]).len(), usize::from(want), "{rule} {keys}");
    }
    assert_eq!(rows("consent-expired", &[" | x | consent: {id: A1, expires: 2026-02-28} | A story."]), [0]);
}

#[test]
fn an_answered_finding_is_counted_and_not_shown() {
    let keys = "postlint: {ignore: [{rule: quiet-hours, reason: the night shift reads it}]}";
    assert_eq!(rows("quiet-hours", &[&format!("02 23:30 | x | {keys} | A")]), [0; 0]);
}
