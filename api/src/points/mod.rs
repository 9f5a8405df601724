//! Points: the double-entry ledger, earning rules, corrections.

pub mod actions;
pub mod bodies;
pub mod corrections;
pub(crate) mod jobs;
pub(crate) mod ledger;
mod problems;
mod routes;
mod rule_bodies;
mod rule_routes;
pub mod rules;
pub mod verify;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("getMyPoints", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new("listMyPointsTransactions", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new("getVolunteerPoints", Access::Permission(Permission::PointsRead), &[]).tagged(),
    Operation::new(
        "listVolunteerPointsTransactions",
        Access::Permission(Permission::PointsRead),
        &[],
    ),
    Operation::new("getPointsTransaction", Access::SignedIn, &[]).tagged(),
    Operation::new(
        "reversePointsTransaction",
        Access::Permission(Permission::PointsCorrect),
        &[Code::AlreadyReversed, Code::NotReversible, Code::SecondPersonNeeded, Code::OwnPoints],
    ),
    Operation::new(
        "adjustPoints",
        Access::Permission(Permission::PointsCorrect),
        &[Code::OwnPoints],
    ),
    Operation::new("listAdjustments", Access::Permission(Permission::PointsCorrect), &[]),
    Operation::new(
        "approveAdjustment",
        Access::Permission(Permission::PointsCorrect),
        &[Code::AlreadyDecided, Code::SecondPersonNeeded, Code::OwnPoints],
    ),
    Operation::new(
        "declineAdjustment",
        Access::Permission(Permission::PointsCorrect),
        &[Code::AlreadyDecided, Code::OwnPoints],
    ),
    Operation::new("listEarningRules", Access::Permission(Permission::EarningRulesRead), &[]),
    Operation::new("createEarningRules", Access::Permission(Permission::EarningRulesManage), &[]),
    Operation::new(
        "activateEarningRules",
        Access::Permission(Permission::EarningRulesManage),
        &[Code::IllegalMove, Code::AlreadyExists],
    )
    .versioned(),
    Operation::new("simulateEarningRules", Access::Permission(Permission::EarningRulesManage), &[]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::get_my_points)
        .service(routes::list_my_points_transactions)
        .service(routes::get_volunteer_points)
        .service(routes::list_volunteer_points_transactions)
        .service(routes::get_points_transaction)
        .service(routes::reverse_points_transaction)
        .service(routes::adjust_points)
        .service(routes::list_adjustments)
        .service(routes::approve_adjustment)
        .service(routes::decline_adjustment)
        .service(rule_routes::list_earning_rules)
        .service(rule_routes::create_earning_rules)
        .service(rule_routes::activate_earning_rules)
        .service(rule_routes::simulate_earning_rules);
}

#[cfg(test)]
mod tests;
