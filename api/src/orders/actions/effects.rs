//! What follows from a step: other offers end, loads change, sessions end, the team is given points, people are told.

use serde_json::json;
use shijian_domain::{
    activities::SessionState,
    ids::TeamId,
    notifications::Channel,
    orders::{
        Offer, Order, OrderCommand, OrderEvent, OrderOfferState, OrderState, Progress, team_reward,
    },
};
use shijian_persistence::{
    Transaction, activities,
    orders::{self, CodeMessage, PlacedOrder, Reward, TeamLoad},
};

use super::{is_audited, subject, telling::tell};
use crate::{act::Act, activities::actions::sessions, problem::Answer};

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
    send_code(tx, act, placed, event)?;
    tell(tx, act, &placed.kept, before, event)?;
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

/// Whoever is served is sent the code that confirms the service, once it is known when the team comes.
fn send_code(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
    event: &OrderEvent,
) -> Answer<()> {
    let has_phone = placed.kept.person.as_ref().is_some_and(|sealed| sealed.index.is_some());
    if event.command == OrderCommand::Schedule && has_phone {
        let order = &placed.kept.order;
        let of = (order.id, order.progress.round);
        let message = CodeMessage::new(act.id(), of, Channel::Sms, act.now);
        orders::insert_code_message(tx, &message)?;
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
