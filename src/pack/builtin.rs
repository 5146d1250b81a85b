//! The built-in packs, prepared by the build script.

use super::RuleSet;

const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/builtin.postcard"));

/// The rules that come with the program. Nothing is parsed or compiled here; a test holds them equal to the packs under `rules/`.
pub fn builtin() -> RuleSet {
    // The bytes were written by this very version of the types, so reading them back cannot fail; the test would say so.
    postcard::from_bytes(BYTES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Text;
    use crate::matcher::Reading;

    #[test]
    fn the_short_ways_find_what_the_long_way_finds() {
        let rules = builtin();
        for example in rules.examples.iter().flat_map(|examples| examples.bad.iter().chain(&examples.good)) {
            let text = Text::new(example.text.as_str());
            let reading = Reading::new(&text, &rules.matcher);
            let [looked_up, searched] = reading.both_ways();
            assert_eq!(looked_up, searched, "{}", example.text);
            assert_eq!(looked_up, reading.naive(), "{}", example.text);
        }
    }
}
