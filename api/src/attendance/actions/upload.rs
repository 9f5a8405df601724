//! Scans that a device kept while it was offline.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shijian_domain::{
    activities::SessionState,
    attendance::{AttendanceRefusal, Direction, Means, Scan},
    identity::Permission,
    ids::SessionId,
    place::Location,
};
use shijian_persistence::{Transaction, activities::Staged, attendance};

use super::{
    hours::end_open_stays,
    scanning::{Outcome, Presence, ensure_other, enter, leave},
};
use crate::{
    act::{Act, Subject},
    activities::actions::sessions,
    attendance::codes,
    problem::{Answer, Code, Problem},
};

/// A scan that a device made while it was offline.
#[derive(Debug, Clone, PartialEq)]
pub struct Upload {
    /// The device's own id for it within the session: uploading it again changes nothing.
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
    // A device's own ids may begin anew with each session.
    let upload_key = format!("{}/{device}/{}", staged.session.id, upload.key);
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
