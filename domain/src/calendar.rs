//! Days and months of the deployment's zone: rules that speak of a day mean a day there.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The day on which `at` falls in `zone`.
pub fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// The first instant of `day` in `zone`.
pub fn start_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    instant_of(day, NaiveTime::MIN, zone)
}

/// When the clocks of `zone` show `time` on `day`; an hour later where they skip it, the first time where they show it twice.
pub fn instant_of(day: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    let local = day.and_time(time);
    let shown = |local| zone.from_local_datetime(&local).earliest();
    shown(local)
        .or_else(|| shown(local + TimeDelta::hours(1)))
        .map_or_else(|| local.and_utc(), |shown| shown.with_timezone(&Utc))
}

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    first: NaiveDate,
}

/// Text that is not a month written `YYYY-MM`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a month written YYYY-MM")]
pub struct NotAMonth(pub String);

impl Month {
    pub fn containing(day: NaiveDate) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    pub fn of(at: DateTime<Utc>, zone: Tz) -> Self {
        Self::containing(day_of(at, zone))
    }

    /// The first day of the month.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self { first: self.first.checked_add_months(Months::new(months)).unwrap_or(self.first) }
    }

    #[must_use]
    pub fn minus(self, months: u32) -> Self {
        Self { first: self.first.checked_sub_months(Months::new(months)).unwrap_or(self.first) }
    }

    /// The first instant of the month in `zone`.
    pub fn start(self, zone: Tz) -> DateTime<Utc> {
        start_of_day(self.first, zone)
    }

    /// The first instant after the month in `zone`.
    pub fn end(self, zone: Tz) -> DateTime<Utc> {
        self.plus(1).start(zone)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.first.format("%Y-%m"))
    }
}

impl std::str::FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || NotAMonth(text.to_owned());
        if text.len() != 7 {
            return Err(refused());
        }
        NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")
            .map(Self::containing)
            .map_err(|_| refused())
    }
}

/// Whole years from `birth` to `day`: a person is a year older from the birthday on.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> u32 {
    day.years_since(birth).unwrap_or(0)
}

/// The day after `day`; the last representable day is its own successor.
pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    #[test]
    fn a_day_begins_at_midnight_of_the_zone() {
        let day = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        let start = start_of_day(day, ZONE);
        assert_eq!(start.to_rfc3339(), "2026-04-30T16:00:00+00:00");
        assert_eq!(day_of(start, ZONE), day);
    }

    #[test]
    fn a_month_is_read_as_it_is_written() {
        let month: Month = "2026-12".parse().unwrap();
        assert_eq!(month.to_string(), "2026-12");
        assert_eq!(month.plus(1).to_string(), "2027-01");
        assert!("2026-13".parse::<Month>().is_err());
        assert!("2026-1".parse::<Month>().is_err());
    }

    #[test]
    fn a_person_is_eighteen_on_the_birthday() {
        let born = NaiveDate::from_ymd_opt(2008, 11, 23).unwrap();
        let birthday = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        assert_eq!(age_on(born, birthday), 18);
        assert_eq!(age_on(born, birthday.pred_opt().unwrap()), 17);
    }
}
