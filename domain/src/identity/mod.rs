//! Identity: who a person is here, what they may do, and where.

pub mod permissions;

pub use permissions::{AccountState, Grant, Permission, Role, Scope, ScopeKind, Target};
