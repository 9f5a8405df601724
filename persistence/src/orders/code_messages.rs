//! Confirmation codes on their way to whoever is served.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{DeliveryId, OrderId},
    notifications::{Channel, Delivery, DeliveryState},
};

use crate::{Stored, Transaction, columns::At, schema::order_code_messages};

/// The code of one round of an order, as a text message.
pub type CodeMessage = Delivery<(OrderId, i64)>;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = order_code_messages, treat_none_as_default_value = false)]
struct Row {
    order_id: OrderId,
    round: i64,
    id: DeliveryId,
    state: DeliveryState,
    due_at: At,
    attempts: i64,
    last_error: Option<String>,
}

impl From<Row> for CodeMessage {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            of: (row.order_id, row.round),
            channel: Channel::Sms,
            state: row.state,
            due_at: row.due_at.0,
            attempts: row.attempts,
            last_error: row.last_error,
        }
    }
}

/// Keeps a message to be sent; one of the same round stays as it is.
pub fn insert_code_message(tx: &mut Transaction<'_>, message: &CodeMessage) -> Stored<()> {
    let row = Row {
        order_id: message.of.0,
        round: message.of.1,
        id: message.id,
        state: message.state,
        due_at: At(message.due_at),
        attempts: message.attempts,
        last_error: message.last_error.clone(),
    };
    on_engine!(tx, c => diesel::insert_into(order_code_messages::table)
        .values(&row)
        .on_conflict((order_code_messages::order_id, order_code_messages::round))
        .do_nothing()
        .execute(c))
    .map(drop)
}

/// At most `limit` messages that are due, the longest due first, held until the transaction ends.
pub fn lock_due_codes(
    tx: &mut Transaction<'_>,
    now: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<CodeMessage>> {
    let rows: Vec<Row> = locked!(
        tx,
        order_code_messages::table
            .filter(order_code_messages::state.eq(DeliveryState::Waiting))
            .filter(order_code_messages::due_at.le(At(now)))
            .order((order_code_messages::due_at, order_code_messages::id))
            .limit(limit)
            .select(Row::as_select())
    )?;
    Ok(rows.into_iter().map(CodeMessage::from).collect())
}

/// Keeps how far a message has come, unless somebody else has begun to try it since it had `attempts`.
pub fn keep_code_message(
    tx: &mut Transaction<'_>,
    message: &CodeMessage,
    attempts: i64,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(order_code_messages::table.find(message.of))
        .filter(order_code_messages::state.eq(DeliveryState::Waiting))
        .filter(order_code_messages::attempts.eq(attempts))
        .set((
            order_code_messages::state.eq(message.state),
            order_code_messages::due_at.eq(At(message.due_at)),
            order_code_messages::attempts.eq(message.attempts),
            order_code_messages::last_error.eq(message.last_error.as_deref()),
        ))
        .execute(c))
    .map(drop)
}
