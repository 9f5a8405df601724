//! What care plans ask for is ordered ahead of time, by the program.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shijian_domain::{
    calendar::{day_of, start_of_day},
    ids::{CarePlanId, OrderId},
    orders::{CarePlan, CarePlanState, Due, Step, Weather, WorkCalendar},
};
use shijian_persistence::{
    Transaction,
    orders::{self, PlacedCarePlan, PlacedOrder},
};

use super::{
    Note, calendar,
    care_plans::subject,
    dispatch::{Dispatching, ask},
    needs::{Solicitation, Solicited, solicit},
    person, take,
    telling::staff_of,
};
use crate::{
    act::Act,
    problem::{Answer, Code},
    venues::actions::existing as existing_venue,
};

/// The weather is switched on for a week ahead at most.
const FORESEEN: TimeDelta = TimeDelta::days(9);

/// Does what is due with one plan: each visit that begins within the lead time gets its order, once.
pub fn look(tx: &mut Transaction<'_>, act: &Act<'_>, id: CarePlanId) -> Answer<()> {
    let Some(mut placed) = orders::lock_care_plan(tx, id)? else { return Ok(()) };
    if placed.kept.plan.next_look_at.is_none_or(|look| look > act.now) {
        return Ok(());
    }
    let calendar = calendar(tx, act)?;
    let due = due(tx, act, &placed.kept.plan, &calendar)?;
    for due_at in &due.raised {
        raise(tx, act, &placed, *due_at)?;
    }
    miss(tx, act, &placed.kept.plan, &due)?;
    placed.kept.plan = placed.kept.plan.settled(&due);
    let plan = &placed.kept.plan;
    if plan.state == CarePlanState::Ended {
        let data = json!({"state": plan.state, "venue_id": plan.venue_id, "version": plan.version});
        act.publish(tx, "care_plan.ended", subject(id), &data)?;
    }
    Ok(orders::update_care_plan(tx, &placed.kept)?)
}

fn due(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    plan: &CarePlan,
    calendar: &WorkCalendar,
) -> Answer<Due> {
    match plan.terms.rhythm.weather() {
        Some(weather) => due_by_weather(tx, act, plan, weather, calendar),
        None => Ok(plan.due(act.now, calendar)),
    }
}

fn due_by_weather(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    plan: &CarePlan,
    weather: Weather,
    calendar: &WorkCalendar,
) -> Answer<Due> {
    let today = day_of(act.now, act.zone);
    let switched = orders::switched_days(tx, plan.center_id, weather, today)?;
    let since = start_of_day(today, act.zone);
    let ordered = orders::care_plan_orders(tx, plan.id, since, since + FORESEEN)?;
    let ordered: Vec<_> = ordered.into_iter().map(|(at, _)| day_of(at, act.zone)).collect();
    Ok(plan.due_by_weather(&switched, &ordered, act.now, calendar))
}

/// Orders one visit: reported, registered and dispatched by the program. Where nobody can be asked the station is told, and the clock
/// passes the order on.
fn raise(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedCarePlan,
    due_at: DateTime<Utc>,
) -> Answer<()> {
    let plan = &placed.kept.plan;
    let person = match &placed.kept.person {
        Some(sealed) => Some(person::open_sealed(act, sealed)?),
        None => None,
    };
    let report = Solicitation {
        project_id: None,
        venue_id: plan.venue_id,
        need: plan.terms.need_at(due_at),
        photos: Vec::new(),
        person,
        consent: true,
        client_reference: None,
        external_number: None,
        reported_at: None,
        care_plan_id: Some(plan.id),
    };
    let over = plan.terms.over_if_begun_by(act.now);
    let behind = orders::unserved_before(tx, plan.id, over)?;
    let (Solicited::New(mut order) | Solicited::Known(mut order)) = solicit(tx, act, &report)?;
    orders::insert_care_plan_order(tx, plan.id, due_at, Some(order.kept.order.id))?;
    let data = json!({"care_plan_id": plan.id, "due_at": due_at, "unserved_before": behind});
    take(tx, act, &mut order, Step::Register, Note { reason: None, data: Some(data) })?;
    match ask(tx, act, &mut order, &Dispatching::default()) {
        Err(problem) if problem.code() == Code::NoCandidates => {
            tell_nobody_asked(tx, act, plan, &order)?;
        }
        asked => asked?,
    }
    let data = json!({"order_id": order.kept.order.id, "due_at": due_at});
    act.publish(tx, "care_plan.order_raised", subject(plan.id), &data)
}

fn tell_nobody_asked(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    plan: &CarePlan,
    order: &PlacedOrder,
) -> Answer<()> {
    let id: OrderId = order.kept.order.id;
    let told = staff_of(tx, act, order.kept.order.holder_id())?;
    let data = json!({
        "order_id": id,
        "number": order.kept.order.number,
        "title": order.kept.order.need.title,
        "account_ids": told,
    });
    act.publish(tx, "care_plan.nobody_to_ask", subject(plan.id), &data)
}

/// Keeps which visits nobody ordered in time, and tells the staff once.
fn miss(tx: &mut Transaction<'_>, act: &Act<'_>, plan: &CarePlan, due: &Due) -> Answer<()> {
    let (Some(first), Some(last)) = (due.missed.first(), due.missed.last()) else { return Ok(()) };
    for due_at in &due.missed {
        orders::insert_care_plan_order(tx, plan.id, *due_at, None)?;
    }
    let venue = existing_venue(tx, plan.venue_id)?;
    let ladder = orders::ladder_of(tx, &venue.path)?;
    let holder = ladder.and_then(|ladder| ladder.venue_at(ladder.start()));
    let told = staff_of(tx, act, holder.unwrap_or(venue.id))?;
    let data = json!({
        "title": plan.terms.need.title,
        "missed": due.missed.len(),
        "first": first,
        "last": last,
        "account_ids": told,
    });
    act.publish(tx, "care_plan.visits_missed", subject(plan.id), &data)
}
