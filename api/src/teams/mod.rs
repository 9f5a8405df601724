//! Teams of volunteers and their members.

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

const REVIEW: Access = Access::Permission(Permission::TeamReview);
const MANAGE: Access = Access::Permission(Permission::TeamManage);

pub const OPERATIONS: &[Operation] = &[
    Operation::new(
        "createTeam",
        Access::SignedIn,
        &[
            Code::WrongParent,
            Code::TeamNotActive,
            Code::VolunteerNotActive,
            Code::VolunteerRequired,
        ],
    ),
    Operation::new("getTeam", Access::SignedIn, &[]).tagged(),
    Operation::new("listTeams", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new("approveTeam", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
    Operation::new("suspendTeam", REVIEW, &[Code::IllegalMove]).versioned(),
    Operation::new("reinstateTeam", REVIEW, &[Code::IllegalMove]).versioned(),
    Operation::new("dissolveTeam", REVIEW, &[Code::IllegalMove, Code::SessionsAhead]).versioned(),
    Operation::new("replaceTeam", MANAGE, &[Code::TeamNotActive]).versioned(),
    Operation::new(
        "appointLeader",
        MANAGE,
        &[Code::NotMember, Code::TeamNotActive, Code::VolunteerNotActive],
    )
    .versioned(),
    Operation::new(
        "joinTeam",
        Access::SignedIn,
        &[
            Code::AlreadyMember,
            Code::TeamNotActive,
            Code::VolunteerNotActive,
            Code::VolunteerRequired,
        ],
    ),
    Operation::new("listMembers", Access::SignedIn, &[]),
    Operation::new("getMember", Access::SignedIn, &[]).tagged(),
    Operation::new("acceptMember", MANAGE, &[Code::NothingToAccept, Code::TeamNotActive]),
    Operation::new("leaveTeam", Access::SignedIn, &[Code::NotMember, Code::LeaderStays]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::create_team)
        .service(routes::get_team)
        .service(routes::list_teams)
        .service(routes::approve_team)
        .service(routes::suspend_team)
        .service(routes::reinstate_team)
        .service(routes::dissolve_team)
        .service(routes::replace_team)
        .service(routes::appoint_leader)
        .service(routes::join_team)
        .service(routes::list_members)
        .service(routes::get_member)
        .service(routes::accept_member)
        .service(routes::leave_team);
}
