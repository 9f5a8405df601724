//! What can be done with accounts, grants and municipal systems.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::JwkSet;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shijian_domain::{
    identity::{
        AccountState, Grant, GrantRefusal, Permission, Phone, Role, Scope, ScopeKind, Target,
        Username, may_grant, may_last,
    },
    ids::{AccountId, ApiClientId, GrantId, PartnerId, TeamId, VenueId},
    venues::VenuePath,
};
use shijian_persistence::{
    Fault, Transaction,
    identity::{self, Account, ApiClient},
    redemption, teams, venues,
};
use uuid::Uuid;

use crate::{
    act::{Act, Subject},
    chance::draw,
    problem::{Answer, Code, Problem},
};

/// What sealed telephone numbers are, for the vault.
pub const PHONE: &str = "phone";

/// What sealed ids of people at WeChat are, for the vault.
pub const OPEN_ID: &str = "wechat_open_id";

/// The index by which a telephone number is found.
pub fn phone_index(act: &Act<'_>, phone: &Phone) -> Vec<u8> {
    act.vault.blind_index(PHONE, phone.as_str()).to_vec()
}

/// A login to be.
#[derive(Debug, Clone)]
pub struct NewAccount {
    pub username: Option<Username>,
    pub display_name: String,
    /// Argon2id, in PHC string form: hashing is slow, so it is done before.
    pub password_hash: Option<String>,
    pub phone: Option<Phone>,
    /// Whether the demo seed makes it.
    pub demo: bool,
}

/// Makes an account.
///
/// # Errors
/// [`Code::UsernameTaken`], [`Code::PhoneTaken`].
pub fn create_account(tx: &mut Transaction<'_>, act: &Act<'_>, new: NewAccount) -> Answer<Account> {
    if let Some(username) = &new.username
        && identity::account_by_username(tx, username.as_str())?.is_some()
    {
        return Err(Problem::new(Code::UsernameTaken).at("/username"));
    }
    let phone_index = new.phone.as_ref().map(|phone| phone_index(act, phone));
    if let Some(index) = &phone_index
        && identity::account_by_phone(tx, index)?.is_some()
    {
        return Err(Problem::new(Code::PhoneTaken).at("/phone"));
    }
    let sealed_phone =
        new.phone.map(|phone| act.vault.seal(PHONE, phone.as_str(), act.chance)).transpose()?;
    let account = Account {
        id: act.id(),
        username: new.username.map(String::from),
        display_name: new.display_name,
        password_hash: new.password_hash,
        sealed_phone,
        phone_index,
        volunteer_id: None,
        state: AccountState::Active,
        demo: new.demo,
        version: 1,
        created_at: act.now.into(),
    };
    identity::insert_account(tx, &account)?;
    Ok(account)
}

/// A staff account, made by somebody who may appoint people somewhere.
pub fn create_staff_account(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: NewAccount,
) -> Answer<Account> {
    let account = create_account(tx, act, new)?;
    let subject = Subject::new("account", account.id.0);
    let after = json!({"username": account.username, "display_name": account.display_name});
    act.audit(tx, "createAccount", subject, None, Some(after))?;
    Ok(account)
}

/// Two first logins of one person at once: the second runs again, and finds the account of the first.
fn or_again<T>(made: Answer<T>) -> Answer<T> {
    made.map_err(|problem| match problem.code() {
        Code::AlreadyExists => Fault::Transient("a first login".to_owned()).into(),
        _ => problem,
    })
}

/// The account of whoever holds a telephone; made at its first use.
pub fn account_of_phone(tx: &mut Transaction<'_>, act: &Act<'_>, phone: &Phone) -> Answer<Account> {
    if let Some(account) = identity::account_by_phone(tx, &phone_index(act, phone))? {
        return Ok(account);
    }
    let new = NewAccount {
        username: None,
        display_name: phone.masked(),
        password_hash: None,
        phone: Some(phone.clone()),
        demo: false,
    };
    or_again(create_account(tx, act, new))
}

/// The account of a person at WeChat; made at its first use.
pub fn account_of_wechat(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    open_id: &str,
) -> Answer<Account> {
    let index = act.vault.blind_index(OPEN_ID, open_id);
    if let Some(account) = identity::account_by_wechat(tx, &index)? {
        return existing(tx, account);
    }
    let new = NewAccount {
        username: None,
        display_name: "微信用户".to_owned(),
        password_hash: None,
        phone: None,
        demo: false,
    };
    let account = create_account(tx, act, new)?;
    let sealed = act.vault.seal(OPEN_ID, open_id, act.chance)?;
    or_again(identity::tie_wechat(tx, &index, &sealed, account.id).map_err(Problem::from))?;
    Ok(account)
}

pub fn existing(tx: &mut Transaction<'_>, id: AccountId) -> Answer<Account> {
    identity::account(tx, id)?.ok_or_else(|| Problem::not_found("account"))
}

/// An account as a request names it: by its id or by its username, not both.
pub fn named(
    tx: &mut Transaction<'_>,
    id: Option<AccountId>,
    username: Option<&Username>,
) -> Answer<AccountId> {
    let (account, pointer) = match (id, username) {
        (Some(id), None) => (identity::account(tx, id)?, "/account_id"),
        (None, Some(name)) => (identity::account_by_username(tx, name.as_str())?, "/username"),
        _ => {
            return Err(Problem::new(Code::InvalidBody)
                .say("请给出 account_id 或 username 之一。", "Give either account_id or username.")
                .at("/account_id"));
        }
    };
    account
        .filter(|account| account.state == AccountState::Active)
        .map(|account| account.id)
        .ok_or_else(|| Problem::not_found("account").at(pointer))
}

/// The scope that a request names.
fn scope(tx: &mut Transaction<'_>, kind: ScopeKind, id: Option<Uuid>) -> Answer<Scope> {
    match (kind, id) {
        (ScopeKind::Deployment, None) => Ok(Scope::Deployment),
        (ScopeKind::Venue, Some(id)) => venues::path(tx, VenueId(id))?
            .map(|path| Scope::Venue(VenueId(id), path))
            .ok_or_else(|| Problem::not_found("venue").at("/scope/id")),
        (ScopeKind::Team, Some(id)) => Ok(Scope::Team(TeamId(id))),
        (ScopeKind::Partner, Some(id)) => Ok(Scope::Partner(PartnerId(id))),
        (ScopeKind::Deployment, Some(_)) => Err(Problem::new(Code::InvalidBody)
            .say("整个部署的授权没有 id。", "A scope of the whole deployment has no id.")
            .at("/scope/id")),
        (_, None) => Err(Problem::new(Code::InvalidBody)
            .say("请给出阵地、队伍或商户的 id。", "Name the venue, team or partner.")
            .at("/scope/id")),
    }
}

/// Whether the caller may give or end `role` over `scope`; a team and a partner belong to a venue.
pub(super) fn check_may_grant(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    role: Role,
    scope: &Scope,
) -> Answer<()> {
    let home = home_of(tx, scope)?;
    Ok(may_grant(act.caller.grants(), role, scope, home.as_ref())?)
}

/// The venue that a team or a partner belongs to.
fn home_of(tx: &mut Transaction<'_>, scope: &Scope) -> Answer<Option<VenuePath>> {
    let missing = |what| Problem::not_found(what).at("/scope/id");
    Ok(match scope {
        Scope::Team(id) => Some(teams::team_at_home(tx, *id)?.ok_or_else(|| missing("team"))?.1),
        Scope::Partner(id) => {
            Some(redemption::path_of_partner(tx, *id)?.ok_or_else(|| missing("partner"))?)
        }
        Scope::Deployment | Scope::Venue(..) => None,
    })
}

/// A grant to be.
#[derive(Debug, Clone)]
pub struct NewGrant {
    pub account_id: AccountId,
    pub role: Role,
    pub scope_kind: ScopeKind,
    pub scope_id: Option<Uuid>,
    /// Now, if not given.
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_to: Option<DateTime<Utc>>,
}

/// Gives an account a role within a scope.
pub fn create_grant(tx: &mut Transaction<'_>, act: &Act<'_>, new: &NewGrant) -> Answer<Grant> {
    let scope = scope(tx, new.scope_kind, new.scope_id)?;
    let home = home_of(tx, &scope)?;
    may_grant(act.caller.grants(), new.role, &scope, home.as_ref())?;
    may_last(act.caller.grants(), new.role, &scope, home.as_ref(), new.valid_to)?;
    issue_grant(tx, act, new, scope)
}

/// Gives a role by the program's own authority: to a team's leader, to the people of the demo, to the first administrator.
pub fn appoint(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    account_id: AccountId,
    role: Role,
    scope: Scope,
) -> Answer<Grant> {
    let new = NewGrant {
        account_id,
        role,
        scope_kind: scope.kind(),
        scope_id: scope.id(),
        valid_from: None,
        valid_to: None,
    };
    issue_grant(tx, act, &new, scope)
}

fn issue_grant(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: &NewGrant,
    scope: Scope,
) -> Answer<Grant> {
    let valid_from = new.valid_from.unwrap_or(act.now);
    if new.valid_to.is_some_and(|end| end <= valid_from.max(act.now)) {
        return Err(Problem::new(Code::InvalidBody)
            .say(
                "授权的结束时间应晚于现在和开始时间。",
                "A grant ends after it begins, and after now.",
            )
            .at("/valid_to"));
    }
    let held = identity::grants_of(tx, new.account_id, act.now)?;
    if held.iter().any(|grant| grant.role == new.role && grant.scope == scope) {
        return Err(GrantRefusal::AlreadyHeld.into());
    }
    let grant = Grant {
        id: act.id(),
        account_id: new.account_id,
        role: new.role,
        scope,
        valid_from,
        valid_to: new.valid_to,
        granted_by: act.caller.account_if_any(),
    };
    identity::insert_grant(tx, &grant)?;
    act.audit(tx, "createGrant", Subject::new("grant", grant.id.0), None, Some(told(&grant)))?;
    Ok(grant)
}

/// Ends a grant now.
pub fn end_grant(tx: &mut Transaction<'_>, act: &Act<'_>, id: GrantId) -> Answer<Grant> {
    let grant = identity::grant(tx, id)?.ok_or_else(|| Problem::not_found("grant"))?;
    let home = home_of(tx, &grant.scope)?;
    act.caller.authorise_read(Permission::GrantRead, grant.scope.target(home.as_ref()), "grant")?;
    may_grant(act.caller.grants(), grant.role, &grant.scope, home.as_ref())?;
    let end = act.now.max(grant.valid_from);
    if !identity::end_grant(tx, id, end)? {
        return Err(GrantRefusal::AlreadyEnded.into());
    }
    let ended = Grant { valid_to: Some(end), ..grant.clone() };
    act.audit(tx, "endGrant", Subject::new("grant", id.0), Some(told(&grant)), Some(told(&ended)))?;
    Ok(ended)
}

fn told(grant: &Grant) -> Value {
    json!({
        "account_id": grant.account_id,
        "role": grant.role,
        "scope": {"kind": grant.scope.kind(), "id": grant.scope.id()},
        "valid_to": grant.valid_to,
    })
}

/// Replaces the caller's password and ends their other logins.
pub fn change_password(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    hash: &str,
    machine_now: DateTime<Utc>,
) -> Answer<()> {
    let account = act.caller.account_id()?;
    identity::set_password(tx, account, hash)?;
    identity::revoke_token_families_of(tx, account, machine_now)?;
    act.audit(tx, "changeMyPassword", Subject::new("account", account.0), None, None)
}

/// How a municipal system will show who it is.
#[derive(Debug, Clone)]
pub enum ClientProof {
    /// By a secret that is made now and shown once.
    Secret,
    /// By assertions that a key of this JSON Web Key Set signed.
    Keys(JwkSet),
}

/// Registers a municipal system; gives its secret, if it has one.
pub fn create_api_client(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    name: &str,
    proof: &ClientProof,
) -> Answer<(ApiClient, Option<String>)> {
    act.caller.authorise(Permission::ApiClientManage, Target::DEPLOYMENT)?;
    let account = create_account(
        tx,
        act,
        NewAccount {
            username: None,
            display_name: name.to_owned(),
            password_hash: None,
            phone: None,
            demo: false,
        },
    )?;
    let (secret, secret_hash, key_set) = match proof {
        ClientProof::Secret => {
            let secret = URL_SAFE_NO_PAD.encode(draw::<32>(act.chance));
            let hash = Sha256::digest(&secret).to_vec();
            (Some(secret), Some(hash), None)
        }
        ClientProof::Keys(keys) => (None, None, Some(json!(keys).to_string())),
    };
    let client = ApiClient {
        id: act.id(),
        account_id: account.id,
        name: name.to_owned(),
        secret_hash,
        key_set,
        created_at: act.now.into(),
        revoked_at: None,
    };
    identity::insert_api_client(tx, &client)?;
    let subject = Subject::new("api_client", client.id.0);
    act.audit(tx, "createApiClient", subject, None, Some(json!({"name": name})))?;
    Ok((client, secret))
}

/// Ends a municipal system's access: no new tokens, and those it has are good no more.
pub fn revoke_api_client(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ApiClientId,
    machine_now: DateTime<Utc>,
) -> Answer<ApiClient> {
    act.caller.authorise(Permission::ApiClientManage, Target::DEPLOYMENT)?;
    let mut client =
        identity::api_client(tx, id)?.ok_or_else(|| Problem::not_found("api_client"))?;
    if client.revoked_at.is_none() {
        identity::revoke_api_client(tx, id, act.now)?;
        identity::revoke_token_families_of(tx, client.account_id, machine_now)?;
        identity::set_state(tx, client.account_id, AccountState::Closed)?;
        client.revoked_at = Some(act.now.into());
        act.audit(tx, "revokeApiClient", Subject::new("api_client", id.0), None, None)?;
    }
    Ok(client)
}
