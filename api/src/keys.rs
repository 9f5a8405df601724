//! The keys that sign access tokens.

use chrono::{DateTime, Utc};

use crate::context::Token;

/// The keys that sign and verify access tokens.
#[derive(Debug, Default)]
pub struct KeyRing;

impl KeyRing {
    /// What a valid token says at `now`.
    pub fn verify(&self, _token: &str, _now: DateTime<Utc>) -> Option<Token> {
        None
    }
}
