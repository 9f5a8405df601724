//! What operators and centers set: days that are not as the week says, and how suggestions are weighed.

use chrono::NaiveDate;
use diesel::prelude::*;
use shijian_domain::{ids::VenueId, orders::DayKind};

use crate::{
    Fault, Stored, Transaction,
    schema::{matching_weights, work_days},
};

/// The days that the operator entered.
pub fn work_days(tx: &mut Transaction<'_>) -> Stored<Vec<(NaiveDate, DayKind)>> {
    let rows: Vec<(String, DayKind)> =
        on_engine!(tx, c => work_days::table.order(work_days::day).load(c))?;
    rows.into_iter()
        .map(|(day, kind)| {
            let day = day.parse().map_err(|_| Fault::Broken(format!("`{day}` is not a day")))?;
            Ok((day, kind))
        })
        .collect()
}

pub fn put_work_day(tx: &mut Transaction<'_>, day: NaiveDate, kind: DayKind) -> Stored<()> {
    let day = day.to_string();
    on_engine!(tx, c => diesel::insert_into(work_days::table)
        .values((work_days::day.eq(&day), work_days::kind.eq(kind)))
        .on_conflict(work_days::day)
        .do_update()
        .set(work_days::kind.eq(kind))
        .execute(c))
    .map(drop)
}

/// Lets the week, or what is built in, hold again.
pub fn forget_work_day(tx: &mut Transaction<'_>, day: NaiveDate) -> Stored<bool> {
    let day = day.to_string();
    let gone = on_engine!(tx, c => diesel::delete(work_days::table.find(&day)).execute(c))?;
    Ok(gone > 0)
}

/// A center's weights as JSON, with their version, if it has set any.
pub fn matching_weights(
    tx: &mut Transaction<'_>,
    center: VenueId,
) -> Stored<Option<(String, i64)>> {
    on_engine!(tx, c => matching_weights::table
        .find(center)
        .select((matching_weights::weights, matching_weights::version))
        .first(c)
        .optional())
}

pub fn keep_matching_weights(
    tx: &mut Transaction<'_>,
    center: VenueId,
    weights: &str,
    version: i64,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(matching_weights::table)
        .values((
            matching_weights::center_id.eq(center),
            matching_weights::weights.eq(weights),
            matching_weights::version.eq(version),
        ))
        .on_conflict(matching_weights::center_id)
        .do_update()
        .set((matching_weights::weights.eq(weights), matching_weights::version.eq(version)))
        .execute(c))
    .map(drop)
}
