use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    ids::VenueId,
    points::{PointsRefusal, parts_of_hold},
    redemption::{NewOffer, OfferCategory, OfferState},
};

const ZONE: Tz = chrono_tz::Asia::Shanghai;

fn now() -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

fn offer(points: i64, stock: i64, limit: Option<i64>) -> Offer {
    let content = NewOffer {
        title: "大米 5 kg".to_owned(),
        description: None,
        category: OfferCategory::Goods,
        points: Points(points),
        stock,
        limit_per_person: limit,
        limit_days: None,
        voucher_days: 7,
        minimum_star_level: StarLevel::NONE,
        valid_from: None,
        valid_to: None,
        places: Vec::new(),
    };
    let (id, partner) = (OfferId(Uuid::nil()), PartnerId(Uuid::nil()));
    Offer::draft(id, partner, content, None, now()).unwrap().publish(true).unwrap()
}

fn wallet(points: i64) -> Wallet {
    let center = VenueId(Uuid::nil());
    let empty = Wallet::open(VolunteerId(Uuid::nil()), center);
    let credit = empty.credit(Points(points), center, now() + TimeDelta::days(400)).unwrap();
    empty.after(&credit).unwrap()
}

fn decide(
    offer: &Offer,
    wallet: &Wallet,
    redeemed_before: i64,
    quantity: i64,
) -> Result<RedemptionDecision, RedemptionRefusal> {
    let facts = RedemptionFacts {
        offer,
        quantity,
        volunteer_state: VolunteerState::Active,
        star_level: StarLevel::NONE,
        wallet,
        redeemed_before,
    };
    decide_redemption(facts, now(), ZONE)
}

fn held(decision: &RedemptionDecision) -> Redemption {
    Redemption {
        id: RedemptionId(Uuid::nil()),
        offer_id: OfferId(Uuid::nil()),
        partner_id: PartnerId(Uuid::nil()),
        volunteer_id: VolunteerId(Uuid::nil()),
        title: String::new(),
        quantity: 1,
        points: decision.points,
        state: RedemptionState::Held,
        expires_at: decision.expires_at,
        created_at: now(),
        consumed_at: None,
        consumed_by: None,
        ended_at: None,
        reason: None,
        version: 1,
    }
}

#[test]
fn redeeming_takes_points_and_stock_and_gives_a_voucher_to_the_end_of_its_last_day() {
    let decision = decide(&offer(30, 5, None), &wallet(100), 0, 2).unwrap();
    assert_eq!((decision.points, decision.stock_left), (Points(60), 3));
    assert_eq!(decision.expires_at.to_rfc3339(), "2026-11-30T16:00:00+00:00");
}

#[test]
fn the_first_check_that_fails_is_the_answer() {
    let empty = wallet(1);
    let closed = offer(30, 0, Some(1)).move_to(OfferState::Paused).unwrap();
    assert_eq!(decide(&closed, &empty, 9, 1), Err(RedemptionRefusal::OfferNotOpen));
    let none = offer(30, 0, Some(1));
    assert_eq!(decide(&none, &empty, 9, 1), Err(RedemptionRefusal::OutOfStock { left: 0 }));
    let limited = offer(30, 5, Some(1));
    assert_eq!(
        decide(&limited, &empty, 1, 1),
        Err(RedemptionRefusal::LimitReached { limit: 1, left: 0 })
    );
    let poor = RedemptionRefusal::Points(PointsRefusal::Insufficient {
        available: Points(1),
        needed: Points(30),
    });
    assert_eq!(decide(&limited, &empty, 0, 1), Err(poor));
}

#[test]
fn a_voucher_is_consumed_once_and_not_after_its_last_day() {
    let redemption = held(&decide(&offer(30, 5, None), &wallet(100), 0, 1).unwrap());
    let last = redemption.expires_at - TimeDelta::microseconds(1);
    let late = redemption.clone().consume(None, redemption.expires_at);
    assert_eq!(late, Err(RedemptionRefusal::VoucherExpired));
    let consumed = redemption.consume(None, last).unwrap();
    assert!(consumed.clone().consume(None, last).is_err());
    assert!(consumed.cancel(last).is_err());
}

#[test]
fn a_refund_comes_within_seven_days() {
    let redemption = held(&decide(&offer(30, 5, None), &wallet(100), 0, 1).unwrap());
    let consumed = redemption.consume(None, now()).unwrap();
    let policy = RedemptionPolicy::default();
    let refund =
        |days| consumed.clone().refund("破损".to_owned(), &policy, now() + TimeDelta::days(days));
    assert_eq!(refund(7).unwrap().state, RedemptionState::Refunded);
    assert_eq!(refund(8), Err(RedemptionRefusal::RefundTooLate));
}

#[test]
fn only_a_courtesy_is_free() {
    let free = NewOffer { points: Points::ZERO, ..offer(1, 1, None).content };
    let draft = |content| {
        let (id, partner) = (OfferId(Uuid::nil()), PartnerId(Uuid::nil()));
        Offer::draft(id, partner, content, None, now())
    };
    assert_eq!(draft(free.clone()), Err(RedemptionRefusal::PriceNeeded));
    let stars = StarLevel::try_from(3).unwrap();
    let courtesy =
        NewOffer { category: OfferCategory::Courtesy, minimum_star_level: stars, ..free };
    assert!(draft(courtesy).is_ok());
}

proptest! {
    /// Random redeems and returns against plain counts: never oversold, never past a limit, points back where they were.
    #[test]
    fn stock_and_limit_hold_whatever_happens(
        stock in 0_i64..12, limit in proptest::option::of(1_i64..6), steps in proptest::collection::vec((0_usize..3, 1_i64..4, any::<bool>()), 1..60)
    ) {
        let mut offer = offer(10, stock, limit);
        let mut wallets = [wallet(60), wallet(200), wallet(0)];
        let mut open: Vec<(usize, i64, Vec<crate::points::Part>)> = Vec::new();
        for (person, quantity, give_back) in steps {
            if give_back {
                if let Some((person, quantity, parts)) = open.pop() {
                    offer.stock_left += quantity;
                    let released = wallets[person].release(&parts).unwrap();
                    wallets[person] = wallets[person].after(&released).unwrap();
                }
                continue;
            }
            let before = open.iter().filter(|(who, ..)| *who == person).map(|(_, count, _)| count).sum();
            if let Ok(decision) = decide(&offer, &wallets[person], before, quantity) {
                offer.stock_left = decision.stock_left;
                wallets[person] = wallets[person].after(&decision.hold).unwrap();
                open.push((person, quantity, parts_of_hold(decision.hold.entries())));
            }
            let out: i64 = open.iter().map(|(_, count, _)| count).sum();
            prop_assert_eq!(offer.stock_left + out, stock);
            prop_assert!(offer.stock_left >= 0);
            for (who, wallet) in wallets.iter().enumerate() {
                let his: i64 = open.iter().filter(|(person, ..)| *person == who).map(|(_, count, _)| count).sum();
                prop_assert!(limit.is_none_or(|limit| his <= limit));
                prop_assert_eq!(wallet.held.0, his * 10);
            }
        }
    }
}

#[test]
fn days_without_a_limit_that_counts_in_them_are_refused() {
    let offer = offer(10, 5, Some(2));
    let content = |limit_per_person| NewOffer {
        limit_days: Some(30),
        limit_per_person,
        ..offer.content.clone()
    };
    let draft = |content| Offer::draft(offer.id, offer.partner_id, content, None, now());
    assert!(draft(content(Some(2))).is_ok());
    assert_eq!(draft(content(None)), Err(RedemptionRefusal::DaysWithoutLimit));
}
