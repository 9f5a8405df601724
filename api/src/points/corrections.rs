//! Points that staff move by hand: reversals and adjustments.

use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{AdjustmentId, PointsTransactionId, ServiceRecordId, VenueId, VolunteerId},
    points::{
        Adjustment, AdjustmentState, Draft, PointsPolicy, PointsRefusal, Posting, Source,
        SourceKind, TransactionKind, entries_lot,
    },
    units::Points,
};
use shijian_persistence::{Transaction, points, venues};

use super::{
    actions::reverse_service,
    ledger::{locked_wallet, post},
};
use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
    volunteers,
};

/// Points to give or take.
#[derive(Debug, Clone)]
pub struct Adjust {
    pub volunteer_id: VolunteerId,
    /// Negative to take.
    pub points: Points,
    pub reason: String,
}

/// An adjustment, with its transaction once it is posted.
#[derive(Debug, Clone)]
pub struct Adjusted {
    pub adjustment: Adjustment,
    pub posting: Option<Posting>,
}

/// The transaction, if it is the caller's own or within the caller's scope.
pub fn visible_transaction(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: PointsTransactionId,
) -> Answer<Posting> {
    let posting =
        points::transaction(tx, id)?.ok_or_else(|| Problem::not_found("points transaction"))?;
    if act.caller.volunteer_if_any() != Some(posting.owner) {
        let standing = volunteers::standing(tx, act, posting.owner)?;
        let target = Target::venue(&standing.home_path);
        act.caller.authorise_read(Permission::PointsRead, target, "points transaction")?;
    }
    Ok(posting)
}

/// Undoes a transaction by one that points at it, once.
pub fn reverse_transaction(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: PointsTransactionId,
    reason: &str,
) -> Answer<Posting> {
    let mistaken = visible_transaction(tx, act, id)?;
    let standing = volunteers::standing(tx, act, mistaken.owner)?;
    act.caller.authorise(Permission::PointsCorrect, Target::venue(&standing.home_path))?;
    if act.caller.volunteer_if_any() == Some(mistaken.owner) {
        return Err(PointsRefusal::OwnPoints.into());
    }
    if mistaken.source.kind == SourceKind::Adjustment
        && let Some(adjustment) = points::lock_adjustment(tx, AdjustmentId(mistaken.source.id))?
    {
        adjustment.check_reversal(act.caller.account_if_any(), &PointsPolicy::default())?;
    }
    let wallet = locked_wallet(tx, mistaken.owner, standing.center_id)?;
    if points::reversal_of(tx, id)?.is_some() {
        return Err(PointsRefusal::AlreadyReversed.into());
    }
    let (center, given) = mistaken.given_by_center()?;
    if mistaken.kind == TransactionKind::Earn {
        reverse_service(tx, act, ServiceRecordId(mistaken.source.id), reason)?;
    } else {
        let entries = if given.is_positive() {
            wallet.take_back(given, center, entries_lot(mistaken.entries.entries()))?
        } else {
            let expires_at = PointsPolicy::default().expiry(act.now, act.zone);
            wallet.credit(
                Points::ZERO.minus(given).map_err(PointsRefusal::from)?,
                center,
                expires_at,
            )?
        };
        let source = Source { kind: SourceKind::PointsTransaction, id: id.0 };
        let draft = Draft {
            id: act.id(),
            kind: TransactionKind::Reverse,
            source,
            reverses: Some(id),
            memo: reason.to_owned(),
            entries,
        };
        post(tx, act, &wallet, draft)?;
        act.publish(
            tx,
            "points.reversed",
            Subject::new("volunteer", mistaken.owner.0),
            &json!({"transaction_id": id, "points": given}),
        )?;
    }
    act.audit(
        tx,
        "reversePointsTransaction",
        Subject::new("points_transaction", id.0),
        None,
        Some(json!({"points": given, "reason": reason})),
    )?;
    points::transaction_of_source(tx, TransactionKind::Reverse, id.0)?
        .ok_or_else(|| Problem::not_found("points transaction"))
}

/// Gives or takes points by hand. Up to the policy's number they are posted at once; more wait for a second person.
pub fn adjust_points(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    command: &Adjust,
) -> Answer<Adjusted> {
    let standing = volunteers::standing(tx, act, command.volunteer_id)?;
    let target = Target::venue(&standing.home_path);
    act.caller.authorise_read(Permission::PointsRead, target, "volunteer")?;
    act.caller.authorise(Permission::PointsCorrect, target)?;
    if act.caller.volunteer_if_any() == Some(command.volunteer_id) {
        return Err(PointsRefusal::OwnPoints.into());
    }
    let adjustment = Adjustment {
        id: act.id(),
        volunteer_id: command.volunteer_id,
        center_id: standing.center_id,
        points: command.points,
        reason: command.reason.clone(),
        state: Adjustment::begins_as(command.points, &PointsPolicy::default()),
        asked_by: act.caller.account_if_any(),
        asked_at: act.now,
        decided_by: None,
        decided_at: None,
    };
    points::insert_adjustment(tx, &adjustment)?;
    audit(tx, act, "adjustPoints", &adjustment)?;
    let posting = match adjustment.state {
        AdjustmentState::Posted => Some(post_adjustment(tx, act, &adjustment)?),
        AdjustmentState::Pending | AdjustmentState::Declined => None,
    };
    Ok(Adjusted { adjustment, posting })
}

/// A second person posts a pending adjustment, or declines it.
pub fn decide_adjustment(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: AdjustmentId,
    state: AdjustmentState,
) -> Answer<Adjusted> {
    let pending =
        points::lock_adjustment(tx, id)?.ok_or_else(|| Problem::not_found("adjustment"))?;
    let standing = volunteers::standing(tx, act, pending.volunteer_id)?;
    let target = Target::venue(&standing.home_path);
    act.caller.authorise_read(Permission::PointsCorrect, target, "adjustment")?;
    if act.caller.volunteer_if_any() == Some(pending.volunteer_id) {
        return Err(PointsRefusal::OwnPoints.into());
    }
    let adjustment = pending.decide(state, act.caller.account_id()?, act.now)?;
    points::update_adjustment(tx, &adjustment)?;
    let operation = match adjustment.state {
        AdjustmentState::Declined => "declineAdjustment",
        AdjustmentState::Pending | AdjustmentState::Posted => "approveAdjustment",
    };
    audit(tx, act, operation, &adjustment)?;
    let posting = match adjustment.state {
        AdjustmentState::Posted => Some(post_adjustment(tx, act, &adjustment)?),
        AdjustmentState::Pending | AdjustmentState::Declined => None,
    };
    Ok(Adjusted { adjustment, posting })
}

/// Adjustments of a center in a state, the oldest first.
pub fn adjustments(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    center: VenueId,
    state: AdjustmentState,
    after: Option<AdjustmentId>,
    limit: i64,
) -> Answer<Vec<Adjustment>> {
    let path = venues::path(tx, center)?.ok_or_else(|| Problem::not_found("venue"))?;
    act.caller.authorise_read(Permission::PointsCorrect, Target::venue(&path), "venue")?;
    Ok(points::adjustments(tx, center, state, after, limit)?)
}

fn post_adjustment(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    adjustment: &Adjustment,
) -> Answer<Posting> {
    let wallet = locked_wallet(tx, adjustment.volunteer_id, adjustment.center_id)?;
    let entries = if adjustment.points.is_positive() {
        let expires_at = PointsPolicy::default().expiry(act.now, act.zone);
        wallet.credit(adjustment.points, adjustment.center_id, expires_at)?
    } else {
        let points = Points::ZERO.minus(adjustment.points).map_err(PointsRefusal::from)?;
        wallet.take_back(points, adjustment.center_id, None)?
    };
    let draft = Draft {
        id: act.id(),
        kind: TransactionKind::Adjust,
        source: Source { kind: SourceKind::Adjustment, id: adjustment.id.0 },
        reverses: None,
        memo: adjustment.reason.clone(),
        entries,
    };
    let (posting, _) = post(tx, act, &wallet, draft)?;
    act.publish(
        tx,
        "points.adjusted",
        Subject::new("volunteer", adjustment.volunteer_id.0),
        &json!({"transaction_id": posting.id, "points": adjustment.points}),
    )?;
    Ok(posting)
}

fn audit(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    adjustment: &Adjustment,
) -> Answer<()> {
    act.audit(
        tx,
        operation,
        Subject::new("points_adjustment", adjustment.id.0),
        None,
        Some(json!({
            "volunteer_id": adjustment.volunteer_id,
            "points": adjustment.points,
            "state": adjustment.state,
        })),
    )
}
