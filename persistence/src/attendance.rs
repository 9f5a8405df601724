//! Attendance: service records and the scans that made them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::Period,
    attendance::{DayLedger, Direction, Flag, HoursClass, Means, RecordState, Scan, ServiceRecord},
    ids::{AccountId, ActivityId, ScanId, ServiceRecordId, SessionId, TeamId, VolunteerId},
    place::Location,
    units::{Minutes, Points},
    venues::VenuePath,
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{activities, scans, service_records, sessions, venues, volunteers},
    subtree,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = service_records, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    id: ServiceRecordId,
    session_id: SessionId,
    activity_id: ActivityId,
    volunteer_id: VolunteerId,
    stay: i64,
    position_name: String,
    class: HoursClass,
    state: RecordState,
    checked_in_at: At,
    checked_out_at: Option<At>,
    raw_minutes: Minutes,
    minutes: Minutes,
    points: Option<Points>,
    flags: String,
    reason: Option<String>,
    served_on: String,
    entered_by: Option<AccountId>,
    decided_by: Option<AccountId>,
    disputed_at: Option<At>,
    dispute: Option<String>,
    dispute_answer: Option<String>,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for ServiceRecord {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            session_id: row.session_id,
            activity_id: row.activity_id,
            volunteer_id: row.volunteer_id,
            stay: row.stay,
            position_name: row.position_name,
            class: row.class,
            state: row.state,
            checked_in_at: row.checked_in_at.0,
            checked_out_at: row.checked_out_at.map(|at| at.0),
            raw_minutes: row.raw_minutes,
            minutes: row.minutes,
            points: row.points,
            flags: serde_json::from_str::<Vec<Flag>>(&row.flags)?,
            reason: row.reason,
            served_on: NaiveDate::parse_from_str(&row.served_on, "%Y-%m-%d")
                .map_err(|_| Fault::Broken("a day is malformed".to_owned()))?,
            entered_by: row.entered_by,
            decided_by: row.decided_by,
            disputed_at: row.disputed_at.map(|at| at.0),
            dispute: row.dispute,
            dispute_answer: row.dispute_answer,
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

impl Row {
    fn of(record: &ServiceRecord) -> Stored<Self> {
        Ok(Self {
            id: record.id,
            session_id: record.session_id,
            activity_id: record.activity_id,
            volunteer_id: record.volunteer_id,
            stay: record.stay,
            position_name: record.position_name.clone(),
            class: record.class,
            state: record.state,
            checked_in_at: At(record.checked_in_at),
            checked_out_at: record.checked_out_at.map(At),
            raw_minutes: record.raw_minutes,
            minutes: record.minutes,
            points: record.points,
            flags: serde_json::to_string(&record.flags)?,
            reason: record.reason.clone(),
            served_on: record.served_on.to_string(),
            entered_by: record.entered_by,
            decided_by: record.decided_by,
            disputed_at: record.disputed_at.map(At),
            dispute: record.dispute.clone(),
            dispute_answer: record.dispute_answer.clone(),
            version: record.version,
            created_at: At(record.created_at),
        })
    }
}

/// # Errors
/// A duplicate fault if the volunteer is in the session already.
pub fn insert_record(tx: &mut Transaction<'_>, record: &ServiceRecord) -> Stored<()> {
    let row = Row::of(record)?;
    on_engine!(tx, c => diesel::insert_into(service_records::table).values(&row).execute(c))
        .map(drop)
}

pub fn update_record(tx: &mut Transaction<'_>, record: &ServiceRecord) -> Stored<()> {
    let row = Row::of(record)?;
    on_engine!(tx, c => diesel::update(service_records::table.find(record.id))
        .set(&row)
        .execute(c))
    .map(drop)
}

/// The record, held until the transaction ends.
pub fn lock_record(tx: &mut Transaction<'_>, id: ServiceRecordId) -> Stored<Option<ServiceRecord>> {
    let rows: Vec<Row> = locked!(tx, service_records::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(ServiceRecord::try_from).transpose()
}

/// A record with where it was served: enough to decide who may see it and touch it.
#[derive(Debug, Clone)]
pub struct PlacedRecord {
    pub record: ServiceRecord,
    pub title: String,
    pub host_path: VenuePath,
    pub team_id: Option<TeamId>,
    /// The volunteer's number and whole name.
    pub volunteer: (String, String),
}

type PlacedRow = (Row, String, String, Option<TeamId>, String, String);

macro_rules! placed {
    () => {
        service_records::table
            .inner_join(sessions::table.inner_join(activities::table.inner_join(venues::table)))
            .inner_join(volunteers::table.on(service_records::volunteer_id.eq(volunteers::id)))
            .select((
                Row::as_select(),
                activities::title,
                venues::path,
                sessions::team_id,
                volunteers::number,
                volunteers::real_name,
            ))
    };
}

fn placed(row: PlacedRow) -> Stored<PlacedRecord> {
    Ok(PlacedRecord {
        record: row.0.try_into()?,
        title: row.1,
        host_path: VenuePath::stored(row.2),
        team_id: row.3,
        volunteer: (row.4, row.5),
    })
}

pub fn placed_record(
    tx: &mut Transaction<'_>,
    id: ServiceRecordId,
) -> Stored<Option<PlacedRecord>> {
    let row: Option<PlacedRow> = on_engine!(tx, c => placed!()
        .filter(service_records::id.eq(id))
        .first(c)
        .optional())?;
    row.map(placed).transpose()
}

/// Which records a list shows.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// Hosted in this subtree.
    pub within: Option<VenuePath>,
    /// Of sessions of these teams, wherever they are hosted.
    pub teams: Vec<TeamId>,
    pub volunteer_id: Option<VolunteerId>,
    pub session_id: Option<SessionId>,
    pub state: Option<RecordState>,
}

/// Records, the latest first, from before `before` on.
pub fn records(
    tx: &mut Transaction<'_>,
    filter: &RecordFilter,
    before: Option<ServiceRecordId>,
    limit: i64,
) -> Stored<Vec<PlacedRecord>> {
    let rows: Vec<PlacedRow> = on_engine!(tx, c => {
        let mut query = placed!().into_boxed();
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if !filter.teams.is_empty() {
            query = query.filter(sessions::team_id.eq_any(filter.teams.clone()));
        }
        if let Some(volunteer) = filter.volunteer_id {
            query = query.filter(service_records::volunteer_id.eq(volunteer));
        }
        if let Some(session) = filter.session_id {
            query = query.filter(service_records::session_id.eq(session));
        }
        if let Some(state) = filter.state {
            query = query.filter(service_records::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(service_records::id.lt(before));
        }
        query.order(service_records::id.desc()).limit(limit).load(c)
    })?;
    rows.into_iter().map(placed).collect()
}

/// The volunteer's records of one session, the first stay first.
pub fn stays(
    tx: &mut Transaction<'_>,
    session: SessionId,
    volunteer: VolunteerId,
) -> Stored<Vec<ServiceRecord>> {
    let rows: Vec<Row> = on_engine!(tx, c => service_records::table
        .filter(service_records::session_id.eq(session))
        .filter(service_records::volunteer_id.eq(volunteer))
        .order(service_records::stay)
        .select(Row::as_select())
        .load(c))?;
    rows.into_iter().map(ServiceRecord::try_from).collect()
}

/// The volunteer's other stays on the day of `record`: their presence within their sessions, and the minutes that count.
pub fn day_besides(tx: &mut Transaction<'_>, record: &ServiceRecord) -> Stored<DayLedger> {
    type DayRow = (At, Option<At>, SessionId, At, At, Minutes, Minutes);
    let rows: Vec<DayRow> = on_engine!(tx, c => service_records::table
        .inner_join(sessions::table)
        .filter(service_records::volunteer_id.eq(record.volunteer_id))
        .filter(service_records::served_on.eq(record.served_on.to_string()))
        .filter(service_records::id.ne(record.id))
        .filter(one_of(service_records::state, [RecordState::Provisional, RecordState::Verified]))
        .filter(service_records::checked_out_at.is_not_null())
        .order(service_records::id)
        .select((
            service_records::checked_in_at,
            service_records::checked_out_at,
            service_records::session_id,
            sessions::starts_at,
            sessions::ends_at,
            service_records::raw_minutes,
            service_records::minutes,
        ))
        .load(c))?;
    let mut day = DayLedger::default();
    for (arrived, left, session, starts_at, ends_at, raw, minutes) in rows {
        let Some(left) = left else { continue };
        let presence = Period { starts_at: arrived.0, ends_at: left.0 };
        let within = Period { starts_at: starts_at.0, ends_at: ends_at.0 };
        day.elsewhere.push(presence.common(within));
        day.counted.0 += minutes.0;
        day.raw.0 += raw.0;
        if session == record.session_id {
            day.here.0 += raw.0;
            if minutes == Minutes::ZERO {
                day.waiting.0 += raw.0;
            }
        }
    }
    Ok(day)
}

/// Whether anybody came to a session, as far as nobody has rejected it.
pub fn is_attended(tx: &mut Transaction<'_>, session: SessionId) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        service_records::table
            .filter(service_records::session_id.eq(session))
            .filter(one_of(service_records::state, [RecordState::Provisional, RecordState::Verified])),
    ))
    .get_result(c))
}

/// Stays that nobody ended in a session, and whose they are.
pub fn open_stays(
    tx: &mut Transaction<'_>,
    session: SessionId,
) -> Stored<Vec<(ServiceRecordId, VolunteerId)>> {
    on_engine!(tx, c => service_records::table
        .filter(service_records::session_id.eq(session))
        .filter(service_records::checked_out_at.is_null())
        .order(service_records::id)
        .select((service_records::id, service_records::volunteer_id))
        .load(c))
}

/// Provisional records without a check-out of their own, ended before `before` by the program: the oldest first.
pub fn unconfirmed(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<ServiceRecordId>> {
    let flag = format!("%\"{}\"%", Flag::NoCheckOut);
    on_engine!(tx, c => service_records::table
        .filter(service_records::state.eq(RecordState::Provisional))
        .filter(service_records::disputed_at.is_null())
        .filter(service_records::checked_out_at.le(Some(At(before))))
        .filter(service_records::flags.like(flag))
        .order(service_records::id)
        .limit(limit)
        .select(service_records::id)
        .load(c))
}

/// Keeps a scan.
///
/// # Errors
/// A duplicate fault if the upload was kept before.
pub fn insert_scan(
    tx: &mut Transaction<'_>,
    id: ScanId,
    record: &ServiceRecord,
    scan: &Scan,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(scans::table)
        .values((
            scans::id.eq(id),
            scans::record_id.eq(record.id),
            scans::volunteer_id.eq(record.volunteer_id),
            scans::direction.eq(scan.direction),
            scans::means.eq(scan.means),
            scans::scanned_at.eq(At(scan.at)),
            scans::received_at.eq(At(scan.received_at)),
            scans::device.eq(scan.device.as_deref()),
            scans::longitude.eq(scan.location.map(|place| place.longitude)),
            scans::latitude.eq(scan.location.map(|place| place.latitude)),
            scans::entered_by.eq(scan.entered_by),
            scans::upload_key.eq(scan.upload_key.as_deref()),
        ))
        .execute(c))
    .map(drop)
}

/// The record that an upload made before.
pub fn uploaded(tx: &mut Transaction<'_>, upload_key: &str) -> Stored<Option<ServiceRecordId>> {
    on_engine!(tx, c => scans::table
        .filter(scans::upload_key.eq(Some(upload_key)))
        .select(scans::record_id)
        .first(c)
        .optional())
}

/// When and where the volunteer last scanned, of the scans that tell where.
pub fn last_scan(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    before: DateTime<Utc>,
) -> Stored<Option<(DateTime<Utc>, Location)>> {
    let row: Option<(At, Option<f64>, Option<f64>)> = on_engine!(tx, c => scans::table
        .filter(scans::volunteer_id.eq(volunteer))
        .filter(scans::scanned_at.le(At(before)))
        .filter(scans::longitude.is_not_null())
        .filter(scans::latitude.is_not_null())
        .order((scans::scanned_at.desc(), scans::id.desc()))
        .select((scans::scanned_at, scans::longitude, scans::latitude))
        .first(c)
        .optional())?;
    Ok(row.and_then(|(at, longitude, latitude)| {
        Some((at.0, Location { longitude: longitude?, latitude: latitude? }))
    }))
}

/// How many others scanned from a device since `since`.
pub fn others_on_device(
    tx: &mut Transaction<'_>,
    device: &str,
    volunteer: VolunteerId,
    since: DateTime<Utc>,
) -> Stored<usize> {
    let people: Vec<VolunteerId> = on_engine!(tx, c => scans::table
        .filter(scans::device.eq(Some(device)))
        .filter(scans::scanned_at.gt(At(since)))
        .filter(scans::volunteer_id.ne(volunteer))
        .select(scans::volunteer_id)
        .distinct()
        .limit(10)
        .load(c))?;
    Ok(people.len())
}

/// The scans of a record, the first first.
pub fn scans_of(tx: &mut Transaction<'_>, record: ServiceRecordId) -> Stored<Vec<Scan>> {
    type ScanRow = (
        Direction,
        Means,
        At,
        At,
        Option<String>,
        Option<f64>,
        Option<f64>,
        Option<AccountId>,
        Option<String>,
    );
    let rows: Vec<ScanRow> = on_engine!(tx, c => scans::table
        .filter(scans::record_id.eq(record))
        .order((scans::scanned_at, scans::id))
        .select((
            scans::direction,
            scans::means,
            scans::scanned_at,
            scans::received_at,
            scans::device,
            scans::longitude,
            scans::latitude,
            scans::entered_by,
            scans::upload_key,
        ))
        .load(c))?;
    let scan = |row: ScanRow| Scan {
        direction: row.0,
        means: row.1,
        at: row.2.0,
        received_at: row.3.0,
        device: row.4,
        location: row.5.zip(row.6).map(|(longitude, latitude)| Location { longitude, latitude }),
        entered_by: row.7,
        upload_key: row.8,
    };
    Ok(rows.into_iter().map(scan).collect())
}
