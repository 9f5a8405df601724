//! Identity: who a person is here, what they may do, and where.

pub mod permissions;

pub use permissions::{Grant, Permission, Role, Scope, Target};
