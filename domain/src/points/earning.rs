//! The rules by which service earns points: versions of a center, of which one is in force.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{EarnedService, PointsRefusal};
use crate::{
    activities::ActivityKind,
    ids::{AccountId, EarningRulesId, VenueId},
    teams::TeamCategory,
    units::{BasisPoints, Minutes, OutOfRange, Points},
    volunteers::StarLevel,
};

vocabulary! {
    /// Where a version of the rules stands: `draft › active › ended`.
    pub enum EarningRulesState {
        Draft = "draft",
        Active = "active",
        Ended = "ended",
    }
}

/// Which service a rule is for, and what it earns. An empty list means any.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarningRule {
    pub activity_kinds: Vec<ActivityKind>,
    pub categories: Vec<TeamCategory>,
    pub position_names: Vec<String>,
    /// Only service on, or only service off, the promotion day.
    pub promotion_day: Option<bool>,
    pub minimum_star_level: StarLevel,
    /// Only service that both scans measured.
    pub measured_only: bool,
    pub points_per_hour: Points,
    /// A record with fewer minutes earns nothing.
    pub minimum_minutes: Minutes,
    /// 10,000 is once.
    pub multiplier: BasisPoints,
}

/// The most points of one person, by the day and by the month of service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    pub day: Option<Points>,
    pub month: Option<Points>,
}

/// One version of a center's rules. The first rule that fits a record is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarningRules {
    pub id: EarningRulesId,
    pub center_id: VenueId,
    pub title: String,
    pub state: EarningRulesState,
    pub rules: Vec<EarningRule>,
    pub caps: Caps,
    pub created_by: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    pub active_from: Option<DateTime<Utc>>,
    pub active_to: Option<DateTime<Utc>>,
    pub version: i64,
}

impl EarningRules {
    /// Puts a draft in force.
    ///
    /// # Errors
    /// [`PointsRefusal::NotADraft`]: a version that was in force never changes.
    pub fn activate(self, now: DateTime<Utc>) -> Result<Self, PointsRefusal> {
        match self.state {
            EarningRulesState::Draft => Ok(Self {
                state: EarningRulesState::Active,
                active_from: Some(now),
                version: self.version + 1,
                ..self
            }),
            state => Err(PointsRefusal::NotADraft(state)),
        }
    }

    /// Makes room for the version after it.
    #[must_use]
    pub fn end(self, now: DateTime<Utc>) -> Self {
        Self {
            state: EarningRulesState::Ended,
            active_to: Some(now),
            version: self.version + 1,
            ..self
        }
    }
}

/// What holds at a center without rules of its own: ten points an hour for any service, no caps.
pub fn default_rules() -> Vec<EarningRule> {
    vec![EarningRule {
        activity_kinds: Vec::new(),
        categories: Vec::new(),
        position_names: Vec::new(),
        promotion_day: None,
        minimum_star_level: StarLevel::NONE,
        measured_only: false,
        points_per_hour: Points(10),
        minimum_minutes: Minutes::ZERO,
        multiplier: WHOLE,
    }]
}

const WHOLE: BasisPoints = BasisPoints(10_000);

/// What a record earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    pub points: Points,
    /// Minutes that have not made a point yet, the earlier ones included.
    pub carried: Minutes,
}

impl EarningRule {
    /// Whether the rule is for this service.
    pub fn fits(&self, service: &EarnedService) -> bool {
        (self.activity_kinds.is_empty() || self.activity_kinds.contains(&service.activity_kind))
            && (self.categories.is_empty()
                || service.category.is_some_and(|category| self.categories.contains(&category)))
            && (self.position_names.is_empty()
                || self.position_names.contains(&service.position_name))
            && self.promotion_day.is_none_or(|day| day == service.promotion_day)
            && self.minimum_star_level <= service.star_level
            && (service.measured || !self.measured_only)
    }

    fn earn(&self, minutes: Minutes, carried: Minutes) -> Result<Earned, OutOfRange> {
        if minutes < self.minimum_minutes {
            return Ok(Earned { points: Points::ZERO, carried });
        }
        let rate = self.points_per_hour.times(self.multiplier.0)?.0;
        if rate <= 0 {
            return Ok(Earned { points: Points::ZERO, carried });
        }
        let hour = 60 * WHOLE.0;
        let total = minutes.plus(carried)?;
        let points = total.times(rate)?.0 / hour;
        // The fewest whole minutes that make so many points; the others go on.
        let used = Points(points).times(hour)?.plus(Points(rate - 1))?.0 / rate;
        Ok(Earned { points: Points(points), carried: total.minus(Minutes(used))? })
    }
}

/// What `service` earns by the first of `rules` that fits, after `carried` minutes, and at most what `caps` leave after the
/// points of the same day and month. Service that no rule fits earns nothing and carries nothing.
///
/// # Errors
/// [`OutOfRange`] for rates and minutes beyond 64 bits.
pub fn earn(
    rules: &[EarningRule],
    caps: Caps,
    service: &EarnedService,
    carried: Minutes,
    already_today: Points,
    already_this_month: Points,
) -> Result<Earned, OutOfRange> {
    let Some(rule) = rules.iter().find(|rule| rule.fits(service)) else {
        return Ok(Earned { points: Points::ZERO, carried });
    };
    let earned = rule.earn(service.minutes, carried)?;
    let mut points = earned.points;
    for (cap, already) in [(caps.day, already_today), (caps.month, already_this_month)] {
        if let Some(cap) = cap {
            points = points.min(cap.minus(already)?.max(Points::ZERO));
        }
    }
    Ok(Earned { points, ..earned })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::ids::{ServiceRecordId, VolunteerId};

    fn service(minutes: i64) -> EarnedService {
        EarnedService {
            record_id: ServiceRecordId(Uuid::nil()),
            volunteer_id: VolunteerId(Uuid::nil()),
            center_id: VenueId(Uuid::nil()),
            activity_kind: ActivityKind::Neighbor,
            category: None,
            position_name: "理发".to_owned(),
            promotion_day: false,
            star_level: StarLevel::NONE,
            measured: true,
            served_on: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
            minutes: Minutes(minutes),
        }
    }

    fn earned(rules: &[EarningRule], minutes: i64, carried: i64) -> (i64, i64) {
        let none = Points::ZERO;
        let earned =
            earn(rules, Caps::default(), &service(minutes), Minutes(carried), none, none).unwrap();
        (earned.points.0, earned.carried.0)
    }

    #[test]
    fn an_hour_earns_ten_points_where_a_center_has_no_rules() {
        assert_eq!(earned(&default_rules(), 60, 0), (10, 0));
    }

    #[test]
    fn minutes_that_make_no_point_are_carried_over() {
        assert_eq!(earned(&default_rules(), 65, 0), (10, 5));
        assert_eq!(earned(&default_rules(), 1, 5), (1, 0));
    }

    #[test]
    fn the_first_rule_that_fits_counts() {
        let mut double = default_rules().remove(0);
        double.promotion_day = Some(true);
        double.multiplier = BasisPoints(20_000);
        let rules = [double, default_rules().remove(0)];
        assert_eq!(earned(&rules, 60, 0), (10, 0));
        let day = EarnedService { promotion_day: true, ..service(60) };
        let none = Points::ZERO;
        let points = earn(&rules, Caps::default(), &day, Minutes::ZERO, none, none).unwrap().points;
        assert_eq!(points, Points(20));
    }

    #[test]
    fn service_below_the_minimum_earns_and_carries_nothing() {
        let mut rule = default_rules().remove(0);
        rule.minimum_minutes = Minutes(30);
        assert_eq!(earned(&[rule], 29, 4), (0, 4));
    }

    #[test]
    fn a_cap_leaves_what_the_day_has_not_used() {
        let caps = Caps { day: Some(Points(25)), month: Some(Points(1_000)) };
        let earned = |already| {
            let carried = Minutes::ZERO;
            earn(&default_rules(), caps, &service(120), carried, Points(already), Points::ZERO)
                .unwrap()
                .points
                .0
        };
        assert_eq!((earned(0), earned(10), earned(30)), (20, 15, 0));
    }

    proptest! {
        #[test]
        fn no_minute_is_lost_or_counted_twice(
            rate in 1_i64..200, multiplier in 1_000_i64..50_000, minutes in proptest::collection::vec(0_i64..480, 1..20)
        ) {
            let mut rule = default_rules().remove(0);
            rule.points_per_hour = Points(rate);
            rule.multiplier = BasisPoints(multiplier);
            let (mut points, mut carried) = (0, 0);
            for served in &minutes {
                let (more, rest) = earned(std::slice::from_ref(&rule), *served, carried);
                points += more;
                carried = rest;
            }
            let exact = minutes.iter().sum::<i64>() * rate * multiplier;
            let hour = 60 * 10_000;
            prop_assert!(points * hour <= exact);
            // Rounding minutes up costs less than one minute a record.
            let lost = i64::try_from(minutes.len()).unwrap() * rate * multiplier;
            prop_assert!(exact - points * hour - carried * rate * multiplier <= lost);
        }
    }
}
