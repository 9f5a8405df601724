//! When jobs are due and who runs them, and what a deployment remembers of itself.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{jobs, markers},
};

/// Makes the row of a job that this database has not met, due at `due_at`.
pub fn meet_job(tx: &mut Transaction<'_>, name: &str, due_at: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(jobs::table)
        .values((jobs::name.eq(name), jobs::due_at.eq(At(due_at))))
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// When each job that this database has met is due.
pub fn due_times(tx: &mut Transaction<'_>) -> Stored<Vec<(String, DateTime<Utc>)>> {
    let rows: Vec<(String, At)> =
        on_engine!(tx, c => jobs::table.select((jobs::name, jobs::due_at)).load(c))?;
    Ok(rows.into_iter().map(|(name, due_at)| (name, due_at.0)).collect())
}

/// Takes the lease of a job until `until` by the machine's clock; `false` if another run has it, or if the job is no longer
/// due. One statement decides, so that two servers never both get it.
pub fn claim_job(
    tx: &mut Transaction<'_>,
    name: &str,
    due_by: DateTime<Utc>,
    machine_now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Stored<bool> {
    on_engine!(tx, c => diesel::update(
        jobs::table
            .filter(jobs::name.eq(name))
            .filter(jobs::due_at.le(At(due_by)))
            .filter(jobs::leased_until.is_null().or(jobs::leased_until.le(At(machine_now)))),
    )
    .set(jobs::leased_until.eq(At(until)))
    .execute(c))
    .map(|claimed| claimed == 1)
}

/// Gives the lease back; `success_at` if the run ended well.
pub fn finish_job(
    tx: &mut Transaction<'_>,
    name: &str,
    next_due: DateTime<Utc>,
    success_at: Option<DateTime<Utc>>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(jobs::table.find(name))
        .set((
            jobs::due_at.eq(At(next_due)),
            jobs::leased_until.eq(None::<At>),
            success_at.map(|at| jobs::last_success_at.eq(At(at))),
        ))
        .execute(c))
    .map(drop)
}

pub fn marker(tx: &mut Transaction<'_>, name: &str) -> Stored<Option<String>> {
    on_engine!(tx, c => markers::table.find(name).select(markers::value).first(c).optional())
}

/// Remembers `value` under `name` in place of what was there.
pub fn set_marker(tx: &mut Transaction<'_>, name: &str, value: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(markers::table)
        .values((markers::name.eq(name), markers::value.eq(value)))
        .on_conflict(markers::name)
        .do_update()
        .set(markers::value.eq(value))
        .execute(c))
    .map(drop)
}
