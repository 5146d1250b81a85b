use super::*;
use crate::document::dates::DateOrder;
use crate::document::{FieldKind, Post};
use crate::span::Span;

fn schedule(text: &str) -> Parsed {
    read("s.csv", InputKind::Schedule, text, &Options::default())
}

fn places(parsed: &Parsed, word: &str) -> Vec<(String, usize, usize)> {
    let posts: Vec<&Post> = parsed.documents.iter().flat_map(|document| &document.posts).collect();
    let field = |post: &&Post| {
        let text = &post.fields.iter().find(|field| field.text.source().contains(word))?.text;
        let at = text.source().find(word)?;
        let from = text.place(Span::new(at, at + word.len())).from;
        Some((post.id.clone(), from.line, from.column))
    };
    posts.iter().filter_map(field).collect()
}

#[test]
fn places_are_right_inside_quoted_cells() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            ["\u{feff}Date,Text,Alt text(s)", "2026-11-23 10:00,\"é \"\"quoted\"\" word", "second 🎉 STOP here\",A STOP", "", ",STOP,"]
                .join(end)
                + end;
        let text = text.strip_prefix('\u{feff}').unwrap();
        let parsed = schedule(text);
        assert_eq!(parsed.problems, [], "{end:?}");
        assert_eq!(places(&parsed, "STOP"), [("2".into(), 3, 10), ("4".into(), 5, 2)], "{end:?}");
        assert_eq!(places(&parsed, "word"), [("2".into(), 2, 32)], "{end:?}");
        assert_eq!(parsed.documents[0].posts[0].metadata.scheduled_at.unwrap().to_string(), "2026-11-23T10:00:00");
        assert_eq!(parsed.documents[0].posts[0].fields[1].kind, FieldKind::Alt);
    }
}

#[test]
fn bad_rows_are_told_and_the_rest_is_read() {
    let text = "id,text,date,postlint_ignore\n1,a,SECRET,\n1,b,,no reason\n2,c\n3,SECRET,d,2026-01-01,x\n4,\"SECRET";
    let parsed = schedule(text);
    let told: Vec<_> = parsed.problems.iter().map(|p| (p.line.unwrap(), p.column.unwrap(), p.message.split(' ').next().unwrap())).collect();
    assert_eq!(
        told,
        [
            (2, 5, "`date`"),
            (3, 6, "`postlint_ignore`"),
            (3, 3, "another"),
            (4, 1, "row"),
            (5, 23, "row"),
            (5, 12, "`postlint_ignore`"),
            (5, 10, "`date`"),
            (6, 1, "a"),
            (6, 1, "row")
        ]
    );
    assert_eq!(parsed.documents.len(), 5);
    assert!(parsed.problems.iter().all(|problem| !problem.message.contains("SECRET")));
}

#[test]
fn an_unknown_header_names_its_columns() {
    let parsed = schedule("When,Caption\n1,2\n");
    assert!(parsed.problems[0].message.contains("When, Caption") && parsed.problems.len() == 1 && parsed.documents.is_empty());
    let options = Options { csv_columns: vec![("text".into(), "caption".into())], ..Options::default() };
    let parsed = read("s.csv", InputKind::Schedule, "When;Caption\n1;a, b\n", &options);
    assert_eq!((parsed.problems.len(), parsed.documents[0].posts[0].fields[0].text.source()), (0, "a, b"));
    assert!(parsed.notes[0].contains("not checked: When"));
    assert_eq!(schedule("sep=;\nText;Date\na, b;2026-01-01\n").documents[0].posts[0].fields[0].text.source(), "a, b");
}

#[test]
fn an_ambiguous_date_order_is_asked_once_unless_a_row_shows_it() {
    let dated = |text: &str, order| {
        let parsed = read("s.csv", InputKind::Schedule, text, &Options { date_order: order, ..Options::default() });
        let months = parsed.documents.iter().filter_map(|d| d.posts[0].metadata.scheduled_at.map(|at| at.month())).collect::<Vec<_>>();
        (parsed.problems.len(), months)
    };
    assert_eq!(dated("3/4/2026 9:00,one\n5/6/2026,two\n", None), (1, vec![]));
    assert_eq!(dated("3/4/2026,one\n5/6/2026,two\n", Some(DateOrder::Mdy)), (0, vec![3, 5]));
    assert_eq!(dated("date,time,text\n3/4/2026,9:00,one\n25/6/2026,10:00,two\n", None), (0, vec![4, 6]));
    assert_eq!(dated("date,time_24hr,message_text\n3/4/2026,9:00,one\n25/6/2026,10:00,two\n", None), (0, vec![4, 6]));
}

#[test]
fn a_wrong_date_is_told_by_the_name_of_its_column() {
    for (header, name) in [
        ("Text,Image URL,Tags,Posting Time", "`Posting Time` is not"),
        ("text,a,b,scheduled_at", "`scheduled_at` is not"),
        ("text,a,b,DATE", "`DATE` is not"),
    ] {
        let problems = schedule(&format!("{header}\nHi,,,soon\n")).problems;
        assert!(problems.len() == 1 && problems[0].message.starts_with(name), "{problems:?}");
    }
    assert!(schedule("3/4/2026 9:00,one\n").problems[0].message.starts_with("`date` has a day and a month"));
}

#[test]
fn lines_of_json_come_one_by_one() {
    let mut records = Records::new("p.jsonl", InputKind::Jsonl, &Options::default());
    let one = records.line(b"\xef\xbb\xbf{\"text\": \"caf\xc3\xa9 STOP\"}\r\n");
    assert_eq!(places(&one, "STOP"), [("1".into(), 1, 16)]);
    assert!(records.line(b"\n").documents.is_empty());
    assert_eq!(records.line(b"{broken\n").problems[0].line, Some(3));
    assert_eq!(records.line(b"{\"text\": \"caf\xe9\", \"id\": \"a\"}\n").notes.len(), 1);
    let again = records.line(b"{\"text\": \"caf\xe9\", \"id\": \"a\"}");
    assert_eq!((again.notes.len(), again.problems.len(), again.problems[0].line), (0, 1, Some(5)));
}

#[test]
fn lines_of_json_end_in_any_way() {
    let text = "{\"text\": \"one\"}\n\n{\"text\": \"a STOP\"}\n{broken\n{\"text\": \"STOP\"}\n";
    for end in ["\n", "\r\n", "\r"] {
        let parsed = read("p.jsonl", InputKind::Jsonl, &text.replace('\n', end), &Options::default());
        assert_eq!(places(&parsed, "STOP"), [("3".into(), 3, 13), ("5".into(), 5, 11)], "{end:?}");
        assert_eq!(parsed.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [Some(4)], "{end:?}");
    }
}

#[test]
fn a_quotation_mark_that_never_closes_takes_bounded_memory() {
    let mut records = Records::new("s.csv", InputKind::Schedule, &Options::default());
    records.line(b"text\n\"open\n");
    let line = [b'a'; 1 << 20];
    let told: usize = (0..12).map(|_| records.line(&line).problems.len()).sum();
    assert!(told == 1 && records.pending.len() <= POST_LIMIT);
    assert!(records.end().problems[0].message.contains("never closed"));
}

#[test]
fn a_record_that_is_too_long_is_told_and_the_next_ones_are_read() {
    let long = vec![b'a'; POST_LIMIT + 1];
    let mut records = Records::new("p.jsonl", InputKind::Jsonl, &Options::default());
    let mut told = Vec::new();
    for part in [&b"{\"text\": \""[..], &long, b"\"}\n"] {
        told.extend(records.part(part).problems);
    }
    assert_eq!(told.iter().map(|problem| (problem.line, problem.unread)).collect::<Vec<_>>(), [(Some(1), true)]);
    assert_eq!(places(&records.line(b"{\"text\": \"STOP\"}"), "STOP"), [("2".into(), 2, 11)]);
    // A row whose cell has a line break before what is too long, doubled marks that are cut in two, and a separator in quotation marks.
    let mut records = Records::new("s.csv", InputKind::Schedule, &Options::default());
    records.line(b"text,date\n");
    let mut told = records.line(b"\"first\n").problems;
    for part in [&long[..], b"\"", b"\", \"\"\n"] {
        told.extend(records.part(part).problems);
    }
    told.extend(records.line(b"STOP,\",2026-11-23\n").problems);
    assert_eq!(told.iter().map(|problem| (problem.line, problem.column)).collect::<Vec<_>>(), [(Some(2), Some(2))]);
    assert_eq!(places(&records.line(b"STOP,2026-11-23\n"), "STOP"), [("3".into(), 5, 1)]);
    assert!(records.end().problems.is_empty());
}

#[test]
fn the_end_of_an_endless_record_is_not_looked_for_for_ever() {
    for (kind, begin) in [(InputKind::Jsonl, "{\n"), (InputKind::Schedule, "text\n\"")] {
        let mut records = Records::new("endless", kind, &Options::default());
        records.line(begin.as_bytes());
        let part = vec![b'a'; POST_LIMIT + 1];
        let problems: Vec<Problem> = (0..27).flat_map(|_| records.part(&part).problems).collect();
        assert!(records.is_endless() && problems.len() == 2 && problems[1].message.contains("256 MiB"), "{problems:?}");
    }
}
