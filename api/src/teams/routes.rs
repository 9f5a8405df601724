//! `/api/v1/teams`

use actix_web::{HttpResponse, delete, get, post, put, web::Path};
use shijian_domain::{
    ids::{TeamId, VolunteerId},
    teams::Team,
};
use shijian_persistence::teams::{self, TeamFilter};

use super::{
    actions::{self, Review},
    bodies::{
        AppointLeader, CreateTeam, ListMembers, ListTeams, MemberBody, MemberList, MembershipBody,
        ReplaceTeam, TeamBody, TeamList,
    },
};
use crate::{
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
    volunteers::bodies::{OptionalReason, Reason},
};

fn told(team: Team) -> Answer<Reply> {
    let version = team.version;
    Ok(Reply::ok(&TeamBody::from(team))?.version(version))
}

/// Registers a team; the home venue approves it. A volunteer leads the team that they register.
#[utoipa::path(
    tag = "teams",
    operation_id = "createTeam",
    summary = "Register a team · 登记队伍",
    request_body = CreateTeam,
    responses((status = 201, body = TeamBody, description = "The team, to be approved")),
)]
#[post("/teams")]
pub async fn create_team(context: Context, body: Body<CreateTeam>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let team = actions::create_team(tx, act, &body.command())?;
            let (location, version) = (format!("/api/v1/teams/{}", team.id), team.version);
            Ok(Reply::created(location, &TeamBody::from(team))?.version(version))
        })
        .await
}

/// One team.
#[utoipa::path(
    tag = "teams",
    operation_id = "getTeam",
    summary = "Get a team · 队伍详情",
    params(("id" = TeamId, Path, description = "The team")),
    responses((status = 200, body = TeamBody, description = "The team")),
)]
#[get("/teams/{id}")]
pub async fn get_team(context: Context, id: Path<TeamId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let team = context.read(move |tx, _| actions::existing(tx, id)).await?;
    let version = team.version;
    context.one(&TeamBody::from(team), version)
}

/// Teams, oldest first.
#[utoipa::path(
    tag = "teams",
    operation_id = "listTeams",
    summary = "List teams · 队伍列表",
    params(ListTeams),
    responses((status = 200, body = TeamList, description = "A page of teams")),
)]
#[get("/teams")]
pub async fn list_teams(context: Context, params: Params<ListTeams>) -> Answer<HttpResponse> {
    let page = context.page::<TeamId>(&params.0)?;
    let (asked, after, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let within = match asked.venue_id {
                Some(id) => Some(existing_venue(tx, id)?.path),
                None => None,
            };
            let filter = TeamFilter {
                within,
                category: asked.category,
                state: asked.state,
                text: asked.q.clone(),
                member: asked.mine.then(|| act.caller.volunteer_id()).transpose()?,
            };
            Ok(teams::teams(tx, &filter, after, rows)?)
        })
        .await?;
    context.list(&page, found, |team| team.id, TeamBody::from)
}

/// Takes a registered team on. The leader gets the role `team_leader`.
#[utoipa::path(
    tag = "teams",
    operation_id = "approveTeam",
    summary = "Approve a team · 批准队伍",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = OptionalReason,
    responses((status = 200, body = TeamBody, description = "The team as it is now")),
)]
#[post("/teams/{id}/approve")]
pub async fn approve_team(
    context: Context,
    id: Path<TeamId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::review(tx, act, id, &Review::Approve { reason: body.reason.clone() })?)
        })
        .await
}

/// Stops a team for a reason that it is told.
#[utoipa::path(
    tag = "teams",
    operation_id = "suspendTeam",
    summary = "Suspend a team · 暂停队伍",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = Reason,
    responses((status = 200, body = TeamBody, description = "The team as it is now")),
)]
#[post("/teams/{id}/suspend")]
pub async fn suspend_team(
    context: Context,
    id: Path<TeamId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::review(tx, act, id, &Review::Suspend { reason: body.reason.clone() })?)
        })
        .await
}

/// Lets a suspended team serve again.
#[utoipa::path(
    tag = "teams",
    operation_id = "reinstateTeam",
    summary = "Reinstate a team · 恢复队伍",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = OptionalReason,
    responses((status = 200, body = TeamBody, description = "The team as it is now")),
)]
#[post("/teams/{id}/reinstate")]
pub async fn reinstate_team(
    context: Context,
    id: Path<TeamId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::review(tx, act, id, &Review::Reinstate { reason: body.reason.clone() })?)
        })
        .await
}

/// Ends a team for good. A team with sessions ahead stays.
#[utoipa::path(
    tag = "teams",
    operation_id = "dissolveTeam",
    summary = "Dissolve a team · 解散队伍",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = Reason,
    responses((status = 200, body = TeamBody, description = "The team as it is now")),
)]
#[post("/teams/{id}/dissolve")]
pub async fn dissolve_team(
    context: Context,
    id: Path<TeamId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::review(tx, act, id, &Review::Dissolve { reason: body.reason.clone() })?)
        })
        .await
}

/// Replaces what a team tells of itself. Its leader or staff of its home venue do.
#[utoipa::path(
    tag = "teams",
    operation_id = "replaceTeam",
    summary = "Replace a team · 修改队伍",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = ReplaceTeam,
    responses((status = 200, body = TeamBody, description = "The team as it is now")),
)]
#[put("/teams/{id}")]
pub async fn replace_team(
    context: Context,
    id: Path<TeamId>,
    body: Body<ReplaceTeam>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(actions::replace_team(tx, act, id, body.profile())?))
        .await
}

/// Another member leads from now on.
#[utoipa::path(
    tag = "teams",
    operation_id = "appointLeader",
    summary = "Appoint the leader · 更换队长",
    params(("id" = TeamId, Path, description = "The team")),
    request_body = AppointLeader,
    responses((status = 200, body = TeamBody, description = "The team with its leader")),
)]
#[post("/teams/{id}/leader")]
pub async fn appoint_leader(
    context: Context,
    id: Path<TeamId>,
    body: Body<AppointLeader>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::appoint_leader(tx, act, id, body.volunteer_id)?)
        })
        .await
}

/// The caller asks to join a team.
#[utoipa::path(
    tag = "teams",
    operation_id = "joinTeam",
    summary = "Ask to join a team · 申请入队",
    params(("id" = TeamId, Path, description = "The team")),
    responses((status = 201, body = MembershipBody, description = "The application")),
)]
#[post("/teams/{id}/members")]
pub async fn join_team(context: Context, id: Path<TeamId>, body: NoBody) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| {
            let membership = actions::join(tx, act, id)?;
            let location = format!("/api/v1/teams/{id}/members/{}", membership.volunteer_id);
            Reply::created(location, &MembershipBody::from(membership))
        })
        .await
}

/// Members who applied or belong. Members, the leader and the home venue's staff may read them.
#[utoipa::path(
    tag = "teams",
    operation_id = "listMembers",
    summary = "List members · 队员列表",
    params(("id" = TeamId, Path, description = "The team"), ListMembers),
    responses((status = 200, body = MemberList, description = "A page of members")),
)]
#[get("/teams/{id}/members")]
pub async fn list_members(
    context: Context,
    id: Path<TeamId>,
    params: Params<ListMembers>,
) -> Answer<HttpResponse> {
    let page = context.page::<VolunteerId>(&params.0)?;
    let (id, state) = (id.into_inner(), params.0.state);
    let (after, rows) = (page.after, page.rows());
    let members = context
        .read(move |tx, act| {
            actions::authorise_members(tx, act, id)?;
            Ok(teams::members(tx, id, state, after, rows)?)
        })
        .await?;
    context.list(&page, members, |member| member.volunteer_id, MemberBody::from)
}

/// How one volunteer belongs to a team: to themselves, and to whom the members are shown.
#[utoipa::path(
    tag = "teams",
    operation_id = "getMember",
    summary = "Get a membership · 队员详情",
    params(
        ("id" = TeamId, Path, description = "The team"),
        ("volunteer_id" = VolunteerId, Path, description = "The volunteer"),
    ),
    responses((status = 200, body = MembershipBody, description = "The membership")),
)]
#[get("/teams/{id}/members/{volunteer_id}")]
pub async fn get_member(
    context: Context,
    ids: Path<(TeamId, VolunteerId)>,
) -> Answer<HttpResponse> {
    let (id, volunteer) = ids.into_inner();
    let membership =
        context.read(move |tx, act| actions::visible_member(tx, act, id, volunteer)).await?;
    let version = membership.since.timestamp_micros();
    context.one(&MembershipBody::from(membership), version)
}

/// Accepts a volunteer who asked to join.
#[utoipa::path(
    tag = "teams",
    operation_id = "acceptMember",
    summary = "Accept a member · 同意入队",
    params(
        ("id" = TeamId, Path, description = "The team"),
        ("volunteer_id" = VolunteerId, Path, description = "Who asked to join"),
    ),
    responses((status = 200, body = MembershipBody, description = "The membership, active")),
)]
#[post("/teams/{id}/members/{volunteer_id}/accept")]
pub async fn accept_member(
    context: Context,
    ids: Path<(TeamId, VolunteerId)>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let (id, volunteer) = ids.into_inner();
    context
        .write(body, move |tx, act, ()| {
            Reply::ok(&MembershipBody::from(actions::accept(tx, act, id, volunteer)?))
        })
        .await
}

/// The caller leaves a team; or its leader or staff remove a member.
#[utoipa::path(
    tag = "teams",
    operation_id = "leaveTeam",
    summary = "Leave a team · 退出队伍",
    params(
        ("id" = TeamId, Path, description = "The team"),
        ("volunteer_id" = VolunteerId, Path, description = "Who leaves"),
    ),
    responses((status = 200, body = MembershipBody, description = "The membership as it ended")),
)]
#[delete("/teams/{id}/members/{volunteer_id}")]
pub async fn leave_team(
    context: Context,
    ids: Path<(TeamId, VolunteerId)>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let (id, volunteer) = ids.into_inner();
    context
        .write(body, move |tx, act, ()| {
            Reply::ok(&MembershipBody::from(actions::leave(tx, act, id, volunteer)?))
        })
        .await
}
