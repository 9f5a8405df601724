//! A service record's life.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Flag, Served};
use crate::{
    activities::{Period, Session, SessionPolicy, SessionState, SignupState},
    ids::{AccountId, ActivityId, ServiceRecordId, SessionId, VolunteerId},
    place::Location,
    units::{Minutes, Points},
    volunteers::VolunteerState,
};

/// Hours are made up within this time after the session at the latest.
const LATEST_MADE_UP: TimeDelta = TimeDelta::days(7);
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
    #[error("the volunteer is not active")]
    VolunteerNotActive,
}

/// Whether somebody with this signup may check in at `at`. An upload may come when the session is closed and whoever did not
/// show up is known.
///
/// # Errors
/// The first rule that stands in the way.
pub fn may_check_in(
    session: &Session,
    signup: Option<SignupState>,
    stays: i64,
    means: Means,
    policy: SessionPolicy,
    at: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    let is_upload = means == Means::Upload;
    let is_held = match session.state {
        SessionState::Scheduled => true,
        SessionState::Closed => is_upload,
        SessionState::Cancelled => false,
    };
    if !is_held {
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
    let has_place = match signup {
        Some(SignupState::Confirmed | SignupState::Attended) => true,
        Some(SignupState::NoShow) => is_upload,
        _ => false,
    };
    if !has_place {
        return Err(AttendanceRefusal::NotSignedUp);
    }
    if stays >= STAYS {
        return Err(AttendanceRefusal::TooManyStays);
    }
    Ok(())
}

/// Only active volunteers serve.
///
/// # Errors
/// [`AttendanceRefusal::VolunteerNotActive`].
pub fn ensure_active(state: VolunteerState) -> Result<(), AttendanceRefusal> {
    if state == VolunteerState::Active {
        Ok(())
    } else {
        Err(AttendanceRefusal::VolunteerNotActive)
    }
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

/// Checks hours that staff enter after a session: within 7 days after it, and within its times.
///
/// # Errors
/// The first rule that stands in the way.
pub fn may_make_up(
    session: &Session,
    signup: Option<SignupState>,
    presence: Period,
    now: DateTime<Utc>,
) -> Result<(), AttendanceRefusal> {
    let when = session.plan.when;
    if session.state == SessionState::Cancelled {
        return Err(AttendanceRefusal::SessionOver);
    }
    if now < when.ends_at || now > when.ends_at + LATEST_MADE_UP {
        return Err(AttendanceRefusal::MadeUpTooLate);
    }
    if presence.starts_at < when.starts_at
        || presence.ends_at > when.ends_at
        || presence.ends_at <= presence.starts_at
    {
        return Err(AttendanceRefusal::MadeUpOutside);
    }
    match signup {
        Some(SignupState::Confirmed | SignupState::Attended | SignupState::NoShow) => Ok(()),
        _ => Err(AttendanceRefusal::NotSignedUp),
    }
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

    /// Whether the program ended the stay at the planned end, and nobody has decided on it.
    pub fn is_ended_by_program(&self) -> bool {
        self.state == RecordState::Provisional && self.flags.contains(&Flag::NoCheckOut)
    }

    /// The stay as it was before the program ended it: a check-out that was uploaded later ends it better.
    #[must_use]
    pub fn reopened(mut self) -> Self {
        self.flags.retain(|flag| *flag != Flag::NoCheckOut);
        self.checked_out_at = None;
        self
    }

    /// Nobody confirmed in time when the volunteer left: the record comes to nothing.
    #[must_use]
    pub fn dropped(mut self, reason: String) -> Self {
        self.state = RecordState::Rejected;
        self.minutes = Minutes(0);
        self.reason = Some(reason);
        self.version += 1;
        self
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

    /// Whether the account entered any of it, other than by scanning a code.
    fn is_entered_by(&self, by: Option<AccountId>, scans: &[Scan]) -> bool {
        let made_it_up = self.class == HoursClass::MadeUp && self.entered_by == by;
        let by_hand = |scan: &Scan| scan.means == Means::ByHand && scan.entered_by == by;
        by.is_some() && (made_it_up || scans.iter().any(by_hand))
    }

    /// A person decides, who is `volunteer` if a volunteer. Nobody decides on their own hours, nor on what they entered: `scans` tell who did.
    ///
    /// # Errors
    /// [`AttendanceRefusal::OwnHours`], [`AttendanceRefusal::Disputed`], [`AttendanceRefusal::StillThere`],
    /// [`AttendanceRefusal::IllegalMove`].
    pub fn decide(
        mut self,
        verdict: Verdict,
        by: Option<AccountId>,
        volunteer: Option<VolunteerId>,
        scans: &[Scan],
    ) -> Result<Self, AttendanceRefusal> {
        if volunteer == Some(self.volunteer_id) || self.is_entered_by(by, scans) {
            return Err(AttendanceRefusal::OwnHours);
        }
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
        // What made-up hours are founded on stays where nobody says more.
        self.reason = reason.or(self.reason);
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
mod tests;
