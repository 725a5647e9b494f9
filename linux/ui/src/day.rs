//! How far a day is from today: numbers, which the screens put into words.

use chrono::{Datelike, NaiveDate};

use crate::Day;

/// `day` as seen on `today`.
pub(crate) fn day(day: NaiveDate, today: NaiveDate) -> Day {
    let ago = (today - day).num_days();
    Day {
        // A clock that was set back does not make a meeting of tomorrow.
        ago: i32::try_from(ago.max(0)).unwrap_or(i32::MAX),
        weekday: i32::try_from(day.weekday().num_days_from_monday()).unwrap_or_default(),
        day: i32::try_from(day.day()).unwrap_or_default(),
        month: i32::try_from(day.month()).unwrap_or_default(),
        year: day.year(),
        other_year: day.year() != today.year(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    #[test]
    fn yesterday_is_one_day_ago_across_a_year() {
        let found = day(on(2026, 12, 31), on(2027, 1, 1));
        assert_eq!((found.ago, found.day, found.month, found.year), (1, 31, 12, 2026));
        assert!(found.other_year);
    }

    #[test]
    fn a_day_ahead_counts_as_today() {
        assert_eq!(day(on(2026, 11, 25), on(2026, 11, 24)).ago, 0);
    }

    #[test]
    fn the_first_of_january_2026_was_a_thursday() {
        assert_eq!(day(on(2026, 1, 1), on(2026, 1, 1)).weekday, 3);
    }
}
