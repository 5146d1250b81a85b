//! A mistake in a pack, as its author sees it.

use std::fmt;

/// One mistake with its place: `FILE:LINE:COLUMN: rule ID: what is wrong — how to mend it`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PackError {
    /// The file as the user named it.
    pub path: String,
    /// 1-based line.
    pub line: u64,
    /// 1-based column in characters.
    pub column: u64,
    /// The rule, if the mistake belongs to one.
    pub rule: Option<String>,
    /// What is wrong and how to mend it.
    pub what: String,
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: ", self.path, self.line, self.column)?;
        if let Some(rule) = &self.rule {
            write!(f, "rule {rule}: ")?;
        }
        f.write_str(&self.what.replacen("; ", " — ", 1))
    }
}
