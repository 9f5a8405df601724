//! Common needs as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{AccountId, CommonNeedId, ProjectId, VenueId},
    orders::{CommonNeed, CommonNeedState},
    teams::TeamCategory,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::OrderCard;
use crate::{orders::actions::common_needs::Shown, paged};

/// Which common needs to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCommonNeeds {
    /// Of this venue and those below it.
    pub venue_id: Option<VenueId>,
    /// Only those in this state.
    pub state: Option<CommonNeedState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListCommonNeeds);

/// Many needs of one category under one venue, and what became of the suggestion to answer them by a project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "category": "help_and_care",
    "state": "suggested",
    "needs": 5,
    "first_at": "2026-11-01T02:00:00Z",
    "last_at": "2026-11-23T08:30:00Z",
    "project_id": null,
    "decided_by": null,
    "decided_at": null,
    "reason": null,
    "version": 1
}))]
pub struct CommonNeedBody {
    pub id: CommonNeedId,
    /// The station, institute or center: the lowest under which there were enough.
    pub venue_id: VenueId,
    pub category: TeamCategory,
    pub state: CommonNeedState,
    /// How many needs it rests on.
    pub needs: i64,
    /// When the first of them was heard, and the last.
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// The project that was drafted of it.
    pub project_id: Option<ProjectId>,
    /// Null where it lapsed.
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was dismissed.
    pub reason: Option<String>,
    pub version: i64,
}

impl From<CommonNeed> for CommonNeedBody {
    fn from(common: CommonNeed) -> Self {
        Self {
            id: common.id,
            venue_id: common.venue_id,
            category: common.category,
            state: common.state,
            needs: common.needs,
            first_at: common.first_at,
            last_at: common.last_at,
            project_id: common.project_id,
            decided_by: common.decided_by,
            decided_at: common.decided_at,
            reason: common.reason,
            version: common.version,
        }
    }
}

/// A page of common needs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct CommonNeedList {
    pub items: Vec<CommonNeedBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A common need with its orders, without personal data.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "category": "help_and_care",
    "state": "accepted",
    "needs": 5,
    "first_at": "2026-11-01T02:00:00Z",
    "last_at": "2026-11-23T08:30:00Z",
    "project_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "decided_by": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "decided_at": "2026-11-24T02:00:00Z",
    "reason": null,
    "version": 2,
    "orders": []
}))]
pub struct CommonNeedDetail {
    #[serde(flatten)]
    pub common_need: CommonNeedBody,
    /// The newest that it rests on, at most 100; none once it lapsed.
    pub orders: Vec<OrderCard>,
}

impl From<Shown> for CommonNeedDetail {
    fn from(shown: Shown) -> Self {
        Self {
            common_need: shown.common.into(),
            orders: shown.orders.into_iter().map(OrderCard::from).collect(),
        }
    }
}

/// What the project is to be called.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "邻里帮一把"}))]
pub struct AcceptCommonNeed {
    /// By venue and category, if not given.
    #[validate(length(min = 2, max = 100))]
    #[schema(min_length = 2, max_length = 100)]
    pub title: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}
