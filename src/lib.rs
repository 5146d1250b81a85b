//! `postlint` reads a physician's social-media draft and says, line by line, what would harm a patient, a reader or the author if it were posted.
//!
//! The program of the same name is a thin layer over this library. To check one post with the built-in rules:
//!
//! ```
//! let findings = postlint::lint_text("Stop taking your metformin and try cinnamon.");
//! let stop = findings.iter().find(|finding| finding.rule == "stop-medication").ok_or("not found")?;
//! assert_eq!(stop.severity, postlint::Severity::Error);
//! assert_eq!(stop.place.map(|place| (place.from.line, place.from.column)), Some((1, 1)));
//! # Ok::<(), &str>(())
//! ```
//!
//! Load the rules once for many drafts, with options and packs of your own:
//!
//! ```
//! use postlint::{Linter, Options, PackSource};
//!
//! let pack = r#"
//! rules:
//!   - id: no-miracles
//!     severity: warning
//!     message: "Promises a miracle."
//!     find: {phrases: ["miracle (cure|drug)"]}
//! "#;
//! let source = PackSource { path: "house.yaml".into(), text: pack.into(), ..PackSource::default() };
//! let rules = postlint::load(postlint::builtin(), &[source]).map_err(|errors| errors[0].to_string())?;
//! let linter = Linter::new(&rules, Options { select: vec!["house".into()], ..Options::default() });
//!
//! let findings = linter.lint_text("Our new miracle drug is here!");
//! assert_eq!(findings.len(), 1);
//! assert_eq!(findings[0].message, "Promises a miracle.");
//! # Ok::<(), String>(())
//! ```
//!
//! Files in any format of `docs/input-formats.md` become [`Document`]s through [`document::read_bytes`], and [`Linter::lint`] checks them;
//! [`report::write()`] writes the findings. Nothing here opens a network connection, prints, or ends the process; only [`cli`] and the batch read
//! the clock or start threads. No finding is not clearance: it means only that no rule fired.
#![deny(clippy::print_stdout, clippy::print_stderr, clippy::exit)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice))]

pub mod batch;
pub mod cli;
pub mod config;
pub mod document;
pub mod finding;
pub mod lint;
pub mod matcher;
pub mod pack;
pub mod report;
pub mod roster;
pub mod rule;
pub mod selftest;
pub mod source;
pub mod span;
pub mod stored;
pub mod suppress;

pub use document::Document;
pub use finding::{Confidence, Finding, Severity};
pub use lint::{Lint, Linter, Options};
#[cfg(builtin_packs)]
pub use pack::builtin;
pub use pack::{PackError, PackSource, RuleSet, load};

/// The findings of one post, with the built-in rules and the default options; the text is taken exactly as it would be published.
///
/// Each call loads the rules anew. For many posts keep a [`Linter`].
#[cfg(builtin_packs)]
pub fn lint_text(text: &str) -> Vec<Finding> {
    let rules = builtin();
    Linter::new(&rules, Options::default()).lint_text(text)
}
