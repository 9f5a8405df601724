//! Partners and what they offer.

use chrono::{DateTime, Utc};

use super::{CreditCode, RedemptionRefusal};
use crate::{
    ids::{AccountId, OfferId, PartnerId, VenueId},
    units::Points,
    volunteers::StarLevel,
};

vocabulary! {
    /// What a partner is.
    pub enum PartnerKind {
        Enterprise = "enterprise",
        Shop = "shop",
        Department = "department",
        /// A venue's own goodwill store (爱心超市).
        GoodwillStore = "goodwill_store",
    }
}

/// Who provides offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    pub id: PartnerId,
    pub name: String,
    pub kind: PartnerKind,
    pub unified_social_credit_code: Option<CreditCode>,
    /// The venue whose managers look after it.
    pub venue_id: VenueId,
    pub address: Option<String>,
    pub contact: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

vocabulary! {
    /// What points buy.
    pub enum OfferCategory {
        Goods = "goods",
        Service = "service",
        /// A benefit that a star level opens (礼遇); it may be free.
        Courtesy = "courtesy",
    }
}

vocabulary! {
    /// Where an offer stands: `draft › in_review › published › paused › ended`.
    pub enum OfferState {
        Draft = "draft",
        InReview = "in_review",
        Published = "published",
        Paused = "paused",
        Ended = "ended",
    }
}

/// What somebody wants an offer to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOffer {
    pub title: String,
    pub description: Option<String>,
    pub category: OfferCategory,
    /// The price of one.
    pub points: Points,
    /// How many there are.
    pub stock: i64,
    /// How many one person may redeem; `None` for no limit.
    pub limit_per_person: Option<i64>,
    /// The days in which the limit counts; `None` for ever.
    pub limit_days: Option<i64>,
    /// How many days a voucher is good for, the day of redemption not counted.
    pub voucher_days: i64,
    pub minimum_star_level: StarLevel,
    pub valid_from: Option<DateTime<Utc>>,
    /// The first instant at which it cannot be redeemed any more.
    pub valid_to: Option<DateTime<Utc>>,
    /// Where vouchers are honoured, as people write it.
    pub places: Vec<String>,
}

/// What a partner gives for points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    pub id: OfferId,
    pub partner_id: PartnerId,
    pub content: NewOffer,
    /// Never below zero.
    pub stock_left: i64,
    pub state: OfferState,
    /// Why it was last returned from review.
    pub return_reason: Option<String>,
    pub created_by: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    pub version: i64,
}

impl NewOffer {
    fn check(&self) -> Result<(), RedemptionRefusal> {
        let free = self.points <= Points::ZERO;
        let courtesy =
            self.category == OfferCategory::Courtesy && self.minimum_star_level > StarLevel::NONE;
        if self.points < Points::ZERO || (free && !courtesy) {
            return Err(RedemptionRefusal::PriceNeeded);
        }
        if self.limit_days.is_some() && self.limit_per_person.is_none() {
            return Err(RedemptionRefusal::DaysWithoutLimit);
        }
        match (self.valid_from, self.valid_to) {
            (Some(from), Some(to)) if from >= to => Err(RedemptionRefusal::ValidityBackwards),
            _ => Ok(()),
        }
    }
}

impl Offer {
    /// Drafts an offer.
    ///
    /// # Errors
    /// [`RedemptionRefusal::PriceNeeded`], [`RedemptionRefusal::DaysWithoutLimit`] and
    /// [`RedemptionRefusal::ValidityBackwards`].
    pub fn draft(
        id: OfferId,
        partner_id: PartnerId,
        content: NewOffer,
        created_by: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Self, RedemptionRefusal> {
        content.check()?;
        Ok(Self {
            id,
            partner_id,
            stock_left: content.stock,
            content,
            state: OfferState::Draft,
            return_reason: None,
            created_by,
            created_at: now,
            version: 1,
        })
    }

    /// Replaces a draft's content.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalOfferMove`] if it is no draft any more, and as for drafting it.
    pub fn replace(self, content: NewOffer) -> Result<Self, RedemptionRefusal> {
        content.check()?;
        if self.state != OfferState::Draft {
            return Err(RedemptionRefusal::IllegalOfferMove(self.state, OfferState::Draft));
        }
        Ok(Self { stock_left: content.stock, content, version: self.version + 1, ..self })
    }

    /// Publishes it where the caller reviews offers, and hands it in for review elsewhere.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalOfferMove`] if it is neither a draft nor, for reviewers, in review.
    pub fn publish(self, reviews: bool) -> Result<Self, RedemptionRefusal> {
        match (self.state, reviews) {
            (OfferState::Draft | OfferState::InReview, true) => {
                Ok(self.in_state(OfferState::Published))
            }
            (OfferState::Draft, false) => Ok(self.in_state(OfferState::InReview)),
            (state, _) => Err(RedemptionRefusal::IllegalOfferMove(state, OfferState::Published)),
        }
    }

    /// Gives it back for changes.
    pub fn return_to_draft(self, reason: String) -> Result<Self, RedemptionRefusal> {
        match self.state {
            OfferState::InReview => {
                Ok(Self { return_reason: Some(reason), ..self.in_state(OfferState::Draft) })
            }
            state => Err(RedemptionRefusal::IllegalOfferMove(state, OfferState::Draft)),
        }
    }

    /// Pauses, resumes or ends it.
    ///
    /// # Errors
    /// [`RedemptionRefusal::IllegalOfferMove`].
    pub fn move_to(self, next: OfferState) -> Result<Self, RedemptionRefusal> {
        match (self.state, next) {
            (OfferState::Published, OfferState::Paused | OfferState::Ended)
            | (OfferState::Paused, OfferState::Published | OfferState::Ended)
            | (OfferState::Draft | OfferState::InReview, OfferState::Ended) => {
                Ok(self.in_state(next))
            }
            (state, next) => Err(RedemptionRefusal::IllegalOfferMove(state, next)),
        }
    }

    fn in_state(self, state: OfferState) -> Self {
        Self { state, version: self.version + 1, ..self }
    }

    /// Whether everybody may see it.
    pub const fn is_public(&self) -> bool {
        !matches!(self.state, OfferState::Draft | OfferState::InReview)
    }

    /// Whether it can be redeemed at `now`, as far as its state and validity go.
    pub fn is_open_at(&self, now: DateTime<Utc>) -> bool {
        self.state == OfferState::Published
            && self.content.valid_from.is_none_or(|from| from <= now)
            && self.content.valid_to.is_none_or(|to| now < to)
    }
}
