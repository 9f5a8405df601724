//! Sessions and their positions.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::{
        Activity, ActivityKind, ActivityState, Period, Position, Session, SessionPlan,
        SessionPolicy, SessionState,
    },
    ids::{ActivityId, PositionId, SessionId, TeamId, VenueId},
    place::Location,
    units::Metres,
    venues::VenuePath,
};

use super::plans::ActivityRow;
use crate::{
    Fault, Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{activities, positions, sessions, venues},
    subtree,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sessions, treat_none_as_null = true)]
struct Row {
    id: SessionId,
    activity_id: ActivityId,
    host_venue_id: VenueId,
    center_id: VenueId,
    team_id: Option<TeamId>,
    starts_at: At,
    ends_at: At,
    breaks: String,
    place: String,
    longitude: f64,
    latitude: f64,
    signup_opens_at: Option<At>,
    signup_closes_at: Option<At>,
    check_in_radius: Option<Metres>,
    home_visit: bool,
    high_risk: bool,
    insurance_policy: Option<String>,
    state: SessionState,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for Session {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            activity_id: row.activity_id,
            host_venue_id: row.host_venue_id,
            center_id: row.center_id,
            team_id: row.team_id,
            plan: SessionPlan {
                when: Period { starts_at: row.starts_at.0, ends_at: row.ends_at.0 },
                breaks: serde_json::from_str(&row.breaks)?,
                place: row.place,
                location: Location { longitude: row.longitude, latitude: row.latitude },
                signup_opens_at: row.signup_opens_at.map(|at| at.0),
                signup_closes_at: row.signup_closes_at.map(|at| at.0),
                check_in_radius: row.check_in_radius,
                home_visit: row.home_visit,
                high_risk: row.high_risk,
                insurance_policy: row.insurance_policy,
            },
            state: row.state,
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

impl Row {
    fn of(session: &Session) -> Stored<Self> {
        let plan = &session.plan;
        Ok(Self {
            id: session.id,
            activity_id: session.activity_id,
            host_venue_id: session.host_venue_id,
            center_id: session.center_id,
            team_id: session.team_id,
            starts_at: At(plan.when.starts_at),
            ends_at: At(plan.when.ends_at),
            breaks: serde_json::to_string(&plan.breaks)?,
            place: plan.place.clone(),
            longitude: plan.location.longitude,
            latitude: plan.location.latitude,
            signup_opens_at: plan.signup_opens_at.map(At),
            signup_closes_at: plan.signup_closes_at.map(At),
            check_in_radius: plan.check_in_radius,
            home_visit: plan.home_visit,
            high_risk: plan.high_risk,
            insurance_policy: plan.insurance_policy.clone(),
            state: session.state,
            version: session.version,
            created_at: At(session.created_at),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = positions)]
struct PositionRow {
    id: PositionId,
    session_id: SessionId,
    name: String,
    headcount: i64,
    requirements: String,
    confirmed: i64,
    offered: i64,
    waitlisted: i64,
}

impl TryFrom<PositionRow> for Position {
    type Error = Fault;

    fn try_from(row: PositionRow) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            session_id: row.session_id,
            name: row.name,
            headcount: row.headcount,
            requirements: serde_json::from_str(&row.requirements)?,
            confirmed: row.confirmed,
            offered: row.offered,
            waitlisted: row.waitlisted,
        })
    }
}

impl PositionRow {
    fn of(position: &Position) -> Stored<Self> {
        Ok(Self {
            id: position.id,
            session_id: position.session_id,
            name: position.name.clone(),
            headcount: position.headcount,
            requirements: serde_json::to_string(&position.requirements)?,
            confirmed: position.confirmed,
            offered: position.offered,
            waitlisted: position.waitlisted,
        })
    }
}

/// A session with what decides about it: its activity, and where it is hosted.
#[derive(Debug, Clone)]
pub struct Staged {
    pub session: Session,
    pub activity: Activity,
    pub host_path: VenuePath,
}

pub fn insert_session(
    tx: &mut Transaction<'_>,
    session: &Session,
    places: &[Position],
) -> Stored<()> {
    let row = Row::of(session)?;
    on_engine!(tx, c => diesel::insert_into(sessions::table).values(&row).execute(c))?;
    let rows = places.iter().map(PositionRow::of).collect::<Stored<Vec<_>>>()?;
    on_engine!(tx, c => diesel::insert_into(positions::table).values(&rows).execute(c)).map(drop)
}

pub fn update_session(tx: &mut Transaction<'_>, session: &Session) -> Stored<()> {
    let row = Row::of(session)?;
    on_engine!(tx, c => diesel::update(sessions::table.find(session.id)).set(&row).execute(c))
        .map(drop)
}

/// The session with its activity and host, in one statement.
pub fn staged(tx: &mut Transaction<'_>, id: SessionId) -> Stored<Option<Staged>> {
    let row: Option<(Row, ActivityRow, String)> = on_engine!(tx, c => sessions::table
        .inner_join(activities::table.inner_join(venues::table))
        .filter(sessions::id.eq(id))
        .select((Row::as_select(), ActivityRow::as_select(), venues::path))
        .first(c)
        .optional())?;
    row.map(|(session, activity, path)| {
        Ok(Staged {
            session: session.try_into()?,
            activity: activity.into(),
            host_path: VenuePath::stored(path),
        })
    })
    .transpose()
}

/// The session, held until the transaction ends.
pub fn lock_session(tx: &mut Transaction<'_>, id: SessionId) -> Stored<Option<Session>> {
    let rows: Vec<Row> = locked!(tx, sessions::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Session::try_from).transpose()
}

/// Keeps a session from being changed until the transaction ends, and reads it; others may hold it so at the same time. `None` on SQLite,
/// where writes take turns and what was read before still holds.
pub fn hold_session(tx: &mut Transaction<'_>, id: SessionId) -> Stored<Option<Session>> {
    if tx.is_serial() {
        return Ok(None);
    }
    let rows: Vec<Row> = shared!(tx, sessions::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Session::try_from).transpose()
}

/// The position, held until the transaction ends: its counters decide who gets a place.
pub fn lock_position(tx: &mut Transaction<'_>, id: PositionId) -> Stored<Option<Position>> {
    let rows: Vec<PositionRow> =
        locked!(tx, positions::table.find(id).select(PositionRow::as_select()))?;
    rows.into_iter().next().map(Position::try_from).transpose()
}

/// Sets the counters of a position whose lock is held.
pub fn update_counters(tx: &mut Transaction<'_>, position: &Position) -> Stored<()> {
    on_engine!(tx, c => diesel::update(positions::table.find(position.id))
        .set((
            positions::confirmed.eq(position.confirmed),
            positions::offered.eq(position.offered),
            positions::waitlisted.eq(position.waitlisted),
        ))
        .execute(c))
    .map(drop)
}

/// The positions of several sessions, in one statement.
pub fn positions_of(
    tx: &mut Transaction<'_>,
    ids: &[SessionId],
) -> Stored<BTreeMap<SessionId, Vec<Position>>> {
    let rows: Vec<PositionRow> = on_engine!(tx, c => positions::table
        .filter(one_of(positions::session_id, ids.iter().copied()))
        .order((positions::session_id, positions::id))
        .select(PositionRow::as_select())
        .load(c))?;
    let mut by_session: BTreeMap<SessionId, Vec<Position>> = BTreeMap::new();
    for row in rows {
        by_session.entry(row.session_id).or_default().push(row.try_into()?);
    }
    Ok(by_session)
}

/// The sessions of an activity that are still ahead or under way.
pub fn scheduled_sessions(
    tx: &mut Transaction<'_>,
    activity: ActivityId,
) -> Stored<Vec<SessionId>> {
    on_engine!(tx, c => sessions::table
        .filter(sessions::activity_id.eq(activity))
        .filter(sessions::state.eq(SessionState::Scheduled))
        .order(sessions::id)
        .select(sessions::id)
        .load(c))
}

/// The sessions of an activity that are still ahead or under way, held until the transaction ends.
pub fn lock_scheduled_sessions(
    tx: &mut Transaction<'_>,
    activity: ActivityId,
) -> Stored<Vec<SessionId>> {
    locked!(
        tx,
        sessions::table
            .filter(sessions::activity_id.eq(activity))
            .filter(sessions::state.eq(SessionState::Scheduled))
            .order(sessions::id)
            .select(sessions::id)
    )
}

/// Whether a team has sessions that have not ended.
pub fn has_sessions_ahead(
    tx: &mut Transaction<'_>,
    team: TeamId,
    now: DateTime<Utc>,
) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        sessions::table
            .filter(sessions::team_id.eq(Some(team)))
            .filter(sessions::state.eq(SessionState::Scheduled))
            .filter(sessions::ends_at.gt(At(now))),
    ))
    .get_result(c))
}

/// Sessions that ended before `before` and are not closed yet, the oldest first.
pub fn sessions_to_close(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<Session>> {
    let rows: Vec<Row> = on_engine!(tx, c => sessions::table
        .filter(sessions::state.eq(SessionState::Scheduled))
        .filter(sessions::ends_at.le(At(before)))
        .order((sessions::ends_at, sessions::id))
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Whether a list shows only sessions that take signups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Openness {
    #[default]
    Any,
    /// Scheduled, and signing up is open.
    Open,
}

/// Which sessions of published activities a list shows.
#[derive(Debug, Clone, Default)]
pub struct SessionFilter {
    pub within: Option<VenuePath>,
    pub activity_id: Option<ActivityId>,
    pub team_id: Option<TeamId>,
    /// Ends after.
    pub from: Option<DateTime<Utc>>,
    /// Starts before.
    pub to: Option<DateTime<Utc>>,
    pub openness: Openness,
}

/// A session as lists show it.
#[derive(Debug, Clone)]
pub struct ListedSession {
    pub session: Session,
    pub title: String,
}

macro_rules! filtered {
    ($query:ident, $filter:ident, $now:ident) => {
        if let Some(path) = &$filter.within {
            $query = $query.filter(subtree!(path));
        }
        if let Some(activity) = $filter.activity_id {
            $query = $query.filter(sessions::activity_id.eq(activity));
        }
        if let Some(team) = $filter.team_id {
            $query = $query.filter(sessions::team_id.eq(Some(team)));
        }
        if let Some(from) = $filter.from {
            // No session is longer than the policy's longest: where to begin in the index.
            let begun = from - SessionPolicy::default().longest;
            $query = $query
                .filter(sessions::ends_at.gt(At(from)))
                .filter(sessions::starts_at.gt(At(begun)));
        }
        if let Some(to) = $filter.to {
            $query = $query.filter(sessions::starts_at.lt(At(to)));
        }
        if $filter.openness == Openness::Open {
            $query = $query
                .filter(sessions::state.eq(SessionState::Scheduled))
                .filter(sessions::starts_at.gt(At($now)))
                .filter(
                    sessions::signup_opens_at
                        .is_null()
                        .or(sessions::signup_opens_at.le(Some(At($now)))),
                )
                .filter(
                    sessions::signup_closes_at
                        .is_null()
                        .or(sessions::signup_closes_at.gt(Some(At($now)))),
                );
        }
    };
}

/// Sessions of published activities by start, without those that serve an order, from after `after` on.
pub fn sessions_by_time(
    tx: &mut Transaction<'_>,
    filter: &SessionFilter,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, SessionId)>,
    limit: i64,
) -> Stored<Vec<ListedSession>> {
    let rows: Vec<(Row, String)> = on_engine!(tx, c => {
        let mut query = sessions::table
            .inner_join(activities::table.inner_join(venues::table))
            .filter(one_of(activities::state, [ActivityState::Published, ActivityState::Completed]))
            .filter(activities::kind.ne(ActivityKind::OnDemand))
            .select((Row::as_select(), activities::title))
            .into_boxed();
        filtered!(query, filter, now);
        if let Some((starts_at, id)) = after {
            query = query.filter(
                sessions::starts_at
                    .gt(At(starts_at))
                    .or(sessions::starts_at.eq(At(starts_at)).and(sessions::id.gt(id))),
            );
            // The same again in a form that an index understands.
            query = query.filter(sessions::starts_at.ge(At(starts_at)));
        }
        query.order((sessions::starts_at, sessions::id)).limit(limit).load(c)
    })?;
    rows.into_iter()
        .map(|(row, title)| Ok(ListedSession { session: row.try_into()?, title }))
        .collect()
}

/// How many sessions around a place are sorted at most; the soonest are.
const AROUND: i64 = 2_000;

/// Sessions of published activities within `radius` of a place, without those that serve an order, nearest first and then by id, from after `after` on.
pub fn sessions_around(
    tx: &mut Transaction<'_>,
    filter: &SessionFilter,
    now: DateTime<Utc>,
    place: Location,
    radius: Metres,
    after: Option<(Metres, SessionId)>,
    limit: usize,
) -> Stored<Vec<(Metres, ListedSession)>> {
    let bounds = place.bounds(radius);
    let rows: Vec<(Row, String)> = on_engine!(tx, c => {
        let mut query = sessions::table
            .inner_join(activities::table.inner_join(venues::table))
            .filter(one_of(activities::state, [ActivityState::Published, ActivityState::Completed]))
            .filter(activities::kind.ne(ActivityKind::OnDemand))
            .filter(sessions::latitude.between(bounds.south, bounds.north))
            .filter(sessions::longitude.between(bounds.west, bounds.east))
            .select((Row::as_select(), activities::title))
            .into_boxed();
        filtered!(query, filter, now);
        query.order((sessions::starts_at, sessions::id)).limit(AROUND).load(c)
    })?;
    let mut near: Vec<(Metres, SessionId, Row, String)> = rows
        .into_iter()
        .map(|(row, title)| {
            let there = Location { longitude: row.longitude, latitude: row.latitude };
            (place.distance_to(there), row.id, row, title)
        })
        .filter(|(distance, id, ..)| {
            *distance <= radius && after.is_none_or(|after| (*distance, *id) > after)
        })
        .collect();
    near.sort_by_key(|(distance, id, ..)| (*distance, *id));
    near.truncate(limit);
    near.into_iter()
        .map(|(distance, _, row, title)| {
            Ok((distance, ListedSession { session: row.try_into()?, title }))
        })
        .collect()
}
