//! What conditions ask of a text again and again, looked up once: without it, each hit in one endless line would walk the whole line.

use crate::document::Text;
use crate::span::Span;
use std::cell::OnceCell;

/// Quotations, ends of lines and citations of a text, each found when first asked for.
#[derive(Debug, Default)]
pub struct Landmarks {
    /// How far the quotations reach that begin at or before the one of the same number.
    quoted_until: OnceCell<Vec<usize>>,
    /// Bytes of the folded text at which a line ends.
    line_ends: OnceCell<Vec<usize>>,
    /// Bytes of the folded text at which `doi:` or `doi.` stands.
    citations: OnceCell<Vec<usize>>,
}

impl Landmarks {
    /// Whether one quotation holds the whole span.
    pub fn quotes(&self, text: &Text, span: Span) -> bool {
        let quotes = text.quotes();
        let reach = self.quoted_until.get_or_init(|| {
            let furthest = quotes.iter().scan(0, |furthest, quote| {
                *furthest = quote.end.max(*furthest);
                Some(*furthest)
            });
            furthest.collect()
        });
        let before = quotes.partition_point(|quote| quote.start <= span.start);
        before.checked_sub(1).and_then(|last| reach.get(last)).is_some_and(|reach| *reach >= span.end)
    }

    /// The lines on which a span stands, without the last one's end.
    pub fn line(&self, text: &Text, span: Span) -> Span {
        let folded = text.folded();
        let ends = self.line_ends.get_or_init(|| folded.match_indices('\n').map(|(at, _)| at).collect());
        let before = ends.partition_point(|end| *end < span.start);
        let after = ends.partition_point(|end| *end < span.end);
        let start = before.checked_sub(1).and_then(|last| ends.get(last)).map_or(0, |end| end + 1);
        Span::new(start, ends.get(after).copied().unwrap_or(folded.len()))
    }

    /// Whether a link, code or a digital object identifier touches a span.
    pub fn cites(&self, text: &Text, span: Span) -> bool {
        let opaque = text.opaque();
        let next = opaque.partition_point(|link| link.end <= span.start);
        let citations = self.citations.get_or_init(|| {
            let named = |four: &[u8]| four.eq_ignore_ascii_case(b"doi:") || four.eq_ignore_ascii_case(b"doi.");
            text.folded().as_bytes().windows(4).enumerate().filter(|(_, four)| named(four)).map(|(at, _)| at).collect()
        });
        let cited = citations.partition_point(|at| *at < span.start);
        opaque.get(next).is_some_and(|link| link.overlaps(span)) || citations.get(cited).is_some_and(|at| at + 4 <= span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn answers_as_a_walk_over_the_text_would(words in "(\"|'|a|doi:|DOI\\.| |\n|https://a\\.org/b ){0,30}", from in 0_usize..60, len in 1_usize..20) {
            let text = Text::new(words);
            let (folded, marks) = (text.folded(), Landmarks::default());
            let start = from.min(folded.len().saturating_sub(1));
            let span = Span::new(start, (start + len).min(folded.len()));
            prop_assert_eq!(marks.quotes(&text, span), text.quotes().iter().any(|quote| quote.covers(span)));
            let before = folded[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let after = folded[span.end..].find('\n').map_or(folded.len(), |at| span.end + at);
            prop_assert_eq!(marks.line(&text, span), Span::new(before, after));
            let doi = span.of(folded).to_ascii_lowercase();
            let cited = text.opaque().iter().any(|link| link.overlaps(span)) || doi.contains("doi:") || doi.contains("doi.");
            prop_assert_eq!(marks.cites(&text, span), cited);
        }
    }
}
