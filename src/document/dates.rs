//! Reads the dates and times that people and schedulers write, and says when the order of day and month is anybody's guess.

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Deserializer, de::Error};

/// What the first number of `3/4/2026` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// Day first, as in most of the world.
    Dmy,
    /// Month first, as in the United States.
    Mdy,
}

/// Why a date was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// Day and month could be either.
    Ambiguous,
    /// Not a date.
    Wrong,
}

/// A day of a pack or config, if one is given. The error says what is taken, not why the library of dates could not read it.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.trim().parse().map_err(|_| D::Error::custom("a day such as 2026-11-23"))).transpose()
}

/// The same for a time of day.
pub(crate) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    String::deserialize(deserializer)?.trim().parse().map_err(|_| D::Error::custom("a time of day such as \"22:00\""))
}

/// A date with an optional time: `2026-11-23`, `2026-11-23T10:00`, `2026/11/23 10:00`, `11/23/2026 2:30 PM`, `23.11.2026`, `Nov 23, 2026`. A time zone
/// is left out: schedules are compared as their author sees them. Without a time it is midnight.
pub(super) fn read(text: &str, order: Option<DateOrder>) -> Result<DateTime, Unread> {
    let mut parts = Parts::default();
    let spaced = split_at_t(text);
    for token in spaced.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()) {
        parts.take(token, order)?;
    }
    let date = parts.date()?;
    Ok(date.to_datetime(parts.time()?))
}

/// Which order a date shows by a number above twelve, if it shows any.
pub(super) fn shown_order(text: &str) -> Option<DateOrder> {
    let token = text.split_whitespace().next()?;
    let mut numbers = token.split(['/', '-']).map(|part| part.parse::<u16>().unwrap_or(0));
    match (numbers.next()?, numbers.next()?, numbers.next()?) {
        (13..=31, 1..=12, 1000..) => Some(DateOrder::Dmy),
        (1..=12, 13..=31, 1000..) => Some(DateOrder::Mdy),
        _ => None,
    }
}

/// `2026-11-23T10:00` with a space for the `T`.
fn split_at_t(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    text.char_indices()
        .map(|(at, c)| if matches!(c, 'T' | 't') && digit(at.checked_sub(1)) && digit(Some(at + 1)) { ' ' } else { c })
        .collect()
}

#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    clock: Option<(i8, i8, i8)>,
    afternoon: Option<bool>,
}

impl Parts {
    fn take(&mut self, token: &str, order: Option<DateOrder>) -> Result<(), Unread> {
        let lower = token.to_ascii_lowercase();
        if let Some(half) = half_of_day(&lower) {
            self.afternoon = Some(half);
        } else if lower.contains(':') {
            self.clock(&lower)?;
        } else if lower.contains(['-', '/', '.']) && lower.starts_with(|c: char| c.is_ascii_digit()) {
            self.numbers(&lower, order)?;
        } else if let Some(month) = month(&lower) {
            self.month = Some(month);
        } else {
            match lower.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<i16>() {
                Ok(day @ 1..=31) if self.day.is_none() => self.day = i8::try_from(day).ok(),
                Ok(year @ 1900..=2999) => self.year = Some(year),
                _ if matches!(lower.as_str(), "z" | "utc" | "gmt" | "at" | "+0000") || weekday(&lower) => {}
                _ => return Err(Unread::Wrong),
            }
        }
        Ok(())
    }

    /// `2026-11-23`, `11/23/2026`, `23.11.2026`.
    fn numbers(&mut self, token: &str, order: Option<DateOrder>) -> Result<(), Unread> {
        let numbers: Vec<i16> = token.split(['-', '/', '.']).map_while(|part| part.parse().ok()).collect();
        let [first, second, third] = numbers.as_slice() else { return Err(Unread::Wrong) };
        let (year, month, day) = match (*first, *second, *third) {
            (year @ 1900..=2999, month, day) => (year, month, day),
            (day, month, year) if token.contains('.') => (year, month, day),
            (a, b, year) => match (a > 12, b > 12, order) {
                (true, false, None | Some(DateOrder::Dmy)) | (false, false, Some(DateOrder::Dmy)) => (year, b, a),
                (false, true, None | Some(DateOrder::Mdy)) | (false, false, Some(DateOrder::Mdy)) => (year, a, b),
                (false, false, None) if a == b => (year, a, b),
                (false, false, None) => return Err(Unread::Ambiguous),
                _ => return Err(Unread::Wrong),
            },
        };
        self.year = Some(year).filter(|year| *year >= 1900);
        self.month = i8::try_from(month).ok();
        self.day = i8::try_from(day).ok();
        Ok(())
    }

    /// `10:00`, `2:30pm`, `10:00:00.000+02:00`.
    fn clock(&mut self, token: &str) -> Result<(), Unread> {
        let digits = token.trim_end_matches('z').split(['+', '-']).next().unwrap_or("");
        let (digits, half) = match digits.strip_suffix("am").or(digits.strip_suffix("a.m.")) {
            Some(digits) => (digits, Some(false)),
            None => match digits.strip_suffix("pm").or(digits.strip_suffix("p.m.")) {
                Some(digits) => (digits, Some(true)),
                None => (digits, None),
            },
        };
        self.afternoon = self.afternoon.or(half);
        let whole = digits.split('.').next().unwrap_or("");
        let numbers: Vec<i8> = whole.split(':').map(|part| part.parse().unwrap_or(-1)).collect();
        self.clock = match numbers.as_slice() {
            [hour, minute] => Some((*hour, *minute, 0)),
            [hour, minute, second] => Some((*hour, *minute, *second)),
            _ => return Err(Unread::Wrong),
        };
        Ok(())
    }

    fn date(&self) -> Result<Date, Unread> {
        match (self.year, self.month, self.day) {
            (Some(year), Some(month), Some(day)) => Date::new(year, month, day).map_err(|_| Unread::Wrong),
            _ => Err(Unread::Wrong),
        }
    }

    fn time(&self) -> Result<Time, Unread> {
        let (hour, minute, second) = self.clock.unwrap_or((0, 0, 0));
        let hour = match self.afternoon {
            Some(_) if !(1..=12).contains(&hour) => return Err(Unread::Wrong),
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
            None => hour,
        };
        Time::new(hour, minute, second, 0).map_err(|_| Unread::Wrong)
    }
}

fn half_of_day(token: &str) -> Option<bool> {
    match token {
        "am" | "a.m." => Some(false),
        "pm" | "p.m." => Some(true),
        _ => None,
    }
}

fn month(token: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    let token = token.trim_end_matches('.');
    let found = MONTHS.iter().zip(1..).find(|(name, _)| token.len() >= 3 && name.starts_with(token));
    found.map(|(_, number)| number)
}

fn weekday(token: &str) -> bool {
    ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().any(|day| token.starts_with(day)) && token.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let at = |text: &str| read(text, None).map(|d| d.to_string());
        for (text, want) in [
            ("2026-11-23", "2026-11-23T00:00:00"),
            ("2026-11-23T10:00", "2026-11-23T10:00:00"),
            ("2026-11-23T10:00:30.000Z", "2026-11-23T10:00:30"),
            ("2026-11-23T10:00:00+02:00", "2026-11-23T10:00:00"),
            ("2026/11/23 9:05", "2026-11-23T09:05:00"),
            ("11/23/2026 2:30 PM", "2026-11-23T14:30:00"),
            ("23/11/2026 12:00am", "2026-11-23T00:00:00"),
            ("1.2.2026", "2026-02-01T00:00:00"),
            ("Mon, Nov 3rd, 2026 10:00", "2026-11-03T10:00:00"),
            ("3/3/2026", "2026-03-03T00:00:00"),
        ] {
            assert_eq!(at(text).as_deref(), Ok(want), "{text}");
        }
        assert_eq!(at("3/4/2026"), Err(Unread::Ambiguous));
        assert_eq!(read("3/4/2026", Some(DateOrder::Mdy)).map(|d| d.month()), Ok(3));
        assert_eq!(read("3/4/2026", Some(DateOrder::Dmy)).map(|d| d.month()), Ok(4));
        for wrong in [
            "",
            "soon",
            "2026-13-01",
            "2026-02-30",
            "31/31/2026",
            "10:00",
            "2026-11-23 25:00",
            "2026-11-23 13:00 pm",
            "next Friday at 2 PM",
        ] {
            assert_eq!(at(wrong), Err(Unread::Wrong), "{wrong}");
        }
    }

    #[test]
    fn knows_what_decides_the_order() {
        assert_eq!(shown_order("23/11/2026 10:00"), Some(DateOrder::Dmy));
        assert_eq!(shown_order("11-23-2026"), Some(DateOrder::Mdy));
        assert_eq!(shown_order("2026-11-23"), None);
        assert_eq!(shown_order("3/4/2026"), None);
    }
}
