//! A service record's life.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Flag, Served};
use crate::{
    activities::{Period, Session, SessionPolicy, SessionState, SignupState},
    ids::{AccountId, ActivityId, ServiceRecordId, SessionId, VolunteerId},
    place::Location,
    units::{Minutes, Points},
};

/// Hours are made up within this time after the session at the latest.
pub const LATEST_MADE_UP: TimeDelta = TimeDelta::days(7);
/// A volunteer disputes within this time.
const DISPUTE_WITHIN: TimeDelta = TimeDelta::days(30);
/// Stays of one person in one session.
const STAYS: i64 = 3;

vocabulary! {
    /// Whether hours were measured or entered afterwards. It never changes.
    pub enum HoursClass {
        /// Both scans.
        Measured = "measured",
        /// Entered afterwards with evidence, approved by another person.
        MadeUp = "made_up",
    }
}

vocabulary! {
    /// Whether a record counts.
    pub enum RecordState {
        Provisional = "provisional",
        Verified = "verified",
        Rejected = "rejected",
        /// It counted once: its hours and points were taken back.
        Voided = "voided",
    }
}

vocabulary! {
    /// How a scan was made.
    pub enum Means {
        /// The volunteer scanned the session's rotating code.
        SessionCode = "session_code",
        /// Staff or the leader scanned the volunteer's rotating code.
        VolunteerCode = "volunteer_code",
        /// Staff or the leader entered it with a reason.
        ByHand = "by_hand",
        /// A device that was offline uploaded it.
        Upload = "upload",
        /// The program ended it at the planned end.
        Program = "program",
    }
}

vocabulary! {
    /// Which way a scan goes.
    pub enum Direction {
        In = "in",
        Out = "out",
    }
}

/// One scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    pub direction: Direction,
    pub means: Means,
    pub at: DateTime<Utc>,
    pub received_at: DateTime<Utc>,
    pub device: Option<String>,
    pub location: Option<Location>,
    pub entered_by: Option<AccountId>,
    /// The uploading device's own id for it.
    pub upload_key: Option<String>,
}

/// What one volunteer served between a check-in and its check-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    pub id: ServiceRecordId,
    pub session_id: SessionId,
    pub activity_id: ActivityId,
    pub volunteer_id: VolunteerId,
    /// The first, second or third in the session.
    pub stay: i64,
    pub position_name: String,
    pub class: HoursClass,
    pub state: RecordState,
    pub checked_in_at: DateTime<Utc>,
    pub checked_out_at: Option<DateTime<Utc>>,
    pub raw_minutes: Minutes,
    pub minutes: Minutes,
    /// What it earned; `None` before it was credited.
    pub points: Option<Points>,
    pub flags: Vec<Flag>,
    pub reason: Option<String>,
    /// The day of its start, in the deployment's zone.
    pub served_on: NaiveDate,
    pub entered_by: Option<AccountId>,
    pub decided_by: Option<AccountId>,
    pub disputed_at: Option<DateTime<Utc>>,
    pub dispute: Option<String>,
    pub dispute_answer: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

/// Why attendance is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttendanceRefusal {
    #[error("the session is cancelled or closed")]
    SessionOver,
    #[error("check-in opens at {opens_at}")]
    TooEarly { opens_at: DateTime<Utc> },
    #[error("check-in closed at {closed_at}")]
    TooLate { closed_at: DateTime<Utc> },
    #[error("the volunteer has no confirmed signup for this session")]
    NotSignedUp,
    #[error("the code is wrong or has changed: scan it again")]
    WrongCode,
    #[error("the volunteer has left the session three times")]
    TooManyStays,
    #[error("the volunteer has not checked in")]
    NotCheckedIn,
    #[error("a record that is `{from}` cannot become `{to}`")]
    IllegalMove { from: RecordState, to: RecordState },
    #[error("nobody decides on their own hours, nor on hours that they entered")]
    OwnHours,
    #[error("the volunteer is still there: check out first")]
    StillThere,
    #[error("a disputed record is frozen until the dispute is answered")]
    Disputed,
    #[error("the record is not disputed")]
    NotDisputed,
    #[error("records are disputed within 30 days")]
    DisputeTooLate,
    #[error("hours are made up after the session and within 7 days")]
    MadeUpTooLate,
    #[error("made-up hours lie within the session's times")]
    MadeUpOutside,
    #[error("the volunteer has a record of this session already")]
    AlreadyRecorded,
    #[error("an upload's time lies in the future")]
    FromTheFuture,
}

/// Whether somebody with this signup may check in at `at`.
///
/// # Errors
/// The first rule that stands in the way.
pub fn may_check_in(
    session: &Session,
    signup: Option<SignupState>,
    stays: i64,
    policy: SessionPolicy,
    at: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    if session.state != SessionState::Scheduled {
        return Err(AttendanceRefusal::SessionOver);
    }
    let when = session.plan.when;
    let opens_at = when.starts_at - policy.check_in_opens_before;
    if at < opens_at {
        return Err(AttendanceRefusal::TooEarly { opens_at });
    }
    if at >= when.ends_at {
        return Err(AttendanceRefusal::TooLate { closed_at: when.ends_at });
    }
    if !matches!(signup, Some(SignupState::Confirmed | SignupState::Attended)) {
        return Err(AttendanceRefusal::NotSignedUp);
    }
    if stays >= STAYS {
        return Err(AttendanceRefusal::TooManyStays);
    }
    Ok(())
}

/// Whether somebody may check out at `at`.
///
/// # Errors
/// [`AttendanceRefusal::SessionOver`], [`AttendanceRefusal::TooLate`].
pub fn may_check_out(
    session: &Session,
    policy: SessionPolicy,
    at: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    if session.state == SessionState::Cancelled {
        return Err(AttendanceRefusal::SessionOver);
    }
    let closed_at = session.plan.when.ends_at + policy.check_out_grace;
    if at > closed_at {
        return Err(AttendanceRefusal::TooLate { closed_at });
    }
    Ok(())
}

/// Whether a check-out verified the record by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckOut {
    /// Both scans and no flag: it counts.
    Verified,
    /// A person looks at it.
    Provisional,
}

/// What a person decides on a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Verify { reason: Option<String> },
    Reject { reason: String },
    Void { reason: String },
}

impl ServiceRecord {
    pub fn presence(&self) -> Option<Period> {
        self.checked_out_at.map(|ends_at| Period { starts_at: self.checked_in_at, ends_at })
    }

    fn flag(&mut self, flags: &[Flag]) {
        self.flags.extend_from_slice(flags);
        self.flags.sort_unstable();
        self.flags.dedup();
    }

    /// Ends the stay. With both scans and no flag the record is verified at once.
    pub fn check_out(
        mut self,
        at: DateTime<Utc>,
        served: &Served,
        flags: &[Flag],
    ) -> (Self, CheckOut) {
        self.checked_out_at = Some(at.max(self.checked_in_at));
        self.raw_minutes = served.raw;
        self.minutes = served.credited;
        self.flag(&served.flags);
        self.flag(flags);
        self.version += 1;
        if self.flags.is_empty() && self.class == HoursClass::Measured {
            self.state = RecordState::Verified;
            (self, CheckOut::Verified)
        } else {
            (self, CheckOut::Provisional)
        }
    }

    /// Whether `by`, who is `volunteer` if a volunteer, may decide on these hours.
    fn ensure_other(
        &self,
        by: Option<AccountId>,
        volunteer: Option<VolunteerId>,
    ) -> Result<(), AttendanceRefusal> {
        let entered_it = self.class == HoursClass::MadeUp && by.is_some() && self.entered_by == by;
        if volunteer == Some(self.volunteer_id) || entered_it {
            return Err(AttendanceRefusal::OwnHours);
        }
        Ok(())
    }

    /// A person decides. Nobody decides on their own hours.
    ///
    /// # Errors
    /// [`AttendanceRefusal::OwnHours`], [`AttendanceRefusal::Disputed`], [`AttendanceRefusal::StillThere`],
    /// [`AttendanceRefusal::IllegalMove`].
    pub fn decide(
        mut self,
        verdict: Verdict,
        by: Option<AccountId>,
        volunteer: Option<VolunteerId>,
    ) -> Result<Self, AttendanceRefusal> {
        self.ensure_other(by, volunteer)?;
        if self.disputed_at.is_some() {
            return Err(AttendanceRefusal::Disputed);
        }
        let (to, reason) = match verdict {
            Verdict::Verify { reason } => (RecordState::Verified, reason),
            Verdict::Reject { reason } => (RecordState::Rejected, Some(reason)),
            Verdict::Void { reason } => (RecordState::Voided, Some(reason)),
        };
        match (self.state, to) {
            (RecordState::Provisional, RecordState::Verified) if self.checked_out_at.is_none() => {
                return Err(AttendanceRefusal::StillThere);
            }
            (RecordState::Provisional, RecordState::Verified | RecordState::Rejected)
            | (RecordState::Verified, RecordState::Voided) => {}
            (from, to) => return Err(AttendanceRefusal::IllegalMove { from, to }),
        }
        self.state = to;
        self.reason = reason;
        self.decided_by = by;
        self.version += 1;
        Ok(self)
    }

    /// The volunteer disputes the record; it is frozen until somebody answers.
    ///
    /// # Errors
    /// [`AttendanceRefusal::Disputed`], [`AttendanceRefusal::DisputeTooLate`].
    pub fn disputed(mut self, why: String, now: DateTime<Utc>) -> Result<Self, AttendanceRefusal> {
        if self.disputed_at.is_some() {
            return Err(AttendanceRefusal::Disputed);
        }
        if now > self.checked_in_at + DISPUTE_WITHIN {
            return Err(AttendanceRefusal::DisputeTooLate);
        }
        self.disputed_at = Some(now);
        self.dispute = Some(why);
        self.dispute_answer = None;
        self.version += 1;
        Ok(self)
    }

    /// Another person answers the dispute; after that the record can be decided on again.
    ///
    /// # Errors
    /// [`AttendanceRefusal::OwnHours`], [`AttendanceRefusal::NotDisputed`].
    pub fn answered(
        mut self,
        answer: String,
        by: Option<AccountId>,
        volunteer: Option<VolunteerId>,
    ) -> Result<Self, AttendanceRefusal> {
        if self.disputed_at.is_none() {
            return Err(AttendanceRefusal::NotDisputed);
        }
        if volunteer == Some(self.volunteer_id) || (by.is_some() && self.decided_by == by) {
            return Err(AttendanceRefusal::OwnHours);
        }
        self.disputed_at = None;
        self.dispute_answer = Some(answer);
        self.version += 1;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

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
        let (flagged, outcome) =
            record(RecordState::Provisional).check_out(ends, &served(120), &far);
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
        );
        assert_eq!(own, Err(AttendanceRefusal::OwnHours));
        let entered = ServiceRecord {
            class: HoursClass::MadeUp,
            entered_by: STAFF,
            checked_out_at: Some(now()),
            ..record(RecordState::Provisional)
        };
        assert_eq!(entered.clone().decide(verify(), STAFF, None), Err(AttendanceRefusal::OwnHours));
        let other = Some(AccountId(Uuid::from_u128(8)));
        assert!(entered.decide(verify(), other, None).is_ok());
    }

    #[test]
    fn a_record_moves_as_the_rules_say_and_no_other_way() {
        for state in RecordState::ALL {
            let record = ServiceRecord { checked_out_at: Some(now()), ..record(*state) };
            let reason = || "原因".to_owned();
            let verified = record.clone().decide(Verdict::Verify { reason: None }, STAFF, None);
            assert_eq!(verified.is_ok(), *state == RecordState::Provisional);
            let rejected = record.clone().decide(Verdict::Reject { reason: reason() }, STAFF, None);
            assert_eq!(rejected.is_ok(), *state == RecordState::Provisional);
            let voided = record.decide(Verdict::Void { reason: reason() }, STAFF, None);
            assert_eq!(voided.is_ok(), *state == RecordState::Verified);
        }
    }

    #[test]
    fn nobody_is_verified_who_is_still_there() {
        let verified =
            record(RecordState::Provisional).decide(Verdict::Verify { reason: None }, STAFF, None);
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
        assert_eq!(disputed.clone().decide(void, STAFF, None), Err(AttendanceRefusal::Disputed));
        let by_the_same = disputed.clone().answered("否".to_owned(), STAFF, None);
        assert_eq!(by_the_same, Err(AttendanceRefusal::OwnHours));
        let other = Some(AccountId(Uuid::from_u128(8)));
        let answered = disputed.answered("已核实".to_owned(), other, None).unwrap();
        assert!(answered.disputed_at.is_none());
        let late =
            record(RecordState::Verified).disputed("晚了".to_owned(), now() + TimeDelta::days(31));
        assert_eq!(late, Err(AttendanceRefusal::DisputeTooLate));
    }
}
