//! `/api/v1/signups`

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{
    activities::{Signup, SignupState},
    identity::Permission,
    ids::{SessionId, SignupId, VolunteerId},
};
use shijian_persistence::{
    Transaction,
    activities::{self, SignupFilter},
};

use super::super::{
    actions::{sessions, signups},
    bodies::{ListSignups, SignUpBody, SignupBody, SignupDetail, SignupList},
};
use crate::{
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::Answer,
    reply::Reply,
    volunteers::bodies::{OptionalReason, Reason},
};

fn told(tx: &mut Transaction<'_>, signup: Signup) -> Answer<Reply> {
    let place = match signup.state {
        SignupState::Waitlisted => Some(activities::waitlist_place(tx, &signup)?),
        _ => None,
    };
    Ok(Reply::ok(&SignupBody::new(signup, place))?.version(signup.version))
}

/// The caller signs up for a position: with a place while there is one, in the queue after that.
#[utoipa::path(
    tag = "activities",
    operation_id = "signUp",
    summary = "Sign up · 报名",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = SignUpBody,
    responses((status = 201, body = SignupBody, description = "The signup, confirmed or waitlisted")),
)]
#[post("/sessions/{id}/signups")]
pub async fn sign_up(
    context: Context,
    id: Path<SessionId>,
    body: Body<SignUpBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let (signup, place) = signups::sign_up(tx, act, &body.command(id))?;
            let location = format!("/api/v1/signups/{}", signup.id);
            let version = signup.version;
            Ok(Reply::created(location, &SignupBody::new(signup, place))?.version(version))
        })
        .await
}

/// One signup: the caller's own, or one of a session that they run.
#[utoipa::path(
    tag = "activities",
    operation_id = "getSignup",
    summary = "Get a signup · 报名详情",
    params(("id" = SignupId, Path, description = "The signup")),
    responses((status = 200, body = SignupBody, description = "The signup")),
)]
#[get("/signups/{id}")]
pub async fn get_signup(context: Context, id: Path<SignupId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            let signup = signups::visible(tx, act, id)?;
            let place = match signup.state {
                SignupState::Waitlisted => Some(activities::waitlist_place(tx, &signup)?),
                _ => None,
            };
            Ok(SignupBody::new(signup, place))
        })
        .await?;
    context.one(&body, body.version)
}

/// Leaves a session or its queue: freely until 24 hours before the start, late until 3 hours before; then only the leader or staff can.
#[utoipa::path(
    tag = "activities",
    operation_id = "cancelSignup",
    summary = "Cancel a signup · 取消报名",
    params(("id" = SignupId, Path, description = "The signup")),
    request_body = OptionalReason,
    responses((status = 200, body = SignupBody, description = "The signup as it ended")),
)]
#[post("/signups/{id}/cancel")]
pub async fn cancel_signup(
    context: Context,
    id: Path<SignupId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, _| {
            let signup = signups::cancel_signup(tx, act, id)?;
            told(tx, signup)
        })
        .await
}

/// Takes a place that was offered, or says again that one comes to a session that moved.
#[utoipa::path(
    tag = "activities",
    operation_id = "confirmSignup",
    summary = "Confirm a signup · 确认报名",
    params(("id" = SignupId, Path, description = "The signup")),
    responses((status = 200, body = SignupBody, description = "The signup, confirmed")),
)]
#[post("/signups/{id}/confirm")]
pub async fn confirm_signup(
    context: Context,
    id: Path<SignupId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| {
            let signup = signups::confirm_signup(tx, act, id)?;
            told(tx, signup)
        })
        .await
}

/// Forgives an absence or a late cancellation.
#[utoipa::path(
    tag = "activities",
    operation_id = "excuseSignup",
    summary = "Excuse an absence · 豁免缺席",
    params(("id" = SignupId, Path, description = "The signup")),
    request_body = Reason,
    responses((status = 200, body = SignupBody, description = "The signup, excused")),
)]
#[post("/signups/{id}/excuse")]
pub async fn excuse_signup(
    context: Context,
    id: Path<SignupId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let signup = signups::excuse_signup(tx, act, id, &body.reason)?;
            told(tx, signup)
        })
        .await
}

/// Lets somebody with two no-shows sign up as everyone does.
#[utoipa::path(
    tag = "activities",
    operation_id = "liftRestriction",
    summary = "Lift a restriction · 解除报名限制",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    request_body = Reason,
    responses((status = 204, description = "Lifted")),
)]
#[post("/volunteers/{id}/lift-restriction")]
pub async fn lift_restriction(
    context: Context,
    id: Path<VolunteerId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            signups::lift_restriction(tx, act, id, &body.reason)?;
            Ok(Reply::nothing())
        })
        .await
}

/// The signups of a session, for who runs it.
#[utoipa::path(
    tag = "activities",
    operation_id = "listSignups",
    summary = "List signups · 报名名单",
    params(("id" = SessionId, Path, description = "The session"), ListSignups),
    responses((status = 200, body = SignupList, description = "A page of signups")),
)]
#[get("/sessions/{id}/signups")]
pub async fn list_signups(
    context: Context,
    id: Path<SessionId>,
    params: Params<ListSignups>,
) -> Answer<HttpResponse> {
    let page = context.page::<SignupId>(&params.0)?;
    let (id, state, before, rows) = (id.into_inner(), params.0.state, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let staged = sessions::existing(tx, id)?;
            let target = sessions::target(&staged);
            act.caller.authorise_read(Permission::SignupManage, target, "session")?;
            let filter = SignupFilter { session_id: Some(id), state, ..SignupFilter::default() };
            Ok(activities::signups_by_age(tx, filter, before, rows)?)
        })
        .await?;
    context.list(&page, found, |view| view.signup.id, SignupDetail::from)
}

/// The caller's signups, the latest first.
#[utoipa::path(
    tag = "activities",
    operation_id = "listMySignups",
    summary = "List my signups · 我的报名",
    params(ListSignups),
    responses((status = 200, body = SignupList, description = "A page of signups")),
)]
#[get("/me/signups")]
pub async fn list_my_signups(
    context: Context,
    params: Params<ListSignups>,
) -> Answer<HttpResponse> {
    let page = context.page::<SignupId>(&params.0)?;
    let (state, before, rows) = (params.0.state, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let volunteer_id = Some(act.caller.volunteer_id()?);
            let filter = SignupFilter { volunteer_id, state, ..SignupFilter::default() };
            Ok(activities::signups_by_age(tx, filter, before, rows)?)
        })
        .await?;
    context.list(&page, found, |view| view.signup.id, SignupDetail::from)
}
