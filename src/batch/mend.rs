//! Writes the changes that findings offer into the bytes of a draft, and leaves every other byte as it was.

use super::fingerprint::Digest;
use super::{Lane, judge, kind};
use crate::document::{self, Document, Field, InputKind};
use crate::finding::{Edit, Finding};
use crate::span::Span;
use std::collections::BTreeSet;

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

/// A change in the decoded file.
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
        let (before, kind) = (decoded.text.clone().into_owned(), kind(name));
        let (mut text, mut places, mut sensitive) = (before.clone(), 0, false);
        for _ in 0..MOST_ROUNDS {
            let changes = self.changes(name, kind, &text, &mut sensitive);
            if changes.is_empty() {
                break;
            }
            places += changes.len();
            text = written(&text, &changes);
        }
        if text == before {
            return Ok(None);
        }
        let bytes = decoded.encoding.encode(&text).ok_or("the new words cannot be stored in its old encoding; save it as UTF-8 first")?;
        Ok(Some(Mended { before, after: text, bytes, places, sensitive }))
    }

    /// The changes of one round, in order and apart from each other.
    fn changes(&self, name: &str, kind: InputKind, text: &str, sensitive: &mut bool) -> Vec<Change> {
        let parsed = document::read(name, kind, text, self.reading);
        let mut changes = BTreeSet::new();
        for document in &parsed.documents {
            let judged = judge(self.lane, document);
            *sensitive |= judged.findings.iter().any(|(finding, _)| finding.sensitive);
            for (finding, _) in judged.findings.iter().filter(|(finding, digest)| !(self.known)(finding, *digest)) {
                let Some(field) = field(document, finding) else { continue };
                let wanted = finding.edits.iter().filter(|edit| (edit.safe || self.meaning) && is_new(edit, field));
                changes.extend(wanted.filter_map(|edit| change(edit, field, kind, text)));
            }
        }
        // Two changes of one place would not both be what their rules meant: the first one stays, and the next round looks again.
        let mut free = None;
        changes.retain(|(span, _)| {
            let apart = free.is_none_or(|end| span.start > end || (span.start == end && !span.is_empty()));
            free = if apart { Some(span.end) } else { free };
            apart
        });
        changes.into_iter().collect()
    }
}

fn field<'d>(document: &'d Document, finding: &Finding) -> Option<&'d Field> {
    let post = document.posts.iter().find(|post| post.id == finding.post)?;
    post.fields.iter().find(|field| field.kind.as_str() == finding.field)
}

/// Words that are there already are not inserted again, and words are not replaced by themselves: so mending twice changes nothing more.
fn is_new(edit: &Edit, field: &Field) -> bool {
    let source = field.text.source();
    if edit.bytes.is_empty() { !source.contains(edit.with.trim()) } else { edit.bytes.of(source) != edit.with }
}

/// A change of a field as a change of its file, in the spelling of the file's format; `None` where it would break the format.
fn change(edit: &Edit, field: &Field, kind: InputKind, file: &str) -> Option<Change> {
    let span = field.text.in_file(edit.bytes);
    let with = match kind {
        InputKind::Plain | InputKind::Markdown => edit.with.clone(),
        InputKind::Jsonl => {
            let quoted = serde_json::to_string(&edit.with).ok()?;
            quoted.strip_prefix('"')?.strip_suffix('"')?.to_owned()
        }
        InputKind::Schedule => {
            let start = field.text.in_file(Span::new(0, 0)).start;
            let quoted = !field.text.is_verbatim() || file.get(..start)?.ends_with('"');
            let plain = !edit.with.contains([',', ';', '\t', '"', '\n', '\r']);
            (quoted || plain).then(|| edit.with.replace('"', "\"\""))?
        }
    };
    Some((span, with))
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
            ("a.md", "---\nplatform: x\n---\nÉverybody\nEverybody knows.\n", "---\nplatform: x\n---\nÉverybody\nwe \"know\", say.\n"),
            ("a.jsonl", "{\"text\": \"a \\\"b\\\" everybody knows\"}\n", "{\"text\": \"a \\\"b\\\" we \\\"know\\\", say\"}\n"),
            ("a.csv", "id,text\r\n1,\"a, everybody knows\"\r\n", "id,text\r\n1,\"a, we \"\"know\"\", say\"\r\n"),
            ("b.csv", "id,text\n1,everybody knows\n", ""),
        ] {
            assert_eq!(text(name, before, false).unwrap_or_default(), after, "{name}");
        }
    }

    #[test]
    fn changes_the_meaning_only_when_asked_to() {
        assert_eq!(text("a.txt", "Mrs Smith slept.\n", false), None);
        assert_eq!(text("a.txt", "Mrs Smith slept. Mrs Smith woke.\n", true).unwrap(), "a patient slept. a patient woke.\n");
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
