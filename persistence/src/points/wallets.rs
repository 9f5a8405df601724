//! Wallets and their lots.

use chrono::{DateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use shijian_domain::{
    ids::{VenueId, VolunteerId},
    points::{Lot, Wallet},
    units::{Minutes, Points},
};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{points_lots, points_wallets},
};

/// A condition without parameters, because a partial index is not found by one that has them.
pub(super) const UNSPENT: &str = "points_lots.available > 0";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = points_wallets, treat_none_as_default_value = false)]
struct Row {
    owner_id: VolunteerId,
    center_id: VenueId,
    available: Points,
    held: Points,
    owed: Points,
    carried: Minutes,
    version: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = points_lots)]
struct LotRow {
    expires_at: At,
    available: Points,
    held: Points,
}

impl Row {
    fn with_lots(self, lots: Vec<LotRow>) -> Wallet {
        let lot = |row: LotRow| Lot {
            expires_at: row.expires_at.0,
            available: row.available,
            held: row.held,
        };
        Wallet {
            owner: self.owner_id,
            center_id: self.center_id,
            available: self.available,
            held: self.held,
            owed: self.owed,
            carried: self.carried,
            version: self.version,
            lots: lots.into_iter().map(lot).collect(),
        }
    }
}

/// The wallet with the lots that hold something.
pub fn wallet(tx: &mut Transaction<'_>, owner: VolunteerId) -> Stored<Option<Wallet>> {
    let row: Option<Row> = on_engine!(tx, c => points_wallets::table
        .find(owner)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| Ok(row.with_lots(lots(tx, owner)?))).transpose()
}

/// The wallet with the lots that hold something, held until the transaction ends: the lock that orders everything that
/// happens to one person's points.
pub fn lock_wallet(tx: &mut Transaction<'_>, owner: VolunteerId) -> Stored<Option<Wallet>> {
    let rows: Vec<Row> = locked!(tx, points_wallets::table.find(owner).select(Row::as_select()))?;
    rows.into_iter().next().map(|row| Ok(row.with_lots(lots(tx, owner)?))).transpose()
}

fn lots(tx: &mut Transaction<'_>, owner: VolunteerId) -> Stored<Vec<LotRow>> {
    on_engine!(tx, c => points_lots::table
        .filter(points_lots::owner_id.eq(owner))
        .filter(points_lots::available.gt(Points::ZERO).or(points_lots::held.gt(Points::ZERO)))
        .order(points_lots::expires_at)
        .select(LotRow::as_select())
        .load(c))
}

/// Opens an empty wallet; one that is there already stays as it is.
pub fn open_wallet(tx: &mut Transaction<'_>, wallet: &Wallet) -> Stored<()> {
    let row = Row {
        owner_id: wallet.owner,
        center_id: wallet.center_id,
        available: wallet.available,
        held: wallet.held,
        owed: wallet.owed,
        carried: wallet.carried,
        version: wallet.version,
    };
    on_engine!(tx, c => diesel::insert_into(points_wallets::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c))
    .map(drop)
}

/// Remembers minutes that made no point, where no transaction does.
pub fn set_carried(tx: &mut Transaction<'_>, owner: VolunteerId, carried: Minutes) -> Stored<()> {
    on_engine!(tx, c => diesel::update(points_wallets::table.find(owner))
        .set(points_wallets::carried.eq(carried))
        .execute(c))
    .map(drop)
}

/// Writes a wallet as it is after a transaction, and of its lots those that changed.
pub(super) fn update_wallet(
    tx: &mut Transaction<'_>,
    before: &Wallet,
    after: &Wallet,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(points_wallets::table.find(after.owner))
        .set((
            points_wallets::available.eq(after.available),
            points_wallets::held.eq(after.held),
            points_wallets::owed.eq(after.owed),
            points_wallets::carried.eq(after.carried),
            points_wallets::version.eq(after.version),
        ))
        .execute(c))?;
    for lot in after.lots.iter().filter(|lot| !before.lots.contains(lot)) {
        on_engine!(tx, c => diesel::insert_into(points_lots::table)
            .values((
                points_lots::owner_id.eq(after.owner),
                points_lots::expires_at.eq(At(lot.expires_at)),
                points_lots::available.eq(lot.available),
                points_lots::held.eq(lot.held),
            ))
            .on_conflict((points_lots::owner_id, points_lots::expires_at))
            .do_update()
            .set((points_lots::available.eq(lot.available), points_lots::held.eq(lot.held)))
            .execute(c))?;
    }
    Ok(())
}

/// At most `limit` people with points past their expiry at `now`.
pub fn owners_with_expired(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<VolunteerId>> {
    on_engine!(tx, c => points_lots::table
        .filter(sql::<Bool>(UNSPENT))
        .filter(points_lots::expires_at.le(At(now)))
        .select(points_lots::owner_id)
        .distinct()
        .order(points_lots::owner_id)
        .limit(limit)
        .load(c))
}
