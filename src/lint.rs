//! The linter: one document in, its findings out. No files, threads, clocks or terminals.

mod house;

use crate::document::{Document, Field, FieldKind, Metadata, Post, Text};
use crate::finding::{Confidence, Finding, Label, Severity};
use crate::matcher::{Reading, SetId};
use crate::pack::{Head, RuleSet};
use crate::rule::guard::Trace;
use crate::rule::limit::Platform;
use crate::rule::roster::Names;
use crate::rule::{Body, Context, Detection, Rule, mending};
use crate::span::Span;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a run is about besides its drafts.
#[derive(Debug, Clone)]
pub struct Options {
    /// `us`, `uk`, `ca` or `au`.
    pub jurisdiction: String,
    /// Only these rules or packs; empty means all.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
    /// Another severity for a rule or pack.
    pub severities: BTreeMap<String, Severity>,
    /// Findings below it are left out (and counted, see [`Lint::hidden`]).
    pub confidence: Confidence,
    /// Platforms of posts that name none.
    pub platforms: Vec<String>,
    /// The account's bio.
    pub profile: Option<String>,
    /// For what expires; nothing does without it.
    pub today: Option<jiff::civil::Date>,
    /// The institution's own patients.
    pub roster: Option<Arc<dyn Names>>,
    /// What the findings of a rule may not fall below, by rule; they are shown from medium confidence on in any case.
    pub floor: BTreeMap<String, Severity>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jurisdiction: "us".into(),
            select: Vec::new(),
            ignore: Vec::new(),
            severities: BTreeMap::new(),
            confidence: Confidence::Medium,
            platforms: Vec::new(),
            profile: None,
            today: None,
            roster: None,
            floor: BTreeMap::new(),
        }
    }
}

/// Findings that are built of one post, the first by position; a post may be nothing but matches. The rest is counted.
pub const BUILT_OF_A_POST: usize = 10_000;

/// What findings that were not built have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unbuilt {
    /// Their post.
    pub post: String,
    /// Their rule.
    pub rule: String,
    /// Its pack.
    pub pack: String,
    /// Their severity.
    pub severity: Severity,
}

/// What a rule found in a field, with its bytes as typed.
struct Found<'l> {
    typed: Option<Span>,
    rule: &'l Rule,
    detection: Detection,
}

/// What linting one document gave.
#[derive(Debug, Default)]
pub struct Lint {
    /// By post, position and rule; of each post at most [`BUILT_OF_A_POST`].
    pub findings: Vec<Finding>,
    /// How many there were beyond those.
    pub unbuilt: BTreeMap<Unbuilt, usize>,
    /// How many findings were left out because a rule is not sure enough.
    pub hidden: usize,
    /// Whether anything in the document may identify a patient, also where nothing is reported of it: its rule was not selected or not sure enough.
    pub sensitive: bool,
    /// Every set item that matched, when [`Linter::traced`] was asked for it.
    pub seen: Vec<(SetId, u32, bool)>,
}

/// Checks documents with a set of rules. Shared read-only by every thread.
pub struct Linter<'l> {
    rules: &'l RuleSet,
    options: Options,
    /// Rules that look at every post.
    always: Vec<usize>,
    /// Rules that weigh the whole post.
    weighing: Vec<usize>,
    /// Which rules a set triggers, by the set's number.
    triggered: Vec<Vec<usize>>,
    /// Whether the options leave a rule in, by its number. The others are asked only whether a post may identify a patient, and for
    /// what is weighed with its words.
    reports: Vec<bool>,
}

impl<'l> Linter<'l> {
    /// A linter with the rules that the options leave.
    pub fn new(rules: &'l RuleSet, options: Options) -> Self {
        let mut linter = Self { rules, options, always: Vec::new(), weighing: Vec::new(), triggered: Vec::new(), reports: Vec::new() };
        for (index, head) in rules.heads.iter().enumerate() {
            let reports = linter.runs(head);
            linter.reports.push(reports);
            if head.weighs {
                linter.weighing.push(index);
            }
            match &head.triggers {
                None if reports => linter.always.push(index),
                None => {}
                Some(sets) => sets.iter().for_each(|set| linter.lead(*set, index)),
            }
        }
        linter
    }

    fn lead(&mut self, set: SetId, rule: usize) {
        let set = set.0 as usize;
        if self.triggered.len() <= set {
            self.triggered.resize_with(set + 1, Vec::new);
        }
        if let Some(rules) = self.triggered.get_mut(set) {
            rules.push(rule);
        }
    }

    /// Whether a rule takes part at all.
    pub fn runs(&self, head: &Head) -> bool {
        let named = |list: &[String]| list.iter().any(|name| head.is(name));
        let here = head.jurisdictions.is_empty() || head.jurisdictions.contains(&self.options.jurisdiction);
        here && (self.options.select.is_empty() || named(&self.options.select)) && !named(&self.options.ignore)
    }

    /// The rules that it checks with.
    pub fn rules(&self) -> &'l RuleSet {
        self.rules
    }

    /// The options in force.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Every finding of a document.
    pub fn lint(&self, document: &Document) -> Lint {
        self.run(document, None)
    }

    /// The findings of one post without metadata, taken exactly as it would be published.
    pub fn lint_text(&self, text: &str) -> Vec<Finding> {
        let field = Field { kind: FieldKind::Text, text: Text::new(text) };
        let post = Post { id: "1".into(), metadata: Metadata::default(), fields: vec![field] };
        self.lint(&Document { path: "text".into(), posts: vec![post], thread: false }).findings
    }

    /// Like [`Linter::lint`], with every set item that matched and how conditions were met, for the coverage of a pack's examples.
    pub fn traced(&self, document: &Document, trace: &Trace) -> Lint {
        self.run(document, Some(trace))
    }

    fn run(&self, document: &Document, trace: Option<&Trace>) -> Lint {
        let mut lint = Lint::default();
        let bio = self.options.profile.as_deref().map(Text::new);
        let profile = bio.as_ref().map(|text| Reading::new(text, &self.rules.matcher));
        let mut earlier: Vec<Reading<'_>> = Vec::new();
        for post in &document.posts {
            let platforms = self.platforms(&post.metadata);
            let consent = self.consent(&post.metadata, &platforms);
            let alts = post.fields.iter().filter(|field| field.kind == FieldKind::Alt).count();
            let most = lint.findings.len() + BUILT_OF_A_POST;
            for field in &post.fields {
                let reading = Reading::new(&field.text, &self.rules.matcher);
                let scanned = reading.scan();
                let context = Context {
                    reading: &reading,
                    field: field.kind,
                    metadata: &post.metadata,
                    earlier: &earlier,
                    profile: profile.as_ref(),
                    platforms: &platforms,
                    consent,
                    alts,
                    roster: self.options.roster.as_deref(),
                    trace,
                };
                let found = self.found(post, &context, &scanned, &mut lint);
                self.build(document, post, &context, found, most, &mut lint);
                if trace.is_some() {
                    let around = profile.iter().chain(&earlier).flat_map(Reading::seen);
                    lint.seen.extend(reading.seen().into_iter().chain(around).map(|(set, hit)| (set, hit.item, hit.pattern)));
                }
            }
            if document.thread {
                let texts = post.fields.iter().filter(|field| field.kind == FieldKind::Text);
                earlier.extend(texts.map(|field| Reading::new(&field.text, &self.rules.matcher)));
            }
        }
        lint
    }

    /// What the rules have to say of a field, by position and rule. Rules that weigh the whole post are asked last: what the others found is weighed too.
    fn found(&self, post: &Post, context: &Context<'_>, scanned: &[SetId], lint: &mut Lint) -> Vec<Found<'l>> {
        let mut due = self.always.clone();
        due.extend(scanned.iter().filter_map(|set| self.triggered.get(set.0 as usize)).flatten());
        due.sort_unstable();
        due.dedup();
        let mut found = Vec::new();
        for index in due.iter().filter(|index| !self.weighing.contains(index)) {
            self.ask(*index, post, context, &mut found, lint);
        }
        let told = found.len();
        found.retain_mut(|found| {
            match self.doubted(found.rule, context, &found.detection) {
                Some(Severity::Error) => found.detection.severity = Some(Severity::Info),
                Some(_) => found.detection.confidence = Confidence::Low,
                None => {}
            }
            found.detection.confidence >= self.options.confidence || self.is_held(found.rule)
        });
        lint.hidden += told - found.len();
        for index in due.iter().filter(|index| self.weighing.contains(index)) {
            self.ask(*index, post, context, &mut found, lint);
        }
        found.sort_by(|a, b| (a.typed, &a.rule.id).cmp(&(b.typed, &b.rule.id)));
        found
    }

    /// What one rule has to say of a field.
    fn ask(&self, index: usize, post: &Post, context: &Context<'_>, found: &mut Vec<Found<'l>>, lint: &mut Lint) {
        let Some(rule) = self.rules.rules.get(index) else { return };
        let rule: &'l Rule = rule;
        let (reports, audience) = (self.reports.get(index).copied().unwrap_or(true), post.metadata.audience.as_deref());
        let here = reports || rule.applies_in(&self.options.jurisdiction);
        if !here || !rule.applies_to(audience, context.field) || (rule.consent_covers && context.consent) {
            return;
        }
        let least = if self.is_held(rule) { self.options.confidence.min(Confidence::Medium) } else { self.options.confidence };
        let before = found.len();
        for detection in rule.body.check(rule, context) {
            if rule.sensitive && self.is_staff(rule, context, &detection) {
                continue;
            }
            lint.sensitive |= rule.sensitive;
            if rule.body.is_evidence() {
                context.reading.note(&rule.id, detection.span.unwrap_or_default().start);
            }
            if !reports {
                return;
            }
            if detection.confidence < least {
                lint.hidden += 1;
            } else if found.len() - before < BUILT_OF_A_POST {
                let typed = detection.span.map(|span| context.reading.text.typed(span));
                found.push(Found { typed, rule, detection });
            } else {
                // A rule tells of its places in order, so none of these can be among the first of the post.
                self.leave(post, rule, &detection, lint);
            }
        }
    }

    /// Whether a floor holds the findings of a rule.
    fn is_held(&self, rule: &Rule) -> bool {
        self.options.floor.contains_key(&rule.id)
    }

    /// Turns what was found into findings until there are `most`, and counts the rest.
    fn build(&self, document: &Document, post: &Post, context: &Context<'_>, found: Vec<Found<'_>>, most: usize, lint: &mut Lint) {
        for Found { rule, detection, .. } in found {
            if lint.findings.len() < most {
                lint.findings.push(self.finding(document, post, context, rule, detection));
                continue;
            }
            self.leave(post, rule, &detection, lint);
        }
    }

    /// Counts what is not built.
    fn leave(&self, post: &Post, rule: &Rule, detection: &Detection, lint: &mut Lint) {
        let severity = self.severity_of(rule, detection.severity);
        let key = Unbuilt { post: post.id.clone(), rule: rule.id.clone(), pack: rule.pack.clone(), severity };
        *lint.unbuilt.entry(key).or_default() += 1;
    }

    /// The severity of what was found, when it stands in a post that as a whole reads like harmless ones.
    fn doubted(&self, rule: &Rule, context: &Context<'_>, detection: &Detection) -> Option<Severity> {
        let doubt = rule.doubt.as_ref().filter(|_| !self.is_held(rule))?;
        let severity = self.severity_of(rule, detection.severity);
        let at = detection.span.map_or(0, |span| span.start);
        doubt.holds(severity, at, context).then_some(severity)
    }

    /// Whether what was found as a patient is one of the institution's own people or places.
    fn is_staff(&self, rule: &Rule, context: &Context<'_>, detection: &Detection) -> bool {
        let (Body::Find(_) | Body::Roster(_), Some(span)) = (&rule.body, detection.span) else { return false };
        let hits = self.rules.never_patients.iter().flat_map(|set| context.reading.hits(*set).to_vec());
        let own: Vec<Span> = hits.map(|hit| hit.span).filter(|own| own.overlaps(span)).collect();
        !own.is_empty() && house::covers(context.reading.text, span, &own)
    }

    fn finding(&self, document: &Document, post: &Post, context: &Context<'_>, rule: &Rule, detection: Detection) -> Finding {
        let text = context.reading.text;
        let typed = detection.span.map(|span| text.typed(span));
        // Two clues of one kind may stand at the same words; a place is labelled once.
        let mut labels: Vec<(Span, String)> = detection.labels.iter().map(|(span, label)| (text.typed(*span), label.clone())).collect();
        labels.sort();
        labels.dedup();
        let spans: Vec<Span> = labels.iter().map(|(span, _)| *span).collect();
        let excerpt = typed.map(|typed| text.excerpt(typed, &spans));
        let help = match &detection.note {
            // Words to add are often the advice itself.
            Some(note) if note.contains(&rule.instead) => note.clone(),
            Some(note) => format!("{} {note}", rule.instead),
            None => rule.instead.clone(),
        };
        Finding {
            rule: rule.id.clone(),
            pack: rule.pack.clone(),
            title: rule.title.clone(),
            severity: self.severity_of(rule, detection.severity),
            confidence: detection.confidence,
            message: rule.message.clone(),
            why: rule.why.clone(),
            help,
            sources: rule.sources_for(&self.options.jurisdiction).to_vec(),
            path: document.path.clone(),
            post: post.id.clone(),
            field: context.field.as_str().to_owned(),
            place: typed.map(|typed| text.place(typed)),
            labels: labels.into_iter().map(|(span, label)| Label { place: text.place(span), text: label }).collect(),
            excerpt,
            sensitive: rule.sensitive,
            fingerprint: String::new(),
            edits: mending::edits(rule, &detection, context),
        }
    }

    /// A config's severity beats a case's, which beats the jurisdiction's; the floor is beneath all.
    pub fn severity_of(&self, rule: &Rule, case: Option<Severity>) -> Severity {
        let configured = self.options.severities.get(&rule.id).or_else(|| self.options.severities.get(&rule.pack));
        let severity = configured.copied().or(case).unwrap_or_else(|| rule.severity_for(&self.options.jurisdiction));
        self.options.floor.get(&rule.id).map_or(severity, |floor| severity.max(*floor))
    }

    fn platforms(&self, metadata: &Metadata) -> Vec<&'l Platform> {
        let named = if metadata.platforms.is_empty() { &self.options.platforms } else { &metadata.platforms };
        named.iter().filter_map(|key| self.rules.platform(key)).collect()
    }

    /// Whether a consent is documented that holds on the day of the post (today, when that is later) and covers every platform of the post.
    fn consent(&self, metadata: &Metadata, platforms: &[&Platform]) -> bool {
        metadata.consent.as_ref().is_some_and(|consent| {
            let due = metadata.scheduled_at.map(|at| at.date()).max(self.options.today);
            let expired = consent.expires.zip(due).is_some_and(|(expires, due)| expires < due);
            let covers = |platform: &&Platform| {
                consent.scope.iter().any(|scope| {
                    scope.eq_ignore_ascii_case("all") || self.rules.platform(scope).is_some_and(|covered| covered.key == platform.key)
                })
            };
            !expired && (consent.scope.is_empty() || platforms.iter().all(covers))
        })
    }
}
