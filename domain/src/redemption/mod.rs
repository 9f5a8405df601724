//! Redemption: partners, their offers, and points exchanged for them.
//!
//! The rules are told in `docs/rules.md#redemption`.

mod credit_code;
mod exchange;
mod offer;
mod statement;
mod voucher;

pub use credit_code::{CreditCode, MalformedCreditCode};
pub use exchange::{
    Redemption, RedemptionDecision, RedemptionFacts, RedemptionPolicy, RedemptionState,
    decide_redemption,
};
pub use offer::{NewOffer, Offer, OfferCategory, OfferState, Partner, PartnerKind};
pub use statement::{Side, Statement, StatementLine};
pub use voucher::{MalformedVoucherCode, VoucherCode};

use crate::{
    points::PointsRefusal,
    units::{OutOfRange, Points},
    volunteers::StarLevel,
};

/// Why an offer was not changed, or points not exchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedemptionRefusal {
    #[error("an offer for no points is a courtesy that needs a star level")]
    PriceNeeded,
    #[error("days without a limit that counts in them")]
    DaysWithoutLimit,
    #[error("the offer would end before it begins")]
    ValidityBackwards,
    #[error("an offer that is {0} does not become {1}")]
    IllegalOfferMove(OfferState, OfferState),
    #[error("the volunteer is not active")]
    VolunteerNotActive,
    #[error("the offer cannot be redeemed now")]
    OfferNotOpen,
    #[error("the offer needs star level {0}")]
    StarLevelNeeded(StarLevel),
    #[error("{left} are left")]
    OutOfStock { left: i64 },
    #[error("one person redeems at most {limit}, of which {left} are left")]
    LimitReached { limit: i64, left: i64 },
    #[error("a redemption that is {0} does not become {1}")]
    IllegalMove(RedemptionState, RedemptionState),
    #[error("the voucher has expired")]
    VoucherExpired,
    #[error("the time for a refund is over")]
    RefundTooLate,
    #[error("the month is not over")]
    MonthNotOver,
    #[error("the lines come to {lines} points, the ledger to {ledger}")]
    StatementMismatch { lines: Points, ledger: Points },
    #[error("this side has confirmed already")]
    AlreadyConfirmed,
    #[error(transparent)]
    Points(#[from] PointsRefusal),
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}
