//! Properties that no weights change, and what people read.

use chrono::TimeDelta;
use proptest::{prelude::*, sample::Index};
use uuid::Uuid;

use super::*;

const HOME: Location = Location { longitude: 116.66, latitude: 39.91 };

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn asked() -> Asked {
    Asked {
        category: TeamCategory::HelpAndCare,
        skill: Some("水管维修".to_owned()),
        location: HOME,
        wished: None,
    }
}

/// A team that nothing is known of yet.
fn newcomer(id: u128) -> Candidate {
    Candidate {
        team_id: TeamId(Uuid::from_u128(id)),
        categories: vec![TeamCategory::HelpAndCare],
        skills: vec![],
        home: HOME,
        open_orders: 0,
        free_members: 8,
        ratings: 0,
        ratings_sum: 0,
        offers: 0,
        answered_in_time: 0,
        accepted: 0,
        last_asked_at: None,
        asked_lately: 0,
    }
}

fn part(candidate: Candidate, kind: PartKind) -> Part {
    let ranked = rank(&asked(), &[candidate], MatchingWeights::default(), now());
    ranked[0].parts.iter().find(|part| part.kind == kind).unwrap().clone()
}

fn score(candidate: Candidate, kind: PartKind) -> i64 {
    part(candidate, kind).score.as_thousandths()
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let team = (1_usize..4, 0_usize..4, -0.3..0.3, -0.3..0.3);
    let work = (0_i64..20, 0_i64..30, 0_i64..50, 0_i64..=4);
    let calls = (0_i64..80, 0_i64..=100, 0_i64..=100);
    let turn = (prop::option::of(0_i64..200_000), 0_i64..60);
    (team, work, calls, turn).prop_map(
        |(
            (kinds, skilled, east, north),
            (open_orders, free_members, ratings, above),
            (offers, answered, accepted),
            (minutes_ago, asked_lately),
        )| {
            let answered_in_time = offers * answered / 100;
            Candidate {
                categories: TeamCategory::ALL.iter().rev().take(kinds).copied().collect(),
                skills: vec!["水管".to_owned(); skilled],
                home: Location {
                    longitude: HOME.longitude + east,
                    latitude: HOME.latitude + north,
                },
                open_orders,
                free_members,
                ratings,
                ratings_sum: ratings * (1 + above),
                offers,
                answered_in_time,
                accepted: answered_in_time * accepted / 100,
                last_asked_at: minutes_ago.map(|minutes| now() - TimeDelta::minutes(minutes)),
                asked_lately,
                ..newcomer(0)
            }
        },
    )
}

fn any_candidates() -> impl Strategy<Value = Vec<Candidate>> {
    prop::collection::vec(any_candidate(), 2..12).prop_map(|mut candidates| {
        for (candidate, id) in candidates.iter_mut().zip(1..) {
            candidate.team_id = TeamId(Uuid::from_u128(id));
        }
        candidates
    })
}

prop_compose! {
    fn any_weights()(weights in prop::array::uniform7(0_i64..=100), spare in 1_i64..=100) -> MatchingWeights {
        let of = |kind: PartKind| weights[PartKind::ALL.iter().position(|one| *one == kind).unwrap()];
        MatchingWeights::new(of).unwrap_or_else(|_| MatchingWeights::new(|_| spare).unwrap())
    }
}

type Betterment = (&'static str, fn(&mut Candidate));

/// Each way in which a team's facts can get better, everything else the same.
const BETTERMENTS: [Betterment; 12] = [
    ("half as far", |team| {
        team.home.longitude = f64::midpoint(team.home.longitude, HOME.longitude);
        team.home.latitude = f64::midpoint(team.home.latitude, HOME.latitude);
    }),
    ("fewer categories", |team| team.categories.retain(|one| *one == TeamCategory::HelpAndCare)),
    ("one more has the skill", |team| team.skills.push("水管维修".to_owned())),
    ("an order served", |team| team.open_orders = (team.open_orders - 1).max(0)),
    ("one more is free", |team| team.free_members += 1),
    ("rated with the best mark", |team| {
        team.ratings += 1;
        team.ratings_sum += 5;
    }),
    ("a mark raised", |team| {
        team.ratings_sum = (team.ratings_sum + 1).min(team.ratings * 5);
    }),
    ("an offer accepted", |team| {
        team.offers += 1;
        team.answered_in_time += 1;
        team.accepted += 1;
    }),
    ("an answer that came in time after all", |team| {
        team.answered_in_time = (team.answered_in_time + 1).min(team.offers);
    }),
    ("asked a day earlier", |team| {
        team.last_asked_at = team.last_asked_at.map(|at| at - TimeDelta::days(1));
    }),
    ("never asked", |team| team.last_asked_at = None),
    ("asked once less", |team| team.asked_lately = (team.asked_lately - 1).max(0)),
];

proptest! {
    #[test]
    fn the_same_facts_give_the_same_order_however_they_come(
        (candidates, shuffled) in any_candidates()
            .prop_flat_map(|candidates| (Just(candidates.clone()), Just(candidates).prop_shuffle())),
        weights in any_weights(),
    ) {
        let ranked = rank(&asked(), &candidates, weights, now());
        prop_assert_eq!(ranked, rank(&asked(), &shuffled, weights, now()));
    }

    #[test]
    fn no_team_loses_by_getting_better(
        candidates in any_candidates(),
        which in any::<Index>(),
        weights in any_weights(),
    ) {
        let id = which.get(&candidates).team_id;
        let place = |candidates: &[Candidate]| {
            let ranked = rank(&asked(), candidates, weights, now());
            let place = ranked.iter().position(|team| team.team_id == id).unwrap();
            (place, ranked[place].score)
        };
        let (before, score) = place(&candidates);
        for (how, better) in BETTERMENTS {
            let mut after = candidates.clone();
            after.iter_mut().filter(|team| team.team_id == id).for_each(better);
            let (place, better_score) = place(&after);
            prop_assert!(better_score >= score, "{how}: {better_score:?} after {score:?}");
            prop_assert!(place <= before, "{how}: place {place} after {before}");
        }
    }

    #[test]
    fn every_score_is_the_weighted_mean_of_parts_within_bounds(
        candidates in any_candidates(),
        weights in any_weights(),
    ) {
        for team in rank(&asked(), &candidates, weights, now()) {
            let kinds: Vec<PartKind> = team.parts.iter().map(|part| part.kind).collect();
            prop_assert_eq!(kinds.as_slice(), PartKind::ALL);
            let (mut weighted, mut sum) = (0, 0);
            for part in &team.parts {
                prop_assert!((Score::WORST..=Score::BEST).contains(&part.score), "{part:?}");
                weighted += part.score.as_thousandths() * part.weight;
                sum += part.weight;
            }
            prop_assert_eq!(team.score.as_thousandths(), weighted / sum);
        }
    }

    #[test]
    fn with_nothing_but_distance_the_nearest_comes_first(candidates in any_candidates()) {
        let ranked = rank(&asked(), &candidates, MatchingWeights::NEAREST_FIRST, now());
        prop_assert!(ranked.is_sorted_by_key(|team| team.distance));
    }
}

#[test]
fn only_teams_of_the_category_are_candidates() {
    let other = Candidate { categories: vec![TeamCategory::Law], ..newcomer(1) };
    let ranked = rank(&asked(), &[other, newcomer(2)], MatchingWeights::default(), now());
    assert_eq!(ranked.len(), 1);
    assert_eq!(ranked[0].team_id, newcomer(2).team_id);
}

#[test]
fn of_equals_the_lower_id_comes_first() {
    let ranked = rank(&asked(), &[newcomer(2), newcomer(1)], MatchingWeights::default(), now());
    assert_eq!(ranked[0].team_id, newcomer(1).team_id);
}

#[test]
fn a_newcomer_stands_between_the_well_and_the_badly_rated() {
    let rated = |ratings, mean| Candidate { ratings, ratings_sum: ratings * mean, ..newcomer(1) };
    let fresh = score(newcomer(1), PartKind::Rating);
    assert_eq!(fresh, 750);
    assert!(score(rated(20, 5), PartKind::Rating) > fresh);
    assert!(score(rated(20, 3), PartKind::Rating) < fresh);
    // One bad mark is not yet a verdict.
    assert!(score(rated(1, 1), PartKind::Rating) > score(rated(10, 2), PartKind::Rating));
}

#[test]
fn a_refusal_in_time_is_better_than_silence() {
    let asked_ten = |answered_in_time, accepted| Candidate {
        offers: 10,
        answered_in_time,
        accepted,
        ..newcomer(1)
    };
    let of = |answered, accepted| score(asked_ten(answered, accepted), PartKind::Response);
    assert!(of(10, 10) > of(10, 0));
    assert!(of(10, 0) > of(0, 0));
}

#[test]
fn skills_match_by_what_one_says_of_the_other() {
    let with = |skills: &[&str]| Candidate {
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        ..newcomer(1)
    };
    assert_eq!(score(with(&["理发", " "]), PartKind::Skill), 0);
    assert_eq!(score(with(&["水管", "理发"]), PartKind::Skill), 333);
    assert_eq!(score(with(&["水管", "水管维修", "家用水管维修"]), PartKind::Skill), 1_000);
}

#[test]
fn a_team_without_anybody_free_has_no_room() {
    let nobody = Candidate { free_members: 0, ..newcomer(1) };
    assert_eq!(score(nobody, PartKind::Capacity), 0);
    let busy = Candidate { open_orders: 4, ..newcomer(1) };
    assert_eq!(score(busy, PartKind::Capacity), 500);
    assert_eq!(score(newcomer(1), PartKind::Capacity), 1_000);
}

#[test]
fn weights_are_bounded_and_something_counts() {
    assert_eq!(MatchingWeights::new(|_| 0), Err(WeightsRefusal::NothingCounts));
    let turn =
        |weight| MatchingWeights::new(|kind| if kind == PartKind::Turn { weight } else { 0 });
    assert_eq!(turn(101), Err(WeightsRefusal::OutOfBounds { part: PartKind::Turn }));
    assert_eq!(turn(-1), Err(WeightsRefusal::OutOfBounds { part: PartKind::Turn }));
    assert_eq!(turn(100).unwrap().of(PartKind::Turn), 100);
    let default = MatchingWeights::default();
    assert_eq!(MatchingWeights::new(|kind| default.of(kind)), Ok(default));
}

#[test]
fn reasons_tell_the_figures_in_both_languages() {
    let team = Candidate {
        skills: vec!["水管".to_owned()],
        home: Location { latitude: 39.921, ..HOME },
        open_orders: 3,
        ratings: 12,
        ratings_sum: 56,
        offers: 20,
        answered_in_time: 18,
        accepted: 15,
        last_asked_at: Some(now() - TimeDelta::days(12)),
        asked_lately: 4,
        ..newcomer(1)
    };
    let told = |team: &Candidate, kind| {
        let reason = part(team.clone(), kind).reason;
        (reason.chinese(), reason.english())
    };
    for (kind, chinese, english) in [
        (PartKind::Category, "专做这类服务", "made for this category"),
        (PartKind::Skill, "1 名队员会“水管维修”", "members with “水管维修”: 1"),
        (PartKind::Distance, "距离 1.2 公里", "1.2 km away"),
        (PartKind::Capacity, "8 名队员有空,3 单未完成", "free members: 8, open orders: 3"),
        (PartKind::Rating, "平均 4.6 分,共 12 次评价", "rated 4.6 on average, ratings: 12"),
        (
            PartKind::Response,
            "派单 20 次,按时答复 18 次,接单 15 次",
            "offers: 20, answered in time: 18, accepted: 15",
        ),
        (PartKind::Turn, "已 12 天未派单,近 90 天 4 次", "last asked 12 days ago, in 90 days: 4"),
    ] {
        assert_eq!(told(&team, kind), (chinese.to_owned(), english.to_owned()));
    }
    let near = Candidate { home: Location { latitude: 39.912, ..HOME }, ..newcomer(1) };
    assert_eq!(told(&near, PartKind::Distance).1, "222 m away");
    assert_eq!(told(&near, PartKind::Turn).0, "从未派单");
}
