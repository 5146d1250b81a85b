//! Says what the YAML library found wrong in words of people who write packs and configs: what a key takes, not how the library reads it.

use serde_yaml::Error;

/// How a value that is one word is shown at most; what is longer is no misspelt word.
const SHOWN: usize = 40;

const TEXT: &str = "text";
const LIST: &str = "a list, such as [one, two]";
const KEYS: &str = "`key: value` lines";
const TRUTH: &str = "true or false";
const NO_ANCHORS: &str = "`&name` and `*name` are not read here; write the value out where it is needed";
const TOO_DEEP: &str = "this is nested more than 64 levels deep; put text with brackets or dashes in quotation marks";

/// What is wrong with `text` and how to mend it, without the place.
pub(crate) fn in_plain_words(error: &Error, text: &str) -> String {
    let key = error.location().and_then(|at| key_before(text, at.line(), at.column()));
    let takes = |what: &str| key.map_or_else(|| format!("this place takes {what}"), |key| format!("`{key}` takes {what}"));
    match error.without_snippet() {
        Error::AliasError { error, .. } => in_plain_words(error, text),
        Error::SerdeUnknownField { field, expected, .. } => match shown(field) {
            Some(field) => format!("unknown key `{field}`; the keys here are {}", expected.join(", ")),
            None => format!("unknown key; the keys here are {}", expected.join(", ")),
        },
        Error::SerdeUnknownVariant { variant, expected, .. } => unknown_word(key, variant, expected),
        Error::SerdeMissingField { field, .. } => format!("the key `{field}` is missing; add it"),
        Error::DuplicateMappingKey { key, .. } => match key.as_deref().and_then(shown) {
            Some(key) => format!("the key `{key}` stands twice; keep one"),
            None => "this key stands twice; keep one".to_owned(),
        },
        Error::InvalidScalar { ty, .. } => takes(&wanted(ty)),
        Error::SerdeInvalidType { expected, .. }
        | Error::SerdeInvalidValue { expected, .. }
        | Error::SerdeInvalidLength { expected, .. } => takes(&wanted(expected)),
        Error::Unexpected { expected, .. } => takes(&wanted(expected)),
        Error::InvalidBooleanStrict { .. } => takes(TRUTH),
        Error::NullIntoString { .. } | Error::TaggedScalarCannotDeserializeIntoString { .. } => takes(TEXT),
        // Our own types say what they take.
        Error::Message { msg, .. } if msg.starts_with("a ") => takes(msg.split(" at line ").next().unwrap_or(msg)),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::ExpectedStringKeyForExternallyTaggedEnum { .. }
        | Error::UnexpectedValueForUnitEnumVariant { .. }
        | Error::SerdeVariantId { .. }
        | Error::TaggedEnumMismatch { .. } => takes("one word"),
        Error::NonFiniteFloat { .. } => takes(&wanted("a finite number")),
        Error::MultipleDocuments { .. } => "a file holds one pack or config; take the second `---` out".to_owned(),
        Error::UnknownAnchor { .. } => NO_ANCHORS.to_owned(),
        Error::Eof { .. } => "the file ends too early here; something is missing".to_owned(),
        other => of_signs(&other.to_string()).to_owned(),
    }
}

/// Words that are no value of a key.
fn unknown_word(key: Option<&str>, word: &str, known: &[&str]) -> String {
    let known = match known {
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
        [] => return "this word is not known here".to_owned(),
    };
    match (key, shown(word)) {
        (Some(key), Some(word)) => format!("`{key}: {word}` is not known; use {known}"),
        (None, Some(word)) => format!("`{word}` is not known here; use {known}"),
        (Some(key), None) => format!("`{key}` takes one word: {known}"),
        (None, None) => format!("one word is needed here: {known}"),
    }
}

/// A key or word as far as it is short and of one line.
fn shown(word: &str) -> Option<&str> {
    (!word.trim().is_empty() && word.chars().count() <= SHOWN && !word.contains(char::is_control)).then_some(word)
}

/// What a place takes, by the library's name for it.
fn wanted(expected: &str) -> String {
    let number = |most: u64| format!("a whole number from 0 to {most}");
    let bare = expected.trim_start_matches("a ").trim_start_matches("an ");
    match bare {
        "u8" => number(u8::MAX.into()),
        "u16" => number(u16::MAX.into()),
        "u32" => number(u32::MAX.into()),
        "u64" | "u128" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "integer" => "a whole number".to_owned(),
        "f32" | "f64" | "float" | "floating point" | "number" => "a number".to_owned(),
        "finite number" => "a finite number, not `.nan` or `.inf`".to_owned(),
        "bool" | "boolean" => TRUTH.to_owned(),
        "string" | "str" | "char" | "character" => TEXT.to_owned(),
        "string scalar" | "scalar" => "one value, no list and no keys".to_owned(),
        "sequence" | "sequence start" => LIST.to_owned(),
        "map" | "mapping" | "mapping start" => KEYS.to_owned(),
        // An expectation of our own is in plain words already.
        "text, or a mapping with `text:`" => expected.to_owned(),
        _ if bare.starts_with("enum") || bare.starts_with("variant") => "one word".to_owned(),
        _ if bare.starts_with("struct") => KEYS.to_owned(),
        _ => "another kind of value".to_owned(),
    }
}

/// What is wrong with the signs of YAML themselves, told by what the library's message speaks of.
fn of_signs(message: &str) -> &'static str {
    const SIGNS: [(&[&str], &str); 12] = [
        (&["Anchors", "Aliases", "anchor", "alias"], NO_ANCHORS),
        (&["Depth", "recursion limit"], TOO_DEEP),
        (&["budget"], "this holds more than a file of its kind may; split it"),
        (&["escape"], "a backslash in double quotation marks begins a special character; double it, or use single quotation marks"),
        (&["trailing content"], "nothing may follow the quotation mark that ends a text; double a mark that belongs to the text"),
        (&["quote"], "a quotation mark that opens here is never closed; close it"),
        (&["bracket", "flow", "EOF"], "a bracket is not closed here, or a comma is missing; text with brackets goes in quotation marks"),
        (&["unexpected character", "placement", "mapping values"], "text with a sign that YAML uses itself goes in quotation marks"),
        (&["tab"], "lines are indented with spaces, not with tabs"),
        (&["simple key"], "a colon is missing here; each line is `key: value`"),
        (&["\"-\"", "sequence entries", "mapping keys"], "what begins with `-` or `?` stands on a line of its own, or in quotation marks"),
        (&["block", "indent", "document start"], "this line is indented otherwise than the lines that it belongs to"),
    ];
    let said = SIGNS.iter().find(|(signs, _)| signs.iter().any(|sign| message.contains(sign))).map(|(_, said)| *said);
    said.unwrap_or("this is not read here; write plain `key: value` lines, and text with other signs in quotation marks")
}

/// The key whose value begins at a place: what stands before the colon on the same line.
fn key_before(text: &str, line: u64, column: u64) -> Option<&str> {
    let number = |n: u64| usize::try_from(n).ok()?.checked_sub(1);
    let line = text.lines().nth(number(line)?)?;
    let byte = line.char_indices().nth(number(column)?).map_or(line.len(), |(at, _)| at);
    let before = line.get(..byte)?.trim_end().strip_suffix(':')?;
    let key = before.rsplit([' ', '{', ',', '[']).next()?.trim_matches(['"', '\'']);
    shown(key)
}

#[cfg(test)]
mod tests {
    use super::super::schema;

    const PACK: &str = r#"schema: 1
pack: mine
title: Rules
sources: {own: {title: "House", url: "https://practice.example/rules", checked: 2026-01-01}}
terms: {t: {phrases: [abc]}, u: {file: t.txt}, v: {files: [t.txt]}}
never-patients: [abc]
wording: {a: "x"}
floor: {a: warning}
platforms: {zz: {name: Zz, count: characters, limit: 200, bytes: 3, links: 23, aliases: [z]}}
doubt: {model: m, class: k, below: 0.1}
models: {m: {file: m.txt}}
rules:
  - id: a
    severity: error
    confidence: high
    message: M
    sources-in: {uk: [own]}
    severity-in: {uk: info}
    sensitive: true
    fields: [text]
    replace: [{phrases: [a], with: b}]
    find: {phrases: [abc], patterns: [abc], check: luhn}
    with: [{in: post, phrases: [x]}]
    unless: [{within-words: 12, phrases: [y]}]
    examples:
      bad: [{text: abc, platform: x, thread: [a], consent: {id: c, scope: [x], expires: 2027-01-01}, subtle: true}]
      good: [x]
  - {id: b, severity: error, message: m, combine: {facets: {age: {weight: 2, phrases: [x]}}, needs: {facets: 2, score: 3}, in: post}}
  - {id: c, severity: error, message: m, require: {when: {phrases: [x]}, text: {phrases: [y]}, satisfied-by: [post], before-fold: true}}
  - {id: d, severity: error, message: m, limit: {of: length, max: 20}}
  - {id: e, severity: error, message: m, series: {kind: quiet-hours, from: "22:00", to: "06:00"}}
  - {id: f, severity: error, message: m, classify: {model: m, class: k, at-least: 0.5}}
"#;

    /// What the library and the language say of themselves.
    const JARGON: [&str; 24] = [
        "u8",
        "u16",
        "u32",
        "u64",
        "usize",
        "i64",
        "f64",
        "struct",
        "variant",
        "enum",
        "newtype",
        "span",
        "scalar",
        "serialize",
        "Option<",
        "String",
        "invalid",
        "sequence",
        "mapping",
        "token",
        "flow",
        "EOF",
        "parse",
        "field",
    ];

    /// Every value of a text in turn replaced by values of other kinds, and every key misspelt.
    #[allow(clippy::string_slice, reason = "the text is ASCII")]
    fn spoiled(text: &str) -> Vec<String> {
        let values = [
            "fatal",
            "7",
            "-1",
            "2.5",
            "99999999999999999999",
            "true",
            "~",
            "",
            "[1, 2]",
            "{a: 1}",
            ".nan",
            "!x y",
            "*q",
            "&a b",
            "\"open",
            "[open",
            "{open",
            "@at",
            "%p",
            "a: b: c",
            "- a",
            "!!binary \"@@\"",
            "\"\\q\"",
            "'x' y",
            "? a",
            "\tx",
            "|",
            "2026-13-45",
            "{? a",
            "]",
            "x\ny",
        ];
        let mut all = Vec::new();
        for (at, _) in text.match_indices(": ") {
            let rest = &text[at + 2..];
            let end = rest.find([',', '}', ']', '\n']).unwrap_or(rest.len());
            all.extend(values.map(|value| format!("{}: {value}{}", &text[..at], &rest[end..])));
            all.push(format!("{}zz: {rest}", &text[..at]));
        }
        all.extend(text.lines().map(|line| text.replacen(line, &format!(" {line}"), 1)));
        all.extend(text.lines().map(|line| text.replacen(line, &line.replacen(": ", " ", 1), 1)));
        all.extend(text.lines().map(|line| text.replacen(line, &format!("{line}\n{line}"), 1)));
        all
    }

    #[test]
    fn no_mistake_is_told_in_words_of_the_library() {
        assert!(schema::parse(PACK).1.is_empty(), "{:?}", schema::parse(PACK).1);
        let said: Vec<String> = spoiled(PACK).iter().filter_map(|text| schema::parse_whole(text).err()).map(|fault| fault.what).collect();
        assert!(said.len() > 1_000, "{}", said.len());
        for what in said {
            // Between back-ticks stands what the pack says.
            let ours: String = what.split("the keys here are").take(1).flat_map(|ours| ours.split('`').step_by(2)).collect();
            assert!(!JARGON.iter().any(|word| ours.contains(word)) || ours.contains("a text, or a mapping with"), "{what}");
        }
    }

    #[test]
    fn says_what_a_key_takes() {
        for (pack, want) in [
            ("rules: [{id: a, severity: fatal, message: m}]", "`severity: fatal` is not known; use info, warning or error"),
            ("rules: [{id: a, severity: error, message: m, sensitive: perhaps}]", "`sensitive` takes true or false"),
            ("schema: many", "`schema` takes a whole number from 0 to 4294967295"),
            ("rules:\n  - {id: a, message: m}", "the key `severity` is missing; add it"),
            ("rules: 5", "`rules` takes a list, such as [one, two]"),
            ("terms: 5", "`terms` takes `key: value` lines"),
            ("schema: [1, 2]", "`schema` takes one value, no list and no keys"),
            ("sources: {a: {title: ~}}", "`title` takes text"),
            (
                "rules:\n  - {id: a, severity: error, message: m, examples: {bad: [5, [a]]}}",
                "this place takes a text, or a mapping with `text:`",
            ),
        ] {
            assert_eq!(schema::parse(pack).1[0].what, want, "{pack}");
        }
    }
}
