//! Points that staff give or take by hand: large ones need a second person.

use chrono::{DateTime, Utc};

use super::{PointsPolicy, PointsRefusal};
use crate::{
    ids::{AccountId, AdjustmentId, VenueId, VolunteerId},
    units::Points,
};

vocabulary! {
    /// Where an adjustment stands: `pending › posted | declined`.
    pub enum AdjustmentState {
        /// Waits for a second person.
        Pending = "pending",
        Posted = "posted",
        Declined = "declined",
    }
}

/// Points given or taken by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    pub id: AdjustmentId,
    pub volunteer_id: VolunteerId,
    /// The center that gives or takes.
    pub center_id: VenueId,
    /// Positive where the volunteer gains; never zero.
    pub points: Points,
    pub reason: String,
    pub state: AdjustmentState,
    /// `None` where the program itself adjusted.
    pub asked_by: Option<AccountId>,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl Adjustment {
    /// Whether one person may post so many points alone.
    pub fn begins_as(points: Points, policy: &PointsPolicy) -> AdjustmentState {
        if points.0.unsigned_abs() <= policy.alone_up_to.0.unsigned_abs() {
            AdjustmentState::Posted
        } else {
            AdjustmentState::Pending
        }
    }

    /// A second person posts or declines it.
    ///
    /// # Errors
    /// [`PointsRefusal::AlreadyDecided`] and [`PointsRefusal::SecondPersonNeeded`].
    pub fn decide(
        self,
        state: AdjustmentState,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Self, PointsRefusal> {
        if self.state != AdjustmentState::Pending {
            return Err(PointsRefusal::AlreadyDecided);
        }
        if state == AdjustmentState::Posted && self.asked_by == Some(by) {
            return Err(PointsRefusal::SecondPersonNeeded);
        }
        Ok(Self { state, decided_by: Some(by), decided_at: Some(now), ..self })
    }

    /// Whether `by` may undo it: what one person does not post alone, the person who posted it does not undo alone.
    ///
    /// # Errors
    /// [`PointsRefusal::SecondPersonNeeded`].
    pub fn check_reversal(
        &self,
        by: Option<AccountId>,
        policy: &PointsPolicy,
    ) -> Result<(), PointsRefusal> {
        let needs_another = Self::begins_as(self.points, policy) == AdjustmentState::Pending;
        if needs_another && by.is_some() && by == self.decided_by.or(self.asked_by) {
            return Err(PointsRefusal::SecondPersonNeeded);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn more_than_a_hundred_points_need_another_person() {
        let policy = PointsPolicy::default();
        assert_eq!(Adjustment::begins_as(Points(-100), &policy), AdjustmentState::Posted);
        assert_eq!(Adjustment::begins_as(Points(101), &policy), AdjustmentState::Pending);
        let (one, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let now = DateTime::UNIX_EPOCH;
        let pending = Adjustment {
            id: AdjustmentId(Uuid::nil()),
            volunteer_id: VolunteerId(Uuid::nil()),
            center_id: VenueId(Uuid::nil()),
            points: Points(101),
            reason: "补录".to_owned(),
            state: AdjustmentState::Pending,
            asked_by: Some(one),
            asked_at: now,
            decided_by: None,
            decided_at: None,
        };
        let post = |by| pending.clone().decide(AdjustmentState::Posted, by, now);
        assert_eq!(post(one), Err(PointsRefusal::SecondPersonNeeded));
        assert_eq!(post(other).unwrap().state, AdjustmentState::Posted);
        assert_eq!(
            post(other).unwrap().decide(AdjustmentState::Declined, other, now),
            Err(PointsRefusal::AlreadyDecided)
        );
        let posted = post(other).unwrap();
        let undone = |by| posted.check_reversal(Some(by), &policy);
        assert_eq!(undone(other), Err(PointsRefusal::SecondPersonNeeded));
        assert_eq!(undone(one), Ok(()));
        let small = Adjustment { points: Points(-100), ..posted.clone() };
        assert_eq!(small.check_reversal(Some(other), &policy), Ok(()));
    }
}
