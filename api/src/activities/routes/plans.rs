//! `/api/v1/activities`

use actix_web::{HttpResponse, get, post, put, web::Path};
use shijian_domain::{
    activities::{Activity, ActivityMove, ActivityState},
    ids::ActivityId,
};
use shijian_persistence::activities::{self, ActivityFilter};

use super::super::{
    actions::plans,
    bodies::{ActivityBody, ActivityList, CreateActivity, ListActivities, ReplaceActivity},
};
use crate::{
    body::Body,
    context::Context,
    page::Params,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
    volunteers::bodies::{OptionalReason, Reason},
};

fn told(activity: Activity) -> Answer<Reply> {
    let version = activity.version;
    Ok(Reply::ok(&ActivityBody::from(activity))?.version(version))
}

/// Writes a draft.
#[utoipa::path(
    tag = "activities",
    operation_id = "createActivity",
    summary = "Draft an activity · 新建活动",
    request_body = CreateActivity,
    responses((status = 201, body = ActivityBody, description = "The draft")),
)]
#[post("/activities")]
pub async fn create_activity(context: Context, body: Body<CreateActivity>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let activity = plans::create_activity(tx, act, &body.command())?;
            let (location, version) =
                (format!("/api/v1/activities/{}", activity.id), activity.version);
            Ok(Reply::created(location, &ActivityBody::from(activity))?.version(version))
        })
        .await
}

/// One activity: a published one, or one that the caller works on.
#[utoipa::path(
    tag = "activities",
    operation_id = "getActivity",
    summary = "Get an activity · 活动详情",
    params(("id" = ActivityId, Path, description = "The activity")),
    responses((status = 200, body = ActivityBody, description = "The activity")),
)]
#[get("/activities/{id}")]
pub async fn get_activity(context: Context, id: Path<ActivityId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let (activity, _) = context.read(move |tx, act| plans::visible(tx, act, id)).await?;
    let version = activity.version;
    context.one(&ActivityBody::from(activity), version)
}

/// Published activities, the newest first; those in another state to who works on them.
#[utoipa::path(
    tag = "activities",
    operation_id = "listActivities",
    summary = "List activities · 活动列表",
    params(ListActivities),
    responses((status = 200, body = ActivityList, description = "A page of activities")),
)]
#[get("/activities")]
pub async fn list_activities(
    context: Context,
    params: Params<ListActivities>,
) -> Answer<HttpResponse> {
    let page = context.page::<ActivityId>(&params.0)?;
    let (asked, before, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let within = match asked.venue_id {
                Some(id) => Some(existing_venue(tx, id)?.path),
                None => None,
            };
            let filter = ActivityFilter {
                within,
                project_id: asked.project_id,
                team_id: asked.team_id,
                kind: asked.kind,
                category: asked.category,
                state: Some(asked.state.unwrap_or(ActivityState::Published)),
                text: asked.q.clone(),
            };
            Ok(activities::activities(tx, &filter, &plans::reader(act), before, rows)?)
        })
        .await?;
    context.list(&page, found, |activity| activity.id, ActivityBody::from)
}

/// Rewrites a draft.
#[utoipa::path(
    tag = "activities",
    operation_id = "replaceActivity",
    summary = "Rewrite an activity · 修改活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = ReplaceActivity,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[put("/activities/{id}")]
pub async fn replace_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<ReplaceActivity>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(plans::replace_activity(tx, act, id, body.plan())?))
        .await
}

/// Opens a draft to everybody; a station that is not trusted hands it in for review.
#[utoipa::path(
    tag = "activities",
    operation_id = "publishActivity",
    summary = "Publish an activity · 发布活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = OptionalReason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/publish")]
pub async fn publish_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(tx, act, id, ActivityMove::Publish, body.reason.clone())?)
        })
        .await
}

/// Publishes an activity that waits for review; its author cannot.
#[utoipa::path(
    tag = "activities",
    operation_id = "approveActivity",
    summary = "Approve an activity · 批准活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = OptionalReason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/approve")]
pub async fn approve_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(tx, act, id, ActivityMove::Approve, body.reason.clone())?)
        })
        .await
}

/// Sends an activity back with reasons.
#[utoipa::path(
    tag = "activities",
    operation_id = "returnActivity",
    summary = "Return an activity · 退回活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = Reason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/return")]
pub async fn return_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(
                tx,
                act,
                id,
                ActivityMove::Return,
                Some(body.reason.clone()),
            )?)
        })
        .await
}

/// Makes an activity a draft again; only while nobody has signed up.
#[utoipa::path(
    tag = "activities",
    operation_id = "withdrawActivity",
    summary = "Withdraw an activity · 撤回活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = OptionalReason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/withdraw")]
pub async fn withdraw_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(tx, act, id, ActivityMove::Withdraw, body.reason.clone())?)
        })
        .await
}

/// Closes an activity whose sessions are over.
#[utoipa::path(
    tag = "activities",
    operation_id = "completeActivity",
    summary = "Complete an activity · 完成活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = OptionalReason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/complete")]
pub async fn complete_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(tx, act, id, ActivityMove::Complete, body.reason.clone())?)
        })
        .await
}

/// Cancels an activity with its sessions; signups end without penalties.
#[utoipa::path(
    tag = "activities",
    operation_id = "cancelActivity",
    summary = "Cancel an activity · 取消活动",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = Reason,
    responses((status = 200, body = ActivityBody, description = "The activity as it is now")),
)]
#[post("/activities/{id}/cancel")]
pub async fn cancel_activity(
    context: Context,
    id: Path<ActivityId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(plans::move_activity(
                tx,
                act,
                id,
                ActivityMove::Cancel,
                Some(body.reason.clone()),
            )?)
        })
        .await
}
