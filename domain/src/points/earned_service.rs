//! What the ledger needs to know of a verified service record.

use chrono::NaiveDate;

use crate::{
    activities::ActivityKind,
    ids::{ServiceRecordId, VenueId, VolunteerId},
    teams::TeamCategory,
    units::Minutes,
    volunteers::StarLevel,
};

/// A verified service record, as earning rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarnedService {
    pub record_id: ServiceRecordId,
    pub volunteer_id: VolunteerId,
    /// The center whose rules hold: the one at or above the host venue.
    pub center_id: VenueId,
    pub activity_kind: ActivityKind,
    pub category: Option<TeamCategory>,
    pub position_name: String,
    /// Whether it was served on the center's promotion day.
    pub promotion_day: bool,
    /// Before this record counted.
    pub star_level: StarLevel,
    /// Whether both scans measured it; otherwise it was entered afterwards.
    pub measured: bool,
    /// The day of its start, in the deployment's zone.
    pub served_on: NaiveDate,
    pub minutes: Minutes,
}
