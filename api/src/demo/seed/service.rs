//! A year of service, day by day: sessions, records, points and redemptions by the actions that callers use.

use std::str::FromStr;

use chrono::{Days, NaiveDate, TimeDelta};
use shijian_domain::{
    activities::{
        ActivityKind, ActivityMove, ActivityPlan, Period, Position, Requirements, Session,
        SessionPlan,
    },
    attendance::{RecordState, Verdict},
    calendar::start_of_day,
    place::Location,
    teams::TeamCategory,
};
use shijian_persistence::{Transaction, points};

use super::{
    Accounts, District, Year,
    orders::Errands,
    partners::Bargain,
    people::{Helper, SERVING},
    teams::Crew,
};
use crate::{
    activities::actions::{
        plans::{NewActivity, create_activity, move_activity},
        sessions::{NewPosition, create_session},
        signups::{SignUp, sign_up},
    },
    attendance::{
        actions::{Proof, Scanning, check_in, check_out, decide},
        codes,
    },
    caller::Caller,
    demo::Scale,
    problem::Answer,
    redemption::actions::{Redeem, consume, redeem},
};

/// How busy the demo is.
#[derive(Debug, Clone, Copy)]
struct Pace {
    sessions_a_day: usize,
    people_a_session: usize,
    redemptions_a_day: usize,
    /// Days ahead for which sessions stand on the calendar.
    ahead: u64,
    ahead_a_day: usize,
    orders_a_day: usize,
}

impl Pace {
    const fn of(scale: Scale) -> Self {
        match scale {
            Scale::Small => Self {
                sessions_a_day: 1,
                people_a_session: 6,
                redemptions_a_day: 1,
                ahead: 7,
                ahead_a_day: 1,
                orders_a_day: 2,
            },
            Scale::District | Scale::Full => Self {
                sessions_a_day: 7,
                people_a_session: 8,
                redemptions_a_day: 6,
                ahead: 14,
                ahead_a_day: 10,
                orders_a_day: 4,
            },
        }
    }
}

/// A session with who serves in it.
struct Shift {
    session: Session,
    position: Position,
    helpers: Vec<Helper>,
}

/// Lives through the days until the demo's today, then fills the calendar ahead.
pub fn live(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    accounts: &Accounts,
    crews: &[Crew],
    bargains: &[Bargain],
) -> Answer<()> {
    let pace = Pace::of(year.plan.scale);
    let first = year.first_day;
    let days: Vec<NaiveDate> = first.iter_days().take_while(|day| *day < year.plan.today).collect();
    year.begin("一年的服务 · a year of service", days.len());
    let mut errands = Errands::new(district, accounts, crews, pace.orders_a_day);
    for (number, day) in days.into_iter().enumerate() {
        one_day(tx, year, district, crews, bargains, &mut errands, pace, number, day)?;
        year.step();
    }
    look_ahead(tx, year, district, crews, pace)
}

#[expect(clippy::too_many_arguments, reason = "a day has all of these")]
fn one_day(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    crews: &[Crew],
    bargains: &[Bargain],
    errands: &mut Errands<'_>,
    pace: Pace,
    number: usize,
    day: NaiveDate,
) -> Answer<()> {
    let dawn = start_of_day(day, year.zone());
    year.now = dawn + TimeDelta::hours(8);
    errands.morning(tx, year)?;
    let mut shifts = Vec::new();
    for turn in 0..pace.sessions_a_day {
        // The demo's own crew serves twice a week, the others take turns.
        let crew = if turn == 0 && number.is_multiple_of(3) {
            crews.first()
        } else {
            year.dice.pick(crews)
        };
        let Some(crew) = crew else { continue };
        let starts_at = dawn + TimeDelta::hours(9);
        let length = TimeDelta::minutes(60 + 30 * year.dice.between(0, 4));
        let when = Period { starts_at, ends_at: starts_at + length };
        let (session, position) = schedule(tx, year, district, crew, when, 12)?;
        let helpers = sign_up_some(tx, year, crew, &session, &position, pace.people_a_session)?;
        shifts.push(Shift { session, position, helpers });
    }
    year.now = dawn + TimeDelta::minutes(8 * 60 + 50);
    for shift in &mut shifts {
        arrive(tx, year, shift)?;
    }
    let mut ends: Vec<usize> = (0..shifts.len()).collect();
    ends.sort_by_key(|index| shifts.get(*index).map(|shift| shift.session.plan.when.ends_at));
    for index in ends {
        if let Some(shift) = shifts.get(index) {
            year.now = shift.session.plan.when.ends_at + TimeDelta::minutes(5);
            depart(tx, year, shift)?;
        }
    }
    errands.afternoon(tx, year, day)?;
    year.now = dawn + TimeDelta::hours(17);
    spend(tx, year, crews, bargains, pace.redemptions_a_day)?;
    year.now = dawn + TimeDelta::hours(20);
    errands.evening(tx, year)?;
    year.now = dawn + TimeDelta::hours(23);
    year.run_jobs(tx)
}

/// An activity of the crew with one session and one position.
fn schedule(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    crew: &Crew,
    when: Period,
    headcount: i64,
) -> Answer<(Session, Position)> {
    let act = year.act(Caller::program());
    let host = district.by_id(crew.home)?;
    let place = host.profile.name.replace("新时代文明实践站", "");
    let category = TeamCategory::from_str(crew.service.category).ok();
    let activity = NewActivity {
        plan: ActivityPlan {
            title: format!("{place}{}", crew.service.title),
            description: Some(format!(
                "{}为社区居民提供{}。",
                crew.service.team, crew.service.title
            )),
            kind: ActivityKind::VenueChoice,
            category,
        },
        host_venue_id: crew.home,
        project_id: Some(crew.project),
        team_id: Some(crew.team),
    };
    let activity = create_activity(tx, &act, &activity)?;
    move_activity(tx, &act, activity.id, ActivityMove::Publish, None)?;
    let plan = SessionPlan {
        when,
        breaks: vec![],
        place: format!("{place}活动室"),
        location: host.profile.location,
        signup_opens_at: None,
        signup_closes_at: None,
        check_in_radius: None,
        home_visit: false,
        high_risk: false,
        insurance_policy: None,
    };
    let place = NewPosition {
        name: crew.service.position.to_owned(),
        headcount,
        requirements: Requirements::default(),
    };
    let (session, positions) = create_session(tx, &act, activity.id, &plan, &[place])?;
    let position = positions
        .into_iter()
        .next()
        .ok_or_else(|| crate::problem::Problem::not_found("position"))?;
    Ok((session, position))
}

fn sign_up_some(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    crew: &Crew,
    session: &Session,
    position: &Position,
    count: usize,
) -> Answer<Vec<Helper>> {
    let mut signed_up = Vec::new();
    let offset = year.dice.below(crew.members.len());
    // The demo's own volunteers come to every session of their crew.
    let own = crew.members.iter().take(if crew.members.len() > SERVING.len() {
        SERVING.len()
    } else {
        0
    });
    let others = crew.members.iter().cycle().skip(offset).take(crew.members.len());
    for helper in own.chain(others) {
        if signed_up.len() >= count {
            break;
        }
        let act = year.act(helper.caller(tx, year)?);
        let wish = SignUp { session_id: session.id, position_id: position.id, companion_id: None };
        // Somebody may serve elsewhere at that time: the rules say so, and the next is asked.
        if sign_up(tx, &act, &wish).is_ok() {
            signed_up.push(*helper);
        }
    }
    Ok(signed_up)
}

/// Most come; a few stay away, and a few scan from too far.
fn arrive(tx: &mut Transaction<'_>, year: &mut Year<'_>, shift: &mut Shift) -> Answer<()> {
    let mut present = Vec::new();
    for helper in shift.helpers.clone() {
        if year.dice.chance(3) {
            continue;
        }
        let scanning = scanning(year, &shift.session);
        let act = year.act(helper.caller(tx, year)?);
        check_in(tx, &act, &scanning)?;
        present.push(helper);
    }
    shift.helpers = present;
    Ok(())
}

fn scanning(year: &mut Year<'_>, session: &Session) -> Scanning {
    let here = session.plan.location;
    let reach = if year.dice.chance(3) { 0.02 } else { 0.001 };
    let location: Location = year.dice.near(here, reach);
    let code = codes::of_session(&year.act(Caller::program()), session.id).code;
    Scanning {
        session_id: session.id,
        proof: Proof::SessionCode(code),
        location: Some(location),
        device: None,
    }
}

/// Everybody checks out; staff look at most of what was flagged.
fn depart(tx: &mut Transaction<'_>, year: &mut Year<'_>, shift: &Shift) -> Answer<()> {
    for helper in &shift.helpers {
        let scanning = scanning(year, &shift.session);
        let act = year.act(helper.caller(tx, year)?);
        let outcome = check_out(tx, &act, &scanning)?;
        if outcome.record.state == RecordState::Provisional && year.dice.chance(70) {
            let reason = Some(format!("{}现场核实。", shift.position.name));
            let verdict = Verdict::Verify { reason };
            decide(tx, &year.act(Caller::program()), outcome.record.id, verdict)?;
        }
    }
    Ok(())
}

/// Some redeem what they can pay for, and most of them fetch it.
fn spend(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    crews: &[Crew],
    bargains: &[Bargain],
    count: usize,
) -> Answer<()> {
    for _ in 0..count {
        let Some(crew) = year.dice.pick(crews) else { break };
        let Some(helper) = year.dice.pick(&crew.members).copied() else { continue };
        let available = points::wallet(tx, helper.id)?.map_or(0, |wallet| wallet.available.0);
        let affordable: Vec<Bargain> =
            bargains.iter().copied().filter(|bargain| bargain.price <= available / 2).collect();
        let Some(bargain) = year.dice.pick(&affordable) else { continue };
        let act = year.act(helper.caller(tx, year)?);
        let shown = redeem(tx, &act, &Redeem { offer_id: bargain.id, quantity: 1 })?;
        if let Some(code) = shown.code.filter(|_| year.dice.chance(85)) {
            consume(tx, &year.act(Caller::program()), &code)?;
        }
    }
    Ok(())
}

/// Sessions that visitors of the demo can sign up for; 中上园 has one every day.
fn look_ahead(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    crews: &[Crew],
    pace: Pace,
) -> Answer<()> {
    year.now = start_of_day(year.plan.today, year.zone());
    for ahead in 1..=pace.ahead {
        let Some(day) = year.plan.today.checked_add_days(Days::new(ahead)) else { break };
        let dawn = start_of_day(day, year.zone());
        for turn in 0..=pace.ahead_a_day {
            let crew = if turn == 0 { crews.first() } else { year.dice.pick(crews) };
            let Some(crew) = crew else { continue };
            let starts_at = dawn + TimeDelta::hours(if turn == 0 { 14 } else { 9 });
            let when = Period { starts_at, ends_at: starts_at + TimeDelta::hours(2) };
            let (session, position) = schedule(tx, year, district, crew, when, 20)?;
            for helper in crew.members.iter().skip(SERVING.len()).take(3) {
                let act = year.act(helper.caller(tx, year)?);
                let wish =
                    SignUp { session_id: session.id, position_id: position.id, companion_id: None };
                // Somebody may serve elsewhere at that time.
                let _ = sign_up(tx, &act, &wish);
            }
        }
    }
    Ok(())
}
