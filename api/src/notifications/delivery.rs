//! Events on their way to the people whom they concern: into the inbox, and to the channels that they want beside it.

use std::collections::HashMap;

use serde_json::Value;
use shijian_domain::{
    ids::{AccountId, AnyId, SessionId, VolunteerId},
    notifications::{Channel, Delivery, Notice, notice_of},
};
use shijian_persistence::{
    Transaction,
    integration::Event,
    notifications::{self, Notification},
};

use super::audience::{Audience, has_channels};
use crate::{act::Act, problem::Answer};

/// The member of an event's data that names accounts to be told. They are not told each other's.
const ACCOUNTS: &str = "account_ids";

/// An event that people are told of, and whom it concerns.
struct Concerning<'e> {
    event: &'e Event,
    notice: &'static Notice,
    /// What the people are told with it.
    data: String,
    accounts: Vec<AccountId>,
    volunteer: Option<VolunteerId>,
    /// Everyone who signed up for it.
    session: Option<SessionId>,
}

impl<'e> Concerning<'e> {
    fn by(event: &'e Event) -> Option<Self> {
        let notice = notice_of(&event.kind)?;
        let mut data: Value = serde_json::from_str(&event.data).unwrap_or_default();
        let named = data.as_object_mut().and_then(|members| members.shift_remove(ACCOUNTS));
        let accounts = named.iter().filter_map(Value::as_array).flatten().filter_map(id).collect();
        let (volunteer, session) = match event.subject_kind.as_str() {
            "session" => (None, Some(SessionId(event.subject_id))),
            "volunteer" => (Some(VolunteerId(event.subject_id)), None),
            _ => (data.get("volunteer_id").and_then(id), None),
        };
        let data = named.map_or_else(|| event.data.clone(), |_| data.to_string());
        Some(Self { event, notice, data, accounts, volunteer, session })
    }
}

fn id<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

/// Puts into the inboxes what people are told of `events`, and makes the messages that go beside it. Doing it again changes
/// nothing.
pub fn deliver(tx: &mut Transaction<'_>, act: &Act<'_>, events: &[Event]) -> Answer<()> {
    let concerning: Vec<Concerning<'_>> = events.iter().filter_map(Concerning::by).collect();
    let people = sorted(concerning.iter().filter_map(|concerning| concerning.volunteer));
    let known =
        if people.is_empty() { HashMap::new() } else { notifications::accounts_of(tx, &people)? };
    let named = sorted(concerning.iter().flat_map(|concerning| concerning.accounts.clone()));
    let existing = notifications::existing_accounts(tx, &named)?;
    let mut told = Vec::new();
    for concerning in &concerning {
        let mut accounts = concerning.accounts.clone();
        accounts.retain(|account| existing.contains(account));
        accounts.extend(concerning.volunteer.and_then(|volunteer| known.get(&volunteer)));
        if let Some(session) = concerning.session {
            accounts.extend(notifications::accounts_signed_up(tx, session)?);
        }
        told.extend(
            sorted(accounts).into_iter().map(|account| notification(act, concerning, account)),
        );
    }
    let new = notifications::insert_notifications(tx, &told)?;
    told.retain(|told| new.contains(&told.id));
    if has_channels(act.settings) && !told.is_empty() {
        send_later(tx, act, &told)?;
    }
    Ok(())
}

fn sorted<T: Ord>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    items.sort_unstable();
    items.dedup();
    items
}

fn notification(act: &Act<'_>, concerning: &Concerning<'_>, account_id: AccountId) -> Notification {
    let event = concerning.event;
    Notification {
        id: act.id(),
        account_id,
        event_id: event.id,
        kind: event.kind.clone(),
        topic: concerning.notice.topic,
        subject_kind: event.subject_kind.clone(),
        subject_id: AnyId(event.subject_id),
        data: concerning.data.clone(),
        occurred_at: event.occurred_at.into(),
        read_at: None,
    }
}

/// Makes the messages by which people are told of `told` over the channels that they want.
fn send_later(tx: &mut Transaction<'_>, act: &Act<'_>, told: &[Notification]) -> Answer<()> {
    let audience = Audience::of(tx, told.iter().map(|told| told.account_id).collect())?;
    let mut waiting = Vec::new();
    for told in told {
        let Some(notice) = notice_of(&told.kind) else { continue };
        for channel in Channel::ALL.iter().copied() {
            if let Ok(way) = audience.way(act, told.account_id, notice, channel) {
                waiting.push(Delivery::new(act.id(), told.id, channel, way.due_at));
            }
        }
    }
    Ok(notifications::insert_deliveries(tx, waiting)?)
}
