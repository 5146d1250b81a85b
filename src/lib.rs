//! `postlint` reads a physician's social-media draft and says, line by line, what would harm a patient, a reader or the author.
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
pub mod rule;
pub mod selftest;
pub mod source;
pub mod span;
pub mod stored;
pub mod suppress;
