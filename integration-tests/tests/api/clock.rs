//! The demo's clock, which tests move ahead to live through a session in a moment.

use chrono::{FixedOffset, TimeDelta, Utc};
use integration_tests::Server;
use serde_json::json;

/// The moment so many minutes from when the test runs.
#[expect(clippy::disallowed_methods, reason = "a test is a client: its time is the machine's")]
pub fn ahead(minutes: i64) -> String {
    (Utc::now() + TimeDelta::minutes(minutes)).to_rfc3339()
}

/// The time of day in the demo's zone, so many minutes from when the test runs.
#[expect(clippy::disallowed_methods, reason = "a test is a client: its time is the machine's")]
pub fn time_of_day(minutes: i64) -> String {
    let shanghai = FixedOffset::east_opt(8 * 60 * 60).unwrap();
    let moment = Utc::now() + TimeDelta::minutes(minutes);
    moment.with_timezone(&shanghai).format("%H:%M").to_string()
}

/// Moves the clock to so many minutes from when the test runs; the jobs that became due on the way have run.
pub async fn move_ahead(server: &Server, minutes: i64) {
    let admin = server.signed_in("admin").await;
    admin.put("/demo/clock", &json!({"now": ahead(minutes)})).await.expect(200);
}
