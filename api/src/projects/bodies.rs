//! Projects as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{CommonNeedId, ProjectId, TeamId, VenueId},
    projects::{Goal, Project, ProjectPlan, ProjectState},
    teams::TeamCategory,
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::actions::NewProject;
use crate::paged;

/// A project to draft.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "一剪暖心",
    "summary": "每月为社区老人理发。",
    "owner_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "category": "help_and_care",
    "goals": [{"title": "服务老人", "target": 300}],
    "orderable": true,
    "order_note": "请写明楼号,以及能否下楼。"
}))]
pub struct CreateProject {
    #[validate(length(min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    pub title: String,
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    pub owner_venue_id: VenueId,
    pub team_id: Option<TeamId>,
    pub category: TeamCategory,
    #[serde(default)]
    #[validate(length(max = 20), custom(function = good_goals))]
    #[schema(max_items = 20)]
    pub goals: Vec<Goal>,
    /// Whether residents may order it while it is published: it stands on the service menu.
    #[serde(default)]
    pub orderable: bool,
    /// What residents are asked to say when they order it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub order_note: Option<String>,
}

/// What a project says anew.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "一剪暖心",
    "summary": "每月 5 日为社区老人理发。",
    "category": "help_and_care",
    "goals": [{"title": "服务老人", "target": 360}],
    "orderable": true,
    "order_note": "请写明楼号,以及能否下楼。",
    "version": 1
}))]
pub struct ReplaceProject {
    #[validate(length(min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    pub title: String,
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    pub category: TeamCategory,
    #[serde(default)]
    #[validate(length(max = 20), custom(function = good_goals))]
    #[schema(max_items = 20)]
    pub goals: Vec<Goal>,
    /// Whether residents may order it while it is published: it stands on the service menu.
    #[serde(default)]
    pub orderable: bool,
    /// What residents are asked to say when they order it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub order_note: Option<String>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

fn good_goals(goals: &[Goal]) -> Result<(), ValidationError> {
    let good = |goal: &Goal| {
        (1..=100).contains(&goal.title.chars().count())
            && (0..=1_000_000_000).contains(&goal.target)
    };
    if goals.iter().all(good) { Ok(()) } else { Err(ValidationError::new("goal_out_of_range")) }
}

impl CreateProject {
    pub fn command(&self) -> NewProject {
        NewProject {
            plan: ProjectPlan {
                title: self.title.clone(),
                summary: self.summary.clone(),
                category: self.category,
                goals: self.goals.clone(),
                orderable: self.orderable,
                order_note: self.order_note.clone(),
            },
            owner_venue_id: self.owner_venue_id,
            team_id: self.team_id,
        }
    }
}

impl ReplaceProject {
    pub fn plan(&self) -> ProjectPlan {
        ProjectPlan {
            title: self.title.clone(),
            summary: self.summary.clone(),
            category: self.category,
            goals: self.goals.clone(),
            orderable: self.orderable,
            order_note: self.order_note.clone(),
        }
    }
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "title": "一剪暖心",
    "summary": "每月为社区老人理发。",
    "owner_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "category": "help_and_care",
    "goals": [{"title": "服务老人", "target": 300}],
    "orderable": true,
    "order_note": "请写明楼号,以及能否下楼。",
    "state": "published",
    "state_reason": null,
    "common_need_id": null,
    "needs": null,
    "version": 4,
    "created_at": "2026-01-05T01:00:00Z"
}))]
pub struct ProjectBody {
    pub id: ProjectId,
    pub title: String,
    pub summary: Option<String>,
    pub owner_venue_id: VenueId,
    pub team_id: Option<TeamId>,
    pub category: TeamCategory,
    pub goals: Vec<Goal>,
    /// Whether residents may order it while it is published.
    pub orderable: bool,
    /// What to say when ordering it.
    pub order_note: Option<String>,
    pub state: ProjectState,
    /// Why it was sent back or paused.
    pub state_reason: Option<String>,
    /// The common need that it answers, told by `getProject`.
    pub common_need_id: Option<CommonNeedId>,
    /// How many needs that common need rests on.
    pub needs: Option<i64>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<Project> for ProjectBody {
    fn from(project: Project) -> Self {
        Self {
            id: project.id,
            title: project.plan.title,
            summary: project.plan.summary,
            owner_venue_id: project.owner_venue_id,
            team_id: project.team_id,
            category: project.plan.category,
            goals: project.plan.goals,
            orderable: project.plan.orderable,
            order_note: project.plan.order_note,
            state: project.state,
            state_reason: project.state_reason,
            common_need_id: None,
            needs: None,
            version: project.version,
            created_at: project.created_at,
        }
    }
}

/// Which projects to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListProjects {
    /// Owned by this venue or one below it.
    pub venue_id: Option<VenueId>,
    /// Only projects of this team.
    pub team_id: Option<TeamId>,
    /// Only projects of this category.
    pub category: Option<TeamCategory>,
    /// `published`, if not given.
    pub state: Option<ProjectState>,
    /// A part of the title.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListProjects);

/// A page of projects.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct ProjectList {
    pub items: Vec<ProjectBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
