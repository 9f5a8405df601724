//! Volunteers as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    identity::Phone,
    ids::{AccountId, VenueId, VolunteerId},
    units::Minutes,
    volunteers::{
        Application, Consent, ConsentPurpose, Contact, Gender, IdentityNumber, PersonalData,
        StarLevel, Volunteer, VolunteerState, masked_name,
    },
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::actions::{Opened, Profile};
use crate::paged;

/// Somebody to call.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "李秀英", "phone": "13900005678"}))]
pub struct ContactBody {
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    pub phone: Phone,
}

impl ContactBody {
    pub fn contact(&self) -> Contact {
        Contact { name: self.name.clone(), phone: self.phone.clone() }
    }
}

impl From<Contact> for ContactBody {
    fn from(contact: Contact) -> Self {
        Self { name: contact.name, phone: contact.phone }
    }
}

/// A consent, by the version of the text that was shown.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"purpose": "personal_data", "version": "2026-01"}))]
pub struct ConsentBody {
    pub purpose: ConsentPurpose,
    #[validate(length(min = 1, max = 20))]
    #[schema(min_length = 1, max_length = 20)]
    pub version: String,
}

/// Somebody who wants to serve.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "real_name": "王建国",
    "identity_number": "11010519491231002X",
    "phone": "13800005678",
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "skills": ["理发"],
    "consents": [{"purpose": "personal_data", "version": "2026-01"}]
}))]
pub struct ApplyAsVolunteer {
    #[validate(length(min = 2, max = 50))]
    #[schema(min_length = 2, max_length = 50)]
    pub real_name: String,
    /// Kept encrypted. It tells the date of birth.
    pub identity_number: IdentityNumber,
    /// Kept encrypted.
    pub phone: Phone,
    /// The station, institute or other venue that reviews the application.
    pub home_venue_id: VenueId,
    #[serde(default)]
    #[validate(length(max = 30), custom(function = short_words))]
    #[schema(max_items = 30)]
    pub skills: Vec<String>,
    /// `personal_data` is needed.
    #[validate(length(min = 1, max = 10), nested)]
    #[schema(min_items = 1, max_items = 10)]
    pub consents: Vec<ConsentBody>,
    /// Kept encrypted.
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    #[validate(nested)]
    pub emergency_contact: Option<ContactBody>,
    /// The guardian who consents; needed under 14, and for any signup under 18.
    #[validate(nested)]
    pub guardian: Option<ContactBody>,
}

fn short_words(words: &[String]) -> Result<(), ValidationError> {
    let short = |word: &String| (1..=30).contains(&word.chars().count());
    if words.iter().all(short) { Ok(()) } else { Err(ValidationError::new("item_length")) }
}

impl ApplyAsVolunteer {
    pub fn application(&self) -> Application {
        let consent = |consent: &ConsentBody| Consent {
            purpose: consent.purpose,
            version: consent.version.clone(),
        };
        Application {
            personal: PersonalData {
                real_name: self.real_name.clone(),
                identity_number: self.identity_number.clone(),
                phone: self.phone.clone(),
                address: self.address.clone(),
                emergency_contact: self.emergency_contact.as_ref().map(ContactBody::contact),
                guardian: self.guardian.as_ref().map(ContactBody::contact),
            },
            home_venue_id: self.home_venue_id,
            skills: self.skills.clone(),
            consents: self.consents.iter().map(consent).collect(),
        }
    }
}

/// A reason that must be told.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "多次冒名签到"}))]
pub struct Reason {
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// A reason that may be told.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "已核实"}))]
pub struct OptionalReason {
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
    /// The version that this changes, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

/// A volunteer; what identifies the person is masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "number": "V7K3M9Q2X4A",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "state": "active",
    "state_reason": null,
    "real_name": "王**",
    "gender": "male",
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e",
    "skills": ["理发"],
    "guardian_consent": false,
    "inducted_at": null,
    "verified_minutes": 6300,
    "star_level": 1,
    "version": 2,
    "created_at": "2026-01-05T01:00:00Z"
}))]
pub struct VolunteerBody {
    pub id: VolunteerId,
    /// For people: it says nothing of the person.
    pub number: String,
    pub account_id: Option<AccountId>,
    pub state: VolunteerState,
    pub state_reason: Option<String>,
    /// Masked, except to the person.
    pub real_name: String,
    pub gender: Gender,
    pub home_venue_id: VenueId,
    /// The center whose rules hold.
    pub center_id: VenueId,
    pub skills: Vec<String>,
    /// Whether a guardian's consent is on record.
    pub guardian_consent: bool,
    /// When the induction and safety training was completed.
    pub inducted_at: Option<DateTime<Utc>>,
    pub verified_minutes: Minutes,
    pub star_level: StarLevel,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl VolunteerBody {
    /// As `viewer` sees the volunteer: only they themselves see the whole name.
    pub fn seen_by(viewer: Option<VolunteerId>, volunteer: Volunteer) -> Self {
        let real_name = if viewer == Some(volunteer.id) {
            volunteer.real_name.clone()
        } else {
            volunteer.masked_name()
        };
        Self {
            id: volunteer.id,
            star_level: volunteer.star_level(),
            number: volunteer.number,
            account_id: volunteer.account_id,
            state: volunteer.state,
            state_reason: volunteer.state_reason,
            real_name,
            gender: volunteer.gender,
            home_venue_id: volunteer.home_venue_id,
            center_id: volunteer.center_id,
            skills: volunteer.skills,
            guardian_consent: volunteer.guardian_consent_at.is_some(),
            inducted_at: volunteer.inducted_at,
            verified_minutes: volunteer.verified_minutes,
            version: volunteer.version,
            created_at: volunteer.created_at,
        }
    }
}

/// One volunteer, with what is sealed shown masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "number": "V7K3M9Q2X4A",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "state": "active",
    "state_reason": null,
    "real_name": "王**",
    "gender": "male",
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e",
    "skills": ["理发"],
    "guardian_consent": false,
    "inducted_at": null,
    "verified_minutes": 6300,
    "star_level": 1,
    "version": 2,
    "created_at": "2026-01-05T01:00:00Z",
    "identity_number": "110***********002X",
    "phone": "138****5678",
    "emergency_contact": {"name": "李**", "phone": "139****5678"},
    "guardian": null
}))]
pub struct VolunteerDetail {
    #[serde(flatten)]
    pub volunteer: VolunteerBody,
    /// Masked.
    pub identity_number: String,
    /// Masked.
    pub phone: String,
    /// Masked.
    pub emergency_contact: Option<MaskedContact>,
    /// Masked.
    pub guardian: Option<MaskedContact>,
}

/// Somebody to call, masked.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"name": "李**", "phone": "139****5678"}))]
pub struct MaskedContact {
    pub name: String,
    pub phone: String,
}

impl From<Contact> for MaskedContact {
    fn from(contact: Contact) -> Self {
        Self { name: masked_name(&contact.name), phone: contact.phone.masked() }
    }
}

/// A text with its middle hidden: four characters are left at the end, three at the beginning.
fn masked(text: &str) -> String {
    let length = text.chars().count();
    let shown = |index: usize| index < 3 || index + 4 >= length;
    text.chars().enumerate().map(|(at, letter)| if shown(at) { letter } else { '*' }).collect()
}

impl VolunteerDetail {
    pub fn new(volunteer: VolunteerBody, opened: Opened) -> Self {
        Self {
            volunteer,
            identity_number: masked(&opened.identity_number),
            phone: masked(&opened.phone),
            emergency_contact: opened.contacts.emergency_contact.map(MaskedContact::from),
            guardian: opened.contacts.guardian.map(MaskedContact::from),
        }
    }
}

/// Personal data in clear, for staff who said why.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "number": "V7K3M9Q2X4A",
    "real_name": "王建国",
    "identity_number": "11010519491231002X",
    "phone": "13800005678",
    "address": null,
    "emergency_contact": {"name": "李秀英", "phone": "13900005678"},
    "guardian": null
}))]
pub struct RevealedVolunteer {
    pub id: VolunteerId,
    pub number: String,
    pub real_name: String,
    pub identity_number: String,
    pub phone: String,
    pub address: Option<String>,
    pub emergency_contact: Option<ContactBody>,
    pub guardian: Option<ContactBody>,
}

impl RevealedVolunteer {
    pub fn new(volunteer: Volunteer, opened: Opened) -> Self {
        Self {
            id: volunteer.id,
            number: volunteer.number,
            real_name: volunteer.real_name,
            identity_number: opened.identity_number,
            phone: opened.phone,
            address: opened.contacts.address,
            emergency_contact: opened.contacts.emergency_contact.map(ContactBody::from),
            guardian: opened.contacts.guardian.map(ContactBody::from),
        }
    }
}

/// Everything that is held about the caller as a volunteer, in clear.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06",
    "number": "V7K3M9Q2X4A",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "state": "active",
    "state_reason": null,
    "real_name": "王建国",
    "gender": "male",
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "center_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e",
    "skills": ["理发"],
    "guardian_consent": false,
    "inducted_at": null,
    "verified_minutes": 6300,
    "star_level": 1,
    "version": 2,
    "created_at": "2026-01-05T01:00:00Z",
    "identity_number": "11010519491231002X",
    "phone": "13800005678",
    "address": "中上园小区 3 号楼",
    "emergency_contact": {"name": "李秀英", "phone": "13900005678"},
    "guardian": null
}))]
pub struct MyVolunteer {
    #[serde(flatten)]
    pub volunteer: VolunteerBody,
    pub identity_number: String,
    pub phone: String,
    pub address: Option<String>,
    pub emergency_contact: Option<ContactBody>,
    pub guardian: Option<ContactBody>,
}

impl MyVolunteer {
    pub fn new(volunteer: Volunteer, opened: Opened) -> Self {
        Self {
            volunteer: VolunteerBody::seen_by(Some(volunteer.id), volunteer),
            identity_number: opened.identity_number,
            phone: opened.phone,
            address: opened.contacts.address,
            emergency_contact: opened.contacts.emergency_contact.map(ContactBody::from),
            guardian: opened.contacts.guardian.map(ContactBody::from),
        }
    }
}

/// What volunteers may change of their own registration.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "home_venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "skills": ["理发", "急救"],
    "address": "中上园小区 3 号楼",
    "emergency_contact": {"name": "李秀英", "phone": "13900005678"}
}))]
pub struct ReplaceMyVolunteer {
    /// Below the same center.
    pub home_venue_id: VenueId,
    #[serde(default)]
    #[validate(length(max = 30), custom(function = short_words))]
    #[schema(max_items = 30)]
    pub skills: Vec<String>,
    /// Kept encrypted.
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    #[validate(nested)]
    pub emergency_contact: Option<ContactBody>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    pub version: Option<i64>,
}

impl ReplaceMyVolunteer {
    pub fn profile(&self) -> Profile {
        Profile {
            home_venue_id: self.home_venue_id,
            skills: self.skills.clone(),
            address: self.address.clone(),
            emergency_contact: self.emergency_contact.as_ref().map(ContactBody::contact),
        }
    }
}

/// Which volunteers to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListVolunteers {
    /// Whose home is this venue or lies below it; what the caller's grants cover, if not given.
    pub venue_id: Option<VenueId>,
    /// Only in this state.
    pub state: Option<VolunteerState>,
    /// The beginning of the name; or a whole number, telephone or identity number.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListVolunteers);

/// A page of volunteers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct VolunteerList {
    pub items: Vec<VolunteerBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}
