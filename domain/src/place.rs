//! Places on the map.

use serde::{Deserialize, Serialize};

use crate::units::Metres;

/// A point in WGS-84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"longitude": 116.6584, "latitude": 39.9102})))]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees east, −180 to 180.
    #[cfg_attr(feature = "openapi", schema(minimum = -180, maximum = 180))]
    pub longitude: f64,
    /// Degrees north, −90 to 90.
    #[cfg_attr(feature = "openapi", schema(minimum = -90, maximum = 90))]
    pub latitude: f64,
}

/// Mean radius of the earth in metres (IUGG).
const EARTH_RADIUS: f64 = 6_371_008.8;
/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

impl Location {
    /// Whether both degrees are numbers within their ranges.
    pub fn is_on_earth(self) -> bool {
        (-180.0..=180.0).contains(&self.longitude) && (-90.0..=90.0).contains(&self.latitude)
    }

    /// Great-circle distance (haversine), rounded to whole metres.
    pub fn distance_to(self, other: Self) -> Metres {
        let (lat_a, lat_b) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_lat = (lat_b - lat_a) / 2.0;
        let half_lon = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2) + lat_a.cos() * lat_b.cos() * half_lon.sin().powi(2);
        let metres = 2.0 * EARTH_RADIUS * chord.sqrt().min(1.0).asin();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::as_conversions,
            reason = "no two places on earth are further apart than 20,015 km"
        )]
        let whole = metres.round() as i64;
        Metres(whole)
    }

    /// The box of degrees that holds every place within `radius`, for an index to narrow by.
    pub fn bounds(self, radius: Metres) -> Bounds {
        #[expect(
            clippy::cast_precision_loss,
            clippy::as_conversions,
            reason = "radii are far below 2^52 metres"
        )]
        let metres = radius.0 as f64;
        let latitude = metres / METRES_PER_DEGREE;
        let longitude = latitude / self.latitude.to_radians().cos().abs().max(0.01);
        Bounds {
            west: self.longitude - longitude,
            east: self.longitude + longitude,
            south: self.latitude - latitude,
            north: self.latitude + latitude,
        }
    }
}

/// A box of degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub west: f64,
    pub east: f64,
    pub south: f64,
    pub north: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENTER: Location = Location { longitude: 116.66, latitude: 39.91 };

    #[test]
    fn a_thousandth_of_a_degree_north_is_111_metres() {
        let north = Location { latitude: 39.911, ..CENTER };
        assert_eq!(CENTER.distance_to(north), Metres(111));
    }

    #[test]
    fn the_box_holds_what_is_within_the_radius() {
        let bounds = CENTER.bounds(Metres(500));
        let east = Location { longitude: 116.665, ..CENTER };
        assert!(CENTER.distance_to(east) < Metres(500));
        assert!(east.longitude < bounds.east);
    }
}
