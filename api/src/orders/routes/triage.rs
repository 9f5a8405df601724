//! What dispatchers make of needs.

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{ids::OrderId, orders::Step};

use super::told;
use crate::{
    body::Body,
    context::Context,
    orders::{
        actions::{Note, dispatch, step, triage},
        bodies::{
            AlikeOrders, MergeOrder, OrderBody, OrderCard, PauseOrder, RegisterOrder, TransferOrder,
        },
    },
    problem::Answer,
    reply::{json, with_json},
    volunteers::bodies::Reason,
};

/// A dispatcher takes a need on, and puts right what was reported wrongly. The clock to find a team starts.
#[utoipa::path(
    tag = "orders",
    operation_id = "registerOrder",
    summary = "Register an order · 填单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = RegisterOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/register")]
pub async fn register_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<RegisterOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, triage::register(tx, act, id, &body.command())?)
        })
        .await
}

/// Open orders that may be about the same need: of its category, at its place, within 7 days before it.
#[utoipa::path(
    tag = "orders",
    operation_id = "listAlikeOrders",
    summary = "List orders that may be the same · 疑似重复订单",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = AlikeOrders, description = "The orders, the newest first")),
)]
#[get("/orders/{id}/alike")]
pub async fn list_alike_orders(context: Context, id: Path<OrderId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let found = context.read(move |tx, act| triage::alike(tx, act, id)).await?;
    let items = found.into_iter().map(OrderCard::from).collect();
    Ok(with_json(HttpResponse::Ok(), json(&AlikeOrders { items })?))
}

/// Another order goes on for this one and the need behind it.
#[utoipa::path(
    tag = "orders",
    operation_id = "mergeOrder",
    summary = "Merge an order into another · 合并订单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = MergeOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/merge")]
pub async fn merge_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<MergeOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, triage::merge(tx, act, id, body.into)?))
        .await
}

/// A dispatcher says why nobody will be sent. Once teams were asked only the center does.
#[utoipa::path(
    tag = "orders",
    operation_id = "declineOrder",
    summary = "Decline an order · 不予受理",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/decline")]
pub async fn decline_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, step(tx, act, id, Step::Decline, Note::reason(&body.reason))?)
        })
        .await
}

/// A department, or the hotline, goes on with it under its own number.
#[utoipa::path(
    tag = "orders",
    operation_id = "transferOrder",
    summary = "Transfer an order · 转办",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = TransferOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/transfer")]
pub async fn transfer_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<TransferOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let (to, number) = (body.to.as_str(), body.number.as_deref());
            told(act, triage::transfer(tx, act, id, to, number, body.reason.clone())?)
        })
        .await
}

/// Whoever asked, or a dispatcher, ends it before the service begins.
#[utoipa::path(
    tag = "orders",
    operation_id = "cancelOrder",
    summary = "Cancel an order · 取消订单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/cancel")]
pub async fn cancel_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, step(tx, act, id, Step::Cancel, Note::reason(&body.reason))?)
        })
        .await
}

/// A dispatcher passes it to the tier above, as its clock would; the best teams there are asked at once.
#[utoipa::path(
    tag = "orders",
    operation_id = "escalateOrder",
    summary = "Pass an order up · 上报订单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/escalate")]
pub async fn escalate_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, dispatch::escalate(tx, act, id, &body.reason)?))
        .await
}

/// Lets its clock stand still for a time that is bounded, and says why.
#[utoipa::path(
    tag = "orders",
    operation_id = "pauseOrder",
    summary = "Pause an order · 暂停计时",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = PauseOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/pause")]
pub async fn pause_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<PauseOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let pause = Step::Pause(body.until - act.now);
            told(act, step(tx, act, id, pause, Note::reason(&body.reason))?)
        })
        .await
}
