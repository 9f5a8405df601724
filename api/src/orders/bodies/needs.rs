//! Needs as people report them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    activities::Period,
    identity::Phone,
    ids::{PhotoId, ProjectId, VenueId},
    orders::{Need, PersonServed, PriorityGroup, Urgency},
    place::Location,
    teams::TeamCategory,
};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::orders::actions::needs::Solicitation;

/// A need to report. Text and title hold no personal data: who is served stands in `person`.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "category": "help_and_care",
    "title": "水管爆裂,家中进水",
    "text": "厨房水管爆裂,已关总阀。",
    "place": "中上园小区",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "urgency": "urgent",
    "priority_groups": ["elderly"],
    "person": {"name": "李阿姨", "phone": "13800005678", "address": "3 号楼 2 单元 501", "note": "没有电梯"},
    "consent": true,
    "client_reference": "draft-20261124-1"
}))]
#[validate(schema(function = "wished_forwards"))]
pub struct CreateOrder {
    /// Where it arose: a grid, a station or any other venue below a center.
    pub venue_id: VenueId,
    /// The project that is ordered, from the service menu of the venue.
    pub project_id: Option<ProjectId>,
    /// The project's own, where one is ordered.
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
    /// The exact place. Teams that are asked see it to about a hundred metres.
    #[validate(custom(function = "on_earth"))]
    pub location: Location,
    /// When it is wished for.
    pub wished: Option<Period>,
    #[serde(default = "routine")]
    pub urgency: Urgency,
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub priority_groups: Vec<PriorityGroup>,
    /// Photos that were uploaded before.
    #[serde(default)]
    #[validate(length(max = 9))]
    #[schema(max_items = 9)]
    pub photos: Vec<PhotoId>,
    #[validate(nested)]
    pub person: Option<PersonServedInput>,
    /// Whether the person served agreed that the team that serves learns who they are. Needed with `person`.
    #[serde(default)]
    pub consent: bool,
    /// The reporting device's own id for it: a draft that is sent again is the same order.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub client_reference: Option<String>,
    /// The number of the calling system; needs `order.solicit`.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub external_number: Option<String>,
    /// When it was heard, if the device was offline; at most 30 days ago.
    pub reported_at: Option<DateTime<Utc>>,
}

pub(super) const fn routine() -> Urgency {
    Urgency::Routine
}

pub(super) fn on_earth(place: &Location) -> Result<(), ValidationError> {
    if place.is_on_earth() { Ok(()) } else { Err(ValidationError::new("range")) }
}

fn wished_forwards(order: &CreateOrder) -> Result<(), ValidationError> {
    let is_forwards = order.wished.is_none_or(|wished| wished.starts_at < wished.ends_at);
    if is_forwards { Ok(()) } else { Err(ValidationError::new("wished")) }
}

/// Who is served, as whoever reports the need knows it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "李阿姨", "phone": "13800005678", "address": "3 号楼 2 单元 501", "note": "没有电梯"}))]
pub struct PersonServedInput {
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// Whoever signs in with it sees the order among their own and rates it.
    pub phone: Option<Phone>,
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    /// What the team must know.
    #[validate(length(max = 500))]
    #[schema(max_length = 500)]
    pub note: Option<String>,
}

impl PersonServedInput {
    /// The person, at their exact place.
    pub fn at(&self, location: Location) -> PersonServed {
        PersonServed {
            name: self.name.clone(),
            phone: self.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            address: self.address.clone(),
            location,
            note: self.note.clone(),
        }
    }
}

/// Who is served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "name": "李阿姨",
    "phone": "13800005678",
    "address": "3 号楼 2 单元 501",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "note": "没有电梯"
}))]
pub struct PersonServedBody {
    pub name: String,
    pub phone: Option<String>,
    pub address: Option<String>,
    pub location: Location,
    pub note: Option<String>,
}

impl From<PersonServed> for PersonServedBody {
    fn from(served: PersonServed) -> Self {
        Self {
            name: served.name,
            phone: served.phone,
            address: served.address,
            location: served.location,
            note: served.note,
        }
    }
}

impl CreateOrder {
    pub fn command(&self) -> Solicitation {
        let mut priority_groups = self.priority_groups.clone();
        priority_groups.sort_unstable();
        priority_groups.dedup();
        Solicitation {
            venue_id: self.venue_id,
            need: Need {
                category: self.category,
                title: self.title.clone(),
                text: self.text.clone(),
                skill: self.skill.clone(),
                place: self.place.clone(),
                location: self.location,
                wished: self.wished,
                urgency: self.urgency,
                priority_groups,
            },
            photos: self.photos.clone(),
            person: self.person.as_ref().map(|person| person.at(self.location)),
            consent: self.consent,
            client_reference: self.client_reference.clone(),
            external_number: self.external_number.clone(),
            reported_at: self.reported_at,
            care_plan_id: None,
            project_id: self.project_id,
        }
    }
}
