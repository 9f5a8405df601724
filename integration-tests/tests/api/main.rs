#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

//! Every slice through HTTP, on both engines.

mod activities;
mod attendance;
mod care_plans;
mod clock;
mod common_needs;
mod conventions;
mod credentials;
mod crowds;
mod earning_rules;
mod faults;
mod identity;
mod lifetimes;
mod notifications;
mod order_lives;
mod order_rules;
mod orders;
mod permissions;
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
