//! What callers see: the JSON REST API of the platform.

pub mod chance;
pub mod clock;
pub mod settings;
