//! What is kept: the only crate with SQL.
//!
//! One query text serves both engines (see [`on_engine`]); what truly differs lives in `engine/`. A row struct is
//! private to its slice's file; functions take and give domain values.

#[macro_use]
mod database;
pub mod columns;
mod engine;
mod fault;
mod one_of;
pub mod schema;

pub mod activities;
pub mod attendance;
pub mod identity;
pub mod integration;
pub mod jobs;
pub mod notifications;
pub mod orders;
pub mod photos;
pub mod points;
pub mod projects;
pub mod redemption;
pub mod teams;
pub mod venues;
pub mod volunteers;

pub use database::{Database, DatabaseSettings, Lanes, Outcome, Transaction};
pub use fault::{Fault, Stored};
