//! Service orders.

mod comparison;
mod matching;

pub use comparison::{Clocks, Outcome, PlayedOrder, PlayedTeam, play, year_of_orders};
pub use matching::{
    Asked, Candidate, MatchingWeights, Part, PartKind, Ranked, Reason, Score, WeightsRefusal, rank,
};
