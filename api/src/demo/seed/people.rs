//! The volunteers of the demo.

use std::collections::BTreeMap;

use shijian_domain::identity::Phone;
use shijian_domain::{
    ids::{AccountId, VenueId, VolunteerId},
    venues::{Venue, VenueKind},
    volunteers::{
        Application, Consent, ConsentPurpose, IdentityNumber, PersonalData, VolunteerState,
    },
};
use shijian_persistence::{
    Transaction, identity,
    volunteers::{KeptVolunteer, insert_volunteers},
};

use super::{Accounts, District, Year};
use crate::{
    caller::Caller,
    demo::{
        Scale,
        district::STATION_CODE,
        people::{Person, person},
    },
    identity::actions::account_of_phone,
    problem::{Answer, Problem},
    volunteers::actions::{Review, drafted, record_induction, register, review},
};

/// Accounts of the demo that serve.
pub const SERVING: [&str; 6] =
    ["leader", "volunteer1", "volunteer2", "volunteer3", "volunteer4", "volunteer5"];

/// Volunteers of the full scale, who are made by the bulk path.
const ALL: i64 = 365_000;
/// How many the bulk path keeps in one statement.
const BULK: usize = 250;

/// Somebody who serves in the demo.
#[derive(Debug, Clone, Copy)]
pub struct Helper {
    pub id: VolunteerId,
    pub account_id: AccountId,
    pub home: VenueId,
}

/// Those who serve.
#[derive(Debug)]
pub struct Helpers {
    by_username: BTreeMap<&'static str, Helper>,
    pub others: Vec<Helper>,
}

impl Helpers {
    /// The demo's own volunteers, in the order of their names.
    pub fn demo(&self) -> Vec<Helper> {
        self.by_username.values().copied().collect()
    }

    pub fn at(&self, home: VenueId) -> Vec<Helper> {
        self.others.iter().copied().filter(|helper| helper.home == home).collect()
    }
}

impl Helper {
    /// The helper as a caller.
    pub fn caller(&self, tx: &mut Transaction<'_>, year: &Year<'_>) -> Answer<Caller> {
        let account =
            identity::account(tx, self.account_id)?.ok_or_else(|| Problem::not_found("account"))?;
        Caller::of_account(tx, account, year.now)
    }
}

fn application(person: &Person, home: VenueId, skills: &[&str]) -> Answer<Application> {
    let identity_number = IdentityNumber::try_from(person.identity_number.clone())
        .map_err(|_| Problem::not_found("identity_number"))?;
    Ok(Application {
        personal: PersonalData {
            real_name: person.name.clone(),
            identity_number,
            phone: Phone::try_from(person.phone.clone())?,
            address: None,
            emergency_contact: None,
            guardian: None,
        },
        home_venue_id: home,
        skills: skills.iter().map(|skill| (*skill).to_owned()).collect(),
        consents: vec![Consent {
            purpose: ConsentPurpose::PersonalData,
            version: "2026-01".to_owned(),
        }],
    })
}

/// Everybody applies and is taken on.
pub fn gather(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
    accounts: &Accounts,
) -> Answer<Helpers> {
    let stations: Vec<&Venue> = district.of_kind(VenueKind::Station).collect();
    let count = if year.plan.scale == Scale::Small { 60 } else { 5_000 };
    year.begin("志愿者 · volunteers", count);
    let today = year.plan.today;
    let home = district.venue(STATION_CODE)?.id;
    let mut by_username = BTreeMap::new();
    for (number, username) in (0..).zip(SERVING) {
        let person = person(number, today, &mut year.dice);
        let account = accounts.named(username)?.id;
        let helper = take_on(tx, year, &person, home, account, &["理发"])?;
        by_username.insert(username, helper);
    }
    let mut others = Vec::with_capacity(count);
    for number in 100..i64::try_from(count).unwrap_or_default() + 100 {
        let person = person(number, today, &mut year.dice);
        // A tenth serve at 中上园, so that the demo's own station is a lively one.
        let home = if year.dice.chance(10) {
            home
        } else {
            year.dice.pick(&stations).map_or(home, |station| station.id)
        };
        let act = year.act(Caller::program());
        let account = account_of_phone(tx, &act, &Phone::try_from(person.phone.clone())?)?.id;
        others.push(take_on(tx, year, &person, home, account, &[])?);
        year.step();
    }
    if year.plan.scale == Scale::Full {
        fill(tx, year, &stations)?;
    }
    Ok(Helpers { by_username, others })
}

fn take_on(
    tx: &mut Transaction<'_>,
    year: &Year<'_>,
    person: &Person,
    home: VenueId,
    account_id: AccountId,
    skills: &[&str],
) -> Answer<Helper> {
    let act = year.act(Caller::program());
    let kept = register(tx, &act, &application(person, home, skills)?, account_id)?;
    let id = kept.volunteer.id;
    review(tx, &act, id, &Review::Approve)?;
    record_induction(tx, &act, id)?;
    Ok(Helper { id, account_id, home })
}

/// The rest of the district's volunteers, by the bulk path: they have no account yet.
fn fill(tx: &mut Transaction<'_>, year: &mut Year<'_>, stations: &[&Venue]) -> Answer<()> {
    let rest = ALL - 5_006;
    year.begin("全部志愿者 · all volunteers", usize::try_from(rest).unwrap_or_default());
    let act = year.act(Caller::program());
    let mut batch: Vec<KeptVolunteer> = Vec::with_capacity(BULK);
    for number in 10_000..10_000 + rest {
        let person = person(number, year.plan.today, &mut year.dice);
        let Some(home) = year.dice.pick(stations).map(|station| station.id) else { break };
        let mut kept = drafted(tx, &act, &application(&person, home, &[])?, None)?;
        kept.volunteer.state = VolunteerState::Active;
        batch.push(kept);
        if batch.len() == BULK {
            insert_volunteers(tx, &batch)?;
            batch.clear();
        }
        year.step();
    }
    if !batch.is_empty() {
        insert_volunteers(tx, &batch)?;
    }
    Ok(())
}
