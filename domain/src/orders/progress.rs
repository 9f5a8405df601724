//! How far an order has come: what its events add up to.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Clock, OrderCommand, OrderEvent, OrderState, Tier};
use crate::ids::{SessionId, TeamId};

/// After so many hand-backs, or so many hops, the center decides.
pub(super) const MOST_HAND_BACKS: usize = 2;
pub(super) const MOST_HOPS: i64 = 3;

/// How far an order has come: what its events add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub state: OrderState,
    pub tier: Tier,
    /// The team that has it.
    pub team_id: Option<TeamId>,
    pub clock: Option<Clock>,
    /// Since when it is late: a clock ran out with nobody to pass it on to, and none runs since.
    pub lapsed_at: Option<DateTime<Utc>>,
    /// 1, and 2 once it was reopened.
    pub round: i64,
    /// How often it went on to somebody else: up a tier, or back from a team.
    pub hops: i64,
    /// Teams that handed it back.
    pub returned_by: Vec<TeamId>,
    /// The team of the first round.
    pub former_team_id: Option<TeamId>,
    pub paused_minutes: i64,
    /// Any able team may accept it.
    pub open_call: bool,
    pub session_id: Option<SessionId>,
    pub confirmed: bool,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// The number of its last event.
    pub version: i64,
}

impl Progress {
    /// As the first event leaves an order.
    pub fn begun(event: &OrderEvent) -> Self {
        Self {
            state: event.state,
            tier: event.tier,
            team_id: None,
            clock: event.clock,
            lapsed_at: None,
            round: 1,
            hops: 0,
            returned_by: Vec::new(),
            former_team_id: None,
            paused_minutes: 0,
            open_call: false,
            session_id: None,
            confirmed: false,
            ended_at: None,
            version: event.number,
        }
    }

    /// As an event leaves an order. The state of an order is what its events say: there is no other way to change it.
    #[must_use]
    pub fn after(mut self, event: &OrderEvent) -> Self {
        self.state = event.state;
        self.tier = event.tier;
        self.clock = event.clock;
        self.version = event.number;
        if event.clock.is_some() {
            // Somebody is waited for again.
            self.lapsed_at = None;
        }
        match event.command {
            OrderCommand::Dispatch => self.open_call = event.open_call,
            OrderCommand::Escalate => {
                self.hops += 1;
                self.open_call = false;
            }
            OrderCommand::Lapse => self.lapsed_at = Some(event.at),
            OrderCommand::Pause => {
                self.paused_minutes += event.paused_minutes.unwrap_or_default();
            }
            OrderCommand::Accept | OrderCommand::Assign => {
                self.team_id = event.team_id;
                self.open_call = false;
            }
            OrderCommand::HandBack => {
                self.hops += 1;
                self.returned_by.extend(self.team_id);
                self.team_id = None;
                self.session_id = None;
            }
            OrderCommand::Schedule => self.session_id = event.session_id,
            OrderCommand::Unschedule => self.session_id = None,
            OrderCommand::Confirm => self.confirmed = true,
            OrderCommand::Reopen => {
                self.round += 1;
                self.hops += 1;
                self.former_team_id = self.team_id.take();
                self.session_id = None;
                self.confirmed = false;
            }
            _ => {}
        }
        if OrderState::ENDED.contains(&self.state) && self.ended_at.is_none() {
            self.ended_at = Some(event.at);
        }
        self
    }

    /// Whether a team is looked for.
    pub const fn is_sought(&self) -> bool {
        matches!(
            self.state,
            OrderState::Registered | OrderState::Reopened | OrderState::Dispatching
        )
    }

    /// Whether it went round long enough: the center assigns, transfers or declines it.
    pub fn is_for_center(&self) -> bool {
        self.returned_by.len() >= MOST_HAND_BACKS || self.hops >= MOST_HOPS
    }
}

/// Who is served is shown to who serves from acceptance until so long after the end.
pub const SHOWN_AFTER_END: TimeDelta = TimeDelta::days(7);

impl Progress {
    /// Whether who serves may see whom they serve at `now`.
    pub fn shows_person(&self, now: DateTime<Utc>) -> bool {
        use OrderState::{Accepted, Closed, InService, Rated, Scheduled, Served};
        match self.state {
            Accepted | Scheduled | InService | Served | Rated => true,
            Closed => self.ended_at.is_some_and(|ended| now < ended + SHOWN_AFTER_END),
            _ => false,
        }
    }
}
