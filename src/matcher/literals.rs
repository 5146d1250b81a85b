//! What must be present for a pattern to match: literals, found for all packs in one Aho-Corasick pass, and digits.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The literals of which one is in every match of a pattern, lower-case; digits stand for "any number".
pub(super) fn of_pattern(hir: &Hir) -> Option<Vec<String>> {
    literals(hir).map(|(_, literals)| literals).filter(|literals| !literals.is_empty())
}

/// Fewest ASCII digits of a match of a pattern.
pub(super) fn digits(hir: &Hir) -> u32 {
    match hir.kind() {
        HirKind::Literal(literal) => u32::try_from(literal.0.iter().filter(|byte| byte.is_ascii_digit()).count()).unwrap_or(0),
        HirKind::Class(Class::Unicode(class)) => u32::from(class.iter().all(|range| range.start() >= '0' && range.end() <= '9')),
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Repetition(repetition) => digits(&repetition.sub).saturating_mul(repetition.min),
        HirKind::Capture(capture) => digits(&capture.sub),
        HirKind::Concat(parts) => parts.iter().map(digits).fold(0, u32::saturating_add),
        HirKind::Alternation(parts) => parts.iter().map(digits).min().unwrap_or(0),
    }
}

/// Roughly how many steps a compiled pattern has, never too few.
pub(super) fn size(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(size).fold(0, usize::saturating_add);
    match hir.kind() {
        // Upper and lower case make two of each letter.
        HirKind::Literal(literal) => literal.0.len() * 2,
        // A range beyond ASCII may take a handful of steps for each byte of its characters.
        HirKind::Class(Class::Unicode(class)) => class.iter().map(|range| if range.end().is_ascii() { 1 } else { 40 }).sum(),
        HirKind::Class(Class::Bytes(class)) => class.iter().count(),
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).saturating_add(1) as usize;
            size(&repetition.sub).saturating_mul(times)
        }
        HirKind::Capture(capture) => size(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts).saturating_add(parts.len()),
    }
}

/// Most literals of one pattern.
const PATTERN_LITERALS: usize = 400;

fn literals(hir: &Hir) -> Option<(i32, Vec<String>)> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?.trim().to_lowercase();
            (!text.is_empty()).then(|| (worth(&text), vec![text]))
        }
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repetition) if repetition.min > 0 => literals(&repetition.sub),
        HirKind::Capture(capture) => literals(&capture.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(literals).max_by_key(|(worth, _)| *worth),
        HirKind::Alternation(parts) => {
            let (mut worst, mut all) = (i32::MAX, Vec::new());
            for part in parts {
                let (worth, found) = literals(part)?;
                worst = worst.min(worth);
                all.extend(found);
            }
            (all.len() <= PATTERN_LITERALS).then_some((worst, all))
        }
        HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

fn worth(literal: &str) -> i32 {
    match literal.chars().count() {
        // Points and hyphens are in every post, numbers are not.
        1 if literal.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '-' | '\'' | '/' | ':')) => 0,
        1 => 4,
        2 => 3,
        length => 4 + i32::try_from(length).unwrap_or(i32::MAX - 4).min(12),
    }
}

/// Most characters of a class that are tried one by one.
const CLASS_LITERALS: usize = 12;

fn of_class(class: &Class) -> Option<(i32, Vec<String>)> {
    let Class::Unicode(class) = class else { return None };
    let size: usize = class.iter().map(|range| (range.end() as usize).saturating_sub(range.start() as usize) + 1).sum();
    if size > CLASS_LITERALS {
        return None;
    }
    let mut all: Vec<String> = class.iter().flat_map(|range| range.start()..=range.end()).map(|c| c.to_lowercase().to_string()).collect();
    all.dedup();
    if all.iter().any(|c| c.trim().is_empty()) {
        return None;
    }
    let digits = all.iter().all(|c| c.bytes().all(|b| b.is_ascii_digit()));
    Some((if digits { 1 } else { all.iter().map(|c| worth(c)).min().unwrap_or(0) }, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted() {
        for (pattern, want) in
            [(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", 9), ("a|1", 0), ("(no. )?[0-9]+7?", 1), (r"\w[0-5a]", 0), ("555-[0-9]{2}|1{9}", 5)]
        {
            let hir = regex_syntax::Parser::new().parse(pattern).unwrap();
            assert_eq!(digits(&hir), want, "{pattern}");
        }
    }

    #[test]
    fn patterns_have_anchors_too() {
        for (pattern, want) in [
            (r"[0-9]{3}-[0-9]{2}-[0-9]{4}", "0123456789".split("").filter(|d| !d.is_empty()).collect()),
            (r"ssn:? ?\d+", vec!["ssn"]),
            (r"\b(mrn|chart no)\b\d", vec!["mrn", "chart no"]),
            (r"\w+\s\w+", vec![]),
        ] {
            let hir = regex_syntax::Parser::new().parse(pattern).unwrap();
            assert_eq!(of_pattern(&hir).unwrap_or_default(), want, "{pattern}");
        }
    }
}
