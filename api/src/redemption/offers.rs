//! What can be done with offers.

use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{OfferId, PartnerId},
    redemption::{NewOffer, Offer, OfferState},
    venues::VenuePath,
};
use shijian_persistence::{Transaction, redemption};

use super::partners;
use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
};

/// Drafts an offer of a partner.
pub fn create_offer(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    partner_id: PartnerId,
    content: &NewOffer,
) -> Answer<Offer> {
    let path = partners::path(tx, partner_id).map_err(|problem| problem.at("/partner_id"))?;
    act.caller.authorise(Permission::OfferWrite, Target::venue(&path).or_partner(partner_id))?;
    let created_by = act.caller.account_if_any();
    let offer = Offer::draft(act.id(), partner_id, content.clone(), created_by, act.now)?;
    redemption::insert_offer(tx, &offer)?;
    record(tx, act, "createOffer", None, &offer)?;
    Ok(offer)
}

/// Replaces a draft.
pub fn replace_offer(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OfferId,
    partner_id: PartnerId,
    content: &NewOffer,
) -> Answer<Offer> {
    let (before, _) = writable(tx, act, id, Permission::OfferWrite)?;
    if partner_id != before.partner_id {
        return Err(Problem::new(Code::InvalidBody)
            .say("兑换资源的商户不能改变。", "An offer keeps its partner.")
            .at("/partner_id"));
    }
    let after = before.clone().replace(content.clone())?;
    redemption::update_offer(tx, &after)?;
    record(tx, act, "replaceOffer", Some(before.state), &after)?;
    Ok(after)
}

/// Publishes an offer where the caller reviews offers, and hands it in for review elsewhere.
pub fn publish_offer(tx: &mut Transaction<'_>, act: &Act<'_>, id: OfferId) -> Answer<Offer> {
    let (before, path) = writable(tx, act, id, Permission::OfferWrite)?;
    let reviews = act.caller.may(Permission::OfferReview, Target::venue(&path));
    let after = before.clone().publish(reviews)?;
    changed(tx, act, "publishOffer", &before, after)
}

/// Gives an offer in review back for changes.
pub fn return_offer(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OfferId,
    reason: &str,
) -> Answer<Offer> {
    let (before, _) = writable(tx, act, id, Permission::OfferReview)?;
    let after = before.clone().return_to_draft(reason.to_owned())?;
    changed(tx, act, "returnOffer", &before, after)
}

/// Pauses, resumes or ends an offer.
pub fn move_offer(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OfferId,
    operation: &str,
    next: OfferState,
) -> Answer<Offer> {
    let (before, _) = writable(tx, act, id, Permission::OfferWrite)?;
    let after = before.clone().move_to(next)?;
    changed(tx, act, operation, &before, after)
}

/// The offer: published ones for everybody, others within the caller's scope.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: OfferId) -> Answer<Offer> {
    let offer = redemption::offer(tx, id)?.ok_or_else(|| Problem::not_found("offer"))?;
    if !offer.is_public() {
        may_see_drafts(tx, act, offer.partner_id)?;
    }
    Ok(offer)
}

/// Drafts and what is in review belong to the partner and to the venue that looks after it.
pub fn may_see_drafts(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    partner_id: PartnerId,
) -> Answer<()> {
    let path = partners::path(tx, partner_id)?;
    let target = Target::venue(&path).or_partner(partner_id);
    act.caller.authorise_read(Permission::OfferWrite, target, "offer")
}

/// The offer under its lock, and the path of the venue that looks after its partner.
fn writable(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OfferId,
    permission: Permission,
) -> Answer<(Offer, VenuePath)> {
    let offer = redemption::lock_offer(tx, id)?.ok_or_else(|| Problem::not_found("offer"))?;
    let path = partners::path(tx, offer.partner_id)?;
    let target = Target::venue(&path).or_partner(offer.partner_id);
    if !offer.is_public() {
        act.caller.authorise_read(Permission::OfferWrite, target, "offer")?;
    }
    act.caller.authorise(permission, target)?;
    act.expect_version(offer.version)?;
    Ok((offer, path))
}

fn changed(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    before: &Offer,
    after: Offer,
) -> Answer<Offer> {
    redemption::update_offer(tx, &after)?;
    record(tx, act, operation, Some(before.state), &after)?;
    act.publish(
        tx,
        &format!("offer.{}", after.state),
        Subject::new("offer", after.id.0),
        &json!({"partner_id": after.partner_id}),
    )?;
    Ok(after)
}

fn record(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    before: Option<OfferState>,
    after: &Offer,
) -> Answer<()> {
    let told = |state: OfferState| json!({"state": state});
    let content = &after.content;
    act.audit(
        tx,
        operation,
        Subject::new("offer", after.id.0),
        before.map(told),
        Some(json!({"state": after.state, "points": content.points, "stock": content.stock})),
    )
}
