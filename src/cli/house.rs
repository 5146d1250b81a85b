//! What a config says of its own house (staff, wards, wording) as a pack, so that it goes the way of every pack.

use crate::config::{Named, Settings};
use crate::pack::{PackError, PackSource};

/// What the pack of a config is called; no file can be.
const NAME: &str = "<config>";

/// A config's own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct House {
    /// Phrases for staff, wards and houses that are no patients.
    never_patients: Vec<Named>,
    /// The wording that a rule asks for.
    wording: Vec<(Named, String)>,
}

impl House {
    /// What the settings say. Of several wordings for a rule the last counts, which is that of the nearest config.
    pub(super) fn of(settings: &Settings) -> Self {
        let mut wording: Vec<(Named, String)> = Vec::new();
        for (rule, words) in &settings.wording {
            wording.retain(|(other, _)| other.name != rule.name);
            wording.push((rule.clone(), words.clone()));
        }
        Self { never_patients: settings.never_patients.clone(), wording }
    }

    /// Whether a pack of this name is a config's.
    pub(super) fn is(name: &str) -> bool {
        name == NAME
    }

    /// The pack, if there is anything to say.
    pub(super) fn pack(&self) -> Option<PackSource> {
        let text: String = self.lines().into_iter().map(|(line, _)| line + "\n").collect();
        (!text.is_empty()).then(|| PackSource { path: NAME.to_owned(), text, ..PackSource::default() })
    }

    /// A mistake of a pack, with the place in the config when it is the config's.
    pub(super) fn placed(&self, error: &PackError) -> String {
        let line = usize::try_from(error.line).unwrap_or(usize::MAX).saturating_sub(1);
        match self.lines().get(line) {
            Some((_, Some(named))) if Self::is(&error.path) => format!("{}: {}", named.at, error.what),
            _ => error.to_string(),
        }
    }

    /// The lines of the pack, each with the entry of the config that it comes from. JSON strings are YAML strings.
    fn lines(&self) -> Vec<(String, Option<&Named>)> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let head = |name: &str, empty: bool| (!empty).then(|| (format!("{name}:"), None));
        let mut lines: Vec<(String, Option<&Named>)> = Vec::new();
        lines.extend(head("never-patients", self.never_patients.is_empty()));
        lines.extend(self.never_patients.iter().map(|named| (format!("  - {}", quoted(&named.name)), Some(named))));
        lines.extend(head("wording", self.wording.is_empty()));
        lines.extend(self.wording.iter().map(|(rule, words)| (format!("  {}: {}", quoted(&rule.name), quoted(words)), Some(rule))));
        lines
    }
}
