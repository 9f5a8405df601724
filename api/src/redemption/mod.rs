//! Redemption: partners, offers, vouchers and statements.

pub mod actions;
mod bodies;
pub(crate) mod jobs;
mod offer_bodies;
mod offer_routes;
pub mod offers;
pub mod partners;
mod problems;
mod routes;
pub mod statements;

use shijian_domain::identity::Permission;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    operations::{Access, Operation},
    problem::Code,
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("listPartners", Access::SignedIn, &[]),
    Operation::new("getPartner", Access::SignedIn, &[]).tagged(),
    Operation::new(
        "createPartner",
        Access::Permission(Permission::PartnerManage),
        &[Code::PartnerExists],
    ),
    Operation::new("listOffers", Access::Public, &[]),
    Operation::new("getOffer", Access::Public, &[]).tagged(),
    Operation::new("createOffer", Access::Permission(Permission::OfferWrite), &[]),
    Operation::new(
        "replaceOffer",
        Access::Permission(Permission::OfferWrite),
        &[Code::IllegalMove],
    )
    .versioned(),
    Operation::new(
        "publishOffer",
        Access::Permission(Permission::OfferWrite),
        &[Code::IllegalMove],
    )
    .versioned(),
    Operation::new(
        "returnOffer",
        Access::Permission(Permission::OfferReview),
        &[Code::IllegalMove],
    )
    .versioned(),
    Operation::new("pauseOffer", Access::Permission(Permission::OfferWrite), &[Code::IllegalMove])
        .versioned(),
    Operation::new("resumeOffer", Access::Permission(Permission::OfferWrite), &[Code::IllegalMove])
        .versioned(),
    Operation::new("endOffer", Access::Permission(Permission::OfferWrite), &[Code::IllegalMove])
        .versioned(),
    Operation::new(
        "redeem",
        Access::SignedIn,
        &[
            Code::VolunteerRequired,
            Code::NotFound,
            Code::VolunteerNotActive,
            Code::OfferNotOpen,
            Code::StarLevelNeeded,
            Code::OutOfStock,
            Code::LimitReached,
            Code::InsufficientPoints,
        ],
    ),
    Operation::new("getRedemption", Access::SignedIn, &[]).tagged(),
    Operation::new("listMyRedemptions", Access::SignedIn, &[Code::VolunteerRequired]),
    Operation::new("listRedemptions", Access::Permission(Permission::RedemptionRead), &[]),
    Operation::new(
        "cancelRedemption",
        Access::SignedIn,
        &[Code::VolunteerRequired, Code::IllegalMove],
    )
    .versioned(),
    Operation::new(
        "refundRedemption",
        Access::Permission(Permission::RedemptionRefund),
        &[Code::IllegalMove, Code::RefundTooLate],
    )
    .versioned(),
    Operation::new("getVoucher", Access::Permission(Permission::VoucherConsume), &[]).tagged(),
    Operation::new(
        "consumeVoucher",
        Access::Permission(Permission::VoucherConsume),
        &[Code::VoucherConsumed, Code::VoucherExpired, Code::IllegalMove],
    )
    .versioned(),
    Operation::new("getPartnerStatement", Access::Permission(Permission::StatementRead), &[])
        .tagged(),
    Operation::new(
        "confirmPartnerStatement",
        Access::Permission(Permission::StatementConfirm),
        &[Code::MonthNotOver, Code::StatementMismatch, Code::AlreadyConfirmed],
    ),
];

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(offer_routes::list_partners)
        .service(offer_routes::create_partner)
        .service(offer_routes::get_partner)
        .service(offer_routes::list_offers)
        .service(offer_routes::create_offer)
        .service(offer_routes::get_offer)
        .service(offer_routes::replace_offer)
        .service(offer_routes::publish_offer)
        .service(offer_routes::return_offer)
        .service(offer_routes::pause_offer)
        .service(offer_routes::resume_offer)
        .service(offer_routes::end_offer)
        .service(routes::redeem)
        .service(routes::list_redemptions)
        .service(routes::get_redemption)
        .service(routes::list_my_redemptions)
        .service(routes::cancel_redemption)
        .service(routes::refund_redemption)
        .service(routes::get_voucher)
        .service(routes::consume_voucher)
        .service(routes::get_partner_statement)
        .service(routes::confirm_partner_statement);
}
