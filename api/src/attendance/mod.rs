//! Attendance: check-ins and check-outs, and the service records they become.

pub mod actions;
mod bodies;
pub mod codes;
pub mod jobs;
mod problems;
mod routes;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

const RUN: Access = Access::Permission(Permission::AttendanceRun);
const REVIEW: Access = Access::Permission(Permission::ServiceRecordReview);

pub const OPERATIONS: &[Operation] = &[
    Operation::new("getSessionCode", RUN, &[]),
    Operation::new("getMyCode", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new(
        "checkIn",
        Access::SignedIn,
        &[
            Code::VolunteerRequired,
            Code::SessionOver,
            Code::CheckInNotOpen,
            Code::CheckInClosed,
            Code::NotSignedUp,
            Code::WrongCode,
            Code::TooManyStays,
            Code::VolunteerNotActive,
            Code::OwnReview,
        ],
    ),
    Operation::new(
        "checkOut",
        Access::SignedIn,
        &[
            Code::VolunteerRequired,
            Code::SessionOver,
            Code::CheckInClosed,
            Code::NotCheckedIn,
            Code::WrongCode,
            Code::OwnReview,
        ],
    ),
    Operation::new("uploadAttendance", RUN, &[]),
    Operation::new(
        "makeUpServiceRecord",
        Access::SignedIn,
        &[Code::MadeUpTooLate, Code::AlreadyRecorded, Code::NotSignedUp, Code::VolunteerNotActive],
    ),
    Operation::new("listServiceRecords", Access::Permission(Permission::ServiceRecordRead), &[]),
    Operation::new("listMyServiceRecords", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new("getServiceRecord", Access::SignedIn, &[]).tagged(),
    Operation::new(
        "verifyServiceRecord",
        REVIEW,
        &[Code::IllegalMove, Code::OwnReview, Code::RecordDisputed],
    )
    .versioned(),
    Operation::new(
        "rejectServiceRecord",
        REVIEW,
        &[Code::IllegalMove, Code::OwnReview, Code::RecordDisputed],
    )
    .versioned(),
    Operation::new(
        "voidServiceRecord",
        REVIEW,
        &[Code::IllegalMove, Code::OwnReview, Code::RecordDisputed],
    )
    .versioned(),
    Operation::new(
        "disputeServiceRecord",
        Access::SignedIn,
        &[Code::RecordDisputed, Code::DisputeTooLate],
    )
    .versioned(),
    Operation::new("answerDispute", REVIEW, &[Code::IllegalMove, Code::OwnReview]).versioned(),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(routes::get_session_code)
        .service(routes::get_my_code)
        .service(routes::check_in)
        .service(routes::check_out)
        .service(routes::upload_attendance)
        .service(routes::make_up_service_record)
        .service(routes::list_service_records)
        .service(routes::list_my_service_records)
        .service(routes::get_service_record)
        .service(routes::verify_service_record)
        .service(routes::reject_service_record)
        .service(routes::void_service_record)
        .service(routes::dispute_service_record)
        .service(routes::answer_dispute);
}
