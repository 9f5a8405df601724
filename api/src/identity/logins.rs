//! Logins: opened by a credential, renewed by refresh tokens, ended by revocation.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use shijian_domain::{
    identity::{AccountState, Phone},
    ids::{AccountId, ApiClientId, TokenFamilyId},
};
use shijian_persistence::{
    Transaction,
    identity::{self, Account, ApiClient},
};

use super::actions;
use crate::{
    act::Act,
    chance::draw,
    clock::{Clock, SystemClock},
    keys::TOKEN_LIFE,
    problem::Answer,
    vault::keyed_hash,
};

/// How long a login lasts at most, and how long it lasts unused.
const LOGIN_LIFE: TimeDelta = TimeDelta::days(180);
const UNUSED_LIFE: TimeDelta = TimeDelta::days(30);
/// How long a one-time code is good, and how many wrong tries end it.
pub const CODE_LIFE: TimeDelta = TimeDelta::minutes(5);
const CODE_TRIES: i64 = 5;

/// A login that was opened or renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    pub account_id: AccountId,
    pub family: TokenFamilyId,
    /// Which municipal system signed in; `None` for people.
    pub client_id: Option<ApiClientId>,
    /// `None` for municipal systems, which show their credentials again.
    pub refresh_token: Option<String>,
}

fn hashed(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Opens a login of `account` at `now` by the machine's clock.
pub fn open(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    account: AccountId,
    now: DateTime<Utc>,
) -> Answer<Login> {
    let family = open_family(tx, act, account, now, LOGIN_LIFE)?;
    let refresh_token = Some(give(tx, act, family, now)?);
    Ok(Login { account_id: account, family, client_id: None, refresh_token })
}

/// Opens a municipal system's login, which ends with its one access token.
pub fn open_for_client(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    client: &ApiClient,
    now: DateTime<Utc>,
) -> Answer<Login> {
    let family = open_family(tx, act, client.account_id, now, TOKEN_LIFE)?;
    let (account_id, client_id) = (client.account_id, Some(client.id));
    Ok(Login { account_id, family, client_id, refresh_token: None })
}

fn open_family(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    account: AccountId,
    now: DateTime<Utc>,
    life: TimeDelta,
) -> Answer<TokenFamilyId> {
    let family = identity::TokenFamily {
        id: act.id(),
        account_id: account,
        created_at: now.into(),
        expires_at: (now + life).into(),
        revoked_at: None,
    };
    identity::insert_token_family(tx, &family)?;
    Ok(family.id)
}

/// A new refresh token of a login.
fn give(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    family_id: TokenFamilyId,
    now: DateTime<Utc>,
) -> Answer<String> {
    let token = URL_SAFE_NO_PAD.encode(draw::<32>(act.chance));
    let kept = identity::RefreshToken {
        hash: hashed(&token),
        family_id,
        given_at: now.into(),
        used_at: None,
    };
    identity::insert_refresh_token(tx, &kept)?;
    Ok(token)
}

/// Renews a login. A token that was used before may be in a thief's hands: the whole login ends (RFC 9700, section 4.14.2).
///
/// `None` if the token is unknown, used or too old, or the login has ended.
pub fn renew(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    token: &str,
    now: DateTime<Utc>,
) -> Answer<Option<Login>> {
    let hash = hashed(token);
    let Some(kept) = identity::lock_refresh_token(tx, &hash)? else { return Ok(None) };
    if kept.used_at.is_some() {
        identity::revoke_token_family(tx, kept.family_id, now)?;
        return Ok(None);
    }
    let Some(family) = identity::lock_token_family(tx, kept.family_id)? else { return Ok(None) };
    let is_good = family.revoked_at.is_none()
        && now < family.expires_at.0
        && now < kept.given_at.0 + UNUSED_LIFE;
    let account = identity::account(tx, family.account_id)?;
    if !is_good || account.is_none_or(|account| account.state != AccountState::Active) {
        return Ok(None);
    }
    identity::use_refresh_token(tx, &hash, now)?;
    let refresh_token = Some(give(tx, act, family.id, now)?);
    let login =
        Login { account_id: family.account_id, family: family.id, client_id: None, refresh_token };
    Ok(Some(login))
}

/// Forgets logins that ended, and refresh tokens that were too old to be used or to betray a thief.
///
/// # Errors
/// If the database cannot be asked.
pub fn forget(tx: &mut Transaction<'_>, _: &Act<'_>, batch: usize) -> Answer<usize> {
    let now = SystemClock.now();
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    Ok(identity::forget_logins(tx, now - UNUSED_LIFE, now - TimeDelta::days(1), limit)?)
}

/// Ends the login that a refresh token belongs to.
pub fn end(tx: &mut Transaction<'_>, token: &str, now: DateTime<Utc>) -> Answer<()> {
    if let Some(kept) = identity::lock_refresh_token(tx, &hashed(token))? {
        identity::revoke_token_family(tx, kept.family_id, now)?;
    }
    Ok(())
}

fn code_hash(act: &Act<'_>, phone: &Phone, code: &str) -> Vec<u8> {
    let parts: [&[u8]; 3] = [b"phone code", phone.as_str().as_bytes(), code.as_bytes()];
    keyed_hash(&act.settings.keys.codes, &parts).to_vec()
}

/// Makes the one-time code of a telephone number; the one before is good no more.
pub fn make_code(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    phone: &Phone,
    now: DateTime<Utc>,
) -> Answer<String> {
    let number = u32::from_be_bytes(draw(act.chance)) % 1_000_000;
    let code = format!("{number:06}");
    let kept = identity::PhoneCode {
        phone_index: actions::phone_index(act, phone),
        code_hash: code_hash(act, phone, &code),
        expires_at: (now + CODE_LIFE).into(),
        tries: 0,
        used_at: None,
    };
    identity::put_phone_code(tx, &kept)?;
    Ok(code)
}

/// Opens the login of whoever holds the telephone; the first time makes the account.
///
/// `None` if the code is wrong, used, tried too often or too old.
pub fn open_by_code(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    phone: &Phone,
    code: &str,
    now: DateTime<Utc>,
) -> Answer<Option<Login>> {
    let index = actions::phone_index(act, phone);
    let Some(mut kept) = identity::lock_phone_code(tx, &index)? else { return Ok(None) };
    if kept.used_at.is_some() || now >= kept.expires_at.0 || kept.tries >= CODE_TRIES {
        return Ok(None);
    }
    let is_right = subtle::ConstantTimeEq::ct_eq(
        kept.code_hash.as_slice(),
        code_hash(act, phone, code).as_slice(),
    );
    if !bool::from(is_right) {
        kept.tries += 1;
        identity::put_phone_code(tx, &kept)?;
        return Ok(None);
    }
    kept.used_at = Some(now.into());
    identity::put_phone_code(tx, &kept)?;
    let account = actions::account_of_phone(tx, act, phone)?;
    open_if_active(tx, act, &account, now)
}

/// Opens the login of a person at WeChat; the first time makes the account. `None` if it was closed.
pub fn open_by_wechat(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    open_id: &str,
    now: DateTime<Utc>,
) -> Answer<Option<Login>> {
    let account = actions::account_of_wechat(tx, act, open_id)?;
    open_if_active(tx, act, &account, now)
}

fn open_if_active(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    account: &Account,
    now: DateTime<Utc>,
) -> Answer<Option<Login>> {
    match account.state {
        AccountState::Active => open(tx, act, account.id, now).map(Some),
        AccountState::Closed => Ok(None),
    }
}
