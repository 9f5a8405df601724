//! `/api/v1/photos`

use std::{io, sync::Arc};

use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    post,
    web::{self, Path},
};
use shijian_domain::ids::PhotoId;

use super::{
    actions,
    bodies::{LinkParams, PhotoBody, Picture, UploadPhoto},
    upload::Upload,
};
use crate::{
    body::RequestBody,
    context::Context,
    page::Params,
    problem::{Answer, Code, Problem},
    reply::{Reply, etag_of},
};

/// Uploads a photo, to be attached within 24 hours. Its metadata is left out, but for how it is to be turned; the same bytes of
/// the same person are the same photo.
#[utoipa::path(
    tag = "photos",
    operation_id = "uploadPhoto",
    summary = "Upload a photo · 上传照片",
    request_body(content = UploadPhoto, content_type = "multipart/form-data"),
    responses((status = 201, body = PhotoBody, description = "The photo, which nothing shows yet")),
)]
#[post("/photos")]
pub async fn upload_photo(context: Context, upload: Upload) -> Answer<HttpResponse> {
    let sent = *upload.content();
    let photo = context.change(move |tx, act| actions::expect(tx, act, &sent)).await?;
    if !photo.is_there() {
        let (store, bytes) = (Arc::clone(&context.app.photos), upload.bytes.clone());
        stored(move || store.put(photo.id, &bytes)).await?;
    }
    context
        .write(upload, |tx, act, content| {
            let photo = actions::keep(tx, act, content)?;
            let body = PhotoBody::new(&photo, actions::link(act, photo.id));
            Reply::created(format!("/api/v1/photos/{}", photo.id), &body)
        })
        .await
}

/// The picture: to who uploaded it, and by a link to who is shown what it is attached to.
#[utoipa::path(
    tag = "photos",
    operation_id = "getPhoto",
    summary = "Get a photo · 查看照片",
    params(("id" = PhotoId, Path, description = "The photo"), LinkParams),
    responses((status = 200, description = "The picture", content(
        (Picture = "image/jpeg"),
        (Picture = "image/png"),
        (Picture = "image/webp"),
    ))),
)]
#[get("/photos/{id}")]
pub async fn get_photo(
    context: Context,
    id: Path<PhotoId>,
    params: Params<LinkParams>,
) -> Answer<HttpResponse> {
    let (id, link) = (id.into_inner(), params.0);
    let photo = context.read(move |tx, act| actions::visible(tx, act, id, &link)).await?;
    let tag = etag_of(0, &photo.content.sha256);
    let is_known = context.knows(&tag);
    let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, max-age=86400"))
        // What people upload is shown as a picture or not at all.
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_known {
        return Ok(response.finish());
    }
    let store = Arc::clone(&context.app.photos);
    let bytes = stored(move || store.get(id)).await?;
    Ok(response.content_type(photo.content.format.media_type()).body(bytes))
}

/// Asks the store, on a thread that may wait.
async fn stored<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Answer<T> {
    let done = web::block(work).await.map_err(|_| Problem::new(Code::Overloaded).retry_after(1))?;
    done.map_err(|error| {
        tracing::error!(%error, "the store of photos does not do as asked");
        Problem::new(Code::PhotoStoreAway).retry_after(5)
    })
}
