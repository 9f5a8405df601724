//! What can be done with teams.

use serde_json::json;
use shijian_domain::{
    identity::{Permission, Role, Scope, Target},
    ids::{TeamId, VenueId, VolunteerId},
    teams::{MemberState, Membership, Team, TeamCategory, TeamLevel, TeamRefusal, TeamState},
    venues::VenuePath,
    volunteers::VolunteerState,
};
use shijian_persistence::{Transaction, activities, identity::end_grants, teams, volunteers};

use crate::{
    act::{Act, Subject},
    identity::actions::appoint,
    problem::{Answer, Problem},
    venues::actions::existing as existing_venue,
    volunteers::standing,
};

/// A team to be.
#[derive(Debug, Clone)]
pub struct NewTeam {
    pub name: String,
    pub level: TeamLevel,
    pub parent_id: Option<TeamId>,
    pub home_venue_id: VenueId,
    pub categories: Vec<TeamCategory>,
    pub introduction: Option<String>,
    /// The caller's own volunteer profile, if not given.
    pub leader_id: Option<VolunteerId>,
}

/// The team, or `not_found`.
pub fn existing(tx: &mut Transaction<'_>, id: TeamId) -> Answer<Team> {
    teams::team(tx, id)?.ok_or_else(|| Problem::not_found("team"))
}

fn at_home(tx: &mut Transaction<'_>, id: TeamId) -> Answer<(Team, VenuePath)> {
    teams::team_at_home(tx, id)?.ok_or_else(|| Problem::not_found("team"))
}

/// Registers a team. A volunteer leads the team that they register; staff may name another leader.
pub fn create_team(tx: &mut Transaction<'_>, act: &Act<'_>, new: &NewTeam) -> Answer<Team> {
    let home =
        existing_venue(tx, new.home_venue_id).map_err(|problem| problem.at("/home_venue_id"))?;
    let leader_id = match new.leader_id {
        Some(leader) if act.caller.volunteer_if_any() != Some(leader) => {
            act.caller.authorise(Permission::TeamReview, Target::venue(&home.path))?;
            leader
        }
        _ => act.caller.volunteer_id()?,
    };
    let leader = standing(tx, act, leader_id).map_err(|problem| problem.at("/leader_id"))?;
    if leader.state != VolunteerState::Active {
        return Err(TeamRefusal::VolunteerNotActive.into());
    }
    let parent = new
        .parent_id
        .map(|id| existing(tx, id).map_err(|problem| problem.at("/parent_id")))
        .transpose()?;
    new.level.fits_under(parent.as_ref())?;
    let team = Team {
        id: act.id(),
        name: new.name.clone(),
        level: new.level,
        parent_id: new.parent_id,
        home_venue_id: home.id,
        categories: new.categories.clone(),
        introduction: new.introduction.clone(),
        leader_id,
        state: TeamState::Registered,
        state_reason: None,
        version: 1,
        created_at: act.now,
    };
    teams::insert_team(tx, &team)?;
    let membership = Membership {
        team_id: team.id,
        volunteer_id: leader_id,
        state: MemberState::Active,
        since: act.now,
    };
    teams::put_membership(tx, &membership)?;
    publish(tx, act, "team.registered", &team)?;
    Ok(team)
}

/// The home venue's staff move a team through its life. Its first approval makes its leader one.
pub fn move_team(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    to: TeamState,
    reason: Option<String>,
) -> Answer<Team> {
    let before = teams::lock_team(tx, id)?.ok_or_else(|| Problem::not_found("team"))?;
    let home = existing_venue(tx, before.home_venue_id)?;
    act.caller.authorise(Permission::TeamReview, Target::venue(&home.path))?;
    act.expect_version(before.version)?;
    if to == TeamState::Dissolved && activities::has_sessions_ahead(tx, id, act.now)? {
        return Err(TeamRefusal::SessionsAhead.into());
    }
    let after = before.clone().moved(to, reason)?;
    teams::update_team(tx, &after)?;
    let (operation, event) = match to {
        TeamState::Active if before.state == TeamState::Registered => {
            ("approveTeam", "team.approved")
        }
        TeamState::Active | TeamState::Registered => ("reinstateTeam", "team.reinstated"),
        TeamState::Suspended => ("suspendTeam", "team.suspended"),
        TeamState::Dissolved => ("dissolveTeam", "team.dissolved"),
    };
    match (before.state, to) {
        (TeamState::Registered, TeamState::Active) => lead(tx, act, &after)?,
        (_, TeamState::Dissolved) => {
            end_grants(tx, None, Role::TeamLeader, &Scope::Team(id), act.now)?;
        }
        _ => {}
    }
    let (told_before, told_after) = (json!({"state": before.state}), json!({"state": after.state}));
    act.audit(tx, operation, subject(&after), Some(told_before), Some(told_after))?;
    publish(tx, act, event, &after)?;
    Ok(after)
}

/// Gives the leader's account the leader's role over the team.
fn lead(tx: &mut Transaction<'_>, act: &Act<'_>, team: &Team) -> Answer<()> {
    let leader = standing(tx, act, team.leader_id)?;
    if let Some(account) = leader.account_id {
        appoint(tx, act, account, Role::TeamLeader, Scope::Team(team.id))?;
    }
    Ok(())
}

/// Another member leads from now on. The leader or the home venue's staff say so.
pub fn appoint_leader(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    leader_id: VolunteerId,
) -> Answer<Team> {
    let before = managed(tx, act, id)?;
    act.expect_version(before.version)?;
    if !teams::is_active_member(tx, id, leader_id)? {
        return Err(TeamRefusal::NotMember.into());
    }
    let after = Team { leader_id, version: before.version + 1, ..before.clone() };
    teams::update_team(tx, &after)?;
    end_grants(tx, None, Role::TeamLeader, &Scope::Team(id), act.now)?;
    if after.state == TeamState::Active {
        lead(tx, act, &after)?;
    }
    let told = |team: &Team| json!({"leader_id": team.leader_id});
    act.audit(tx, "appointLeader", subject(&after), Some(told(&before)), Some(told(&after)))?;
    publish(tx, act, "team.leader_appointed", &after)?;
    Ok(after)
}

/// The caller asks to join.
pub fn join(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<Membership> {
    let volunteer_id = act.caller.volunteer_id()?;
    volunteers::lock(tx, volunteer_id)?;
    if standing(tx, act, volunteer_id)?.state != VolunteerState::Active {
        return Err(TeamRefusal::VolunteerNotActive.into());
    }
    let team = existing(tx, id)?;
    let before = teams::membership(tx, id, volunteer_id)?;
    let membership = team.join(volunteer_id, before, act.now)?;
    teams::put_membership(tx, &membership)?;
    publish(tx, act, "team.join_requested", &team)?;
    Ok(membership)
}

/// The leader or the home venue's staff accept a volunteer who asked to join.
pub fn accept(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    volunteer_id: VolunteerId,
) -> Answer<Membership> {
    let team = managed(tx, act, id)?;
    let before =
        teams::membership(tx, id, volunteer_id)?.ok_or_else(|| Problem::not_found("membership"))?;
    let membership = before.accept(act.now)?;
    teams::put_membership(tx, &membership)?;
    let after = json!({"volunteer_id": volunteer_id, "state": membership.state});
    act.audit(tx, "acceptMember", subject(&team), None, Some(after))?;
    publish(tx, act, "team.member_accepted", &team)?;
    Ok(membership)
}

/// The volunteer leaves, or the leader or staff remove them.
pub fn part(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: TeamId,
    volunteer_id: VolunteerId,
) -> Answer<Membership> {
    let is_own = act.caller.volunteer_if_any() == Some(volunteer_id);
    let team = if is_own { existing(tx, id)? } else { managed(tx, act, id)? };
    let before =
        teams::membership(tx, id, volunteer_id)?.ok_or_else(|| Problem::not_found("membership"))?;
    let to = if is_own { MemberState::Left } else { MemberState::Removed };
    let membership = team.part(before, to, act.now)?;
    teams::put_membership(tx, &membership)?;
    if !is_own {
        let after = json!({"volunteer_id": volunteer_id, "state": membership.state});
        act.audit(tx, "leaveTeam", subject(&team), None, Some(after))?;
    }
    publish(tx, act, "team.member_left", &team)?;
    Ok(membership)
}

/// Whoever may read a team's members: its members, its leader, staff of its home venue.
pub fn authorise_members(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<()> {
    let (_, home) = at_home(tx, id)?;
    if let Some(volunteer) = act.caller.volunteer_if_any()
        && teams::is_active_member(tx, id, volunteer)?
    {
        return Ok(());
    }
    act.caller.authorise_read(Permission::TeamRead, Target::venue(&home).or_team(id), "team")
}

/// A team that the caller runs, held until the transaction ends.
fn managed(tx: &mut Transaction<'_>, act: &Act<'_>, id: TeamId) -> Answer<Team> {
    let team = teams::lock_team(tx, id)?.ok_or_else(|| Problem::not_found("team"))?;
    let home = existing_venue(tx, team.home_venue_id)?;
    act.caller.authorise(Permission::TeamManage, Target::venue(&home.path).or_team(id))?;
    Ok(team)
}

fn subject(team: &Team) -> Subject {
    Subject::new("team", team.id.0)
}

fn publish(tx: &mut Transaction<'_>, act: &Act<'_>, kind: &str, team: &Team) -> Answer<()> {
    act.publish(tx, kind, subject(team), &json!({"state": team.state}))
}
