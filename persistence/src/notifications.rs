//! What happened to a person, and what of it they have read.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::ids::{AccountId, AnyId, EventId, VolunteerId};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{notification_marks, outbox},
};

/// Something that happened to a person.
#[derive(Debug, Clone, Queryable)]
pub struct Notice {
    pub sequence: i64,
    pub id: EventId,
    pub kind: String,
    /// JSON without personal data.
    pub data: String,
    pub occurred_at: At,
}

/// What happened to a volunteer, the latest first, from before `before` on.
pub fn notices(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<Notice>> {
    on_engine!(tx, c => {
        let mut query = outbox::table
            .filter(outbox::subject_id.eq(AnyId(volunteer.0)))
            .select((
                outbox::sequence,
                outbox::id,
                outbox::kind,
                outbox::data,
                outbox::occurred_at,
            ))
            .into_boxed();
        if let Some(before) = before {
            query = query.filter(outbox::sequence.lt(before));
        }
        query.order(outbox::sequence.desc()).limit(limit).load(c)
    })
}

/// Until when the account has read its notices.
pub fn read_until(tx: &mut Transaction<'_>, account: AccountId) -> Stored<Option<DateTime<Utc>>> {
    let at: Option<At> = on_engine!(tx, c => notification_marks::table
        .find(account)
        .select(notification_marks::read_at)
        .first(c)
        .optional())?;
    Ok(at.map(|at| at.0))
}

/// How many notices of a volunteer came after `since`.
pub fn count_since(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
    since: Option<DateTime<Utc>>,
) -> Stored<i64> {
    on_engine!(tx, c => {
        let mut query = outbox::table
            .filter(outbox::subject_id.eq(AnyId(volunteer.0)))
            .count()
            .into_boxed();
        if let Some(since) = since {
            query = query.filter(outbox::occurred_at.gt(At(since)));
        }
        query.get_result(c)
    })
}

pub fn mark_read(tx: &mut Transaction<'_>, account: AccountId, at: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(notification_marks::table)
        .values((notification_marks::account_id.eq(account), notification_marks::read_at.eq(At(at))))
        .on_conflict(notification_marks::account_id)
        .do_update()
        .set(notification_marks::read_at.eq(At(at)))
        .execute(c))
    .map(drop)
}
