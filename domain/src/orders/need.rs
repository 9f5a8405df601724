//! What a resident needs, who is served, and the venues that look after it.

use serde::{Deserialize, Serialize};

use super::Urgency;
use crate::{
    activities::Period, ids::VenueId, place::Location, teams::TeamCategory, venues::VenueKind,
};

vocabulary! {
    /// Where a need was heard.
    pub enum OrderSource {
        GridWorker = "grid_worker",
        Resident = "resident",
        /// Staff of a venue, for somebody who came or called.
        Venue = "venue",
        /// A municipal system, with its own number.
        PartnerSystem = "partner_system",
        /// A care plan, before anybody asked (未诉先办).
        CarePlan = "care_plan",
    }
}

vocabulary! {
    /// Who is served first (老少残困需).
    pub enum PriorityGroup {
        Elderly = "elderly",
        Children = "children",
        Disabled = "disabled",
        InHardship = "in_hardship",
        SpecialNeed = "special_need",
    }
}

vocabulary! {
    /// What the service came to, in the eyes of whoever was served.
    pub enum Outcome {
        Solved = "solved",
        Partly = "partly",
        Unsolved = "unsolved",
        NotNeeded = "not_needed",
    }
}

vocabulary! {
    /// What a photo of a service shows.
    pub enum Moment {
        Before = "before",
        After = "after",
    }
}

vocabulary! {
    /// The tier at which an order is.
    pub enum Tier {
        Station = "station",
        Institute = "institute",
        Center = "center",
    }
}

impl Tier {
    /// The tier of a venue that dispatches.
    pub const fn of(kind: VenueKind) -> Option<Self> {
        match kind {
            VenueKind::Station => Some(Self::Station),
            VenueKind::Institute => Some(Self::Institute),
            VenueKind::Center => Some(Self::Center),
            _ => None,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Need {
    pub category: TeamCategory,
    /// A line for lists, without personal data.
    pub title: String,
    pub text: Option<String>,
    pub skill: Option<String>,
    /// Where, as far as everybody who is asked may know: a community, not a door.
    pub place: Option<String>,
    /// To three decimals of a degree, about a hundred metres: see [`coarse`].
    pub location: Location,
    pub wished: Option<Period>,
    pub urgency: Urgency,
    pub priority_groups: Vec<PriorityGroup>,
}

/// Who is served. Sealed before it is kept, shown only to who serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonServed {
    pub name: String,
    pub phone: Option<String>,
    /// The door.
    pub address: Option<String>,
    /// The exact place.
    pub location: Location,
    /// What the team must know: stairs, a dog, an illness.
    pub note: Option<String>,
}

/// A place to three decimals of a degree: enough to find a team, too little to find a door.
pub fn coarse(location: Location) -> Location {
    let rounded = |degrees: f64| (degrees * 1_000.0).round() / 1_000.0;
    Location { longitude: rounded(location.longitude), latitude: rounded(location.latitude) }
}

/// The venues of the tiers over the place where a need arose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    pub station_id: Option<VenueId>,
    pub institute_id: Option<VenueId>,
    pub center_id: VenueId,
}

impl Ladder {
    pub const fn venue_at(&self, tier: Tier) -> Option<VenueId> {
        match tier {
            Tier::Station => self.station_id,
            Tier::Institute => self.institute_id,
            Tier::Center => Some(self.center_id),
        }
    }

    /// The lowest tier that there is.
    pub const fn start(&self) -> Tier {
        if self.station_id.is_some() {
            Tier::Station
        } else if self.institute_id.is_some() {
            Tier::Institute
        } else {
            Tier::Center
        }
    }

    /// The next tier above that there is.
    pub const fn above(&self, tier: Tier) -> Option<Tier> {
        match tier {
            Tier::Station if self.institute_id.is_some() => Some(Tier::Institute),
            Tier::Station | Tier::Institute => Some(Tier::Center),
            Tier::Center => None,
        }
    }
}
