//! `/api/v1/sessions`

use actix_web::{HttpResponse, get, post, put, web::Path};
use chrono::{DateTime, Utc};
use shijian_domain::{
    activities::Session,
    ids::{ActivityId, SessionId},
    place::Location,
    units::Metres,
};
use shijian_persistence::{
    Transaction,
    activities::{self, ListedSession, Openness, SessionFilter},
};

use super::super::{
    actions::sessions,
    bodies::{CreateSession, ListSessions, ReplaceSession, SessionBody, SessionList},
};
use crate::{
    act::Act,
    body::Body,
    context::Context,
    page::Params,
    problem::{Answer, Code, Problem},
    reply::Reply,
    venues::actions::existing as existing_venue,
    volunteers::bodies::Reason,
};

/// Metres that people look around where they don't say.
const RADIUS_DEFAULT: i64 = 3_000;

/// The session as it is now, with its activity's title and its positions.
pub fn shown(tx: &mut Transaction<'_>, session: Session) -> Answer<SessionBody> {
    let (activity, _) = activities::activity(tx, session.activity_id)?
        .ok_or_else(|| Problem::not_found("activity"))?;
    let positions =
        activities::positions_of(tx, &[session.id])?.remove(&session.id).unwrap_or_default();
    Ok(SessionBody::new(session, activity.plan.title, positions, None))
}

fn told(tx: &mut Transaction<'_>, session: Session) -> Answer<Reply> {
    let version = session.version;
    Ok(Reply::ok(&shown(tx, session)?)?.version(version))
}

/// Puts a session of an activity on the calendar.
#[utoipa::path(
    tag = "activities",
    operation_id = "createSession",
    summary = "Schedule a session · 新建场次",
    params(("id" = ActivityId, Path, description = "The activity")),
    request_body = CreateSession,
    responses((status = 201, body = SessionBody, description = "The session")),
)]
#[post("/activities/{id}/sessions")]
pub async fn create_session(
    context: Context,
    id: Path<ActivityId>,
    body: Body<CreateSession>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let (session, _) = sessions::create_session(tx, act, id, &body.plan(), &body.places())?;
            let (location, version) = (format!("/api/v1/sessions/{}", session.id), session.version);
            Ok(Reply::created(location, &shown(tx, session)?)?.version(version))
        })
        .await
}

/// One session with its positions.
#[utoipa::path(
    tag = "activities",
    operation_id = "getSession",
    summary = "Get a session · 场次详情",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 200, body = SessionBody, description = "The session")),
)]
#[get("/sessions/{id}")]
pub async fn get_session(context: Context, id: Path<SessionId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            let staged = sessions::visible(tx, act, id)?;
            let positions = activities::positions_of(tx, &[id])?.remove(&id).unwrap_or_default();
            Ok(SessionBody::new(staged.session, staged.activity.plan.title, positions, None))
        })
        .await?;
    context.one(&body, body.version)
}

/// Sessions of published activities by start, or around a place with the nearest first.
#[utoipa::path(
    tag = "activities",
    operation_id = "listSessions",
    summary = "List sessions · 场次列表",
    params(ListSessions),
    responses((status = 200, body = SessionList, description = "A page of sessions")),
)]
#[get("/sessions")]
pub async fn list_sessions(context: Context, params: Params<ListSessions>) -> Answer<HttpResponse> {
    match (params.0.longitude, params.0.latitude) {
        (Some(longitude), Some(latitude)) => {
            around(context, params.0, Location { longitude, latitude }).await
        }
        (None, None) => by_time(context, params.0).await,
        _ => Err(Problem::new(Code::MalformedParameter)
            .say("longitude 和 latitude 应同时给出。", "Give longitude and latitude together.")
            .at("longitude")),
    }
}

fn filter(tx: &mut Transaction<'_>, act: &Act<'_>, asked: &ListSessions) -> Answer<SessionFilter> {
    let within = match asked.venue_id {
        Some(id) => Some(existing_venue(tx, id)?.path),
        None => None,
    };
    Ok(SessionFilter {
        within,
        activity_id: asked.activity_id,
        team_id: asked.team_id,
        from: asked.from.or(asked.activity_id.is_none().then_some(act.now)),
        to: asked.to,
        openness: if asked.open == Some(true) { Openness::Open } else { Openness::Any },
    })
}

/// The sessions of a page with their positions, in one more statement.
fn with_positions(
    tx: &mut Transaction<'_>,
    listed: Vec<(Option<Metres>, ListedSession)>,
) -> Answer<Vec<SessionBody>> {
    let ids: Vec<SessionId> = listed.iter().map(|(_, listed)| listed.session.id).collect();
    let mut positions = activities::positions_of(tx, &ids)?;
    let body = |(distance, listed): (Option<Metres>, ListedSession)| {
        let places = positions.remove(&listed.session.id).unwrap_or_default();
        SessionBody::new(listed.session, listed.title, places, distance)
    };
    Ok(listed.into_iter().map(body).collect())
}

async fn by_time(context: Context, asked: ListSessions) -> Answer<HttpResponse> {
    let page = context.page::<(DateTime<Utc>, SessionId)>(&asked)?;
    let (after, rows) = (page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let filter = filter(tx, act, &asked)?;
            let listed = activities::sessions_by_time(tx, &filter, act.now, after, rows)?;
            with_positions(tx, listed.into_iter().map(|listed| (None, listed)).collect())
        })
        .await?;
    context.list(&page, found, |session| (session.starts_at, session.id), |session| session)
}

async fn around(context: Context, asked: ListSessions, place: Location) -> Answer<HttpResponse> {
    let page = context.page::<(Metres, SessionId)>(&asked)?;
    let radius = Metres(asked.radius.unwrap_or(RADIUS_DEFAULT));
    let (after, rows) = (page.after, usize::try_from(page.rows()).unwrap_or_default());
    let found = context
        .read(move |tx, act| {
            let filter = filter(tx, act, &asked)?;
            let listed =
                activities::sessions_around(tx, &filter, act.now, place, radius, after, rows)?;
            let listed =
                listed.into_iter().map(|(distance, listed)| (Some(distance), listed)).collect();
            with_positions(tx, listed)
        })
        .await?;
    let key = |session: &SessionBody| (session.distance.unwrap_or_default(), session.id);
    context.list(&page, found, key, |session| session)
}

/// Changes when and where a session takes place. A move by more than 30 minutes asks everyone to confirm again and lets them leave freely.
#[utoipa::path(
    tag = "activities",
    operation_id = "replaceSession",
    summary = "Move a session · 调整场次",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = ReplaceSession,
    responses((status = 200, body = SessionBody, description = "The session as it is now")),
)]
#[put("/sessions/{id}")]
pub async fn replace_session(
    context: Context,
    id: Path<SessionId>,
    body: Body<ReplaceSession>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let session = sessions::replace_session(tx, act, id, &body.plan())?;
            told(tx, session)
        })
        .await
}

/// Cancels a session; every signup ends without a penalty.
#[utoipa::path(
    tag = "activities",
    operation_id = "cancelSession",
    summary = "Cancel a session · 取消场次",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = Reason,
    responses((status = 200, body = SessionBody, description = "The session, cancelled")),
)]
#[post("/sessions/{id}/cancel")]
pub async fn cancel_session(
    context: Context,
    id: Path<SessionId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let session = sessions::cancel_session(tx, act, id, &body.reason)?;
            told(tx, session)
        })
        .await
}
