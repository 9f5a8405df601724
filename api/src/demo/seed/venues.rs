//! The venues of the demo.

use std::collections::BTreeMap;

use shijian_domain::{
    ids::VenueId,
    venues::{Venue, VenueKind},
};
use shijian_persistence::Transaction;

use super::Year;
use crate::{
    caller::Caller,
    demo::district,
    problem::{Answer, Problem},
    venues::actions::create_venue,
};

/// The venues that were founded.
#[derive(Debug)]
pub struct District {
    by_code: BTreeMap<String, Venue>,
}

impl District {
    /// # Errors
    /// `not_found` if the plan has no venue of that code.
    pub fn venue(&self, code: &str) -> Answer<&Venue> {
        self.by_code.get(code).ok_or_else(|| Problem::not_found("venue"))
    }

    /// # Errors
    /// `not_found` if no venue of the plan has that id.
    pub fn by_id(&self, id: VenueId) -> Answer<&Venue> {
        self.by_code
            .values()
            .find(|venue| venue.id == id)
            .ok_or_else(|| Problem::not_found("venue"))
    }

    pub fn of_kind(&self, kind: VenueKind) -> impl Iterator<Item = &Venue> {
        self.by_code.values().filter(move |venue| venue.kind == kind)
    }
}

/// Founds every venue of the plan, parents first.
pub fn found(tx: &mut Transaction<'_>, year: &mut Year<'_>) -> Answer<District> {
    let plans = district::venues(year.plan.scale, &mut year.dice);
    year.begin("阵地 · venues", plans.len());
    let act = year.act(Caller::program());
    let mut by_code: BTreeMap<String, Venue> = BTreeMap::new();
    for plan in plans {
        let parent: Option<VenueId> =
            plan.parent.as_ref().and_then(|code| by_code.get(code)).map(|parent| parent.id);
        let venue = create_venue(tx, &act, parent, &plan.venue)?;
        by_code.insert(venue.code.clone(), venue);
        year.step();
    }
    Ok(District { by_code })
}
