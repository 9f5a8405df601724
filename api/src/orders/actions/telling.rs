//! Who is told of a step.

use serde_json::json;
use shijian_domain::{
    identity::Role,
    ids::{AccountId, TeamId, VenueId},
    orders::{ClockKind, OrderCommand, OrderEvent, Progress, Urgency},
};
use shijian_persistence::{
    Transaction, identity,
    notifications::accounts_of,
    orders::{self, Kept},
    teams,
};

use super::subject;
use crate::{act::Act, problem::Answer};

/// Staff of one venue that are told of an order at most.
const STAFF_TOLD: i64 = 20;

/// Tells those who wait for it, and nobody of what they did themselves.
pub(super) fn tell(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    kept: &Kept,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<()> {
    let order = &kept.order;
    let mut told = audience(tx, act, kept, before, event)?;
    told.sort_unstable();
    told.dedup();
    told.retain(|account| Some(*account) != event.account_id);
    let data = json!({
        "number": order.number,
        "title": order.need.title,
        "state": event.state,
        "team_id": event.team_id,
        "version": event.number,
        "account_ids": told,
    });
    let kind = match (event.command, order.need.urgency) {
        (OrderCommand::Dispatch, Urgency::Urgent) => "order.urgently_dispatched",
        (OrderCommand::Assign, Urgency::Urgent) => "order.urgently_assigned",
        (command, _) => command.event(),
    };
    act.publish(tx, kind, subject(order.id), &data)
}

fn audience(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    kept: &Kept,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<Vec<AccountId>> {
    let order = &kept.order;
    let now = &order.progress;
    let team = |progress: &Progress| progress.team_id.into_iter().collect::<Vec<_>>();
    Ok(match event.command {
        // What a care plan asks for goes on by itself.
        OrderCommand::Solicit if order.care_plan_id.is_some() => Vec::new(),
        OrderCommand::Solicit
        | OrderCommand::Escalate
        | OrderCommand::Reopen
        | OrderCommand::HandBack => staff_of(tx, act, order.holder_id())?,
        OrderCommand::Lapse | OrderCommand::Appeal => staff_of(tx, act, order.ladder.center_id)?,
        OrderCommand::Dispatch => {
            let asked = orders::open_offer_teams(tx, order.id)?;
            leaders_of(tx, &asked)?
        }
        OrderCommand::Assign => {
            let mut told = askers_of(tx, kept)?;
            told.extend(leaders_of(tx, &team(now))?);
            told
        }
        OrderCommand::Cancel => {
            let mut told = askers_of(tx, kept)?;
            told.extend(leaders_of(tx, &team(before))?);
            told
        }
        OrderCommand::Rate => {
            let mut told = leaders_of(tx, &team(now))?;
            if now.clock.is_some_and(|clock| clock.kind == ClockKind::Visit) {
                told.extend(staff_of(tx, act, order.holder_id())?);
            }
            told
        }
        OrderCommand::Uphold | OrderCommand::Dismiss => leaders_of(tx, &team(now))?,
        OrderCommand::Register
        | OrderCommand::Merge
        | OrderCommand::Decline
        | OrderCommand::Transfer
        | OrderCommand::Accept
        | OrderCommand::Schedule
        | OrderCommand::Unschedule
        | OrderCommand::Begin
        | OrderCommand::Serve
        | OrderCommand::Close
        | OrderCommand::Publish => askers_of(tx, kept)?,
        OrderCommand::Absorb
        | OrderCommand::Refuse
        | OrderCommand::Pause
        | OrderCommand::Confirm => Vec::new(),
    })
}

/// Whoever reported the need, and whoever is served, if their telephone is that of an account.
fn askers_of(tx: &mut Transaction<'_>, kept: &Kept) -> Answer<Vec<AccountId>> {
    let mut askers: Vec<AccountId> = kept.order.requester_id.into_iter().collect();
    if let Some(index) = kept.person.as_ref().and_then(|sealed| sealed.index.as_deref()) {
        askers.extend(identity::account_by_phone(tx, index)?.map(|account| account.id));
    }
    Ok(askers)
}

/// The accounts of staff of exactly this venue.
pub(super) fn staff_of(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: VenueId,
) -> Answer<Vec<AccountId>> {
    Ok(identity::accounts_at(tx, venue, &[Role::Staff, Role::Manager], act.now, STAFF_TOLD)?)
}

/// The accounts of teams' leaders.
fn leaders_of(tx: &mut Transaction<'_>, asked: &[TeamId]) -> Answer<Vec<AccountId>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let leaders = teams::leaders(tx, asked)?;
    Ok(accounts_of(tx, &leaders)?.into_values().collect())
}
