//! Care plans, and the weather that some wait for.

use actix_web::{HttpResponse, get, post, put, web::Path};
use chrono::{Datelike, TimeDelta};
use shijian_domain::{
    calendar::start_of_day,
    ids::{CarePlanId, VenueId},
    orders::CarePlanState,
};

use crate::{
    act::Act,
    body::Body,
    context::Context,
    orders::{
        actions::{care_plans, weather},
        bodies::{
            CarePlanBody, CarePlanList, CareVisitBody, CareVisitList, CreateCarePlan,
            ListCarePlans, PreviewCarePlan, ReplaceCarePlan, SwitchWeather, WeatherSwitchBody,
        },
    },
    page::Params,
    problem::{Answer, Code, Problem},
    reply::{Reply, json, with_json},
    volunteers::bodies::Reason,
};

/// A preview shows so many days at most.
const LONGEST_PREVIEW: TimeDelta = TimeDelta::days(366);

fn told(planned: care_plans::Planned) -> Answer<Reply> {
    let version = planned.plan.version;
    Ok(Reply::ok(&CarePlanBody::from(planned))?.version(version))
}

/// Plans a recurring service for one person, who agreed to it. The program raises an order for each visit ahead of time, registers it and
/// asks the best teams.
#[utoipa::path(
    tag = "orders",
    operation_id = "createCarePlan",
    summary = "Create a care plan · 建立关爱计划",
    request_body = CreateCarePlan,
    responses((status = 201, body = CarePlanBody, description = "The plan")),
)]
#[post("/care-plans")]
pub async fn create_care_plan(
    context: Context,
    body: Body<CreateCarePlan>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let plan = CarePlanBody::from(care_plans::create(tx, act, &body.command())?);
            let (location, version) = (format!("/api/v1/care-plans/{}", plan.id), plan.version);
            Ok(Reply::created(location, &plan)?.version(version))
        })
        .await
}

/// One care plan.
#[utoipa::path(
    tag = "orders",
    operation_id = "getCarePlan",
    summary = "Get a care plan · 关爱计划详情",
    params(("id" = CarePlanId, Path, description = "The plan")),
    responses((status = 200, body = CarePlanBody, description = "The plan")),
)]
#[get("/care-plans/{id}")]
pub async fn get_care_plan(context: Context, id: Path<CarePlanId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let planned = context.read(move |tx, act| care_plans::visible(tx, act, id)).await?;
    let version = planned.plan.version;
    context.one(&CarePlanBody::from(planned), version)
}

/// The care plans of a venue and below it, the newest first.
#[utoipa::path(
    tag = "orders",
    operation_id = "listCarePlans",
    summary = "List care plans · 关爱计划列表",
    params(ListCarePlans),
    responses((status = 200, body = CarePlanList, description = "A page of plans")),
)]
#[get("/care-plans")]
pub async fn list_care_plans(
    context: Context,
    params: Params<ListCarePlans>,
) -> Answer<HttpResponse> {
    let page = context.page::<CarePlanId>(&params.0)?;
    let (asked, before, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| care_plans::list(tx, act, asked.venue_id, asked.state, before, rows))
        .await?;
    context.list(&page, found, |planned| planned.plan.id, CarePlanBody::from)
}

/// Changes a plan. What it ordered before stays; the new terms hold for the visits that have no order yet.
#[utoipa::path(
    tag = "orders",
    operation_id = "replaceCarePlan",
    summary = "Replace a care plan · 修改关爱计划",
    params(("id" = CarePlanId, Path, description = "The plan")),
    request_body = ReplaceCarePlan,
    responses((status = 200, body = CarePlanBody, description = "The plan as it is now")),
)]
#[put("/care-plans/{id}")]
pub async fn replace_care_plan(
    context: Context,
    id: Path<CarePlanId>,
    body: Body<ReplaceCarePlan>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(care_plans::replace(tx, act, id, &body.command())?))
        .await
}

async fn move_to(
    context: Context,
    id: CarePlanId,
    body: Body<Reason>,
    to: CarePlanState,
) -> Answer<HttpResponse> {
    context
        .write(body, move |tx, act, body| told(care_plans::move_to(tx, act, id, to, &body.reason)?))
        .await
}

/// Raises no more orders until it is resumed. What falls due meanwhile is not ordered later; what was ordered before stays.
#[utoipa::path(
    tag = "orders",
    operation_id = "pauseCarePlan",
    summary = "Pause a care plan · 暂停关爱计划",
    params(("id" = CarePlanId, Path, description = "The plan")),
    request_body = Reason,
    responses((status = 200, body = CarePlanBody, description = "The plan as it is now")),
)]
#[post("/care-plans/{id}/pause")]
pub async fn pause_care_plan(
    context: Context,
    id: Path<CarePlanId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    move_to(context, id.into_inner(), body, CarePlanState::Paused).await
}

/// Raises orders again, for visits from now on.
#[utoipa::path(
    tag = "orders",
    operation_id = "resumeCarePlan",
    summary = "Resume a care plan · 恢复关爱计划",
    params(("id" = CarePlanId, Path, description = "The plan")),
    request_body = Reason,
    responses((status = 200, body = CarePlanBody, description = "The plan as it is now")),
)]
#[post("/care-plans/{id}/resume")]
pub async fn resume_care_plan(
    context: Context,
    id: Path<CarePlanId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    move_to(context, id.into_inner(), body, CarePlanState::Active).await
}

/// Ends a plan for good; it forgets who was served. What was ordered before stays.
#[utoipa::path(
    tag = "orders",
    operation_id = "endCarePlan",
    summary = "End a care plan · 结束关爱计划",
    params(("id" = CarePlanId, Path, description = "The plan")),
    request_body = Reason,
    responses((status = 200, body = CarePlanBody, description = "The plan as it is now")),
)]
#[post("/care-plans/{id}/end")]
pub async fn end_care_plan(
    context: Context,
    id: Path<CarePlanId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    move_to(context, id.into_inner(), body, CarePlanState::Ended).await
}

/// The visits of a plan from one day until before another: with their orders, missed, or still ahead. The weather is not foreseen.
#[utoipa::path(
    tag = "orders",
    operation_id = "previewCarePlan",
    summary = "List a care plan's visits · 关爱计划服务日程",
    params(("id" = CarePlanId, Path, description = "The plan"), PreviewCarePlan),
    responses((status = 200, body = CareVisitList, description = "The visits, at most one a day")),
)]
#[get("/care-plans/{id}/occurrences")]
pub async fn preview_care_plan(
    context: Context,
    id: Path<CarePlanId>,
    params: Params<PreviewCarePlan>,
) -> Answer<HttpResponse> {
    let (id, asked) = (id.into_inner(), params.0);
    let length = asked.to - asked.from;
    let is_near = (2000..=9999).contains(&asked.from.year());
    if !is_near || length <= TimeDelta::zero() || length > LONGEST_PREVIEW {
        return Err(Problem::new(Code::MalformedParameter)
            .say(
                "to 应晚于 from,且不超过 366 天。",
                "`to` is 1 to 366 days after `from`, which is not before 2000.",
            )
            .at("to"));
    }
    let visits = context
        .read(move |tx, act: &Act<'_>| {
            let start = |day| start_of_day(day, act.zone);
            care_plans::visits(tx, act, id, start(asked.from), start(asked.to))
        })
        .await?;
    let items = visits.into_iter().map(CareVisitBody::from).collect();
    Ok(with_json(HttpResponse::Ok(), json(&CareVisitList { items })?))
}

/// Switches the weather of a day on for a center: the plans that wait for it raise their orders, once for each plan and day, however
/// often it is switched on.
#[utoipa::path(
    tag = "orders",
    operation_id = "switchWeather",
    summary = "Switch the weather on · 开启天气关爱",
    params(("id" = VenueId, Path, description = "The center")),
    request_body = SwitchWeather,
    responses((status = 200, body = WeatherSwitchBody, description = "The weather")),
)]
#[post("/venues/{id}/weather")]
pub async fn switch_weather(
    context: Context,
    id: Path<VenueId>,
    body: Body<SwitchWeather>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let switched = weather::switch(tx, act, id, body.kind, body.day)?;
            Reply::ok(&WeatherSwitchBody::from(switched))
        })
        .await
}
