//! Venues: the tree of places of practice, from the city's office to a village's station.
//!
//! The rules are told in `docs/rules.md#venues`.

mod center_rules;
mod path;

use chrono::{DateTime, Utc};

use crate::{ids::VenueId, place::Location};

pub use self::{
    center_rules::{CenterRules, CommonNeedsThreshold, InductionRule, LeastShare, PromotionDay},
    path::VenuePath,
};

vocabulary! {
    /// What a venue is. The first four are the tiers; the others are attached to a tier venue.
    pub enum VenueKind {
        /// A city's office above its centers (市文明办).
        CityOffice = "city_office",
        /// A county's or district's center (中心).
        Center = "center",
        /// A town's or sub-district's institute (所).
        Institute = "institute",
        /// A village's or community's station (站).
        Station = "station",
        /// A small place of practice (点).
        Point = "point",
        /// A themed stop such as a reading or traffic post (驿站).
        Post = "post",
        /// A base of practice (基地).
        Base = "base",
        /// A desk that offers services (志愿服务站).
        ServiceDesk = "service_desk",
        /// A block of households under a station (网格).
        Grid = "grid",
    }
}

vocabulary! {
    /// Where a venue stands in its life: `planned › open › paused › closed`.
    pub enum VenueState {
        Planned = "planned",
        Open = "open",
        Paused = "paused",
        Closed = "closed",
    }
}

vocabulary! {
    /// The five platforms that a venue can serve (五大平台).
    pub enum Platform {
        Theory = "theory",
        Education = "education",
        Culture = "culture",
        Science = "science",
        SportsHealth = "sports_health",
    }
}

impl VenueKind {
    /// Whether a venue of this kind may hang under a parent of kind `parent`, or be a root.
    pub const fn fits_under(self, parent: Option<Self>) -> bool {
        match (self, parent) {
            (Self::CityOffice | Self::Center, None)
            | (Self::Center, Some(Self::CityOffice))
            | (Self::Institute, Some(Self::Center))
            | (Self::Station, Some(Self::Institute))
            | (Self::Grid, Some(Self::Station)) => true,
            (Self::Point | Self::Post | Self::Base | Self::ServiceDesk, Some(parent)) => {
                parent.is_tier()
            }
            _ => false,
        }
    }

    pub const fn is_tier(self) -> bool {
        matches!(self, Self::CityOffice | Self::Center | Self::Institute | Self::Station)
    }
}

/// What a venue tells of itself; everything that may be replaced as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueProfile {
    pub name: String,
    /// The administrative region's code (GB/T 2260 and its finer levels).
    pub region_code: Option<String>,
    pub address: Option<String>,
    pub location: Location,
    /// When it is open, as people write it.
    pub opening_hours: Option<String>,
    /// What can be done here.
    pub functions: Vec<String>,
    pub platforms: Vec<Platform>,
    /// A public telephone number or other way to reach the venue.
    pub contact: Option<String>,
    /// Who heads the venue.
    pub head: Option<String>,
    /// Addresses of its photos.
    pub photos: Vec<String>,
    /// Its activities need no review by the tier above.
    pub trusted: bool,
}

/// A place of practice.
#[derive(Debug, Clone, PartialEq)]
pub struct Venue {
    pub id: VenueId,
    /// Stable, unique and human-readable.
    pub code: String,
    pub kind: VenueKind,
    pub parent_id: Option<VenueId>,
    pub path: VenuePath,
    /// The center at or above this venue; `None` above the centers.
    pub center_id: Option<VenueId>,
    pub state: VenueState,
    pub profile: VenueProfile,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

/// What somebody wants a new venue to be.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVenue {
    pub code: String,
    pub kind: VenueKind,
    pub state: VenueState,
    pub profile: VenueProfile,
}

/// Why a venue was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VenueRefusal {
    #[error("a {kind} does not belong under {parent:?}")]
    WrongParent { kind: VenueKind, parent: Option<VenueKind> },
    #[error("the parent is closed")]
    ParentClosed,
    #[error("`{code}` is not a code of 2 to 32 letters, digits and hyphens")]
    MalformedCode { code: String },
    #[error("the code `{code}` is taken")]
    CodeTaken { code: String },
    #[error("a venue cannot go from {from} to {to}")]
    IllegalMove { from: VenueState, to: VenueState },
    #[error("a venue keeps its kind")]
    KindChanged,
    #[error("a venue keeps its code")]
    CodeChanged,
    #[error("a venue cannot move below itself")]
    BelowItself,
}

impl Venue {
    /// Founds a venue under `parent`.
    ///
    /// # Errors
    /// The kind must fit under the parent's, the parent must not be closed, the code must be well formed.
    pub fn found(
        id: VenueId,
        new: NewVenue,
        parent: Option<&Self>,
        now: DateTime<Utc>,
    ) -> Result<Self, VenueRefusal> {
        let parent_kind = parent.map(|parent| parent.kind);
        if !new.kind.fits_under(parent_kind) {
            return Err(VenueRefusal::WrongParent { kind: new.kind, parent: parent_kind });
        }
        if parent.is_some_and(|parent| parent.state == VenueState::Closed) {
            return Err(VenueRefusal::ParentClosed);
        }
        let path = VenuePath::below(parent.map(|parent| &parent.path), &new.code)
            .ok_or_else(|| VenueRefusal::MalformedCode { code: new.code.clone() })?;
        let center_id = match new.kind {
            VenueKind::Center => Some(id),
            _ => parent.and_then(|parent| parent.center_id),
        };
        Ok(Self {
            id,
            code: new.code,
            kind: new.kind,
            parent_id: parent.map(|parent| parent.id),
            path,
            center_id,
            state: new.state,
            profile: new.profile,
            version: 1,
            created_at: now,
        })
    }

    /// Replaces what the venue tells of itself, and its state where the move is legal.
    ///
    /// # Errors
    /// [`VenueRefusal::KindChanged`] and [`VenueRefusal::CodeChanged`]: both are for life.
    pub fn replace(self, new: NewVenue) -> Result<Self, VenueRefusal> {
        if new.kind != self.kind {
            return Err(VenueRefusal::KindChanged);
        }
        if new.code != self.code {
            return Err(VenueRefusal::CodeChanged);
        }
        if !self.state.may_become(new.state) {
            return Err(VenueRefusal::IllegalMove { from: self.state, to: new.state });
        }
        Ok(Self { state: new.state, profile: new.profile, version: self.version + 1, ..self })
    }

    /// Hangs the venue under another parent. Its subtree's paths follow.
    ///
    /// # Errors
    /// As for founding it there, and a venue never moves below itself.
    pub fn move_under(self, parent: &Self) -> Result<Self, VenueRefusal> {
        if self.path.covers(&parent.path) {
            return Err(VenueRefusal::BelowItself);
        }
        if !self.kind.fits_under(Some(parent.kind)) {
            return Err(VenueRefusal::WrongParent { kind: self.kind, parent: Some(parent.kind) });
        }
        if parent.state == VenueState::Closed {
            return Err(VenueRefusal::ParentClosed);
        }
        let path = VenuePath::below(Some(&parent.path), &self.code)
            .ok_or_else(|| VenueRefusal::MalformedCode { code: self.code.clone() })?;
        let center_id =
            if self.kind == VenueKind::Center { self.center_id } else { parent.center_id };
        Ok(Self { parent_id: Some(parent.id), path, center_id, version: self.version + 1, ..self })
    }
}

impl VenueState {
    /// Whether a venue in this state may be set to `next`. A closed venue stays closed.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Planned => matches!(next, Self::Planned | Self::Open | Self::Closed),
            Self::Open | Self::Paused => !matches!(next, Self::Planned),
            Self::Closed => matches!(next, Self::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn founded(kind: VenueKind, code: &str, parent: Option<&Venue>) -> Result<Venue, VenueRefusal> {
        let profile = VenueProfile {
            name: code.to_owned(),
            region_code: None,
            address: None,
            location: Location { longitude: 116.66, latitude: 39.91 },
            opening_hours: None,
            functions: Vec::new(),
            platforms: Vec::new(),
            contact: None,
            head: None,
            photos: Vec::new(),
            trusted: false,
        };
        let new = NewVenue { code: code.to_owned(), kind, state: VenueState::Open, profile };
        let id = VenueId(uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, code.as_bytes()));
        Venue::found(id, new, parent, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn each_tier_stands_under_the_tier_above() {
        let center = founded(VenueKind::Center, "TZ", None).unwrap();
        let institute = founded(VenueKind::Institute, "TZ-ZC", Some(&center)).unwrap();
        assert_eq!(institute.center_id, Some(center.id));
        assert!(center.path.covers(&institute.path));
        assert_eq!(
            founded(VenueKind::Station, "TZ-01", Some(&center)),
            Err(VenueRefusal::WrongParent {
                kind: VenueKind::Station,
                parent: Some(VenueKind::Center)
            })
        );
    }

    #[test]
    fn attached_venues_have_no_children() {
        let center = founded(VenueKind::Center, "TZ", None).unwrap();
        let base = founded(VenueKind::Base, "TZ-B1", Some(&center)).unwrap();
        assert!(founded(VenueKind::Point, "TZ-P1", Some(&base)).is_err());
    }

    #[test]
    fn a_closed_venue_stays_closed() {
        assert!(!VenueState::Closed.may_become(VenueState::Open));
        assert!(VenueState::Paused.may_become(VenueState::Open));
    }

    #[test]
    fn a_venue_never_moves_below_itself() {
        let center = founded(VenueKind::Center, "TZ", None).unwrap();
        let institute = founded(VenueKind::Institute, "TZ-ZC", Some(&center)).unwrap();
        assert_eq!(center.move_under(&institute), Err(VenueRefusal::BelowItself));
    }
}
