//! Orders from the service menu: what may be ordered, and who is asked first.

use shijian_domain::{
    ids::{ProjectId, TeamId},
    orders::Order,
    projects::MenuRefusal,
    teams::{TeamCategory, TeamState},
    venues::VenuePath,
};
use shijian_persistence::{
    Transaction,
    orders::PlacedOrder,
    projects::{project, project_at_home},
};

use super::suggestions::not_asked_again;
use crate::{problem::Answer, teams::actions::existing as existing_team};

/// What is ordered stands on the menu of the venue where the need arose.
pub(super) fn ensure_on_menu(
    tx: &mut Transaction<'_>,
    id: ProjectId,
    venue: &VenuePath,
    category: TeamCategory,
) -> Answer<()> {
    let (project, home) = project_at_home(tx, id)?.ok_or(MenuRefusal::NotOnMenu)?;
    Ok(project.ordered_at(&home, venue, category)?)
}

/// The team whose project was ordered.
pub(super) fn projects_team(tx: &mut Transaction<'_>, order: &Order) -> Answer<Option<TeamId>> {
    let Some(id) = order.project_id else { return Ok(None) };
    Ok(project(tx, id)?.and_then(|project| project.team_id))
}

/// The team of the project that was ordered, if it is active and is not to be left alone: it is asked first, and alone.
pub(super) fn team_of_project(
    tx: &mut Transaction<'_>,
    placed: &PlacedOrder,
) -> Answer<Option<TeamId>> {
    let Some(team) = projects_team(tx, &placed.kept.order)? else { return Ok(None) };
    let is_asked = existing_team(tx, team)?.state == TeamState::Active
        && !not_asked_again(tx, placed)?.contains(&team);
    Ok(is_asked.then_some(team))
}
