use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    activities::{Requirements, SessionPlan},
    ids::{ActivityId, VenueId},
    place::Location,
    venues::{InductionRule, VenuePath},
};

const ZONE: Tz = chrono_tz::Asia::Shanghai;

/// 2026-11-23, 09:00 in Shanghai.
fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-23T01:00:00Z").unwrap().to_utc()
}

fn hours(hours: i64) -> TimeDelta {
    TimeDelta::hours(hours)
}

/// In two days, from 10:00 to 12:00.
fn session() -> Session {
    let starts_at = now() + hours(49);
    Session {
        id: SessionId(Uuid::from_u128(1)),
        activity_id: ActivityId(Uuid::nil()),
        host_venue_id: VenueId(Uuid::nil()),
        center_id: VenueId(Uuid::nil()),
        team_id: None,
        plan: SessionPlan {
            when: Period { starts_at, ends_at: starts_at + hours(2) },
            breaks: vec![],
            place: "社区活动室".to_owned(),
            location: Location { longitude: 116.65, latitude: 39.9 },
            signup_opens_at: None,
            signup_closes_at: None,
            check_in_radius: None,
            home_visit: false,
            high_risk: false,
            insurance_policy: None,
        },
        state: SessionState::Scheduled,
        version: 1,
        created_at: now(),
    }
}

fn position(headcount: i64, confirmed: i64) -> Position {
    Position {
        id: PositionId(Uuid::nil()),
        session_id: SessionId(Uuid::from_u128(1)),
        name: "理发师".to_owned(),
        headcount,
        requirements: Requirements::default(),
        confirmed,
        offered: 0,
        waitlisted: 0,
    }
}

fn volunteer(born: &str) -> VolunteerStanding {
    VolunteerStanding {
        id: VolunteerId(Uuid::nil()),
        account_id: None,
        state: VolunteerState::Active,
        home_venue_id: VenueId(Uuid::nil()),
        home_path: VenuePath::stored("TZ/".to_owned()),
        center_id: VenueId(Uuid::nil()),
        birth_date: Some(born.parse().unwrap()),
        guardian_consent: true,
        verified_minutes: Minutes(0),
        star_level: StarLevel::NONE,
        inducted_at: None,
        skills: vec![],
    }
}

fn adult() -> VolunteerStanding {
    volunteer("1980-05-01")
}

fn held(session: u128, state: SignupState, starts_in: i64, length: i64) -> HeldSignup {
    let starts_at = now() + hours(starts_in);
    let when = Period { starts_at, ends_at: starts_at + hours(length) };
    HeldSignup { session_id: SessionId(Uuid::from_u128(session)), state, when }
}

struct World {
    activity: ActivityState,
    session: Session,
    position: Position,
    volunteer: VolunteerStanding,
    induction: InductionRule,
    companion: Companion,
    queue: Queue,
    held: Vec<HeldSignup>,
    relieved_at: Option<DateTime<Utc>>,
}

fn world() -> World {
    World {
        activity: ActivityState::Published,
        session: session(),
        position: position(2, 0),
        volunteer: adult(),
        induction: InductionRule::ByPosition,
        companion: Companion::Nobody,
        queue: Queue::Served,
        held: vec![],
        relieved_at: None,
    }
}

impl World {
    fn ask(&self) -> Result<Admission, SignupRefusal> {
        let facts = SignupFacts {
            activity: self.activity,
            session: &self.session,
            position: &self.position,
            volunteer: &self.volunteer,
            induction: self.induction,
            team: TeamTie::Stranger,
            companion: self.companion,
            queue: self.queue,
            held: &self.held,
            relieved_at: self.relieved_at,
        };
        sign_up(&facts, &SignupPolicy::default(), now(), ZONE)
    }
}

#[test]
fn the_first_get_places_and_the_rest_wait() {
    let mut world = world();
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
    world.position = position(2, 2);
    assert_eq!(world.ask(), Ok(Admission::Waitlisted));
    world.position = Position { offered: 1, ..position(2, 1) };
    assert_eq!(world.ask(), Ok(Admission::Waitlisted), "an offered place is not free");
}

#[test]
fn a_newcomer_does_not_pass_who_waits() {
    let mut world = world();
    world.queue = Queue::Waiting;
    assert_eq!(world.ask(), Ok(Admission::Waitlisted));
}

#[test]
fn only_who_is_active_and_has_nothing_else_moves_up() {
    let waiting = signup(SignupState::Waitlisted, 49);
    assert!(may_move_up(VolunteerState::Active, &[], &waiting));
    assert!(!may_move_up(VolunteerState::Suspended, &[], &waiting));
    let busy = [held(2, SignupState::Confirmed, 50, 2)];
    assert!(!may_move_up(VolunteerState::Active, &busy, &waiting));
}

#[test]
fn the_first_check_that_fails_is_the_answer() {
    let mut world = world();
    // Everything is wrong at once.
    world.activity = ActivityState::Draft;
    world.volunteer.state = VolunteerState::Suspended;
    world.position.requirements.induction = true;
    assert_eq!(world.ask(), Err(SignupRefusal::SessionNotOpen));
    world.activity = ActivityState::Published;
    world.session.plan.signup_opens_at = Some(now() + hours(1));
    assert_eq!(world.ask(), Err(SignupRefusal::NotOpenYet { opens_at: now() + hours(1) }));
    world.session.plan.signup_opens_at = None;
    world.session.plan.signup_closes_at = Some(now());
    assert_eq!(world.ask(), Err(SignupRefusal::Closed { closed_at: now() }));
    world.session.plan.signup_closes_at = None;
    let state = VolunteerState::Suspended;
    assert_eq!(world.ask(), Err(SignupRefusal::VolunteerNotActive { state }));
    world.volunteer.state = VolunteerState::Active;
    assert_eq!(world.ask(), Err(SignupRefusal::InductionMissing));
    world.position.requirements.induction = false;
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
    world.induction = InductionRule::Everyone;
    assert_eq!(world.ask(), Err(SignupRefusal::InductionMissing), "the center asks it of everyone");
    world.volunteer.inducted_at = Some(now());
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
}

#[test]
fn nobody_signs_up_twice_but_who_cancelled_may_come_back() {
    let mut world = world();
    world.held = vec![held(1, SignupState::Waitlisted, 49, 2)];
    assert_eq!(world.ask(), Err(SignupRefusal::AlreadySignedUp));
    world.held = vec![held(1, SignupState::Cancelled, 49, 2)];
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
}

#[test]
fn confirmed_signups_of_one_person_never_overlap() {
    let mut world = world();
    world.held = vec![held(2, SignupState::Confirmed, 50, 2)];
    let session_id = SessionId(Uuid::from_u128(2));
    assert_eq!(world.ask(), Err(SignupRefusal::Overlap { session_id }));
    world.held = vec![held(2, SignupState::Confirmed, 51, 2)];
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "one ends when the other starts");
    world.held = vec![held(2, SignupState::Waitlisted, 50, 2)];
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "a queue is no place");
}

#[test]
fn minors_need_consent_daylight_and_rest() {
    let mut world = world();
    world.volunteer = volunteer("2010-06-01");
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
    world.volunteer.guardian_consent = false;
    assert_eq!(world.ask(), Err(SignupRefusal::GuardianConsentMissing));
    world.volunteer.guardian_consent = true;
    world.held = vec![held(2, SignupState::Confirmed, 53, 3)];
    assert_eq!(world.ask(), Err(SignupRefusal::MinorTooLong));
    world.held = vec![held(2, SignupState::Confirmed, 53, 2)];
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "exactly four hours");
    world.held.clear();
    world.session.plan.when.starts_at += hours(10);
    world.session.plan.when.ends_at += hours(11);
    assert_eq!(world.ask(), Err(SignupRefusal::MinorAtNight), "20:00 to 23:00");
}

#[test]
fn minors_take_no_risk_and_children_do_not_come_alone() {
    let mut world = world();
    world.volunteer = volunteer("2010-06-01");
    world.session.plan.high_risk = true;
    assert_eq!(world.ask(), Err(SignupRefusal::MinorHighRisk));
    world.session.plan.high_risk = false;
    world.session.plan.home_visit = true;
    assert_eq!(world.ask(), Err(SignupRefusal::MinorHomeVisit));
    world.companion = Companion::Adult;
    assert_eq!(world.ask(), Ok(Admission::Confirmed));
    world.session.plan.home_visit = false;
    world.companion = Companion::Nobody;
    world.volunteer = volunteer("2014-06-01");
    assert_eq!(world.ask(), Err(SignupRefusal::ChildAlone));
}

#[test]
fn two_no_shows_in_ninety_days_leave_one_signup_at_a_time_for_thirty_days() {
    let mut world = world();
    world.held =
        vec![held(5, SignupState::NoShow, -24 * 60, 2), held(6, SignupState::NoShow, -24 * 10, 2)];
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "the one that is allowed");
    world.held.push(held(7, SignupState::Confirmed, 24 * 9, 2));
    let until = now() + hours(-24 * 10 + 2) + TimeDelta::days(30);
    assert_eq!(world.ask(), Err(SignupRefusal::Restricted { until }));
    world.relieved_at = Some(now() - hours(1));
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "staff lifted it");
    world.relieved_at = None;
    world.held[0].when.ends_at -= TimeDelta::days(60);
    assert_eq!(world.ask(), Ok(Admission::Confirmed), "more than ninety days apart");
}

#[test]
fn a_restriction_lasts_whole_although_its_first_no_show_is_long_past() {
    let mut world = world();
    let first = held(5, SignupState::NoShow, -24 * 115, 2);
    world.held = vec![
        first,
        held(6, SignupState::NoShow, -24 * 29, 2),
        held(7, SignupState::Confirmed, 24 * 9, 2),
    ];
    assert!(matches!(world.ask(), Err(SignupRefusal::Restricted { .. })));
    let since = SignupPolicy::default().looks_back_to(now());
    assert!(first.when.ends_at > since, "it is loaded");
}

#[test]
fn positions_ask_for_age_stars_skills_and_the_team() {
    let ask = |requirements: Requirements| {
        let mut world = world();
        world.position.requirements = requirements;
        world.ask()
    };
    let none = Requirements::default();
    let old = Requirements { minimum_age: Some(60), ..none.clone() };
    assert_eq!(ask(old), Err(SignupRefusal::TooYoung { minimum: 60 }));
    let minimum = StarLevel::try_from(2).unwrap();
    let starred = Requirements { minimum_star_level: minimum, ..none.clone() };
    assert_eq!(ask(starred), Err(SignupRefusal::StarLevelTooLow { minimum }));
    let skilled = Requirements { skills: vec!["理发".to_owned()], ..none.clone() };
    assert_eq!(ask(skilled), Err(SignupRefusal::SkillMissing { skill: "理发".to_owned() }));
    let team = Requirements { team_members_only: true, ..none };
    assert_eq!(ask(team), Err(SignupRefusal::NotTeamMember));
}

fn signup(state: SignupState, starts_in: i64) -> Signup {
    let starts_at = now() + hours(starts_in);
    Signup {
        id: SignupId(Uuid::nil()),
        session_id: SessionId(Uuid::nil()),
        position_id: PositionId(Uuid::nil()),
        volunteer_id: VolunteerId(Uuid::nil()),
        state,
        offered_until: None,
        must_confirm: false,
        when: Period { starts_at, ends_at: starts_at + hours(2) },
        created_at: now(),
        version: 1,
    }
}

#[test]
fn leaving_is_free_then_late_then_not_ones_own_to_do() {
    let leave = |starts_in, by| {
        let signup = signup(SignupState::Confirmed, starts_in);
        signup.cancel(by, &SignupPolicy::default(), now()).map(|signup| signup.state)
    };
    assert_eq!(leave(24, Canceller::Volunteer), Ok(SignupState::Cancelled));
    assert_eq!(leave(23, Canceller::Volunteer), Ok(SignupState::LateCancelled));
    assert_eq!(leave(3, Canceller::Volunteer), Ok(SignupState::LateCancelled));
    assert_eq!(leave(2, Canceller::Volunteer), Err(SignupRefusal::TooLateToCancel));
    assert_eq!(leave(2, Canceller::Staff), Ok(SignupState::Cancelled));
    let moved = Signup { must_confirm: true, ..signup(SignupState::Confirmed, 1) };
    let left = moved.cancel(Canceller::Volunteer, &SignupPolicy::default(), now());
    assert_eq!(left.map(|signup| signup.state), Ok(SignupState::Cancelled));
}

#[test]
fn a_free_place_goes_to_the_waitlist_in_the_way_that_the_time_left_allows() {
    let policy = SignupPolicy::default();
    let at = |minutes| promotion(now() + TimeDelta::minutes(minutes), &policy, now());
    assert_eq!(at(24 * 60 + 1), Promotion::Confirm);
    let until = now() + TimeDelta::minutes(30);
    assert_eq!(at(24 * 60), Promotion::Offer { until });
    assert_eq!(at(31), Promotion::Offer { until });
    assert_eq!(at(30), Promotion::Nobody);
}

#[test]
fn an_offer_is_taken_before_it_ends() {
    let offer = Signup { offered_until: Some(now()), ..signup(SignupState::Offered, 10) };
    assert_eq!(offer.confirm(now()), Err(SignupRefusal::OfferEnded));
    let taken = offer.confirm(now() - TimeDelta::seconds(1)).unwrap();
    assert_eq!(taken.state, SignupState::Confirmed);
}

/// The waitlist as a queue: a model that the counters of a position are compared with.
#[derive(Debug, Clone)]
enum Step {
    Ask,
    Leave(usize),
}

proptest! {
    #[test]
    fn the_headcount_is_never_exceeded_and_the_queue_is_first_come_first_served(
        headcount in 1_i64..5,
        steps in prop::collection::vec(
            prop_oneof![3 => Just(Step::Ask), 1 => (0_usize..20).prop_map(Step::Leave)],
            1..60,
        ),
    ) {
        let mut position = position(headcount, 0);
        let (mut confirmed, mut queue, mut next) = (Vec::new(), Vec::new(), 0);
        for step in steps {
            match step {
                Step::Ask => {
                    let world = World { position: position.clone(), ..world() };
                    match world.ask().unwrap() {
                        Admission::Confirmed => { confirmed.push(next); position.confirmed += 1; }
                        Admission::Waitlisted => { queue.push(next); position.waitlisted += 1; }
                    }
                    next += 1;
                }
                Step::Leave(index) if index < confirmed.len() => {
                    confirmed.remove(index);
                    position.confirmed -= 1;
                    let starts_at = session().plan.when.starts_at;
                    if promotion(starts_at, &SignupPolicy::default(), now()) == Promotion::Confirm && !queue.is_empty() {
                        let first = queue.remove(0);
                        prop_assert!(queue.iter().all(|later| first < *later));
                        confirmed.push(first);
                        position.waitlisted -= 1;
                        position.confirmed += 1;
                    }
                }
                Step::Leave(_) => {}
            }
            prop_assert!(position.confirmed <= headcount);
            prop_assert_eq!(position.confirmed, i64::try_from(confirmed.len()).unwrap());
            prop_assert!(queue.is_empty() || !position.has_room());
        }
    }
}
