//! What can be done with venues.

use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::VenueId,
    venues::{CenterRules, NewVenue, Venue, VenueKind, VenueRefusal},
};
use shijian_persistence::{Transaction, orders, venues};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
};

/// The venue, or `not_found`.
pub fn existing(tx: &mut Transaction<'_>, id: VenueId) -> Answer<Venue> {
    venues::venue(tx, id)?.ok_or_else(|| Problem::not_found("venue"))
}

/// A parent that the request names, held until the transaction ends: it does not move while something is hung below it.
fn parent(tx: &mut Transaction<'_>, id: VenueId) -> Answer<Venue> {
    venues::lock_venue(tx, id)?.ok_or_else(|| Problem::not_found("venue").at("/parent_id"))
}

/// Founds a venue under `parent_id`; only the whole deployment's administrators found a root.
pub fn create_venue(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    parent_id: Option<VenueId>,
    new: &NewVenue,
) -> Answer<Venue> {
    let parent = parent_id.map(|id| parent(tx, id)).transpose()?;
    let target = parent.as_ref().map_or(Target::DEPLOYMENT, |parent| Target::venue(&parent.path));
    act.caller.authorise(Permission::VenueManage, target)?;
    let venue = Venue::found(act.id(), new.clone(), parent.as_ref(), act.now)?;
    if venues::venue_by_code(tx, &venue.code)?.is_some() {
        return Err(VenueRefusal::CodeTaken { code: venue.code }.into());
    }
    venues::insert_venue(tx, &venue)?;
    act.audit(tx, "createVenue", subject(&venue), None, Some(json!({"code": venue.code})))?;
    act.publish(
        tx,
        "venue.created",
        subject(&venue),
        &json!({"code": venue.code, "kind": venue.kind}),
    )?;
    Ok(venue)
}

/// Replaces what the venue tells of itself, and moves it where `parent_id` is another.
pub fn replace_venue(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VenueId,
    parent_id: Option<VenueId>,
    new: &NewVenue,
) -> Answer<Venue> {
    let before = venues::lock_venue(tx, id)?.ok_or_else(|| Problem::not_found("venue"))?;
    act.caller.authorise(Permission::VenueManage, Target::venue(&before.path))?;
    act.expect_version(before.version)?;
    if new.profile.trusted != before.profile.trusted {
        // Trust spares a venue the review by the tier above, so it is the tier above that gives it.
        act.caller.authorise(Permission::VenueManage, Target::venue(&before.path.above()))?;
    }
    let mut after = before.clone().replace(new.clone())?;
    if parent_id != before.parent_id {
        let parent = match parent_id {
            Some(parent_id) => parent(tx, parent_id)?,
            None => {
                return Err(VenueRefusal::WrongParent { kind: before.kind, parent: None }.into());
            }
        };
        act.caller.authorise(Permission::VenueManage, Target::venue(&parent.path))?;
        after = Venue { version: after.version, ..after.clone().move_under(&parent)? };
        venues::move_subtree(tx, &before.path, &after.path, after.center_id)?;
    }
    venues::update_venue(tx, &after)?;
    if after.path != before.path {
        orders::follow_moved(tx, &after.path)?;
    }
    let told = |venue: &Venue| json!({"state": venue.state, "path": venue.path.as_str(), "name": venue.profile.name});
    act.audit(tx, "replaceVenue", subject(&after), Some(told(&before)), Some(told(&after)))?;
    act.publish(tx, "venue.replaced", subject(&after), &json!({"version": after.version}))?;
    Ok(after)
}

/// The rules of a center, or `not_found`.
pub fn center_rules(tx: &mut Transaction<'_>, id: VenueId) -> Answer<CenterRules> {
    venues::venue(tx, id)?.filter(is_center).ok_or_else(|| Problem::not_found("center"))?;
    Ok(venues::center_rules(tx, id)?)
}

fn is_center(venue: &Venue) -> bool {
    venue.kind == VenueKind::Center
}

/// Replaces the rules of a center. What was decided by the old ones stands.
pub fn replace_center_rules(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    rules: CenterRules,
) -> Answer<CenterRules> {
    let center = venues::lock_venue(tx, rules.center_id)?
        .filter(is_center)
        .ok_or_else(|| Problem::not_found("center"))?;
    act.caller.authorise(Permission::VenueManage, Target::venue(&center.path))?;
    let before = venues::center_rules(tx, center.id)?;
    act.expect_version(before.version)?;
    let after = CenterRules { version: before.version + 1, ..rules };
    venues::keep_center_rules(tx, &after)?;
    let told = |rules: &CenterRules| {
        json!({
            "least_share_percent": rules.least_share.as_percent(),
            "promotion_day": rules.promotion_day.day(),
            "induction": rules.induction,
            "common_needs_threshold": rules.common_needs_threshold.as_needs(),
        })
    };
    let (old, new) = (Some(told(&before)), Some(told(&after)));
    act.audit(tx, "replaceCenterRules", subject(&center), old, new)?;
    Ok(after)
}

fn subject(venue: &Venue) -> Subject {
    Subject::new("venue", venue.id.0)
}
