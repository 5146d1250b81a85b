//! Reads UTF-8 that a program took for Windows-1252 and stored again: `donâ€™t`, `cafÃ©`. Drafts that went through e-mail or a spreadsheet are full of it.

use encoding_rs::WINDOWS_1252;

/// The character that `rest` begins with in this double encoding, and the bytes it takes.
pub(super) fn decode(rest: &str) -> Option<(char, usize)> {
    let mut chars = rest.chars();
    // Other first letters of such pairs are more often letters before a closing quotation mark (`CAFÉ»`).
    let need = match chars.next()? {
        'Â' | 'Ã' => 2,
        'â' => 3,
        'ð' => 4,
        _ => return None,
    };
    let mut bytes = [0_u8; 4];
    let mut len = 0;
    for (slot, c) in bytes.iter_mut().zip(rest.chars()).take(need) {
        *slot = byte(c)?;
        len += c.len_utf8();
    }
    let text = std::str::from_utf8(bytes.get(..need)?).ok()?;
    let only = text.chars().next().filter(|c| !c.is_control() && text.len() == c.len_utf8())?;
    Some((only, len))
}

/// The byte that Windows-1252, or Latin-1 where that has a gap, stores the character as.
fn byte(c: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(u32::from(c)) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    let (bytes, _, lossy) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    bytes.first().copied().filter(|_| !lossy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_double_encoding_and_nothing_else() {
        for (text, want) in [("â€™t", Some('’')), ("â\u{80}\u{99}t", Some('’')), ("Ã©", Some('é')), ("Â°", Some('°')), ("ðŸ™‚", Some('🙂'))]
        {
            assert_eq!(decode(text).map(|(c, _)| c), want, "{text}");
        }
        for text in ["âne", "Ã", "Âge", "É»", "pâté", "â"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
