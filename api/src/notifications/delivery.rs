//! Events on their way to the people whom they concern.

use std::collections::HashMap;

use serde_json::Value;
use shijian_domain::{
    ids::{AccountId, AnyId, SessionId, VolunteerId},
    notifications::{Notice, notice_of},
};
use shijian_persistence::{
    Transaction,
    integration::Event,
    notifications::{self, Notification},
};
use uuid::Uuid;

use crate::{act::Act, problem::Answer};

/// Whom an event concerns.
enum Concerned {
    Volunteer(VolunteerId),
    /// Everyone who signed up for it.
    Session(SessionId),
}

impl Concerned {
    fn by(event: &Event) -> Option<Self> {
        if event.subject_kind == "session" {
            return Some(Self::Session(SessionId(event.subject_id)));
        }
        let named = match event.subject_kind.as_str() {
            "volunteer" => Some(event.subject_id),
            _ => volunteer_in(&event.data),
        };
        named.map(|id| Self::Volunteer(VolunteerId(id)))
    }
}

fn volunteer_in(data: &str) -> Option<Uuid> {
    let data: Value = serde_json::from_str(data).ok()?;
    data.get("volunteer_id")?.as_str()?.parse().ok()
}

/// Puts into the inboxes what people are told of `events`. Doing it again changes nothing.
pub fn deliver(tx: &mut Transaction<'_>, act: &Act<'_>, events: &[Event]) -> Answer<()> {
    let concerned: Vec<(&Event, &Notice, Concerned)> = events
        .iter()
        .filter_map(|event| Some((event, notice_of(&event.kind)?, Concerned::by(event)?)))
        .collect();
    let mut people: Vec<VolunteerId> = concerned
        .iter()
        .filter_map(|(.., concerned)| match concerned {
            Concerned::Volunteer(id) => Some(*id),
            Concerned::Session(_) => None,
        })
        .collect();
    people.sort_unstable();
    people.dedup();
    let known =
        if people.is_empty() { HashMap::new() } else { notifications::accounts_of(tx, &people)? };
    let mut told = Vec::new();
    for (event, notice, concerned) in concerned {
        let accounts: Vec<AccountId> = match concerned {
            Concerned::Volunteer(id) => known.get(&id).copied().into_iter().collect(),
            Concerned::Session(id) => notifications::accounts_signed_up(tx, id)?,
        };
        told.extend(accounts.into_iter().map(|account_id| Notification {
            id: act.id(),
            account_id,
            event_id: event.id,
            kind: event.kind.clone(),
            topic: notice.topic,
            subject_kind: event.subject_kind.clone(),
            subject_id: AnyId(event.subject_id),
            data: event.data.clone(),
            occurred_at: event.occurred_at.into(),
            read_at: None,
        }));
    }
    Ok(notifications::insert_notifications(tx, &told)?)
}
