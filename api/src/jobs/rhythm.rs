//! When a job is due again.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use chrono_tz::Tz;
use shijian_domain::calendar::{day_after, day_of, start_of_day};

/// How often a job runs, by the deployment's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// At every multiple of so many minutes.
    Minutes(i64),
    /// Each day so many minutes after midnight of the deployment's zone.
    Daily(i64),
}

/// How long after a run that failed the job is tried again, where it is not due before.
const AGAIN: TimeDelta = TimeDelta::minutes(5);

impl Rhythm {
    /// The first time after `now` at which the job is due. Times that passed while no server ran are not made up for: one run
    /// does the work of all of them.
    pub fn next_after(self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        match self {
            Self::Minutes(minutes) => {
                let step = TimeDelta::minutes(minutes.max(1));
                now.duration_trunc(step).unwrap_or(now) + step
            }
            Self::Daily(minutes) => {
                let today = day_of(now, zone);
                let at = |day| start_of_day(day, zone) + TimeDelta::minutes(minutes);
                if at(today) > now { at(today) } else { at(day_after(today)) }
            }
        }
    }

    /// When a job whose run failed at `now` is due again.
    pub fn again_after(self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.next_after(now, zone).min(now + AGAIN)
    }
}

impl std::fmt::Display for Rhythm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Minutes(minutes) => write!(formatter, "every {minutes} min"),
            Self::Daily(minutes) => {
                write!(formatter, "daily at {:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_frequent_job_is_due_at_the_next_multiple() {
        let next = Rhythm::Minutes(5).next_after(at("2026-11-23T10:05:00Z"), ZONE);
        assert_eq!(next, at("2026-11-23T10:10:00Z"));
    }

    #[test]
    fn a_daily_job_is_due_by_the_clock_of_the_zone() {
        // Half past midnight in Shanghai is 16:30 of the day before in UTC.
        let daily = Rhythm::Daily(30);
        assert_eq!(daily.next_after(at("2026-11-23T10:00:00Z"), ZONE), at("2026-11-23T16:30:00Z"));
        assert_eq!(daily.next_after(at("2026-11-23T16:30:00Z"), ZONE), at("2026-11-24T16:30:00Z"));
    }

    #[test]
    fn a_job_that_failed_is_tried_again_within_minutes() {
        let now = at("2026-11-23T10:00:30Z");
        assert_eq!(Rhythm::Daily(30).again_after(now, ZONE), at("2026-11-23T10:05:30Z"));
        assert_eq!(Rhythm::Minutes(1).again_after(now, ZONE), at("2026-11-23T10:01:00Z"));
    }
}
