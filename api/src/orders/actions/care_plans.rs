//! Care plans: staff plan a recurring service for one person (docs/rules.md#care-plans).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use shijian_domain::{
    identity::{Permission, Target},
    ids::{CarePlanId, OrderId, VenueId},
    orders::{CarePlan, CarePlanState, CarePlanTerms, Need, PersonServed, WorkCalendar, coarse},
};
use shijian_persistence::{
    Transaction,
    orders::{self, KeptCarePlan, PlacedCarePlan},
};

use super::{
    calendar,
    needs::{ensure_consent, ladder_over, sealed},
};
use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
    venues::actions::existing as existing_venue,
};

/// A plan to be made.
#[derive(Debug, Clone)]
pub struct Planning {
    pub venue_id: VenueId,
    /// Its place is exact: what is kept in the open is not.
    pub terms: CarePlanTerms,
    pub person: PersonServed,
    /// Whether the person agreed that whoever serves learns who they are.
    pub consent: bool,
}

/// What a plan is changed to.
#[derive(Debug, Clone)]
pub struct Replanning {
    pub terms: CarePlanTerms,
    /// Somebody else, or the same person under another address; whoever was served still is, if none is given.
    pub person: Option<PersonServed>,
    pub consent: bool,
}

/// A plan with the work calendar that it is read by.
#[derive(Debug, Clone)]
pub struct Planned {
    pub plan: CarePlan,
    pub has_person: bool,
    /// The first visit that has no order yet.
    pub next_due_at: Option<DateTime<Utc>>,
}

/// One visit of a plan: what became of it, or when it will be.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    pub due_at: DateTime<Utc>,
    pub fate: Fate,
}

/// What became of a visit.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    Planned,
    Raised(OrderId),
    Missed,
}

/// The plan, or `not_found`, for whom it is no business too.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: CarePlanId) -> Answer<Planned> {
    let placed = orders::care_plan(tx, id)?.ok_or_else(not_found)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&placed.path), "care plan")?;
    planned(tx, act, placed.kept)
}

/// The plan, held until the transaction ends, for whoever manages it.
fn held(tx: &mut Transaction<'_>, act: &Act<'_>, id: CarePlanId) -> Answer<PlacedCarePlan> {
    let placed = orders::lock_care_plan(tx, id)?.ok_or_else(not_found)?;
    let target = Target::venue(&placed.path);
    act.caller.authorise_read(Permission::OrderRead, target, "care plan")?;
    act.caller.authorise(Permission::CarePlanManage, target)?;
    act.expect_version(placed.kept.plan.version)?;
    Ok(placed)
}

fn not_found() -> Problem {
    Problem::not_found("care plan")
}

/// Plans a service. The program looks at it at once.
pub fn create(tx: &mut Transaction<'_>, act: &Act<'_>, planning: &Planning) -> Answer<Planned> {
    let at_venue = |problem: Problem| problem.at("/venue_id");
    let venue = existing_venue(tx, planning.venue_id).map_err(at_venue)?;
    act.caller.authorise(Permission::CarePlanManage, Target::venue(&venue.path))?;
    let ladder = ladder_over(tx, &venue)?;
    ensure_consent(planning.consent)?;
    let account = act.caller.account_if_any();
    let plan = CarePlan {
        id: act.id(),
        venue_id: venue.id,
        center_id: ladder.center_id,
        terms: in_the_open(planning.terms.clone().checked()?),
        state: CarePlanState::Active,
        created_by: account,
        created_at: act.now,
        consent_at: act.now,
        consent_by: account,
        settled_until: act.now,
        next_look_at: Some(act.now),
        version: 1,
    };
    let kept = KeptCarePlan { plan, person: Some(sealed(act, &planning.person)?) };
    orders::insert_care_plan(tx, &kept)?;
    record(tx, act, "createCarePlan", "care_plan.created", None, &kept.plan, None)?;
    planned(tx, act, kept)
}

/// Changes a plan for what is not ordered yet.
pub fn replace(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: CarePlanId,
    replanning: &Replanning,
) -> Answer<Planned> {
    let mut kept = held(tx, act, id)?.kept;
    let before = kept.plan.clone();
    let terms = in_the_open(replanning.terms.clone().checked()?);
    kept.plan = kept.plan.replaced(terms, act.now)?;
    if let Some(person) = &replanning.person {
        ensure_consent(replanning.consent)?;
        kept.person = Some(sealed(act, person)?);
        kept.plan.consent_at = act.now;
        kept.plan.consent_by = act.caller.account_if_any();
    }
    orders::update_care_plan(tx, &kept)?;
    record(tx, act, "replaceCarePlan", "care_plan.replaced", Some(&before), &kept.plan, None)?;
    planned(tx, act, kept)
}

/// Pauses, resumes or ends a plan. One that has ended forgets who was served.
pub fn move_to(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: CarePlanId,
    to: CarePlanState,
    reason: &str,
) -> Answer<Planned> {
    let mut kept = held(tx, act, id)?.kept;
    let before = kept.plan.clone();
    kept.plan = kept.plan.moved(to, act.now)?;
    if to == CarePlanState::Ended {
        kept.person = None;
    }
    orders::update_care_plan(tx, &kept)?;
    let (operation, event) = match to {
        CarePlanState::Active => ("resumeCarePlan", "care_plan.resumed"),
        CarePlanState::Paused => ("pauseCarePlan", "care_plan.paused"),
        CarePlanState::Ended => ("endCarePlan", "care_plan.ended"),
    };
    record(tx, act, operation, event, Some(&before), &kept.plan, Some(reason))?;
    planned(tx, act, kept)
}

/// Plans of a venue and below it, the newest first.
pub fn list(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: VenueId,
    state: Option<CarePlanState>,
    before: Option<CarePlanId>,
    limit: i64,
) -> Answer<Vec<Planned>> {
    let venue = existing_venue(tx, venue)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&venue.path), "venue")?;
    let found = orders::care_plans_by_age(tx, &venue.path, state, before, limit)?;
    let calendar = calendar(tx, act)?;
    Ok(found.into_iter().map(|kept| shown(act, kept, &calendar)).collect())
}

/// The visits of a plan from `from` on and before `to`: what became of those that are settled, and when the others will be.
pub fn visits(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: CarePlanId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Answer<Vec<Visit>> {
    let plan = visible(tx, act, id)?.plan;
    let mut visits: Vec<Visit> = orders::care_plan_orders(tx, id, from, to)?
        .into_iter()
        .map(|(due_at, order)| Visit { due_at, fate: order.map_or(Fate::Missed, Fate::Raised) })
        .collect();
    if plan.state != CarePlanState::Ended {
        let ahead = plan.settled_until.max(from);
        let calendar = calendar(tx, act)?;
        let planned = plan.occurrences(ahead, to, &calendar);
        visits.extend(planned.map(|due_at| Visit { due_at, fate: Fate::Planned }));
    }
    visits.sort_by_key(|visit| visit.due_at);
    Ok(visits)
}

fn planned(tx: &mut Transaction<'_>, act: &Act<'_>, kept: KeptCarePlan) -> Answer<Planned> {
    Ok(shown(act, kept, &calendar(tx, act)?))
}

fn shown(act: &Act<'_>, kept: KeptCarePlan, calendar: &WorkCalendar) -> Planned {
    let is_active = kept.plan.state == CarePlanState::Active;
    let next = kept.plan.next_due_at(act.now, calendar);
    Planned {
        next_due_at: next.filter(|_| is_active),
        has_person: kept.person.is_some(),
        plan: kept.plan,
    }
}

/// The terms as everybody may know them who is asked.
fn in_the_open(terms: CarePlanTerms) -> CarePlanTerms {
    let need = Need { location: coarse(terms.need.location), ..terms.need };
    CarePlanTerms { need, ..terms }
}

/// Keeps and tells what staff changed; never of whom.
fn record(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    event: &str,
    before: Option<&CarePlan>,
    after: &CarePlan,
    reason: Option<&str>,
) -> Answer<()> {
    let told = |plan: &CarePlan| -> Value {
        let terms = &plan.terms;
        json!({
            "state": plan.state,
            "title": terms.need.title,
            "category": terms.need.category,
            "rhythm": terms.rhythm,
            "lead_minutes": terms.lead,
            "from_day": terms.from_day,
            "until_day": terms.until_day,
        })
    };
    let mut now = told(after);
    if let (Some(reason), Some(fields)) = (reason, now.as_object_mut()) {
        fields.insert("reason".to_owned(), reason.into());
    }
    act.audit(tx, operation, subject(after.id), before.map(told), Some(now))?;
    let data = json!({"state": after.state, "venue_id": after.venue_id, "version": after.version});
    act.publish(tx, event, subject(after.id), &data)
}

pub(super) fn subject(id: CarePlanId) -> Subject {
    Subject::new("care_plan", id.0)
}
