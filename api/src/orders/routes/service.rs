//! The service of an order.

use actix_web::{HttpResponse, post, web::Path};
use shijian_domain::{ids::OrderId, orders::Step};

use super::told;
use crate::{
    body::{Body, NoBody, RequestBody},
    context::Context,
    orders::{
        actions::{Note, service, step},
        bodies::{ConfirmOrder, OrderBody, ScheduleOrder, ServeOrder},
    },
    problem::{Answer, Code},
};

/// The team puts the service on the calendar as a session of its own, and names who goes. Check-in, hours and points are as everywhere; scheduling again replaces the session.
#[utoipa::path(
    tag = "orders",
    operation_id = "scheduleOrder",
    summary = "Schedule an order · 预约上门",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = ScheduleOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/schedule")]
pub async fn schedule_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<ScheduleOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, service::schedule(tx, act, id, &body.command())?)
        })
        .await
}

/// The service begins: by itself with the first check-in, or by the team’s word where nobody could scan.
#[utoipa::path(
    tag = "orders",
    operation_id = "beginOrder",
    summary = "Begin an order · 开始服务",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/begin")]
pub async fn begin_order(
    context: Context,
    id: Path<OrderId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| told(act, step(tx, act, id, Step::Begin, Note::default())?))
        .await
}

/// The team has served, and says what was done.
#[utoipa::path(
    tag = "orders",
    operation_id = "serveOrder",
    summary = "Serve an order · 完成服务",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = ServeOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/serve")]
pub async fn serve_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<ServeOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, service::serve(tx, act, id, &body.command())?))
        .await
}

/// Whoever was served confirms, or the grid worker for them; or the team gives the six digits that they told it.
#[utoipa::path(
    tag = "orders",
    operation_id = "confirmOrder",
    summary = "Confirm a service · 确认服务",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = ConfirmOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/confirm")]
pub async fn confirm_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<ConfirmOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    // Six digits are soon guessed: wrong ones are counted. Who needs none is not kept waiting by who guesses.
    let failures = &context.app.limits.confirmation_failures;
    let (order, is_try) = (id.to_string(), body.content().code.is_some());
    if is_try {
        failures.take(&order)?;
    }
    let answer = context
        .write(body, move |tx, act, body| {
            told(act, service::confirm(tx, act, id, body.code.as_deref())?)
        })
        .await;
    let is_wrong = answer.as_ref().is_err_and(|problem| problem.code() == Code::WrongConfirmation);
    if is_try && !is_wrong {
        failures.give_back(&order);
    }
    answer
}
