//! Orders and their needs, one by one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::Period,
    ids::{AccountId, CarePlanId, OrderId, PhotoId, ProjectId, SessionId, TeamId, VenueId},
    orders::{
        Clock, ClockKind, Ladder, Need, Order, OrderSource, OrderState, Progress, Tier, Urgency,
    },
    place::Location,
    teams::TeamCategory,
    venues::{VenueKind, VenuePath},
};

use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{needs, orders, venues},
};

/// An order as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    pub order: Order,
    /// The reporting device's own id for it.
    pub client_reference: Option<String>,
    pub photos: Vec<PhotoId>,
    pub person: Option<Sealed>,
    /// The order that goes on for this one.
    pub into_order_id: Option<OrderId>,
}

/// Who is served, as it is kept.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub person: Vec<u8>,
    /// Keyed hash of the telephone, if one is known.
    pub index: Option<Vec<u8>>,
}

/// An order with the path of the venue where it arose.
#[derive(Debug, Clone)]
pub struct PlacedOrder {
    pub kept: Kept,
    pub path: VenuePath,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true)]
pub(super) struct OrderRow {
    pub(super) id: OrderId,
    number: String,
    source: OrderSource,
    care_plan_id: Option<CarePlanId>,
    venue_id: VenueId,
    station_id: Option<VenueId>,
    institute_id: Option<VenueId>,
    center_id: VenueId,
    category: TeamCategory,
    urgency: Urgency,
    created_at: At,
    state: OrderState,
    tier: Tier,
    holder_id: VenueId,
    team_id: Option<TeamId>,
    clock: Option<ClockKind>,
    due_at: Option<At>,
    lapsed_at: Option<At>,
    attention_at: At,
    round: i64,
    hops: i64,
    returned_by: String,
    former_team_id: Option<TeamId>,
    paused_minutes: i64,
    open_call: bool,
    session_id: Option<SessionId>,
    confirmed: bool,
    ended_at: Option<At>,
    into_order_id: Option<OrderId>,
    version: i64,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = needs, treat_none_as_null = true)]
pub(super) struct NeedRow {
    order_id: OrderId,
    requester_id: Option<AccountId>,
    client_reference: Option<String>,
    external_number: Option<String>,
    title: String,
    text: Option<String>,
    skill: Option<String>,
    place: Option<String>,
    longitude: f64,
    latitude: f64,
    wished_from: Option<At>,
    wished_to: Option<At>,
    priority_groups: String,
    photos: String,
    person: Option<Vec<u8>>,
    person_index: Option<Vec<u8>>,
    reported_at: At,
    project_id: Option<ProjectId>,
}

pub(super) type Rows = (OrderRow, NeedRow);

pub(super) fn kept((row, need): Rows) -> Stored<Kept> {
    let wished = match (need.wished_from, need.wished_to) {
        (Some(from), Some(to)) => Some(Period { starts_at: from.0, ends_at: to.0 }),
        _ => None,
    };
    let clock = match (row.clock, row.due_at) {
        (Some(kind), Some(due_at)) => Some(Clock { kind, due_at: due_at.0 }),
        _ => None,
    };
    let order = Order {
        id: row.id,
        number: row.number,
        need: Need {
            category: row.category,
            title: need.title,
            text: need.text,
            skill: need.skill,
            place: need.place,
            location: Location { longitude: need.longitude, latitude: need.latitude },
            wished,
            urgency: row.urgency,
            priority_groups: serde_json::from_str(&need.priority_groups)?,
        },
        source: row.source,
        venue_id: row.venue_id,
        ladder: Ladder {
            station_id: row.station_id,
            institute_id: row.institute_id,
            center_id: row.center_id,
        },
        requester_id: need.requester_id,
        external_number: need.external_number,
        care_plan_id: row.care_plan_id,
        project_id: need.project_id,
        reported_at: need.reported_at.0,
        created_at: row.created_at.0,
        progress: Progress {
            state: row.state,
            tier: row.tier,
            team_id: row.team_id,
            clock,
            lapsed_at: row.lapsed_at.map(|at| at.0),
            round: row.round,
            hops: row.hops,
            returned_by: serde_json::from_str(&row.returned_by)?,
            former_team_id: row.former_team_id,
            paused_minutes: row.paused_minutes,
            open_call: row.open_call,
            session_id: row.session_id,
            confirmed: row.confirmed,
            ended_at: row.ended_at.map(|at| at.0),
            version: row.version,
        },
    };
    Ok(Kept {
        order,
        client_reference: need.client_reference,
        photos: serde_json::from_str(&need.photos)?,
        person: need.person.map(|person| Sealed { person, index: need.person_index }),
        into_order_id: row.into_order_id,
    })
}

impl OrderRow {
    fn of(kept: &Kept) -> Stored<Self> {
        let (order, progress) = (&kept.order, &kept.order.progress);
        let due_at = progress.clock.map(|clock| clock.due_at);
        let attention_at =
            progress.ended_at.or(due_at).or(progress.lapsed_at).unwrap_or(order.created_at);
        Ok(Self {
            id: order.id,
            number: order.number.clone(),
            source: order.source,
            care_plan_id: order.care_plan_id,
            venue_id: order.venue_id,
            station_id: order.ladder.station_id,
            institute_id: order.ladder.institute_id,
            center_id: order.ladder.center_id,
            category: order.need.category,
            urgency: order.need.urgency,
            created_at: At(order.created_at),
            state: progress.state,
            tier: progress.tier,
            holder_id: order.holder_id(),
            team_id: progress.team_id,
            clock: progress.clock.map(|clock| clock.kind),
            due_at: due_at.map(At),
            lapsed_at: progress.lapsed_at.map(At),
            attention_at: At(attention_at),
            round: progress.round,
            hops: progress.hops,
            returned_by: serde_json::to_string(&progress.returned_by)?,
            former_team_id: progress.former_team_id,
            paused_minutes: progress.paused_minutes,
            open_call: progress.open_call,
            session_id: progress.session_id,
            confirmed: progress.confirmed,
            ended_at: progress.ended_at.map(At),
            into_order_id: kept.into_order_id,
            version: progress.version,
        })
    }
}

impl NeedRow {
    fn of(kept: &Kept) -> Stored<Self> {
        let (order, need) = (&kept.order, &kept.order.need);
        let (person, person_index) = match &kept.person {
            Some(sealed) => (Some(sealed.person.clone()), sealed.index.clone()),
            None => (None, None),
        };
        Ok(Self {
            order_id: order.id,
            requester_id: order.requester_id,
            client_reference: kept.client_reference.clone(),
            external_number: order.external_number.clone(),
            title: need.title.clone(),
            text: need.text.clone(),
            skill: need.skill.clone(),
            place: need.place.clone(),
            longitude: need.location.longitude,
            latitude: need.location.latitude,
            wished_from: need.wished.map(|wished| At(wished.starts_at)),
            wished_to: need.wished.map(|wished| At(wished.ends_at)),
            priority_groups: serde_json::to_string(&need.priority_groups)?,
            photos: serde_json::to_string(&kept.photos)?,
            person,
            person_index,
            reported_at: At(order.reported_at),
            project_id: order.project_id,
        })
    }
}

pub fn insert_order(tx: &mut Transaction<'_>, kept: &Kept) -> Stored<()> {
    let (row, need) = (OrderRow::of(kept)?, NeedRow::of(kept)?);
    on_engine!(tx, c => diesel::insert_into(orders::table).values(&row).execute(c))?;
    on_engine!(tx, c => diesel::insert_into(needs::table).values(&need).execute(c)).map(drop)
}

/// Writes how far an order has come.
pub fn update_progress(tx: &mut Transaction<'_>, kept: &Kept) -> Stored<()> {
    let row = OrderRow::of(kept)?;
    on_engine!(tx, c => diesel::update(orders::table.find(row.id)).set(&row).execute(c)).map(drop)
}

/// Writes what is asked for, as a dispatcher put it.
pub fn update_need(tx: &mut Transaction<'_>, kept: &Kept) -> Stored<()> {
    let need = NeedRow::of(kept)?;
    on_engine!(tx, c => diesel::update(needs::table.find(need.order_id)).set(&need).execute(c))
        .map(drop)
}

pub fn order(tx: &mut Transaction<'_>, id: OrderId) -> Stored<Option<PlacedOrder>> {
    let row: Option<(OrderRow, NeedRow, String)> = on_engine!(tx, c => orders::table
        .inner_join(needs::table)
        .inner_join(venues::table)
        .filter(orders::id.eq(id))
        .select((OrderRow::as_select(), NeedRow::as_select(), venues::path))
        .first(c)
        .optional())?;
    row.map(|(row, need, path)| {
        Ok(PlacedOrder { kept: kept((row, need))?, path: VenuePath::stored(path) })
    })
    .transpose()
}

/// Holds the order until the transaction ends; it is read again behind the lock.
pub fn lock_order(tx: &mut Transaction<'_>, id: OrderId) -> Stored<Option<PlacedOrder>> {
    if !tx.is_serial() {
        let _held: Vec<OrderId> = locked!(tx, orders::table.find(id).select(orders::id))?;
    }
    order(tx, id)
}

/// The order that an account reported under its own reference.
pub fn order_by_reference(
    tx: &mut Transaction<'_>,
    requester: AccountId,
    reference: &str,
) -> Stored<Option<OrderId>> {
    on_engine!(tx, c => needs::table
        .filter(needs::requester_id.eq(Some(requester)))
        .filter(needs::client_reference.eq(Some(reference)))
        .select(needs::order_id)
        .first(c)
        .optional())
}

/// The order that an account reported under its own system's number.
pub fn order_by_external_number(
    tx: &mut Transaction<'_>,
    requester: AccountId,
    number: &str,
) -> Stored<Option<OrderId>> {
    on_engine!(tx, c => needs::table
        .filter(needs::requester_id.eq(Some(requester)))
        .filter(needs::external_number.eq(Some(number)))
        .select(needs::order_id)
        .first(c)
        .optional())
}

/// The order whose service a session is.
pub fn order_of_session(tx: &mut Transaction<'_>, session: SessionId) -> Stored<Option<OrderId>> {
    on_engine!(tx, c => orders::table
        .filter(orders::session_id.eq(Some(session)))
        .select(orders::id)
        .first(c)
        .optional())
}

/// Names the order that goes on for a merged one.
pub fn merge_into(tx: &mut Transaction<'_>, kept: &mut Kept, into: OrderId) -> Stored<()> {
    kept.into_order_id = Some(into);
    update_progress(tx, kept)
}

/// At most `limit` orders whose clock is out at `now`, the longest first.
pub fn due_orders(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<OrderId>> {
    on_engine!(tx, c => orders::table
        .filter(orders::due_at.le(Some(At(now))))
        .order((orders::due_at, orders::id))
        .limit(limit)
        .select(orders::id)
        .load(c))
}

/// When the next clock runs out after `now`.
pub fn next_due(tx: &mut Transaction<'_>, now: DateTime<Utc>) -> Stored<Option<DateTime<Utc>>> {
    let due: Option<Option<At>> = on_engine!(tx, c => orders::table
        .filter(orders::due_at.gt(Some(At(now))))
        .order(orders::due_at)
        .select(orders::due_at)
        .first(c)
        .optional())?;
    Ok(due.flatten().map(|at| at.0))
}

/// The tiers over a venue, its own among them; `None` above the centers.
pub fn ladder_of(tx: &mut Transaction<'_>, path: &VenuePath) -> Stored<Option<Ladder>> {
    let tiers: Vec<(VenueKind, VenueId)> = on_engine!(tx, c => venues::table
        .filter(one_of(venues::path, path.and_above()))
        .select((venues::kind, venues::id))
        .load(c))?;
    let of_kind = |kind| tiers.iter().find(|(found, _)| *found == kind).map(|(_, venue)| *venue);
    Ok(of_kind(VenueKind::Center).map(|center_id| Ladder {
        station_id: of_kind(VenueKind::Station),
        institute_id: of_kind(VenueKind::Institute),
        center_id,
    }))
}
