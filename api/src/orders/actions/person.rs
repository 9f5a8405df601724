//! Who is served: sealed, and shown only to whoever serves.

use serde_json::json;
use shijian_domain::{
    activities::SignupState,
    identity::{Permission, Target},
    ids::OrderId,
    orders::PersonServed,
};
use shijian_persistence::{
    Fault, Transaction, activities,
    orders::{PlacedOrder, Sealed},
};

use super::{parties, subject, visible};
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// What the sealed person is, for the vault.
const PERSON: &str = "person_served";

pub(super) fn seal(act: &Act<'_>, served: &PersonServed) -> Answer<Vec<u8>> {
    let text = serde_json::to_string(served).map_err(Fault::from)?;
    act.vault.seal(PERSON, &text, act.chance)
}

pub fn open(act: &Act<'_>, placed: &PlacedOrder) -> Answer<Option<PersonServed>> {
    placed.kept.person.as_ref().map(|sealed| open_sealed(act, sealed)).transpose()
}

pub(super) fn open_sealed(act: &Act<'_>, sealed: &Sealed) -> Answer<PersonServed> {
    let text = act.vault.open(PERSON, &sealed.person)?;
    Ok(serde_json::from_str(&text).map_err(Fault::from)?)
}

/// Shows who is served to whoever serves, from acceptance until a week after the end; to whoever asked for it; and to staff who
/// may reveal personal data. Each look is recorded.
pub fn reveal(tx: &mut Transaction<'_>, act: &Act<'_>, id: OrderId) -> Answer<PersonServed> {
    let placed = match visible(tx, act, id) {
        Ok(placed) => placed,
        Err(problem) => served_by_caller(tx, act, id)?.ok_or(problem)?,
    };
    let may_reveal = act.caller.may(Permission::PersonalDataReveal, Target::venue(&placed.path));
    let is_shown = may_reveal
        || parties::has_reported(act, &placed)
        || parties::is_requester(tx, act, &placed)?
        || (placed.kept.order.progress.shows_person(act.now) && serves(tx, act, &placed)?);
    if !is_shown {
        return Err(Problem::new(Code::PersonHidden));
    }
    let served = open(act, &placed)?.ok_or_else(|| Problem::not_found("person served"))?;
    let after =
        json!({"number": placed.kept.order.number, "state": placed.kept.order.progress.state});
    act.audit(tx, "revealOrderPerson", subject(id), None, Some(after))?;
    Ok(served)
}

/// The order, if the caller has a place in its session.
fn served_by_caller(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
) -> Answer<Option<PlacedOrder>> {
    let Some(placed) = shijian_persistence::orders::order(tx, id)? else { return Ok(None) };
    Ok(has_place(tx, act, &placed)?.then_some(placed))
}

fn serves(tx: &mut Transaction<'_>, act: &Act<'_>, placed: &PlacedOrder) -> Answer<bool> {
    if let Some(team) = placed.kept.order.progress.team_id
        && act.caller.may(Permission::OrderServe, Target::team(team))
    {
        return Ok(true);
    }
    has_place(tx, act, placed)
}

/// Whether the caller has a place in the session that serves the order.
pub(super) fn has_place(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
) -> Answer<bool> {
    let (Some(session), Some(volunteer)) =
        (placed.kept.order.progress.session_id, act.caller.volunteer_if_any())
    else {
        return Ok(false);
    };
    let signup = activities::signup_of(tx, session, volunteer)?;
    Ok(signup.is_some_and(|(signup, _)| {
        matches!(signup.state, SignupState::Confirmed | SignupState::Attended)
    }))
}
