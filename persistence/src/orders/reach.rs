//! Which teams can be asked: a bounded choice, whatever their number.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{count, count_star},
    prelude::*,
};
use shijian_domain::{
    activities::SignupState,
    ids::{TeamId, VenueId},
    place::Location,
    teams::{MemberState, Team, TeamCategory, TeamState},
    units::{Metres, Points},
    venues::VenuePath,
};

use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{
        order_offers, signups, team_loads, team_members, team_reach, teams, venues, volunteers,
    },
    venues::escape_like,
};

/// So many teams by turn, and so many by distance, are looked at.
const BY_TURN: i64 = 32;
const NEAREST: usize = 32;
/// How far to look for near teams: the first circle that holds enough.
const CIRCLES: [Metres; 4] = [Metres(1_500), Metres(5_000), Metres(15_000), Metres(50_000)];

/// What matching knows of a team by its orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TeamLoad {
    pub open_orders: i64,
    pub offers: i64,
    pub answered: i64,
    pub accepted: i64,
    pub ratings: i64,
    pub stars: i64,
    /// What it was given for served orders.
    pub points: Points,
}

/// A team that can be asked.
#[derive(Debug, Clone)]
pub struct Reachable {
    pub team_id: TeamId,
    pub name: String,
    pub categories: Vec<TeamCategory>,
    pub location: Location,
    pub members: i64,
    pub load: TeamLoad,
    /// `None` if it never was.
    pub last_asked_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = team_reach)]
struct ReachRow {
    venue_id: VenueId,
    category: TeamCategory,
    team_id: TeamId,
    last_asked_at: At,
    longitude: f64,
    latitude: f64,
}

/// Makes a team reachable from its home and every venue above it while it is active, and from nowhere otherwise.
pub fn put_reach(tx: &mut Transaction<'_>, team: &Team) -> Stored<()> {
    let asked: Vec<At> = on_engine!(tx, c => team_reach::table
        .filter(team_reach::team_id.eq(team.id))
        .select(team_reach::last_asked_at)
        .limit(1)
        .load(c))?;
    on_engine!(tx, c => diesel::delete(team_reach::table.filter(team_reach::team_id.eq(team.id)))
        .execute(c))?;
    if team.state != TeamState::Active {
        return Ok(());
    }
    let home: Option<(String, f64, f64)> = on_engine!(tx, c => venues::table
        .find(team.home_venue_id)
        .select((venues::path, venues::longitude, venues::latitude))
        .first(c)
        .optional())?;
    let Some((path, longitude, latitude)) = home else { return Ok(()) };
    let above = VenuePath::stored(path).and_above();
    let reached: Vec<VenueId> = on_engine!(tx, c => venues::table
        .filter(one_of(venues::path, above))
        .select(venues::id)
        .load(c))?;
    let last_asked_at = asked.first().copied().unwrap_or(At(DateTime::UNIX_EPOCH));
    let rows: Vec<ReachRow> = reached
        .into_iter()
        .flat_map(|venue_id| {
            team.profile.categories.iter().map(move |category| ReachRow {
                venue_id,
                category: *category,
                team_id: team.id,
                last_asked_at,
                longitude,
                latitude,
            })
        })
        .collect();
    insert_rows!(tx, team_reach::table, &rows).map(drop)
}

/// The team was asked now: it goes to the end of every queue.
pub fn touch_reach(tx: &mut Transaction<'_>, teams: &[TeamId], at: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::update(team_reach::table)
        .filter(one_of(team_reach::team_id, teams.to_vec()))
        .set(team_reach::last_asked_at.eq(At(at)))
        .execute(c))
    .map(drop)
}

/// Teams of a category below a venue: those asked longest ago, and those nearest to the place. At most 64, in no order.
pub fn reachable(
    tx: &mut Transaction<'_>,
    venue: VenueId,
    category: TeamCategory,
    place: Location,
) -> Stored<Vec<Reachable>> {
    let mut chosen: Vec<ReachRow> = on_engine!(tx, c => team_reach::table
        .filter(team_reach::venue_id.eq(venue))
        .filter(team_reach::category.eq(category))
        .order((team_reach::last_asked_at, team_reach::team_id))
        .limit(BY_TURN)
        .select(ReachRow::as_select())
        .load(c))?;
    if i64::try_from(chosen.len()).is_ok_and(|found| found == BY_TURN) {
        chosen.extend(nearest(tx, venue, category, place)?);
    }
    chosen.sort_by_key(|row| row.team_id);
    chosen.dedup_by_key(|row| row.team_id);
    told(tx, chosen)
}

fn nearest(
    tx: &mut Transaction<'_>,
    venue: VenueId,
    category: TeamCategory,
    place: Location,
) -> Stored<Vec<ReachRow>> {
    let mut found: Vec<ReachRow> = Vec::new();
    for radius in CIRCLES {
        let bounds = place.bounds(radius);
        // Bounded even where thousands of teams have one home.
        let most = i64::try_from(NEAREST * 8).unwrap_or(i64::MAX);
        found = on_engine!(tx, c => team_reach::table
            .filter(team_reach::venue_id.eq(venue))
            .filter(team_reach::category.eq(category))
            .filter(team_reach::latitude.between(bounds.south, bounds.north))
            .filter(team_reach::longitude.between(bounds.west, bounds.east))
            .limit(most)
            .select(ReachRow::as_select())
            .load(c))?;
        if found.len() >= NEAREST {
            break;
        }
    }
    found.sort_by_key(|row| {
        let there = Location { longitude: row.longitude, latitude: row.latitude };
        (place.distance_to(there), row.team_id)
    });
    found.truncate(NEAREST);
    Ok(found)
}

/// What matching knows of the chosen teams.
fn told(tx: &mut Transaction<'_>, chosen: Vec<ReachRow>) -> Stored<Vec<Reachable>> {
    let ids: Vec<TeamId> = chosen.iter().map(|row| row.team_id).collect();
    let names: Vec<(TeamId, String, String)> = on_engine!(tx, c => teams::table
        .filter(one_of(teams::id, ids.clone()))
        .select((teams::id, teams::name, teams::categories))
        .load(c))?;
    let loads: Vec<LoadRow> = on_engine!(tx, c => team_loads::table
        .filter(one_of(team_loads::team_id, ids.clone()))
        .select(LoadRow::as_select())
        .load(c))?;
    let members: Vec<(TeamId, i64)> = on_engine!(tx, c => team_members::table
        .filter(one_of(team_members::team_id, ids.clone()))
        .filter(team_members::state.eq(MemberState::Active))
        .group_by(team_members::team_id)
        .select((team_members::team_id, count_star()))
        .load(c))?;
    chosen
        .into_iter()
        .map(|row| {
            let team = names.iter().find(|(id, ..)| *id == row.team_id);
            let categories = match team {
                Some((_, _, categories)) => serde_json::from_str(categories)?,
                None => Vec::new(),
            };
            let load = loads.iter().find(|load| load.team_id == row.team_id);
            Ok(Reachable {
                team_id: row.team_id,
                name: team.map(|(_, name, _)| name.clone()).unwrap_or_default(),
                categories,
                location: Location { longitude: row.longitude, latitude: row.latitude },
                members: members
                    .iter()
                    .find(|(id, _)| *id == row.team_id)
                    .map_or(0, |(_, number)| *number),
                load: load.map(LoadRow::load).unwrap_or_default(),
                last_asked_at: Some(row.last_asked_at.0)
                    .filter(|asked| *asked > DateTime::UNIX_EPOCH),
            })
        })
        .collect()
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = team_loads)]
struct LoadRow {
    team_id: TeamId,
    open_orders: i64,
    offers: i64,
    answered: i64,
    accepted: i64,
    ratings: i64,
    stars: i64,
    points: Points,
}

impl LoadRow {
    const fn load(&self) -> TeamLoad {
        TeamLoad {
            open_orders: self.open_orders,
            offers: self.offers,
            answered: self.answered,
            accepted: self.accepted,
            ratings: self.ratings,
            stars: self.stars,
            points: self.points,
        }
    }
}

/// What is known of a team by its orders.
pub fn load_of(tx: &mut Transaction<'_>, team: TeamId) -> Stored<TeamLoad> {
    let row: Option<LoadRow> = on_engine!(tx, c => team_loads::table
        .find(team)
        .select(LoadRow::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(|row| row.load()).unwrap_or_default())
}

/// Adds to what is known of a team.
pub fn change_load(tx: &mut Transaction<'_>, team: TeamId, by: TeamLoad) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(team_loads::table)
        .values(LoadRow {
            team_id: team,
            open_orders: 0,
            offers: 0,
            answered: 0,
            accepted: 0,
            ratings: 0,
            stars: 0,
            points: Points::ZERO,
        })
        .on_conflict(team_loads::team_id)
        .do_nothing()
        .execute(c))?;
    on_engine!(tx, c => diesel::update(team_loads::table.find(team))
        .set((
            team_loads::open_orders.eq(team_loads::open_orders + by.open_orders),
            team_loads::offers.eq(team_loads::offers + by.offers),
            team_loads::answered.eq(team_loads::answered + by.answered),
            team_loads::accepted.eq(team_loads::accepted + by.accepted),
            team_loads::ratings.eq(team_loads::ratings + by.ratings),
            team_loads::stars.eq(team_loads::stars + by.stars),
            team_loads::points.eq(team_loads::points + by.points.0),
        ))
        .execute(c))
    .map(drop)
}

/// Whether a team can be asked for this from a venue.
pub fn is_reachable(
    tx: &mut Transaction<'_>,
    venue: VenueId,
    category: TeamCategory,
    team: TeamId,
) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        team_reach::table.find((venue, category, team)),
    ))
    .get_result(c))
}

/// The venues from which a team can be asked: its home and those above.
pub fn reached_from(tx: &mut Transaction<'_>, team: TeamId) -> Stored<Vec<VenueId>> {
    on_engine!(tx, c => team_reach::table
        .filter(team_reach::team_id.eq(team))
        .distinct()
        .order(team_reach::venue_id)
        .select(team_reach::venue_id)
        .load(c))
}

/// How many active members of each team have a skill.
pub fn skilled_members(
    tx: &mut Transaction<'_>,
    of: &[TeamId],
    skill: &str,
) -> Stored<Vec<(TeamId, i64)>> {
    let part = format!("%\"{}\"%", escape_like(skill));
    on_engine!(tx, c => team_members::table
        .inner_join(volunteers::table)
        .filter(one_of(team_members::team_id, of.to_vec()))
        .filter(team_members::state.eq(MemberState::Active))
        .filter(volunteers::skills.like(&part).escape('\\'))
        .group_by(team_members::team_id)
        .select((team_members::team_id, count_star()))
        .load(c))
}

/// How many active members of each team have a place in a session at that time.
pub fn busy_members(
    tx: &mut Transaction<'_>,
    of: &[TeamId],
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Stored<Vec<(TeamId, i64)>> {
    on_engine!(tx, c => team_members::table
        .inner_join(signups::table.on(signups::volunteer_id.eq(team_members::volunteer_id)))
        .filter(one_of(team_members::team_id, of.to_vec()))
        .filter(team_members::state.eq(MemberState::Active))
        .filter(signups::state.eq(SignupState::Confirmed))
        .filter(signups::starts_at.lt(At(to)))
        .filter(signups::ends_at.gt(At(from)))
        .group_by(team_members::team_id)
        .select((team_members::team_id, count(signups::volunteer_id).aggregate_distinct()))
        .load(c))
}

/// How often each team was asked since then.
pub fn asked_since(
    tx: &mut Transaction<'_>,
    of: &[TeamId],
    since: DateTime<Utc>,
) -> Stored<Vec<(TeamId, i64)>> {
    on_engine!(tx, c => order_offers::table
        .filter(one_of(order_offers::team_id, of.to_vec()))
        .filter(order_offers::offered_at.ge(At(since)))
        .group_by(order_offers::team_id)
        .select((order_offers::team_id, count_star()))
        .load(c))
}
