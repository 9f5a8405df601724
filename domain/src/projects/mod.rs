//! Projects: standing offers of service (docs/rules.md#projects).

mod menu;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, ProjectId, TeamId, VenueId},
    teams::TeamCategory,
};

pub use menu::MenuRefusal;

vocabulary! {
    /// How far a project has come.
    pub enum ProjectState {
        Draft = "draft",
        Submitted = "submitted",
        /// Sent back with reasons; it may be submitted again.
        Returned = "returned",
        Approved = "approved",
        Published = "published",
        Paused = "paused",
        Completed = "completed",
        Archived = "archived",
    }
}

impl ProjectState {
    /// What everybody who is signed in may see.
    pub const PUBLIC: [Self; 3] = [Self::Published, Self::Paused, Self::Completed];

    pub fn is_public(self) -> bool {
        Self::PUBLIC.contains(&self)
    }
}

/// One thing that a project wants to reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Goal {
    pub title: String,
    /// How many, in the goal's own unit.
    pub target: i64,
}

/// What a project's authors write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectPlan {
    pub title: String,
    pub summary: Option<String>,
    pub category: TeamCategory,
    pub goals: Vec<Goal>,
    /// Whether residents may order it while it is published.
    pub orderable: bool,
    /// What to say when ordering it.
    pub order_note: Option<String>,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub plan: ProjectPlan,
    pub owner_venue_id: VenueId,
    pub team_id: Option<TeamId>,
    pub state: ProjectState,
    pub state_reason: Option<String>,
    /// Who wrote it; `None` where the program did.
    pub author_id: Option<AccountId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

vocabulary! {
    /// What can be done with a project.
    pub enum ProjectMove {
        Submit = "submit",
        Return = "return",
        Approve = "approve",
        Publish = "publish",
        Pause = "pause",
        Resume = "resume",
        Complete = "complete",
        Archive = "archive",
    }
}

/// Why a project is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectRefusal {
    #[error("a project that is `{from}` allows no `{asked}`")]
    IllegalMove { from: ProjectState, asked: ProjectMove },
    #[error("nobody reviews their own project")]
    OwnReview,
    #[error("only drafts and returned projects change")]
    NotDraft,
    #[error("the team is not active")]
    TeamNotActive,
}

impl ProjectMove {
    /// Whether this is a judgement on somebody's work: never on one's own.
    pub const fn is_review(self) -> bool {
        matches!(self, Self::Return | Self::Approve)
    }
}

impl Project {
    /// # Errors
    /// [`ProjectRefusal::IllegalMove`] names what is not allowed from here.
    pub fn moved(self, asked: ProjectMove, reason: Option<String>) -> Result<Self, ProjectRefusal> {
        use ProjectMove as Move;
        use ProjectState::{
            Approved, Archived, Completed, Draft, Paused, Published, Returned, Submitted,
        };
        let to = match (self.state, asked) {
            (Draft | Returned, Move::Submit) => Submitted,
            (Submitted, Move::Return) => Returned,
            (Submitted, Move::Approve) => Approved,
            (Approved, Move::Publish) | (Paused, Move::Resume) => Published,
            (Published, Move::Pause) => Paused,
            (Published | Paused, Move::Complete) => Completed,
            (Draft | Returned | Completed, Move::Archive) => Archived,
            (from, asked) => return Err(ProjectRefusal::IllegalMove { from, asked }),
        };
        Ok(Self { state: to, state_reason: reason, version: self.version + 1, ..self })
    }

    /// # Errors
    /// [`ProjectRefusal::OwnReview`].
    pub fn reviewed_by(&self, reviewer: Option<AccountId>) -> Result<(), ProjectRefusal> {
        if reviewer.is_some() && self.author_id == reviewer {
            return Err(ProjectRefusal::OwnReview);
        }
        Ok(())
    }

    /// # Errors
    /// [`ProjectRefusal::NotDraft`].
    pub fn replaced(self, plan: ProjectPlan) -> Result<Self, ProjectRefusal> {
        if matches!(self.state, ProjectState::Draft | ProjectState::Returned) {
            Ok(Self { plan, version: self.version + 1, ..self })
        } else {
            Err(ProjectRefusal::NotDraft)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    pub(super) fn project(state: ProjectState) -> Project {
        Project {
            id: ProjectId(Uuid::nil()),
            plan: ProjectPlan {
                title: "一老一小".to_owned(),
                summary: None,
                category: TeamCategory::HelpAndCare,
                goals: vec![],
                orderable: false,
                order_note: None,
            },
            owner_venue_id: VenueId(Uuid::nil()),
            team_id: None,
            state,
            state_reason: None,
            author_id: Some(AccountId(Uuid::from_u128(1))),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_way_from_draft_to_completed_is_open() {
        let mut project = project(ProjectState::Draft);
        for step in [
            ProjectMove::Submit,
            ProjectMove::Return,
            ProjectMove::Submit,
            ProjectMove::Approve,
            ProjectMove::Publish,
            ProjectMove::Pause,
            ProjectMove::Resume,
            ProjectMove::Complete,
            ProjectMove::Archive,
        ] {
            project = project.moved(step, None).unwrap();
        }
        assert_eq!(project.state, ProjectState::Archived);
    }

    #[test]
    fn nobody_reviews_their_own_project() {
        let project = project(ProjectState::Submitted);
        assert!(project.reviewed_by(Some(AccountId(Uuid::from_u128(1)))).is_err());
        assert!(project.reviewed_by(Some(AccountId(Uuid::from_u128(2)))).is_ok());
    }

    proptest! {
        #[test]
        fn nothing_is_published_that_was_not_approved(steps in prop::collection::vec(0..ProjectMove::ALL.len(), 0..20)) {
            let mut project = project(ProjectState::Draft);
            let mut was_approved = false;
            for step in steps {
                let step = ProjectMove::ALL[step];
                if let Ok(moved) = project.clone().moved(step, None) {
                    prop_assert_eq!(moved.version, project.version + 1);
                    was_approved = match step {
                        ProjectMove::Approve => true,
                        ProjectMove::Return => false,
                        _ => was_approved,
                    };
                    project = moved;
                }
                prop_assert!(project.state != ProjectState::Published || was_approved);
            }
        }
    }
}
