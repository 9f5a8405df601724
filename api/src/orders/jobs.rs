//! What happens to orders by itself: clocks run out, care plans raise orders, and what many ask for is suggested as a project.

use chrono::TimeDelta;
use shijian_domain::{ids::OrderId, orders::Step, teams::TeamCategory, venues::VenueKind};
use shijian_persistence::{
    Transaction, orders,
    venues::{VenueFilter, venues_by_path},
};

use super::actions::{Note, common_needs, dispatch, raising, take};
use crate::{act::Act, problem::Answer};

/// Centers that are read at a time.
const CENTERS: i64 = 50;
/// Care plans that are looked at in one transaction: each may raise a dozen orders.
const PLANS_AT_ONCE: usize = 20;
/// A plan that cannot be followed is tried again after so long.
const AGAIN: TimeDelta = TimeDelta::hours(1);

/// Does what follows where a clock is out, the longest first. One that fails is logged and does not stand in the way of the others.
pub fn run_clocks(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut done = 0;
    for id in orders::due_orders(tx, act.now, limit)? {
        match tx.alone(|tx| run_out(tx, act, id)) {
            Ok(()) => done += 1,
            Err(problem) if problem.is_of_the_database() => return Err(problem),
            Err(problem) => tracing::error!(%id, %problem, "an order's clock cannot be followed"),
        }
    }
    Ok(done)
}

fn run_out(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<()> {
    let Some(mut placed) = orders::lock_order(tx, id)? else { return Ok(()) };
    let order = &placed.kept.order;
    let is_out = order.progress.clock.is_some_and(|clock| clock.due_at <= act.now);
    let Some(step) = order.when_due().filter(|_| is_out) else { return Ok(()) };
    match step {
        Step::Escalate => dispatch::pass_up(tx, act, &mut placed, Note::default()),
        step => take(tx, act, &mut placed, step, Note::default()).map(drop),
    }
}

/// Suggests projects for what many need, category by category at each center, and puts earlier suggestions right. The work of a
/// batch ends with the suggestion that fills it.
pub fn suggest_projects(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut done = common_needs::review(tx, act, limit)?;
    let filter = VenueFilter { kind: Some(VenueKind::Center), ..VenueFilter::default() };
    let mut after: Option<String> = None;
    loop {
        let centers = venues_by_path(tx, &filter, after.as_deref(), CENTERS)?;
        let Some(last) = centers.last() else { return Ok(done) };
        after = Some(last.path.as_str().to_owned());
        for center in &centers {
            for category in TeamCategory::ALL {
                if done >= batch {
                    return Ok(done);
                }
                done += common_needs::seek(tx, act, center, *category)?;
            }
        }
    }
}

/// Raises the orders of care plans ahead of time. A plan that fails is logged, put off, and does not stand in the way of the others.
pub fn raise_care_orders(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch.min(PLANS_AT_ONCE)).unwrap_or(i64::MAX);
    let due = orders::due_care_plans(tx, act.now, limit)?;
    for id in &due {
        match tx.alone(|tx| raising::look(tx, act, *id)) {
            Ok(()) => {}
            Err(problem) if problem.is_of_the_database() => return Err(problem),
            Err(problem) => {
                tracing::error!(%id, %problem, "a care plan cannot be followed");
                orders::put_off_care_plan(tx, *id, act.now + AGAIN)?;
            }
        }
    }
    Ok(due.len())
}
