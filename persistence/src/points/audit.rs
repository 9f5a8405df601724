//! What the ledger is checked by: sums of its entries beside what was kept of them, in pages.

use diesel::{dsl::sql, prelude::*, sql_types};
use shijian_domain::{
    ids::{AnyId, OfferId, PartnerId, PointsTransactionId, ServiceRecordId, VolunteerId},
    points::{Purse, TransactionKind},
    redemption::RedemptionState,
    units::Points,
};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{
        offers, partners, points_credits, points_entries, points_lots, points_transactions,
        points_wallets, redemptions,
    },
};

/// Sums of points, cast because PostgreSQL sums to numerics.
fn sum_of_points() -> diesel::expression::SqlLiteral<sql_types::BigInt> {
    sql("cast(sum(points) as bigint)")
}

/// A wallet's balances.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Balances {
    pub owner: VolunteerId,
    pub available: Points,
    pub held: Points,
    pub owed: Points,
    pub version: i64,
}

/// Wallets by owner, from after `after` on.
pub fn balances(
    tx: &mut Transaction<'_>,
    after: Option<VolunteerId>,
    limit: i64,
) -> Stored<Vec<Balances>> {
    on_engine!(tx, c => {
        let mut query = points_wallets::table
            .select((
                points_wallets::owner_id,
                points_wallets::available,
                points_wallets::held,
                points_wallets::owed,
                points_wallets::version,
            ))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(points_wallets::owner_id.gt(after));
        }
        query.order(points_wallets::owner_id).limit(limit).load(c)
    })
}

/// What one purse or one lot of a wallet comes to.
pub type Sum = (AnyId, Purse, Option<At>, Points);

/// What the entries of the owners from `first` to `last` come to, by purse and lot.
pub fn sums_of_entries(
    tx: &mut Transaction<'_>,
    first: VolunteerId,
    last: VolunteerId,
) -> Stored<Vec<Sum>> {
    on_engine!(tx, c => points_entries::table
        .filter(points_entries::owner_id.between(AnyId(first.0), AnyId(last.0)))
        .filter(points_entries::purse.eq_any([Purse::Available, Purse::Held, Purse::Owed]))
        .group_by((points_entries::owner_id, points_entries::purse, points_entries::expires_at))
        .select((
            points_entries::owner_id,
            points_entries::purse,
            points_entries::expires_at,
            sum_of_points(),
        ))
        .load(c))
}

/// The lots of the owners from `first` to `last`: what is available and what is held.
pub fn lots_of_owners(
    tx: &mut Transaction<'_>,
    first: VolunteerId,
    last: VolunteerId,
) -> Stored<Vec<(VolunteerId, At, Points, Points)>> {
    on_engine!(tx, c => points_lots::table
        .filter(points_lots::owner_id.between(first, last))
        .select((
            points_lots::owner_id,
            points_lots::expires_at,
            points_lots::available,
            points_lots::held,
        ))
        .load(c))
}

/// What open redemptions hold of the owners from `first` to `last`.
pub fn held_by_redemptions(
    tx: &mut Transaction<'_>,
    first: VolunteerId,
    last: VolunteerId,
) -> Stored<Vec<(VolunteerId, Points)>> {
    on_engine!(tx, c => redemptions::table
        .filter(redemptions::volunteer_id.between(first, last))
        .filter(redemptions::state.eq(RedemptionState::Held))
        .group_by(redemptions::volunteer_id)
        .select((redemptions::volunteer_id, sum_of_points()))
        .load(c))
}

/// The number of the last transaction of the owners from `first` to `last`.
pub fn last_sequences(
    tx: &mut Transaction<'_>,
    first: VolunteerId,
    last: VolunteerId,
) -> Stored<Vec<(VolunteerId, i64)>> {
    on_engine!(tx, c => points_transactions::table
        .filter(points_transactions::owner_id.between(first, last))
        .group_by(points_transactions::owner_id)
        .select((points_transactions::owner_id, sql::<sql_types::BigInt>("max(sequence)")))
        .load(c))
}

/// Credits of the owners from `first` to `last` that made points without a transaction that gave them.
pub fn credits_without_transaction(
    tx: &mut Transaction<'_>,
    first: VolunteerId,
    last: VolunteerId,
) -> Stored<Vec<ServiceRecordId>> {
    on_engine!(tx, c => points_credits::table
        .filter(points_credits::volunteer_id.between(first, last))
        .filter(points_credits::points.gt(Points::ZERO))
        .filter(points_credits::transaction_id.is_null())
        .select(points_credits::record_id)
        .load(c))
}

/// What service made according to the credits that name these transactions.
pub fn credits_of_transactions(
    tx: &mut Transaction<'_>,
    ids: &[PointsTransactionId],
) -> Stored<Vec<(Option<PointsTransactionId>, Points)>> {
    on_engine!(tx, c => points_credits::table
        .filter(points_credits::transaction_id.eq_any(ids.to_vec()))
        .select((points_credits::transaction_id, points_credits::points))
        .load(c))
}

/// A transaction's place in its wallet's history.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct Step {
    pub id: PointsTransactionId,
    pub kind: TransactionKind,
    pub owner: VolunteerId,
    pub sequence: i64,
    pub points: Points,
    pub available_after: Points,
}

/// Transactions by wallet and sequence, from after `after` on.
pub fn steps(
    tx: &mut Transaction<'_>,
    after: Option<(VolunteerId, i64)>,
    limit: i64,
) -> Stored<Vec<Step>> {
    use points_transactions::{owner_id, sequence};
    on_engine!(tx, c => {
        let mut query = points_transactions::table
            .select((
                points_transactions::id,
                points_transactions::kind,
                owner_id,
                sequence,
                points_transactions::points,
                points_transactions::available_after,
            ))
            .into_boxed();
        if let Some((owner, last)) = after {
            query = query
                .filter(owner_id.gt(owner).or(owner_id.eq(owner).and(sequence.gt(last))));
        }
        query.order((owner_id, sequence)).limit(limit).load(c)
    })
}

/// What the entries of each transaction come to, by purse.
pub fn sums_of_transactions(
    tx: &mut Transaction<'_>,
    ids: &[PointsTransactionId],
) -> Stored<Vec<(PointsTransactionId, Purse, Points)>> {
    on_engine!(tx, c => points_entries::table
        .filter(points_entries::transaction_id.eq_any(ids.to_vec()))
        .group_by((points_entries::transaction_id, points_entries::purse))
        .select((points_entries::transaction_id, points_entries::purse, sum_of_points()))
        .load(c))
}

/// What each partner was given by the ledger, and by its redemptions.
pub fn partner_totals(tx: &mut Transaction<'_>, partner: PartnerId) -> Stored<(Points, Points)> {
    let ledger = on_engine!(tx, c => points_entries::table
        .filter(points_entries::owner_id.eq(AnyId(partner.0)))
        .filter(points_entries::purse.eq(Purse::Redeemed))
        .select(sql::<sql_types::BigInt>("coalesce(cast(sum(points) as bigint), 0)"))
        .first(c))?;
    let redeemed = on_engine!(tx, c => redemptions::table
        .filter(redemptions::partner_id.eq(partner))
        .filter(redemptions::state.eq(RedemptionState::Consumed))
        .select(sql::<sql_types::BigInt>("coalesce(cast(sum(points) as bigint), 0)"))
        .first(c))?;
    Ok((ledger, redeemed))
}

/// Partners by id, from after `after` on.
pub fn partner_ids(
    tx: &mut Transaction<'_>,
    after: Option<PartnerId>,
    limit: i64,
) -> Stored<Vec<PartnerId>> {
    on_engine!(tx, c => {
        let mut query = partners::table.select(partners::id).into_boxed();
        if let Some(after) = after {
            query = query.filter(partners::id.gt(after));
        }
        query.order(partners::id).limit(limit).load(c)
    })
}

/// Offers of a partner whose stock is not what redemptions left of it: what is missing, and what redemptions took.
pub fn stock_differences(
    tx: &mut Transaction<'_>,
    partner: PartnerId,
) -> Stored<Vec<(OfferId, i64, i64)>> {
    let taken: Vec<(OfferId, i64)> = on_engine!(tx, c => redemptions::table
        .filter(redemptions::partner_id.eq(partner))
        .filter(redemptions::state.eq_any([
            RedemptionState::Held,
            RedemptionState::Consumed,
            RedemptionState::Refunded,
        ]))
        .group_by(redemptions::offer_id)
        .select((
            redemptions::offer_id,
            sql::<sql_types::BigInt>("cast(sum(quantity) as bigint)"),
        ))
        .load(c))?;
    let missing: Vec<(OfferId, i64)> = on_engine!(tx, c => offers::table
        .filter(offers::partner_id.eq(partner))
        .select((offers::id, offers::stock - offers::stock_left))
        .load(c))?;
    let by_redemptions = |offer: OfferId| {
        taken.iter().find(|(taken, _)| *taken == offer).map_or(0, |(_, quantity)| *quantity)
    };
    Ok(missing
        .into_iter()
        .map(|(offer, missing)| (offer, missing, by_redemptions(offer)))
        .filter(|(_, missing, taken)| missing != taken)
        .collect())
}
