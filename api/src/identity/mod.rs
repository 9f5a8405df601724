//! Accounts: how people and programs sign in, what they may do, and what staff changed.

mod accounts;
pub mod actions;
mod assertions;
mod audit;
mod clients;
mod custody;
mod form;
mod grants;
pub mod logins;
pub mod passwords;
mod problems;
mod roles;
mod token;
mod wechat;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("issueToken", Access::Public, &[Code::WechatAway]),
    Operation::new("revokeToken", Access::Public, &[]),
    Operation::new("getKeySet", Access::Public, &[]),
    Operation::new("sendPhoneCode", Access::Public, &[Code::CodeNotSent]),
    Operation::new("getMe", Access::SignedIn, &[]),
    Operation::new("changeMyPassword", Access::SignedIn, &[Code::WrongPassword]),
    Operation::new(
        "createAccount",
        Access::Permission(Permission::GrantManage),
        &[Code::UsernameTaken, Code::PhoneTaken],
    ),
    Operation::new("listAccounts", Access::Permission(Permission::GrantRead), &[]),
    Operation::new("getAccount", Access::Permission(Permission::GrantRead), &[]).tagged(),
    Operation::new("setPassword", Access::Permission(Permission::GrantManage), &[]),
    Operation::new("closeAccount", Access::Permission(Permission::GrantManage), &[]),
    Operation::new("reopenAccount", Access::Permission(Permission::GrantManage), &[]),
    Operation::new("listRoles", Access::Public, &[]),
    Operation::new("listGrants", Access::Permission(Permission::GrantRead), &[]),
    Operation::new("createGrant", Access::Permission(Permission::GrantManage), &[Code::GrantHeld]),
    Operation::new("endGrant", Access::Permission(Permission::GrantManage), &[Code::GrantEnded]),
    Operation::new("createApiClient", Access::Permission(Permission::ApiClientManage), &[]),
    Operation::new("listApiClients", Access::Permission(Permission::ApiClientManage), &[]),
    Operation::new("revokeApiClient", Access::Permission(Permission::ApiClientManage), &[]),
    Operation::new("listAuditRecords", Access::Permission(Permission::AuditRead), &[]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(accounts::send_phone_code)
        .service(accounts::get_me)
        .service(accounts::change_my_password)
        .service(accounts::create_account)
        .service(accounts::list_accounts)
        .service(accounts::get_account)
        .service(custody::set_password_of)
        .service(custody::close_account)
        .service(custody::reopen_account)
        .service(roles::list_roles)
        .service(grants::list_grants)
        .service(grants::create_grant)
        .service(grants::end_grant)
        .service(clients::create_api_client)
        .service(clients::list_api_clients)
        .service(clients::revoke_api_client)
        .service(audit::list_audit_records);
}

/// Routes that are not below `/api/v1`: their places are those of the standards.
pub fn configure_root(routes: &mut ServiceConfig<'_>) {
    routes.service(token::issue_token).service(token::revoke_token).service(token::get_key_set);
}
