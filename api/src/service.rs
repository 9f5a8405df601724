//! What the server says of itself: health, metrics, the spec, the catalogue of problems.

use actix_web::{HttpResponse, get, web::Data};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    context::Context,
    openapi::Published,
    operations::{Access, Operation},
    problem::{Answer, Code, Problem, explain_problem},
};

pub const OPERATIONS: &[Operation] = &[
    Operation::new("getLiveness", Access::Public, &[]),
    Operation::new("getReadiness", Access::Public, &[]),
    Operation::new("getMetrics", Access::Public, &[]),
    Operation::new("getSpec", Access::Public, &[]).tagged(),
    Operation::new("explainProblem", Access::Public, &[]),
];

/// Whether an operation is for those who watch the server: it is never limited.
pub fn is_probe(operation: &Operation) -> bool {
    matches!(operation.id, "getLiveness" | "getReadiness" | "getMetrics")
}

pub fn configure(routes: &mut ServiceConfig<'_>) {
    routes
        .service(get_liveness)
        .service(get_readiness)
        .service(get_metrics)
        .service(get_spec)
        .service(explain_problem);
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "ok"}))]
pub struct Health {
    pub status: String,
}

fn healthy() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok".to_owned() })
}

/// Whether the process runs. It asks nobody else.
#[utoipa::path(
    tag = "operations",
    operation_id = "getLiveness",
    summary = "Is the process alive? · 进程是否存活",
    responses((status = 200, body = Health, description = "It is")),
)]
#[get("/health/live")]
pub async fn get_liveness() -> HttpResponse {
    healthy()
}

/// Whether requests can be served: the database answers and its migrations are those of this program.
#[utoipa::path(
    tag = "operations",
    operation_id = "getReadiness",
    summary = "Can requests be served? · 是否可以提供服务",
    responses((status = 200, body = Health, description = "They can")),
)]
#[get("/health/ready")]
pub async fn get_readiness(context: Context) -> Answer<HttpResponse> {
    let database = context.app.database.clone();
    let migrated = actix_web::web::block(move || database.is_migrated())
        .await
        .map_err(|_| Problem::new(Code::Overloaded))??;
    if !migrated {
        return Err(Problem::new(Code::DatabaseAway)
            .say("数据库结构尚未升级。", "The database's migrations have not been applied.")
            .retry_after(3));
    }
    Ok(healthy())
}

/// Figures in Prometheus's text format.
#[utoipa::path(
    tag = "operations",
    operation_id = "getMetrics",
    summary = "Figures for Prometheus · 监控指标",
    responses((status = 200, body = String, content_type = "text/plain", description = "Figures in Prometheus's text format",
        example = "shijian_requests_total{operation=\"getActivity\",status=\"200\"} 12\n")),
)]
#[get("/metrics")]
pub async fn get_metrics(context: Context, recorder: Data<PrometheusHandle>) -> HttpResponse {
    let (readers, writers) = context.app.database.waiting();
    for (lane, waiting) in [("read", readers), ("write", writers)] {
        metrics::gauge!("shijian_lane_tasks", "lane" => lane)
            .set(u32::try_from(waiting).unwrap_or(u32::MAX));
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(recorder.render())
}

/// This document.
#[utoipa::path(
    tag = "operations",
    operation_id = "getSpec",
    summary = "The published spec · 接口文档",
    responses((status = 200, body = serde_json::Value, description = "OpenAPI 3.1",
        example = json!({"openapi": "3.1.0", "info": {"title": "Shijian · 实践", "version": "0.1.0"}, "paths": {}}))),
)]
#[get("/openapi.json")]
pub async fn get_spec(context: Context, published: Data<Published>) -> HttpResponse {
    context.tagged(&published.tag, || published.text.clone())
}
