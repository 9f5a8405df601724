//! Which teams suit an order best, and why.

use chrono::TimeDelta;
use shijian_domain::{
    activities::Period,
    ids::{OrderId, TeamId},
    orders::{Asked, Candidate, MatchingWeights, Ranked, rank},
};
use shijian_persistence::{
    Transaction,
    orders::{self, PlacedOrder, Reachable},
};

use super::{menu::team_of_project, parties::ensure_dispatcher, settings, visible};
use crate::{act::Act, problem::Answer};

/// How far turn-taking looks back.
const LATELY: TimeDelta = TimeDelta::days(90);

/// A team as it suits an order.
#[derive(Debug, Clone)]
pub struct Suggestion {
    pub name: String,
    pub ranked: Ranked,
}

/// The teams that suit an order best, for its dispatchers; before them the team of the project that was ordered.
pub fn suggestions(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
) -> Answer<(Option<TeamId>, Vec<Suggestion>)> {
    let placed = visible(tx, act, id)?;
    ensure_dispatcher(tx, act, &placed)?;
    Ok((team_of_project(tx, &placed)?, suggest(tx, act, &placed)?))
}

/// At most 64 teams of the tier where the order is, best first. Whoever handed it back, served it before or did not take it is not asked
/// again.
pub(super) fn suggest(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
) -> Answer<Vec<Suggestion>> {
    let order = &placed.kept.order;
    let out = not_asked_again(tx, placed)?;
    let mut reachable =
        orders::reachable(tx, order.holder_id(), order.need.category, order.need.location)?;
    reachable.retain(|team| !out.contains(&team.team_id));
    let ids: Vec<TeamId> = reachable.iter().map(|team| team.team_id).collect();
    let skilled = match &order.need.skill {
        Some(skill) => orders::skilled_members(tx, &ids, skill)?,
        None => Vec::new(),
    };
    let lately = orders::asked_since(tx, &ids, act.now - LATELY)?;
    let busy = match order.need.wished {
        Some(Period { starts_at, ends_at }) => orders::busy_members(tx, &ids, starts_at, ends_at)?,
        None => Vec::new(),
    };
    let figure = |figures: &[(TeamId, i64)], team| {
        figures.iter().find(|(id, _)| *id == team).map_or(0, |(_, figure)| *figure)
    };
    let candidates: Vec<Candidate> = reachable
        .iter()
        .map(|team| {
            let skill = order.need.skill.clone().into_iter();
            let able = usize::try_from(figure(&skilled, team.team_id)).unwrap_or_default();
            Candidate {
                skills: skill.cycle().take(able).collect(),
                free_members: (team.members - figure(&busy, team.team_id)).max(0),
                asked_lately: figure(&lately, team.team_id),
                ..candidate(team)
            }
        })
        .collect();
    let asked = Asked {
        category: order.need.category,
        skill: order.need.skill.clone(),
        location: order.need.location,
        wished: order.need.wished,
    };
    let weights: MatchingWeights = settings::weights_of(tx, order.ladder.center_id)?.weights;
    let name = |id| {
        let team = reachable.iter().find(|team| team.team_id == id);
        team.map(|team| team.name.clone()).unwrap_or_default()
    };
    let ranked = rank(&asked, &candidates, weights, act.now);
    Ok(ranked.into_iter().map(|ranked| Suggestion { name: name(ranked.team_id), ranked }).collect())
}

/// Who handed it back, served it before, did not take it, or is asked.
pub(super) fn not_asked_again(
    tx: &mut Transaction<'_>,
    placed: &PlacedOrder,
) -> Answer<Vec<TeamId>> {
    let order = &placed.kept.order;
    let mut out = orders::asked_before(tx, order.id)?;
    out.extend(orders::open_offer_teams(tx, order.id)?);
    out.extend(order.progress.former_team_id);
    out.extend(order.progress.returned_by.iter().copied());
    Ok(out)
}

fn candidate(team: &Reachable) -> Candidate {
    Candidate {
        team_id: team.team_id,
        categories: team.categories.clone(),
        skills: Vec::new(),
        home: team.location,
        open_orders: team.load.open_orders,
        free_members: team.members,
        ratings: team.load.ratings,
        ratings_sum: team.load.stars,
        offers: team.load.offers,
        answered_in_time: team.load.answered,
        accepted: team.load.accepted,
        last_asked_at: team.last_asked_at,
        asked_lately: 0,
    }
}
