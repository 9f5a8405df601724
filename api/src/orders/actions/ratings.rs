//! What the people served say, and what becomes of it.

use chrono::{DateTime, Utc};
use shijian_domain::{
    identity::{Permission, Target},
    ids::{OrderId, TeamId, VenueId},
    orders::{
        AppealState, OrderState, Outcome, Rating, RatingRefusal, Satisfaction, Stars, Step,
        may_rate,
    },
};
use shijian_persistence::{
    Transaction,
    orders::{self, PlacedOrder, TeamLoad},
    teams,
};

use super::{Note, boards::tier_of, changing, held, person::has_place, step, take};
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
};

/// What somebody says of a service.
#[derive(Debug, Clone)]
pub struct Opinion {
    pub attitude: Stars,
    pub quality: Stars,
    pub timeliness: Stars,
    pub overall: Stars,
    pub outcome: Outcome,
    pub comment: Option<String>,
}

/// Rates what was served: by whoever was served, or the grid worker for them, and never by who served.
pub fn rate(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    opinion: &Opinion,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    if let (OrderState::Served, Some(team_id)) =
        (placed.kept.order.progress.state, placed.kept.order.progress.team_id)
    {
        ensure_served_by_others(tx, act, &placed, team_id)?;
        let rating = Rating {
            order_id: id,
            round: placed.kept.order.progress.round,
            team_id,
            attitude: opinion.attitude,
            quality: opinion.quality,
            timeliness: opinion.timeliness,
            overall: opinion.overall,
            outcome: opinion.outcome,
            comment: opinion.comment.clone(),
            rated_by: act.caller.account_if_any(),
            rated_at: act.now,
            appeal: None,
            appeal_reason: None,
        };
        take(tx, act, &mut placed, Step::Rate(opinion.overall), Note::default())?;
        orders::insert_rating(tx, &rating)?;
        count(tx, &rating, 1)?;
        return Ok(placed);
    }
    // The table says why not.
    take(tx, act, &mut placed, Step::Rate(opinion.overall), Note::default())?;
    Ok(placed)
}

fn count(tx: &mut Transaction<'_>, rating: &Rating, sign: i64) -> Answer<()> {
    let by = TeamLoad { ratings: sign, stars: sign * rating.overall.get(), ..TeamLoad::default() };
    Ok(orders::change_load(tx, rating.team_id, by)?)
}

pub(super) fn ensure_served_by_others(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
    team: TeamId,
) -> Answer<()> {
    let volunteer = act.caller.volunteer_if_any();
    let is_member = match volunteer {
        Some(volunteer) => teams::is_active_member(tx, team, volunteer)?,
        None => false,
    };
    let served = if has_place(tx, act, placed)? { volunteer } else { None };
    may_rate(volunteer, is_member, served.as_slice())?;
    Ok(())
}

/// It goes to another team, once.
pub fn reopen(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    reason: &str,
) -> Answer<PlacedOrder> {
    step(tx, act, id, Step::Reopen, Note::reason(reason))
}

/// A dispatcher ends a rated order, after the return visit where there was one.
pub fn close(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    reason: &str,
) -> Answer<PlacedOrder> {
    step(tx, act, id, Step::Close, Note::reason(reason))
}

/// The team appeals against the rating of its service.
pub fn appeal(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    reason: &str,
) -> Answer<PlacedOrder> {
    let mut placed = held(tx, act, id)?;
    take(tx, act, &mut placed, Step::Appeal, Note::reason(reason))?;
    let rating = current(tx, &placed)?.appealed(reason.to_owned())?;
    orders::update_rating(tx, &rating)?;
    Ok(placed)
}

/// The center judges an appeal; a rating that was unfair does not count.
pub fn judge(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    verdict: AppealState,
    reason: &str,
) -> Answer<PlacedOrder> {
    let mut placed = held(tx, act, id)?;
    let judging = if verdict == AppealState::Upheld { Step::Uphold } else { Step::Dismiss };
    take(tx, act, &mut placed, judging, Note::reason(reason))?;
    if let (Some(team), Some(volunteer)) =
        (placed.kept.order.progress.team_id, act.caller.volunteer_if_any())
        && teams::is_active_member(tx, team, volunteer)?
    {
        return Err(Problem::new(Code::OwnReview));
    }
    let rating = current(tx, &placed)?.judged(verdict)?;
    orders::update_rating(tx, &rating)?;
    if !rating.counts() {
        count(tx, &rating, -1)?;
    }
    Ok(placed)
}

fn current(tx: &mut Transaction<'_>, placed: &PlacedOrder) -> Answer<Rating> {
    let order = &placed.kept.order;
    orders::lock_rating(tx, order.id, order.progress.round)?
        .ok_or_else(|| RatingRefusal::NotAppealed.into())
}

/// How satisfied the people of a venue are with what was served in a time.
pub fn satisfaction(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: VenueId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Answer<Satisfaction> {
    let venue = existing_venue(tx, venue)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&venue.path), "venue")?;
    Ok(orders::satisfaction_of(tx, tier_of(venue.kind)?, venue.id, from, to)?)
}
