//! Needs and orders one by one.

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::ids::OrderId;
use shijian_persistence::{
    identity::account,
    orders::{self, OrderFilter},
};

use super::super::{
    actions::{needs, needs::Solicited, parties, person, service, visible},
    bodies::{
        CreateOrder, ListMyOrders, ListOrders, OrderBody, OrderCard, OrderEventBody, OrderList,
        OrderOfferBody, PersonServedBody, RatingBody, TimelineBody,
    },
};
use crate::{
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::Answer,
    reply::{Reply, json, with_json},
    venues::actions::existing as existing_venue,
};

/// Reports a need: as a resident for oneself or somebody near, as a grid worker, as staff, or as a municipal system under its own number.
/// A draft that is sent again with its `client_reference` answers with the same order.
#[utoipa::path(
    tag = "orders",
    operation_id = "createOrder",
    summary = "Report a need · 征单/点单",
    request_body = CreateOrder,
    responses(
        (status = 201, body = OrderBody, description = "The order"),
        (status = 200, body = OrderBody, description = "The order that was made of the same report before"),
    ),
)]
#[post("/orders")]
pub async fn create_order(context: Context, body: Body<CreateOrder>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| match needs::solicit(tx, act, &body.command())? {
            Solicited::New(placed) => {
                let order = OrderBody::shown(act, placed.kept);
                let (location, version) = (format!("/api/v1/orders/{}", order.id), order.version);
                Ok(Reply::created(location, &order)?.version(version))
            }
            Solicited::Known(placed) => super::told(act, placed),
        })
        .await
}

/// One order: for its requester, the staff and grid workers of its place, and the teams that are asked or have it. Whoever asked for it sees the
/// confirmation code.
#[utoipa::path(
    tag = "orders",
    operation_id = "getOrder",
    summary = "Get an order · 订单详情",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = OrderBody, description = "The order")),
)]
#[get("/orders/{id}")]
pub async fn get_order(context: Context, id: Path<OrderId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            let placed = visible(tx, act, id)?;
            let order = &placed.kept.order;
            let is_shown = service::has_code(order) && parties::is_requester(tx, act, &placed)?;
            let code = is_shown.then(|| service::confirmation_code(act, order));
            let rating = orders::rating(tx, id, order.progress.round)?;
            Ok(OrderBody {
                confirmation_code: code,
                rating: rating.map(RatingBody::from),
                ..OrderBody::shown(act, placed.kept)
            })
        })
        .await?;
    let version = body.version;
    context.one(&body, version)
}

/// Orders that the caller's grants reach, the newest first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listOrders",
    summary = "List orders · 订单列表",
    params(ListOrders),
    responses((status = 200, body = OrderList, description = "A page of orders")),
)]
#[get("/orders")]
pub async fn list_orders(context: Context, params: Params<ListOrders>) -> Answer<HttpResponse> {
    let page = context.page::<OrderId>(&params.0)?;
    let (asked, before, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let venue = asked.venue_id.map(|id| existing_venue(tx, id)).transpose()?;
            let filter = OrderFilter {
                area: venue.as_ref().map(|venue| parties::area(venue.kind, venue.id)),
                team_id: asked.team_id,
                category: asked.category,
                state: asked.state,
            };
            let reader = parties::reader(tx, act, venue.as_ref().map(|venue| &venue.path))?;
            Ok(orders::orders_by_age(tx, &filter, &reader, before, rows)?)
        })
        .await?;
    context.list(&page, found, |kept| kept.order.id, OrderCard::from)
}

/// What the caller asked for, or is asked for them by others, the newest first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listMyOrders",
    summary = "List my orders · 我的订单",
    params(ListMyOrders),
    responses((status = 200, body = OrderList, description = "A page of orders")),
)]
#[get("/me/orders")]
pub async fn list_my_orders(
    context: Context,
    params: Params<ListMyOrders>,
) -> Answer<HttpResponse> {
    let page = context.page::<OrderId>(&params.0)?;
    let (before, rows) = (page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let id = act.caller.account_id()?;
            let index = account(tx, id)?.and_then(|account| account.phone_index);
            Ok(orders::orders_of_requester(tx, id, index.as_deref(), before, rows)?)
        })
        .await?;
    context.list(&page, found, |kept| kept.order.id, OrderCard::from)
}

/// The whole history of an order: every move with who, when and why, and every team that was asked.
#[utoipa::path(
    tag = "orders",
    operation_id = "getOrderTimeline",
    summary = "Get an order's history · 订单全程",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = TimelineBody, description = "The history")),
)]
#[get("/orders/{id}/timeline")]
pub async fn get_order_timeline(context: Context, id: Path<OrderId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            visible(tx, act, id)?;
            let events = orders::events_of(tx, id)?;
            let offers = orders::offers_of(tx, id)?;
            Ok(TimelineBody {
                events: events.into_iter().map(|kept| OrderEventBody::shown(act, kept)).collect(),
                offers: offers.into_iter().map(OrderOfferBody::from).collect(),
            })
        })
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&body)?))
}

/// Shows who is served: to whoever serves, from acceptance until 7 days after the end; to whoever asked; to staff who may reveal personal data.
/// Each look is recorded.
#[utoipa::path(
    tag = "orders",
    operation_id = "revealOrderPerson",
    summary = "Reveal who is served · 查看被服务人",
    params(("id" = OrderId, Path, description = "The order")),
    responses((status = 200, body = PersonServedBody, description = "The person served")),
)]
#[post("/orders/{id}/person/reveal")]
pub async fn reveal_order_person(
    context: Context,
    id: Path<OrderId>,
    _: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    // Not kept: whoever asks again looks again, and only while they may.
    context
        .write_unkept(move |tx, act| {
            Reply::ok(&PersonServedBody::from(person::reveal(tx, act, id)?))
        })
        .await
}
