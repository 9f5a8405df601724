//! What the people served say, and what it comes to.

use chrono::{DateTime, Utc};

use super::Outcome;
use crate::{
    ids::{AccountId, OrderId, TeamId, VolunteerId},
    units::{BasisPoints, Points},
};

vocabulary! {
    /// How far an appeal against an unfair rating has come.
    pub enum AppealState {
        Appealed = "appealed",
        /// The rating does not count.
        Upheld = "upheld",
        Dismissed = "dismissed",
    }
}

/// 1 to 5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stars(i64);

impl Stars {
    /// `None` unless it is 1 to 5.
    pub const fn new(stars: i64) -> Option<Self> {
        if matches!(stars, 1..=5) { Some(Self(stars)) } else { None }
    }

    pub const fn get(self) -> i64 {
        self.0
    }

    /// Satisfied is 4 or more.
    pub const fn is_satisfied(self) -> bool {
        self.0 >= 4
    }

    /// 2 or less asks for a return visit.
    pub const fn asks_for_visit(self) -> bool {
        self.0 <= 2
    }
}

/// One rating of one round of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub order_id: OrderId,
    pub round: i64,
    pub team_id: TeamId,
    pub attitude: Stars,
    pub quality: Stars,
    pub timeliness: Stars,
    pub overall: Stars,
    pub outcome: Outcome,
    pub comment: Option<String>,
    pub rated_by: Option<AccountId>,
    pub rated_at: DateTime<Utc>,
    pub appeal: Option<AppealState>,
    pub appeal_reason: Option<String>,
}

/// Why a rating is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RatingRefusal {
    #[error("whoever serves does not rate")]
    OwnService,
    #[error("the rating is not appealed")]
    NotAppealed,
    #[error("a rating is appealed once")]
    AppealedBefore,
}

/// Nobody rates what they or their team served.
///
/// # Errors
/// [`RatingRefusal::OwnService`].
pub fn may_rate(
    rater: Option<VolunteerId>,
    is_of_team: bool,
    served: &[VolunteerId],
) -> Result<(), RatingRefusal> {
    let has_served = rater.is_some_and(|rater| served.contains(&rater));
    if is_of_team || has_served { Err(RatingRefusal::OwnService) } else { Ok(()) }
}

impl Rating {
    /// # Errors
    /// [`RatingRefusal::AppealedBefore`].
    pub fn appealed(mut self, reason: String) -> Result<Self, RatingRefusal> {
        if self.appeal.is_some() {
            return Err(RatingRefusal::AppealedBefore);
        }
        self.appeal = Some(AppealState::Appealed);
        self.appeal_reason = Some(reason);
        Ok(self)
    }

    /// # Errors
    /// [`RatingRefusal::NotAppealed`].
    pub fn judged(mut self, verdict: AppealState) -> Result<Self, RatingRefusal> {
        if self.appeal != Some(AppealState::Appealed) {
            return Err(RatingRefusal::NotAppealed);
        }
        self.appeal = Some(verdict);
        Ok(self)
    }

    pub fn counts(&self) -> bool {
        self.appeal != Some(AppealState::Upheld)
    }
}

/// What a team is given for an order that closes: 10 points for a satisfied rating, 5 where nobody rated or the rating does not count, and
/// nothing for a bad one. Volunteers earn by the minutes that they served, as everywhere.
pub fn team_reward(rating: Option<&Rating>) -> Points {
    match rating.filter(|rating| rating.counts()) {
        Some(rating) if rating.overall.is_satisfied() => Points(10),
        Some(_) => Points::ZERO,
        None => Points(5),
    }
}

/// The share of ratings that were satisfied, with the interval in which the true share lies 95 times of 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Satisfaction {
    pub rated: i64,
    pub satisfied: i64,
    /// `None` where nobody rated.
    pub share: Option<BasisPoints>,
    pub low: Option<BasisPoints>,
    pub high: Option<BasisPoints>,
}

impl Satisfaction {
    /// Fewer ratings say too little to compare.
    pub const FEWEST_TO_RANK: i64 = 30;

    pub const fn can_be_ranked(&self) -> bool {
        self.rated >= Self::FEWEST_TO_RANK
    }
}

/// Two-sided 95 %.
const Z: f64 = 1.959_964;

/// The score interval of E. B. Wilson (Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927).
pub fn satisfaction(satisfied: i64, rated: i64) -> Satisfaction {
    if rated <= 0 {
        return Satisfaction { rated: 0, satisfied: 0, share: None, low: None, high: None };
    }
    let satisfied = satisfied.clamp(0, rated);
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "counts of ratings are far below 2^52"
    )]
    let (number, share) = (rated as f64, satisfied as f64 / rated as f64);
    let square = Z * Z / number;
    let middle = (share + square / 2.0) / (1.0 + square);
    let half = Z / (1.0 + square) * (share * (1.0 - share) / number + square / number / 4.0).sqrt();
    let points = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::as_conversions,
            reason = "a share lies between 0 and 1"
        )]
        let whole = (share.clamp(0.0, 1.0) * 10_000.0).round() as i64;
        BasisPoints(whole)
    };
    Satisfaction {
        rated,
        satisfied,
        share: Some(points(share)),
        low: Some(points(middle - half)),
        high: Some(points(middle + half)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        let found = satisfaction(8, 10);
        assert_eq!(found.share, Some(BasisPoints(8_000)));
        assert_eq!((found.low, found.high), (Some(BasisPoints(4_902)), Some(BasisPoints(9_433))));
        assert!(!found.can_be_ranked());
        assert_eq!(satisfaction(0, 0).share, None);
        assert_eq!(satisfaction(30, 30).high, Some(BasisPoints(10_000)));
    }

    #[test]
    fn who_serves_does_not_rate() {
        let me = VolunteerId(uuid::Uuid::nil());
        assert_eq!(may_rate(Some(me), false, &[me]), Err(RatingRefusal::OwnService));
        assert_eq!(may_rate(None, true, &[]), Err(RatingRefusal::OwnService));
        assert_eq!(may_rate(Some(me), false, &[]), Ok(()));
    }

    #[test]
    fn two_stars_ask_for_a_visit_and_four_are_satisfied() {
        let stars = |number| Stars::new(number).unwrap();
        assert!(stars(2).asks_for_visit() && !stars(3).asks_for_visit());
        assert!(stars(4).is_satisfied() && !stars(3).is_satisfied());
        assert_eq!((Stars::new(0), Stars::new(6)), (None, None));
    }
}
