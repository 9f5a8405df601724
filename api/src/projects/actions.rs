//! What can be done with projects.

use serde_json::json;
use shijian_domain::{
    identity::{Grant, Permission, Scope, Target},
    ids::{ProjectId, TeamId, VenueId},
    projects::{Project, ProjectMove, ProjectPlan, ProjectRefusal, ProjectState},
    teams::TeamState,
    venues::VenuePath,
};
use shijian_persistence::{
    Transaction,
    projects::{self, Reader},
};

use crate::{
    act::{Act, Subject},
    orders::actions::common_needs,
    problem::{Answer, Problem},
    teams::actions::existing as existing_team,
    venues::actions::existing as existing_venue,
};

/// A project to be.
#[derive(Debug, Clone)]
pub struct NewProject {
    pub plan: ProjectPlan,
    pub owner_venue_id: VenueId,
    pub team_id: Option<TeamId>,
}

/// The project, if it is published or the caller reads its owner venue's or its team's.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: ProjectId) -> Answer<Project> {
    let (project, home) =
        projects::project_at_home(tx, id)?.ok_or_else(|| Problem::not_found("project"))?;
    ensure_visible(act, &project, &home)?;
    Ok(project)
}

fn ensure_visible(act: &Act<'_>, project: &Project, home: &VenuePath) -> Answer<()> {
    if project.state.is_public() {
        return Ok(());
    }
    let target = Target::venue(home).or_team(project.team_id);
    act.caller.authorise_read(Permission::ProjectRead, target, "project")
}

/// What the caller's grants let them see beyond what is published.
pub fn reader(act: &Act<'_>) -> Reader {
    let within = act.caller.widest(Permission::ProjectRead);
    let led = |grant: &Grant| match grant.scope {
        Scope::Team(team) if grant.role.allows(Permission::ProjectRead) => Some(team),
        _ => None,
    };
    Reader {
        everywhere: matches!(within, Ok(None)),
        within: within.ok().flatten(),
        teams: act.caller.grants().iter().filter_map(led).collect(),
    }
}

/// Writes a draft.
pub fn create_project(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: &NewProject,
) -> Answer<Project> {
    let owner =
        existing_venue(tx, new.owner_venue_id).map_err(|problem| problem.at("/owner_venue_id"))?;
    let target = Target::venue(&owner.path).or_team(new.team_id);
    act.caller.authorise(Permission::ProjectWrite, target)?;
    if let Some(id) = new.team_id {
        let team = existing_team(tx, id).map_err(|problem| problem.at("/team_id"))?;
        if team.state != TeamState::Active {
            return Err(ProjectRefusal::TeamNotActive.into());
        }
    }
    let project = Project {
        id: act.id(),
        plan: new.plan.clone(),
        owner_venue_id: owner.id,
        team_id: new.team_id,
        state: ProjectState::Draft,
        state_reason: None,
        author_id: act.caller.account_if_any(),
        version: 1,
        created_at: act.now,
    };
    projects::insert_project(tx, &project)?;
    let after = json!({"title": project.plan.title, "state": project.state});
    act.audit(tx, "createProject", subject(&project), None, Some(after))?;
    Ok(project)
}

/// Rewrites a draft, or a project that was sent back.
pub fn replace_project(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ProjectId,
    plan: ProjectPlan,
) -> Answer<Project> {
    let (before, home) = held(tx, act, id)?;
    let target = Target::venue(&home).or_team(before.team_id);
    act.caller.authorise(Permission::ProjectWrite, target)?;
    act.expect_version(before.version)?;
    let after = before.clone().replaced(plan)?;
    projects::update_project(tx, &after)?;
    let told = |project: &Project| json!({"title": project.plan.title});
    act.audit(tx, "replaceProject", subject(&after), Some(told(&before)), Some(told(&after)))?;
    Ok(after)
}

/// Moves a project through its life: its authors submit, publish and pause it, reviewers return and approve it.
pub fn move_project(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: ProjectId,
    asked: ProjectMove,
    reason: Option<String>,
) -> Answer<Project> {
    let (before, home) = held(tx, act, id)?;
    if asked.is_review() {
        act.caller.authorise(Permission::ProjectReview, Target::venue(&home))?;
        before.reviewed_by(act.caller.account_if_any())?;
    } else {
        let target = Target::venue(&home).or_team(before.team_id);
        act.caller.authorise(Permission::ProjectWrite, target)?;
    }
    act.expect_version(before.version)?;
    let after = before.clone().moved(asked, reason)?;
    projects::update_project(tx, &after)?;
    let told = |project: &Project| json!({"state": project.state, "reason": project.state_reason});
    let operation = format!("{asked}Project");
    act.audit(tx, &operation, subject(&after), Some(told(&before)), Some(told(&after)))?;
    let event = format!("project.{}", after.state);
    act.publish(tx, &event, subject(&after), &json!({"version": after.version}))?;
    if asked == ProjectMove::Publish {
        common_needs::answered(tx, act, &after)?;
    }
    Ok(after)
}

/// The project, if the caller may see it, held until the transaction ends; and where its owner lies.
fn held(tx: &mut Transaction<'_>, act: &Act<'_>, id: ProjectId) -> Answer<(Project, VenuePath)> {
    let project = projects::lock_project(tx, id)?.ok_or_else(|| Problem::not_found("project"))?;
    let home = existing_venue(tx, project.owner_venue_id)?.path;
    ensure_visible(act, &project, &home)?;
    Ok((project, home))
}

fn subject(project: &Project) -> Subject {
    Subject::new("project", project.id.0)
}
