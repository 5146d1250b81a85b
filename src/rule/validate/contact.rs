//! Ways to reach a person or a thing of theirs: telephone, e-mail, network address, card, vehicle.

use super::{compact, digits, luhn};
use std::net::IpAddr;

/// Area codes that anybody may call for free: a practice, a hotline, never a patient's own telephone.
const TOLL_FREE: [u32; 7] = [800, 833, 844, 855, 866, 877, 888];

/// Test numbers of the card networks and payment services.
const TEST_CARDS: [&str; 12] = [
    "4111111111111111",
    "4242424242424242",
    "4012888888881881",
    "4000056655665556",
    "5555555555554444",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "30569309025904",
];

/// Lines for the public outside North America: Samaritans, NHS 111, Lifeline, Childline, emergency numbers.
const HOTLINES: [&str; 9] = ["116123", "111", "131114", "08001111", "1300224636", "1800551800", "116117", "112", "988"];

/// Ten digits, or eleven with a leading 1: area and exchange begin with 2 to 9 and are no service codes (N11); not toll-free, not 555-01xx.
pub(super) fn phone_us(text: &str) -> bool {
    let all = digits(text);
    let number = match all.as_slice() {
        [1, rest @ ..] if rest.len() == 10 => rest,
        rest => rest,
    };
    let value = |from: usize, len: usize| number.iter().skip(from).take(len).fold(0, |sum, d| sum * 10 + d);
    let code = |n: u32| n >= 200 && n % 100 != 11;
    let (area, exchange, line) = (value(0, 3), value(3, 3), value(6, 4));
    let fictional = exchange == 555 && (100..200).contains(&line);
    number.len() == 10 && code(area) && code(exchange) && !TOLL_FREE.contains(&area) && !fictional
}

/// `+` or 00 and a country's code, or a national number that begins with 0: 8 to 15 digits in all; not a hotline, not a number reserved for drama.
pub(super) fn phone_intl(text: &str) -> bool {
    let number: String = digits(text).iter().map(u32::to_string).collect();
    let foreign = text.starts_with('+') || text.starts_with("00");
    if foreign && (number.starts_with('1') && !number.starts_with("00") || number.starts_with("001")) {
        return phone_us(number.trim_start_matches('0'));
    }
    let shaped = if foreign { (8..=17).contains(&number.len()) } else { number.starts_with('0') && (9..=12).contains(&number.len()) };
    shaped && !HOTLINES.contains(&number.as_str()) && !free_of_charge(&number) && !drama(&number)
}

/// UK 0800, 0808 and 0300, Australian 1800 and 1300 reach services.
fn free_of_charge(number: &str) -> bool {
    ["0800", "0808", "0300", "44800", "44808", "44300", "611800", "611300"].iter().any(|prefix| number.starts_with(prefix))
}

/// Ofcom and ACMA keep ranges for films: 07700 900xxx, 01632 960xxx, 020 7946 0xxx, 0491 570 xxx.
fn drama(number: &str) -> bool {
    let national = number
        .trim_start_matches("0044")
        .trim_start_matches("44")
        .trim_start_matches("0061")
        .trim_start_matches("61")
        .trim_start_matches('0');
    ["7700900", "1632960", "2079460", "491570", "255501", "355501"].iter().any(|prefix| national.starts_with(prefix))
}

/// One `@` between a local part and a domain of at least two labels, the last of two letters or more.
pub(super) fn email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let labels: Vec<&str> = domain.split('.').collect();
    let plain = |part: &str, signs: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    let top = labels.last().is_some_and(|label| label.len() > 1 && label.chars().all(|c| c.is_ascii_alphabetic()));
    plain(local, "._%+-'") && !local.starts_with('.') && labels.len() > 1 && top && labels.iter().all(|label| plain(label, "-"))
}

/// An address that could be somebody's: not 127.0.0.1, not 0.0.0.0, not a netmask.
pub(super) fn ip_address(text: &str) -> bool {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            !address.is_loopback() && !address.is_unspecified() && !address.is_broadcast() && address.octets().first() != Some(&255)
        }
        Ok(IpAddr::V6(address)) => !address.is_loopback() && !address.is_unspecified(),
        Err(_) => false,
    }
}

/// Issuer's first digits with the length that they imply (ISO/IEC 7812), Luhn; test cards are refused.
pub(super) fn payment_card(text: &str) -> bool {
    let number = digits(text);
    let plain: String = number.iter().map(u32::to_string).collect();
    let first4 = number.iter().take(4).fold(0, |sum, d| sum * 10 + d);
    let issued = match first4 {
        4000..=4999 => matches!(number.len(), 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => number.len() == 16,
        3400..=3499 | 3700..=3799 => number.len() == 15,
        3000..=3059 | 3600..=3699 | 3800..=3999 => matches!(number.len(), 14 | 16),
        3528..=3589 => matches!(number.len(), 16..=19),
        6011 | 6440..=6599 | 6200..=6299 => matches!(number.len(), 16..=19),
        5000..=5099 | 5600..=5899 | 6300..=6399 | 6700..=6799 => matches!(number.len(), 13..=19),
        _ => false,
    };
    issued && luhn(&number) && !TEST_CARDS.contains(&plain.as_str())
}

/// 49 CFR 565: seventeen letters and digits without I, O, Q, with letters and digits both. The check digit holds only for North American vehicles.
pub(super) fn vin(text: &str) -> bool {
    let all = compact(text);
    let letters = all.iter().filter(|c| c.is_ascii_uppercase()).count();
    all.len() == 17
        && !all.iter().any(|c| "IOQ".contains(*c))
        && (1..17).contains(&letters)
        && all.iter().rev().take(4).all(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use crate::rule::validate::Validator::{self, *};

    #[test]
    fn knows_private_from_public_and_fictional() {
        let table: &[(Validator, &[&str], &[&str])] = &[
            (
                PhoneUs,
                &["212-867-5309", "(212) 867 5309", "+1 212.867.5309", "2128675309", "415-555-1234"],
                &[
                    "555-555-0123",
                    "212-555-0188",
                    "1-800-662-4357",
                    "1-800-273-8255",
                    "1-800-222-1222",
                    "123-456-7890",
                    "212-911-5309",
                    "867-5309",
                ],
            ),
            (
                PhoneIntl,
                &["07911 123 456", "+44 7911 123456", "0412 345 678", "+61 412 345 678", "+49 170 1234567", "+1 212 867 5309"],
                &[
                    "07700 900123",
                    "+44 7700 900123",
                    "0491 570 156",
                    "116 123",
                    "13 11 14",
                    "0800 1111",
                    "+1 212 555 0123",
                    "12345",
                    "0300 123 3393",
                ],
            ),
            (Email, &["rosa.m@example.org", "a+b@x.co.uk"], &["rosa@", "@handle", "a@b", "a b@c.org", "a@b.c1", "a@@b.org"]),
            (IpAddress, &["203.0.113.22", "2001:db8::1"], &["127.0.0.1", "10.2.3", "256.1.1.1", "255.255.255.0", "::1"]),
            (
                PaymentCard,
                &["4539 5787 6362 1486", "371449635398449"],
                &["4111 1111 1111 1111", "4539 5787 6362 1487", "9999 9999 9999 9999"],
            ),
            (Vin, &["1HGCM82633A004352"], &["1HGCM82633A00435", "IHGCM82633A004352", "12345678901234567"]),
        ];
        for (validator, good, bad) in table {
            good.iter().for_each(|text| assert!(validator.accepts(text), "{validator:?} {text}"));
            bad.iter().for_each(|text| assert!(!validator.accepts(text), "{validator:?} {text}"));
        }
    }
}
