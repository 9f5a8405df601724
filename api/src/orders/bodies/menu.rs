//! The service menu as JSON.

use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{ProjectId, TeamId, VenueId},
    teams::TeamCategory,
};
use shijian_persistence::projects;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::paged;

/// Which part of the menu to show.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowMenu {
    /// What can be ordered at this venue: its own, and that of the venues above it and below it.
    pub venue_id: Option<VenueId>,
    /// Only items of this category.
    pub category: Option<TeamCategory>,
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

paged!(ShowMenu);

/// A project that residents can order: `createOrder` with its `project_id`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "project_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "title": "一剪暖心",
    "summary": "每月为社区老人理发。",
    "category": "help_and_care",
    "order_note": "请写明楼号,以及能否下楼。",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "venue_name": "中上园社区新时代文明实践站",
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01"
}))]
pub struct MenuItem {
    pub project_id: ProjectId,
    pub title: String,
    pub summary: Option<String>,
    /// That an order from it has.
    pub category: TeamCategory,
    /// What to say when ordering it.
    pub order_note: Option<String>,
    /// Whose project it is.
    pub venue_id: VenueId,
    pub venue_name: String,
    /// The team that is asked first.
    pub team_id: Option<TeamId>,
}

impl From<projects::MenuItem> for MenuItem {
    fn from(item: projects::MenuItem) -> Self {
        let (project, plan) = (item.project.id, item.project.plan);
        Self {
            project_id: project,
            title: plan.title,
            summary: plan.summary,
            category: plan.category,
            order_note: plan.order_note,
            venue_id: item.project.owner_venue_id,
            venue_name: item.venue_name,
            team_id: item.project.team_id,
        }
    }
}

/// A page of the menu.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct ServiceMenu {
    pub items: Vec<MenuItem>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
