use uuid::Uuid;

use super::*;
use crate::{activities::SessionPlan, ids::VenueId};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn record(state: RecordState) -> ServiceRecord {
    ServiceRecord {
        id: ServiceRecordId(Uuid::nil()),
        session_id: SessionId(Uuid::nil()),
        activity_id: ActivityId(Uuid::nil()),
        volunteer_id: VolunteerId(Uuid::from_u128(1)),
        stay: 1,
        position_name: "理发师".to_owned(),
        class: HoursClass::Measured,
        state,
        checked_in_at: now(),
        checked_out_at: None,
        raw_minutes: Minutes(0),
        minutes: Minutes(0),
        points: None,
        flags: vec![],
        reason: None,
        served_on: NaiveDate::default(),
        entered_by: None,
        decided_by: None,
        disputed_at: None,
        dispute: None,
        dispute_answer: None,
        version: 1,
        created_at: now(),
    }
}

fn served(minutes: i64) -> Served {
    Served { raw: Minutes(minutes), credited: Minutes(minutes), flags: vec![] }
}

const STAFF: Option<AccountId> = Some(AccountId(Uuid::from_u128(9)));

#[test]
fn two_scans_without_a_flag_verify_by_themselves() {
    let ends = now() + TimeDelta::hours(2);
    let (clean, outcome) = record(RecordState::Provisional).check_out(ends, &served(120), &[]);
    assert_eq!((clean.state, outcome), (RecordState::Verified, CheckOut::Verified));
    let far = [Flag::OutsideRadius];
    let (flagged, outcome) = record(RecordState::Provisional).check_out(ends, &served(120), &far);
    assert_eq!((flagged.state, outcome), (RecordState::Provisional, CheckOut::Provisional));
    assert_eq!(flagged.minutes, Minutes(120), "a flag asks a person, it takes nothing away");
}

#[test]
fn nobody_decides_on_their_own_hours() {
    let verify = || Verdict::Verify { reason: None };
    let own = record(RecordState::Provisional).decide(
        verify(),
        STAFF,
        Some(VolunteerId(Uuid::from_u128(1))),
        &[],
    );
    assert_eq!(own, Err(AttendanceRefusal::OwnHours));
    let entered = ServiceRecord {
        class: HoursClass::MadeUp,
        entered_by: STAFF,
        checked_out_at: Some(now()),
        ..record(RecordState::Provisional)
    };
    assert_eq!(
        entered.clone().decide(verify(), STAFF, None, &[]),
        Err(AttendanceRefusal::OwnHours)
    );
    let other = Some(AccountId(Uuid::from_u128(8)));
    assert!(entered.decide(verify(), other, None, &[]).is_ok());
}

fn scan(direction: Direction, means: Means, entered_by: Option<AccountId>) -> Scan {
    Scan {
        direction,
        means,
        at: now(),
        received_at: now(),
        device: None,
        location: None,
        entered_by,
        upload_key: None,
    }
}

#[test]
fn nobody_decides_on_what_they_entered_by_hand() {
    let ended = ServiceRecord { checked_out_at: Some(now()), ..record(RecordState::Provisional) };
    let verify = |scans: &[Scan]| {
        ended.clone().decide(Verdict::Verify { reason: None }, STAFF, None, scans).map(drop)
    };
    let other = Some(AccountId(Uuid::from_u128(8)));
    let came = scan(Direction::In, Means::SessionCode, None);
    let left = |means, by| [came.clone(), scan(Direction::Out, means, by)];
    assert_eq!(verify(&left(Means::ByHand, STAFF)), Err(AttendanceRefusal::OwnHours));
    assert_eq!(verify(&left(Means::ByHand, other)), Ok(()));
    assert_eq!(verify(&left(Means::VolunteerCode, STAFF)), Ok(()), "a code was scanned");
}

#[test]
fn evidence_stays_where_nobody_says_more() {
    let made_up = ServiceRecord {
        reason: Some("签到表".to_owned()),
        checked_out_at: Some(now()),
        ..record(RecordState::Provisional)
    };
    let verified = made_up.decide(Verdict::Verify { reason: None }, STAFF, None, &[]).unwrap();
    assert_eq!(verified.reason.as_deref(), Some("签到表"));
}

#[test]
fn only_active_volunteers_serve() {
    for state in VolunteerState::ALL {
        assert_eq!(ensure_active(*state).is_ok(), *state == VolunteerState::Active, "{state}");
    }
}

#[test]
fn a_record_moves_as_the_rules_say_and_no_other_way() {
    for state in RecordState::ALL {
        let record = ServiceRecord { checked_out_at: Some(now()), ..record(*state) };
        let reason = || "原因".to_owned();
        let verified = record.clone().decide(Verdict::Verify { reason: None }, STAFF, None, &[]);
        assert_eq!(verified.is_ok(), *state == RecordState::Provisional);
        let rejected =
            record.clone().decide(Verdict::Reject { reason: reason() }, STAFF, None, &[]);
        assert_eq!(rejected.is_ok(), *state == RecordState::Provisional);
        let voided = record.decide(Verdict::Void { reason: reason() }, STAFF, None, &[]);
        assert_eq!(voided.is_ok(), *state == RecordState::Verified);
    }
}

fn session(state: SessionState) -> Session {
    let when = Period { starts_at: now(), ends_at: now() + TimeDelta::hours(2) };
    Session {
        id: SessionId(Uuid::nil()),
        activity_id: ActivityId(Uuid::nil()),
        host_venue_id: VenueId(Uuid::nil()),
        center_id: VenueId(Uuid::nil()),
        team_id: None,
        plan: SessionPlan {
            when,
            breaks: vec![],
            place: String::new(),
            location: Location { longitude: 116.65, latitude: 39.9 },
            signup_opens_at: None,
            signup_closes_at: None,
            check_in_radius: None,
            home_visit: false,
            high_risk: false,
            insurance_policy: None,
        },
        state,
        version: 1,
        created_at: now(),
    }
}

#[test]
fn check_in_is_from_thirty_minutes_before_the_start_until_the_end() {
    let check_in = |minute| {
        let at = now() + TimeDelta::minutes(minute);
        let signup = Some(SignupState::Confirmed);
        let (session, policy) = (session(SessionState::Scheduled), SessionPolicy::default());
        may_check_in(&session, signup, 0, Means::SessionCode, policy, at)
    };
    let opens_at = now() - TimeDelta::minutes(30);
    assert_eq!(check_in(-31), Err(AttendanceRefusal::TooEarly { opens_at }));
    assert_eq!(check_in(-30), Ok(()));
    assert_eq!(check_in(119), Ok(()));
    let closed_at = now() + TimeDelta::hours(2);
    assert_eq!(check_in(120), Err(AttendanceRefusal::TooLate { closed_at }));
}

#[test]
fn only_who_has_a_place_checks_in_and_at_most_three_times() {
    let check_in = |signup, stays| {
        let (session, policy) = (session(SessionState::Scheduled), SessionPolicy::default());
        may_check_in(&session, signup, stays, Means::SessionCode, policy, now())
    };
    assert_eq!(check_in(None, 0), Err(AttendanceRefusal::NotSignedUp));
    let waiting = Some(SignupState::Waitlisted);
    assert_eq!(check_in(waiting, 0), Err(AttendanceRefusal::NotSignedUp));
    assert_eq!(check_in(Some(SignupState::Attended), 2), Ok(()));
    let fourth = check_in(Some(SignupState::Attended), 3);
    assert_eq!(fourth, Err(AttendanceRefusal::TooManyStays));
}

#[test]
fn an_upload_comes_in_after_the_session_was_closed() {
    let check_in = |state, means| {
        let signup = Some(SignupState::NoShow);
        may_check_in(&session(state), signup, 0, means, SessionPolicy::default(), now())
    };
    assert_eq!(check_in(SessionState::Closed, Means::Upload), Ok(()));
    let scanned = check_in(SessionState::Closed, Means::SessionCode);
    assert_eq!(scanned, Err(AttendanceRefusal::SessionOver));
    let cancelled = check_in(SessionState::Cancelled, Means::Upload);
    assert_eq!(cancelled, Err(AttendanceRefusal::SessionOver));
}

#[test]
fn hours_are_made_up_within_seven_days_and_within_the_session() {
    let make_up = |from, to, days| {
        let at = |minute| now() + TimeDelta::minutes(minute);
        let presence = Period { starts_at: at(from), ends_at: at(to) };
        let asked_at = now() + TimeDelta::hours(2) + TimeDelta::days(days);
        let signup = Some(SignupState::NoShow);
        may_make_up(&session(SessionState::Closed), signup, presence, asked_at)
    };
    assert_eq!(make_up(0, 120, 7), Ok(()));
    assert_eq!(make_up(0, 120, 8), Err(AttendanceRefusal::MadeUpTooLate));
    assert_eq!(make_up(0, 120, -1), Err(AttendanceRefusal::MadeUpTooLate));
    assert_eq!(make_up(-1, 120, 1), Err(AttendanceRefusal::MadeUpOutside));
    assert_eq!(make_up(0, 121, 1), Err(AttendanceRefusal::MadeUpOutside));
}

#[test]
fn a_later_upload_ends_better_what_the_program_ended() {
    let end = now() + TimeDelta::hours(2);
    let (ended, _) =
        record(RecordState::Provisional).check_out(end, &served(120), &[Flag::NoCheckOut]);
    assert!(ended.is_ended_by_program());
    let (better, outcome) =
        ended.clone().reopened().check_out(now() + TimeDelta::hours(1), &served(60), &[]);
    assert_eq!((better.minutes, outcome), (Minutes(60), CheckOut::Verified));
    let dropped = ended.dropped("无人确认".to_owned());
    assert_eq!((dropped.state, dropped.minutes), (RecordState::Rejected, Minutes(0)));
}

#[test]
fn nobody_is_verified_who_is_still_there() {
    let verified =
        record(RecordState::Provisional).decide(Verdict::Verify { reason: None }, STAFF, None, &[]);
    assert_eq!(verified, Err(AttendanceRefusal::StillThere));
}

#[test]
fn a_disputed_record_is_frozen_until_another_person_answers() {
    let rejected = ServiceRecord {
        decided_by: STAFF,
        checked_out_at: Some(now()),
        ..record(RecordState::Verified)
    };
    let disputed = rejected.disputed("我在场".to_owned(), now() + TimeDelta::days(30)).unwrap();
    let void = Verdict::Void { reason: "x".to_owned() };
    assert_eq!(disputed.clone().decide(void, STAFF, None, &[]), Err(AttendanceRefusal::Disputed));
    let by_the_same = disputed.clone().answered("否".to_owned(), STAFF, None);
    assert_eq!(by_the_same, Err(AttendanceRefusal::OwnHours));
    let other = Some(AccountId(Uuid::from_u128(8)));
    let answered = disputed.answered("已核实".to_owned(), other, None).unwrap();
    assert!(answered.disputed_at.is_none());
    let late =
        record(RecordState::Verified).disputed("晚了".to_owned(), now() + TimeDelta::days(31));
    assert_eq!(late, Err(AttendanceRefusal::DisputeTooLate));
}
