//! What can be done with orders: every change of an order goes through [`take`].

pub mod boards;
pub mod care_plans;
pub mod common_needs;
pub mod dispatch;
mod effects;
mod menu;
pub mod needs;
pub mod parties;
pub mod person;
pub mod raising;
pub mod ratings;
pub mod service;
pub mod settings;
pub mod stories;
pub mod suggestions;
mod telling;
pub mod triage;
pub mod weather;

use serde_json::Value;
use shijian_domain::{
    ids::{OrderId, VenueId},
    orders::{Actor, OrderCommand, OrderEvent, OrderRefusal, Step, WorkCalendar, move_of},
    venues::VenuePath,
};
use shijian_persistence::{
    Transaction, activities,
    orders::{self, PlacedOrder},
    venues,
};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
};

/// What is kept of a step beside what it does.
#[derive(Debug, Clone, Default)]
pub struct Note {
    pub reason: Option<String>,
    /// Without personal data.
    pub data: Option<Value>,
}

impl Note {
    pub fn reason(reason: &str) -> Self {
        Self { reason: Some(reason.to_owned()), data: None }
    }
}

/// The order, held until the transaction ends, if the caller may see it.
pub fn held(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<PlacedOrder> {
    let placed = orders::lock_order(tx, id)?.ok_or_else(|| Problem::not_found("order"))?;
    parties::ensure_visible(tx, act, &placed)?;
    Ok(placed)
}

/// The order as the caller means to change it.
fn changing(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<PlacedOrder> {
    let placed = held(tx, act, id)?;
    act.expect_version(placed.kept.order.progress.version)?;
    Ok(placed)
}

/// The same, with its session held before it, as whoever checks in does: for steps that end the session.
fn changing_with_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
) -> Answer<PlacedOrder> {
    let seen = orders::order(tx, id)?;
    if let Some(session) = seen.and_then(|placed| placed.kept.order.progress.session_id) {
        activities::lock_session(tx, session)?;
    }
    changing(tx, act, id)
}

/// The order, if the caller may see it.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<PlacedOrder> {
    let placed = orders::order(tx, id)?.ok_or_else(|| Problem::not_found("order"))?;
    parties::ensure_visible(tx, act, &placed)?;
    Ok(placed)
}

/// Does one step with an order that the caller may see.
pub fn step(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    step: Step,
    note: Note,
) -> Answer<PlacedOrder> {
    let mut placed = match step {
        Step::Cancel | Step::HandBack => changing_with_session(tx, act, id)?,
        _ => changing(tx, act, id)?,
    };
    take(tx, act, &mut placed, step, note)?;
    Ok(placed)
}

/// The one way in which an order changes: the table says whether it may and who may, the event is kept, and what follows is done.
pub fn take(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &mut PlacedOrder,
    step: Step,
    note: Note,
) -> Answer<OrderEvent> {
    let (command, from) = (step.command(), placed.kept.order.progress.state);
    let row = move_of(from, command).ok_or(OrderRefusal::IllegalMove { from, command })?;
    let party = parties::part_in(tx, act, placed, row, step)?;
    let actor = Actor { party, account_id: act.caller.account_if_any() };
    let calendar = calendar(tx, act)?;
    // Whoever waited for the lock came later, though they called before.
    let last_at = orders::last_event_at(tx, placed.kept.order.id)?;
    let at = last_at.map_or(act.now, |last| last.max(act.now));
    let event = placed.kept.order.decide(&step, actor, note.reason, at, &calendar)?;
    let before = placed.kept.order.progress.clone();
    placed.kept.order.progress = before.clone().after(&event);
    orders::update_progress(tx, &placed.kept)?;
    let data = note.data.as_ref().map(Value::to_string);
    orders::append_event(tx, placed.kept.order.id, &event, data)?;
    effects::follow(tx, act, placed, &before, &event)?;
    Ok(event)
}

/// When offices work, as the operator has it.
pub fn calendar(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<WorkCalendar> {
    Ok(WorkCalendar::new(act.zone, orders::work_days(tx)?))
}

/// The path of one of the venues over an order.
fn path_of(tx: &mut Transaction<'_>, placed: &PlacedOrder, venue: VenueId) -> Answer<VenuePath> {
    if venue == placed.kept.order.venue_id {
        return Ok(placed.path.clone());
    }
    venues::path(tx, venue)?.ok_or_else(|| Problem::not_found("venue"))
}

fn subject(id: OrderId) -> Subject {
    Subject::new("order", id.0)
}

/// Whether a step is one that staff answer for: it goes into the audit log.
const fn is_audited(command: OrderCommand) -> bool {
    matches!(
        command,
        OrderCommand::Decline
            | OrderCommand::Transfer
            | OrderCommand::Merge
            | OrderCommand::Assign
            | OrderCommand::Uphold
            | OrderCommand::Dismiss
            | OrderCommand::Publish
    )
}
