//! What people decide on records: verify, reject, void, make up, dispute.

use chrono::{DateTime, Utc};
use serde_json::json;
use shijian_domain::{
    activities::Period,
    attendance::{
        AttendanceRefusal, Flag, HoursClass, RecordState, ServiceRecord, Verdict, ensure_active,
        may_make_up,
    },
    calendar::day_of,
    identity::{Permission, Target},
    ids::{ServiceRecordId, SessionId, VolunteerId},
    units::Minutes,
};
use shijian_persistence::{
    Transaction,
    activities::{self, Staged},
    attendance::{self, PlacedRecord},
    venues, volunteers,
};

use super::{
    came,
    hours::{count, served_in},
    place_of, publish, subject,
};
use crate::{
    act::Act,
    activities::actions::sessions,
    points::actions::reverse_service,
    problem::{Answer, Code, Problem},
    volunteers::standing,
};

/// The record, if it is the caller's own or served where the caller's grants reach.
pub fn visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ServiceRecordId,
) -> Answer<PlacedRecord> {
    let placed =
        attendance::placed_record(tx, id)?.ok_or_else(|| Problem::not_found("service_record"))?;
    if act.caller.volunteer_if_any() != Some(placed.record.volunteer_id) {
        let target = Target::venue(&placed.host_path).or_team(placed.team_id);
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
    let placed = visible(tx, act, id)?;
    let staged = sessions::existing(tx, placed.record.session_id)?;
    let is_own = act.caller.volunteer_if_any() == Some(placed.record.volunteer_id);
    if is_own && !act.caller.holds(Permission::ServiceRecordReview) {
        return Err(Problem::new(Code::Forbidden));
    }
    act.caller.authorise(Permission::ServiceRecordReview, sessions::target(&staged))?;
    volunteers::lock(tx, placed.record.volunteer_id)?;
    let record =
        attendance::lock_record(tx, id)?.ok_or_else(|| Problem::not_found("service_record"))?;
    Ok((record, staged))
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
    let scans = attendance::scans_of(tx, id)?;
    let mut after = before.clone().decide(verdict, by, act.caller.volunteer_if_any(), &scans)?;
    let operation = match after.state {
        RecordState::Verified => {
            let rules = venues::center_rules(tx, staged.session.center_id)?;
            after.points = Some(count(tx, act, &staged, &rules, &after)?);
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
    let is_own = act.caller.volunteer_if_any() == Some(command.volunteer_id);
    let mut staged = if is_own {
        // Whoever left the team since keeps the hours that they served in it.
        sessions::existing(tx, command.session_id)?
    } else {
        let staged = sessions::visible(tx, act, command.session_id)?;
        act.caller.authorise(Permission::AttendanceRun, sessions::target(&staged))?;
        staged
    };
    volunteers::lock(tx, command.volunteer_id)?;
    if let Some(held) = activities::hold_session(tx, command.session_id)? {
        staged.session = held;
    }
    if !attendance::stays(tx, command.session_id, command.volunteer_id)?.is_empty() {
        return Err(AttendanceRefusal::AlreadyRecorded.into());
    }
    ensure_active(standing(tx, act, command.volunteer_id)?.state)?;
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
    let rules = venues::center_rules(tx, staged.session.center_id)?;
    let served = served_in(tx, &staged, &rules, &open, command.ends_at)?;
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
