//! An order's history read again: its state is what its events say.

use super::{Ladder, OrderCommand, OrderEvent, OrderState, Progress, move_of};

/// Why events are no history of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayFault {
    #[error("there is no event")]
    Empty,
    #[error("the first event is not `solicit`")]
    WrongBeginning,
    #[error("event {number} is not followed by the next number")]
    Gap { number: i64 },
    #[error("event {number}: from `{from}` no `{command}` leads to `{to}`")]
    IllegalMove { number: i64, from: OrderState, command: OrderCommand, to: OrderState },
    #[error("event {number} is earlier than the one before")]
    Backwards { number: i64 },
    #[error("event {number} is at a tier that the order does not have")]
    WrongTier { number: i64 },
    #[error("event {number}: a team accepted what another team has")]
    TwoTeams { number: i64 },
}

/// What the events of an order add up to, each checked against the table of moves.
///
/// # Errors
/// The first event that is not legal.
pub fn replay(ladder: &Ladder, events: &[OrderEvent]) -> Result<Progress, ReplayFault> {
    let (first, rest) = events.split_first().ok_or(ReplayFault::Empty)?;
    let begins = first.number == 1
        && first.command == OrderCommand::Solicit
        && first.state == OrderState::Solicited;
    if !begins {
        return Err(ReplayFault::WrongBeginning);
    }
    let mut progress = Progress::begun(first);
    let mut last_at = first.at;
    for event in rest {
        let (number, from) = (event.number, progress.state);
        if number != progress.version + 1 {
            return Err(ReplayFault::Gap { number: progress.version });
        }
        if event.at < last_at {
            return Err(ReplayFault::Backwards { number });
        }
        last_at = event.at;
        let is_legal = move_of(from, event.command).is_some_and(|row| {
            row.to.unwrap_or(from) == event.state && row.who.contains(&event.party)
        });
        if !is_legal {
            let (command, to) = (event.command, event.state);
            return Err(ReplayFault::IllegalMove { number, from, command, to });
        }
        if ladder.venue_at(event.tier).is_none() {
            return Err(ReplayFault::WrongTier { number });
        }
        let takes = matches!(event.command, OrderCommand::Accept | OrderCommand::Assign);
        if takes && (progress.team_id.is_some() || event.team_id.is_none()) {
            return Err(ReplayFault::TwoTeams { number });
        }
        progress = progress.after(event);
    }
    Ok(progress)
}
