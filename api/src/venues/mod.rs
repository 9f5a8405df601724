//! Venues: the tree of places of practice.

pub mod actions;
mod bodies;
mod problems;
mod routes;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("listVenues", Access::Public, &[]),
    Operation::new("getVenue", Access::Public, &[]).tagged(),
    Operation::new(
        "createVenue",
        Access::Permission(Permission::VenueManage),
        &[Code::WrongParent, Code::ParentClosed, Code::VenueCodeTaken],
    ),
    Operation::new(
        "replaceVenue",
        Access::Permission(Permission::VenueManage),
        &[Code::WrongParent, Code::ParentClosed, Code::IllegalMove],
    )
    .versioned(),
    Operation::new("getCenterRules", Access::Public, &[]).tagged(),
    Operation::new("replaceCenterRules", Access::Permission(Permission::VenueManage), &[])
        .versioned(),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::list_venues)
        .service(routes::create_venue)
        .service(routes::get_venue)
        .service(routes::replace_venue)
        .service(routes::get_center_rules)
        .service(routes::replace_center_rules);
}
