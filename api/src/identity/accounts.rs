//! `/api/v1/me`, `/api/v1/accounts` and `/api/v1/auth/phone-codes`

use actix_web::{HttpResponse, get, post, web::Path};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    identity::{
        AccountState, Grant, Permission, Phone, Role, ScopeKind, Username, checked_password,
    },
    ids::{AccountId, VolunteerId},
};
use shijian_persistence::identity::{self, Account};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::{actions, logins, passwords};
use crate::{
    act::Act,
    body::{Body, RequestBody},
    caller::Caller,
    clock::{Clock, SystemClock},
    context::Context,
    page::Params,
    paged,
    problem::{Answer, Code, Problem},
    reply::{Reply, json, with_json},
    text_messages::Words,
};

/// Who asks for a one-time code.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"phone": "13800005678"}))]
pub struct SendPhoneCode {
    pub phone: Phone,
}

/// A one-time code is on its way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"expires_in": 300}))]
pub struct PhoneCodeSent {
    /// Seconds that the code is good.
    pub expires_in: i64,
}

/// Sends a one-time code to a telephone, for `urn:shijian:grant:phone-code`. In the demo the code is in the server's log.
#[utoipa::path(
    tag = "identity",
    operation_id = "sendPhoneCode",
    summary = "Send a one-time code · 发送手机验证码",
    request_body = SendPhoneCode,
    responses((status = 202, body = PhoneCodeSent, description = "The code is on its way")),
)]
#[post("/auth/phone-codes")]
pub async fn send_phone_code(context: Context, body: Body<SendPhoneCode>) -> Answer<HttpResponse> {
    let app = &context.app;
    let phone = body.content().phone.clone();
    let address = &context.facts().network();
    app.limits.phone_codes.allows(phone.as_str())?;
    app.limits.phone_codes_by_address.allows(address)?;
    app.limits.phone_codes.count(phone.as_str());
    app.limits.phone_codes_by_address.count(address);
    let (with, asked, now) = (app.clone(), phone.clone(), SystemClock.now());
    let code = app
        .database
        .write(move |tx| {
            let act = Act::new(&with, Caller::anonymous(), with.now());
            logins::make_code(tx, &act, &asked, now)
        })
        .await?;
    let not_sent = || Problem::new(Code::CodeNotSent).retry_after(60);
    let sender = app.text_messages.as_ref().ok_or_else(not_sent)?;
    sender.send(&phone, Words::Code(&code)).await.map_err(|_| not_sent())?;
    let sent = PhoneCodeSent { expires_in: logins::CODE_LIFE.num_seconds() };
    Ok(with_json(HttpResponse::Accepted(), json(&sent)?))
}

/// Where a grant holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "venue", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"}))]
pub struct ScopeBody {
    pub kind: ScopeKind,
    /// The venue, team or partner; null for the whole deployment.
    pub id: Option<Uuid>,
}

impl From<&Grant> for ScopeBody {
    fn from(grant: &Grant) -> Self {
        Self { kind: grant.scope.kind(), id: grant.scope.id() }
    }
}

/// A role that the caller holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldGrant {
    pub role: Role,
    pub scope: ScopeBody,
    /// Null while nobody has ended it.
    pub valid_to: Option<DateTime<Utc>>,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "username": "station",
    "display_name": "中上园社区实践站",
    "volunteer_id": null,
    "grants": [{"role": "staff", "scope": {"kind": "venue", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"}, "valid_to": null}],
    "permissions": ["volunteer.review", "session.write"]
}))]
pub struct Me {
    pub account_id: AccountId,
    /// Null for people who sign in by telephone or WeChat.
    pub username: Option<String>,
    pub display_name: String,
    /// Null before the person applied as a volunteer.
    pub volunteer_id: Option<VolunteerId>,
    pub grants: Vec<HeldGrant>,
    /// What the grants allow somewhere.
    pub permissions: Vec<Permission>,
}

/// Who the caller is and what they may do.
#[utoipa::path(
    tag = "identity",
    operation_id = "getMe",
    summary = "Who am I? · 我的账号",
    responses((status = 200, body = Me, description = "The caller")),
)]
#[get("/me")]
pub async fn get_me(context: Context) -> Answer<HttpResponse> {
    let me = context
        .read(|_, act| {
            let caller = &act.caller;
            let held = |grant: &Grant| HeldGrant {
                role: grant.role,
                scope: ScopeBody::from(grant),
                valid_to: grant.valid_to,
            };
            Ok(Me {
                account_id: caller.account_id()?,
                username: caller.username().map(str::to_owned),
                display_name: caller.display_name().to_owned(),
                volunteer_id: caller.volunteer_if_any(),
                grants: caller.grants().iter().map(held).collect(),
                permissions: caller.permissions(),
            })
        })
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&me)?))
}

/// A password for another.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"current_password": "shijian-demo", "password": "correct horse battery"}))]
pub struct ChangePassword {
    #[validate(length(max = 128))]
    #[schema(max_length = 128)]
    pub current_password: String,
    /// 10 to 128 characters.
    #[validate(length(min = 10, max = 128))]
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
}

/// Replaces the caller's password. All their logins end: sign in again.
#[utoipa::path(
    tag = "identity",
    operation_id = "changeMyPassword",
    summary = "Change my password · 修改密码",
    request_body = ChangePassword,
    responses((status = 204, description = "Changed")),
)]
#[post("/me/password")]
pub async fn change_my_password(
    context: Context,
    body: Body<ChangePassword>,
) -> Answer<HttpResponse> {
    let app = context.app.clone();
    let account = context
        .read(|tx, act| {
            let id = act.caller.account_id()?;
            actions::existing(tx, id)
        })
        .await?;
    checked_password(&body.content().password, account.username.as_deref())?;
    let key = account.id.to_string();
    app.limits.login_failures.allows(&key)?;
    let (current, new) = (body.content().current_password.clone(), body.content().password.clone());
    let with = app.clone();
    let hash = passwords::in_turn(move || {
        with.limits.login_failures.allows(&key)?;
        if passwords::matches(&current, account.password_hash.as_deref()) {
            return passwords::hash(&new, with.chance.as_ref());
        }
        with.limits.login_failures.count(&key);
        Err(Problem::new(Code::WrongPassword).at("/current_password"))
    })
    .await?;
    let now = SystemClock.now();
    context
        .write(body, move |tx, act, _| {
            actions::change_password(tx, act, &hash, now)?;
            Ok(Reply::nothing())
        })
        .await
}

/// A staff account to be.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"username": "zhongcang-clerk", "display_name": "中仓街道实践所 张丽", "password": "correct horse battery"}))]
pub struct CreateAccount {
    pub username: Username,
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub display_name: String,
    /// 10 to 128 characters; the person changes it at their first login.
    #[validate(length(min = 10, max = 128))]
    #[schema(min_length = 10, max_length = 128)]
    pub password: String,
    /// The person's own telephone, with which they can sign in too.
    pub phone: Option<Phone>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01", "username": "zhongcang-clerk",
    "display_name": "中仓街道实践所 张丽", "state": "active", "volunteer_id": null, "version": 1
}))]
pub struct AccountBody {
    pub id: AccountId,
    pub username: Option<String>,
    pub display_name: String,
    pub state: AccountState,
    pub volunteer_id: Option<VolunteerId>,
    pub version: i64,
}

impl From<Account> for AccountBody {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            username: account.username,
            display_name: account.display_name,
            state: account.state,
            volunteer_id: account.volunteer_id,
            version: account.version,
        }
    }
}

/// Makes an account for a member of staff. What they may do comes by grants.
#[utoipa::path(
    tag = "identity",
    operation_id = "createAccount",
    summary = "Create a staff account · 新建工作人员账号",
    request_body = CreateAccount,
    responses((status = 201, body = AccountBody, description = "The account")),
)]
#[post("/accounts")]
pub async fn create_account(context: Context, body: Body<CreateAccount>) -> Answer<HttpResponse> {
    checked_password(&body.content().password, Some(body.content().username.as_str()))?;
    let (with, password) = (context.app.clone(), body.content().password.clone());
    let hash = passwords::in_turn(move || passwords::hash(&password, with.chance.as_ref())).await?;
    context
        .write(body, move |tx, act, body| {
            let new = actions::NewAccount {
                username: Some(body.username.clone()),
                display_name: body.display_name.clone(),
                password_hash: Some(hash.clone()),
                phone: body.phone.clone(),
                demo: false,
            };
            let account = actions::create_staff_account(tx, act, new)?;
            let location = format!("/api/v1/accounts/{}", account.id);
            Reply::created(location, &AccountBody::from(account))
        })
        .await
}

/// Which page of accounts.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAccounts {
    /// Only the account with this username.
    pub username: Option<Username>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListAccounts);

/// A page of accounts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct AccountList {
    pub items: Vec<AccountBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Staff accounts, oldest first.
#[utoipa::path(
    tag = "identity",
    operation_id = "listAccounts",
    summary = "List staff accounts · 工作人员账号列表",
    params(ListAccounts),
    responses((status = 200, body = AccountList, description = "A page of accounts")),
)]
#[get("/accounts")]
pub async fn list_accounts(context: Context, params: Params<ListAccounts>) -> Answer<HttpResponse> {
    let page = context.page::<AccountId>(&params.0)?;
    let (username, after, rows) = (params.0.username, page.after, page.rows());
    let accounts = context
        .read(move |tx, _| {
            let username = username.as_ref().map(Username::as_str);
            Ok(identity::staff_accounts(tx, username, after, rows)?)
        })
        .await?;
    context.list(&page, accounts, |account| account.id, AccountBody::from)
}

/// One account.
#[utoipa::path(
    tag = "identity",
    operation_id = "getAccount",
    summary = "Get an account · 账号详情",
    params(("id" = AccountId, Path, description = "The account")),
    responses((status = 200, body = AccountBody, description = "The account")),
)]
#[get("/accounts/{id}")]
pub async fn get_account(context: Context, id: Path<AccountId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let account = context.read(move |tx, _| actions::existing(tx, id)).await?;
    let version = account.version;
    context.one(&AccountBody::from(account), version)
}
