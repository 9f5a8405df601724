//! `/api/v1/me/points`, `/api/v1/volunteers/{id}/points` and `/api/v1/points`

use actix_web::{HttpResponse, get, post, web::Path};
use chrono::{DateTime, Utc};
use shijian_domain::{
    identity::{Permission, Target},
    ids::{AdjustmentId, PointsTransactionId, VolunteerId},
    points::{AdjustmentState, Wallet},
};
use shijian_persistence::{
    Transaction,
    points::{self, StatementLine},
};

use super::{
    bodies::{
        AdjustPoints, AdjustmentBody, AdjustmentList, Correction, ListAdjustments,
        ListTransactions, PointsBody, TransactionBody, TransactionLineBody, TransactionList,
    },
    corrections::{self, Adjusted},
};
use crate::{
    act::Act,
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::{Answer, Language},
    reply::Reply,
    volunteers,
};

/// The caller's own points.
#[utoipa::path(
    tag = "points",
    operation_id = "getMyPoints",
    summary = "Get my points · 我的积分",
    responses((status = 200, body = PointsBody, description = "What the caller has")),
)]
#[get("/me/points")]
pub async fn get_my_points(context: Context) -> Answer<HttpResponse> {
    let (wallet, now) = context
        .read(|tx, act| Ok((points::wallet(tx, act.caller.volunteer_id()?)?, act.now)))
        .await?;
    shown(&context, wallet.as_ref(), now)
}

/// A volunteer's points, for staff.
#[utoipa::path(
    tag = "points",
    operation_id = "getVolunteerPoints",
    summary = "Get a volunteer's points · 志愿者积分",
    params(("id" = VolunteerId, Path, description = "The volunteer")),
    responses((status = 200, body = PointsBody, description = "What the volunteer has")),
)]
#[get("/volunteers/{id}/points")]
pub async fn get_volunteer_points(context: Context, id: Path<VolunteerId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let (wallet, now) = context
        .read(move |tx, act| {
            visible_volunteer(tx, act, id)?;
            Ok((points::wallet(tx, id)?, act.now))
        })
        .await?;
    shown(&context, wallet.as_ref(), now)
}

fn shown(context: &Context, wallet: Option<&Wallet>, now: DateTime<Utc>) -> Answer<HttpResponse> {
    let version = wallet.map_or(0, |wallet| wallet.version);
    context.one(&PointsBody::of(wallet, now), version)
}

fn visible_volunteer(tx: &mut Transaction<'_>, act: &Act<'_>, id: VolunteerId) -> Answer<()> {
    let standing = volunteers::standing(tx, act, id)?;
    let target = Target::venue(&standing.home_path);
    act.caller.authorise_read(Permission::PointsRead, target, "volunteer")
}

/// The caller's own statement, the latest transaction first.
#[utoipa::path(
    tag = "points",
    operation_id = "listMyPointsTransactions",
    summary = "List my points transactions · 我的积分明细",
    params(ListTransactions),
    responses((status = 200, body = TransactionList, description = "A page of the statement")),
)]
#[get("/me/points/transactions")]
pub async fn list_my_points_transactions(
    context: Context,
    params: Params<ListTransactions>,
) -> Answer<HttpResponse> {
    statement(&context, &params.0, |_, act| act.caller.volunteer_id()).await
}

/// A volunteer's statement, for staff, the latest transaction first.
#[utoipa::path(
    tag = "points",
    operation_id = "listVolunteerPointsTransactions",
    summary = "List a volunteer's points transactions · 志愿者积分明细",
    params(("id" = VolunteerId, Path, description = "The volunteer"), ListTransactions),
    responses((status = 200, body = TransactionList, description = "A page of the statement")),
)]
#[get("/volunteers/{id}/points/transactions")]
pub async fn list_volunteer_points_transactions(
    context: Context,
    id: Path<VolunteerId>,
    params: Params<ListTransactions>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    statement(&context, &params.0, move |tx, act| {
        visible_volunteer(tx, act, id)?;
        Ok(id)
    })
    .await
}

async fn statement(
    context: &Context,
    params: &ListTransactions,
    owner: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<VolunteerId> + Send + 'static,
) -> Answer<HttpResponse> {
    let page = context.page::<i64>(params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, act| {
            let owner = owner(tx, act)?;
            Ok(points::transactions(tx, owner, asked.after, asked.rows())?)
        })
        .await?;
    let language = context.language();
    context.list(
        &page,
        rows,
        |line: &StatementLine| line.sequence,
        |line| TransactionLineBody::of(&line, language),
    )
}

/// One transaction with its entries: the caller's own, or one of a volunteer within the caller's scope.
#[utoipa::path(
    tag = "points",
    operation_id = "getPointsTransaction",
    summary = "Get a points transaction · 积分交易详情",
    params(("id" = PointsTransactionId, Path, description = "The transaction")),
    responses((status = 200, body = TransactionBody, description = "The transaction")),
)]
#[get("/points/transactions/{id}")]
pub async fn get_points_transaction(
    context: Context,
    id: Path<PointsTransactionId>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let posting =
        context.read(move |tx, act| corrections::visible_transaction(tx, act, id)).await?;
    context.one(&TransactionBody::of(&posting, context.language()), 1)
}

/// Undoes a credit or an adjustment by a transaction that points at it, once. What was spent already is owed.
#[utoipa::path(
    tag = "points",
    operation_id = "reversePointsTransaction",
    summary = "Reverse a points transaction · 冲正积分交易",
    params(("id" = PointsTransactionId, Path, description = "The mistaken transaction")),
    request_body = Correction,
    responses((status = 200, body = TransactionBody, description = "The reversal")),
)]
#[post("/points/transactions/{id}/reverse")]
pub async fn reverse_points_transaction(
    context: Context,
    id: Path<PointsTransactionId>,
    body: Body<Correction>,
) -> Answer<HttpResponse> {
    let (id, language) = (id.into_inner(), context.language());
    context
        .write(body, move |tx, act, body| {
            let reversal = corrections::reverse_transaction(tx, act, id, &body.reason)?;
            Reply::ok(&TransactionBody::of(&reversal, language))
        })
        .await
}

/// Gives or takes points by hand. Up to 100 points are posted at once (201, the transaction); more wait for a second person
/// (202, the adjustment).
#[utoipa::path(
    tag = "points",
    operation_id = "adjustPoints",
    summary = "Adjust points · 调整积分",
    request_body = AdjustPoints,
    responses(
        (status = 201, body = TransactionBody, description = "The transaction"),
        (status = 202, body = AdjustmentBody, description = "It waits for a second person"),
    ),
)]
#[post("/points/adjustments")]
pub async fn adjust_points(context: Context, body: Body<AdjustPoints>) -> Answer<HttpResponse> {
    let language = context.language();
    context
        .write(body, move |tx, act, body| {
            let adjusted = corrections::adjust_points(tx, act, &body.command())?;
            match &adjusted.posting {
                Some(posting) => Reply::created(
                    format!("/api/v1/points/transactions/{}", posting.id),
                    &TransactionBody::of(posting, language),
                ),
                None => Reply::accepted(&AdjustmentBody::from(adjusted.adjustment)),
            }
        })
        .await
}

/// Adjustments of a center, the oldest first.
#[utoipa::path(
    tag = "points",
    operation_id = "listAdjustments",
    summary = "List adjustments · 积分调整列表",
    params(ListAdjustments),
    responses((status = 200, body = AdjustmentList, description = "A page of adjustments")),
)]
#[get("/points/adjustments")]
pub async fn list_adjustments(
    context: Context,
    params: Params<ListAdjustments>,
) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<AdjustmentId>(&params)?;
    let asked = page.clone();
    let state = params.state.unwrap_or(AdjustmentState::Pending);
    let rows = context
        .read(move |tx, act| {
            corrections::adjustments(tx, act, params.center_id, state, asked.after, asked.rows())
        })
        .await?;
    context.list(&page, rows, |adjustment| adjustment.id, AdjustmentBody::from)
}

/// A second person posts a pending adjustment.
#[utoipa::path(
    tag = "points",
    operation_id = "approveAdjustment",
    summary = "Approve an adjustment · 批准积分调整",
    params(("id" = AdjustmentId, Path, description = "The adjustment")),
    responses((status = 200, body = TransactionBody, description = "The transaction")),
)]
#[post("/points/adjustments/{id}/approve")]
pub async fn approve_adjustment(
    context: Context,
    id: Path<AdjustmentId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    decide(context, id.into_inner(), body, AdjustmentState::Posted).await
}

/// Declines a pending adjustment; whoever asked may do so too.
#[utoipa::path(
    tag = "points",
    operation_id = "declineAdjustment",
    summary = "Decline an adjustment · 驳回积分调整",
    params(("id" = AdjustmentId, Path, description = "The adjustment")),
    responses((status = 200, body = AdjustmentBody, description = "The adjustment")),
)]
#[post("/points/adjustments/{id}/decline")]
pub async fn decline_adjustment(
    context: Context,
    id: Path<AdjustmentId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    decide(context, id.into_inner(), body, AdjustmentState::Declined).await
}

async fn decide(
    context: Context,
    id: AdjustmentId,
    body: NoBody,
    state: AdjustmentState,
) -> Answer<HttpResponse> {
    let language = context.language();
    context
        .write(body, move |tx, act, ()| {
            reply(corrections::decide_adjustment(tx, act, id, state)?, language)
        })
        .await
}

fn reply(adjusted: Adjusted, language: Language) -> Answer<Reply> {
    match &adjusted.posting {
        Some(posting) => Reply::ok(&TransactionBody::of(posting, language)),
        None => Reply::ok(&AdjustmentBody::from(adjusted.adjustment)),
    }
}
