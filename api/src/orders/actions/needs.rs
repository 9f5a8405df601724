//! Needs as they are heard.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use shijian_domain::{
    identity::{Permission, Phone, Target},
    ids::{CarePlanId, PhotoId, ProjectId, VenueId},
    orders::{
        Actor, Ladder, Need, Order, OrderEvent, OrderSource, Party, PersonServed, Progress, coarse,
    },
    venues::{Venue, VenueState},
};
use shijian_persistence::{
    Transaction,
    integration::hold_key,
    orders::{self, Kept, PlacedOrder, Sealed},
};

use super::{calendar, menu::ensure_on_menu, person, subject, telling, visible};
use crate::{
    act::Act,
    chance::draw,
    photos::actions as photos,
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
};

/// A draft waits so long on a device at most.
const OLDEST_DRAFT: TimeDelta = TimeDelta::days(30);

/// A need as somebody reports it.
#[derive(Debug, Clone)]
pub struct Solicitation {
    pub venue_id: VenueId,
    /// Its place is exact: what is kept in the open is not.
    pub need: Need,
    pub photos: Vec<PhotoId>,
    pub person: Option<PersonServed>,
    /// Whether the person served agreed that the team learns who they are.
    pub consent: bool,
    pub client_reference: Option<String>,
    pub external_number: Option<String>,
    pub reported_at: Option<DateTime<Utc>>,
    pub care_plan_id: Option<CarePlanId>,
    /// The project that is ordered.
    pub project_id: Option<ProjectId>,
}

/// What a report came to.
#[derive(Debug, Clone)]
pub enum Solicited {
    New(PlacedOrder),
    /// The same report came before.
    Known(PlacedOrder),
}

/// Takes a need down. A report with a reference, or a number of the other system, that its reporter used before is the same report.
pub fn solicit(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    command: &Solicitation,
) -> Answer<Solicited> {
    let requester_id = act.caller.account_if_any();
    if let (Some(requester), Some(reference)) = (requester_id, &command.client_reference) {
        // A draft that is sent twice at once is one order too: the second waits for the first.
        hold_key(tx, requester.0, &format!("draft {reference}"))?;
        if let Some(known) = orders::order_by_reference(tx, requester, reference)? {
            return Ok(Solicited::Known(visible(tx, act, known)?));
        }
    }
    if let (Some(requester), Some(number)) = (requester_id, &command.external_number)
        && let Some(known) = orders::order_by_external_number(tx, requester, number)?
    {
        return Ok(Solicited::Known(visible(tx, act, known)?));
    }
    let venue = existing_venue(tx, command.venue_id).map_err(|problem| problem.at("/venue_id"))?;
    let ladder = ladder_over(tx, &venue)?;
    if let Some(project) = command.project_id {
        ensure_on_menu(tx, project, &venue.path, command.need.category)?;
    }
    let target = Target::venue(&venue.path);
    let speaks = act.caller.may(Permission::OrderSolicit, target);
    if command.external_number.is_some() && !speaks {
        return Err(Problem::new(Code::Forbidden).at("/external_number"));
    }
    if command.person.is_some() {
        ensure_consent(command.consent)?;
    }
    let (source, party) = heard(act, command, target, speaks);
    let need = Need { location: coarse(command.need.location), ..command.need.clone() };
    let actor = Actor { party, account_id: requester_id };
    let event = OrderEvent::solicited(actor, &need, &ladder, act.now, &calendar(tx, act)?);
    let order = Order {
        id: act.id(),
        number: number(act),
        need,
        source,
        venue_id: venue.id,
        ladder,
        requester_id,
        external_number: command.external_number.clone(),
        care_plan_id: command.care_plan_id,
        project_id: command.project_id,
        reported_at: reported_at(command.reported_at, act.now)?,
        created_at: act.now,
        progress: Progress::begun(&event),
    };
    let person = match &command.person {
        Some(served) => Some(sealed(act, served)?),
        None => None,
    };
    let kept = Kept {
        order,
        client_reference: command.client_reference.clone(),
        photos: command.photos.clone(),
        person,
        into_order_id: None,
    };
    orders::insert_order(tx, &kept)?;
    photos::attach(tx, act, &kept.photos)?;
    let data = (!kept.photos.is_empty()).then(|| {
        let photos: Vec<_> = kept.photos.iter().map(|id| json!({"id": id})).collect();
        json!({"photos": photos}).to_string()
    });
    orders::append_event(tx, kept.order.id, &event, data)?;
    telling::tell(tx, act, &kept, &kept.order.progress, &event)?;
    if speaks && !act.caller.is_program() {
        let after = json!({"number": kept.order.number, "source": source});
        act.audit(tx, "createOrder", subject(kept.order.id), None, Some(after))?;
    }
    Ok(Solicited::New(PlacedOrder { kept, path: venue.path }))
}

/// The tiers over a venue that takes needs.
pub(super) fn ladder_over(tx: &mut Transaction<'_>, venue: &Venue) -> Answer<Ladder> {
    let ladder = orders::ladder_of(tx, &venue.path)?;
    ladder.filter(|_| venue.state != VenueState::Closed).ok_or_else(|| {
        Problem::new(Code::InvalidBody)
            .say("该阵地不受理需求。", "Needs are not taken at this venue.")
            .at("/venue_id")
    })
}

/// Nobody is told to a team without having agreed to it.
pub(super) fn ensure_consent(consent: bool) -> Answer<()> {
    if consent {
        return Ok(());
    }
    Err(Problem::new(Code::ConsentRequired)
        .say(
            "须由被服务人同意向服务队告知其信息。",
            "The person served must agree that the team learns who they are.",
        )
        .at("/consent"))
}

/// Where the need was heard, and in which part the caller speaks.
fn heard(
    act: &Act<'_>,
    command: &Solicitation,
    target: Target<'_>,
    speaks: bool,
) -> (OrderSource, Party) {
    if command.care_plan_id.is_some() {
        (OrderSource::CarePlan, Party::Program)
    } else if command.external_number.is_some() {
        (OrderSource::PartnerSystem, Party::Requester)
    } else if !speaks {
        (OrderSource::Resident, Party::Requester)
    } else if act.caller.may(Permission::OrderDispatch, target) {
        (OrderSource::Venue, Party::Dispatcher)
    } else {
        (OrderSource::GridWorker, Party::GridWorker)
    }
}

fn reported_at(told: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Answer<DateTime<Utc>> {
    let at = told.unwrap_or(now);
    if at > now + TimeDelta::minutes(5) || at < now - OLDEST_DRAFT {
        return Err(Problem::new(Code::InvalidBody)
            .say(
                "上报时间应在最近 30 天内。",
                "A report is at most 30 days old, and not from the future.",
            )
            .at("/reported_at"));
    }
    Ok(at.min(now))
}

pub(super) fn sealed(act: &Act<'_>, served: &PersonServed) -> Answer<Sealed> {
    let phone = served.phone.clone().and_then(|phone| Phone::try_from(phone).ok());
    Ok(Sealed {
        person: person::seal(act, served)?,
        index: phone.map(|phone| crate::identity::actions::phone_index(act, &phone)),
    })
}

/// The day and eight random digits, as people say it on the telephone: `261124-04831522`.
fn number(act: &Act<'_>) -> String {
    let day = act.now.with_timezone(&act.zone).format("%y%m%d");
    let random = u32::from_be_bytes(draw(act.chance)) % 100_000_000;
    format!("{day}-{random:08}")
}
