//! Figures for Prometheus: rate, errors and duration of each operation, and what the business does.

use std::time::Duration;

use actix_web::http::StatusCode;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of the durations' buckets, in seconds.
const BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Every figure: name, unit and meaning. `docs/operations.md` repeats it.
pub const FIGURES: &[(&str, Kind, &str)] = &[
    ("shijian_requests_total", Kind::Counter, "Requests, by operation and status"),
    ("shijian_request_seconds", Kind::Histogram, "Time to answer, by operation"),
    ("shijian_statements_total", Kind::Counter, "SQL statements sent, by operation"),
    ("shijian_lane_tasks", Kind::Gauge, "Tasks that wait for the database, by lane"),
    ("shijian_job_runs_total", Kind::Counter, "Runs of jobs, by job and outcome"),
    ("shijian_job_items_total", Kind::Counter, "Things that jobs did, by job"),
    ("shijian_events_total", Kind::Counter, "Events that happened, by kind"),
    (
        "shijian_messages_total",
        Kind::Counter,
        "Tries to send a WeChat or text message, by channel and outcome",
    ),
    (
        "shijian_job_last_success_seconds",
        Kind::Gauge,
        "When a job last ended well, in seconds since 1970, by job",
    ),
    ("shijian_job_seconds", Kind::Histogram, "Time that a job's run took, by job"),
];

/// What kind of figure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Installs the recorder of this process.
///
/// # Errors
/// If one is installed already.
pub fn install() -> Result<PrometheusHandle, String> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)
        .map_err(|error| error.to_string())?
        .install_recorder()
        .map_err(|error| error.to_string())?;
    for (name, kind, meaning) in FIGURES {
        match kind {
            Kind::Counter => describe_counter!(*name, *meaning),
            Kind::Gauge => describe_gauge!(*name, *meaning),
            Kind::Histogram => describe_histogram!(*name, *meaning),
        }
    }
    Ok(handle)
}

/// Counts one request.
pub fn request(operation: &'static str, status: StatusCode, took: Duration, statements: u32) {
    counter!("shijian_requests_total", "operation" => operation, "status" => class(status))
        .increment(1);
    histogram!("shijian_request_seconds", "operation" => operation).record(took.as_secs_f64());
    if statements > 0 {
        counter!("shijian_statements_total", "operation" => operation).increment(statements.into());
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
