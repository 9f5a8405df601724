//! Who may do what, where, and how people sign in.

mod credentials;
mod granting;
mod permissions;

pub use credentials::{CredentialRefusal, Phone, Username, checked_password};
pub use granting::{GrantRefusal, may_grant, may_last};
pub use permissions::{AccountState, Grant, Permission, Role, Scope, ScopeKind, Target};
