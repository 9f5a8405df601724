//! Orders as somebody's screen shows them: each a walk along an index that ends with the page.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, OrderId, TeamId, VenueId},
    orders::{OrderOfferState, OrderState, Tier},
    place::Location,
    teams::TeamCategory,
    units::Metres,
};

use super::{
    Kept,
    rows::{NeedRow, OrderRow, Rows, kept},
};
use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{needs, order_offers, orders},
};

macro_rules! listed {
    () => {
        orders::table.inner_join(needs::table).select((OrderRow::as_select(), NeedRow::as_select()))
    };
}

fn all(rows: Vec<Rows>) -> Stored<Vec<Kept>> {
    rows.into_iter().map(kept).collect()
}

/// The orders of a venue in one state, those first that ask for attention first.
pub fn board_lane(
    tx: &mut Transaction<'_>,
    tier: Tier,
    venue: VenueId,
    state: OrderState,
    limit: i64,
) -> Stored<Vec<Kept>> {
    let rows: Vec<Rows> = on_engine!(tx, c => of_tier!(listed!().into_boxed(), tier, venue)
        .filter(orders::state.eq(state))
        .order((orders::attention_at, orders::id))
        .limit(limit)
        .load(c))?;
    all(rows)
}

/// How many orders of a venue are in one state, counted no further than `most`.
pub fn count_lane(
    tx: &mut Transaction<'_>,
    tier: Tier,
    venue: VenueId,
    state: OrderState,
    most: i64,
) -> Stored<usize> {
    let found: Vec<OrderId> = on_engine!(tx, c => of_tier!(orders::table.select(orders::id).into_boxed(), tier, venue)
        .filter(orders::state.eq(state))
        .limit(most)
        .load(c))?;
    Ok(found.len())
}

/// The open orders of a center that are late at `now`, the latest first.
pub fn late_orders(
    tx: &mut Transaction<'_>,
    center: VenueId,
    now: DateTime<Utc>,
    after: Option<(DateTime<Utc>, OrderId)>,
    limit: i64,
) -> Stored<Vec<(DateTime<Utc>, Kept)>> {
    let rows: Vec<(OrderRow, NeedRow, At)> = on_engine!(tx, c => {
        let mut query = orders::table
            .inner_join(needs::table)
            .filter(orders::center_id.eq(center))
            .filter(orders::ended_at.is_null())
            .filter(orders::attention_at.le(At(now)))
            .select((OrderRow::as_select(), NeedRow::as_select(), orders::attention_at))
            .into_boxed();
        if let Some((at, id)) = after {
            query = query.filter(
                orders::attention_at
                    .gt(At(at))
                    .or(orders::attention_at.eq(At(at)).and(orders::id.gt(id))),
            );
        }
        query.order((orders::attention_at, orders::id)).limit(limit).load(c)
    })?;
    rows.into_iter().map(|(row, need, at)| Ok((at.0, kept((row, need))?))).collect()
}

/// Part of the district whose orders are walked along one index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// All orders under a venue of a tier.
    Tier(Tier, VenueId),
    /// Those that arose at one venue.
    Venue(VenueId),
}

/// Which orders a list shows.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    pub area: Option<Area>,
    pub team_id: Option<TeamId>,
    pub category: Option<TeamCategory>,
    pub state: Option<OrderState>,
}

/// Who asks for a list, as far as it matters to what they see.
#[derive(Debug, Clone, Default)]
pub struct OrderReader {
    /// Sees all orders that the filter names.
    pub everywhere: bool,
    /// Sees the orders of these areas.
    pub areas: Vec<Area>,
    /// Sees the orders that these teams have.
    pub teams: Vec<TeamId>,
}

/// Orders that the reader may see, the newest first, from before `before` on.
pub fn orders_by_age(
    tx: &mut Transaction<'_>,
    filter: &OrderFilter,
    reader: &OrderReader,
    before: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<Kept>> {
    let rows: Vec<Rows> = on_engine!(tx, c => {
        let mut query = listed!().into_boxed();
        if !reader.everywhere {
            // Alternatives join what stands before them: they come first.
            let teams = reader.teams.iter().copied().map(Some);
            if !reader.teams.is_empty() || reader.areas.is_empty() {
                query = query.filter(orders::team_id.eq_any(teams));
            }
            for area in &reader.areas {
                query = match *area {
                    Area::Tier(Tier::Station, id) => {
                        query.or_filter(orders::station_id.eq(Some(id)))
                    }
                    Area::Tier(Tier::Institute, id) => {
                        query.or_filter(orders::institute_id.eq(Some(id)))
                    }
                    Area::Tier(Tier::Center, id) => query.or_filter(orders::center_id.eq(id)),
                    Area::Venue(id) => query.or_filter(orders::venue_id.eq(id)),
                };
            }
        }
        query = match filter.area {
            Some(Area::Tier(tier, venue)) => of_tier!(query, tier, venue),
            Some(Area::Venue(venue)) => query.filter(orders::venue_id.eq(venue)),
            None => query,
        };
        if let Some(team) = filter.team_id {
            query = query.filter(orders::team_id.eq(Some(team)));
        }
        if let Some(category) = filter.category {
            query = query.filter(orders::category.eq(category));
        }
        if let Some(state) = filter.state {
            query = query.filter(orders::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(orders::id.lt(before));
        }
        query.order(orders::id.desc()).limit(limit).load(c)
    })?;
    all(rows)
}

/// What somebody asked for, or is asked for them, the newest first, from before `before` on.
pub fn orders_of_requester(
    tx: &mut Transaction<'_>,
    account: AccountId,
    person_index: Option<&[u8]>,
    before: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<Kept>> {
    let rows: Vec<Rows> = on_engine!(tx, c => {
        let mut query =
            listed!().filter(needs::requester_id.eq(Some(account))).into_boxed();
        if let Some(index) = person_index {
            query = query.or_filter(needs::person_index.eq(Some(index)));
        }
        if let Some(before) = before {
            query = query.filter(orders::id.lt(before));
        }
        query.order(orders::id.desc()).limit(limit).load(c)
    })?;
    all(rows)
}

/// Orders of the same category within a hundred or two metres, heard since `since`: perhaps the same need.
pub fn same_needs(
    tx: &mut Transaction<'_>,
    kept_order: &Kept,
    radius: Metres,
    since: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<Kept>> {
    let order = &kept_order.order;
    let place: Location = order.need.location;
    let bounds = place.bounds(radius);
    let rows: Vec<Rows> = on_engine!(tx, c => {
        let mut query = listed!()
            .filter(orders::category.eq(order.need.category))
            .filter(orders::created_at.ge(At(since)))
            .filter(orders::id.ne(order.id))
            .filter(orders::ended_at.is_null())
            .filter(needs::latitude.between(bounds.south, bounds.north))
            .filter(needs::longitude.between(bounds.west, bounds.east))
            .into_boxed();
        query = match order.ladder.station_id {
            Some(station) => query.filter(orders::station_id.eq(Some(station))),
            None => query.filter(orders::venue_id.eq(order.venue_id)),
        };
        query.order(orders::created_at.desc()).limit(limit).load(c)
    })?;
    all(rows)
}

/// An order that a team is asked to take.
#[derive(Debug, Clone)]
pub struct InboxItem {
    pub kept: Kept,
    /// When it was asked; `None` for an open call.
    pub offered_at: Option<DateTime<Utc>>,
}

/// What a team is asked now, the oldest first.
pub fn offered_to(tx: &mut Transaction<'_>, team: TeamId, limit: i64) -> Stored<Vec<InboxItem>> {
    let rows: Vec<(OrderRow, NeedRow, At)> = on_engine!(tx, c => order_offers::table
        .inner_join(orders::table.inner_join(needs::table))
        .filter(order_offers::team_id.eq(team))
        .filter(order_offers::state.eq(OrderOfferState::Offered))
        .order((order_offers::offered_at, order_offers::order_id))
        .limit(limit)
        .select((OrderRow::as_select(), NeedRow::as_select(), order_offers::offered_at))
        .load(c))?;
    rows.into_iter()
        .map(|(row, need, at)| Ok(InboxItem { kept: kept((row, need))?, offered_at: Some(at.0) }))
        .collect()
}

/// Open calls of `holders` for what a team does.
pub fn open_calls_for(
    tx: &mut Transaction<'_>,
    holders: &[VenueId],
    categories: &[TeamCategory],
    limit: i64,
) -> Stored<Vec<InboxItem>> {
    let rows: Vec<Rows> = on_engine!(tx, c => listed!()
        .filter(one_of(orders::holder_id, holders.to_vec()))
        .filter(orders::state.eq(OrderState::Dispatching))
        .filter(one_of(orders::category, categories.to_vec()))
        .filter(orders::open_call.eq(true))
        .order((orders::attention_at, orders::id))
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(|rows| Ok(InboxItem { kept: kept(rows)?, offered_at: None })).collect()
}

/// The orders that a team has in some states, those first that ask for attention first.
pub fn held_by(
    tx: &mut Transaction<'_>,
    team: TeamId,
    states: &[OrderState],
    limit: i64,
) -> Stored<Vec<Kept>> {
    let rows: Vec<Rows> = on_engine!(tx, c => listed!()
        .filter(orders::team_id.eq(Some(team)))
        .filter(one_of(orders::state, states.to_vec()))
        .order((orders::attention_at, orders::id))
        .limit(limit)
        .load(c))?;
    all(rows)
}
