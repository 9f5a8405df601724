//! Activities, their sessions and positions, and who signed up.

pub mod actions;
pub mod bodies;
pub mod jobs;
mod problems;
mod routes;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

const WRITE: Access = Access::Permission(Permission::ActivityWrite);
const REVIEW: Access = Access::Permission(Permission::ActivityReview);
const RUN: Access = Access::Permission(Permission::SessionWrite);

pub const OPERATIONS: &[Operation] = &[
    Operation::new("createActivity", WRITE, &[Code::TeamNotActive, Code::ProjectNotPublished]),
    Operation::new("getActivity", Access::Public, &[]).tagged(),
    Operation::new("listActivities", Access::Public, &[]),
    Operation::new("replaceActivity", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("publishActivity", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("approveActivity", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("returnActivity", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("withdrawActivity", WRITE, &[Code::IllegalMove, Code::HasSignups]).versioned(),
    Operation::new("completeActivity", WRITE, &[Code::IllegalMove, Code::SessionsAhead])
        .versioned(),
    Operation::new("cancelActivity", WRITE, &[Code::IllegalMove]).versioned(),
    Operation::new("createSession", RUN, &[Code::IllegalMove]),
    Operation::new("getSession", Access::Public, &[]).tagged(),
    Operation::new("listSessions", Access::Public, &[]),
    Operation::new("replaceSession", RUN, &[Code::IllegalMove]).versioned(),
    Operation::new("cancelSession", RUN, &[Code::IllegalMove]).versioned(),
    Operation::new(
        "signUp",
        Access::SignedIn,
        &[
            Code::VolunteerRequired,
            Code::SessionNotOpen,
            Code::SignupNotOpen,
            Code::SignupClosed,
            Code::VolunteerNotActive,
            Code::AlreadySignedUp,
            Code::GuardianConsentRequired,
            Code::MinorProtected,
            Code::SignupRestricted,
            Code::RequirementNotMet,
            Code::SignupOverlap,
        ],
    ),
    Operation::new("getSignup", Access::SignedIn, &[]).tagged(),
    Operation::new("cancelSignup", Access::SignedIn, &[Code::IllegalMove, Code::TooLateToCancel])
        .versioned(),
    Operation::new(
        "confirmSignup",
        Access::SignedIn,
        &[Code::IllegalMove, Code::OfferEnded, Code::SignupOverlap],
    ),
    Operation::new(
        "excuseSignup",
        Access::Permission(Permission::SignupManage),
        &[Code::IllegalMove],
    ),
    Operation::new(
        "liftRestriction",
        Access::Permission(Permission::VolunteerReview),
        &[Code::OwnReview],
    ),
    Operation::new("listSignups", Access::Permission(Permission::SignupManage), &[]),
    Operation::new("listMySignups", Access::SignedIn, &[Code::VolunteerRequired]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    use self::routes::{plans, sessions, signups};
    routes
        .service(plans::create_activity)
        .service(plans::get_activity)
        .service(plans::list_activities)
        .service(plans::replace_activity)
        .service(plans::publish_activity)
        .service(plans::approve_activity)
        .service(plans::return_activity)
        .service(plans::withdraw_activity)
        .service(plans::complete_activity)
        .service(plans::cancel_activity)
        .service(sessions::create_session)
        .service(sessions::get_session)
        .service(sessions::list_sessions)
        .service(sessions::replace_session)
        .service(sessions::cancel_session)
        .service(signups::sign_up)
        .service(signups::list_signups)
        .service(signups::get_signup)
        .service(signups::cancel_signup)
        .service(signups::confirm_signup)
        .service(signups::excuse_signup)
        .service(signups::lift_restriction)
        .service(signups::list_my_signups);
}
