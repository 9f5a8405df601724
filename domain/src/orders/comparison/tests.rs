//! The play itself, and what the default weights promise (docs/matching.md) on a district of the demo's size.

use uuid::Uuid;

use super::{draws::Purpose, *};

/// Places within about 35 km, drawn.
fn places(count: u64) -> Vec<Location> {
    let draws = Draws::new(12);
    let degree = |number, two, high| draws.between(Purpose::Place, number, two, 0, high);
    (0..count)
        .map(|number| Location {
            longitude: 116.5 + f64::from(i32::try_from(degree(number, 1, 400)).unwrap()) / 1_000.0,
            latitude: 39.65 + f64::from(i32::try_from(degree(number, 2, 320)).unwrap()) / 1_000.0,
        })
        .collect()
}

/// A team of eight at every tenth place; three of eight help and care, as in the demo.
fn teams(places: &[Location]) -> Vec<PlayedTeam> {
    let care = [TeamCategory::HelpAndCare; 4];
    let kinds: Vec<TeamCategory> = TeamCategory::ALL.iter().chain(&care).copied().collect();
    places
        .iter()
        .step_by(10)
        .zip(kinds.iter().cycle())
        .zip(1..)
        .map(|((home, kind), number)| PlayedTeam {
            id: TeamId(Uuid::from_u128(number)),
            home: *home,
            categories: vec![*kind],
            members: 8,
        })
        .collect()
}

fn played(weights: MatchingWeights, seed: u64) -> Outcome {
    let places = places(630);
    let orders = year_of_orders(&places, 1_260, DateTime::UNIX_EPOCH, seed);
    play(&teams(&places), &orders, weights, seed)
}

#[test]
fn every_order_is_served_and_the_same_seed_plays_the_same() {
    let outcome = played(MatchingWeights::default(), 3);
    assert_eq!(outcome.orders, 1_260);
    assert_eq!(outcome, played(MatchingWeights::default(), 3));
    assert_ne!(outcome, played(MatchingWeights::default(), 4));
}

#[test]
fn teams_may_come_in_any_order() {
    let places = places(100);
    let orders = year_of_orders(&places, 100, DateTime::UNIX_EPOCH, 3);
    let mut teams = teams(&places);
    let outcome = play(&teams, &orders, MatchingWeights::default(), 3);
    teams.reverse();
    assert_eq!(outcome, play(&teams, &orders, MatchingWeights::default(), 3));
}

#[test]
fn what_no_team_can_serve_is_left_out() {
    let places = places(10);
    let orders = year_of_orders(&places, 100, DateTime::UNIX_EPOCH, 3);
    let outcome = play(&teams(&places), &orders, MatchingWeights::default(), 3);
    let for_the_team = orders.iter().filter(|order| order.category == TeamCategory::Theory).count();
    assert_eq!(outcome.orders, i64::try_from(for_the_team).unwrap());
    assert_eq!(play(&[], &orders, MatchingWeights::default(), 3).orders, 0);
    assert!(year_of_orders(&[], 5, DateTime::UNIX_EPOCH, 3).is_empty());
}

#[test]
fn the_default_weights_keep_their_promises_against_nearest_first() {
    let sum = |weights| {
        (1..=3).map(|seed| played(weights, seed)).fold((0, 0, 0), |sum, outcome| {
            (sum.0 + outcome.late, sum.1 + outcome.mean_distance.0, sum.2 + outcome.gini.0)
        })
    };
    let nearest = sum(MatchingWeights::NEAREST_FIRST);
    let explained = sum(MatchingWeights::default());
    assert!(explained.0 * 2 <= nearest.0, "late: {} of {}", explained.0, nearest.0);
    assert!(explained.1 * 100 <= nearest.1 * 115, "metres: {} of {}", explained.1, nearest.1);
    assert!(explained.2 * 3 <= nearest.2 * 2, "gini: {} of {}", explained.2, nearest.2);
}

#[test]
fn gini_is_0_for_equals_and_nears_1_where_one_has_all() {
    assert_eq!(gini(vec![5, 5, 5]), BasisPoints(0));
    assert_eq!(gini(vec![0, 0, 0, 8]), BasisPoints(7_500));
    // By hand: mean difference of 1, 2, 3 is 8/9, half of it over the mean 2 is 2/9.
    assert_eq!(gini(vec![3, 1, 2]), BasisPoints(2_222));
    assert_eq!(gini(vec![]), BasisPoints(0));
}
