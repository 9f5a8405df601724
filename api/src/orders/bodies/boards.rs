//! Each role's orders as one screen.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{OrderId, VenueId},
    orders::{OrderState, Tier},
};
use shijian_persistence::orders::{InboxItem, Reward, TeamLoad};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::OrderCard;
use crate::{
    orders::actions::boards::{Inbox, Lane, MOST_COUNTED},
    paged,
};

/// How much of a board to show.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShowBoard {
    /// Orders of each state; 5 if not given.
    #[validate(range(min = 1, max = 20))]
    #[param(minimum = 1, maximum = 20)]
    pub limit: Option<i64>,
}

/// A venue's open orders by state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "tier": "station",
    "lanes": [{"state": "solicited", "count": 0, "is_more": false, "orders": []}]
}))]
pub struct BoardBody {
    pub venue_id: VenueId,
    pub tier: Tier,
    /// One for each open state, in the order of an order's life.
    pub lanes: Vec<LaneBody>,
}

/// The orders in one state, those first that ask for attention first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"state": "solicited", "count": 0, "is_more": false, "orders": []}))]
pub struct LaneBody {
    pub state: OrderState,
    /// Counted to 100.
    pub count: usize,
    /// There are more than `count`, perhaps.
    pub is_more: bool,
    pub orders: Vec<OrderCard>,
}

impl From<Lane> for LaneBody {
    fn from(lane: Lane) -> Self {
        Self {
            state: lane.state,
            count: lane.count,
            is_more: i64::try_from(lane.count).is_ok_and(|count| count >= MOST_COUNTED),
            orders: lane.orders.into_iter().map(OrderCard::from).collect(),
        }
    }
}

/// An order that a team is asked to take.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"offered_at": "2026-11-24T02:05:00Z", "order": {
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "number": "261124-04831522",
    "title": "水管爆裂,家中进水",
    "category": "help_and_care",
    "urgency": "urgent",
    "priority_groups": ["elderly"],
    "place": "中上园小区",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "state": "dispatching",
    "tier": "station",
    "team_id": null,
    "clock": {"kind": "accept", "due_at": "2026-11-24T03:00:00Z"},
    "lapsed_at": null,
    "center_decides": false,
    "wished": null,
    "created_at": "2026-11-24T02:00:00Z",
    "version": 3
}}))]
pub struct InboxItemBody {
    /// Null for an open call.
    pub offered_at: Option<DateTime<Utc>>,
    pub order: OrderCard,
}

impl From<InboxItem> for InboxItemBody {
    fn from(item: InboxItem) -> Self {
        Self { offered_at: item.offered_at, order: item.kept.into() }
    }
}

/// What a team is asked, and what it has: at most 20 of each.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"offered": [], "open_calls": [], "held": [], "served": []}))]
pub struct InboxBody {
    /// The oldest first.
    pub offered: Vec<InboxItemBody>,
    pub open_calls: Vec<InboxItemBody>,
    /// Accepted and not served yet, the most urgent first.
    pub held: Vec<OrderCard>,
    /// Served and not closed yet.
    pub served: Vec<OrderCard>,
}

impl From<Inbox> for InboxBody {
    fn from(inbox: Inbox) -> Self {
        let items = |items: Vec<InboxItem>| items.into_iter().map(InboxItemBody::from).collect();
        Self {
            offered: items(inbox.offered),
            open_calls: items(inbox.open_calls),
            held: inbox.held.into_iter().map(OrderCard::from).collect(),
            served: inbox.served.into_iter().map(OrderCard::from).collect(),
        }
    }
}

/// What a team was given for an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "order_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "title": "水管爆裂,家中进水",
    "points": 10,
    "given_at": "2026-11-28T01:00:00Z"
}))]
pub struct RewardBody {
    pub order_id: OrderId,
    pub title: String,
    pub points: i64,
    pub given_at: DateTime<Utc>,
}

impl From<(Reward, String)> for RewardBody {
    fn from((reward, title): (Reward, String)) -> Self {
        Self {
            order_id: reward.order_id,
            title,
            points: reward.points.0,
            given_at: reward.given_at.0,
        }
    }
}

/// A page of what a team was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct RewardList {
    pub items: Vec<RewardBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// How a team does with orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"open_orders": 1, "offers": 12, "answered": 11, "accepted": 9, "ratings": 7, "stars": 34, "points": 75}))]
pub struct TeamServiceBody {
    /// Accepted and not served yet.
    pub open_orders: i64,
    /// Offers that it answered or let lapse.
    pub offers: i64,
    /// Of these, answered in time.
    pub answered: i64,
    pub accepted: i64,
    /// Ratings that count.
    pub ratings: i64,
    /// The sum of their overall stars.
    pub stars: i64,
    /// What it was given for served orders.
    pub points: i64,
}

impl From<TeamLoad> for TeamServiceBody {
    fn from(load: TeamLoad) -> Self {
        Self {
            open_orders: load.open_orders,
            offers: load.offers,
            answered: load.answered,
            accepted: load.accepted,
            ratings: load.ratings,
            stars: load.stars,
            points: load.points.0,
        }
    }
}

/// Which page of a team's rewards.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRewards {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which page of late orders.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListLate {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListLate, ListRewards);

/// A page of late orders, the longest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct LateList {
    pub items: Vec<OrderCard>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
