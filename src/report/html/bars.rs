//! Where the risk is: findings per pack, account and platform, as bars with their numbers.

use super::{Index, class, severity_class};
use crate::finding::Severity;
use crate::report::{PostInfo, Report, count, visible};
use maud::{Markup, html};

/// Findings of each severity: errors, warnings, infos.
#[derive(Clone, Copy, Default)]
struct Counts([usize; 3]);

const SEVERITIES: [Severity; 3] = [Severity::Error, Severity::Warning, Severity::Info];

impl Counts {
    fn total(self) -> usize {
        self.0.iter().sum()
    }

    fn of_posts<'a>(posts: impl Iterator<Item = &'a PostInfo>) -> Self {
        posts.fold(Self::default(), |Self([e, w, i]), p| Self([e + p.errors, w + p.warnings, i + p.infos]))
    }

    /// `2 errors, 1 warning`.
    fn words(self) -> String {
        let parts = self.0.into_iter().zip(["error", "warning", "info note"]).filter(|(n, _)| *n > 0);
        parts.map(|(n, noun)| count(n, noun)).collect::<Vec<_>>().join(", ")
    }
}

/// The bars; nothing without findings.
pub(super) fn section(report: &Report, index: &Index) -> Markup {
    let per_pack = |pack: &str| Counts(SEVERITIES.map(|s| report.findings.iter().filter(|f| f.pack == pack && f.severity == s).count()));
    let per_account = |account: &str| Counts::of_posts(report.posts.iter().filter(|p| p.account.as_deref() == Some(account)));
    let per_platform = |platform: &str| Counts::of_posts(report.posts.iter().filter(|p| p.platforms.iter().any(|name| name == platform)));
    html! {
        @if !report.findings.is_empty() {
            section id="where" {
                h2 { "Where the risk is" }
                div.charts {
                    (chart("pack", "Findings per pack", &index.packs, &per_pack))
                    (chart("account", "Findings per account", &index.accounts, &per_account))
                    (chart("platform", "Findings per platform", &index.platforms, &per_platform))
                }
            }
        }
    }
}

/// One table of bars, in the order of harm; a kind without names has none.
fn chart(kind: &str, title: &str, names: &[&str], counts: &dyn Fn(&str) -> Counts) -> Markup {
    let mut rows: Vec<(usize, &str, Counts)> = names.iter().enumerate().map(|(i, name)| (i, *name, counts(name))).collect();
    rows.sort_by_key(|(i, _, counts)| (std::cmp::Reverse(counts.0), *i));
    let most = rows.iter().map(|(_, _, counts)| counts.total()).max().unwrap_or(0).max(1);
    html! {
        @if !rows.is_empty() {
            table.chart {
                caption { (title) }
                thead { tr {
                    th scope="col" { (kind) }
                    th.bar scope="col" { span.hidden { "Bar" } }
                    @for name in ["Errors", "Warnings", "Info"] { th.number scope="col" { (name) } }
                } }
                tbody { @for (i, name, counts) in rows {
                    tr {
                        th scope="row" { a href={ "#only-" (class(kind, i)) } { bdi { (visible(name)) } } }
                        td.bar { (bar(name, counts, most)) }
                        @for n in counts.0 { td.number { (n) } }
                    }
                } }
            }
        }
    }
}

/// A bar of up to 100 units: one part for each severity.
fn bar(name: &str, counts: Counts, most: usize) -> Markup {
    let mut x = 0.0;
    let parts: Vec<(f64, f64, &str)> = SEVERITIES
        .into_iter()
        .zip(counts.0)
        .map(|(severity, n)| {
            let part = (x, share(n, most), severity_class(severity));
            x += part.1;
            part
        })
        .collect();
    let label = if counts.total() == 0 { "no finding".into() } else { counts.words() };
    html! {
        svg role="img" aria-label={ (visible(name)) ": " (label) } viewBox="0 0 100 10" preserveAspectRatio="none" {
            rect.track width="100" height="10" {}
            @for (x, width, class) in parts {
                @if width > 0.0 { rect.(class) x=(format!("{x:.2}")) width=(format!("{width:.2}")) height="10" {} }
            }
        }
    }
}

/// `n` of `most` as a share of 100; precise far beyond any screen.
fn share(n: usize, most: usize) -> f64 {
    let exact = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    100.0 * exact(n) / exact(most.max(1))
}
