//! Projects: what a venue plans to do for its residents.

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

const WRITE: Access = Access::Permission(Permission::ProjectWrite);
const REVIEW: Access = Access::Permission(Permission::ProjectReview);

pub const OPERATIONS: &[Operation] = &[
    Operation::new("createProject", WRITE, &[Code::TeamNotActive]),
    Operation::new("getProject", Access::SignedIn, &[]).tagged(),
    Operation::new("listProjects", Access::SignedIn, &[]),
    Operation::new("replaceProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("submitProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("returnProject", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("approveProject", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("publishProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("pauseProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("resumeProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("completeProject", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("archiveProject", WRITE, &[Code::IllegalMove]).versioned(),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::create_project)
        .service(routes::get_project)
        .service(routes::list_projects)
        .service(routes::replace_project)
        .service(routes::submit_project)
        .service(routes::return_project)
        .service(routes::approve_project)
        .service(routes::publish_project)
        .service(routes::pause_project)
        .service(routes::resume_project)
        .service(routes::complete_project)
        .service(routes::archive_project);
}
