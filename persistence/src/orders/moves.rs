//! A venue that moves takes its open orders and its teams along.

use diesel::prelude::*;
use shijian_domain::{
    ids::{OrderId, TeamId},
    venues::VenuePath,
};

use super::{ladder_of, order, put_reach, update_progress};
use crate::{
    Stored, Transaction,
    schema::{orders, venues},
    subtree,
    teams::{TeamFilter, teams},
};

/// Teams of a page.
const PAGE: i64 = 500;

/// Gives the open orders that arose in a subtree the tiers that are over it now, and makes its teams reachable from there. What ended stays where it
/// was counted.
pub fn follow_moved(tx: &mut Transaction<'_>, path: &VenuePath) -> Stored<()> {
    let open: Vec<OrderId> = on_engine!(tx, c => orders::table
        .inner_join(venues::table)
        .filter(subtree!(path))
        .filter(orders::ended_at.is_null())
        .order(orders::id)
        .select(orders::id)
        .load(c))?;
    for id in open {
        let Some(mut placed) = order(tx, id)? else { continue };
        if let Some(ladder) = ladder_of(tx, &placed.path)? {
            placed.kept.order.ladder = ladder;
            update_progress(tx, &placed.kept)?;
        }
    }
    let filter = TeamFilter { within: Some(path.clone()), ..TeamFilter::default() };
    let mut after: Option<TeamId> = None;
    loop {
        let page = teams(tx, &filter, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for team in &page {
            put_reach(tx, team)?;
        }
    }
}
