//! Orders: a resident's need on its way to a team and back (docs/rules.md#orders).

mod clocks;
pub mod comparison;
mod document;
mod life;
mod matching;
mod need;
mod order;
mod rating;
mod replay;
mod working_time;

pub use clocks::{Allowance, Clock, ClockKind, Urgency, allowance};
pub use document::{diagram, table};
pub use life::{ClockEffect, MOVES, Move, OrderCommand, OrderState, Party, allowed_from, move_of};
pub use matching::{
    Asked, Candidate, MatchingWeights, Part, PartKind, Ranked, Reason, Score, WeightsRefusal, rank,
};
pub use need::{
    Ladder, Moment, Need, OrderSource, Outcome, PersonServed, PriorityGroup, Tier, coarse,
};
pub use order::{
    Actor, Offer, Order, OrderEvent, OrderOfferState, OrderRefusal, Progress, SHOWN_AFTER_END, Step,
};
pub use rating::{AppealState, Rating, RatingRefusal, Satisfaction, Stars, may_rate, satisfaction};
pub use replay::{ReplayFault, replay};
pub use working_time::{BUILT_IN, DayKind, WorkCalendar};
