//! What the token endpoint takes and refuses, beyond a right password.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use futures_util::future::join_all;
use integration_tests::{Engine, Server, on_both_engines};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The issuer of the demo's tokens.
const ISSUER: &str = "http://127.0.0.1:8080";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn pair() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn key_set() -> Value {
    let x = URL_SAFE_NO_PAD.encode(pair().verifying_key().as_bytes());
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": x}]})
}

/// An assertion of the client with this id (RFC 7523).
fn assertion(client: &str, audience: &Value, token_id: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the server judges by the machine's clock")]
    let exp = Utc::now().timestamp() + 120;
    let claims =
        json!({"iss": client, "sub": client, "aud": audience, "exp": exp, "jti": token_id});
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some("one".to_owned());
    let key = EncodingKey::from_ed_der(pair().to_pkcs8_der().unwrap().as_bytes());
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

on_both_engines! {
    async fn a_municipal_system_signs_in_by_an_assertion_that_is_good_once(server: Server) {
        let admin = server.signed_in("admin").await;
        let new = json!({"name": "政务服务中心", "key_set": key_set()});
        let client = admin.post("/api-clients", &new).await.expect(201);
        assert!(client.get("client_secret").is_none());
        let id = client["client_id"].as_str().unwrap();
        let ask = |assertion: String| {
            let anybody = server.anonymous();
            async move {
                let form = [
                    ("grant_type", "client_credentials"),
                    ("client_assertion_type", ASSERTION),
                    ("client_assertion", &assertion),
                ];
                anybody.form("/oauth/token", &form).await
            }
        };
        let first = assertion(id, &json!(ISSUER), "1");
        let tokens = ask(first.clone()).await.expect(200);
        let system = server.anonymous().with_token(tokens["access_token"].as_str().unwrap());
        assert_eq!(system.get("/me").await.expect(200)["account_id"], client["account_id"]);
        for wrong in [
            first,
            assertion(id, &json!("https://other.example"), "2"),
            assertion(id, &json!([ISSUER, "https://other.example"]), "3"),
            assertion("01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10", &json!(ISSUER), "4"),
            "nonsense".to_owned(),
        ] {
            assert_eq!(ask(wrong).await.expect(401)["error"], "invalid_client");
        }
        // The system goes on working.
        ask(assertion(id, &json!(ISSUER), "5")).await.expect(200);
        let mut private = key_set();
        private["keys"][0]["d"] = json!("AAAA");
        let leaked = json!({"name": "泄露", "key_set": private});
        admin.post("/api-clients", &leaked).await.refused(422, "invalid_body");
    }

    async fn guesses_at_once_are_stopped_like_guesses_in_turn(server: Server) {
        let anybody = server.anonymous();
        let wrong = [("grant_type", "password"), ("username", "leader"), ("password", "wrong-password")];
        let answers = join_all((0..40).map(|_| anybody.form("/oauth/token", &wrong))).await;
        let stopped = answers.iter().filter(|answer| answer.status == 429).count();
        assert!(stopped >= 25, "{stopped} of 40 were stopped");
    }

    async fn a_code_dies_of_five_wrong_tries(server: Server) {
        let anybody = server.anonymous();
        anybody.post("/auth/phone-codes", &json!({"phone": "13900005555"})).await.expect(202);
        let code = server.phone_code("13900005555");
        let other = if code == "000000" { "000001" } else { "000000" };
        let grant = "urn:shijian:grant:phone-code";
        for _ in 0..5 {
            let wrong = [("grant_type", grant), ("phone", "13900005555"), ("code", other)];
            anybody.form("/oauth/token", &wrong).await.expect(400);
        }
        let right = [("grant_type", grant), ("phone", "13900005555"), ("code", &code)];
        assert_eq!(anybody.form("/oauth/token", &right).await.expect(400)["error"], "invalid_grant");
    }

    async fn control_characters_are_refused_and_not_kept(server: Server) {
        let anybody = server.anonymous();
        let form = [("grant_type", "password"), ("username", "a\0b"), ("password", "x")];
        assert_eq!(anybody.form("/oauth/token", &form).await.expect(400)["error"], "invalid_request");
        anybody.get("/venues?q=a%00b").await.refused(400, "malformed_parameter");
    }

    async fn login_by_wechat_says_where_it_is_not_set_up(server: Server) {
        let form = [("grant_type", "urn:shijian:grant:wechat-code"), ("code", "x")];
        let told = server.anonymous().form("/oauth/token", &form).await.expect(400);
        assert_eq!(told["error"], "unsupported_grant_type");
    }

    async fn a_manager_appoints_by_username_for_what_belongs_to_their_venue(server: Server) {
        let center = server.signed_in("center").await;
        let home = center.get("/me").await.expect(200)["grants"][0]["scope"]["id"].clone();
        let new = json!({"name": "爱心超市", "kind": "shop", "venue_id": home});
        let partner = center.post("/partners", &new).await.expect(201)["id"].clone();
        let clerk = json!({
            "username": "auditor", "role": "partner_clerk",
            "scope": {"kind": "partner", "id": partner},
        });
        server.signed_in("institute").await.post("/grants", &clerk).await.refused(403, "out_of_scope");
        let given = center.post("/grants", &clerk).await.expect(201);
        let listed = center.every("/grants").await;
        assert!(listed.iter().any(|grant| grant["id"] == given["id"]));
        assert!(listed.iter().all(|grant| grant["scope"]["kind"] != "deployment"));
        center.act(&format!("/grants/{}/end", given["id"].as_str().unwrap())).await.expect(200);

        let nobody = json!({"username": "nobody-here", "role": "staff", "scope": {"kind": "venue", "id": home}});
        center.post("/grants", &nobody).await.refused(404, "not_found");
        let unnamed = json!({"role": "staff", "scope": {"kind": "venue", "id": home}});
        center.post("/grants", &unnamed).await.refused(422, "invalid_body");
        let unknown = json!({"username": "clerk", "role": "team_leader", "scope": {"kind": "team", "id": home}});
        center.post("/grants", &unknown).await.refused(404, "not_found");
    }

    async fn who_may_appoint_somebody_sets_their_password_and_closes_their_account(server: Server) {
        let (admin, center) = (server.signed_in("admin").await, server.signed_in("center").await);
        let account = |name: &'static str| {
            let admin = &admin;
            async move {
                let found = admin.get(&format!("/accounts?username={name}")).await.expect(200);
                format!("/accounts/{}", found["items"][0]["id"].as_str().unwrap())
            }
        };
        let (station, of_admin) = (account("station").await, account("admin").await);
        let clerk = server.signed_in("station").await;
        let new = json!({"password": "a brand new one"});
        center.post(&format!("{of_admin}/password"), &new).await.refused(403, "out_of_scope");
        clerk.post(&format!("{of_admin}/password"), &new).await.refused(403, "forbidden");
        admin.act(&format!("{of_admin}/close")).await.refused(403, "forbidden");
        center.post(&format!("{station}/password"), &new).await.expect(204);
        clerk.get("/me").await.refused(401, "unauthenticated");
        let login = |password: &'static str| [("grant_type", "password"), ("username", "station"), ("password", password)];
        server.anonymous().form("/oauth/token", &login("shijian-demo")).await.expect(400);
        server.anonymous().form("/oauth/token", &login("a brand new one")).await.expect(200);

        assert_eq!(center.act(&format!("{station}/close")).await.expect(200)["state"], "closed");
        server.anonymous().form("/oauth/token", &login("a brand new one")).await.expect(400);
        assert_eq!(center.act(&format!("{station}/reopen")).await.expect(200)["state"], "active");
        server.anonymous().form("/oauth/token", &login("a brand new one")).await.expect(200);
    }

    async fn the_first_administrator_is_made_once(server: Server) {
        let (made, said) = server.run(&["create-admin", "--username", "second-admin"]);
        assert!(!made, "{said}");
    }
}

#[tokio::test]
async fn a_proxy_of_ours_says_who_called_and_a_stranger_does_not() {
    let limits = ("SHIJIAN_RATE_LIMITS_ADDRESS_PER_MINUTE", "2");
    let tries = |server: Server| async move {
        let mut statuses = Vec::new();
        for caller in ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.3"] {
            let request = server
                .anonymous()
                .request(reqwest::Method::GET, "/venues")
                .header("X-Forwarded-For", caller);
            statuses.push(server.anonymous().send(request).await.status);
        }
        statuses
    };
    let proxied = [limits, ("SHIJIAN_TRUSTED_PROXIES", "127.0.0.1")];
    let server = Server::start_with(Engine::Sqlite, &proxied).await;
    assert_eq!(tries(server).await, [200, 200, 200, 200]);
    let server = Server::start_with(Engine::Sqlite, &[limits]).await;
    assert_eq!(tries(server).await, [200, 200, 429, 429]);
}
