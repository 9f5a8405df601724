//! The work calendar and the weights of suggestions as JSON.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use shijian_domain::orders::{DayKind, MatchingWeights, PartKind, WeightsRefusal};
use utoipa::ToSchema;
use validator::Validate;

use crate::orders::actions::settings::Weighed;

/// A day that is not as the week says.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"day": "2026-10-01", "kind": "holiday"}))]
pub struct WorkDayBody {
    pub day: NaiveDate,
    pub kind: DayKind,
}

/// The days that are not as the week says: built in, and what the operator entered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"day": "2026-10-01", "kind": "holiday"}]}))]
pub struct WorkCalendarBody {
    pub items: Vec<WorkDayBody>,
}

/// What a day is.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "holiday"}))]
pub struct SetWorkDay {
    pub kind: DayKind,
}

/// How much each part of a suggestion counts at a center: 0 to 100, one at least above 0. Only their proportion matters.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"category": 5, "skill": 15, "distance": 40, "capacity": 30, "rating": 5, "response": 5, "turn": 15, "version": 0}))]
pub struct MatchingWeightsBody {
    pub category: i64,
    pub skill: i64,
    pub distance: i64,
    pub capacity: i64,
    pub rating: i64,
    pub response: i64,
    pub turn: i64,
    /// 0 where the center has set none.
    pub version: i64,
}

impl From<Weighed> for MatchingWeightsBody {
    fn from(weighed: Weighed) -> Self {
        let of = |part| weighed.weights.of(part);
        Self {
            category: of(PartKind::Category),
            skill: of(PartKind::Skill),
            distance: of(PartKind::Distance),
            capacity: of(PartKind::Capacity),
            rating: of(PartKind::Rating),
            response: of(PartKind::Response),
            turn: of(PartKind::Turn),
            version: weighed.version,
        }
    }
}

/// The weights that a center wants.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"category": 5, "skill": 15, "distance": 40, "capacity": 30, "rating": 5, "response": 5, "turn": 15, "version": 0}))]
pub struct ReplaceMatchingWeights {
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub category: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub skill: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub distance: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub capacity: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub rating: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub response: i64,
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub turn: i64,
    /// The version that this replaces, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl ReplaceMatchingWeights {
    pub fn weights(&self) -> Result<MatchingWeights, WeightsRefusal> {
        MatchingWeights::new(|part| match part {
            PartKind::Category => self.category,
            PartKind::Skill => self.skill,
            PartKind::Distance => self.distance,
            PartKind::Capacity => self.capacity,
            PartKind::Rating => self.rating,
            PartKind::Response => self.response,
            PartKind::Turn => self.turn,
        })
    }
}
