//! One request on its way: the doors through which handlers reach the database.

use std::{
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, de::DeserializeOwned};
use shijian_domain::ids::{AccountId, TokenFamilyId};
use shijian_persistence::{Transaction, integration};
use tracing::Span;
use uuid::Uuid;

use crate::{
    act::{Act, Origin},
    app::App,
    body::RequestBody,
    caller::Caller,
    limits,
    operations::{Access, Operation},
    page::{self, Page, Paged},
    problem::{Answer, Code, Language, Problem},
    reply::{Reply, etag, json, version_in, with_json},
    vault::keyed_hash,
};

/// How long an idempotency key's answer is kept.
pub const KEY_LIFE: TimeDelta = TimeDelta::hours(24);

/// What the gate found out about a request.
#[derive(Debug)]
pub struct Facts {
    pub operation: &'static Operation,
    pub request_id: String,
    /// The network address of the caller.
    pub address: String,
    pub language: Language,
    pub token: Option<Token>,
    /// SQL statements sent so far.
    pub statements: AtomicU32,
}

impl Facts {
    /// Whom the limits on guessing take the caller's address for.
    pub fn network(&self) -> String {
        limits::network(&self.address)
    }
}

/// What a valid access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub account_id: AccountId,
    pub family: TokenFamilyId,
    pub holder: Holder,
}

/// Whether a person or a municipal system holds a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    Person,
    Client,
}

/// One request.
pub struct Context {
    pub app: Arc<App>,
    facts: Arc<Facts>,
    request: HttpRequest,
}

impl FromRequest for Context {
    type Error = Problem;
    type Future = Ready<Answer<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let facts = request.extensions().get::<Arc<Facts>>().cloned();
        ready(App::of(request).and_then(|app| {
            let facts = facts.ok_or_else(|| Problem::new(Code::Internal))?;
            Ok(Self { app, facts, request: request.clone() })
        }))
    }
}

/// What the closures of reads and writes share.
struct Scene {
    app: Arc<App>,
    facts: Arc<Facts>,
    expected_version: Option<i64>,
    /// The request's span: what is logged on a lane carries its id.
    span: Span,
}

impl Scene {
    /// Loads the caller, checks the operation's permission, and lets `work` act.
    fn play<T>(
        &self,
        tx: &mut Transaction<'_>,
        work: impl FnOnce(&mut Transaction<'_>, &Act<'_>) -> Answer<T>,
    ) -> Answer<T> {
        let _entered = self.span.enter();
        let now = self.app.now();
        let done = self.caller(tx, now).and_then(|caller| {
            let mut act = Act::new(&self.app, caller, now);
            act.origin = Origin {
                request_id: Some(self.facts.request_id.clone()),
                address: Some(self.facts.address.clone()),
            };
            act.expected_version = self.expected_version;
            work(tx, &act)
        });
        self.facts.statements.store(tx.statements(), Ordering::Relaxed);
        done
    }

    fn caller(&self, tx: &mut Transaction<'_>, now: DateTime<Utc>) -> Answer<Caller> {
        let caller = match self.facts.token {
            Some(token) => Caller::signed_in(tx, token.family, now)?,
            None => Caller::anonymous(),
        };
        match self.facts.operation.access {
            Access::Permission(permission) if !caller.holds(permission) => {
                Err(Problem::new(Code::Forbidden).say(
                    format!("该操作需要权限 {permission}。"),
                    format!("The operation needs the permission {permission}."),
                ))
            }
            _ => Ok(caller),
        }
    }
}

impl Context {
    fn scene(&self, expected_version: Option<i64>) -> Scene {
        let (app, facts) = (Arc::clone(&self.app), Arc::clone(&self.facts));
        Scene { app, facts, expected_version, span: Span::current() }
    }

    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    pub fn language(&self) -> Language {
        self.facts.language
    }

    /// Reads as the caller.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let scene = self.scene(None);
        self.app.database.read(move |tx| scene.play(tx, &work)).await
    }

    /// Changes something as the caller, in one transaction, once for each idempotency key.
    ///
    /// `work` may run more than once: the whole transaction is tried again where another one was in the way.
    pub async fn write<B: RequestBody>(
        &self,
        body: B,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>, &B::Content) -> Answer<Reply> + Send + 'static,
    ) -> Answer<HttpResponse> {
        let scene = self.scene(self.if_match()?.or(body.version()));
        let Some(key) = self.header("Idempotency-Key")? else {
            let reply = self
                .app
                .database
                .write(move |tx| scene.play(tx, |tx, act| work(tx, act, body.content())))
                .await?;
            return Ok(reply.into_response());
        };
        if key.is_empty() || key.len() > 255 {
            return Err(Problem::new(Code::MalformedParameter)
                .say(
                    "Idempotency-Key 应为 1 到 255 个字符。",
                    "Idempotency-Key has 1 to 255 characters.",
                )
                .at("Idempotency-Key"));
        }
        let owner = self.owner();
        let _holding = self
            .app
            .in_flight
            .hold(owner, &key)
            .ok_or_else(|| Problem::new(Code::IdempotencyKeyInFlight).retry_after(1))?;
        let fingerprint = self.fingerprint(&body);
        let (reply, replayed) = self
            .app
            .database
            .write(move |tx| {
                scene.play(tx, |tx, act| {
                    once(tx, act, owner, &key, fingerprint, |tx| work(tx, act, body.content()))
                })
            })
            .await?;
        let mut response = reply.into_response();
        if replayed {
            let replayed = (
                header::HeaderName::from_static("idempotency-replayed"),
                header::HeaderValue::from_static("true"),
            );
            response.headers_mut().insert(replayed.0, replayed.1);
        }
        Ok(response)
    }

    /// Changes something whose answer must not be kept: it shows what only this caller may see, once.
    pub async fn write_unkept(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<Reply> + Send + 'static,
    ) -> Answer<HttpResponse> {
        Ok(self.change(work).await?.into_response())
    }

    /// Changes something as the caller, in one transaction, as often as it is asked to.
    pub async fn change<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let scene = self.scene(None);
        self.app.database.write(move |tx| scene.play(tx, &work)).await
    }

    /// Whose idempotency keys these are: the account's, or the address's for callers without one.
    fn owner(&self) -> Uuid {
        match self.facts.token {
            Some(token) => token.account_id.0,
            None => Uuid::new_v5(&Uuid::NAMESPACE_URL, self.facts.address.as_bytes()),
        }
    }

    fn fingerprint(&self, body: &impl RequestBody) -> [u8; 32] {
        // Keyed, for it is kept: of a short secret in a body a plain hash would tell too much.
        let (method, path) = (self.request.method().as_str(), self.request.path());
        let parts = [b"request", method.as_bytes(), path.as_bytes(), &body.fingerprint()];
        keyed_hash(&self.app.settings.keys.codes, &parts)
    }

    fn header(&self, name: &str) -> Answer<Option<String>> {
        self.request
            .headers()
            .get(name)
            .map(|value| {
                value.to_str().map(str::to_owned).map_err(|_| {
                    Problem::new(Code::MalformedParameter)
                        .say(
                            "请求头只能使用可见的 ASCII 字符。",
                            "A header has only visible ASCII characters.",
                        )
                        .at(name)
                })
            })
            .transpose()
    }

    fn if_match(&self) -> Answer<Option<i64>> {
        match self.header("If-Match")?.as_deref() {
            None | Some("*") => Ok(None),
            Some(tag) => version_in(tag).map(Some).ok_or_else(|| {
                Problem::new(Code::MalformedParameter)
                    .say(
                        "If-Match 应为读取时得到的 ETag。",
                        "If-Match is the ETag that a read gave.",
                    )
                    .at("If-Match")
            }),
        }
    }

    /// Answers a read of one thing: with `ETag`, and 304 where the caller has it already.
    pub fn one(&self, body: &impl Serialize, version: i64) -> Answer<HttpResponse> {
        let text = json(body)?;
        let tag = etag(version, text.as_bytes());
        Ok(self.tagged(&tag, || text))
    }

    /// Answers a document that is known by its entity tag: 304 where the caller has it already.
    pub fn tagged(&self, tag: &str, text: impl FnOnce() -> String) -> HttpResponse {
        let known = self.knows(tag);
        let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::ETAG, tag));
        if known { response.finish() } else { with_json(response, text()) }
    }

    /// Whether the caller has what is known by an entity tag.
    pub fn knows(&self, tag: &str) -> bool {
        self.request
            .headers()
            .get(header::IF_NONE_MATCH)
            .and_then(|tags| tags.to_str().ok())
            .is_some_and(|tags| {
                tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
            })
    }

    /// The page that the query asks for.
    pub fn page<K: DeserializeOwned>(&self, asked: &impl Paged) -> Answer<Page<K>> {
        let key = &self.app.settings.keys.cursors;
        page::page(key, self.facts.operation.id, self.request.query_string(), asked)
    }

    /// Answers a list: cuts the row beyond the page, and tells how to go on in the body and in a `Link` header.
    pub fn list<R, K: Serialize, B: Serialize>(
        &self,
        page: &Page<K>,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        body: impl Fn(R) -> B,
    ) -> Answer<HttpResponse> {
        let shown = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| page::cursor(&self.app.settings.keys.cursors, page, &key(last)));
        let mut response = HttpResponse::Ok();
        if let Some(next) = &next {
            response.insert_header((header::LINK, self.next_link(next, page.limit)));
        }
        let list = List { items: rows.into_iter().map(body).collect(), next_cursor: next };
        Ok(with_json(response, json(&list)?))
    }

    fn next_link(&self, cursor: &str, limit: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(self.request.query_string().as_bytes()) {
            if name != "cursor" && name != "limit" {
                query.append_pair(&name, &value);
            }
        }
        query.append_pair("limit", &limit.to_string()).append_pair("cursor", cursor);
        format!("<{}?{}>; rel=\"next\"", self.request.path(), query.finish())
    }
}

#[derive(Serialize)]
struct List<B> {
    items: Vec<B>,
    next_cursor: Option<String>,
}

/// Gives the answer that `key` was given, or does `work` and keeps its answer.
fn once(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    owner: Uuid,
    key: &str,
    fingerprint: [u8; 32],
    work: impl FnOnce(&mut Transaction<'_>) -> Answer<Reply>,
) -> Answer<(Reply, bool)> {
    // Before anything is decided: a refusal would otherwise overtake the answer that the same request is being given elsewhere.
    integration::hold_key(tx, owner, key)?;
    if let Some(kept) = integration::kept_answer(tx, owner, key)? {
        if act.now - kept.created_at.0 < KEY_LIFE {
            return if kept.fingerprint == fingerprint {
                Ok((Reply::kept(kept, act)?, true))
            } else {
                Err(Problem::new(Code::IdempotencyKeyReused))
            };
        }
        integration::forget_answer(tx, owner, key)?;
    }
    let reply = work(tx)?;
    let kept = reply.to_keep(fingerprint, act)?;
    integration::keep_answer(tx, owner, key, &kept)?;
    Ok((reply, false))
}
