//! What many need, on its way to a project.

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::ids::CommonNeedId;
use shijian_persistence::orders as kept;

use crate::{
    body::Body,
    context::Context,
    orders::{
        actions::{common_needs, common_needs::Shown, parties},
        bodies::{
            AcceptCommonNeed, CommonNeedBody, CommonNeedDetail, CommonNeedList, ListCommonNeeds,
        },
    },
    page::Params,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
    volunteers::bodies::Reason,
};

fn told(shown: Shown) -> Answer<Reply> {
    let version = shown.common.version;
    Ok(Reply::ok(&CommonNeedDetail::from(shown))?.version(version))
}

/// What many need at the venues that the caller's grants reach, the newest first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listCommonNeeds",
    summary = "List common needs · 共性需求列表",
    params(ListCommonNeeds),
    responses((status = 200, body = CommonNeedList, description = "A page of common needs")),
)]
#[get("/common-needs")]
pub async fn list_common_needs(
    context: Context,
    params: Params<ListCommonNeeds>,
) -> Answer<HttpResponse> {
    let page = context.page::<CommonNeedId>(&params.0)?;
    let (asked, before, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let within = match asked.venue_id {
                Some(id) => Some(existing_venue(tx, id)?.path),
                None => None,
            };
            let (within, readable) = (within.as_ref(), parties::readable(act));
            let readable = readable.as_deref();
            Ok(kept::common_needs(tx, within, asked.state, readable, before, rows)?)
        })
        .await?;
    context.list(&page, found, |common| common.id, CommonNeedBody::from)
}

/// One common need with the orders that it rests on.
#[utoipa::path(
    tag = "orders",
    operation_id = "getCommonNeed",
    summary = "Get a common need · 共性需求详情",
    params(("id" = CommonNeedId, Path, description = "The common need")),
    responses((status = 200, body = CommonNeedDetail, description = "The common need")),
)]
#[get("/common-needs/{id}")]
pub async fn get_common_need(context: Context, id: Path<CommonNeedId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let shown = context.read(move |tx, act| common_needs::visible(tx, act, id)).await?;
    let version = shown.common.version;
    context.one(&CommonNeedDetail::from(shown), version)
}

/// Drafts a project of a suggestion, with its needs as the reason. When the project is published, everybody whose need it was is told.
#[utoipa::path(
    tag = "orders",
    operation_id = "acceptCommonNeed",
    summary = "Draft a project of a common need · 采纳共性需求",
    params(("id" = CommonNeedId, Path, description = "The common need")),
    request_body = AcceptCommonNeed,
    responses((status = 200, body = CommonNeedDetail, description = "The common need with its project")),
)]
#[post("/common-needs/{id}/accept")]
pub async fn accept_common_need(
    context: Context,
    id: Path<CommonNeedId>,
    body: Body<AcceptCommonNeed>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(common_needs::accept(tx, act, id, body.title.clone())?)
        })
        .await
}

/// Says why no project is to answer a suggestion. Its needs do not make another.
#[utoipa::path(
    tag = "orders",
    operation_id = "dismissCommonNeed",
    summary = "Dismiss a common need · 不采纳共性需求",
    params(("id" = CommonNeedId, Path, description = "The common need")),
    request_body = Reason,
    responses((status = 200, body = CommonNeedDetail, description = "The common need as it is now")),
)]
#[post("/common-needs/{id}/dismiss")]
pub async fn dismiss_common_need(
    context: Context,
    id: Path<CommonNeedId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(common_needs::dismiss(tx, act, id, &body.reason)?))
        .await
}
