//! Recognises links as X does (twitter-text 3), because a link costs the same there whatever its length: `example.com` is one, `notes.md.` is
//! not, and the list of top-level domains decides. The list is the IANA root zone as of 2026-11.

use crate::span::Span;
use std::sync::LazyLock;

/// The links of a text in order, as bytes. Without `bare` only those that begin with `http://` or `https://`.
pub fn urls(text: &str, bare: bool) -> Vec<Span> {
    let mut found = Vec::new();
    let (mut next, mut before) = (0, None);
    for (at, c) in text.char_indices() {
        if at >= next {
            let link = match protocol(text, at) {
                Some(host) if may_precede(before) => with_protocol(text, host),
                _ if bare && is_label(c) && !before.is_some_and(|b| is_label(b) || matches!(b, '.' | '/')) && may_precede(before) => {
                    without(text, at)
                }
                _ => None,
            };
            if let Some(link) = link {
                next = link.end;
                if link.valid {
                    found.push(Span::new(at, link.end));
                }
            }
        }
        before = Some(c);
    }
    found
}

/// Where a link ends, and whether its host can exist.
struct Link {
    end: usize,
    valid: bool,
}

/// Where the host begins after a protocol at `at`.
fn protocol(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let is = |prefix: &str| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    ["https://", "http://"].into_iter().find(|prefix| is(prefix)).map(|prefix| at + prefix.len())
}

fn may_precede(before: Option<char>) -> bool {
    !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃' | '\u{fffe}' | '\u{feff}' | '\u{ffff}'))
}

fn with_protocol(text: &str, start: usize) -> Option<Link> {
    let end = host(text, start, is_host)?;
    let valid = resolvable(text.get(start..end)?);
    let slug = shortened(text, start, end);
    Some(slug.unwrap_or_else(|| Link { end: tail(text, end), valid }))
}

fn without(text: &str, start: usize) -> Option<Link> {
    let end = host(text, start, is_label)?;
    Some(Link { end: tail(text, end), valid: resolvable(text.get(start..end)?) })
}

/// X's own shortened links end after their slug, which has at most 40 characters.
fn shortened(text: &str, start: usize, end: usize) -> Option<Link> {
    let rest = text.get(end..)?.strip_prefix('/').filter(|_| text.get(start..end).is_some_and(|host| host.eq_ignore_ascii_case("t.co")))?;
    let slug = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    (slug > 0).then(|| Link { end: query(text, end + 1 + slug), valid: slug <= 40 })
}

/// The end of the longest host that begins at `start`: labels with dots between, the last of them a top-level domain.
fn host(text: &str, start: usize, within: fn(char) -> bool) -> Option<usize> {
    let rest = text.get(start..)?;
    let run = rest.get(..rest.find(|c| c != '.' && !within(c)).unwrap_or(rest.len()))?;
    let mut starts = vec![0];
    starts.extend(run.match_indices('.').map(|(dot, _)| dot + 1));
    let good = run.split('.').take_while(|label| is_domain_part(label)).count();
    (1..starts.len()).rev().filter(|last| *last <= good).find_map(|last| {
        let (domain, label) = (starts.get(last - 1)?, starts.get(last)?);
        let named = !run.get(*domain..*label)?.contains('_');
        named.then(|| top_level(rest.get(*label..)?)).flatten().map(|length| start + label + length)
    })
}

/// Labels neither begin nor end with a hyphen or underscore.
fn is_domain_part(label: &str) -> bool {
    let plain = |c: Option<char>| c.is_some_and(|c| !matches!(c, '-' | '_'));
    plain(label.chars().next()) && plain(label.chars().next_back())
}

/// Letters that X takes in a host without protocol: Latin ones only, so that a host can stand within Japanese text.
fn is_label(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || is_accented(c)
}

fn is_accented(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{24f}') && !matches!(c, '×' | '÷')
}

fn is_host(c: char) -> bool {
    let general_punctuation = matches!(c, '\u{2000}'..='\u{206f}');
    is_label(c) || !(c.is_ascii() || c.is_whitespace() || c.is_control() || general_punctuation || c == '\u{feff}')
}

/// The length of the top-level domain at the start of `rest`, if one stands there.
fn top_level(rest: &str) -> Option<usize> {
    const LONGEST: usize = 24;
    let ends = rest.char_indices().map(|(at, c)| (at, Some(c))).chain([(rest.len(), None)]).take(LONGEST + 1).skip(1);
    let may_end = |next: &Option<char>| !next.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-'));
    let mut all: Vec<usize> = ends.filter(|(_, next)| may_end(next)).map(|(end, _)| end).collect();
    all.reverse();
    let known = |end: &usize| rest.get(..*end).is_some_and(|name| is_top_level(&name.to_lowercase()));
    all.into_iter().find(known)
}

static TOP_LEVEL: LazyLock<Vec<&str>> = LazyLock::new(|| include_str!("tlds.txt").split_whitespace().collect());

fn is_top_level(name: &str) -> bool {
    TOP_LEVEL.binary_search(&name).is_ok()
        || name.strip_prefix("xn--").is_some_and(|code| !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

/// Port, path and query after a host.
fn tail(text: &str, host: usize) -> usize {
    let rest = text.get(host..).unwrap_or("");
    let digits = rest.strip_prefix(':').map_or(0, |rest| rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len());
    let port = if digits == 0 { host } else { host + 1 + digits };
    query(text, path(text, port))
}

fn path(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or("");
    if !rest.starts_with('/') {
        return start;
    }
    let (mut at, mut end) = (0, 0);
    while let Some(c) = rest.get(at..).and_then(|rest| rest.chars().next()) {
        if c == '(' {
            match parenthesis(rest.get(at..).unwrap_or("")) {
                Some(length) => at += length,
                None => break,
            }
            end = at;
        } else if is_path(c) {
            at += c.len_utf8();
            if is_path_end(c) {
                end = at;
            }
        } else {
            break;
        }
    }
    start + end
}

/// The length of `(…)` at the start, perhaps with one more pair inside.
fn parenthesis(rest: &str) -> Option<usize> {
    let (mut depth, mut inside) = (0, 0);
    for (at, c) in rest.char_indices() {
        match c {
            '(' if depth < 2 => depth += 1,
            ')' if depth == 1 => return (inside > 0).then_some(at + 1),
            ')' => depth -= 1,
            _ if is_path(c) => inside += 1,
            _ => return None,
        }
    }
    None
}

fn query(text: &str, start: usize) -> usize {
    let Some(rest) = text.get(start..).filter(|rest| rest.starts_with('?')) else { return start };
    let inside = |c: char| c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c);
    let run = rest.get(..rest.find(|c| !inside(c)).unwrap_or(rest.len())).unwrap_or("");
    let kept = run.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || "-_&=#/".contains(c))).len();
    if kept > 1 { start + kept } else { start }
}

fn is_path(c: char) -> bool {
    is_path_end(c) || "!*';:,.$%[]\u{2013}~@|&".contains(c)
}

fn is_path_end(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+-=_#/".contains(c) || is_accented(c) || matches!(c, '\u{400}'..='\u{4ff}')
}

/// Whether the host can exist: its labels have at most 63 bytes and it has at most 253, as the domain name system writes them (RFC 1035, RFC 5891).
fn resolvable(host: &str) -> bool {
    let lengths: Option<Vec<usize>> = host.split('.').map(encoded).collect();
    lengths.is_some_and(|lengths| lengths.iter().all(|length| *length <= 63) && lengths.iter().sum::<usize>() + lengths.len() <= 254)
}

/// Bytes of a label in the domain name system; `None` for one that pretends to be encoded already.
fn encoded(label: &str) -> Option<usize> {
    let pretends = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    match label.is_ascii() {
        true => Some(label.len()),
        false => (!pretends).then(|| "xn--".len() + punycode(label)),
    }
}

/// Bytes of the Punycode form (RFC 3492).
fn punycode(label: &str) -> usize {
    let chars: Vec<u32> = label.chars().flat_map(char::to_lowercase).map(u32::from).collect();
    let basic = chars.iter().filter(|c| **c < 128).count();
    let (mut length, mut handled) = (basic + usize::from(basic > 0), basic as u64);
    let (mut from, mut delta, mut bias) = (128_u32, 0_u64, 72_u64);
    while let Some(next) = chars.iter().copied().filter(|c| *c >= from).min() {
        delta += u64::from(next - from) * (handled + 1);
        for c in &chars {
            delta += u64::from(*c < next);
            if *c == next {
                length += digits(delta, bias);
                bias = adapted(delta, handled + 1, handled == basic as u64);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        from = next + 1;
    }
    length
}

/// How many digits a delta takes.
fn digits(delta: u64, bias: u64) -> usize {
    let (mut rest, mut at, mut count) = (delta, 36, 1);
    loop {
        let threshold = at.max(bias + 1).saturating_sub(bias).clamp(1, 26);
        if rest < threshold {
            return count;
        }
        rest = (rest - threshold) / (36 - threshold);
        (at, count) = (at + 36, count + 1);
    }
}

fn adapted(delta: u64, points: u64, first: bool) -> u64 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut at = 0;
    while delta > 455 {
        (delta, at) = (delta / 35, at + 36);
    }
    at + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_as_x_does() {
        for (text, links) in [
            ("See clinic.example.org/sleep, then rest.", vec!["clinic.example.org/sleep"]),
            ("(https://a.org/x_(y)?q=1).", vec!["https://a.org/x_(y)?q=1"]),
            ("HTTPS://A.ORG:8080/", vec!["HTTPS://A.ORG:8080/"]),
            ("睡眠sleep.jp睡眠 https://眠り.jp/x", vec!["sleep.jp", "https://眠り.jp/x"]),
            ("No link: notes.docx, 2.5, e.g. this, dr@clinic.org, @a.org, #a.org, $a.org", vec![]),
            ("http://-a.org http://a_.org http://xn--é.org http://nowhere.invalidtld", vec![]),
            ("https://t.co/abc's and https://t.co/abc?a=b", vec!["https://t.co/abc", "https://t.co/abc?a=b"]),
            ("https://a.org/x,,,!", vec!["https://a.org/x"]),
            ("Rest well.So do I", vec!["well.So"]),
        ] {
            let found: Vec<&str> = urls(text, true).into_iter().map(|span| span.of(text)).collect();
            assert_eq!(found, links, "{text}");
        }
        assert_eq!(urls("a.org https://a.org", false), [Span::new(6, 19)]);
    }

    #[test]
    fn hosts_that_cannot_exist_are_no_links() {
        let host = |n: usize| format!("https://{}.com", "a".repeat(n));
        assert_eq!((urls(&host(63), true).len(), urls(&host(64), true).len()), (1, 0));
        // RFC 3492 section 7.1, examples A, I and J, without the `xn--`.
        for (label, code) in [
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("porquénopuedensimplementehablarenespañol", "porqunopuedensimplementehablarenespaol-fmd56a"),
        ] {
            assert_eq!(punycode(label), code.len(), "{label}");
        }
    }

    #[test]
    fn the_list_of_domains_is_sorted() {
        assert!(TOP_LEVEL.is_sorted() && TOP_LEVEL.len() > 1400);
    }
}
