//! Writes the changes that findings offer into the bytes of a draft, and leaves every other byte as it was.

use super::fingerprint::Digest;
use super::{Lane, field_of, judge, kind};
use crate::document::{self, Field, FieldKind, InputKind, Parsed, Post};
use crate::finding::{Edit, Finding};
use crate::span::Span;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A change may make another one possible; more rounds than this mean that two rules disagree.
const MOST_ROUNDS: usize = 8;

/// A draft before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The decoded text before.
    pub before: String,
    /// The same after.
    pub after: String,
    /// The bytes to write: same encoding, same mark, same ends of lines.
    pub bytes: Vec<u8>,
    /// How many places were changed.
    pub places: usize,
    /// Whether the draft may identify a patient, so that its words are not for everybody.
    pub sensitive: bool,
}

/// How a draft is mended.
#[derive(Clone, Copy)]
pub struct Mending<'m> {
    /// The linter of the draft.
    pub lane: &'m Lane<'m>,
    /// How the draft is read.
    pub reading: &'m document::Options,
    /// Whether changes of the meaning are wanted too.
    pub meaning: bool,
    /// Whether somebody has looked at a finding already, so that it stays.
    pub known: &'m dyn Fn(&Finding, Digest) -> bool,
}

/// A change in the decoded file, or in the words of a field.
type Change = (Span, String);

impl Mending<'_> {
    /// Mends the bytes of a draft; `None` when there is nothing to change.
    ///
    /// # Errors
    /// In plain words, when the bytes cannot be read, or the changed text cannot be stored in the draft's encoding.
    pub fn mend(&self, name: &str, bytes: &[u8]) -> Result<Option<Mended>, String> {
        let decoded = document::decode(bytes).map_err(|refusal| refusal.to_string())?;
        if !decoded.problems.is_empty() {
            return Err("parts of it could not be read, so it is not changed".to_owned());
        }
        let before = decoded.text.clone().into_owned();
        let (mut text, mut places, mut sensitive) = (before.clone(), 0, false);
        for _ in 0..MOST_ROUNDS {
            let draft = Draft { name, kind: kind(name), text: &text, reading: self.reading };
            let (changes, count) = self.changes(draft, &mut sensitive);
            if changes.is_empty() {
                break;
            }
            places += count;
            text = written(&text, &changes);
        }
        if text == before {
            return Ok(None);
        }
        let bytes = decoded.encoding.encode(&text).ok_or("the new words cannot be stored in its old encoding; save it as UTF-8 first")?;
        Ok(Some(Mended { before, after: text, bytes, places, sensitive }))
    }

    /// The changes of one round, in order and apart from each other, and how many places they mend.
    fn changes(&self, draft: Draft<'_>, sensitive: &mut bool) -> (Vec<Change>, usize) {
        let (mut changes, mut count) = (Vec::new(), 0);
        for document in &draft.read().documents {
            let judged = judge(self.lane, document);
            *sensitive |= judged.sensitive;
            let mut wanted: BTreeMap<(usize, usize), Vec<&Edit>> = BTreeMap::new();
            // What one part of a thread says, the others need not say again: the next round tells.
            let mut added: BTreeSet<&str> = BTreeSet::new();
            for (finding, _) in judged.findings.iter().filter(|(finding, digest)| !(self.known)(finding, *digest)) {
                let Some(((post, number), field)) = field_of(document, finding) else { continue };
                for edit in finding.edits.iter().filter(|edit| (edit.safe || self.meaning) && is_new(edit, field)) {
                    if edit.cut.is_some() || !edit.bytes.is_empty() || added.insert(&finding.rule) {
                        wanted.entry((post, number)).or_default().push(edit);
                    }
                }
            }
            for ((post, number), edits) in wanted {
                let Some(field) = document.posts.get(post).and_then(|post| post.fields.get(number)) else { continue };
                let (parts, places) = apart(&edits);
                let spelled = draft.spelled(field, (&document.posts, post, number), &parts);
                count += if spelled.is_empty() { 0 } else { places };
                changes.extend(spelled);
            }
        }
        changes.sort();
        (changes, count)
    }
}

/// The edits of a field that can be made together as changes of its words, and how many edits these are. The next round looks again.
fn apart(edits: &[&Edit]) -> (Vec<Change>, usize) {
    let mut edits: Vec<Edit> = edits.iter().map(|edit| (*edit).clone()).collect();
    // Of two that begin together the longer one counts.
    edits.sort_by(|a, b| (a.bytes.start, Reverse(a.bytes.end), a.cut, &a.with).cmp(&(b.bytes.start, Reverse(b.bytes.end), b.cut, &b.with)));
    let mut kept: Vec<Edit> = Vec::new();
    for edit in edits {
        let clash = kept.iter_mut().find(|other| meet(&other.spans(), &edit.spans()));
        match clash {
            // "Mrs Lee MRN 123" and "MRN 123": the first gives way where the second begins, or the number would be left without its word.
            Some(other)
                if other.cut.is_none()
                    && edit.cut.is_none()
                    && other.bytes.start < edit.bytes.start
                    && other.bytes.end < edit.bytes.end =>
            {
                other.bytes.end = edit.bytes.start;
                other.with.push(' ');
                kept.push(edit);
            }
            Some(_) => {}
            None => kept.push(edit),
        }
    }
    let count = kept.len();
    // Moved words must not be lost or doubled: both halves are made or none.
    let halves = |edit: Edit| [Some((edit.bytes, edit.with)), edit.cut.map(|cut| (cut, String::new()))];
    let mut parts: Vec<Change> = kept.into_iter().flat_map(halves).flatten().collect();
    parts.sort();
    (parts, count)
}

/// Whether any span of one edit meets one of another; two insertions at one place do.
fn meet(one: &[Span], other: &[Span]) -> bool {
    let meets = |a: Span, b: Span| a.overlaps(b) || (a.start <= b.end && b.start <= a.end && (a.is_empty() || b.is_empty()));
    one.iter().any(|a| other.iter().any(|b| meets(*a, *b)))
}

/// Words that are there already are not added again, and words are not replaced by themselves: so mending twice changes nothing more.
fn is_new(edit: &Edit, field: &Field) -> bool {
    let source = field.text.source();
    edit.cut.is_some() || if edit.bytes.is_empty() { !source.contains(edit.with.trim()) } else { edit.bytes.of(source) != edit.with }
}

/// A decoded file between two rounds.
#[derive(Clone, Copy)]
struct Draft<'d> {
    name: &'d str,
    kind: InputKind,
    text: &'d str,
    reading: &'d document::Options,
}

impl Draft<'_> {
    fn read(&self) -> Parsed {
        document::read(self.name, self.kind, self.text, self.reading)
    }

    /// Changes of a field's words as changes of the file, in the spelling of the file's format; none where they would break it. `at` are the posts
    /// of the field's document, and the numbers of its post and of the field.
    fn spelled(&self, field: &Field, at: (&[Post], usize, usize), parts: &[Change]) -> Vec<Change> {
        let each = |spell: fn(&str) -> String| -> Vec<Change> {
            parts.iter().map(|(span, with)| (field.text.in_file(*span), spell(with))).collect()
        };
        match self.kind {
            InputKind::Plain | InputKind::Markdown if field.kind == FieldKind::Text => each(str::to_owned),
            InputKind::Plain | InputKind::Markdown => self.in_front_matter(field, at, parts),
            InputKind::Jsonl => each(|with| inside(&json(with)).to_owned()),
            InputKind::Schedule => {
                let start = field.text.in_file(Span::new(0, 0)).start;
                let quoted = !field.text.is_verbatim() || self.text.get(..start).is_some_and(|left| left.ends_with('"'));
                if quoted {
                    return each(|with| with.replace('"', "\"\""));
                }
                let source = field.text.source();
                if parts.iter().all(|(_, with)| !with.contains([',', ';', '\t', '"', '\n', '\r'])) {
                    return each(str::to_owned);
                }
                // The cell needs quotation marks from now on, and those that it holds are doubled.
                let whole = written(source, parts).replace('"', "\"\"");
                vec![(field.text.in_file(Span::new(0, source.len())), format!("\"{whole}\""))]
            }
        }
    }

    /// YAML spells text in many ways; the first that comes back as it was meant is taken.
    fn in_front_matter(&self, field: &Field, (posts, post, number): (&[Post], usize, usize), parts: &[Change]) -> Vec<Change> {
        let source = field.text.source();
        let wanted = written(source, parts);
        let each = |spell: &dyn Fn(&str) -> String| -> Vec<Change> {
            parts.iter().map(|(span, with)| (field.text.in_file(*span), spell(with))).collect()
        };
        let ways = [
            each(&str::to_owned),
            each(&|with| inside(&json(with)).to_owned()),
            each(&|with| with.replace('\'', "''")),
            vec![(field.text.in_file(Span::new(0, source.len())), json(&wanted))],
        ];
        let counts = |posts: &[Post]| posts.iter().map(|post| post.fields.len()).collect::<Vec<_>>();
        let comes_back = |changes: &Vec<Change>| {
            let text = written(self.text, changes);
            let parsed = Draft { text: &text, ..*self }.read();
            let Some(document) = parsed.documents.first().filter(|document| counts(&document.posts) == counts(posts)) else { return false };
            let again = document.posts.get(post).and_then(|post| post.fields.get(number));
            again.is_some_and(|again| again.text.source() == wanted) && parsed.problems.len() <= self.read().problems.len()
        };
        ways.into_iter().find(comes_back).unwrap_or_default()
    }
}

fn json(words: &str) -> String {
    serde_json::Value::from(words).to_string()
}

/// What stands between the quotation marks.
fn inside(quoted: &str) -> &str {
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(quoted)
}

fn written(text: &str, changes: &[Change]) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    let mut at = 0;
    for (span, with) in changes {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(with);
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Linter, Options};
    use crate::pack::{self, PackSource, RuleSet};
    use std::collections::HashMap;

    const PACK: &str = r#"
rules:
  - {id: name, severity: error, sensitive: true, message: m, replace-with: a patient, find: {phrases: ["mrs smith"]}}
  - {id: word, severity: info, message: m, replace-with: "we \"know\", say", replace-safe: true, find: {phrases: ["everybody knows"]}}
  - id: note
    severity: warning
    message: m
    require: {when: {phrases: [dose]}, text: {phrases: [general information]}, insert: "General information only."}
  - {id: number, severity: error, sensitive: true, message: m, replace-with: "[removed]", find: {phrases: ["mrn <number>"]}}
  - id: age
    severity: error
    message: m
    replace: [{phrases: ["<number> year old"], with: "patient in their {tens}s"}, {phrases: ["aged <number>"], with: ""}]
    find: {phrases: ["<number> year", "aged <number>"]}
  - id: named
    severity: error
    message: m
    replace-with: somebody
    find: {phrases: ["mr (<capital>|jones mrn)"]}
  - id: tie
    severity: warning
    message: m
    require: {when: {phrases: ['# ad']}, text: {phrases: ['# ad']}, before-fold: true}
platforms:
  short: {name: Short, count: characters, limit: 60, fold: 10}
"#;

    fn mend(name: &str, bytes: &[u8], meaning: bool) -> Option<Mended> {
        let source = PackSource { path: "p.yaml".into(), text: PACK.into(), ..PackSource::default() };
        let rules = pack::load(RuleSet::default(), &[source]).unwrap();
        let lane = Lane { linter: Linter::new(&rules, Options::default()), accounts: HashMap::new(), salt: None };
        let reading = document::Options::default();
        let mending = Mending { lane: &lane, reading: &reading, meaning, known: &|_, _| false };
        let mended = mending.mend(name, bytes).unwrap();
        if let Some(mended) = &mended {
            assert_eq!(mending.mend(name, &mended.bytes), Ok(None), "mending twice changes nothing more");
        }
        mended
    }

    fn text(name: &str, text: &str, meaning: bool) -> Option<String> {
        mend(name, text.as_bytes(), meaning).map(|mended| String::from_utf8(mended.bytes).unwrap())
    }

    #[test]
    fn mends_each_format_in_its_own_spelling() {
        for (name, before, after) in [
            ("a.md", "---\nplatform: x\n---\nÉverybody\nEverybody knows.\n", "---\nplatform: x\n---\nÉverybody\nWe \"know\", say.\n"),
            ("a.jsonl", "{\"text\": \"a \\\"b\\\" everybody knows\"}\n", "{\"text\": \"a \\\"b\\\" we \\\"know\\\", say\"}\n"),
            ("a.csv", "id,text\r\n1,\"a, everybody knows\"\r\n", "id,text\r\n1,\"a, we \"\"know\"\", say\"\r\n"),
            ("b.csv", "id,text\n1,everybody knows 5\" x\n", "id,text\n1,\"we \"\"know\"\", say 5\"\" x\"\n"),
            ("c.csv", "id;text\r\n1;everybody knows\r\n2;ok\r\n", "id;text\r\n1;\"we \"\"know\"\", say\"\r\n2;ok\r\n"),
            // The second alt text, in the spelling that its YAML needs.
            (
                "d.md",
                "---\nalt: [one, 'Everybody knows']\ntitle: everybody knows\n---\nx\n",
                "---\nalt: [one, 'We \"know\", say']\ntitle: we \"know\", say\n---\nx\n",
            ),
        ] {
            assert_eq!(text(name, before, false).unwrap_or_default(), after, "{name}");
        }
    }

    #[test]
    fn changes_the_meaning_only_when_asked_to() {
        assert_eq!(text("a.txt", "Mrs Smith slept.\n", false), None);
        assert_eq!(text("a.txt", "Mrs Smith slept. Mrs Smith woke.\n", true).unwrap(), "A patient slept. A patient woke.\n");
    }

    #[test]
    fn writes_better_words_where_they_fit() {
        for (before, after) in [
            ("A 97-year-old came.", "A patient in their 90s came."),
            ("54-year-old, well.", "Patient in their 50s, well."),
            ("Seen, aged 54, today.", "Seen, today."),
            // Of two that overlap neither may swallow the word by which the other is known.
            ("I saw Mr Jones MRN 123 there.", "I saw somebody [removed] there."),
        ] {
            assert_eq!(text("a.txt", before, true).as_deref(), Some(after));
            assert_eq!(text("a.txt", before, false), None);
        }
        assert_eq!(
            text("a.md", "---\ntitle: MRN 12\n---\nx\n", true).as_deref(),
            Some("---\ntitle: \"[removed]\"\n---\nx\n"),
            "in YAML bare brackets would be a list"
        );
    }

    #[test]
    fn a_disclosure_moves_up_and_words_that_do_not_fit_stay_away() {
        let front = "---\nplatform: short\n---\n";
        let moved = text("a.md", &format!("{front}Words that are many.\n\n#ad #sun\n"), false);
        assert_eq!(moved, Some(format!("{front}#ad Words that are many.\n\n#sun\n")));
        assert_eq!(text("a.md", &format!("{front}A dose of words that leaves no room for more of them.\n"), false), None);
        assert!(text("a.md", &format!("{front}A dose.\n"), false).is_some());
        let thread = text("t.txt", "A dose.\n---\nA dose more.\n", false).unwrap();
        assert_eq!(thread, "A dose.\n\nGeneral information only.\n---\nA dose more.\n\nGeneral information only.\n");
    }

    #[test]
    fn inserts_once_and_keeps_the_ends_of_lines() {
        let after = text("a.txt", "A dose, one more dose.\r\nEnd\r\n", false).unwrap();
        assert_eq!(after, "A dose, one more dose.\r\nEnd\r\n\r\nGeneral information only.\r\n");
    }

    #[test]
    fn keeps_the_encoding() {
        let utf16: Vec<u8> = "\u{feff}Caf\u{e9}: everybody knows\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mended = mend("a.txt", &utf16, false).unwrap();
        assert!(mended.bytes.starts_with(&[0xff, 0xfe, b'C', 0]) && mended.bytes.ends_with(&[b'\n', 0]));
        let old = mend("a.txt", b"Caf\xe9: everybody knows", false).unwrap();
        assert_eq!(old.bytes, b"Caf\xe9: we \"know\", say");
        let mark = mend("a.txt", "\u{feff}everybody knows".as_bytes(), false).unwrap();
        assert_eq!(mark.bytes, "\u{feff}we \"know\", say".as_bytes());
    }
}
