//! What holds for every operation.

use integration_tests::{Engine, Server, on_both_engines};
use reqwest::Method;
use serde_json::{Value, json};

fn base(parent: &Value, code: &str) -> Value {
    json!({
        "code": code, "kind": "base", "name": "运河书院", "parent_id": parent,
        "location": {"longitude": 116.7, "latitude": 39.9},
    })
}

async fn center_id(server: &Server) -> Value {
    server.anonymous().get("/venues?kind=center").await.expect(200)["items"][0]["id"].clone()
}

#[tokio::test]
async fn browsers_may_read_whether_an_answer_was_given_before() {
    let origins = [("SHIJIAN_CORS_ORIGINS", "https://example.org")];
    let server = Server::start_with(Engine::Sqlite, &origins).await;
    let anybody = server.anonymous();
    let request = anybody.request(Method::GET, "/venues").header("Origin", "https://example.org");
    let exposed =
        anybody.send(request).await.header("access-control-expose-headers").to_lowercase();
    assert!(exposed.contains("idempotency-replayed"), "{exposed}");
}

on_both_engines! {
    async fn the_server_says_that_it_is_alive_and_ready(server: Server) {
        let anybody = server.anonymous();
        anybody.get("/health/live").await.expect(200);
        anybody.get("/health/ready").await.expect(200);
        for path in ["/health/live", "/health/ready", "/api/v1/venues"] {
            let head = anybody.send(anybody.request(Method::HEAD, path)).await;
            assert_eq!((head.status, &head.body), (200, &json!("")), "{path}");
        }
        let metrics = anybody.get("/metrics").await.expect(200);
        assert!(metrics.as_str().unwrap().contains("shijian_requests_total"));
    }

    async fn what_is_logged_on_the_way_carries_the_requests_id(server: Server) {
        let anybody = server.anonymous();
        let asked = anybody
            .request(Method::POST, "/auth/phone-codes")
            .header("X-Request-Id", "follow-this-one")
            .json(&json!({"phone": "13700000077"}));
        anybody.send(asked).await.expect(202);
        let log = server.log();
        let line = log.lines().find(|line| line.contains("13700000077")).unwrap();
        assert!(line.contains("follow-this-one"), "{line}");
    }

    async fn a_wrong_path_method_and_content_type_are_problems(server: Server) {
        let anybody = server.anonymous();
        anybody.get("/nothing-here").await.refused(404, "unknown_path");
        let wrong = anybody.delete("/venues").await;
        assert!(wrong.header("allow").contains("GET"));
        wrong.refused(405, "method_not_allowed");
        let center = server.signed_in("center").await;
        let text = center.request(Method::POST, "/venues").header("Content-Type", "text/plain").body("x");
        center.send(text).await.refused(415, "unsupported_media_type");
    }

    async fn a_broken_or_unknown_token_is_told_how_to_authenticate(server: Server) {
        let stranger = server.anonymous().with_token("not-a-token");
        let told = stranger.get("/me").await;
        assert!(told.header("www-authenticate").starts_with("Bearer"));
        told.refused(401, "unauthenticated");
    }

    async fn a_bad_body_is_refused_at_its_place_with_nothing_changed(server: Server) {
        let center = server.signed_in("center").await;
        let root = center_id(&server).await;
        let before = center.every("/venues").await.len();
        let raw = |text: String| center.request(Method::POST, "/venues").header("Content-Type", "application/json").body(text);
        center.send(raw("{\"code\": ".to_owned())).await.refused(400, "malformed_body");
        center.send(raw("\t".to_owned())).await.refused(400, "malformed_body");
        center.send(raw("[".repeat(200))).await.refused(400, "malformed_body");
        center.send(raw(format!("{{\"name\": \"{}\"}}", "x".repeat(200_000)))).await.refused(413, "body_too_large");

        let mut unknown = base(&root, "TZ-B97");
        unknown["colour"] = json!("red");
        let told = center.post("/venues", &unknown).await.refused(422, "invalid_body");
        assert_eq!(told["errors"][0]["pointer"], "/colour");
        let mut far = base(&root, "TZ-B97");
        far["location"]["latitude"] = json!(91.0);
        let told = center.post("/venues", &far).await.refused(422, "invalid_body");
        assert!(told["errors"][0]["pointer"].as_str().unwrap().starts_with("/location"));
        assert_eq!(center.every("/venues").await.len(), before);
    }

    async fn the_same_key_gives_the_same_answer_and_one_effect(server: Server) {
        let center = server.signed_in("center").await;
        let new = base(&center_id(&server).await, "TZ-B96");
        let first = center.post_once("/venues", "a-key", &new).await.expect(201);
        let again = center.post_once("/venues", "a-key", &new).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.expect(201), first);
        let mut other = new.clone();
        other["name"] = json!("别的名字");
        center.post_once("/venues", "a-key", &other).await.refused(422, "idempotency_key_reused");
    }

    async fn a_cursor_of_another_list_is_refused(server: Server) {
        let anybody = server.anonymous();
        anybody.get("/venues?cursor=nonsense").await.refused(400, "malformed_cursor");
        anybody.get("/venues?limit=0").await.refused(400, "malformed_parameter");
        anybody.get("/venues?limit=101").await.refused(400, "malformed_parameter");
        anybody.get("/venues?colour=red").await.refused(400, "malformed_parameter");
    }

    async fn the_served_spec_is_the_committed_one(server: Server) {
        let anybody = server.anonymous();
        let served = anybody.get("/openapi.json").await;
        let known = anybody.request(Method::GET, "/openapi.json").header("If-None-Match", served.header("etag"));
        anybody.send(known).await.expect(304);
        let served = served.expect(200);
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
        let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        assert!(served == committed, "the code makes another spec: `make openapi`");
    }

    async fn a_killed_server_keeps_what_it_answered_and_does_nothing_twice(server: Server) {
        let mut server = server;
        let center = server.signed_in("center").await;
        let new = base(&center_id(&server).await, "TZ-B95");
        let first = center.post_once("/venues", "before-the-cut", &new).await.expect(201);
        server.kill_and_restart().await;
        let again = center.post_once("/venues", "before-the-cut", &new).await.expect(201);
        assert_eq!(again, first);
    }

    async fn a_server_that_is_asked_to_end_ends_well(server: Server) {
        let mut server = server;
        assert!(server.end());
    }
}
