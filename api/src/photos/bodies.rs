//! Photos as they are sent and told of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::PhotoId,
    photos::{Photo, PhotoFormat},
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A form with one file, as `wx.uploadFile` sends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is the form's schema; the form itself is read as a stream")]
pub struct UploadPhoto {
    /// A JPEG, PNG or WebP picture of at most 10 MiB.
    #[schema(value_type = String, format = Binary)]
    pub photo: Vec<u8>,
}

/// The bytes of a picture.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(
    dead_code,
    reason = "it is the answer's schema; the bytes are answered as they lie in the store"
)]
pub struct Picture(Vec<u8>);

/// A photo that the caller uploaded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b3001",
    "format": "jpeg",
    "bytes": 482_113,
    "created_at": "2026-12-05T03:00:00Z",
    "link": "/api/v1/photos/01939e5c-1f70-7c1a-9a53-6f1d5f3b3001?until=1796443200&signature=n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"
}))]
pub struct PhotoBody {
    /// Attach it within 24 hours.
    pub id: PhotoId,
    pub format: PhotoFormat,
    /// Its size without the metadata that was left out.
    pub bytes: i64,
    pub created_at: DateTime<Utc>,
    /// A path that shows it without a token for an hour, as an image's source.
    pub link: String,
}

impl PhotoBody {
    pub fn new(photo: &Photo, link: String) -> Self {
        let Photo { id, content, created_at, .. } = *photo;
        Self { id, format: content.format, bytes: content.bytes, created_at, link }
    }
}

/// What a link to a photo carries, so that it works without a token.
#[derive(Debug, Clone, Default, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkParams {
    /// When the link ends, in seconds since 1970.
    pub until: Option<i64>,
    /// Its signature.
    #[validate(length(max = 64))]
    #[param(max_length = 64)]
    pub signature: Option<String>,
}
