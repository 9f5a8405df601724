//! What happened to a person, and the mini-program's first screen.

mod bodies;
pub mod delivery;
mod routes;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::operations::{Access, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("getMyHome", Access::SignedIn, &[]),
    Operation::new("listMyNotifications", Access::SignedIn, &[]),
    Operation::new("markNotificationsRead", Access::SignedIn, &[]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::get_my_home)
        .service(routes::list_my_notifications)
        .service(routes::mark_notifications_read);
}
