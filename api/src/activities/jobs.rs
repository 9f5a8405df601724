//! What happens to signups and sessions by themselves.

use chrono::TimeDelta;
use shijian_domain::activities::SessionPolicy;
use shijian_persistence::{Transaction, activities};

use super::actions::signups;
use crate::{act::Act, problem::Answer};

fn at_most(batch: usize) -> i64 {
    i64::try_from(batch).unwrap_or(i64::MAX)
}

/// Passes offers that nobody took to the next of the waitlist.
pub fn expire_offers(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let ended = activities::ended_offers(tx, act.now, at_most(batch))?;
    for id in &ended {
        signups::expire_offer(tx, act, *id)?;
    }
    Ok(ended.len())
}

/// Marks who had a place and did not come, once nobody can check in or out any more.
pub fn mark_no_shows(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let grace: TimeDelta = SessionPolicy::default().check_out_grace;
    let absent = activities::unattended(tx, act.now - grace, at_most(batch))?;
    for id in &absent {
        signups::settle_absence(tx, act, *id)?;
    }
    Ok(absent.len())
}
