//! Photos that people uploaded: what is known of them. Their bytes lie elsewhere.

use chrono::{DateTime, Utc};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use shijian_domain::{
    ids::{AccountId, PhotoId},
    photos::{Photo, PhotoContent, PhotoFormat, PhotoState},
};

use crate::{Fault, Stored, Transaction, columns::At, one_of::one_of, schema::photos};

/// As the indexes say it: SQLite finds a partial index only by a condition without parameters.
const UNATTACHED: &str = "state <> 'attached'";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = photos)]
struct Row {
    id: PhotoId,
    account_id: AccountId,
    format: PhotoFormat,
    bytes: i64,
    sha256: Vec<u8>,
    state: PhotoState,
    since: At,
    created_at: At,
}

impl TryFrom<Row> for Photo {
    type Error = Fault;

    fn try_from(row: Row) -> Stored<Self> {
        let sha256 = row
            .sha256
            .try_into()
            .map_err(|_| Fault::Broken("a photo's hash does not have 32 bytes".to_owned()))?;
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            content: PhotoContent { format: row.format, bytes: row.bytes, sha256 },
            state: row.state,
            since: row.since.0,
            created_at: row.created_at.0,
        })
    }
}

impl From<&Photo> for Row {
    fn from(photo: &Photo) -> Self {
        Self {
            id: photo.id,
            account_id: photo.account_id,
            format: photo.content.format,
            bytes: photo.content.bytes,
            sha256: photo.content.sha256.to_vec(),
            state: photo.state,
            since: At(photo.since),
            created_at: At(photo.created_at),
        }
    }
}

fn read(rows: Vec<Row>) -> Stored<Vec<Photo>> {
    rows.into_iter().map(Photo::try_from).collect()
}

pub fn photo(tx: &mut Transaction<'_>, id: PhotoId) -> Stored<Option<Photo>> {
    on_engine!(tx, c => photos::table.find(id).select(Row::as_select()).first(c).optional())?
        .map(Photo::try_from)
        .transpose()
}

/// Those of the photos that exist, held until the transaction ends.
pub fn lock_photos(tx: &mut Transaction<'_>, ids: &[PhotoId]) -> Stored<Vec<Photo>> {
    let rows: Vec<Row> = locked!(
        tx,
        photos::table
            .filter(one_of(photos::id, ids.to_vec()))
            .order(photos::id)
            .select(Row::as_select())
    )?;
    read(rows)
}

/// The account's photo with these bytes, held until the transaction ends.
pub fn lock_same(
    tx: &mut Transaction<'_>,
    account: AccountId,
    content: &PhotoContent,
) -> Stored<Option<Photo>> {
    let rows: Vec<Row> = locked!(
        tx,
        photos::table
            .filter(photos::account_id.eq(account))
            .filter(photos::sha256.eq(content.sha256.to_vec()))
            .select(Row::as_select())
    )?;
    Ok(read(rows)?.into_iter().next())
}

/// At most `limit` photos on their way out, held until the transaction ends.
pub fn lock_leaving(tx: &mut Transaction<'_>, limit: i64) -> Stored<Vec<Photo>> {
    let rows: Vec<Row> = locked!(
        tx,
        photos::table
            .filter(sql::<Bool>(UNATTACHED))
            .filter(photos::state.eq(PhotoState::Leaving))
            .order(photos::id)
            .limit(limit)
            .select(Row::as_select())
    )?;
    read(rows)
}

/// Photos of an account that nothing shows.
pub fn count_unattached(tx: &mut Transaction<'_>, account: AccountId) -> Stored<i64> {
    on_engine!(tx, c => photos::table
        .filter(photos::account_id.eq(account))
        .filter(sql::<Bool>(UNATTACHED))
        .count()
        .get_result(c))
}

/// Keeps a photo unless the account has one with the same bytes.
pub fn insert_unless_same(tx: &mut Transaction<'_>, photo: &Photo) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(photos::table)
        .values(Row::from(photo))
        .on_conflict((photos::account_id, photos::sha256))
        .do_nothing()
        .execute(c))
    .map(drop)
}

/// Keeps how far photos have come.
pub fn move_photos(
    tx: &mut Transaction<'_>,
    ids: &[PhotoId],
    state: PhotoState,
    since: DateTime<Utc>,
) -> Stored<()> {
    on_engine!(tx, c => diesel::update(photos::table)
        .filter(one_of(photos::id, ids.to_vec()))
        .set((photos::state.eq(state), photos::since.eq(At(since))))
        .execute(c))
    .map(drop)
}

/// At most `limit` photos that have waited since `before` or longer, held until the transaction ends.
pub fn lock_forgotten(
    tx: &mut Transaction<'_>,
    before: DateTime<Utc>,
    limit: i64,
) -> Stored<Vec<Photo>> {
    let rows: Vec<Row> = locked!(
        tx,
        photos::table
            .filter(sql::<Bool>(UNATTACHED))
            .filter(photos::state.ne(PhotoState::Leaving))
            .filter(photos::since.le(At(before)))
            .order(photos::since)
            .limit(limit)
            .select(Row::as_select())
    )?;
    read(rows)
}

pub fn delete_photo(tx: &mut Transaction<'_>, id: PhotoId) -> Stored<()> {
    on_engine!(tx, c => diesel::delete(photos::table.find(id)).execute(c)).map(drop)
}
