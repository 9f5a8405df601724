//! `/api/v1/me/home` and `/api/v1/me/notifications`

use actix_web::{HttpResponse, get, post};
use shijian_domain::{ids::NotificationId, place::Location, units::Metres};
use shijian_persistence::{
    Transaction,
    activities::{self, Openness, SessionFilter},
    notifications::{self, Reading},
    points, volunteers,
};

use super::bodies::{
    Home, HomeParams, ListNotifications, MarkRead, NotificationBody, NotificationList,
};
use crate::{
    act::Act,
    activities::bodies::{SessionBody, SignupDetail},
    body::Body,
    context::Context,
    page::Params,
    points::bodies::PointsBody,
    problem::{Answer, Code, Problem},
    reply::{Reply, json, with_json},
    venues::actions::existing as existing_venue,
    volunteers::bodies::VolunteerBody,
};

/// What the first screen shows at most.
const SIGNUPS: i64 = 5;
const SESSIONS: usize = 10;
const RADIUS: Metres = Metres(5_000);

/// The mini-program's first screen in one call: the caller, their points, what comes next and what is nearby.
#[utoipa::path(
    tag = "notifications",
    operation_id = "getMyHome",
    summary = "My first screen · 我的首页",
    params(HomeParams),
    responses((status = 200, body = Home, description = "The screen")),
)]
#[get("/me/home")]
pub async fn get_my_home(context: Context, params: Params<HomeParams>) -> Answer<HttpResponse> {
    let place = match (params.0.longitude, params.0.latitude) {
        (Some(longitude), Some(latitude)) => Some(Location { longitude, latitude }),
        (None, None) => None,
        _ => {
            return Err(Problem::new(Code::MalformedParameter)
                .say("longitude 和 latitude 应同时给出。", "Give longitude and latitude together.")
                .at("longitude"));
        }
    };
    let home = context.read(move |tx, act| home(tx, act, place)).await?;
    Ok(with_json(HttpResponse::Ok(), json(&home)?))
}

fn home(tx: &mut Transaction<'_>, act: &Act<'_>, place: Option<Location>) -> Answer<Home> {
    let account = act.caller.account_id()?;
    let volunteer_id = act.caller.volunteer_if_any();
    let volunteer = match volunteer_id {
        Some(id) => volunteers::volunteer(tx, id)?.map(|kept| kept.volunteer),
        None => None,
    };
    let place = match (place, &volunteer) {
        (None, Some(volunteer)) => {
            Some(existing_venue(tx, volunteer.home_venue_id)?.profile.location)
        }
        (place, _) => place,
    };
    let (wallet, upcoming) = match volunteer_id {
        Some(id) => (points::wallet(tx, id)?, activities::upcoming(tx, id, act.now, SIGNUPS)?),
        None => (None, Vec::new()),
    };
    Ok(Home {
        points: PointsBody::of(wallet.as_ref(), act.now),
        upcoming_signups: upcoming.into_iter().map(SignupDetail::from).collect(),
        nearby_sessions: match place {
            Some(place) => nearby(tx, act, place)?,
            None => Vec::new(),
        },
        unread_notifications: notifications::count_unread(tx, account)?,
        volunteer: volunteer.map(|volunteer| VolunteerBody::seen_by(volunteer_id, volunteer)),
    })
}

fn nearby(tx: &mut Transaction<'_>, act: &Act<'_>, place: Location) -> Answer<Vec<SessionBody>> {
    let filter = SessionFilter { openness: Openness::Open, ..SessionFilter::default() };
    let found = activities::sessions_around(tx, &filter, act.now, place, RADIUS, None, SESSIONS)?;
    let ids: Vec<_> = found.iter().map(|(_, listed)| listed.session.id).collect();
    let mut positions = activities::positions_of(tx, &ids)?;
    let body = |(distance, listed): (Metres, activities::ListedSession)| {
        let places = positions.remove(&listed.session.id).unwrap_or_default();
        SessionBody::new(listed.session, listed.title, places, Some(distance))
    };
    Ok(found.into_iter().map(body).collect())
}

/// What the caller is told, the latest first.
#[utoipa::path(
    tag = "notifications",
    operation_id = "listMyNotifications",
    summary = "List my notifications · 我的消息",
    params(ListNotifications),
    responses((status = 200, body = NotificationList, description = "A page of notifications")),
)]
#[get("/me/notifications")]
pub async fn list_my_notifications(
    context: Context,
    params: Params<ListNotifications>,
) -> Answer<HttpResponse> {
    let page = context.page::<NotificationId>(&params.0)?;
    let reading = if params.0.unread == Some(true) { Reading::Unread } else { Reading::All };
    let (before, rows) = (page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let account = act.caller.account_id()?;
            Ok(notifications::notifications_of(tx, account, reading, before, rows)?)
        })
        .await?;
    let language = context.language();
    context.list(&page, found, |told| told.id, |told| NotificationBody::of(told, language))
}

/// Marks as read what the caller was told: everything so far, or up to `last_id`.
#[utoipa::path(
    tag = "notifications",
    operation_id = "markNotificationsRead",
    summary = "Mark my notifications as read · 消息标为已读",
    request_body = MarkRead,
    responses((status = 204, description = "Marked")),
)]
#[post("/me/notifications/read")]
pub async fn mark_notifications_read(
    context: Context,
    body: Body<MarkRead>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            notifications::mark_read(tx, act.caller.account_id()?, body.last_id, act.now)?;
            Ok(Reply::nothing())
        })
        .await
}
