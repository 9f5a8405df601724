//! Ratings, and what becomes of them.

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{
    calendar::{day_after, start_of_day},
    ids::{OrderId, VenueId},
    orders::AppealState,
};
use shijian_persistence::orders as kept;

use super::told;
use crate::{
    body::Body,
    context::Context,
    orders::{
        actions::{ratings, stories},
        bodies::{
            JudgeAppeal, ListStories, OrderBody, PublishOrder, RateOrder, SatisfactionBody,
            SatisfactionParams, StoryBody, StoryList,
        },
    },
    page::Params,
    problem::{Answer, Code, Problem},
    reply::{Reply, json, with_json},
    volunteers::bodies::Reason,
};

/// Whoever was served rates it within 7 days, or the grid worker for them; never who served. Overall 2 or less asks the station for a return visit.
#[utoipa::path(
    tag = "orders",
    operation_id = "rateOrder",
    summary = "Rate an order · 评单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = RateOrder,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/rate")]
pub async fn rate_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<RateOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let opinion = body.opinion().ok_or_else(|| Problem::new(Code::InvalidBody))?;
            told(act, ratings::rate(tx, act, id, &opinion)?)
        })
        .await
}

/// It was not what was needed: it goes to another team, once.
#[utoipa::path(
    tag = "orders",
    operation_id = "reopenOrder",
    summary = "Reopen an order · 重开订单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/reopen")]
pub async fn reopen_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, ratings::reopen(tx, act, id, &body.reason)?))
        .await
}

/// A dispatcher ends a rated order and says what the return visit found. Others close by themselves.
#[utoipa::path(
    tag = "orders",
    operation_id = "closeOrder",
    summary = "Close an order · 结单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/close")]
pub async fn close_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, ratings::close(tx, act, id, &body.reason)?))
        .await
}

/// The team says why the rating of its service is unfair.
#[utoipa::path(
    tag = "orders",
    operation_id = "appealRating",
    summary = "Appeal a rating · 评价申诉",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = Reason,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/rating/appeal")]
pub async fn appeal_rating(
    context: Context,
    id: Path<OrderId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(act, ratings::appeal(tx, act, id, &body.reason)?))
        .await
}

/// The center judges. A rating that was unfair does not count.
#[utoipa::path(
    tag = "orders",
    operation_id = "judgeRatingAppeal",
    summary = "Judge an appeal · 申诉裁定",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = JudgeAppeal,
    responses((status = 200, body = OrderBody, description = "The order as it is now")),
)]
#[post("/orders/{id}/rating/judge")]
pub async fn judge_rating_appeal(
    context: Context,
    id: Path<OrderId>,
    body: Body<JudgeAppeal>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let verdict = if body.upheld { AppealState::Upheld } else { AppealState::Dismissed };
            told(act, ratings::judge(tx, act, id, verdict, &body.reason)?)
        })
        .await
}

/// How satisfied the people of a station, an institute or a center are with what was served and rated in a time.
#[utoipa::path(
    tag = "orders",
    operation_id = "getOrderSatisfaction",
    summary = "Get the satisfaction · 满意度",
    params(("id" = VenueId, Path, description = "The station, institute or center"), SatisfactionParams),
    responses((status = 200, body = SatisfactionBody, description = "The shares")),
)]
#[get("/venues/{id}/order-satisfaction")]
pub async fn get_order_satisfaction(
    context: Context,
    id: Path<VenueId>,
    params: Params<SatisfactionParams>,
) -> Answer<HttpResponse> {
    let (id, asked) = (id.into_inner(), params.0);
    if asked.from > asked.to {
        return Err(Problem::new(Code::MalformedParameter)
            .say("from 不能晚于 to。", "from is not later than to.")
            .at("from"));
    }
    let found = context
        .read(move |tx, act| {
            let from = start_of_day(asked.from, act.zone);
            let to = start_of_day(day_after(asked.to), act.zone);
            ratings::satisfaction(tx, act, id, from, to)
        })
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&SatisfactionBody::from(found))?))
}

/// Tells a closed order's story to the public, with the consent of the person served. A text with their name, telephone or address is
/// refused.
#[utoipa::path(
    tag = "orders",
    operation_id = "publishOrder",
    summary = "Publish an order's story · 晒单",
    params(("id" = OrderId, Path, description = "The order")),
    request_body = PublishOrder,
    responses((status = 200, body = StoryBody, description = "The story")),
)]
#[post("/orders/{id}/publish")]
pub async fn publish_order(
    context: Context,
    id: Path<OrderId>,
    body: Body<PublishOrder>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let (_, story) = stories::publish(tx, act, id, &body.command())?;
            Reply::ok(&StoryBody::shown(act, story))
        })
        .await
}

/// What was served, as the public may know it, the newest orders first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listOrderStories",
    summary = "List stories of orders · 晒单列表",
    params(ListStories),
    responses((status = 200, body = StoryList, description = "A page of stories")),
)]
#[get("/order-stories")]
pub async fn list_order_stories(
    context: Context,
    params: Params<ListStories>,
) -> Answer<HttpResponse> {
    let page = context.page::<OrderId>(&params.0)?;
    let (center, before, rows) = (params.0.center_id, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let stories = kept::stories(tx, center, before, rows)?;
            Ok(stories.into_iter().map(|story| StoryBody::shown(act, story)).collect::<Vec<_>>())
        })
        .await?;
    context.list(&page, found, |story| story.order_id, |story| story)
}
