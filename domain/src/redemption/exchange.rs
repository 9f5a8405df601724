//! One exchange of points for an offer, and its life.

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Offer, RedemptionRefusal};
use crate::{
    calendar::{day_after, day_of, start_of_day},
    ids::{AccountId, OfferId, PartnerId, RedemptionId, VolunteerId},
    points::{Balanced, Wallet},
    units::Points,
    volunteers::{StarLevel, VolunteerState},
};

vocabulary! {
    /// Where a redemption stands: `held › consumed | cancelled | expired`, `consumed › refunded`.
    pub enum RedemptionState {
        /// The points are taken aside and the voucher waits for its partner.
        Held = "held",
        Consumed = "consumed",
        Cancelled = "cancelled",
        Expired = "expired",
        Refunded = "refunded",
    }
}

/// The numbers of redemption's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedemptionPolicy {
    /// How long after its consumption a redemption can be refunded.
    pub refund_within: TimeDelta,
}

impl Default for RedemptionPolicy {
    fn default() -> Self {
        Self { refund_within: TimeDelta::days(7) }
    }
}

/// One exchange of points for an offer; its voucher carries the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redemption {
    pub id: RedemptionId,
    pub offer_id: OfferId,
    pub partner_id: PartnerId,
    pub volunteer_id: VolunteerId,
    /// The offer's title when it was redeemed.
    pub title: String,
    pub quantity: i64,
    /// The price of all.
    pub points: Points,
    pub state: RedemptionState,
    /// The first instant at which the voucher is not honoured any more.
    pub expires_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub consumed_at: Option<DateTime<Utc>>,
    pub consumed_by: Option<AccountId>,
    /// When it was cancelled, expired or refunded.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it was refunded.
    pub reason: Option<String>,
    pub version: i64,
}

/// What decides whether somebody may redeem.
#[derive(Debug, Clone, Copy)]
pub struct RedemptionFacts<'a> {
    pub offer: &'a Offer,
    pub quantity: i64,
    pub volunteer_state: VolunteerState,
    pub star_level: StarLevel,
    pub wallet: &'a Wallet,
    /// How many the person redeemed already within the limit's days, given back ones left out.
    pub redeemed_before: i64,
}

/// What a redemption takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedemptionDecision {
    pub points: Points,
    /// The entries that take the points aside; none for what is free.
    pub hold: Balanced,
    pub stock_left: i64,
    pub expires_at: DateTime<Utc>,
}

/// Whether the person may redeem so many now. The checks run in this order and the first that fails is the answer: the
/// volunteer is active, the offer is open, the star level suffices, the stock, the person's limit, the points.
///
/// # Errors
/// The first check that fails.
pub fn decide_redemption(
    facts: RedemptionFacts<'_>,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<RedemptionDecision, RedemptionRefusal> {
    let (offer, content) = (facts.offer, &facts.offer.content);
    if facts.volunteer_state != VolunteerState::Active {
        return Err(RedemptionRefusal::VolunteerNotActive);
    }
    if !offer.is_open_at(now) {
        return Err(RedemptionRefusal::OfferNotOpen);
    }
    if facts.star_level < content.minimum_star_level {
        return Err(RedemptionRefusal::StarLevelNeeded(content.minimum_star_level));
    }
    if offer.stock_left < facts.quantity {
        return Err(RedemptionRefusal::OutOfStock { left: offer.stock_left });
    }
    if let Some(limit) = content.limit_per_person {
        let left = (limit - facts.redeemed_before).max(0);
        if left < facts.quantity {
            return Err(RedemptionRefusal::LimitReached { limit, left });
        }
    }
    let points = content.points.times(facts.quantity)?;
    let days = Days::new(u64::try_from(content.voucher_days).unwrap_or(0));
    let today = day_of(now, zone);
    let last = today.checked_add_days(days).unwrap_or(today);
    Ok(RedemptionDecision {
        points,
        hold: facts.wallet.hold(points, now)?,
        stock_left: offer.stock_left - facts.quantity,
        expires_at: start_of_day(day_after(last), zone),
    })
}

impl Redemption {
    /// The partner's clerk honours the voucher.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalMove`] if it was used or given back, [`RedemptionRefusal::VoucherExpired`] past its last day.
    pub fn consume(
        self,
        by: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Self, RedemptionRefusal> {
        self.expect(RedemptionState::Held, RedemptionState::Consumed)?;
        if self.expires_at <= now {
            return Err(RedemptionRefusal::VoucherExpired);
        }
        Ok(Self {
            consumed_at: Some(now),
            consumed_by: by,
            ..self.in_state(RedemptionState::Consumed)
        })
    }

    /// The person gives the voucher back.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalMove`] if it is not held any more.
    pub fn cancel(self, now: DateTime<Utc>) -> Result<Self, RedemptionRefusal> {
        self.expect(RedemptionState::Held, RedemptionState::Cancelled)?;
        Ok(Self { ended_at: Some(now), ..self.in_state(RedemptionState::Cancelled) })
    }

    /// The voucher's last day is over.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalMove`] if it is not held, or still good.
    pub fn expire(self, now: DateTime<Utc>) -> Result<Self, RedemptionRefusal> {
        self.expect(RedemptionState::Held, RedemptionState::Expired)?;
        if self.expires_at > now {
            return Err(RedemptionRefusal::IllegalMove(self.state, RedemptionState::Expired));
        }
        Ok(Self { ended_at: Some(now), ..self.in_state(RedemptionState::Expired) })
    }

    /// Staff undo a consumption. The stock stays down: what was handed over is gone.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalMove`] if it was not consumed, [`RedemptionRefusal::RefundTooLate`] after the policy's days.
    pub fn refund(
        self,
        reason: String,
        policy: &RedemptionPolicy,
        now: DateTime<Utc>,
    ) -> Result<Self, RedemptionRefusal> {
        self.expect(RedemptionState::Consumed, RedemptionState::Refunded)?;
        if self.consumed_at.is_none_or(|at| now - at > policy.refund_within) {
            return Err(RedemptionRefusal::RefundTooLate);
        }
        Ok(Self {
            ended_at: Some(now),
            reason: Some(reason),
            ..self.in_state(RedemptionState::Refunded)
        })
    }

    fn expect(&self, from: RedemptionState, to: RedemptionState) -> Result<(), RedemptionRefusal> {
        if self.state == from {
            Ok(())
        } else {
            Err(RedemptionRefusal::IllegalMove(self.state, to))
        }
    }

    fn in_state(self, state: RedemptionState) -> Self {
        Self { state, version: self.version + 1, ..self }
    }
}

#[cfg(test)]
mod tests;
