//! Quantities that never mix: minutes, points, metres and basis points, with checked arithmetic.

use serde::{Deserialize, Serialize};

/// A quantity left the range that its type can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the quantity is out of range")]
pub struct OutOfRange;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::BigInt))]
        pub struct $name(pub i64);

        impl $name {
            pub const ZERO: Self = Self(0);

            /// # Errors
            /// [`OutOfRange`] instead of wrapping.
            pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
                self.0.checked_add(other.0).map(Self).ok_or(OutOfRange)
            }

            /// # Errors
            /// [`OutOfRange`] instead of wrapping.
            pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
                self.0.checked_sub(other.0).map(Self).ok_or(OutOfRange)
            }

            /// # Errors
            /// [`OutOfRange`] instead of wrapping.
            pub fn times(self, factor: i64) -> Result<Self, OutOfRange> {
                self.0.checked_mul(factor).map(Self).ok_or(OutOfRange)
            }

            pub const fn is_zero(self) -> bool { self.0 == 0 }

            pub const fn is_positive(self) -> bool { self.0 > 0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(formatter) }
        }

        #[cfg(feature = "diesel")]
        quantity_column!($name);
    };
}

quantity! {
    /// Whole minutes of service.
    Minutes
}
quantity! {
    /// Whole credit points. Negative where a side of a transaction gives.
    Points
}
quantity! {
    /// Whole metres on the ground.
    Metres
}
quantity! {
    /// Hundredths of a percent: 10,000 is the whole.
    BasisPoints
}
