//! Partners and offers as JSON.

#![expect(clippy::trivially_copy_pass_by_ref, reason = "validations are given references")]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shijian_domain::{
    ids::{OfferId, PartnerId, VenueId},
    redemption::{NewOffer, Offer, OfferCategory, OfferState, Partner, PartnerKind},
    units::Points,
    volunteers::StarLevel,
};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use super::partners::NewPartner;
use crate::paged;

/// Which partners to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListPartners {
    /// Only those that this venue, or a venue below it, looks after.
    pub venue_id: Option<VenueId>,
    /// Only this kind.
    pub kind: Option<PartnerKind>,
    /// A part of the name.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

/// Which offers to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListOffers {
    /// `published` if not given; drafts and offers in review only with a `partner_id` that the caller writes offers for.
    pub state: Option<OfferState>,
    /// Only this category.
    pub category: Option<OfferCategory>,
    /// Only of this partner.
    pub partner_id: Option<PartnerId>,
    /// Only of partners that this venue, or a venue below it, looks after.
    pub venue_id: Option<VenueId>,
    /// A part of the title.
    #[validate(length(min = 1, max = 50))]
    #[param(min_length = 1, max_length = 50)]
    pub q: Option<String>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListPartners, ListOffers);

/// A partner to be taken on.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "中仓便民超市",
    "kind": "shop",
    "unified_social_credit_code": "91110000802100433B",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "address": "中仓街道新华西街 12 号"
}))]
pub struct CreatePartner {
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    pub kind: PartnerKind,
    /// 18 characters with a check character (GB 32100-2015).
    #[validate(length(equal = 18))]
    #[schema(min_length = 18, max_length = 18)]
    pub unified_social_credit_code: Option<String>,
    /// The venue whose managers look after it.
    pub venue_id: VenueId,
    #[validate(length(max = 200))]
    #[schema(max_length = 200)]
    pub address: Option<String>,
    /// A public telephone number or other way to reach it.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    pub contact: Option<String>,
}

impl CreatePartner {
    pub fn command(&self) -> NewPartner {
        NewPartner {
            name: self.name.clone(),
            kind: self.kind,
            unified_social_credit_code: self.unified_social_credit_code.clone(),
            venue_id: self.venue_id,
            address: self.address.clone(),
            contact: self.contact.clone(),
        }
    }
}

/// A partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "name": "中仓便民超市",
    "kind": "shop",
    "unified_social_credit_code": "91110000802100433B",
    "venue_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10",
    "address": "中仓街道新华西街 12 号",
    "contact": null,
    "version": 1
}))]
pub struct PartnerBody {
    pub id: PartnerId,
    pub name: String,
    pub kind: PartnerKind,
    pub unified_social_credit_code: Option<String>,
    pub venue_id: VenueId,
    pub address: Option<String>,
    pub contact: Option<String>,
    pub version: i64,
}

impl From<Partner> for PartnerBody {
    fn from(partner: Partner) -> Self {
        let code = partner.unified_social_credit_code;
        Self {
            id: partner.id,
            name: partner.name,
            kind: partner.kind,
            unified_social_credit_code: code.map(|code| code.as_str().to_owned()),
            venue_id: partner.venue_id,
            address: partner.address,
            contact: partner.contact,
            version: partner.version,
        }
    }
}

/// A page of partners.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct PartnerList {
    pub items: Vec<PartnerBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// An offer as its partner describes it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "partner_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "title": "大米 5 kg",
    "description": "东北大米一袋",
    "category": "goods",
    "points": 300,
    "stock": 100,
    "limit_per_person": 1,
    "limit_days": 30,
    "voucher_days": 15,
    "minimum_star_level": 0,
    "places": ["新华西街 12 号"]
}))]
pub struct OfferInput {
    /// Whose offer it is; it never changes.
    pub partner_id: PartnerId,
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    pub title: String,
    #[validate(length(max = 2000))]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    pub category: OfferCategory,
    /// The price of one; only a courtesy that needs a star level may be free.
    #[validate(custom(function = price))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub points: Points,
    /// How many there are.
    #[validate(range(min = 0, max = 1_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub stock: i64,
    /// How many one person may redeem; no limit if null.
    #[validate(range(min = 1, max = 10_000))]
    #[schema(minimum = 1, maximum = 10_000)]
    pub limit_per_person: Option<i64>,
    /// The days in which the limit counts; for ever if null.
    #[validate(range(min = 1, max = 3_660))]
    #[schema(minimum = 1, maximum = 3_660)]
    pub limit_days: Option<i64>,
    /// How many days after its redemption a voucher is good for, to the end of the last one.
    #[serde(default = "month")]
    #[validate(range(min = 1, max = 365))]
    #[schema(minimum = 1, maximum = 365)]
    pub voucher_days: i64,
    #[serde(default)]
    pub minimum_star_level: StarLevel,
    pub valid_from: Option<DateTime<Utc>>,
    /// The first instant at which it cannot be redeemed any more.
    pub valid_to: Option<DateTime<Utc>>,
    /// Where vouchers are honoured, as people write it.
    #[serde(default)]
    #[validate(length(max = 20), custom(function = short_texts))]
    #[schema(max_items = 20)]
    pub places: Vec<String>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

const fn month() -> i64 {
    30
}

fn price(points: &Points) -> Result<(), ValidationError> {
    if (0..=1_000_000).contains(&points.0) {
        Ok(())
    } else {
        Err(ValidationError::new("out_of_range"))
    }
}

fn short_texts(texts: &[String]) -> Result<(), ValidationError> {
    let short = |text: &String| (1..=200).contains(&text.chars().count());
    if texts.iter().all(short) { Ok(()) } else { Err(ValidationError::new("item_length")) }
}

impl OfferInput {
    pub fn command(&self) -> NewOffer {
        NewOffer {
            title: self.title.clone(),
            description: self.description.clone(),
            category: self.category,
            points: self.points,
            stock: self.stock,
            limit_per_person: self.limit_per_person,
            limit_days: self.limit_days,
            voucher_days: self.voucher_days,
            minimum_star_level: self.minimum_star_level,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            places: self.places.clone(),
        }
    }
}

/// An offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a12",
    "partner_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "title": "大米 5 kg",
    "description": null,
    "category": "goods",
    "points": 300,
    "stock": 100,
    "stock_left": 97,
    "limit_per_person": 1,
    "limit_days": null,
    "voucher_days": 15,
    "minimum_star_level": 0,
    "valid_from": null,
    "valid_to": null,
    "places": [],
    "state": "published",
    "return_reason": null,
    "version": 2
}))]
pub struct OfferBody {
    pub id: OfferId,
    pub partner_id: PartnerId,
    pub title: String,
    pub description: Option<String>,
    pub category: OfferCategory,
    pub points: Points,
    pub stock: i64,
    pub stock_left: i64,
    pub limit_per_person: Option<i64>,
    pub limit_days: Option<i64>,
    pub voucher_days: i64,
    pub minimum_star_level: StarLevel,
    pub valid_from: Option<DateTime<Utc>>,
    pub valid_to: Option<DateTime<Utc>>,
    pub places: Vec<String>,
    pub state: OfferState,
    /// Why it was last returned from review.
    pub return_reason: Option<String>,
    /// Of what the offer says and its state; redeeming does not change it.
    pub version: i64,
}

impl From<Offer> for OfferBody {
    fn from(offer: Offer) -> Self {
        let content = offer.content;
        Self {
            id: offer.id,
            partner_id: offer.partner_id,
            title: content.title,
            description: content.description,
            category: content.category,
            points: content.points,
            stock: content.stock,
            stock_left: offer.stock_left,
            limit_per_person: content.limit_per_person,
            limit_days: content.limit_days,
            voucher_days: content.voucher_days,
            minimum_star_level: content.minimum_star_level,
            valid_from: content.valid_from,
            valid_to: content.valid_to,
            places: content.places,
            state: offer.state,
            return_reason: offer.return_reason,
            version: offer.version,
        }
    }
}

/// A page of offers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct OfferList {
    pub items: Vec<OfferBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// Why an offer is given back.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "请写明领取地点"}))]
pub struct ReturnOffer {
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}
