//! What time it is.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Tells the time in whole microseconds, which is what both database engines keep.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;

    /// The clock as one that can be moved; only the demo's can.
    fn movable(&self) -> Option<&DemoClock> {
        None
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which time enters")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// The machine's clock moved ahead, so that a session can be lived through in a minute. It never goes back.
#[derive(Debug, Default)]
pub struct DemoClock {
    /// How far ahead it is, in microseconds.
    ahead: AtomicI64,
}

impl DemoClock {
    pub fn ahead_by(ahead: TimeDelta) -> Self {
        Self { ahead: AtomicI64::new(ahead.num_microseconds().unwrap_or(0)) }
    }

    /// How far it is ahead of the machine's clock.
    pub fn ahead(&self) -> TimeDelta {
        TimeDelta::microseconds(self.ahead.load(Ordering::Acquire))
    }

    /// Moves it ahead to `ahead` of the machine's clock; a smaller distance than it already has changes nothing.
    pub fn advance_by(&self, ahead: TimeDelta) {
        self.ahead.fetch_max(ahead.num_microseconds().unwrap_or(0), Ordering::AcqRel);
    }

    /// Moves it ahead so that it is `now`; an earlier time changes nothing.
    pub fn advance_to(&self, now: DateTime<Utc>) {
        self.advance_by(now - SystemClock.now());
    }
}

impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.ahead()
    }

    fn movable(&self) -> Option<&DemoClock> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_whole_microseconds() {
        assert_eq!(SystemClock.now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn the_demo_clock_moves_ahead_and_never_back() {
        let clock = DemoClock::default();
        clock.advance_by(TimeDelta::hours(2));
        clock.advance_by(TimeDelta::hours(1));
        assert_eq!(clock.ahead(), TimeDelta::hours(2));
        assert!(clock.now() > SystemClock.now() + TimeDelta::minutes(119));
    }
}
