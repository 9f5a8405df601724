//! Redemptions and their vouchers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, OfferId, PartnerId, RedemptionId, VolunteerId},
    redemption::{Redemption, RedemptionState},
    units::Points,
    venues::VenuePath,
};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{partners, redemptions, venues},
    subtree,
};

/// A redemption as it is kept, with its voucher's code.
#[derive(Debug, Clone)]
pub struct Kept {
    pub redemption: Redemption,
    /// Keyed hash of the code.
    pub voucher_index: Vec<u8>,
    /// The code, sealed.
    pub sealed_code: Vec<u8>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = redemptions, treat_none_as_default_value = false)]
struct Row {
    id: RedemptionId,
    offer_id: OfferId,
    partner_id: PartnerId,
    volunteer_id: VolunteerId,
    title: String,
    quantity: i64,
    points: Points,
    state: RedemptionState,
    voucher_index: Vec<u8>,
    sealed_code: Vec<u8>,
    expires_at: At,
    created_at: At,
    consumed_at: Option<At>,
    consumed_by: Option<AccountId>,
    ended_at: Option<At>,
    reason: Option<String>,
    version: i64,
}

impl From<Row> for Kept {
    fn from(row: Row) -> Self {
        Self {
            redemption: Redemption {
                id: row.id,
                offer_id: row.offer_id,
                partner_id: row.partner_id,
                volunteer_id: row.volunteer_id,
                title: row.title,
                quantity: row.quantity,
                points: row.points,
                state: row.state,
                expires_at: row.expires_at.0,
                created_at: row.created_at.0,
                consumed_at: row.consumed_at.map(|at| at.0),
                consumed_by: row.consumed_by,
                ended_at: row.ended_at.map(|at| at.0),
                reason: row.reason,
                version: row.version,
            },
            voucher_index: row.voucher_index,
            sealed_code: row.sealed_code,
        }
    }
}

/// # Errors
/// A duplicate fault if another voucher has the same code.
pub fn insert_redemption(tx: &mut Transaction<'_>, kept: &Kept) -> Stored<()> {
    let redemption = kept.redemption.clone();
    let row = Row {
        id: redemption.id,
        offer_id: redemption.offer_id,
        partner_id: redemption.partner_id,
        volunteer_id: redemption.volunteer_id,
        title: redemption.title,
        quantity: redemption.quantity,
        points: redemption.points,
        state: redemption.state,
        voucher_index: kept.voucher_index.clone(),
        sealed_code: kept.sealed_code.clone(),
        expires_at: At(redemption.expires_at),
        created_at: At(redemption.created_at),
        consumed_at: redemption.consumed_at.map(At),
        consumed_by: redemption.consumed_by,
        ended_at: redemption.ended_at.map(At),
        reason: redemption.reason,
        version: redemption.version,
    };
    on_engine!(tx, c => diesel::insert_into(redemptions::table).values(&row).execute(c)).map(drop)
}

pub fn redemption(tx: &mut Transaction<'_>, id: RedemptionId) -> Stored<Option<Kept>> {
    let row: Option<Row> = on_engine!(tx, c => redemptions::table
        .find(id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Kept::from))
}

pub fn redemption_by_voucher(
    tx: &mut Transaction<'_>,
    voucher_index: &[u8],
) -> Stored<Option<Kept>> {
    let row: Option<Row> = on_engine!(tx, c => redemptions::table
        .filter(redemptions::voucher_index.eq(voucher_index))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    Ok(row.map(Kept::from))
}

/// Writes how far a redemption has come; what was redeemed never changes.
pub fn update_redemption(tx: &mut Transaction<'_>, redemption: &Redemption) -> Stored<()> {
    on_engine!(tx, c => diesel::update(redemptions::table.find(redemption.id))
        .set((
            redemptions::state.eq(redemption.state),
            redemptions::consumed_at.eq(redemption.consumed_at.map(At)),
            redemptions::consumed_by.eq(redemption.consumed_by),
            redemptions::ended_at.eq(redemption.ended_at.map(At)),
            redemptions::reason.eq(redemption.reason.as_deref()),
            redemptions::version.eq(redemption.version),
        ))
        .execute(c))
    .map(drop)
}

/// How many of an offer a person has redeemed since `since` and not given back.
pub fn redeemed_count(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    offer: OfferId,
    since: Option<DateTime<Utc>>,
) -> Stored<i64> {
    let quantities: Vec<i64> = on_engine!(tx, c => redemptions::table
        .filter(redemptions::volunteer_id.eq(volunteer))
        .filter(redemptions::offer_id.eq(offer))
        .filter(redemptions::created_at.gt(At(since.unwrap_or(DateTime::UNIX_EPOCH))))
        .filter(
            redemptions::state
                .eq(RedemptionState::Held)
                .or(redemptions::state.eq(RedemptionState::Consumed)),
        )
        .select(redemptions::quantity)
        .load(c))?;
    Ok(quantities.into_iter().sum())
}

/// At most `limit` redemptions whose vouchers are past their last day at `now` and still held, each behind its offer and
/// before its owner.
pub fn expired_redemptions(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<(OfferId, RedemptionId, VolunteerId)>> {
    on_engine!(tx, c => redemptions::table
        .filter(redemptions::state.eq(RedemptionState::Held))
        .filter(redemptions::expires_at.le(At(now)))
        .order(redemptions::expires_at)
        .limit(limit)
        .select((redemptions::offer_id, redemptions::id, redemptions::volunteer_id))
        .load(c))
}

/// Which redemptions a list shows.
#[derive(Debug, Clone, Default)]
pub struct RedemptionFilter {
    pub volunteer_id: Option<VolunteerId>,
    pub partner_id: Option<PartnerId>,
    pub offer_id: Option<OfferId>,
    /// Of partners that venues of this subtree look after.
    pub within: Option<VenuePath>,
    pub state: Option<RedemptionState>,
}

/// Redemptions, the latest first, from before the one with id `before` on.
pub fn redemptions(
    tx: &mut Transaction<'_>,
    filter: &RedemptionFilter,
    before: Option<RedemptionId>,
    limit: i64,
) -> Stored<Vec<Kept>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = redemptions::table
            .inner_join(partners::table.inner_join(venues::table))
            .select(Row::as_select())
            .into_boxed();
        if let Some(volunteer) = filter.volunteer_id {
            query = query.filter(redemptions::volunteer_id.eq(volunteer));
        }
        if let Some(partner) = filter.partner_id {
            query = query.filter(redemptions::partner_id.eq(partner));
        }
        if let Some(offer) = filter.offer_id {
            query = query.filter(redemptions::offer_id.eq(offer));
        }
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(state) = filter.state {
            query = query.filter(redemptions::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(redemptions::id.lt(before));
        }
        query.order(redemptions::id.desc()).limit(limit).load(c)
    })?;
    Ok(rows.into_iter().map(Kept::from).collect())
}
