//! Tells a real identifier from digits that only look like one: check digits, shapes, published dummies.
//!
//! A validator sees what a pattern matched and answers yes or no. A yes is never evidence on its own (one US telephone
//! number in eleven passes the NHS check), so rules also ask for words around it. Numbers that are published as examples
//! (078-05-1120, 4111 1111 1111 1111), fictional telephone numbers (555-01xx) and public hotlines are refused.

mod contact;
mod dates;
mod national;

use serde::{Deserialize, Serialize};

/// A named test for what a pattern matched; `check:` in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// US Social Security number: area, group and serial that were ever issued.
    UsSsn,
    /// US individual taxpayer number: 9xx with an issued group.
    UsItin,
    /// US National Provider Identifier: Luhn over 80840 and the number.
    UsNpi,
    /// US Drug Enforcement Administration number.
    UsDea,
    /// US Medicare Beneficiary Identifier: its format; it has no check digit.
    UsMbi,
    /// NHS number of England, Wales and the Isle of Man: modulo 11.
    UkNhs,
    /// Community Health Index number of Scotland: a date of birth, then modulo 11.
    UkChi,
    /// UK National Insurance number: prefixes in use.
    UkNino,
    /// Ontario health card: Luhn.
    CaOhip,
    /// British Columbia personal health number: begins with 9, modulo 11.
    CaBcPhn,
    /// Quebec health card: letters of the name and a date of birth.
    CaRamq,
    /// Canadian Social Insurance Number: Luhn.
    CaSin,
    /// Australian Medicare card: weights 1 3 7 9.
    AuMedicare,
    /// Australian Individual Healthcare Identifier: 800360, Luhn.
    AuIhi,
    /// Australian veterans' file number: state letter, war code, digits.
    AuDva,
    /// The Luhn check digit over any number of digits from two on.
    Luhn,
    /// A payment card: issuer's first digits, length and Luhn.
    PaymentCard,
    /// A calendar date in digits or with a month's name.
    Date,
    /// A calendar date with a year in which a living person may have been born.
    DateOfBirth,
    /// A North American telephone number that may reach a private person.
    PhoneUs,
    /// A telephone number of any country that may reach a private person.
    PhoneIntl,
    /// An IPv4 or IPv6 address that is not loopback or unspecified.
    IpAddress,
    /// An e-mail address.
    Email,
    /// A vehicle identification number.
    Vin,
}

impl Validator {
    /// Every validator, with the name that packs use.
    pub const ALL: [(&'static str, Self); 24] = [
        ("us-ssn", Self::UsSsn),
        ("us-itin", Self::UsItin),
        ("us-npi", Self::UsNpi),
        ("us-dea", Self::UsDea),
        ("us-mbi", Self::UsMbi),
        ("uk-nhs", Self::UkNhs),
        ("uk-chi", Self::UkChi),
        ("uk-nino", Self::UkNino),
        ("ca-ohip", Self::CaOhip),
        ("ca-bc-phn", Self::CaBcPhn),
        ("ca-ramq", Self::CaRamq),
        ("ca-sin", Self::CaSin),
        ("au-medicare", Self::AuMedicare),
        ("au-ihi", Self::AuIhi),
        ("au-dva", Self::AuDva),
        ("luhn", Self::Luhn),
        ("payment-card", Self::PaymentCard),
        ("date", Self::Date),
        ("date-of-birth", Self::DateOfBirth),
        ("phone-us", Self::PhoneUs),
        ("phone-intl", Self::PhoneIntl),
        ("ip-address", Self::IpAddress),
        ("email", Self::Email),
        ("vin", Self::Vin),
    ];

    /// Finds a validator by the name that packs use.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, validator)| *validator)
    }

    /// The name that packs use.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, validator)| *validator == self).map_or("", |(name, _)| name)
    }

    /// Whether `text`, exactly what a pattern matched, is such an identifier. Spaces, hyphens and points between its
    /// characters do not matter, nor does case.
    pub fn accepts(self, text: &str) -> bool {
        let text = text.trim();
        match self {
            Self::UsSsn => national::us_ssn(text),
            Self::UsItin => national::us_itin(text),
            Self::UsNpi => national::us_npi(text),
            Self::UsDea => national::us_dea(text),
            Self::UsMbi => national::us_mbi(text),
            Self::UkNhs => national::uk_nhs(text),
            Self::UkChi => national::uk_chi(text),
            Self::UkNino => national::uk_nino(text),
            Self::CaOhip => national::ca_ohip(text),
            Self::CaBcPhn => national::ca_bc_phn(text),
            Self::CaRamq => national::ca_ramq(text),
            Self::CaSin => national::ca_sin(text),
            Self::AuMedicare => national::au_medicare(text),
            Self::AuIhi => national::au_ihi(text),
            Self::AuDva => national::au_dva(text),
            Self::Luhn => luhn(&digits(text)),
            Self::PaymentCard => contact::payment_card(text),
            Self::Date => dates::date(text),
            Self::DateOfBirth => dates::date_of_birth(text),
            Self::PhoneUs => contact::phone_us(text),
            Self::PhoneIntl => contact::phone_intl(text),
            Self::IpAddress => contact::ip_address(text),
            Self::Email => contact::email(text),
            Self::Vin => contact::vin(text),
        }
    }
}

/// The decimal digits of `text`, as values.
fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The letters and digits of `text` in upper case: separators removed.
fn compact(text: &str) -> Vec<char> {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1, annex B). All zeros are refused.
fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| if d > 4 { 2 * d - 9 } else { 2 * d };
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, &d)| if place % 2 == 1 { doubled(d) } else { d }).sum();
    digits.len() > 1 && digits.iter().any(|&d| d > 0) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn packs_and_code_use_the_same_names() {
        for (name, validator) in Validator::ALL {
            assert_eq!(serde_json::to_string(&validator).unwrap(), format!("\"{name}\""));
            assert_eq!(Validator::named(name), Some(validator));
            assert_eq!(validator.name(), name);
        }
        assert_eq!(Validator::named("us-ssn "), None);
    }

    #[test]
    fn luhn_knows_its_check_digit() {
        for (text, want) in [("79927398713", true), ("79927398710", false), ("0000000000", false), ("7", false), ("", false), ("18", true)]
        {
            assert_eq!(Validator::Luhn.accepts(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,40}", shaped in "[A-Za-z]{0,4}[0-9 .:/-]{0,24}[A-Za-z]{0,2}") {
            for (_, validator) in Validator::ALL {
                validator.accepts(&text);
                validator.accepts(&shaped);
            }
        }
    }
}
