//! What all drafts together came to: counts, what was skipped, and the exit code.

use super::Exit;
use super::args::Check;
use super::known::Known;
use super::plan::Plan;
use super::series::Places;
use crate::batch::Checked;
use crate::batch::series::SeriesPost;
use crate::config::{FailOn, account_key};
use crate::finding::{Finding, Severity};
use crate::lint::{BUILT_OF_A_POST, Unbuilt};
use crate::report::{PostInfo, Skipped, Summary};
use anyhow::Result;
use std::collections::{BTreeMap, HashMap};

/// Findings of one post that are shown; all are counted.
const SHOWN_OF_A_POST: usize = 1000;

/// The sum of a run.
pub(super) struct Outcome {
    /// Kept findings, unless they are written as they come.
    pub(super) findings: Vec<Finding>,
    /// The posts, when the report needs them.
    pub(super) posts: Vec<PostInfo>,
    /// What was not checked.
    pub(super) skipped: Vec<Skipped>,
    /// Remarks.
    pub(super) notes: Vec<String>,
    /// Counts.
    pub(super) summary: Summary,
    /// What somebody has looked at before.
    pub(super) known: Known,
    fails: bool,
    latest: Latest,
    spellings: Spellings,
}

/// The post that findings come from, and how many there were.
#[derive(Default)]
struct Latest {
    path: String,
    post: String,
    count: usize,
}

/// How each account was spelled first: `@Dr_Lee` and `dr_lee` are one.
#[derive(Default)]
struct Spellings(HashMap<String, String>);

impl Spellings {
    fn of(&mut self, name: String) -> String {
        self.0.entry(account_key(&name)).or_insert(name).clone()
    }
}

impl Outcome {
    /// Nothing yet, but for what the walk could not look at.
    pub(super) fn new(args: &Check, plan: &Plan) -> Result<Self> {
        let mut skipped = plan.skipped.clone();
        // A hook names the files of a commit; that all of them are excluded is no trouble.
        if plan.jobs.is_empty() && skipped.is_empty() && !args.force_exclude {
            let path = args.paths.first().map(|path| crate::source::name(path)).unwrap_or_default();
            let reason = "nothing to check here: no .txt, .md, .markdown, .jsonl, .ndjson or .csv file that is not hidden or excluded";
            skipped.push(Skipped::whole(path, reason.to_owned()));
        }
        Ok(Self {
            findings: Vec::new(),
            posts: Vec::new(),
            skipped,
            notes: plan.notes.clone(),
            summary: Summary::default(),
            known: Known::new(args, plan)?,
            fails: false,
            latest: Latest::default(),
            spellings: Spellings::default(),
        })
    }

    /// Counts what came of a draft, and gives back the findings to report.
    pub(super) fn take(&mut self, mut checked: Checked, settings: usize, fail_on: FailOn, posts: &mut Vec<SeriesPost>) -> Vec<Finding> {
        let mut places = Places::new(&mut checked);
        self.summary.files += usize::from(checked.begins);
        self.summary.posts += checked.posts;
        self.summary.hidden += checked.hidden;
        self.summary.suppressed += checked.suppressed;
        self.posts
            .extend(checked.infos.into_iter().map(|info| PostInfo { account: info.account.map(|name| self.spellings.of(name)), ..info }));
        self.skipped.extend(checked.skipped);
        self.notes.extend(checked.notes);
        if checked.begins {
            self.known.begin_file();
        }
        let path = checked.findings.last().map_or_else(String::new, |(finding, _)| finding.path.clone());
        let mut shown = Vec::new();
        for (number, (mut finding, digest)) in checked.findings.into_iter().enumerate() {
            places.until(number, self.findings.len() + shown.len(), posts);
            finding.fingerprint = self.known.fingerprint(settings, digest);
            if self.shows(settings, &mut finding, fail_on) {
                shown.push(finding);
            }
        }
        places.until(usize::MAX, self.findings.len() + shown.len(), posts);
        self.beyond(&path, checked.unbuilt, fail_on);
        shown
    }

    /// Counts what was not built, and says so.
    fn beyond(&mut self, path: &str, unbuilt: Vec<(Unbuilt, usize)>, fail_on: FailOn) {
        let mut posts: BTreeMap<String, usize> = BTreeMap::new();
        for (unbuilt, count) in unbuilt {
            self.fails |= fail_on.fails(unbuilt.severity);
            *self.number(unbuilt.severity) += count;
            *posts.entry(unbuilt.post).or_default() += count;
        }
        let note = |(post, count)| {
            format!(
                "{path} (post {post}): {count} findings beyond the first {BUILT_OF_A_POST} are counted only; `allow` and a baseline do not know them."
            )
        };
        self.notes.extend(posts.into_iter().map(note));
    }

    fn number(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.summary.errors,
            Severity::Warning => &mut self.summary.warnings,
            Severity::Info => &mut self.summary.infos,
        }
    }

    /// Counts a finding with its fingerprint, and says whether it is shown: not when somebody has looked at it before, unless a floor holds its rule.
    pub(super) fn shows(&mut self, settings: usize, finding: &mut Finding, fail_on: FailOn) -> bool {
        if self.known.silences(settings, finding) {
            self.summary.suppressed += 1;
            return false;
        }
        self.fails |= fail_on.fails(finding.severity);
        self.count(finding)
    }

    /// Counts a finding, and says whether it is shown.
    fn count(&mut self, finding: &Finding) -> bool {
        *self.number(finding.severity) += 1;
        if self.latest.path != finding.path || self.latest.post != finding.post {
            self.latest = Latest { path: finding.path.clone(), post: finding.post.clone(), count: 0 };
        }
        self.latest.count += 1;
        if self.latest.count == SHOWN_OF_A_POST + 1 {
            self.notes.push(format!(
                "{} (post {}): only the first 1,000 findings of this post are shown; all are counted.",
                finding.path, finding.post
            ));
        }
        self.latest.count <= SHOWN_OF_A_POST
    }

    /// Ends the counting.
    pub(super) fn finish(&mut self) {
        self.summary.skipped = self.skipped.len();
        self.notes.extend(self.known.remark());
    }

    /// What the run means to a script: the same in every format.
    pub(super) fn exit(&self) -> Exit {
        match () {
            () if !self.skipped.is_empty() => Exit::Trouble,
            () if self.summary.posts == 0 && self.summary.files > 0 => Exit::Trouble,
            () if self.fails => Exit::Findings,
            () => Exit::Clean,
        }
    }
}
