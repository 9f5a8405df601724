//! The rules of orders one by one.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, TimeDelta, Utc, Weekday};
use futures_util::future::join_all;
use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::newcomer,
    clock::{ahead, move_ahead},
    orders::{Cast, burst_pipe, cast, place, serve, stars, team},
};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

fn why() -> Value {
    json!({"reason": "现场核实"})
}

fn by(team: &str) -> Value {
    json!({"team_id": team})
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

/// The order's history.
async fn events(caller: &Caller, order: &Value) -> Vec<Value> {
    let timeline = caller.get(&format!("{}/timeline", place(order))).await.expect(200);
    timeline["events"].as_array().unwrap().clone()
}

async fn offers(caller: &Caller, order: &Value) -> Vec<Value> {
    let timeline = caller.get(&format!("{}/timeline", place(order))).await.expect(200);
    timeline["offers"].as_array().unwrap().clone()
}

fn of_each<'a>(items: &'a [Value], field: &str) -> Vec<&'a str> {
    items.iter().map(|item| item[field].as_str().unwrap_or_default()).collect()
}

/// An order as the center sees it.
async fn now(server: &Server, order: &Value) -> Value {
    server.signed_in("center").await.get(&place(order)).await.expect(200)
}

/// Whoever lives where the pipe burst.
async fn resident(server: &Server) -> Caller {
    server.signed_in_by_phone("13900008888").await
}

impl Cast {
    /// An order that was served and rated.
    async fn rated(&self, server: &Server, overall: i64) -> Value {
        let order = self.served(server).await;
        self.grid.post(&format!("{}/rate", place(&order)), &stars(overall)).await.expect(200)
    }
}

on_both_engines! {
    async fn a_draft_that_is_sent_again_is_the_same_order(server: Server) {
        let cast = cast(&server).await;
        let mut need = burst_pipe(&server).await;
        need["client_reference"] = json!("draft-1");
        let order = cast.grid.post("/orders", &need).await.expect(201);
        assert_eq!(cast.grid.post("/orders", &need).await.expect(200)["id"], order["id"]);
        assert_ne!(cast.station.post("/orders", &need).await.expect(201)["id"], order["id"]);
        need["client_reference"] = json!("draft-2");
        let sent = join_all((0..10).map(|_| cast.grid.post("/orders", &need))).await;
        assert_eq!(sent.iter().filter(|answer| answer.status == 201).count(), 1, "{sent:?}");
        assert_eq!(sent.iter().filter(|answer| answer.status == 200).count(), 9, "{sent:?}");
        assert!(sent.iter().all(|answer| answer.body["id"] == sent[0].body["id"]));
    }

    async fn who_is_served_is_shown_to_who_serves_and_only_while_they_do(server: Server) {
        let cast = cast(&server).await;
        let mut need = burst_pipe(&server).await;
        need["category"] = cast.category().await;
        need["person"] = json!({"name": "欧阳晚晴", "phone": "13900007777", "address": "9 号楼 1 单元 1302", "note": "家有大狗"});
        let order = cast.grid.post("/orders", &need).await.expect(201);
        let reveal = format!("{}/person/reveal", place(&order));
        cast.station.act(&format!("{}/register", place(&order))).await.expect(200);
        cast.ask(&order, &[&cast.team]).await;
        let (stranger, _) = newcomer(&server, 701).await;
        stranger.act(&reveal).await.refused(404, "not_found");
        stranger.get(&place(&order)).await.refused(404, "not_found");
        cast.leader.act(&reveal).await.refused(403, "person_hidden");
        cast.station.act(&reveal).await.refused(403, "person_hidden");
        let offered = cast.leader.get(&format!("/teams/{}/order-inbox", cast.team)).await.expect(200);
        cast.leader.post(&format!("{}/accept", place(&order)), &by(&cast.team)).await.expect(200);
        let seen = cast.leader.act(&reveal).await.expect(200);
        assert_eq!((&seen["name"], &seen["address"]), (&need["person"]["name"], &need["person"]["address"]));

        let admin = server.signed_in("admin").await;
        let looks = format!("/audit-records?operation=revealOrderPerson&subject_id={}", order["id"].as_str().unwrap());
        let looks = admin.every(&looks).await;
        let leader = cast.leader.get("/me").await.expect(200);
        assert_eq!((looks.len(), &looks[0]["account_id"]), (1, &leader["account_id"]), "{looks:#?}");

        serve(&cast.leader, &order).await;
        let board = format!("/venues/{}/order-board", order["station_id"].as_str().unwrap());
        let shown = [
            cast.leader.get(&place(&order)).await.expect(200),
            cast.grid.get("/orders").await.expect(200),
            cast.grid.get("/me/orders").await.expect(200),
            cast.station.get(&board).await.expect(200),
            cast.station.get(&format!("{}/timeline", place(&order))).await.expect(200),
            cast.station.get("/me/notifications").await.expect(200),
            cast.leader.get("/me/notifications").await.expect(200),
            offered,
            json!(looks),
        ];
        for secret in ["欧阳晚晴", "13900007777", "1 单元 1302", "家有大狗"] {
            assert!(shown.iter().all(|shown| !shown.to_string().contains(secret)), "{secret}");
            assert!(!server.stores(secret), "{secret}");
            assert!(!server.log().contains(secret), "{secret}");
        }

        cast.grid.post(&format!("{}/rate", place(&order)), &stars(5)).await.expect(200);
        move_ahead(&server, 4 * DAY).await;
        assert_eq!(now(&server, &order).await["state"], "closed");
        cast.leader.act(&reveal).await.expect(200);
        move_ahead(&server, 12 * DAY).await;
        cast.leader.act(&reveal).await.refused(403, "person_hidden");
    }

    async fn every_look_at_who_is_served_is_a_look_of_its_own(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let reveal = cast.leader.request(reqwest::Method::POST, &format!("{}/person/reveal", place(&order)));
        let look = async || cast.leader.send(reveal.try_clone().unwrap().header("Idempotency-Key", "a-look")).await;
        look().await.expect(200);
        look().await.expect(200);
        let admin = server.signed_in("admin").await;
        assert_eq!(admin.every("/audit-records?operation=revealOrderPerson").await.len(), 2);
        cast.leader.post(&format!("{}/hand-back", place(&order)), &why()).await.expect(200);
        look().await.refused(403, "person_hidden");
    }

    async fn a_dispatcher_merges_an_order_into_another_that_is_open(server: Server) {
        let cast = cast(&server).await;
        let need = burst_pipe(&server).await;
        let first = cast.grid.post("/orders", &need).await.expect(201);
        let second = cast.grid.post("/orders", &need).await.expect(201);
        let alike = cast.station.get(&format!("{}/alike", place(&second))).await.expect(200);
        assert!(alike["items"].as_array().unwrap().iter().any(|order| order["id"] == first["id"]));
        let (merge, into) = (format!("{}/merge", place(&second)), json!({"into": first["id"]}));
        cast.grid.post(&merge, &into).await.refused(403, "forbidden");
        cast.station.post(&merge, &json!({"into": second["id"]})).await.refused(422, "wrong_merge");
        let merged = cast.station.post(&merge, &into).await.expect(200);
        assert_eq!((&merged["state"], &merged["into_order_id"]), (&json!("merged"), &first["id"]));
        let (gone, goes_on) = (events(&cast.grid, &second).await, events(&cast.grid, &first).await);
        assert_eq!((&gone[1]["command"], &gone[1]["data"]["into"]), (&json!("merge"), &first["id"]));
        assert_eq!((&goes_on[1]["command"], &goes_on[1]["data"]["absorbed"]), (&json!("absorb"), &second["id"]));
        let third = cast.grid.post("/orders", &need).await.expect(201);
        let into = json!({"into": second["id"]});
        cast.station.post(&format!("{}/merge", place(&third)), &into).await.refused(422, "wrong_merge");
    }

    async fn once_teams_were_asked_only_the_center_declines(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let order = cast.registered(&server).await;
        let declined = cast.station.post(&format!("{}/decline", place(&order)), &why()).await.expect(200);
        assert_eq!((&declined["state"], &declined["clock"]), (&json!("declined"), &Value::Null));
        let order = cast.dispatched(&server).await;
        let decline = format!("{}/decline", place(&order));
        cast.station.post(&decline, &why()).await.refused(403, "out_of_scope");
        center.post(&decline, &json!({})).await.refused(422, "invalid_body");
        assert_eq!(center.post(&decline, &why()).await.expect(200)["state"], "declined");
        assert_eq!(of_each(&offers(&center, &order).await, "state"), ["withdrawn"]);
    }

    async fn a_transferred_order_keeps_the_number_of_who_goes_on_with_it(server: Server) {
        let cast = cast(&server).await;
        let order = cast.dispatched(&server).await;
        let hotline = json!({"to": "12345 热线", "number": "HL20261124001", "reason": "属供水公司职责"});
        let path = format!("{}/transfer", place(&order));
        assert_eq!(cast.station.post(&path, &hotline).await.expect(200)["state"], "transferred");
        let last = events(&cast.grid, &order).await.pop().unwrap();
        assert_eq!((&last["data"]["to"], &last["data"]["number"]), (&hotline["to"], &hotline["number"]));
    }

    async fn the_first_team_to_accept_has_it(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        let mut teams = Vec::new();
        for serial in 711..=714 {
            teams.push(team(&server, serial, &order["category"]).await);
        }
        let ids: Vec<&str> = teams.iter().map(|team| team.id.as_str()).collect();
        cast.ask(&order, &ids).await;
        let accept = format!("{}/accept", place(&order));
        let answers = join_all(teams.iter().map(|team| {
            let answer = by(&team.id);
            let accept = &accept;
            async move { team.leader.post(accept, &answer).await }
        }));
        let answers = answers.await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        let first = answers.iter().position(|answer| answer.status == 200).unwrap();
        for refused in answers.into_iter().filter(|answer| answer.status != 200) {
            refused.refused(409, "illegal_move");
        }
        let held = now(&server, &order).await;
        assert_eq!((&held["state"], &held["team_id"]), (&json!("accepted"), &json!(teams[first].id)));
        let mut states = offers(&cast.station, &order).await;
        states.sort_by_key(|offer| offer["state"].to_string());
        assert_eq!(of_each(&states, "state"), ["accepted", "withdrawn", "withdrawn", "withdrawn"]);
        for (number, team) in teams.iter().enumerate() {
            let inbox = team.leader.get(&format!("/teams/{}/order-inbox", team.id)).await.expect(200);
            assert_eq!(inbox["offered"], json!([]));
            assert_eq!(inbox["held"].as_array().unwrap().len(), usize::from(number == first));
        }
    }

    async fn an_open_call_is_for_every_able_team(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        let able = team(&server, 721, &order["category"]).await;
        let other = if order["category"] == "education" { "help_and_care" } else { "education" };
        let unable = team(&server, 722, &json!(other)).await;
        let accept = format!("{}/accept", place(&order));
        able.leader.get(&place(&order)).await.refused(404, "not_found");
        let call = json!({"open_call": true});
        let called = cast.station.post(&format!("{}/dispatch", place(&order)), &call).await.expect(200);
        assert_eq!((&called["state"], &called["open_call"]), (&json!("dispatching"), &json!(true)));
        unable.leader.post(&accept, &by(&unable.id)).await.refused(404, "not_found");
        able.leader.post(&accept, &by(&unable.id)).await.refused(409, "team_not_asked");
        let inbox = able.leader.get(&format!("/teams/{}/order-inbox", able.id)).await.expect(200);
        assert_eq!(inbox["open_calls"][0]["order"]["id"], order["id"]);
        let accepted = able.leader.post(&accept, &by(&able.id)).await.expect(200);
        assert_eq!((&accepted["team_id"], &accepted["open_call"]), (&json!(able.id), &json!(false)));
    }

    async fn when_all_have_refused_the_tier_above_asks_at_once(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        let other = team(&server, 731, &order["category"]).await;
        cast.ask(&order, &[&cast.team, &other.id]).await;
        let refuse = format!("{}/refuse", place(&order));
        let no = |team: &str| json!({"team_id": team, "reason": "当日已有两单"});
        let first = cast.leader.post(&refuse, &no(&cast.team)).await.expect(200);
        assert_eq!(first["tier"], "station");
        cast.leader.post(&refuse, &no(&cast.team)).await.refused(409, "team_not_asked");
        cast.leader.post(&format!("{}/accept", place(&order)), &by(&cast.team)).await.refused(409, "team_not_asked");
        let all = other.leader.post(&refuse, &no(&other.id)).await.expect(200);
        assert_eq!((&all["state"], &all["tier"]), (&json!("dispatching"), &json!("institute")));
        assert_eq!(all["holder_id"], order["institute_id"]);
        let history = events(&cast.station, &order).await;
        let passed = history.iter().find(|event| event["command"] == "escalate").unwrap();
        assert_eq!(passed["party"], "program");
        cast.station.post(&format!("{}/dispatch", place(&order)), &json!({"open_call": true})).await.refused(403, "out_of_scope");
    }

    async fn an_urgent_need_that_nobody_registers_goes_up_every_half_hour_until_it_is_late(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let order = cast.grid.post("/orders", &burst_pipe(&server).await).await.expect(201);
        let allowed = moment(&order["clock"]["due_at"]) - moment(&order["created_at"]);
        assert_eq!((allowed, &order["clock"]["kind"]), (TimeDelta::minutes(30), &json!("register")));
        let late = format!("/venues/{}/late-orders", order["center_id"].as_str().unwrap());
        for (minutes, tier) in [(29, "station"), (32, "institute"), (64, "center")] {
            move_ahead(&server, minutes).await;
            let order = now(&server, &order).await;
            assert_eq!((&order["state"], &order["tier"]), (&json!("solicited"), &json!(tier)));
            let listed = center.every(&late).await;
            assert!(listed.iter().all(|late| late["id"] != order["id"]));
        }
        move_ahead(&server, 97).await;
        let order = now(&server, &order).await;
        assert_eq!((&order["state"], &order["clock"]), (&json!("solicited"), &Value::Null));
        assert!(order["lapsed_at"].is_string());
        let listed = center.every(&late).await;
        assert!(listed.iter().any(|late| late["id"] == order["id"]));
        cast.station.get(&late).await.refused(404, "not_found");
        center.act(&format!("{}/register", place(&order))).await.expect(200);
        let listed = center.every(&late).await;
        assert!(listed.iter().all(|late| late["id"] != order["id"]));
    }

    async fn an_urgent_order_that_no_team_accepts_goes_up_every_hour_until_it_is_late(server: Server) {
        let cast = cast(&server).await;
        let order = cast.dispatched(&server).await;
        for (minutes, tier) in [(58, "station"), (62, "institute"), (124, "center")] {
            move_ahead(&server, minutes).await;
            let order = now(&server, &order).await;
            assert_eq!((&order["state"], &order["tier"]), (&json!("dispatching"), &json!(tier)));
            assert_eq!(order["clock"]["kind"], "accept");
        }
        let asked = offers(&cast.station, &order).await;
        let demo_team = asked.iter().find(|offer| offer["team_id"] == json!(cast.team)).unwrap();
        assert_eq!(demo_team["state"], "lapsed");
        move_ahead(&server, 187).await;
        let order = now(&server, &order).await;
        assert_eq!((&order["tier"], &order["clock"]), (&json!("center"), &Value::Null));
        let last = events(&cast.station, &order).await.pop().unwrap();
        assert_eq!((&last["command"], &last["party"]), (&json!("lapse"), &json!("program")));
    }

    async fn what_is_routine_on_a_friday_evening_waits_for_the_next_working_day(server: Server) {
        let cast = cast(&server).await;
        let exceptions = server.anonymous().get("/work-calendar").await.expect(200)["items"].clone();
        let is_worked = |day: NaiveDate| {
            let said = exceptions.as_array().unwrap().iter().find(|item| item["day"] == json!(day));
            said.map_or(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun), |item| item["kind"] == "working_day")
        };
        let shanghai = FixedOffset::east_opt(8 * 60 * 60).unwrap();
        let noon = moment(&json!(ahead(0))).with_timezone(&shanghai).date_naive();
        let friday = noon.iter_days().skip(1).find(|day| day.weekday() == Weekday::Fri).unwrap();
        let evening = friday.and_hms_opt(18, 30, 0).unwrap().and_local_timezone(shanghai).unwrap();
        move_ahead(&server, (evening.to_utc() - moment(&json!(ahead(0)))).num_minutes()).await;
        let mut need = burst_pipe(&server).await;
        need["urgency"] = json!("routine");
        let order = cast.grid.post("/orders", &need).await.expect(201);
        let next = friday.iter_days().skip(1).find(|day| is_worked(*day)).unwrap();
        let closes = next.and_hms_opt(17, 0, 0).unwrap().and_local_timezone(shanghai).unwrap();
        assert_eq!(moment(&order["clock"]["due_at"]), closes);
    }

    async fn a_team_hands_an_order_back_once_and_after_two_the_center_decides(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let other = team(&server, 741, &order["category"]).await;
        let third = team(&server, 742, &order["category"]).await;
        let (back, accept) = (format!("{}/hand-back", place(&order)), format!("{}/accept", place(&order)));
        cast.leader.post(&back, &json!({})).await.refused(422, "invalid_body");
        let handed = cast.leader.post(&back, &why()).await.expect(200);
        assert_eq!((&handed["state"], &handed["team_id"]), (&json!("dispatching"), &Value::Null));
        assert_eq!((&handed["tier"], &handed["clock"]["kind"]), (&json!("station"), &json!("accept")));
        cast.leader.act(&format!("{}/person/reveal", place(&order))).await.refused(403, "person_hidden");
        cast.ask(&order, &[&cast.team]).await;
        cast.leader.post(&accept, &by(&cast.team)).await.expect(200);
        cast.leader.post(&back, &why()).await.refused(409, "handed_back_before");

        let order = cast.accepted(&server).await;
        let (back, at) = (format!("{}/hand-back", place(&order)), place(&order));
        cast.leader.post(&back, &why()).await.expect(200);
        cast.ask(&order, &[&other.id]).await;
        other.leader.post(&format!("{at}/accept"), &by(&other.id)).await.expect(200);
        let handed = other.leader.post(&back, &why()).await.expect(200);
        assert_eq!((&handed["state"], &handed["tier"]), (&json!("dispatching"), &json!("center")));
        let center = server.signed_in("center").await;
        center.post(&format!("{at}/dispatch"), &json!({"team_ids": [third.id]})).await.refused(409, "center_decides");
        center.post(&format!("{at}/dispatch"), &json!({"open_call": true})).await.refused(409, "center_decides");
        let assigned = json!({"team_id": third.id, "reason": "距离最近"});
        cast.station.post(&format!("{at}/assign"), &assigned).await.refused(403, "out_of_scope");
        let given = center.post(&format!("{at}/assign"), &assigned).await.expect(200);
        assert_eq!((&given["state"], &given["team_id"]), (&json!("accepted"), &json!(third.id)));
    }

    async fn a_pause_is_bounded(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let pause = format!("{}/pause", place(&order));
        let until = |minutes: i64| json!({"until": ahead(minutes), "reason": "住户外出"});
        cast.leader.post(&pause, &until(7 * DAY + 1)).await.refused(422, "pause_too_long");
        cast.leader.post(&pause, &until(-1)).await.refused(422, "pause_too_long");
        cast.leader.post(&pause, &json!({"until": ahead(60)})).await.refused(422, "invalid_body");
        let paused = cast.leader.post(&pause, &until(6 * DAY)).await.expect(200);
        let later = moment(&paused["clock"]["due_at"]) - moment(&order["clock"]["due_at"]);
        assert!((later - TimeDelta::days(6)).abs() < TimeDelta::minutes(2), "{later}");
        cast.leader.post(&pause, &until(7 * DAY - 1)).await.expect(200);
        cast.station.post(&pause, &until(2 * DAY)).await.refused(422, "pause_too_long");
        cast.grid.post(&pause, &until(5)).await.refused(403, "forbidden");
    }

    async fn many_short_pauses_are_no_longer_than_a_long_one(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let pause = format!("{}/pause", place(&order));
        for minutes in [6 * DAY, 7 * DAY - 1, DAY - 10] {
            let until = json!({"until": ahead(minutes), "reason": "住户外出"});
            cast.leader.post(&pause, &until).await.expect(200);
        }
        let mut granted = 0;
        for _ in 0..20 {
            let soon = (moment(&json!(ahead(0))) + TimeDelta::seconds(58)).to_rfc3339();
            let answer = cast.leader.post(&pause, &json!({"until": soon, "reason": "住户外出"})).await;
            granted += i32::from(answer.status == 200);
        }
        assert!(granted <= 15, "{granted} pauses of a minute, where some ten minutes were left");
    }

    async fn an_order_is_scheduled_as_a_session_that_only_its_team_sees(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let (stranger, stranger_id) = newcomer(&server, 751).await;
        let (member, member_id) = newcomer(&server, 752).await;
        member.act(&format!("/teams/{}/members", cast.team)).await.expect(201);
        cast.leader.act(&format!("/teams/{}/members/{member_id}/accept", cast.team)).await.expect(200);
        let schedule = format!("{}/schedule", place(&order));
        let visit = |who: &str| json!({"starts_at": ahead(20), "ends_at": ahead(80), "volunteer_ids": [who]});
        cast.leader.post(&schedule, &visit(&stranger_id)).await.refused(422, "requirement_not_met");
        let scheduled = cast.leader.post(&schedule, &visit(&member_id)).await.expect(200);
        let session = format!("/sessions/{}", scheduled["session_id"].as_str().unwrap());
        stranger.get(&session).await.refused(404, "not_found");
        server.anonymous().get(&session).await.refused(404, "not_found");
        assert_eq!(member.get(&session).await.expect(200)["id"], scheduled["session_id"]);
        for caller in [&stranger, &server.anonymous()] {
            let listed = caller.every("/sessions").await;
            assert!(listed.iter().all(|session| session["id"] != scheduled["session_id"]));
        }
        let reveal = format!("{}/person/reveal", place(&order));
        assert_eq!(member.act(&reveal).await.expect(200)["name"], "李阿姨");
        stranger.act(&reveal).await.refused(404, "not_found");

        let again = cast.leader.post(&schedule, &visit(&member_id)).await.expect(200);
        assert_ne!(again["session_id"], scheduled["session_id"]);
        assert_eq!(cast.leader.get(&session).await.expect(200)["state"], "cancelled");
        let session = format!("/sessions/{}", again["session_id"].as_str().unwrap());
        cast.leader.post(&format!("{session}/cancel"), &why()).await.expect(200);
        let order = now(&server, &order).await;
        assert_eq!((&order["state"], &order["session_id"]), (&json!("accepted"), &Value::Null));
        assert_eq!(order["team_id"], json!(cast.team));
        member.act(&reveal).await.refused(404, "not_found");
    }

    async fn where_nobody_came_the_team_finds_another_time(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let times = json!({"starts_at": ahead(20), "ends_at": ahead(80)});
        cast.leader.post(&format!("{}/schedule", place(&order)), &times).await.expect(200);
        move_ahead(&server, 80 + 2 * HOUR + 15).await;
        let order = now(&server, &order).await;
        assert_eq!((&order["state"], &order["session_id"]), (&json!("accepted"), &Value::Null));
        let times = json!({"starts_at": ahead(DAY), "ends_at": ahead(DAY + HOUR)});
        cast.leader.post(&format!("{}/schedule", place(&order)), &times).await.expect(200);
        let cancelled = cast.grid.post(&format!("{}/cancel", place(&order)), &why()).await.expect(200);
        assert_eq!(cancelled["state"], "cancelled");
        let session = format!("/sessions/{}", cancelled["session_id"].as_str().unwrap());
        assert_eq!(cast.leader.get(&session).await.expect(200)["state"], "cancelled");
    }

    async fn a_confirmation_code_cannot_be_guessed(server: Server) {
        let cast = cast(&server).await;
        let order = cast.served(&server).await;
        let confirm = format!("{}/confirm", place(&order));
        let right = resident(&server).await.get(&place(&order)).await.expect(200)["confirmation_code"].clone();
        for staff in [&cast.leader, &cast.station] {
            assert_eq!(staff.get(&place(&order)).await.expect(200)["confirmation_code"], Value::Null);
        }
        let wrong = if right == "000000" { "000001" } else { "000000" };
        let guess = json!({"code": wrong});
        let tries = join_all((0..40).map(|_| cast.leader.post(&confirm, &guess))).await;
        let tried = tries.iter().filter(|answer| answer.body["code"] == "wrong_confirmation").count();
        assert!((1..=5).contains(&tried), "{tried} codes were tried");
        cast.leader.post(&confirm, &json!({"code": right})).await.refused(429, "too_many_requests");
        assert_eq!(now(&server, &order).await["confirmed"], false);
    }

    async fn an_order_is_rated_once_and_never_by_who_served(server: Server) {
        let cast = cast(&server).await;
        let (member, member_id) = newcomer(&server, 761).await;
        let mut need = burst_pipe(&server).await;
        need["category"] = cast.category().await;
        need["person"]["phone"] = json!("13912340761");
        let order = cast.grid.post("/orders", &need).await.expect(201);
        cast.station.act(&format!("{}/register", place(&order))).await.expect(200);
        cast.ask(&order, &[&cast.team]).await;
        cast.leader.post(&format!("{}/accept", place(&order)), &by(&cast.team)).await.expect(200);
        let rate = format!("{}/rate", place(&order));
        cast.grid.post(&rate, &stars(5)).await.refused(409, "illegal_move");
        serve(&cast.leader, &order).await;
        member.act(&format!("/teams/{}/members", cast.team)).await.expect(201);
        cast.leader.act(&format!("/teams/{}/members/{member_id}/accept", cast.team)).await.expect(200);
        member.post(&rate, &stars(5)).await.refused(409, "own_service");
        cast.leader.post(&rate, &stars(5)).await.refused(409, "own_service");
        cast.station.post(&rate, &stars(5)).await.expect(403);
        cast.grid.post(&rate, &stars(6)).await.refused(422, "invalid_body");
        let opinion = stars(4);
        let at_once = join_all((0..5).map(|_| cast.grid.post(&rate, &opinion))).await;
        assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 1, "{at_once:?}");
        cast.grid.post(&rate, &stars(1)).await.refused(409, "illegal_move");
        assert_eq!(cast.grid.get(&place(&order)).await.expect(200)["rating"]["overall"], 4);
    }

    async fn whoever_visited_closes_the_order(server: Server) {
        let cast = cast(&server).await;
        let close = format!("{}/close", place(&cast.rated(&server, 1).await));
        cast.leader.post(&close, &why()).await.refused(403, "forbidden");
        assert_eq!(cast.station.post(&close, &why()).await.expect(200)["state"], "closed");
    }

    async fn two_stars_ask_for_a_visit_and_a_missed_one_goes_up(server: Server) {
        let cast = cast(&server).await;
        let order = cast.rated(&server, 2).await;
        assert_eq!((&order["clock"]["kind"], &order["tier"]), (&json!("visit"), &json!("station")));
        for (days, tier) in [(4, "institute"), (8, "center")] {
            move_ahead(&server, days * DAY).await;
            let order = now(&server, &order).await;
            assert_eq!((&order["state"], &order["tier"]), (&json!("rated"), &json!(tier)));
            assert_eq!(order["clock"]["kind"], "visit");
        }
        move_ahead(&server, 12 * DAY).await;
        assert_eq!(now(&server, &order).await["state"], "closed");
    }

    async fn what_nobody_rates_closes_after_a_week(server: Server) {
        let cast = cast(&server).await;
        let order = cast.served(&server).await;
        move_ahead(&server, 7 * DAY - HOUR).await;
        assert_eq!(now(&server, &order).await["state"], "served");
        move_ahead(&server, 7 * DAY + 4 * HOUR).await;
        let order = now(&server, &order).await;
        assert_eq!((&order["state"], &order["rating"]), (&json!("closed"), &Value::Null));
        cast.grid.post(&format!("{}/rate", place(&order)), &stars(5)).await.refused(409, "illegal_move");
        cast.leader.post(&format!("{}/rating/appeal", place(&order)), &why()).await.refused(409, "not_appealed");
    }

    async fn a_reopened_order_goes_to_another_team_once(server: Server) {
        let cast = cast(&server).await;
        let order = cast.rated(&server, 1).await;
        let at = place(&order);
        let other = team(&server, 771, &order["category"]).await;
        let reopened = resident(&server).await.post(&format!("{at}/reopen"), &why()).await.expect(200);
        assert_eq!((&reopened["state"], &reopened["round"]), (&json!("reopened"), &json!(2)));
        assert_eq!((&reopened["team_id"], &reopened["session_id"]), (&Value::Null, &Value::Null));
        cast.leader.act(&format!("{at}/person/reveal")).await.refused(403, "person_hidden");
        let suggested = cast.station.get(&format!("{at}/suggestions")).await.expect(200);
        let suggested = suggested["items"].as_array().unwrap().clone();
        assert!(suggested.iter().all(|team| team["team_id"] != json!(cast.team)));
        let asked = json!({"team_ids": [cast.team]});
        cast.station.post(&format!("{at}/dispatch"), &asked).await.refused(409, "former_team");
        cast.station.post(&format!("{at}/dispatch"), &json!({"open_call": true})).await.expect(200);
        cast.leader.post(&format!("{at}/accept"), &by(&cast.team)).await.refused(409, "former_team");
        other.leader.post(&format!("{at}/accept"), &by(&other.id)).await.expect(200);
        serve(&other.leader, &order).await;
        cast.grid.post(&format!("{at}/reopen"), &why()).await.refused(409, "reopened_before");
        cast.grid.post(&format!("{at}/rate"), &stars(5)).await.expect(200);
        cast.station.post(&format!("{at}/reopen"), &why()).await.refused(409, "reopened_before");
    }

    async fn a_rating_that_was_unfair_does_not_count(server: Server) {
        let cast = cast(&server).await;
        let (center, institute) = (server.signed_in("center").await, server.signed_in("institute").await);
        let order = cast.rated(&server, 1).await;
        let today = moment(&json!(ahead(0))).date_naive();
        let days = format!("from={}&to={}", today - TimeDelta::days(1), today + TimeDelta::days(1));
        let satisfaction = format!("/venues/{}/order-satisfaction?{days}", order["station_id"].as_str().unwrap());
        let rated = async || cast.station.get(&satisfaction).await.expect(200)["rated"].as_i64().unwrap();
        let before = rated().await;
        let (appeal, judge) = (format!("{}/rating/appeal", place(&order)), format!("{}/rating/judge", place(&order)));
        let verdict = json!({"upheld": true, "reason": "评价针对的是供水公司"});
        center.post(&judge, &verdict).await.refused(409, "not_appealed");
        cast.grid.post(&appeal, &why()).await.refused(403, "forbidden");
        cast.leader.post(&appeal, &why()).await.expect(200);
        cast.leader.post(&appeal, &why()).await.refused(409, "appealed_before");
        cast.station.post(&judge, &verdict).await.refused(403, "out_of_scope");
        institute.post(&judge, &verdict).await.refused(403, "out_of_scope");
        assert_eq!(rated().await, before);
        center.post(&judge, &verdict).await.expect(200);
        center.post(&judge, &verdict).await.refused(409, "not_appealed");
        assert_eq!(rated().await, before - 1);
        let order = cast.grid.get(&place(&order)).await.expect(200);
        assert_eq!((&order["rating"]["appeal"], &order["rating"]["counts"]), (&json!("upheld"), &json!(false)));
    }

    async fn a_story_is_told_with_consent_and_without_who_was_served(server: Server) {
        let cast = cast(&server).await;
        let order = cast.rated(&server, 5).await;
        let publish = format!("{}/publish", place(&order));
        let story = |text: &str, consent: bool| json!({"title": "一根水管,一小时", "text": text, "consent": consent});
        cast.station.post(&publish, &story("换好水管。", true)).await.refused(409, "illegal_move");
        move_ahead(&server, 4 * DAY).await;
        cast.station.post(&publish, &story("换好水管。", false)).await.refused(422, "consent_required");
        for told in ["李阿姨家", "电话 13900008888。", "请打 13700001111", "致电 139 0000 8888", "139-0000-8888", "1 3 9 0 0 0 0 8 8 8 8", "13900008888", "住 3 号楼 2 单元 501"] {
            let refused = cast.station.post(&publish, &story(told, true)).await;
            assert_eq!(refused.body["code"], "personal_data_in_text", "{told}: {refused:?}");
        }
        cast.leader.post(&publish, &story("换好水管。", true)).await.refused(403, "forbidden");
        cast.station.post(&publish, &story("一小时内换好,订单 261124-04831522。", true)).await.expect(200);
        cast.station.post(&publish, &story("换好水管。", true)).await.refused(409, "already_exists");
        let stories = server.anonymous().every("/order-stories").await;
        assert_eq!(stories[0]["order_id"], order["id"]);
    }

    async fn suggestions_are_the_same_again_and_say_why_in_both_languages(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        for serial in 781..=783 {
            team(&server, serial, &order["category"]).await;
        }
        let path = format!("{}/suggestions", place(&order));
        let read = async |language: &str| {
            let asked = cast.station.request(reqwest::Method::GET, &path).header("Accept-Language", language);
            cast.station.send(asked).await.expect(200)["items"].as_array().unwrap().clone()
        };
        let (chinese, again, english) = (read("zh-CN").await, read("zh-CN").await, read("en").await);
        assert_eq!(chinese, again);
        assert!(chinese.len() >= 4);
        let scores: Vec<i64> = chinese.iter().map(|team| team["score"].as_i64().unwrap()).collect();
        assert!(scores.is_sorted_by(|better, worse| better >= worse), "{scores:?}");
        for (chinese, english) in chinese.iter().zip(&english) {
            assert_eq!((&chinese["team_id"], &chinese["score"]), (&english["team_id"], &english["score"]));
            let reasons = |team: &Value| of_each(team["parts"].as_array().unwrap(), "reason").concat();
            assert!(!reasons(english).is_empty() && reasons(english).is_ascii(), "{english}");
            assert!(!reasons(chinese).is_ascii(), "{chinese}");
            assert_eq!(chinese["parts"].as_array().unwrap().len(), 7);
        }
        let last = chinese.last().unwrap();
        cast.ask(&order, &[last["team_id"].as_str().unwrap(), chinese[0]["team_id"].as_str().unwrap()]).await;
        let offers = offers(&cast.station, &order).await;
        let of = |team: &Value| offers.iter().find(|offer| offer["team_id"] == team["team_id"]).unwrap().clone();
        assert_eq!((&of(&chinese[0])["rank"], &of(&chinese[0])["overridden"]), (&json!(1), &json!(false)));
        assert_eq!((&of(last)["rank"], &of(last)["overridden"]), (&json!(chinese.len()), &json!(true)));
        let asked = events(&cast.station, &order).await.pop().unwrap();
        assert_eq!(asked["data"]["overridden"], json!([last["team_id"]]));
    }

    async fn a_center_says_how_suggestions_are_weighed(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let order = cast.registered(&server).await;
        let busy = team(&server, 791, &order["category"]).await;
        let fresh = team(&server, 792, &order["category"]).await;
        let other = cast.registered(&server).await;
        cast.ask(&other, &[&busy.id]).await;
        let path = format!("/venues/{}/matching-weights", order["center_id"].as_str().unwrap());
        let before = center.get(&path).await.expect(200);
        for part in ["turn", "response", "category", "capacity"] {
            let version = center.get(&path).await.expect(200)["version"].clone();
            let mut weights = json!({"category": 0, "skill": 0, "distance": 0, "capacity": 0, "rating": 0, "response": 0, "turn": 0, "version": version});
            center.put(&path, &weights).await.refused(422, "invalid_body");
            weights[part] = json!(80);
            cast.station.put(&path, &weights).await.refused(403, "forbidden");
            center.put(&path, &weights).await.expect(200);
            center.put(&path, &weights).await.refused(412, "stale_version");
            let suggested = cast.station.get(&format!("{}/suggestions", place(&order))).await.expect(200);
            for team in suggested["items"].as_array().unwrap() {
                let parts = team["parts"].as_array().unwrap();
                let own = parts.iter().find(|own| own["part"] == part).unwrap();
                assert_eq!((&team["score"], &own["weight"]), (&own["score"], &json!(80)));
            }
            if part == "turn" {
                let teams = suggested["items"].as_array().unwrap();
                let place = |id: &str| teams.iter().position(|team| team["team_id"] == id).unwrap();
                assert!(place(&fresh.id) < place(&busy.id), "{suggested:#}");
            }
        }
        assert_eq!(before["version"], 0);
    }

    async fn an_illegal_move_is_told_with_those_that_are_legal(server: Server) {
        let cast = cast(&server).await;
        let center = server.signed_in("center").await;
        let order = cast.grid.post("/orders", &burst_pipe(&server).await).await.expect(201);
        let at = place(&order);
        let visit = json!({"starts_at": ahead(20), "ends_at": ahead(80)});
        let tried = [
            ("dispatch", json!({"open_call": true})), ("accept", by(&cast.team)), ("hand-back", why()), ("schedule", visit),
            ("serve", json!({"text": "已完成"})), ("confirm", json!({})), ("rate", stars(5)), ("reopen", why()), ("close", why()),
            ("assign", json!({"team_id": cast.team, "reason": "最近"})), ("rating/appeal", why()),
            ("refuse", json!({"team_id": cast.team, "reason": "忙"})), ("rating/judge", json!({"upheld": true, "reason": "属实"})),
            ("publish", json!({"title": "一根水管", "text": "换好。", "consent": true})),
        ];
        for (command, body) in tried {
            let answer = center.post(&format!("{at}/{command}"), &body).await;
            let told = answer.refused(409, "illegal_move");
            assert_eq!((&told["allowed"], &told["state"]), (&order["allowed"], &json!("solicited")), "{command}");
        }
        center.act(&format!("{at}/begin")).await.refused(409, "illegal_move");
        assert_eq!(now(&server, &order).await["version"], 1);
    }

    async fn of_rated_orders_only_a_visit_is_passed_on(server: Server) {
        let cast = cast(&server).await;
        let escalate = format!("{}/escalate", place(&cast.rated(&server, 5).await));
        let told = cast.station.post(&escalate, &why()).await.refused(409, "illegal_move");
        assert!(!told["allowed"].as_array().unwrap().contains(&json!("escalate")), "{told}");
        let escalate = format!("{}/escalate", place(&cast.rated(&server, 2).await));
        assert_eq!(cast.station.post(&escalate, &why()).await.expect(200)["tier"], "institute");
    }

    async fn an_old_version_of_an_order_is_not_changed(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        let old = json!({"reason": "现场核实", "version": 1});
        for command in ["decline", "cancel", "escalate"] {
            cast.station.post(&format!("{}/{command}", place(&order)), &old).await.refused(412, "stale_version");
        }
        let asked = json!({"open_call": true, "version": order["version"]});
        cast.station.post(&format!("{}/dispatch", place(&order)), &asked).await.expect(200);
    }

    async fn those_who_wait_for_a_step_are_told_of_it(server: Server) {
        let cast = cast(&server).await;
        let order = cast.rated(&server, 2).await;
        let back = cast.accepted(&server).await;
        cast.leader.post(&format!("{}/hand-back", place(&back)), &why()).await.expect(200);
        let (done, told) = server.run(&["jobs", "run", "deliver-events"]);
        assert!(done, "{told}");
        let kinds = async |caller: &Caller| {
            let told = caller.every("/me/notifications").await;
            of_each(&told, "kind").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let (requester, leader, station) = (kinds(&cast.grid).await, kinds(&cast.leader).await, kinds(&cast.station).await);
        for step in ["order.registered", "order.accepted", "order.scheduled", "order.begun", "order.served"] {
            assert!(requester.iter().any(|kind| kind == step), "{step}: {requester:?}");
        }
        for step in ["order.urgently_dispatched", "order.rated"] {
            assert!(leader.iter().any(|kind| kind == step), "{step}: {leader:?}");
        }
        for step in ["order.solicited", "order.handed_back", "order.rated"] {
            assert!(station.iter().any(|kind| kind == step), "{step}: {station:?}");
        }
        assert_eq!(order["clock"]["kind"], "visit");
    }

    async fn a_team_that_is_suspended_takes_no_order(server: Server) {
        let cast = cast(&server).await;
        let order = cast.registered(&server).await;
        let other = team(&server, 795, &order["category"]).await;
        cast.ask(&order, &[&other.id]).await;
        cast.station.post(&format!("/teams/{}/suspend", other.id), &why()).await.expect(200);
        let accept = format!("{}/accept", place(&order));
        other.leader.post(&accept, &by(&other.id)).await.refused(403, "forbidden");
        cast.station.post(&accept, &by(&other.id)).await.refused(409, "team_not_active");
        let again = cast.registered(&server).await;
        let asked = json!({"team_ids": [other.id]});
        cast.station.post(&format!("{}/dispatch", place(&again)), &asked).await.refused(409, "team_not_active");
    }
}
