//! What can be done with sessions.

use serde_json::json;
use shijian_domain::{
    activities::{
        ActivityState, Position, Requirements, Session, SessionPlan, SessionPolicy, SessionRefusal,
        SessionState,
    },
    identity::{Permission, Target},
    ids::{ActivityId, SessionId},
};
use shijian_persistence::{
    Transaction,
    activities::{self, Staged},
    attendance,
};

use super::plans;
use crate::{
    act::{Act, Subject},
    orders::actions::service::missed,
    problem::{Answer, Problem},
    venues::actions::existing as existing_venue,
};

/// A position to be.
#[derive(Debug, Clone)]
pub struct NewPosition {
    pub name: String,
    pub headcount: i64,
    pub requirements: Requirements,
}

/// The session with its activity and host, or `not_found`.
pub fn existing(tx: &mut Transaction<'_>, id: SessionId) -> Answer<Staged> {
    activities::staged(tx, id)?.ok_or_else(|| Problem::not_found("session"))
}

/// The session, if its activity is public or the caller works on it.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: SessionId) -> Answer<Staged> {
    let staged = existing(tx, id)?;
    if plans::is_visible(tx, act, &staged.activity, &staged.host_path)? {
        Ok(staged)
    } else {
        Err(Problem::not_found("session"))
    }
}

/// What a caller needs to hold the permission for, to touch a session.
pub fn target(staged: &Staged) -> Target<'_> {
    Target::venue(&staged.host_path).or_team(staged.session.team_id)
}

/// Puts a session of an activity on the calendar.
pub fn create_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    activity_id: ActivityId,
    plan: &SessionPlan,
    places: &[NewPosition],
) -> Answer<(Session, Vec<Position>)> {
    let (activity, host_path) = plans::visible(tx, act, activity_id)?;
    let target = Target::venue(&host_path).or_team(activity.team_id);
    act.caller.authorise(Permission::SessionWrite, target)?;
    if matches!(activity.state, ActivityState::Completed | ActivityState::Cancelled) {
        return Err(SessionRefusal::ActivityOver.into());
    }
    let headcount = places.iter().map(|place| place.headcount).sum();
    plan.check(headcount, SessionPolicy::default(), act.now)?;
    let host = existing_venue(tx, activity.host_venue_id)?;
    let session = Session {
        id: act.id(),
        activity_id,
        host_venue_id: host.id,
        center_id: host.center_id.ok_or(SessionRefusal::NoCenter)?,
        team_id: activity.team_id,
        plan: plan.clone(),
        state: SessionState::Scheduled,
        version: 1,
        created_at: act.now,
    };
    let positions: Vec<Position> = places
        .iter()
        .map(|place| Position {
            id: act.id(),
            session_id: session.id,
            name: place.name.clone(),
            headcount: place.headcount,
            requirements: place.requirements.clone(),
            confirmed: 0,
            offered: 0,
            waitlisted: 0,
        })
        .collect();
    activities::insert_session(tx, &session, &positions)?;
    let after = json!({"starts_at": plan.when.starts_at, "headcount": headcount});
    act.audit(tx, "createSession", subject(&session), None, Some(after))?;
    act.publish(tx, "session.scheduled", subject(&session), &json!({"activity_id": activity_id}))?;
    Ok((session, positions))
}

/// Changes when and where a session takes place. A move by more than 30 minutes asks everyone to confirm again and lets them leave freely; a
/// smaller one asks those who have something else by then.
pub fn replace_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: SessionId,
    plan: &SessionPlan,
) -> Answer<Session> {
    let staged = managed(tx, act, id)?;
    let before = staged.session;
    act.expect_version(before.version)?;
    before.ensure_ahead()?;
    let policy = SessionPolicy::default();
    let headcount = activities::positions_of(tx, &[id])?
        .remove(&id)
        .unwrap_or_default()
        .iter()
        .map(|position| position.headcount)
        .sum();
    plan.check(headcount, policy, act.now)?;
    let after = Session { plan: plan.clone(), version: before.version + 1, ..before.clone() };
    activities::update_session(tx, &after)?;
    if before.plan.when != plan.when {
        activities::move_signups(tx, id, plan.when)?;
    }
    let asked = if before.moves_far(plan, policy) {
        activities::ask_to_confirm(tx, id)?
    } else if before.plan.when != plan.when {
        activities::ask_who_is_elsewhere(tx, id, plan.when)?
    } else {
        0
    };
    let told = |session: &Session| json!({"starts_at": session.plan.when.starts_at, "ends_at": session.plan.when.ends_at, "place": session.plan.place});
    act.audit(tx, "replaceSession", subject(&after), Some(told(&before)), Some(told(&after)))?;
    act.publish(tx, "session.moved", subject(&after), &json!({"must_confirm": asked}))?;
    Ok(after)
}

/// Cancels a session that nobody has come to: every signup ends without a penalty.
pub fn cancel_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: SessionId,
    reason: &str,
) -> Answer<Session> {
    let staged = managed(tx, act, id)?;
    act.expect_version(staged.session.version)?;
    let session = end_cancelled(tx, act, id)?;
    let after = json!({"state": session.state, "reason": reason});
    act.audit(tx, "cancelSession", subject(&session), None, Some(after))?;
    Ok(session)
}

/// Ends a session that will not take place, and its signups.
pub fn end_cancelled(tx: &mut Transaction<'_>, act: &Act<'_>, id: SessionId) -> Answer<Session> {
    let before = activities::lock_session(tx, id)?.ok_or_else(|| Problem::not_found("session"))?;
    // Whoever checks in holds the session: what they recorded is seen here.
    let after = before.cancelled(attendance::is_attended(tx, id)?)?;
    activities::update_session(tx, &after)?;
    let ended = activities::cancel_open_signups(tx, id)?;
    act.publish(tx, "session.cancelled", subject(&after), &json!({"signups": ended}))?;
    missed(tx, act, id)?;
    Ok(after)
}

/// A session that the caller runs, held until the transaction ends.
fn managed(tx: &mut Transaction<'_>, act: &Act<'_>, id: SessionId) -> Answer<Staged> {
    let mut staged = visible(tx, act, id)?;
    act.caller.authorise(Permission::SessionWrite, target(&staged))?;
    staged.session =
        activities::lock_session(tx, id)?.ok_or_else(|| Problem::not_found("session"))?;
    Ok(staged)
}

fn subject(session: &Session) -> Subject {
    Subject::new("session", session.id.0)
}
