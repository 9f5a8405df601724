//! Points as JSON.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "validations are given references")]

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{AccountId, AdjustmentId, PointsTransactionId, VenueId, VolunteerId},
    points::{Adjustment, AdjustmentState, Entry, Posting, SourceKind, TransactionKind, Wallet},
    units::{Minutes, Points},
};
use shijian_persistence::points::StatementLine;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::{Validate, ValidationError};

use super::corrections::Adjust;
use crate::{paged, problem::Language};

/// How a page of a statement is asked for.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListTransactions {
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which adjustments to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAdjustments {
    /// The center that gives or takes.
    pub center_id: VenueId,
    /// `pending` if not given.
    pub state: Option<AdjustmentState>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListTransactions, ListAdjustments);

/// What a person has.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "available": 320,
    "held": 60,
    "owed": 0,
    "carried_minutes": 3,
    "expiring": [{"points": 120, "expires_at": "2028-11-30T16:00:00Z"}]
}))]
pub struct PointsBody {
    /// Can be spent.
    pub available: Points,
    /// Taken aside by open redemptions.
    pub held: Points,
    /// Taken back after it was spent: the next earnings repay it first.
    pub owed: Points,
    /// Minutes served that have not made a point yet.
    pub carried_minutes: Minutes,
    /// What is available, by when it expires, the earliest first.
    pub expiring: Vec<ExpiringBody>,
}

/// Points that expire together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"points": 120, "expires_at": "2028-11-30T16:00:00Z"}))]
pub struct ExpiringBody {
    pub points: Points,
    pub expires_at: DateTime<Utc>,
}

impl PointsBody {
    /// What `wallet` holds at `now`; a person who never earned has an empty one.
    pub fn of(wallet: Option<&Wallet>, now: DateTime<Utc>) -> Self {
        let Some(wallet) = wallet else {
            return Self {
                available: Points::ZERO,
                held: Points::ZERO,
                owed: Points::ZERO,
                carried_minutes: Minutes::ZERO,
                expiring: Vec::new(),
            };
        };
        let expiring = wallet
            .lots
            .iter()
            .filter(|lot| lot.available.is_positive() && lot.expires_at > now)
            .map(|lot| ExpiringBody { points: lot.available, expires_at: lot.expires_at })
            .collect();
        Self {
            // A wallet's sum fits, so the sum of a part of it does.
            available: wallet.spendable(now).unwrap_or(wallet.available),
            held: wallet.held,
            owed: wallet.owed,
            carried_minutes: wallet.carried,
            expiring,
        }
    }
}

/// What a transaction came from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "service_record", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"}))]
pub struct SourceBody {
    pub kind: SourceKind,
    pub id: Uuid,
}

/// A line of a person's statement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "kind": "earn",
    "points": 20,
    "available_after": 340,
    "posted_at": "2026-11-20T09:00:00Z",
    "source": {"kind": "service_record", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10"},
    "title": "志愿服务:理发"
}))]
pub struct TransactionLineBody {
    pub id: PointsTransactionId,
    pub kind: TransactionKind,
    /// What the available points changed by.
    pub points: Points,
    pub available_after: Points,
    pub posted_at: DateTime<Utc>,
    pub source: SourceBody,
    /// In the caller's language.
    pub title: String,
}

impl TransactionLineBody {
    pub fn of(line: &StatementLine, language: Language) -> Self {
        Self {
            id: line.id,
            kind: line.kind,
            points: line.points,
            available_after: line.available_after,
            posted_at: line.posted_at.0,
            source: SourceBody { kind: line.source_kind, id: line.source_id.0 },
            title: title(line.kind, &line.memo, language),
        }
    }
}

fn title(kind: TransactionKind, memo: &str, language: Language) -> String {
    let (chinese, english) = match kind {
        TransactionKind::Earn => ("志愿服务", "Service"),
        TransactionKind::Hold => ("兑换", "Redemption"),
        TransactionKind::Release => ("兑换退回", "Redemption given back"),
        TransactionKind::Consume => ("核销", "Voucher consumed"),
        TransactionKind::Refund => ("退还", "Refund"),
        TransactionKind::Expire => ("积分到期", "Points expired"),
        TransactionKind::Adjust => ("积分调整", "Adjustment"),
        TransactionKind::Reverse => ("冲正", "Reversal"),
    };
    match (language, memo.is_empty()) {
        (Language::Chinese, true) => chinese.to_owned(),
        (Language::Chinese, false) => format!("{chinese}:{memo}"),
        (Language::English, true) => english.to_owned(),
        (Language::English, false) => format!("{english}: {memo}"),
    }
}

/// A page of a statement, the latest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct TransactionList {
    pub items: Vec<TransactionLineBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// What a transaction moves in one account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"account": "volunteer:01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10:available", "points": 20}))]
pub struct EntryBody {
    /// Whose account, and which: `volunteer:ID:available`, `…:held`, `…:owed`; `center:ID:issued`, `…:expired`;
    /// `partner:ID:redeemed`.
    pub account: String,
    /// Positive where the account gains.
    pub points: Points,
}

/// A transaction: entries that sum to zero. Once posted it never changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "kind": "earn",
    "points": 20,
    "available_after": 340,
    "posted_at": "2026-11-20T09:00:00Z",
    "source": {"kind": "service_record", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12"},
    "title": "志愿服务:理发",
    "reverses_id": null,
    "entries": [
        {"account": "center:01939e5c-1f70-7c1a-9a53-6f1d5f3b2a0e:issued", "points": -20},
        {"account": "volunteer:01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10:available", "points": 20}
    ]
}))]
pub struct TransactionBody {
    pub id: PointsTransactionId,
    pub volunteer_id: VolunteerId,
    pub kind: TransactionKind,
    /// What the available points changed by.
    pub points: Points,
    pub available_after: Points,
    pub posted_at: DateTime<Utc>,
    pub source: SourceBody,
    /// In the caller's language.
    pub title: String,
    /// The transaction that this one undoes.
    pub reverses_id: Option<PointsTransactionId>,
    /// They sum to zero.
    pub entries: Vec<EntryBody>,
}

impl TransactionBody {
    pub fn of(posting: &Posting, language: Language) -> Self {
        Self {
            id: posting.id,
            volunteer_id: posting.owner,
            kind: posting.kind,
            points: posting.points,
            available_after: posting.available_after,
            posted_at: posting.posted_at,
            source: SourceBody { kind: posting.source.kind, id: posting.source.id },
            title: title(posting.kind, &posting.memo, language),
            reverses_id: posting.reverses,
            entries: entries(posting.entries.entries()),
        }
    }
}

/// One line an account: the lots of one account are shown together.
fn entries(entries: &[Entry]) -> Vec<EntryBody> {
    let mut shown: Vec<EntryBody> = Vec::new();
    for entry in entries {
        let account = entry.account.to_string();
        match shown.iter_mut().find(|line| line.account == account) {
            Some(line) => line.points = Points(line.points.0.saturating_add(entry.points.0)),
            None => shown.push(EntryBody { account, points: entry.points }),
        }
    }
    shown
}

/// Why something is corrected.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "重复录入"}))]
pub struct Correction {
    /// The person reads it in the statement.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Points to give or take.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10", "points": 50, "reason": "补录三月的服务"}))]
pub struct AdjustPoints {
    pub volunteer_id: VolunteerId,
    /// Negative to take. More than 100 either way waits for a second person.
    #[validate(custom(function = some_points))]
    #[schema(minimum = -100_000, maximum = 100_000)]
    pub points: Points,
    /// The person reads it in the statement.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

fn some_points(points: &Points) -> Result<(), ValidationError> {
    if (1..=100_000).contains(&points.0.unsigned_abs()) {
        Ok(())
    } else {
        Err(ValidationError::new("out_of_range"))
    }
}

impl AdjustPoints {
    pub fn command(&self) -> Adjust {
        Adjust { volunteer_id: self.volunteer_id, points: self.points, reason: self.reason.clone() }
    }
}

/// An adjustment and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "volunteer_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "points": 150,
    "reason": "补录三月的服务",
    "state": "pending",
    "asked_by": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12",
    "asked_at": "2026-11-20T09:00:00Z",
    "decided_by": null,
    "decided_at": null
}))]
pub struct AdjustmentBody {
    pub id: AdjustmentId,
    pub volunteer_id: VolunteerId,
    pub points: Points,
    pub reason: String,
    pub state: AdjustmentState,
    pub asked_by: Option<AccountId>,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<Adjustment> for AdjustmentBody {
    fn from(adjustment: Adjustment) -> Self {
        Self {
            id: adjustment.id,
            volunteer_id: adjustment.volunteer_id,
            points: adjustment.points,
            reason: adjustment.reason,
            state: adjustment.state,
            asked_by: adjustment.asked_by,
            asked_at: adjustment.asked_at,
            decided_by: adjustment.decided_by,
            decided_at: adjustment.decided_at,
        }
    }
}

/// A page of adjustments.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct AdjustmentList {
    pub items: Vec<AdjustmentBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// A past period, by day of service.
#[derive(Debug, Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = in_order))]
#[schema(example = json!({"from": "2026-10-01", "to": "2026-10-31"}))]
pub struct SimulationPeriod {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

fn in_order(period: &SimulationPeriod) -> Result<(), ValidationError> {
    if period.from <= period.to { Ok(()) } else { Err(ValidationError::new("period")) }
}
