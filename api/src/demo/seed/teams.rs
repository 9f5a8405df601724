//! The teams and projects of the demo.

use std::str::FromStr;

use shijian_domain::{
    ids::{ProjectId, TeamId, VenueId},
    projects::{Goal, ProjectMove, ProjectPlan},
    teams::{NewTeam, TeamCategory, TeamLevel, TeamProfile},
    venues::{Venue, VenueKind},
};
use shijian_persistence::Transaction;

use super::{
    District, Year,
    people::{Helper, Helpers},
};
use crate::{
    caller::Caller,
    demo::{
        district::STATION_CODE,
        words::{SERVICES, Service},
    },
    problem::Answer,
    projects::actions::{NewProject, create_project, move_project},
    teams::actions::{Review, accept, create_team, join, review},
};

/// A team at work.
#[derive(Debug, Clone)]
pub struct Crew {
    pub team: TeamId,
    pub project: ProjectId,
    pub home: VenueId,
    pub service: Service,
    pub members: Vec<Helper>,
}

/// The crew of 中上园, which the demo's own accounts belong to, comes first.
pub fn form(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    helpers: &Helpers,
) -> Answer<Vec<Crew>> {
    let own = district.venue(STATION_CODE)?;
    let mut homes: Vec<&Venue> = vec![own];
    // Every tenth station has a team, every station of a small district.
    let stations: Vec<&Venue> = district.of_kind(VenueKind::Station).collect();
    let step = if stations.len() > 100 { 10 } else { 1 };
    homes.extend(stations.into_iter().step_by(step).filter(|station| station.id != own.id));
    year.begin("队伍 · teams", homes.len());
    let mut crews = Vec::new();
    for (home, service) in homes.into_iter().zip(SERVICES.iter().cycle()) {
        let mut members = if home.id == own.id { helpers.demo() } else { Vec::new() };
        members.extend(helpers.at(home.id).into_iter().take(20));
        if let Some((leader, rest)) = members.split_first() {
            crews.push(found(tx, year, home, *service, *leader, rest)?);
        }
        year.step();
    }
    Ok(crews)
}

fn found(
    tx: &mut Transaction<'_>,
    year: &Year<'_>,
    home: &Venue,
    service: Service,
    leader: Helper,
    members: &[Helper],
) -> Answer<Crew> {
    let program = year.act(Caller::program());
    let category = TeamCategory::from_str(service.category).unwrap_or(TeamCategory::HelpAndCare);
    let place = home.profile.name.replace("新时代文明实践站", "");
    let new = NewTeam {
        profile: TeamProfile {
            name: format!("{place}{}", service.team),
            categories: vec![category],
            introduction: None,
        },
        level: TeamLevel::Squad,
        parent_id: None,
        home_venue_id: home.id,
        leader_id: Some(leader.id),
    };
    let team = create_team(tx, &program, &new)?;
    review(tx, &program, team.id, &Review::Approve { reason: None })?;
    for member in members {
        let act = year.act(member.caller(tx, year)?);
        join(tx, &act, team.id)?;
        accept(tx, &program, team.id, member.id)?;
    }
    let project = NewProject {
        plan: ProjectPlan {
            title: format!("{place}{}", service.title),
            summary: Some(format!("{}定期为居民服务。", service.team)),
            category,
            goals: vec![Goal { title: "服务居民".to_owned(), target: 300 }],
            orderable: true,
            order_note: Some("请写明所在小区和方便的时间。".to_owned()),
        },
        owner_venue_id: home.id,
        team_id: Some(team.id),
    };
    let project = create_project(tx, &program, &project)?;
    for step in [ProjectMove::Submit, ProjectMove::Approve, ProjectMove::Publish] {
        move_project(tx, &program, project.id, step, None)?;
    }
    let members = std::iter::once(leader).chain(members.iter().copied()).collect();
    Ok(Crew { team: team.id, project: project.id, home: home.id, service, members })
}
