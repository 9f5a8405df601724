//! What people are told of, and how.

mod deliveries;
mod preferences;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    activities::SignupState,
    ids::{AccountId, AnyId, EventId, NotificationId, SessionId, VolunteerId},
    notifications::Topic,
};

pub use deliveries::*;
pub use preferences::*;

use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{accounts, notifications, signups, volunteers},
};

/// How many rows one statement names: it takes a bounded number of values.
const SOME: usize = 500;

/// What one person is told of an event.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub struct Notification {
    pub id: NotificationId,
    pub account_id: AccountId,
    pub event_id: EventId,
    pub kind: String,
    pub topic: Topic,
    pub subject_kind: String,
    pub subject_id: AnyId,
    /// JSON without personal data.
    pub data: String,
    pub occurred_at: At,
    pub read_at: Option<At>,
}

/// Keeps what was not kept before, and says what that is: telling again of one event changes nothing.
pub fn insert_notifications(
    tx: &mut Transaction<'_>,
    told: &[Notification],
) -> Stored<HashSet<NotificationId>> {
    let mut new = HashSet::new();
    for some in told.chunks(SOME) {
        let kept: Vec<NotificationId> = on_engine!(tx, c => diesel::insert_into(notifications::table)
            .values(some)
            .on_conflict((notifications::event_id, notifications::account_id))
            .do_nothing()
            .returning(notifications::id)
            .get_results(c))?;
        new.extend(kept);
    }
    Ok(new)
}

/// The notifications with these ids.
pub fn notifications_with(
    tx: &mut Transaction<'_>,
    ids: &[NotificationId],
) -> Stored<HashMap<NotificationId, Notification>> {
    let rows: Vec<Notification> = on_engine!(tx, c => notifications::table
        .filter(one_of(notifications::id, ids.to_vec()))
        .select(Notification::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|told| (told.id, told)).collect())
}

/// Those of the accounts that exist.
pub fn existing_accounts(
    tx: &mut Transaction<'_>,
    named: &[AccountId],
) -> Stored<HashSet<AccountId>> {
    let mut found = HashSet::new();
    for some in named.chunks(SOME) {
        let known: Vec<AccountId> = on_engine!(tx, c => accounts::table
            .filter(one_of(accounts::id, some.to_vec()))
            .select(accounts::id)
            .load(c))?;
        found.extend(known);
    }
    Ok(found)
}

/// The accounts of volunteers who have one.
pub fn accounts_of(
    tx: &mut Transaction<'_>,
    people: &[VolunteerId],
) -> Stored<HashMap<VolunteerId, AccountId>> {
    let rows: Vec<(VolunteerId, Option<AccountId>)> = on_engine!(tx, c => volunteers::table
        .filter(one_of(volunteers::id, people.to_vec()))
        .select((volunteers::id, volunteers::account_id))
        .load(c))?;
    Ok(rows.into_iter().filter_map(|(id, account)| Some((id, account?))).collect())
}

/// The accounts of who signed up for a session, those included whose signups ended with it.
pub fn accounts_signed_up(tx: &mut Transaction<'_>, session: SessionId) -> Stored<Vec<AccountId>> {
    use SignupState::{Attended, Cancelled, Confirmed, Offered, Waitlisted};
    let accounts: Vec<Option<AccountId>> = on_engine!(tx, c => signups::table
        .inner_join(volunteers::table.on(signups::volunteer_id.eq(volunteers::id)))
        .filter(signups::session_id.eq(session))
        .filter(one_of(signups::state, [Attended, Cancelled, Confirmed, Offered, Waitlisted]))
        .select(volunteers::account_id)
        .order(signups::id)
        .load(c))?;
    Ok(accounts.into_iter().flatten().collect())
}

/// Which notifications a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    All,
    Unread,
}

/// What an account was told, the latest first, from before `before` on.
pub fn notifications_of(
    tx: &mut Transaction<'_>,
    account: AccountId,
    reading: Reading,
    before: Option<NotificationId>,
    limit: i64,
) -> Stored<Vec<Notification>> {
    on_engine!(tx, c => {
        let mut query = notifications::table
            .filter(notifications::account_id.eq(account))
            .select(Notification::as_select())
            .into_boxed();
        if reading == Reading::Unread {
            query = query.filter(notifications::read_at.is_null());
        }
        if let Some(before) = before {
            query = query.filter(notifications::id.lt(before));
        }
        query.order(notifications::id.desc()).limit(limit).load(c)
    })
}

pub fn count_unread(tx: &mut Transaction<'_>, account: AccountId) -> Stored<i64> {
    on_engine!(tx, c => notifications::table
        .filter(notifications::account_id.eq(account))
        .filter(notifications::read_at.is_null())
        .count()
        .get_result(c))
}

/// Marks as read what the account was told up to `last`, and was not read before.
pub fn mark_read(
    tx: &mut Transaction<'_>,
    account: AccountId,
    last: Option<NotificationId>,
    at: DateTime<Utc>,
) -> Stored<usize> {
    on_engine!(tx, c => {
        let unread = diesel::update(notifications::table)
            .filter(notifications::account_id.eq(account))
            .filter(notifications::read_at.is_null())
            .set(notifications::read_at.eq(Some(At(at))))
            .into_boxed();
        match last {
            Some(last) => unread.filter(notifications::id.le(last)).execute(c),
            None => unread.execute(c),
        }
    })
}
