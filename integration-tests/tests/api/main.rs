#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

//! Every slice through HTTP, on both engines.

mod activities;
mod attendance;
mod care_plans;
mod clock;
mod conventions;
mod credentials;
mod crowds;
mod earning_rules;
mod faults;
mod identity;
mod lifetimes;
mod notifications;
mod orders;
mod photos;
mod points;
mod program;
mod projects;
mod redemption;
mod statements;
mod teams;
mod tour;
mod venues;
mod volunteers;
