//! What an operation costs the database is a promise: so many statements, however much there is.

use std::collections::BTreeMap;

use integration_tests::{Answer, Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, place, session},
    clock::move_ahead,
    redemption::{Counter, id},
};

/// The most statements that a hot operation may send.
const PROMISED: [(&str, u64); 9] = [
    ("cancelSignup", 10),
    ("checkIn", 14),
    ("checkOut", 25),
    ("consumeVoucher", 15),
    ("getActivity", 1),
    ("getMyPoints", 4),
    ("listSessions", 2),
    ("redeem", 14),
    ("signUp", 14),
];

/// How many SQL statements an operation has sent since the server started.
async fn sent(server: &Server, operation: &str) -> u64 {
    let figures = server.anonymous().figures().await;
    let figure = format!("shijian_statements_total{{operation=\"{operation}\"}} ");
    figures.lines().find_map(|line| line.strip_prefix(&figure)?.parse().ok()).unwrap_or(0)
}

/// The statements of each operation that was called.
#[derive(Default)]
struct Costs(BTreeMap<&'static str, u64>);

impl Costs {
    async fn count(
        &mut self,
        server: &Server,
        operation: &'static str,
        call: impl Future<Output = Answer>,
    ) -> Value {
        let before = sent(server, operation).await;
        let answer = call.await;
        assert!(answer.status < 300, "{answer:?}");
        self.0.insert(operation, sent(server, operation).await - before);
        answer.body
    }
}

/// Lives through a session from `start` minutes on, and counts what the hot operations cost.
async fn live(
    server: &Server,
    counter: &Counter,
    offer: &str,
    volunteer: &Caller,
    start: i64,
) -> Costs {
    let mut costs = Costs::default();
    let visitor = server.anonymous();
    let session = session(server, start, 5).await;
    let activity = format!("/activities/{}", session["activity_id"].as_str().unwrap());
    costs.count(server, "getActivity", visitor.get(&activity)).await;
    costs.count(server, "listSessions", visitor.get("/sessions?limit=20")).await;
    let (session_place, wanted) = (place(&session), first_position(&session));
    let signups = format!("{session_place}/signups");
    let signup = costs.count(server, "signUp", volunteer.post(&signups, &wanted)).await;
    let cancel = format!("/signups/{}/cancel", id(&signup));
    costs.count(server, "cancelSignup", volunteer.act(&cancel)).await;
    volunteer.post(&signups, &wanted).await.expect(201);

    let staff = server.signed_in("station").await;
    let code = format!("{session_place}/code");
    for (operation, path, minute) in
        [("checkIn", "check-ins", start), ("checkOut", "check-outs", start + 119)]
    {
        move_ahead(server, minute).await;
        let shown = staff.get(&code).await.expect(200)["code"].clone();
        let scan = json!({"code": shown, "location": session["location"]});
        let path = format!("{session_place}/{path}");
        costs.count(server, operation, volunteer.post(&path, &scan)).await;
    }
    let offer = json!({"offer_id": offer});
    let redemption = costs.count(server, "redeem", volunteer.post("/redemptions", &offer)).await;
    let consume = format!("/vouchers/{}/consume", redemption["voucher"]["code"].as_str().unwrap());
    costs.count(server, "consumeVoucher", counter.clerk.act(&consume)).await;
    costs.count(server, "getMyPoints", volunteer.get("/me/points")).await;
    costs
}

on_both_engines! {
    async fn hot_operations_send_so_many_statements_however_much_there_is(server: Server) {
        const DAY: i64 = 24 * 60;
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = counter.offer(100, 50).await;
        live(&server, &counter, &offer, &volunteer, 2 * DAY).await;
        let first = live(&server, &counter, &offer, &volunteer, 4 * DAY).await;
        for (operation, most) in PROMISED {
            assert!(first.0[operation] <= most, "{operation}: {}", first.0[operation]);
        }
        for day in [6, 8, 10] {
            let costs = live(&server, &counter, &offer, &volunteer, day * DAY).await;
            assert_eq!(costs.0, first.0, "on day {day}");
        }
    }
}
