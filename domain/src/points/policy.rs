//! The numbers of the ledger's rules.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{calendar::Month, units::Points};

/// Numbers that a deployment may set otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsPolicy {
    /// Months that a credit lives, to the end of the last one.
    pub life_months: u32,
    /// The largest adjustment that one person may post alone.
    pub alone_up_to: Points,
    /// Days before their expiry on which a person is told of points, the earlier first.
    pub notice_days: [i64; 2],
}

impl Default for PointsPolicy {
    fn default() -> Self {
        Self { life_months: 24, alone_up_to: Points(100), notice_days: [30, 7] }
    }
}

impl PointsPolicy {
    /// The first instant at which points credited at `now` are no longer there.
    pub fn expiry(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        Month::of(now, zone).plus(self.life_months).end(zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_lives_to_the_end_of_the_month_two_years_on() {
        let now = "2026-11-23T02:00:00Z".parse().unwrap();
        let expiry = PointsPolicy::default().expiry(now, chrono_tz::Asia::Shanghai);
        assert_eq!(expiry.to_rfc3339(), "2028-11-30T16:00:00+00:00");
    }
}
