//! What follows from a step: other offers end, loads change, sessions end, people are told.

use serde_json::json;
use shijian_domain::{
    activities::SessionState,
    identity::Role,
    ids::{AccountId, TeamId, VenueId},
    orders::{
        ClockKind, Offer, Order, OrderCommand, OrderEvent, OrderOfferState, OrderState, Progress,
        Urgency, team_reward,
    },
};
use shijian_persistence::{
    Transaction, activities, identity,
    notifications::accounts_of,
    orders::{self, PlacedOrder, Reward, TeamLoad},
    teams,
};

use super::{is_audited, subject};
use crate::{act::Act, activities::actions::sessions, problem::Answer};

/// Staff of one venue that are told of an order at most.
const STAFF_TOLD: i64 = 20;

pub(super) fn follow(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<()> {
    settle_offers(tx, act, &placed.kept.order, event)?;
    change_loads(tx, before, &placed.kept.order.progress)?;
    end_session(tx, act, before, event)?;
    reward(tx, &placed.kept.order, event)?;
    tell(tx, act, &placed.kept.order, before, event)?;
    if is_audited(event.command) && !act.caller.is_program() {
        let after = json!({"state": event.state, "team_id": event.team_id, "reason": event.reason});
        let before = json!({"state": before.state, "team_id": before.team_id});
        let operation = format!("{}Order", event.command);
        act.audit(tx, &operation, subject(placed.kept.order.id), Some(before), Some(after))?;
    }
    Ok(())
}

/// The first to accept has it; whoever else is asked need not answer.
fn settle_offers(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    order: &Order,
    event: &OrderEvent,
) -> Answer<()> {
    let answered = TeamLoad { offers: 1, answered: 1, ..TeamLoad::default() };
    match (event.command, event.team_id) {
        (OrderCommand::Accept | OrderCommand::Assign, Some(team)) => {
            let state = OrderOfferState::Accepted;
            if orders::settle_offer(tx, order.id, team, state, None, act.now)? {
                orders::change_load(tx, team, answered)?;
            } else {
                orders::insert_offers(tx, &[taken(order, team, event)])?;
            }
            orders::lapse_offers(tx, order.id, OrderOfferState::Withdrawn)?;
        }
        (OrderCommand::Refuse, Some(team)) => {
            let reason = event.reason.as_deref();
            orders::settle_offer(tx, order.id, team, OrderOfferState::Refused, reason, act.now)?;
            orders::change_load(tx, team, answered)?;
        }
        (OrderCommand::Escalate, _) => {
            for team in orders::open_offer_teams(tx, order.id)? {
                orders::change_load(tx, team, TeamLoad { offers: 1, ..TeamLoad::default() })?;
            }
            orders::lapse_offers(tx, order.id, OrderOfferState::Lapsed)?;
        }
        _ if !event.state.is_open() => {
            orders::lapse_offers(tx, order.id, OrderOfferState::Withdrawn)?;
        }
        _ => {}
    }
    Ok(())
}

/// An order that a team took by an open call, or was assigned.
fn taken(order: &Order, team_id: TeamId, event: &OrderEvent) -> Offer {
    Offer {
        order_id: order.id,
        team_id,
        wave: event.number,
        state: OrderOfferState::Accepted,
        offered_at: event.at,
        answered_at: Some(event.at),
        reason: event.reason.clone(),
        rank: None,
        score: None,
        overridden: event.command == OrderCommand::Assign,
    }
}

/// Keeps count of what each team has to do.
fn change_loads(tx: &mut Transaction<'_>, before: &Progress, after: &Progress) -> Answer<()> {
    let held = |progress: &Progress| {
        progress.team_id.filter(|_| OrderState::HELD.contains(&progress.state))
    };
    let (had, has) = (held(before), held(after));
    if had == has {
        return Ok(());
    }
    if let Some(team) = had {
        orders::change_load(tx, team, TeamLoad { open_orders: -1, ..TeamLoad::default() })?;
    }
    if let Some(team) = has {
        let by = TeamLoad { open_orders: 1, accepted: 1, ..TeamLoad::default() };
        orders::change_load(tx, team, by)?;
    }
    Ok(())
}

/// Nobody goes to what is not served: the session ends with the team's part in it.
fn end_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<()> {
    let ends = matches!(
        event.command,
        OrderCommand::Cancel | OrderCommand::HandBack | OrderCommand::Schedule
    );
    let Some(session) = before.session_id.filter(|_| ends) else { return Ok(()) };
    let is_ahead = activities::staged(tx, session)?
        .is_some_and(|staged| staged.session.state == SessionState::Scheduled);
    if is_ahead {
        sessions::end_cancelled(tx, &act.by_program(), session)?;
    }
    Ok(())
}

/// The team that served an order which closes is given its points, once for each round.
fn reward(tx: &mut Transaction<'_>, order: &Order, event: &OrderEvent) -> Answer<()> {
    let (OrderCommand::Close, Some(team_id)) = (event.command, order.progress.team_id) else {
        return Ok(());
    };
    let round = order.progress.round;
    let points = team_reward(orders::rating(tx, order.id, round)?.as_ref());
    if points.is_positive() {
        let given_at = event.at.into();
        let reward = Reward { order_id: order.id, round, team_id, points, given_at };
        orders::insert_reward(tx, &reward)?;
        orders::change_load(tx, team_id, TeamLoad { points, ..TeamLoad::default() })?;
    }
    Ok(())
}

/// Tells those who wait for it, and nobody of what they did themselves.
pub(super) fn tell(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    order: &Order,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<()> {
    let mut told = audience(tx, act, order, before, event)?;
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
    order: &Order,
    before: &Progress,
    event: &OrderEvent,
) -> Answer<Vec<AccountId>> {
    let requester = || order.requester_id.into_iter().collect::<Vec<_>>();
    let now = &order.progress;
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
            let mut told = requester();
            told.extend(leaders_of(tx, &now.team_id.into_iter().collect::<Vec<_>>())?);
            told
        }
        OrderCommand::Cancel => {
            let mut told = requester();
            told.extend(leaders_of(tx, &before.team_id.into_iter().collect::<Vec<_>>())?);
            told
        }
        OrderCommand::Rate => {
            let mut told = leaders_of(tx, &now.team_id.into_iter().collect::<Vec<_>>())?;
            if now.clock.is_some_and(|clock| clock.kind == ClockKind::Visit) {
                told.extend(staff_of(tx, act, order.holder_id())?);
            }
            told
        }
        OrderCommand::Uphold | OrderCommand::Dismiss => {
            leaders_of(tx, &now.team_id.into_iter().collect::<Vec<_>>())?
        }
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
        | OrderCommand::Publish => requester(),
        OrderCommand::Absorb
        | OrderCommand::Refuse
        | OrderCommand::Pause
        | OrderCommand::Confirm => Vec::new(),
    })
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
