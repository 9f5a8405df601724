//! Each role's orders in one call.

use chrono::{DateTime, Utc};
use shijian_domain::{
    identity::{Permission, Target},
    ids::{OrderId, TeamId, VenueId},
    orders::{OrderState, Tier},
    venues::VenueKind,
};
use shijian_persistence::{
    Transaction,
    orders::{self, InboxItem, Kept},
};

use super::parties;
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
    teams::actions::existing as existing_team,
    venues::actions::existing as existing_venue,
};

/// Orders are counted no further.
pub const MOST_COUNTED: i64 = 100;
/// What an inbox shows of each kind.
const INBOX: i64 = 20;

/// The orders of a venue in one state.
#[derive(Debug, Clone)]
pub struct Lane {
    pub state: OrderState,
    /// At most [`MOST_COUNTED`].
    pub count: usize,
    pub orders: Vec<Kept>,
}

/// A venue's open orders by state, those first that ask for attention first. Work is bounded, however many there are.
pub fn board(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: VenueId,
    shown: i64,
) -> Answer<(Tier, Vec<Lane>)> {
    let venue = existing_venue(tx, venue)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&venue.path), "venue")?;
    let tier = tier_of(venue.kind)?;
    let mut lanes = Vec::new();
    for state in OrderState::OPEN {
        let found = orders::board_lane(tx, tier, venue.id, state, shown)?;
        let is_all = i64::try_from(found.len()).is_ok_and(|number| number < shown);
        let count = if is_all {
            found.len()
        } else {
            orders::count_lane(tx, tier, venue.id, state, MOST_COUNTED)?
        };
        lanes.push(Lane { state, count, orders: found });
    }
    Ok((tier, lanes))
}

/// The tier of a venue that dispatches.
pub fn tier_of(kind: VenueKind) -> Answer<Tier> {
    Tier::of(kind).ok_or_else(|| Problem::new(Code::NotATier))
}

/// What a team is asked, and what it has.
#[derive(Debug, Clone)]
pub struct Inbox {
    pub offered: Vec<InboxItem>,
    pub open_calls: Vec<InboxItem>,
    pub held: Vec<Kept>,
    pub served: Vec<Kept>,
}

pub fn inbox(tx: &mut Transaction<'_>, act: &Act<'_>, team: TeamId) -> Answer<Inbox> {
    if !parties::speaks_for(tx, act, team)? {
        return Err(Problem::not_found("team"));
    }
    let profile = existing_team(tx, team)?.profile;
    let offered = orders::offered_to(tx, team, INBOX)?;
    let holders = orders::reached_from(tx, team)?;
    let mut open_calls = orders::open_calls_for(tx, &holders, &profile.categories, INBOX)?;
    open_calls.retain(|item| item.kept.order.progress.former_team_id != Some(team));
    Ok(Inbox {
        offered,
        open_calls,
        held: orders::held_by(tx, team, &OrderState::HELD, INBOX)?,
        served: orders::held_by(tx, team, &[OrderState::Served, OrderState::Rated], INBOX)?,
    })
}

/// A center's open orders that are late, the longest first.
pub fn late(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: VenueId,
    after: Option<(DateTime<Utc>, OrderId)>,
    limit: i64,
) -> Answer<Vec<(DateTime<Utc>, Kept)>> {
    let venue = existing_venue(tx, venue)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&venue.path), "venue")?;
    if venue.kind != VenueKind::Center {
        return Err(Problem::new(Code::NotATier));
    }
    Ok(orders::late_orders(tx, venue.id, act.now, after, limit)?)
}
