//! Activities, their sessions and positions, and who signed up.

mod activity;
mod session;
mod signup;

pub use activity::{
    Activity, ActivityMove, ActivityPlan, ActivityRefusal, ActivityState, Publisher, Review,
    is_reviewed_above, review_of,
};
pub use session::{
    Period, Position, Requirements, Session, SessionPlan, SessionPolicy, SessionRefusal,
    SessionState,
};
pub use signup::{
    Admission, Canceller, Companion, HeldSignup, Promotion, Queue, Signup, SignupFacts,
    SignupPolicy, SignupRefusal, SignupState, TeamTie, check_overlap, may_move_up, promotion,
    restricted_until, sign_up,
};

vocabulary! {
    /// What occasions an activity.
    pub enum ActivityKind {
        /// A theme that the whole district serves.
        DistrictTheme = "district_theme",
        /// What a venue chose for its residents.
        VenueChoice = "venue_choice",
        /// Neighbours for neighbours.
        Neighbor = "neighbor",
        /// Serves an order of a resident.
        OnDemand = "on_demand",
        Lecture = "lecture",
        Training = "training",
        /// Many booths in one place.
        Market = "market",
        /// Many hands for a large event.
        EventSupport = "event_support",
    }
}
