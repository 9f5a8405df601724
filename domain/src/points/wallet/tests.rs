use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const CENTER: VenueId = VenueId(Uuid::from_u128(1));
const PARTNER: PartnerId = PartnerId(Uuid::from_u128(2));

fn wallet() -> Wallet {
    Wallet::open(VolunteerId(Uuid::from_u128(3)), CENTER)
}

fn day(number: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(number)
}

fn with(credits: &[(i64, i64)]) -> Wallet {
    credits.iter().fold(wallet(), |wallet, (points, expires)| {
        let credit = wallet.credit(Points(*points), CENTER, day(*expires)).unwrap();
        wallet.after(&credit).unwrap()
    })
}

#[test]
fn spending_takes_the_lot_that_expires_first() {
    let wallet = with(&[(10, 60), (10, 30)]);
    let held = wallet.after(&wallet.hold(Points(15), day(0)).unwrap()).unwrap();
    let left: Vec<i64> = held.lots.iter().map(|lot| lot.available.0).collect();
    assert_eq!(left, [0, 5]);
}

#[test]
fn a_released_hold_returns_to_its_lots() {
    let before = with(&[(10, 30), (10, 60)]);
    let hold = before.hold(Points(15), day(0)).unwrap();
    let holding = before.after(&hold).unwrap();
    let released =
        holding.after(&holding.release(&parts_of_hold(hold.entries())).unwrap()).unwrap();
    assert_eq!(released.lots, before.lots);
    assert_eq!(released.available, Points(20));
}

#[test]
fn points_past_their_expiry_cannot_be_spent() {
    let wallet = with(&[(10, 30)]);
    assert_eq!(
        wallet.hold(Points(1), day(30)),
        Err(PointsRefusal::Insufficient { available: Points(0), needed: Points(1) })
    );
    assert!(wallet.hold(Points(10), day(29)).is_ok());
}

#[test]
fn what_was_spent_before_a_reversal_is_owed_and_repaid_first() {
    let wallet = with(&[(50, 30)]);
    let hold = wallet.hold(Points(30), day(0)).unwrap();
    let holding = wallet.after(&hold).unwrap();
    let parts = parts_of_hold(hold.entries());
    let spent = holding.after(&holding.consume(&parts, PARTNER).unwrap()).unwrap();
    let owing = spent.after(&spent.take_back(Points(50), CENTER, Some(day(30))).unwrap()).unwrap();
    assert_eq!((owing.available, owing.owed), (Points(0), Points(30)));
    let credit = owing.credit(Points(40), CENTER, day(90)).unwrap();
    let repaid = owing.after(&credit).unwrap();
    assert_eq!((repaid.available, repaid.owed), (Points(10), Points(0)));
}

/// What can happen to a wallet; numbers choose which lot or hold.
#[derive(Debug, Clone)]
enum Step {
    Credit(i64, i64),
    TakeBack(i64),
    Hold(i64),
    Release(usize),
    Consume(usize),
    Refund(usize),
    Expire,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1_i64..100, 1_i64..60).prop_map(|(points, life)| Step::Credit(points, life)),
        1 => (1_i64..150).prop_map(Step::TakeBack),
        4 => (1_i64..120).prop_map(Step::Hold),
        2 => any::<usize>().prop_map(Step::Release),
        2 => any::<usize>().prop_map(Step::Consume),
        1 => any::<usize>().prop_map(Step::Refund),
        1 => Just(Step::Expire),
        2 => (1_i64..20).prop_map(Step::Wait),
    ]
}

/// The same story told with plain sums.
#[derive(Debug, Default)]
struct Model {
    day: i64,
    issued: i64,
    expired: i64,
    redeemed: i64,
    open: Vec<Vec<Part>>,
    consumed: Vec<Vec<Part>>,
}

fn sum(parts: &[Part]) -> i64 {
    parts.iter().map(|part| part.points.0).sum()
}

impl Model {
    /// The entries of a step; `None` where there is nothing to do.
    fn play(&mut self, wallet: &Wallet, step: &Step) -> Option<Balanced> {
        let now = day(self.day);
        match *step {
            Step::Credit(points, life) => {
                self.issued += points;
                wallet.credit(Points(points), CENTER, day(self.day + life)).ok()
            }
            Step::TakeBack(points) => {
                self.issued -= points;
                wallet.take_back(Points(points), CENTER, None).ok()
            }
            Step::Hold(points) => {
                let hold = wallet.hold(Points(points), now).ok()?;
                self.open.push(parts_of_hold(hold.entries()));
                Some(hold)
            }
            Step::Release(choice) => {
                let parts = pick(&mut self.open, choice)?;
                wallet.release(&parts).ok()
            }
            Step::Consume(choice) => {
                let parts = pick(&mut self.open, choice)?;
                self.redeemed += sum(&parts);
                let consumed = wallet.consume(&parts, PARTNER).ok();
                self.consumed.push(parts);
                consumed
            }
            Step::Refund(choice) => {
                let parts = pick(&mut self.consumed, choice)?;
                self.redeemed -= sum(&parts);
                wallet.refund(&parts, PARTNER).ok()
            }
            Step::Expire => {
                let entries = wallet.expire(now).ok()?;
                self.expired += entries
                    .entries()
                    .iter()
                    .filter(|entry| entry.account == Account::Expired(CENTER))
                    .map(|entry| entry.points.0)
                    .sum::<i64>();
                Some(entries)
            }
            Step::Wait(days) => {
                self.day += days;
                None
            }
        }
    }
}

fn pick(from: &mut Vec<Vec<Part>>, choice: usize) -> Option<Vec<Part>> {
    (!from.is_empty()).then(|| from.remove(choice % from.len()))
}

proptest! {
    #[test]
    fn whatever_happens_nothing_is_lost(steps in proptest::collection::vec(step(), 1..80)) {
        let (mut wallet, mut model) = (wallet(), Model::default());
        for step in &steps {
            if let Some(entries) = model.play(&wallet, step) {
                prop_assert_eq!(entries.entries().iter().map(|entry| entry.points.0).sum::<i64>(), 0);
                wallet = wallet.after(&entries).unwrap();
            }
            let lots = |part: fn(&Lot) -> Points| wallet.lots.iter().map(|lot| part(lot).0).sum::<i64>();
            prop_assert_eq!(wallet.available.0, lots(|lot| lot.available));
            prop_assert_eq!(wallet.held.0, lots(|lot| lot.held));
            prop_assert_eq!(wallet.held.0, model.open.iter().map(|parts| sum(parts)).sum::<i64>());
            prop_assert!(wallet.available.0 >= 0 && wallet.held.0 >= 0 && wallet.owed.0 >= 0);
            prop_assert_eq!(
                wallet.available.0 + wallet.held.0 - wallet.owed.0,
                model.issued - model.expired - model.redeemed
            );
        }
    }
}
