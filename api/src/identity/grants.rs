//! `/api/v1/grants`

use actix_web::{HttpResponse, get, post, web::Path};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    identity::{Grant, Permission, Role, Target, Username},
    ids::{AccountId, AnyId, GrantId, VenueId},
    venues::VenuePath,
};
use shijian_persistence::{
    Transaction,
    identity::{self, GrantFilter},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::{accounts::ScopeBody, actions};
use crate::{
    act::Act,
    body::{Body, NoBody},
    context::Context,
    page::Params,
    paged,
    problem::Answer,
    reply::Reply,
    venues::actions::existing as existing_venue,
};

/// A role for an account.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "role": "staff",
    "scope": {"kind": "venue", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"}
}))]
pub struct CreateGrant {
    /// Who gets the role; or name them by `username`.
    pub account_id: Option<AccountId>,
    pub username: Option<Username>,
    pub role: Role,
    pub scope: ScopeBody,
    /// Now, if not given.
    pub valid_from: Option<DateTime<Utc>>,
    /// Until somebody ends it, if not given.
    pub valid_to: Option<DateTime<Utc>>,
}

/// A grant.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a02",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "role": "staff",
    "scope": {"kind": "venue", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"},
    "valid_from": "2026-11-23T01:00:00Z",
    "valid_to": null,
    "granted_by": null
}))]
pub struct GrantBody {
    pub id: GrantId,
    pub account_id: AccountId,
    pub role: Role,
    pub scope: ScopeBody,
    pub valid_from: DateTime<Utc>,
    /// Null while nobody has ended it.
    pub valid_to: Option<DateTime<Utc>>,
    /// Null where the program itself granted it.
    pub granted_by: Option<AccountId>,
}

impl From<Grant> for GrantBody {
    fn from(grant: Grant) -> Self {
        Self {
            scope: ScopeBody::from(&grant),
            id: grant.id,
            account_id: grant.account_id,
            role: grant.role,
            valid_from: grant.valid_from,
            valid_to: grant.valid_to,
            granted_by: grant.granted_by,
        }
    }
}

/// Which grants to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListGrants {
    /// Only this account.
    pub account_id: Option<AccountId>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only over this venue, what lies below it, and the teams and partners that belong there.
    pub venue_id: Option<VenueId>,
    /// Only over exactly this venue, team or partner.
    pub scope_id: Option<Uuid>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListGrants);

/// A page of grants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct GrantList {
    pub items: Vec<GrantBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Grants, ended ones too. What lies outside the caller's scope is left out.
#[utoipa::path(
    tag = "identity",
    operation_id = "listGrants",
    summary = "List grants · 授权列表",
    params(ListGrants),
    responses((status = 200, body = GrantList, description = "A page of grants")),
)]
#[get("/grants")]
pub async fn list_grants(context: Context, params: Params<ListGrants>) -> Answer<HttpResponse> {
    let page = context.page::<GrantId>(&params.0)?;
    let (asked, after, rows) = (params.0, page.after, page.rows());
    let grants = context
        .read(move |tx, act| {
            let filter = GrantFilter {
                within: within(tx, act, asked.venue_id)?,
                account_id: asked.account_id,
                role: asked.role,
                scope_id: asked.scope_id.map(AnyId),
            };
            Ok(identity::grants(tx, &filter, after, rows)?)
        })
        .await?;
    context.list(&page, grants, |grant| grant.id, GrantBody::from)
}

/// The subtree to list: the venue that is asked for, or the widest that the caller's grants cover.
fn within(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    venue: Option<VenueId>,
) -> Answer<Option<VenuePath>> {
    let Some(id) = venue else { return act.caller.widest(Permission::GrantRead) };
    let venue = existing_venue(tx, id)?;
    act.caller.authorise_read(Permission::GrantRead, Target::venue(&venue.path), "venue")?;
    Ok(Some(venue.path))
}

/// Gives an account a role within a scope: never more than the caller holds there.
#[utoipa::path(
    tag = "identity",
    operation_id = "createGrant",
    summary = "Grant a role · 授权",
    request_body = CreateGrant,
    responses((status = 201, body = GrantBody, description = "The grant")),
)]
#[post("/grants")]
pub async fn create_grant(context: Context, body: Body<CreateGrant>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let new = actions::NewGrant {
                account_id: actions::named(tx, body.account_id, body.username.as_ref())?,
                role: body.role,
                scope_kind: body.scope.kind,
                scope_id: body.scope.id,
                valid_from: body.valid_from,
                valid_to: body.valid_to,
            };
            let grant = actions::create_grant(tx, act, &new)?;
            Reply::created(format!("/api/v1/grants/{}", grant.id), &GrantBody::from(grant))
        })
        .await
}

/// Ends a grant now.
#[utoipa::path(
    tag = "identity",
    operation_id = "endGrant",
    summary = "End a grant · 收回授权",
    params(("id" = GrantId, Path, description = "The grant")),
    responses((status = 200, body = GrantBody, description = "The grant as it ended")),
)]
#[post("/grants/{id}/end")]
pub async fn end_grant(context: Context, id: Path<GrantId>, body: NoBody) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| {
            Reply::ok(&GrantBody::from(actions::end_grant(tx, act, id)?))
        })
        .await
}
