//! The slices of the API, gathered: one line each in both lists.

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    activities, attendance, demo, identity, notifications, operations::Operation, orders, photos,
    points, projects, redemption, service, teams, venues, volunteers,
};

/// The operations of every slice.
pub const OPERATIONS: &[&[Operation]] = &[
    service::OPERATIONS,
    identity::OPERATIONS,
    venues::OPERATIONS,
    volunteers::OPERATIONS,
    teams::OPERATIONS,
    projects::OPERATIONS,
    activities::OPERATIONS,
    attendance::OPERATIONS,
    points::OPERATIONS,
    redemption::OPERATIONS,
    orders::OPERATIONS,
    notifications::OPERATIONS,
    photos::OPERATIONS,
    demo::OPERATIONS,
];

/// Every route below `/api/v1`.
pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .configure(identity::configure)
        .configure(venues::configure)
        .configure(volunteers::configure)
        .configure(teams::configure)
        .configure(projects::configure)
        .configure(activities::configure)
        .configure(attendance::configure)
        .configure(points::configure)
        .configure(redemption::configure)
        .configure(orders::configure)
        .configure(notifications::configure)
        .configure(photos::configure)
        .configure(demo::configure);
}

/// Every route that is not below `/api/v1`.
pub fn configure_root(routes: &mut ServiceConfig<'_>) {
    routes.configure(service::configure).configure(identity::configure_root);
}
