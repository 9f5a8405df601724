//! The histories of orders. Events are only added.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, OrderId, SessionId, TeamId},
    orders::{Clock, ClockKind, OrderCommand, OrderEvent, OrderState, Party, Tier},
};

use super::{
    Kept,
    rows::{NeedRow, OrderRow, kept},
};
use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{needs, order_events, orders},
};

/// An event, with what else is to be known of it.
#[derive(Debug, Clone)]
pub struct KeptEvent {
    pub event: OrderEvent,
    /// JSON without personal data.
    pub data: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_events, treat_none_as_default_value = false)]
struct Row {
    order_id: OrderId,
    number: i64,
    command: OrderCommand,
    party: Party,
    account_id: Option<AccountId>,
    at: At,
    reason: Option<String>,
    state: OrderState,
    tier: Tier,
    clock: Option<ClockKind>,
    due_at: Option<At>,
    team_id: Option<TeamId>,
    session_id: Option<SessionId>,
    paused_minutes: Option<i64>,
    open_call: bool,
    data: Option<String>,
}

impl From<Row> for KeptEvent {
    fn from(row: Row) -> Self {
        let clock = match (row.clock, row.due_at) {
            (Some(kind), Some(due_at)) => Some(Clock { kind, due_at: due_at.0 }),
            _ => None,
        };
        Self {
            event: OrderEvent {
                number: row.number,
                command: row.command,
                party: row.party,
                account_id: row.account_id,
                at: row.at.0,
                reason: row.reason,
                state: row.state,
                tier: row.tier,
                clock,
                team_id: row.team_id,
                session_id: row.session_id,
                paused_minutes: row.paused_minutes,
                open_call: row.open_call,
            },
            data: row.data,
        }
    }
}

/// # Errors
/// A duplicate fault if the order has an event of this number: somebody else was first.
pub fn append_event(
    tx: &mut Transaction<'_>,
    order_id: OrderId,
    event: &OrderEvent,
    data: Option<String>,
) -> Stored<()> {
    let row = Row {
        order_id,
        number: event.number,
        command: event.command,
        party: event.party,
        account_id: event.account_id,
        at: At(event.at),
        reason: event.reason.clone(),
        state: event.state,
        tier: event.tier,
        clock: event.clock.map(|clock| clock.kind),
        due_at: event.clock.map(|clock| At(clock.due_at)),
        team_id: event.team_id,
        session_id: event.session_id,
        paused_minutes: event.paused_minutes,
        open_call: event.open_call,
        data,
    };
    on_engine!(tx, c => diesel::insert_into(order_events::table).values(&row).execute(c)).map(drop)
}

/// The history of an order from its beginning.
pub fn events_of(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Vec<KeptEvent>> {
    let rows: Vec<Row> = on_engine!(tx, c => order_events::table
        .filter(order_events::order_id.eq(order))
        .order(order_events::number)
        .select(Row::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(KeptEvent::from).collect())
}

/// When the last event of an order was.
pub fn last_event_at(tx: &mut Transaction<'_>, order: OrderId) -> Stored<Option<DateTime<Utc>>> {
    let at: Option<At> = on_engine!(tx, c => order_events::table
        .filter(order_events::order_id.eq(order))
        .order(order_events::number.desc())
        .select(order_events::at)
        .first(c)
        .optional())?;
    Ok(at.map(|at| at.0))
}

/// Orders with their histories, by id, from after `after` on.
pub fn histories(
    tx: &mut Transaction<'_>,
    after: Option<OrderId>,
    limit: i64,
) -> Stored<Vec<(Kept, Vec<OrderEvent>)>> {
    let rows: Vec<(OrderRow, NeedRow)> = on_engine!(tx, c => {
        let mut query = orders::table
            .inner_join(needs::table)
            .select((OrderRow::as_select(), NeedRow::as_select()))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(orders::id.gt(after));
        }
        query.order(orders::id).limit(limit).load(c)
    })?;
    let ids: Vec<OrderId> = rows.iter().map(|(row, _)| row.id).collect();
    let events: Vec<Row> = on_engine!(tx, c => order_events::table
        .filter(one_of(order_events::order_id, ids))
        .order((order_events::order_id, order_events::number))
        .select(Row::as_select())
        .load(c))?;
    let mut events = events.into_iter().peekable();
    rows.into_iter()
        .map(|rows| {
            let id = rows.0.id;
            let mut own = Vec::new();
            while let Some(row) = events.next_if(|row| row.order_id == id) {
                own.push(KeptEvent::from(row).event);
            }
            Ok((kept(rows)?, own))
        })
        .collect()
}
