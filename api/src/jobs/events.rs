//! Events on their way from the outbox to whoever waits for them.

use chrono::TimeDelta;
use metrics::counter;
use shijian_persistence::{
    Transaction,
    integration::{self, Event},
};

use crate::{act::Act, context::KEY_LIFE, notifications::delivery, problem::Answer};

/// Hands events to whoever waits for them in the order in which they happened, then marks them as delivered. The inboxes are
/// filled in the same transaction, once; the log and the metrics hear at least once.
///
/// Changes of one subject are serial, so their events are in the outbox in the order of the changes.
pub fn deliver(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let waiting = integration::waiting_events(tx, i64::try_from(batch).unwrap_or(i64::MAX))?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let (sequences, events): (Vec<i64>, Vec<Event>) = waiting.into_iter().unzip();
    delivery::deliver(tx, act, &events)?;
    for event in &events {
        count(event);
        tell(event);
    }
    Ok(integration::mark_delivered(tx, &sequences, act.now)?)
}

fn count(event: &Event) {
    counter!("shijian_events_total", "kind" => event.kind.clone()).increment(1);
}

fn tell(event: &Event) {
    tracing::debug!(
        id = %event.id,
        kind = event.kind,
        subject_kind = event.subject_kind,
        subject_id = %event.subject_id,
        occurred_at = %event.occurred_at,
        "event"
    );
}

/// Forgets the answers of idempotency keys whose day is over.
pub fn forget_answers(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    // An hour more than promised: a caller's clock may be behind.
    let before = act.now - KEY_LIFE - TimeDelta::hours(1);
    Ok(integration::forget_answers(tx, before, i64::try_from(batch).unwrap_or(i64::MAX))?)
}
