//! When a recurring service falls due.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::WorkCalendar;
use crate::{
    calendar::{day_after, day_of},
    notifications::TimeOfDay,
};

vocabulary! {
    /// A day of the week.
    pub enum Weekday {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

vocabulary! {
    /// Weather that an operator switches on for a center.
    pub enum Weather {
        RainOrSnow = "rain_or_snow",
    }
}

/// Days that make no rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotARhythm {
    #[error("a day of the month is 1 to 31")]
    DayOfMonth,
    #[error("one weekday at least is named")]
    NoWeekday,
}

/// 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = i32, minimum = 1, maximum = 31, example = 5))]
pub struct DayOfMonth(u32);

impl DayOfMonth {
    /// Whether it is `day`, or `day` is the last of a month that has fewer.
    fn is_on(self, day: NaiveDate) -> bool {
        day.day() == self.0 || (day.day() < self.0 && day_after(day).month() != day.month())
    }
}

impl TryFrom<u32> for DayOfMonth {
    type Error = NotARhythm;

    fn try_from(day: u32) -> Result<Self, NotARhythm> {
        if (1..=31).contains(&day) { Ok(Self(day)) } else { Err(NotARhythm::DayOfMonth) }
    }
}

impl From<DayOfMonth> for u32 {
    fn from(day: DayOfMonth) -> Self {
        day.0
    }
}

/// One weekday or more, each once, in the order of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Weekday>", into = "Vec<Weekday>")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = Vec<Weekday>, min_items = 1, max_items = 7))]
pub struct Weekdays(Vec<Weekday>);

impl Weekdays {
    fn holds(&self, day: NaiveDate) -> bool {
        let number = usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default();
        Weekday::ALL.get(number).is_some_and(|weekday| self.0.contains(weekday))
    }
}

impl TryFrom<Vec<Weekday>> for Weekdays {
    type Error = NotARhythm;

    fn try_from(mut days: Vec<Weekday>) -> Result<Self, NotARhythm> {
        days.sort_unstable();
        days.dedup();
        if days.is_empty() { Err(NotARhythm::NoWeekday) } else { Ok(Self(days)) }
    }
}

impl From<Weekdays> for Vec<Weekday> {
    fn from(days: Weekdays) -> Self {
        days.0
    }
}

/// How often a service recurs. Days and times are those of the deployment's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"kind": "weekly", "weekdays": ["monday", "friday"], "at": "10:40", "leaves_out_holidays": true})))]
pub enum Rhythm {
    /// Each month on this day; on its last where it has fewer.
    Monthly { day: DayOfMonth, at: TimeOfDay },
    /// Each week on these days.
    Weekly {
        weekdays: Weekdays,
        at: TimeOfDay,
        /// Whether it rests on public holidays, as the work calendar has them.
        #[serde(default)]
        leaves_out_holidays: bool,
    },
    /// On days for which an operator switched the weather on: at this time, or at once.
    OnWeather { weather: Weather, at: Option<TimeOfDay> },
}

impl Rhythm {
    /// The time at which it falls on `day`, if the calendar alone says that it does.
    fn time_on(&self, day: NaiveDate, calendar: &WorkCalendar) -> Option<TimeOfDay> {
        match self {
            Self::Monthly { day: number, at } => number.is_on(day).then_some(*at),
            Self::Weekly { weekdays, at, leaves_out_holidays } => {
                let rests = *leaves_out_holidays && calendar.is_holiday(day);
                (weekdays.holds(day) && !rests).then_some(*at)
            }
            Self::OnWeather { .. } => None,
        }
    }

    /// The weather that it waits for.
    pub const fn weather(&self) -> Option<Weather> {
        match self {
            Self::OnWeather { weather, .. } => Some(*weather),
            Self::Monthly { .. } | Self::Weekly { .. } => None,
        }
    }

    /// When it falls due from `from` on and before `to`, on days from `first` to `last`, the earliest first. The weather is not foreseen.
    ///
    /// A day has one occurrence at most: where the clocks are put forward over its time it comes an hour later, and where they show its
    /// time twice it comes the first time.
    pub fn occurrences<'a>(
        &'a self,
        (first, last): (NaiveDate, Option<NaiveDate>),
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        calendar: &'a WorkCalendar,
    ) -> impl Iterator<Item = DateTime<Utc>> + 'a {
        let zone = calendar.zone();
        // An occurrence that the clocks skip may come after its day.
        let begin = day_of(from, zone).checked_sub_days(Days::new(1)).unwrap_or(first).max(first);
        let end = day_of(to, zone).min(last.unwrap_or(NaiveDate::MAX));
        begin
            .iter_days()
            .take_while(move |day| *day <= end)
            .filter_map(move |day| Some(self.time_on(day, calendar)?.on(day, zone)))
            .filter(move |at| (from..to).contains(at))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use chrono_tz::{America::New_York, Asia::Shanghai, Australia::Lord_Howe, Tz};
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> TimeOfDay {
        text.to_owned().try_into().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn monthly(number: u32) -> Rhythm {
        Rhythm::Monthly { day: number.try_into().unwrap(), at: at("09:30") }
    }

    fn weekdays(days: &[Weekday], time: &str, leaves_out_holidays: bool) -> Rhythm {
        let weekdays = days.to_vec().try_into().unwrap();
        Rhythm::Weekly { weekdays, at: at(time), leaves_out_holidays }
    }

    /// The local times of the occurrences from one day until before another.
    fn times(rhythm: &Rhythm, from: &str, to: &str, zone: Tz) -> Vec<String> {
        let calendar = WorkCalendar::new(zone, []);
        let start = |text| at("00:00").on(day(text), zone);
        let found = rhythm.occurrences((day(from), None), (start(from), start(to)), &calendar);
        found
            .map(|at| at.with_timezone(&zone).naive_local().format("%m-%d %H:%M").to_string())
            .collect()
    }

    #[test]
    fn a_month_without_the_day_has_it_on_its_last() {
        let found = times(&monthly(31), "2027-01-01", "2027-05-01", Shanghai);
        assert_eq!(found, ["01-31 09:30", "02-28 09:30", "03-31 09:30", "04-30 09:30"]);
        assert_eq!(times(&monthly(5), "2028-02-01", "2028-03-01", Shanghai), ["02-05 09:30"]);
    }

    #[test]
    fn meals_rest_on_the_national_day_and_haircuts_need_not() {
        let meals = weekdays(&Weekday::ALL[..5], "10:40", true);
        let found = times(&meals, "2026-09-30", "2026-10-10", Shanghai);
        assert_eq!(found, ["09-30 10:40", "10-08 10:40", "10-09 10:40"]);
        let always = weekdays(&[Weekday::Friday], "10:40", false);
        assert_eq!(times(&always, "2026-10-01", "2026-10-09", Shanghai), ["10-02 10:40"]);
    }

    #[test]
    fn the_end_of_an_interval_belongs_to_the_next() {
        let (rhythm, calendar) = (monthly(5), WorkCalendar::new(Shanghai, []));
        let due = at("09:30").on(day("2027-01-05"), Shanghai);
        let days = (day("2026-01-01"), None);
        let hour = TimeDelta::hours(1);
        assert_eq!(rhythm.occurrences(days, (due - hour, due), &calendar).count(), 0);
        assert_eq!(rhythm.occurrences(days, (due, due + hour), &calendar).count(), 1);
    }

    #[test]
    fn a_time_that_the_clocks_skip_comes_an_hour_later_and_one_shown_twice_comes_once() {
        let daily = weekdays(Weekday::ALL, "02:30", false);
        let spring = times(&daily, "2027-03-13", "2027-03-16", New_York);
        assert_eq!(spring, ["03-13 02:30", "03-14 03:30", "03-15 02:30"]);
        let early = weekdays(Weekday::ALL, "01:30", false);
        let autumn = times(&early, "2027-11-06", "2027-11-09", New_York);
        assert_eq!(autumn, ["11-06 01:30", "11-07 01:30", "11-08 01:30"]);
    }

    #[test]
    fn the_weather_is_not_foreseen() {
        let rhythm = Rhythm::OnWeather { weather: Weather::RainOrSnow, at: None };
        assert!(times(&rhythm, "2026-01-01", "2027-01-01", Shanghai).is_empty());
        assert_eq!(rhythm.weather(), Some(Weather::RainOrSnow));
    }

    #[test]
    fn a_week_without_days_and_a_thirty_second_are_no_rhythm() {
        assert_eq!(Weekdays::try_from(Vec::new()), Err(NotARhythm::NoWeekday));
        assert_eq!(DayOfMonth::try_from(32), Err(NotARhythm::DayOfMonth));
        assert_eq!(DayOfMonth::try_from(0), Err(NotARhythm::DayOfMonth));
    }

    fn any_rhythm() -> impl Strategy<Value = Rhythm> {
        let time = (0i64..1440).prop_map(|minutes| TimeOfDay::after_midnight(minutes).unwrap());
        let days = prop::sample::subsequence(Weekday::ALL.to_vec(), 1..=7);
        prop_oneof![
            (1u32..=31, time.clone())
                .prop_map(|(day, at)| Rhythm::Monthly { day: day.try_into().unwrap(), at }),
            (days, time, any::<bool>()).prop_map(|(days, at, leaves_out_holidays)| {
                Rhythm::Weekly { weekdays: days.try_into().unwrap(), at, leaves_out_holidays }
            }),
        ]
    }

    proptest! {
        #[test]
        fn however_time_is_cut_each_day_has_its_occurrence_once(
            rhythm in any_rhythm(),
            zone in prop::sample::select(vec![Shanghai, New_York, Lord_Howe]),
            start in 0i64..1_000_000,
            cuts in prop::collection::vec(0i64..60 * 24 * 20, 1..30),
        ) {
            let calendar = WorkCalendar::new(zone, []);
            let from: DateTime<Utc> = "2025-06-01T00:00:00Z".parse().unwrap();
            let from = from + TimeDelta::minutes(start);
            let days = (day("2025-01-01"), None);
            let mut marks = vec![from];
            for cut in cuts {
                marks.push(marks[marks.len() - 1] + TimeDelta::minutes(cut));
            }
            let to = marks[marks.len() - 1];
            let whole: Vec<_> = rhythm.occurrences(days, (from, to), &calendar).collect();
            let pieces: Vec<_> = marks
                .windows(2)
                .flat_map(|cut| rhythm.occurrences(days, (cut[0], cut[1]), &calendar).collect::<Vec<_>>())
                .collect();
            prop_assert_eq!(&whole, &pieces);
            prop_assert!(whole.windows(2).all(|two| two[0] < two[1]));
            let expected = day_of(from, zone)
                .iter_days()
                .take_while(|day| *day <= day_of(to, zone))
                .filter_map(|day| Some(rhythm.time_on(day, &calendar)?.on(day, zone)))
                .filter(|at| *at >= from && *at < to)
                .count();
            prop_assert!(whole.len() == expected || whole.len() == expected + 1);
        }
    }
}
