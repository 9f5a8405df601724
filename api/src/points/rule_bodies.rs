//! Earning rules as JSON.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "validations are given references")]

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    activities::ActivityKind,
    ids::{EarningRulesId, VenueId, VolunteerId},
    points::{Caps, EarningRule, EarningRules, EarningRulesState, Simulated},
    teams::TeamCategory,
    units::{BasisPoints, Minutes, Points},
    volunteers::StarLevel,
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::rules::NewRules;
use crate::paged;

/// Persons that a simulation shows at most, those with the largest differences first.
const PERSONS_SHOWN: usize = 200;

/// Whose versions to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListEarningRules {
    /// The center whose rules they are.
    pub center_id: VenueId,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListEarningRules);

/// Which service a rule is for, and what it earns.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "activity_kinds": ["on_demand"],
    "categories": ["help_and_care"],
    "position_names": [],
    "promotion_day": true,
    "minimum_star_level": 0,
    "measured_only": false,
    "points_per_hour": 12,
    "minimum_minutes": 30,
    "multiplier": 15000
}))]
pub struct EarningRuleBody {
    /// Any kind if empty.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub activity_kinds: Vec<ActivityKind>,
    /// Any category, or none, if empty.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub categories: Vec<TeamCategory>,
    /// Any position if empty.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50)]
    pub position_names: Vec<String>,
    /// Only service on (true) or off (false) the promotion day; both if null.
    #[serde(default)]
    pub promotion_day: Option<bool>,
    #[serde(default)]
    pub minimum_star_level: StarLevel,
    /// Only service that both scans measured.
    #[serde(default)]
    pub measured_only: bool,
    #[validate(custom(function = rate))]
    #[schema(minimum = 0, maximum = 1000)]
    pub points_per_hour: Points,
    /// A record with fewer minutes earns nothing.
    #[serde(default)]
    #[validate(custom(function = minutes_of_a_day))]
    #[schema(minimum = 0, maximum = 1440)]
    pub minimum_minutes: Minutes,
    /// Basis points: 10,000, the default, is once.
    #[serde(default = "once")]
    #[validate(custom(function = multiplier))]
    #[schema(minimum = 0, maximum = 100_000)]
    pub multiplier: BasisPoints,
}

const fn once() -> BasisPoints {
    BasisPoints(10_000)
}

fn within(value: i64, max: i64) -> Result<(), ValidationError> {
    if (0..=max).contains(&value) { Ok(()) } else { Err(ValidationError::new("out_of_range")) }
}

fn rate(points: &Points) -> Result<(), ValidationError> {
    within(points.0, 1_000)
}

fn minutes_of_a_day(minutes: &Minutes) -> Result<(), ValidationError> {
    within(minutes.0, 1_440)
}

fn multiplier(multiplier: &BasisPoints) -> Result<(), ValidationError> {
    within(multiplier.0, 100_000)
}

fn cap(points: &Points) -> Result<(), ValidationError> {
    if points.is_positive() { within(points.0, 1_000_000) } else { within(-1, 0) }
}

impl EarningRuleBody {
    fn rule(&self) -> EarningRule {
        EarningRule {
            activity_kinds: self.activity_kinds.clone(),
            categories: self.categories.clone(),
            position_names: self.position_names.clone(),
            promotion_day: self.promotion_day,
            minimum_star_level: self.minimum_star_level,
            measured_only: self.measured_only,
            points_per_hour: self.points_per_hour,
            minimum_minutes: self.minimum_minutes,
            multiplier: self.multiplier,
        }
    }
}

impl From<EarningRule> for EarningRuleBody {
    fn from(rule: EarningRule) -> Self {
        Self {
            activity_kinds: rule.activity_kinds,
            categories: rule.categories,
            position_names: rule.position_names,
            promotion_day: rule.promotion_day,
            minimum_star_level: rule.minimum_star_level,
            measured_only: rule.measured_only,
            points_per_hour: rule.points_per_hour,
            minimum_minutes: rule.minimum_minutes,
            multiplier: rule.multiplier,
        }
    }
}

/// A version of a center's rules to be drafted.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "title": "2027 年积分规则",
    "rules": [
        {"promotion_day": true, "points_per_hour": 10, "multiplier": 15000},
        {"points_per_hour": 10}
    ],
    "day_cap": 80,
    "month_cap": 800
}))]
pub struct CreateEarningRules {
    pub center_id: VenueId,
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    /// The first rule that fits a record is the one that counts.
    #[validate(length(min = 1, max = 50), nested)]
    #[schema(min_items = 1, max_items = 50)]
    pub rules: Vec<EarningRuleBody>,
    /// The most points of one person for the service of one day.
    #[validate(custom(function = cap))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub day_cap: Option<Points>,
    /// The most points of one person for the service of one month.
    #[validate(custom(function = cap))]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub month_cap: Option<Points>,
}

impl CreateEarningRules {
    pub fn command(&self) -> NewRules {
        NewRules {
            center_id: self.center_id,
            title: self.title.clone(),
            rules: self.rules.iter().map(EarningRuleBody::rule).collect(),
            caps: Caps { day: self.day_cap, month: self.month_cap },
        }
    }
}

/// A version of a center's rules.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "title": "2027 年积分规则",
    "state": "draft",
    "rules": [],
    "day_cap": 80,
    "month_cap": 800,
    "created_at": "2026-11-20T09:00:00Z",
    "active_from": null,
    "active_to": null,
    "version": 1
}))]
pub struct EarningRulesBody {
    pub id: EarningRulesId,
    pub center_id: VenueId,
    pub title: String,
    pub state: EarningRulesState,
    pub rules: Vec<EarningRuleBody>,
    pub day_cap: Option<Points>,
    pub month_cap: Option<Points>,
    pub created_at: DateTime<Utc>,
    pub active_from: Option<DateTime<Utc>>,
    pub active_to: Option<DateTime<Utc>>,
    pub version: i64,
}

impl From<EarningRules> for EarningRulesBody {
    fn from(rules: EarningRules) -> Self {
        Self {
            id: rules.id,
            center_id: rules.center_id,
            title: rules.title,
            state: rules.state,
            rules: rules.rules.into_iter().map(EarningRuleBody::from).collect(),
            day_cap: rules.caps.day,
            month_cap: rules.caps.month,
            created_at: rules.created_at,
            active_from: rules.active_from,
            active_to: rules.active_to,
            version: rules.version,
        }
    }
}

/// A page of versions, the latest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct EarningRulesList {
    pub items: Vec<EarningRulesBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// What one person would have got.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10", "records": 3, "given": 60, "simulated": 75, "difference": 15
}))]
pub struct SimulatedBody {
    pub volunteer_id: VolunteerId,
    /// Service records of the period.
    pub records: i64,
    /// What the rules of the time gave.
    pub given: Points,
    /// What these rules would have given.
    pub simulated: Points,
    pub difference: Points,
}

/// What the rules would have given in a past period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "records": 3,
    "given": 60,
    "simulated": 75,
    "difference": 15,
    "volunteers": [{
        "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10", "records": 3, "given": 60, "simulated": 75, "difference": 15
    }]
}))]
pub struct SimulationBody {
    /// Service records of the period.
    pub records: i64,
    pub given: Points,
    pub simulated: Points,
    pub difference: Points,
    /// The 200 persons with the largest differences.
    pub volunteers: Vec<SimulatedBody>,
}

impl From<BTreeMap<VolunteerId, Simulated>> for SimulationBody {
    fn from(totals: BTreeMap<VolunteerId, Simulated>) -> Self {
        let mut volunteers: Vec<SimulatedBody> = totals
            .into_iter()
            .map(|(volunteer_id, total)| SimulatedBody {
                volunteer_id,
                records: total.records,
                given: total.given,
                simulated: total.simulated,
                difference: Points(total.simulated.0.saturating_sub(total.given.0)),
            })
            .collect();
        volunteers.sort_by_key(|total| std::cmp::Reverse(total.difference.0.unsigned_abs()));
        let sum = |part: fn(&SimulatedBody) -> i64| volunteers.iter().map(part).sum();
        let (records, given): (i64, i64) = (sum(|total| total.records), sum(|total| total.given.0));
        let (simulated, difference): (i64, i64) =
            (sum(|total| total.simulated.0), sum(|total| total.difference.0));
        volunteers.truncate(PERSONS_SHOWN);
        Self {
            records,
            given: Points(given),
            simulated: Points(simulated),
            difference: Points(difference),
            volunteers,
        }
    }
}
