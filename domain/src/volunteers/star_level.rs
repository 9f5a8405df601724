//! Star levels.

use serde::{Deserialize, Serialize};

use crate::units::{Minutes, OutOfRange};

/// The verified hours that one to five stars ask for (docs/rules.md#star-levels).
const HOURS: [i64; 5] = [100, 300, 600, 1_000, 1_500];

/// How many stars a volunteer's verified hours give, 0 to 5.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 5, example = 2))]
#[cfg_attr(
    feature = "diesel",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::BigInt))]
pub struct StarLevel(i64);

#[cfg(feature = "diesel")]
quantity_column!(StarLevel);

impl StarLevel {
    /// No star yet.
    pub const NONE: Self = Self(0);

    /// The level that so much verified service reaches.
    pub fn of(verified: Minutes) -> Self {
        let stars = HOURS.iter().filter(|hours| verified.0 >= **hours * 60).count();
        Self(i64::try_from(stars).unwrap_or_default())
    }
}

impl TryFrom<i64> for StarLevel {
    type Error = OutOfRange;

    fn try_from(stars: i64) -> Result<Self, OutOfRange> {
        if (0..=5).contains(&stars) { Ok(Self(stars)) } else { Err(OutOfRange) }
    }
}

impl From<StarLevel> for i64 {
    fn from(level: StarLevel) -> Self {
        level.0
    }
}

impl std::fmt::Display for StarLevel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_reached_at_its_hours_and_not_a_minute_before() {
        for (stars, hours) in (1..).zip(HOURS) {
            assert_eq!(StarLevel::of(Minutes(hours * 60)), StarLevel(stars));
            assert_eq!(StarLevel::of(Minutes(hours * 60 - 1)), StarLevel(stars - 1));
        }
    }
}
