//! What truly differs between the engines, and nothing else.

pub mod postgres;
pub mod sqlite;
