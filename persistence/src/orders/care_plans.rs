//! Care plans, and what became of each of their visits.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, CarePlanId, OrderId, VenueId},
    orders::{CarePlan, CarePlanState, CarePlanTerms, Need, OrderState, Urgency, Weather},
    place::Location,
    teams::TeamCategory,
    units::Minutes,
    venues::VenuePath,
};

use super::Sealed;
use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{care_plan_orders, care_plans, orders, venues},
    subtree,
};

/// A care plan as it is kept.
#[derive(Debug, Clone)]
pub struct KeptCarePlan {
    pub plan: CarePlan,
    /// Who is served; a plan that has ended has forgotten it.
    pub person: Option<Sealed>,
}

/// A care plan with the path of its venue.
#[derive(Debug, Clone)]
pub struct PlacedCarePlan {
    pub kept: KeptCarePlan,
    pub path: VenuePath,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = care_plans, treat_none_as_null = true)]
struct Row {
    id: CarePlanId,
    venue_id: VenueId,
    center_id: VenueId,
    category: TeamCategory,
    title: String,
    text: Option<String>,
    skill: Option<String>,
    place: Option<String>,
    longitude: f64,
    latitude: f64,
    urgency: Urgency,
    priority_groups: String,
    rhythm: String,
    weather: Option<Weather>,
    lead_minutes: Minutes,
    visit_minutes: Minutes,
    from_day: String,
    until_day: Option<String>,
    person: Option<Vec<u8>>,
    person_index: Option<Vec<u8>>,
    consent_at: At,
    consent_by: Option<AccountId>,
    state: CarePlanState,
    created_by: Option<AccountId>,
    created_at: At,
    settled_until: At,
    next_look_at: Option<At>,
    version: i64,
}

pub(super) fn day_in(text: &str) -> Stored<NaiveDate> {
    text.parse().map_err(|_| Fault::Broken(format!("`{text}` is not a day")))
}

fn kept(row: Row) -> Stored<KeptCarePlan> {
    let terms = CarePlanTerms {
        need: Need {
            category: row.category,
            title: row.title,
            text: row.text,
            skill: row.skill,
            place: row.place,
            location: Location { longitude: row.longitude, latitude: row.latitude },
            wished: None,
            urgency: row.urgency,
            priority_groups: serde_json::from_str(&row.priority_groups)?,
        },
        rhythm: serde_json::from_str(&row.rhythm)?,
        lead: row.lead_minutes,
        visit: row.visit_minutes,
        from_day: day_in(&row.from_day)?,
        until_day: row.until_day.as_deref().map(day_in).transpose()?,
    };
    let plan = CarePlan {
        id: row.id,
        venue_id: row.venue_id,
        center_id: row.center_id,
        terms,
        state: row.state,
        created_by: row.created_by,
        created_at: row.created_at.0,
        consent_at: row.consent_at.0,
        consent_by: row.consent_by,
        settled_until: row.settled_until.0,
        next_look_at: row.next_look_at.map(|at| at.0),
        version: row.version,
    };
    let index = row.person_index;
    Ok(KeptCarePlan { plan, person: row.person.map(|person| Sealed { person, index }) })
}

impl Row {
    fn of(kept: &KeptCarePlan) -> Stored<Self> {
        let (plan, terms) = (&kept.plan, &kept.plan.terms);
        // What has ended needs nobody's name.
        let sealed = kept.person.clone().filter(|_| plan.state != CarePlanState::Ended);
        let (person, person_index) = match sealed {
            Some(Sealed { person, index }) => (Some(person), index),
            None => (None, None),
        };
        Ok(Self {
            id: plan.id,
            venue_id: plan.venue_id,
            center_id: plan.center_id,
            category: terms.need.category,
            title: terms.need.title.clone(),
            text: terms.need.text.clone(),
            skill: terms.need.skill.clone(),
            place: terms.need.place.clone(),
            longitude: terms.need.location.longitude,
            latitude: terms.need.location.latitude,
            urgency: terms.need.urgency,
            priority_groups: serde_json::to_string(&terms.need.priority_groups)?,
            rhythm: serde_json::to_string(&terms.rhythm)?,
            weather: terms.rhythm.weather(),
            lead_minutes: terms.lead,
            visit_minutes: terms.visit,
            from_day: terms.from_day.to_string(),
            until_day: terms.until_day.map(|day| day.to_string()),
            person,
            person_index,
            consent_at: At(plan.consent_at),
            consent_by: plan.consent_by,
            state: plan.state,
            created_by: plan.created_by,
            created_at: At(plan.created_at),
            settled_until: At(plan.settled_until),
            next_look_at: plan.next_look_at.map(At),
            version: plan.version,
        })
    }
}

pub fn insert_care_plan(tx: &mut Transaction<'_>, kept: &KeptCarePlan) -> Stored<()> {
    let row = Row::of(kept)?;
    on_engine!(tx, c => diesel::insert_into(care_plans::table).values(&row).execute(c)).map(drop)
}

/// Writes a plan as it is now; one that has ended forgets who was served.
pub fn update_care_plan(tx: &mut Transaction<'_>, kept: &KeptCarePlan) -> Stored<()> {
    let row = Row::of(kept)?;
    on_engine!(tx, c => diesel::update(care_plans::table.find(row.id)).set(&row).execute(c))
        .map(drop)
}

pub fn care_plan(tx: &mut Transaction<'_>, id: CarePlanId) -> Stored<Option<PlacedCarePlan>> {
    let row: Option<(Row, String)> = on_engine!(tx, c => care_plans::table
        .inner_join(venues::table)
        .filter(care_plans::id.eq(id))
        .select((Row::as_select(), venues::path))
        .first(c)
        .optional())?;
    row.map(|(row, path)| Ok(PlacedCarePlan { kept: kept(row)?, path: VenuePath::stored(path) }))
        .transpose()
}

/// Holds the plan until the transaction ends; it is read again behind the lock.
pub fn lock_care_plan(tx: &mut Transaction<'_>, id: CarePlanId) -> Stored<Option<PlacedCarePlan>> {
    if !tx.is_serial() {
        let _held: Vec<CarePlanId> =
            locked!(tx, care_plans::table.find(id).select(care_plans::id))?;
    }
    care_plan(tx, id)
}

/// Plans of a subtree, the newest first, from before `before` on.
pub fn care_plans_by_age(
    tx: &mut Transaction<'_>,
    within: &VenuePath,
    state: Option<CarePlanState>,
    before: Option<CarePlanId>,
    limit: i64,
) -> Stored<Vec<KeptCarePlan>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = care_plans::table
            .inner_join(venues::table)
            .filter(subtree!(within))
            .select(Row::as_select())
            .into_boxed();
        if let Some(state) = state {
            query = query.filter(care_plans::state.eq(state));
        }
        if let Some(before) = before {
            query = query.filter(care_plans::id.lt(before));
        }
        query.order(care_plans::id.desc()).limit(limit).load(c)
    })?;
    rows.into_iter().map(kept).collect()
}

/// At most `limit` plans for which there is something to do at `now`, the longest first.
pub fn due_care_plans(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<CarePlanId>> {
    on_engine!(tx, c => care_plans::table
        .filter(care_plans::next_look_at.le(Some(At(now))))
        .order((care_plans::next_look_at, care_plans::id))
        .limit(limit)
        .select(care_plans::id)
        .load(c))
}

/// Lets a plan alone until `until`.
pub fn put_off_care_plan(
    tx: &mut Transaction<'_>,
    id: CarePlanId,
    until: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(care_plans::table.find(id))
        .filter(care_plans::next_look_at.is_not_null())
        .set(care_plans::next_look_at.eq(Some(At(until))))
        .execute(c))
    .map(drop)
}

/// Has every active plan looked at anew: the work calendar has changed.
pub fn look_again(tx: &mut Transaction<'_>, now: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::update(care_plans::table)
        .filter(care_plans::next_look_at.gt(Some(At(now))))
        .set(care_plans::next_look_at.eq(Some(At(now))))
        .execute(c))
    .map(drop)
}

/// Keeps what became of a visit: its order, or that it was missed.
///
/// # Errors
/// A duplicate fault if something became of it before.
pub fn insert_care_plan_order(
    tx: &mut Transaction<'_>,
    plan: CarePlanId,
    due_at: DateTime<Utc>,
    order: Option<OrderId>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(care_plan_orders::table)
        .values((
            care_plan_orders::care_plan_id.eq(plan),
            care_plan_orders::due_at.eq(At(due_at)),
            care_plan_orders::order_id.eq(order),
        ))
        .execute(c))
    .map(drop)
}

/// What became of the visits of a plan from `from` on and before `to`, the earliest first.
pub fn care_plan_orders(
    tx: &mut Transaction<'_>,
    plan: CarePlanId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Stored<Vec<(DateTime<Utc>, Option<OrderId>)>> {
    let rows: Vec<(At, Option<OrderId>)> = on_engine!(tx, c => care_plan_orders::table
        .filter(care_plan_orders::care_plan_id.eq(plan))
        .filter(care_plan_orders::due_at.ge(At(from)))
        .filter(care_plan_orders::due_at.lt(At(to)))
        .order(care_plan_orders::due_at)
        .select((care_plan_orders::due_at, care_plan_orders::order_id))
        .load(c))?;
    Ok(rows.into_iter().map(|(at, order)| (at.0, order)).collect())
}

/// The number of the plan's last order whose visit should have begun by `time`, if it is open and nobody has served it.
pub fn unserved_before(
    tx: &mut Transaction<'_>,
    plan: CarePlanId,
    time: DateTime<Utc>,
) -> Stored<Option<String>> {
    let last: Option<(String, OrderState)> = on_engine!(tx, c => care_plan_orders::table
        .inner_join(orders::table)
        .filter(care_plan_orders::care_plan_id.eq(plan))
        .filter(care_plan_orders::due_at.le(At(time)))
        .order(care_plan_orders::due_at.desc())
        .select((orders::number, orders::state))
        .first(c)
        .optional())?;
    let is_unserved = |state: &OrderState| {
        state.is_open() && !matches!(state, OrderState::Served | OrderState::Rated)
    };
    Ok(last.filter(|(_, state)| is_unserved(state)).map(|(number, _)| number))
}
