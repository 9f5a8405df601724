//! `/api/v1/roles`

use actix_web::{HttpResponse, get};
use serde::Serialize;
use shijian_domain::identity::{Permission, Role, ScopeKind};
use utoipa::ToSchema;

use crate::{
    context::Context,
    problem::Answer,
    reply::{json, with_json},
};

/// What an account may be trusted with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "role": "auditor", "name_zh": "审计员", "name_en": "Auditor",
    "scopes": ["deployment", "venue"], "permissions": ["order.read", "audit.read"]
}))]
pub struct RoleBody {
    pub role: Role,
    pub name_zh: &'static str,
    pub name_en: &'static str,
    /// Over what it can be given.
    pub scopes: &'static [ScopeKind],
    /// Each is the `x-permission` of the operations that it opens.
    pub permissions: Vec<Permission>,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        let (name_zh, name_en) = role.names();
        let (scopes, permissions) = (role.scopes(), role.permissions().collect());
        Self { role, name_zh, name_en, scopes, permissions }
    }
}

/// Every role.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": []}))]
pub struct RoleList {
    pub items: Vec<RoleBody>,
}

/// The table of permissions: what each role may do, within the scope in which it is given.
#[utoipa::path(
    tag = "identity",
    operation_id = "listRoles",
    summary = "List roles and their permissions · 角色与权限",
    responses((status = 200, body = RoleList, description = "Every role")),
)]
#[get("/roles")]
pub async fn list_roles(_: Context) -> Answer<HttpResponse> {
    let items = Role::ALL.iter().copied().map(RoleBody::from).collect();
    Ok(with_json(HttpResponse::Ok(), json(&RoleList { items })?))
}
