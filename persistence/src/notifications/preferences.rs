//! How people want to be told, and where they can be reached.

use std::collections::HashMap;

use diesel::prelude::*;
use shijian_domain::{
    identity::AccountState,
    ids::AccountId,
    notifications::{Preferences, QuietHours, TimeOfDay},
};

use super::SOME;
use crate::{
    Fault, Stored, Transaction,
    one_of::one_of,
    schema::{accounts, notification_preferences, volunteers, wechat_accounts},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notification_preferences, treat_none_as_null = true, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    wishes: String,
    urgent_by_sms: bool,
    quiet_from: Option<i64>,
    quiet_to: Option<i64>,
    version: i64,
}

impl TryFrom<Row> for Preferences {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let time = |minutes| {
            let broken = || Fault::Broken("quiet hours are out of range".to_owned());
            TimeOfDay::after_midnight(minutes).ok_or_else(broken)
        };
        let quiet_hours = match (row.quiet_from, row.quiet_to) {
            (Some(from), Some(to)) => Some(QuietHours { from: time(from)?, to: time(to)? }),
            _ => None,
        };
        Ok(Self {
            wishes: serde_json::from_str(&row.wishes)?,
            urgent_by_sms: row.urgent_by_sms,
            quiet_hours,
            version: row.version,
        })
    }
}

/// The preferences of those accounts that have set any.
pub fn preferences_of(
    tx: &mut Transaction<'_>,
    people: &[AccountId],
) -> Stored<HashMap<AccountId, Preferences>> {
    let mut found = HashMap::new();
    for some in people.chunks(SOME) {
        let rows: Vec<Row> = on_engine!(tx, c => notification_preferences::table
            .filter(one_of(notification_preferences::account_id, some.to_vec()))
            .select(Row::as_select())
            .load(c))?;
        for row in rows {
            found.insert(row.account_id, Preferences::try_from(row)?);
        }
    }
    Ok(found)
}

/// The preferences of an account, set or not.
pub fn preferences(tx: &mut Transaction<'_>, account: AccountId) -> Stored<Preferences> {
    let mut found = preferences_of(tx, &[account])?;
    Ok(found.remove(&account).unwrap_or_else(Preferences::unset))
}

pub fn keep_preferences(
    tx: &mut Transaction<'_>,
    account_id: AccountId,
    preferences: &Preferences,
) -> Stored<()> {
    let row = Row {
        account_id,
        wishes: serde_json::to_string(&preferences.wishes)?,
        urgent_by_sms: preferences.urgent_by_sms,
        quiet_from: preferences.quiet_hours.map(|hours| hours.from.minutes()),
        quiet_to: preferences.quiet_hours.map(|hours| hours.to.minutes()),
        version: preferences.version,
    };
    on_engine!(tx, c => diesel::insert_into(notification_preferences::table)
        .values(&row)
        .on_conflict(notification_preferences::account_id)
        .do_update()
        .set(&row)
        .execute(c))
    .map(drop)
}

/// Where a person can be reached; both are sealed.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// The telephone that they sign in by, or else the one that they gave as a volunteer.
    pub sealed_phone: Option<Vec<u8>>,
    /// Their id at our mini-program.
    pub sealed_open_id: Option<Vec<u8>>,
}

/// Where those accounts that exist can be reached: nowhere, once they are closed.
pub fn reach_of(
    tx: &mut Transaction<'_>,
    people: &[AccountId],
) -> Stored<HashMap<AccountId, Reach>> {
    type Row = (AccountId, AccountState, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);
    let mut found = HashMap::new();
    for some in people.chunks(SOME) {
        let rows: Vec<Row> = on_engine!(tx, c => accounts::table
            .left_join(volunteers::table.on(accounts::volunteer_id.eq(volunteers::id.nullable())))
            .left_join(wechat_accounts::table.on(wechat_accounts::account_id.eq(accounts::id)))
            .filter(one_of(accounts::id, some.to_vec()))
            .select((
                accounts::id,
                accounts::state,
                accounts::sealed_phone,
                volunteers::sealed_phone.nullable(),
                wechat_accounts::sealed_open_id.nullable(),
            ))
            .load(c))?;
        found.extend(rows.into_iter().map(|(id, state, own, given, sealed_open_id)| {
            let reach = Reach { sealed_phone: own.or(given), sealed_open_id };
            (id, if state == AccountState::Active { reach } else { Reach::default() })
        }));
    }
    Ok(found)
}
