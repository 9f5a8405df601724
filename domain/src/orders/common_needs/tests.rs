use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const CENTER: VenueId = VenueId(Uuid::from_u128(1));
const INSTITUTE: VenueId = VenueId(Uuid::from_u128(2));

fn station(number: u128) -> VenueId {
    VenueId(Uuid::from_u128(100 + number))
}

fn at(days: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(days)
}

/// A need below a station of the institute, or at the institute itself.
fn need(number: u128, below: Option<u128>) -> HeardNeed {
    HeardNeed {
        order_id: OrderId(Uuid::from_u128(number)),
        ladder: Ladder {
            station_id: below.map(station),
            institute_id: Some(INSTITUTE),
            center_id: CENTER,
        },
        heard_at: at(i64::try_from(number).unwrap()),
    }
}

fn needs(number: u128, below: u128) -> Vec<HeardNeed> {
    (1..=number).map(|one| need(below * 1_000 + one, Some(below))).collect()
}

fn found(heard: &[HeardNeed], suggested_at: &[VenueId]) -> Vec<(VenueId, usize)> {
    let gathered = gather(heard, suggested_at, CommonNeedsThreshold::USUAL);
    gathered.into_iter().map(|one| (one.venue_id, one.needs.len())).collect()
}

fn suggestion() -> CommonNeed {
    let gathering = Gathering { venue_id: station(1), needs: needs(5, 1) };
    let id = CommonNeedId(Uuid::nil());
    CommonNeed::suggested(id, TeamCategory::HelpAndCare, &gathering).unwrap()
}

#[test]
fn five_needs_of_a_station_are_common_and_four_are_not() {
    assert_eq!(found(&needs(5, 1), &[]), [(station(1), 5)]);
    assert_eq!(found(&needs(4, 1), &[]), []);
}

#[test]
fn what_is_common_at_a_station_is_not_told_to_the_institute_again() {
    let heard = [needs(5, 1), needs(4, 2)].concat();
    assert_eq!(found(&heard, &[]), [(station(1), 5)]);
}

#[test]
fn needs_too_few_at_each_station_are_common_at_the_institute() {
    let heard = [needs(5, 1), needs(3, 2), needs(2, 3)].concat();
    assert_eq!(found(&heard, &[]), [(station(1), 5), (INSTITUTE, 5)]);
}

#[test]
fn a_need_joins_what_is_suggested_already() {
    assert_eq!(found(&needs(1, 1), &[station(1)]), [(station(1), 1)]);
    assert_eq!(found(&needs(1, 1), &[INSTITUTE]), [(INSTITUTE, 1)]);
}

#[test]
fn a_need_above_the_stations_counts_at_its_own_tier() {
    let heard: Vec<HeardNeed> = (1..=5).map(|number| need(number, None)).collect();
    assert_eq!(found(&heard, &[]), [(INSTITUTE, 5)]);
}

#[test]
fn a_suggestion_tells_of_the_first_need_and_the_last() {
    let suggestion = suggestion();
    assert_eq!((suggestion.first_at, suggestion.last_at), (at(1_001), at(1_005)));
    let grown = suggestion.joined(&[need(1_006, Some(1))]);
    assert_eq!((grown.needs, grown.last_at, grown.version), (6, at(1_006), 2));
}

#[test]
fn a_suggestion_lapses_when_too_few_needs_are_left() {
    let threshold = CommonNeedsThreshold::needs(4).unwrap();
    assert_eq!(suggestion().left_with(4, threshold, at(2_000)).state, CommonNeedState::Suggested);
    let lapsed = suggestion().left_with(3, threshold, at(2_000));
    assert_eq!((lapsed.state, lapsed.needs), (CommonNeedState::Lapsed, 3));
}

#[test]
fn a_suggestion_waits_thirty_days_after_its_last_need() {
    assert!(!suggestion().is_stale(at(1_035)));
    assert!(suggestion().is_stale(at(1_036)));
}

#[test]
fn a_suggestion_is_decided_once() {
    let project = ProjectId(Uuid::nil());
    let accepted = suggestion().accepted(project, None, at(0)).unwrap();
    assert_eq!(accepted.project_id, Some(project));
    let state = CommonNeedState::Accepted;
    let refusal = CommonNeedRefusal::DecidedBefore { state };
    assert_eq!(accepted.clone().accepted(project, None, at(0)), Err(refusal));
    assert_eq!(accepted.dismissed("已有项目".to_owned(), None, at(0)), Err(refusal));
    let dismissed = suggestion().dismissed("已有项目".to_owned(), None, at(0)).unwrap();
    assert_eq!(dismissed.state, CommonNeedState::Dismissed);
}

#[test]
fn a_plan_shows_its_evidence_and_fits() {
    let day = |number| NaiveDate::from_yo_opt(2026, number).unwrap();
    let examples = ["水管爆裂".to_owned(), "灯坏了".to_owned()];
    let plan = suggestion().plan(None, &"站".repeat(100), (day(1), day(9)), &examples);
    assert_eq!(plan.title.chars().count(), LONGEST_TITLE);
    let summary = plan.summary.unwrap();
    assert!(summary.ends_with("5 件扶贫帮困类需求,如:水管爆裂;灯坏了。"), "{summary}");
    let plan = suggestion().plan(Some("邻里帮一把".to_owned()), "中上园", (day(1), day(9)), &[]);
    assert_eq!(plan.title, "邻里帮一把");
    assert!(plan.summary.unwrap().ends_with("5 件扶贫帮困类需求。"));
}

proptest! {
    #[test]
    fn a_need_counts_once_and_nothing_smaller_than_the_threshold_is_common(
        stations in prop::collection::vec(prop::option::of(0_u128..6), 0..60),
        least in 2_i64..8,
    ) {
        let heard: Vec<HeardNeed> =
            (1..).zip(&stations).map(|(number, below)| need(number, *below)).collect();
        let threshold = CommonNeedsThreshold::needs(least).unwrap();
        let gathered = gather(&heard, &[], threshold);
        let mut orders: Vec<OrderId> =
            gathered.iter().flat_map(|one| &one.needs).map(|need| need.order_id).collect();
        let all = orders.len();
        orders.sort_unstable();
        orders.dedup();
        prop_assert_eq!(orders.len(), all);
        prop_assert!(gathered.iter().all(|one| threshold.is_reached(count(one.needs.len()))));
        let rest = heard.len() - all;
        prop_assert!(!threshold.is_reached(count(rest)) , "the rest would be common at the center");
    }
}
