//! What is done with orders, as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    activities::Period,
    ids::{OrderId, PhotoId, TeamId, VolunteerId},
    orders::{Moment, PartKind, Urgency},
    teams::TeamCategory,
};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{
    orders::actions::{
        dispatch::Dispatching,
        service::{Appointment, Evidence},
        suggestions::Suggestion,
        triage::Registration,
    },
    problem::Language,
};

/// What a dispatcher corrects in registering; everything stays as it was reported, if not given.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"urgency": "urgent"}))]
pub struct RegisterOrder {
    pub category: Option<TeamCategory>,
    pub urgency: Option<Urgency>,
    #[validate(length(min = 2, max = 60))]
    #[schema(min_length = 2, max_length = 60)]
    pub title: Option<String>,
    #[validate(length(min = 1, max = 30))]
    #[schema(min_length = 1, max_length = 30)]
    pub skill: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl RegisterOrder {
    pub fn command(&self) -> Registration {
        Registration {
            category: self.category,
            urgency: self.urgency,
            title: self.title.clone(),
            skill: self.skill.clone(),
        }
    }
}

/// The order that goes on for both.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"into": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c02"}))]
pub struct MergeOrder {
    pub into: OrderId,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// Who goes on with it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to": "12345 热线", "number": "HL20261124001", "reason": "属供水公司职责"}))]
pub struct TransferOrder {
    /// The department or system.
    #[validate(length(min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    pub to: String,
    /// Its number for it.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub number: Option<String>,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// How long the clock stands still.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"until": "2026-11-26T01:00:00Z", "reason": "住户外出"}))]
pub struct PauseOrder {
    /// At most 7 days ahead; 14 days of pauses in all.
    pub until: DateTime<Utc>,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// Whom to ask: the teams named. If none is and it is no open call, the team of the project that was ordered, or else the three best
/// suggestions.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"team_ids": [], "open_call": false}))]
pub struct DispatchOrder {
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(max_items = 10)]
    pub team_ids: Vec<TeamId>,
    /// Any able team below the venue may accept.
    #[serde(default)]
    pub open_call: bool,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl DispatchOrder {
    pub fn command(&self) -> Dispatching {
        Dispatching { team_ids: self.team_ids.clone(), open_call: self.open_call }
    }
}

/// The team for which the caller answers.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01"}))]
pub struct AnswerOrder {
    pub team_id: TeamId,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// Why a team does not take it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01", "reason": "当日已有两单"}))]
pub struct RefuseOrder {
    pub team_id: TeamId,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// The team that the center gives it to.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01", "reason": "距离最近"}))]
pub struct AssignOrder {
    pub team_id: TeamId,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// When the team comes, and who.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "starts_at": "2026-11-24T04:00:00Z",
    "ends_at": "2026-11-24T06:00:00Z",
    "volunteer_ids": ["01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06"],
    "home_visit": true
}))]
#[validate(schema(function = "forwards"))]
pub struct ScheduleOrder {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// Members who go: they get a place in the session.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub volunteer_ids: Vec<VolunteerId>,
    /// Places of the session, if more than are named; other members sign up by themselves.
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub headcount: Option<i64>,
    /// In somebody's home: the session has two places at least, and nobody under 18 goes alone.
    #[serde(default = "at_home")]
    pub home_visit: bool,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

const fn at_home() -> bool {
    true
}

fn forwards(appointment: &ScheduleOrder) -> Result<(), ValidationError> {
    if appointment.starts_at < appointment.ends_at {
        Ok(())
    } else {
        Err(ValidationError::new("ends_at"))
    }
}

impl ScheduleOrder {
    pub fn command(&self) -> Appointment {
        Appointment {
            when: Period { starts_at: self.starts_at, ends_at: self.ends_at },
            volunteer_ids: self.volunteer_ids.clone(),
            headcount: self.headcount,
            home_visit: self.home_visit,
        }
    }
}

/// A photo that the caller uploaded before.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2d01", "moment": "after"}))]
pub struct EvidencePhoto {
    pub id: PhotoId,
    pub moment: Moment,
}

/// What was done. No personal data.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "更换了厨房软管,试水半小时无渗漏。", "photos": []}))]
pub struct ServeOrder {
    #[validate(length(min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
    #[serde(default)]
    #[validate(length(max = 9))]
    #[schema(max_items = 9)]
    pub photos: Vec<EvidencePhoto>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl ServeOrder {
    pub fn command(&self) -> Evidence {
        Evidence {
            text: self.text.clone(),
            photos: self.photos.iter().map(|photo| (photo.id, photo.moment)).collect(),
        }
    }
}

/// The word of whoever was served.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "048315"}))]
pub struct ConfirmOrder {
    /// What the person served told the team; whoever was served and the grid worker need none.
    #[validate(length(equal = 6))]
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// One part of a suggestion's score.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"part": "distance", "score": 880, "weight": 40, "reason": "距离 1.2 公里"}))]
pub struct SuggestionPart {
    pub part: PartKind,
    /// Thousandths.
    pub score: i64,
    /// How much it counts, 0 to 100.
    pub weight: i64,
    /// In the caller's language.
    pub reason: String,
}

/// A team as it suits the order.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "name": "中上园水电志愿服务队",
    "score": 812,
    "distance_metres": 1200,
    "parts": [{"part": "distance", "score": 880, "weight": 40, "reason": "距离 1.2 公里"}]
}))]
pub struct SuggestionBody {
    pub team_id: TeamId,
    pub name: String,
    /// Thousandths: the weighted mean of the parts.
    pub score: i64,
    pub distance_metres: i64,
    pub parts: Vec<SuggestionPart>,
}

impl SuggestionBody {
    pub fn of(suggestion: Suggestion, language: Language) -> Self {
        let ranked = suggestion.ranked;
        Self {
            team_id: ranked.team_id,
            name: suggestion.name,
            score: ranked.score.as_thousandths(),
            distance_metres: ranked.distance.0,
            parts: ranked
                .parts
                .into_iter()
                .map(|part| SuggestionPart {
                    part: part.kind,
                    score: part.score.as_thousandths(),
                    weight: part.weight,
                    reason: match language {
                        Language::Chinese => part.reason.chinese(),
                        Language::English => part.reason.english(),
                    },
                })
                .collect(),
        }
    }
}

/// Teams that suit an order, best first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"team_of_project": null, "items": []}))]
pub struct SuggestionList {
    /// Asked first and alone where no team is named: the team of the project that was ordered, if it can be asked.
    pub team_of_project: Option<TeamId>,
    pub items: Vec<SuggestionBody>,
}
