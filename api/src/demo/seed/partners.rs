//! The partners of the demo and what they offer.

use std::str::FromStr;

use shijian_domain::{
    identity::{Role, Scope},
    ids::OfferId,
    redemption::{NewOffer, OfferCategory, PartnerKind},
    units::Points,
    volunteers::StarLevel,
};
use shijian_persistence::Transaction;

use super::{Accounts, District, Year};
use crate::{
    caller::Caller,
    demo::{district::CENTER_CODE, words::OFFERS},
    identity::actions::appoint,
    problem::Answer,
    redemption::{
        offers::{create_offer, publish_offer},
        partners::{NewPartner, create_partner},
    },
};

const PARTNERS: [(&str, PartnerKind); 4] = [
    ("运河爱心超市", PartnerKind::GoodwillStore),
    ("通州新华书店", PartnerKind::Shop),
    ("大运河森林公园", PartnerKind::Department),
    ("好邻居家政服务有限公司", PartnerKind::Enterprise),
];

/// An offer that volunteers of the demo redeem.
#[derive(Debug, Clone, Copy)]
pub struct Bargain {
    pub id: OfferId,
    pub price: i64,
}

/// Takes the partners on and publishes their offers. The demo's clerk serves at the first.
pub fn invite(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    accounts: &Accounts,
) -> Answer<Vec<Bargain>> {
    year.begin("商户 · partners", OFFERS.len());
    let act = year.act(Caller::program());
    let center = district.venue(CENTER_CODE)?.id;
    let mut partners = Vec::new();
    for (name, kind) in PARTNERS {
        let new = NewPartner {
            name: name.to_owned(),
            kind,
            unified_social_credit_code: None,
            venue_id: center,
            address: None,
            contact: None,
        };
        partners.push(create_partner(tx, &act, &new)?.id);
    }
    if let Some(first) = partners.first() {
        let clerk = accounts.named("clerk")?.id;
        appoint(tx, &act, clerk, Role::PartnerClerk, Scope::Partner(*first))?;
    }
    let mut bargains = Vec::new();
    for ((title, category, price), partner) in OFFERS.iter().zip(partners.iter().cycle()) {
        let category = OfferCategory::from_str(category).unwrap_or(OfferCategory::Goods);
        let content = NewOffer {
            title: (*title).to_owned(),
            description: None,
            category,
            points: Points(*price),
            stock: 5_000,
            limit_per_person: None,
            limit_days: None,
            voucher_days: 30,
            minimum_star_level: StarLevel::NONE,
            valid_from: None,
            valid_to: None,
            places: vec!["通州区".to_owned()],
        };
        let offer = create_offer(tx, &act, *partner, &content)?;
        publish_offer(tx, &act, offer.id)?;
        bargains.push(Bargain { id: offer.id, price: *price });
        year.step();
    }
    Ok(bargains)
}
