//! Triage: what a dispatcher makes of a need.

use chrono::TimeDelta;
use serde_json::json;
use shijian_domain::{
    ids::OrderId,
    orders::{OrderRefusal, Step, Urgency},
    teams::TeamCategory,
    units::Metres,
};
use shijian_persistence::{
    Transaction,
    orders::{self, Kept, PlacedOrder},
};

use super::{Note, changing, held, step, take, visible};
use crate::{
    act::Act,
    problem::{Answer, Problem},
};

/// The same category within these bounds may be the same need. A place is kept to a hundred metres.
const SAME_PLACE: Metres = Metres(200);
const SAME_TIME: TimeDelta = TimeDelta::days(7);
const MOST_ALIKE: i64 = 10;

/// What a dispatcher corrects in registering a need.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    pub category: Option<TeamCategory>,
    pub urgency: Option<Urgency>,
    pub title: Option<String>,
    pub skill: Option<String>,
}

/// A dispatcher takes a need on.
pub fn register(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    corrected: &Registration,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    let need = &mut placed.kept.order.need;
    let before = (need.category, need.urgency);
    need.category = corrected.category.unwrap_or(need.category);
    need.urgency = corrected.urgency.unwrap_or(need.urgency);
    need.title = corrected.title.clone().unwrap_or_else(|| need.title.clone());
    need.skill = corrected.skill.clone().or_else(|| need.skill.clone());
    let data = (before != (need.category, need.urgency)).then(|| {
        json!({"category": need.category, "urgency": need.urgency, "was": {"category": before.0, "urgency": before.1}})
    });
    take(tx, act, &mut placed, Step::Register, Note { reason: None, data })?;
    orders::update_need(tx, &placed.kept)?;
    Ok(placed)
}

/// Orders that may be about the same need: of its category, at its place, within a week.
pub fn alike(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<Vec<Kept>> {
    let placed = visible(tx, act, id)?;
    let since = placed.kept.order.created_at - SAME_TIME;
    Ok(orders::same_needs(tx, &placed.kept, SAME_PLACE, since, MOST_ALIKE)?)
}

/// Another order goes on for this one.
pub fn merge(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    into: OrderId,
) -> Answer<PlacedOrder> {
    if id == into {
        return Err(OrderRefusal::WrongMerge.into());
    }
    // Both are held, the lower id first, so that two merges never wait in a circle.
    let at_into = |problem: Problem| problem.at("/into");
    let (mut placed, mut other) = if id < into {
        let placed = held(tx, act, id)?;
        (placed, held(tx, act, into).map_err(at_into)?)
    } else {
        let other = held(tx, act, into).map_err(at_into)?;
        (held(tx, act, id)?, other)
    };
    act.expect_version(placed.kept.order.progress.version)?;
    if !other.kept.order.progress.state.is_open() {
        return Err(OrderRefusal::WrongMerge.into());
    }
    let data = Some(json!({"into": into}));
    take(tx, act, &mut placed, Step::Merge, Note { reason: None, data })?;
    orders::merge_into(tx, &mut placed.kept, into)?;
    let data = Some(json!({"absorbed": id, "number": placed.kept.order.number}));
    take(tx, act, &mut other, Step::Absorb, Note { reason: None, data })?;
    Ok(placed)
}

/// A department, or the hotline, goes on with it under its own number.
pub fn transfer(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    to: &str,
    number: Option<&str>,
    reason: Option<String>,
) -> Answer<PlacedOrder> {
    let data = Some(json!({"to": to, "number": number}));
    step(tx, act, id, Step::Transfer, Note { reason, data })
}
