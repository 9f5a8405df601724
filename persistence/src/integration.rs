//! The outbox, and the answers kept for idempotency keys.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::ids::{AnyId, EventId};
use uuid::Uuid;

use crate::{
    Stored, Transaction,
    columns::At,
    database::Connection,
    engine::postgres,
    schema::{idempotency_keys, outbox},
};

/// A fact that happened and that others may wait for.
#[derive(Debug, Clone)]
pub struct Event {
    pub id: EventId,
    /// `noun.verb`, past tense: `volunteer.approved`.
    pub kind: String,
    pub subject_kind: String,
    pub subject_id: Uuid,
    /// JSON without personal data.
    pub data: String,
    pub occurred_at: DateTime<Utc>,
}

/// Adds `event` to the outbox, to be delivered after the transaction commits.
pub fn append_event(tx: &mut Transaction<'_>, event: &Event) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(event.id),
            outbox::kind.eq(&event.kind),
            outbox::subject_kind.eq(&event.subject_kind),
            outbox::subject_id.eq(AnyId(event.subject_id)),
            outbox::data.eq(&event.data),
            outbox::occurred_at.eq(At(event.occurred_at)),
        ))
        .execute(c))
    .map(drop)
}

/// At most `limit` events that wait for delivery, in the order in which they happened.
pub fn waiting_events(tx: &mut Transaction<'_>, limit: i64) -> Stored<Vec<(i64, Event)>> {
    type Row = (i64, EventId, String, String, AnyId, String, At);
    let rows: Vec<Row> = on_engine!(tx, c => outbox::table
        .filter(outbox::delivered_at.is_null())
        .order(outbox::sequence)
        .limit(limit)
        .select((
            outbox::sequence,
            outbox::id,
            outbox::kind,
            outbox::subject_kind,
            outbox::subject_id,
            outbox::data,
            outbox::occurred_at,
        ))
        .load(c))?;
    let event = |(sequence, id, kind, subject_kind, subject_id, data, occurred_at): Row| {
        let (subject_id, occurred_at) = (subject_id.0, occurred_at.0);
        (sequence, Event { id, kind, subject_kind, subject_id, data, occurred_at })
    };
    Ok(rows.into_iter().map(event).collect())
}

/// Marks the events with these sequence numbers as delivered.
pub fn mark_delivered(
    tx: &mut Transaction<'_>,
    sequences: &[i64],
    at: DateTime<Utc>,
) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(
        outbox::table
            .filter(outbox::sequence.eq_any(sequences.to_vec()))
            .filter(outbox::delivered_at.is_null()),
    )
    .set(outbox::delivered_at.eq(At(at)))
    .execute(c))
}

/// Forgets at most `limit` answers that were kept before `before`.
pub fn forget_answers(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<usize> {
    let old: Vec<(AnyId, String)> = on_engine!(tx, c => idempotency_keys::table
        .filter(idempotency_keys::created_at.lt(At(before)))
        .order(idempotency_keys::created_at)
        .limit(limit)
        .select((idempotency_keys::owner, idempotency_keys::key))
        .load(c))?;
    for (owner, key) in &old {
        forget_answer(tx, owner.0, key)?;
    }
    Ok(old.len())
}

/// The answer that a key was given.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct KeptAnswer {
    /// SHA-256 over operation and request.
    pub fingerprint: Vec<u8>,
    pub status: i32,
    pub location: Option<String>,
    pub version: Option<i64>,
    /// Sealed: an answer may show a voucher's code, a secret or a person.
    pub sealed_body: Vec<u8>,
    pub created_at: At,
}

/// Holds a key until the transaction ends: on whichever instance, a second request with it waits for the first one's answer.
pub fn hold_key(tx: &mut Transaction<'_>, owner: Uuid, key: &str) -> Stored<()> {
    match tx.connection() {
        Connection::Postgres(engine) => postgres::hold(engine, &format!("{owner} {key}")),
        // Writes take turns by themselves.
        Connection::Sqlite(_) => Ok(()),
    }
}

pub fn kept_answer(tx: &mut Transaction<'_>, owner: Uuid, key: &str) -> Stored<Option<KeptAnswer>> {
    on_engine!(tx, c => idempotency_keys::table
        .find((AnyId(owner), key))
        .select(KeptAnswer::as_select())
        .first(c)
        .optional())
}

/// # Errors
/// A duplicate fault if another request kept an answer under this key meanwhile.
pub fn keep_answer(
    tx: &mut Transaction<'_>,
    owner: Uuid,
    key: &str,
    answer: &KeptAnswer,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::owner.eq(AnyId(owner)),
            idempotency_keys::key.eq(key),
            idempotency_keys::fingerprint.eq(&answer.fingerprint),
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::location.eq(answer.location.as_deref()),
            idempotency_keys::version.eq(answer.version),
            idempotency_keys::sealed_body.eq(&answer.sealed_body),
            idempotency_keys::created_at.eq(answer.created_at),
        ))
        .execute(c))
    .map(drop)
}

/// Forgets a key whose day is over, so that it may be used anew.
pub fn forget_answer(tx: &mut Transaction<'_>, owner: Uuid, key: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::delete(idempotency_keys::table.find((AnyId(owner), key)))
        .execute(c))
    .map(drop)
}
