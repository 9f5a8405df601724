//! Which team suits an order best, and why: each candidate with its score and the parts that it is made of.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use crate::{activities::Period, ids::TeamId, place::Location, teams::TeamCategory, units::Metres};

mod parts;
mod reason;

pub use reason::Reason;

/// What an order asks of a team.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub category: TeamCategory,
    /// What somebody of the team should be able to do, in the words of the order.
    pub skill: Option<String>,
    pub location: Location,
    /// When the service is wished for, where that was said.
    pub wished: Option<Period>,
}

/// What is known of a team that may be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub team_id: TeamId,
    pub categories: Vec<TeamCategory>,
    /// What its members can do, as they gave it; a skill of two members stands here twice.
    pub skills: Vec<String>,
    /// Where the team's home venue is.
    pub home: Location,
    /// Orders that it accepted and has not served yet.
    pub open_orders: i64,
    /// Active members who have nothing else at the wished time; all of them where no time was wished.
    pub free_members: i64,
    /// Ratings that count.
    pub ratings: i64,
    /// The sum of these ratings' overall marks, 1 to 5 each.
    pub ratings_sum: i64,
    /// Offers whose time to answer is over or that were answered.
    pub offers: i64,
    /// Of these, the ones that it accepted or refused before the clock.
    pub answered_in_time: i64,
    /// Of these, the ones that it accepted.
    pub accepted: i64,
    pub last_asked_at: Option<DateTime<Utc>>,
    /// How often it was asked in the last 90 days.
    pub asked_lately: i64,
}

vocabulary! {
    /// What a team is judged by.
    pub enum PartKind {
        /// How much the team is made for what is asked.
        Category = "category",
        /// How many members have the skill.
        Skill = "skill",
        /// How near its home is.
        Distance = "distance",
        /// How much room it has beside its open orders.
        Capacity = "capacity",
        /// How satisfied those are whom it served.
        Rating = "rating",
        /// How dependably it answers.
        Response = "response",
        /// How long it has waited for its turn.
        Turn = "turn",
    }
}

/// From 0 for the worst to 1,000 for the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(i64);

impl Score {
    pub const WORST: Self = Self(0);
    pub const BEST: Self = Self(1_000);

    /// `part` of `whole`; the best where there is nothing to have a part of.
    fn share(part: i64, whole: i64) -> Self {
        if whole <= 0 {
            return Self::BEST;
        }
        Self(part.clamp(0, whole).saturating_mul(Self::BEST.0) / whole)
    }

    /// Between two scores.
    const fn mean(self, other: Self) -> Self {
        Self(i64::midpoint(self.0, other.0))
    }

    /// Thousandths.
    pub const fn as_thousandths(self) -> i64 {
        self.0
    }
}

/// Why weights are not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeightsRefusal {
    #[error("the weight of `{part}` lies between 0 and 100")]
    OutOfBounds { part: PartKind },
    #[error("one weight at least is above 0")]
    NothingCounts,
}

/// How much each part counts at a center: 0 to 100 each, one at least above 0. Only their proportion matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchingWeights {
    category: i64,
    skill: i64,
    distance: i64,
    capacity: i64,
    rating: i64,
    response: i64,
    turn: i64,
}

impl Default for MatchingWeights {
    /// Chosen by playing a year of the demo district (docs/matching.md).
    fn default() -> Self {
        Self {
            category: 5,
            skill: 15,
            distance: 40,
            capacity: 30,
            rating: 5,
            response: 5,
            turn: 15,
        }
    }
}

impl MatchingWeights {
    /// Nothing but the distance counts: the nearest team is asked first.
    pub const NEAREST_FIRST: Self =
        Self { category: 0, skill: 0, distance: 100, capacity: 0, rating: 0, response: 0, turn: 0 };

    /// The weights that `weight_of` says.
    ///
    /// # Errors
    /// [`WeightsRefusal::OutOfBounds`], [`WeightsRefusal::NothingCounts`].
    pub fn new(weight_of: impl Fn(PartKind) -> i64) -> Result<Self, WeightsRefusal> {
        let bounded = |part| match weight_of(part) {
            weight @ 0..=100 => Ok(weight),
            _ => Err(WeightsRefusal::OutOfBounds { part }),
        };
        let weights = Self {
            category: bounded(PartKind::Category)?,
            skill: bounded(PartKind::Skill)?,
            distance: bounded(PartKind::Distance)?,
            capacity: bounded(PartKind::Capacity)?,
            rating: bounded(PartKind::Rating)?,
            response: bounded(PartKind::Response)?,
            turn: bounded(PartKind::Turn)?,
        };
        if weights.sum() == 0 { Err(WeightsRefusal::NothingCounts) } else { Ok(weights) }
    }

    /// The weight of one part, 0 to 100.
    pub const fn of(self, part: PartKind) -> i64 {
        match part {
            PartKind::Category => self.category,
            PartKind::Skill => self.skill,
            PartKind::Distance => self.distance,
            PartKind::Capacity => self.capacity,
            PartKind::Rating => self.rating,
            PartKind::Response => self.response,
            PartKind::Turn => self.turn,
        }
    }

    fn sum(self) -> i64 {
        PartKind::ALL.iter().map(|part| self.of(*part)).sum()
    }
}

/// One part of a team's score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    pub score: Score,
    /// How much it counts, 0 to 100.
    pub weight: i64,
    /// The figures that the score comes from.
    pub reason: Reason,
}

/// A team, as suited to the order as its score says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    pub team_id: TeamId,
    /// The weighted mean of its parts.
    pub score: Score,
    /// One for each [`PartKind`], in their declared order.
    pub parts: Vec<Part>,
    /// From the team's home to the order.
    pub distance: Metres,
}

/// The candidates that serve with the asked category, best first. Of two with the same score the nearer comes first, then the one
/// with the lower id: the same facts give the same order, whatever order they come in.
pub fn rank(
    asked: &Asked,
    candidates: &[Candidate],
    weights: MatchingWeights,
    now: DateTime<Utc>,
) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = candidates
        .iter()
        .filter(|candidate| candidate.categories.contains(&asked.category))
        .map(|candidate| judge(asked, candidate, weights, now))
        .collect();
    ranked.sort_by_key(|team| (Reverse(team.score), team.distance, team.team_id));
    ranked
}

fn judge(
    asked: &Asked,
    candidate: &Candidate,
    weights: MatchingWeights,
    now: DateTime<Utc>,
) -> Ranked {
    let parts: Vec<Part> = PartKind::ALL
        .iter()
        .map(|&kind| {
            let (score, reason) = parts::judge(kind, asked, candidate, now);
            Part { kind, score, weight: weights.of(kind), reason }
        })
        .collect();
    let weighted: i64 = parts.iter().map(|part| part.score.0 * part.weight).sum();
    Ranked {
        team_id: candidate.team_id,
        score: Score(weighted / weights.sum().max(1)),
        parts,
        distance: candidate.home.distance_to(asked.location),
    }
}

#[cfg(test)]
mod tests;
