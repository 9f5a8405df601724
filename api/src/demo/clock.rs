//! `PUT /api/v1/demo/clock`: moves the demo's clock ahead, and runs the jobs that became due on the way.

use std::sync::Arc;

use actix_web::{HttpResponse, put};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use shijian_persistence::{
    jobs::{marker, set_marker},
    orders::next_due,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    app::App,
    body::{Body, RequestBody},
    clock::{Clock, DemoClock},
    context::Context,
    jobs,
    operations::Operation,
    problem::{Answer, Code, Problem},
    reply::Reply,
};

/// How far ahead one call may move the clock.
const FARTHEST: TimeDelta = TimeDelta::days(400);

/// A target that passed so recently is as good as reached: the answer to the move may have been lost.
const JUST_PASSED: TimeDelta = TimeDelta::minutes(5);

/// A move is made in about so many steps, so that jobs of different rhythms take turns as they would have.
const STEPS: i32 = 60;

/// The name under which the distance to the machine's clock is remembered.
pub(super) const MARKER: &str = "demo_clock_ahead_microseconds";

/// When it shall be.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"now": "2026-12-05T02:30:00Z"}))]
pub struct MoveClock {
    /// At most 400 days after the clock's present time. What passed within the last five minutes counts as reached, so that a
    /// move can be repeated.
    pub now: DateTime<Utc>,
}

/// What time it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({"now": "2026-12-05T02:30:00Z"}))]
pub struct ClockBody {
    /// The deployment's time.
    pub now: DateTime<Utc>,
}

/// Moves the demo's clock ahead. The jobs that became due on the way have run when it answers. Only a demo has such a clock:
/// elsewhere the answer is 404.
#[utoipa::path(
    tag = "demo",
    operation_id = "moveDemoClock",
    summary = "Move the demo clock · 调整演示时钟",
    request_body = MoveClock,
    responses((status = 200, body = ClockBody, description = "The time now")),
)]
#[put("/demo/clock")]
pub async fn move_demo_clock(context: Context, body: Body<MoveClock>) -> Answer<HttpResponse> {
    // The database knows whether the caller may.
    context.read(|_, _| Ok(())).await?;
    let now = move_to(&context.app, body.content().now).await?;
    Ok(Reply::ok(&ClockBody { now })?.into_response())
}

/// Moves the clock of `app` ahead to `target` in steps, running what becomes due after each.
///
/// # Errors
/// [`Code::NotFound`] if the clock cannot be moved; [`Code::ClockOutOfReach`] if `target` is in the past or too far ahead.
pub async fn move_to(app: &Arc<App>, target: DateTime<Utc>) -> Answer<DateTime<Utc>> {
    let clock = app.clock.movable().ok_or_else(|| Problem::not_found("demo_clock"))?;
    let distance = target - clock.now();
    if distance < -JUST_PASSED || distance > FARTHEST {
        return Err(Problem::new(Code::ClockOutOfReach)
            .say(
                format!("演示时钟现在是 {},只能向前调,且不超过 400 天。", clock.now().to_rfc3339()),
                format!(
                    "The clock says {}; it moves ahead only, by at most 400 days.",
                    clock.now().to_rfc3339()
                ),
            )
            .at("/now"));
    }
    let step = (distance / STEPS).clamp(TimeDelta::minutes(1), TimeDelta::days(1));
    while clock.now() < target {
        let next = next_stop(app, clock.now(), clock.now() + step).await?;
        clock.advance_to(next.min(target));
        remember(app, clock).await?;
        jobs::run_due(app).await?;
    }
    jobs::catch_up(app).await?;
    Ok(clock.now())
}

/// `end`, or earlier where an order's clock runs out before: what follows from it happens at its time, to a minute.
async fn next_stop(
    app: &Arc<App>,
    now: DateTime<Utc>,
    end: DateTime<Utc>,
) -> Answer<DateTime<Utc>> {
    let due = app.database.read(move |tx| next_due(tx, now)).await?;
    let soonest = now + TimeDelta::minutes(1);
    Ok(due.map_or(end, |due| end.min(due.max(soonest))))
}

/// Whether the operation is the demo's and this deployment is none: it is then missing for everybody.
pub fn is_missing(operation: &Operation, app: &App) -> bool {
    operation.id == "moveDemoClock" && app.clock.movable().is_none()
}

async fn remember(app: &Arc<App>, clock: &DemoClock) -> Answer<()> {
    let ahead = clock.ahead().num_microseconds().unwrap_or(0).to_string();
    Ok(app.database.write(move |tx| set_marker(tx, MARKER, &ahead)).await?)
}

/// Sets the clock of `app` ahead by as much as it was when the program ended.
pub async fn restore(app: &Arc<App>) -> Answer<()> {
    let Some(clock) = app.clock.movable() else { return Ok(()) };
    let ahead = app.database.read(|tx| marker(tx, MARKER)).await?;
    if let Some(ahead) = ahead.and_then(|ahead| ahead.parse().ok()) {
        clock.advance_by(TimeDelta::microseconds(ahead));
    }
    Ok(())
}
