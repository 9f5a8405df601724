//! Who may see an order, and in which part somebody acts on it.

use shijian_domain::{
    identity::{Permission, Role, Scope, Target},
    ids::{TeamId, VenueId},
    orders::{Move, OrderSource, OrderState, Party, Step, Tier},
    venues::{VenueKind, VenuePath},
};
use shijian_persistence::{
    Transaction,
    identity::account,
    orders::{self, Area, OrderReader, PlacedOrder},
    teams,
};

use super::path_of;
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
};

/// # Errors
/// [`Code::NotFound`] for whom the order is no business.
pub fn ensure_visible(tx: &mut Transaction<'_>, act: &Act<'_>, placed: &PlacedOrder) -> Answer<()> {
    let target = Target::venue(&placed.path).or_team(placed.kept.order.progress.team_id);
    let is_seen = act.caller.may(Permission::OrderRead, Target::venue(&placed.path))
        || act.caller.may(Permission::OrderServe, target)
        || has_reported(act, placed)
        || is_requester(tx, act, placed)?
        || is_asked(tx, act, placed)?;
    if is_seen { Ok(()) } else { Err(Problem::not_found("order")) }
}

/// Whether the caller reported it, for themselves or somebody else.
pub fn has_reported(act: &Act<'_>, placed: &PlacedOrder) -> bool {
    let caller = act.caller.account_if_any();
    caller.is_some() && placed.kept.order.requester_id == caller
}

/// Whether the caller asked for it as a resident or for one, or it is asked for them: their telephone is that of the person served.
pub fn is_requester(tx: &mut Transaction<'_>, act: &Act<'_>, placed: &PlacedOrder) -> Answer<bool> {
    let Some(caller) = act.caller.account_if_any() else { return Ok(false) };
    let source = placed.kept.order.source;
    if matches!(source, OrderSource::Resident | OrderSource::PartnerSystem)
        && has_reported(act, placed)
    {
        return Ok(true);
    }
    let Some(index) = placed.kept.person.as_ref().and_then(|sealed| sealed.index.as_ref()) else {
        return Ok(false);
    };
    let own = account(tx, caller)?.and_then(|account| account.phone_index);
    Ok(own.as_ref() == Some(index))
}

/// Whether a team that the caller leads is or was asked, or may answer an open call.
fn is_asked(tx: &mut Transaction<'_>, act: &Act<'_>, placed: &PlacedOrder) -> Answer<bool> {
    let led = led_teams(act);
    if led.is_empty() {
        return Ok(false);
    }
    let order = &placed.kept.order;
    if orders::offers_of(tx, order.id)?.iter().any(|offer| led.contains(&offer.team_id)) {
        return Ok(true);
    }
    if order.progress.state == OrderState::Dispatching && order.progress.open_call {
        for team in led {
            if orders::is_reachable(tx, order.holder_id(), order.need.category, team)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The teams that the caller leads.
fn led_teams(act: &Act<'_>) -> Vec<TeamId> {
    act.caller
        .grants()
        .iter()
        .filter(|grant| grant.role == Role::TeamLeader)
        .filter_map(|grant| match grant.scope {
            Scope::Team(team) => Some(team),
            _ => None,
        })
        .collect()
}

/// Whether the caller speaks for a team: its leader, and staff of its home.
pub fn speaks_for(tx: &mut Transaction<'_>, act: &Act<'_>, team: TeamId) -> Answer<bool> {
    if act.caller.may(Permission::OrderServe, Target::team(team)) {
        return Ok(true);
    }
    let Some((_, home)) = teams::team_at_home(tx, team)? else { return Ok(false) };
    Ok(act.caller.may(Permission::OrderServe, Target::venue(&home)))
}

/// The first part of the row that the caller has in the order.
///
/// # Errors
/// [`Code::Forbidden`] without any permission for it, [`Code::OutOfScope`] with one elsewhere.
pub fn part_in(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
    row: &Move,
    step: Step,
) -> Answer<Party> {
    if act.caller.is_program() {
        let is_its_own = row.who.contains(&Party::Program);
        let first = row.who.first().copied().unwrap_or(Party::Program);
        return Ok(if is_its_own { Party::Program } else { first });
    }
    let order = &placed.kept.order;
    for party in row.who {
        let has_it = match party {
            Party::Requester => is_requester(tx, act, placed)?,
            Party::GridWorker => act.caller.may(Permission::OrderRate, Target::venue(&placed.path)),
            Party::Dispatcher => {
                let holder = path_of(tx, placed, order.holder_id())?;
                act.caller.may(Permission::OrderDispatch, Target::venue(&holder))
            }
            Party::Center => {
                let center = path_of(tx, placed, order.ladder.center_id)?;
                act.caller.may(Permission::OrderDispatch, Target::venue(&center))
            }
            Party::Team => match step {
                Step::Accept(team) | Step::Refuse(team) => speaks_for(tx, act, team)?,
                _ => match order.progress.team_id {
                    Some(team) => speaks_for(tx, act, team)?,
                    None => false,
                },
            },
            Party::Program => false,
        };
        if has_it {
            return Ok(*party);
        }
    }
    let permissions = row.who.iter().filter_map(|party| permission_of(*party));
    let is_elsewhere = permissions.into_iter().any(|permission| act.caller.holds(permission));
    Err(Problem::new(if is_elsewhere { Code::OutOfScope } else { Code::Forbidden }))
}

/// For what dispatchers look at before they act.
///
/// # Errors
/// [`Code::OutOfScope`], [`Code::Forbidden`].
pub fn ensure_dispatcher(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    placed: &PlacedOrder,
) -> Answer<()> {
    let holder = path_of(tx, placed, placed.kept.order.holder_id())?;
    act.caller.authorise(Permission::OrderDispatch, Target::venue(&holder))
}

/// What a part needs a grant of.
const fn permission_of(party: Party) -> Option<Permission> {
    match party {
        Party::GridWorker => Some(Permission::OrderRate),
        Party::Dispatcher | Party::Center => Some(Permission::OrderDispatch),
        Party::Team => Some(Permission::OrderServe),
        Party::Requester | Party::Program => None,
    }
}

/// What the caller's grants let them see of the orders that a filter names.
pub fn reader(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    within: Option<&VenuePath>,
) -> Answer<OrderReader> {
    let sees_all =
        within.is_some_and(|path| act.caller.may(Permission::OrderRead, Target::venue(path)));
    if sees_all || act.caller.may(Permission::OrderRead, Target::DEPLOYMENT) {
        return Ok(OrderReader { everywhere: true, ..OrderReader::default() });
    }
    let mut areas = Vec::new();
    for grant in act.caller.grants() {
        if let (true, Scope::Venue(id, _)) =
            (grant.role.allows(Permission::OrderRead), &grant.scope)
        {
            areas.push(area(existing_venue(tx, *id)?.kind, *id));
        }
    }
    Ok(OrderReader { everywhere: false, areas, teams: led_teams(act) })
}

/// The subtrees whose orders the caller's grants let them see; `None` for all.
pub fn readable(act: &Act<'_>) -> Option<Vec<VenuePath>> {
    if act.caller.may(Permission::OrderRead, Target::DEPLOYMENT) {
        return None;
    }
    let reading =
        act.caller.grants().iter().filter(|grant| grant.role.allows(Permission::OrderRead));
    let paths = reading.filter_map(|grant| match &grant.scope {
        Scope::Venue(_, path) => Some(path.clone()),
        _ => None,
    });
    Some(paths.collect())
}

/// The orders of a venue: those under it, if it is of a tier.
pub fn area(kind: VenueKind, id: VenueId) -> Area {
    Tier::of(kind).map_or(Area::Venue(id), |tier| Area::Tier(tier, id))
}
