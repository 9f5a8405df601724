//! Service: the session, the evidence, and the word of whoever was served.

use serde_json::json;
use shijian_domain::{
    activities::{ActivityKind, ActivityMove, ActivityPlan, Period, Requirements, SessionPlan},
    ids::{OrderId, PhotoId, PositionId, SessionId, VolunteerId},
    orders::{Moment, Order, OrderState, Party, Step},
};
use shijian_persistence::{
    Transaction,
    orders::{self, PlacedOrder},
    volunteers,
};

use super::{
    Note, changing, changing_with_session, parties, ratings::ensure_served_by_others, take,
};
use crate::{
    act::Act,
    activities::actions::{
        plans::{self, NewActivity},
        sessions::{self, NewPosition},
        signups::{self, SignUp},
    },
    photos::actions as photos,
    problem::{Answer, Code, Problem},
    vault::keyed_hash,
};

/// The one position of an order's session.
const POSITION: &str = "上门服务";

/// When a team comes, and who.
#[derive(Debug, Clone)]
pub struct Appointment {
    pub when: Period,
    /// Members who go; they get a place each.
    pub volunteer_ids: Vec<VolunteerId>,
    /// Places, if more than are named.
    pub headcount: Option<i64>,
    /// Whether it takes place in somebody's home: two go.
    pub home_visit: bool,
}

/// A team puts the service on the calendar, as a session of its own: check-in, hours and points are as everywhere.
pub fn schedule(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    appointment: &Appointment,
) -> Answer<PlacedOrder> {
    // Held before the order, and each by its id, as whoever signs up or checks in does.
    let mut going = appointment.volunteer_ids.clone();
    going.sort_unstable();
    for volunteer in going {
        volunteers::lock(tx, volunteer)?;
    }
    let mut placed = changing_with_session(tx, act, id)?;
    let team = placed.kept.order.progress.team_id;
    if let Some(team) = team.filter(|_| is_held(&placed.kept.order))
        && parties::speaks_for(tx, act, team)?
    {
        let (session, position) = session_of(tx, act, &placed.kept.order, appointment)?;
        let data = json!({"starts_at": appointment.when.starts_at, "volunteers": appointment.volunteer_ids.len()});
        let note = Note { reason: None, data: Some(data) };
        take(tx, act, &mut placed, Step::Schedule(session), note)?;
        let program = act.by_program();
        for (number, volunteer) in appointment.volunteer_ids.iter().enumerate() {
            let command = SignUp { session_id: session, position_id: position, companion_id: None };
            signups::enlist(tx, &program, *volunteer, &command)
                .map_err(|problem| problem.at(format!("/volunteer_ids/{number}")))?;
        }
        return Ok(placed);
    }
    // The table says why not.
    take(tx, act, &mut placed, Step::Schedule(SessionId(id.0)), Note::default())?;
    Ok(placed)
}

const fn is_held(order: &Order) -> bool {
    matches!(order.progress.state, OrderState::Accepted | OrderState::Scheduled)
}

fn session_of(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    order: &Order,
    appointment: &Appointment,
) -> Answer<(SessionId, PositionId)> {
    let program = act.by_program();
    let new = NewActivity {
        plan: ActivityPlan {
            title: order.need.title.clone(),
            description: None,
            kind: ActivityKind::OnDemand,
            category: Some(order.need.category),
        },
        host_venue_id: order.venue_id,
        project_id: None,
        team_id: order.progress.team_id,
    };
    let activity = plans::create_activity(tx, &program, &new)?;
    plans::move_activity(tx, &program, activity.id, ActivityMove::Publish, None)?;
    let named = i64::try_from(appointment.volunteer_ids.len()).unwrap_or(i64::MAX);
    let least = if appointment.home_visit { 2 } else { 1 };
    let headcount = appointment.headcount.unwrap_or(named).max(named).max(least);
    let plan = SessionPlan {
        when: appointment.when,
        breaks: Vec::new(),
        // The door is for who serves, and only as long as they do.
        place: order.need.place.clone().unwrap_or_else(|| order.number.clone()),
        location: order.need.location,
        signup_opens_at: None,
        signup_closes_at: None,
        check_in_radius: None,
        home_visit: appointment.home_visit,
        high_risk: false,
        insurance_policy: None,
    };
    let requirements = Requirements { team_members_only: true, ..Requirements::default() };
    let place = NewPosition { name: POSITION.to_owned(), headcount, requirements };
    let (session, positions) =
        sessions::create_session(tx, &program, activity.id, &plan, &[place])?;
    let position = positions.first().ok_or_else(|| Problem::not_found("position"))?;
    Ok((session.id, position.id))
}

/// Somebody checked in: the order's service has begun.
pub fn begun(tx: &mut Transaction<'_>, act: &Act<'_>, session: SessionId) -> Answer<()> {
    follow_session(tx, act, session, Step::Begin)
}

/// The session was cancelled, or is over and nobody came: the team has to find another time.
pub fn missed(tx: &mut Transaction<'_>, act: &Act<'_>, session: SessionId) -> Answer<()> {
    follow_session(tx, act, session, Step::Unschedule)
}

fn follow_session(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    session: SessionId,
    step: Step,
) -> Answer<()> {
    let Some(id) = orders::order_of_session(tx, session)? else { return Ok(()) };
    let Some(mut placed) = orders::lock_order(tx, id)? else { return Ok(()) };
    let progress = &placed.kept.order.progress;
    if progress.state == OrderState::Scheduled && progress.session_id == Some(session) {
        take(tx, &act.by_program(), &mut placed, step, Note::default())?;
    }
    Ok(())
}

/// What was done, for whoever looks at the order later. No personal data.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub text: String,
    pub photos: Vec<(PhotoId, Moment)>,
}

/// The team has served.
pub fn serve(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    evidence: &Evidence,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    let shown = |(id, moment): &(PhotoId, Moment)| json!({"id": id, "moment": moment});
    let photos: Vec<_> = evidence.photos.iter().map(shown).collect();
    let data = Some(json!({"text": evidence.text, "photos": photos}));
    take(tx, act, &mut placed, Step::Serve, Note { reason: None, data })?;
    let ids: Vec<PhotoId> = evidence.photos.iter().map(|(id, _)| *id).collect();
    photos::attach(tx, act, &ids)?;
    Ok(placed)
}

/// The person served confirms: by themselves, by the grid worker, or by the code that they tell the team.
pub fn confirm(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    code: Option<&str>,
) -> Answer<PlacedOrder> {
    let mut placed = changing(tx, act, id)?;
    let expected = confirmation_code(act, &placed.kept.order);
    let event = take(tx, act, &mut placed, Step::Confirm, Note::default())?;
    match (event.party, placed.kept.order.progress.team_id) {
        (Party::Team, _) if code != Some(expected.as_str()) => {
            return Err(Problem::new(Code::WrongConfirmation).at("/code"));
        }
        (Party::Requester | Party::GridWorker, Some(team)) => {
            ensure_served_by_others(tx, act, &placed, team)?;
        }
        _ => {}
    }
    Ok(placed)
}

/// Six digits that only whoever asked is shown. They follow from the order, so that there is nothing to keep or to lose.
pub fn confirmation_code(act: &Act<'_>, order: &Order) -> String {
    let round = order.progress.round.to_be_bytes();
    let parts: [&[u8]; 3] = [b"order confirmation", order.id.0.as_bytes(), &round];
    let [a, b, c, d, ..] = keyed_hash(&act.settings.keys.codes, &parts);
    format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
}

/// Whether the code is good for something now.
pub const fn has_code(order: &Order) -> bool {
    matches!(
        order.progress.state,
        OrderState::Accepted | OrderState::Scheduled | OrderState::InService | OrderState::Served
    ) && !order.progress.confirmed
}
