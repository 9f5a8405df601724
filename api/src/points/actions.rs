//! What verified service does to points.

use serde_json::json;
use shijian_domain::{
    calendar::Month,
    ids::{EarningRulesId, ServiceRecordId},
    points::{
        Caps, Draft, Earned, EarnedService, EarningRule, PointsPolicy, PointsRefusal, Source,
        SourceKind, TransactionKind, default_rules, earn, entries_lot,
    },
    units::Points,
};
use shijian_persistence::{
    Transaction,
    points::{self, Credit},
};

use super::ledger::{locked_wallet, post};
use crate::{
    act::{Act, Subject},
    problem::Answer,
};

/// The rules that hold at a center.
struct InForce {
    id: Option<EarningRulesId>,
    rules: Vec<EarningRule>,
    caps: Caps,
}

/// Credits a verified service record by the rules of its center and says how many points it made. A record that was credited
/// before is not credited again.
pub fn credit_service(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    service: &EarnedService,
) -> Answer<Points> {
    let wallet = locked_wallet(tx, service.volunteer_id, service.center_id)?;
    if let Some(first) = points::credit_of_record(tx, service.record_id)? {
        return Ok(first.points);
    }
    let in_force = rules_in_force(tx, service)?;
    let (today, this_month) = credited_so_far(tx, in_force.caps, service)?;
    let earned = earn(&in_force.rules, in_force.caps, service, wallet.carried, today, this_month)
        .map_err(PointsRefusal::from)?;
    let carried_change = earned.carried.minus(wallet.carried).map_err(PointsRefusal::from)?;
    let mut after = wallet.clone();
    after.carried = earned.carried;
    let transaction_id = if earned.points.is_positive() {
        let expires_at = PointsPolicy::default().expiry(act.now, act.zone);
        let draft = Draft {
            id: act.id(),
            kind: TransactionKind::Earn,
            source: Source { kind: SourceKind::ServiceRecord, id: service.record_id.0 },
            reverses: None,
            memo: service.position_name.clone(),
            entries: wallet.credit(earned.points, service.center_id, expires_at)?,
        };
        Some(post(tx, act, &after, draft)?.0.id)
    } else {
        points::set_carried(tx, wallet.owner, earned.carried)?;
        None
    };
    points::insert_credit(
        tx,
        &Credit {
            service: service.clone(),
            rules_id: in_force.id,
            points: earned.points,
            carried_change,
            transaction_id,
            reversed_at: None,
        },
    )?;
    if transaction_id.is_some() {
        tell(tx, act, service, earned)?;
    }
    Ok(earned.points)
}

fn rules_in_force(tx: &mut Transaction<'_>, service: &EarnedService) -> Answer<InForce> {
    Ok(match points::rules_in_force(tx, service.center_id)? {
        Some(rules) => InForce { id: Some(rules.id), rules: rules.rules, caps: rules.caps },
        None => InForce { id: None, rules: default_rules(), caps: Caps::default() },
    })
}

/// What service of the same day and of the same month has made already, where a cap asks.
fn credited_so_far(
    tx: &mut Transaction<'_>,
    caps: Caps,
    service: &EarnedService,
) -> Answer<(Points, Points)> {
    let day = service.served_on;
    let month = Month::containing(day);
    let last = month.plus(1).first_day().pred_opt().unwrap_or(day);
    let today = match caps.day {
        Some(_) => points::credited_points(tx, service.volunteer_id, day, day)?,
        None => Points::ZERO,
    };
    let this_month = match caps.month {
        Some(_) => points::credited_points(tx, service.volunteer_id, month.first_day(), last)?,
        None => Points::ZERO,
    };
    Ok((today, this_month))
}

fn tell(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    service: &EarnedService,
    earned: Earned,
) -> Answer<()> {
    act.publish(
        tx,
        "points.earned",
        Subject::new("volunteer", service.volunteer_id.0),
        &json!({"service_record_id": service.record_id, "points": earned.points}),
    )
}

/// Takes back what a service record earned, once; a record that earned nothing has nothing to take.
pub fn reverse_service(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    record: ServiceRecordId,
    reason: &str,
) -> Answer<()> {
    let Some(credit) = points::credit_of_record(tx, record)? else { return Ok(()) };
    let service = &credit.service;
    let mut wallet = locked_wallet(tx, service.volunteer_id, service.center_id)?;
    // Read again under the lock: another request may have reversed it meanwhile.
    let reversed = points::credit_of_record(tx, record)?;
    if reversed.is_none_or(|credit| credit.reversed_at.is_some()) {
        return Ok(());
    }
    points::reverse_credit(tx, record, act.now)?;
    wallet.carried = wallet.carried_without(credit.carried_change)?;
    let Some(transaction_id) = credit.transaction_id else {
        points::set_carried(tx, wallet.owner, wallet.carried)?;
        return Ok(());
    };
    if points::reversal_of(tx, transaction_id)?.is_some() {
        points::set_carried(tx, wallet.owner, wallet.carried)?;
        return Ok(());
    }
    let lot = entries_lot(&points::entries_of(tx, transaction_id)?);
    let draft = Draft {
        id: act.id(),
        kind: TransactionKind::Reverse,
        source: Source { kind: SourceKind::PointsTransaction, id: transaction_id.0 },
        reverses: Some(transaction_id),
        memo: reason.to_owned(),
        entries: wallet.take_back(credit.points, service.center_id, lot)?,
    };
    post(tx, act, &wallet, draft)?;
    act.publish(
        tx,
        "points.reversed",
        Subject::new("volunteer", wallet.owner.0),
        &json!({"transaction_id": transaction_id, "points": credit.points}),
    )
}
