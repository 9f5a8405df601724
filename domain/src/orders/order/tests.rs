use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    orders::{MOVES, Urgency, coarse, replay},
    place::Location,
    teams::TeamCategory,
};

const STATION: VenueId = VenueId(Uuid::from_u128(1));
const INSTITUTE: VenueId = VenueId(Uuid::from_u128(2));
const CENTER: VenueId = VenueId(Uuid::from_u128(3));
const LADDER: Ladder =
    Ladder { station_id: Some(STATION), institute_id: Some(INSTITUTE), center_id: CENTER };

fn team(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(100 + number))
}

fn start() -> DateTime<Utc> {
    "2026-11-24T09:00:00+08:00".parse().unwrap()
}

fn calendar() -> WorkCalendar {
    WorkCalendar::new(chrono_tz::Asia::Shanghai, [])
}

fn by(party: Party) -> Actor {
    Actor { party, account_id: None }
}

/// An order and its history.
#[derive(Debug, Clone)]
struct Life {
    order: Order,
    events: Vec<OrderEvent>,
    now: DateTime<Utc>,
}

impl Life {
    fn begin(urgency: Urgency) -> Self {
        let need = Need {
            category: TeamCategory::HelpAndCare,
            title: "水管爆裂".to_owned(),
            text: None,
            skill: None,
            place: None,
            location: Location { longitude: 116.66, latitude: 39.91 },
            wished: None,
            urgency,
            priority_groups: Vec::new(),
        };
        let first =
            OrderEvent::solicited(by(Party::GridWorker), &need, &LADDER, start(), &calendar());
        let order = Order {
            id: OrderId(Uuid::nil()),
            number: "1".to_owned(),
            need,
            source: OrderSource::GridWorker,
            venue_id: STATION,
            ladder: LADDER,
            requester_id: None,
            external_number: None,
            care_plan_id: None,
            project_id: None,
            reported_at: start(),
            created_at: start(),
            progress: Progress::begun(&first),
        };
        Self { order, events: vec![first], now: start() }
    }

    fn step(&mut self, step: Step, party: Party) -> Result<OrderState, OrderRefusal> {
        let event = self.order.decide(&step, by(party), None, self.now, &calendar())?;
        self.order.progress = self.order.progress.clone().after(&event);
        self.events.push(event);
        Ok(self.order.progress.state)
    }

    fn with(mut self, steps: &[(Step, Party)]) -> Self {
        for (step, party) in steps {
            self.step(*step, *party).unwrap();
        }
        self
    }

    fn due(&self) -> Option<(ClockKind, TimeDelta)> {
        self.order.progress.clock.map(|clock| (clock.kind, clock.due_at - self.now))
    }

    fn dispatched(urgency: Urgency) -> Self {
        Self::begin(urgency).with(&[
            (Step::Register, Party::Dispatcher),
            (Step::Dispatch { open_call: false }, Party::Dispatcher),
        ])
    }

    fn served() -> Self {
        Self::dispatched(Urgency::Urgent).with(&[
            (Step::Accept(team(1)), Party::Team),
            (Step::Schedule(SessionId(Uuid::nil())), Party::Team),
            (Step::Begin, Party::Program),
            (Step::Serve, Party::Team),
        ])
    }
}

#[test]
fn each_step_starts_the_clock_of_the_next() {
    let mut life = Life::begin(Urgency::Urgent);
    assert_eq!(life.due(), Some((ClockKind::Register, TimeDelta::minutes(30))));
    life.step(Step::Register, Party::Dispatcher).unwrap();
    assert_eq!(life.due(), Some((ClockKind::Accept, TimeDelta::hours(1))));
    life.step(Step::Dispatch { open_call: false }, Party::Dispatcher).unwrap();
    life.step(Step::Accept(team(1)), Party::Team).unwrap();
    assert_eq!(life.due(), Some((ClockKind::Serve, TimeDelta::hours(6))));
}

#[test]
fn a_clock_that_runs_out_passes_the_order_up_and_at_the_center_is_told() {
    let mut life = Life::dispatched(Urgency::Urgent);
    for tier in [Tier::Institute, Tier::Center] {
        assert_eq!(life.order.when_due(), Some(Step::Escalate));
        life.step(Step::Escalate, Party::Program).unwrap();
        assert_eq!(life.order.progress.tier, tier);
        assert_eq!(life.due(), Some((ClockKind::Accept, TimeDelta::hours(1))));
    }
    assert_eq!(life.order.when_due(), Some(Step::Lapse));
    assert_eq!(life.step(Step::Escalate, Party::Program), Err(OrderRefusal::NoTierAbove));
    life.step(Step::Lapse, Party::Program).unwrap();
    assert_eq!(life.due(), None);
    assert_eq!(life.order.progress.lapsed_at, Some(life.now));
}

#[test]
fn a_team_hands_back_once_and_after_two_hand_backs_the_center_decides() {
    let mut life = Life::dispatched(Urgency::Soon);
    life.step(Step::Accept(team(1)), Party::Team).unwrap();
    assert_eq!(life.step(Step::HandBack, Party::Team), Ok(OrderState::Dispatching));
    assert_eq!(life.order.progress.tier, Tier::Station);
    life.step(Step::Accept(team(1)), Party::Team).unwrap();
    assert_eq!(life.step(Step::HandBack, Party::Team), Err(OrderRefusal::HandedBackBefore));
    let mut life = Life::dispatched(Urgency::Soon);
    for number in [1, 2] {
        life.step(Step::Accept(team(number)), Party::Team).unwrap();
        life.step(Step::HandBack, Party::Team).unwrap();
    }
    assert_eq!(life.order.progress.tier, Tier::Center);
    let again = Step::Dispatch { open_call: false };
    assert_eq!(life.step(again, Party::Dispatcher), Err(OrderRefusal::CenterDecides));
    assert_eq!(life.step(Step::Assign(team(3)), Party::Center), Ok(OrderState::Accepted));
}

#[test]
fn after_three_hops_the_center_decides() {
    let mut life = Life::dispatched(Urgency::Urgent);
    life.step(Step::Escalate, Party::Dispatcher).unwrap();
    life.step(Step::Accept(team(1)), Party::Team).unwrap();
    life.step(Step::HandBack, Party::Team).unwrap();
    assert_eq!(life.order.progress.tier, Tier::Institute);
    life.step(Step::Escalate, Party::Program).unwrap();
    let again = Step::Dispatch { open_call: true };
    assert_eq!(life.step(again, Party::Dispatcher), Err(OrderRefusal::CenterDecides));
}

#[test]
fn only_the_center_assigns_and_declines_what_is_dispatched() {
    let mut life = Life::dispatched(Urgency::Soon);
    let wrong = |command| OrderRefusal::WrongParty { command, party: Party::Dispatcher };
    assert_eq!(
        life.step(Step::Assign(team(1)), Party::Dispatcher),
        Err(wrong(OrderCommand::Assign))
    );
    assert_eq!(life.step(Step::Decline, Party::Dispatcher), Err(wrong(OrderCommand::Decline)));
    assert_eq!(life.step(Step::Decline, Party::Center), Ok(OrderState::Declined));
}

#[test]
fn a_reopened_order_goes_to_another_team_once() {
    let mut life = Life::served();
    life.step(Step::Reopen, Party::Requester).unwrap();
    life.step(Step::Dispatch { open_call: true }, Party::Dispatcher).unwrap();
    assert_eq!(life.step(Step::Accept(team(1)), Party::Team), Err(OrderRefusal::FormerTeam));
    let mut life = life.with(&[
        (Step::Accept(team(2)), Party::Team),
        (Step::Schedule(SessionId(Uuid::nil())), Party::Team),
        (Step::Begin, Party::Team),
        (Step::Serve, Party::Team),
    ]);
    assert_eq!(life.step(Step::Reopen, Party::Requester), Err(OrderRefusal::ReopenedBefore));
}

#[test]
fn a_bad_rating_asks_for_a_visit_and_a_good_one_leaves_time_to_think() {
    let stars = |number| Step::Rate(Stars::new(number).unwrap());
    let bad = Life::served().with(&[(stars(2), Party::GridWorker)]);
    assert_eq!(bad.due(), Some((ClockKind::Visit, TimeDelta::days(3))));
    assert_eq!(bad.order.when_due(), Some(Step::Escalate));
    let good = Life::served().with(&[(stars(5), Party::Requester)]);
    assert_eq!(good.due(), Some((ClockKind::Close, TimeDelta::days(3))));
    assert_eq!(good.order.when_due(), Some(Step::Close));
    assert_eq!(Life::served().order.when_due(), Some(Step::Close));
}

#[test]
fn pauses_are_bounded() {
    let mut life = Life::dispatched(Urgency::Soon);
    let days = |days| Step::Pause(TimeDelta::days(days));
    assert_eq!(life.step(days(8), Party::Dispatcher), Err(OrderRefusal::PauseTooLong));
    life.step(days(7), Party::Dispatcher).unwrap();
    assert_eq!(life.due(), Some((ClockKind::Accept, TimeDelta::days(8))));
    life.step(days(7), Party::Dispatcher).unwrap();
    assert_eq!(life.step(days(1), Party::Dispatcher), Err(OrderRefusal::PauseTooLong));
}

#[test]
fn who_serves_sees_whom_they_serve_from_acceptance_until_a_week_after_the_end() {
    let life = Life::dispatched(Urgency::Soon);
    assert!(!life.order.progress.shows_person(life.now));
    let life = Life::served().with(&[(Step::Close, Party::Program)]);
    assert!(life.order.progress.shows_person(life.now + TimeDelta::days(6)));
    assert!(!life.order.progress.shows_person(life.now + TimeDelta::days(7)));
}

#[test]
fn a_place_is_told_to_a_hundred_metres() {
    let told = coarse(Location { longitude: 116.658_449, latitude: 39.910_251 });
    assert_eq!(told, Location { longitude: 116.658, latitude: 39.91 });
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Register),
        Just(Step::Merge),
        Just(Step::Absorb),
        Just(Step::Decline),
        Just(Step::Transfer),
        Just(Step::Cancel),
        any::<bool>().prop_map(|open_call| Step::Dispatch { open_call }),
        (1u128..4).prop_map(|number| Step::Refuse(team(number))),
        Just(Step::Escalate),
        Just(Step::Lapse),
        (1i64..200).prop_map(|hours| Step::Pause(TimeDelta::hours(hours))),
        (1u128..4).prop_map(|number| Step::Accept(team(number))),
        (1u128..4).prop_map(|number| Step::Assign(team(number))),
        Just(Step::HandBack),
        Just(Step::Schedule(SessionId(Uuid::nil()))),
        Just(Step::Unschedule),
        Just(Step::Begin),
        Just(Step::Serve),
        Just(Step::Confirm),
        (1i64..6).prop_map(|stars| Step::Rate(Stars::new(stars).unwrap())),
        Just(Step::Reopen),
        Just(Step::Close),
        Just(Step::Publish),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_is_tried_the_state_is_what_the_events_say(
        tried in prop::collection::vec((steps(), 0..Party::ALL.len()), 1..120),
    ) {
        let mut life = Life::begin(Urgency::Urgent);
        for (step, party) in tried {
            life.now += TimeDelta::minutes(7);
            let before = life.order.progress.clone();
            let done = life.step(step, Party::ALL[party]);
            let legal = MOVES.iter().any(|row| {
                row.command == step.command() && row.from.contains(&before.state) && row.who.contains(&Party::ALL[party])
            });
            if done.is_ok() {
                prop_assert!(legal);
            } else {
                prop_assert_eq!(&life.order.progress, &before);
            }
            let now = &life.order.progress;
            prop_assert_eq!(replay(&LADDER, &life.events), Ok(now.clone()));
            let is_held = matches!(now.state, OrderState::Accepted | OrderState::Scheduled | OrderState::InService | OrderState::Served | OrderState::Rated);
            prop_assert!(!is_held || now.team_id.is_some());
            prop_assert!(now.state != OrderState::Dispatching || now.team_id.is_none());
            prop_assert!(now.state.is_open() || now.clock.is_none());
            prop_assert!(now.round <= 2 && now.paused_minutes <= 14 * 24 * 60);
        }
    }
}
