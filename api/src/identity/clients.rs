//! `/api/v1/api-clients`: municipal systems.

use actix_web::{HttpResponse, get, post, web::Path};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shijian_domain::ids::{AccountId, ApiClientId};
use shijian_persistence::identity::{self, ApiClient};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    actions::{self, ClientProof},
    assertions,
};
use crate::{
    body::{Body, NoBody},
    clock::{Clock, SystemClock},
    context::Context,
    page::Params,
    paged,
    problem::Answer,
    reply::Reply,
};

/// A municipal system to be.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "12345 热线"}))]
pub struct CreateApiClient {
    #[validate(length(min = 1, max = 50))]
    #[schema(min_length = 1, max_length = 50)]
    pub name: String,
    /// The public keys with which it signs assertions (RFC 7517): Ed25519 or P-256, each with a `kid` where there are several.
    /// Without them it gets a secret.
    #[schema(value_type = Option<Object>)]
    pub key_set: Option<Value>,
}

/// A municipal system. Grants to its account say what it may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a03",
    "client_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a03",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a04",
    "name": "12345 热线",
    "client_secret": "Zb9oXv0m3mNq0m1u3N6b2v7k4r5t8w9y",
    "created_at": "2026-11-23T01:00:00Z",
    "revoked_at": null
}))]
pub struct ApiClientBody {
    pub id: ApiClientId,
    /// What it gives as `client_id` at the token endpoint.
    pub client_id: ApiClientId,
    /// Give this account grants.
    pub account_id: AccountId,
    pub name: String,
    /// Only in the answer that made it: it cannot be read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ApiClientBody {
    fn of(client: ApiClient, client_secret: Option<String>) -> Self {
        Self {
            id: client.id,
            client_id: client.id,
            account_id: client.account_id,
            name: client.name,
            client_secret,
            created_at: client.created_at.0,
            revoked_at: client.revoked_at.map(|at| at.0),
        }
    }
}

/// Which page of municipal systems.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListApiClients {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListApiClients);

/// A page of municipal systems.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct ApiClientList {
    pub items: Vec<ApiClientBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Registers a municipal system.
#[utoipa::path(
    tag = "identity",
    operation_id = "createApiClient",
    summary = "Register a municipal system · 登记接入系统",
    request_body = CreateApiClient,
    responses((status = 201, body = ApiClientBody, description = "The system, with its secret")),
)]
#[post("/api-clients")]
pub async fn create_api_client(
    context: Context,
    body: Body<CreateApiClient>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let proof = match &body.key_set {
                None => ClientProof::Secret,
                Some(keys) => ClientProof::Keys(assertions::key_set(keys)?),
            };
            let (client, secret) = actions::create_api_client(tx, act, &body.name, &proof)?;
            let location = format!("/api/v1/api-clients/{}", client.id);
            Reply::created(location, &ApiClientBody::of(client, secret))
        })
        .await
}

/// Municipal systems, revoked ones too.
#[utoipa::path(
    tag = "identity",
    operation_id = "listApiClients",
    summary = "List municipal systems · 接入系统列表",
    params(ListApiClients),
    responses((status = 200, body = ApiClientList, description = "A page of systems")),
)]
#[get("/api-clients")]
pub async fn list_api_clients(
    context: Context,
    params: Params<ListApiClients>,
) -> Answer<HttpResponse> {
    let page = context.page::<ApiClientId>(&params.0)?;
    let (after, rows) = (page.after, page.rows());
    let clients = context.read(move |tx, _| Ok(identity::api_clients(tx, after, rows)?)).await?;
    context.list(&page, clients, |client| client.id, |client| ApiClientBody::of(client, None))
}

/// Ends a municipal system's access. It cannot be undone: register it anew.
#[utoipa::path(
    tag = "identity",
    operation_id = "revokeApiClient",
    summary = "Revoke a municipal system · 停用接入系统",
    params(("id" = ApiClientId, Path, description = "The system")),
    responses((status = 200, body = ApiClientBody, description = "The system as it ended")),
)]
#[post("/api-clients/{id}/revoke")]
pub async fn revoke_api_client(
    context: Context,
    id: Path<ApiClientId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let (id, now) = (id.into_inner(), SystemClock.now());
    context
        .write(body, move |tx, act, ()| {
            let client = actions::revoke_api_client(tx, act, id, now)?;
            Reply::ok(&ApiClientBody::of(client, None))
        })
        .await
}
