//! Accounts, their grants and logins, municipal systems, and the audit log.

mod accounts;
mod audit;
mod clients;
mod grants;
mod logins;

pub use accounts::*;
pub use audit::*;
pub use clients::*;
pub use grants::*;
pub use logins::*;
