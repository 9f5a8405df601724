use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    clock::{ahead, move_ahead},
    volunteers::{application, station, volunteer},
};

/// An active volunteer whom the seed does not know, and their profile's id.
pub async fn newcomer(server: &Server, serial: u32) -> (Caller, String) {
    let body = application(server, "19800101", serial).await;
    let caller = server.signed_in_by_phone(body["phone"].as_str().unwrap()).await;
    let applied = caller.post("/volunteers", &body).await.expect(201);
    let id = applied["id"].as_str().unwrap().to_owned();
    let staff = server.signed_in("station").await;
    staff.act(&format!("/volunteers/{id}/approve")).await.expect(200);
    (caller, id)
}

async fn draft(server: &Server) -> Value {
    json!({
        "title": "公益理发进社区", "kind": "venue_choice", "category": "help_and_care",
        "host_venue_id": station(server).await,
    })
}

/// A published activity of the station, which is trusted; its path.
pub async fn published(server: &Server) -> String {
    let staff = server.signed_in("station").await;
    let drafted = staff.post("/activities", &draft(server).await).await.expect(201);
    let place = format!("/activities/{}", drafted["id"].as_str().unwrap());
    let published = staff.post(&format!("{place}/publish"), &json!({})).await.expect(200);
    assert_eq!(published["state"], "published");
    place
}

/// The station's activities are reviewed from now on.
async fn distrust(server: &Server) {
    let center = server.signed_in("center").await;
    let place = format!("/venues/{}", station(server).await.as_str().unwrap());
    let venue = center.get(&place).await.expect(200);
    let changed = json!({
        "code": venue["code"], "kind": venue["kind"], "name": venue["name"], "parent_id": venue["parent_id"],
        "location": venue["location"], "trusted": false,
    });
    center.put(&place, &changed).await.expect(200);
}

/// What a session of two hours is made of, that starts so many minutes from now.
pub fn plan(starts_in: i64, headcount: i64) -> Value {
    json!({
        "starts_at": ahead(starts_in),
        "ends_at": ahead(starts_in + 120),
        "place": "社区活动室",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
        "positions": [{"name": "理发师", "headcount": headcount}],
    })
}

/// A session of a published activity.
pub async fn session(server: &Server, starts_in: i64, headcount: i64) -> Value {
    let activity = published(server).await;
    let staff = server.signed_in("station").await;
    let plan = plan(starts_in, headcount);
    staff.post(&format!("{activity}/sessions"), &plan).await.expect(201)
}

/// The path of a session.
pub fn place(session: &Value) -> String {
    format!("/sessions/{}", session["id"].as_str().unwrap())
}

/// The body that asks for a session's first position.
pub fn first_position(session: &Value) -> Value {
    json!({"position_id": session["positions"][0]["id"]})
}

async fn sign_up(volunteer: &Caller, session: &Value) -> Value {
    let signups = format!("{}/signups", place(session));
    volunteer.post(&signups, &first_position(session)).await.expect(201)
}

async fn state(volunteer: &Caller, signup: &Value) -> Value {
    let place = format!("/signups/{}", signup["id"].as_str().unwrap());
    volunteer.get(&place).await.expect(200)["state"].clone()
}

/// Confirmed and waitlisted of a session's first position.
async fn counted(server: &Server, session: &Value) -> (i64, i64) {
    let read = server.anonymous().get(&place(session)).await.expect(200);
    let position = &read["positions"][0];
    (position["confirmed"].as_i64().unwrap(), position["waitlisted"].as_i64().unwrap())
}

const DAY: i64 = 24 * 60;

on_both_engines! {
    async fn an_activity_is_everybodys_once_it_is_published(server: Server) {
        let staff = server.signed_in("station").await;
        let draft = draft(&server).await;
        let drafted = staff.post("/activities", &draft).await;
        let location = drafted.header("location").to_owned();
        assert_eq!(drafted.expect(201)["state"], "draft");
        server.anonymous().get(&location).await.refused(404, "not_found");
        staff.get(&location).await.expect(200);
        let volunteer = server.signed_in("volunteer1").await;
        volunteer.post("/activities", &draft).await.refused(403, "forbidden");

        let activity = published(&server).await;
        let seen = server.anonymous().get(&activity).await.expect(200);
        assert_eq!(seen["title"], "公益理发进社区");
        let listed = server.anonymous().every("/activities").await;
        assert!(listed.iter().all(|activity| activity["state"] == "published"));
        assert!(listed.iter().any(|activity| activity["id"] == seen["id"]));
        let changed = json!({"title": "公益理发", "kind": "venue_choice"});
        staff.put(&activity, &changed).await.refused(409, "illegal_move");
    }

    async fn the_activity_of_a_station_that_is_not_trusted_is_reviewed_above(server: Server) {
        distrust(&server).await;
        let (staff, institute) = (server.signed_in("station").await, server.signed_in("institute").await);
        let drafted = staff.post("/activities", &draft(&server).await).await.expect(201);
        let place = format!("/activities/{}", drafted["id"].as_str().unwrap());
        let waiting = staff.post(&format!("{place}/publish"), &json!({})).await.expect(200);
        assert_eq!(waiting["state"], "in_review");
        server.anonymous().get(&place).await.refused(404, "not_found");
        staff.post(&format!("{place}/approve"), &json!({})).await.refused(403, "forbidden");
        let reason = json!({"reason": "请补充安全预案"});
        let center = server.signed_in("center").await;
        let head = json!({
            "username": "auditor", "role": "manager", "scope": {"kind": "venue", "id": station(&server).await},
        });
        center.post("/grants", &head).await.expect(201);
        let head = server.signed_in("auditor").await;
        head.post(&format!("{place}/approve"), &json!({})).await.refused(403, "out_of_scope");
        let returned = institute.post(&format!("{place}/return"), &reason).await.expect(200);
        assert_eq!((&returned["state"], &returned["state_reason"]), (&json!("draft"), &reason["reason"]));
        staff.post(&format!("{place}/publish"), &json!({})).await.expect(200);
        let approved = institute.post(&format!("{place}/approve"), &json!({})).await.expect(200);
        assert_eq!(approved["state"], "published");
        server.anonymous().get(&place).await.expect(200);
    }

    async fn a_leader_plans_for_the_teams_home_and_is_reviewed_there(server: Server) {
        distrust(&server).await;
        let (leader, _) = volunteer(&server, "leader", 806).await;
        let squad = json!({
            "name": "公益理发队", "level": "squad", "home_venue_id": station(&server).await,
            "categories": ["help_and_care"],
        });
        let team = leader.post("/teams", &squad).await.expect(201);
        let staff = server.signed_in("station").await;
        staff.act(&format!("/teams/{}/approve", team["id"].as_str().unwrap())).await.expect(200);
        let mut plan = draft(&server).await;
        plan["team_id"] = team["id"].clone();
        for above in ["institute", "center"] {
            let venues = server.anonymous().get(&format!("/venues?kind={above}")).await.expect(200);
            plan["host_venue_id"] = venues["items"][0]["id"].clone();
            leader.post("/activities", &plan).await.refused(403, "out_of_scope");
        }
        plan["host_venue_id"] = station(&server).await;
        let drafted = leader.post("/activities", &plan).await.expect(201);
        let publish = format!("/activities/{}/publish", drafted["id"].as_str().unwrap());
        let waiting = leader.post(&publish, &json!({})).await.expect(200);
        assert_eq!(waiting["state"], "in_review");
    }

    async fn drafts_are_listed_to_who_works_on_them(server: Server) {
        let staff = server.signed_in("station").await;
        let drafted = staff.post("/activities", &draft(&server).await).await.expect(201);
        for (reader, sees) in [("station", true), ("center", true), ("volunteer1", false)] {
            let listed = server.signed_in(reader).await.every("/activities?state=draft").await;
            assert_eq!(listed.iter().any(|draft| draft["id"] == drafted["id"]), sees, "{reader}");
        }
        assert_eq!(server.anonymous().every("/activities?state=draft").await.len(), 0);
    }

    async fn an_activity_with_signups_is_cancelled_and_not_withdrawn(server: Server) {
        let (volunteer, _) = newcomer(&server, 801).await;
        let staff = server.signed_in("station").await;
        let session = session(&server, 3 * DAY, 2).await;
        let activity = format!("/activities/{}", session["activity_id"].as_str().unwrap());
        let signup = sign_up(&volunteer, &session).await;
        staff.post(&format!("{activity}/withdraw"), &json!({})).await.refused(409, "has_signups");
        let reason = json!({"reason": "台风预警"});
        let cancelled = staff.post(&format!("{activity}/cancel"), &reason).await.expect(200);
        assert_eq!(cancelled["state_reason"], reason["reason"]);
        assert_eq!(state(&volunteer, &signup).await, "cancelled");
        assert_eq!(server.anonymous().get(&place(&session)).await.expect(200)["state"], "cancelled");
        let signups = format!("{}/signups", place(&session));
        volunteer.post(&signups, &first_position(&session)).await.refused(409, "session_not_open");
    }

    async fn sessions_are_listed_by_start_and_around_a_place(server: Server) {
        let later = session(&server, 4 * DAY, 1).await;
        let sooner = session(&server, 3 * DAY, 1).await;
        let anyone = server.anonymous();
        let found = anyone.every("/sessions?open=true").await;
        let at = |wanted: &Value| found.iter().position(|session| session["id"] == wanted["id"]).unwrap();
        assert!(at(&sooner) < at(&later));
        assert_eq!(found[at(&sooner)]["positions"][0]["headcount"], 1);
        let near = anyone.get("/sessions?longitude=116.6584&latitude=39.9102&radius=100").await.expect(200);
        assert_eq!(near["items"].as_array().unwrap().len(), 2);
        let far = anyone.get("/sessions?longitude=116.0&latitude=39.0&radius=100").await.expect(200);
        assert_eq!(far["items"], json!([]));
        anyone.get("/sessions?longitude=116.0").await.refused(400, "malformed_parameter");
    }

    async fn a_session_that_makes_no_sense_is_refused_with_a_pointer(server: Server) {
        let activity = published(&server).await;
        let staff = server.signed_in("station").await;
        let create = format!("{activity}/sessions");
        let mut plan = plan(3 * DAY, 1);
        plan["high_risk"] = json!(true);
        let refused = staff.post(&create, &plan).await.refused(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/insurance_policy");
        plan["insurance_policy"] = json!("PICC-2026-1");
        plan["positions"][0]["headcount"] = json!(0);
        let refused = staff.post(&create, &plan).await.refused(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/positions/0/headcount");
    }

    async fn who_comes_first_has_the_place_and_the_queue_moves_up(server: Server) {
        let (first, _) = newcomer(&server, 811).await;
        let (second, _) = newcomer(&server, 812).await;
        let (third, _) = newcomer(&server, 813).await;
        let session = session(&server, 3 * DAY, 1).await;
        let signups = format!("{}/signups", place(&session));
        let confirmed = sign_up(&first, &session).await;
        assert_eq!((&confirmed["state"], &confirmed["waitlist_place"]), (&json!("confirmed"), &Value::Null));
        first.post(&signups, &first_position(&session)).await.refused(409, "already_signed_up");
        let waiting = sign_up(&second, &session).await;
        assert_eq!((&waiting["state"], &waiting["waitlist_place"]), (&json!("waitlisted"), &json!(1)));
        let behind = sign_up(&third, &session).await;
        assert_eq!(behind["waitlist_place"], 2);
        let cancel = format!("/signups/{}/cancel", confirmed["id"].as_str().unwrap());
        third.post(&cancel, &json!({})).await.refused(404, "not_found");
        assert_eq!(first.post(&cancel, &json!({})).await.expect(200)["state"], "cancelled");
        assert_eq!(state(&second, &waiting).await, "confirmed");
        assert_eq!(state(&third, &behind).await, "waitlisted");
        assert_eq!(counted(&server, &session).await, (1, 1));
    }

    async fn a_late_place_is_offered_and_passed_on_when_nobody_takes_it(server: Server) {
        let (first, _) = newcomer(&server, 821).await;
        let (second, _) = newcomer(&server, 822).await;
        let (third, _) = newcomer(&server, 823).await;
        let session = session(&server, 10 * 60, 1).await;
        let confirmed = sign_up(&first, &session).await;
        let waiting = sign_up(&second, &session).await;
        let behind = sign_up(&third, &session).await;
        let cancel = format!("/signups/{}/cancel", confirmed["id"].as_str().unwrap());
        assert_eq!(first.post(&cancel, &json!({})).await.expect(200)["state"], "late_cancelled");
        assert_eq!(state(&second, &waiting).await, "offered");
        move_ahead(&server, 40).await;
        assert_eq!(state(&second, &waiting).await, "cancelled");
        assert_eq!(state(&third, &behind).await, "offered");
        let confirm = format!("/signups/{}/confirm", behind["id"].as_str().unwrap());
        assert_eq!(third.act(&confirm).await.expect(200)["state"], "confirmed");
        assert_eq!(counted(&server, &session).await, (1, 0));
    }

    async fn nobody_has_two_places_at_one_time(server: Server) {
        let (volunteer, _) = newcomer(&server, 831).await;
        let (one, other) = (session(&server, 3 * DAY, 1).await, session(&server, 3 * DAY + 60, 1).await);
        sign_up(&volunteer, &one).await;
        let signups = format!("{}/signups", place(&other));
        let refused = volunteer.post(&signups, &first_position(&other)).await.refused(409, "signup_overlap");
        assert_eq!(refused["session_id"], one["id"]);
    }

    async fn a_session_that_moves_asks_everybody_again(server: Server) {
        let (volunteer, _) = newcomer(&server, 841).await;
        let staff = server.signed_in("station").await;
        let session = session(&server, 600, 1).await;
        let signup = sign_up(&volunteer, &session).await;
        let mut moved = plan(120, 1);
        moved.as_object_mut().unwrap().remove("positions");
        let moved = staff.put(&place(&session), &moved).await.expect(200);
        assert_eq!(moved["version"], 2);
        let read = format!("/signups/{}", signup["id"].as_str().unwrap());
        let asked = volunteer.get(&read).await.expect(200);
        assert_eq!((&asked["must_confirm"], &asked["starts_at"]), (&json!(true), &moved["starts_at"]));
        let left = volunteer.post(&format!("{read}/cancel"), &json!({})).await.expect(200);
        assert_eq!(left["state"], "cancelled", "two hours before the start, and yet freely");
    }

    async fn a_small_move_asks_who_has_something_else_by_then(server: Server) {
        let (busy, _) = newcomer(&server, 842).await;
        let (free, _) = newcomer(&server, 843).await;
        let staff = server.signed_in("station").await;
        let first = session(&server, 600, 2).await;
        let next = session(&server, 725, 1).await;
        let (asked, left_alone) = (sign_up(&busy, &first).await, sign_up(&free, &first).await);
        sign_up(&busy, &next).await;
        let mut moved = plan(620, 1);
        moved.as_object_mut().unwrap().remove("positions");
        staff.put(&place(&first), &moved).await.expect(200);
        let must_confirm = async |volunteer: &Caller, signup: &Value| {
            let read = format!("/signups/{}", signup["id"].as_str().unwrap());
            volunteer.get(&read).await.expect(200)["must_confirm"].clone()
        };
        assert_eq!(must_confirm(&busy, &asked).await, true);
        assert_eq!(must_confirm(&free, &left_alone).await, false);
    }

    async fn no_more_people_get_places_than_there_are_however_many_ask_at_once(server: Server) {
        let session = session(&server, 3 * DAY, 3).await;
        let mut volunteers = Vec::new();
        for serial in 851..=855 {
            volunteers.push(newcomer(&server, serial).await.0);
        }
        let (signups, wanted) = (format!("{}/signups", place(&session)), first_position(&session));
        let tries = (0..40).map(|number| volunteers[number % 5].post(&signups, &wanted));
        let answers = futures_util::future::join_all(tries).await;
        assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 409)));
        let given = |state: &str| answers.iter().filter(|answer| answer.body["state"] == state).count();
        assert_eq!((given("confirmed"), given("waitlisted")), (3, 2));
        assert_eq!(counted(&server, &session).await, (3, 2));
    }
}
