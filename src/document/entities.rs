//! Reads HTML character references: `&amp;`, `&nbsp;`, `&#39;`, `&#x27;`.

/// The character that `rest`, which begins with `&`, spells, and the bytes it takes. An escaped escape (`&amp;amp;`) is read to its end.
pub(super) fn decode(rest: &str) -> Option<(char, usize)> {
    let (mut c, mut len) = once(rest.strip_prefix('&')?)?;
    while c == '&' {
        let Some((next, more)) = rest.get(len..).and_then(once) else { break };
        c = next;
        len += more - 1;
    }
    Some((c, len))
}

/// Reads what follows an ampersand; the length counts the ampersand.
fn once(after: &str) -> Option<(char, usize)> {
    closed(after).or_else(|| open_ended(after))
}

/// Reads a reference with its semicolon.
fn closed(after: &str) -> Option<(char, usize)> {
    let end = after.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = after.get(..end)?;
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| !c.is_control() || *c == '\n')?
        }
        None => NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c)?,
    };
    Some((c, end + 2))
}

/// Reads a reference without its semicolon as browsers do: a number up to the last of its digits, and the two names that hide in words. Longer
/// lists of names would change what stands in links (`?a=1&copy=2`).
fn open_ended(after: &str) -> Option<(char, usize)> {
    for (name, c) in [("nbsp", '\u{a0}'), ("shy", '\u{ad}')] {
        if after.strip_prefix(name).is_some_and(|rest| !rest.starts_with('=')) {
            return Some((c, name.len() + 1));
        }
    }
    let number = after.strip_prefix('#')?;
    let (digits, base) = number.strip_prefix(['x', 'X']).map_or((number, 10), |hex| (hex, 16));
    let len = digits.chars().take(LONGEST).take_while(|c| c.is_digit(base)).count();
    let code = u32::from_str_radix(digits.get(..len)?, base).ok()?;
    let c = char::from_u32(code).filter(|c| !c.is_control())?;
    Some((c, 1 + after.len() - digits.len() + len))
}

/// Bytes of the longest name or number with its semicolon.
const LONGEST: usize = 17;

/// The names that editors and schedulers write.
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("minus", '−'),
    ("hellip", '…'),
    ("shy", '\u{ad}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("deg", '°'),
    ("micro", 'µ'),
    ("bull", '•'),
    ("middot", '·'),
    ("times", '×'),
    ("frac12", '½'),
    ("percnt", '%'),
    ("num", '#'),
    ("excl", '!'),
    ("eacute", 'é'),
    ("NewLine", '\n'),
    ("Tab", '\t'),
    ("NoBreak", '\u{2060}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("NonBreakingSpace", '\u{a0}'),
];
