//! `/oauth/token`, `/oauth/revoke` and the key set.

use std::sync::Arc;

use actix_web::{HttpResponse, get, http::header, post};
use serde::{Deserialize, Serialize};
use shijian_domain::identity::{AccountState, Phone, Username};
use shijian_persistence::{Transaction, identity};
use utoipa::ToSchema;

use super::{
    assertions,
    form::{Form, Granted, Read, Refused, TokenError, TokenErrorCode},
    logins::{self, Login},
    passwords, wechat,
};
use crate::{
    act::Act,
    app::App,
    caller::Caller,
    clock::{Clock, SystemClock},
    context::Context,
    problem::Answer,
    reply::{json, with_json},
};

/// The fields of a token request. Which are needed follows from `grant_type`.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes the form; `Form` reads it")]
#[schema(example = json!({"grant_type": "password", "username": "volunteer1", "password": "shijian-demo"}))]
pub struct TokenRequest {
    /// `password`, `refresh_token`, `client_credentials`, `urn:shijian:grant:phone-code` or `urn:shijian:grant:wechat-code`.
    pub grant_type: String,
    /// With `password`.
    pub username: Option<String>,
    /// With `password`.
    pub password: Option<String>,
    /// With `refresh_token`: the last one that was given.
    pub refresh_token: Option<String>,
    /// With `urn:shijian:grant:phone-code`.
    pub phone: Option<String>,
    /// With the phone's or WeChat's code.
    pub code: Option<String>,
    /// With `client_credentials`, unless in `Authorization: Basic`.
    pub client_id: Option<String>,
    /// With `client_credentials`.
    pub client_secret: Option<String>,
    /// With `client_credentials`: `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.
    pub client_assertion_type: Option<String>,
    /// With `client_credentials`: a JWT signed by the client (RFC 7523), its audience our issuer.
    pub client_assertion: Option<String>,
}

/// Tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTkifQ.c2ln",
    "token_type": "Bearer",
    "expires_in": 900,
    "refresh_token": "Zb9oXv0m3mNq0m1u3N6b2v7k4r5t8w9y"
}))]
pub struct TokenBody {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: String,
    pub token_type: String,
    /// Seconds.
    pub expires_in: i64,
    /// Good once: it comes back with the next. Municipal systems get none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// The token to end.
#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "it describes the form; `Form` reads it")]
#[schema(example = json!({"token": "Zb9oXv0m3mNq0m1u3N6b2v7k4r5t8w9y"}))]
pub struct RevokeRequest {
    /// A refresh token or an access token.
    pub token: String,
    /// Ignored: both kinds are tried.
    pub token_type_hint: Option<String>,
}

/// The public halves of the keys that sign access tokens (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": "q8Jv0m3mNq0m", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}))]
pub struct KeySet {
    pub keys: Vec<serde_json::Value>,
}

/// Gives tokens for a credential (RFC 6749): a password, a refresh token, a one-time code, or a municipal system's
/// secret or signed assertion. A refresh token is good once; one that comes back a second time ends its login.
#[utoipa::path(
    tag = "identity",
    operation_id = "issueToken",
    summary = "Get tokens · 获取令牌",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = TokenBody, description = "Tokens"),
        (status = 400, body = TokenError, description = "The grant is refused (RFC 6749, section 5.2)"),
        (status = 401, body = TokenError, description = "The client is refused"),
    ),
)]
#[post("/oauth/token")]
pub async fn issue_token(context: Context, form: Read) -> Answer<HttpResponse> {
    let granted = match form.0 {
        Ok(form) => grant(&context, &form).await?,
        Err(refused) => Err(refused),
    };
    match granted {
        Ok(body) => {
            let mut response = HttpResponse::Ok();
            response.insert_header((header::CACHE_CONTROL, "no-store"));
            Ok(with_json(response, json(&body)?))
        }
        Err(refused) => refused.into_response(),
    }
}

macro_rules! or_refuse {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(refused) => return Ok(Err(refused)),
        }
    };
}

async fn grant(context: &Context, form: &Form) -> Granted<TokenBody> {
    match or_refuse!(form.field("grant_type")) {
        "password" => by_password(context, form).await,
        "refresh_token" => by_refresh_token(context, form).await,
        "urn:shijian:grant:phone-code" => by_phone(context, form).await,
        "urn:shijian:grant:wechat-code" => by_wechat(context, form).await,
        "client_credentials" => by_client(context, form).await,
        _ => Ok(Err(Refused::new(
            TokenErrorCode::UnsupportedGrantType,
            "This grant type is not supported. 不支持这种授权方式。",
        ))),
    }
}

/// Writes as the program: nobody is signed in yet.
async fn write<T: Send + 'static>(
    app: &Arc<App>,
    work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let with = Arc::clone(app);
    let act =
        move |tx: &mut Transaction<'_>| work(tx, &Act::new(&with, Caller::anonymous(), with.now()));
    app.database.write(act).await
}

fn told(app: &App, login: Login) -> Answer<TokenBody> {
    let id = app.ids.next(SystemClock.now(), app.chance.as_ref());
    let (access_token, expires_in) = app.keys.sign(&login, id)?;
    Ok(TokenBody {
        access_token,
        token_type: "Bearer".to_owned(),
        expires_in,
        refresh_token: login.refresh_token,
    })
}

/// Failed tries of one name and from one address are counted; getting it right begins anew.
fn check_failures(app: &App, name: &str, address: &str) -> Answer<()> {
    app.limits.login_failures.allows(name)?;
    app.limits.login_failures_by_address.allows(address)
}

fn count_failure(app: &App, name: &str, address: &str) {
    app.limits.login_failures.count(name);
    app.limits.login_failures_by_address.count(address);
}

async fn by_password(context: &Context, form: &Form) -> Granted<TokenBody> {
    let app = &context.app;
    let wrong = || {
        Ok(Err(Refused::new(
            TokenErrorCode::InvalidGrant,
            "The username or the password is wrong. 用户名或密码错误。",
        )))
    };
    let name = or_refuse!(form.field("username")).to_owned();
    let password = or_refuse!(form.field("password")).to_owned();
    let address = context.facts().network();
    // Nobody can have such a name, so that a quick answer tells nothing.
    let Ok(name) = Username::try_from(name) else { return wrong() };
    let name = String::from(name);
    check_failures(app, &name, &address)?;
    let asked = name.clone();
    let account = app.database.read(move |tx| identity::account_by_username(tx, &asked)).await?;
    let account = account.filter(|account| account.state == AccountState::Active);
    let hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let with = Arc::clone(app);
    let is_right = passwords::in_turn(move || {
        // Asked again at its turn: guesses that waited together are not all let through.
        check_failures(&with, &name, &address)?;
        let is_right = passwords::matches(&password, hash.as_deref());
        if is_right {
            with.limits.login_failures.forget(&name);
        } else {
            count_failure(&with, &name, &address);
        }
        Ok(is_right)
    })
    .await?;
    let Some(account) = account.filter(|_| is_right) else { return wrong() };
    let now = SystemClock.now();
    let login = write(app, move |tx, act| logins::open(tx, act, account.id, now)).await?;
    told(app, login).map(Ok)
}

async fn by_refresh_token(context: &Context, form: &Form) -> Granted<TokenBody> {
    let app = &context.app;
    let token = or_refuse!(form.field("refresh_token")).to_owned();
    let now = SystemClock.now();
    match write(app, move |tx, act| logins::renew(tx, act, &token, now)).await? {
        Some(login) => told(app, login).map(Ok),
        None => Ok(Err(Refused::new(
            TokenErrorCode::InvalidGrant,
            "The refresh token is unknown, used or ended: sign in again. 刷新令牌无效,请重新登录。",
        ))),
    }
}

async fn by_phone(context: &Context, form: &Form) -> Granted<TokenBody> {
    let app = &context.app;
    let wrong = || {
        Ok(Err(Refused::new(
            TokenErrorCode::InvalidGrant,
            "The code is wrong or has ended: ask for another. 验证码错误或已失效,请重新获取。",
        )))
    };
    let number = or_refuse!(form.field("phone")).to_owned();
    let code = or_refuse!(form.field("code")).to_owned();
    let Ok(phone) = Phone::try_from(number) else { return wrong() };
    let (name, address) = (phone.as_str().to_owned(), context.facts().network());
    check_failures(app, &name, &address)?;
    let now = SystemClock.now();
    let login =
        write(app, move |tx, act| logins::open_by_code(tx, act, &phone, &code, now)).await?;
    let Some(login) = login else {
        count_failure(app, &name, &address);
        return wrong();
    };
    app.limits.login_failures.forget(&name);
    told(app, login).map(Ok)
}

async fn by_wechat(context: &Context, form: &Form) -> Granted<TokenBody> {
    let app = &context.app;
    let code = or_refuse!(form.field("code"));
    let Some(server) = &app.wechat else {
        return Ok(Err(Refused::new(
            TokenErrorCode::UnsupportedGrantType,
            "Login by WeChat is not set up here: set wechat.app_id. 本系统未配置微信登录。",
        )));
    };
    let wrong = || {
        Ok(Err(Refused::new(
            TokenErrorCode::InvalidGrant,
            "WeChat does not know this code. 微信登录码无效。",
        )))
    };
    let address = &context.facts().network();
    app.limits.login_failures_by_address.allows(address)?;
    let Some(open_id) = wechat::open_id(server, code).await? else {
        app.limits.login_failures_by_address.count(address);
        return wrong();
    };
    let now = SystemClock.now();
    let login = write(app, move |tx, act| logins::open_by_wechat(tx, act, &open_id, now)).await?;
    match login {
        Some(login) => told(app, login).map(Ok),
        None => wrong(),
    }
}

async fn by_client(context: &Context, form: &Form) -> Granted<TokenBody> {
    let app = &context.app;
    let credentials = or_refuse!(form.client());
    let address = context.facts().network();
    app.limits.login_failures_by_address.allows(&address)?;
    let now = SystemClock.now();
    let login = write(app, move |tx, act| match assertions::client(tx, act, &credentials, now)? {
        Some(client) => logins::open_for_client(tx, act, &client, now).map(Some),
        None => Ok(None),
    })
    .await?;
    let Some(login) = login else {
        app.limits.login_failures_by_address.count(&address);
        return Ok(Err(Refused::new(
            TokenErrorCode::InvalidClient,
            "The client or its proof is wrong. 客户端或其凭据错误。",
        )));
    };
    told(app, login).map(Ok)
}

/// Ends the login that a token belongs to (RFC 7009). An unknown token is no failure.
#[utoipa::path(
    tag = "identity",
    operation_id = "revokeToken",
    summary = "End a login · 注销令牌",
    request_body(content = RevokeRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is good no more"),
        (status = 400, body = TokenError, description = "The form is malformed"),
    ),
)]
#[post("/oauth/revoke")]
pub async fn revoke_token(context: Context, form: Read) -> Answer<HttpResponse> {
    let token = match form.0.and_then(|form| form.field("token").map(str::to_owned)) {
        Ok(token) => token,
        Err(refused) => return refused.into_response(),
    };
    let now = SystemClock.now();
    let family = context.app.keys.verify(&token).map(|token| token.family);
    write(&context.app, move |tx, _| match family {
        Some(family) => Ok(identity::revoke_token_family(tx, family, now)?),
        None => logins::end(tx, &token, now),
    })
    .await?;
    Ok(HttpResponse::Ok().finish())
}

/// The keys with which anybody can verify our access tokens. A new key stands here some minutes before it signs.
#[utoipa::path(
    tag = "identity",
    operation_id = "getKeySet",
    summary = "Public keys of access tokens · 令牌公钥",
    responses((status = 200, body = KeySet, description = "A JSON Web Key Set")),
)]
#[get("/.well-known/jwks.json")]
pub async fn get_key_set(context: Context) -> Answer<HttpResponse> {
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "public, max-age=60"));
    Ok(with_json(response, json(&context.app.keys.key_set())?))
}
