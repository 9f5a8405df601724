//! Venues: rows, the subtree, and what lies around a place.

mod center_rules;

use diesel::{dsl::sql, prelude::*, sql_types};
use shijian_domain::{
    ids::VenueId,
    place::Location,
    units::Metres,
    venues::{Platform, Venue, VenueKind, VenuePath, VenueProfile, VenueState},
};

pub use self::center_rules::{center_rules, keep_center_rules};
use crate::{Fault, Stored, Transaction, columns::At, schema::venues};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = venues, treat_none_as_null = true)]
struct Row {
    id: VenueId,
    code: String,
    kind: VenueKind,
    name: String,
    parent_id: Option<VenueId>,
    path: String,
    center_id: Option<VenueId>,
    state: VenueState,
    region_code: Option<String>,
    address: Option<String>,
    longitude: f64,
    latitude: f64,
    opening_hours: Option<String>,
    functions: String,
    platforms: String,
    contact: Option<String>,
    head: Option<String>,
    photos: String,
    trusted: bool,
    version: i64,
    created_at: At,
}

impl TryFrom<Row> for Venue {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            code: row.code,
            kind: row.kind,
            parent_id: row.parent_id,
            path: VenuePath::stored(row.path),
            center_id: row.center_id,
            state: row.state,
            profile: VenueProfile {
                name: row.name,
                region_code: row.region_code,
                address: row.address,
                location: Location { longitude: row.longitude, latitude: row.latitude },
                opening_hours: row.opening_hours,
                functions: serde_json::from_str(&row.functions)?,
                platforms: serde_json::from_str::<Vec<Platform>>(&row.platforms)?,
                contact: row.contact,
                head: row.head,
                photos: serde_json::from_str(&row.photos)?,
                trusted: row.trusted,
            },
            version: row.version,
            created_at: row.created_at.0,
        })
    }
}

impl Row {
    fn of(venue: &Venue) -> Stored<Self> {
        let profile = venue.profile.clone();
        Ok(Self {
            id: venue.id,
            code: venue.code.clone(),
            kind: venue.kind,
            name: profile.name,
            parent_id: venue.parent_id,
            path: venue.path.as_str().to_owned(),
            center_id: venue.center_id,
            state: venue.state,
            region_code: profile.region_code,
            address: profile.address,
            longitude: profile.location.longitude,
            latitude: profile.location.latitude,
            opening_hours: profile.opening_hours,
            functions: serde_json::to_string(&profile.functions)?,
            platforms: serde_json::to_string(&profile.platforms)?,
            contact: profile.contact,
            head: profile.head,
            photos: serde_json::to_string(&profile.photos)?,
            trusted: profile.trusted,
            version: venue.version,
            created_at: At(venue.created_at),
        })
    }
}

/// The condition that a row of `venues` lies in the subtree of a path: one range of the index.
#[macro_export]
macro_rules! subtree {
    ($path:expr) => {
        $crate::schema::venues::path
            .ge($path.as_str())
            .and($crate::schema::venues::path.lt($path.successor()))
    };
}

/// Which venues a list shows.
#[derive(Debug, Clone, Default)]
pub struct VenueFilter {
    pub parent_id: Option<VenueId>,
    pub within: Option<VenuePath>,
    pub kind: Option<VenueKind>,
    /// A part of the name, or the code.
    pub text: Option<String>,
}

/// Narrows a boxed query by a [`VenueFilter`].
macro_rules! filtered {
    ($query:ident, $filter:ident) => {
        if let Some(parent) = $filter.parent_id {
            $query = $query.filter(venues::parent_id.eq(Some(parent)));
        }
        if let Some(path) = &$filter.within {
            $query = $query.filter(subtree!(path));
        }
        if let Some(kind) = $filter.kind {
            $query = $query.filter(venues::kind.eq(kind));
        }
        if let Some(text) = &$filter.text {
            let part = format!("%{}%", escape_like(text));
            $query = $query
                .filter(venues::name.like(part).escape('\\').or(venues::code.eq(text.clone())));
        }
    };
}

pub fn venue(tx: &mut Transaction<'_>, id: VenueId) -> Stored<Option<Venue>> {
    on_engine!(tx, c => venues::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Venue::try_from)
        .transpose()
}

/// The venue, held until the transaction ends.
pub fn lock_venue(tx: &mut Transaction<'_>, id: VenueId) -> Stored<Option<Venue>> {
    let rows: Vec<Row> = locked!(tx, venues::table.find(id).select(Row::as_select()))?;
    rows.into_iter().next().map(Venue::try_from).transpose()
}

pub fn venue_by_code(tx: &mut Transaction<'_>, code: &str) -> Stored<Option<Venue>> {
    on_engine!(tx, c => venues::table
        .filter(venues::code.eq(code))
        .select(Row::as_select())
        .first(c)
        .optional())?
    .map(Venue::try_from)
    .transpose()
}

/// Only the venue's path: enough to decide who may touch what hangs on it.
pub fn path(tx: &mut Transaction<'_>, id: VenueId) -> Stored<Option<VenuePath>> {
    Ok(on_engine!(tx, c => venues::table
        .find(id)
        .select(venues::path)
        .first::<String>(c)
        .optional())?
    .map(VenuePath::stored))
}

/// # Errors
/// [`Fault::Duplicate`] if the code is taken.
pub fn insert_venue(tx: &mut Transaction<'_>, venue: &Venue) -> Stored<()> {
    let row = Row::of(venue)?;
    on_engine!(tx, c => diesel::insert_into(venues::table).values(&row).execute(c)).map(drop)
}

pub fn update_venue(tx: &mut Transaction<'_>, venue: &Venue) -> Stored<()> {
    let row = Row::of(venue)?;
    on_engine!(tx, c => diesel::update(venues::table.find(venue.id)).set(&row).execute(c)).map(drop)
}

/// Gives every venue below `from` its path below `to`, and its center where the subtree changed centers.
pub fn move_subtree(
    tx: &mut Transaction<'_>,
    from: &VenuePath,
    to: &VenuePath,
    center_id: Option<VenueId>,
) -> Stored<usize> {
    let below = venues::path.gt(from.as_str()).and(venues::path.lt(from.successor()));
    let kept = i32::try_from(from.as_str().chars().count() + 1)
        .map_err(|_| Fault::Broken("a path is too long".to_owned()))?;
    on_engine!(tx, c => diesel::update(venues::table.filter(below))
        .set((
            venues::path.eq(sql::<sql_types::Text>("")
                .bind::<sql_types::Text, _>(to.as_str())
                .sql(" || substr(path, ")
                .bind::<sql_types::Integer, _>(kept)
                .sql(")")),
            venues::center_id.eq(center_id),
        ))
        .execute(c))
}

/// Venues by path, from after `after` on.
pub fn venues_by_path(
    tx: &mut Transaction<'_>,
    filter: &VenueFilter,
    after: Option<&str>,
    limit: i64,
) -> Stored<Vec<Venue>> {
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = venues::table.select(Row::as_select()).into_boxed();
        filtered!(query, filter);
        if let Some(after) = after {
            query = query.filter(venues::path.gt(after));
        }
        query.order(venues::path).limit(limit).load(c)
    })?;
    rows.into_iter().map(Venue::try_from).collect()
}

/// Takes the special meaning from the characters that `LIKE` gives one.
pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Venues within `radius` of a place, nearest first and then by id, from after `after` on.
///
/// A district has some two thousand venues, so the box around the place is read and sorted here.
pub fn venues_around(
    tx: &mut Transaction<'_>,
    filter: &VenueFilter,
    place: Location,
    radius: Metres,
    after: Option<(Metres, VenueId)>,
    limit: usize,
) -> Stored<Vec<(Metres, Venue)>> {
    let bounds = place.bounds(radius);
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = venues::table
            .select(Row::as_select())
            .filter(venues::latitude.between(bounds.south, bounds.north))
            .filter(venues::longitude.between(bounds.west, bounds.east))
            .into_boxed();
        filtered!(query, filter);
        query.load(c)
    })?;
    let mut near: Vec<(Metres, VenueId, Row)> = rows
        .into_iter()
        .map(|row| {
            let there = Location { longitude: row.longitude, latitude: row.latitude };
            (place.distance_to(there), row.id, row)
        })
        .filter(|(distance, id, _)| {
            *distance <= radius && after.is_none_or(|after| (*distance, *id) > after)
        })
        .collect();
    near.sort_by_key(|(distance, id, _)| (*distance, *id));
    near.truncate(limit);
    near.into_iter().map(|(distance, _, row)| Ok((distance, Venue::try_from(row)?))).collect()
}
