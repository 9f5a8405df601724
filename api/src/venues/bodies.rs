//! Venues as JSON.

use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::VenueId,
    place::Location,
    units::Metres,
    venues::{
        CenterRules, CommonNeedsThreshold, InductionRule, LeastShare, NewVenue, Platform,
        PromotionDay, Venue, VenueKind, VenueProfile, VenueState,
    },
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::paged;

/// Which venues to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListVenues {
    /// Only direct children of this venue.
    pub parent_id: Option<VenueId>,
    /// Only this venue and what lies below it.
    pub within: Option<VenueId>,
    /// Only this kind.
    pub kind: Option<VenueKind>,
    /// A part of the name, or the exact code.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// Degrees east of the place to search around; with `latitude`. The nearest come first.
    #[validate(range(min = -180.0, max = 180.0))]
    #[param(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// Degrees north of the place to search around.
    #[validate(range(min = -90.0, max = 90.0))]
    #[param(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Metres around the place; 1,200 (a walk of 15 minutes) if not given.
    #[validate(range(min = 1, max = 100_000))]
    #[param(minimum = 1, maximum = 100_000)]
    pub radius: Option<i64>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListVenues);

/// A venue as its keepers describe it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "TZ-ZC-ZSY",
    "kind": "station",
    "name": "中上园社区新时代文明实践站",
    "parent_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "address": "中仓街道中上园小区",
    "opening_hours": "08:30-17:30",
    "functions": ["理论宣讲", "公益理发"],
    "platforms": ["theory", "culture"]
}))]
pub struct VenueInput {
    /// Stable, unique and human-readable: letters, digits and hyphens. It never changes.
    #[validate(length(min = 2, max = 32))]
    #[schema(min_length = 2, max_length = 32, pattern = "^[A-Za-z0-9-]+$")]
    pub code: String,
    pub kind: VenueKind,
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// The venue above; only a city office or a center may go without.
    pub parent_id: Option<VenueId>,
    #[validate(custom(function = on_earth))]
    pub location: Location,
    /// `open` if not given.
    pub status: Option<VenueState>,
    /// The administrative region's code.
    #[validate(length(max = 12))]
    #[schema(max_length = 12)]
    pub region_code: Option<String>,
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    /// When it is open, as people write it.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    pub opening_hours: Option<String>,
    /// What can be done here.
    #[serde(default)]
    #[validate(length(max = 50), custom(function = short_texts))]
    #[schema(max_items = 50)]
    pub functions: Vec<String>,
    #[serde(default)]
    #[validate(length(max = 5))]
    #[schema(max_items = 5)]
    pub platforms: Vec<Platform>,
    /// A public telephone number or other way to reach the venue.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    pub contact: Option<String>,
    /// Who heads the venue.
    #[validate(length(max = 50))]
    #[schema(max_length = 50)]
    pub head: Option<String>,
    /// Addresses of its photos.
    #[serde(default)]
    #[validate(length(max = 20), custom(function = short_texts))]
    #[schema(max_items = 20)]
    pub photos: Vec<String>,
    /// Its activities need no review by the tier above.
    #[serde(default)]
    pub trusted: bool,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

fn on_earth(location: &Location) -> Result<(), ValidationError> {
    if location.is_on_earth() { Ok(()) } else { Err(ValidationError::new("off_the_map")) }
}

fn short_texts(texts: &[String]) -> Result<(), ValidationError> {
    let short = |text: &String| (1..=300).contains(&text.chars().count());
    if texts.iter().all(short) { Ok(()) } else { Err(ValidationError::new("item_length")) }
}

impl VenueInput {
    pub fn command(&self) -> NewVenue {
        NewVenue {
            code: self.code.clone(),
            kind: self.kind,
            state: self.status.unwrap_or(VenueState::Open),
            profile: VenueProfile {
                name: self.name.clone(),
                region_code: self.region_code.clone(),
                address: self.address.clone(),
                location: self.location,
                opening_hours: self.opening_hours.clone(),
                functions: self.functions.clone(),
                platforms: self.platforms.clone(),
                contact: self.contact.clone(),
                head: self.head.clone(),
                photos: self.photos.clone(),
                trusted: self.trusted,
            },
        }
    }
}

/// A venue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "code": "TZ-ZC-ZSY",
    "kind": "station",
    "name": "中上园社区新时代文明实践站",
    "parent_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0f",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e",
    "path": "TZ/TZ-ZC/TZ-ZC-ZSY/",
    "location": {"longitude": 116.6584, "latitude": 39.9102},
    "status": "open",
    "region_code": null,
    "address": "中仓街道中上园小区",
    "opening_hours": "08:30-17:30",
    "functions": ["理论宣讲", "公益理发"],
    "platforms": ["theory", "culture"],
    "contact": null,
    "head": null,
    "photos": [],
    "trusted": false,
    "distance": null,
    "version": 1
}))]
pub struct VenueBody {
    pub id: VenueId,
    pub code: String,
    pub kind: VenueKind,
    pub name: String,
    pub parent_id: Option<VenueId>,
    /// The center at or above it.
    pub center_id: Option<VenueId>,
    /// Codes of its ancestors and its own, each ended by a slash.
    pub path: String,
    pub location: Location,
    pub status: VenueState,
    pub region_code: Option<String>,
    pub address: Option<String>,
    pub opening_hours: Option<String>,
    pub functions: Vec<String>,
    pub platforms: Vec<Platform>,
    pub contact: Option<String>,
    pub head: Option<String>,
    pub photos: Vec<String>,
    pub trusted: bool,
    /// Metres from the place searched around.
    pub distance: Option<Metres>,
    pub version: i64,
}

impl VenueBody {
    pub fn at_distance(venue: Venue, distance: Option<Metres>) -> Self {
        let profile = venue.profile;
        Self {
            id: venue.id,
            code: venue.code,
            kind: venue.kind,
            name: profile.name,
            parent_id: venue.parent_id,
            center_id: venue.center_id,
            path: venue.path.as_str().to_owned(),
            location: profile.location,
            status: venue.state,
            region_code: profile.region_code,
            address: profile.address,
            opening_hours: profile.opening_hours,
            functions: profile.functions,
            platforms: profile.platforms,
            contact: profile.contact,
            head: profile.head,
            photos: profile.photos,
            trusted: profile.trusted,
            distance,
            version: venue.version,
        }
    }
}

impl From<Venue> for VenueBody {
    fn from(venue: Venue) -> Self {
        Self::at_distance(venue, None)
    }
}

/// What a center asks of everything below it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"least_share_percent": 60, "promotion_day": 20, "induction": "everyone", "common_needs_threshold": 5}))]
pub struct CenterRulesInput {
    /// The share of a session from which presence counts; 0 asks for none.
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub least_share_percent: i64,
    /// The day of the month that is promotion day; the last weekend if not given.
    #[validate(range(min = 1, max = 31))]
    #[schema(minimum = 1, maximum = 31)]
    pub promotion_day: Option<u32>,
    /// Whether everyone is inducted before the first signup.
    pub induction: InductionRule,
    /// So many needs of one category under one venue within 30 days suggest a project; 5 if not given.
    #[validate(range(min = 2, max = 100))]
    #[schema(minimum = 2, maximum = 100)]
    pub common_needs_threshold: Option<i64>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

impl CenterRulesInput {
    pub fn rules(&self, center_id: VenueId) -> CenterRules {
        CenterRules {
            least_share: LeastShare::percent(self.least_share_percent).unwrap_or(LeastShare::NONE),
            promotion_day: PromotionDay::on(self.promotion_day),
            induction: self.induction,
            common_needs_threshold: self
                .common_needs_threshold
                .and_then(CommonNeedsThreshold::needs)
                .unwrap_or(CommonNeedsThreshold::USUAL),
            ..CenterRules::unset(center_id)
        }
    }
}

/// The rules of a center.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e",
    "least_share_percent": 60,
    "promotion_day": null,
    "induction": "by_position",
    "common_needs_threshold": 5,
    "version": 1
}))]
pub struct CenterRulesBody {
    pub center_id: VenueId,
    /// The share of a session from which presence counts; exactly so much counts.
    pub least_share_percent: i64,
    /// The day of the month that is promotion day (推动日), in a shorter month its last; null is the last weekend.
    pub promotion_day: Option<u32>,
    pub induction: InductionRule,
    /// So many needs of one category under one venue within 30 days suggest a project.
    pub common_needs_threshold: i64,
    /// 0 before anything was set.
    pub version: i64,
}

impl From<CenterRules> for CenterRulesBody {
    fn from(rules: CenterRules) -> Self {
        Self {
            center_id: rules.center_id,
            least_share_percent: rules.least_share.as_percent(),
            promotion_day: rules.promotion_day.day(),
            induction: rules.induction,
            common_needs_threshold: rules.common_needs_threshold.as_needs(),
            version: rules.version,
        }
    }
}

/// A page of venues.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct VenueList {
    pub items: Vec<VenueBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
