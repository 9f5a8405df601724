//! What can be done with activities.

use serde_json::json;
use shijian_domain::{
    activities::{
        Activity, ActivityKind, ActivityMove, ActivityPlan, ActivityRefusal, ActivityState,
        Publisher, is_reviewed_above, review_of,
    },
    identity::{Grant, Permission, Scope, Target},
    ids::{ActivityId, ProjectId, TeamId, VenueId},
    projects::ProjectState,
    teams::TeamState,
    venues::{Venue, VenuePath},
};
use shijian_persistence::{
    Transaction,
    activities::{self, ActivityReader},
    projects, teams,
};

use super::sessions;
use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
    teams::actions::existing as existing_team,
    venues::actions::existing as existing_venue,
};

/// An activity to be.
#[derive(Debug, Clone)]
pub struct NewActivity {
    pub plan: ActivityPlan,
    pub host_venue_id: VenueId,
    pub project_id: Option<ProjectId>,
    pub team_id: Option<TeamId>,
}

/// The activity and the path of its host, or `not_found`.
pub fn existing(tx: &mut Transaction<'_>, id: ActivityId) -> Answer<(Activity, VenuePath)> {
    activities::activity(tx, id)?.ok_or_else(|| Problem::not_found("activity"))
}

/// Whether the caller may see the activity: everybody a published one, those who work on it every one. What serves a resident's order is
/// nobody's business but the team's: where it takes place says who needs help.
pub fn is_visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    activity: &Activity,
    host: &VenuePath,
) -> Answer<bool> {
    let target = Target::venue(host).or_team(activity.team_id);
    if act.caller.may(Permission::ActivityWrite, target) {
        return Ok(true);
    }
    match (activity.plan.kind, activity.team_id, act.caller.volunteer_if_any()) {
        (ActivityKind::OnDemand, Some(team), Some(volunteer)) => {
            Ok(activity.is_public() && teams::is_active_member(tx, team, volunteer)?)
        }
        (ActivityKind::OnDemand, ..) => Ok(false),
        _ => Ok(activity.is_public()),
    }
}

/// The activity, if the caller may see it.
pub fn visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ActivityId,
) -> Answer<(Activity, VenuePath)> {
    let (activity, host) = existing(tx, id)?;
    ensure_visible(tx, act, &activity, &host)?;
    Ok((activity, host))
}

fn ensure_visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    activity: &Activity,
    host: &VenuePath,
) -> Answer<()> {
    if is_visible(tx, act, activity, host)? { Ok(()) } else { Err(Problem::not_found("activity")) }
}

/// What the caller's grants let them see beyond what is public.
pub fn reader(act: &Act<'_>) -> ActivityReader {
    let grants = || {
        let grants = act.caller.grants().iter();
        grants.filter(|grant| grant.role.allows(Permission::ActivityWrite))
    };
    let venue = |grant: &Grant| match &grant.scope {
        Scope::Venue(_, path) => Some(path.clone()),
        _ => None,
    };
    let team = |grant: &Grant| match grant.scope {
        Scope::Team(team) => Some(team),
        _ => None,
    };
    ActivityReader {
        everywhere: act.caller.may(Permission::ActivityWrite, Target::DEPLOYMENT),
        within: grants().filter_map(venue).collect(),
        teams: grants().filter_map(team).collect(),
    }
}

/// Writes a draft. Who only leads the team plans for its home venue and what is below it.
pub fn create_activity(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: &NewActivity,
) -> Answer<Activity> {
    let host =
        existing_venue(tx, new.host_venue_id).map_err(|problem| problem.at("/host_venue_id"))?;
    let target = Target::venue(&host.path).or_team(new.team_id);
    act.caller.authorise(Permission::ActivityWrite, target)?;
    if let Some(id) = new.team_id {
        let team = existing_team(tx, id).map_err(|problem| problem.at("/team_id"))?;
        if team.state != TeamState::Active {
            return Err(ActivityRefusal::TeamNotActive.into());
        }
        let home = existing_venue(tx, team.home_venue_id)?;
        if !home.path.covers(&host.path) {
            act.caller.authorise(Permission::ActivityWrite, Target::venue(&host.path))?;
        }
    }
    if let Some(id) = new.project_id {
        let project = projects::project(tx, id)?
            .ok_or_else(|| Problem::not_found("project").at("/project_id"))?;
        if project.state != ProjectState::Published {
            return Err(ActivityRefusal::ProjectNotPublished.into());
        }
    }
    let activity = Activity {
        id: act.id(),
        plan: new.plan.clone(),
        host_venue_id: host.id,
        project_id: new.project_id,
        team_id: new.team_id,
        state: ActivityState::Draft,
        state_reason: None,
        author_id: act.caller.account_if_any(),
        version: 1,
        created_at: act.now,
    };
    activities::insert_activity(tx, &activity)?;
    let after = json!({"title": activity.plan.title, "state": activity.state});
    act.audit(tx, "createActivity", subject(&activity), None, Some(after))?;
    Ok(activity)
}

/// Rewrites a draft.
pub fn replace_activity(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ActivityId,
    plan: ActivityPlan,
) -> Answer<Activity> {
    let (before, host) = held(tx, act, id)?;
    let target = Target::venue(&host.path).or_team(before.team_id);
    act.caller.authorise(Permission::ActivityWrite, target)?;
    act.expect_version(before.version)?;
    let after = before.clone().replaced(plan)?;
    activities::update_activity(tx, &after)?;
    let told = |activity: &Activity| json!({"title": activity.plan.title});
    act.audit(tx, "replaceActivity", subject(&after), Some(told(&before)), Some(told(&after)))?;
    Ok(after)
}

/// Moves an activity through its life. Publishing leads to review where [`review_of`] asks for it.
pub fn move_activity(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ActivityId,
    asked: ActivityMove,
    reason: Option<String>,
) -> Answer<Activity> {
    let (before, host) = held(tx, act, id)?;
    let target = Target::venue(&host.path);
    let reviewed_at =
        if is_reviewed_above(host.kind) { host.path.above() } else { host.path.clone() };
    let reviewed_at = Target::venue(&reviewed_at);
    if asked.is_review() {
        act.caller.authorise(Permission::ActivityReview, reviewed_at)?;
        before.reviewed_by(act.caller.account_if_any())?;
    } else {
        act.caller.authorise(Permission::ActivityWrite, target.or_team(before.team_id))?;
    }
    act.expect_version(before.version)?;
    let by = if act.caller.may(Permission::ActivityReview, reviewed_at) {
        Publisher::Reviewer
    } else if act.caller.may(Permission::ActivityWrite, target) {
        Publisher::Staff
    } else {
        Publisher::Leader
    };
    let review = review_of(host.kind, host.profile.trusted, by);
    let after = before.clone().moved(asked, review, reason)?;
    match asked {
        ActivityMove::Withdraw => {
            // Whoever signs up holds the session: they came first and are seen, or see a draft.
            activities::lock_scheduled_sessions(tx, id)?;
            if activities::has_signups(tx, id)? {
                return Err(ActivityRefusal::HasSignups.into());
            }
        }
        ActivityMove::Complete if !activities::scheduled_sessions(tx, id)?.is_empty() => {
            return Err(ActivityRefusal::SessionsAhead.into());
        }
        ActivityMove::Cancel => {
            for session in activities::lock_scheduled_sessions(tx, id)? {
                sessions::end_cancelled(tx, act, session)?;
            }
        }
        _ => {}
    }
    activities::update_activity(tx, &after)?;
    let told =
        |activity: &Activity| json!({"state": activity.state, "reason": activity.state_reason});
    let operation = format!("{asked}Activity");
    act.audit(tx, &operation, subject(&after), Some(told(&before)), Some(told(&after)))?;
    let event = format!("activity.{}", after.state);
    act.publish(tx, &event, subject(&after), &json!({"version": after.version}))?;
    Ok(after)
}

/// The activity, if the caller may see it, held until the transaction ends; and its host.
fn held(tx: &mut Transaction<'_>, act: &Act<'_>, id: ActivityId) -> Answer<(Activity, Venue)> {
    let activity =
        activities::lock_activity(tx, id)?.ok_or_else(|| Problem::not_found("activity"))?;
    let host = existing_venue(tx, activity.host_venue_id)?;
    ensure_visible(tx, act, &activity, &host.path)?;
    Ok((activity, host))
}

fn subject(activity: &Activity) -> Subject {
    Subject::new("activity", activity.id.0)
}
