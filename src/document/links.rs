//! Finds links: `https://…`, `www.…`, and bare domains with a path.

use crate::span::Span;

/// The links of `text`, in order, without the punctuation after them.
pub(super) fn find(text: &str) -> Vec<Span> {
    if !text.contains(['/', '.']) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    for token in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')) {
        if let Some(start) = link_start(token) {
            let link = trimmed(token.get(start..).unwrap_or(""));
            found.push(Span::new(at + start, at + start + link.len()));
        }
        at += token.len();
    }
    found
}

/// Where in the token a link begins.
fn link_start(token: &str) -> Option<usize> {
    if !token.contains(['/', '.']) {
        return None;
    }
    let lower = token.to_ascii_lowercase();
    let scheme = ["https://", "http://", "www."].iter().filter_map(|start| lower.find(start)).min();
    scheme.or_else(|| {
        let start = lower.rfind(['(', '[', '\'', ',']).map_or(0, |at| at + 1);
        lower.get(start..).filter(|rest| is_bare_domain(rest)).map(|_| start)
    })
}

/// `example.org/page`: labels of letters, digits and hyphens, a last label of letters, and a path.
fn is_bare_domain(token: &str) -> bool {
    let Some((host, path)) = token.split_once('/') else { return false };
    let mut labels = host.split('.').rev();
    let plain = |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let last = labels.next().is_some_and(|label| (2..=24).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest: Vec<&str> = labels.collect();
    last && !path.trim().is_empty()
        && rest.iter().all(|label| plain(label))
        && rest.iter().any(|label| label.len() > 1 && label.bytes().any(|b| b.is_ascii_alphabetic()))
}

/// Without white space, closing marks and the sentence's punctuation at the end.
fn trimmed(link: &str) -> &str {
    let mut link = link.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'));
    // A few rounds are enough for any real ending, and a row of brackets must not cost a walk each.
    for _ in 0..8 {
        let rest = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', ']']);
        let unbalanced = rest.ends_with(')') && rest.matches(')').count() > rest.matches('(').count();
        let next = if unbalanced { rest.strip_suffix(')').unwrap_or(rest) } else { rest };
        if next.len() == link.len() {
            break;
        }
        link = next;
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_and_nothing_else() {
        for (text, want) in [
            ("See https://example.org/a_(b), or [this](http://x.org/y).", vec!["https://example.org/a_(b)", "http://x.org/y"]),
            (
                "www.example.org! doi.org/10.1000/xyz123. (nejm.org/doi/1)",
                vec!["www.example.org", "doi.org/10.1000/xyz123", "nejm.org/doi/1"],
            ),
            ("120/80, and/or, e.g./i.e. 5.5 mg/dL q.d./b.i.d. w/o example.org 1.5/day", vec![]),
        ] {
            assert_eq!(find(text).iter().map(|s| s.of(text)).collect::<Vec<_>>(), want, "{text}");
        }
    }
}
