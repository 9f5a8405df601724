//! What can be done with activities, sessions and signups.

pub mod plans;
pub mod sessions;
pub mod signups;
