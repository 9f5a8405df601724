//! What happens to points by itself: they expire, and people are told before.

use chrono::TimeDelta;
use serde_json::json;
use shijian_domain::points::{Draft, PointsPolicy, Source, SourceKind, TransactionKind};
use shijian_persistence::{Transaction, points};
use uuid::Uuid;

use super::ledger::post;
use crate::{
    act::{Act, Subject},
    problem::Answer,
};

/// Books what is past its expiry as expired, one transaction a person.
pub fn expire_points(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let owners =
        points::owners_with_expired(tx, act.now, i64::try_from(batch).unwrap_or(i64::MAX))?;
    for owner in &owners {
        let Some(wallet) = points::lock_wallet(tx, *owner)? else { continue };
        let entries = wallet.expire(act.now)?;
        if entries.entries().is_empty() {
            continue;
        }
        let id: Uuid = act.id();
        let draft = Draft {
            id: id.into(),
            kind: TransactionKind::Expire,
            source: Source { kind: SourceKind::Expiry, id },
            reverses: None,
            memo: String::new(),
            entries,
        };
        let (posting, _) = post(tx, act, &wallet, draft)?;
        act.publish(
            tx,
            "points.expired",
            Subject::new("volunteer", owner.0),
            &json!({"transaction_id": posting.id, "points": -posting.points.0}),
        )?;
    }
    Ok(owners.len())
}

/// Tells people of points that expire soon, once for each notice of the policy. Who comes within two notices at once, for
/// example with points that were given back late, hears the last.
pub fn notify_expiring_points(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    batch: usize,
) -> Answer<usize> {
    let [early, late] = PointsPolicy::default().notice_days;
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut told = 0;
    for (days, after) in [(late, 0), (early, late)] {
        let (after, until) = (act.now + TimeDelta::days(after), act.now + TimeDelta::days(days));
        let lots = points::lots_to_tell_of(tx, days, after, until, limit)?;
        told += lots.len();
        for (owner, expires_at, points) in lots {
            if !points::insert_notice(tx, owner, expires_at, days)? {
                continue;
            }
            act.publish(
                tx,
                "points.expiring",
                Subject::new("volunteer", owner.0),
                &json!({"points": points, "expires_at": expires_at, "days": days}),
            )?;
        }
    }
    Ok(told)
}
