//! What an operation costs the database is a promise: so many statements, however much there is.

use std::collections::BTreeMap;

use integration_tests::{Answer, Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, place, session},
    clock::move_ahead,
    orders::{burst_pipe, cast, place as order_place},
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

/// The most statements that an order's steps may send.
const PROMISED_OF_ORDERS: [(&str, u64); 7] = [
    ("acceptOrder", 30),
    ("createOrder", 18),
    ("dispatchOrder", 45),
    ("getOrder", 5),
    ("getOrderBoard", 24),
    ("registerOrder", 16),
    ("suggestTeams", 20),
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

/// Takes an order from its report to its acceptance, and counts what that costs.
async fn order_life(server: &Server, cast: &crate::orders::Cast) -> Costs {
    let mut costs = Costs::default();
    let mut need = burst_pipe(server).await;
    need["category"] = cast.category().await;
    let order = costs.count(server, "createOrder", cast.grid.post("/orders", &need)).await;
    let at = order_place(&order);
    costs.count(server, "getOrder", cast.station.get(&at)).await;
    costs.count(server, "registerOrder", cast.station.act(&format!("{at}/register"))).await;
    let suggestions = format!("{at}/suggestions");
    costs.count(server, "suggestTeams", cast.station.get(&suggestions)).await;
    let asked = json!({"team_ids": [cast.team]});
    let dispatch = format!("{at}/dispatch");
    costs.count(server, "dispatchOrder", cast.station.post(&dispatch, &asked)).await;
    let (accept, answer) = (format!("{at}/accept"), json!({"team_id": cast.team}));
    costs.count(server, "acceptOrder", cast.leader.post(&accept, &answer)).await;
    let venue = order["venue_id"].as_str().unwrap();
    let board = format!("/venues/{venue}/order-board");
    costs.count(server, "getOrderBoard", cast.station.get(&board)).await;
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

    async fn an_order_costs_so_many_statements_however_many_teams_and_orders_there_are(server: Server) {
        let cast = cast(&server).await;
        let mut lives = Vec::new();
        for crowd in [0, 90] {
            for number in 0..crowd {
                let team = json!({
                    "name": format!("邻里服务队 {number}"), "level": "squad",
                    "home_venue_id": crate::volunteers::station(&server).await, "categories": ["help_and_care"],
                });
                let team = cast.station.post("/teams", &team).await.expect(201);
                cast.station.act(&format!("/teams/{}/approve", id(&team))).await.expect(200);
                cast.registered(&server).await;
            }
            lives.push(order_life(&server, &cast).await);
        }
        for (operation, most) in PROMISED_OF_ORDERS {
            for life in &lives {
                assert!(life.0[operation] <= most, "{operation}: {}", life.0[operation]);
            }
        }
        let order = cast.registered(&server).await;
        let suggested = cast.station.get(&format!("{}/suggestions", order_place(&order))).await.expect(200);
        assert!((3..=64).contains(&suggested["items"].as_array().unwrap().len()));
    }
}
