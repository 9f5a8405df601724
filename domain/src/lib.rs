//! What is true: the types, rules and state machines of a civic practice center.
//!
//! Nothing here reads a clock, draws a lot, opens a file or knows of HTTP and SQL: time, ids and chance are
//! arguments. A rule is a function from facts to a decision or a named refusal.

#[cfg(feature = "diesel")]
#[macro_use]
pub mod columns;
#[macro_use]
mod vocabulary;

pub mod calendar;
pub mod ids;
pub mod place;
pub mod units;

pub mod activities;
pub mod attendance;
pub mod identity;
pub mod notifications;
pub mod orders;
pub mod points;
pub mod projects;
pub mod redemption;
pub mod teams;
pub mod venues;
pub mod volunteers;

pub use vocabulary::UnknownWord;
