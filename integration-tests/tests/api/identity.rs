use integration_tests::{Server, on_both_engines};
use serde_json::{Value, json};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

on_both_engines! {
    async fn a_member_of_staff_signs_in_and_learns_what_they_may_do(server: Server) {
        let me = server.signed_in("station").await.get("/me").await.expect(200);
        assert_eq!(me["username"], "station");
        assert_eq!(me["grants"][0]["role"], "staff");
        assert_eq!(me["grants"][0]["scope"]["kind"], "venue");
        assert!(me["permissions"].as_array().unwrap().contains(&json!("session.write")));
        assert!(me["volunteer_id"].is_null());
    }

    async fn a_wrong_password_is_told_as_oauth_asks_and_too_many_are_stopped(server: Server) {
        let anybody = server.anonymous();
        let wrong = [("grant_type", "password"), ("username", "station"), ("password", "wrong-password")];
        let told = anybody.form("/oauth/token", &wrong).await;
        assert_eq!(told.header("cache-control"), "no-store");
        assert_eq!(told.expect(400)["error"], "invalid_grant");
        for _ in 0..9 {
            anybody.form("/oauth/token", &wrong).await.expect(400);
        }
        let stopped = anybody.form("/oauth/token", &wrong).await;
        assert!(stopped.header("retry-after").parse::<u64>().unwrap() > 60);
        assert!(stopped.refused(429, "too_many_requests")["retry_after_seconds"].is_u64());
        // Others are not stopped.
        server.token("center").await;
    }

    async fn the_token_endpoint_refuses_what_it_does_not_know(server: Server) {
        let anybody = server.anonymous();
        let told = anybody.form("/oauth/token", &[("grant_type", "implicit")]).await.expect(400);
        assert_eq!(told["error"], "unsupported_grant_type");
        let told = anybody.form("/oauth/token", &[("grant_type", "password")]).await.expect(400);
        assert_eq!(told["error"], "invalid_request");
        let told = anybody.post("/oauth/token", &json!({"grant_type": "password"})).await.expect(400);
        assert_eq!(told["error"], "invalid_request");
        let told = anybody.form("/oauth/token", &[("grant_type", "client_credentials")]).await;
        assert!(told.header("www-authenticate").starts_with("Basic"));
        assert_eq!(told.expect(401)["error"], "invalid_client");
    }

    async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_login(server: Server) {
        let anybody = server.anonymous();
        let first = server.token("volunteer1").await;
        let renew = |token: &str| {
            let (anybody, token) = (anybody.clone(), token.to_owned());
            async move {
                anybody.form("/oauth/token", &[("grant_type", "refresh_token"), ("refresh_token", &token)]).await
            }
        };
        let second = renew(text(&first, "refresh_token")).await.expect(200);
        anybody.with_token(text(&second, "access_token")).get("/me").await.expect(200);
        assert_eq!(renew(text(&first, "refresh_token")).await.expect(400)["error"], "invalid_grant");
        renew(text(&second, "refresh_token")).await.expect(400);
        anybody.with_token(text(&second, "access_token")).get("/me").await.refused(401, "unauthenticated");
    }

    async fn a_revoked_login_is_good_no_more(server: Server) {
        let anybody = server.anonymous();
        let tokens = server.token("volunteer1").await;
        anybody.form("/oauth/revoke", &[("token", text(&tokens, "refresh_token"))]).await.expect(200);
        anybody.form("/oauth/revoke", &[("token", "unknown")]).await.expect(200);
        anybody.with_token(text(&tokens, "access_token")).get("/me").await.refused(401, "unauthenticated");
    }

    async fn a_resident_signs_in_by_a_code_to_their_telephone(server: Server) {
        let resident = server.signed_in_by_phone("13900001234").await;
        let me = resident.get("/me").await.expect(200);
        assert_eq!(me["display_name"], "139****1234");
        let again = server.signed_in_by_phone("13900001234").await.get("/me").await.expect(200);
        assert_eq!(again["account_id"], me["account_id"]);
        let used = [("grant_type", "urn:shijian:grant:phone-code"), ("phone", "13900001234"), ("code", &server.phone_code("13900001234"))];
        assert_eq!(server.anonymous().form("/oauth/token", &used).await.expect(400)["error"], "invalid_grant");
    }

    async fn keys_rotate_without_signing_anybody_out(server: Server) {
        let mut server = server;
        let station = server.signed_in("station").await;
        let keys = server.anonymous().get("/.well-known/jwks.json").await.expect(200);
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        let (rotated, said) = server.run(&["keys", "rotate"]);
        assert!(rotated, "{said}");
        server.kill_and_restart().await;
        let keys = server.anonymous().get("/.well-known/jwks.json").await.expect(200);
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
        assert!(keys["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()));
        station.get("/me").await.expect(200);
    }

    async fn nobody_grants_more_than_they_hold(server: Server) {
        let institute = server.signed_in("institute").await;
        let me = institute.get("/me").await.expect(200);
        let scope = me["grants"][0]["scope"].clone();
        let new = json!({"username": "new-clerk", "display_name": "新来的", "password": "a-long-password"});
        let account = institute.post("/accounts", &new).await.expect(201);
        institute.post("/accounts", &new).await.refused(409, "username_taken");
        let grant = |role: &str, scope: &Value| json!({"account_id": account["id"], "role": role, "scope": scope});
        let given = institute.post("/grants", &grant("staff", &scope)).await.expect(201);
        institute.post("/grants", &grant("staff", &scope)).await.refused(409, "grant_held");
        let center = server.anonymous().get("/venues?kind=center").await.expect(200)["items"][0]["id"].clone();
        institute.post("/grants", &grant("staff", &json!({"kind": "venue", "id": center}))).await.refused(403, "out_of_scope");
        institute.post("/grants", &grant("admin", &json!({"kind": "deployment"}))).await.refused(403, "out_of_scope");
        let end = format!("/grants/{}/end", text(&given, "id"));
        institute.act(&end).await.expect(200);
        institute.act(&end).await.refused(409, "grant_ended");

        let auditor = server.signed_in("auditor").await;
        let records = auditor.every("/audit-records?operation=createGrant").await;
        assert!(records.iter().any(|record| record["subject"]["id"] == given["id"]));
        institute.get("/audit-records").await.refused(403, "out_of_scope");
    }

    async fn nobody_grants_for_longer_than_they_hold(server: Server) {
        let (center, auditor) = (server.signed_in("center").await, server.signed_in("auditor").await);
        let institute = server.signed_in("institute").await.get("/me").await.expect(200)["grants"][0]["scope"].clone();
        let until = |minutes| crate::clock::ahead(minutes);
        let short = json!({"username": "auditor", "role": "manager", "scope": institute, "valid_to": until(60)});
        center.post("/grants", &short).await.expect(201);
        let grant = |until: Option<String>| json!({"username": "grid", "role": "staff", "scope": institute, "valid_to": until});
        for too_long in [None, Some(until(120))] {
            let told = auditor.post("/grants", &grant(too_long)).await.refused(403, "out_of_scope");
            assert_eq!(told["errors"][0]["pointer"], "/valid_to");
        }
        auditor.post("/grants", &grant(Some(until(30)))).await.expect(201);
    }

    async fn a_municipal_system_calls_with_its_own_credentials(server: Server) {
        let admin = server.signed_in("admin").await;
        let client = admin.post("/api-clients", &json!({"name": "12345 热线"})).await.expect(201);
        let (id, secret) = (text(&client, "client_id"), text(&client, "client_secret"));
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let tokens = server.anonymous().form("/oauth/token", &form).await.expect(200);
        assert!(tokens["refresh_token"].is_null());
        let system = server.anonymous().with_token(text(&tokens, "access_token"));
        let me = system.get("/me").await.expect(200);
        assert_eq!(me["account_id"], client["account_id"]);
        let wrong = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", "wrong")];
        assert_eq!(server.anonymous().form("/oauth/token", &wrong).await.expect(401)["error"], "invalid_client");
        admin.act(&format!("/api-clients/{id}/revoke")).await.expect(200);
        system.get("/me").await.refused(401, "unauthenticated");
        assert!(admin.every("/api-clients").await.iter().all(|client| client.get("client_secret").is_none()));
    }

    async fn changing_the_password_ends_every_login(server: Server) {
        let grid = server.signed_in("grid").await;
        let wrong = json!({"current_password": "not-this-one", "password": "correct horse battery"});
        grid.post("/me/password", &wrong).await.refused(409, "wrong_password");
        let right = json!({"current_password": "shijian-demo", "password": "correct horse battery"});
        grid.post("/me/password", &right).await.expect(204);
        grid.get("/me").await.refused(401, "unauthenticated");
    }
}
