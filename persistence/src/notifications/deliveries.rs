//! Messages on their way beside the inbox, and how many WeChat still takes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, DeliveryId, NotificationId},
    notifications::{Channel, Delivery, DeliveryState},
};

use super::SOME;
use crate::{
    Stored, Transaction,
    columns::At,
    one_of::one_of,
    schema::{deliveries, wechat_subscriptions},
};

/// What is counted of one person and template at most; the table holds the same.
const MOST_GRANTED: i64 = 100;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
struct Row {
    id: DeliveryId,
    notification_id: NotificationId,
    channel: Channel,
    state: DeliveryState,
    due_at: At,
    attempts: i64,
    last_error: Option<String>,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            of: row.notification_id,
            channel: row.channel,
            state: row.state,
            due_at: row.due_at.0,
            attempts: row.attempts,
            last_error: row.last_error,
        }
    }
}

impl From<Delivery> for Row {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            notification_id: delivery.of,
            channel: delivery.channel,
            state: delivery.state,
            due_at: delivery.due_at.into(),
            attempts: delivery.attempts,
            last_error: delivery.last_error,
        }
    }
}

pub fn insert_deliveries(tx: &mut Transaction<'_>, new: Vec<Delivery>) -> Stored<()> {
    let rows: Vec<Row> = new.into_iter().map(Row::from).collect();
    for some in rows.chunks(SOME) {
        on_engine!(tx, c => diesel::insert_into(deliveries::table).values(some).execute(c))?;
    }
    Ok(())
}

/// At most `limit` messages that are due, the longest due first, held until the transaction ends.
pub fn lock_due(tx: &mut Transaction<'_>, now: DateTime<Utc>, limit: i64) -> Stored<Vec<Delivery>> {
    let rows: Vec<Row> = locked!(
        tx,
        deliveries::table
            .filter(deliveries::state.eq(DeliveryState::Waiting))
            .filter(deliveries::due_at.le(At(now)))
            .order((deliveries::due_at, deliveries::id))
            .limit(limit)
            .select(Row::as_select())
    )?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

/// Keeps how far a message has come, unless somebody else has begun to try it since it had `attempts`.
pub fn keep_delivery(tx: &mut Transaction<'_>, delivery: &Delivery, attempts: i64) -> Stored<()> {
    on_engine!(tx, c => diesel::update(deliveries::table.find(delivery.id))
        .filter(deliveries::state.eq(DeliveryState::Waiting))
        .filter(deliveries::attempts.eq(attempts))
        .set((
            deliveries::state.eq(delivery.state),
            deliveries::due_at.eq(At(delivery.due_at)),
            deliveries::attempts.eq(delivery.attempts),
            deliveries::last_error.eq(delivery.last_error.as_deref()),
        ))
        .execute(c))
    .map(drop)
}

/// How many messages of each template people still let us send.
pub fn granted(
    tx: &mut Transaction<'_>,
    people: &[AccountId],
) -> Stored<HashMap<(AccountId, String), i64>> {
    let mut found = HashMap::new();
    for some in people.chunks(SOME) {
        let rows: Vec<(AccountId, String, i64)> = on_engine!(tx, c => wechat_subscriptions::table
            .filter(one_of(wechat_subscriptions::account_id, some.to_vec()))
            .select((
                wechat_subscriptions::account_id,
                wechat_subscriptions::template_id,
                wechat_subscriptions::granted,
            ))
            .load(c))?;
        found.extend(
            rows.into_iter().map(|(account, template, count)| ((account, template), count)),
        );
    }
    Ok(found)
}

/// One more message of a template may be sent to a person.
pub fn grant_one(tx: &mut Transaction<'_>, account: AccountId, template: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(wechat_subscriptions::table)
        .values((
            wechat_subscriptions::account_id.eq(account),
            wechat_subscriptions::template_id.eq(template),
            wechat_subscriptions::granted.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    on_engine!(tx, c => diesel::update(wechat_subscriptions::table.find((account, template)))
        .filter(wechat_subscriptions::granted.lt(MOST_GRANTED))
        .set(wechat_subscriptions::granted.eq(wechat_subscriptions::granted + 1))
        .execute(c))
    .map(drop)
}

/// A message of a template was sent to a person.
pub fn take_one(tx: &mut Transaction<'_>, account: AccountId, template: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::update(wechat_subscriptions::table.find((account, template)))
        .filter(wechat_subscriptions::granted.gt(0))
        .set(wechat_subscriptions::granted.eq(wechat_subscriptions::granted - 1))
        .execute(c))
    .map(drop)
}

/// No message of a template may be sent to a person any more.
pub fn take_all(tx: &mut Transaction<'_>, account: AccountId, template: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::update(wechat_subscriptions::table.find((account, template)))
        .set(wechat_subscriptions::granted.eq(0))
        .execute(c))
    .map(drop)
}
