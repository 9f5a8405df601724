//! What operators and centers set: the work calendar, and how suggestions are weighed.

use chrono::NaiveDate;
use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::VenueId,
    orders::{DayKind, MatchingWeights, PartKind},
    venues::VenueKind,
};
use shijian_persistence::{Fault, Transaction, orders};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    venues::actions::existing as existing_venue,
};

/// A center's weights, and their version: 0 where it has set none.
#[derive(Debug, Clone, Copy)]
pub struct Weighed {
    pub weights: MatchingWeights,
    pub version: i64,
}

/// The weights of a center, or the defaults.
pub fn weights_of(tx: &mut Transaction<'_>, center: VenueId) -> Answer<Weighed> {
    let Some((text, version)) = orders::matching_weights(tx, center)? else {
        return Ok(Weighed { weights: MatchingWeights::default(), version: 0 });
    };
    let kept: std::collections::BTreeMap<String, i64> =
        serde_json::from_str(&text).map_err(Fault::from)?;
    let weights =
        MatchingWeights::new(|part| kept.get(part.as_str()).copied().unwrap_or_default())?;
    Ok(Weighed { weights, version })
}

pub fn weights(tx: &mut Transaction<'_>, act: &Act<'_>, center: VenueId) -> Answer<Weighed> {
    let venue = existing_venue(tx, center)?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&venue.path), "venue")?;
    ensure_center(venue.kind)?;
    weights_of(tx, center)
}

pub fn replace_weights(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    center: VenueId,
    weights: MatchingWeights,
) -> Answer<Weighed> {
    let venue = existing_venue(tx, center)?;
    act.caller.authorise(Permission::MatchingManage, Target::venue(&venue.path))?;
    ensure_center(venue.kind)?;
    shijian_persistence::venues::lock_venue(tx, center)?;
    let before = weights_of(tx, center)?;
    act.expect_version(before.version)?;
    let after = Weighed { weights, version: before.version + 1 };
    orders::keep_matching_weights(tx, center, &json_of(weights).to_string(), after.version)?;
    let (old, new) = (json_of(before.weights), json_of(weights));
    let subject = Subject::new("venue", center.0);
    act.audit(tx, "replaceMatchingWeights", subject, Some(old), Some(new))?;
    Ok(after)
}

fn json_of(weights: MatchingWeights) -> serde_json::Value {
    let pairs =
        PartKind::ALL.iter().map(|part| (part.as_str().to_owned(), json!(weights.of(*part))));
    serde_json::Value::Object(pairs.collect())
}

fn ensure_center(kind: VenueKind) -> Answer<()> {
    if kind == VenueKind::Center { Ok(()) } else { Err(Problem::new(Code::NotATier)) }
}

/// Says what a day is, or with `None` that what is built in holds again.
pub fn set_work_day(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    day: NaiveDate,
    kind: Option<DayKind>,
) -> Answer<()> {
    act.caller.authorise(Permission::WorkCalendarManage, Target::DEPLOYMENT)?;
    match kind {
        Some(kind) => orders::put_work_day(tx, day, kind)?,
        None => {
            if !orders::forget_work_day(tx, day)? {
                return Err(Problem::not_found("day"));
            }
        }
    }
    orders::look_again(tx, act.now)?;
    let subject = Subject::new("work_day", uuid::Uuid::nil());
    act.audit(tx, "setWorkDay", subject, None, Some(json!({"day": day, "kind": kind})))
}
