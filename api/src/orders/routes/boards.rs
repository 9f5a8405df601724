//! Each role's orders in one call.

use actix_web::{HttpResponse, get, web::Path};
use chrono::{DateTime, Utc};
use shijian_domain::ids::{OrderId, TeamId, VenueId};
use shijian_persistence::orders as kept;

use crate::{
    context::Context,
    orders::{
        actions::boards,
        bodies::{
            BoardBody, InboxBody, LaneBody, LateList, ListLate, ListRewards, OrderCard, RewardBody,
            RewardList, ShowBoard, TeamServiceBody,
        },
    },
    page::Params,
    problem::Answer,
    reply::{json, with_json},
    teams::actions::existing as existing_team,
};

/// Orders of each state that a board shows.
const SHOWN: i64 = 5;

/// The open orders of a station, an institute or a center by state, those first whose clock runs out first.
#[utoipa::path(
    tag = "orders",
    operation_id = "getOrderBoard",
    summary = "Get a venue's order board · 订单看板",
    params(("id" = VenueId, Path, description = "The station, institute or center"), ShowBoard),
    responses((status = 200, body = BoardBody, description = "The board")),
)]
#[get("/venues/{id}/order-board")]
pub async fn get_order_board(
    context: Context,
    id: Path<VenueId>,
    params: Params<ShowBoard>,
) -> Answer<HttpResponse> {
    let (venue_id, shown) = (id.into_inner(), params.0.limit.unwrap_or(SHOWN));
    let (tier, lanes) =
        context.read(move |tx, act| boards::board(tx, act, venue_id, shown)).await?;
    let lanes = lanes.into_iter().map(LaneBody::from).collect();
    Ok(with_json(HttpResponse::Ok(), json(&BoardBody { venue_id, tier, lanes })?))
}

/// What a team is asked and what it has, for its leader and the staff of its home.
#[utoipa::path(
    tag = "orders",
    operation_id = "getOrderInbox",
    summary = "Get a team's order inbox · 服务队待办",
    params(("id" = TeamId, Path, description = "The team")),
    responses((status = 200, body = InboxBody, description = "The inbox")),
)]
#[get("/teams/{id}/order-inbox")]
pub async fn get_order_inbox(context: Context, id: Path<TeamId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let inbox = context.read(move |tx, act| boards::inbox(tx, act, id)).await?;
    Ok(with_json(HttpResponse::Ok(), json(&InboxBody::from(inbox))?))
}

/// A center's open orders that are late: a clock is out, or ran out with nobody left to pass it to. The longest first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listLateOrders",
    summary = "List late orders · 超时订单",
    params(("id" = VenueId, Path, description = "The center"), ListLate),
    responses((status = 200, body = LateList, description = "A page of orders")),
)]
#[get("/venues/{id}/late-orders")]
pub async fn list_late_orders(
    context: Context,
    id: Path<VenueId>,
    params: Params<ListLate>,
) -> Answer<HttpResponse> {
    let page = context.page::<(DateTime<Utc>, OrderId)>(&params.0)?;
    let (id, after, rows) = (id.into_inner(), page.after, page.rows());
    let found = context.read(move |tx, act| boards::late(tx, act, id, after, rows)).await?;
    context.list(&page, found, |(at, kept)| (*at, kept.order.id), |(_, kept)| OrderCard::from(kept))
}

/// How a team does with orders: what it was asked, took and was given.
#[utoipa::path(
    tag = "orders",
    operation_id = "getTeamService",
    summary = "Get how a team serves · 服务队表现",
    params(("id" = TeamId, Path, description = "The team")),
    responses((status = 200, body = TeamServiceBody, description = "The figures")),
)]
#[get("/teams/{id}/service")]
pub async fn get_team_service(context: Context, id: Path<TeamId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let load = context
        .read(move |tx, _| {
            existing_team(tx, id)?;
            Ok(kept::load_of(tx, id)?)
        })
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&TeamServiceBody::from(load))?))
}

/// What a team was given for served orders, the newest orders first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listTeamRewards",
    summary = "List a team's rewards · 服务队奖励",
    params(("id" = TeamId, Path, description = "The team"), ListRewards),
    responses((status = 200, body = RewardList, description = "A page of rewards")),
)]
#[get("/teams/{id}/rewards")]
pub async fn list_team_rewards(
    context: Context,
    id: Path<TeamId>,
    params: Params<ListRewards>,
) -> Answer<HttpResponse> {
    let page = context.page::<OrderId>(&params.0)?;
    let (id, before, rows) = (id.into_inner(), page.after, page.rows());
    let found = context
        .read(move |tx, _| {
            existing_team(tx, id)?;
            Ok(kept::rewards_of(tx, id, before, rows)?)
        })
        .await?;
    context.list(&page, found, |(reward, _)| reward.order_id, RewardBody::from)
}
