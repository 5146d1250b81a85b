//! Numbers that a state or a health service gives to a person or prescriber.

use super::{compact, dates, digits, luhn};

/// Numbers printed in advertisements and manuals; nobody's.
const SSN_DUMMIES: [&str; 3] = ["078051120", "219099999", "457555462"];

/// 20 CFR 422.103: areas 000, 666 and 900-999, group 00 and serial 0000 were never issued.
pub(super) fn us_ssn(text: &str) -> bool {
    let plain: String = compact(text).into_iter().collect();
    let Some((area, group, serial)) = nine(text) else { return false };
    let issued = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
    issued && !SSN_DUMMIES.contains(&plain.as_str()) && !same_digits(&digits(text))
}

/// An ITIN begins with 9; its group is 50-65, 70-88, 90-92 or 94-99 (IRS). 987-65-4320 to 4329 are for advertisements.
pub(super) fn us_itin(text: &str) -> bool {
    let Some((area, group, serial)) = nine(text) else { return false };
    let advertised = area == 987 && group == 65 && (4320..=4329).contains(&serial);
    (900..=999).contains(&area) && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99) && !advertised
}

/// CMS: ten digits, the first 1 or 2, Luhn over 80840 and the number.
pub(super) fn us_npi(text: &str) -> bool {
    let number = digits(text);
    let prefixed: Vec<u32> = [8, 0, 8, 4, 0].iter().chain(&number).copied().collect();
    number.len() == 10 && matches!(number.first(), Some(1 | 2)) && luhn(&prefixed)
}

/// Two letters (the second may be 9) and seven digits; (d1 + d3 + d5 + 2 (d2 + d4 + d6)) modulo 10 is d7.
pub(super) fn us_dea(text: &str) -> bool {
    let all = compact(text);
    let [first, second, number @ ..] = all.as_slice() else { return false };
    let number: Vec<u32> = number.iter().filter_map(|c| c.to_digit(10)).collect();
    let shaped = all.len() == 9 && first.is_ascii_uppercase() && (second.is_ascii_uppercase() || *second == '9') && number.len() == 7;
    shaped && weighted(&number, &[1, 2, 1, 2, 1, 2]) % 10 == number.last().copied().unwrap_or(10)
}

/// CMS, "Understanding the Medicare Beneficiary Identifier": eleven places, no S L O I B Z; 1EG4-TE5-MK73 is the sample card.
pub(super) fn us_mbi(text: &str) -> bool {
    let all = compact(text);
    let letter = |c: char| c.is_ascii_uppercase() && !"SLOIBZ".contains(c);
    let fits = all.len() == 11
        && all.iter().zip("CAXNAXNAANN".chars()).all(|(&c, place)| match place {
            'C' => ('1'..='9').contains(&c),
            'A' => letter(c),
            'N' => c.is_ascii_digit(),
            _ => letter(c) || c.is_ascii_digit(),
        });
    // The sample is printed with either of two endings.
    fits && !["1EG4TE5MK72", "1EG4TE5MK73"].contains(&all.iter().collect::<String>().as_str())
}

/// NHS Data Dictionary: weights 10 to 2, 11 minus the sum modulo 11; 999 is the range for tests.
pub(super) fn uk_nhs(text: &str) -> bool {
    let number = digits(text);
    modulo_11(&number) && !number.starts_with(&[9, 9, 9]) && !same_digits(&number)
}

/// Six digits of a date of birth, then as an NHS number.
pub(super) fn uk_chi(text: &str) -> bool {
    let number = digits(text);
    let [d1, d2, m1, m2, ..] = number.as_slice() else { return false };
    modulo_11(&number) && dates::day_and_month(d1 * 10 + d2, m1 * 10 + m2)
}

/// HMRC manual NIM39110: prefixes never used; QQ is the printed dummy.
pub(super) fn uk_nino(text: &str) -> bool {
    let all = compact(text);
    let [first, second, number @ .., last] = all.as_slice() else { return false };
    let prefix: String = [*first, *second].iter().collect();
    let letters = first.is_ascii_uppercase() && second.is_ascii_uppercase() && *second != 'O';
    let used =
        !"DFIQUV".contains(*first) && !"DFIQUV".contains(*second) && !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&prefix.as_str());
    letters && used && number.len() == 6 && number.iter().all(char::is_ascii_digit) && ('A'..='D').contains(last)
}

/// Ten digits, Luhn, then perhaps a version of one or two letters.
pub(super) fn ca_ohip(text: &str) -> bool {
    let all = compact(text);
    let number = digits(text);
    let version: Vec<&char> = all.iter().skip(10).collect();
    number.len() == 10 && version.len() <= 2 && version.iter().all(|c| c.is_ascii_uppercase()) && luhn(&number)
}

/// BC Ministry of Health, PHN check digit: weights 2 4 8 5 10 9 7 3 on the second to ninth digit, each product modulo 11.
pub(super) fn ca_bc_phn(text: &str) -> bool {
    let number = digits(text);
    let [9, middle @ .., check] = number.as_slice() else { return false };
    let sum: u32 = middle.iter().zip([2, 4, 8, 5, 10, 9, 7, 3]).map(|(d, w)| d * w % 11).sum();
    middle.len() == 8 && (11 - sum % 11) % 11 == *check
}

/// Three letters of the surname, one of the given name, year, month (50 more for women), day, two more digits.
pub(super) fn ca_ramq(text: &str) -> bool {
    let all = compact(text);
    let letters = all.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let number = digits(text);
    let [_, _, m1, m2, d1, d2, ..] = number.as_slice() else { return false };
    let month = m1 * 10 + m2;
    let month = if month > 50 { month - 50 } else { month };
    letters == 4 && all.len() == 12 && number.len() == 8 && dates::day_and_month(d1 * 10 + d2, month)
}

/// Nine digits, Luhn, not beginning with 0 or 8; 046 454 286 and 130 692 544 are printed examples.
pub(super) fn ca_sin(text: &str) -> bool {
    let number = digits(text);
    let plain: String = compact(text).into_iter().collect();
    number.len() == 9 && !matches!(number.first(), Some(0 | 8)) && luhn(&number) && plain != "130692544"
}

/// Ten digits and perhaps the person's place on the card; the first is 2 to 6; weights 1 3 7 9 1 3 7 9, modulo 10, are the ninth.
pub(super) fn au_medicare(text: &str) -> bool {
    let number = digits(text);
    let shaped = matches!(number.len(), 10 | 11) && matches!(number.first(), Some(2..=6));
    shaped && weighted(&number, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == number.get(8).copied().unwrap_or(10)
}

/// Sixteen digits that begin with 800360 (individuals; 800361 and 800362 are clinicians and organisations), Luhn.
pub(super) fn au_ihi(text: &str) -> bool {
    let number = digits(text);
    number.len() == 16 && number.starts_with(&[8, 0, 0, 3, 6, 0]) && luhn(&number)
}

/// State letter, war code of letters, up to six digits, perhaps a letter for a dependant; no check digit.
pub(super) fn au_dva(text: &str) -> bool {
    let all = compact(text);
    let letters = all.iter().take_while(|c| c.is_ascii_uppercase()).count();
    let number = all.iter().skip(letters).take_while(|c| c.is_ascii_digit()).count();
    let rest: Vec<&char> = all.iter().skip(letters + number).collect();
    let state = all.first().is_some_and(|c| "NVQWST".contains(*c));
    let tail = rest.len() <= 1 && rest.iter().all(|c| c.is_ascii_uppercase());
    state && (1..=4).contains(&letters) && (2..=6).contains(&number) && letters + number <= 8 && tail
}

/// Nine digits as area, group and serial.
fn nine(text: &str) -> Option<(u32, u32, u32)> {
    let number = digits(text);
    let value = |part: &[u32]| part.iter().fold(0, |sum, d| sum * 10 + d);
    let (area, rest) = number.split_at_checked(3)?;
    let (group, serial) = rest.split_at_checked(2)?;
    (serial.len() == 4).then(|| (value(area), value(group), value(serial)))
}

fn modulo_11(number: &[u32]) -> bool {
    let check = (11 - weighted(number, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    number.len() == 10 && number.last() == Some(&check)
}

fn weighted(number: &[u32], weights: &[u32]) -> u32 {
    number.iter().zip(weights).map(|(d, w)| d * w).sum()
}

fn same_digits(number: &[u32]) -> bool {
    number.windows(2).all(|pair| pair.first() == pair.last())
}

#[cfg(test)]
mod tests {
    use crate::rule::validate::Validator::{self, *};

    #[test]
    fn knows_valid_from_invalid() {
        let table: &[(Validator, &[&str], &[&str])] = &[
            (UsSsn, &["536-90-4399", "536904399"], &["666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "000-12-3456", "12-34"]),
            (UsItin, &["912-70-1234"], &["912-66-1234", "812-70-1234", "987-65-4321"]),
            (UsNpi, &["1234567893", "1215930367"], &["1234567890", "3234567893", "123456789"]),
            (UsDea, &["AP5836727", "aj5184279", "F91234563"], &["AB4523763", "5836727", "APX836727"]),
            (UsMbi, &["2EG4-TE5-MK73", "9AA9AA9AA99"], &["1SG4TE5MK73", "0EG4TE5MK73", "1EG4TE5MK7"]),
            (UkNhs, &["943 476 5919", "9434765870", "4010232137"], &["9434765871", "943476587", "1111111111"]),
            (UkChi, &["0101010117", "0101701233"], &["9434765919", "0113010117"]),
            (UkNino, &["AB123456C", "ab 12 34 56 c"], &["BG123456A", "AO123456C", "AB123456E", "DA123456C"]),
            (CaOhip, &["9876543217", "1234-567-897", "1234567897 AB"], &["9876543210", "1234567897ABC"]),
            (CaBcPhn, &["9698 658 215"], &["9698 648 215", "8698658215"]),
            (CaRamq, &["TREM 5701 1515", "TREM57511515"], &["TREM57131515", "TRE 5701 1515"]),
            (CaSin, &["193-456-787"], &["193-456-788", "046454287"]),
            (AuMedicare, &["2123 45670 1", "2428 77813 2", "2123456701 1"], &["2950 30161 1", "1123456701"]),
            (AuIhi, &["8003600000000007", "8003 6012 3456 7894"], &["8003600000000008", "8003610000000006"]),
            (AuDva, &["NX123456", "VSM 12345", "QXX1234A"], &["AX1234", "NX1", "12345"]),
        ];
        for (validator, good, bad) in table {
            good.iter().for_each(|text| assert!(validator.accepts(text), "{validator:?} {text}"));
            bad.iter().for_each(|text| assert!(!validator.accepts(text), "{validator:?} {text}"));
        }
    }

    #[test]
    fn refuses_published_dummies() {
        let dummies = [
            (UsSsn, "078-05-1120"),
            (UsSsn, "219-09-9999"),
            (UsSsn, "457-55-5462"),
            (UsItin, "987-65-4320"),
            (UsMbi, "1EG4-TE5-MK73"),
            (UkNhs, "999 123 4578"),
            (UkNino, "QQ123456C"),
            (CaSin, "046 454 286"),
        ];
        for (validator, text) in dummies {
            assert!(!validator.accepts(text), "{text}");
        }
    }
}
