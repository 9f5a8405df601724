//! What other slices need to know of a volunteer.

use chrono::{DateTime, NaiveDate, Utc};

use super::StarLevel;
use crate::{
    ids::{AccountId, VenueId, VolunteerId},
    units::Minutes,
    venues::VenuePath,
};

vocabulary! {
    /// How far a volunteer's registration has come.
    pub enum VolunteerState {
        Applied = "applied",
        Active = "active",
        Suspended = "suspended",
        Withdrawn = "withdrawn",
    }
}

/// How a volunteer stands: what decides whether they may sign up, serve, earn and redeem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolunteerStanding {
    pub id: VolunteerId,
    pub account_id: Option<AccountId>,
    pub state: VolunteerState,
    pub home_venue_id: VenueId,
    pub home_path: VenuePath,
    /// The center at or above the home venue: its rules hold for the volunteer.
    pub center_id: VenueId,
    /// `None` where an imported profile does not tell it.
    pub birth_date: Option<NaiveDate>,
    /// Whether a guardian's consent is on record; it matters under 18.
    pub guardian_consent: bool,
    pub verified_minutes: Minutes,
    pub star_level: StarLevel,
    /// When the induction and safety training was completed.
    pub inducted_at: Option<DateTime<Utc>>,
    pub skills: Vec<String>,
}
