//! `/api/v1/audit-records`

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{AccountId, AnyId, AuditRecordId},
};
use shijian_persistence::identity::{self, AuditFilter, AuditRecord};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{context::Context, page::Params, paged, problem::Answer};

/// Which records to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListAuditRecords {
    /// Who did it.
    pub account_id: Option<AccountId>,
    /// By which operation: its `operationId`.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub operation: Option<String>,
    /// To what kind of thing.
    #[validate(length(min = 1, max = 60))]
    #[param(min_length = 1, max_length = 60)]
    pub subject_kind: Option<String>,
    /// To which thing.
    pub subject_id: Option<Uuid>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Items of a page; 20 if not given.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<i64>,
}

paged!(ListAuditRecords);

/// A change that staff made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a05",
    "at": "2026-11-23T01:00:00Z",
    "account_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a01",
    "request_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    "address": "127.0.0.1",
    "operation": "approveVolunteer",
    "subject": {"kind": "volunteer", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06"},
    "before": {"state": "applied"},
    "after": {"state": "active"}
}))]
pub struct AuditRecordBody {
    pub id: AuditRecordId,
    pub at: DateTime<Utc>,
    /// Null where the program itself did it.
    pub account_id: Option<AccountId>,
    pub request_id: Option<String>,
    /// The network address of the caller.
    pub address: Option<String>,
    pub operation: String,
    pub subject: SubjectBody,
    /// As it was, personal data masked.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// As it became, personal data masked.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// What a change was made to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"kind": "volunteer", "id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a06"}))]
pub struct SubjectBody {
    pub kind: String,
    pub id: Option<Uuid>,
}

impl From<AuditRecord> for AuditRecordBody {
    fn from(record: AuditRecord) -> Self {
        let value = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: record.id,
            at: record.at,
            account_id: record.account_id,
            request_id: record.request_id,
            address: record.address,
            operation: record.operation,
            subject: SubjectBody { kind: record.subject_kind, id: record.subject_id },
            before: value(record.before),
            after: value(record.after),
        }
    }
}

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"items": [], "next_cursor": null}))]
pub struct AuditRecordList {
    pub items: Vec<AuditRecordBody>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// What staff changed, the latest first. It needs `audit.read` over the whole deployment: records know no venue.
#[utoipa::path(
    tag = "identity",
    operation_id = "listAuditRecords",
    summary = "List what staff changed · 审计记录",
    params(ListAuditRecords),
    responses((status = 200, body = AuditRecordList, description = "A page of records")),
)]
#[get("/audit-records")]
pub async fn list_audit_records(
    context: Context,
    params: Params<ListAuditRecords>,
) -> Answer<HttpResponse> {
    let page = context.page::<(DateTime<Utc>, AuditRecordId)>(&params.0)?;
    let asked = params.0;
    let filter = AuditFilter {
        account_id: asked.account_id,
        operation: asked.operation,
        subject_kind: asked.subject_kind,
        subject_id: asked.subject_id.map(AnyId),
        from: asked.from,
        to: asked.to,
    };
    let (before, rows) = (page.after, page.rows());
    let records = context
        .read(move |tx, act| {
            act.caller.authorise(Permission::AuditRead, Target::DEPLOYMENT)?;
            Ok(identity::audit_records(tx, &filter, before, rows)?)
        })
        .await?;
    context.list(&page, records, |record| (record.at, record.id), AuditRecordBody::from)
}
