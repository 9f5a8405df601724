use std::time::Duration;

use integration_tests::{Answer, Caller, Server, on_both_engines};
use reqwest::Method;
use serde_json::{Value, json};

use crate::clock::{ahead, move_ahead};

/// A center's volunteer with points, and an offer of a partner whose clerk serves at the counter.
pub struct Counter {
    pub center: Caller,
    pub clerk: Caller,
    pub center_id: String,
    partner: String,
}

pub fn id(thing: &Value) -> String {
    thing["id"].as_str().unwrap().to_owned()
}

/// An identity number that holds (GB 11643).
fn identity_number(serial: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("11011219870607{serial:03}");
    let digits = body.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    format!("{body}{}", "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap()).unwrap())
}

impl Counter {
    pub async fn open(server: &Server) -> Self {
        let (admin, center) = (server.signed_in("admin").await, server.signed_in("center").await);
        let root = center.get("/venues?kind=center").await.expect(200)["items"][0].clone();
        let partner = json!({"name": "运河便民超市", "kind": "shop", "venue_id": root["id"]});
        let partner = id(&center.post("/partners", &partner).await.expect(201));
        let account = json!({
            "username": "counter-clerk", "display_name": "店员", "password": "correct horse battery"
        });
        let account = admin.post("/accounts", &account).await.expect(201);
        let grant = json!({
            "account_id": account["id"], "role": "partner_clerk", "scope": {"kind": "partner", "id": partner}
        });
        admin.post("/grants", &grant).await.expect(201);
        let login = [
            ("grant_type", "password"),
            ("username", "counter-clerk"),
            ("password", "correct horse battery"),
        ];
        let tokens = server.anonymous().form("/oauth/token", &login).await.expect(200);
        let clerk = center.with_token(tokens["access_token"].as_str().unwrap());
        Self { center, clerk, center_id: id(&root), partner }
    }

    /// A volunteer who was given `points`.
    pub async fn volunteer(&self, server: &Server, serial: u32, points: i64) -> Caller {
        let phone = format!("1370000{serial:04}");
        let volunteer = server.signed_in_by_phone(&phone).await;
        let application = json!({
            "real_name": "运河", "identity_number": identity_number(serial), "phone": phone,
            "home_venue_id": self.center_id, "skills": [],
            "consents": [{"purpose": "personal_data", "version": "2026-01"}],
        });
        let profile = id(&volunteer.post("/volunteers", &application).await.expect(201));
        self.center.act(&format!("/volunteers/{profile}/approve")).await.expect(200);
        let gift = json!({"volunteer_id": profile, "points": points, "reason": "补录"});
        self.center.post("/points/adjustments", &gift).await.expect(201);
        volunteer
    }

    /// Drafts an offer at ten points, with what `more` adds.
    pub async fn draft(&self, more: &Value) -> Answer {
        let mut offer = json!({
            "partner_id": self.partner, "title": "牙膏", "category": "goods", "points": 10,
            "stock": 5, "voucher_days": 7,
        });
        for (name, value) in more.as_object().unwrap() {
            offer[name] = value.clone();
        }
        self.clerk.post("/offers", &offer).await
    }

    /// A published offer at ten points.
    pub async fn offer(&self, stock: i64, limit: i64) -> String {
        let limited = json!({"stock": stock, "limit_per_person": limit});
        let offer = id(&self.draft(&limited).await.expect(201));
        let publish = format!("/offers/{offer}/publish");
        assert_eq!(self.clerk.act(&publish).await.expect(200)["state"], "in_review");
        assert_eq!(self.center.act(&publish).await.expect(200)["state"], "published");
        offer
    }
}

pub async fn points(caller: &Caller) -> (i64, i64) {
    let points = caller.get("/me/points").await.expect(200);
    (points["available"].as_i64().unwrap(), points["held"].as_i64().unwrap())
}

on_both_engines! {
    async fn what_only_its_owner_may_see_is_readable_nowhere_on_the_server(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let wanted = json!({"offer_id": counter.offer(5, 3).await, "quantity": 1});
        let redemption = volunteer.post_once("/redemptions", "once", &wanted).await.expect(201);
        let again = volunteer.post_once("/redemptions", "once", &wanted).await.expect(201);
        assert_eq!(again["voucher"]["code"], redemption["voucher"]["code"]);
        let admin = server.signed_in("admin").await;
        let client = json!({"name": "12345 hotline"});
        let client = admin.post_once("/api-clients", "once", &client).await.expect(201);

        assert!(server.stores("运河便民超市"), "what is not secret is found");
        for secret in [
            redemption["voucher"]["code"].as_str().unwrap(),
            client["client_secret"].as_str().unwrap(),
            &identity_number(1),
            "correct horse battery",
        ] {
            assert!(!server.stores(secret) && !server.log().contains(secret), "{secret}");
        }
        // The demo's log stands in for text messages, so only the database is silent about telephone numbers.
        assert!(!server.stores("13700000001"));
    }

    async fn points_become_a_voucher_and_the_voucher_the_partners(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = counter.offer(5, 3).await;

        let wanted = json!({"offer_id": offer, "quantity": 2});
        let redemption = volunteer.post_once("/redemptions", "two", &wanted).await.expect(201);
        let again = volunteer.post_once("/redemptions", "two", &wanted).await.expect(201);
        assert_eq!(redemption["id"], again["id"]);
        assert_eq!(points(&volunteer).await, (80, 20));
        assert_eq!(server.anonymous().get(&format!("/offers/{offer}")).await.expect(200)["stock_left"], 3);

        let code = redemption["voucher"]["code"].as_str().unwrap();
        let spoken = format!("{}-{}", &code[..6], code[6..].to_lowercase());
        let consume = format!("/vouchers/{spoken}/consume");
        volunteer.act(&consume).await.refused(403, "forbidden");
        counter.center.act(&consume).await.refused(403, "forbidden");
        assert_eq!(counter.clerk.act(&consume).await.expect(200)["state"], "consumed");
        counter.clerk.act(&consume).await.refused(409, "voucher_consumed");
        assert_eq!(points(&volunteer).await, (80, 0));

        let month = &redemption["created_at"].as_str().unwrap()[..7];
        let statement = format!("/partners/{}/statements/{month}", counter.partner);
        let told = counter.clerk.get(&statement).await.expect(200);
        assert_eq!((&told["points"], &told["ledger_points"]), (&json!(20), &json!(20)));
        counter.clerk.act(&format!("{statement}/confirm")).await.refused(409, "month_not_over");

        let refund = format!("/redemptions/{}/refund", id(&redemption));
        let reason = json!({"reason": "破损"});
        counter.clerk.post(&refund, &reason).await.refused(403, "forbidden");
        assert_eq!(counter.center.post(&refund, &reason).await.expect(200)["state"], "refunded");
        assert_eq!(points(&volunteer).await, (100, 0));

        for line in volunteer.every("/me/points/transactions").await {
            let read = format!("/points/transactions/{}", id(&line));
            let entries = volunteer.get(&read).await.expect(200)["entries"].clone();
            let sum: i64 = entries.as_array().unwrap().iter().map(|entry| entry["points"].as_i64().unwrap()).sum();
            assert_eq!(sum, 0, "{line}");
        }
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }

    async fn what_belongs_to_another_partner_does_not_exist_for_its_clerk(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = json!({"offer_id": counter.offer(5, 3).await});
        let redemption = volunteer.post("/redemptions", &offer).await.expect(201);
        let consume = format!("/vouchers/{}/consume", redemption["voucher"]["code"].as_str().unwrap());
        let stranger = server.signed_in("clerk").await;
        stranger.act(&consume).await.refused(404, "not_found");
        let draft = id(&counter.draft(&json!({})).await.expect(201));
        stranger.act(&format!("/offers/{draft}/publish")).await.refused(404, "not_found");
    }

    async fn a_change_of_another_version_than_the_callers_is_refused(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = json!({"offer_id": counter.offer(5, 3).await});
        let redemption = volunteer.post("/redemptions", &offer).await.expect(201);
        let consume = format!("/vouchers/{}/consume", redemption["voucher"]["code"].as_str().unwrap());
        counter.clerk.post(&consume, &json!({"version": 2})).await.refused(412, "stale_version");
        counter.clerk.post(&consume, &json!({"other": 2})).await.refused(422, "invalid_body");
        counter.clerk.post(&consume, &json!({"version": 1})).await.expect(200);
    }

    async fn days_without_a_limit_are_refused_at_their_place(server: Server) {
        let counter = Counter::open(&server).await;
        let told = counter.draft(&json!({"limit_days": 30})).await.refused(422, "invalid_body");
        assert_eq!(told["errors"][0]["pointer"], "/limit_per_person");
    }

    async fn whoever_lost_the_answer_gets_it_by_asking_again(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        for wait in [1, 2, 4, 8, 16, 32] {
            // A second redemption would be refused: one person redeems one.
            let wanted = json!({"offer_id": counter.offer(5, 1).await});
            let key = format!("lost-{wait}");
            let impatient = volunteer
                .request(Method::POST, "/redemptions")
                .header("Idempotency-Key", &key)
                .timeout(Duration::from_millis(wait))
                .json(&wanted);
            // Whether it was answered in time does not matter.
            let _ = impatient.send().await;
            let answer = loop {
                let answer = volunteer.post_once("/redemptions", &key, &wanted).await;
                if answer.body["code"] != "idempotency_key_in_flight" {
                    break answer;
                }
            };
            answer.expect(201);
        }
        let (available, held) = points(&volunteer).await;
        assert_eq!((available, held), (40, 60));
    }

    async fn vouchers_of_many_people_expire_together(server: Server) {
        let counter = Counter::open(&server).await;
        let offers = [counter.offer(9, 3).await, counter.offer(9, 3).await];
        let mut volunteers = Vec::new();
        for serial in 1..=3 {
            let volunteer = counter.volunteer(&server, serial, 100).await;
            for offer in &offers {
                volunteer.post("/redemptions", &json!({"offer_id": offer})).await.expect(201);
            }
            volunteers.push(volunteer);
        }
        move_ahead(&server, 9 * 24 * 60).await;
        for volunteer in &volunteers {
            assert_eq!(points(volunteer).await, (100, 0));
        }
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }

    async fn both_sides_may_confirm_a_statement_at_once(server: Server) {
        let counter = Counter::open(&server).await;
        for months in 2..6 {
            let month = &ahead(-31 * 24 * 60 * months)[..7];
            let statement = format!("/partners/{}/statements/{month}", counter.partner);
            let confirm = format!("{statement}/confirm");
            let (partner, center) = (counter.clerk.act(&confirm), counter.center.act(&confirm));
            let (partner, center) = futures_util::future::join(partner, center).await;
            partner.expect(200);
            center.expect(200);
            assert_eq!(counter.clerk.get(&statement).await.expect(200)["settled"], true);
        }
    }

    async fn neither_stock_nor_limit_is_exceeded_by_many_at_once(server: Server) {
        let counter = Counter::open(&server).await;
        let offer = counter.offer(7, 3).await;
        let mut volunteers = Vec::new();
        for serial in 1..=4 {
            volunteers.push(counter.volunteer(&server, serial, 100).await);
        }
        let wanted = json!({"offer_id": offer});
        let tries = (0..40).map(|number| volunteers[number % 4].post("/redemptions", &wanted));
        let answers = futures_util::future::join_all(tries).await;
        let redeemed = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(redeemed, 7);
        for volunteer in &volunteers {
            let (available, held) = points(volunteer).await;
            assert_eq!(available + held, 100);
            assert!(held <= 30, "{held} points are held");
        }
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }

    async fn a_large_adjustment_waits_for_a_second_person(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 9, 100).await;
        let profile = volunteer.get("/me").await.expect(200)["volunteer_id"].clone();
        let gift = json!({"volunteer_id": profile, "points": 101, "reason": "奖励"});
        let pending = counter.center.post("/points/adjustments", &gift).await.expect(202);
        let approve = format!("/points/adjustments/{}/approve", id(&pending));
        counter.center.act(&approve).await.refused(409, "second_person_needed");
        let admin = server.signed_in("admin").await;
        let posted = admin.act(&approve).await.expect(200);
        assert_eq!(points(&volunteer).await, (201, 0));

        let reverse = format!("/points/transactions/{}/reverse", id(&posted));
        let reason = json!({"reason": "误发"});
        admin.post(&reverse, &reason).await.refused(409, "second_person_needed");
        counter.center.post(&reverse, &reason).await.expect(200);
        counter.center.post(&reverse, &reason).await.refused(409, "already_reversed");
        assert_eq!(points(&volunteer).await, (100, 0));
    }
}
