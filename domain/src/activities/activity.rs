//! An activity's life.

use chrono::{DateTime, Utc};

use super::ActivityKind;
use crate::{
    ids::{AccountId, ActivityId, ProjectId, TeamId, VenueId},
    teams::TeamCategory,
    venues::VenueKind,
};

vocabulary! {
    /// How far an activity has come.
    pub enum ActivityState {
        Draft = "draft",
        /// The tier above looks at it.
        InReview = "in_review",
        Published = "published",
        Completed = "completed",
        Cancelled = "cancelled",
    }
}

impl ActivityState {
    /// What everybody may see.
    pub const PUBLIC: [Self; 3] = [Self::Published, Self::Completed, Self::Cancelled];
}

/// What an activity's authors write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityPlan {
    pub title: String,
    pub description: Option<String>,
    pub kind: ActivityKind,
    pub category: Option<TeamCategory>,
}

/// An activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    pub id: ActivityId,
    pub plan: ActivityPlan,
    pub host_venue_id: VenueId,
    pub project_id: Option<ProjectId>,
    pub team_id: Option<TeamId>,
    pub state: ActivityState,
    pub state_reason: Option<String>,
    /// Who wrote it; `None` where the program did.
    pub author_id: Option<AccountId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

vocabulary! {
    /// What can be done with an activity.
    pub enum ActivityMove {
        Publish = "publish",
        Approve = "approve",
        Return = "return",
        Withdraw = "withdraw",
        Complete = "complete",
        Cancel = "cancel",
    }
}

/// Whether somebody else must look at an activity before it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    Needed,
    NotNeeded,
}

/// In which role somebody publishes an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Publisher {
    /// May review at the host venue.
    Reviewer,
    /// Works for the host venue.
    Staff,
    /// Leads the team, and has no say at the host venue.
    Leader,
}

/// Why an activity is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActivityRefusal {
    #[error("an activity that is `{from}` allows no `{asked}`")]
    IllegalMove { from: ActivityState, asked: ActivityMove },
    #[error("nobody reviews their own activity")]
    OwnReview,
    #[error("only drafts change")]
    NotDraft,
    #[error("somebody has signed up: cancel it instead")]
    HasSignups,
    #[error("sessions are ahead")]
    SessionsAhead,
    #[error("the team is not active")]
    TeamNotActive,
    #[error("the project is not published")]
    ProjectNotPublished,
}

/// Whether what a venue plans is reviewed by the venue above it, and not by its own head: below the institutes.
pub const fn is_reviewed_above(host: VenueKind) -> bool {
    !matches!(host, VenueKind::CityOffice | VenueKind::Center | VenueKind::Institute)
}

/// What a venue below the institutes plans, and what a team plans anywhere, is reviewed unless the venue is trusted; who may review there
/// publishes at once (docs/rules.md#activities).
pub const fn review_of(host: VenueKind, is_trusted: bool, by: Publisher) -> Review {
    let is_looked_at = match by {
        Publisher::Reviewer => false,
        Publisher::Leader => true,
        Publisher::Staff => is_reviewed_above(host),
    };
    if is_looked_at && !is_trusted { Review::Needed } else { Review::NotNeeded }
}

impl ActivityMove {
    /// Whether this is a judgement on somebody's work: never on one's own.
    pub const fn is_review(self) -> bool {
        matches!(self, Self::Approve | Self::Return)
    }
}

impl Activity {
    /// # Errors
    /// [`ActivityRefusal::IllegalMove`] names what is not allowed from here.
    pub fn moved(
        self,
        asked: ActivityMove,
        review: Review,
        reason: Option<String>,
    ) -> Result<Self, ActivityRefusal> {
        use ActivityMove as Move;
        use ActivityState::{Cancelled, Completed, Draft, InReview, Published};
        let to = match (self.state, asked) {
            (Draft, Move::Publish) if review == Review::Needed => InReview,
            (Draft, Move::Publish) | (InReview, Move::Approve) => Published,
            (InReview, Move::Return) | (InReview | Published, Move::Withdraw) => Draft,
            (Published, Move::Complete) => Completed,
            (Draft | InReview | Published, Move::Cancel) => Cancelled,
            (from, asked) => return Err(ActivityRefusal::IllegalMove { from, asked }),
        };
        Ok(Self { state: to, state_reason: reason, version: self.version + 1, ..self })
    }

    /// # Errors
    /// [`ActivityRefusal::OwnReview`].
    pub fn reviewed_by(&self, reviewer: Option<AccountId>) -> Result<(), ActivityRefusal> {
        if reviewer.is_some() && self.author_id == reviewer {
            return Err(ActivityRefusal::OwnReview);
        }
        Ok(())
    }

    /// # Errors
    /// [`ActivityRefusal::NotDraft`].
    pub fn replaced(self, plan: ActivityPlan) -> Result<Self, ActivityRefusal> {
        if self.state == ActivityState::Draft {
            Ok(Self { plan, version: self.version + 1, ..self })
        } else {
            Err(ActivityRefusal::NotDraft)
        }
    }

    /// Whether everybody may see it.
    pub fn is_public(&self) -> bool {
        ActivityState::PUBLIC.contains(&self.state)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn activity(state: ActivityState) -> Activity {
        Activity {
            id: ActivityId(Uuid::nil()),
            plan: ActivityPlan {
                title: "公益理发".to_owned(),
                description: None,
                kind: ActivityKind::VenueChoice,
                category: None,
            },
            host_venue_id: VenueId(Uuid::nil()),
            project_id: None,
            team_id: None,
            state,
            state_reason: None,
            author_id: Some(AccountId(Uuid::from_u128(1))),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_station_that_is_not_trusted_waits_for_review() {
        use Publisher::{Reviewer, Staff};
        for below in [VenueKind::Station, VenueKind::Base, VenueKind::Grid] {
            assert_eq!(review_of(below, false, Staff), Review::Needed, "{below}");
            assert_eq!(review_of(below, true, Staff), Review::NotNeeded, "{below}");
            assert_eq!(review_of(below, false, Reviewer), Review::NotNeeded, "{below}");
        }
        assert_eq!(review_of(VenueKind::Institute, false, Staff), Review::NotNeeded);
    }

    #[test]
    fn what_a_leader_plans_is_reviewed_wherever_the_host_is_not_trusted() {
        for kind in VenueKind::ALL {
            assert_eq!(review_of(*kind, false, Publisher::Leader), Review::Needed, "{kind}");
        }
        let trusted = review_of(VenueKind::Station, true, Publisher::Leader);
        assert_eq!(trusted, Review::NotNeeded);
    }

    #[test]
    fn publishing_leads_to_review_or_to_the_public() {
        let publish = |review| {
            activity(ActivityState::Draft).moved(ActivityMove::Publish, review, None).unwrap().state
        };
        assert_eq!(publish(Review::Needed), ActivityState::InReview);
        assert_eq!(publish(Review::NotNeeded), ActivityState::Published);
    }

    #[test]
    fn what_is_cancelled_or_completed_stays_so() {
        for state in [ActivityState::Cancelled, ActivityState::Completed] {
            for asked in ActivityMove::ALL {
                let moved = activity(state).moved(*asked, Review::NotNeeded, None);
                assert!(moved.is_err(), "{state} {asked}");
            }
        }
    }
}
