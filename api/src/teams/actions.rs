//! What can be done with teams.

use serde_json::{Value, json};
use shijian_domain::{
    identity::{Grant, Permission, Role, Scope, Target},
    ids::{TeamId, VolunteerId},
    teams::{MemberState, Membership, NewTeam, Team, TeamProfile, TeamRefusal, TeamState},
    venues::VenuePath,
    volunteers::VolunteerState,
};
use shijian_persistence::{Transaction, activities, identity, orders, teams, venues};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
    volunteers::standing,
};

/// The team, or `not_found`.
pub fn existing(tx: &mut Transaction<'_>, id: TeamId) -> Answer<Team> {
    teams::team(tx, id)?.ok_or_else(|| Problem::not_found("team"))
}

/// A volunteer registers a team and leads it; staff of its home venue register one for whomever they name, or without a leader yet.
pub fn create_team(tx: &mut Transaction<'_>, act: &Act<'_>, new: &NewTeam) -> Answer<Team> {
    let home =
        existing_venue(tx, new.home_venue_id).map_err(|problem| problem.at("/home_venue_id"))?;
    let is_staff = act.caller.may(Permission::TeamManage, Target::venue(&home.path));
    let leader_id = match (new.leader_id, act.caller.volunteer_if_any()) {
        (Some(named), own) if is_staff || own == Some(named) => Some(named),
        (Some(_), _) => return Err(Problem::new(Code::Forbidden).at("/leader_id")),
        (None, None) if !is_staff => return Err(Problem::new(Code::VolunteerRequired)),
        (None, own) => own,
    };
    if let Some(leader) = leader_id {
        active_volunteer(tx, act, leader).map_err(|problem| problem.at("/leader_id"))?;
    }
    let parent = new
        .parent_id
        .map(|id| existing(tx, id))
        .transpose()
        .map_err(|problem| problem.at("/parent_id"))?;
    new.level.fits_under(parent.as_ref())?;
    let team = Team {
        id: act.id(),
        profile: new.profile.clone(),
        level: new.level,
        parent_id: new.parent_id,
        home_venue_id: home.id,
        leader_id,
        state: TeamState::Registered,
        state_reason: None,
        version: 1,
        created_at: act.now,
    };
    teams::insert_team(tx, &team)?;
    if let Some(volunteer_id) = leader_id {
        let (team_id, state, since) = (team.id, MemberState::Active, act.now);
        teams::put_membership(tx, &Membership { team_id, volunteer_id, state, since })?;
    }
    if is_staff {
        act.audit(tx, "createTeam", subject(team.id), None, Some(told(&team)))?;
    }
    publish(tx, act, "team.registered", &team)?;
    Ok(team)
}

/// The volunteer, who may serve now.
fn active_volunteer(tx: &mut Transaction<'_>, act: &Act<'_>, id: VolunteerId) -> Answer<()> {
    if standing(tx, act, id)?.state == VolunteerState::Active {
        Ok(())
    } else {
        Err(TeamRefusal::VolunteerNotActive.into())
    }
}

/// What staff of the home venue decide about a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    Approve { reason: Option<String> },
    Suspend { reason: String },
    Reinstate { reason: Option<String> },
    Dissolve { reason: String },
}

impl Review {
    const fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Approve { .. } => ("approveTeam", "team.approved"),
            Self::Suspend { .. } => ("suspendTeam", "team.suspended"),
            Self::Reinstate { .. } => ("reinstateTeam", "team.reinstated"),
            Self::Dissolve { .. } => ("dissolveTeam", "team.dissolved"),
        }
    }
}

/// Staff of the home venue, or of a venue above it, review a team. A leader's grant is in force while the team is active.
pub fn review(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    review: &Review,
) -> Answer<Team> {
    let (before, home) = held(tx, id)?;
    act.caller.authorise(Permission::TeamReview, Target::venue(&home))?;
    act.expect_version(before.version)?;
    let is_own = before.leader_id.is_some() && before.leader_id == act.caller.volunteer_if_any();
    if is_own && matches!(review, Review::Approve { .. }) {
        return Err(TeamRefusal::OwnReview.into());
    }
    let team = match review.clone() {
        Review::Approve { reason } => before.clone().approve(reason),
        Review::Suspend { reason } => before.clone().suspend(reason),
        Review::Reinstate { reason } => before.clone().reinstate(reason),
        Review::Dissolve { reason } => {
            before.clone().dissolve(reason, activities::has_sessions_ahead(tx, id, act.now)?)
        }
    }?;
    teams::update_team(tx, &team)?;
    orders::put_reach(tx, &team)?;
    grant_leader(tx, act, &team)?;
    let (operation, event) = review.names();
    act.audit(tx, operation, subject(id), Some(told(&before)), Some(told(&team)))?;
    publish(tx, act, event, &team)?;
    Ok(team)
}

/// Replaces what a team tells of itself, by its leader or by staff.
pub fn replace_team(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    profile: TeamProfile,
) -> Answer<Team> {
    let before = managed(tx, act, id)?;
    act.expect_version(before.version)?;
    let team = before.clone().replaced(profile)?;
    teams::update_team(tx, &team)?;
    orders::put_reach(tx, &team)?;
    act.audit(tx, "replaceTeam", subject(id), Some(told(&before)), Some(told(&team)))?;
    publish(tx, act, "team.replaced", &team)?;
    Ok(team)
}

/// The leader, or staff, hand the team over to one of its members.
pub fn appoint_leader(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    leader: VolunteerId,
) -> Answer<Team> {
    let before = managed(tx, act, id)?;
    act.expect_version(before.version)?;
    active_volunteer(tx, act, leader).map_err(|problem| problem.at("/volunteer_id"))?;
    let member = teams::membership(tx, id, leader)?;
    let team = before.clone().led_by(leader, member)?;
    teams::update_team(tx, &team)?;
    grant_leader(tx, act, &team)?;
    act.audit(tx, "appointLeader", subject(id), Some(told(&before)), Some(told(&team)))?;
    publish(tx, act, "team.leader_appointed", &team)?;
    Ok(team)
}

/// Whoever is suspended or withdraws leads nothing until they are active again or another is appointed.
pub fn settle_leadership(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    volunteer: VolunteerId,
) -> Answer<()> {
    for team in teams::lock_teams_led_by(tx, volunteer)? {
        grant_leader(tx, act, &team)?;
    }
    Ok(())
}

/// Leaves the team's leader, and nobody else, with the grant to lead it, while both are active.
fn grant_leader(tx: &mut Transaction<'_>, act: &Act<'_>, team: &Team) -> Answer<()> {
    let scope = Scope::Team(team.id);
    identity::end_grants(tx, None, Role::TeamLeader, &scope, act.now)?;
    let Some(leader) = team.leader_id.filter(|_| team.state == TeamState::Active) else {
        return Ok(());
    };
    let leader = standing(tx, act, leader)?;
    let Some(account_id) = leader.account_id.filter(|_| leader.state == VolunteerState::Active)
    else {
        return Ok(());
    };
    let grant = Grant {
        id: act.id(),
        account_id,
        role: Role::TeamLeader,
        scope,
        valid_from: act.now,
        valid_to: None,
        granted_by: act.caller.account_if_any(),
    };
    Ok(identity::insert_grant(tx, &grant)?)
}

/// The caller asks to join.
pub fn join(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<Membership> {
    let volunteer = act.caller.volunteer_id()?;
    active_volunteer(tx, act, volunteer)?;
    let (team, _) = held(tx, id)?;
    let before = teams::membership(tx, id, volunteer)?;
    let member = team.join(volunteer, before, act.now)?;
    put(tx, act, "team.member_applied", &member)?;
    Ok(member)
}

/// The leader, or staff, take an applicant on.
pub fn accept(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    volunteer: VolunteerId,
) -> Answer<Membership> {
    authorise_members(tx, act, id)?;
    if managed(tx, act, id)?.state != TeamState::Active {
        return Err(TeamRefusal::NotActive.into());
    }
    let before = member(tx, id, volunteer)?;
    let after = before.accept(act.now)?;
    put(tx, act, "team.member_accepted", &after)?;
    audit_member(tx, act, "acceptMember", before, after)?;
    Ok(after)
}

/// A member leaves; the leader, or staff, remove somebody else.
pub fn leave(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    volunteer: VolunteerId,
) -> Answer<Membership> {
    let is_own = act.caller.volunteer_if_any() == Some(volunteer);
    let team = if is_own {
        held(tx, id)?.0
    } else {
        authorise_members(tx, act, id)?;
        managed(tx, act, id)?
    };
    let before = member(tx, id, volunteer)?;
    let to = if is_own { MemberState::Left } else { MemberState::Removed };
    let after = team.part(before, to, act.now)?;
    if is_own {
        put(tx, act, "team.member_left", &after)?;
    } else {
        put(tx, act, "team.member_removed", &after)?;
        audit_member(tx, act, "leaveTeam", before, after)?;
    }
    Ok(after)
}

/// Whether the caller may see who belongs to a team: its members, its leader, and staff. Others answer `not_found`.
pub fn authorise_members(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<()> {
    let (_, home) = teams::team_at_home(tx, id)?.ok_or_else(|| Problem::not_found("team"))?;
    if let Some(volunteer) = act.caller.volunteer_if_any()
        && teams::is_active_member(tx, id, volunteer)?
    {
        return Ok(());
    }
    act.caller.authorise_read(Permission::TeamRead, Target::venue(&home).or_team(id), "team")
}

/// How somebody belongs to a team, for themselves and for whoever may see the members.
pub fn visible_member(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    volunteer: VolunteerId,
) -> Answer<Membership> {
    if act.caller.volunteer_if_any() != Some(volunteer) {
        authorise_members(tx, act, id)?;
    }
    member(tx, id, volunteer)
}

fn member(tx: &mut Transaction<'_>, id: TeamId, volunteer: VolunteerId) -> Answer<Membership> {
    teams::membership(tx, id, volunteer)?.ok_or_else(|| Problem::not_found("membership"))
}

/// The team, held until the transaction ends, and where its home lies.
fn held(tx: &mut Transaction<'_>, id: TeamId) -> Answer<(Team, VenuePath)> {
    let team = teams::lock_team(tx, id)?.ok_or_else(|| Problem::not_found("team"))?;
    let home = venues::path(tx, team.home_venue_id)?.ok_or_else(|| Problem::not_found("venue"))?;
    Ok((team, home))
}

/// A team that the caller may manage, held until the transaction ends.
fn managed(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<Team> {
    let (team, home) = held(tx, id)?;
    act.caller.authorise(Permission::TeamManage, Target::venue(&home).or_team(id))?;
    Ok(team)
}

fn subject(id: TeamId) -> Subject {
    Subject::new("team", id.0)
}

fn told(team: &Team) -> Value {
    json!({
        "name": team.profile.name,
        "categories": team.profile.categories,
        "leader_id": team.leader_id,
        "state": team.state,
        "reason": team.state_reason,
    })
}

fn publish(tx: &mut Transaction<'_>, act: &Act<'_>, kind: &str, team: &Team) -> Answer<()> {
    let data = json!({
        "state": team.state,
        "home_venue_id": team.home_venue_id,
        "leader_id": team.leader_id,
    });
    act.publish(tx, kind, subject(team.id), &data)
}

/// Keeps a membership and tells of it.
fn put(tx: &mut Transaction<'_>, act: &Act<'_>, kind: &str, member: &Membership) -> Answer<()> {
    teams::put_membership(tx, member)?;
    let data = json!({"volunteer_id": member.volunteer_id, "state": member.state});
    act.publish(tx, kind, subject(member.team_id), &data)
}

fn audit_member(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    before: Membership,
    after: Membership,
) -> Answer<()> {
    let told =
        |member: Membership| json!({"volunteer_id": member.volunteer_id, "state": member.state});
    act.audit(tx, operation, subject(after.team_id), Some(told(before)), Some(told(after)))
}
