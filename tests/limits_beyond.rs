//! Goes one step beyond the limits of `docs/limits.md` that no other test goes over, and holds what is said there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use assert_cmd::Command;
use postlint::document::{InputKind, Options, Parsed, THREAD_LIMIT, read};
use postlint::{PackSource, RuleSet, load};
use std::collections::BTreeMap;
use std::fs;

fn parsed(name: &str, text: &str) -> Parsed {
    read(name, InputKind::of(name).unwrap(), text, &Options::default())
}

#[test]
fn a_thread_is_read_to_its_limit() {
    let thread = |parts: usize| parsed("t.txt", &vec!["part"; parts].join("\n---\n"));
    assert_eq!((thread(THREAD_LIMIT).problems.len(), thread(THREAD_LIMIT).documents[0].posts.len()), (0, THREAD_LIMIT));
    let longer = thread(THREAD_LIMIT + 1);
    assert_eq!(longer.documents[0].posts.len(), THREAD_LIMIT);
    assert!(longer.problems.len() == 1 && longer.problems[0].message.contains("more than 1000 posts"), "{:?}", longer.problems);
}

#[test]
fn mistakes_are_told_up_to_a_number() {
    let keys: String = (0..30).map(|n| format!("zz{n}: 1\n")).collect();
    assert_eq!(parsed("a.md", &format!("---\n{keys}---\nThe post.\n")).problems.len(), 20);
    let many = parsed("a.jsonl", &"{broken\n".repeat(1_500));
    assert_eq!(many.problems.len(), 1_000);
    assert!(many.notes.iter().any(|note| note.contains("1,000") || note.contains("1000")), "{:?}", many.notes);
}

#[test]
fn columns_beyond_the_thousandth_are_not_read() {
    let (header, row) = (format!("text,{}", "c,".repeat(1_500)), format!("word,{}", "x,".repeat(1_500)));
    let parsed = parsed("a.csv", &format!("{header}\n{row}\n"));
    assert_eq!(parsed.documents.len(), 1);
    assert_eq!(parsed.documents[0].posts[0].fields[0].text.source(), "word");
}

#[test]
fn an_id_given_twice_is_seen_among_the_first() {
    let ids = |count: usize| (0..count).map(|n| format!("{{\"text\": \"a\", \"id\": \"p{n}\"}}\n")).collect::<String>();
    let again = |id: usize| format!("{{\"text\": \"a\", \"id\": \"p{id}\"}}\n");
    let mut text = ids(100_001) + &again(99_999);
    assert_eq!(parsed("a.jsonl", &text).problems.len(), 1, "the last that is remembered");
    text = ids(100_001) + &again(100_000);
    assert_eq!(parsed("a.jsonl", &text).problems.len(), 0, "the first that is not");
}

#[test]
fn a_phrase_to_which_too_many_words_lead_is_refused() {
    let text = "terms: {t: {file: w.txt}}\nrules:\n  - {id: a, severity: info, message: m, find: {phrases: ['<t> ... <t>']}}\n";
    let pack = |count: usize| {
        let words: String = (0..count).map(|n| format!("{}\n", word(n))).collect();
        PackSource { path: "p.yaml".into(), text: text.into(), lists: BTreeMap::from([("w.txt".to_owned(), Ok(words))]) }
    };
    assert!(load(RuleSet::default(), &[pack(10_000)]).is_ok());
    let errors = load(RuleSet::default(), &[pack(10_001)]).expect_err("too many");
    assert!(errors[0].line == 3 && errors[0].what.contains("10000"), "{}", errors[0]);
}

/// A word of letters only, another one for each number.
fn word(mut number: usize) -> String {
    let mut word = String::from("w");
    for _ in 0..4 {
        word.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    word
}

#[test]
fn configs_stand_on_each_other_to_a_depth() {
    let folder = tempfile::tempdir().unwrap();
    let check = |depth: usize| {
        for level in 0..depth {
            let below = if level + 1 < depth { format!("extends: c{}.yaml\n", level + 1) } else { String::new() };
            fs::write(folder.path().join(format!("c{level}.yaml")), below).unwrap();
        }
        fs::write(folder.path().join("d.txt"), "A quiet Sunday.").unwrap();
        let out =
            Command::cargo_bin("postlint").unwrap().current_dir(folder.path()).args(["d.txt", "--config", "c0.yaml"]).output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    assert_eq!(check(8), (Some(0), String::new()));
    let (code, said) = check(9);
    assert!(code == Some(2) && said.contains("c7.yaml:1:10: more than 8"), "{said}");
}
