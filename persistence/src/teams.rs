//! Teams of volunteers and their members.

use diesel::prelude::*;
use shijian_domain::{
    ids::{TeamId, VenueId, VolunteerId},
    place::Location,
    teams::{MemberState, Membership, Team, TeamCategory, TeamLevel, TeamProfile, TeamState},
    venues::VenuePath,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{team_members, teams, venues, volunteers},
    subtree,
    venues::escape_like,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = teams, treat_none_as_null = true)]
struct Row {
    id: TeamId,
    name: String,
    level: TeamLevel,
    parent_id: Option<TeamId>,
    home_venue_id: VenueId,
    categories: String,
    introduction: Option<String>,
    leader_id: Option<VolunteerId>,
    state: TeamState,
    state_reason: Option<String>,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for Team {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            profile: TeamProfile {
                name: row.name,
                categories: serde_json::from_str::<Vec<TeamCategory>>(&row.categories)?,
                introduction: row.introduction,
            },
            level: row.level,
            parent_id: row.parent_id,
            home_venue_id: row.home_venue_id,
            leader_id: row.leader_id,
            state: row.state,
            state_reason: row.state_reason,
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

impl Row {
    fn of(team: &Team) -> Stored<Self> {
        Ok(Self {
            id: team.id,
            name: team.profile.name.clone(),
            level: team.level,
            parent_id: team.parent_id,
            home_venue_id: team.home_venue_id,
            categories: serde_json::to_string(&team.profile.categories)?,
            introduction: team.profile.introduction.clone(),
            leader_id: team.leader_id,
            state: team.state,
            state_reason: team.state_reason.clone(),
            version: team.version,
            created_at: At(team.created_at),
        })
    }
}

pub fn team(tx: &mut Transaction<'_>, id: TeamId) -> Stored<Option<Team>> {
    on_engine!(tx, c => teams::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Team::try_from)
        .transpose()
}

/// The team, held until the transaction ends.
pub fn lock_team(tx: &mut Transaction<'_>, id: TeamId) -> Stored<Option<Team>> {
    let rows: Vec<Row> = locked!(tx, teams::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Team::try_from).transpose()
}

/// The team, with the path of its home venue: enough to decide who may touch it.
pub fn team_at_home(tx: &mut Transaction<'_>, id: TeamId) -> Stored<Option<(Team, VenuePath)>> {
    let row: Option<(Row, String)> = on_engine!(tx, c => teams::table
        .inner_join(venues::table)
        .filter(teams::id.eq(id))
        .select((Row::as_select(), venues::path))
        .first(c)
        .optional())?;
    row.map(|(row, path)| Ok((Team::try_from(row)?, VenuePath::stored(path)))).transpose()
}

/// The teams that a volunteer leads, held until the transaction ends.
pub fn lock_teams_led_by(tx: &mut Transaction<'_>, volunteer: VolunteerId) -> Stored<Vec<Team>> {
    let rows: Vec<Row> = locked!(
        tx,
        teams::table
            .filter(teams::leader_id.eq(Some(volunteer)))
            .filter(teams::state.ne(TeamState::Dissolved))
            .order(teams::id)
            .select(Row::as_select())
    )?;
    rows.into_iter().map(Team::try_from).collect()
}

/// The leaders of teams that have one.
pub fn leaders(tx: &mut Transaction<'_>, of: &[TeamId]) -> Stored<Vec<VolunteerId>> {
    let leaders: Vec<Option<VolunteerId>> = on_engine!(tx, c => teams::table
        .filter(one_of(teams::id, of.to_vec()))
        .select(teams::leader_id)
        .load(c))?;
    Ok(leaders.into_iter().flatten().collect())
}

pub fn insert_team(tx: &mut Transaction<'_>, team: &Team) -> Stored<()> {
    let row = Row::of(team)?;
    on_engine!(tx, c => diesel::insert_into(teams::table).values(&row).execute(c)).map(drop)
}

pub fn update_team(tx: &mut Transaction<'_>, team: &Team) -> Stored<()> {
    let row = Row::of(team)?;
    on_engine!(tx, c => diesel::update(teams::table.find(team.id)).set(&row).execute(c)).map(drop)
}

/// Which teams a list shows.
#[derive(Debug, Clone, Default)]
pub struct TeamFilter {
    pub within: Option<VenuePath>,
    pub category: Option<TeamCategory>,
    pub state: Option<TeamState>,
    /// A part of the name.
    pub text: Option<String>,
    /// Only teams that this volunteer belongs to.
    pub member: Option<VolunteerId>,
}

/// Teams by id, from after `after` on.
pub fn teams(
    tx: &mut Transaction<'_>,
    filter: &TeamFilter,
    after: Option<TeamId>,
    limit: i64,
) -> Stored<Vec<Team>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query =
            teams::table.inner_join(venues::table).select(Row::as_select()).into_boxed();
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(category) = filter.category {
            query = query.filter(teams::categories.like(format!("%\"{category}\"%")));
        }
        if let Some(state) = filter.state {
            query = query.filter(teams::state.eq(state));
        }
        if let Some(text) = &filter.text {
            query = query.filter(teams::name.like(format!("%{}%", escape_like(text))).escape('\\'));
        }
        if let Some(member) = filter.member {
            let of_member = team_members::table
                .filter(team_members::volunteer_id.eq(member))
                .filter(team_members::state.eq(MemberState::Active))
                .select(team_members::team_id);
            query = query.filter(teams::id.eq_any(of_member));
        }
        if let Some(after) = after {
            query = query.filter(teams::id.gt(after));
        }
        query.order(teams::id).limit(limit).load(c)
    })?;
    rows.into_iter().map(Team::try_from).collect()
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = team_members)]
struct MemberRow {
    team_id: TeamId,
    volunteer_id: VolunteerId,
    state: MemberState,
    since: At,
}

impl From<MemberRow> for Membership {
    fn from(row: MemberRow) -> Self {
        Self {
            team_id: row.team_id,
            volunteer_id: row.volunteer_id,
            state: row.state,
            since: row.since.0,
        }
    }
}

pub fn is_active_member(
    tx: &mut Transaction<'_>,
    team: TeamId,
    volunteer: VolunteerId,
) -> Stored<bool> {
    let member = membership(tx, team, volunteer)?;
    Ok(member.is_some_and(|member| member.state == MemberState::Active))
}

pub fn membership(
    tx: &mut Transaction<'_>,
    team: TeamId,
    volunteer: VolunteerId,
) -> Stored<Option<Membership>> {
    let row: Option<MemberRow> = on_engine!(tx, c => team_members::table
        .find((team, volunteer))
        .select(MemberRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Membership::from))
}

/// Keeps a membership, new or changed.
pub fn put_membership(tx: &mut Transaction<'_>, member: &Membership) -> Stored<()> {
    let row = MemberRow {
        team_id: member.team_id,
        volunteer_id: member.volunteer_id,
        state: member.state,
        since: At(member.since),
    };
    on_engine!(tx, c => diesel::insert_into(team_members::table)
        .values(&row)
        .on_conflict((team_members::team_id, team_members::volunteer_id))
        .do_update()
        .set(&row)
        .execute(c))
    .map(drop)
}

/// A member as the team's people see it.
#[derive(Debug, Clone, Queryable)]
pub struct MemberView {
    pub volunteer_id: VolunteerId,
    pub number: String,
    pub real_name: String,
    pub state: MemberState,
    pub since: At,
}

/// Members who applied or belong, by id, from after `after` on.
pub fn members(
    tx: &mut Transaction<'_>,
    team: TeamId,
    state: Option<MemberState>,
    after: Option<VolunteerId>,
    limit: i64,
) -> Stored<Vec<MemberView>> {
    on_engine!(tx, c => {
        let mut query = team_members::table
            .inner_join(volunteers::table)
            .filter(team_members::team_id.eq(team))
            .select((
                team_members::volunteer_id,
                volunteers::number,
                volunteers::real_name,
                team_members::state,
                team_members::since,
            ))
            .into_boxed();
        query = match state {
            Some(state) => query.filter(team_members::state.eq(state)),
            None => query
                .filter(team_members::state.eq_any([MemberState::Applied, MemberState::Active])),
        };
        if let Some(after) = after {
            query = query.filter(team_members::volunteer_id.gt(after));
        }
        query.order(team_members::volunteer_id).limit(limit).load(c)
    })
}

/// Where a team is at home, what it serves with, and with how many.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamSite {
    pub id: TeamId,
    pub home: Location,
    pub categories: Vec<TeamCategory>,
    pub active_members: i64,
}

/// Active teams by id, from after `after` on.
pub fn team_sites(
    tx: &mut Transaction<'_>,
    after: Option<TeamId>,
    limit: i64,
) -> Stored<Vec<TeamSite>> {
    let rows: Vec<(TeamId, f64, f64, String, i64)> = on_engine!(tx, c => {
        let members = team_members::table
            .filter(team_members::team_id.eq(teams::id))
            .filter(team_members::state.eq(MemberState::Active))
            .count()
            .single_value();
        let mut query = teams::table
            .inner_join(venues::table)
            .filter(teams::state.eq(TeamState::Active))
            .select((teams::id, venues::longitude, venues::latitude, teams::categories, members.assume_not_null()))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(teams::id.gt(after));
        }
        query.order(teams::id).limit(limit).load(c)
    })?;
    rows.into_iter()
        .map(|(id, longitude, latitude, categories, active_members)| {
            Ok(TeamSite {
                id,
                home: Location { longitude, latitude },
                categories: serde_json::from_str(&categories)?,
                active_members,
            })
        })
        .collect()
}
