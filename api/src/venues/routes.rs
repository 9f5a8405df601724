//! `/api/v1/venues`

use actix_web::{HttpResponse, get, post, put, web::Path};
use shijian_domain::{ids::VenueId, place::Location, units::Metres, venues::Venue};
use shijian_persistence::venues::{self, VenueFilter};

use super::{
    actions,
    bodies::{CenterRulesBody, CenterRulesInput, ListVenues, VenueBody, VenueInput, VenueList},
};
use crate::{
    body::Body,
    context::Context,
    page::Params,
    problem::{Answer, Code, Problem},
    reply::Reply,
};

/// A walk of fifteen minutes.
const RADIUS_DEFAULT: i64 = 1_200;

/// Venues by their place in the tree, or around a place with the nearest first.
#[utoipa::path(
    tag = "venues",
    operation_id = "listVenues",
    summary = "List venues · 阵地列表",
    params(ListVenues),
    responses((status = 200, body = VenueList, description = "A page of venues")),
)]
#[get("/venues")]
pub async fn list_venues(context: Context, params: Params<ListVenues>) -> Answer<HttpResponse> {
    let params = params.0;
    match (params.longitude, params.latitude) {
        (Some(longitude), Some(latitude)) => {
            around(&context, params, Location { longitude, latitude }).await
        }
        (None, None) => by_path(&context, params).await,
        _ => Err(Problem::new(Code::MalformedParameter)
            .say("longitude 与 latitude 须同时给出。", "Give longitude and latitude together.")
            .at("longitude")),
    }
}

fn filter(
    tx: &mut shijian_persistence::Transaction<'_>,
    params: &ListVenues,
) -> Answer<VenueFilter> {
    let within = match params.within {
        Some(id) => {
            Some(venues::path(tx, id)?.ok_or_else(|| Problem::not_found("venue").at("within"))?)
        }
        None => None,
    };
    Ok(VenueFilter {
        parent_id: params.parent_id,
        within,
        kind: params.kind,
        text: params.q.clone(),
    })
}

async fn by_path(context: &Context, params: ListVenues) -> Answer<HttpResponse> {
    let page = context.page::<String>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, _| {
            let filter = filter(tx, &params)?;
            Ok(venues::venues_by_path(tx, &filter, asked.after.as_deref(), asked.rows())?)
        })
        .await?;
    context.list(&page, rows, |venue| venue.path.as_str().to_owned(), VenueBody::from)
}

async fn around(context: &Context, params: ListVenues, place: Location) -> Answer<HttpResponse> {
    let page = context.page::<(Metres, VenueId)>(&params)?;
    let radius = Metres(params.radius.unwrap_or(RADIUS_DEFAULT));
    let asked = page.clone();
    let rows = context
        .read(move |tx, _| {
            let filter = filter(tx, &params)?;
            let rows = usize::try_from(asked.rows()).unwrap_or(usize::MAX);
            Ok(venues::venues_around(tx, &filter, place, radius, asked.after, rows)?)
        })
        .await?;
    context.list(
        &page,
        rows,
        |(distance, venue): &(Metres, Venue)| (*distance, venue.id),
        |(distance, venue)| VenueBody::at_distance(venue, Some(distance)),
    )
}

/// One venue.
#[utoipa::path(
    tag = "venues",
    operation_id = "getVenue",
    summary = "Get a venue · 查看阵地",
    params(("id" = VenueId, Path, description = "The venue")),
    responses((status = 200, body = VenueBody, description = "The venue")),
)]
#[get("/venues/{id}")]
pub async fn get_venue(context: Context, id: Path<VenueId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let venue = context.read(move |tx, _| actions::existing(tx, id)).await?;
    let version = venue.version;
    context.one(&VenueBody::from(venue), version)
}

/// Founds a venue under its parent.
#[utoipa::path(
    tag = "venues",
    operation_id = "createVenue",
    summary = "Create a venue · 新建阵地",
    request_body = VenueInput,
    responses((status = 201, body = VenueBody, description = "The new venue")),
)]
#[post("/venues")]
pub async fn create_venue(context: Context, body: Body<VenueInput>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let venue = actions::create_venue(tx, act, body.parent_id, &body.command())?;
            let (location, version) = (format!("/api/v1/venues/{}", venue.id), venue.version);
            Ok(Reply::created(location, &VenueBody::from(venue))?.version(version))
        })
        .await
}

/// Replaces what a venue tells of itself; another `parent_id` moves it with its subtree.
#[utoipa::path(
    tag = "venues",
    operation_id = "replaceVenue",
    summary = "Replace a venue · 修改阵地",
    params(("id" = VenueId, Path, description = "The venue")),
    request_body = VenueInput,
    responses((status = 200, body = VenueBody, description = "The venue as it is now")),
)]
#[put("/venues/{id}")]
pub async fn replace_venue(
    context: Context,
    id: Path<VenueId>,
    body: Body<VenueInput>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let venue = actions::replace_venue(tx, act, id, body.parent_id, &body.command())?;
            let version = venue.version;
            Ok(Reply::ok(&VenueBody::from(venue))?.version(version))
        })
        .await
}

/// What a center asks of everything below it.
#[utoipa::path(
    tag = "venues",
    operation_id = "getCenterRules",
    summary = "Get a center's rules · 查看中心规则",
    params(("id" = VenueId, Path, description = "The center")),
    responses((status = 200, body = CenterRulesBody, description = "The rules")),
)]
#[get("/venues/{id}/rules")]
pub async fn get_center_rules(context: Context, id: Path<VenueId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let rules = context.read(move |tx, _| actions::center_rules(tx, id)).await?;
    context.one(&CenterRulesBody::from(rules), rules.version)
}

/// Replaces a center's rules. What was decided by the old ones stands.
#[utoipa::path(
    tag = "venues",
    operation_id = "replaceCenterRules",
    summary = "Replace a center's rules · 修改中心规则",
    params(("id" = VenueId, Path, description = "The center")),
    request_body = CenterRulesInput,
    responses((status = 200, body = CenterRulesBody, description = "The rules as they are now")),
)]
#[put("/venues/{id}/rules")]
pub async fn replace_center_rules(
    context: Context,
    id: Path<VenueId>,
    body: Body<CenterRulesInput>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let rules = actions::replace_center_rules(tx, act, body.rules(id))?;
            Ok(Reply::ok(&CenterRulesBody::from(rules))?.version(rules.version))
        })
        .await
}
