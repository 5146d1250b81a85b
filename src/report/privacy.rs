//! Takes draft words out of findings where they must not be shown.

use super::key;
use crate::finding::Finding;
use std::collections::BTreeSet;

/// Whose words may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Privacy {
    /// All words: the author's own terminal, or `--reveal`.
    Reveal,
    /// Not those of a post that may identify a patient: pipes, files, every format for machines.
    #[default]
    WithholdSensitive,
    /// No draft text at all: `--redact`.
    RedactAll,
}

/// Removes the excerpts that `policy` forbids.
///
/// One sensitive finding silences its whole post, because a neighbouring finding may quote the same sentence.
pub fn withhold(findings: &mut [Finding], policy: Privacy) {
    let forbidden: Vec<bool> = match policy {
        Privacy::Reveal => return,
        Privacy::RedactAll => findings.iter().map(|_| true).collect(),
        Privacy::WithholdSensitive => {
            let posts: BTreeSet<_> = findings.iter().filter(|f| f.sensitive).map(key).collect();
            findings.iter().map(|f| posts.contains(&key(f))).collect()
        }
    };
    for (finding, _) in findings.iter_mut().zip(forbidden).filter(|(_, forbidden)| *forbidden) {
        finding.excerpt = None;
    }
}
