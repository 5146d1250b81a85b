//! The schedule as months: how many posts each day holds, and on which days something must be mended first.

use super::super::{PostInfo, Report, count};
use jiff::civil::Date;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

const WEEKDAYS: [(&str, &str); 7] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Thu", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The day on which a post is due, if it has one that can be read.
pub(super) fn day(post: &PostInfo) -> Option<Date> {
    post.scheduled.as_deref()?.get(..10)?.parse().ok()
}

/// Counts of one day.
#[derive(Default)]
struct Day {
    posts: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

/// The months in which posts are due; nothing when none has a date.
pub(super) fn section(report: &Report) -> Markup {
    let mut days: BTreeMap<Date, Day> = BTreeMap::new();
    for (date, post) in report.posts.iter().filter_map(|p| Some((day(p)?, p))) {
        let day = days.entry(date).or_default();
        day.posts += 1;
        day.errors += post.errors;
        day.warnings += post.warnings;
        day.infos += post.infos;
    }
    let months: BTreeSet<Date> = days.keys().map(|d| d.first_of_month()).collect();
    let undated = report.posts.iter().filter(|p| day(p).is_none()).count();
    html! {
        @if !days.is_empty() {
            section id="schedule" {
                h2 { "Schedule" }
                p { (risky(&days)) @if undated > 0 { " " (count(undated, "post")) " without a date." } }
                p.legend { "E: errors, W: warnings, I: info notes" }
                div.months { @for month in months { (table(month, &days)) } }
            }
        }
    }
}

fn risky(days: &BTreeMap<Date, Day>) -> String {
    let risky = days.values().filter(|d| d.errors + d.warnings > 0).count();
    match risky {
        0 => format!("None of {} with posts needs work.", count(days.len(), "day")),
        _ => format!("{risky} of {} with posts need work first.", count(days.len(), "day")),
    }
}

fn table(month: Date, days: &BTreeMap<Date, Day>) -> Markup {
    let name = usize::try_from(month.month() - 1).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or_default();
    html! {
        table.month {
            caption { (name) " " (month.year()) }
            thead { tr { @for (short, long) in WEEKDAYS { th scope="col" abbr=(long) { (short) } } } }
            tbody {
                @for week in weeks(month) {
                    tr { @for date in week {
                        @match date {
                            None => td.none {},
                            Some(date) => (cell(date, days.get(&date))),
                        }
                    } }
                }
            }
        }
    }
}

/// The weeks of a month, Monday first; `None` for days of its neighbours.
fn weeks(month: Date) -> Vec<Vec<Option<Date>>> {
    let before = usize::try_from(month.weekday().to_monday_zero_offset()).unwrap_or(0);
    let mut cells: Vec<Option<Date>> = vec![None; before];
    cells.extend(month.series(jiff::Span::new().days(1)).take(usize::try_from(month.days_in_month()).unwrap_or(31)).map(Some));
    cells.resize(cells.len().next_multiple_of(7), None);
    cells.chunks(7).map(<[_]>::to_vec).collect()
}

fn cell(date: Date, day: Option<&Day>) -> Markup {
    let number = html! { time datetime=(date) { (date.day()) } };
    let Some(day) = day else { return html! { td { (number) } } };
    let worst = [(day.errors, "error", "s-error"), (day.warnings, "warning", "s-warning"), (day.infos, "info", "s-info")];
    match worst.into_iter().find(|(n, ..)| *n > 0) {
        None => html! { td.due { (number) (posts(day)) span.badge.s-ok { "ok" } } },
        Some((n, noun, class)) => html! {
            td.due.(class) {
                (number) (posts(day))
                a.badge.(class) href={ "#only-day-" (date) } { (n) span.word { " " (noun) @if n > 1 && noun != "info" { "s" } } span.letter aria-hidden="true" { " " (letter(noun)) } }
            }
        },
    }
}

/// Colour alone tells nothing to many; a narrow screen has room for one letter.
fn letter(noun: &str) -> String {
    noun.chars().take(1).collect::<String>().to_uppercase()
}

fn posts(day: &Day) -> Markup {
    html! { span.posts-due { (day.posts) span.word { (if day.posts == 1 { " post" } else { " posts" }) } } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_begin_on_monday_and_hold_every_day_once() {
        for (month, first, weeks_expected) in [(date(2026, 11, 1), 6, 6), (date(2027, 2, 1), 0, 4), (date(2028, 2, 1), 1, 5)] {
            let weeks = weeks(month);
            assert_eq!(weeks.len(), weeks_expected);
            assert_eq!(weeks[0].iter().position(Option::is_some), Some(first));
            assert_eq!(weeks.iter().flatten().flatten().count(), usize::try_from(month.days_in_month()).unwrap());
        }
    }

    #[test]
    fn only_the_date_of_a_schedule_counts() {
        let on = |scheduled: &str| day(&PostInfo { scheduled: Some(scheduled.into()), ..PostInfo::default() });
        assert_eq!(on("2026-11-24T09:30+01:00"), Some(date(2026, 11, 24)));
        assert_eq!(on("2026-11-24"), Some(date(2026, 11, 24)));
        assert_eq!(on("24 Nov"), None);
        assert_eq!(on("2026-1é-24"), None);
    }
}
