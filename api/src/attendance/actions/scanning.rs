//! Checking in and out.

use serde_json::json;
use shijian_domain::{
    activities::{ActivityKind, SessionPolicy},
    attendance::{
        AttendanceRefusal, Direction, Flag, HoursClass, Means, RecordState, Scan, Scanned,
        ServiceRecord, Surroundings, ensure_active, flags_of_scan, may_check_in, may_check_out,
    },
    calendar::day_of,
    identity::Permission,
    ids::{SessionId, VolunteerId},
    place::Location,
    units::Minutes,
};
use shijian_persistence::{
    Transaction,
    activities::{self, Staged},
    attendance, volunteers,
};

use super::{came, hours::end_stay, place_of, publish, subject};
use crate::{
    act::Act, activities::actions::sessions, attendance::codes, orders::actions::service::begun,
    problem::Answer, volunteers::standing,
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
pub(super) struct Presence {
    pub volunteer_id: VolunteerId,
    pub scan: Scan,
    pub reason: Option<String>,
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
pub(super) fn ensure_other(act: &Act<'_>, volunteer: VolunteerId) -> Result<(), AttendanceRefusal> {
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

pub(super) fn enter(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    presence: Presence,
) -> Answer<Outcome> {
    let Presence { volunteer_id, scan, reason } = presence;
    volunteers::lock(tx, volunteer_id)?;
    let held = activities::hold_session(tx, staged.session.id)?;
    let session = held.as_ref().unwrap_or(&staged.session);
    let stays = attendance::stays(tx, session.id, volunteer_id)?;
    let falls_into = |stay: &&ServiceRecord| stay.checked_out_at.is_none_or(|end| scan.at < end);
    if let Some(stay) = stays.iter().find(falls_into) {
        return Ok(Outcome { record: stay.clone(), repeated: true });
    }
    ensure_active(standing(tx, act, volunteer_id)?.state)?;
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
    if staged.activity.plan.kind == ActivityKind::OnDemand {
        begun(tx, act, session.id)?;
    }
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

pub(super) fn leave(
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
