//! A year of orders played through under one set of weights, so that weights can be compared: the same orders, the same teams and the
//! same willingness, whatever the weights (docs/matching.md).

use std::{cmp::Reverse, collections::BinaryHeap};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, MatchingWeights, rank};
use crate::{
    ids::TeamId,
    place::Location,
    teams::TeamCategory,
    units::{BasisPoints, Metres},
};

mod crew;
mod draws;
mod year;

use crew::{Answer, Crew};
use draws::Draws;
pub use year::year_of_orders;

/// So many teams are asked one after the other; then the center decides.
const HOPS: i32 = 3;

/// A team that takes part.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedTeam {
    pub id: TeamId,
    pub home: Location,
    pub categories: Vec<TeamCategory>,
    /// Active members.
    pub members: i64,
}

/// Until when something is to be done, counted from when the order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    pub accepted_within: TimeDelta,
    pub served_within: TimeDelta,
}

/// An order that comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayedOrder {
    pub category: TeamCategory,
    pub location: Location,
    pub at: DateTime<Utc>,
    pub clocks: Clocks,
}

/// How the orders went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// All that some team can serve; every one of them was served at last.
    pub orders: i64,
    /// Served after their clock.
    pub late: i64,
    /// Accepted by none of the teams that were asked, so that the center assigned them.
    pub escalated: i64,
    /// From the home of the team to the order, on average.
    pub mean_distance: Metres,
    /// How unevenly the orders of a category were spread over the teams that serve it, on average: 0 if evenly.
    pub gini: BasisPoints,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The order is to be offered to the next team.
    Offer {
        order: usize,
    },
    /// The team's answer to its offer, or that there was none.
    Answer {
        order: usize,
        team: usize,
        answer: Answer,
    },
    /// The center assigns the order.
    Assign {
        order: usize,
    },
    Served {
        order: usize,
        team: usize,
    },
}

/// What is to come, earliest first; of two at once the one that was known first.
#[derive(Default)]
struct Agenda {
    events: BinaryHeap<Reverse<(DateTime<Utc>, u64, Event)>>,
    known: u64,
}

impl Agenda {
    fn add(&mut self, at: DateTime<Utc>, event: Event) {
        self.events.push(Reverse((at, self.known, event)));
        self.known += 1;
    }

    fn next(&mut self) -> Option<(DateTime<Utc>, Event)> {
        self.events.pop().map(|Reverse((at, _, event))| (at, event))
    }
}

/// The state of a year that is being played.
struct Play<'a> {
    orders: &'a [PlayedOrder],
    weights: MatchingWeights,
    draws: Draws,
    crews: Vec<Crew<'a>>,
    /// Which teams each order was offered to.
    asked: Vec<Vec<usize>>,
    agenda: Agenda,
    late: i64,
    escalated: i64,
    travelled: Metres,
}

/// Plays the orders. Each is offered to the best team by `weights`, then to the next, until one accepts or the center assigns it. Orders that no
/// team can serve are left out. The same seed gives every team the same luck with every order, whatever the weights.
pub fn play(
    teams: &[PlayedTeam],
    orders: &[PlayedOrder],
    weights: MatchingWeights,
    seed: u64,
) -> Outcome {
    let draws = Draws::new(seed);
    let mut teams: Vec<&PlayedTeam> = teams.iter().collect();
    teams.sort_by_key(|team| team.id);
    let mut play = Play {
        orders,
        weights,
        draws,
        crews: teams
            .into_iter()
            .zip(0..)
            .map(|(team, number)| Crew::new(team, number, draws))
            .collect(),
        asked: vec![Vec::new(); orders.len()],
        agenda: Agenda::default(),
        late: 0,
        escalated: 0,
        travelled: Metres::ZERO,
    };
    for (index, order) in orders.iter().enumerate() {
        if play.crews.iter().any(|crew| crew.serves(order)) {
            play.agenda.add(order.at, Event::Offer { order: index });
        }
    }
    while let Some((now, event)) = play.agenda.next() {
        play.happen(now, event);
    }
    play.outcome()
}

impl Play<'_> {
    /// What an event brings about; indices in events come from these very lists.
    fn happen(&mut self, now: DateTime<Utc>, event: Event) -> Option<()> {
        match event {
            Event::Offer { order } => self.offer(now, order),
            Event::Answer { order, team, answer } => {
                self.crews.get_mut(team)?.answered(answer);
                match answer {
                    Answer::Accepted => self.start(now, order, team),
                    Answer::Refused | Answer::Silent => self.offer(now, order),
                }
            }
            Event::Assign { order } => {
                self.escalated += 1;
                let team = self.assignee(self.orders.get(order)?)?;
                self.start(now, order, team)
            }
            Event::Served { order, team } => {
                let is_late = self.is_late(now, order)?;
                self.late += i64::from(is_late);
                let category = self.orders.get(order)?.category;
                self.crews.get_mut(team)?.finish(category, order, is_late, self.draws);
                Some(())
            }
        }
    }

    fn is_late(&self, now: DateTime<Utc>, order: usize) -> Option<bool> {
        let order = self.orders.get(order)?;
        Some(now > order.at + order.clocks.served_within)
    }

    /// Asks the best team that was not asked before, or hands the order to the center.
    fn offer(&mut self, now: DateTime<Utc>, order: usize) -> Option<()> {
        let played = self.orders.get(order)?;
        let asked = self.asked.get_mut(order)?;
        let window = played.clocks.accepted_within / HOPS;
        let is_last = i32::try_from(asked.len()).is_ok_and(|hops| hops >= HOPS);
        let team = if is_last { None } else { best(&self.crews, played, asked, self.weights, now) };
        match team {
            Some(team) => {
                asked.push(team);
                let crew = self.crews.get_mut(team)?;
                let (answer, after) = crew.ask(played, order, window, now, self.draws);
                self.agenda.add(now + after, Event::Answer { order, team, answer });
            }
            None => self.agenda.add(now + window, Event::Assign { order }),
        }
        Some(())
    }

    /// The center, whatever the weights: the nearest team with room, or else the least loaded.
    fn assignee(&self, order: &PlayedOrder) -> Option<usize> {
        let able = self.crews.iter().enumerate().filter(|(_, crew)| crew.serves(order));
        able.min_by_key(|(_, crew)| (crew.overload(), crew.distance_to(order)))
            .map(|(team, _)| team)
    }

    fn start(&mut self, now: DateTime<Utc>, order: usize, team: usize) -> Option<()> {
        let (played, crew) = (self.orders.get(order)?, self.crews.get_mut(team)?);
        self.travelled.0 += crew.distance_to(played).0;
        let served_at = now + crew.start(played, order, self.draws);
        self.agenda.add(served_at, Event::Served { order, team });
        Some(())
    }

    fn outcome(self) -> Outcome {
        let orders: i64 = self.crews.iter().map(|crew| crew.served.values().sum::<i64>()).sum();
        Outcome {
            orders,
            late: self.late,
            escalated: self.escalated,
            mean_distance: Metres(self.travelled.0 / orders.max(1)),
            gini: self.gini(orders),
        }
    }

    /// The Gini coefficients of the categories, each among the teams that serve it, weighted by its orders: no weights can move
    /// an order to a team that does not serve its category.
    fn gini(&self, orders: i64) -> BasisPoints {
        let weighted = TeamCategory::ALL.iter().map(|category| {
            let able = self.crews.iter().filter(|crew| crew.team.categories.contains(category));
            let counts: Vec<i64> =
                able.map(|crew| crew.served.get(category).copied().unwrap_or_default()).collect();
            counts.iter().sum::<i64>() * gini(counts).0
        });
        BasisPoints(weighted.sum::<i64>() / orders.max(1))
    }
}

/// The team that the weights put first among those not asked before.
fn best(
    crews: &[Crew<'_>],
    order: &PlayedOrder,
    asked_before: &[usize],
    weights: MatchingWeights,
    now: DateTime<Utc>,
) -> Option<usize> {
    let asked =
        Asked { category: order.category, skill: None, location: order.location, wished: None };
    let may_be_asked =
        |(team, crew): &(usize, &Crew<'_>)| crew.serves(order) && !asked_before.contains(team);
    let candidates: Vec<_> = crews
        .iter()
        .enumerate()
        .filter(may_be_asked)
        .map(|(_, crew)| crew.candidate(now))
        .collect();
    let first = rank(&asked, &candidates, weights, now).into_iter().next()?;
    crews.iter().position(|crew| crew.team.id == first.team_id)
}

/// The Gini coefficient of the counts (Gini, *Variabilità e mutabilità*, 1912): half the mean difference of two, as a share of the mean.
fn gini(mut counts: Vec<i64>) -> BasisPoints {
    counts.sort_unstable();
    let number = i64::try_from(counts.len()).unwrap_or(i64::MAX);
    let sum: i64 = counts.iter().sum();
    if sum == 0 {
        return BasisPoints::ZERO;
    }
    let ranked: i64 = counts.iter().zip(1..).map(|(count, rank)| count * rank).sum();
    BasisPoints((2 * ranked - (number + 1) * sum) * 10_000 / (number * sum))
}

#[cfg(test)]
mod tests;
