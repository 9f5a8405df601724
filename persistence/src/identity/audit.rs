//! The audit log: what staff changed. It is only ever added to.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use shijian_domain::ids::{AccountId, AnyId, AuditRecordId};
use uuid::Uuid;

use crate::{Stored, Transaction, columns::At, schema::audit_records};

/// A change that staff made.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    pub id: AuditRecordId,
    pub at: DateTime<Utc>,
    pub account_id: Option<AccountId>,
    pub request_id: Option<String>,
    pub address: Option<String>,
    /// The operation's id, or the job's name.
    pub operation: String,
    pub subject_kind: String,
    pub subject_id: Option<Uuid>,
    /// JSON, personal data masked.
    pub before: Option<String>,
    /// JSON, personal data masked.
    pub after: Option<String>,
}

pub fn insert_audit_record(tx: &mut Transaction<'_>, record: &AuditRecord) -> Stored<()> {
    on_engine!(tx, c => diesel::insert_into(audit_records::table)
        .values((
            audit_records::id.eq(record.id),
            audit_records::at.eq(At(record.at)),
            audit_records::account_id.eq(record.account_id),
            audit_records::request_id.eq(record.request_id.as_deref()),
            audit_records::address.eq(record.address.as_deref()),
            audit_records::operation.eq(&record.operation),
            audit_records::subject_kind.eq(&record.subject_kind),
            audit_records::subject_id.eq(record.subject_id.map(AnyId)),
            audit_records::before.eq(record.before.as_deref()),
            audit_records::after.eq(record.after.as_deref()),
        ))
        .execute(c))
    .map(drop)
}

/// Which records a list shows.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    pub account_id: Option<AccountId>,
    pub operation: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<AnyId>,
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

type Row = (
    AuditRecordId,
    At,
    Option<AccountId>,
    Option<String>,
    Option<String>,
    String,
    String,
    Option<AnyId>,
    Option<String>,
    Option<String>,
);

/// Records, the latest first, from before `before` on.
pub fn audit_records(
    tx: &mut Transaction<'_>,
    filter: &AuditFilter,
    before: Option<(DateTime<Utc>, AuditRecordId)>,
    limit: i64,
) -> Stored<Vec<AuditRecord>> {
    use audit_records as table;
    let rows: Vec<Row> = on_engine!(tx, c => {
        let mut query = table::table.select(table::all_columns).into_boxed();
        if let Some(account) = filter.account_id {
            query = query.filter(table::account_id.eq(Some(account)));
        }
        if let Some(operation) = &filter.operation {
            query = query.filter(table::operation.eq(operation.clone()));
        }
        if let Some(kind) = &filter.subject_kind {
            query = query.filter(table::subject_kind.eq(kind.clone()));
        }
        if let Some(id) = filter.subject_id {
            query = query.filter(table::subject_id.eq(Some(id)));
        }
        if let Some(from) = filter.from {
            query = query.filter(table::at.ge(At(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(table::at.lt(At(to)));
        }
        if let Some((at, id)) = before {
            query = query.filter(table::at.lt(At(at)).or(table::at.eq(At(at)).and(table::id.lt(id))));
        }
        query.order((table::at.desc(), table::id.desc())).limit(limit).load(c)
    })?;
    let record = |row: Row| AuditRecord {
        id: row.0,
        at: row.1.0,
        account_id: row.2,
        request_id: row.3,
        address: row.4,
        operation: row.5,
        subject_kind: row.6,
        subject_id: row.7.map(|id| id.0),
        before: row.8,
        after: row.9,
    };
    Ok(rows.into_iter().map(record).collect())
}
