//! What can be done with signups.

use serde_json::json;
use shijian_domain::{
    activities::{
        Admission, Canceller, Companion, Position, Promotion, Queue, SessionPolicy, SessionState,
        Signup, SignupFacts, SignupPolicy, SignupRefusal, SignupState, TeamTie, check_overlap,
        may_move_up, promotion, sign_up as decide,
    },
    calendar::{age_on, day_of},
    identity::{Permission, Target},
    ids::{PositionId, SessionId, SignupId, VolunteerId},
    volunteers::{OF_AGE, VolunteerStanding},
};
use shijian_persistence::{
    Fault, Transaction,
    activities::{self, Staged},
    teams, venues, volunteers,
};

use super::sessions;
use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    volunteers::{actions::ensure_visible, standing},
};

/// How many of a waitlist are looked at for a free place: those who have something else by then are passed over.
const NEXT: i64 = 10;

/// A wish to serve.
#[derive(Debug, Clone, Copy)]
pub struct SignUp {
    pub session_id: SessionId,
    pub position_id: PositionId,
    /// The adult who comes along with a minor.
    pub companion_id: Option<VolunteerId>,
}

/// The caller signs up; gives the place in the queue to those who wait.
pub fn sign_up(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    command: &SignUp,
) -> Answer<(Signup, Option<i64>)> {
    enlist(tx, act, act.caller.volunteer_id()?, command)
}

/// Somebody gets a place: the caller, or whom their team sends.
pub fn enlist(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    volunteer_id: VolunteerId,
    command: &SignUp,
) -> Answer<(Signup, Option<i64>)> {
    volunteers::lock(tx, volunteer_id)?;
    // Held before it is read with its activity: what moves, cancels or withdraws it came first, or waits.
    activities::hold_session(tx, command.session_id)?;
    let staged = sessions::visible(tx, act, command.session_id)?;
    let volunteer = standing(tx, act, volunteer_id)?;
    let mut position = activities::lock_position(tx, command.position_id)?
        .filter(|position| position.session_id == command.session_id)
        .ok_or_else(|| Problem::not_found("position").at("/position_id"))?;
    let policy = SignupPolicy::default();
    let held = activities::held_since(tx, volunteer_id, policy.looks_back_to(act.now))?;
    let starts_at = staged.session.plan.when.starts_at;
    let queue = if position.has_room() {
        promote(tx, act, &mut position, starts_at)?
    } else {
        Queue::Waiting
    };
    let has_missed = held.iter().any(|held| held.state == SignupState::NoShow);
    let facts = SignupFacts {
        activity: staged.activity.state,
        session: &staged.session,
        position: &position,
        volunteer: &volunteer,
        induction: venues::center_rules(tx, staged.session.center_id)?.induction,
        team: team_tie(tx, &staged, &position, volunteer_id)?,
        companion: companion(tx, act, &staged, &volunteer, command.companion_id)?,
        queue,
        held: &held,
        relieved_at: if has_missed { activities::relieved_at(tx, volunteer_id)? } else { None },
    };
    let admission = decide(&facts, &policy, act.now, act.zone)?;
    let signup = Signup {
        id: act.id(),
        session_id: command.session_id,
        position_id: position.id,
        volunteer_id,
        state: admission.state(),
        offered_until: None,
        must_confirm: false,
        when: staged.session.plan.when,
        created_at: act.now,
        version: 1,
    };
    activities::insert_signup(tx, &signup).map_err(taken)?;
    let place = match admission {
        Admission::Confirmed => {
            position.confirmed += 1;
            None
        }
        Admission::Waitlisted => {
            position.waitlisted += 1;
            Some(position.waitlisted)
        }
    };
    activities::update_counters(tx, &position)?;
    publish(tx, act, &signup)?;
    Ok((signup, place))
}

/// On SQLite and PostgreSQL alike, an open signup that came first stands.
fn taken(fault: Fault) -> Problem {
    if fault.is_duplicate() { SignupRefusal::AlreadySignedUp.into() } else { fault.into() }
}

fn team_tie(
    tx: &mut Transaction<'_>,
    staged: &Staged,
    position: &Position,
    volunteer: VolunteerId,
) -> Answer<TeamTie> {
    Ok(match staged.session.team_id {
        Some(team)
            if position.requirements.team_members_only
                && teams::is_active_member(tx, team, volunteer)? =>
        {
            TeamTie::Member
        }
        _ => TeamTie::Stranger,
    })
}

/// Whether the companion of a minor is an adult with a place in the same session.
fn companion(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    staged: &Staged,
    volunteer: &VolunteerStanding,
    companion_id: Option<VolunteerId>,
) -> Answer<Companion> {
    let Some(id) = companion_id.filter(|id| *id != volunteer.id) else {
        return Ok(Companion::Nobody);
    };
    let day = day_of(staged.session.plan.when.starts_at, act.zone);
    let other = standing(tx, act, id).map_err(|problem| problem.at("/companion_id"))?;
    let is_adult = other.birth_date.is_some_and(|birth| age_on(birth, day) >= OF_AGE);
    let comes = activities::signup_of(tx, staged.session.id, id)?
        .is_some_and(|(signup, _)| signup.state == SignupState::Confirmed);
    Ok(if is_adult && comes { Companion::Adult } else { Companion::Nobody })
}

/// The signup, if it is the caller's own or of a session that they run.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<Signup> {
    let signup = activities::signup(tx, id)?.ok_or_else(|| Problem::not_found("signup"))?;
    if act.caller.volunteer_if_any() != Some(signup.volunteer_id) {
        let staged = sessions::existing(tx, signup.session_id)?;
        let target = sessions::target(&staged);
        act.caller.authorise_read(Permission::SignupManage, target, "signup")?;
    }
    Ok(signup)
}

/// A signup with what decides about it.
struct Scene {
    signup: Signup,
    position: Position,
    staged: Staged,
    by: Canceller,
}

/// The signup, if the caller is its volunteer or runs the session.
fn scene(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<Scene> {
    let mut scene = held(tx, id)?;
    if act.caller.volunteer_if_any() == Some(scene.signup.volunteer_id) {
        scene.by = Canceller::Volunteer;
    } else {
        let target = sessions::target(&scene.staged);
        act.caller.authorise_read(Permission::SignupManage, target, "signup")?;
    }
    Ok(scene)
}

/// The signup, its session and its position held before it as everywhere.
fn held(tx: &mut Transaction<'_>, id: SignupId) -> Answer<Scene> {
    let missing = || Problem::not_found("signup");
    let signup = activities::signup(tx, id)?.ok_or_else(missing)?;
    activities::hold_session(tx, signup.session_id)?;
    let staged = sessions::existing(tx, signup.session_id)?;
    let position = activities::lock_position(tx, signup.position_id)?.ok_or_else(missing)?;
    let signup = activities::lock_signup(tx, id)?.ok_or_else(missing)?;
    Ok(Scene { signup, position, staged, by: Canceller::Staff })
}

/// Leaves a session or its queue; the place that becomes free goes to the waitlist.
pub fn cancel_signup(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<Signup> {
    let Scene { signup: before, mut position, staged, by } = scene(tx, act, id)?;
    act.expect_version(before.version)?;
    let after = before.cancel(by, &SignupPolicy::default(), act.now)?;
    activities::update_signup(tx, &after)?;
    release(tx, act, &mut position, &before, staged.session.plan.when.starts_at)?;
    if by == Canceller::Staff {
        let told = |signup: &Signup| json!({"state": signup.state});
        act.audit(tx, "cancelSignup", subject(&after), Some(told(&before)), Some(told(&after)))?;
    }
    publish(tx, act, &after)?;
    Ok(after)
}

/// Gives up what `before` held of a position, and lets the waitlist move up.
fn release(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    position: &mut Position,
    before: &Signup,
    starts_at: chrono::DateTime<chrono::Utc>,
) -> Answer<()> {
    match before.state {
        SignupState::Confirmed => position.confirmed -= 1,
        SignupState::Offered => position.offered -= 1,
        SignupState::Waitlisted => position.waitlisted -= 1,
        _ => return Ok(()),
    }
    if before.state != SignupState::Waitlisted {
        promote(tx, act, position, starts_at)?;
    }
    Ok(activities::update_counters(tx, position)?)
}

/// Gives free places to the first of the waitlist who are active and have nothing else by then; says whether somebody may be left for the rest.
/// Who moves up is locked after the position, against the order; the deadlock with their own signing up is retried.
fn promote(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    position: &mut Position,
    starts_at: chrono::DateTime<chrono::Utc>,
) -> Answer<Queue> {
    let policy = SignupPolicy::default();
    let way = promotion(starts_at, &policy, act.now);
    if way == Promotion::Nobody || position.waitlisted == 0 {
        return Ok(Queue::Served);
    }
    let is_all_seen = position.waitlisted <= NEXT;
    for next in activities::waiting(tx, position.id, NEXT)? {
        if !position.has_room() {
            break;
        }
        volunteers::lock(tx, next.volunteer_id)?;
        let state = standing(tx, act, next.volunteer_id)?.state;
        let held = activities::held_since(tx, next.volunteer_id, act.now)?;
        if !may_move_up(state, &held, &next) {
            continue;
        }
        let mut promoted = Signup { version: next.version + 1, ..next };
        match way {
            Promotion::Confirm => {
                promoted.state = SignupState::Confirmed;
                position.confirmed += 1;
            }
            Promotion::Offer { until } => {
                promoted.state = SignupState::Offered;
                promoted.offered_until = Some(until);
                position.offered += 1;
            }
            Promotion::Nobody => break,
        }
        position.waitlisted -= 1;
        activities::update_signup(tx, &promoted)?;
        publish(tx, act, &promoted)?;
    }
    Ok(if is_all_seen { Queue::Served } else { Queue::Waiting })
}

/// The volunteer takes an offered place, or says again that they come to a session that moved.
pub fn confirm_signup(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<Signup> {
    if let Some(own) = act.caller.volunteer_if_any() {
        volunteers::lock(tx, own)?;
    }
    let Scene { signup: before, mut position, by, .. } = scene(tx, act, id)?;
    if by == Canceller::Staff {
        return Err(Problem::new(Code::Forbidden));
    }
    let held = activities::held_since(tx, before.volunteer_id, act.now)?;
    check_overlap(&held, before.session_id, before.when)?;
    let after = before.confirm(act.now)?;
    if before.state == SignupState::Offered {
        position.offered -= 1;
        position.confirmed += 1;
        activities::update_counters(tx, &position)?;
    }
    activities::update_signup(tx, &after)?;
    publish(tx, act, &after)?;
    Ok(after)
}

/// Staff or the leader forgive an absence.
pub fn excuse_signup(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: SignupId,
    reason: &str,
) -> Answer<Signup> {
    let Scene { signup: before, by, .. } = scene(tx, act, id)?;
    if by == Canceller::Volunteer {
        return Err(Problem::new(Code::Forbidden));
    }
    let after = before.excuse()?;
    activities::update_signup(tx, &after)?;
    let told = json!({"state": after.state, "reason": reason});
    act.audit(
        tx,
        "excuseSignup",
        subject(&after),
        Some(json!({"state": before.state})),
        Some(told),
    )?;
    publish(tx, act, &after)?;
    Ok(after)
}

/// Staff let somebody with no-shows sign up as everyone does.
pub fn lift_restriction(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    volunteer: VolunteerId,
    reason: &str,
) -> Answer<()> {
    let standing = standing(tx, act, volunteer)?;
    ensure_visible(act, volunteer, &standing.home_path)?;
    act.caller.authorise(Permission::VolunteerReview, Target::venue(&standing.home_path))?;
    if act.caller.volunteer_if_any() == Some(volunteer) {
        return Err(Problem::new(Code::OwnReview));
    }
    activities::insert_relief(tx, act.id(), volunteer, reason, act.now)?;
    let subject = Subject::new("volunteer", volunteer.0);
    act.audit(tx, "liftRestriction", subject, None, Some(json!({"reason": reason})))
}

/// An offer that nobody took goes to the next of the waitlist.
pub fn expire_offer(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<()> {
    let Scene { signup: before, mut position, staged, .. } = scene(tx, act, id)?;
    if before.state != SignupState::Offered
        || before.offered_until.is_none_or(|until| act.now < until)
    {
        return Ok(());
    }
    give_up(tx, act, before, &mut position, &staged)
}

/// Whoever is suspended or withdraws gives up the places that they still have, without a penalty.
pub fn end_signups_of(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    volunteer: VolunteerId,
) -> Answer<()> {
    for id in activities::open_signups_of(tx, volunteer, act.now)? {
        let Scene { signup, mut position, staged, .. } = held(tx, id)?;
        if signup.state.is_open() {
            give_up(tx, act, signup, &mut position, &staged)?;
        }
    }
    Ok(())
}

/// Ends a signup without a penalty; the place goes to the waitlist.
fn give_up(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    before: Signup,
    position: &mut Position,
    staged: &Staged,
) -> Answer<()> {
    let after = Signup {
        state: SignupState::Cancelled,
        offered_until: None,
        must_confirm: false,
        version: before.version + 1,
        ..before
    };
    activities::update_signup(tx, &after)?;
    release(tx, act, position, &before, staged.session.plan.when.starts_at)?;
    publish(tx, act, &after)
}

/// The session is over: who had a place and did not come is a no-show, who waited is free.
pub fn settle_absence(tx: &mut Transaction<'_>, act: &Act<'_>, id: SignupId) -> Answer<()> {
    let Scene { signup: before, mut position, staged, .. } = scene(tx, act, id)?;
    // It may have been moved or cancelled since it was found.
    let grace = SessionPolicy::default().check_out_grace;
    if staged.session.state == SessionState::Cancelled || act.now < before.when.ends_at + grace {
        return Ok(());
    }
    let state = match before.state {
        // Asked to confirm again and never answered: not a promise that was broken.
        SignupState::Confirmed if before.must_confirm => SignupState::Excused,
        SignupState::Confirmed => SignupState::NoShow,
        SignupState::Waitlisted | SignupState::Offered => SignupState::Cancelled,
        _ => return Ok(()),
    };
    match before.state {
        SignupState::Waitlisted => position.waitlisted -= 1,
        SignupState::Offered => position.offered -= 1,
        _ => {}
    }
    let after = Signup {
        state,
        offered_until: None,
        must_confirm: false,
        version: before.version + 1,
        ..before
    };
    activities::update_counters(tx, &position)?;
    activities::update_signup(tx, &after)?;
    publish(tx, act, &after)
}

fn subject(signup: &Signup) -> Subject {
    Subject::new("signup", signup.id.0)
}

fn publish(tx: &mut Transaction<'_>, act: &Act<'_>, signup: &Signup) -> Answer<()> {
    let data = json!({"session_id": signup.session_id, "volunteer_id": signup.volunteer_id});
    act.publish(tx, &format!("signup.{}", signup.state), subject(signup), &data)
}
