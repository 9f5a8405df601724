//! Signups.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::{HeldSignup, Period, SessionState, Signup, SignupState},
    ids::{ActivityId, PositionId, ReliefId, SessionId, SignupId, VolunteerId},
};

use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{activities, positions, sessions, signup_reliefs, signups, volunteers},
};

/// States in which a volunteer may still come.
const OPEN: [SignupState; 3] =
    [SignupState::Confirmed, SignupState::Waitlisted, SignupState::Offered];

/// States in which a place is held for a volunteer who has not come yet.
const PROMISED: [SignupState; 2] = [SignupState::Confirmed, SignupState::Offered];

/// States of a signup that nobody took back.
const KEPT: [SignupState; 5] = [
    SignupState::Confirmed,
    SignupState::Waitlisted,
    SignupState::Offered,
    SignupState::Attended,
    SignupState::NoShow,
];

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = signups, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: SignupId,
    session_id: SessionId,
    position_id: PositionId,
    volunteer_id: VolunteerId,
    state: SignupState,
    offered_until: Option<At>,
    must_confirm: bool,
    starts_at: At,
    ends_at: At,
    created_at: At,
    version: i64,
}

impl From<Row> for Signup {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            session_id: row.session_id,
            position_id: row.position_id,
            volunteer_id: row.volunteer_id,
            state: row.state,
            offered_until: row.offered_until.map(|at| at.0),
            must_confirm: row.must_confirm,
            when: Period { starts_at: row.starts_at.0, ends_at: row.ends_at.0 },
            created_at: row.created_at.0,
            version: row.version,
        }
    }
}

impl From<&Signup> for Row {
    fn from(signup: &Signup) -> Self {
        Self {
            id: signup.id,
            session_id: signup.session_id,
            position_id: signup.position_id,
            volunteer_id: signup.volunteer_id,
            state: signup.state,
            offered_until: signup.offered_until.map(At),
            must_confirm: signup.must_confirm,
            starts_at: At(signup.when.starts_at),
            ends_at: At(signup.when.ends_at),
            created_at: At(signup.created_at),
            version: signup.version,
        }
    }
}

/// # Errors
/// A duplicate fault if the volunteer has an open signup for the session.
pub fn insert_signup(tx: &mut Transaction<'_>, signup: &Signup) -> Stored<()> {
    let row = Row::from(signup);
    on_engine!(tx, c => diesel::insert_into(signups::table).values(&row).execute(c)).map(drop)
}

pub fn update_signup(tx: &mut Transaction<'_>, signup: &Signup) -> Stored<()> {
    let row = Row::from(signup);
    on_engine!(tx, c => diesel::update(signups::table.find(signup.id)).set(&row).execute(c))
        .map(drop)
}

pub fn signup(tx: &mut Transaction<'_>, id: SignupId) -> Stored<Option<Signup>> {
    let row: Option<Row> = on_engine!(tx, c => signups::table
        .find(id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Signup::from))
}

/// The signup, held until the transaction ends.
pub fn lock_signup(tx: &mut Transaction<'_>, id: SignupId) -> Stored<Option<Signup>> {
    let rows: Vec<Row> = locked!(tx, signups::table.find(id).select(Row::as_select()))?;
    Ok(rows.into_iter().next().map(Signup::from))
}

/// The volunteer's signup for a session that counts: open or attended. With the name of its position.
pub fn signup_of(
    tx: &mut Transaction<'_>,
    session: SessionId,
    volunteer: VolunteerId,
) -> Stored<Option<(Signup, String)>> {
    let row: Option<(Row, String)> = on_engine!(tx, c => signups::table
        .inner_join(positions::table)
        .filter(signups::session_id.eq(session))
        .filter(signups::volunteer_id.eq(volunteer))
        .filter(one_of(signups::state, KEPT))
        .select((Row::as_select(), positions::name))
        .order(signups::id.desc())
        .first(c)
        .optional())?;
    Ok(row.map(|(row, name)| (row.into(), name)))
}

/// What the volunteer holds, and held in sessions that ended after `since`.
pub fn held_since(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    since: DateTime<Utc>,
) -> Stored<Vec<HeldSignup>> {
    let rows: Vec<(SessionId, SignupState, At, At)> = on_engine!(tx, c => signups::table
        .filter(signups::volunteer_id.eq(volunteer))
        .filter(signups::ends_at.gt(At(since)))
        .filter(one_of(signups::state, KEPT))
        .order((signups::ends_at, signups::id))
        .select((signups::session_id, signups::state, signups::starts_at, signups::ends_at))
        .load(c))?;
    let held =
        |(session_id, state, starts_at, ends_at): (SessionId, SignupState, At, At)| HeldSignup {
            session_id,
            state,
            when: Period { starts_at: starts_at.0, ends_at: ends_at.0 },
        };
    Ok(rows.into_iter().map(held).collect())
}

/// When staff last lifted the volunteer's restriction.
pub fn relieved_at(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
) -> Stored<Option<DateTime<Utc>>> {
    let at: Option<At> = on_engine!(tx, c => signup_reliefs::table
        .filter(signup_reliefs::volunteer_id.eq(volunteer))
        .order(signup_reliefs::relieved_at.desc())
        .select(signup_reliefs::relieved_at)
        .first(c)
        .optional())?;
    Ok(at.map(|at| at.0))
}

pub fn insert_relief(
    tx: &mut Transaction<'_>,
    id: ReliefId,
    volunteer: VolunteerId,
    reason: &str,
    at: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(signup_reliefs::table)
        .values((
            signup_reliefs::id.eq(id),
            signup_reliefs::volunteer_id.eq(volunteer),
            signup_reliefs::reason.eq(reason),
            signup_reliefs::relieved_at.eq(At(at)),
        ))
        .execute(c))
    .map(drop)
}

/// The first of the waitlist, at most `limit`.
pub fn waiting(tx: &mut Transaction<'_>, position: PositionId, limit: i64) -> Stored<Vec<Signup>> {
    let rows: Vec<Row> = on_engine!(tx, c => signups::table
        .filter(signups::position_id.eq(position))
        .filter(signups::state.eq(SignupState::Waitlisted))
        .order(signups::id)
        .limit(limit)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Signup::from).collect())
}

/// The place of a waitlisted signup in its queue, from 1.
pub fn waitlist_place(tx: &mut Transaction<'_>, signup: &Signup) -> Stored<i64> {
    on_engine!(tx, c => signups::table
        .filter(signups::position_id.eq(signup.position_id))
        .filter(signups::state.eq(SignupState::Waitlisted))
        .filter(signups::id.le(signup.id))
        .count()
        .get_result(c))
}

/// Whether anybody has or had a place in any session of an activity, or waits for one.
pub fn has_signups(tx: &mut Transaction<'_>, activity: ActivityId) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        signups::table
            .inner_join(sessions::table)
            .filter(sessions::activity_id.eq(activity))
            .filter(one_of(signups::state, KEPT)),
    ))
    .get_result(c))
}

/// Ends every open signup of a session without penalties; says how many.
pub fn cancel_open_signups(tx: &mut Transaction<'_>, session: SessionId) -> Stored<usize> {
    let ended = on_engine!(tx, c => diesel::update(signups::table)
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, OPEN))
        .set((
            signups::state.eq(SignupState::Cancelled),
            signups::offered_until.eq(None::<At>),
            signups::must_confirm.eq(false),
            signups::version.eq(signups::version + 1),
        ))
        .execute(c))?;
    on_engine!(tx, c => diesel::update(positions::table)
        .filter(positions::session_id.eq(session))
        .set((positions::confirmed.eq(0_i64), positions::offered.eq(0_i64), positions::waitlisted.eq(0_i64)))
        .execute(c))?;
    Ok(ended)
}

/// Gives the signups of a session its new times.
pub fn move_signups(tx: &mut Transaction<'_>, session: SessionId, when: Period) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(signups::table)
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, OPEN))
        .set((signups::starts_at.eq(At(when.starts_at)), signups::ends_at.eq(At(when.ends_at))))
        .execute(c))
}

/// Asks everyone who has a place or is offered one to confirm again.
pub fn ask_to_confirm(tx: &mut Transaction<'_>, session: SessionId) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(signups::table)
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, PROMISED))
        .set(signups::must_confirm.eq(true))
        .execute(c))
}

/// Asks those to confirm again who have a place in another session during `when`.
pub fn ask_who_is_elsewhere(
    tx: &mut Transaction<'_>,
    session: SessionId,
    when: Period,
) -> Stored<usize> {
    let people: Vec<VolunteerId> = on_engine!(tx, c => signups::table
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, PROMISED))
        .select(signups::volunteer_id)
        .load(c))?;
    let elsewhere: Vec<VolunteerId> = on_engine!(tx, c => signups::table
        .filter(one_of(signups::volunteer_id, people))
        .filter(signups::session_id.ne(session))
        .filter(one_of(signups::state, PROMISED))
        .filter(signups::starts_at.lt(At(when.ends_at)))
        .filter(signups::ends_at.gt(At(when.starts_at)))
        .select(signups::volunteer_id)
        .distinct()
        .load(c))?;
    on_engine!(tx, c => diesel::update(signups::table)
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, PROMISED))
        .filter(one_of(signups::volunteer_id, elsewhere))
        .set(signups::must_confirm.eq(true))
        .execute(c))
}

/// Offers that ended at `now`, the oldest first.
pub fn ended_offers(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<SignupId>> {
    on_engine!(tx, c => signups::table
        .filter(signups::state.eq(SignupState::Offered))
        .filter(signups::offered_until.le(Some(At(now))))
        .order((signups::offered_until, signups::id))
        .limit(limit)
        .select(signups::id)
        .load(c))
}

/// Open signups of sessions that took place and ended before `before`: who did not come.
pub fn unattended(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<SignupId>> {
    on_engine!(tx, c => signups::table
        .inner_join(sessions::table)
        .filter(one_of(signups::state, OPEN))
        .filter(signups::ends_at.le(At(before)))
        .filter(sessions::state.ne(SessionState::Cancelled))
        .order((signups::ends_at, signups::id))
        .limit(limit)
        .select(signups::id)
        .load(c))
}

/// The volunteer's open signups of sessions that have not ended, by start.
pub fn open_signups_of(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    now: DateTime<Utc>,
) -> Stored<Vec<SignupId>> {
    on_engine!(tx, c => signups::table
        .filter(signups::volunteer_id.eq(volunteer))
        .filter(signups::ends_at.gt(At(now)))
        .filter(one_of(signups::state, OPEN))
        .order((signups::starts_at, signups::id))
        .select(signups::id)
        .load(c))
}

/// A signup as its volunteer sees it.
#[derive(Debug, Clone)]
pub struct SignupView {
    pub signup: Signup,
    pub position_name: String,
    pub activity_id: ActivityId,
    pub title: String,
    pub place: String,
    /// The volunteer's number and whole name.
    pub volunteer: (String, String),
}

/// Which signups a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignupFilter {
    pub session_id: Option<SessionId>,
    pub volunteer_id: Option<VolunteerId>,
    pub state: Option<SignupState>,
    /// Of sessions that end after.
    pub from: Option<DateTime<Utc>>,
}

type ViewRow = (Row, String, ActivityId, String, String, String, String);

macro_rules! viewed {
    ($filter:ident) => {{
        let mut query = signups::table
            .inner_join(positions::table)
            .inner_join(sessions::table.inner_join(activities::table))
            .inner_join(volunteers::table)
            .select((
                Row::as_select(),
                positions::name,
                activities::id,
                activities::title,
                sessions::place,
                volunteers::number,
                volunteers::real_name,
            ))
            .into_boxed();
        if let Some(session) = $filter.session_id {
            query = query.filter(signups::session_id.eq(session));
        }
        if let Some(volunteer) = $filter.volunteer_id {
            query = query.filter(signups::volunteer_id.eq(volunteer));
        }
        if let Some(state) = $filter.state {
            query = query.filter(signups::state.eq(state));
        }
        if let Some(from) = $filter.from {
            query = query.filter(signups::ends_at.gt(At(from)));
        }
        query
    }};
}

fn view(row: ViewRow) -> SignupView {
    SignupView {
        signup: row.0.into(),
        position_name: row.1,
        activity_id: row.2,
        title: row.3,
        place: row.4,
        volunteer: (row.5, row.6),
    }
}

/// Signups, the latest first, from before `before` on.
pub fn signups_by_age(
    tx: &mut Transaction<'_>,
    filter: SignupFilter,
    before: Option<SignupId>,
    limit: i64,
) -> Stored<Vec<SignupView>> {
    let rows: Vec<ViewRow> = on_engine!(tx, c => {
        let mut query = viewed!(filter);
        if let Some(before) = before {
            query = query.filter(signups::id.lt(before));
        }
        query.order(signups::id.desc()).limit(limit).load(c)
    })?;
    Ok(rows.into_iter().map(view).collect())
}

/// The volunteer's open signups by start, the next first.
pub fn upcoming(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<SignupView>> {
    let filter =
        SignupFilter { volunteer_id: Some(volunteer), from: Some(now), ..SignupFilter::default() };
    let rows: Vec<ViewRow> = on_engine!(tx, c => viewed!(filter)
        .filter(one_of(signups::state, OPEN))
        .order((signups::starts_at, signups::id))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().map(view).collect())
}
