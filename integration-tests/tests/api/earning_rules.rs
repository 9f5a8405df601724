//! A center's own rules for earning points.

use chrono::{TimeDelta, Utc};
use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, newcomer, place, session},
    clock::move_ahead,
    redemption::id,
};

async fn center_id(center: &Caller) -> Value {
    center.get("/venues?kind=center").await.expect(200)["items"][0]["id"].clone()
}

/// A draft of the center: so many points for an hour of any service, at most `day_cap` a day.
async fn draft(center: &Caller, points_per_hour: i64, day_cap: Option<i64>) -> String {
    let rules = json!({
        "center_id": center_id(center).await, "title": "秋季积分规则",
        "rules": [{"points_per_hour": points_per_hour}], "day_cap": day_cap,
    });
    let drafted = center.post("/points/earning-rules", &rules).await.expect(201);
    assert_eq!(drafted["state"], "draft");
    format!("/points/earning-rules/{}", id(&drafted))
}

/// Lives through a session of two hours that starts so many minutes from the test's start; gives its record.
async fn serve(server: &Server, serial: u32, start: i64) -> (Caller, Value) {
    let (volunteer, _) = newcomer(server, serial).await;
    let staff = server.signed_in("station").await;
    let session = session(server, start, 1).await;
    let session_place = place(&session);
    volunteer
        .post(&format!("{session_place}/signups"), &first_position(&session))
        .await
        .expect(201);
    for (path, minute, status) in [("check-ins", start - 5, 201), ("check-outs", start + 121, 200)]
    {
        move_ahead(server, minute).await;
        let shown = staff.get(&format!("{session_place}/code")).await.expect(200)["code"].clone();
        let scan = json!({"code": shown, "location": session["location"]});
        volunteer.post(&format!("{session_place}/{path}"), &scan).await.expect(status);
    }
    let record = volunteer.every("/me/service-records").await.remove(0);
    (volunteer, record)
}

async fn available(volunteer: &Caller) -> Value {
    volunteer.get("/me/points").await.expect(200)["available"].clone()
}

/// The day so many days ago.
#[expect(clippy::disallowed_methods, reason = "a test is a client: its time is the machine's")]
fn days_ago(days: i64) -> String {
    (Utc::now() - TimeDelta::days(days)).date_naive().to_string()
}

on_both_engines! {
    async fn a_draft_is_tried_on_the_past_and_earns_only_once_it_is_in_force(server: Server) {
        let center = server.signed_in("center").await;
        let rules = draft(&center, 20, None).await;
        let past = json!({"from": days_ago(40), "to": days_ago(0)});
        let simulated = center.post(&format!("{rules}/simulate"), &past).await.expect(200);
        let of = |field: &str| simulated[field].as_i64().unwrap();
        assert!(of("records") > 0 && of("given") > 0, "{simulated}");
        assert_eq!(of("difference"), of("simulated") - of("given"));
        assert!(of("simulated") > of("given"), "twice the points for an hour: {simulated}");
        let backwards = json!({"from": days_ago(0), "to": days_ago(40)});
        center.post(&format!("{rules}/simulate"), &backwards).await.refused(422, "invalid_body");

        let (before, record) = serve(&server, 901, 60).await;
        assert_eq!((&record["minutes"], available(&before).await), (&json!(120), json!(20)));
        server.signed_in("station").await.act(&format!("{rules}/activate")).await.refused(403, "forbidden");
        assert_eq!(center.act(&format!("{rules}/activate")).await.expect(200)["state"], "active");
        center.act(&format!("{rules}/activate")).await.refused(409, "illegal_move");
        let (after, _) = serve(&server, 902, 24 * 60).await;
        assert_eq!(available(&after).await, 40);
        assert_eq!(available(&before).await, 20, "what was earned stays as it was");
    }

    async fn a_cap_of_the_day_is_never_passed_and_new_rules_end_the_old(server: Server) {
        let center = server.signed_in("center").await;
        let first = draft(&center, 20, Some(25)).await;
        center.act(&format!("{first}/activate")).await.expect(200);
        let (volunteer, _) = serve(&server, 903, 60).await;
        assert_eq!(available(&volunteer).await, 25);
        let second = draft(&center, 1, None).await;
        center.act(&format!("{second}/activate")).await.expect(200);
        let list = format!("/points/earning-rules?center_id={}", center_id(&center).await.as_str().unwrap());
        let versions = center.every(&list).await;
        let states: Vec<&Value> = versions.iter().map(|rules| &rules["state"]).collect();
        assert_eq!(states.iter().filter(|state| **state == "active").count(), 1);
        assert_eq!(states.iter().filter(|state| **state == "ended").count(), 1);
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }
}
