//! How presence becomes hours and points.

use chrono::{DateTime, Utc};
use shijian_domain::{
    activities::Period,
    attendance::{
        CheckOut, Direction, Flag, HoursClass, Means, Scan, Served, ServiceRecord, served,
    },
    ids::{ServiceRecordId, VolunteerId},
    points::EarnedService,
    units::Points,
    venues::CenterRules,
};
use shijian_persistence::{Transaction, activities::Staged, attendance, venues, volunteers};

use super::publish;
use crate::{act::Act, points::actions::credit_service, problem::Answer, volunteers::standing};

/// Ends a stay at `at`, counts its minutes, and credits it where nothing is unusual.
pub(super) fn end_stay(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    open: ServiceRecord,
    at: DateTime<Utc>,
    flags: &[Flag],
) -> Answer<ServiceRecord> {
    let rules = venues::center_rules(tx, staged.session.center_id)?;
    let served = served_in(tx, staged, &rules, &open, at)?;
    let (mut record, outcome) = open.check_out(at, &served, flags);
    match outcome {
        CheckOut::Verified => {
            record.points = Some(count(tx, act, staged, &rules, &record)?);
            publish(tx, act, "service_record.verified", &record)?;
        }
        CheckOut::Provisional => publish(tx, act, "service_record.provisional", &record)?,
    }
    attendance::update_record(tx, &record)?;
    Ok(record)
}

pub(super) fn served_in(
    tx: &mut Transaction<'_>,
    staged: &Staged,
    rules: &CenterRules,
    record: &ServiceRecord,
    until: DateTime<Utc>,
) -> Answer<Served> {
    let day = attendance::day_besides(tx, record)?;
    let presence =
        Period { starts_at: record.checked_in_at, ends_at: until.max(record.checked_in_at) };
    Ok(served(presence, &staged.session.plan, &day, rules.least_share))
}

/// Adds a verified record to the volunteer's hours and credits its points.
pub(super) fn count(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    rules: &CenterRules,
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
        promotion_day: rules.promotion_day.is_on(record.served_on),
        star_level,
        measured: record.class == HoursClass::Measured,
        served_on: record.served_on,
        minutes: record.minutes,
    };
    credit_service(tx, act, &service)
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
