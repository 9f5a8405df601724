//! How long each step of an order may take.

use chrono::{DateTime, TimeDelta, Utc};

use super::WorkCalendar;

vocabulary! {
    /// How soon a need must be met.
    pub enum Urgency {
        Urgent = "urgent",
        Soon = "soon",
        Routine = "routine",
    }
}

vocabulary! {
    /// What an order waits for.
    pub enum ClockKind {
        /// A dispatcher to register it.
        Register = "register",
        /// A team to accept it.
        Accept = "accept",
        /// The team to serve it.
        Serve = "serve",
        /// The person served to rate it.
        Rate = "rate",
        /// A dispatcher to visit who was not satisfied (回访).
        Visit = "visit",
        /// Whoever rated it to think again, before it closes.
        Close = "close",
    }
}

/// A step that somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    pub kind: ClockKind,
    pub due_at: DateTime<Utc>,
}

/// How long a step may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// Around the clock.
    Around(TimeDelta),
    /// Days of working time.
    WorkingDays(i32),
}

impl Allowance {
    /// When it is used up.
    pub fn from(self, start: DateTime<Utc>, calendar: &WorkCalendar) -> DateTime<Utc> {
        match self {
            Self::Around(time) => start + time,
            Self::WorkingDays(days) => calendar.after_working_days(start, days),
        }
    }
}

/// The allowance of a step: an emergency does not wait for offices to open; what is routine is counted in their working days.
pub const fn allowance(kind: ClockKind, urgency: Urgency) -> Allowance {
    use Allowance::{Around, WorkingDays};
    use Urgency::{Routine, Soon, Urgent};
    match (kind, urgency) {
        (ClockKind::Register, Urgent) => Around(TimeDelta::minutes(30)),
        (ClockKind::Register, Soon) => Around(TimeDelta::hours(4)),
        (ClockKind::Register, Routine) => WorkingDays(1),
        (ClockKind::Accept, Urgent) => Around(TimeDelta::hours(1)),
        (ClockKind::Accept, Soon) => Around(TimeDelta::hours(24)),
        (ClockKind::Accept, Routine) => WorkingDays(3),
        (ClockKind::Serve, Urgent) => Around(TimeDelta::hours(6)),
        (ClockKind::Serve, Routine) => WorkingDays(14),
        (ClockKind::Rate, _) => Around(TimeDelta::days(7)),
        (ClockKind::Serve, Soon) | (ClockKind::Visit | ClockKind::Close, _) => {
            Around(TimeDelta::days(3))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_urgent_order_does_not_wait_for_monday() {
        let calendar = WorkCalendar::new(chrono_tz::Asia::Shanghai, []);
        let saturday: DateTime<Utc> = "2026-11-28T22:00:00+08:00".parse().unwrap();
        let due = |urgency| allowance(ClockKind::Register, urgency).from(saturday, &calendar);
        assert_eq!(due(Urgency::Urgent), saturday + TimeDelta::minutes(30));
        assert_eq!(due(Urgency::Soon), saturday + TimeDelta::hours(4));
        assert_eq!(due(Urgency::Routine).to_rfc3339(), "2026-11-30T09:00:00+00:00");
    }
}
