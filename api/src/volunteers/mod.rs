//! Volunteers: who serves, from application to withdrawal.

pub mod actions;
pub mod bodies;
mod problems;
mod real_name;
mod routes;
mod standing;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

pub use real_name::{RealNameCheck, real_name_check};
pub use standing::standing;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

const REVIEW: Access = Access::Permission(Permission::VolunteerReview);

pub const OPERATIONS: &[Operation] = &[
    Operation::new(
        "applyAsVolunteer",
        Access::SignedIn,
        &[
            Code::TooYoung,
            Code::GuardianConsentRequired,
            Code::ConsentRequired,
            Code::IdentityNumberRegistered,
            Code::AlreadyVolunteer,
            Code::RealNameRefused,
            Code::RealNameCheckAway,
        ],
    ),
    Operation::new("getVolunteer", Access::SignedIn, &[]).tagged(),
    Operation::new("getMyVolunteer", Access::SignedIn, &[Code::VolunteerRequired]).tagged(),
    Operation::new(
        "replaceMyVolunteer",
        Access::SignedIn,
        &[Code::IllegalMove, Code::VolunteerRequired],
    )
    .versioned(),
    Operation::new("listVolunteers", Access::Permission(Permission::VolunteerRead), &[]),
    Operation::new("approveVolunteer", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("suspendVolunteer", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("reinstateVolunteer", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new(
        "withdrawAsVolunteer",
        Access::SignedIn,
        &[Code::IllegalMove, Code::VolunteerRequired],
    )
    .versioned(),
    Operation::new("recordInduction", REVIEW, &[Code::OwnReview]),
    Operation::new("recordGuardianConsent", REVIEW, &[]),
    Operation::new("revealVolunteer", Access::Permission(Permission::PersonalDataReveal), &[]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::apply_as_volunteer)
        .service(routes::get_volunteer)
        .service(routes::get_my_volunteer)
        .service(routes::replace_my_volunteer)
        .service(routes::list_volunteers)
        .service(routes::approve_volunteer)
        .service(routes::suspend_volunteer)
        .service(routes::reinstate_volunteer)
        .service(routes::withdraw_as_volunteer)
        .service(routes::record_induction)
        .service(routes::record_guardian_consent)
        .service(routes::reveal_volunteer);
}
