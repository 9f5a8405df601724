//! What residents of the demo need, and what becomes of it: reported, dispatched, served and rated by the actions that callers use.

use std::{collections::BTreeSet, str::FromStr};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use shijian_domain::{
    activities::Period,
    attendance::Direction,
    calendar::start_of_day,
    ids::{OrderId, SessionId, TeamId, VenueId, VolunteerId},
    orders::{Need, OrderState, Outcome, PersonServed, PriorityGroup, Stars, Step, Urgency},
    teams::TeamCategory,
    venues::VenueKind,
};
use shijian_persistence::{Transaction, identity, orders};

use super::{Accounts, District, Year, people::Helper, teams::Crew};
use crate::{
    attendance::{
        actions::{Proof, Scanning, check_in, check_out},
        codes,
    },
    caller::Caller,
    demo::{
        district::STATION_CODE,
        words::{NEEDS, Trouble},
    },
    orders::actions::{
        Note, dispatch,
        needs::{Solicitation, Solicited, solicit},
        ratings::{self, Opinion},
        service::{self, Appointment, Evidence},
        step, triage,
    },
    problem::{Answer, Code, Problem},
};

/// When the teams come, in minutes of the day, and for how long.
const VISIT_BEGINS: i64 = 14 * 60;
const VISIT_LASTS: i64 = 90;

/// An order on its way.
struct Errand {
    id: OrderId,
    /// Who speaks for whoever is served.
    asker: Asker,
    visit: Option<Visit>,
}

#[derive(Clone, Copy)]
enum Asker {
    /// The grid worker of 中上园.
    Grid,
    Resident(Helper),
}

/// A visit of today.
struct Visit {
    session: SessionId,
    helpers: Vec<Helper>,
}

/// The orders that are on their way through the year.
pub struct Errands<'a> {
    district: &'a District,
    accounts: &'a Accounts,
    crews: &'a [Crew],
    open: Vec<Errand>,
    /// Who goes somewhere today.
    busy: BTreeSet<VolunteerId>,
    a_day: usize,
}

impl<'a> Errands<'a> {
    pub const fn new(
        district: &'a District,
        accounts: &'a Accounts,
        crews: &'a [Crew],
        a_day: usize,
    ) -> Self {
        Self { district, accounts, crews, open: Vec::new(), busy: BTreeSet::new(), a_day }
    }

    /// In the morning needs are heard, orders dispatched, and teams answer.
    pub fn morning(&mut self, tx: &mut Transaction<'_>, year: &mut Year<'_>) -> Answer<()> {
        self.busy.clear();
        for number in 0..self.a_day {
            let errand = self.hear(tx, year, number)?;
            self.open.push(errand);
        }
        for index in 0..self.open.len() {
            self.advance(tx, year, index)?;
        }
        Ok(())
    }

    /// Somebody reports a need: the grid worker of 中上园 every other time, residents anywhere else.
    fn hear(&self, tx: &mut Transaction<'_>, year: &mut Year<'_>, number: usize) -> Answer<Errand> {
        let trouble = *year.dice.pick(&NEEDS).ok_or_else(|| Problem::not_found("need"))?;
        let own = self.district.venue(STATION_CODE)?;
        let resident = match year.dice.pick(self.crews).and_then(|crew| crew.members.last()) {
            Some(helper) if number.is_multiple_of(2) => Some(*helper),
            _ => None,
        };
        let (asker, venue) = match resident {
            Some(helper) => {
                let stations: Vec<VenueId> =
                    self.district.of_kind(VenueKind::Station).map(|station| station.id).collect();
                let venue = year.dice.pick(&stations).copied().unwrap_or(own.id);
                (Asker::Resident(helper), self.district.by_id(venue)?)
            }
            None => (Asker::Grid, own),
        };
        let location = year.dice.near(venue.profile.location, 0.004);
        let place = venue.profile.name.replace("新时代文明实践站", "");
        let surname = year.dice.word(&crate::demo::words::SURNAMES);
        let command = Solicitation {
            venue_id: venue.id,
            need: Need {
                category: TeamCategory::from_str(trouble.category)
                    .unwrap_or(TeamCategory::HelpAndCare),
                title: trouble.title.to_owned(),
                text: None,
                skill: None,
                place: Some(place),
                location,
                wished: None,
                urgency: urgency(trouble),
                priority_groups: if year.dice.chance(60) {
                    vec![PriorityGroup::Elderly]
                } else {
                    Vec::new()
                },
            },
            photos: Vec::new(),
            person: Some(PersonServed {
                name: format!("{surname}阿姨"),
                phone: None,
                address: Some(format!(
                    "{} 号楼 {} 室",
                    year.dice.between(1, 20),
                    year.dice.between(101, 608)
                )),
                location,
                note: None,
            }),
            consent: true,
            client_reference: None,
            external_number: None,
            reported_at: None,
            care_plan_id: None,
            project_id: None,
        };
        let caller = self.caller(tx, year, asker)?;
        let (Solicited::New(placed) | Solicited::Known(placed)) =
            solicit(tx, &year.act(caller), &command)?;
        Ok(Errand { id: placed.kept.order.id, asker, visit: None })
    }

    fn caller(&self, tx: &mut Transaction<'_>, year: &Year<'_>, asker: Asker) -> Answer<Caller> {
        let account = match asker {
            Asker::Grid => self.accounts.named("grid")?.id,
            Asker::Resident(helper) => helper.account_id,
        };
        let account =
            identity::account(tx, account)?.ok_or_else(|| Problem::not_found("account"))?;
        Caller::of_account(tx, account, year.now)
    }

    /// One order goes on as far as people get to it this morning.
    fn advance(
        &mut self,
        tx: &mut Transaction<'_>,
        year: &mut Year<'_>,
        index: usize,
    ) -> Answer<()> {
        let Some(errand) = self.open.get(index) else { return Ok(()) };
        let id = errand.id;
        let program = year.act(Caller::program());
        let state = |tx: &mut Transaction<'_>| -> Answer<OrderState> {
            let placed = orders::order(tx, id)?.ok_or_else(|| Problem::not_found("order"))?;
            Ok(placed.kept.order.progress.state)
        };
        if state(tx)? == OrderState::Solicited && year.dice.chance(90) {
            triage::register(tx, &program, id, &triage::Registration::default())?;
        }
        if matches!(state(tx)?, OrderState::Registered | OrderState::Reopened) {
            self.dispatch(tx, year, id)?;
        }
        if state(tx)? == OrderState::Dispatching {
            self.answer(tx, year, id)?;
        }
        if state(tx)? == OrderState::Accepted {
            self.schedule(tx, year, index)?;
        }
        Ok(())
    }

    /// The station asks the best suggestions, or passes it up where it has nobody.
    fn dispatch(&self, tx: &mut Transaction<'_>, year: &Year<'_>, id: OrderId) -> Answer<()> {
        let program = year.act(Caller::program());
        let asked =
            tx.alone(|tx| dispatch::dispatch(tx, &program, id, &dispatch::Dispatching::default()));
        match asked {
            Err(problem) if problem.code() == Code::NoCandidates => {
                match tx.alone(|tx| dispatch::escalate(tx, &program, id, "本级没有可派的队伍。"))
                {
                    Err(problem) if problem.code() == Code::NoTierAbove => {
                        self.assign(tx, year, id)
                    }
                    passed => passed.map(drop),
                }
            }
            Err(problem) if problem.code() == Code::CenterDecides => self.assign(tx, year, id),
            asked => asked.map(drop),
        }
    }

    /// The center gives it to a team of the right kind, or to the hotline where there is none.
    fn assign(&self, tx: &mut Transaction<'_>, year: &Year<'_>, id: OrderId) -> Answer<()> {
        let placed = orders::order(tx, id)?.ok_or_else(|| Problem::not_found("order"))?;
        let order = placed.kept.order;
        let able = self.crews.iter().find(|crew| {
            crew.service.category == order.need.category.as_str()
                && order.progress.former_team_id != Some(crew.team)
                && !order.progress.returned_by.contains(&crew.team)
        });
        let program = year.act(Caller::program());
        let done = match able {
            Some(crew) => dispatch::assign(tx, &program, id, crew.team, "中心指派。"),
            None => triage::transfer(tx, &program, id, "12345 热线", None, None),
        };
        done.map(drop)
    }

    /// The leaders who are asked answer: most accept, some refuse, some say nothing.
    fn answer(&self, tx: &mut Transaction<'_>, year: &mut Year<'_>, id: OrderId) -> Answer<()> {
        for team in orders::open_offer_teams(tx, id)? {
            let Some(leader) = self.leader(team) else { continue };
            let act = year.act(leader.caller(tx, year)?);
            let luck = year.dice.between(1, 100);
            if luck <= 70 {
                dispatch::accept(tx, &act, id, team)?;
                return Ok(());
            }
            if luck <= 85 {
                dispatch::refuse(tx, &act, id, team, "近日已满。")?;
                return Ok(());
            }
        }
        Ok(())
    }

    fn leader(&self, team: TeamId) -> Option<Helper> {
        self.crew(team).and_then(|crew| crew.members.first().copied())
    }

    fn crew(&self, team: TeamId) -> Option<&Crew> {
        self.crews.iter().find(|crew| crew.team == team)
    }

    /// Two who are free go this afternoon.
    fn schedule(
        &mut self,
        tx: &mut Transaction<'_>,
        year: &mut Year<'_>,
        index: usize,
    ) -> Answer<()> {
        let Some(errand) = self.open.get(index) else { return Ok(()) };
        let placed = orders::order(tx, errand.id)?.ok_or_else(|| Problem::not_found("order"))?;
        let Some(team) = placed.kept.order.progress.team_id else { return Ok(()) };
        let Some(crew) = self.crew(team) else { return Ok(()) };
        let free = crew.members.iter().filter(|helper| !self.busy.contains(&helper.id));
        let helpers: Vec<Helper> = free.take(2).copied().collect();
        let Some(leader) = crew.members.first().filter(|_| helpers.len() == 2) else {
            return Ok(());
        };
        let starts_at = at(year, VISIT_BEGINS);
        let appointment = Appointment {
            when: Period { starts_at, ends_at: starts_at + TimeDelta::minutes(VISIT_LASTS) },
            volunteer_ids: helpers.iter().map(|helper| helper.id).collect(),
            headcount: None,
            home_visit: true,
        };
        let act = year.act(leader.caller(tx, year)?);
        let id = errand.id;
        // Somebody may serve elsewhere at that time: then the team finds another day.
        let Ok(placed) = tx.alone(|tx| service::schedule(tx, &act, id, &appointment)) else {
            return Ok(());
        };
        self.busy.extend(helpers.iter().map(|helper| helper.id));
        if let (Some(errand), Some(session)) =
            (self.open.get_mut(index), placed.kept.order.progress.session_id)
        {
            errand.visit = Some(Visit { session, helpers });
        }
        Ok(())
    }

    /// In the afternoon the teams come, serve and leave; a few find nobody at home.
    pub fn afternoon(
        &mut self,
        tx: &mut Transaction<'_>,
        year: &mut Year<'_>,
        day: NaiveDate,
    ) -> Answer<()> {
        let dawn = start_of_day(day, year.zone());
        year.now = dawn + TimeDelta::minutes(VISIT_BEGINS - 5);
        for index in 0..self.open.len() {
            if year.dice.chance(4) {
                // Nobody comes: the session's end gives the order back to the team.
                if let Some(errand) = self.open.get_mut(index) {
                    errand.visit = None;
                }
            }
            self.visits(tx, year, index, Direction::In)?;
        }
        year.now = dawn + TimeDelta::minutes(VISIT_BEGINS + VISIT_LASTS + 5);
        for index in 0..self.open.len() {
            self.visits(tx, year, index, Direction::Out)?;
            self.finish(tx, year, index)?;
        }
        Ok(())
    }

    /// Everybody of a visit checks in, or out.
    fn visits(
        &self,
        tx: &mut Transaction<'_>,
        year: &Year<'_>,
        index: usize,
        direction: Direction,
    ) -> Answer<()> {
        let Some(visit) = self.open.get(index).and_then(|errand| errand.visit.as_ref()) else {
            return Ok(());
        };
        for helper in &visit.helpers {
            let code = codes::of_session(&year.act(Caller::program()), visit.session).code;
            let scanning = Scanning {
                session_id: visit.session,
                proof: Proof::SessionCode(code),
                location: None,
                device: None,
            };
            let act = year.act(helper.caller(tx, year)?);
            match direction {
                Direction::In => check_in(tx, &act, &scanning)?,
                Direction::Out => check_out(tx, &act, &scanning)?,
            };
        }
        Ok(())
    }

    /// The leader says what was done, and whoever asked confirms it.
    fn finish(&mut self, tx: &mut Transaction<'_>, year: &Year<'_>, index: usize) -> Answer<()> {
        let Some(errand) = self.open.get_mut(index) else { return Ok(()) };
        if errand.visit.take().is_none() {
            return Ok(());
        }
        let (id, asker) = (errand.id, errand.asker);
        let evidence = Evidence { text: "已上门处理。".to_owned(), photos: Vec::new() };
        service::serve(tx, &year.act(Caller::program()), id, &evidence)?;
        let confirming = year.act(self.caller(tx, year, asker)?);
        step(tx, &confirming, id, Step::Confirm, Note::default()).map(drop)
    }

    /// In the evening some rate what was served; what ended is forgotten.
    pub fn evening(&mut self, tx: &mut Transaction<'_>, year: &mut Year<'_>) -> Answer<()> {
        let mut left = Vec::new();
        for errand in std::mem::take(&mut self.open) {
            let placed =
                orders::order(tx, errand.id)?.ok_or_else(|| Problem::not_found("order"))?;
            let state = placed.kept.order.progress.state;
            if state == OrderState::Served && year.dice.chance(45) {
                let caller = self.caller(tx, year, errand.asker)?;
                let opinion = opinion(year)?;
                let act = year.act(caller);
                // Nobody rates what they served.
                let _ = tx.alone(|tx| ratings::rate(tx, &act, errand.id, &opinion));
            }
            if state.is_open() {
                left.push(errand);
            }
        }
        self.open = left;
        Ok(())
    }
}

fn urgency(trouble: Trouble) -> Urgency {
    Urgency::from_str(trouble.urgency).unwrap_or(Urgency::Routine)
}

/// Today at so many minutes after midnight.
fn at(year: &Year<'_>, minutes: i64) -> DateTime<Utc> {
    let day = year.now.with_timezone(&year.zone()).date_naive();
    start_of_day(day, year.zone()) + TimeDelta::minutes(minutes)
}

/// Most are satisfied.
fn opinion(year: &mut Year<'_>) -> Answer<Opinion> {
    let luck = year.dice.between(1, 100);
    let overall = match luck {
        1..=2 => 1,
        3..=4 => 2,
        5..=9 => 3,
        10..=38 => 4,
        _ => 5,
    };
    let stars = |number| Stars::new(number).ok_or_else(|| Problem::not_found("stars"));
    Ok(Opinion {
        attitude: stars(5.min(overall + 1))?,
        quality: stars(overall)?,
        timeliness: stars(5.min(overall + 1))?,
        overall: stars(overall)?,
        outcome: match overall {
            1 | 2 => Outcome::Unsolved,
            3 => Outcome::Partly,
            _ => Outcome::Solved,
        },
        comment: None,
    })
}
