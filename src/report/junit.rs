//! JUnit XML: a test suite a file, a test case a finding; posts without findings are passed cases.
//!
//! An error or warning is a failure, an info a passed case with a remark, a file that was not checked an error.

use super::text::location;
use super::{Report, Skipped, key, visible};
use crate::finding::{Finding, Severity};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Writes the document.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, TestSuite> = BTreeMap::new();
    let mut add = |path, case| {
        suites.entry(path).or_insert_with(|| TestSuite::new(visible(path))).add_test_case(case);
    };
    report.findings.iter().for_each(|f| add(f.path.as_str(), found(f)));
    report.skipped.iter().for_each(|s| add(s.path.as_str(), not_checked(s)));
    let flagged: BTreeSet<_> = report.findings.iter().map(key).collect();
    for post in report.posts.iter().filter(|p| !flagged.contains(&(p.path.as_str(), p.post.as_str()))) {
        add(post.path.as_str(), case(&post.path, format!("post {}", visible(&post.post)), TestCaseStatus::success()));
    }
    let mut junit = Junit::new(env!("CARGO_PKG_NAME"));
    junit.add_test_suites(suites.into_values());
    // Through a string, because the crate's own error hides whether the pipe was closed.
    let xml = junit.to_string().map_err(io::Error::other)?;
    out.write_all(xml.as_bytes())
}

fn found(f: &Finding) -> TestCase {
    let place = f.place.map_or_else(|| "the whole post".to_string(), |p| format!("{}:{}", p.from.line, p.from.column));
    let name = format!("{} (post {}, {}) at {place}", visible(&f.rule), visible(&f.post), visible(&f.field));
    if f.severity == Severity::Info {
        let mut case = case(&f.path, name, TestCaseStatus::success());
        case.set_system_out(details(f));
        return case;
    }
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(visible(&f.message)).set_type(f.severity.as_str()).set_description(details(f));
    case(&f.path, name, status)
}

fn details(f: &Finding) -> String {
    let place = location(&f.path, f.place.map(|p| (p.from.line, Some(p.from.column))));
    let mut details = format!("{place}: {}[{}] {}", f.severity.as_str(), f.rule, f.message);
    for (name, text) in [("Why", &f.why), ("Instead", &f.help)].into_iter().filter(|(_, text)| !text.is_empty()) {
        details.push_str(&format!("\n{name}: {text}"));
    }
    details.lines().map(visible).collect::<Vec<_>>().join("\n")
}

fn not_checked(s: &Skipped) -> TestCase {
    let place = location(&s.path, s.line.map(|line| (line, s.column)));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(format!("{}: {}", s.heading(), visible(&s.reason))).set_type("not-checked").set_description(place);
    case(&s.path, s.word().into(), status)
}

fn case(path: &str, name: String, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(visible(path));
    case
}
