//! Finds where the values of a JSON object are spelled, and unescapes strings with a way back. The JSON must have been checked before.

use super::map::{Map, Rewriter};
use crate::span::Span;

/// The members of the object that `json` is: the bytes of each key and of each value, quotation marks included.
pub(super) fn members(json: &str) -> Vec<(Span, Span)> {
    let tokens = elements(json, b'{');
    tokens.chunks(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect()
}

/// The strings of a value: itself, or the elements of a list that are strings; `None` when there is anything else.
pub(super) fn strings(json: &str, value: Span) -> Option<Vec<Span>> {
    let quoted = |span: &Span| span.of(json).starts_with('"');
    if quoted(&value) {
        return Some(vec![value]);
    }
    let inner = elements(value.of(json), b'[');
    let spans: Vec<Span> = inner.iter().map(|span| Span::new(span.start + value.start, span.end + value.start)).collect();
    (value.of(json).starts_with('[') && spans.iter().all(quoted)).then_some(spans)
}

/// What stands between the quotation marks of a string.
pub(super) fn inside(string: Span) -> Span {
    Span::new(string.start + 1, string.end.saturating_sub(1))
}

/// The text that `raw`, the inside of a JSON string, spells, with the way back when they differ. `None` for half a surrogate pair.
pub(super) fn unescape(raw: &str) -> Option<(String, Option<Map>)> {
    let mut rewriter = Rewriter::new(raw);
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + found;
        let (c, len) = escape(raw.get(start + 1..)?)?;
        at = start + 1 + len;
        rewriter.replace(Span::new(start, at), c.encode_utf8(&mut [0; 4]));
    }
    Some(rewriter.finish().map_or_else(|| (raw.to_owned(), None), |(text, map)| (text, Some(map))))
}

/// The character of an escape without its backslash, and the bytes read.
fn escape(rest: &str) -> Option<(char, usize)> {
    let simple = match rest.bytes().next()? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return unicode(rest),
        other => char::from(other),
    };
    Some((simple, 1))
}

fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(rest.get(at..at + 4)?, 16).ok();
    let first = unit(1)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Some((c, 5));
    }
    rest.get(5..)?.strip_prefix("\\u")?;
    let c = char::decode_utf16([first, unit(7)?]).next()?.ok()?;
    Some((c, 11))
}

/// The tokens one level inside the bracket `open` that `json` begins with.
fn elements(json: &str, open: u8) -> Vec<Span> {
    let bytes = json.as_bytes();
    let mut found = Vec::new();
    let Some(mut at) = bytes.iter().position(|b| *b == open).map(|at| at + 1) else { return found };
    while let Some(skip) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':')))
    {
        let start = at + skip;
        if matches!(bytes.get(start), Some(b'}' | b']')) {
            break;
        }
        at = value_end(bytes, start).max(start + 1);
        found.push(Span::new(start, at));
    }
    found
}

fn value_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(b) = bytes.get(at) {
        match b {
            b'"' => at = string_end(bytes, at) - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(b, b'"' | b'}' | b']') {
            return at;
        }
    }
    at
}

/// One past the closing quotation mark of the string that opens at `start`.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(skip) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'"' | b'\\'))) {
        at += skip;
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            _ => at += 2,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_members_and_strings() {
        let json = r#" {"text" : "a \"b\" {,", "n":-1.5e3,"list":["x",  "y"],"o":{"a":[1,{"b":"}"}]},"t":true} "#;
        let shown: Vec<_> = members(json).iter().map(|(key, value)| (key.of(json), value.of(json))).collect();
        let want = [
            ("\"text\"", r#""a \"b\" {,""#),
            ("\"n\"", "-1.5e3"),
            ("\"list\"", r#"["x",  "y"]"#),
            ("\"o\"", r#"{"a":[1,{"b":"}"}]}"#),
            ("\"t\"", "true"),
        ];
        assert_eq!(shown, want);
        let strings_of = |at: usize| strings(json, members(json)[at].1).map(|s| s.iter().map(|s| s.of(json)).collect::<Vec<_>>());
        assert_eq!((strings_of(2), strings_of(1), strings_of(3)), (Some(vec!["\"x\"", "\"y\""]), None, None));
        assert!(members("{}").is_empty());
    }

    #[test]
    fn unescapes_with_a_way_back() {
        let raw = r#"a\u00e9\n\ud83c\udf89 "#;
        let (text, map) = unescape(raw).unwrap();
        assert_eq!(text, "aé\n🎉 ");
        let map = map.unwrap();
        assert_eq!(map.back(Span::new(4, 8)).of(raw), r"\ud83c\udf89");
        assert_eq!(map.back(Span::new(1, 3)).of(raw), r"\u00e9");
        assert!(unescape(r"\ud83c x").is_none());
        assert!(unescape("plain").unwrap().1.is_none());
    }
}
