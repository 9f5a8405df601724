//! The handlers, by what they handle.

pub mod plans;
pub mod sessions;
pub mod signups;
