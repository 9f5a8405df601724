//! A service order: the need, and how far it has come.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Clock, ClockEffect, ClockKind, Ladder, Need, OrderCommand, OrderSource, OrderState, Party,
    Progress, Stars, Tier, WorkCalendar, allowance, move_of,
    progress::{MOST_HAND_BACKS, MOST_HOPS},
};
use crate::ids::{AccountId, CarePlanId, OrderId, ProjectId, SessionId, TeamId, VenueId};

/// One pause, and all pauses of an order together.
const LONGEST_PAUSE: TimeDelta = TimeDelta::days(7);
const LONGEST_PAUSES: TimeDelta = TimeDelta::days(14);
/// A reopened order is in its second round, and there is no third.
const LAST_ROUND: i64 = 2;

vocabulary! {
    /// What became of asking a team.
    pub enum OrderOfferState {
        Offered = "offered",
        Accepted = "accepted",
        Refused = "refused",
        /// The clock ran out, or another tier asks now.
        Lapsed = "lapsed",
        /// Another team has it, or the order ended.
        Withdrawn = "withdrawn",
    }
}

/// A service order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub id: OrderId,
    /// What people say on the telephone.
    pub number: String,
    pub need: Need,
    pub source: OrderSource,
    /// Where it arose.
    pub venue_id: VenueId,
    pub ladder: Ladder,
    pub requester_id: Option<AccountId>,
    /// The other system's number for it.
    pub external_number: Option<String>,
    pub care_plan_id: Option<CarePlanId>,
    /// The project that it was ordered from.
    pub project_id: Option<ProjectId>,
    /// When the need was heard; earlier than `created_at` if the device was offline.
    pub reported_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub progress: Progress,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    pub party: Party,
    pub account_id: Option<AccountId>,
}

/// One thing done with an order, with what it needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Register,
    Merge,
    Absorb,
    Decline,
    Transfer,
    Cancel,
    Dispatch { open_call: bool },
    Refuse(TeamId),
    Escalate,
    Lapse,
    Pause(TimeDelta),
    Accept(TeamId),
    Assign(TeamId),
    HandBack,
    Schedule(SessionId),
    Unschedule,
    Begin,
    Serve,
    Confirm,
    Rate(Stars),
    Reopen,
    Close,
    Appeal,
    Uphold,
    Dismiss,
    Publish,
}

/// One move of an order's history, as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// 1, 2, 3 …
    pub number: i64,
    pub command: OrderCommand,
    pub party: Party,
    pub account_id: Option<AccountId>,
    pub at: DateTime<Utc>,
    pub reason: Option<String>,
    /// Where the order stood after it.
    pub state: OrderState,
    pub tier: Tier,
    pub clock: Option<Clock>,
    /// The team that it concerned.
    pub team_id: Option<TeamId>,
    pub session_id: Option<SessionId>,
    pub paused_minutes: Option<i64>,
    pub open_call: bool,
}

/// A team that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub order_id: OrderId,
    pub team_id: TeamId,
    /// Which dispatch of the order asked: the number of its event.
    pub wave: i64,
    pub state: OrderOfferState,
    pub offered_at: DateTime<Utc>,
    pub answered_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// Place among the suggestions, 1 the best; `None` if it was not suggested.
    pub rank: Option<i64>,
    /// In thousandths.
    pub score: Option<i64>,
    /// The dispatcher chose it against the suggestions.
    pub overridden: bool,
}

/// Why an order is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    #[error("an order that is `{from}` allows no `{command}`")]
    IllegalMove { from: OrderState, command: OrderCommand },
    #[error("the `{command}` is not for the part of `{party}`")]
    WrongParty { command: OrderCommand, party: Party },
    #[error("after two hand-backs or three hops the center assigns, transfers or declines")]
    CenterDecides,
    #[error("a reopened order goes to another team")]
    FormerTeam,
    #[error("a team hands an order back once")]
    HandedBackBefore,
    #[error("an order is reopened once")]
    ReopenedBefore,
    #[error("nobody stands above the center")]
    NoTierAbove,
    #[error("a pause is at most 7 days, and 14 days in all")]
    PauseTooLong,
    #[error("no clock runs")]
    NoClock,
    #[error("the team is not asked")]
    NotAsked,
    #[error("an order is not merged into itself, nor into one that ended")]
    WrongMerge,
    #[error("it was confirmed before")]
    ConfirmedBefore,
    #[error("a public story needs the consent of the person served")]
    ConsentNeeded,
}

impl Step {
    pub const fn command(&self) -> OrderCommand {
        match self {
            Self::Register => OrderCommand::Register,
            Self::Merge => OrderCommand::Merge,
            Self::Absorb => OrderCommand::Absorb,
            Self::Decline => OrderCommand::Decline,
            Self::Transfer => OrderCommand::Transfer,
            Self::Cancel => OrderCommand::Cancel,
            Self::Dispatch { .. } => OrderCommand::Dispatch,
            Self::Refuse(_) => OrderCommand::Refuse,
            Self::Escalate => OrderCommand::Escalate,
            Self::Lapse => OrderCommand::Lapse,
            Self::Pause(_) => OrderCommand::Pause,
            Self::Accept(_) => OrderCommand::Accept,
            Self::Assign(_) => OrderCommand::Assign,
            Self::HandBack => OrderCommand::HandBack,
            Self::Schedule(_) => OrderCommand::Schedule,
            Self::Unschedule => OrderCommand::Unschedule,
            Self::Begin => OrderCommand::Begin,
            Self::Serve => OrderCommand::Serve,
            Self::Confirm => OrderCommand::Confirm,
            Self::Rate(_) => OrderCommand::Rate,
            Self::Reopen => OrderCommand::Reopen,
            Self::Close => OrderCommand::Close,
            Self::Appeal => OrderCommand::Appeal,
            Self::Uphold => OrderCommand::Uphold,
            Self::Dismiss => OrderCommand::Dismiss,
            Self::Publish => OrderCommand::Publish,
        }
    }
}

impl OrderEvent {
    /// The first event of every order.
    pub fn solicited(
        actor: Actor,
        need: &Need,
        ladder: &Ladder,
        at: DateTime<Utc>,
        calendar: &WorkCalendar,
    ) -> Self {
        let kind = ClockKind::Register;
        let due_at = allowance(kind, need.urgency).from(at, calendar);
        Self {
            number: 1,
            command: OrderCommand::Solicit,
            party: actor.party,
            account_id: actor.account_id,
            at,
            reason: None,
            state: OrderState::Solicited,
            tier: ladder.start(),
            clock: Some(Clock { kind, due_at }),
            team_id: None,
            session_id: None,
            paused_minutes: None,
            open_call: false,
        }
    }
}

impl Order {
    /// The venue whose dispatchers have it now.
    pub fn holder_id(&self) -> VenueId {
        self.ladder.venue_at(self.progress.tier).unwrap_or(self.ladder.center_id)
    }

    /// Decides one step: the event that records it.
    ///
    /// # Errors
    /// The first rule that stands in the way; nothing is changed.
    pub fn decide(
        &self,
        step: &Step,
        actor: Actor,
        reason: Option<String>,
        at: DateTime<Utc>,
        calendar: &WorkCalendar,
    ) -> Result<OrderEvent, OrderRefusal> {
        let now = &self.progress;
        let command = step.command();
        let row = move_of(now.state, command)
            .ok_or(OrderRefusal::IllegalMove { from: now.state, command })?;
        if !row.who.contains(&actor.party) {
            return Err(OrderRefusal::WrongParty { command, party: actor.party });
        }
        self.permit(step)?;
        let tier = self.tier_after(step)?;
        let clock = match (row.clock, step, now.clock) {
            (ClockEffect::Start(kind), ..) => Some(self.started(kind, at, calendar)),
            (ClockEffect::Restart, _, Some(clock)) => Some(self.started(clock.kind, at, calendar)),
            (ClockEffect::Restart, _, None) => Some(self.started(ClockKind::Accept, at, calendar)),
            (ClockEffect::Shift, Step::Pause(time), Some(clock)) => {
                Some(Clock { due_at: clock.due_at + *time, ..clock })
            }
            (ClockEffect::Shift, _, None) => return Err(OrderRefusal::NoClock),
            (ClockEffect::ByRating, Step::Rate(stars), _) if stars.asks_for_visit() => {
                Some(self.started(ClockKind::Visit, at, calendar))
            }
            (ClockEffect::ByRating, ..) => Some(self.started(ClockKind::Close, at, calendar)),
            (ClockEffect::Keep | ClockEffect::Shift, _, clock) => clock,
            (ClockEffect::Stop, ..) => None,
        };
        let (team_id, session_id, paused_minutes) = match step {
            Step::Accept(team) | Step::Assign(team) | Step::Refuse(team) => {
                (Some(*team), None, None)
            }
            Step::Schedule(session) => (now.team_id, Some(*session), None),
            Step::Pause(time) => (now.team_id, None, Some(minutes_begun(*time))),
            _ => (now.team_id, None, None),
        };
        Ok(OrderEvent {
            number: now.version + 1,
            command,
            party: actor.party,
            account_id: actor.account_id,
            at,
            reason,
            state: row.to.unwrap_or(now.state),
            tier,
            clock,
            team_id,
            session_id,
            paused_minutes,
            open_call: matches!(step, Step::Dispatch { open_call: true }),
        })
    }

    /// The rules beyond the table.
    fn permit(&self, step: &Step) -> Result<(), OrderRefusal> {
        let now = &self.progress;
        match step {
            Step::Dispatch { .. } if now.is_for_center() => Err(OrderRefusal::CenterDecides),
            Step::Accept(team) | Step::Assign(team) if now.former_team_id == Some(*team) => {
                Err(OrderRefusal::FormerTeam)
            }
            Step::HandBack if now.team_id.is_some_and(|team| now.returned_by.contains(&team)) => {
                Err(OrderRefusal::HandedBackBefore)
            }
            Step::Reopen if now.round >= LAST_ROUND => Err(OrderRefusal::ReopenedBefore),
            Step::Confirm if now.confirmed => Err(OrderRefusal::ConfirmedBefore),
            // Of rated orders only a return visit is passed on.
            Step::Escalate
                if now.state == OrderState::Rated
                    && now.clock.is_none_or(|clock| clock.kind != ClockKind::Visit) =>
            {
                Err(OrderRefusal::IllegalMove { from: now.state, command: step.command() })
            }
            Step::Pause(time) => {
                let all = *time + TimeDelta::minutes(now.paused_minutes);
                let is_bounded =
                    *time > TimeDelta::zero() && *time <= LONGEST_PAUSE && all <= LONGEST_PAUSES;
                if is_bounded { Ok(()) } else { Err(OrderRefusal::PauseTooLong) }
            }
            _ => Ok(()),
        }
    }

    fn tier_after(&self, step: &Step) -> Result<Tier, OrderRefusal> {
        let now = &self.progress;
        match step {
            Step::Escalate => self.ladder.above(now.tier).ok_or(OrderRefusal::NoTierAbove),
            Step::HandBack
                if now.hops + 1 >= MOST_HOPS || now.returned_by.len() + 1 >= MOST_HAND_BACKS =>
            {
                Ok(Tier::Center)
            }
            Step::Reopen if now.hops + 1 >= MOST_HOPS => Ok(Tier::Center),
            _ => Ok(now.tier),
        }
    }

    fn started(&self, kind: ClockKind, at: DateTime<Utc>, calendar: &WorkCalendar) -> Clock {
        Clock { kind, due_at: allowance(kind, self.need.urgency).from(at, calendar) }
    }

    /// What happens by itself when the running clock is out.
    pub fn when_due(&self) -> Option<Step> {
        let clock = self.progress.clock?;
        let is_top = self.ladder.above(self.progress.tier).is_none();
        Some(match clock.kind {
            ClockKind::Register | ClockKind::Accept | ClockKind::Visit if !is_top => Step::Escalate,
            ClockKind::Register | ClockKind::Accept | ClockKind::Serve => Step::Lapse,
            ClockKind::Rate | ClockKind::Visit | ClockKind::Close => Step::Close,
        })
    }
}

/// A minute that a pause begins counts whole: many short ones are no way around the bound.
fn minutes_begun(time: TimeDelta) -> i64 {
    (time + TimeDelta::minutes(1) - TimeDelta::nanoseconds(1)).num_minutes()
}

#[cfg(test)]
mod tests;
