//! Makes the cleaned view of a text that rules are matched on, with an exact way back to what was typed.
//!
//! Folding is a row of stages. Each looks for what it can clean and rewrites only that, so a plain text goes through without a copy. One stage may
//! uncover work for another (an entity that hides a styled letter), so the row is repeated until nothing changes.

use super::map::{Map, Rewriter};
use super::{disguise, leet, letters, markdown};
use crate::span::Span;

/// How often the row of stages is repeated at most; only a text built to be hard needs more than two rounds.
const ROUNDS: usize = 6;

type Stage = fn(&mut Rewriter<'_>, &str);

/// Every stage with the sign that it is needed for. One stage may leave signs for those after it, which the next round sees.
const STAGES: [(u8, Stage); 6] = [
    (LETTER, letters::plain),
    (MARK, disguise::unmark),
    (PERCENT, disguise::unescape),
    (HYPHEN, disguise::unwrap_lines),
    (SPACED, disguise::unspace),
    (DIGIT, leet::read),
];

const LETTER: u8 = 1;
const MARK: u8 = 2;
const PERCENT: u8 = 4;
const HYPHEN: u8 = 8;
const SPACED: u8 = 16;
const DIGIT: u8 = 32;

/// What a byte is a sign of.
fn sign(byte: u8) -> u8 {
    match byte {
        _ if letters::may_change(byte) => LETTER,
        b'*' | b'_' | b'~' | b'`' => MARK,
        b'%' => PERCENT,
        b'-' => HYPHEN,
        b'0'..=b'9' | b'@' | b'$' | b'!' => DIGIT,
        _ => 0,
    }
}

/// What could be cleaned in `text`, from one pass over its bytes; most drafts need nothing or little.
fn scout(text: &str) -> u8 {
    let bytes = text.as_bytes();
    let signs = bytes.iter().fold(0, |all, byte| all | sign(*byte));
    let spaced = bytes.windows(5).any(|row| matches!(row, [a, _, b, _, c] if a == b && b == c && disguise::is_separator(*a)));
    signs | if spaced { SPACED } else { 0 }
}

/// The cleaned view; nothing is stored when it equals the typed text.
#[derive(Debug, Default)]
pub(super) struct Fold {
    layers: Vec<Layer>,
}

#[derive(Debug)]
struct Layer {
    text: String,
    map: Map,
}

impl Fold {
    /// Cleans `text`. The stretches in `hidden` (Markdown comments) become one space each, and nothing inside a word.
    pub(super) fn new(text: &str, hidden: &[Span]) -> Self {
        let mut fold = Self::default();
        fold.apply(text, |rewriter, text| {
            for span in hidden {
                if markdown::inside_word(text, *span) { rewriter.absorb(*span) } else { rewriter.replace(*span, " ") }
            }
        });
        for _ in 0..ROUNDS {
            let before = fold.layers.len();
            let needs = scout(fold.text().unwrap_or(text));
            for (need, stage) in STAGES {
                if needs & need != 0 {
                    fold.apply(text, stage);
                }
            }
            if fold.layers.len() == before {
                break;
            }
        }
        fold
    }

    /// The cleaned text, if it differs from the typed one.
    pub(super) fn text(&self) -> Option<&str> {
        self.layers.last().map(|layer| layer.text.as_str())
    }

    /// The typed bytes of a span of the cleaned text.
    pub(super) fn back(&self, folded: Span) -> Span {
        self.layers.iter().rev().fold(folded, |span, layer| layer.map.back(span))
    }

    /// The cleaned bytes of a span of the typed text.
    pub(super) fn forth(&self, typed: Span) -> Span {
        self.layers.iter().fold(typed, |span, layer| layer.map.forth(span))
    }

    fn apply(&mut self, source: &str, stage: impl Fn(&mut Rewriter<'_>, &str)) {
        let text = self.text().unwrap_or(source);
        let mut rewriter = Rewriter::new(text);
        stage(&mut rewriter, text);
        if let Some((text, map)) = rewriter.finish() {
            self.layers.push(Layer { text, map });
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn folded(text: &str) -> String {
        Fold::new(text, &[]).text().unwrap_or(text).to_owned()
    }

    #[test]
    fn reads_what_a_reader_reads() {
        for (typed, want) in [
            ("José’s “cure” – 5 µg…", "Jose's \"cure\" - 5 ug..."),
            ("c̶u̶r̶e̶d̶ n\u{308}\u{308}ow", "cured now"),
            ("st\u{200b}op yo\u{ad}ur\u{a0}meds\u{202e}", "stop your meds"),
            ("𝗯𝗼𝗹𝗱 𝓒𝓾𝓻𝓮 ⓒⓤⓡⓔ 🄲🅄🅁🄴 🅒🅤🅡🅔 ｃｕｒｅ ᴄᴜʀᴇ ᶜᵘʳᵉ", "bold Cure cure CURE CURE cure cure cure"),
            ("ѕtор уоur mеds, Іnsulin, Ϲure", "stop your meds, Insulin, Cure"),
            ("c u r e d, c.u.r.e.d. C-U-R-E-D, g u a r a n t 3 3 d", "cured, cured. CURED, guaranteed"),
            ("insu-\nlin", "insulin"),
            ("it&#39;s &#x27;you&rsquo;re&nbsp;cured&#39; &amp;amp; well", "it's 'you're cured' & well"),
            ("c%75red", "cured"),
            ("cu**re**d **now** sto~~p~~", "cured **now** stop~~"),
            ("0zempic 1nsulin c4ncer v@ccine cur3s guarant33d mirac1e", "Ozempic insulin cancer vaccine cures guaranteed miracle"),
            ("KANSER ıs İlaç", "KANSER is Ilac"),
            ("one\r\ntwo\rthree\u{2028}four", "one\ntwo\nthree\nfour"),
            ("1️⃣ ½ tablet ™", "1 1/2 tablet ™"),
            ("donâ€™t, donâ\u{80}\u{99}t cafÃ© ðŸ™‚", "don't, don't cafe 🙂"),
            ("met\u{ad}\nformin cu&#114es &ZeroWidthSpace;me&shyt &#x2014", "metformin cures met -"),
            ("a\u{2800}b c\u{2800}\u{2800}d me\u{fffc}t", "ab c  d met"),
            ("m·e·t·f·o·r·m·i·n c/u/r/e/s h|e|a|l|s", "metformin cures heals"),
            ("cure$ metform!n cur!ng", "cures metformin curing"),
            ("curɛ ɔʉt ⒞⒰⒭⒠⒮ ٠٤١۸", "cure out cures 0418"),
            ("st\u{7}op\u{1b}\t\u{b}", "stop\t\u{b}"),
        ] {
            assert_eq!(folded(typed), want, "{typed}");
        }
    }

    #[test]
    fn leaves_plain_text_and_codes_alone() {
        for text in [
            "Stop your meds? Never. Ask 54yo M, BP 120/80.",
            "B12 H1N1 COVID19 54yo q6h A1C HbA1c GLP1 GLP1RA p53 CA125 T4 CYP3A4 IL17A SGLT2i 3weeks 10mg 1month omega3s x3days PM2.5 5years",
            "A B C D and a.b.c.d, U.S.A., J. K. R. Smith, e.g. this, I a m",
            "https://example.org/a%20b?x=c%75red&y=1 50%off 100%BE",
            "me@example.org @dr_smith #stop_smoking snake_case in_my_view $NVDA wow!great",
            "👩🏽\u{1f91d}🎉 ❤ 日本語 ✅",
            "f/c/n/v/d M/W/F a·b N·m thanks!so wow!great 50$ TAK1 H3K4 x.org/a/e/i/n/t/ &#section ?a=1&copy=2",
            "AT&T R&D 5 * 3 * 2, a*b",
        ] {
            assert_eq!(folded(text), text);
        }
    }

    #[test]
    fn finds_point_at_what_was_typed() {
        for (typed, find, want) in [
            ("it 𝗰𝘂𝗿𝗲𝘀 all", "cures", "𝗰𝘂𝗿𝗲𝘀"),
            ("it c̶u̶r̶e̶d̶ him", "cured", "c̶u̶r̶e̶d̶"),
            ("it c u r e d him", "cured", "c u r e d"),
            ("a cu**re**d man", "cured", "cu**re**d"),
            ("&quot;cure&quot;", "\"cure", "&quot;cure"),
            ("José ate", "Jose", "José"),
            ("👩‍⚕️ José", "Jose", "José"),
        ] {
            let fold = Fold::new(typed, &[]);
            let start = fold.text().unwrap().find(find).unwrap();
            assert_eq!(fold.back(Span::new(start, start + find.len())).of(typed), want, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn plain_words_are_not_copied(text in "[A-Za-z][a-z]{1,8}( [a-z]{2,9}){0,12}[.!?]?") {
            prop_assert!(Fold::new(&text, &[]).text().is_none(), "{}", text);
        }

        #[test]
        fn maps_back_in_order_and_on_characters(text in typed()) {
            let fold = Fold::new(&text, &[]);
            let out = fold.text().unwrap_or(&text).to_owned();
            let mut last = 0;
            for (start, c) in out.char_indices() {
                let span = fold.back(Span::new(start, start + c.len_utf8()));
                prop_assert!(text.get(span.start..span.end).is_some_and(|t| !t.is_empty()), "{:?} {:?}", text, span);
                prop_assert!(span.start >= last);
                prop_assert!(fold.forth(span).covers(Span::new(start, start + c.len_utf8())));
                last = span.start;
            }
            prop_assert_eq!(folded(&out), out);
        }
    }

    /// Text made of the pieces that folding knows, and of anything else.
    pub(in crate::document) fn typed() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[a-zA-Z]{1,6}",
            " ",
            "\n",
            "\r\n",
            "\r",
            "-\n",
            "[0-9@$!]",
            "(\\*\\*|__|~~|`|\\*)",
            "&(amp|nbsp|#39|#x430|lt);",
            "%[0-9a-f]{2}",
            "[\u{300}\u{336}\u{200b}\u{ad}\u{202e}\u{fe0f}\u{200d}\u{20e3}]",
            "[𝗯𝓒ⓤ🅄🅒ｃᴜᵘ…½№ﬁ]",
            "[ѕАІσΣéßøŁıİ]",
            "([a-e] ){3,6}",
            "([c-h]\\.){3,6}",
            "([a-s][/|]){3,6}",
            "([c-h]·){3,6}",
            "(\u{ad}\n|\u{2800}|\u{fffc}|⒞|⒰|ɛ|٣|&#114|&shy|cure|qu|tak)",
            "[“”’–—\u{a0}\u{2028}\u{85}]",
            "(👩‍⚕️|❤️|🇺🇸|🎉|日本|한)",
            "[.,;:?/#&%_-]",
            "\\PC",
        ];
        proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }
}
