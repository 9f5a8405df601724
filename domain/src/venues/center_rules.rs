//! What a center sets for everything below it.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use crate::{ids::VenueId, units::Minutes};

vocabulary! {
    /// Whether everyone goes through the induction and safety training before the first signup.
    pub enum InductionRule {
        Everyone = "everyone",
        /// Only where a position asks for it.
        ByPosition = "by_position",
    }
}

/// The monthly day on which every station should hold a session (推动日).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromotionDay {
    /// The last Saturday and the last Sunday.
    LastWeekend,
    /// A day of the month; the last one of a month that has fewer.
    Day(u32),
}

impl PromotionDay {
    /// `day` of the month, or the last weekend where none is given.
    pub fn on(day: Option<u32>) -> Self {
        day.map_or(Self::LastWeekend, Self::Day)
    }

    /// The day of the month, unless it is the last weekend.
    pub const fn day(self) -> Option<u32> {
        match self {
            Self::Day(day) => Some(day),
            Self::LastWeekend => None,
        }
    }

    /// Whether the promotion day falls on `day`.
    pub fn is_on(self, day: NaiveDate) -> bool {
        let is_followed_in_month = |days| {
            day.checked_add_days(Days::new(days)).is_some_and(|next| next.month() == day.month())
        };
        match self {
            Self::LastWeekend => {
                matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_followed_in_month(7)
            }
            Self::Day(number) => {
                day.day() == number || (day.day() < number && !is_followed_in_month(1))
            }
        }
    }
}

/// The share of a session, in per cent, from which presence counts: at 60, exactly 60 % counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeastShare(i64);

impl LeastShare {
    pub const NONE: Self = Self(0);

    /// `None` unless `percent` lies between 0 and 100.
    pub const fn percent(percent: i64) -> Option<Self> {
        if matches!(percent, 0..=100) { Some(Self(percent)) } else { None }
    }

    pub const fn as_percent(self) -> i64 {
        self.0
    }

    /// Whether `served` of `whole` is enough.
    pub const fn is_reached(self, served: Minutes, whole: Minutes) -> bool {
        served.0.saturating_mul(100) >= whole.0.saturating_mul(self.0)
    }
}

/// How many needs of one category under one venue within 30 days ask for a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommonNeedsThreshold(i64);

impl CommonNeedsThreshold {
    pub const USUAL: Self = Self(5);

    /// `None` unless `needs` lies between 2 and 100.
    pub const fn needs(needs: i64) -> Option<Self> {
        if matches!(needs, 2..=100) { Some(Self(needs)) } else { None }
    }

    pub const fn as_needs(self) -> i64 {
        self.0
    }

    /// Whether so many needs are enough.
    pub const fn is_reached(self, needs: i64) -> bool {
        needs >= self.0
    }
}

/// The rules of a center.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CenterRules {
    pub center_id: VenueId,
    pub least_share: LeastShare,
    pub promotion_day: PromotionDay,
    pub induction: InductionRule,
    pub common_needs_threshold: CommonNeedsThreshold,
    pub version: i64,
}

impl CenterRules {
    /// The rules of a center that has set none.
    pub const fn unset(center_id: VenueId) -> Self {
        Self {
            center_id,
            least_share: LeastShare::NONE,
            promotion_day: PromotionDay::LastWeekend,
            induction: InductionRule::ByPosition,
            common_needs_threshold: CommonNeedsThreshold::USUAL,
            version: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    #[test]
    fn the_last_weekend_is_the_last_saturday_and_the_last_sunday() {
        let held: Vec<u32> =
            (1..=31).filter(|number| PromotionDay::LastWeekend.is_on(day(5, *number))).collect();
        assert_eq!(held, [30, 31]);
        assert!(PromotionDay::LastWeekend.is_on(day(11, 28)));
        assert!(!PromotionDay::LastWeekend.is_on(day(11, 22)));
    }

    #[test]
    fn a_day_that_a_month_does_not_have_is_its_last() {
        let held =
            |number| (1..=28).filter(|day_| PromotionDay::Day(number).is_on(day(2, *day_))).count();
        assert_eq!(held(20), 1);
        assert_eq!(held(31), 1);
        assert!(PromotionDay::Day(31).is_on(day(2, 28)));
        assert!(!PromotionDay::Day(20).is_on(day(2, 28)));
    }

    #[test]
    fn exactly_the_least_share_counts() {
        let share = LeastShare::percent(60).unwrap();
        assert!(share.is_reached(Minutes(72), Minutes(120)));
        assert!(!share.is_reached(Minutes(71), Minutes(120)));
        assert!(LeastShare::NONE.is_reached(Minutes(0), Minutes(120)));
        assert_eq!(LeastShare::percent(101), None);
    }
}
