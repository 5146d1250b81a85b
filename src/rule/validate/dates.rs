//! Dates as people write them: 4/12/71, 2024-03-09, 3rd of March, Mar 3, 2024.

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether `text` is one calendar date; the order of day and month is open, the year may be absent.
pub(super) fn date(text: &str) -> bool {
    parts(text).is_some()
}

/// Whether `text` is a date whose year, of two digits or four, may be a year of birth.
pub(super) fn date_of_birth(text: &str) -> bool {
    parts(text).is_some_and(|year| year.is_some_and(|y| y < 100 || (1900..=2035).contains(&y)))
}

/// Whether such a day exists in such a month of some year.
pub(super) fn day_and_month(day: u32, month: u32) -> bool {
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=longest).contains(&day)
}

/// The year, if there is one, of what reads as a date.
fn parts(text: &str) -> Option<Option<u32>> {
    let month = month_named(text);
    let numbers: Vec<(u32, usize)> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|run| Some((run.parse().ok()?, run.len()))).collect();
    match (month, numbers.as_slice()) {
        (Some(month), [(day, 1 | 2)]) => day_and_month(*day, month).then_some(None),
        (Some(_), [(year, 4)]) => plausible(*year).then_some(Some(*year)),
        (Some(month), [(day, 1 | 2), (year, 2 | 4)] | [(year, 4), (day, 1 | 2)]) => {
            (day_and_month(*day, month) && plausible(*year)).then_some(Some(*year))
        }
        (None, [(year, 4), (month, 1 | 2), (day, 1 | 2)]) => (day_and_month(*day, *month) && plausible(*year)).then_some(Some(*year)),
        (None, [(a, 1 | 2), (b, 1 | 2), (year, 2 | 4)]) => (either_order(*a, *b) && plausible(*year)).then_some(Some(*year)),
        (None, [(a, 1 | 2), (b, 1 | 2)]) => either_order(*a, *b).then_some(None),
        _ => None,
    }
}

fn either_order(a: u32, b: u32) -> bool {
    day_and_month(a, b) || day_and_month(b, a)
}

fn plausible(year: u32) -> bool {
    year < 100 || (1800..=2100).contains(&year)
}

/// The month, 1 to 12, that a word of `text` names in full or shortened.
fn month_named(text: &str) -> Option<u32> {
    const NAMES: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let named = |word: &str| {
        let word = word.to_ascii_lowercase();
        let at = MONTHS.iter().position(|month| word.starts_with(month))?;
        let whole = NAMES.get(at).is_some_and(|name| name.starts_with(&word)) || word == "sept";
        whole.then(|| u32::try_from(at + 1).ok())?
    };
    text.split(|c: char| !c.is_ascii_alphabetic()).find_map(named)
}

#[cfg(test)]
mod tests {
    use crate::rule::validate::Validator::{Date, DateOfBirth};

    #[test]
    fn reads_dates_in_every_shape() {
        for text in [
            "4/12/71",
            "12/31",
            "31/12",
            "2024-03-09",
            "09.03.2024",
            "March 3rd",
            "3rd of March",
            "Mar 3, 2024",
            "17-Feb-2023",
            "Sept 15th, 2023",
            "Jan 1st '23",
            "March 2022",
            "29 Feb",
            "2/29",
        ] {
            assert!(Date.accepts(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_only_looks_like_a_date() {
        for text in ["120/80", "13/13", "30 February", "32/1/2020", "5", "2021", "marching 4", "1/2/3/4", "", "99999999999/1", "3/4/1207"] {
            assert!(!Date.accepts(text), "{text}");
        }
    }

    #[test]
    fn a_birth_date_has_a_year() {
        for (text, want) in [("4/12/71", true), ("4 Dec 1971", true), ("4/12", false), ("4 Dec 1871", false), ("1971-12-04", true)] {
            assert_eq!(DateOfBirth.accepts(text), want, "{text}");
        }
    }
}
