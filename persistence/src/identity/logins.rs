//! Logins, their refresh tokens, one-time codes, and the keys that sign access tokens.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::ids::{AccountId, TokenFamilyId};

use crate::{
    Stored, Transaction,
    columns::At,
    schema::{phone_codes, refresh_tokens, signing_keys, token_families, wechat_accounts},
};

/// One login and the refresh tokens that descend from it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = token_families)]
pub struct TokenFamily {
    pub id: TokenFamilyId,
    pub account_id: AccountId,
    pub created_at: At,
    pub expires_at: At,
    pub revoked_at: Option<At>,
}

pub fn insert_token_family(tx: &mut Transaction<'_>, family: &TokenFamily) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(token_families::table).values(family).execute(c))
        .map(drop)
}

/// The login, held until the transaction ends.
pub fn lock_token_family(
    tx: &mut Transaction<'_>,
    id: TokenFamilyId,
) -> Stored<Option<TokenFamily>> {
    let families: Vec<TokenFamily> =
        locked!(tx, token_families::table.find(id).select(TokenFamily::as_select()))?;
    Ok(families.into_iter().next())
}

/// Ends a login: its access and refresh tokens are good no more.
pub fn revoke_token_family(
    tx: &mut Transaction<'_>,
    id: TokenFamilyId,
    at: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(token_families::table.find(id))
        .filter(token_families::revoked_at.is_null())
        .set(token_families::revoked_at.eq(Some(At(at))))
        .execute(c))
    .map(drop)
}

/// Ends every login of an account.
pub fn revoke_token_families_of(
    tx: &mut Transaction<'_>,
    account: AccountId,
    at: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(token_families::table)
        .filter(token_families::account_id.eq(account))
        .filter(token_families::revoked_at.is_null())
        .set(token_families::revoked_at.eq(Some(At(at))))
        .execute(c))
    .map(drop)
}

/// A refresh token, by its SHA-256.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens)]
pub struct RefreshToken {
    pub hash: Vec<u8>,
    pub family_id: TokenFamilyId,
    pub given_at: At,
    pub used_at: Option<At>,
}

pub fn insert_refresh_token(tx: &mut Transaction<'_>, token: &RefreshToken) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(refresh_tokens::table).values(token).execute(c))
        .map(drop)
}

pub fn lock_refresh_token(tx: &mut Transaction<'_>, hash: &[u8]) -> Stored<Option<RefreshToken>> {
    let tokens: Vec<RefreshToken> =
        locked!(tx, refresh_tokens::table.find(hash).select(RefreshToken::as_select()))?;
    Ok(tokens.into_iter().next())
}

pub fn use_refresh_token(tx: &mut Transaction<'_>, hash: &[u8], at: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::update(refresh_tokens::table.find(hash))
        .set(refresh_tokens::used_at.eq(Some(At(at))))
        .execute(c))
    .map(drop)
}

/// The last one-time code of a telephone number.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = phone_codes, treat_none_as_null = true)]
pub struct PhoneCode {
    pub phone_index: Vec<u8>,
    pub code_hash: Vec<u8>,
    pub expires_at: At,
    /// Wrong tries so far.
    pub tries: i64,
    pub used_at: Option<At>,
}

/// Keeps a new code; the one before is good no more.
pub fn put_phone_code(tx: &mut Transaction<'_>, code: &PhoneCode) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(phone_codes::table)
        .values(code)
        .on_conflict(phone_codes::phone_index)
        .do_update()
        .set(code)
        .execute(c))
    .map(drop)
}

pub fn lock_phone_code(tx: &mut Transaction<'_>, phone_index: &[u8]) -> Stored<Option<PhoneCode>> {
    let codes: Vec<PhoneCode> =
        locked!(tx, phone_codes::table.find(phone_index).select(PhoneCode::as_select()))?;
    Ok(codes.into_iter().next())
}

/// A key that signs access tokens.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
pub struct SigningKey {
    pub id: String,
    pub sealed_seed: Vec<u8>,
    pub signs_from: At,
    pub verifies_until: Option<At>,
    pub created_at: At,
}

/// The keys whose tokens are good at `now`, oldest first.
pub fn signing_keys(tx: &mut Transaction<'_>, now: DateTime<Utc>) -> Stored<Vec<SigningKey>> {
    on_engine!(tx, c => signing_keys::table
        .filter(signing_keys::verifies_until.is_null().or(signing_keys::verifies_until.gt(Some(At(now)))))
        .order((signing_keys::signs_from, signing_keys::id))
        .select(SigningKey::as_select())
        .load(c))
}

pub fn insert_signing_key(tx: &mut Transaction<'_>, key: &SigningKey) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(signing_keys::table).values(key).execute(c)).map(drop)
}

/// Tokens that the keys so far have signed are good until `until`.
pub fn retire_signing_keys(tx: &mut Transaction<'_>, until: DateTime<Utc>) -> Stored<usize> {
    on_engine!(tx, c => diesel::update(signing_keys::table)
        .filter(signing_keys::verifies_until.is_null())
        .set(signing_keys::verifies_until.eq(Some(At(until))))
        .execute(c))
}

/// Forgets keys of which no token is good any more.
pub fn forget_signing_keys(tx: &mut Transaction<'_>, now: DateTime<Utc>) -> Stored<()> {
    on_engine!(tx, c => diesel::delete(
        signing_keys::table.filter(signing_keys::verifies_until.le(Some(At(now)))),
    )
    .execute(c))
    .map(drop)
}

/// Forgets at most `limit` refresh tokens given before `unused`, then logins that ended before `ended`, and codes that did.
pub fn forget_logins(
    tx: &mut Transaction<'_>,
    unused: DateTime<Utc>,
    ended: DateTime<Utc>,
    limit: i64,
) -> Stored<usize> {
    let tokens: Vec<Vec<u8>> = on_engine!(tx, c => refresh_tokens::table
        .filter(refresh_tokens::given_at.lt(At(unused)))
        .select(refresh_tokens::hash)
        .limit(limit)
        .load(c))?;
    let families: Vec<TokenFamilyId> = on_engine!(tx, c => token_families::table
        .filter(token_families::expires_at.lt(At(ended)))
        .select(token_families::id)
        .limit(limit)
        .load(c))?;
    let forgotten = on_engine!(tx, c => diesel::delete(refresh_tokens::table)
        .filter(refresh_tokens::hash.eq_any(&tokens).or(refresh_tokens::family_id.eq_any(&families)))
        .execute(c))?;
    let families = on_engine!(tx, c => diesel::delete(token_families::table)
        .filter(token_families::id.eq_any(&families))
        .execute(c))?;
    on_engine!(tx, c => diesel::delete(phone_codes::table)
        .filter(phone_codes::expires_at.lt(At(ended)))
        .execute(c))?;
    Ok(forgotten + families)
}

/// The account of a person at WeChat.
pub fn account_by_wechat(
    tx: &mut Transaction<'_>,
    open_id_index: &[u8],
) -> Stored<Option<AccountId>> {
    on_engine!(tx, c => wechat_accounts::table
        .find(open_id_index)
        .select(wechat_accounts::account_id)
        .first(c)
        .optional())
}

/// # Errors
/// A duplicate fault if the person or the account is tied already.
pub fn tie_wechat(
    tx: &mut Transaction<'_>,
    open_id_index: &[u8],
    sealed_open_id: &[u8],
    account: AccountId,
) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(wechat_accounts::table)
        .values((
            wechat_accounts::open_id_index.eq(open_id_index),
            wechat_accounts::sealed_open_id.eq(sealed_open_id),
            wechat_accounts::account_id.eq(account),
        ))
        .execute(c))
    .map(drop)
}
