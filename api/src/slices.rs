//! The slices of the API, gathered: one line each in both lists.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{demo, operations::Operation, service, venues};

/// The operations of every slice.
pub const OPERATIONS: &[&[Operation]] =
    &[service::OPERATIONS, venues::OPERATIONS, demo::OPERATIONS];

/// Every route below `/api/v1`.
pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes.configure(venues::configure).configure(demo::configure);
}

/// Every route that is not below `/api/v1`.
pub fn configure_root(routes: &mut ServiceConfig<'_>) {
    routes.configure(service::configure);
}
