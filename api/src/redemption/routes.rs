//! `/api/v1/redemptions`, `/api/v1/vouchers` and partners' statements

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::{
    identity::{Permission, Target},
    ids::{PartnerId, RedemptionId},
    redemption::VoucherCode,
};
use shijian_persistence::{
    Transaction,
    redemption::{self, RedemptionFilter},
};

use super::{
    actions::{self, Shown},
    bodies::{
        ListMyRedemptions, ListRedemptions, Redeem, RedemptionBody, RedemptionList,
        RefundRedemption, StatementBody,
    },
    offer_routes::within,
    partners, statements,
};
use crate::{
    act::Act,
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::{Answer, Code, Problem},
    reply::Reply,
};

/// Exchanges points for an offer: the points are held, the stock goes down, and a voucher comes out.
#[utoipa::path(
    tag = "redemption",
    operation_id = "redeem",
    summary = "Redeem an offer · 兑换",
    request_body = Redeem,
    responses((status = 201, body = RedemptionBody, description = "The redemption with its voucher")),
)]
#[post("/redemptions")]
pub async fn redeem(context: Context, body: Body<Redeem>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let shown = actions::redeem(tx, act, &body.command())?;
            let location = format!("/api/v1/redemptions/{}", shown.redemption.id);
            Ok(Reply::created(location, &RedemptionBody::from(shown))?.version(1))
        })
        .await
}

/// One redemption: the caller's own, or one within the caller's scope.
#[utoipa::path(
    tag = "redemption",
    operation_id = "getRedemption",
    summary = "Get a redemption · 查看兑换",
    params(("id" = RedemptionId, Path, description = "The redemption")),
    responses((status = 200, body = RedemptionBody, description = "The redemption")),
)]
#[get("/redemptions/{id}")]
pub async fn get_redemption(context: Context, id: Path<RedemptionId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let shown = context.read(move |tx, act| actions::visible(tx, act, id)).await?;
    let version = shown.redemption.version;
    context.one(&RedemptionBody::from(shown), version)
}

/// The caller's own redemptions, the latest first.
#[utoipa::path(
    tag = "redemption",
    operation_id = "listMyRedemptions",
    summary = "List my redemptions · 我的兑换",
    params(ListMyRedemptions),
    responses((status = 200, body = RedemptionList, description = "A page of redemptions")),
)]
#[get("/me/redemptions")]
pub async fn list_my_redemptions(
    context: Context,
    params: Params<ListMyRedemptions>,
) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<RedemptionId>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, act| {
            let filter = RedemptionFilter {
                volunteer_id: Some(act.caller.volunteer_id()?),
                state: params.state,
                ..RedemptionFilter::default()
            };
            redemption::redemptions(tx, &filter, asked.after, asked.rows())?
                .into_iter()
                .map(|kept| actions::own(act, kept))
                .collect::<Answer<Vec<Shown>>>()
        })
        .await?;
    context.list(&page, rows, |shown| shown.redemption.id, RedemptionBody::from)
}

/// Redemptions of a partner, or of the partners that a venue looks after, the latest first.
#[utoipa::path(
    tag = "redemption",
    operation_id = "listRedemptions",
    summary = "List redemptions · 兑换列表",
    params(ListRedemptions),
    responses((status = 200, body = RedemptionList, description = "A page of redemptions")),
)]
#[get("/redemptions")]
pub async fn list_redemptions(
    context: Context,
    params: Params<ListRedemptions>,
) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<RedemptionId>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, act| {
            let filter = filter(tx, act, &params)?;
            Ok(redemption::redemptions(tx, &filter, asked.after, asked.rows())?)
        })
        .await?;
    context.list(
        &page,
        rows,
        |kept| kept.redemption.id,
        |kept| RedemptionBody::from(Shown { redemption: kept.redemption, code: None }),
    )
}

/// What the query asks for, if it lies within the caller's scope.
fn filter(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    params: &ListRedemptions,
) -> Answer<RedemptionFilter> {
    let within = within(tx, params.venue_id)?;
    match (params.partner_id, &within) {
        (Some(partner), _) => {
            let path = partners::path(tx, partner)?;
            let target = Target::venue(&path).or_partner(partner);
            act.caller.authorise_read(Permission::RedemptionRead, target, "partner")?;
        }
        (None, Some(path)) => {
            let target = Target::venue(path);
            act.caller.authorise_read(Permission::RedemptionRead, target, "venue")?;
        }
        (None, None) => {
            return Err(Problem::new(Code::MalformedParameter)
                .say("请给出 partner_id 或 venue_id。", "Give partner_id or venue_id.")
                .at("partner_id"));
        }
    }
    Ok(RedemptionFilter {
        volunteer_id: params.volunteer_id,
        partner_id: params.partner_id,
        offer_id: params.offer_id,
        within,
        state: params.state,
    })
}

/// Gives a held voucher back: points return to the lots they came from, and the stock goes up.
#[utoipa::path(
    tag = "redemption",
    operation_id = "cancelRedemption",
    summary = "Cancel a redemption · 取消兑换",
    params(("id" = RedemptionId, Path, description = "The redemption")),
    responses((status = 200, body = RedemptionBody, description = "The redemption, cancelled")),
)]
#[post("/redemptions/{id}/cancel")]
pub async fn cancel_redemption(
    context: Context,
    id: Path<RedemptionId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context.write(body, move |tx, act, ()| replied(actions::cancel(tx, act, id)?)).await
}

/// Undoes a consumption within 7 days: the partner gives the points back. The stock stays as it is.
#[utoipa::path(
    tag = "redemption",
    operation_id = "refundRedemption",
    summary = "Refund a redemption · 退还兑换",
    params(("id" = RedemptionId, Path, description = "The redemption")),
    request_body = RefundRedemption,
    responses((status = 200, body = RedemptionBody, description = "The redemption, refunded")),
)]
#[post("/redemptions/{id}/refund")]
pub async fn refund_redemption(
    context: Context,
    id: Path<RedemptionId>,
    body: Body<RefundRedemption>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| replied(actions::refund(tx, act, id, &body.reason)?))
        .await
}

/// What a voucher is for, for a clerk of its partner, before honouring it.
#[utoipa::path(
    tag = "redemption",
    operation_id = "getVoucher",
    summary = "Get a voucher · 查看兑换券",
    params(("code" = String, Path, description = "The code; case, spaces and hyphens don't matter")),
    responses((status = 200, body = RedemptionBody, description = "The redemption")),
)]
#[get("/vouchers/{code}")]
pub async fn get_voucher(context: Context, code: Path<String>) -> Answer<HttpResponse> {
    let tried = Tried::new(&context)?;
    let shown = match read(&code) {
        Ok(code) => context.read(move |tx, act| actions::voucher(tx, act, &code)).await,
        Err(problem) => Err(problem),
    };
    let shown = tried.counted(&context, shown)?;
    let version = shown.redemption.version;
    context.one(&RedemptionBody::from(shown), version)
}

/// A clerk of the partner honours a voucher, once.
#[utoipa::path(
    tag = "redemption",
    operation_id = "consumeVoucher",
    summary = "Consume a voucher · 核销兑换券",
    params(("code" = String, Path, description = "The code; case, spaces and hyphens don't matter")),
    responses((status = 200, body = RedemptionBody, description = "The redemption, consumed")),
)]
#[post("/vouchers/{code}/consume")]
pub async fn consume_voucher(
    context: Context,
    code: Path<String>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let tried = Tried::new(&context)?;
    let done = match read(&code) {
        Ok(code) => {
            context.write(body, move |tx, act, ()| replied(actions::consume(tx, act, &code)?)).await
        }
        Err(problem) => Err(problem),
    };
    tried.counted(&context, done)
}

fn read(code: &str) -> Answer<VoucherCode> {
    VoucherCode::parse(code).map_err(|_| Problem::not_found("voucher"))
}

/// Who tries codes: whoever tries too many wrong ones has to wait.
struct Tried(String);

impl Tried {
    fn new(context: &Context) -> Answer<Self> {
        let facts = context.facts();
        let who =
            facts.token.map_or_else(|| facts.address.clone(), |token| token.account_id.to_string());
        context.app.limits.voucher_failures.allows(&who)?;
        Ok(Self(who))
    }

    fn counted<T>(&self, context: &Context, answer: Answer<T>) -> Answer<T> {
        let is_wrong =
            |problem: &Problem| matches!(problem.code(), Code::NotFound | Code::OutOfScope);
        if answer.as_ref().is_err_and(is_wrong) {
            context.app.limits.voucher_failures.count(&self.0);
        }
        answer
    }
}

/// What a partner's vouchers came to in a month.
#[utoipa::path(
    tag = "redemption",
    operation_id = "getPartnerStatement",
    summary = "Get a partner's statement · 商户对账单",
    params(
        ("id" = PartnerId, Path, description = "The partner"),
        ("month" = String, Path, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", description = "YYYY-MM, in the deployment's time zone"),
    ),
    responses((status = 200, body = StatementBody, description = "The statement")),
)]
#[get("/partners/{id}/statements/{month}")]
pub async fn get_partner_statement(
    context: Context,
    path: Path<(PartnerId, String)>,
) -> Answer<HttpResponse> {
    let (id, month) = path.into_inner();
    let month = statements::month(&month)?;
    let statement = context.read(move |tx, act| statements::statement(tx, act, id, month)).await?;
    context.one(&StatementBody::from(statement), 1)
}

/// Confirms a month that is over: for the partner by its clerk, for the center by the manager who looks after the partner.
#[utoipa::path(
    tag = "redemption",
    operation_id = "confirmPartnerStatement",
    summary = "Confirm a partner's statement · 确认商户对账单",
    params(
        ("id" = PartnerId, Path, description = "The partner"),
        ("month" = String, Path, pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", description = "YYYY-MM, in the deployment's time zone"),
    ),
    responses((status = 200, body = StatementBody, description = "The statement, confirmed")),
)]
#[post("/partners/{id}/statements/{month}/confirm")]
pub async fn confirm_partner_statement(
    context: Context,
    path: Path<(PartnerId, String)>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let (id, month) = path.into_inner();
    let month = statements::month(&month)?;
    context
        .write(body, move |tx, act, ()| {
            Reply::ok(&StatementBody::from(statements::confirm(tx, act, id, month)?))
        })
        .await
}

fn replied(shown: Shown) -> Answer<Reply> {
    let version = shown.redemption.version;
    Ok(Reply::ok(&RedemptionBody::from(shown))?.version(version))
}
