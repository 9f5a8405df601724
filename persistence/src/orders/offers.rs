//! Which teams were asked, and what they answered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{OrderId, TeamId},
    orders::{Offer, OrderOfferState},
};

use crate::{Stored, Transaction, columns::At, schema::order_offers};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_offers, treat_none_as_default_value = false)]
struct Row {
    order_id: OrderId,
    wave: i64,
    team_id: TeamId,
    state: OrderOfferState,
    offered_at: At,
    answered_at: Option<At>,
    reason: Option<String>,
    rank: Option<i64>,
    score: Option<i64>,
    overridden: bool,
}

impl From<Row> for Offer {
    fn from(row: Row) -> Self {
        Self {
            order_id: row.order_id,
            team_id: row.team_id,
            wave: row.wave,
            state: row.state,
            offered_at: row.offered_at.0,
            answered_at: row.answered_at.map(|at| at.0),
            reason: row.reason,
            rank: row.rank,
            score: row.score,
            overridden: row.overridden,
        }
    }
}

pub fn insert_offers(tx: &mut Transaction<'_>, offers: &[Offer]) -> Stored<()> {
    let rows: Vec<Row> = offers
        .iter()
        .map(|offer| Row {
            order_id: offer.order_id,
            wave: offer.wave,
            team_id: offer.team_id,
            state: offer.state,
            offered_at: At(offer.offered_at),
            answered_at: offer.answered_at.map(At),
            reason: offer.reason.clone(),
            rank: offer.rank,
            score: offer.score,
            overridden: offer.overridden,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    insert_rows!(tx, order_offers::table, &rows).map(drop)
}

/// Every asking of an order, in its order.
pub fn offers_of(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Vec<Offer>> {
    let rows: Vec<Row> = on_engine!(tx, c => order_offers::table
        .filter(order_offers::order_id.eq(order))
        .order((order_offers::wave, order_offers::rank, order_offers::team_id))
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Offer::from).collect())
}

/// Whether the team is asked now.
pub fn is_offered(tx: &mut Transaction<'_>, order: OrderId, team: TeamId) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        order_offers::table
            .filter(order_offers::order_id.eq(order))
            .filter(order_offers::team_id.eq(team))
            .filter(order_offers::state.eq(OrderOfferState::Offered)),
    ))
    .get_result(c))
}

/// Teams that are asked now.
pub fn open_offer_teams(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Vec<TeamId>> {
    on_engine!(tx, c => order_offers::table
        .filter(order_offers::order_id.eq(order))
        .filter(order_offers::state.eq(OrderOfferState::Offered))
        .order(order_offers::team_id)
        .select(order_offers::team_id)
        .load(c))
}

/// Teams that were asked before and said no, or nothing.
pub fn asked_before(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Vec<TeamId>> {
    on_engine!(tx, c => order_offers::table
        .filter(order_offers::order_id.eq(order))
        .filter(order_offers::state.eq_any([OrderOfferState::Refused, OrderOfferState::Lapsed]))
        .distinct()
        .order(order_offers::team_id)
        .select(order_offers::team_id)
        .load(c))
}

/// Keeps a team's answer. `false` if it is not asked now.
pub fn settle_offer(
    tx: &mut Transaction<'_>,
    order: OrderId,
    team: TeamId,
    state: OrderOfferState,
    reason: Option<&str>,
    at: DateTime<Utc>,
) -> Stored<bool> {
    let settled = on_engine!(tx, c => diesel::update(order_offers::table)
        .filter(order_offers::order_id.eq(order))
        .filter(order_offers::team_id.eq(team))
        .filter(order_offers::state.eq(OrderOfferState::Offered))
        .set((
            order_offers::state.eq(state),
            order_offers::reason.eq(reason),
            order_offers::answered_at.eq(Some(At(at))),
        ))
        .execute(c))?;
    Ok(settled > 0)
}

/// Ends what is still asked of teams.
pub fn lapse_offers(
    tx: &mut Transaction<'_>,
    order: OrderId,
    state: OrderOfferState,
) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(order_offers::table)
        .filter(order_offers::order_id.eq(order))
        .filter(order_offers::state.eq(OrderOfferState::Offered))
        .set(order_offers::state.eq(state))
        .execute(c))
}
