//! A database that goes away and comes back.

use std::time::{Duration, Instant};

use integration_tests::{Engine, Server};
use serde_json::json;

/// How long the server may take to notice that the database is back.
const PATIENCE: Duration = Duration::from_secs(15);

async fn until_ready(server: &Server) {
    let begun = Instant::now();
    while server.anonymous().status_of("/health/ready").await != Some(200) {
        assert!(begun.elapsed() < PATIENCE, "the server does not find its database again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn while_the_database_is_away_callers_are_asked_to_come_back_and_then_served() {
    let server = Server::start(Engine::Postgres).await;
    let volunteer = server.signed_in("volunteer1").await;
    let before = volunteer.get("/me/points").await.expect(200);

    server.database().cut_off();
    for path in ["/venues", "/me/points", "/health/ready"] {
        let answer = volunteer.get(path).await;
        assert_ne!(answer.header("retry-after"), "", "{path}");
        let told = answer.expect(503);
        assert!(told["retry_after_seconds"].is_i64(), "{told}");
        assert!(!told.to_string().contains("allow_connections"), "no internals: {told}");
    }
    volunteer.post("/redemptions", &json!({"offer_id": before["nothing"]})).await.expect(422);
    volunteer.get("/health/live").await.expect(200);

    server.database().let_in();
    until_ready(&server).await;
    assert_eq!(volunteer.get("/me/points").await.expect(200), before);
}
