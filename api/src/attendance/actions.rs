//! What can be done with presence and service records.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shijian_domain::{
    activities::{Period, SessionPolicy, SessionState, Signup, SignupState},
    attendance::{
        AttendanceRefusal, CheckOut, Direction, Flag, HoursClass, Means, RecordState, Scan,
        Scanned, Served, ServiceRecord, Surroundings, Verdict, flags_of_scan, may_check_in,
        may_check_out, may_make_up, served,
    },
    calendar::{day_of, is_promotion_day},
    identity::Permission,
    ids::{ServiceRecordId, SessionId, VolunteerId},
    place::Location,
    points::EarnedService,
    units::{Minutes, Points},
};
use shijian_persistence::{
    Transaction,
    activities::{self, Staged},
    attendance::{self, PlacedRecord},
    volunteers,
};

use super::codes;
use crate::{
    act::{Act, Subject},
    activities::actions::sessions,
    points::actions::{credit_service, reverse_service},
    problem::{Answer, Code, Problem},
    volunteers::standing,
};

/// How somebody shows that they are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The caller scanned the session's code.
    SessionCode(String),
    /// Staff or the leader scanned the volunteer's code.
    VolunteerCode(String),
    /// Staff or the leader enter it, and say why.
    ByHand { volunteer_id: VolunteerId, reason: String },
}

/// A scan to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanning {
    pub session_id: SessionId,
    pub proof: Proof,
    pub location: Option<Location>,
    pub device: Option<String>,
}

/// A record, and whether it was as asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub record: ServiceRecord,
    pub repeated: bool,
}

/// Who was scanned and how, once it is clear that the caller may say so.
struct Presence {
    volunteer_id: VolunteerId,
    scan: Scan,
    reason: Option<String>,
}

fn presence(
    act: &Act<'_>,
    staged: &Staged,
    scanning: &Scanning,
    direction: Direction,
) -> Answer<Presence> {
    let scan = |means: Means, entered_by| Scan {
        direction,
        means,
        at: act.now,
        received_at: act.now,
        device: scanning.device.clone(),
        location: scanning.location,
        entered_by,
        upload_key: None,
    };
    let wrong = || AttendanceRefusal::WrongCode;
    match &scanning.proof {
        Proof::SessionCode(code) => {
            let volunteer_id = act.caller.volunteer_id()?;
            if !codes::is_sessions(act, staged.session.id, code, act.now) {
                return Err(wrong().into());
            }
            Ok(Presence { volunteer_id, scan: scan(Means::SessionCode, None), reason: None })
        }
        Proof::VolunteerCode(code) => {
            act.caller.authorise(Permission::AttendanceRun, sessions::target(staged))?;
            let volunteer_id = codes::volunteer_of(act, code, act.now).ok_or_else(wrong)?;
            ensure_other(act, volunteer_id)?;
            let by = act.caller.account_if_any();
            Ok(Presence { volunteer_id, scan: scan(Means::VolunteerCode, by), reason: None })
        }
        Proof::ByHand { volunteer_id, reason } => {
            act.caller.authorise(Permission::AttendanceRun, sessions::target(staged))?;
            ensure_other(act, *volunteer_id)?;
            let by = act.caller.account_if_any();
            Ok(Presence {
                volunteer_id: *volunteer_id,
                scan: scan(Means::ByHand, by),
                reason: Some(reason.clone()),
            })
        }
    }
}

/// Nobody scans or enters themselves as staff.
fn ensure_other(act: &Act<'_>, volunteer: VolunteerId) -> Result<(), AttendanceRefusal> {
    if act.caller.volunteer_if_any() == Some(volunteer) {
        Err(AttendanceRefusal::OwnHours)
    } else {
        Ok(())
    }
}

/// Checks somebody in. Doing it again while they are there changes nothing and says so.
pub fn check_in(tx: &mut Transaction<'_>, act: &Act<'_>, scanning: &Scanning) -> Answer<Outcome> {
    let staged = sessions::visible(tx, act, scanning.session_id)?;
    let presence = presence(act, &staged, scanning, Direction::In)?;
    enter(tx, act, &staged, presence)
}

fn enter(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    presence: Presence,
) -> Answer<Outcome> {
    let Presence { volunteer_id, scan, reason } = presence;
    let session = &staged.session;
    volunteers::lock(tx, volunteer_id)?;
    let stays = attendance::stays(tx, session.id, volunteer_id)?;
    let falls_into = |stay: &&ServiceRecord| stay.checked_out_at.is_none_or(|end| scan.at < end);
    if let Some(stay) = stays.iter().find(falls_into) {
        return Ok(Outcome { record: stay.clone(), repeated: true });
    }
    let signup = place_of(tx, session.id, volunteer_id)?;
    let state = signup.as_ref().map(|(signup, _)| signup.state);
    let count = i64::try_from(stays.len()).unwrap_or(i64::MAX);
    may_check_in(session, state, count, scan.means, SessionPolicy::default(), scan.at)?;
    let (signup, position_name) = signup.ok_or(AttendanceRefusal::NotSignedUp)?;
    let record = ServiceRecord {
        id: act.id(),
        session_id: session.id,
        activity_id: session.activity_id,
        volunteer_id,
        stay: count + 1,
        position_name,
        class: HoursClass::Measured,
        state: RecordState::Provisional,
        checked_in_at: scan.at,
        checked_out_at: None,
        raw_minutes: Minutes::ZERO,
        minutes: Minutes::ZERO,
        points: None,
        flags: scan_flags(tx, staged, volunteer_id, &scan)?,
        reason,
        served_on: day_of(session.plan.when.starts_at, act.zone),
        entered_by: scan.entered_by,
        decided_by: None,
        disputed_at: None,
        dispute: None,
        dispute_answer: None,
        version: 1,
        created_at: act.now,
    };
    attendance::insert_record(tx, &record)?;
    attendance::insert_scan(tx, act.id(), &record, &scan)?;
    came(tx, signup)?;
    if scan.means != Means::Upload {
        audit_scan(tx, act, "checkIn", &scan, &record)?;
    }
    publish(tx, act, "service_record.opened", &record)?;
    Ok(Outcome { record, repeated: false })
}

/// What staff scanned or entered for somebody is kept; uploads are kept as a whole.
fn audit_scan(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    scan: &Scan,
    record: &ServiceRecord,
) -> Answer<()> {
    if scan.entered_by.is_none() {
        return Ok(());
    }
    let after = json!({"means": scan.means, "state": record.state, "reason": record.reason});
    act.audit(tx, operation, subject(record), None, Some(after))
}

/// The volunteer's signup for a session, held until the transaction ends, with the name of its position.
fn place_of(
    tx: &mut Transaction<'_>,
    session: SessionId,
    volunteer: VolunteerId,
) -> Answer<Option<(Signup, String)>> {
    let Some((signup, position_name)) = activities::signup_of(tx, session, volunteer)? else {
        return Ok(None);
    };
    Ok(activities::lock_signup(tx, signup.id)?.map(|signup| (signup, position_name)))
}

/// Who is there has kept the promise of their signup.
fn came(tx: &mut Transaction<'_>, signup: Signup) -> Answer<()> {
    if signup.state == SignupState::Attended {
        return Ok(());
    }
    let version = signup.version + 1;
    let attended = Signup { state: SignupState::Attended, must_confirm: false, version, ..signup };
    Ok(activities::update_signup(tx, &attended)?)
}

/// What is unusual about a scan.
fn scan_flags(
    tx: &mut Transaction<'_>,
    staged: &Staged,
    volunteer_id: VolunteerId,
    scan: &Scan,
) -> Answer<Vec<Flag>> {
    let others_on_device = match &scan.device {
        // A device of staff scans many people: that is what it is for.
        Some(device) if scan.means == Means::SessionCode => {
            let since = Surroundings::device_window(scan.at);
            attendance::others_on_device(tx, device, volunteer_id, since)?
        }
        _ => 0,
    };
    let before = match scan.location {
        Some(_) => attendance::last_scan(tx, volunteer_id, scan.at)?,
        None => None,
    };
    let around = Surroundings {
        session_at: staged.session.plan.location,
        radius: staged.session.plan.radius(),
        before,
        others_on_device,
    };
    let scanned = Scanned {
        means: scan.means,
        at: scan.at,
        received_at: scan.received_at,
        location: scan.location,
    };
    Ok(flags_of_scan(&scanned, &around))
}

/// Checks somebody out. With both scans and no flag the record is verified at once, and its points are credited.
pub fn check_out(tx: &mut Transaction<'_>, act: &Act<'_>, scanning: &Scanning) -> Answer<Outcome> {
    let staged = sessions::visible(tx, act, scanning.session_id)?;
    let presence = presence(act, &staged, scanning, Direction::Out)?;
    leave(tx, act, &staged, presence)
}

fn leave(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    presence: Presence,
) -> Answer<Outcome> {
    let Presence { volunteer_id, scan, reason } = presence;
    volunteers::lock(tx, volunteer_id)?;
    let stays = attendance::stays(tx, staged.session.id, volunteer_id)?;
    let last = stays
        .into_iter()
        .next_back()
        .filter(|stay| stay.checked_in_at <= scan.at)
        .ok_or(AttendanceRefusal::NotCheckedIn)?;
    // The device knew better than the program when the volunteer left.
    let ends_better =
        scan.means == Means::Upload && last.is_ended_by_program() && last.disputed_at.is_none();
    if last.checked_out_at.is_some() && !ends_better {
        return Ok(Outcome { record: last, repeated: true });
    }
    let last = if ends_better { last.reopened() } else { last };
    may_check_out(&staged.session, SessionPolicy::default(), scan.at)?;
    let flags = scan_flags(tx, staged, volunteer_id, &scan)?;
    attendance::insert_scan(tx, act.id(), &last, &scan)?;
    let open = ServiceRecord { reason: reason.or(last.reason.clone()), ..last };
    let record = end_stay(tx, act, staged, open, scan.at, &flags)?;
    if scan.means != Means::Upload {
        audit_scan(tx, act, "checkOut", &scan, &record)?;
    }
    Ok(Outcome { record, repeated: false })
}

/// Ends a stay at `at`, counts its minutes, and credits it where nothing is unusual.
fn end_stay(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    open: ServiceRecord,
    at: DateTime<Utc>,
    flags: &[Flag],
) -> Answer<ServiceRecord> {
    let served = served_in(tx, staged, &open, at)?;
    let (mut record, outcome) = open.check_out(at, &served, flags);
    match outcome {
        CheckOut::Verified => {
            record.points = Some(count(tx, act, staged, &record)?);
            publish(tx, act, "service_record.verified", &record)?;
        }
        CheckOut::Provisional => publish(tx, act, "service_record.provisional", &record)?,
    }
    attendance::update_record(tx, &record)?;
    Ok(record)
}

fn served_in(
    tx: &mut Transaction<'_>,
    staged: &Staged,
    record: &ServiceRecord,
    until: DateTime<Utc>,
) -> Answer<Served> {
    let day = attendance::day_besides(tx, record.volunteer_id, record.served_on, record.id)?;
    let presence =
        Period { starts_at: record.checked_in_at, ends_at: until.max(record.checked_in_at) };
    Ok(served(presence, &staged.session.plan, &day))
}

/// Adds a verified record to the volunteer's hours and credits its points.
fn count(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    record: &ServiceRecord,
) -> Answer<Points> {
    let star_level = standing(tx, act, record.volunteer_id)?.star_level;
    volunteers::add_verified_minutes(tx, record.volunteer_id, record.minutes)?;
    let service = EarnedService {
        record_id: record.id,
        volunteer_id: record.volunteer_id,
        center_id: staged.session.center_id,
        activity_kind: staged.activity.plan.kind,
        category: staged.activity.plan.category,
        position_name: record.position_name.clone(),
        promotion_day: is_promotion_day(record.served_on),
        star_level,
        measured: record.class == HoursClass::Measured,
        served_on: record.served_on,
        minutes: record.minutes,
    };
    credit_service(tx, act, &service)
}

/// Staff or the leader decide on a record; voiding takes its hours and points back.
pub fn decide(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
    verdict: Verdict,
) -> Answer<ServiceRecord> {
    let (before, staged) = managed(tx, act, id)?;
    act.expect_version(before.version)?;
    let by = act.caller.account_if_any();
    let mut after = before.clone().decide(verdict, by, act.caller.volunteer_if_any())?;
    let operation = match after.state {
        RecordState::Verified => {
            after.points = Some(count(tx, act, &staged, &after)?);
            let signup = place_of(tx, after.session_id, after.volunteer_id)?;
            if let Some((signup, _)) = signup {
                came(tx, signup)?;
            }
            "verifyServiceRecord"
        }
        RecordState::Voided => {
            let reason = after.reason.clone().unwrap_or_default();
            let back = Minutes(-after.minutes.0);
            volunteers::add_verified_minutes(tx, after.volunteer_id, back)?;
            reverse_service(tx, act, id, &reason)?;
            "voidServiceRecord"
        }
        RecordState::Rejected | RecordState::Provisional => "rejectServiceRecord",
    };
    attendance::update_record(tx, &after)?;
    let told = |record: &ServiceRecord| json!({"state": record.state, "minutes": record.minutes, "reason": record.reason});
    act.audit(tx, operation, subject(&after), Some(told(&before)), Some(told(&after)))?;
    publish(tx, act, &format!("service_record.{}", after.state), &after)?;
    Ok(after)
}

/// Hours that were not measured, entered afterwards with evidence; another person approves them.
#[derive(Debug, Clone)]
pub struct MakeUp {
    pub session_id: SessionId,
    pub volunteer_id: VolunteerId,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub evidence: String,
}

/// Enters hours afterwards. The volunteer had a place in the session.
pub fn make_up(tx: &mut Transaction<'_>, act: &Act<'_>, command: &MakeUp) -> Answer<ServiceRecord> {
    let staged = sessions::existing(tx, command.session_id)?;
    let is_own = act.caller.volunteer_if_any() == Some(command.volunteer_id);
    if !is_own {
        act.caller.authorise(Permission::AttendanceRun, sessions::target(&staged))?;
    }
    volunteers::lock(tx, command.volunteer_id)?;
    if !attendance::stays(tx, command.session_id, command.volunteer_id)?.is_empty() {
        return Err(AttendanceRefusal::AlreadyRecorded.into());
    }
    let signup = activities::signup_of(tx, command.session_id, command.volunteer_id)?;
    let state = signup.as_ref().map(|(signup, _)| signup.state);
    let presence = Period { starts_at: command.starts_at, ends_at: command.ends_at };
    may_make_up(&staged.session, state, presence, act.now)?;
    let (_, position_name) = signup.ok_or(AttendanceRefusal::NotSignedUp)?;
    let open = ServiceRecord {
        id: act.id(),
        session_id: command.session_id,
        activity_id: staged.session.activity_id,
        volunteer_id: command.volunteer_id,
        stay: 1,
        position_name,
        class: HoursClass::MadeUp,
        state: RecordState::Provisional,
        checked_in_at: command.starts_at,
        checked_out_at: None,
        raw_minutes: Minutes::ZERO,
        minutes: Minutes::ZERO,
        points: None,
        flags: vec![Flag::EnteredByHand],
        reason: Some(command.evidence.clone()),
        served_on: day_of(staged.session.plan.when.starts_at, act.zone),
        entered_by: act.caller.account_if_any(),
        decided_by: None,
        disputed_at: None,
        dispute: None,
        dispute_answer: None,
        version: 1,
        created_at: act.now,
    };
    let served = served_in(tx, &staged, &open, command.ends_at)?;
    let (record, _) = open.check_out(command.ends_at, &served, &[]);
    attendance::insert_record(tx, &record)?;
    let after = json!({"class": record.class, "minutes": record.minutes});
    act.audit(tx, "makeUpServiceRecord", subject(&record), None, Some(after))?;
    publish(tx, act, "service_record.provisional", &record)?;
    Ok(record)
}

/// The volunteer disputes their record.
pub fn dispute(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
    why: &str,
) -> Answer<ServiceRecord> {
    let record = attendance::lock_record(tx, id)?
        .filter(|record| act.caller.volunteer_if_any() == Some(record.volunteer_id))
        .ok_or_else(|| Problem::not_found("service_record"))?;
    act.expect_version(record.version)?;
    let disputed = record.disputed(why.to_owned(), act.now)?;
    attendance::update_record(tx, &disputed)?;
    publish(tx, act, "service_record.disputed", &disputed)?;
    Ok(disputed)
}

/// Another person answers the dispute.
pub fn answer_dispute(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
    answer: &str,
) -> Answer<ServiceRecord> {
    let (record, _) = managed(tx, act, id)?;
    act.expect_version(record.version)?;
    let by = act.caller.account_if_any();
    let answered = record.answered(answer.to_owned(), by, act.caller.volunteer_if_any())?;
    attendance::update_record(tx, &answered)?;
    let after = json!({"answer": answer});
    act.audit(tx, "answerDispute", subject(&answered), None, Some(after))?;
    publish(tx, act, "service_record.dispute_answered", &answered)?;
    Ok(answered)
}

/// A scan that a device made while it was offline.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// The device's own id for it: uploading it again changes nothing.
    pub key: String,
    pub direction: Direction,
    pub volunteer_code: String,
    pub scanned_at: DateTime<Utc>,
    pub location: Option<Location>,
}

/// Takes what a device of staff or the leader kept, one scan after the other. A scan that is refused stands in no other's way.
pub fn upload(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    session: SessionId,
    device: &str,
    uploads: &[Upload],
) -> Answer<Vec<Answer<Outcome>>> {
    let staged = sessions::visible(tx, act, session)?;
    act.caller.authorise(Permission::AttendanceRun, sessions::target(&staged))?;
    let mut outcomes = Vec::with_capacity(uploads.len());
    for upload in uploads {
        let outcome = take_upload(tx, act, &staged, device, upload);
        match outcome {
            // What breaks the transaction is not one scan's own.
            Err(problem) if is_fault(&problem) => return Err(problem),
            outcome => outcomes.push(outcome),
        }
    }
    if staged.session.state == SessionState::Closed {
        end_open_stays(tx, act, &staged)?;
    }
    let after = json!({"device": device, "scans": uploads.len()});
    act.audit(tx, "uploadAttendance", Subject::new("session", session.0), None, Some(after))?;
    Ok(outcomes)
}

fn is_fault(problem: &Problem) -> bool {
    !problem.status().is_client_error() || problem.code() == Code::AlreadyExists
}

fn take_upload(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    device: &str,
    upload: &Upload,
) -> Answer<Outcome> {
    let upload_key = format!("{device}/{}", upload.key);
    if let Some(id) = attendance::uploaded(tx, &upload_key)? {
        let record =
            attendance::lock_record(tx, id)?.ok_or_else(|| Problem::not_found("service_record"))?;
        return Ok(Outcome { record, repeated: true });
    }
    // A device's clock may be a little ahead of ours.
    if upload.scanned_at > act.now + TimeDelta::minutes(2) {
        return Err(AttendanceRefusal::FromTheFuture.into());
    }
    let volunteer_id = codes::volunteer_of(act, &upload.volunteer_code, upload.scanned_at)
        .ok_or(AttendanceRefusal::WrongCode)?;
    ensure_other(act, volunteer_id)?;
    let scan = Scan {
        direction: upload.direction,
        means: Means::Upload,
        at: upload.scanned_at,
        received_at: act.now,
        device: Some(device.to_owned()),
        location: upload.location,
        entered_by: act.caller.account_if_any(),
        upload_key: Some(upload_key),
    };
    let presence = Presence { volunteer_id, scan, reason: None };
    match upload.direction {
        Direction::In => enter(tx, act, staged, presence),
        Direction::Out => leave(tx, act, staged, presence),
    }
}

/// Ends what nobody ended in a session that is over.
pub fn end_open_stays(tx: &mut Transaction<'_>, act: &Act<'_>, staged: &Staged) -> Answer<()> {
    for stay in attendance::open_stays(tx, staged.session.id)? {
        end_open_stay(tx, act, staged, stay)?;
    }
    Ok(())
}

/// The session is over: who did not check out is taken to have left at the planned end, provisionally.
fn end_open_stay(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    (id, volunteer): (ServiceRecordId, VolunteerId),
) -> Answer<()> {
    volunteers::lock(tx, volunteer)?;
    let Some(open) = attendance::lock_record(tx, id)? else { return Ok(()) };
    if open.checked_out_at.is_some() {
        return Ok(());
    }
    let end = staged.session.plan.when.ends_at;
    let scan = Scan {
        direction: Direction::Out,
        means: Means::Program,
        at: end.max(open.checked_in_at),
        received_at: act.now,
        device: None,
        location: None,
        entered_by: None,
        upload_key: None,
    };
    attendance::insert_scan(tx, act.id(), &open, &scan)?;
    end_stay(tx, act, staged, open, scan.at, &[Flag::NoCheckOut]).map(drop)
}

/// Nobody confirmed the end of a stay within a week: it counts for nothing.
pub fn drop_unconfirmed(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
) -> Answer<()> {
    let Some(record) = attendance::lock_record(tx, id)? else { return Ok(()) };
    if !record.is_ended_by_program() || record.disputed_at.is_some() {
        return Ok(());
    }
    let rejected = record.dropped("七天内未确认签退。".to_owned());
    attendance::update_record(tx, &rejected)?;
    publish(tx, act, "service_record.rejected", &rejected)
}

/// The record, if it is the caller's own or served where the caller's grants reach.
pub fn visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
) -> Answer<PlacedRecord> {
    let placed =
        attendance::placed_record(tx, id)?.ok_or_else(|| Problem::not_found("service_record"))?;
    if act.caller.volunteer_if_any() != Some(placed.record.volunteer_id) {
        let target =
            shijian_domain::identity::Target::venue(&placed.host_path).or_team(placed.team_id);
        act.caller.authorise_read(Permission::ServiceRecordRead, target, "service_record")?;
    }
    Ok(placed)
}

/// A record that the caller may decide on, held until the transaction ends.
fn managed(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
) -> Answer<(ServiceRecord, Staged)> {
    let missing = || Problem::not_found("service_record");
    let placed = attendance::placed_record(tx, id)?.ok_or_else(missing)?;
    let staged = sessions::existing(tx, placed.record.session_id)?;
    let is_own = act.caller.volunteer_if_any() == Some(placed.record.volunteer_id);
    if is_own && !act.caller.holds(Permission::ServiceRecordReview) {
        return Err(Problem::new(Code::Forbidden));
    }
    act.caller.authorise(Permission::ServiceRecordReview, sessions::target(&staged))?;
    volunteers::lock(tx, placed.record.volunteer_id)?;
    let record = attendance::lock_record(tx, id)?.ok_or_else(missing)?;
    Ok((record, staged))
}

fn subject(record: &ServiceRecord) -> Subject {
    Subject::new("service_record", record.id.0)
}

fn publish(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    kind: &str,
    record: &ServiceRecord,
) -> Answer<()> {
    let data = json!({"volunteer_id": record.volunteer_id, "minutes": record.minutes});
    act.publish(tx, kind, subject(record), &data)
}
