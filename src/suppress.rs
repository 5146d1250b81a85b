//! Silences findings that the author has answered for in the post's metadata, and reports the answers that are idle, over, or about to be published.

use crate::document::{Document, Field, Ignore, Post};
use crate::finding::{Confidence, Finding, Place, Severity};
use crate::lint::{Lint, Linter, Options, Unbuilt};
use crate::span::{Position, Span};
use std::collections::BTreeSet;

/// A rule of the linter itself, about its own suppressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Rule id.
    pub id: &'static str,
    /// Harm.
    pub severity: Severity,
    /// Short title.
    pub title: &'static str,
    /// What is wrong.
    pub message: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// The pack of these rules.
pub const PACK: &str = "postlint";

/// A suppression that silences nothing.
pub const UNUSED: Notice = Notice {
    id: "unused-suppression",
    severity: Severity::Warning,
    title: "Suppression that silences nothing",
    message: "A suppression of this post silences nothing.",
    why: "The draft or the rule has changed since; a suppression that is left behind may silence something else one day.",
    help: "Take the entry out of `postlint: ignore`, or correct the name of its rule.",
};

/// A suppression whose last day is over.
pub const EXPIRED: Notice = Notice {
    id: "expired-suppression",
    severity: Severity::Warning,
    title: "Suppression that has ended",
    message: "A suppression of this post has ended and silences nothing any more.",
    why: "It was given an end so that somebody looks again.",
    help: "Look again: mend the post, or give the entry a new `until` and say why.",
};

/// A suppression where readers would see it.
pub const PUBLISHED: Notice = Notice {
    id: "directive-in-text",
    severity: Severity::Error,
    title: "Instruction to postlint in the text of a post",
    message: "An instruction to postlint stands in the text; this would be published.",
    why: "Plain text has no comments: every reader would see it, and it silences nothing.",
    help: "Move it into the post's metadata (`postlint: {ignore: [{rule, reason}]}`), the config's `allow` or the baseline.",
};

/// All of them, for lists and for looking up names.
pub const NOTICES: [Notice; 3] = [UNUSED, EXPIRED, PUBLISHED];

/// A notice about the `allow` list of a config, which belongs to no post.
pub fn of_config(notice: &Notice, path: &str, at: Position) -> Finding {
    let (message, help) = match notice.id {
        id if id == EXPIRED.id => {
            ("An entry of `allow` has ended and silences nothing any more.", "Look again: mend the post, or give the entry a new `until`.")
        }
        _ => ("An entry of `allow` silences nothing.", "Take the entry out, or correct its fingerprint."),
    };
    Finding { message: message.into(), help: help.into(), path: path.into(), place: Some(line(at)), ..blank(notice) }
}

/// What may follow the name of the linter in an instruction to it.
const ORDERS: [&str; 8] = ["ignore", "disable", "enable", "allow", "suppress", "skip", "off", "noqa"];

/// What the entries of a document's metadata came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Silenced {
    /// How many findings they silenced.
    pub count: usize,
    /// The rules that they name and a floor holds: their findings stay.
    pub held: BTreeSet<String>,
}

/// What a finding that stays says of the entry that would silence it.
const HELD: &str = "An entry that would silence this does not count: a floor holds the rule.";

/// Makes a finding say that an entry for it does not count, since a floor holds its rule.
pub fn hold(finding: &mut Finding) {
    let space = if finding.help.is_empty() { "" } else { " " };
    finding.help.push_str(space);
    finding.help.push_str(HELD);
}

/// Takes the silenced findings out of what linting a document gave, and adds the notices.
pub fn apply(linter: &Linter<'_>, document: &Document, lint: &mut Lint) -> Silenced {
    let mut silenced = Silenced::default();
    let complete = lint.hidden == 0 && linter.options().select.is_empty();
    let mut notices = Vec::new();
    // The front matter of a thread is that of each of its posts: an entry is idle when none of them needs it, and told once.
    let (mut idle, mut needed): (Vec<(&Post, &Ignore)>, Vec<&Ignore>) = (Vec::new(), Vec::new());
    for post in &document.posts {
        let ignores = &post.metadata.ignore;
        let mut used = vec![false; ignores.len()];
        if !ignores.is_empty() {
            silence(linter, post, lint, &mut used, &mut silenced);
        }
        for (ignore, used) in ignores.iter().zip(used) {
            match used {
                true => needed.push(ignore),
                false if idle.iter().all(|(_, known)| *known != ignore) => idle.push((post, ignore)),
                false => {}
            }
        }
        if linter.reports(&PUBLISHED) {
            notices.extend(post.fields.iter().filter_map(|field| published(document, post, field)));
        }
    }
    for (post, ignore) in idle.into_iter().filter(|(_, ignore)| !needed.contains(ignore)) {
        let notice = if has_ended(linter, ignore) { EXPIRED } else { UNUSED };
        if (complete && !of_batch(linter, ignore) || notice == EXPIRED) && linter.reports(&notice) {
            notices.push(idle_entry(&notice, linter, document, post, ignore));
        }
    }
    if !notices.is_empty() {
        lint.findings.append(&mut notices);
        let order = |post: &str| document.posts.iter().position(|known| known.id == post);
        lint.findings.sort_by_key(|finding| (order(&finding.post), finding.field != "text", finding.place.map(|place| place.bytes)));
    }
    silenced
}

/// What an entry may name of a finding.
struct About<'f> {
    rule: &'f str,
    pack: &'f str,
    line: Option<usize>,
}

impl<'f> About<'f> {
    fn of(finding: &'f Finding) -> Self {
        Self { rule: &finding.rule, pack: &finding.pack, line: finding.place.map(|place| place.from.line) }
    }

    /// Nobody knows on which lines these stand.
    fn of_unbuilt(unbuilt: &'f Unbuilt) -> Self {
        Self { rule: &unbuilt.rule, pack: &unbuilt.pack, line: None }
    }
}

/// Takes what a post's entries silence out of its findings, unless a floor holds the rule; notes which entries were needed.
fn silence(linter: &Linter<'_>, post: &Post, lint: &mut Lint, used: &mut [bool], silenced: &mut Silenced) {
    let ignores = &post.metadata.ignore;
    let is_held = |rule: &str| linter.options().floor.contains_key(rule);
    lint.findings.retain_mut(|finding| {
        let named = finding.post == post.id && is_named(linter, ignores, &About::of(finding), used);
        if named && is_held(&finding.rule) {
            hold(finding);
            silenced.held.insert(finding.rule.clone());
            return true;
        }
        silenced.count += usize::from(named);
        !named
    });
    lint.unbuilt.retain(|unbuilt, count| {
        let named = unbuilt.post == post.id && is_named(linter, ignores, &About::of_unbuilt(unbuilt), used) && !is_held(&unbuilt.rule);
        silenced.count += if named { *count } else { 0 };
        !named
    });
}

/// Whether an entry is for a finding; notes which.
fn is_named(linter: &Linter<'_>, ignores: &[Ignore], about: &About<'_>, used: &mut [bool]) -> bool {
    let mut any = false;
    for (ignore, used) in ignores.iter().zip(used) {
        let here = ignore.lines.is_none_or(|(from, to)| about.line.is_some_and(|line| (from..=to).contains(&line)));
        let named = ignore.rule == about.rule || ignore.rule == about.pack;
        if named && here && !ignore.reason.trim().is_empty() && !has_ended(linter, ignore) {
            (*used, any) = (true, true);
        }
    }
    any
}

/// What the rules over several posts say is not known yet, so their suppressions cannot be called idle.
fn of_batch(linter: &Linter<'_>, ignore: &Ignore) -> bool {
    linter.rules().heads.iter().any(|head| head.is_series() && head.is(&ignore.rule))
}

fn has_ended(linter: &Linter<'_>, ignore: &Ignore) -> bool {
    ignore.until.zip(linter.options().today).is_some_and(|(until, today)| until < today)
}

impl Linter<'_> {
    /// Whether a notice is wanted: it can be selected and ignored as any rule.
    fn reports(&self, notice: &Notice) -> bool {
        wanted(self.options(), notice)
    }
}

/// Whether options leave a notice in force.
pub fn wanted(options: &Options, notice: &Notice) -> bool {
    let named = |list: &[String]| list.iter().any(|name| name == notice.id || name == PACK);
    (options.select.is_empty() || named(&options.select)) && !named(&options.ignore)
}

/// The first instruction to the linter in a field.
fn published(document: &Document, post: &Post, field: &Field) -> Option<Finding> {
    let folded = field.text.folded();
    let lower = folded.to_ascii_lowercase();
    let span = lower.match_indices("postlint").map(|(at, name)| (at, at + name.len())).find_map(|(start, end)| {
        let rest = lower.get(end..)?;
        let order = rest.trim_start_matches([' ', ':', '-', '_', '=', '(']);
        let order_word = ORDERS.iter().find(|word| order.starts_with(**word))?;
        // "Postlint. Ignore …" is prose: an instruction follows at once.
        let span = Span::new(start, end + (rest.len() - order.len()) + order_word.len());
        let opaque = field.text.opaque().iter().any(|code| code.overlaps(span));
        (!opaque && rest.len() - order.len() <= 2).then_some(span)
    })?;
    Some(finding(&PUBLISHED, document, post, Some((field, field.text.typed(span)))))
}

/// A notice at an entry, with the rule that the entry names when there is one of that name.
fn idle_entry(notice: &Notice, linter: &Linter<'_>, document: &Document, post: &Post, ignore: &Ignore) -> Finding {
    let rule = Some(&ignore.rule).filter(|rule| linter.rules().knows(rule));
    let help = match rule {
        Some(rule) => format!("The entry is for {rule}. {}", notice.help),
        None => format!("There is no rule of the name that it gives. {}", notice.help),
    };
    Finding { place: ignore.at.map(line), help, ..finding(notice, document, post, None) }
}

fn finding(notice: &Notice, document: &Document, post: &Post, at: Option<(&Field, Span)>) -> Finding {
    Finding {
        path: document.path.clone(),
        post: post.id.clone(),
        field: at.map_or("text", |(field, _)| field.kind.as_str()).into(),
        place: at.map(|(field, typed)| field.text.place(typed)),
        excerpt: at.map(|(field, typed)| field.text.excerpt(typed, &[])),
        ..blank(notice)
    }
}

/// A place in a file that is none in a post's words.
fn line(at: Position) -> Place {
    Place { from: at, to: at, chars: (0, 0), bytes: Span::default() }
}

/// A finding that stands nowhere yet.
fn blank(notice: &Notice) -> Finding {
    Finding {
        rule: notice.id.into(),
        pack: PACK.into(),
        title: notice.title.into(),
        severity: notice.severity,
        confidence: Confidence::High,
        message: notice.message.into(),
        why: notice.why.into(),
        help: notice.help.into(),
        sources: Vec::new(),
        path: String::new(),
        post: String::new(),
        field: String::new(),
        place: None,
        labels: Vec::new(),
        excerpt: None,
        sensitive: false,
        fingerprint: String::new(),
        edits: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{FieldKind, Metadata, Text};
    use crate::pack::{self, PackSource, RuleSet};

    fn rules() -> RuleSet {
        let text = "pack: p\nrules:\n  - {id: a, severity: error, message: m, find: {phrases: [alpha]}}\n";
        let source = PackSource { path: "p.yaml".into(), text: text.into(), ..PackSource::default() };
        pack::load(RuleSet::default(), &[source]).unwrap()
    }

    fn check(text: &str, ignore: Vec<Ignore>) -> (Vec<String>, usize) {
        let metadata = Metadata { ignore, ..Metadata::default() };
        let fields = vec![Field { kind: FieldKind::Text, text: Text::new(text) }];
        let document = Document { path: "d".into(), posts: vec![Post { id: "1".into(), metadata, fields }], thread: false };
        let rules = rules();
        let linter = Linter::new(&rules, Options { today: Some(jiff::civil::date(2026, 11, 23)), ..Options::default() });
        let mut lint = linter.lint(&document);
        let silenced = apply(&linter, &document, &mut lint).count;
        (lint.findings.into_iter().map(|finding| finding.rule).collect(), silenced)
    }

    fn ignore(rule: &str, until: Option<jiff::civil::Date>) -> Ignore {
        Ignore { rule: rule.into(), reason: "checked".into(), until, at: None, lines: None }
    }

    #[test]
    fn an_entry_of_a_thread_is_idle_only_if_no_post_needs_it() {
        let post = |id: &str, text: &str| {
            let metadata = Metadata { ignore: vec![ignore("a", None), ignore("b", None)], ..Metadata::default() };
            Post { id: id.into(), metadata, fields: vec![Field { kind: FieldKind::Text, text: Text::new(text) }] }
        };
        let document = Document { path: "d".into(), posts: vec![post("1", "beta"), post("2", "alpha")], thread: true };
        let rules = rules();
        let linter = Linter::new(&rules, Options::default());
        let mut lint = linter.lint(&document);
        assert_eq!(apply(&linter, &document, &mut lint).count, 1);
        assert_eq!(lint.findings.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["unused-suppression"]);
    }

    #[test]
    fn silences_what_is_answered_for() {
        let today = jiff::civil::date(2026, 11, 23);
        assert_eq!(check("alpha", vec![ignore("a", Some(today))]), (vec![], 1));
        assert_eq!(check("alpha alpha", vec![ignore("p", None)]).1, 2);
        assert_eq!(check("alpha", vec![ignore("b", None)]), (vec!["unused-suppression".into(), "a".into()], 0));
        let yesterday = today.yesterday().unwrap();
        assert_eq!(check("alpha", vec![ignore("a", Some(yesterday))]), (vec!["expired-suppression".into(), "a".into()], 0));
    }

    #[test]
    fn what_a_floor_holds_stays_and_says_so() {
        let metadata = Metadata { ignore: vec![ignore("a", None)], ..Metadata::default() };
        let fields = vec![Field { kind: FieldKind::Text, text: Text::new("alpha") }];
        let document = Document { path: "d".into(), posts: vec![Post { id: "1".into(), metadata, fields }], thread: false };
        let rules = rules();
        let floor = std::collections::BTreeMap::from([("a".to_owned(), Severity::Warning)]);
        let linter = Linter::new(&rules, Options { floor, ..Options::default() });
        let mut lint = linter.lint(&document);
        let silenced = apply(&linter, &document, &mut lint);
        assert_eq!((silenced.count, silenced.held), (0, BTreeSet::from(["a".to_owned()])));
        assert_eq!(lint.findings.len(), 1, "no second finding calls the entry idle");
        assert!(lint.findings[0].help.contains("a floor holds the rule"));
    }

    #[test]
    fn what_was_not_built_is_silenced_too() {
        let text = "alpha ".repeat(crate::lint::BUILT_OF_A_POST + 7);
        let document = |ignore: Vec<Ignore>| {
            let metadata = Metadata { ignore, ..Metadata::default() };
            let fields = vec![Field { kind: FieldKind::Text, text: Text::new(text.as_str()) }];
            Document { path: "d".into(), posts: vec![Post { id: "1".into(), metadata, fields }], thread: false }
        };
        let rules = rules();
        let linter = Linter::new(&rules, Options::default());
        let mut lint = linter.lint(&document(Vec::new()));
        assert_eq!((lint.findings.len(), lint.unbuilt.values().sum::<usize>()), (crate::lint::BUILT_OF_A_POST, 7));
        let silenced = apply(&linter, &document(vec![ignore("p", None)]), &mut lint);
        assert_eq!((silenced.count, lint.findings.len(), lint.unbuilt.len()), (crate::lint::BUILT_OF_A_POST + 7, 0, 0));
    }

    #[test]
    fn an_instruction_in_the_text_would_be_published() {
        for (text, want) in [
            ("postlint-ignore: a", true),
            ("# postlint: disable", true),
            ("postlint ignore a", true),
            ("I use postlint. Ignore the haters.", false),
            ("postlint found nothing", false),
            ("Try postlint before you post", false),
        ] {
            assert_eq!(check(text, Vec::new()).0 == ["directive-in-text"], want, "{text}");
        }
    }
}
