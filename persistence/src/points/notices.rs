//! Who was told of points that expire.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{not, sql},
    prelude::*,
    sql_types::Bool,
};
use shijian_domain::{ids::VolunteerId, units::Points};

use super::wallets::UNSPENT;
use crate::{
    Stored, Transaction,
    columns::At,
    schema::{points_lots, points_notices},
};

/// At most `limit` lots that expire after `after` and by `until`, whose owners were not told `days` days before.
pub fn lots_to_tell_of(
    tx: &mut Transaction<'_>,
    days: i64,
    after: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<(VolunteerId, DateTime<Utc>, Points)>> {
    let told = points_notices::table
        .filter(points_notices::owner_id.eq(points_lots::owner_id))
        .filter(points_notices::expires_at.eq(points_lots::expires_at))
        .filter(points_notices::days.eq(days));
    let rows: Vec<(VolunteerId, At, Points)> = on_engine!(tx, c => points_lots::table
        .filter(sql::<Bool>(UNSPENT))
        .filter(points_lots::expires_at.gt(At(after)))
        .filter(points_lots::expires_at.le(At(until)))
        .filter(not(diesel::dsl::exists(told)))
        .order((points_lots::expires_at, points_lots::owner_id))
        .limit(limit)
        .select((points_lots::owner_id, points_lots::expires_at, points_lots::available))
        .load(c))?;
    Ok(rows.into_iter().map(|(owner, expires_at, points)| (owner, expires_at.0, points)).collect())
}

/// Remembers that the owner of a lot was told; `false` if another run told them meanwhile.
pub fn insert_notice(
    tx: &mut Transaction<'_>,
    owner: VolunteerId,
    expires_at: DateTime<Utc>,
    days: i64,
) -> Stored<bool> {
    on_engine!(tx, c => diesel::insert_into(points_notices::table)
        .values((
            points_notices::owner_id.eq(owner),
            points_notices::expires_at.eq(At(expires_at)),
            points_notices::days.eq(days),
        ))
        .on_conflict_do_nothing()
        .execute(c))
    .map(|inserted| inserted == 1)
}
