//! Care plans as JSON.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{AccountId, CarePlanId, OrderId, VenueId},
    orders::{CarePlanState, CarePlanTerms, Need, PriorityGroup, Rhythm, Urgency, Weather},
    place::Location,
    teams::TeamCategory,
    units::Minutes,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    PersonServedInput,
    needs::{on_earth, routine},
};
use crate::{
    orders::actions::{
        care_plans::{Fate, Planned, Planning, Replanning, Visit},
        weather::Switched,
    },
    paged,
};

/// What is planned. Text and title hold no personal data.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "category": "help_and_care",
    "title": "送午餐",
    "text": "低盐,送到家中。",
    "skill": null,
    "place": "中上园小区",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "urgency": "soon",
    "priority_groups": ["elderly"],
    "rhythm": {
        "kind": "weekly",
        "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "at": "10:40",
        "leaves_out_holidays": true
    },
    "lead_minutes": 1440,
    "visit_minutes": 30,
    "from_day": "2026-11-24",
    "until_day": null
}))]
pub struct CarePlanTermsBody {
    pub category: TeamCategory,
    #[validate(length(min = 2, max = 60))]
    #[schema(min_length = 2, max_length = 60)]
    pub title: String,
    #[validate(length(max = 1000))]
    #[schema(max_length = 1000)]
    pub text: Option<String>,
    /// What somebody of the team should be able to do, as volunteers name their skills.
    #[validate(length(min = 1, max = 30))]
    #[schema(min_length = 1, max_length = 30)]
    pub skill: Option<String>,
    /// Where, as far as every team that is asked may know: a community, not a door.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    pub place: Option<String>,
    /// The exact place, as it is sent; it is answered to about a hundred metres.
    #[validate(custom(function = "on_earth"))]
    pub location: Location,
    /// It sets the clocks of each order: choose one whose clock to accept ends before the visit.
    #[serde(default = "routine")]
    pub urgency: Urgency,
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub priority_groups: Vec<PriorityGroup>,
    pub rhythm: Rhythm,
    /// How long before a visit its order is raised: an hour to 14 days. The weather does not wait for it.
    #[validate(range(min = 60, max = 20160))]
    #[schema(minimum = 60, maximum = 20160)]
    pub lead_minutes: i64,
    /// How long a visit takes.
    #[validate(range(min = 5, max = 480))]
    #[schema(minimum = 5, maximum = 480)]
    pub visit_minutes: i64,
    pub from_day: NaiveDate,
    /// The last day; without one it goes on until somebody ends it.
    pub until_day: Option<NaiveDate>,
}

impl From<CarePlanTerms> for CarePlanTermsBody {
    fn from(terms: CarePlanTerms) -> Self {
        let need = terms.need;
        Self {
            category: need.category,
            title: need.title,
            text: need.text,
            skill: need.skill,
            place: need.place,
            location: need.location,
            urgency: need.urgency,
            priority_groups: need.priority_groups,
            rhythm: terms.rhythm,
            lead_minutes: terms.lead.0,
            visit_minutes: terms.visit.0,
            from_day: terms.from_day,
            until_day: terms.until_day,
        }
    }
}

impl CarePlanTermsBody {
    fn terms(&self) -> CarePlanTerms {
        let mut priority_groups = self.priority_groups.clone();
        priority_groups.sort_unstable();
        priority_groups.dedup();
        CarePlanTerms {
            need: Need {
                category: self.category,
                title: self.title.clone(),
                text: self.text.clone(),
                skill: self.skill.clone(),
                place: self.place.clone(),
                location: self.location,
                wished: None,
                urgency: self.urgency,
                priority_groups,
            },
            rhythm: self.rhythm.clone(),
            lead: Minutes(self.lead_minutes),
            visit: Minutes(self.visit_minutes),
            from_day: self.from_day,
            until_day: self.until_day,
        }
    }
}

/// A recurring service for one person, to be planned.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "terms": {
        "category": "help_and_care",
        "title": "上门理发",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
        "rhythm": {"kind": "monthly", "day": 5, "at": "09:30"},
        "lead_minutes": 10080,
        "visit_minutes": 60,
        "from_day": "2026-11-24"
    },
    "person": {"name": "李阿姨", "phone": "13800005678", "address": "3 号楼 2 单元 501", "note": "没有电梯"},
    "consent": true
}))]
pub struct CreateCarePlan {
    /// Where the person lives: a grid, a station or any other venue below a center.
    pub venue_id: VenueId,
    #[validate(nested)]
    pub terms: CarePlanTermsBody,
    #[validate(nested)]
    pub person: PersonServedInput,
    /// Whether the person agreed that the teams that serve learn who they are. It is recorded with who wrote it down and when.
    pub consent: bool,
}

impl CreateCarePlan {
    pub fn command(&self) -> Planning {
        Planning {
            venue_id: self.venue_id,
            terms: self.terms.terms(),
            person: self.person.at(self.terms.location),
            consent: self.consent,
        }
    }
}

/// What a plan is changed to. Orders that it raised before stay as they are.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "terms": {
        "category": "help_and_care",
        "title": "上门理发",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
        "rhythm": {"kind": "monthly", "day": 8, "at": "14:00"},
        "lead_minutes": 10080,
        "visit_minutes": 60,
        "from_day": "2026-11-24"
    },
    "version": 1
}))]
pub struct ReplaceCarePlan {
    #[validate(nested)]
    pub terms: CarePlanTermsBody,
    /// Who is served from now on; whoever is served stays, if not given. It needs their consent anew.
    #[validate(nested)]
    pub person: Option<PersonServedInput>,
    #[serde(default)]
    pub consent: bool,
    /// The version that this replaces, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl ReplaceCarePlan {
    pub fn command(&self) -> Replanning {
        Replanning {
            terms: self.terms.terms(),
            person: self.person.as_ref().map(|person| person.at(self.terms.location)),
            consent: self.consent,
        }
    }
}

/// A care plan. Who is served is not in it: the orders that it raises show them to whoever serves.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2e01",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a08",
    "state": "active",
    "terms": {
        "category": "help_and_care",
        "title": "上门理发",
        "text": null,
        "skill": "理发",
        "place": "中上园小区",
        "location": {"longitude": 116.658, "latitude": 39.91},
        "urgency": "routine",
        "priority_groups": ["elderly"],
        "rhythm": {"kind": "monthly", "day": 5, "at": "09:30"},
        "lead_minutes": 10080,
        "visit_minutes": 60,
        "from_day": "2026-11-24",
        "until_day": null
    },
    "has_person": true,
    "consent_at": "2026-11-24T02:00:00Z",
    "consent_by": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "next_due_at": "2026-12-05T01:30:00Z",
    "created_by": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "created_at": "2026-11-24T02:00:00Z",
    "version": 1
}))]
pub struct CarePlanBody {
    pub id: CarePlanId,
    pub venue_id: VenueId,
    pub center_id: VenueId,
    pub state: CarePlanState,
    pub terms: CarePlanTermsBody,
    /// A plan that has ended has forgotten who was served.
    pub has_person: bool,
    /// When the consent of the person served was recorded.
    pub consent_at: DateTime<Utc>,
    /// Who recorded it.
    pub consent_by: Option<AccountId>,
    /// The next visit that has no order yet; null while it is not active, or waits for the weather.
    pub next_due_at: Option<DateTime<Utc>>,
    pub created_by: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    pub version: i64,
}

impl From<Planned> for CarePlanBody {
    fn from(planned: Planned) -> Self {
        let plan = planned.plan;
        Self {
            id: plan.id,
            venue_id: plan.venue_id,
            center_id: plan.center_id,
            state: plan.state,
            terms: plan.terms.into(),
            has_person: planned.has_person,
            consent_at: plan.consent_at,
            consent_by: plan.consent_by,
            next_due_at: planned.next_due_at,
            created_by: plan.created_by,
            created_at: plan.created_at,
            version: plan.version,
        }
    }
}

/// Which care plans to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListCarePlans {
    /// Of this venue or below it.
    pub venue_id: VenueId,
    /// Only those in this state.
    pub state: Option<CarePlanState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListCarePlans);

/// A page of care plans.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct CarePlanList {
    pub items: Vec<CarePlanBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Which visits to show.
#[derive(Debug, Clone, Copy, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PreviewCarePlan {
    /// The first day.
    pub from: NaiveDate,
    /// The day after the last; at most 366 days after `from`.
    pub to: NaiveDate,
}

/// One visit of a plan.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(example = json!({"due_at": "2026-12-05T01:30:00Z", "order_id": null, "missed": false}))]
pub struct CareVisitBody {
    pub due_at: DateTime<Utc>,
    /// The order that it raised; null while it lies ahead, or where it was missed.
    pub order_id: Option<OrderId>,
    /// Nobody ordered it in time.
    pub missed: bool,
}

impl From<Visit> for CareVisitBody {
    fn from(visit: Visit) -> Self {
        let order_id = match visit.fate {
            Fate::Raised(order) => Some(order),
            Fate::Planned | Fate::Missed => None,
        };
        Self { due_at: visit.due_at, order_id, missed: matches!(visit.fate, Fate::Missed) }
    }
}

/// The visits of a plan, the earliest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [{"due_at": "2026-12-05T01:30:00Z", "order_id": null, "missed": false}]}))]
pub struct CareVisitList {
    pub items: Vec<CareVisitBody>,
}

/// Weather to switch on.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "rain_or_snow", "day": "2026-11-24"}))]
pub struct SwitchWeather {
    pub kind: Weather,
    /// Today or one of the next seven days.
    pub day: NaiveDate,
}

/// Weather that is switched on for a day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a08", "kind": "rain_or_snow", "day": "2026-11-24", "switched_at": "2026-11-24T02:00:00Z", "plans": 12}))]
pub struct WeatherSwitchBody {
    pub center_id: VenueId,
    pub kind: Weather,
    pub day: String,
    /// When it was first switched on.
    pub switched_at: DateTime<Utc>,
    /// How many active plans wait for it; their orders are raised within five minutes.
    pub plans: usize,
}

impl From<Switched> for WeatherSwitchBody {
    fn from(switched: Switched) -> Self {
        let switch = switched.switch;
        Self {
            center_id: switch.center_id,
            kind: switch.kind,
            day: switch.day,
            switched_at: switch.switched_at.into(),
            plans: switched.plans,
        }
    }
}
