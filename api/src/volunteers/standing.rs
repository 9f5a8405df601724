//! How a volunteer stands, for other slices.

use shijian_domain::{
    ids::VolunteerId,
    venues::VenuePath,
    volunteers::{StarLevel, VolunteerStanding},
};
use shijian_persistence::{Fault, Transaction, volunteers};

use super::actions::BIRTH_DATE;
use crate::{
    act::Act,
    problem::{Answer, Problem},
};

/// How a volunteer stands, in one statement.
pub fn standing(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VolunteerId,
) -> Answer<VolunteerStanding> {
    let row = volunteers::standing(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    let birth_date = act.vault.open(BIRTH_DATE, &row.sealed_birth_date)?;
    Ok(VolunteerStanding {
        id: row.id,
        account_id: row.account_id,
        state: row.state,
        home_venue_id: row.home_venue_id,
        home_path: VenuePath::stored(row.home_path),
        center_id: row.center_id,
        birth_date: Some(volunteers::birth_date(&birth_date)?),
        guardian_consent: row.guardian_consent_at.is_some(),
        verified_minutes: row.verified_minutes,
        star_level: StarLevel::of(row.verified_minutes),
        inducted_at: row.inducted_at.map(|at| at.0),
        skills: serde_json::from_str(&row.skills).map_err(Fault::from)?,
    })
}
