//! The first screen and notices as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shijian_domain::{
    ids::NotificationId,
    notifications::{Topic, notice_of},
};
use shijian_persistence::notifications::Notification;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{
    activities::bodies::{SessionBody, SignupDetail},
    paged,
    points::bodies::PointsBody,
    problem::Language,
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

/// What the caller is told of an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2f01",
    "kind": "points.earned",
    "topic": "points",
    "title": "积分到账",
    "subject": {"kind": "volunteer", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06"},
    "data": {"points": 20},
    "occurred_at": "2026-12-05T03:00:00Z",
    "read_at": null
}))]
pub struct NotificationBody {
    pub id: NotificationId,
    /// The event: `noun.verb`, past tense.
    pub kind: String,
    pub topic: Topic,
    /// In the caller's language.
    pub title: String,
    pub subject: NotificationSubject,
    #[schema(value_type = Object)]
    pub data: Value,
    pub occurred_at: DateTime<Utc>,
    /// Null while it is unread.
    pub read_at: Option<DateTime<Utc>>,
}

/// What it happened to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "signup", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01"}))]
pub struct NotificationSubject {
    pub kind: String,
    pub id: Uuid,
}

impl NotificationBody {
    pub fn of(told: Notification, language: Language) -> Self {
        let notice = notice_of(&told.kind);
        let title = notice.map_or(told.kind.as_str(), |notice| match language {
            Language::Chinese => notice.chinese,
            Language::English => notice.english,
        });
        Self {
            id: told.id,
            title: title.to_owned(),
            topic: told.topic,
            subject: NotificationSubject { kind: told.subject_kind, id: told.subject_id.0 },
            data: serde_json::from_str(&told.data).unwrap_or_default(),
            occurred_at: told.occurred_at.0,
            read_at: told.read_at.map(|at| at.0),
            kind: told.kind,
        }
    }
}

/// How far the caller has read.
#[derive(Debug, Clone, Copy, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"last_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2f01"}))]
pub struct MarkRead {
    /// The latest that was shown; everything so far, if not given.
    pub last_id: Option<NotificationId>,
}

/// Which notifications to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListNotifications {
    /// Only what the caller has not read.
    pub unread: Option<bool>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListNotifications);

/// A page of notifications.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct NotificationList {
    pub items: Vec<NotificationBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
