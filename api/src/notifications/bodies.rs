//! The first screen and notices as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shijian_domain::ids::EventId;
use shijian_persistence::notifications::Notice;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    activities::bodies::{SessionBody, SignupDetail},
    paged,
    points::bodies::PointsBody,
    volunteers::bodies::VolunteerBody,
};

/// Where the caller is, for sessions nearby.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HomeParams {
    /// Degrees east; with `latitude`. The home venue's place, if not given.
    #[validate(range(min = -180.0, max = 180.0))]
    #[param(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// Degrees north.
    #[validate(range(min = -90.0, max = 90.0))]
    #[param(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
}

/// The mini-program's first screen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "volunteer": null,
    "points": {"available": 0, "held": 0, "owed": 0, "carried_minutes": 0, "expiring": []},
    "upcoming_signups": [],
    "nearby_sessions": [],
    "unread_notifications": 0
}))]
pub struct Home {
    /// Null before the person applied as a volunteer.
    pub volunteer: Option<VolunteerBody>,
    pub points: PointsBody,
    /// The next five sessions that the caller signed up for.
    pub upcoming_signups: Vec<SignupDetail>,
    /// Ten sessions that take signups, within five kilometres, the nearest first.
    pub nearby_sessions: Vec<SessionBody>,
    pub unread_notifications: i64,
}

/// Something that happened to the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2f01",
    "kind": "points.earned",
    "data": {"points": 20},
    "occurred_at": "2026-12-05T03:00:00Z"
}))]
pub struct NoticeBody {
    pub id: EventId,
    /// `noun.verb`, past tense.
    pub kind: String,
    #[schema(value_type = Object)]
    pub data: Value,
    pub occurred_at: DateTime<Utc>,
}

impl From<Notice> for NoticeBody {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            kind: notice.kind,
            data: serde_json::from_str(&notice.data).unwrap_or_default(),
            occurred_at: notice.occurred_at.0,
        }
    }
}

/// Which page of notices.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNotices {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListNotices);

/// A page of notices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct NoticeList {
    pub items: Vec<NoticeBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
