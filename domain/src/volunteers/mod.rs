//! Volunteers: who may serve, and how they stand.

mod standing;
mod star_level;

pub use standing::{VolunteerStanding, VolunteerState};
pub use star_level::StarLevel;
