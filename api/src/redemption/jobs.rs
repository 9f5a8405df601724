//! What happens to redemptions by itself: vouchers expire.

use std::collections::BTreeSet;

use shijian_domain::ids::VolunteerId;
use shijian_persistence::{Transaction, points, redemption};

use super::actions;
use crate::{act::Act, problem::Answer};

/// Gives back the points and stock of vouchers whose last day is over, and says how many there were. One that cannot be given
/// back is logged and does not stand in the way of the others.
pub fn expire_vouchers(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut over = redemption::expired_redemptions(tx, act.now, limit)?;
    // All wallets before any offer, and each kind by its id: who locks many in one order never waits in a circle.
    let owners: BTreeSet<VolunteerId> = over.iter().map(|(_, _, owner)| *owner).collect();
    for owner in owners {
        points::lock_wallet(tx, owner)?;
    }
    over.sort_unstable();
    let mut expired = 0;
    for (_, id, _) in over {
        match tx.alone(|tx| actions::expire(tx, act, id)) {
            Ok(true) => expired += 1,
            Ok(false) => {}
            Err(problem) if problem.is_of_the_database() => return Err(problem),
            Err(problem) => tracing::error!(%id, %problem, "a voucher cannot expire"),
        }
    }
    Ok(expired)
}
