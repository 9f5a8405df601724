//! Working time: the hours in which offices work, with public holidays and the weekends that are worked for them.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::calendar::{day_after, day_of, start_of_day};

vocabulary! {
    /// What a day is, where the week does not say it.
    pub enum DayKind {
        /// Nobody works, though the week says so (放假).
        Holiday = "holiday",
        /// A Saturday or Sunday that is worked for a holiday (调休上班).
        WorkingDay = "working_day",
    }
}

use DayKind::{Holiday, WorkingDay};

/// Days from one to another of a year that are of one kind.
type Days = ((i32, u32, u32), u32, DayKind);

/// The State Council's arrangements for 2025 (国办发明电〔2024〕12号) and 2026 (国办发明电〔2025〕7号): the first day, how many, and what
/// they are. A later year is entered when it is published; until then its weeks hold.
pub const BUILT_IN: &[Days] = &[
    ((2025, 1, 1), 1, Holiday),
    ((2025, 1, 26), 1, WorkingDay),
    ((2025, 1, 28), 8, Holiday),
    ((2025, 2, 8), 1, WorkingDay),
    ((2025, 4, 4), 3, Holiday),
    ((2025, 4, 27), 1, WorkingDay),
    ((2025, 5, 1), 5, Holiday),
    ((2025, 5, 31), 3, Holiday),
    ((2025, 9, 28), 1, WorkingDay),
    ((2025, 10, 1), 8, Holiday),
    ((2025, 10, 11), 1, WorkingDay),
    ((2026, 1, 1), 3, Holiday),
    ((2026, 1, 4), 1, WorkingDay),
    ((2026, 2, 14), 1, WorkingDay),
    ((2026, 2, 15), 9, Holiday),
    ((2026, 2, 28), 1, WorkingDay),
    ((2026, 4, 4), 3, Holiday),
    ((2026, 5, 1), 5, Holiday),
    ((2026, 5, 9), 1, WorkingDay),
    ((2026, 6, 19), 3, Holiday),
    ((2026, 9, 20), 1, WorkingDay),
    ((2026, 9, 25), 3, Holiday),
    ((2026, 10, 1), 7, Holiday),
    ((2026, 10, 10), 1, WorkingDay),
];

/// Offices work from 9 to 17 o'clock.
const OPENS: TimeDelta = TimeDelta::hours(9);
const WORKING_DAY: TimeDelta = TimeDelta::hours(8);
/// No run of days without work is longer.
const LONGEST_SEARCH: usize = 1_000;

/// When offices work in a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    zone: Tz,
    exceptions: BTreeMap<NaiveDate, DayKind>,
}

impl WorkCalendar {
    /// The built-in arrangements, and above them what the operator entered.
    pub fn new(zone: Tz, entered: impl IntoIterator<Item = (NaiveDate, DayKind)>) -> Self {
        let mut exceptions: BTreeMap<NaiveDate, DayKind> = BTreeMap::new();
        for ((year, month, day), length, kind) in BUILT_IN {
            let first = NaiveDate::from_ymd_opt(*year, *month, *day);
            let length = usize::try_from(*length).unwrap_or_default();
            exceptions.extend(
                first
                    .into_iter()
                    .flat_map(|first| first.iter_days().take(length))
                    .map(|day| (day, *kind)),
            );
        }
        exceptions.extend(entered);
        Self { zone, exceptions }
    }

    /// The days that are not as the week says.
    pub fn exceptions(&self) -> impl Iterator<Item = (NaiveDate, DayKind)> {
        self.exceptions.iter().map(|(day, kind)| (*day, *kind))
    }

    /// The zone in which its days begin.
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether nobody works, though the week may say so.
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        self.exceptions.get(&day) == Some(&Holiday)
    }

    pub fn is_worked(&self, day: NaiveDate) -> bool {
        match self.exceptions.get(&day) {
            Some(kind) => *kind == WorkingDay,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// The instant at which `days` working days have been worked since `from`: one begun at noon ends at noon of the next.
    pub fn after_working_days(&self, from: DateTime<Utc>, days: i32) -> DateTime<Utc> {
        let mut left = WORKING_DAY * days;
        let mut day = day_of(from, self.zone);
        for _ in 0..LONGEST_SEARCH {
            if self.is_worked(day) {
                let opens_at = start_of_day(day, self.zone) + OPENS;
                let closes_at = opens_at + WORKING_DAY;
                let begins_at = from.max(opens_at);
                let worked = (closes_at - begins_at).max(TimeDelta::zero());
                if left <= worked {
                    return begins_at + left;
                }
                left -= worked;
            }
            day = day_after(day);
        }
        start_of_day(day, self.zone) + OPENS
    }

    /// Whether offices work at `at`.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone);
        let since_midnight = local.time() - NaiveTime::MIN;
        self.is_worked(local.date_naive()) && (OPENS..OPENS + WORKING_DAY).contains(&since_midnight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn calendar() -> WorkCalendar {
        WorkCalendar::new(chrono_tz::Asia::Shanghai, [])
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}+08:00").parse().unwrap()
    }

    #[test]
    fn a_working_day_from_noon_ends_at_noon() {
        assert_eq!(
            calendar().after_working_days(at("2026-11-24T12:00:00"), 1),
            at("2026-11-25T12:00:00")
        );
    }

    #[test]
    fn a_weekend_is_not_counted() {
        assert_eq!(
            calendar().after_working_days(at("2026-11-27T16:00:00"), 1),
            at("2026-11-30T16:00:00")
        );
        assert_eq!(
            calendar().after_working_days(at("2026-11-28T08:00:00"), 1),
            at("2026-11-30T17:00:00")
        );
    }

    #[test]
    fn the_spring_festival_is_skipped_and_the_saturday_worked_for_it_counts() {
        let calendar = calendar();
        assert_eq!(
            calendar.after_working_days(at("2026-02-13T17:00:00"), 1),
            at("2026-02-14T17:00:00")
        );
        assert_eq!(
            calendar.after_working_days(at("2026-02-14T17:00:00"), 1),
            at("2026-02-24T17:00:00")
        );
        assert!(!calendar.is_worked(NaiveDate::from_ymd_opt(2026, 2, 23).unwrap()));
    }

    #[test]
    fn what_the_operator_enters_overrides_the_week() {
        let day = NaiveDate::from_ymd_opt(2027, 2, 8).unwrap();
        let calendar = WorkCalendar::new(chrono_tz::Asia::Shanghai, [(day, Holiday)]);
        assert!(!calendar.is_worked(day));
        assert!(!calendar.is_open(at("2027-02-08T10:00:00")));
        assert!(calendar.is_open(at("2027-02-09T10:00:00")));
    }

    proptest! {
        #[test]
        fn a_deadline_lies_in_working_time_and_later_starts_never_end_earlier(minutes in 0i64..600_000, days in 1i32..15, step in 0i64..3_000) {
            let calendar = calendar();
            let from = at("2025-06-01T00:00:00") + TimeDelta::minutes(minutes);
            let due = calendar.after_working_days(from, days);
            prop_assert!(calendar.is_open(due - TimeDelta::seconds(1)));
            prop_assert!(calendar.after_working_days(from + TimeDelta::minutes(step), days) >= due);
        }
    }
}
