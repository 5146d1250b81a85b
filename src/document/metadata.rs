//! The keys that say what a post is besides its words, the same in front matter, JSONL and CSV. Messages name keys, never values.

use super::dates::{self, Unread};
use super::{Consent, FieldKind, Ignore, Metadata};
use jiff::civil::Date;
use serde_json::Value;

/// Every key, for messages.
const KEYS: &str = "platform, account, scheduled_at, audience, pillar, tags, alt, first_comment, title, link, media, consent, approved_at, event_at, postlint";

/// The field that a key holds text for, if it does.
pub(super) fn field(key: &str) -> Option<FieldKind> {
    Some(match key {
        "alt" => FieldKind::Alt,
        "first_comment" => FieldKind::FirstComment,
        "title" => FieldKind::Title,
        "link" => FieldKind::Link,
        _ => return None,
    })
}

/// Stores the value of a key that holds no text of its own. An absent value (null) changes nothing.
pub(super) fn set(metadata: &mut Metadata, key: &str, value: &Value) -> Result<(), String> {
    let bad = |wanted: &str| format!("`{key}` takes {wanted}");
    if value.is_null() {
        return is_known(key).then_some(()).ok_or_else(|| unknown(key));
    }
    match key {
        "platform" => {
            let names = words(value).ok_or_else(|| bad("the name of a platform, or a list of them"))?;
            metadata.platforms.extend(names.into_iter().map(|name| name.to_lowercase()));
        }
        "account" => metadata.account = Some(word(value).ok_or_else(|| bad("a name"))?),
        "audience" => metadata.audience = Some(word(value).ok_or_else(|| bad("one word, such as patients or clinicians"))?.to_lowercase()),
        "pillar" => metadata.pillar = Some(word(value).ok_or_else(|| bad("the name of a content pillar"))?),
        "tags" => metadata.tags.extend(words(value).ok_or_else(|| bad("a list of words"))?),
        "media" => metadata.media.extend(words(value).ok_or_else(|| bad("a file name or address, or a list of them"))?),
        "scheduled_at" => {
            let text = word(value).ok_or_else(|| bad(DATE_AND_TIME))?;
            metadata.scheduled_at = Some(dates::read(&text, None).map_err(|why| bad_date(key, why))?);
        }
        "approved_at" => metadata.approved_at = Some(day(key, value)?),
        "event_at" => metadata.event_at = Some(day(key, value)?),
        "consent" => {
            metadata.consent = Some(consent(value).ok_or_else(|| bad("{id: …, scope: [instagram], expires: 2027-01-31}; id is required"))?)
        }
        "postlint" => metadata.ignore.extend(ignores(value).ok_or_else(|| bad(IGNORE))?),
        _ => return Err(unknown(key)),
    }
    Ok(())
}

/// What is wrong with a date under `key`, and what to do.
pub(super) fn bad_date(key: &str, why: Unread) -> String {
    match why {
        Unread::Ambiguous => format!(
            "`{key}` has a day and a month that could each be the other; write the year first (2026-11-23), or say --date-order dmy or mdy"
        ),
        Unread::Wrong => format!("`{key}` is not {DATE_AND_TIME}"),
    }
}

/// One line of a `postlint_ignore` column or of a comment: `RULE: reason`, perhaps with `until 2027-01-31` at its end.
pub(super) fn ignore_line(text: &str) -> Option<Ignore> {
    let (rule, reason) = text.split_once(':')?;
    let (reason, until) = match reason.rsplit_once("until ") {
        Some((reason, date)) => match date.trim().trim_end_matches([')', '.']).parse::<Date>() {
            Ok(date) => (reason.trim_end().trim_end_matches(['(', ',']), Some(date)),
            Err(_) => (text.split_once(':')?.1, None),
        },
        None => (reason, None),
    };
    let (rule, reason) = (rule.trim(), reason.trim());
    let named = !rule.is_empty() && rule.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (named && !reason.is_empty()).then(|| Ignore { rule: rule.to_owned(), reason: reason.to_owned(), until, at: None, lines: None })
}

const DATE_AND_TIME: &str = "a date such as 2026-11-23 or 2026-11-23 10:00";
const IGNORE: &str = "{ignore: [{rule: …, reason: …, until: 2027-01-31}]}; rule and reason are required";

fn is_known(key: &str) -> bool {
    KEYS.split(", ").any(|known| known == key)
}

fn unknown(key: &str) -> String {
    // A key may be the draft's own words by mistake ("Ruiz: seen today"), so only something that looks like a key, and like no name, is repeated.
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let plain =
        key.len() <= 24 && digits < 3 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    let name = if plain { format!("unknown key `{key}`") } else { "unknown key".to_owned() };
    format!("{name}; known keys are: {KEYS}")
}

/// A text, number or truth value as one word.
fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// One word, several with commas between, or a list.
fn words(value: &Value) -> Option<Vec<String>> {
    let list = match value {
        Value::Array(items) => items.iter().map(word).collect::<Option<Vec<_>>>()?,
        _ => word(value)?.split([',', ';', '|', '\n']).map(|part| part.trim().to_owned()).collect(),
    };
    Some(list.into_iter().filter(|word| !word.is_empty()).collect())
}

fn day(key: &str, value: &Value) -> Result<Date, String> {
    let text = word(value).ok_or_else(|| format!("`{key}` is not {DATE_AND_TIME}"))?;
    dates::read(&text, None).map(|at| at.date()).map_err(|why| bad_date(key, why))
}

fn consent(value: &Value) -> Option<Consent> {
    let keys = value.as_object()?;
    let known = keys.keys().all(|key| matches!(key.as_str(), "id" | "scope" | "expires"));
    let scope = keys.get("scope").filter(|scope| !scope.is_null()).map_or(Some(Vec::new()), words)?;
    let expires = optional_day(keys.get("expires"))?;
    let id = word(keys.get("id")?).filter(|id| known && !id.is_empty())?;
    Some(Consent { id, scope: scope.into_iter().map(|name| name.to_lowercase()).collect(), expires })
}

fn ignores(value: &Value) -> Option<Vec<Ignore>> {
    let keys = value.as_object()?;
    if !keys.keys().all(|key| key == "ignore") {
        return None;
    }
    match keys.get("ignore") {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(list) => list.as_array()?.iter().map(ignore).collect(),
    }
}

fn ignore(value: &Value) -> Option<Ignore> {
    let keys = value.as_object()?;
    let known = keys.keys().all(|key| matches!(key.as_str(), "rule" | "reason" | "until"));
    let until = optional_day(keys.get("until"))?;
    let text = |key: &str| word(keys.get(key)?).filter(|text| !text.is_empty());
    known.then_some(())?;
    Some(Ignore { rule: text("rule")?, reason: text("reason")?, until, at: None, lines: None })
}

/// `Some(None)` without a value; `None` for a value that is no date.
fn optional_day(value: Option<&Value>) -> Option<Option<Date>> {
    match value {
        None | Some(Value::Null) => Some(None),
        Some(value) => word(value)?.parse().ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_every_key() {
        let mut metadata = Metadata::default();
        for (key, value) in [
            ("platform", json!(["X", "Instagram"])),
            ("account", json!("@dr_lee")),
            ("scheduled_at", json!("2026-11-23 10:00")),
            ("audience", json!("Clinicians")),
            ("tags", json!("sleep, diet")),
            ("consent", json!({"id": 12, "scope": "X", "expires": "2027-01-31"})),
            ("approved_at", json!("2026-11-01")),
            ("pillar", json!(null)),
            ("postlint", json!({"ignore": [{"rule": "a-b", "reason": "checked", "until": "2027-01-31"}]})),
        ] {
            assert_eq!(set(&mut metadata, key, &value), Ok(()), "{key}");
        }
        assert_eq!(metadata.platforms, ["x", "instagram"]);
        assert_eq!(metadata.tags, ["sleep", "diet"]);
        assert_eq!(metadata.consent.unwrap().scope, ["x"]);
        assert_eq!(metadata.ignore[0].until, Some(jiff::civil::date(2027, 1, 31)));
    }

    #[test]
    fn says_what_a_key_takes_and_repeats_no_value() {
        for (key, value) in [
            ("platfrom", json!("x")),
            ("scheduled_at", json!("SECRET")),
            ("scheduled_at", json!("3/4/2026")),
            ("consent", json!({"scope": ["SECRET"]})),
            ("consent", json!({"id": "1", "SECRET": 1})),
            ("postlint", json!({"ignore": [{"rule": "SECRET"}]})),
            ("my patient SECRET", json!(1)),
            ("account", json!({"SECRET": 1})),
        ] {
            let message = set(&mut Metadata::default(), key, &value).unwrap_err();
            assert!(!message.contains("SECRET"), "{message}");
        }
    }

    #[test]
    fn reads_an_ignore_line() {
        let ignore = ignore_line(" stop-medication: quotes the leaflet (until 2027-01-31)").unwrap();
        assert_eq!(
            (ignore.rule.as_str(), ignore.reason.as_str(), ignore.until),
            ("stop-medication", "quotes the leaflet", Some(jiff::civil::date(2027, 1, 31)))
        );
        assert_eq!(ignore_line("a-b: wait until spring").unwrap().reason, "wait until spring");
        assert!(ignore_line("stop-medication").is_none() && ignore_line("a-b:  ").is_none() && ignore_line("a b: c").is_none());
    }
}
