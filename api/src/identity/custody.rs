//! Looking after other people's accounts: a new password for who forgot theirs, an end for who left.

use actix_web::{HttpResponse, post, web::Path};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;
use shijian_domain::{
    identity::{AccountState, Permission, Target, checked_password},
    ids::AccountId,
};
use shijian_persistence::{
    Transaction,
    identity::{self, Account, GrantFilter},
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    accounts::AccountBody,
    actions::{check_may_grant, existing},
    passwords,
};
use crate::{
    act::{Act, Subject},
    body::{Body, NoBody, RequestBody},
    clock::{Clock, SystemClock},
    context::Context,
    problem::{Answer, Code, Problem},
    reply::Reply,
};

/// More grants than one account has.
const ALL_GRANTS: i64 = 1_000;

/// The account of another, if the caller could have given it everything that it may do: who could set an administrator's
/// password would be one.
fn in_custody(tx: &mut Transaction<'_>, act: &Act<'_>, id: AccountId) -> Answer<Account> {
    let account = existing(tx, id)?;
    if act.caller.account_id()? == id {
        return Err(Problem::new(Code::Forbidden)
            .say("不能以此操作处理自己的账号。", "Nobody does this to their own account."));
    }
    let filter = GrantFilter { account_id: Some(id), ..GrantFilter::default() };
    let grants = identity::grants(tx, &filter, None, ALL_GRANTS)?;
    let open = grants.iter().filter(|grant| grant.valid_to.is_none_or(|end| end > act.now));
    let mut is_staff = false;
    for grant in open {
        is_staff = true;
        check_may_grant(tx, act, grant.role, &grant.scope)?;
    }
    if !is_staff {
        act.caller.authorise(Permission::GrantManage, Target::DEPLOYMENT)?;
    }
    Ok(account)
}

fn subject(id: AccountId) -> Subject {
    Subject::new("account", id.0)
}

/// Replaces somebody's password and ends their logins.
pub fn set_password(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: AccountId,
    hash: &str,
    machine_now: DateTime<Utc>,
) -> Answer<()> {
    in_custody(tx, act, id)?;
    identity::set_password(tx, id, hash)?;
    identity::revoke_token_families_of(tx, id, machine_now)?;
    act.audit(tx, "setPassword", subject(id), None, None)
}

/// Closes an account, with its logins, or opens it again. What its owner did stays, and so do the grants.
pub fn set_state(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: AccountId,
    state: AccountState,
    machine_now: DateTime<Utc>,
) -> Answer<Account> {
    let account = in_custody(tx, act, id)?;
    if account.state == state {
        return Ok(account);
    }
    identity::set_state(tx, id, state)?;
    let operation = match state {
        AccountState::Active => "reopenAccount",
        AccountState::Closed => {
            identity::revoke_token_families_of(tx, id, machine_now)?;
            "closeAccount"
        }
    };
    let told = |state: AccountState| Some(json!({"state": state}));
    act.audit(tx, operation, subject(id), told(account.state), told(state))?;
    Ok(Account { state, version: account.version + 1, ..account })
}

/// A new password for somebody else.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"password": "correct horse battery"}))]
pub struct SetPassword {
    /// 10 to 128 characters; the person changes it at their next login.
    #[validate(length(min = 10, max = 128))]
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
}

/// Replaces the password of somebody who forgot theirs. All their logins end.
#[utoipa::path(
    tag = "identity",
    operation_id = "setPassword",
    summary = "Set somebody's password · 重置密码",
    params(("id" = AccountId, Path, description = "The account")),
    request_body = SetPassword,
    responses((status = 204, description = "Set")),
)]
#[post("/accounts/{id}/password")]
pub async fn set_password_of(
    context: Context,
    id: Path<AccountId>,
    body: Body<SetPassword>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let account = context.read(move |tx, act| in_custody(tx, act, id)).await?;
    let password = body.content().password.clone();
    checked_password(&password, account.username.as_deref())?;
    let with = context.app.clone();
    let hash = passwords::in_turn(move || passwords::hash(&password, with.chance.as_ref())).await?;
    let now = SystemClock.now();
    context
        .write(body, move |tx, act, _| {
            set_password(tx, act, id, &hash, now)?;
            Ok(Reply::nothing())
        })
        .await
}

/// Closes the account of somebody who left. All their logins end, and they sign in no more.
#[utoipa::path(
    tag = "identity",
    operation_id = "closeAccount",
    summary = "Close an account · 停用账号",
    params(("id" = AccountId, Path, description = "The account")),
    responses((status = 200, body = AccountBody, description = "The account as it is now")),
)]
#[post("/accounts/{id}/close")]
pub async fn close_account(
    context: Context,
    id: Path<AccountId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    move_to(context, id.into_inner(), body, AccountState::Closed).await
}

/// Opens a closed account again, with the grants that nobody ended meanwhile.
#[utoipa::path(
    tag = "identity",
    operation_id = "reopenAccount",
    summary = "Reopen an account · 恢复账号",
    params(("id" = AccountId, Path, description = "The account")),
    responses((status = 200, body = AccountBody, description = "The account as it is now")),
)]
#[post("/accounts/{id}/reopen")]
pub async fn reopen_account(
    context: Context,
    id: Path<AccountId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    move_to(context, id.into_inner(), body, AccountState::Active).await
}

async fn move_to(
    context: Context,
    id: AccountId,
    body: NoBody,
    state: AccountState,
) -> Answer<HttpResponse> {
    let now = SystemClock.now();
    context
        .write(body, move |tx, act, ()| {
            let account = set_state(tx, act, id, state, now)?;
            let version = account.version;
            Ok(Reply::ok(&AccountBody::from(account))?.version(version))
        })
        .await
}
