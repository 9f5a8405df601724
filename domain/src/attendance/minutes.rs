//! How presence becomes minutes.

use super::flags::LONG_DAY;
use crate::{
    activities::{Period, SessionPlan},
    attendance::Flag,
    units::Minutes,
    venues::LeastShare,
};

/// Minutes that count on one day at most.
const MOST_A_DAY: Minutes = Minutes(480);

/// What a person has on the day besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayLedger {
    /// Presence in other sessions, as their records have it.
    pub elsewhere: Vec<Period>,
    /// Minutes that count already.
    pub counted: Minutes,
    /// Minutes served, whether they count or not.
    pub raw: Minutes,
    /// Minutes of earlier stays in the same session.
    pub here: Minutes,
    /// Those of them that don't count yet.
    pub waiting: Minutes,
}

/// What one stay is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Whole minutes within the session, less its breaks and what was served elsewhere at the same time.
    pub raw: Minutes,
    /// What of them counts on that day.
    pub credited: Minutes,
    pub flags: Vec<Flag>,
}

/// Minutes of `presence` in a session: the overlap with its times less its breaks; presence in overlapping sessions is a union, never a sum; whole
/// minutes rounded down; at most 480 a day. Below the center's least share of the session nothing counts; the stay that reaches it
/// counts with those before it.
pub fn served(
    presence: Period,
    plan: &SessionPlan,
    day: &DayLedger,
    least_share: LeastShare,
) -> Served {
    let within = presence.common(plan.when);
    let overlaps_elsewhere = day.elsewhere.iter().any(|other| other.overlaps(within));
    let taken: Vec<Period> = plan
        .breaks
        .iter()
        .chain(&day.elsewhere)
        .map(|other| other.common(within))
        .filter(|part| part.starts_at < part.ends_at)
        .collect();
    let raw = Minutes(((within.length() - union(taken)).num_minutes()).max(0));
    let room = Minutes((MOST_A_DAY.0 - day.counted.0).max(0));
    let mut flags = Vec::new();
    if overlaps_elsewhere {
        flags.push(Flag::Overlap);
    }
    if day.raw.0 + raw.0 > LONG_DAY.0 {
        flags.push(Flag::LongDay);
    }
    let whole = Minutes((plan.when.length() - union(plan.breaks.clone())).num_minutes());
    let credited = if least_share.is_reached(Minutes(raw.0 + day.here.0), whole) {
        Minutes(raw.0 + day.waiting.0).min(room)
    } else {
        Minutes::ZERO
    };
    Served { raw, credited, flags }
}

/// How long the periods are together, counting what they share once.
fn union(mut periods: Vec<Period>) -> chrono::TimeDelta {
    periods.sort_by_key(|period| period.starts_at);
    let mut total = chrono::TimeDelta::zero();
    let mut reached = None;
    for period in periods {
        let from = reached.map_or(period.starts_at, |end| period.starts_at.max(end));
        if period.ends_at > from {
            total += period.ends_at - from;
            reached = Some(period.ends_at);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::place::Location;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 / 3_600 * 3_600, 0).unwrap()
            + TimeDelta::minutes(minute)
    }

    fn period(from: i64, to: i64) -> Period {
        Period { starts_at: at(from), ends_at: at(to) }
    }

    /// Two hours, with a break of ten minutes after the first.
    fn plan() -> SessionPlan {
        SessionPlan {
            when: period(0, 120),
            breaks: vec![period(60, 70)],
            place: String::new(),
            location: Location { longitude: 0.0, latitude: 0.0 },
            signup_opens_at: None,
            signup_closes_at: None,
            check_in_radius: None,
            home_visit: false,
            high_risk: false,
            insurance_policy: None,
        }
    }

    fn counted(minutes: i64) -> DayLedger {
        DayLedger { counted: Minutes(minutes), ..DayLedger::default() }
    }

    fn raw(presence: Period) -> i64 {
        served(presence, &plan(), &DayLedger::default(), LeastShare::NONE).raw.0
    }

    #[test]
    fn only_the_time_within_the_session_and_outside_its_breaks_counts() {
        assert_eq!(raw(period(-20, 130)), 110);
        assert_eq!(raw(period(30, 65)), 30);
        assert_eq!(raw(period(62, 68)), 0);
        assert_eq!(raw(period(-30, -10)), 0);
    }

    #[test]
    fn minutes_are_rounded_down() {
        let mut presence = period(0, 59);
        presence.ends_at += TimeDelta::seconds(59);
        assert_eq!(raw(presence), 59);
    }

    #[test]
    fn presence_in_overlapping_sessions_is_a_union_never_a_sum() {
        let day = DayLedger { elsewhere: vec![period(30, 50), period(40, 55)], ..counted(25) };
        let served = served(period(0, 60), &plan(), &day, LeastShare::NONE);
        assert_eq!(served.raw, Minutes(35));
        assert_eq!(served.flags, vec![Flag::Overlap]);
    }

    #[test]
    fn at_most_480_minutes_a_day_count_and_more_than_ten_hours_are_flagged() {
        let capped = served(period(0, 120), &plan(), &counted(450), LeastShare::NONE);
        assert_eq!((capped.raw, capped.credited), (Minutes(110), Minutes(30)));
        assert_eq!(capped.flags, vec![]);
        let flags = |raw| {
            let day = DayLedger { raw: Minutes(raw), ..counted(480) };
            served(period(0, 120), &plan(), &day, LeastShare::NONE).flags
        };
        assert_eq!(flags(490), vec![], "ten hours");
        assert_eq!(flags(491), vec![Flag::LongDay]);
    }

    #[test]
    fn below_the_least_share_nothing_counts_and_the_stay_that_reaches_it_counts_with_those_before()
    {
        let most = LeastShare::percent(60).unwrap();
        let first = served(period(0, 30), &plan(), &DayLedger::default(), most);
        assert_eq!((first.raw, first.credited), (Minutes(30), Minutes::ZERO));
        let before = DayLedger { here: first.raw, waiting: first.raw, ..DayLedger::default() };
        let second = served(period(70, 106), &plan(), &before, most);
        assert_eq!((second.raw, second.credited), (Minutes(36), Minutes(66)));
        let before = DayLedger { here: Minutes(66), ..counted(66) };
        assert_eq!(served(period(110, 120), &plan(), &before, most).credited, Minutes(10));
    }

    proptest! {
        #[test]
        fn minutes_are_those_that_a_minute_by_minute_count_finds(
            presence in (-50_i64..180, 0_i64..200),
            others in prop::collection::vec((-50_i64..180, 1_i64..100), 0..4),
            counted in 0_i64..600,
        ) {
            let presence = period(presence.0, presence.0 + presence.1);
            let elsewhere: Vec<Period> = others.iter().map(|(from, length)| period(*from, from + length)).collect();
            let plan = plan();
            let count = (-60..400)
                .map(at)
                .filter(|minute| {
                    let holds = |period: &Period| period.starts_at <= *minute && *minute < period.ends_at;
                    holds(&presence) && holds(&plan.when) && !plan.breaks.iter().any(holds) && !elsewhere.iter().any(holds)
                })
                .count();
            let day = DayLedger { elsewhere, ..super::tests::counted(counted) };
            let served = served(presence, &plan, &day, LeastShare::NONE);
            prop_assert_eq!(served.raw.0, i64::try_from(count).unwrap());
            prop_assert!(served.credited <= served.raw);
            prop_assert!(counted >= 480 || counted + served.credited.0 <= 480);
        }
    }
}
