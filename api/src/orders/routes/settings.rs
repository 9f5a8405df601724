//! The work calendar, and the weights of suggestions.

use actix_web::{HttpResponse, delete, get, put, web::Path};
use chrono::NaiveDate;
use shijian_domain::ids::VenueId;

use crate::{
    body::{Body, NoBody},
    context::Context,
    orders::{
        actions::{calendar, settings},
        bodies::{
            MatchingWeightsBody, ReplaceMatchingWeights, SetWorkDay, WorkCalendarBody, WorkDayBody,
        },
    },
    problem::Answer,
    reply::{Reply, json, with_json},
};

/// The days that are not as the week says: public holidays, and the weekends that are worked for them.
#[utoipa::path(
    tag = "orders",
    operation_id = "getWorkCalendar",
    summary = "Get the work calendar · 工作日历",
    responses((status = 200, body = WorkCalendarBody, description = "The days")),
)]
#[get("/work-calendar")]
pub async fn get_work_calendar(context: Context) -> Answer<HttpResponse> {
    let days = context.read(calendar).await?;
    let items = days.exceptions().map(|(day, kind)| WorkDayBody { day, kind }).collect();
    Ok(with_json(HttpResponse::Ok(), json(&WorkCalendarBody { items })?))
}

/// Says what a day is. Clocks that are running keep the time that they were given.
#[utoipa::path(
    tag = "orders",
    operation_id = "setWorkDay",
    summary = "Set a work day · 设置工作日",
    params(("day" = NaiveDate, Path, description = "YYYY-MM-DD")),
    request_body = SetWorkDay,
    responses((status = 200, body = WorkDayBody, description = "The day")),
)]
#[put("/work-calendar/{day}")]
pub async fn set_work_day(
    context: Context,
    day: Path<NaiveDate>,
    body: Body<SetWorkDay>,
) -> Answer<HttpResponse> {
    let day = day.into_inner();
    context
        .write(body, move |tx, act, body| {
            settings::set_work_day(tx, act, day, Some(body.kind))?;
            Reply::ok(&WorkDayBody { day, kind: body.kind })
        })
        .await
}

/// Forgets what was said of a day: what is built in, or the week, holds again.
#[utoipa::path(
    tag = "orders",
    operation_id = "forgetWorkDay",
    summary = "Forget a work day · 撤销工作日设置",
    params(("day" = NaiveDate, Path, description = "YYYY-MM-DD")),
    responses((status = 204, description = "Forgotten")),
)]
#[delete("/work-calendar/{day}")]
pub async fn forget_work_day(
    context: Context,
    day: Path<NaiveDate>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let day = day.into_inner();
    context
        .write(body, move |tx, act, ()| {
            settings::set_work_day(tx, act, day, None)?;
            Ok(Reply::nothing())
        })
        .await
}

/// How much each part of a suggestion counts at a center.
#[utoipa::path(
    tag = "orders",
    operation_id = "getMatchingWeights",
    summary = "Get a center's matching weights · 匹配权重",
    params(("id" = VenueId, Path, description = "The center")),
    responses((status = 200, body = MatchingWeightsBody, description = "The weights")),
)]
#[get("/venues/{id}/matching-weights")]
pub async fn get_matching_weights(context: Context, id: Path<VenueId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let weighed = context.read(move |tx, act| settings::weights(tx, act, id)).await?;
    context.one(&MatchingWeightsBody::from(weighed), weighed.version)
}

/// Changes how much each part of a suggestion counts at a center, from the next suggestion on.
#[utoipa::path(
    tag = "orders",
    operation_id = "replaceMatchingWeights",
    summary = "Replace a center's matching weights · 修改匹配权重",
    params(("id" = VenueId, Path, description = "The center")),
    request_body = ReplaceMatchingWeights,
    responses((status = 200, body = MatchingWeightsBody, description = "The weights")),
)]
#[put("/venues/{id}/matching-weights")]
pub async fn replace_matching_weights(
    context: Context,
    id: Path<VenueId>,
    body: Body<ReplaceMatchingWeights>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let weighed = settings::replace_weights(tx, act, id, body.weights()?)?;
            Ok(Reply::ok(&MatchingWeightsBody::from(weighed))?.version(weighed.version))
        })
        .await
}
