//! `/api/v1/partners` and `/api/v1/offers`

use actix_web::{HttpResponse, get, post, put, web::Path};
use shijian_domain::{
    ids::{OfferId, PartnerId, VenueId},
    redemption::{Offer, OfferState},
    venues::VenuePath,
};
use shijian_persistence::{
    Transaction,
    redemption::{self, OfferFilter, PartnerFilter},
    venues,
};

use super::{
    offer_bodies::{
        CreatePartner, ListOffers, ListPartners, OfferBody, OfferInput, OfferList, PartnerBody,
        PartnerList, ReturnOffer,
    },
    offers, partners,
};
use crate::{
    act::Act,
    body::{Body, NoBody},
    context::Context,
    page::Params,
    problem::{Answer, Code, Problem},
    reply::Reply,
};

/// Partners, the latest first.
#[utoipa::path(
    tag = "redemption",
    operation_id = "listPartners",
    summary = "List partners · 商户列表",
    params(ListPartners),
    responses((status = 200, body = PartnerList, description = "A page of partners")),
)]
#[get("/partners")]
pub async fn list_partners(context: Context, params: Params<ListPartners>) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<PartnerId>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, _| {
            let filter = PartnerFilter {
                within: within(tx, params.venue_id)?,
                kind: params.kind,
                text: params.q.clone(),
            };
            Ok(redemption::partners(tx, &filter, asked.after, asked.rows())?)
        })
        .await?;
    context.list(&page, rows, |partner| partner.id, PartnerBody::from)
}

/// The path of the venue that a query names.
pub fn within(tx: &mut Transaction<'_>, venue: Option<VenueId>) -> Answer<Option<VenuePath>> {
    venue
        .map(|id| venues::path(tx, id)?.ok_or_else(|| Problem::not_found("venue").at("venue_id")))
        .transpose()
}

/// One partner.
#[utoipa::path(
    tag = "redemption",
    operation_id = "getPartner",
    summary = "Get a partner · 查看商户",
    params(("id" = PartnerId, Path, description = "The partner")),
    responses((status = 200, body = PartnerBody, description = "The partner")),
)]
#[get("/partners/{id}")]
pub async fn get_partner(context: Context, id: Path<PartnerId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let partner = context.read(move |tx, _| partners::existing(tx, id)).await?;
    let version = partner.version;
    context.one(&PartnerBody::from(partner), version)
}

/// Takes a partner on.
#[utoipa::path(
    tag = "redemption",
    operation_id = "createPartner",
    summary = "Create a partner · 新建商户",
    request_body = CreatePartner,
    responses((status = 201, body = PartnerBody, description = "The new partner")),
)]
#[post("/partners")]
pub async fn create_partner(context: Context, body: Body<CreatePartner>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let partner = partners::create_partner(tx, act, &body.command())?;
            let (location, version) = (format!("/api/v1/partners/{}", partner.id), partner.version);
            Ok(Reply::created(location, &PartnerBody::from(partner))?.version(version))
        })
        .await
}

/// Offers, the latest first: published ones for everybody.
#[utoipa::path(
    tag = "redemption",
    operation_id = "listOffers",
    summary = "List offers · 兑换资源列表",
    params(ListOffers),
    responses((status = 200, body = OfferList, description = "A page of offers")),
)]
#[get("/offers")]
pub async fn list_offers(context: Context, params: Params<ListOffers>) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<OfferId>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, act| {
            let state = params.state.unwrap_or(OfferState::Published);
            if matches!(state, OfferState::Draft | OfferState::InReview) {
                let partner = params.partner_id.ok_or_else(partner_needed)?;
                offers::may_see_drafts(tx, act, partner)?;
            }
            let filter = OfferFilter {
                state: Some(state),
                category: params.category,
                partner_id: params.partner_id,
                within: within(tx, params.venue_id)?,
                text: params.q.clone(),
            };
            Ok(redemption::offers(tx, &filter, asked.after, asked.rows())?)
        })
        .await?;
    context.list(&page, rows, |offer| offer.id, OfferBody::from)
}

fn partner_needed() -> Problem {
    Problem::new(Code::MalformedParameter)
        .say("查看未发布的资源须给出 partner_id。", "Give the partner_id whose drafts you want.")
        .at("partner_id")
}

/// One offer; drafts and offers in review only within the caller's scope.
#[utoipa::path(
    tag = "redemption",
    operation_id = "getOffer",
    summary = "Get an offer · 查看兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    responses((status = 200, body = OfferBody, description = "The offer")),
)]
#[get("/offers/{id}")]
pub async fn get_offer(context: Context, id: Path<OfferId>) -> Answer<HttpResponse> {
    let id = id.into_inner();
    let offer = context.read(move |tx, act| offers::visible(tx, act, id)).await?;
    let version = offer.version;
    context.one(&OfferBody::from(offer), version)
}

/// Drafts an offer of a partner.
#[utoipa::path(
    tag = "redemption",
    operation_id = "createOffer",
    summary = "Create an offer · 新建兑换资源",
    request_body = OfferInput,
    responses((status = 201, body = OfferBody, description = "The draft")),
)]
#[post("/offers")]
pub async fn create_offer(context: Context, body: Body<OfferInput>) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let offer = offers::create_offer(tx, act, body.partner_id, &body.command())?;
            let (location, version) = (format!("/api/v1/offers/{}", offer.id), offer.version);
            Ok(Reply::created(location, &OfferBody::from(offer))?.version(version))
        })
        .await
}

/// Replaces a draft.
#[utoipa::path(
    tag = "redemption",
    operation_id = "replaceOffer",
    summary = "Replace an offer · 修改兑换资源",
    params(("id" = OfferId, Path, description = "The draft")),
    request_body = OfferInput,
    responses((status = 200, body = OfferBody, description = "The draft as it is now")),
)]
#[put("/offers/{id}")]
pub async fn replace_offer(
    context: Context,
    id: Path<OfferId>,
    body: Body<OfferInput>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| {
            replied(offers::replace_offer(tx, act, id, body.partner_id, &body.command())?)
        })
        .await
}

/// Publishes a draft, or approves one in review, where the caller reviews offers; hands it in for review elsewhere.
#[utoipa::path(
    tag = "redemption",
    operation_id = "publishOffer",
    summary = "Publish an offer · 发布兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    responses((status = 200, body = OfferBody, description = "The offer: published, or in review")),
)]
#[post("/offers/{id}/publish")]
pub async fn publish_offer(
    context: Context,
    id: Path<OfferId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    changed(&context, id.into_inner(), body, offers::publish_offer).await
}

/// Gives an offer in review back for changes.
#[utoipa::path(
    tag = "redemption",
    operation_id = "returnOffer",
    summary = "Return an offer · 退回兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    request_body = ReturnOffer,
    responses((status = 200, body = OfferBody, description = "The draft")),
)]
#[post("/offers/{id}/return")]
pub async fn return_offer(
    context: Context,
    id: Path<OfferId>,
    body: Body<ReturnOffer>,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, body| replied(offers::return_offer(tx, act, id, &body.reason)?))
        .await
}

/// Stops redemptions for a while; vouchers stay good.
#[utoipa::path(
    tag = "redemption",
    operation_id = "pauseOffer",
    summary = "Pause an offer · 暂停兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    responses((status = 200, body = OfferBody, description = "The offer, paused")),
)]
#[post("/offers/{id}/pause")]
pub async fn pause_offer(
    context: Context,
    id: Path<OfferId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    changed(&context, id.into_inner(), body, |tx, act, id| {
        offers::move_offer(tx, act, id, "pauseOffer", OfferState::Paused)
    })
    .await
}

/// Publishes a paused offer again.
#[utoipa::path(
    tag = "redemption",
    operation_id = "resumeOffer",
    summary = "Resume an offer · 恢复兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    responses((status = 200, body = OfferBody, description = "The offer, published")),
)]
#[post("/offers/{id}/resume")]
pub async fn resume_offer(
    context: Context,
    id: Path<OfferId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    changed(&context, id.into_inner(), body, |tx, act, id| {
        offers::move_offer(tx, act, id, "resumeOffer", OfferState::Published)
    })
    .await
}

/// Ends an offer for good; vouchers stay good.
#[utoipa::path(
    tag = "redemption",
    operation_id = "endOffer",
    summary = "End an offer · 结束兑换资源",
    params(("id" = OfferId, Path, description = "The offer")),
    responses((status = 200, body = OfferBody, description = "The offer, ended")),
)]
#[post("/offers/{id}/end")]
pub async fn end_offer(context: Context, id: Path<OfferId>, body: NoBody) -> Answer<HttpResponse> {
    changed(&context, id.into_inner(), body, |tx, act, id| {
        offers::move_offer(tx, act, id, "endOffer", OfferState::Ended)
    })
    .await
}

async fn changed(
    context: &Context,
    id: OfferId,
    body: NoBody,
    change: impl Fn(&mut Transaction<'_>, &Act<'_>, OfferId) -> Answer<Offer> + Send + 'static,
) -> Answer<HttpResponse> {
    context.write(body, move |tx, act, ()| replied(change(tx, act, id)?)).await
}

fn replied(offer: Offer) -> Answer<Reply> {
    let version = offer.version;
    Ok(Reply::ok(&OfferBody::from(offer))?.version(version))
}
