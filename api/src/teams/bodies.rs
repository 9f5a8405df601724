//! Teams and members as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{TeamId, VenueId, VolunteerId},
    teams::{
        MemberState, Membership, NewTeam, Team, TeamCategory, TeamLevel, TeamProfile, TeamState,
    },
    volunteers::masked_name,
};
use shijian_persistence::teams::MemberView;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::paged;

/// A team to register.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "中上园理发志愿服务队",
    "level": "squad",
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "categories": ["help_and_care"]
}))]
pub struct CreateTeam {
    #[validate(length(min = 2, max = 60))]
    #[schema(min_length = 2, max_length = 60)]
    pub name: String,
    pub level: TeamLevel,
    /// A team of the level above.
    pub parent_id: Option<TeamId>,
    pub home_venue_id: VenueId,
    #[validate(length(min = 1, max = 8))]
    #[schema(min_items = 1, max_items = 8)]
    pub categories: Vec<TeamCategory>,
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    pub introduction: Option<String>,
    /// Staff name the leader, now or later; a volunteer leads their own team.
    pub leader_id: Option<VolunteerId>,
}

/// What a team tells of itself, told anew.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "中上园理发志愿服务队",
    "categories": ["help_and_care", "education"],
    "introduction": "每月 5 日为老人理发。",
    "version": 2
}))]
pub struct ReplaceTeam {
    #[validate(length(min = 2, max = 60))]
    #[schema(min_length = 2, max_length = 60)]
    pub name: String,
    #[validate(length(min = 1, max = 8))]
    #[schema(min_items = 1, max_items = 8)]
    pub categories: Vec<TeamCategory>,
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    pub introduction: Option<String>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

/// Each category once, in the order of the vocabulary.
fn distinct(categories: &[TeamCategory]) -> Vec<TeamCategory> {
    let mut categories = categories.to_vec();
    categories.sort_unstable();
    categories.dedup();
    categories
}

impl CreateTeam {
    pub fn command(&self) -> NewTeam {
        NewTeam {
            profile: TeamProfile {
                name: self.name.clone(),
                categories: distinct(&self.categories),
                introduction: self.introduction.clone(),
            },
            level: self.level,
            parent_id: self.parent_id,
            home_venue_id: self.home_venue_id,
            leader_id: self.leader_id,
        }
    }
}

impl ReplaceTeam {
    pub fn profile(&self) -> TeamProfile {
        TeamProfile {
            name: self.name.clone(),
            categories: distinct(&self.categories),
            introduction: self.introduction.clone(),
        }
    }
}

/// Who leads from now on.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06"}))]
pub struct AppointLeader {
    pub volunteer_id: VolunteerId,
    /// The version that this changes, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "name": "中上园理发志愿服务队",
    "level": "squad",
    "parent_id": null,
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "categories": ["help_and_care"],
    "introduction": null,
    "leader_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "state": "active",
    "state_reason": null,
    "version": 2,
    "created_at": "2026-01-05T01:00:00Z"
}))]
pub struct TeamBody {
    pub id: TeamId,
    pub name: String,
    pub level: TeamLevel,
    pub parent_id: Option<TeamId>,
    pub home_venue_id: VenueId,
    pub categories: Vec<TeamCategory>,
    pub introduction: Option<String>,
    /// `null` until somebody is appointed, where staff formed the team.
    pub leader_id: Option<VolunteerId>,
    pub state: TeamState,
    pub state_reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<Team> for TeamBody {
    fn from(team: Team) -> Self {
        Self {
            id: team.id,
            name: team.profile.name,
            level: team.level,
            parent_id: team.parent_id,
            home_venue_id: team.home_venue_id,
            categories: team.profile.categories,
            introduction: team.profile.introduction,
            leader_id: team.leader_id,
            state: team.state,
            state_reason: team.state_reason,
            version: team.version,
            created_at: team.created_at,
        }
    }
}

/// Which teams to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTeams {
    /// Whose home is this venue or lies below it.
    pub venue_id: Option<VenueId>,
    /// Only teams of this category.
    pub category: Option<TeamCategory>,
    /// Only teams in this state.
    pub state: Option<TeamState>,
    /// A part of the name.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// Only teams that the caller belongs to.
    #[serde(default)]
    pub mine: bool,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListTeams);

/// A page of teams.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct TeamList {
    pub items: Vec<TeamBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// How a volunteer belongs to a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "state": "applied",
    "since": "2026-11-23T01:00:00Z"
}))]
pub struct MembershipBody {
    pub team_id: TeamId,
    pub volunteer_id: VolunteerId,
    pub state: MemberState,
    /// When it came to this state.
    pub since: DateTime<Utc>,
}

impl From<Membership> for MembershipBody {
    fn from(membership: Membership) -> Self {
        Self {
            team_id: membership.team_id,
            volunteer_id: membership.volunteer_id,
            state: membership.state,
            since: membership.since,
        }
    }
}

/// Which members to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMembers {
    /// Those who applied or belong, if not given.
    pub state: Option<MemberState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListMembers);

/// A member of a team.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "number": "V7K3M9Q2X4A",
    "real_name": "王**",
    "state": "active",
    "since": "2026-01-05T01:00:00Z"
}))]
pub struct MemberBody {
    pub volunteer_id: VolunteerId,
    pub number: String,
    /// Masked.
    pub real_name: String,
    pub state: MemberState,
    pub since: DateTime<Utc>,
}

impl From<MemberView> for MemberBody {
    fn from(member: MemberView) -> Self {
        Self {
            volunteer_id: member.volunteer_id,
            number: member.number,
            real_name: masked_name(&member.real_name),
            state: member.state,
            since: member.since.0,
        }
    }
}

/// A page of members.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct MemberList {
    pub items: Vec<MemberBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
