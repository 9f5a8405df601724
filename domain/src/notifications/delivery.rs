//! A message on its way over one channel: when it is tried, and when it is given up.

use chrono::{DateTime, TimeDelta, Utc};

use super::Channel;
use crate::ids::{DeliveryId, NotificationId};

vocabulary! {
    /// How far a message has come.
    pub enum DeliveryState {
        Waiting = "waiting",
        Sent = "sent",
        /// Given up after the last try.
        Failed = "failed",
        /// Not to be sent: not wanted or not allowed any more, or too late.
        Dropped = "dropped",
    }
}

/// How often a message is tried.
const TRIES: i64 = 5;

/// How long nobody else tries a message that is being tried. It is far longer than a try takes.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// After so long a message is not worth sending any more.
const LIFE: TimeDelta = TimeDelta::days(2);

/// One message to one person over one channel: of a notification, or of something else that somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery<Of = NotificationId> {
    pub id: DeliveryId,
    pub of: Of,
    pub channel: Channel,
    pub state: DeliveryState,
    /// When it is tried next; while it is being tried, when somebody else may.
    pub due_at: DateTime<Utc>,
    /// Tries that were begun.
    pub attempts: i64,
    /// Why the last try did not succeed, or why there is none: a word, or the other side's code.
    pub last_error: Option<String>,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Sent,
    /// It will never be taken.
    Refused(String),
    /// It may be taken later.
    Failed(String),
}

impl Delivery {
    /// Whether what happened at `occurred_at` is not worth telling over a channel any more.
    pub fn is_too_late(occurred_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now - occurred_at > LIFE
    }
}

impl<Of> Delivery<Of> {
    pub fn new(id: DeliveryId, of: Of, channel: Channel, due_at: DateTime<Utc>) -> Self {
        let (state, attempts, last_error) = (DeliveryState::Waiting, 0, None);
        Self { id, of, channel, state, due_at, attempts, last_error }
    }

    /// Not to be sent, because of `why`.
    #[must_use]
    pub fn dropped(self, why: &str) -> Self {
        Self { state: DeliveryState::Dropped, last_error: Some(why.to_owned()), ..self }
    }

    /// Not to be tried before `until`.
    #[must_use]
    pub fn put_off(self, until: DateTime<Utc>) -> Self {
        Self { due_at: until, ..self }
    }

    /// Begins a try, unless the program ended in the middle of the last one that it has.
    #[must_use]
    pub fn begin(self, now: DateTime<Utc>) -> Self {
        if self.attempts >= TRIES {
            return Self {
                state: DeliveryState::Failed,
                last_error: Some("interrupted".to_owned()),
                ..self
            };
        }
        Self { attempts: self.attempts + 1, due_at: now + LEASE, ..self }
    }

    /// What becomes of it when its try ends at `now`.
    #[must_use]
    pub fn end(self, outcome: Outcome, now: DateTime<Utc>) -> Self {
        match outcome {
            Outcome::Sent => Self { state: DeliveryState::Sent, last_error: None, ..self },
            Outcome::Refused(why) => self.dropped(&why),
            Outcome::Failed(why) => {
                let last_error = Some(why);
                if self.attempts >= TRIES {
                    return Self { state: DeliveryState::Failed, last_error, ..self };
                }
                Self { due_at: now + patience(self.attempts), last_error, ..self }
            }
        }
    }
}

/// How long to wait after so many tries: 1, 5, 25 and 125 minutes.
fn patience(attempts: i64) -> TimeDelta {
    let before = u32::try_from(attempts.clamp(1, TRIES) - 1).unwrap_or(0);
    TimeDelta::minutes(5_i64.pow(before))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn delivery() -> Delivery {
        Delivery::new(Uuid::nil().into(), Uuid::nil().into(), Channel::Sms, NOW)
    }

    #[test]
    fn a_message_that_fails_is_tried_ever_less_often_and_given_up_after_the_fifth_try() {
        let (mut delivery, mut waits) = (delivery(), Vec::new());
        while delivery.state == DeliveryState::Waiting {
            delivery = delivery.begin(NOW).end(Outcome::Failed("away".to_owned()), NOW);
            waits.push((delivery.due_at - NOW).num_minutes());
        }
        assert_eq!(waits[..4], [1, 5, 25, 125]);
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Failed, TRIES));
        assert_eq!(delivery.last_error.as_deref(), Some("away"));
    }

    #[test]
    fn while_a_message_is_tried_nobody_else_tries_it() {
        let begun = delivery().begin(NOW);
        assert_eq!((begun.state, begun.attempts), (DeliveryState::Waiting, 1));
        assert_eq!(begun.due_at, NOW + LEASE);
    }

    #[test]
    fn a_message_whose_tries_were_all_interrupted_is_given_up() {
        let interrupted = (0..TRIES).fold(delivery(), |delivery, _| delivery.begin(NOW));
        assert_eq!(interrupted.state, DeliveryState::Waiting);
        assert_eq!(interrupted.begin(NOW).state, DeliveryState::Failed);
    }

    #[test]
    fn what_was_sent_or_refused_is_not_tried_again() {
        let sent = delivery().begin(NOW).end(Outcome::Sent, NOW);
        assert_eq!(sent.state, DeliveryState::Sent);
        let refused = delivery().begin(NOW).end(Outcome::Refused("43101".to_owned()), NOW);
        assert_eq!(refused.state, DeliveryState::Dropped);
    }
}
