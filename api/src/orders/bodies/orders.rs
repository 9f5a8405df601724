//! Orders and their histories as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shijian_domain::{
    activities::Period,
    ids::{AccountId, CarePlanId, OrderId, PhotoId, ProjectId, SessionId, TeamId, VenueId},
    orders::{
        ClockKind, Offer, OrderCommand, OrderOfferState, OrderSource, OrderState, Party,
        PriorityGroup, Tier, Urgency, allowed_from,
    },
    place::Location,
    teams::TeamCategory,
};
use shijian_persistence::orders::{Kept, KeptEvent};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::RatingBody;
use crate::{act::Act, paged, photos::actions::link};

/// What an order waits for, and until when.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"kind": "accept", "due_at": "2026-11-24T03:00:00Z"}))]
pub struct OrderClockBody {
    pub kind: ClockKind,
    pub due_at: DateTime<Utc>,
}

/// A photo, with a path that shows it for an hour to whoever has the link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01", "link": "/api/v1/photos/01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01?until=1764000000&signature=…"}))]
pub struct PhotoLink {
    pub id: PhotoId,
    pub link: String,
}

impl PhotoLink {
    pub fn of(act: &Act<'_>, id: PhotoId) -> Self {
        Self { id, link: link(act, id) }
    }
}

/// An order. Who is served is not in it: see `revealOrderPerson`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "number": "261124-04831522",
    "source": "grid_worker",
    "state": "dispatching",
    "tier": "station",
    "holder_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "allowed": ["absorb", "decline", "transfer", "cancel", "dispatch", "refuse", "escalate", "accept", "assign"],
    "category": "help_and_care",
    "title": "水管爆裂,家中进水",
    "text": null,
    "skill": null,
    "place": "中上园小区",
    "location": {"longitude": 116.658, "latitude": 39.91},
    "wished": null,
    "urgency": "urgent",
    "priority_groups": ["elderly"],
    "photos": [],
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "station_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "institute_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a09",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a08",
    "clock": {"kind": "accept", "due_at": "2026-11-24T03:00:00Z"},
    "lapsed_at": null,
    "team_id": null,
    "open_call": false,
    "session_id": null,
    "round": 1,
    "has_person": true,
    "confirmed": false,
    "confirmation_code": null,
    "rating": null,
    "into_order_id": null,
    "external_number": null,
    "project_id": null,
    "care_plan_id": null,
    "reported_at": "2026-11-24T02:00:00Z",
    "created_at": "2026-11-24T02:00:00Z",
    "ended_at": null,
    "version": 3
}))]
pub struct OrderBody {
    pub id: OrderId,
    /// What people say on the telephone.
    pub number: String,
    pub source: OrderSource,
    pub state: OrderState,
    /// Where it is on its way up.
    pub tier: Tier,
    /// The venue whose dispatchers have it.
    pub holder_id: VenueId,
    /// What can be done from this state, by one part or another.
    pub allowed: Vec<OrderCommand>,
    pub category: TeamCategory,
    pub title: String,
    pub text: Option<String>,
    pub skill: Option<String>,
    pub place: Option<String>,
    /// To about a hundred metres.
    pub location: Location,
    pub wished: Option<Period>,
    pub urgency: Urgency,
    pub priority_groups: Vec<PriorityGroup>,
    pub photos: Vec<PhotoLink>,
    pub venue_id: VenueId,
    pub station_id: Option<VenueId>,
    pub institute_id: Option<VenueId>,
    pub center_id: VenueId,
    /// Null where nobody is waited for, or nobody is left to ask.
    pub clock: Option<OrderClockBody>,
    /// When a clock ran out with nobody above to pass it to: it is late since then.
    pub lapsed_at: Option<DateTime<Utc>>,
    pub team_id: Option<TeamId>,
    /// Any able team may accept it.
    pub open_call: bool,
    pub session_id: Option<SessionId>,
    /// 2 once it was reopened.
    pub round: i64,
    /// Whether it is known who is served.
    pub has_person: bool,
    /// Whether the service was confirmed.
    pub confirmed: bool,
    /// What whoever is served tells the team; only they see it.
    pub confirmation_code: Option<String>,
    /// Of the current round.
    pub rating: Option<RatingBody>,
    /// The order that goes on for a merged one.
    pub into_order_id: Option<OrderId>,
    pub external_number: Option<String>,
    /// The project that it was ordered from.
    pub project_id: Option<ProjectId>,
    /// The plan that raised it.
    pub care_plan_id: Option<CarePlanId>,
    pub reported_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub version: i64,
}

impl OrderBody {
    /// As whoever may see the order sees it: with links to its photos.
    pub fn shown(act: &Act<'_>, kept: Kept) -> Self {
        let holder_id = kept.order.holder_id();
        let order = kept.order;
        let (need, progress) = (order.need, order.progress);
        Self {
            id: order.id,
            number: order.number,
            source: order.source,
            state: progress.state,
            tier: progress.tier,
            holder_id,
            allowed: allowed_from(progress.state).map(|row| row.command).collect(),
            category: need.category,
            title: need.title,
            text: need.text,
            skill: need.skill,
            place: need.place,
            location: need.location,
            wished: need.wished,
            urgency: need.urgency,
            priority_groups: need.priority_groups,
            photos: kept.photos.into_iter().map(|id| PhotoLink::of(act, id)).collect(),
            venue_id: order.venue_id,
            station_id: order.ladder.station_id,
            institute_id: order.ladder.institute_id,
            center_id: order.ladder.center_id,
            clock: progress
                .clock
                .map(|clock| OrderClockBody { kind: clock.kind, due_at: clock.due_at }),
            lapsed_at: progress.lapsed_at,
            team_id: progress.team_id,
            open_call: progress.open_call,
            session_id: progress.session_id,
            round: progress.round,
            has_person: kept.person.is_some(),
            confirmed: progress.confirmed,
            confirmation_code: None,
            rating: None,
            into_order_id: kept.into_order_id,
            external_number: order.external_number,
            project_id: order.project_id,
            care_plan_id: order.care_plan_id,
            reported_at: order.reported_at,
            created_at: order.created_at,
            ended_at: progress.ended_at,
            version: progress.version,
        }
    }
}

/// An order as lists and boards show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
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
}))]
pub struct OrderCard {
    pub id: OrderId,
    pub number: String,
    pub title: String,
    pub category: TeamCategory,
    pub urgency: Urgency,
    pub priority_groups: Vec<PriorityGroup>,
    pub place: Option<String>,
    pub venue_id: VenueId,
    pub state: OrderState,
    pub tier: Tier,
    pub team_id: Option<TeamId>,
    pub clock: Option<OrderClockBody>,
    pub lapsed_at: Option<DateTime<Utc>>,
    /// It went round long enough: the center assigns, transfers or declines it.
    pub center_decides: bool,
    pub wished: Option<Period>,
    pub created_at: DateTime<Utc>,
    pub version: i64,
}

impl From<Kept> for OrderCard {
    fn from(kept: Kept) -> Self {
        let order = kept.order;
        let progress = order.progress;
        Self {
            id: order.id,
            number: order.number,
            title: order.need.title,
            category: order.need.category,
            urgency: order.need.urgency,
            priority_groups: order.need.priority_groups,
            place: order.need.place,
            venue_id: order.venue_id,
            state: progress.state,
            tier: progress.tier,
            team_id: progress.team_id,
            clock: progress
                .clock
                .map(|clock| OrderClockBody { kind: clock.kind, due_at: clock.due_at }),
            lapsed_at: progress.lapsed_at,
            center_decides: progress.is_for_center() && progress.is_sought(),
            wished: order.need.wished,
            created_at: order.created_at,
            version: progress.version,
        }
    }
}

/// Which orders to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOrders {
    /// That arose at this venue or below it.
    pub venue_id: Option<VenueId>,
    /// That this team has.
    pub team_id: Option<TeamId>,
    /// Of this category.
    pub category: Option<TeamCategory>,
    /// In this state.
    pub state: Option<OrderState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which of the caller's orders to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMyOrders {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListOrders, ListMyOrders);

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct OrderList {
    pub items: Vec<OrderCard>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Orders that may be about the same need.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": []}))]
pub struct AlikeOrders {
    /// The newest first, at most ten.
    pub items: Vec<OrderCard>,
}

/// One move of an order's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "number": 1,
    "command": "solicit",
    "party": "grid_worker",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "at": "2026-11-24T02:00:00Z",
    "reason": null,
    "state": "solicited",
    "tier": "station",
    "clock": {"kind": "register", "due_at": "2026-11-24T02:30:00Z"},
    "team_id": null,
    "session_id": null,
    "data": null
}))]
pub struct OrderEventBody {
    /// 1, 2, 3 …
    pub number: i64,
    pub command: OrderCommand,
    pub party: Party,
    /// Null where the program acted.
    pub account_id: Option<AccountId>,
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    /// Where it stood after that.
    pub state: OrderState,
    pub tier: Tier,
    pub clock: Option<OrderClockBody>,
    pub team_id: Option<TeamId>,
    pub session_id: Option<SessionId>,
    /// What else is to be known of it.
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
}

impl OrderEventBody {
    pub fn shown(act: &Act<'_>, kept: KeptEvent) -> Self {
        let event = kept.event;
        Self {
            number: event.number,
            command: event.command,
            party: event.party,
            account_id: event.account_id,
            at: event.at,
            reason: event.reason,
            state: event.state,
            tier: event.tier,
            clock: event
                .clock
                .map(|clock| OrderClockBody { kind: clock.kind, due_at: clock.due_at }),
            team_id: event.team_id,
            session_id: event.session_id,
            data: kept.data.and_then(|data| data_with_links(act, &data)),
        }
    }
}

/// What is kept of an event, with links to its photos.
fn data_with_links(act: &Act<'_>, data: &str) -> Option<Value> {
    let mut data: Value = serde_json::from_str(data).ok()?;
    let photos = data.get_mut("photos").and_then(Value::as_array_mut);
    for photo in photos.into_iter().flatten() {
        let id = photo.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        if let (Some(id), Some(photo)) = (id, photo.as_object_mut()) {
            photo.insert("link".to_owned(), Value::String(link(act, id)));
        }
    }
    Some(data)
}

/// A team that was asked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "wave": 3,
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "state": "offered",
    "offered_at": "2026-11-24T02:05:00Z",
    "answered_at": null,
    "reason": null,
    "rank": 1,
    "score": 812,
    "overridden": false
}))]
pub struct OrderOfferBody {
    /// The number of the event that asked.
    pub wave: i64,
    pub team_id: TeamId,
    pub state: OrderOfferState,
    pub offered_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// Its place among the suggestions; null if it was not suggested.
    pub rank: Option<i64>,
    /// Thousandths.
    pub score: Option<i64>,
    /// A dispatcher chose it against the best suggestions.
    pub overridden: bool,
}

impl From<Offer> for OrderOfferBody {
    fn from(offer: Offer) -> Self {
        Self {
            wave: offer.wave,
            team_id: offer.team_id,
            state: offer.state,
            offered_at: offer.offered_at,
            answered_at: offer.answered_at,
            reason: offer.reason,
            rank: offer.rank,
            score: offer.score,
            overridden: offer.overridden,
        }
    }
}

/// The whole history of an order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"events": [], "offers": []}))]
pub struct TimelineBody {
    pub events: Vec<OrderEventBody>,
    pub offers: Vec<OrderOfferBody>,
}
