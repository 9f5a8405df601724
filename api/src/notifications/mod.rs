//! What happened to a person, how they are told of it, and the mini-program's first screen.

mod audience;
mod bodies;
pub mod delivery;
pub mod jobs;
mod preference_bodies;
mod preference_routes;
mod preferences;
mod routes;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::operations::{Access, Operation};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("getMyHome", Access::SignedIn, &[]),
    Operation::new("listMyNotifications", Access::SignedIn, &[]),
    Operation::new("markNotificationsRead", Access::SignedIn, &[]),
    Operation::new("getMyNotificationPreferences", Access::SignedIn, &[]).tagged(),
    Operation::new("replaceMyNotificationPreferences", Access::SignedIn, &[]).versioned(),
    Operation::new("addMyWechatSubscriptions", Access::SignedIn, &[]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::get_my_home)
        .service(routes::list_my_notifications)
        .service(routes::mark_notifications_read)
        .service(preference_routes::get_my_notification_preferences)
        .service(preference_routes::replace_my_notification_preferences)
        .service(preference_routes::add_my_wechat_subscriptions);
}

#[cfg(test)]
mod tests;
