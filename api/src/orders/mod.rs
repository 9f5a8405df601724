//! Orders: a resident's need finds a team, is served, rated and closed.

pub mod actions;
pub mod bodies;
pub(crate) mod code_messages;
pub(crate) mod jobs;
mod problems;
mod routes;
pub mod verify;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use self::routes::{
    boards, care_plans, common_needs, dispatch, menu, needs, ratings, service, settings, triage,
};
use crate::{
    operations::{Access, Operation},
    problem::Code,
};

const READ: Access = Access::Permission(Permission::OrderRead);
const DISPATCH: Access = Access::Permission(Permission::OrderDispatch);
const CARE: Access = Access::Permission(Permission::CarePlanManage);
const SERVE: Access = Access::Permission(Permission::OrderServe);

pub const OPERATIONS: &[Operation] = &[
    Operation::new(
        "createOrder",
        Access::SignedIn,
        &[Code::ConsentRequired, Code::NotOnMenu, Code::OtherCategory],
    ),
    Operation::new("getOrder", Access::SignedIn, &[]).tagged(),
    Operation::new("listOrders", Access::SignedIn, &[]),
    Operation::new("listMyOrders", Access::SignedIn, &[]),
    Operation::new("getOrderTimeline", Access::SignedIn, &[]),
    Operation::new("revealOrderPerson", Access::SignedIn, &[Code::PersonHidden]),
    Operation::new("registerOrder", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new("listAlikeOrders", DISPATCH, &[]),
    Operation::new("mergeOrder", DISPATCH, &[Code::IllegalMove, Code::WrongMerge]).versioned(),
    Operation::new("declineOrder", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new("transferOrder", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new("cancelOrder", Access::SignedIn, &[Code::IllegalMove, Code::SessionOver])
        .versioned(),
    Operation::new("escalateOrder", DISPATCH, &[Code::IllegalMove, Code::NoTierAbove]).versioned(),
    Operation::new(
        "pauseOrder",
        Access::SignedIn,
        &[Code::IllegalMove, Code::PauseTooLong, Code::NoClock],
    )
    .versioned(),
    Operation::new("suggestTeams", DISPATCH, &[]),
    Operation::new(
        "dispatchOrder",
        DISPATCH,
        &[
            Code::IllegalMove,
            Code::NoCandidates,
            Code::TeamNotActive,
            Code::CenterDecides,
            Code::FormerTeam,
        ],
    )
    .versioned(),
    Operation::new(
        "acceptOrder",
        SERVE,
        &[Code::IllegalMove, Code::TeamNotAsked, Code::TeamNotActive, Code::FormerTeam],
    )
    .versioned(),
    Operation::new("refuseOrder", SERVE, &[Code::IllegalMove, Code::TeamNotAsked]).versioned(),
    Operation::new(
        "assignOrder",
        DISPATCH,
        &[Code::IllegalMove, Code::TeamNotActive, Code::FormerTeam],
    )
    .versioned(),
    Operation::new(
        "handBackOrder",
        SERVE,
        &[Code::IllegalMove, Code::HandedBackBefore, Code::SessionOver],
    )
    .versioned(),
    Operation::new(
        "scheduleOrder",
        SERVE,
        &[
            Code::IllegalMove,
            Code::TeamNotActive,
            Code::VolunteerNotActive,
            Code::RequirementNotMet,
            Code::SignupOverlap,
            Code::SignupRestricted,
            Code::MinorProtected,
            Code::SignupClosed,
            Code::SessionOver,
        ],
    )
    .versioned(),
    Operation::new("beginOrder", SERVE, &[Code::IllegalMove]).versioned(),
    Operation::new("serveOrder", SERVE, &[Code::IllegalMove]).versioned(),
    Operation::new(
        "confirmOrder",
        Access::SignedIn,
        &[Code::IllegalMove, Code::WrongConfirmation, Code::AlreadyConfirmed, Code::OwnService],
    )
    .versioned(),
    Operation::new("rateOrder", Access::SignedIn, &[Code::IllegalMove, Code::OwnService])
        .versioned(),
    Operation::new("reopenOrder", Access::SignedIn, &[Code::IllegalMove, Code::ReopenedBefore])
        .versioned(),
    Operation::new("closeOrder", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new(
        "appealRating",
        SERVE,
        &[Code::IllegalMove, Code::NotAppealed, Code::AppealedBefore],
    ),
    Operation::new(
        "judgeRatingAppeal",
        DISPATCH,
        &[Code::IllegalMove, Code::NotAppealed, Code::OwnReview],
    ),
    Operation::new("getOrderSatisfaction", READ, &[Code::NotATier]),
    Operation::new(
        "publishOrder",
        DISPATCH,
        &[Code::IllegalMove, Code::ConsentRequired, Code::PersonalDataInText, Code::AlreadyExists],
    ),
    Operation::new("listOrderStories", Access::Public, &[]),
    Operation::new("getOrderBoard", READ, &[Code::NotATier]),
    Operation::new("getOrderInbox", SERVE, &[]),
    Operation::new("getTeamService", Access::SignedIn, &[]),
    Operation::new("listTeamRewards", Access::SignedIn, &[]),
    Operation::new("listLateOrders", READ, &[Code::NotATier]),
    Operation::new("getWorkCalendar", Access::Public, &[]),
    Operation::new("setWorkDay", Access::Permission(Permission::WorkCalendarManage), &[]),
    Operation::new("forgetWorkDay", Access::Permission(Permission::WorkCalendarManage), &[]),
    Operation::new("getMatchingWeights", READ, &[Code::NotATier]).tagged(),
    Operation::new(
        "replaceMatchingWeights",
        Access::Permission(Permission::MatchingManage),
        &[Code::NotATier],
    )
    .versioned(),
    Operation::new("getServiceMenu", Access::Public, &[]),
    Operation::new("listCommonNeeds", READ, &[]),
    Operation::new("getCommonNeed", READ, &[]).tagged(),
    Operation::new("acceptCommonNeed", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new("dismissCommonNeed", DISPATCH, &[Code::IllegalMove]).versioned(),
    Operation::new("createCarePlan", CARE, &[Code::ConsentRequired]),
    Operation::new("getCarePlan", READ, &[]).tagged(),
    Operation::new("listCarePlans", READ, &[]),
    Operation::new("replaceCarePlan", CARE, &[Code::IllegalMove, Code::ConsentRequired])
        .versioned(),
    Operation::new("pauseCarePlan", CARE, &[Code::IllegalMove]).versioned(),
    Operation::new("resumeCarePlan", CARE, &[Code::IllegalMove]).versioned(),
    Operation::new("endCarePlan", CARE, &[Code::IllegalMove]).versioned(),
    Operation::new("previewCarePlan", READ, &[]),
    Operation::new("switchWeather", CARE, &[Code::NotATier]),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(needs::create_order)
        .service(needs::list_orders)
        .service(needs::get_order)
        .service(needs::list_my_orders)
        .service(needs::get_order_timeline)
        .service(needs::reveal_order_person)
        .service(triage::register_order)
        .service(triage::list_alike_orders)
        .service(triage::merge_order)
        .service(triage::decline_order)
        .service(triage::transfer_order)
        .service(triage::cancel_order)
        .service(triage::escalate_order)
        .service(triage::pause_order)
        .service(dispatch::suggest_teams)
        .service(dispatch::dispatch_order)
        .service(dispatch::accept_order)
        .service(dispatch::refuse_order)
        .service(dispatch::assign_order)
        .service(dispatch::hand_back_order)
        .service(service::schedule_order)
        .service(service::begin_order)
        .service(service::serve_order)
        .service(service::confirm_order)
        .service(ratings::rate_order)
        .service(ratings::reopen_order)
        .service(ratings::close_order)
        .service(ratings::appeal_rating)
        .service(ratings::judge_rating_appeal)
        .service(ratings::get_order_satisfaction)
        .service(ratings::publish_order)
        .service(ratings::list_order_stories)
        .service(boards::get_order_board)
        .service(boards::get_order_inbox)
        .service(boards::list_late_orders)
        .service(boards::get_team_service)
        .service(boards::list_team_rewards)
        .service(settings::get_work_calendar)
        .service(settings::set_work_day)
        .service(settings::forget_work_day)
        .service(settings::get_matching_weights)
        .service(settings::replace_matching_weights)
        .service(menu::get_service_menu)
        .service(common_needs::list_common_needs)
        .service(common_needs::get_common_need)
        .service(common_needs::accept_common_need)
        .service(common_needs::dismiss_common_need)
        .service(care_plans::create_care_plan)
        .service(care_plans::get_care_plan)
        .service(care_plans::list_care_plans)
        .service(care_plans::replace_care_plan)
        .service(care_plans::pause_care_plan)
        .service(care_plans::resume_care_plan)
        .service(care_plans::end_care_plan)
        .service(care_plans::preview_care_plan)
        .service(care_plans::switch_weather);
}
