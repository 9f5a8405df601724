//! Orders: a resident's need on its way to a team and back (docs/rules.md#orders).

mod care_plan;
mod clocks;
mod common_needs;
pub mod comparison;
mod document;
mod life;
mod matching;
mod need;
mod order;
mod progress;
mod rating;
mod replay;
mod rhythm;
mod working_time;

pub use care_plan::{
    CarePlan, CarePlanRefusal, CarePlanState, CarePlanTerms, Due, LEAD_MINUTES, VISIT_MINUTES,
};
pub use clocks::{Allowance, Clock, ClockKind, Urgency, allowance};
pub use common_needs::{
    CommonNeed, CommonNeedRefusal, CommonNeedState, Gathering, HeardNeed, MOST_NEEDS, gather,
};
pub use document::{diagram, table};
pub use life::{ClockEffect, MOVES, Move, OrderCommand, OrderState, Party, allowed_from, move_of};
pub use matching::{
    Asked, Candidate, MatchingWeights, Part, PartKind, Ranked, Reason, Score, WeightsRefusal, rank,
};
pub use need::{
    Ladder, Moment, Need, OrderSource, Outcome, PersonServed, PriorityGroup, Tier, coarse,
};
pub use order::{Actor, Offer, Order, OrderEvent, OrderOfferState, OrderRefusal, Step};
pub use progress::{Progress, SHOWN_AFTER_END};
pub use rating::{
    AppealState, Rating, RatingRefusal, Satisfaction, Stars, may_rate, satisfaction, team_reward,
};
pub use replay::{ReplayFault, replay};
pub use rhythm::{DayOfMonth, NotARhythm, Rhythm, Weather, Weekday, Weekdays};
pub use working_time::{BUILT_IN, DayKind, WorkCalendar};
