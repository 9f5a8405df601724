//! Versions of a center's earning rules: made as drafts, tried on the past, put in force.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{EarningRulesId, VenueId, VolunteerId},
    points::{
        Caps, EarningRule, EarningRules, EarningRulesState, PointsRefusal, Simulated, simulate,
    },
    venues::VenueKind,
};
use shijian_persistence::{Transaction, points};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    venues,
};

/// Service records that one simulation plays at most.
const RECORDS_MAX: i64 = 20_000;

/// A draft to be.
#[derive(Debug, Clone)]
pub struct NewRules {
    pub center_id: VenueId,
    pub title: String,
    pub rules: Vec<EarningRule>,
    pub caps: Caps,
}

/// Drafts a version of a center's rules.
pub fn create_rules(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: &NewRules,
) -> Answer<EarningRules> {
    let center = venues::actions::existing(tx, new.center_id)?;
    act.caller.authorise(Permission::EarningRulesManage, Target::venue(&center.path))?;
    if center.kind != VenueKind::Center {
        return Err(Problem::new(Code::InvalidBody)
            .say("规则属于中心。", "Rules belong to a center.")
            .at("/center_id"));
    }
    let rules = EarningRules {
        id: act.id(),
        center_id: new.center_id,
        title: new.title.clone(),
        state: EarningRulesState::Draft,
        rules: new.rules.clone(),
        caps: new.caps,
        created_by: act.caller.account_if_any(),
        created_at: act.now,
        active_from: None,
        active_to: None,
        version: 1,
    };
    points::insert_rules(tx, &rules)?;
    audit(tx, act, "createEarningRules", &rules)?;
    Ok(rules)
}

/// Puts a draft in force and ends the version before it.
pub fn activate_rules(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: EarningRulesId,
) -> Answer<EarningRules> {
    let draft = points::lock_rules(tx, id)?.ok_or_else(|| Problem::not_found("earning rules"))?;
    authorise(tx, act, &draft, Permission::EarningRulesManage)?;
    act.expect_version(draft.version)?;
    let rules = draft.activate(act.now)?;
    if let Some(before) = points::lock_rules_in_force(tx, rules.center_id)? {
        points::update_rules(tx, &before.end(act.now))?;
    }
    points::update_rules(tx, &rules)?;
    audit(tx, act, "activateEarningRules", &rules)?;
    act.publish(
        tx,
        "earning_rules.activated",
        Subject::new("earning_rules", rules.id.0),
        &json!({"center_id": rules.center_id}),
    )?;
    Ok(rules)
}

/// A center's versions, the latest first.
pub fn list_rules(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    center: VenueId,
    before: Option<EarningRulesId>,
    limit: i64,
) -> Answer<Vec<EarningRules>> {
    let venue = venues::actions::existing(tx, center)?;
    act.caller.authorise_read(Permission::EarningRulesRead, Target::venue(&venue.path), "venue")?;
    Ok(points::rules_of_center(tx, center, before, limit)?)
}

/// What each person would have got by these rules for service from `first` to `last`.
pub fn simulate_rules(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: EarningRulesId,
    first: NaiveDate,
    last: NaiveDate,
) -> Answer<BTreeMap<VolunteerId, Simulated>> {
    let rules = points::rules(tx, id)?.ok_or_else(|| Problem::not_found("earning rules"))?;
    authorise(tx, act, &rules, Permission::EarningRulesManage)?;
    let credits = points::credits_of_center(tx, rules.center_id, first, last, RECORDS_MAX + 1)?;
    if i64::try_from(credits.len()).unwrap_or(i64::MAX) > RECORDS_MAX {
        return Err(Problem::new(Code::InvalidBody)
            .say(
                format!("该时段超过 {RECORDS_MAX} 条服务记录,请缩短时段。"),
                format!("The period has more than {RECORDS_MAX} service records: shorten it."),
            )
            .at("/to"));
    }
    let records: Vec<_> =
        credits.into_iter().map(|credit| (credit.service, credit.points)).collect();
    Ok(simulate(&rules.rules, rules.caps, &records).map_err(PointsRefusal::from)?)
}

/// The rules' center must be in the caller's scope; elsewhere the rules do not exist for the caller.
fn authorise(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    rules: &EarningRules,
    permission: Permission,
) -> Answer<()> {
    let center = venues::actions::existing(tx, rules.center_id)?;
    let target = Target::venue(&center.path);
    act.caller.authorise_read(Permission::EarningRulesRead, target, "earning rules")?;
    act.caller.authorise(permission, target)
}

fn audit(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    rules: &EarningRules,
) -> Answer<()> {
    act.audit(
        tx,
        operation,
        Subject::new("earning_rules", rules.id.0),
        None,
        Some(json!({"center_id": rules.center_id, "title": rules.title, "state": rules.state})),
    )
}
