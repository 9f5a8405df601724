//! An order's life as data: one table of moves that the code, the documents and the tests share.

use super::ClockKind;

vocabulary! {
    /// Where an order stands.
    pub enum OrderState {
        /// Reported; a dispatcher has not looked at it (征单).
        Solicited = "solicited",
        /// A dispatcher took it on (填单).
        Registered = "registered",
        /// Teams are asked (派单).
        Dispatching = "dispatching",
        /// A team has it (接单).
        Accepted = "accepted",
        /// Its session is on the calendar.
        Scheduled = "scheduled",
        InService = "in_service",
        Served = "served",
        /// (评单)
        Rated = "rated",
        /// (结单)
        Closed = "closed",
        Cancelled = "cancelled",
        Declined = "declined",
        /// Another order goes on for both.
        Merged = "merged",
        /// A department or the hotline goes on with it.
        Transferred = "transferred",
        /// It goes to another team, once.
        Reopened = "reopened",
    }
}

impl OrderState {
    /// Nothing more is expected of anybody.
    pub const ENDED: [Self; 5] =
        [Self::Closed, Self::Cancelled, Self::Declined, Self::Merged, Self::Transferred];
    /// Somebody is expected to do something, in the order of an order's life.
    pub const OPEN: [Self; 9] = [
        Self::Solicited,
        Self::Registered,
        Self::Reopened,
        Self::Dispatching,
        Self::Accepted,
        Self::Scheduled,
        Self::InService,
        Self::Served,
        Self::Rated,
    ];
    /// A team has the order and has not served it yet.
    pub const HELD: [Self; 3] = [Self::Accepted, Self::Scheduled, Self::InService];
    /// The need was taken back, was none of ours, or counts in another order.
    pub const WITHDRAWN: [Self; 3] = [Self::Cancelled, Self::Declined, Self::Merged];

    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }
}

vocabulary! {
    /// What is done with an order. Each is an event of its history.
    pub enum OrderCommand {
        Solicit = "solicit",
        Register = "register",
        Merge = "merge",
        /// Another order was merged into this one.
        Absorb = "absorb",
        Decline = "decline",
        Transfer = "transfer",
        Cancel = "cancel",
        Dispatch = "dispatch",
        Refuse = "refuse",
        Escalate = "escalate",
        /// A clock ran out, and nobody stands above.
        Lapse = "lapse",
        Pause = "pause",
        Accept = "accept",
        Assign = "assign",
        HandBack = "hand_back",
        Schedule = "schedule",
        /// Its session was cancelled.
        Unschedule = "unschedule",
        Begin = "begin",
        Serve = "serve",
        Confirm = "confirm",
        Rate = "rate",
        Reopen = "reopen",
        Close = "close",
        Appeal = "appeal",
        Uphold = "uphold",
        Dismiss = "dismiss",
        Publish = "publish",
    }
}

impl OrderCommand {
    /// The event that tells of it: `order.` and the verb in the past tense.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Solicit => "order.solicited",
            Self::Register => "order.registered",
            Self::Merge => "order.merged",
            Self::Absorb => "order.absorbed",
            Self::Decline => "order.declined",
            Self::Transfer => "order.transferred",
            Self::Cancel => "order.cancelled",
            Self::Dispatch => "order.dispatched",
            Self::Refuse => "order.refused",
            Self::Escalate => "order.escalated",
            Self::Lapse => "order.lapsed",
            Self::Pause => "order.paused",
            Self::Accept => "order.accepted",
            Self::Assign => "order.assigned",
            Self::HandBack => "order.handed_back",
            Self::Schedule => "order.scheduled",
            Self::Unschedule => "order.unscheduled",
            Self::Begin => "order.begun",
            Self::Serve => "order.served",
            Self::Confirm => "order.confirmed",
            Self::Rate => "order.rated",
            Self::Reopen => "order.reopened",
            Self::Close => "order.closed",
            Self::Appeal => "order.rating_appealed",
            Self::Uphold => "order.appeal_upheld",
            Self::Dismiss => "order.appeal_dismissed",
            Self::Publish => "order.published",
        }
    }
}

vocabulary! {
    /// In which part somebody acts on an order.
    pub enum Party {
        /// Whoever asked for it, or is served by it.
        Requester = "requester",
        GridWorker = "grid_worker",
        /// Staff of the venue where the order is, or above.
        Dispatcher = "dispatcher",
        /// Staff of the center.
        Center = "center",
        /// The leader of the team that has it or is asked.
        Team = "team",
        /// It happens by itself.
        Program = "program",
    }
}

/// What a move does to the order's one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockEffect {
    Start(ClockKind),
    /// The same step, from now on: somebody else is asked.
    Restart,
    Keep,
    /// Later, by the time of a pause.
    Shift,
    Stop,
    /// A return visit after a bad rating; time to think again after a good one.
    ByRating,
}

/// One row of the table: from each of these states, what is done by whom leads where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    pub from: &'static [OrderState],
    pub command: OrderCommand,
    /// `None` where the state stays.
    pub to: Option<OrderState>,
    pub who: &'static [Party],
    pub clock: ClockEffect,
}

const fn row(
    from: &'static [OrderState],
    command: OrderCommand,
    to: Option<OrderState>,
    who: &'static [Party],
    clock: ClockEffect,
) -> Move {
    Move { from, command, to, who, clock }
}

use ClockEffect::{ByRating, Keep, Restart, Shift, Start, Stop};
use OrderCommand as Do;
use OrderState::{
    Accepted, Cancelled, Closed, Declined, Dispatching, InService, Merged, Rated, Registered,
    Reopened, Scheduled, Served, Solicited, Transferred,
};
use Party::{Center, Dispatcher, GridWorker, Program, Requester, Team};

/// Every legal move. An order begins as [`Solicited`]. Of two rows for one state and command the parties tell which holds.
pub const MOVES: &[Move] = &[
    row(
        &[Solicited],
        Do::Register,
        Some(Registered),
        &[Dispatcher, Program],
        Start(ClockKind::Accept),
    ),
    row(&[Solicited, Registered], Do::Merge, Some(Merged), &[Dispatcher], Stop),
    row(
        &[Solicited, Registered, Reopened, Dispatching, Accepted, Scheduled, InService],
        Do::Absorb,
        None,
        &[Dispatcher],
        Keep,
    ),
    row(&[Solicited, Registered], Do::Decline, Some(Declined), &[Dispatcher], Stop),
    row(&[Reopened, Dispatching], Do::Decline, Some(Declined), &[Center], Stop),
    row(
        &[Solicited, Registered, Reopened, Dispatching],
        Do::Transfer,
        Some(Transferred),
        &[Dispatcher],
        Stop,
    ),
    row(
        &[Solicited, Registered, Reopened, Dispatching, Accepted, Scheduled],
        Do::Cancel,
        Some(Cancelled),
        &[Requester, GridWorker, Dispatcher],
        Stop,
    ),
    row(
        &[Registered, Reopened, Dispatching],
        Do::Dispatch,
        Some(Dispatching),
        &[Dispatcher, Program],
        Keep,
    ),
    row(&[Dispatching], Do::Refuse, None, &[Team], Keep),
    row(
        &[Solicited, Registered, Reopened, Dispatching, Rated],
        Do::Escalate,
        None,
        &[Dispatcher, Program],
        Restart,
    ),
    row(
        &[Solicited, Registered, Reopened, Dispatching, Accepted, Scheduled, InService],
        Do::Lapse,
        None,
        &[Program],
        Stop,
    ),
    row(
        &[Registered, Reopened, Dispatching, Accepted, Scheduled],
        Do::Pause,
        None,
        &[Dispatcher, Team],
        Shift,
    ),
    row(&[Dispatching], Do::Accept, Some(Accepted), &[Team], Start(ClockKind::Serve)),
    row(
        &[Registered, Reopened, Dispatching],
        Do::Assign,
        Some(Accepted),
        &[Center],
        Start(ClockKind::Serve),
    ),
    row(&[Accepted, Scheduled], Do::HandBack, Some(Dispatching), &[Team], Start(ClockKind::Accept)),
    row(&[Accepted, Scheduled], Do::Schedule, Some(Scheduled), &[Team], Keep),
    row(&[Scheduled], Do::Unschedule, Some(Accepted), &[Program], Keep),
    row(&[Scheduled], Do::Begin, Some(InService), &[Team, Program], Keep),
    row(&[InService], Do::Serve, Some(Served), &[Team], Start(ClockKind::Rate)),
    row(&[Served], Do::Confirm, None, &[Requester, GridWorker, Team], Keep),
    row(&[Served], Do::Rate, Some(Rated), &[Requester, GridWorker], ByRating),
    row(
        &[Served, Rated],
        Do::Reopen,
        Some(Reopened),
        &[Requester, GridWorker, Dispatcher],
        Start(ClockKind::Accept),
    ),
    row(&[Served], Do::Close, Some(Closed), &[Program], Stop),
    row(&[Rated], Do::Close, Some(Closed), &[Dispatcher, Program], Stop),
    row(&[Rated, Closed], Do::Appeal, None, &[Team], Keep),
    row(&[Rated, Closed], Do::Uphold, None, &[Center], Keep),
    row(&[Rated, Closed], Do::Dismiss, None, &[Center], Keep),
    row(&[Closed], Do::Publish, None, &[Dispatcher], Keep),
];

/// The row for a command from a state, if it is legal.
pub fn move_of(from: OrderState, command: OrderCommand) -> Option<&'static Move> {
    MOVES.iter().find(|row| row.command == command && row.from.contains(&from))
}

/// What can be done from a state, in the order of the table.
pub fn allowed_from(from: OrderState) -> impl Iterator<Item = &'static Move> {
    MOVES.iter().filter(move |row| row.from.contains(&from))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_state_and_a_command_have_one_row() {
        for state in OrderState::ALL {
            for command in OrderCommand::ALL {
                let rows = allowed_from(*state).filter(|row| row.command == *command).count();
                assert!(rows <= 1, "{state} {command}");
            }
        }
    }

    #[test]
    fn every_state_is_reached_and_every_open_one_can_end() {
        let reached_from = |start: OrderState| {
            let mut seen = BTreeSet::from([start]);
            let mut next = vec![start];
            while let Some(state) = next.pop() {
                next.extend(
                    allowed_from(state).filter_map(|row| row.to).filter(|to| seen.insert(*to)),
                );
            }
            seen
        };
        assert_eq!(reached_from(Solicited).len(), OrderState::ALL.len());
        for state in OrderState::OPEN {
            assert!(
                OrderState::ENDED.iter().any(|end| reached_from(state).contains(end)),
                "{state}"
            );
        }
    }

    #[test]
    fn an_ended_order_never_moves_again() {
        for state in OrderState::ENDED {
            assert!(allowed_from(state).all(|row| row.to.is_none()), "{state}");
        }
    }

    #[test]
    fn every_state_is_open_or_ended() {
        for state in OrderState::ALL {
            assert_ne!(state.is_open(), OrderState::ENDED.contains(state), "{state}");
        }
    }

    #[test]
    fn every_command_but_the_first_has_a_row() {
        for command in OrderCommand::ALL {
            let rows = MOVES.iter().filter(|row| row.command == *command).count();
            assert_eq!(rows > 0, *command != Do::Solicit, "{command}");
        }
    }
}
