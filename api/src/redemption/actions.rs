//! Points exchanged for offers: redeem, cancel, consume, refund.

use chrono::TimeDelta;
use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{OfferId, RedemptionId},
    points::{Balanced, Draft, Source, SourceKind, TransactionKind, Wallet, parts_of_hold},
    redemption::{
        Redemption, RedemptionFacts, RedemptionPolicy, RedemptionState, VoucherCode,
        decide_redemption,
    },
    units::Points,
};
use shijian_persistence::{
    Transaction, points,
    redemption::{self, Kept},
};

use crate::{
    act::{Act, Subject},
    chance::draw,
    points::ledger::{locked_wallet, post},
    problem::{Answer, Problem},
    volunteers,
};

/// What a voucher's code is sealed and indexed as.
const VOUCHER: &str = "voucher";

/// What somebody wants to redeem.
#[derive(Debug, Clone, Copy)]
pub struct Redeem {
    pub offer_id: OfferId,
    pub quantity: i64,
}

/// A redemption, with its voucher's code for those who may see it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub redemption: Redemption,
    pub code: Option<VoucherCode>,
}

/// Exchanges points for an offer: points move from available to held, the stock goes down and a voucher comes out, all or
/// nothing. The wallet's lock makes the person's limit hold, the offer's lock makes the stock hold.
pub fn redeem(tx: &mut Transaction<'_>, act: &Act<'_>, command: &Redeem) -> Answer<Shown> {
    let standing = volunteers::standing(tx, act, act.caller.volunteer_id()?)?;
    let wallet = locked_wallet(tx, standing.id, standing.center_id)?;
    let offer =
        redemption::lock_offer(tx, command.offer_id)?.ok_or_else(|| Problem::not_found("offer"))?;
    let redeemed_before = match offer.content.limit_per_person {
        Some(_) => {
            let since = offer.content.limit_days.map(|days| act.now - TimeDelta::days(days));
            redemption::redeemed_count(tx, standing.id, offer.id, since)?
        }
        None => 0,
    };
    let facts = RedemptionFacts {
        offer: &offer,
        quantity: command.quantity,
        volunteer_state: standing.state,
        star_level: standing.star_level,
        wallet: &wallet,
        redeemed_before,
    };
    let decision = decide_redemption(facts, act.now, act.zone)?;
    let redemption = Redemption {
        id: act.id(),
        offer_id: offer.id,
        partner_id: offer.partner_id,
        volunteer_id: standing.id,
        title: offer.content.title,
        quantity: command.quantity,
        points: decision.points,
        state: RedemptionState::Held,
        expires_at: decision.expires_at,
        created_at: act.now,
        consumed_at: None,
        consumed_by: None,
        ended_at: None,
        reason: None,
        version: 1,
    };
    if decision.points.is_positive() {
        let draft = draft(act, &redemption, TransactionKind::Hold, decision.hold);
        post(tx, act, &wallet, draft)?;
    }
    redemption::change_stock(tx, offer.id, decision.stock_left - offer.stock_left)?;
    let code = VoucherCode::drawn(draw(act.chance));
    redemption::insert_redemption(
        tx,
        &Kept {
            redemption: redemption.clone(),
            voucher_index: index(act, &code),
            sealed_code: act.vault.seal(VOUCHER, code.as_str(), act.chance)?,
        },
    )?;
    tell(tx, act, "redemption.held", &redemption)?;
    Ok(Shown { redemption, code: Some(code) })
}

/// The owner gives a held voucher back: points return to their lots and the stock goes up.
pub fn cancel(tx: &mut Transaction<'_>, act: &Act<'_>, id: RedemptionId) -> Answer<Shown> {
    let kept = existing(tx, id)?;
    if kept.redemption.volunteer_id != act.caller.volunteer_id()? {
        return Err(Problem::not_found("redemption"));
    }
    let (wallet, kept) = locked(tx, &kept.redemption)?;
    act.expect_version(kept.redemption.version)?;
    let redemption = kept.redemption.cancel(act.now)?;
    give_back(tx, act, &wallet, &redemption)?;
    tell(tx, act, "redemption.cancelled", &redemption)?;
    Ok(Shown { redemption, code: None })
}

/// The last day of a held voucher is over: as cancelling, by the program. `false` if it was settled meanwhile.
pub fn expire(tx: &mut Transaction<'_>, act: &Act<'_>, id: RedemptionId) -> Answer<bool> {
    let kept = existing(tx, id)?;
    let (wallet, kept) = locked(tx, &kept.redemption)?;
    let Ok(redemption) = kept.redemption.expire(act.now) else { return Ok(false) };
    give_back(tx, act, &wallet, &redemption)?;
    tell(tx, act, "redemption.expired", &redemption)?;
    Ok(true)
}

/// A clerk of the partner honours the voucher, once: what was held becomes the partner's.
pub fn consume(tx: &mut Transaction<'_>, act: &Act<'_>, code: &VoucherCode) -> Answer<Shown> {
    let kept = by_voucher(tx, act, code)?;
    let partner = kept.redemption.partner_id;
    act.caller.authorise_read(Permission::VoucherConsume, Target::partner(partner), "voucher")?;
    let (wallet, kept) = locked(tx, &kept.redemption)?;
    act.expect_version(kept.redemption.version)?;
    let redemption = kept.redemption.consume(act.caller.account_if_any(), act.now)?;
    move_held(tx, act, &wallet, &redemption, TransactionKind::Consume)?;
    redemption::update_redemption(tx, &redemption)?;
    audit(tx, act, "consumeVoucher", &redemption)?;
    tell(tx, act, "voucher.consumed", &redemption)?;
    Ok(Shown { redemption, code: None })
}

/// What a clerk of the partner sees of a voucher before honouring it.
pub fn voucher(tx: &mut Transaction<'_>, act: &Act<'_>, code: &VoucherCode) -> Answer<Shown> {
    let kept = by_voucher(tx, act, code)?;
    let target = Target::partner(kept.redemption.partner_id);
    act.caller.authorise_read(Permission::VoucherConsume, target, "voucher")?;
    Ok(Shown { redemption: kept.redemption, code: None })
}

/// Staff undo a consumption within the policy's days: the partner gives the points back to their lots.
pub fn refund(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: RedemptionId,
    reason: &str,
) -> Answer<Shown> {
    let kept = existing(tx, id)?;
    authorise_staff(tx, act, &kept.redemption, Permission::RedemptionRead, true)?;
    authorise_staff(tx, act, &kept.redemption, Permission::RedemptionRefund, false)?;
    let (wallet, kept) = locked(tx, &kept.redemption)?;
    act.expect_version(kept.redemption.version)?;
    let policy = RedemptionPolicy::default();
    let redemption = kept.redemption.refund(reason.to_owned(), &policy, act.now)?;
    move_held(tx, act, &wallet, &redemption, TransactionKind::Refund)?;
    redemption::update_redemption(tx, &redemption)?;
    audit(tx, act, "refundRedemption", &redemption)?;
    tell(tx, act, "redemption.refunded", &redemption)?;
    Ok(Shown { redemption, code: None })
}

/// The redemption, if it is the caller's own, with its code, or within the caller's scope, without.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: RedemptionId) -> Answer<Shown> {
    let kept = existing(tx, id)?;
    if act.caller.volunteer_if_any() == Some(kept.redemption.volunteer_id) {
        return own(act, kept);
    }
    authorise_staff(tx, act, &kept.redemption, Permission::RedemptionRead, true)?;
    Ok(Shown { redemption: kept.redemption, code: None })
}

/// A redemption as its owner sees it: with the code while it is good for something.
pub fn own(act: &Act<'_>, kept: Kept) -> Answer<Shown> {
    let code = match kept.redemption.state {
        RedemptionState::Held => {
            let text = act.vault.open(VOUCHER, &kept.sealed_code)?;
            VoucherCode::parse(&text).ok()
        }
        _ => None,
    };
    Ok(Shown { redemption: kept.redemption, code })
}

fn existing(tx: &mut Transaction<'_>, id: RedemptionId) -> Answer<Kept> {
    redemption::redemption(tx, id)?.ok_or_else(|| Problem::not_found("redemption"))
}

fn by_voucher(tx: &mut Transaction<'_>, act: &Act<'_>, code: &VoucherCode) -> Answer<Kept> {
    redemption::redemption_by_voucher(tx, &index(act, code))?
        .ok_or_else(|| Problem::not_found("voucher"))
}

fn index(act: &Act<'_>, code: &VoucherCode) -> Vec<u8> {
    act.vault.blind_index(VOUCHER, code.as_str()).to_vec()
}

/// The owner's wallet under its lock, and the redemption as it is now: whoever settles it holds the same lock.
fn locked(tx: &mut Transaction<'_>, seen: &Redemption) -> Answer<(Wallet, Kept)> {
    let wallet = points::lock_wallet(tx, seen.volunteer_id)?
        .ok_or_else(|| Problem::not_found("redemption"))?;
    Ok((wallet, existing(tx, seen.id)?))
}

fn authorise_staff(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    redemption: &Redemption,
    permission: Permission,
    reads: bool,
) -> Answer<()> {
    let path = super::partners::path(tx, redemption.partner_id)?;
    let target = Target::venue(&path).or_partner(redemption.partner_id);
    if reads {
        act.caller.authorise_read(permission, target, "redemption")
    } else {
        act.caller.authorise(permission, target)
    }
}

/// Gives back points, lots and stock.
fn give_back(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    wallet: &Wallet,
    redemption: &Redemption,
) -> Answer<()> {
    move_held(tx, act, wallet, redemption, TransactionKind::Release)?;
    redemption::change_stock(tx, redemption.offer_id, redemption.quantity)?;
    Ok(redemption::update_redemption(tx, redemption)?)
}

/// Moves what the redemption's hold took on; nothing for what was free.
fn move_held(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    wallet: &Wallet,
    redemption: &Redemption,
    kind: TransactionKind,
) -> Answer<()> {
    if redemption.points == Points::ZERO {
        return Ok(());
    }
    let hold = points::transaction_of_source(tx, TransactionKind::Hold, redemption.id.0)?
        .ok_or_else(|| Problem::not_found("points transaction"))?;
    let parts = parts_of_hold(hold.entries.entries());
    let entries = match kind {
        TransactionKind::Consume => wallet.consume(&parts, redemption.partner_id)?,
        TransactionKind::Refund => wallet.refund(&parts, redemption.partner_id)?,
        _ => wallet.release(&parts)?,
    };
    post(tx, act, wallet, draft(act, redemption, kind, entries))?;
    Ok(())
}

fn draft(
    act: &Act<'_>,
    redemption: &Redemption,
    kind: TransactionKind,
    entries: Balanced,
) -> Draft {
    Draft {
        id: act.id(),
        kind,
        source: Source { kind: SourceKind::Redemption, id: redemption.id.0 },
        reverses: None,
        memo: redemption.title.clone(),
        entries,
    }
}

fn tell(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    event: &str,
    redemption: &Redemption,
) -> Answer<()> {
    act.publish(
        tx,
        event,
        Subject::new("redemption", redemption.id.0),
        &json!({
            "volunteer_id": redemption.volunteer_id,
            "partner_id": redemption.partner_id,
            "offer_id": redemption.offer_id,
            "quantity": redemption.quantity,
            "points": redemption.points,
        }),
    )
}

fn audit(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    redemption: &Redemption,
) -> Answer<()> {
    act.audit(
        tx,
        operation,
        Subject::new("redemption", redemption.id.0),
        None,
        Some(json!({"state": redemption.state, "points": redemption.points})),
    )
}
