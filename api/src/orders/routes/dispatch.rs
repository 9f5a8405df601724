//! Dispatch: whom to ask, and what they answer.

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{ids::OrderId, orders::Step};

use super::told;
use crate::{
    body::Body,
    context::Context,
    orders::{
        actions::{Note, dispatch, step, suggestions},
        bodies::{
            AnswerOrder, AssignOrder, DispatchOrder, OrderBody, RefuseOrder, SuggestionBody,
            SuggestionList,
        },
    },
    problem::Answer,
    reply::{json, with_json},
    volunteers::bodies::Reason,
};

/// The teams that suit an order best, with the reasons in the caller's language. The same facts give the same order.
#[utoipa::path(
    tag = "orders",
    operation_id = "suggestTeams",
    summary = "Suggest teams · 推荐服务队",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = SuggestionList, description = "At most 64 teams, best first")),
)]
#[get("/orders/{id}/suggestions")]
pub async fn suggest_teams(context: Context, id: Path<OrderId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let (team_of_project, found) =
        context.read(move |tx, act| suggestions::suggestions(tx, act, id)).await?;
    let language = context.language();
    let items = found.into_iter().map(|team| SuggestionBody::of(team, language)).collect();
    Ok(with_json(HttpResponse::Ok(), json(&SuggestionList { team_of_project, items })?))
}

/// Asks teams: those named; if none is, the team of the project that was ordered, alone, or else the three best suggestions; with an open
/// call whoever is able. Choosing against the suggestions is recorded.
#[utoipa::path(
    tag = "orders",
    operation_id = "dispatchOrder",
    summary = "Dispatch an order · 派单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = DispatchOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/dispatch")]
pub async fn dispatch_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<DispatchOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, dispatch::dispatch(tx, act, id, &body.command())?)
        })
        .await
}

/// A team takes it. The first to accept has it.
#[utoipa::path(
    tag = "orders",
    operation_id = "acceptOrder",
    summary = "Accept an order · 接单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = AnswerOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/accept")]
pub async fn accept_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<AnswerOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, dispatch::accept(tx, act, id, body.team_id)?))
        .await
}

/// A team that is asked does not take it. When all have refused, the tier above is asked at once.
#[utoipa::path(
    tag = "orders",
    operation_id = "refuseOrder",
    summary = "Refuse an order · 拒单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = RefuseOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/refuse")]
pub async fn refuse_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<RefuseOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, dispatch::refuse(tx, act, id, body.team_id, &body.reason)?)
        })
        .await
}

/// The center gives it to a team.
#[utoipa::path(
    tag = "orders",
    operation_id = "assignOrder",
    summary = "Assign an order · 指派",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = AssignOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/assign")]
pub async fn assign_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<AssignOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, dispatch::assign(tx, act, id, body.team_id, &body.reason)?)
        })
        .await
}

/// A team gives it back before the service begins: once, with a reason.
#[utoipa::path(
    tag = "orders",
    operation_id = "handBackOrder",
    summary = "Hand an order back · 退单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/hand-back")]
pub async fn hand_back_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(act, step(tx, act, id, Step::HandBack, Note::reason(&body.reason))?)
        })
        .await
}
