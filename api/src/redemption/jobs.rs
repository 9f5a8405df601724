//! What happens to redemptions by itself: vouchers expire.

use shijian_persistence::{Transaction, redemption};

use super::actions;
use crate::{act::Act, problem::Answer};

/// Gives back the points and stock of vouchers whose last day is over.
pub fn expire_vouchers(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let over = redemption::expired_redemptions(tx, act.now, limit)?;
    for id in &over {
        actions::expire(tx, act, *id)?;
    }
    Ok(over.len())
}
