//! Transactions and their entries: written once, never changed.

use diesel::prelude::*;
use shijian_domain::{
    ids::{AnyId, PointsTransactionId, VolunteerId},
    points::{
        Account, Balanced, Entry, OwnerKind, Posting, Purse, Source, SourceKind, TransactionKind,
        Wallet,
    },
    units::Points,
};
use uuid::Uuid;

use super::wallets::update_wallet;
use crate::{
    Fault, Stored, Transaction,
    columns::At,
    schema::{points_entries, points_transactions},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = points_transactions, treat_none_as_default_value = false)]
struct Row {
    id: PointsTransactionId,
    kind: TransactionKind,
    source_kind: SourceKind,
    source_id: AnyId,
    owner_id: VolunteerId,
    points: Points,
    available_after: Points,
    sequence: i64,
    reverses_id: Option<PointsTransactionId>,
    memo: String,
    posted_at: At,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = points_entries, treat_none_as_default_value = false)]
struct EntryRow {
    transaction_id: PointsTransactionId,
    line: i64,
    owner_kind: OwnerKind,
    owner_id: AnyId,
    purse: Purse,
    expires_at: Option<At>,
    points: Points,
    posted_at: At,
}

impl Row {
    fn of(posting: &Posting) -> Self {
        Self {
            id: posting.id,
            kind: posting.kind,
            source_kind: posting.source.kind,
            source_id: AnyId(posting.source.id),
            owner_id: posting.owner,
            points: posting.points,
            available_after: posting.available_after,
            sequence: posting.sequence,
            reverses_id: posting.reverses,
            memo: posting.memo.clone(),
            posted_at: At(posting.posted_at),
        }
    }

    fn with_entries(self, entries: Balanced) -> Posting {
        Posting {
            id: self.id,
            kind: self.kind,
            source: Source { kind: self.source_kind, id: self.source_id.0 },
            owner: self.owner_id,
            points: self.points,
            available_after: self.available_after,
            sequence: self.sequence,
            reverses: self.reverses_id,
            memo: self.memo,
            posted_at: self.posted_at.0,
            entries,
        }
    }
}

/// The entry as it was stored.
pub(super) fn entry(
    purse: Purse,
    owner: AnyId,
    expires_at: Option<At>,
    points: Points,
) -> Stored<Entry> {
    let account = Account::stored(purse, owner.0, expires_at.map(|at| at.0))
        .ok_or_else(|| Fault::Broken(format!("an entry of {purse} has the wrong lot")))?;
    Ok(Entry { account, points })
}

/// Keeps a transaction with its entries, and its wallet as it is after it.
///
/// # Errors
/// [`Fault::Duplicate`] if its source made one of its kind already, or if it reverses what was reversed.
pub fn post(
    tx: &mut Transaction<'_>,
    posting: &Posting,
    before: &Wallet,
    after: &Wallet,
) -> Stored<()> {
    let row = Row::of(posting);
    on_engine!(tx, c => diesel::insert_into(points_transactions::table).values(&row).execute(c))?;
    let entry = |(line, entry): (i64, &Entry)| EntryRow {
        transaction_id: posting.id,
        line,
        owner_kind: entry.account.owner_kind(),
        owner_id: AnyId(entry.account.owner_id()),
        purse: entry.account.purse(),
        expires_at: entry.account.lot().map(At),
        points: entry.points,
        posted_at: At(posting.posted_at),
    };
    let rows: Vec<EntryRow> = (0..).zip(posting.entries.entries()).map(entry).collect();
    insert_rows!(tx, points_entries::table, &rows)?;
    update_wallet(tx, before, after)
}

fn loaded(tx: &mut Transaction<'_>, row: Option<Row>) -> Stored<Option<Posting>> {
    row.map(|row| {
        let entries = entries_of(tx, row.id)?;
        let entries = Balanced::new(entries).map_err(|error| Fault::Broken(error.to_string()))?;
        Ok(row.with_entries(entries))
    })
    .transpose()
}

pub fn transaction(tx: &mut Transaction<'_>, id: PointsTransactionId) -> Stored<Option<Posting>> {
    let row = on_engine!(tx, c => points_transactions::table
        .find(id)
        .select(Row::as_select())
        .first(c)
        .optional())?;
    loaded(tx, row)
}

/// The transaction of that kind that came from that source.
pub fn transaction_of_source(
    tx: &mut Transaction<'_>,
    kind: TransactionKind,
    source: Uuid,
) -> Stored<Option<Posting>> {
    let row = on_engine!(tx, c => points_transactions::table
        .filter(points_transactions::source_id.eq(AnyId(source)))
        .filter(points_transactions::kind.eq(kind))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    loaded(tx, row)
}

/// The transaction that undid this one.
pub fn reversal_of(
    tx: &mut Transaction<'_>,
    id: PointsTransactionId,
) -> Stored<Option<PointsTransactionId>> {
    on_engine!(tx, c => points_transactions::table
        .filter(points_transactions::reverses_id.eq(Some(id)))
        .select(points_transactions::id)
        .first(c)
        .optional())
}

pub fn entries_of(tx: &mut Transaction<'_>, id: PointsTransactionId) -> Stored<Vec<Entry>> {
    let rows: Vec<EntryRow> = on_engine!(tx, c => points_entries::table
        .filter(points_entries::transaction_id.eq(id))
        .order(points_entries::line)
        .select(EntryRow::as_select())
        .load(c))?;
    rows.into_iter().map(|row| entry(row.purse, row.owner_id, row.expires_at, row.points)).collect()
}

/// A line of a wallet's statement: a transaction without its entries.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = points_transactions)]
pub struct StatementLine {
    pub id: PointsTransactionId,
    pub kind: TransactionKind,
    pub source_kind: SourceKind,
    pub source_id: AnyId,
    pub points: Points,
    pub available_after: Points,
    pub sequence: i64,
    pub memo: String,
    pub posted_at: At,
}

/// A wallet's transactions, the latest first, from before the one with sequence `before` on.
pub fn transactions(
    tx: &mut Transaction<'_>,
    owner: VolunteerId,
    before: Option<i64>,
    limit: i64,
) -> Stored<Vec<StatementLine>> {
    on_engine!(tx, c => points_transactions::table
        .filter(points_transactions::owner_id.eq(owner))
        .filter(points_transactions::sequence.lt(before.unwrap_or(i64::MAX)))
        .order(points_transactions::sequence.desc())
        .limit(limit)
        .select(StatementLine::as_select())
        .load(c))
}
