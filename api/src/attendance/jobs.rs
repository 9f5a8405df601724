//! What happens to presence and records by themselves.

use chrono::TimeDelta;
use shijian_domain::activities::{ActivityKind, Session, SessionPolicy, SessionState};
use shijian_persistence::{Transaction, activities, attendance};

use super::actions;
use crate::{
    act::Act, activities::actions::sessions, orders::actions::service::missed, problem::Answer,
};

/// How long the leader has to confirm the end of a stay.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::days(7);

fn at_most(batch: usize) -> i64 {
    i64::try_from(batch).unwrap_or(i64::MAX)
}

/// Closes sessions that are over, and ends the stays that nobody ended.
pub fn close_sessions(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let policy = SessionPolicy::default();
    let over = activities::sessions_to_close(tx, act.now - policy.check_out_grace, at_most(batch))?;
    for session in &over {
        // It may have been moved or cancelled since it was found.
        let held = activities::lock_session(tx, session.id)?;
        let Some(held) = held.filter(|held| held.is_to_close(policy, act.now)) else { continue };
        let staged = sessions::existing(tx, held.id)?;
        actions::end_open_stays(tx, act, &staged)?;
        let closed = Session { state: SessionState::Closed, version: held.version + 1, ..held };
        activities::update_session(tx, &closed)?;
        if staged.activity.plan.kind == ActivityKind::OnDemand {
            missed(tx, act, closed.id)?;
        }
    }
    Ok(over.len())
}

/// Rejects records whose end nobody confirmed within a week.
pub fn drop_unconfirmed(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let old = attendance::unconfirmed(tx, act.now - CONFIRM_WITHIN, at_most(batch))?;
    for id in &old {
        actions::drop_unconfirmed(tx, act, *id)?;
    }
    Ok(old.len())
}
