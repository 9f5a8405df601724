//! Care plans raise orders ahead of time, once.

use chrono::{Datelike, FixedOffset, NaiveDate, TimeDelta, Utc};
use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    clock::{move_ahead, time_of_day},
    orders::{Cast, cast, place},
    volunteers::station,
};

const DAY: i64 = 24 * 60;

/// The day in the demo's zone, so many days from when the test runs.
#[expect(clippy::disallowed_methods, reason = "a test is a client: its time is the machine's")]
fn day(ahead: i64) -> NaiveDate {
    let shanghai = FixedOffset::east_opt(8 * 60 * 60).unwrap();
    (Utc::now() + TimeDelta::days(ahead)).with_timezone(&shanghai).date_naive()
}

/// A service for 张奶奶 of 中上园 that the demo team can serve.
async fn plan(server: &Server, cast: &Cast, rhythm: Value, lead_minutes: i64) -> Value {
    json!({
        "venue_id": station(server).await,
        "terms": {
            "category": cast.category().await,
            "title": "未诉先办:上门服务",
            "place": "中上园小区",
            "location": {"longitude": 116.65842, "latitude": 39.91021},
            "urgency": "soon",
            "priority_groups": ["elderly"],
            "rhythm": rhythm,
            "lead_minutes": lead_minutes,
            "visit_minutes": 30,
            "from_day": day(0),
        },
        "person": {"name": "张奶奶", "phone": "13900007777", "address": "6 号楼 1 单元 102"},
        "consent": true,
    })
}

/// Every day at the time that it will be so many minutes from now.
fn daily(minutes: i64) -> Value {
    let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    json!({"kind": "weekly", "weekdays": week, "at": time_of_day(minutes)})
}

fn at(plan: &Value) -> String {
    format!("/care-plans/{}", plan["id"].as_str().unwrap())
}

/// Has the program look at what is due: three runs at once, as of instances whose leases ran out.
fn look(server: &Server) {
    std::thread::scope(|runs| {
        for _ in 0..3 {
            runs.spawn(|| {
                let (done, told) = server.run(&["jobs", "run", "raise-care-orders"]);
                assert!(done, "{told}");
            });
        }
    });
}

/// The visits of a plan around today.
async fn visits(caller: &Caller, plan: &Value) -> Vec<Value> {
    let path = format!("{}/occurrences?from={}&to={}", at(plan), day(-1), day(60));
    caller.get(&path).await.expect(200)["items"].as_array().unwrap().clone()
}

/// The orders that a plan raised, the earliest visit first.
async fn raised(caller: &Caller, plan: &Value) -> Vec<Value> {
    let mut orders = Vec::new();
    for visit in visits(caller, plan).await {
        if let Some(id) = visit["order_id"].as_str() {
            orders.push(caller.get(&format!("/orders/{id}")).await.expect(200));
        }
    }
    orders
}

async fn center_id(server: &Server) -> String {
    let found = server.anonymous().get("/venues?kind=center").await.expect(200);
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn a_monthly_haircut_is_ordered_a_week_ahead_once_and_goes_to_a_team_by_itself(server: Server) {
        let cast = cast(&server).await;
        let rhythm = json!({"kind": "monthly", "day": day(10).day(), "at": "09:30"});
        let mut body = plan(&server, &cast, rhythm, 7 * DAY).await;
        body["terms"]["urgency"] = json!("routine");
        let plan = cast.station.post("/care-plans", &body).await.expect(201);
        let due = format!("{}T01:30:00Z", day(10));
        assert_eq!((&plan["state"], &plan["next_due_at"]), (&json!("active"), &json!(due)));
        look(&server);
        assert!(raised(&cast.station, &plan).await.is_empty());
        assert_eq!(visits(&cast.station, &plan).await[0], json!({"due_at": due, "order_id": null, "missed": false}));
        move_ahead(&server, 4 * DAY).await;
        look(&server);
        let orders = raised(&cast.station, &plan).await;
        assert_eq!(orders.len(), 1);
        let order = &orders[0];
        assert_eq!((&order["source"], &order["state"], &order["care_plan_id"]), (&json!("care_plan"), &json!("dispatching"), &plan["id"]));
        assert_eq!(order["wished"], json!({"starts_at": due, "ends_at": format!("{}T02:00:00Z", day(10))}));
        let timeline = cast.station.get(&format!("{}/timeline", place(order))).await.expect(200);
        let steps: Vec<_> = timeline["events"].as_array().unwrap().iter().map(|event| (event["command"].as_str().unwrap(), event["party"].as_str().unwrap())).collect();
        assert_eq!(steps, [("solicit", "program"), ("register", "program"), ("dispatch", "program")]);
        assert_eq!(timeline["events"][1]["data"]["unserved_before"], json!(null));
        server.run(&["orders", "verify"]);
    }

    async fn meals_are_ordered_day_by_day_and_what_lies_behind_is_missed(server: Server) {
        let cast = cast(&server).await;
        let plan = cast.station.post("/care-plans", &plan(&server, &cast, daily(120), DAY).await).await.expect(201);
        look(&server);
        assert_eq!(raised(&cast.station, &plan).await.len(), 1);
        move_ahead(&server, DAY).await;
        look(&server);
        let orders = raised(&cast.station, &plan).await;
        assert_eq!(orders.len(), 2);
        let second = cast.station.get(&format!("{}/timeline", place(&orders[1]))).await.expect(200);
        assert_eq!(second["events"][1]["data"]["unserved_before"], json!(null), "the first lay ahead still");
        move_ahead(&server, 2 * DAY).await;
        let orders = raised(&cast.station, &plan).await;
        assert_eq!(orders.len(), 3);
        let third = cast.station.get(&format!("{}/timeline", place(&orders[2]))).await.expect(200);
        assert_eq!(third["events"][1]["data"]["unserved_before"], orders[0]["number"], "{third:#}");
    }

    async fn visits_that_nobody_could_order_in_time_are_missed_and_the_station_is_told(server: Server) {
        let cast = cast(&server).await;
        let mut body = plan(&server, &cast, daily(90), 60).await;
        // The clock stops where an order's clock runs out: of an urgent order that is hours before the next visit is due.
        body["terms"]["urgency"] = json!("urgent");
        let plan = cast.station.post("/care-plans", &body).await.expect(201);
        // It jumps over most of the hours in which an order would be raised.
        move_ahead(&server, 20 * DAY).await;
        look(&server);
        let visits = visits(&cast.station, &plan).await;
        let missed = visits.iter().filter(|visit| visit["missed"] == true).count();
        assert!(missed >= 5, "{visits:#?}");
        assert!(visits.iter().all(|visit| visit["missed"] == false || visit["order_id"].is_null()));
        let due: std::collections::BTreeSet<_> = visits.iter().map(|visit| visit["due_at"].as_str().unwrap()).collect();
        assert_eq!(due.len(), visits.len());
        let inbox = cast.station.every("/me/notifications").await;
        assert!(inbox.iter().any(|told| told["kind"] == "care_plan.visits_missed"), "{inbox:#?}");
        for visit in visits.iter().filter(|visit| visit["order_id"].is_string()) {
            let of_it = |told: &&Value| told["subject"]["id"] == visit["order_id"] && told["kind"] == "order.solicited";
            assert_eq!(inbox.iter().find(of_it), None, "staff are not told of what goes by itself");
        }
    }

    async fn a_plan_that_is_paused_or_ended_raises_nothing_and_an_ended_one_forgets_the_person(server: Server) {
        let cast = cast(&server).await;
        let body = plan(&server, &cast, daily(2 * DAY), 60).await;
        let plan = cast.station.post("/care-plans", &body).await.expect(201);
        let reason = json!({"reason": "住院", "version": 1});
        let paused = cast.station.post(&format!("{}/pause", at(&plan)), &reason).await.expect(200);
        assert_eq!((&paused["state"], &paused["next_due_at"], &paused["version"]), (&json!("paused"), &json!(null), &json!(2)));
        cast.station.post(&format!("{}/resume", at(&plan)), &reason).await.refused(412, "stale_version");
        cast.station.post(&format!("{}/pause", at(&plan)), &json!({"reason": "住院"})).await.refused(409, "illegal_move");
        move_ahead(&server, 3 * DAY).await;
        look(&server);
        assert!(visits(&cast.station, &plan).await.iter().all(|visit| visit["order_id"].is_null() && visit["missed"] == false));
        let back = json!({"reason": "出院"});
        cast.station.post(&format!("{}/resume", at(&plan)), &back).await.expect(200);
        move_ahead(&server, 4 * DAY).await;
        assert_eq!(raised(&cast.station, &plan).await.len(), 1);
        let ended = cast.station.post(&format!("{}/end", at(&plan)), &json!({"reason": "迁出"})).await.expect(200);
        assert_eq!((&ended["state"], &ended["has_person"]), (&json!("ended"), &json!(false)));
        let put = json!({"terms": body["terms"]});
        cast.station.put(&at(&plan), &put).await.refused(409, "illegal_move");
        move_ahead(&server, 6 * DAY).await;
        assert_eq!(raised(&cast.station, &plan).await.len(), 1);
    }

    async fn a_snowy_day_brings_groceries_once(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let rhythm = json!({"kind": "on_weather", "weather": "rain_or_snow"});
        let body = plan(&server, &cast, rhythm, 60).await;
        let first = cast.station.post("/care-plans", &body).await.expect(201);
        let paused = cast.station.post("/care-plans", &body).await.expect(201);
        cast.station.post(&format!("{}/pause", at(&paused)), &json!({"reason": "住院"})).await.expect(200);
        look(&server);
        assert!(raised(&cast.station, &first).await.is_empty());
        let path = format!("/venues/{}/weather", center_id(&server).await);
        let snow = json!({"kind": "rain_or_snow", "day": day(0)});
        let switched = center.post(&path, &snow).await.expect(200);
        assert_eq!(switched["plans"], 1);
        look(&server);
        let again = center.post(&path, &snow).await.expect(200);
        assert_eq!(again["switched_at"], switched["switched_at"]);
        look(&server);
        assert_eq!(raised(&cast.station, &first).await.len(), 1);
        assert!(raised(&cast.station, &paused).await.is_empty());
        let late = cast.station.post("/care-plans", &body).await.expect(201);
        look(&server);
        assert_eq!(raised(&cast.station, &late).await.len(), 1, "it snows still");
        center.post(&path, &json!({"kind": "rain_or_snow", "day": day(-2)})).await.refused(422, "invalid_body");
        cast.station.post(&path, &snow).await.refused(403, "out_of_scope");
        let own = format!("/venues/{}/weather", station(&server).await.as_str().unwrap());
        cast.station.post(&own, &snow).await.refused(422, "not_a_tier");
        let tomorrow = json!({"kind": "rain_or_snow", "day": day(1)});
        center.post(&path, &tomorrow).await.expect(200);
        look(&server);
        assert_eq!(raised(&cast.station, &first).await.len(), 2);
    }

    async fn who_is_served_is_sealed_and_shown_to_who_serves(server: Server) {
        let cast = cast(&server).await;
        let mut body = plan(&server, &cast, daily(120), DAY).await;
        body["consent"] = json!(false);
        cast.station.post("/care-plans", &body).await.refused(422, "consent_required");
        body["consent"] = json!(true);
        let plan = cast.station.post("/care-plans", &body).await.expect(201);
        let list = cast.station.get(&format!("/care-plans?venue_id={}", body["venue_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(list["items"][0]["id"], plan["id"]);
        assert_eq!(list["items"][0]["terms"]["location"], json!({"longitude": 116.658, "latitude": 39.91}));
        for told in [&plan, &list] {
            assert!(!told.to_string().contains("张奶奶") && !told.to_string().contains("13900007777"));
        }
        look(&server);
        let order = raised(&cast.station, &plan).await.remove(0);
        for text in ["张奶奶", "13900007777", "6 号楼 1 单元 102"] {
            assert!(!server.stores(text), "{text}");
        }
        let reveal = format!("{}/person/reveal", place(&order));
        cast.station.act(&reveal).await.refused(403, "person_hidden");
        cast.leader.act(&reveal).await.refused(403, "person_hidden");
        let answer = json!({"team_id": cast.team});
        cast.leader.post(&format!("{}/accept", place(&order)), &answer).await.expect(200);
        assert_eq!(cast.leader.act(&reveal).await.expect(200)["address"], "6 号楼 1 单元 102");
        let resident = server.signed_in_by_phone("13900007777").await;
        assert_eq!(resident.get("/me/orders").await.expect(200)["items"][0]["id"], order["id"]);
        let records = server.signed_in("auditor").await.get("/audit-records?limit=100").await.expect(200).to_string();
        assert!(records.contains("createCarePlan") && !records.contains("张奶奶"));
    }

    async fn a_plan_changes_for_what_is_not_ordered_yet(server: Server) {
        let cast = cast(&server).await;
        let body = plan(&server, &cast, daily(120), DAY).await;
        let plan = cast.station.post("/care-plans", &body).await.expect(201);
        look(&server);
        let mut terms = body["terms"].clone();
        terms["rhythm"] = daily(180);
        cast.station.put(&at(&plan), &json!({"terms": terms, "version": 7})).await.refused(412, "stale_version");
        let replaced = cast.station.put(&at(&plan), &json!({"terms": terms, "version": 1})).await.expect(200);
        assert_eq!((&replaced["version"], &replaced["has_person"]), (&json!(2), &json!(true)));
        look(&server);
        assert_eq!(raised(&cast.station, &plan).await.len(), 1);
        terms["until_day"] = json!(day(-1));
        let refused = cast.station.put(&at(&plan), &json!({"terms": terms})).await.refused(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/terms/until_day");
        terms["rhythm"] = json!({"kind": "weekly", "weekdays": [], "at": "10:40"});
        cast.station.put(&at(&plan), &json!({"terms": terms})).await.refused(422, "invalid_body");
    }

    async fn a_day_that_becomes_a_holiday_is_left_out_and_comes_back(server: Server) {
        let cast = cast(&server).await;
        let admin = server.signed_in("admin").await;
        let mut rhythm = daily(120);
        rhythm["leaves_out_holidays"] = json!(true);
        let ahead = |days| format!("/work-calendar/{}", day(days));
        let plan = cast.station.post("/care-plans", &plan(&server, &cast, rhythm, 60).await).await.expect(201);
        for days in 2..18 {
            admin.put(&ahead(days), &json!({"kind": "holiday"})).await.expect(200);
        }
        move_ahead(&server, 2 * DAY).await;
        let planned = visits(&cast.station, &plan).await.len();
        admin.put(&ahead(4), &json!({"kind": "working_day"})).await.expect(200);
        assert_eq!(visits(&cast.station, &plan).await.len(), planned + 1);
        let before = visits(&cast.station, &plan).await.iter().filter(|visit| !visit["order_id"].is_null()).count();
        move_ahead(&server, 4 * DAY + 90).await;
        let after = visits(&cast.station, &plan).await.iter().filter(|visit| !visit["order_id"].is_null()).count();
        assert_eq!(after, before + 1, "the day that is worked again has its order");
    }

    async fn a_plan_elsewhere_is_not_seen_and_not_changed(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let home = station(&server).await;
        let others = server.anonymous().every("/venues?kind=station").await;
        let other = others.iter().find(|venue| venue["id"] != home).unwrap();
        let mut body = plan(&server, &cast, daily(120), DAY).await;
        body["venue_id"] = other["id"].clone();
        cast.station.post("/care-plans", &body).await.refused(403, "out_of_scope");
        cast.grid.post("/care-plans", &body).await.refused(403, "forbidden");
        let plan = center.post("/care-plans", &body).await.expect(201);
        cast.station.get(&at(&plan)).await.refused(404, "not_found");
        cast.station.get(&format!("{}/occurrences?from={}&to={}", at(&plan), day(0), day(7))).await.refused(404, "not_found");
        cast.station.get(&format!("/care-plans?venue_id={}", other["id"].as_str().unwrap())).await.refused(404, "not_found");
        cast.station.post(&format!("{}/pause", at(&plan)), &json!({"reason": "误建"})).await.refused(404, "not_found");
        center.get(&format!("{}/occurrences?from={}&to={}", at(&plan), day(7), day(7))).await.refused(400, "malformed_parameter");
    }
}
