//! `/api/v1/points/earning-rules`

use actix_web::{HttpResponse, get, post, web::Path};
use shijian_domain::ids::EarningRulesId;

use super::{
    bodies::SimulationPeriod,
    rule_bodies::{
        CreateEarningRules, EarningRulesBody, EarningRulesList, ListEarningRules, SimulationBody,
    },
    rules,
};
use crate::{
    body::{Body, NoBody, RequestBody},
    context::Context,
    page::Params,
    problem::Answer,
    reply::{Reply, json, with_json},
};

/// The versions of a center's rules, the latest first.
#[utoipa::path(
    tag = "points",
    operation_id = "listEarningRules",
    summary = "List earning rules · 积分规则列表",
    params(ListEarningRules),
    responses((status = 200, body = EarningRulesList, description = "A page of versions")),
)]
#[get("/points/earning-rules")]
pub async fn list_earning_rules(
    context: Context,
    params: Params<ListEarningRules>,
) -> Answer<HttpResponse> {
    let params = params.0;
    let page = context.page::<EarningRulesId>(&params)?;
    let asked = page.clone();
    let rows = context
        .read(move |tx, act| {
            rules::list_rules(tx, act, params.center_id, asked.after, asked.rows())
        })
        .await?;
    context.list(&page, rows, |rules| rules.id, EarningRulesBody::from)
}

/// Drafts a version of a center's rules.
#[utoipa::path(
    tag = "points",
    operation_id = "createEarningRules",
    summary = "Create earning rules · 新建积分规则",
    request_body = CreateEarningRules,
    responses((status = 201, body = EarningRulesBody, description = "The draft")),
)]
#[post("/points/earning-rules")]
pub async fn create_earning_rules(
    context: Context,
    body: Body<CreateEarningRules>,
) -> Answer<HttpResponse> {
    context
        .write(body, |tx, act, body| {
            let rules = rules::create_rules(tx, act, &body.command())?;
            let (location, version) =
                (format!("/api/v1/points/earning-rules/{}", rules.id), rules.version);
            Ok(Reply::created(location, &EarningRulesBody::from(rules))?.version(version))
        })
        .await
}

/// Puts a draft in force; the version before it ends.
#[utoipa::path(
    tag = "points",
    operation_id = "activateEarningRules",
    summary = "Activate earning rules · 启用积分规则",
    params(("id" = EarningRulesId, Path, description = "The draft")),
    responses((status = 200, body = EarningRulesBody, description = "The rules in force")),
)]
#[post("/points/earning-rules/{id}/activate")]
pub async fn activate_earning_rules(
    context: Context,
    id: Path<EarningRulesId>,
    body: NoBody,
) -> Answer<HttpResponse> {
    let id = id.into_inner();
    context
        .write(body, move |tx, act, ()| {
            let rules = rules::activate_rules(tx, act, id)?;
            let version = rules.version;
            Ok(Reply::ok(&EarningRulesBody::from(rules))?.version(version))
        })
        .await
}

/// Plays past service by these rules: who would get what. Nothing changes.
#[utoipa::path(
    tag = "points",
    operation_id = "simulateEarningRules",
    summary = "Simulate earning rules · 试算积分规则",
    params(("id" = EarningRulesId, Path, description = "The rules")),
    request_body = SimulationPeriod,
    responses((status = 200, body = SimulationBody, description = "Totals and differences")),
)]
#[post("/points/earning-rules/{id}/simulate")]
pub async fn simulate_earning_rules(
    context: Context,
    id: Path<EarningRulesId>,
    body: Body<SimulationPeriod>,
) -> Answer<HttpResponse> {
    let (id, period) = (id.into_inner(), *body.content());
    let totals = context
        .read(move |tx, act| rules::simulate_rules(tx, act, id, period.from, period.to))
        .await?;
    Ok(with_json(HttpResponse::Ok(), json(&SimulationBody::from(totals))?))
}
