//! Volunteers: who serves, from application to withdrawal.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use shijian_domain::{
    ids::{AccountId, ConsentId, VenueId, VolunteerId},
    units::Minutes,
    venues::VenuePath,
    volunteers::{ConsentPurpose, Gender, Volunteer, VolunteerState},
};

use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{consents, venues, volunteers},
    subtree,
};

/// What is sealed of a volunteer, and the indexes that find it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = volunteers)]
pub struct Sealed {
    pub sealed_identity_number: Vec<u8>,
    pub identity_index: Vec<u8>,
    pub sealed_phone: Vec<u8>,
    pub phone_index: Vec<u8>,
    pub sealed_birth_date: Vec<u8>,
    /// JSON: address, emergency contact, guardian.
    pub sealed_contacts: Vec<u8>,
}

/// A volunteer as kept.
#[derive(Debug, Clone)]
pub struct KeptVolunteer {
    pub volunteer: Volunteer,
    pub sealed: Sealed,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = volunteers, treat_none_as_null = true)]
struct Row {
    id: VolunteerId,
    number: String,
    account_id: Option<AccountId>,
    state: VolunteerState,
    state_reason: Option<String>,
    home_venue_id: VenueId,
    center_id: VenueId,
    real_name: String,
    gender: Gender,
    skills: String,
    #[diesel(embed)]
    sealed: Sealed,
    guardian_consent_at: Option<At>,
    inducted_at: Option<At>,
    verified_minutes: Minutes,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for KeptVolunteer {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let volunteer = Volunteer {
            id: row.id,
            number: row.number,
            account_id: row.account_id,
            state: row.state,
            state_reason: row.state_reason,
            home_venue_id: row.home_venue_id,
            center_id: row.center_id,
            real_name: row.real_name,
            gender: row.gender,
            skills: serde_json::from_str(&row.skills)?,
            guardian_consent_at: row.guardian_consent_at.map(|at| at.0),
            inducted_at: row.inducted_at.map(|at| at.0),
            verified_minutes: row.verified_minutes,
            version: row.version,
            created_at: row.created_at.0,
        };
        Ok(Self { volunteer, sealed: row.sealed })
    }
}

impl Row {
    fn of(kept: &KeptVolunteer) -> Stored<Self> {
        let volunteer = &kept.volunteer;
        Ok(Self {
            id: volunteer.id,
            number: volunteer.number.clone(),
            account_id: volunteer.account_id,
            state: volunteer.state,
            state_reason: volunteer.state_reason.clone(),
            home_venue_id: volunteer.home_venue_id,
            center_id: volunteer.center_id,
            real_name: volunteer.real_name.clone(),
            gender: volunteer.gender,
            skills: serde_json::to_string(&volunteer.skills)?,
            sealed: kept.sealed.clone(),
            guardian_consent_at: volunteer.guardian_consent_at.map(At),
            inducted_at: volunteer.inducted_at.map(At),
            verified_minutes: volunteer.verified_minutes,
            version: volunteer.version,
            created_at: At(volunteer.created_at),
        })
    }
}

/// How a volunteer stands, but for what the vault must open.
#[derive(Debug, Clone, Queryable)]
pub struct StandingRow {
    pub id: VolunteerId,
    pub account_id: Option<AccountId>,
    pub state: VolunteerState,
    pub home_venue_id: VenueId,
    pub home_path: String,
    pub center_id: VenueId,
    pub sealed_birth_date: Vec<u8>,
    pub guardian_consent_at: Option<At>,
    pub verified_minutes: Minutes,
    pub inducted_at: Option<At>,
    pub skills: String,
}

/// How a volunteer stands, in one statement.
pub fn standing(tx: &mut Transaction<'_>, id: VolunteerId) -> Stored<Option<StandingRow>> {
    on_engine!(tx, c => volunteers::table
        .inner_join(venues::table.on(volunteers::home_venue_id.eq(venues::id)))
        .filter(volunteers::id.eq(id))
        .select((
            volunteers::id,
            volunteers::account_id,
            volunteers::state,
            volunteers::home_venue_id,
            venues::path,
            volunteers::center_id,
            volunteers::sealed_birth_date,
            volunteers::guardian_consent_at,
            volunteers::verified_minutes,
            volunteers::inducted_at,
            volunteers::skills,
        ))
        .first(c)
        .optional())
}

/// Holds the volunteer until the transaction ends, so that two decisions about one person take turns. On SQLite every write does.
pub fn lock(tx: &mut Transaction<'_>, id: VolunteerId) -> Stored<()> {
    if tx.is_serial() {
        return Ok(());
    }
    let rows: Vec<VolunteerId> = locked!(tx, volunteers::table.find(id).select(volunteers::id))?;
    drop(rows);
    Ok(())
}

/// Adds minutes to the volunteer's verified hours; takes them away where `delta` is negative.
pub fn add_verified_minutes(
    tx: &mut Transaction<'_>,
    id: VolunteerId,
    delta: Minutes,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(volunteers::table.find(id))
        .set(volunteers::verified_minutes.eq(volunteers::verified_minutes + delta.0))
        .execute(c))
    .map(drop)
}

pub fn volunteer(tx: &mut Transaction<'_>, id: VolunteerId) -> Stored<Option<KeptVolunteer>> {
    on_engine!(tx, c => volunteers::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(KeptVolunteer::try_from)
        .transpose()
}

/// The volunteer, held until the transaction ends.
pub fn lock_volunteer(tx: &mut Transaction<'_>, id: VolunteerId) -> Stored<Option<KeptVolunteer>> {
    let rows: Vec<Row> = locked!(tx, volunteers::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(KeptVolunteer::try_from).transpose()
}

/// Whether somebody who has not withdrawn is registered under this identity number.
pub fn is_registered(tx: &mut Transaction<'_>, identity_index: &[u8]) -> Stored<bool> {
    on_engine!(tx, c => diesel::select(diesel::dsl::exists(
        volunteers::table
            .filter(volunteers::identity_index.eq(identity_index))
            .filter(volunteers::state.ne(VolunteerState::Withdrawn)),
    ))
    .get_result(c))
}

/// # Errors
/// A duplicate fault if the identity number is registered.
pub fn insert_volunteer(tx: &mut Transaction<'_>, kept: &KeptVolunteer) -> Stored<()> {
    let row = Row::of(kept)?;
    on_engine!(tx, c => diesel::insert_into(volunteers::table).values(&row).execute(c)).map(drop)
}

/// Many at once: the bulk path of imports and of the full demo. A statement takes some hundreds.
pub fn insert_volunteers(tx: &mut Transaction<'_>, kept: &[KeptVolunteer]) -> Stored<()> {
    let rows = kept.iter().map(Row::of).collect::<Stored<Vec<_>>>()?;
    on_engine!(tx, c => diesel::insert_into(volunteers::table).values(&rows).execute(c)).map(drop)
}

pub fn update_volunteer(tx: &mut Transaction<'_>, kept: &KeptVolunteer) -> Stored<()> {
    let row = Row::of(kept)?;
    let id = kept.volunteer.id;
    on_engine!(tx, c => diesel::update(volunteers::table.find(id)).set(&row).execute(c)).map(drop)
}

/// Which volunteers a list shows.
#[derive(Debug, Clone)]
pub struct VolunteerFilter {
    /// Everywhere, if not given.
    pub within: Option<VenuePath>,
    pub state: Option<VolunteerState>,
    pub text: Option<TextFilter>,
}

/// What a searcher typed.
#[derive(Debug, Clone)]
pub enum TextFilter {
    /// The beginning of the name, or a whole number.
    NameOrNumber(String),
    Phone(Vec<u8>),
    IdentityNumber(Vec<u8>),
}

/// Volunteers whose home lies in a subtree, by id, from after `after` on.
pub fn volunteers_within(
    tx: &mut Transaction<'_>,
    filter: &VolunteerFilter,
    after: Option<VolunteerId>,
    limit: i64,
) -> Stored<Vec<KeptVolunteer>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = volunteers::table
            .inner_join(venues::table.on(volunteers::home_venue_id.eq(venues::id)))
            .select(Row::as_select())
            .into_boxed();
        if let Some(path) = &filter.within {
            query = query.filter(subtree!(path));
        }
        if let Some(state) = filter.state {
            query = query.filter(volunteers::state.eq(state));
        }
        match &filter.text {
            Some(TextFilter::NameOrNumber(text)) => {
                // A range, as `LIKE` goes through every row: SQLite's knows no case, PostgreSQL's needs a pattern known ahead.
                let beyond = format!("{text}{}", char::MAX);
                let name = volunteers::real_name.ge(text.clone()).and(volunteers::real_name.lt(beyond));
                query = query.filter(name.or(volunteers::number.eq(text.clone())));
            }
            Some(TextFilter::Phone(index)) => {
                query = query.filter(volunteers::phone_index.eq(index.clone()));
            }
            Some(TextFilter::IdentityNumber(index)) => {
                query = query.filter(volunteers::identity_index.eq(index.clone()));
            }
            None => {}
        }
        if let Some(after) = after {
            query = query.filter(volunteers::id.gt(after));
        }
        query.order(volunteers::id).limit(limit).load(c)
    })?;
    rows.into_iter().map(KeptVolunteer::try_from).collect()
}

/// A consent that was given.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents)]
pub struct KeptConsent {
    pub id: ConsentId,
    pub volunteer_id: VolunteerId,
    pub purpose: ConsentPurpose,
    pub version: String,
    pub by_guardian: bool,
    pub given_at: At,
}

pub fn insert_consents(tx: &mut Transaction<'_>, given: &[KeptConsent]) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(consents::table).values(given).execute(c)).map(drop)
}

/// The day in a sealed date of birth, once it was opened.
///
/// # Errors
/// [`Fault::Broken`] if it is no date.
pub fn birth_date(opened: &str) -> Stored<NaiveDate> {
    NaiveDate::parse_from_str(opened, "%Y-%m-%d")
        .map_err(|_| Fault::Broken("a date of birth is malformed".to_owned()))
}

/// When each kind of consent was last given.
pub fn consents_of(
    tx: &mut Transaction<'_>,
    volunteer: VolunteerId,
) -> Stored<Vec<(ConsentPurpose, String, DateTime<Utc>)>> {
    let rows: Vec<KeptConsent> = on_engine!(tx, c => consents::table
        .filter(consents::volunteer_id.eq(volunteer))
        .order((consents::purpose, consents::given_at, consents::id))
        .select(KeptConsent::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(|row| (row.purpose, row.version, row.given_at.0)).collect())
}
