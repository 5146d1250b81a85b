//! Phrases against texts.

use super::*;

fn matches(phrase: &str, text: &str) -> bool {
    let phrase = Phrase::parse(phrase, &|_| None).unwrap();
    let (text, matcher) = (Text::new(text), crate::matcher::Matcher::default());
    let reading = crate::matcher::Reading::new(&text, &matcher);
    let view = reading.view();
    (0..text.words().len()).any(|from| view.end_of(&phrase, from).is_some())
}

#[test]
fn the_language() {
    for (phrase, text, want) in [
        ("stop~ [taking] your (meds|medication)", "He STOPPED your\nmedication", true),
        ("stop~ [taking] your (meds|medication)", "stop taking **your** meds", true),
        ("stop~ your meds", "stop\n\nyour meds", false),
        ("stop your meds", "stop, your meds", false),
        ("throw out your ... pills", "throw out your old blood pressure pills", true),
        ("throw out your ... pills", "throw out your one two three four five pills", false),
        ("throw out ... pills", "throw out never your pills", false),
        ("take * mg", "take 800 mg", true),
        ("<number:1-120> year old", "a 54-year-old", true),
        ("<number:1-120> year old", "a 154-year-old", false),
        ("mrs [.] <capital>", "Mrs. Alvarez", true),
        ("mrs [.] <capital>", "mrs. alvarez", false),
        ("<handle> you", "@maria_k you", true),
        ("y/o", "54 y/o", true),
        ("try~", "tries", true),
        ("photo~", "photos", true),
        ("\\(sic\\)", "he said (sic)", true),
        ("patient's", "the patient's meds", true),
        ("(guy|girl) 's meds", "the guy's meds", true),
        ("<number:1000-2000>", "1,500", true),
        ("a [b] ...", "a", true),
    ] {
        assert_eq!(matches(phrase, text), want, "{phrase} / {text}");
    }
}

#[test]
fn mistakes_are_explained() {
    for (phrase, want) in [
        ("stop (your", "not closed"),
        ("stop)", "closes nothing"),
        ("<nothing>", "no term"),
        ("a (|)", "empty"),
        ("", "empty"),
        ("<number:9-1>", "bounds"),
        ("(lol|\u{1F643})", "pattern"),
    ] {
        let error = Phrase::parse(phrase, &|_| None).unwrap_err();
        assert!(error.contains(want), "{phrase}: {error}");
    }
}
