use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    orders::{DayKind, Urgency, Weather, Weekday},
    place::Location,
    teams::TeamCategory,
};

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00+08:00").parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> TimeOfDay {
    text.to_owned().try_into().unwrap()
}

fn calendar() -> WorkCalendar {
    WorkCalendar::new(chrono_tz::Asia::Shanghai, [])
}

fn meals() -> Rhythm {
    let weekdays = Weekday::ALL[..5].to_vec().try_into().unwrap();
    Rhythm::Weekly { weekdays, at: time("10:40"), leaves_out_holidays: true }
}

fn groceries(at: Option<&str>) -> Rhythm {
    Rhythm::OnWeather { weather: Weather::RainOrSnow, at: at.map(time) }
}

fn haircut() -> Rhythm {
    Rhythm::Monthly { day: 5.try_into().unwrap(), at: time("09:30") }
}

/// A plan of Monday 23 November 2026, 8 o'clock, with a lead of a day.
fn plan(rhythm: Rhythm) -> CarePlan {
    let need = Need {
        category: TeamCategory::HelpAndCare,
        title: "送午餐".to_owned(),
        text: None,
        skill: None,
        place: None,
        location: Location { longitude: 116.66, latitude: 39.91 },
        wished: None,
        urgency: Urgency::Soon,
        priority_groups: Vec::new(),
    };
    let now = at("2026-11-23T08:00");
    CarePlan {
        id: Uuid::nil().into(),
        venue_id: Uuid::nil().into(),
        center_id: Uuid::nil().into(),
        terms: CarePlanTerms {
            need,
            rhythm,
            lead: Minutes(24 * 60),
            visit: Minutes(30),
            from_day: day("2026-11-23"),
            until_day: None,
        },
        state: CarePlanState::Active,
        created_by: None,
        created_at: now,
        consent_at: now,
        consent_by: None,
        settled_until: now,
        next_look_at: Some(now),
        version: 1,
    }
}

#[test]
fn an_order_is_raised_a_lead_time_ahead_and_once() {
    let plan = plan(meals());
    let due = plan.due(at("2026-11-23T08:00"), &calendar());
    assert_eq!(due.raised, [at("2026-11-23T10:40")]);
    let plan = plan.settled(&due);
    assert_eq!(plan.next_look_at, Some(at("2026-11-23T10:40")));
    assert!(plan.due(at("2026-11-23T10:39"), &calendar()).raised.is_empty());
    let due = plan.due(at("2026-11-23T10:40"), &calendar());
    assert_eq!((&*due.raised, &*due.missed), (&[at("2026-11-24T10:40")][..], &[][..]));
}

#[test]
fn what_should_have_begun_is_missed_and_only_what_lies_ahead_is_ordered() {
    let plan = plan(meals());
    let due = plan.due(at("2026-12-07T12:00"), &calendar());
    assert_eq!(due.raised, [at("2026-12-08T10:40")]);
    assert_eq!(due.missed.len(), 11);
    assert_eq!(due.missed.last(), Some(&at("2026-12-07T10:40")));
    assert_eq!(plan.settled(&due).next_look_at, Some(at("2026-12-08T10:40")));
}

#[test]
fn a_plan_that_was_forgotten_for_years_is_caught_up_with_in_pieces() {
    let (mut plan, now) = (plan(meals()), at("2028-11-24T12:00"));
    let (mut missed, mut rounds) = (0, 0);
    while plan.next_look_at.is_some_and(|look| look <= now) {
        let due = plan.due(now, &calendar());
        missed += due.missed.len();
        rounds += 1;
        plan = plan.settled(&due);
    }
    let all = plan.occurrences(at("2026-11-23T08:00"), now, &calendar()).count();
    assert_eq!(missed, all);
    assert!(rounds > 10 && rounds < 30, "{rounds}");
}

#[test]
fn a_plan_ends_by_itself_after_its_last_day() {
    let mut plan = plan(meals());
    plan.terms.until_day = Some(day("2026-11-24"));
    let now = at("2026-11-23T12:00");
    let due = plan.due(now, &calendar());
    let plan = plan.settled(&due);
    assert_eq!(
        (plan.state, plan.next_look_at),
        (CarePlanState::Active, Some(at("2026-11-25T00:00")))
    );
    let due = plan.due(at("2026-11-25T00:00"), &calendar());
    let over = plan.settled(&due);
    assert_eq!((over.state, over.next_look_at, over.version), (CarePlanState::Ended, None, 2));
}

#[test]
fn what_falls_due_in_a_pause_is_not_ordered_later() {
    let paused = plan(meals()).moved(CarePlanState::Paused, at("2026-11-23T09:00")).unwrap();
    assert_eq!(paused.next_look_at, None);
    let resumed = paused.moved(CarePlanState::Active, at("2026-11-27T09:00")).unwrap();
    let due = resumed.due(at("2026-11-27T09:05"), &calendar());
    assert_eq!((&*due.raised, &*due.missed), (&[at("2026-11-27T10:40")][..], &[][..]));
}

#[test]
fn an_ended_plan_does_not_move_or_change() {
    let now = at("2026-11-23T09:00");
    let ended = plan(meals()).moved(CarePlanState::Ended, now).unwrap();
    for to in CarePlanState::ALL {
        assert!(ended.clone().moved(*to, now).is_err(), "{to}");
    }
    assert_eq!(ended.clone().replaced(ended.terms.clone(), now), Err(CarePlanRefusal::Ended));
}

#[test]
fn another_time_holds_for_what_is_not_ordered_yet() {
    let plan = plan(haircut());
    let plan = plan.clone().settled(&plan.due(at("2026-11-23T08:00"), &calendar()));
    let terms = CarePlanTerms { rhythm: meals(), ..plan.terms.clone() };
    let now = at("2026-12-02T12:00");
    let due = plan.replaced(terms, now).unwrap().due(now, &calendar());
    assert_eq!((&*due.raised, &*due.missed), (&[at("2026-12-03T10:40")][..], &[][..]));
}

#[test]
fn a_day_that_becomes_a_holiday_is_left_out() {
    let plan = plan(meals());
    let plan = plan.clone().settled(&plan.due(at("2026-11-23T12:00"), &calendar()));
    let rests = [(day("2026-11-25"), DayKind::Holiday)];
    let rests = WorkCalendar::new(chrono_tz::Asia::Shanghai, rests);
    assert_eq!(plan.next_due_at(at("2026-11-24T12:00"), &rests), Some(at("2026-11-26T10:40")));
    assert!(plan.due(at("2026-11-24T12:00"), &rests).raised.is_empty());
}

#[test]
fn rain_brings_groceries_once_a_day() {
    let (today, now) = (day("2026-11-23"), at("2026-11-23T15:00"));
    let raised = |rhythm, switched: &[NaiveDate], ordered: &[NaiveDate]| {
        plan(rhythm).due_by_weather(switched, ordered, now, &calendar()).raised
    };
    assert_eq!(raised(groceries(None), &[today, today], &[]), [now]);
    assert_eq!(raised(groceries(Some("16:00")), &[today], &[]), [at("2026-11-23T16:00")]);
    assert_eq!(raised(groceries(Some("10:00")), &[today], &[]), [now]);
    assert!(raised(groceries(None), &[today], &[today]).is_empty());
    assert!(raised(groceries(None), &[day("2026-11-22")], &[]).is_empty());
    assert_eq!(raised(groceries(None), &[day("2026-11-24")], &[]), [at("2026-11-24T09:00")]);
}

#[test]
fn terms_have_bounds() {
    let terms = plan(meals()).terms;
    let refused = |terms: CarePlanTerms| terms.checked().unwrap_err();
    let short = CarePlanTerms { lead: Minutes(59), ..terms.clone() };
    assert_eq!(refused(short), CarePlanRefusal::LeadOutOfBounds);
    let long = CarePlanTerms { visit: Minutes(481), ..terms.clone() };
    assert_eq!(refused(long), CarePlanRefusal::VisitOutOfBounds);
    let backwards = CarePlanTerms { until_day: Some(day("2026-11-22")), ..terms.clone() };
    assert_eq!(refused(backwards), CarePlanRefusal::EndsBeforeItBegins);
    let far = CarePlanTerms { until_day: Some(NaiveDate::MAX), ..terms.clone() };
    assert_eq!(refused(far), CarePlanRefusal::DayOutOfReach);
    assert_eq!(terms.clone().checked(), Ok(terms));
}

proptest! {
    #[test]
    fn however_often_the_program_looks_each_visit_is_ordered_or_missed_once(
        lead in 60i64..=14 * 24 * 60,
        looks in prop::collection::vec(0i64..5_000, 1..80),
    ) {
        let (mut plan, calendar) = (plan(meals()), calendar());
        plan.terms.lead = Minutes(lead);
        let start = plan.settled_until;
        let (mut now, mut seen) = (start, Vec::new());
        for step in looks {
            now += TimeDelta::minutes(step);
            let due = plan.due(now, &calendar);
            prop_assert!(due.raised.iter().all(|due_at| *due_at > now && *due_at <= now + TimeDelta::minutes(lead)));
            prop_assert!(due.missed.iter().all(|due_at| *due_at <= now));
            let mut found = [due.missed.clone(), due.raised.clone()].concat();
            found.sort_unstable();
            seen.append(&mut found);
            plan = plan.settled(&due);
        }
        let expected: Vec<_> = plan.occurrences(start, plan.settled_until, &calendar).collect();
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn the_program_looks_when_an_order_is_due_and_not_later(lead in 60i64..=14 * 24 * 60) {
        let (mut plan, calendar) = (plan(meals()), calendar());
        plan.terms.lead = Minutes(lead);
        let end = plan.settled_until + TimeDelta::days(60);
        let mut now = plan.settled_until;
        while now < end {
            let due = plan.due(now, &calendar);
            prop_assert!(due.missed.is_empty());
            plan = plan.settled(&due);
            let next = plan.next_look_at.unwrap();
            prop_assert!(next > now);
            now = next;
        }
    }
}
