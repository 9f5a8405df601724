//! Redemptions and statements as JSON.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{OfferId, PartnerId, RedemptionId, VenueId, VolunteerId},
    redemption::{RedemptionState, Statement, StatementLine},
    units::Points,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::actions::{self, Shown};
use crate::paged;

/// Which of the caller's redemptions to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListMyRedemptions {
    /// Only in this state.
    pub state: Option<RedemptionState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which redemptions to list: of a partner, or of the partners that a venue looks after.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRedemptions {
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Of partners that this venue, or a venue below it, looks after. One of both is needed.
    pub venue_id: Option<VenueId>,
    /// Only of this offer.
    pub offer_id: Option<OfferId>,
    /// Only of this volunteer.
    pub volunteer_id: Option<VolunteerId>,
    /// Only in this state.
    pub state: Option<RedemptionState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListMyRedemptions, ListRedemptions);

/// What to redeem.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"offer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12", "quantity": 1}))]
pub struct Redeem {
    pub offer_id: OfferId,
    /// 1 if not given.
    #[serde(default = "one")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub quantity: i64,
}

const fn one() -> i64 {
    1
}

impl Redeem {
    pub fn command(&self) -> actions::Redeem {
        actions::Redeem { offer_id: self.offer_id, quantity: self.quantity }
    }
}

/// Why a redemption is refunded.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "商品破损"}))]
pub struct RefundRedemption {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// What the owner shows at the counter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"code": "7Q2K9M4XW1TA", "expires_at": "2026-12-08T16:00:00Z"}))]
pub struct VoucherBody {
    /// 12 characters with a check character, without I, L, O and U.
    pub code: String,
    /// The first instant at which it is not honoured any more.
    pub expires_at: DateTime<Utc>,
}

/// One exchange of points for an offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a13",
    "state": "held",
    "offer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12",
    "partner_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "title": "大米 5 kg",
    "quantity": 1,
    "points": 300,
    "voucher": {"code": "7Q2K9M4XW1TA", "expires_at": "2026-12-08T16:00:00Z"},
    "expires_at": "2026-12-08T16:00:00Z",
    "created_at": "2026-11-23T02:00:00Z",
    "consumed_at": null,
    "ended_at": null,
    "reason": null,
    "version": 1
}))]
pub struct RedemptionBody {
    pub id: RedemptionId,
    pub state: RedemptionState,
    pub offer_id: OfferId,
    pub partner_id: PartnerId,
    pub volunteer_id: VolunteerId,
    /// The offer's title when it was redeemed.
    pub title: String,
    pub quantity: i64,
    /// The price of all.
    pub points: Points,
    /// Only for its owner, while it is held.
    pub voucher: Option<VoucherBody>,
    /// The first instant at which its voucher is not honoured any more.
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub consumed_at: Option<DateTime<Utc>>,
    /// When it was cancelled, expired or refunded.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was refunded.
    pub reason: Option<String>,
    pub version: i64,
}

impl From<Shown> for RedemptionBody {
    fn from(shown: Shown) -> Self {
        let redemption = shown.redemption;
        let expires_at = redemption.expires_at;
        Self {
            id: redemption.id,
            state: redemption.state,
            offer_id: redemption.offer_id,
            partner_id: redemption.partner_id,
            volunteer_id: redemption.volunteer_id,
            title: redemption.title,
            quantity: redemption.quantity,
            points: redemption.points,
            voucher: shown
                .code
                .map(|code| VoucherBody { code: code.as_str().to_owned(), expires_at }),
            expires_at,
            created_at: redemption.created_at,
            consumed_at: redemption.consumed_at,
            ended_at: redemption.ended_at,
            reason: redemption.reason,
            version: redemption.version,
        }
    }
}

/// A page of redemptions, the latest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct RedemptionList {
    pub items: Vec<RedemptionBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// What one offer's vouchers came to in the month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "offer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12",
    "consumed_count": 12, "consumed_points": 3600, "refunded_count": 1, "refunded_points": 300
}))]
pub struct StatementLineBody {
    pub offer_id: OfferId,
    /// Redemptions consumed in the month.
    pub consumed_count: i64,
    pub consumed_points: Points,
    /// Redemptions refunded in the month, whenever they were consumed.
    pub refunded_count: i64,
    pub refunded_points: Points,
}

/// A partner's account of one month.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "partner_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "month": "2026-11",
    "lines": [{
        "offer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12",
        "consumed_count": 12, "consumed_points": 3600, "refunded_count": 1, "refunded_points": 300
    }],
    "consumed_count": 12,
    "consumed_points": 3600,
    "refunded_count": 1,
    "refunded_points": 300,
    "points": 3300,
    "ledger_points": 3300,
    "partner_confirmed_at": null,
    "center_confirmed_at": null,
    "settled": false
}))]
pub struct StatementBody {
    pub partner_id: PartnerId,
    /// `YYYY-MM`, in the deployment's time zone.
    pub month: String,
    pub lines: Vec<StatementLineBody>,
    pub consumed_count: i64,
    pub consumed_points: Points,
    pub refunded_count: i64,
    pub refunded_points: Points,
    /// Consumed less refunded.
    pub points: Points,
    /// The same, summed from the partner's entries in the ledger.
    pub ledger_points: Points,
    pub partner_confirmed_at: Option<DateTime<Utc>>,
    pub center_confirmed_at: Option<DateTime<Utc>>,
    /// Both sides have confirmed: it never changes again.
    pub settled: bool,
}

impl From<Statement> for StatementBody {
    fn from(statement: Statement) -> Self {
        let sum = |part: fn(&StatementLine) -> i64| statement.lines.iter().map(part).sum::<i64>();
        let consumed = sum(|line| line.consumed_points.0);
        let refunded = sum(|line| line.refunded_points.0);
        Self {
            partner_id: statement.partner_id,
            month: statement.month.to_string(),
            consumed_count: sum(|line| line.consumed_count),
            consumed_points: Points(consumed),
            refunded_count: sum(|line| line.refunded_count),
            refunded_points: Points(refunded),
            points: Points(consumed - refunded),
            ledger_points: statement.ledger_points,
            partner_confirmed_at: statement.partner_confirmed.map(|(_, at)| at),
            center_confirmed_at: statement.center_confirmed.map(|(_, at)| at),
            settled: statement.is_settled(),
            lines: statement
                .lines
                .into_iter()
                .map(|line| StatementLineBody {
                    offer_id: line.offer_id,
                    consumed_count: line.consumed_count,
                    consumed_points: line.consumed_points,
                    refunded_count: line.refunded_count,
                    refunded_points: line.refunded_points,
                })
                .collect(),
        }
    }
}
