//! Dispatch: teams are asked, and answer.

use shijian_domain::{
    ids::{OrderId, TeamId},
    orders::{Offer, OrderOfferState, OrderRefusal, OrderState, Step},
    teams::{Team, TeamState},
};
use shijian_persistence::{
    Transaction,
    orders::{self, PlacedOrder},
};

use super::{
    Note, changing,
    menu::{projects_team, team_of_project},
    suggestions::suggest,
    take,
};
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
    teams::actions::existing as existing_team,
    venues::actions::existing as existing_venue,
};

/// So many teams are asked where the dispatcher does not choose.
const ASKED_AT_ONCE: usize = 3;

/// Whom to ask.
#[derive(Debug, Clone, Default)]
pub struct Dispatching {
    /// If none are named and it is no open call, the team of the project that was ordered, else the best suggestions.
    pub team_ids: Vec<TeamId>,
    /// Any able team below the venue may accept.
    pub open_call: bool,
}

/// A dispatcher asks teams: those named, the best suggestions, or whoever is able.
pub fn dispatch(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    command: &Dispatching,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    ask(tx, act, &mut placed, command)?;
    Ok(placed)
}

pub(super) fn ask(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &mut PlacedOrder,
    command: &Dispatching,
) -> Answer<()> {
    // An open call that names nobody needs no suggestions.
    let suggested = if command.open_call && command.team_ids.is_empty() {
        Vec::new()
    } else {
        suggest(tx, act, placed)?
    };
    let mut chosen: Vec<TeamId> = command.team_ids.clone();
    let mut of_project = None;
    if chosen.is_empty() && !command.open_call {
        of_project = team_of_project(tx, placed)?;
        chosen = match of_project {
            Some(team) => vec![team],
            None => suggested.iter().take(ASKED_AT_ONCE).map(|team| team.ranked.team_id).collect(),
        };
        if chosen.is_empty() {
            return Err(Problem::new(Code::NoCandidates));
        }
    }
    let order = &placed.kept.order;
    let open = orders::open_offer_teams(tx, order.id)?;
    let mut offers: Vec<Offer> = Vec::new();
    for (number, team_id) in chosen.into_iter().enumerate() {
        if open.contains(&team_id) || offers.iter().any(|offer| offer.team_id == team_id) {
            continue;
        }
        ensure_askable(tx, placed, team_id)
            .map_err(|problem| problem.at(format!("/team_ids/{number}")))?;
        let place = suggested.iter().position(|team| team.ranked.team_id == team_id);
        let best = place.is_some_and(|place| place < ASKED_AT_ONCE);
        offers.push(Offer {
            order_id: placed.kept.order.id,
            team_id,
            wave: placed.kept.order.progress.version + 1,
            state: OrderOfferState::Offered,
            offered_at: act.now,
            answered_at: None,
            reason: None,
            rank: place.and_then(|place| i64::try_from(place + 1).ok()),
            score: place
                .and_then(|place| suggested.get(place))
                .map(|team| team.ranked.score.as_thousandths()),
            overridden: !best && of_project != Some(team_id),
        });
    }
    orders::insert_offers(tx, &offers)?;
    let asked: Vec<TeamId> = offers.iter().map(|offer| offer.team_id).collect();
    orders::touch_reach(tx, &asked, act.now)?;
    let data = serde_json::json!({
        "teams": asked,
        "team_of_project": of_project,
        "overridden": offers.iter().filter(|offer| offer.overridden).map(|offer| offer.team_id).collect::<Vec<_>>(),
    });
    let step = Step::Dispatch { open_call: command.open_call };
    take(tx, act, placed, step, Note { reason: None, data: Some(data) })?;
    Ok(())
}

fn ensure_askable(tx: &mut Transaction<'_>, placed: &PlacedOrder, id: TeamId) -> Answer<()> {
    let team = active(tx, id)?;
    let home = existing_venue(tx, team.home_venue_id)?;
    if home.center_id != Some(placed.kept.order.ladder.center_id) {
        return Err(Problem::new(Code::OutOfScope)
            .say("该队伍属于其他中心。", "The team is at home at another center."));
    }
    if placed.kept.order.progress.former_team_id == Some(id) {
        return Err(OrderRefusal::FormerTeam.into());
    }
    Ok(())
}

/// A team may be suspended or dissolved between asking and answering.
fn active(tx: &mut Transaction<'_>, id: TeamId) -> Answer<Team> {
    let team = existing_team(tx, id)?;
    if team.state == TeamState::Active { Ok(team) } else { Err(Problem::new(Code::TeamNotActive)) }
}

/// A team takes the order that it is asked to take, or that is called openly. The first has it.
pub fn accept(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    team: TeamId,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    if placed.kept.order.progress.state == OrderState::Dispatching {
        ensure_asked(tx, &placed, team)?;
        active(tx, team)?;
    }
    take(tx, act, &mut placed, Step::Accept(team), Note::default())?;
    Ok(placed)
}

fn ensure_asked(tx: &mut Transaction<'_>, placed: &PlacedOrder, team: TeamId) -> Answer<()> {
    let order = &placed.kept.order;
    let is_asked = orders::is_offered(tx, order.id, team)?
        || (order.progress.open_call
            && orders::is_reachable(tx, order.holder_id(), order.need.category, team)?);
    if is_asked { Ok(()) } else { Err(OrderRefusal::NotAsked.into()) }
}

/// A team does not take it. When all that were asked have refused, the tier above is asked without waiting for the clock; where the
/// team of the project that was ordered was asked alone, the best suggestions are asked first.
pub fn refuse(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    team: TeamId,
    reason: &str,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    let is_dispatching = placed.kept.order.progress.state == OrderState::Dispatching;
    if is_dispatching && !orders::is_offered(tx, id, team)? {
        return Err(OrderRefusal::NotAsked.into());
    }
    take(tx, act, &mut placed, Step::Refuse(team), Note::reason(reason))?;
    let order = &placed.kept.order;
    let all_refused =
        !order.progress.open_call && orders::open_offer_teams(tx, order.id)?.is_empty();
    if !all_refused {
        return Ok(placed);
    }
    let is_first = projects_team(tx, order)? == Some(team);
    if is_first
        && !placed.kept.order.progress.is_for_center()
        && ask_best(tx, &act.by_program(), &mut placed)?
    {
        return Ok(placed);
    }
    if placed.kept.order.ladder.above(placed.kept.order.progress.tier).is_some() {
        pass_up(tx, &act.by_program(), &mut placed, Note::default())?;
    }
    Ok(placed)
}

/// Asks the best suggestions, if there are any.
fn ask_best(tx: &mut Transaction<'_>, act: &Act<'_>, placed: &mut PlacedOrder) -> Answer<bool> {
    match ask(tx, act, placed, &Dispatching::default()) {
        Ok(()) => Ok(true),
        Err(problem) if problem.code() == Code::NoCandidates => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// A dispatcher passes it to the tier above before the clock does.
pub fn escalate(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    reason: &str,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    pass_up(tx, act, &mut placed, Note::reason(reason))?;
    Ok(placed)
}

/// Passes an order to the tier above, where the best teams are asked at once.
pub fn pass_up(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &mut PlacedOrder,
    note: Note,
) -> Answer<()> {
    take(tx, act, placed, Step::Escalate, note)?;
    let order = &placed.kept.order;
    if order.progress.is_sought() && !order.progress.is_for_center() {
        ask_best(tx, &act.by_program(), placed)?;
    }
    Ok(())
}

/// The center gives it to a team.
pub fn assign(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    team: TeamId,
    reason: &str,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    ensure_askable(tx, &placed, team).map_err(|problem| problem.at("/team_id"))?;
    take(tx, act, &mut placed, Step::Assign(team), Note::reason(reason))?;
    orders::touch_reach(tx, &[team], act.now)?;
    Ok(placed)
}
