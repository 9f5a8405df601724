//! A year of orders, drawn.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Clocks, PlayedOrder,
    draws::{Draws, Purpose},
};
use crate::{place::Location, teams::TeamCategory};

/// How many of a hundred orders ask for each category.
const CATEGORIES: [(TeamCategory, i64); 8] = [
    (TeamCategory::HelpAndCare, 38),
    (TeamCategory::MedicalFitness, 16),
    (TeamCategory::HygieneEnvironment, 12),
    (TeamCategory::CultureArts, 10),
    (TeamCategory::Education, 8),
    (TeamCategory::Law, 7),
    (TeamCategory::Science, 6),
    (TeamCategory::Theory, 3),
];

/// How many of a hundred orders have each pair of clocks: urgent, soon and routine.
const CLOCKS: [(Clocks, i64); 3] = [
    (Clocks { accepted_within: TimeDelta::hours(1), served_within: TimeDelta::hours(6) }, 10),
    (Clocks { accepted_within: TimeDelta::hours(24), served_within: TimeDelta::days(3) }, 30),
    (Clocks { accepted_within: TimeDelta::hours(72), served_within: TimeDelta::days(14) }, 60),
];

const DAYS: i64 = 365;
/// Every so many days is a busy one, …
const BUSY_EVERY: i64 = 14;
/// … with as many orders more as two other days have.
const BUSY_EXTRA: i64 = 2;
/// The largest place asks this much more often than the smallest.
const LARGEST: i64 = 9;

/// `count` orders of the year from `from` on, earliest first, from places of which some ask up to nine times as often as others.
/// None where there are no places.
pub fn year_of_orders(
    places: &[Location],
    count: u64,
    from: DateTime<Utc>,
    seed: u64,
) -> Vec<PlayedOrder> {
    let draws = Draws::new(seed);
    let sizes: Vec<(Location, i64)> = places
        .iter()
        .zip(0..)
        .map(|(place, number)| {
            (*place, draws.between(Purpose::Place, number, u64::MAX, 1, LARGEST))
        })
        .collect();
    let one = |number| {
        let pick = |purpose, high| draws.between(purpose, number, 0, 0, high);
        Some(PlayedOrder {
            category: by_weight(&CATEGORIES, |sum| pick(Purpose::Category, sum))?,
            location: by_weight(&sizes, |sum| pick(Purpose::Place, sum))?,
            at: from + moment(pick),
            clocks: by_weight(&CLOCKS, |sum| pick(Purpose::Urgency, sum))?,
        })
    };
    let mut orders: Vec<PlayedOrder> = (0..count).filter_map(one).collect();
    orders.sort_by_key(|order| order.at);
    orders
}

/// When in the year an order comes: between 7 and 21 of any day.
fn moment(pick: impl Fn(Purpose, i64) -> i64) -> TimeDelta {
    let busy_days = DAYS / BUSY_EVERY;
    let drawn = pick(Purpose::Day, DAYS + busy_days * BUSY_EXTRA - 1);
    let day = if drawn < DAYS { drawn } else { (drawn - DAYS) / BUSY_EXTRA * BUSY_EVERY };
    TimeDelta::days(day)
        + TimeDelta::minutes(pick(Purpose::Minute, 14 * 60 - 1))
        + TimeDelta::hours(7)
}

/// One of `choices`, by weight; `pick` draws from 0 to what it is given.
fn by_weight<T: Copy>(choices: &[(T, i64)], pick: impl FnOnce(i64) -> i64) -> Option<T> {
    let sum: i64 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = pick(sum - 1);
    for (choice, weight) in choices {
        if left < *weight {
            return Some(*choice);
        }
        left -= weight;
    }
    None
}
