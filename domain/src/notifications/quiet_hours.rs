//! The hours in which nothing but the inbox tells people anything.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::calendar::{day_after, day_of, instant_of};

/// Text that is not a time written `HH:MM`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time written HH:MM")]
pub struct NotATime(pub String);

/// A time of any day by the deployment's zone, to the minute; written `HH:MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "22:00"))]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// `None` unless `minutes` after midnight lie within a day.
    pub fn after_midnight(minutes: i64) -> Option<Self> {
        let seconds = u32::try_from(minutes.checked_mul(60)?).ok()?;
        NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).map(Self)
    }

    /// Whole minutes after midnight.
    pub fn minutes(self) -> i64 {
        i64::from(self.0.num_seconds_from_midnight() / 60)
    }

    /// When the clocks of `zone` show it on `day`.
    pub fn on(self, day: NaiveDate, zone: Tz) -> DateTime<Utc> {
        instant_of(day, self.0, zone)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        match NaiveTime::parse_from_str(&text, "%H:%M") {
            Ok(time) if text.len() == 5 => Ok(Self(time)),
            _ => Err(NotATime(text)),
        }
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.0.format("%H:%M").to_string()
    }
}

/// From one time of day until another, which may lie beyond midnight; none at all where both are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    pub from: TimeOfDay,
    pub to: TimeOfDay,
}

impl QuietHours {
    /// From ten in the evening until seven in the morning.
    pub fn usual() -> Self {
        let hour = |hour| TimeOfDay(NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
        Self { from: hour(22), to: hour(7) }
    }

    /// When the quiet hours end in which `at` lies; `None` if it lies in none.
    pub fn end_after(self, at: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let (TimeOfDay(from), TimeOfDay(to)) = (self.from, self.to);
        let time = at.with_timezone(&zone).time();
        let is_quiet =
            if from <= to { (from..to).contains(&time) } else { time >= from || time < to };
        let today = day_of(at, zone);
        let day = if time < to { today } else { day_after(today) };
        is_quiet.then(|| instant_of(day, to, zone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str) -> QuietHours {
        let time = |text: &str| TimeOfDay::try_from(text.to_owned()).unwrap();
        QuietHours { from: time(from), to: time(to) }
    }

    #[test]
    fn the_usual_quiet_hours_reach_beyond_midnight() {
        let end = |text| QuietHours::usual().end_after(at(text), ZONE);
        assert_eq!(end("2026-11-23T21:59:59+08:00"), None);
        assert_eq!(end("2026-11-23T22:00:00+08:00"), Some(at("2026-11-24T07:00:00+08:00")));
        assert_eq!(end("2026-11-24T06:59:59+08:00"), Some(at("2026-11-24T07:00:00+08:00")));
        assert_eq!(end("2026-11-24T07:00:00+08:00"), None);
    }

    #[test]
    fn quiet_hours_are_those_of_the_zone() {
        let night = at("2026-11-23T23:00:00+08:00");
        assert!(QuietHours::usual().end_after(night, ZONE).is_some());
        assert_eq!(QuietHours::usual().end_after(night, chrono_tz::Europe::Berlin), None);
    }

    #[test]
    fn quiet_hours_may_lie_within_a_day() {
        let noon = hours("12:00", "14:30");
        assert_eq!(noon.end_after(at("2026-11-23T11:59:00+08:00"), ZONE), None);
        let end = Some(at("2026-11-23T14:30:00+08:00"));
        assert_eq!(noon.end_after(at("2026-11-23T12:00:00+08:00"), ZONE), end);
        assert_eq!(noon.end_after(at("2026-11-23T14:30:00+08:00"), ZONE), None);
    }

    #[test]
    fn quiet_hours_without_length_are_none() {
        let none = hours("08:00", "08:00");
        for hour in ["00:00", "08:00", "23:59"] {
            assert_eq!(none.end_after(at(&format!("2026-11-23T{hour}:00+08:00")), ZONE), None);
        }
    }

    #[test]
    fn they_end_after_they_began_also_where_the_clocks_skip_an_hour() {
        // In Berlin the clocks go from two to three on this night.
        let begun = at("2026-03-29T01:30:00+01:00");
        let end = hours("22:00", "02:30").end_after(begun, chrono_tz::Europe::Berlin);
        assert_eq!(end, Some(at("2026-03-29T03:30:00+02:00")));
    }

    #[test]
    fn a_time_is_read_as_it_is_written() {
        let time = TimeOfDay::try_from("07:05".to_owned()).unwrap();
        assert_eq!(String::from(time), "07:05");
        assert_eq!(TimeOfDay::after_midnight(time.minutes()), Some(time));
        assert_eq!(TimeOfDay::after_midnight(24 * 60), None);
        assert_eq!(TimeOfDay::after_midnight(-1), None);
        for wrong in ["24:00", "7:05", "07:60", "+7:05", "07:05:00", ""] {
            assert!(TimeOfDay::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
