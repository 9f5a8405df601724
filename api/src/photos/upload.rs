//! An upload: a form with one file (RFC 7578), as `wx.uploadFile` sends it.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use actix_multipart::{Multipart, MultipartError};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header,
    web::{self, Bytes},
};
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use shijian_domain::photos::{LARGEST, PhotoContent, UploadRefusal, cleaned};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use crate::{
    app::App,
    body::RequestBody,
    problem::{Answer, Code, Problem, Text},
};

/// The form's only field.
const FIELD: &str = "photo";

/// Bytes of a body at most: the photo, and what a form writes around it.
const LARGEST_BODY: usize = LARGEST + 16 * 1024;

/// How long an upload waits for its turn, and how long it may then take; `wx.uploadFile` waits for a minute.
const PATIENCE: Duration = Duration::from_mins(1);

/// A photo that was sent, without its metadata.
#[derive(Debug)]
pub struct Upload {
    pub bytes: Bytes,
    content: PhotoContent,
    /// How many photos are in memory at once is bounded.
    _turn: OwnedSemaphorePermit,
}

impl RequestBody for Upload {
    type Content = PhotoContent;

    fn content(&self) -> &PhotoContent {
        &self.content
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.content.sha256
    }

    fn version(&self) -> Option<i64> {
        None
    }
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Answer<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let busy = || Problem::new(Code::Overloaded).retry_after(5);
            let turns = Arc::clone(&App::of(&request)?.uploads);
            let turn = timeout(PATIENCE, turns.acquire_owned()).await;
            let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
            let sent = timeout(PATIENCE, sent(&request, payload)).await.map_err(|_| {
                Problem::new(Code::MalformedBody)
                    .say("上传超时。", "The upload did not end within a minute.")
            })??;
            web::block(move || Self::of(&sent, turn)).await.map_err(|_| busy())?
        })
    }
}

impl Upload {
    fn of(sent: &[u8], turn: OwnedSemaphorePermit) -> Answer<Self> {
        let (format, bytes) = cleaned(sent)?;
        let size = i64::try_from(bytes.len()).map_err(|_| UploadRefusal::TooLarge)?;
        let content = PhotoContent { format, bytes: size, sha256: Sha256::digest(&bytes).into() };
        Ok(Self { bytes: bytes.into(), content, _turn: turn })
    }
}

/// The bytes of the form's only file.
async fn sent(request: &HttpRequest, payload: Payload) -> Answer<Vec<u8>> {
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > LARGEST_BODY) {
        return Err(UploadRefusal::TooLarge.into());
    }
    let mut form = Multipart::new(request.headers(), bounded(payload));
    let mut photo = None;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| refused(&error))?;
        let name = field.name().unwrap_or_default();
        if name != FIELD || photo.is_some() {
            return Err(Problem::new(Code::InvalidBody).flaw(
                format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                "unknown_field",
                Text::new("表单只有一个文件 photo。", "The form has one file, `photo`."),
            ));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.next().await {
            bytes.extend_from_slice(&chunk.map_err(|error| refused(&error))?);
        }
        photo = Some(bytes);
    }
    photo.ok_or_else(|| {
        Problem::new(Code::InvalidBody).flaw(
            format!("/{FIELD}"),
            "missing",
            Text::new("缺少文件 photo。", "The file `photo` is missing."),
        )
    })
}

/// The body up to its limit, whatever the form has around its file.
fn bounded(payload: Payload) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    let mut left = LARGEST_BODY;
    payload.map(move |chunk| {
        let chunk = chunk?;
        left = left.checked_sub(chunk.len()).ok_or(PayloadError::Overflow)?;
        Ok(chunk)
    })
}

fn refused(error: &MultipartError) -> Problem {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible => Problem::new(Code::UnsupportedMediaType)
            .say("请使用 multipart/form-data。", "Send multipart/form-data."),
        MultipartError::Payload(PayloadError::Overflow) => UploadRefusal::TooLarge.into(),
        _ => Problem::new(Code::MalformedBody)
            .say("请求体不是完整的表单。", "The body is not a whole form."),
    }
}
