//! Photos that people upload and other slices attach: a need's, the evidence of a service before and after.
//!
//! A slice takes ids, lets [`actions::attach`] check them, and shows [`actions::link`]s to whoever may see its things.

pub mod actions;
mod bodies;
pub mod jobs;
mod problems;
mod routes;
pub mod store;
mod upload;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new(
        "uploadPhoto",
        Access::SignedIn,
        &[Code::NotAPhoto, Code::TooManyPhotos, Code::PhotoStoreAway],
    ),
    Operation::new("getPhoto", Access::Public, &[Code::PhotoStoreAway]).tagged(),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes.service(routes::upload_photo).service(routes::get_photo);
}

#[cfg(test)]
mod tests;
