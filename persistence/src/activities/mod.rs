//! Activities, their sessions and positions, and who signed up.

mod plans;
mod sessions;
mod signups;

pub use plans::*;
pub use sessions::*;
pub use signups::*;
