//! Many drafts: read and checked in parallel, handed over in one order, so that a report is the same for any number of threads.

pub mod baseline;
mod feed;
pub mod fingerprint;
pub mod mend;
mod order;
pub mod series;

use crate::config::account_key;
use crate::document::{self, Document, Field, InputKind, Parsed, Post};
use crate::finding::{Finding, Place, Severity};
use crate::lint::{Linter, Unbuilt};
use crate::pack::RuleSet;
use crate::report::{PostInfo, Skipped};
use crate::source;
use crate::suppress::{self, Silenced};
use feed::{Feed, Unit};
use fingerprint::{Digest, Salt};
use series::SeriesPost;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

/// One input with the linter that it is checked with.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where it comes from.
    pub input: Input,
    /// Its name in reports.
    pub name: String,
    /// Number of its [`Lane`].
    pub lane: usize,
}

/// Where a draft comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// A linter, for all drafts with the same settings.
pub struct Lane<'r> {
    /// The linter of posts whose account is not known.
    pub linter: Linter<'r>,
    /// Linters of accounts with a bio or platforms of their own, by [`crate::config::account_key`].
    pub accounts: HashMap<String, Linter<'r>>,
    /// The salt of the fingerprints.
    pub salt: Option<Salt>,
}

/// What came of an input, or of a piece of a long one.
#[derive(Debug, Default)]
pub struct Checked {
    /// Number of the job.
    pub job: usize,
    /// Whether this is the beginning of an input that could be read.
    pub begins: bool,
    /// How many posts were checked.
    pub posts: usize,
    /// The posts themselves, when they were asked for.
    pub infos: Vec<PostInfo>,
    /// By post, position and rule, with what their fingerprints are made of.
    pub findings: Vec<(Finding, Digest)>,
    /// What the rules over several posts need of these, when they were asked for.
    pub series: Vec<SeriesPost>,
    /// What the author should know of the input.
    pub notes: Vec<String>,
    /// What could not be checked.
    pub skipped: Vec<Skipped>,
    /// What was counted and not built, as its file and post have it.
    pub unbuilt: Vec<(Unbuilt, usize)>,
    /// How many findings the posts' own metadata silenced.
    pub suppressed: usize,
    /// How many findings were too uncertain to show.
    pub hidden: usize,
}

impl Checked {
    /// Takes it for the words of drafts that may identify a patient, whatever the rules say of them now.
    pub fn hold_back(&mut self) {
        self.findings.iter_mut().for_each(|(finding, _)| finding.sensitive = true);
        self.series.iter_mut().for_each(|post| post.excerpt = None);
    }
}

/// What linting one document came to.
struct Judged {
    findings: Vec<(Finding, Digest)>,
    unbuilt: BTreeMap<Unbuilt, usize>,
    silenced: Silenced,
    hidden: usize,
    /// Whether the document may identify a patient.
    sensitive: bool,
}

/// How a batch is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'p> {
    /// In the order of the report.
    pub jobs: &'p [Job],
    /// How inputs are read.
    pub reading: &'p document::Options,
    /// Threads; 1 starts none.
    pub threads: usize,
    /// Whether [`Checked::infos`] is filled.
    pub infos: bool,
    /// Whether [`Checked::series`] is filled.
    pub series: bool,
}

/// Checks every job and hands the results to `take` in the order of the jobs and of their posts.
pub fn check(plan: Plan<'_>, lanes: &[Lane<'_>], mut take: impl FnMut(Checked)) {
    let feed = Feed::new(plan.jobs, plan.reading, plan.threads);
    let work = |buffer: &mut Vec<u8>, unit: Unit| unit_of(plan, lanes, buffer, unit);
    order::in_order(feed, plan.threads, work, |checked: Vec<Checked>| checked.into_iter().for_each(&mut take));
}

fn unit_of(plan: Plan<'_>, lanes: &[Lane<'_>], buffer: &mut Vec<u8>, unit: Unit) -> Vec<Checked> {
    match unit {
        Unit::Whole(jobs) => jobs.map(|at| whole(plan, lanes, buffer, at)).collect(),
        Unit::Posts { job, begins, parsed } => vec![posts(plan, lanes, job, begins, parsed)],
        Unit::Refused(at, reason) => vec![refused(plan, at, reason)],
    }
}

/// Reads and checks one input of at most the size of one post, or a schedule.
fn whole(plan: Plan<'_>, lanes: &[Lane<'_>], buffer: &mut Vec<u8>, at: usize) -> Checked {
    let Some(job) = plan.jobs.get(at) else { return Checked::default() };
    let read = match &job.input {
        Input::File(path) => source::read(path, buffer),
        Input::Stdin => source::stdin(buffer),
    };
    if let Err(refusal) = read {
        // It was there when the drafts were looked for.
        let refusal = if refusal == source::Refusal::Missing { source::Refusal::Vanished } else { refusal };
        return refused(plan, at, refusal.to_string());
    }
    match document::read_bytes(&job.name, kind(&job.name), buffer, plan.reading) {
        Ok((parsed, _)) => posts(plan, lanes, at, true, parsed),
        Err(refusal) => refused(plan, at, refusal.to_string()),
    }
}

/// How a file of this name is read; a file that the user named may have any ending.
pub fn kind(name: &str) -> InputKind {
    InputKind::of(name).unwrap_or(InputKind::Plain)
}

fn refused(plan: Plan<'_>, at: usize, reason: String) -> Checked {
    let path = plan.jobs.get(at).map(|job| job.name.clone()).unwrap_or_default();
    Checked { job: at, skipped: vec![Skipped::whole(path, reason)], ..Checked::default() }
}

fn posts(plan: Plan<'_>, lanes: &[Lane<'_>], at: usize, begins: bool, parsed: Parsed) -> Checked {
    let mut checked = Checked { job: at, begins, ..Checked::default() };
    let Some((job, lane)) = plan.jobs.get(at).and_then(|job| Some((job, lanes.get(job.lane)?))) else { return checked };
    let name = crate::report::visible(&job.name);
    checked.notes = parsed.notes.iter().map(|note| format!("{name}: {note}")).collect();
    checked.skipped.extend(parsed.problems.into_iter().map(|problem| Skipped {
        path: job.name.clone(),
        line: problem.line,
        column: problem.column,
        reason: problem.message,
        unread: problem.unread,
    }));
    checked.skipped.extend(unknown_platforms(lane.linter.rules(), &job.name, &parsed.documents));
    let mut held = BTreeSet::new();
    for document in &parsed.documents {
        let judged = judge(lane, document);
        checked.posts += document.posts.len();
        checked.hidden += judged.hidden;
        checked.suppressed += judged.silenced.count;
        if plan.infos {
            checked.infos.extend(infos(document, &judged));
        }
        held.extend(judged.silenced.held);
        if plan.series
            && let Some(post) = SeriesPost::of(lane.linter_of(document), document)
        {
            let excerpt = post.excerpt.filter(|_| !judged.sensitive);
            checked.series.push(SeriesPost { lane: job.lane, before: checked.findings.len(), excerpt, ..post });
        }
        checked.findings.extend(judged.findings);
        checked.unbuilt.extend(judged.unbuilt);
    }
    checked.notes.extend(held.iter().map(|rule| format!("{name}: {rule} is not silenced: a floor holds it.")));
    checked
}

/// Platforms that no pack knows, each once; what depends on them was not checked.
fn unknown_platforms(rules: &RuleSet, path: &str, documents: &[Document]) -> Vec<Skipped> {
    let mut told = BTreeSet::new();
    let known = || rules.platforms.iter().map(|platform| platform.key.as_str()).collect::<Vec<_>>().join(", ");
    let posts = documents.iter().flat_map(|document| &document.posts).filter(|_| !rules.platforms.is_empty());
    let names = posts.flat_map(|post| post.metadata.platforms.iter().map(|name| (name, post.metadata.platforms_at)));
    names
        .filter(|(name, at)| at.is_some() && rules.platform(name).is_none() && told.insert(*name))
        .map(|(name, at)| {
            // What stands there by mistake may be words of a post.
            let plain = name.len() <= 24 && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.'));
            let what = if plain { format!("there is no platform `{name}`") } else { "there is no platform of this name".to_owned() };
            let reason = format!("{what}; choose one of {}", known());
            Skipped { path: path.to_owned(), line: at.map(|at| at.line), column: at.map(|at| at.column), reason, unread: false }
        })
        .collect()
}

impl<'r> Lane<'r> {
    /// The linter of a document: all its posts are one account's.
    fn linter_of(&self, document: &Document) -> &Linter<'r> {
        let account = document.posts.first().filter(|_| !self.accounts.is_empty()).and_then(|post| post.metadata.account.as_deref());
        account.and_then(|name| self.accounts.get(&account_key(name))).unwrap_or(&self.linter)
    }
}

/// Lints one document, with what its own metadata silences taken out.
fn judge(lane: &Lane<'_>, document: &Document) -> Judged {
    let linter = lane.linter_of(document);
    let mut lint = linter.lint(document);
    let silenced = suppress::apply(linter, document, &mut lint);
    // A finding that was silenced, not selected or too uncertain to show leaves no trace in the report, but its words stand in the others' lines.
    if lint.sensitive {
        lint.findings.iter_mut().for_each(|finding| finding.sensitive = true);
    }
    let digests: Vec<Digest> = lint.findings.iter().map(|finding| digest(lane, document, finding)).collect();
    Judged {
        findings: lint.findings.into_iter().zip(digests).collect(),
        unbuilt: lint.unbuilt,
        silenced,
        hidden: lint.hidden,
        sensitive: lint.sensitive,
    }
}

fn digest(lane: &Lane<'_>, document: &Document, finding: &Finding) -> Digest {
    let words = field_of(document, finding)
        .zip(finding.place)
        .map_or("", |((_, field), place)| field.text.fold_span(place.bytes).of(field.text.folded()));
    fingerprint::digest(lane.salt.as_ref(), finding, words)
}

/// The field in which a finding stands, with the numbers of its post and of the field in it.
fn field_of<'d>(document: &'d Document, finding: &Finding) -> Option<((usize, usize), &'d Field)> {
    let (number, post) = document.posts.iter().enumerate().find(|(_, post)| post.id == finding.post)?;
    let mut fields = post.fields.iter().enumerate().filter(|(_, field)| field.kind.as_str() == finding.field);
    // A post may have several alt texts; only one of them stands where the finding does.
    let fits = |field: &Field, place: Place| {
        field.text.source().get(place.bytes.start..place.bytes.end).is_some() && field.text.place(place.bytes) == place
    };
    fields.find(|(_, field)| finding.place.is_none_or(|place| fits(field, place))).map(|(at, field)| ((number, at), field))
}

fn infos(document: &Document, judged: &Judged) -> Vec<PostInfo> {
    let mut counts: HashMap<&str, [usize; 3]> = HashMap::new();
    let built = judged.findings.iter().map(|(finding, _)| (&finding.post, finding.severity, 1));
    for (post, severity, count) in built.chain(judged.unbuilt.iter().map(|(unbuilt, count)| (&unbuilt.post, unbuilt.severity, *count))) {
        let [errors, warnings, infos] = counts.entry(post).or_default();
        match severity {
            Severity::Error => *errors += count,
            Severity::Warning => *warnings += count,
            Severity::Info => *infos += count,
        }
    }
    let info = |post: &Post| {
        let [errors, warnings, infos] = counts.get(post.id.as_str()).copied().unwrap_or_default();
        PostInfo {
            path: document.path.clone(),
            post: post.id.clone(),
            account: post.metadata.account.clone(),
            platforms: post.metadata.platforms.clone(),
            scheduled: post.metadata.scheduled_at.map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string()),
            pillar: post.metadata.pillar.clone(),
            errors,
            warnings,
            infos,
        }
    };
    document.posts.iter().map(info).collect()
}
