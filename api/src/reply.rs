//! What a change answers, serialised inside its transaction so that a retry can be given the same.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use shijian_persistence::integration::KeptAnswer;

use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// What a kept answer is sealed as.
const KEPT_ANSWER: &str = "kept answer";

/// An answer to a change.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    location: Option<String>,
    version: Option<i64>,
    body: String,
}

impl Reply {
    /// 200 with the thing as it is now.
    pub fn ok(body: &impl Serialize) -> Answer<Self> {
        Ok(Self { status: 200, location: None, version: None, body: json(body)? })
    }

    /// 201 with the new thing, which can be read at `location`.
    pub fn created(location: impl Into<String>, body: &impl Serialize) -> Answer<Self> {
        Ok(Self { status: 201, location: Some(location.into()), version: None, body: json(body)? })
    }

    /// 202: accepted, to be done soon.
    pub fn accepted(body: &impl Serialize) -> Answer<Self> {
        Ok(Self { status: 202, ..Self::ok(body)? })
    }

    /// 204 without a body.
    pub const fn nothing() -> Self {
        Self { status: 204, location: None, version: None, body: String::new() }
    }

    /// Gives the answer an `ETag` with the thing's version.
    #[must_use]
    pub const fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// The answer that was kept for an idempotency key.
    pub fn kept(kept: KeptAnswer, act: &Act<'_>) -> Answer<Self> {
        Ok(Self {
            status: u16::try_from(kept.status).unwrap_or(200),
            location: kept.location,
            version: kept.version,
            body: act.vault.open(KEPT_ANSWER, &kept.sealed_body)?,
        })
    }

    /// The answer as it is kept, sealed: it may show a voucher's code, a secret or a person.
    pub fn to_keep(&self, fingerprint: [u8; 32], act: &Act<'_>) -> Answer<KeptAnswer> {
        Ok(KeptAnswer {
            fingerprint: fingerprint.to_vec(),
            status: i32::from(self.status),
            location: self.location.clone(),
            version: self.version,
            sealed_body: act.vault.seal(KEPT_ANSWER, &self.body, act.chance)?,
            created_at: act.now.into(),
        })
    }

    pub fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponse::build(status);
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(version) = self.version {
            response.insert_header((header::ETAG, etag(version, self.body.as_bytes())));
        }
        if self.body.is_empty() {
            return response.finish();
        }
        with_json(response, self.body)
    }
}

pub fn json(body: &impl Serialize) -> Answer<String> {
    serde_json::to_string(body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Problem::new(Code::Internal)
    })
}

pub fn with_json(mut response: HttpResponseBuilder, body: String) -> HttpResponse {
    response.content_type("application/json").body(body)
}

/// `"VERSION-HASH"`: the version is what `If-Match` compares, the whole is what `If-None-Match` compares.
pub fn etag(version: i64, body: &[u8]) -> String {
    etag_of(version, &Sha256::digest(body).into())
}

/// As [`etag`], of what is known by its SHA-256.
pub fn etag_of(version: i64, hash: &[u8; 32]) -> String {
    let short = hash.iter().take(6).fold(0_u64, |short, byte| (short << 8) | u64::from(*byte));
    format!("\"{version}-{short:012x}\"")
}

/// The version in an `If-Match` header: an entity tag of ours, or a bare number.
pub fn version_in(if_match: &str) -> Option<i64> {
    let tag = if_match.trim().trim_start_matches("W/").trim_matches('"');
    tag.split('-').next().and_then(|version| version.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_our_entity_tags_and_bare_versions() {
        assert_eq!(version_in(&etag(12, b"{}")), Some(12));
        assert_eq!(version_in("7"), Some(7));
        assert_eq!(version_in("\"7\""), Some(7));
        assert_eq!(version_in("\"x\""), None);
    }
}
