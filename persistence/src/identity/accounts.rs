//! Accounts: people's and systems' logins.

use diesel::prelude::*;
use shijian_domain::{
    identity::AccountState,
    ids::{AccountId, TokenFamilyId, VolunteerId},
};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{accounts, token_families},
};

/// A person's login, as it is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts)]
pub struct Account {
    pub id: AccountId,
    /// Lower case; `None` for people who sign in by telephone.
    pub username: Option<String>,
    pub display_name: String,
    /// Argon2id, in PHC string form.
    pub password_hash: Option<String>,
    pub sealed_phone: Option<Vec<u8>>,
    /// Keyed hash of the telephone number.
    pub phone_index: Option<Vec<u8>>,
    pub volunteer_id: Option<VolunteerId>,
    pub state: AccountState,
    /// Made by the demo seed.
    pub demo: bool,
    pub version: i64,
    pub created_at: At,
}

/// Who stands behind a login: enough to load a caller in one statement.
#[derive(Debug, Clone, Queryable)]
pub struct Bearer {
    pub account_id: AccountId,
    pub account_state: AccountState,
    pub username: Option<String>,
    pub display_name: String,
    pub volunteer_id: Option<VolunteerId>,
    pub revoked_at: Option<At>,
}

/// The account behind a login, and whether that login was revoked.
pub fn bearer(tx: &mut Transaction<'_>, family: TokenFamilyId) -> Stored<Option<Bearer>> {
    on_engine!(tx, c => token_families::table
        .inner_join(accounts::table)
        .filter(token_families::id.eq(family))
        .select((
            accounts::id,
            accounts::state,
            accounts::username,
            accounts::display_name,
            accounts::volunteer_id,
            token_families::revoked_at,
        ))
        .first(c)
        .optional())
}

pub fn account(tx: &mut Transaction<'_>, id: AccountId) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table.find(id).select(Account::as_select()).first(c).optional())
}

/// Holds the account until the transaction ends: what belongs to it changes one after the other.
pub fn hold_account(tx: &mut Transaction<'_>, id: AccountId) -> Stored<()> {
    let _held: Vec<AccountId> = locked!(tx, accounts::table.find(id).select(accounts::id))?;
    Ok(())
}

pub fn account_by_username(tx: &mut Transaction<'_>, username: &str) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table
        .filter(accounts::username.eq(Some(username)))
        .select(Account::as_select())
        .first(c)
        .optional())
}

pub fn account_by_phone(tx: &mut Transaction<'_>, phone_index: &[u8]) -> Stored<Option<Account>> {
    on_engine!(tx, c => accounts::table
        .filter(accounts::phone_index.eq(Some(phone_index)))
        .select(Account::as_select())
        .first(c)
        .optional())
}

/// # Errors
/// [`Fault::Duplicate`] if the username or the telephone number is taken.
pub fn insert_account(tx: &mut Transaction<'_>, account: &Account) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(accounts::table).values(account).execute(c)).map(drop)
}

/// Ties a person's volunteer profile to the account.
///
/// # Errors
/// [`Fault::Duplicate`] if the profile belongs to another account.
pub fn link_volunteer(
    tx: &mut Transaction<'_>,
    account: AccountId,
    volunteer: VolunteerId,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(accounts::table.find(account))
        .set(accounts::volunteer_id.eq(Some(volunteer)))
        .execute(c))
    .map(drop)
}

/// Accounts by id, from after `after` on; those with a username only, who are staff, or the one with `username`.
pub fn staff_accounts(
    tx: &mut Transaction<'_>,
    username: Option<&str>,
    after: Option<AccountId>,
    limit: i64,
) -> Stored<Vec<Account>> {
    on_engine!(tx, c => {
        let mut query = accounts::table
            .filter(accounts::username.is_not_null())
            .select(Account::as_select())
            .into_boxed();
        if let Some(username) = username {
            query = query.filter(accounts::username.eq(Some(username)));
        }
        if let Some(after) = after {
            query = query.filter(accounts::id.gt(after));
        }
        query.order(accounts::id).limit(limit).load(c)
    })
}

pub fn set_password(tx: &mut Transaction<'_>, account: AccountId, hash: &str) -> Stored<()> {
    on_engine!(tx, c => diesel::update(accounts::table.find(account))
        .set((accounts::password_hash.eq(Some(hash)), accounts::version.eq(accounts::version + 1)))
        .execute(c))
    .map(drop)
}

pub fn set_state(tx: &mut Transaction<'_>, account: AccountId, state: AccountState) -> Stored<()> {
    on_engine!(tx, c => diesel::update(accounts::table.find(account))
        .set((accounts::state.eq(state), accounts::version.eq(accounts::version + 1)))
        .execute(c))
    .map(drop)
}

/// Whether any account was made by the demo seed.
pub fn has_demo_accounts(tx: &mut Transaction<'_>) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(accounts::table.filter(accounts::demo.eq(true))))
        .get_result(c))
}
