//! What makes a record ask for a person. A flag never rejects by itself.

use chrono::{DateTime, TimeDelta, Utc};

use super::Means;
use crate::{
    place::Location,
    units::{Metres, Minutes},
};

vocabulary! {
    /// What is unusual about a record.
    pub enum Flag {
        /// It overlaps another record of the same person.
        Overlap = "overlap",
        /// More than ten hours on one day.
        LongDay = "long_day",
        /// Faster than 120 km/h from the scan before.
        FastTravel = "fast_travel",
        OutsideRadius = "outside_radius",
        /// Scanned without a location.
        NoLocation = "no_location",
        /// More than five people from one device within ten minutes.
        SharedDevice = "shared_device",
        EnteredByHand = "entered_by_hand",
        UploadedLate = "uploaded_late",
        NoCheckOut = "no_check_out",
    }
}

/// Faster travel than this is not believed: 120 km/h, in metres a second times three.
const FASTEST_METRES_IN_THREE_SECONDS: i64 = 100;
/// People from one device before it is unusual, and within which time.
const PEOPLE_ON_A_DEVICE: usize = 5;
pub(super) const DEVICE_WINDOW: TimeDelta = TimeDelta::minutes(10);
/// An upload is late after a day.
const UPLOAD_WITHIN: TimeDelta = TimeDelta::hours(24);
/// More served minutes a day are unusual.
pub(super) const LONG_DAY: Minutes = Minutes(600);

/// A scan as the flags see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scanned {
    pub means: Means,
    pub at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub location: Option<Location>,
}

/// What else is known when somebody scans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surroundings {
    pub session_at: Location,
    pub radius: Metres,
    /// The person's scan before this one.
    pub before: Option<(DateTime<Utc>, Location)>,
    /// Others who lately scanned from the same device, this person left out.
    pub others_on_device: usize,
}

impl Surroundings {
    /// How far back others on the same device count.
    pub fn device_window(at: DateTime<Utc>) -> DateTime<Utc> {
        at - DEVICE_WINDOW
    }
}

/// What is unusual about one scan.
pub fn flags_of_scan(scan: &Scanned, around: &Surroundings) -> Vec<Flag> {
    let mut flags = Vec::new();
    match scan.location {
        Some(here) if here.distance_to(around.session_at) > around.radius => {
            flags.push(Flag::OutsideRadius);
        }
        None if scan.means == Means::SessionCode => flags.push(Flag::NoLocation),
        _ => {}
    }
    if let (Some((at, there)), Some(here)) = (around.before, scan.location) {
        let seconds = (scan.at - at).num_seconds().abs().max(1);
        if here.distance_to(there).0.saturating_mul(3)
            > seconds.saturating_mul(FASTEST_METRES_IN_THREE_SECONDS)
        {
            flags.push(Flag::FastTravel);
        }
    }
    if around.others_on_device >= PEOPLE_ON_A_DEVICE {
        flags.push(Flag::SharedDevice);
    }
    if scan.means == Means::ByHand {
        flags.push(Flag::EnteredByHand);
    }
    if scan.means == Means::Upload && scan.received_at - scan.at > UPLOAD_WITHIN {
        flags.push(Flag::UploadedLate);
    }
    flags
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Location = Location { longitude: 116.65, latitude: 39.90 };

    fn scan() -> Scanned {
        let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        Scanned { means: Means::SessionCode, at, received_at: at, location: Some(HERE) }
    }

    fn around() -> Surroundings {
        Surroundings { session_at: HERE, radius: Metres(500), before: None, others_on_device: 0 }
    }

    #[test]
    fn an_ordinary_scan_has_no_flag() {
        assert_eq!(flags_of_scan(&scan(), &around()), vec![]);
    }

    #[test]
    fn each_unusual_thing_has_its_flag() {
        let far = Location { latitude: 39.91, ..HERE };
        let outside = Scanned { location: Some(far), ..scan() };
        assert_eq!(flags_of_scan(&outside, &around()), vec![Flag::OutsideRadius]);
        let nowhere = Scanned { location: None, ..scan() };
        assert_eq!(flags_of_scan(&nowhere, &around()), vec![Flag::NoLocation]);
        let by_hand = Scanned { means: Means::ByHand, location: None, ..scan() };
        assert_eq!(flags_of_scan(&by_hand, &around()), vec![Flag::EnteredByHand]);
        let late = Scanned {
            means: Means::Upload,
            received_at: scan().at + TimeDelta::hours(25),
            ..scan()
        };
        assert_eq!(flags_of_scan(&late, &around()), vec![Flag::UploadedLate]);
        let crowd = Surroundings { others_on_device: 5, ..around() };
        assert_eq!(flags_of_scan(&scan(), &crowd), vec![Flag::SharedDevice]);
    }

    #[test]
    fn travel_is_believed_up_to_120_km_an_hour() {
        // About 11.1 km to the north.
        let there = Location { latitude: 40.0, ..HERE };
        let before = |minutes| Surroundings {
            before: Some((scan().at - TimeDelta::minutes(minutes), there)),
            ..around()
        };
        assert_eq!(flags_of_scan(&scan(), &before(5)), vec![Flag::FastTravel]);
        assert_eq!(flags_of_scan(&scan(), &before(6)), vec![]);
    }
}
