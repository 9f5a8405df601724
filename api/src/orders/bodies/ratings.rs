//! Ratings, satisfaction and stories as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{OrderId, PhotoId, TeamId, VenueId},
    orders::{AppealState, Outcome, Rating, Satisfaction, Stars},
    teams::TeamCategory,
};
use shijian_persistence::orders::Story;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::PhotoLink;
use crate::{
    act::Act,
    orders::actions::{ratings::Opinion, stories::Telling},
    paged,
};

/// What somebody says of a service: 1 to 5 each.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"attitude": 5, "quality": 5, "timeliness": 4, "overall": 5, "outcome": "solved", "comment": "来得很快"}))]
pub struct RateOrder {
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub attitude: i64,
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub quality: i64,
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub timeliness: i64,
    /// 4 and 5 are satisfied; 1 and 2 ask for a return visit.
    #[validate(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    pub overall: i64,
    pub outcome: Outcome,
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub comment: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl RateOrder {
    /// `None` where stars are out of range, which the validation refuses before.
    pub fn opinion(&self) -> Option<Opinion> {
        Some(Opinion {
            attitude: Stars::new(self.attitude)?,
            quality: Stars::new(self.quality)?,
            timeliness: Stars::new(self.timeliness)?,
            overall: Stars::new(self.overall)?,
            outcome: self.outcome,
            comment: self.comment.clone(),
        })
    }
}

/// What whoever was served said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "attitude": 5,
    "quality": 5,
    "timeliness": 4,
    "overall": 5,
    "outcome": "solved",
    "comment": "来得很快",
    "rated_at": "2026-11-24T08:00:00Z",
    "appeal": null,
    "counts": true
}))]
pub struct RatingBody {
    pub attitude: i64,
    pub quality: i64,
    pub timeliness: i64,
    pub overall: i64,
    pub outcome: Outcome,
    pub comment: Option<String>,
    pub rated_at: DateTime<Utc>,
    pub appeal: Option<AppealState>,
    /// A rating whose appeal was upheld does not count.
    pub counts: bool,
}

impl From<Rating> for RatingBody {
    fn from(rating: Rating) -> Self {
        Self {
            counts: rating.counts(),
            attitude: rating.attitude.get(),
            quality: rating.quality.get(),
            timeliness: rating.timeliness.get(),
            overall: rating.overall.get(),
            outcome: rating.outcome,
            comment: rating.comment,
            rated_at: rating.rated_at,
            appeal: rating.appeal,
        }
    }
}

/// Whether an appeal was right.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"upheld": true, "reason": "评价针对的是供水公司"}))]
pub struct JudgeAppeal {
    pub upheld: bool,
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Which time to look at.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SatisfactionParams {
    /// The first day, in the deployment's time zone.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// How satisfied people are, with the interval in which the true share lies 95 times of 100 (Wilson).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "rated": 52,
    "satisfied": 49,
    "share_basis_points": 9423,
    "low_basis_points": 8436,
    "high_basis_points": 9801,
    "can_be_ranked": true
}))]
pub struct SatisfactionBody {
    pub rated: i64,
    /// Overall 4 or 5.
    pub satisfied: i64,
    /// Hundredths of a per cent; null where nobody rated.
    pub share_basis_points: Option<i64>,
    pub low_basis_points: Option<i64>,
    pub high_basis_points: Option<i64>,
    /// Fewer than 30 ratings say too little to compare.
    pub can_be_ranked: bool,
}

impl From<Satisfaction> for SatisfactionBody {
    fn from(found: Satisfaction) -> Self {
        Self {
            rated: found.rated,
            satisfied: found.satisfied,
            share_basis_points: found.share.map(|share| share.0),
            low_basis_points: found.low.map(|share| share.0),
            high_basis_points: found.high.map(|share| share.0),
            can_be_ranked: found.can_be_ranked(),
        }
    }
}

/// A service to tell to the public, without personal data.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "一根水管,一小时", "text": "水电服务队一小时内赶到,换好水管。", "photos": [], "consent": true}))]
pub struct PublishOrder {
    #[validate(length(min = 2, max = 60))]
    #[schema(min_length = 2, max_length = 60)]
    pub title: String,
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
    /// Of the photos of the order and its service.
    #[serde(default)]
    #[validate(length(max = 9))]
    #[schema(max_items = 9)]
    pub photos: Vec<PhotoId>,
    /// Whether the person served agreed.
    pub consent: bool,
}

impl PublishOrder {
    pub fn command(&self) -> Telling {
        Telling {
            title: self.title.clone(),
            text: self.text.clone(),
            photos: self.photos.clone(),
            consent: self.consent,
        }
    }
}

/// A service told to the public.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "order_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2c01",
    "station_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "team_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2b01",
    "category": "help_and_care",
    "title": "一根水管,一小时",
    "text": "水电服务队一小时内赶到,换好水管。",
    "photos": [],
    "published_at": "2026-11-28T01:00:00Z"
}))]
pub struct StoryBody {
    pub order_id: OrderId,
    pub station_id: Option<VenueId>,
    pub team_id: TeamId,
    pub category: TeamCategory,
    pub title: String,
    pub text: String,
    pub photos: Vec<PhotoLink>,
    pub published_at: DateTime<Utc>,
}

impl StoryBody {
    pub fn shown(act: &Act<'_>, story: Story) -> Self {
        let photos: Vec<PhotoId> = serde_json::from_str(&story.photos).unwrap_or_default();
        Self {
            order_id: story.order_id,
            station_id: story.station_id,
            team_id: story.team_id,
            category: story.category,
            title: story.title,
            text: story.text,
            photos: photos.into_iter().map(|id| PhotoLink::of(act, id)).collect(),
            published_at: story.published_at.0,
        }
    }
}

/// Which stories to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListStories {
    /// Of this center.
    pub center_id: Option<VenueId>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListStories);

/// A page of stories.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct StoryList {
    pub items: Vec<StoryBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
