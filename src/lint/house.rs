//! Whether a name in a draft is one of the institution's own.

use crate::document::{Text, Word, WordKind};
use crate::span::Span;

/// Most letters of a title without a point, such as `Dr`, and of one with it, such as `Prof.`: no names of their own.
const TITLE: (usize, usize) = (2, 4);

/// Whether every name inside a match belongs to `own`, which touch it. All spans are bytes of the folded text.
///
/// A capital letter makes a name, but for the first word of a sentence that does not stand beside an own name: `My patient Bell` is Bell,
/// `Ana Bell` is somebody else.
pub(super) fn covers(text: &Text, matched: Span, own: &[Span]) -> bool {
    let (folded, words) = (text.folded(), text.words());
    let first = words.partition_point(|word| word.span.start < matched.start);
    let begins = |word: &Word| text.sentences().iter().any(|sentence| sentence.start == word.span.start);
    let mine = |word: Option<&Word>| word.is_some_and(|word| own.iter().any(|own| own.overlaps(word.span)));
    let stranger = |(at, word): (usize, &Word)| {
        let letters = word.of(folded);
        let next = words.get(at + 1);
        let most = if next.is_some_and(|next| next.of(folded) == ".") { TITLE.1 } else { TITLE.0 };
        let name = word.kind == WordKind::Letters && letters.starts_with(char::is_uppercase) && letters.chars().count() > most;
        name && !mine(Some(word)) && (!begins(word) || mine(next))
    };
    !words.iter().enumerate().skip(first).take_while(|(_, word)| word.span.start < matched.end).any(stranger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_name_is_the_whole_name() {
        for (text, own, want) in [
            ("My patient Bell", "Bell", true),
            ("Ana Bell", "Bell", false),
            ("my patient Ana Bell", "Bell", false),
            ("Mrs. Bell", "Bell", true),
            ("Dr Bell", "Bell", true),
            ("our Nurse Bell", "Nurse Bell", true),
            ("Bell Ortiz", "Bell", false),
            ("Nurse Bell and Ana Ruiz", "Nurse Bell", false),
        ] {
            let at = text.find(own).unwrap();
            let whole = Span::new(0, text.len());
            assert_eq!(covers(&Text::new(text), whole, &[Span::new(at, at + own.len())]), want, "{text}");
        }
    }
}
