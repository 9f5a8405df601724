//! `/api/v1/service-records`, and presence at a session

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{
    attendance::{ServiceRecord, Verdict},
    identity::{Permission, Scope},
    ids::{ServiceRecordId, SessionId},
};
use shijian_persistence::attendance::{self, RecordFilter};

use super::{
    actions::{self, Outcome},
    bodies::{
        AnswerBody, CodeBody, DisputeBody, ListMyRecords, ListRecords, MakeUpBody, RecordBody,
        RecordDetail, RecordList, RecordWithScans, ScanBody, ScanView, UploadBatch, UploadBody,
        UploadOutcome, UploadedScan,
    },
    codes,
};
use crate::{
    act::Act,
    activities::actions::sessions,
    body::Body,
    context::Context,
    page::Params,
    problem::{Answer, Problem},
    reply::{Reply, json, with_json},
    volunteers::bodies::{OptionalReason, Reason},
};

fn told(record: ServiceRecord) -> Answer<Reply> {
    let version = record.version;
    Ok(Reply::ok(&RecordBody::from(record))?.version(version))
}

fn entered(outcome: Outcome) -> Answer<Reply> {
    let location = format!("/api/v1/service-records/{}", outcome.record.id);
    let version = outcome.record.version;
    Ok(Reply::created(location, &RecordBody::from(outcome))?.version(version))
}

/// The code that a session shows now. Show it as a QR code and ask again when it changes.
#[utoipa::path(
    tag = "attendance",
    operation_id = "getSessionCode",
    summary = "Show a session's code · 场次签到码",
    params(("id" = SessionId, Path, description = "The session")),
    responses((status = 200, body = CodeBody, description = "The code")),
)]
#[get("/sessions/{id}/code")]
pub async fn get_session_code(context: Context, id: Path<SessionId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let shown = context
        .read(move |tx, act| {
            let staged = sessions::visible(tx, act, id)?;
            act.caller.authorise(Permission::AttendanceRun, sessions::target(&staged))?;
            Ok(codes::of_session(act, id))
        })
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&CodeBody::from(shown))?))
}

/// The caller's own code, for staff or the leader to scan.
#[utoipa::path(
    tag = "attendance",
    operation_id = "getMyCode",
    summary = "Show my code · 我的志愿者码",
    responses((status = 200, body = CodeBody, description = "The code")),
)]
#[get("/me/code")]
pub async fn get_my_code(context: Context) -> Answer<HttpResponse> {
    let shown =
        context.read(|_, act| Ok(codes::of_volunteer(act, act.caller.volunteer_id()?))).await?;
    Ok(with_json(HttpResponse::Ok(), json(&CodeBody::from(shown))?))
}

/// Checks in: the volunteer with the session's code, staff or the leader with the volunteer's code or by hand. Doing it again changes nothing and says so.
#[utoipa::path(
    tag = "attendance",
    operation_id = "checkIn",
    summary = "Check in · 签到",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = ScanBody,
    responses((status = 201, body = RecordBody, description = "The service record")),
)]
#[post("/sessions/{id}/check-ins")]
pub async fn check_in(
    context: Context,
    id: Path<SessionId>,
    body: Body<ScanBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| entered(actions::check_in(tx, act, &body.command(id)?)?))
        .await
}

/// Checks out. With both scans and nothing unusual the record is verified at once and its points are credited.
#[utoipa::path(
    tag = "attendance",
    operation_id = "checkOut",
    summary = "Check out · 签退",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = ScanBody,
    responses((status = 200, body = RecordBody, description = "The service record")),
)]
#[post("/sessions/{id}/check-outs")]
pub async fn check_out(
    context: Context,
    id: Path<SessionId>,
    body: Body<ScanBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let outcome = actions::check_out(tx, act, &body.command(id)?)?;
            let version = outcome.record.version;
            Ok(Reply::ok(&RecordBody::from(outcome))?.version(version))
        })
        .await
}

/// Takes the scans of a device that was offline, each for itself: one that is refused leaves the others kept.
#[utoipa::path(
    tag = "attendance",
    operation_id = "uploadAttendance",
    summary = "Upload offline scans · 上传离线签到",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = UploadBatch,
    responses((status = 200, body = UploadOutcome, description = "What became of each scan")),
)]
#[post("/sessions/{id}/attendance-batches")]
pub async fn upload_attendance(
    context: Context,
    id: Path<SessionId>,
    body: Body<UploadBatch>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let uploads: Vec<_> = body.scans.iter().map(UploadBody::command).collect();
            let outcomes = actions::upload(tx, act, id, &body.device_id, &uploads)?;
            let keys = body.scans.iter().map(|scan| scan.key.clone());
            let items = keys.zip(outcomes).map(|(key, outcome)| uploaded(key, outcome)).collect();
            Reply::ok(&UploadOutcome { items })
        })
        .await
}

/// A refusal of one scan is part of the answer.
fn uploaded(key: String, outcome: Answer<Outcome>) -> UploadedScan {
    match outcome {
        Ok(outcome) => UploadedScan {
            key,
            record_id: Some(outcome.record.id),
            repeated: outcome.repeated,
            refused: None,
        },
        Err(problem) => UploadedScan {
            key,
            record_id: None,
            repeated: false,
            refused: Some(problem.code().as_str().to_owned()),
        },
    }
}

/// Enters hours afterwards, with evidence; another person approves them.
#[utoipa::path(
    tag = "attendance",
    operation_id = "makeUpServiceRecord",
    summary = "Make up hours · 补录时长",
    params(("id" = SessionId, Path, description = "The session")),
    request_body = MakeUpBody,
    responses((status = 201, body = RecordBody, description = "The record, to be approved")),
)]
#[post("/sessions/{id}/made-up-records")]
pub async fn make_up_service_record(
    context: Context,
    id: Path<SessionId>,
    body: Body<MakeUpBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            let record = actions::make_up(tx, act, &body.command(id))?;
            entered(Outcome { record, repeated: false })
        })
        .await
}

/// Service records where the caller's grants reach, the latest first.
#[utoipa::path(
    tag = "attendance",
    operation_id = "listServiceRecords",
    summary = "List service records · 服务记录列表",
    params(ListRecords),
    responses((status = 200, body = RecordList, description = "A page of records")),
)]
#[get("/service-records")]
pub async fn list_service_records(
    context: Context,
    params: Params<ListRecords>,
) -> Answer<HttpResponse> {
    let page = context.page::<ServiceRecordId>(&params.0)?;
    let (asked, before, rows) = (params.0, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let filter = RecordFilter {
                volunteer_id: asked.volunteer_id,
                session_id: asked.session_id,
                state: asked.state,
                ..reach(act)?
            };
            Ok(attendance::records(tx, &filter, before, rows)?)
        })
        .await?;
    context.list(&page, found, |placed| placed.record.id, RecordDetail::from)
}

/// Where the caller may read records: a subtree, or the sessions of teams that they lead.
fn reach(act: &Act<'_>) -> Answer<RecordFilter> {
    match act.caller.widest(Permission::ServiceRecordRead) {
        Ok(within) => Ok(RecordFilter { within, ..RecordFilter::default() }),
        Err(problem) => {
            let teams: Vec<_> = act
                .caller
                .grants()
                .iter()
                .filter(|grant| grant.role.allows(Permission::ServiceRecordRead))
                .filter_map(|grant| match grant.scope {
                    Scope::Team(team) => Some(team),
                    _ => None,
                })
                .collect();
            if teams.is_empty() {
                return Err(problem);
            }
            Ok(RecordFilter { teams, ..RecordFilter::default() })
        }
    }
}

/// The caller's own service records, the latest first.
#[utoipa::path(
    tag = "attendance",
    operation_id = "listMyServiceRecords",
    summary = "List my service records · 我的服务记录",
    params(ListMyRecords),
    responses((status = 200, body = RecordList, description = "A page of records")),
)]
#[get("/me/service-records")]
pub async fn list_my_service_records(
    context: Context,
    params: Params<ListMyRecords>,
) -> Answer<HttpResponse> {
    let page = context.page::<ServiceRecordId>(&params.0)?;
    let (state, before, rows) = (params.0.state, page.after, page.rows());
    let found = context
        .read(move |tx, act| {
            let volunteer_id = Some(act.caller.volunteer_id()?);
            let filter = RecordFilter { volunteer_id, state, ..RecordFilter::default() };
            Ok(attendance::records(tx, &filter, before, rows)?)
        })
        .await?;
    context.list(&page, found, |placed| placed.record.id, RecordDetail::from)
}

/// One service record with its scans: the caller's own, or one where their grants reach.
#[utoipa::path(
    tag = "attendance",
    operation_id = "getServiceRecord",
    summary = "Get a service record · 服务记录详情",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    responses((status = 200, body = RecordWithScans, description = "The record")),
)]
#[get("/service-records/{id}")]
pub async fn get_service_record(
    context: Context,
    id: Path<ServiceRecordId>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let body = context
        .read(move |tx, act| {
            let placed = actions::visible(tx, act, id)?;
            let scans = attendance::scans_of(tx, id)?.into_iter().map(ScanView::from).collect();
            Ok::<_, Problem>(RecordWithScans { detail: RecordDetail::from(placed), scans })
        })
        .await?;
    context.one(&body, body.detail.record.version)
}

/// Counts a record that asked for a person: its hours and points are credited.
#[utoipa::path(
    tag = "attendance",
    operation_id = "verifyServiceRecord",
    summary = "Verify a service record · 确认服务记录",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    request_body = OptionalReason,
    responses((status = 200, body = RecordBody, description = "The record as it is now")),
)]
#[post("/service-records/{id}/verify")]
pub async fn verify_service_record(
    context: Context,
    id: Path<ServiceRecordId>,
    body: Body<OptionalReason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::decide(tx, act, id, Verdict::Verify { reason: body.reason.clone() })?)
        })
        .await
}

/// Refuses a record, for a reason that the volunteer is told.
#[utoipa::path(
    tag = "attendance",
    operation_id = "rejectServiceRecord",
    summary = "Reject a service record · 驳回服务记录",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    request_body = Reason,
    responses((status = 200, body = RecordBody, description = "The record as it is now")),
)]
#[post("/service-records/{id}/reject")]
pub async fn reject_service_record(
    context: Context,
    id: Path<ServiceRecordId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::decide(tx, act, id, Verdict::Reject { reason: body.reason.clone() })?)
        })
        .await
}

/// Takes back a record that counted: its hours, and its points by a reversal.
#[utoipa::path(
    tag = "attendance",
    operation_id = "voidServiceRecord",
    summary = "Void a service record · 作废服务记录",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    request_body = Reason,
    responses((status = 200, body = RecordBody, description = "The record as it is now")),
)]
#[post("/service-records/{id}/void")]
pub async fn void_service_record(
    context: Context,
    id: Path<ServiceRecordId>,
    body: Body<Reason>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            told(actions::decide(tx, act, id, Verdict::Void { reason: body.reason.clone() })?)
        })
        .await
}

/// The volunteer disputes their record within 30 days; it is frozen until another person answers.
#[utoipa::path(
    tag = "attendance",
    operation_id = "disputeServiceRecord",
    summary = "Dispute a service record · 提出异议",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    request_body = DisputeBody,
    responses((status = 200, body = RecordBody, description = "The record, frozen")),
)]
#[post("/service-records/{id}/dispute")]
pub async fn dispute_service_record(
    context: Context,
    id: Path<ServiceRecordId>,
    body: Body<DisputeBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(actions::dispute(tx, act, id, &body.reason)?))
        .await
}

/// Answers a dispute; the record can be decided on again.
#[utoipa::path(
    tag = "attendance",
    operation_id = "answerDispute",
    summary = "Answer a dispute · 答复异议",
    params(("id" = ServiceRecordId, Path, description = "The record")),
    request_body = AnswerBody,
    responses((status = 200, body = RecordBody, description = "The record, no longer frozen")),
)]
#[post("/service-records/{id}/dispute/answer")]
pub async fn answer_dispute(
    context: Context,
    id: Path<ServiceRecordId>,
    body: Body<AnswerBody>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| told(actions::answer_dispute(tx, act, id, &body.answer)?))
        .await
}
