use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, newcomer, place, session},
    clock::{ahead, move_ahead},
};

/// Where the sessions of these tests are held.
const HERE: (f64, f64) = (116.6584, 39.9102);
/// Minutes from the tests' start until the session's; it lasts two hours.
const START: i64 = 60;

fn here() -> Value {
    json!({"longitude": HERE.0, "latitude": HERE.1})
}

/// A volunteer with a place in a session.
struct Served {
    volunteer: Caller,
    volunteer_id: String,
    staff: Caller,
    session: String,
    signup: Value,
}

impl Served {
    async fn signed_up(server: &Server, serial: u32) -> Self {
        let (volunteer, volunteer_id) = newcomer(server, serial).await;
        let staff = server.signed_in("station").await;
        let session = session(server, START, 2).await;
        let signups = format!("{}/signups", place(&session));
        let signup = volunteer.post(&signups, &first_position(&session)).await.expect(201);
        Self { volunteer, volunteer_id, staff, session: place(&session), signup }
    }

    /// What the session shows now.
    async fn code(&self) -> Value {
        let shown = self.staff.get(&format!("{}/code", self.session)).await.expect(200);
        shown["code"].clone()
    }

    /// A scan of the session's code by the volunteer.
    async fn scan(&self) -> Value {
        json!({"code": self.code().await, "location": here()})
    }

    fn check_ins(&self) -> String {
        format!("{}/check-ins", self.session)
    }

    fn check_outs(&self) -> String {
        format!("{}/check-outs", self.session)
    }

    async fn record(&self) -> Value {
        self.volunteer.every("/me/service-records").await.remove(0)
    }

    async fn signup_state(&self) -> Value {
        let read = format!("/signups/{}", self.signup["id"].as_str().unwrap());
        self.volunteer.get(&read).await.expect(200)["state"].clone()
    }

    async fn verified_minutes(&self) -> Value {
        let read = format!("/volunteers/{}", self.volunteer_id);
        self.volunteer.get(&read).await.expect(200)["verified_minutes"].clone()
    }

    async fn points(&self) -> Value {
        self.volunteer.get("/me/points").await.expect(200)["available"].clone()
    }
}

fn record_place(record: &Value) -> String {
    format!("/service-records/{}", record["id"].as_str().unwrap())
}

on_both_engines! {
    async fn two_scans_become_verified_hours_and_points(server: Server) {
        let served = Served::signed_up(&server, 701).await;
        let scan = served.scan().await;
        let early = served.volunteer.post(&served.check_ins(), &scan).await;
        early.refused(409, "check_in_not_open");
        move_ahead(&server, START).await;
        let scan = served.scan().await;
        let opened = served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        assert_eq!((&opened["state"], &opened["repeated"]), (&json!("provisional"), &json!(false)));
        let again = served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        assert_eq!((&again["id"], &again["repeated"]), (&opened["id"], &json!(true)));
        assert_eq!(served.signup_state().await, "attended");

        move_ahead(&server, START + 125).await;
        let scan = served.scan().await;
        let closed = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        assert_eq!((&closed["state"], &closed["flags"]), (&json!("verified"), &json!([])));
        let minutes = closed["minutes"].as_i64().unwrap();
        assert!((118..=120).contains(&minutes), "{closed:#}");
        let points = closed["points"].clone();
        assert!(points.as_i64().unwrap() > 0);
        assert_eq!((served.verified_minutes().await, served.points().await), (json!(minutes), points));
        let again = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        assert_eq!((&again["repeated"], &again["minutes"]), (&json!(true), &json!(minutes)));

        let reason = json!({"reason": "冒名签到"});
        let void = format!("{}/void", record_place(&closed));
        served.volunteer.post(&void, &reason).await.refused(403, "forbidden");
        assert_eq!(served.staff.post(&void, &reason).await.expect(200)["state"], "voided");
        assert_eq!((served.verified_minutes().await, served.points().await), (json!(0), json!(0)));
        served.staff.post(&void, &reason).await.refused(409, "illegal_move");
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }

    async fn a_center_asks_for_induction_and_for_a_least_share_of_the_session(server: Server) {
        let (center, station) = (server.signed_in("center").await, server.signed_in("station").await);
        let root = center.get("/venues?kind=center").await.expect(200)["items"][0].clone();
        let rules = format!("/venues/{}/rules", root["id"].as_str().unwrap());
        let unset = server.anonymous().get(&rules).await.expect(200);
        assert_eq!((&unset["version"], &unset["least_share_percent"]), (&json!(0), &json!(0)));
        let asked = json!({"least_share_percent": 60, "induction": "everyone", "version": 0});
        station.put(&rules, &asked).await.refused(403, "forbidden");
        assert_eq!(center.put(&rules, &asked).await.expect(200)["version"], 1);
        center.put(&rules, &asked).await.refused(412, "stale_version");
        let station_rules = {
            let station = center.get("/venues?kind=station&limit=1").await.expect(200);
            format!("/venues/{}/rules", station["items"][0]["id"].as_str().unwrap())
        };
        center.get(&station_rules).await.refused(404, "not_found");

        let (volunteer, id) = newcomer(&server, 720).await;
        let session = session(&server, START, 2).await;
        let signups = format!("{}/signups", place(&session));
        volunteer.post(&signups, &first_position(&session)).await.refused(422, "requirement_not_met");
        center.act(&format!("/volunteers/{id}/induction")).await.expect(200);
        let signup = volunteer.post(&signups, &first_position(&session)).await.expect(201);
        let served = Served {
            volunteer, volunteer_id: id, staff: station, session: place(&session), signup
        };

        move_ahead(&server, START).await;
        let scan = served.scan().await;
        served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        move_ahead(&server, START + 50).await;
        let scan = served.scan().await;
        let short = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        assert!(short["raw_minutes"].as_i64().unwrap() > 40, "{short:#}");
        assert_eq!((&short["minutes"], served.verified_minutes().await), (&json!(0), json!(0)));

        move_ahead(&server, START + 60).await;
        let scan = served.scan().await;
        served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        move_ahead(&server, START + 100).await;
        let scan = served.scan().await;
        let enough = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        let minutes = enough["minutes"].as_i64().unwrap();
        assert!((85..=90).contains(&minutes), "both stays count now: {enough:#}");
        assert_eq!(served.verified_minutes().await, json!(minutes));
    }

    async fn a_code_is_good_for_its_session_and_about_a_minute(server: Server) {
        let served = Served::signed_up(&server, 702).await;
        served.volunteer.get(&format!("{}/code", served.session)).await.refused(403, "forbidden");
        move_ahead(&server, START - 10).await;
        let old = served.scan().await;
        move_ahead(&server, START).await;
        served.volunteer.post(&served.check_ins(), &old).await.refused(422, "wrong_code");
        let other = session(&server, 2 * START, 1).await;
        let foreign = served.staff.get(&format!("{}/code", place(&other))).await.expect(200);
        let scan = json!({"code": foreign["code"], "location": here()});
        served.volunteer.post(&served.check_ins(), &scan).await.refused(422, "wrong_code");
        served.volunteer.post(&served.check_ins(), &json!({})).await.refused(422, "invalid_body");
        let (stranger, _) = newcomer(&server, 703).await;
        let scan = served.scan().await;
        stranger.post(&served.check_ins(), &scan).await.refused(409, "not_signed_up");
        stranger.post(&served.check_outs(), &scan).await.refused(409, "not_checked_in");
    }

    async fn a_scan_from_far_away_asks_a_person(server: Server) {
        let served = Served::signed_up(&server, 704).await;
        move_ahead(&server, START).await;
        let far = json!({"code": served.code().await, "location": {"longitude": 116.7, "latitude": 39.9102}});
        let opened = served.volunteer.post(&served.check_ins(), &far).await.expect(201);
        assert_eq!(opened["flags"], json!(["outside_radius"]));
        move_ahead(&server, START + 60).await;
        let scan = served.scan().await;
        let closed = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        assert_eq!((&closed["state"], &closed["points"]), (&json!("provisional"), &Value::Null));
        assert_eq!(served.verified_minutes().await, 0);
        let verify = format!("{}/verify", record_place(&closed));
        let verified = served.staff.post(&verify, &json!({})).await.expect(200);
        assert_eq!(verified["state"], "verified");
        assert_eq!(served.verified_minutes().await, verified["minutes"]);
        assert_eq!(served.points().await, verified["points"]);
    }

    async fn staff_scan_a_volunteers_code_or_enter_them_by_hand(server: Server) {
        let served = Served::signed_up(&server, 705).await;
        move_ahead(&server, START).await;
        let own = served.volunteer.get("/me/code").await.expect(200);
        let scan = json!({"volunteer_code": own["code"], "location": here(), "device_id": "tablet-7"});
        served.volunteer.post(&served.check_ins(), &scan).await.refused(403, "forbidden");
        let opened = served.staff.post(&served.check_ins(), &scan).await.expect(201);
        assert_eq!((&opened["volunteer_id"], &opened["flags"]), (&json!(served.volunteer_id), &json!([])));
        move_ahead(&server, START + 60).await;
        let by_hand = json!({"volunteer_id": served.volunteer_id, "reason": "手机没电"});
        let closed = served.staff.post(&served.check_outs(), &by_hand).await.expect(200);
        assert_eq!((&closed["state"], &closed["flags"]), (&json!("provisional"), &json!(["entered_by_hand"])));
        let verify = format!("{}/verify", record_place(&closed));
        served.staff.post(&verify, &json!({})).await.refused(409, "own_review");
        let verified = server.signed_in("institute").await.post(&verify, &json!({})).await.expect(200);
        assert_eq!((&verified["state"], &verified["reason"]), (&json!("verified"), &by_hand["reason"]));
    }

    async fn a_session_that_somebody_came_to_is_not_cancelled(server: Server) {
        let served = Served::signed_up(&server, 713).await;
        let session = served.staff.get(&served.session).await.expect(200);
        move_ahead(&server, START).await;
        let scan = served.scan().await;
        served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        let reason = json!({"reason": "台风预警"});
        let cancel = format!("{}/cancel", served.session);
        served.staff.post(&cancel, &reason).await.refused(409, "illegal_move");
        let activity = format!("/activities/{}", session["activity_id"].as_str().unwrap());
        served.staff.post(&format!("{activity}/cancel"), &reason).await.refused(409, "illegal_move");
        served.staff.post(&format!("{activity}/withdraw"), &json!({})).await.refused(409, "has_signups");
        move_ahead(&server, START + 60).await;
        let scan = served.scan().await;
        let closed = served.volunteer.post(&served.check_outs(), &scan).await.expect(200);
        assert_eq!(closed["state"], "verified");
    }

    async fn who_is_suspended_neither_checks_in_nor_has_hours_made_up(server: Server) {
        let served = Served::signed_up(&server, 714).await;
        let suspend = format!("/volunteers/{}/suspend", served.volunteer_id);
        served.staff.post(&suspend, &json!({"reason": "多次冒名签到"})).await.expect(200);
        move_ahead(&server, START).await;
        let by_hand = json!({"volunteer_id": served.volunteer_id, "reason": "手机没电"});
        let check_in = served.staff.post(&served.check_ins(), &by_hand).await;
        check_in.refused(409, "volunteer_not_active");
        move_ahead(&server, START + 300).await;
        let made_up = json!({
            "volunteer_id": served.volunteer_id, "evidence": "现场签到表第 3 行",
            "starts_at": ahead(START + 10), "ends_at": ahead(START + 100),
        });
        let enter = format!("{}/made-up-records", served.session);
        served.staff.post(&enter, &made_up).await.refused(409, "volunteer_not_active");
    }

    async fn who_is_excused_is_told(server: Server) {
        let served = Served::signed_up(&server, 715).await;
        move_ahead(&server, START + 300).await;
        assert_eq!(served.signup_state().await, "no_show");
        let excuse = format!("/signups/{}/excuse", served.signup["id"].as_str().unwrap());
        served.staff.post(&excuse, &json!({"reason": "住院"})).await.expect(200);
        let (done, told) = server.run(&["jobs", "run", "deliver-events"]);
        assert!(done, "{told}");
        let told = served.volunteer.every("/me/notifications").await;
        assert!(told.iter().any(|told| told["kind"] == "signup.excused"), "{told:#?}");
    }

    async fn an_offline_device_uploads_once_however_often_it_tries(server: Server) {
        let served = Served::signed_up(&server, 706).await;
        move_ahead(&server, START).await;
        let (came_at, came) = (ahead(START), served.volunteer.get("/me/code").await.expect(200));
        move_ahead(&server, START + 90).await;
        let (left_at, left) = (ahead(START + 90), served.volunteer.get("/me/code").await.expect(200));
        move_ahead(&server, START + 300).await;
        assert_eq!(served.signup_state().await, "no_show", "nobody knows better yet");
        let batch = json!({"device_id": "tablet-7", "scans": [
            {"key": "1", "direction": "in", "volunteer_code": came["code"], "scanned_at": came_at},
            {"key": "2", "direction": "out", "volunteer_code": left["code"], "scanned_at": left_at},
            {"key": "3", "direction": "out", "volunteer_code": "nobody.00000000", "scanned_at": left_at},
        ]});
        let upload = format!("{}/attendance-batches", served.session);
        let taken = served.staff.post(&upload, &batch).await.expect(200);
        let refused: Vec<&Value> = taken["items"].as_array().unwrap().iter().map(|item| &item["refused"]).collect();
        assert_eq!(refused, [&Value::Null, &Value::Null, &json!("wrong_code")]);
        let record = served.record().await;
        assert_eq!((&record["state"], &record["flags"]), (&json!("verified"), &json!([])));
        assert_eq!(served.signup_state().await, "attended");
        let again = served.staff.post(&upload, &batch).await.expect(200);
        assert_eq!(again["items"][1]["repeated"], true);
        let other = format!("{}/attendance-batches", place(&session(&server, 24 * START, 1).await));
        let elsewhere = served.staff.post(&other, &batch).await.expect(200);
        assert_ne!(elsewhere["items"][0]["repeated"], true, "keys belong to their session");
        assert_eq!(served.volunteer.every("/me/service-records").await.len(), 1);
        assert_eq!(served.verified_minutes().await, record["minutes"]);
    }

    async fn who_does_not_check_out_is_confirmed_within_seven_days_or_gets_nothing(server: Server) {
        let served = Served::signed_up(&server, 707).await;
        move_ahead(&server, START).await;
        let scan = served.scan().await;
        served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        move_ahead(&server, START + 300).await;
        let ended = served.record().await;
        assert_eq!((&ended["state"], &ended["flags"]), (&json!("provisional"), &json!(["no_check_out"])));
        assert!(ended["minutes"].as_i64().unwrap() >= 118, "it ends at the planned end: {ended:#}");
        move_ahead(&server, START + 9 * 24 * 60).await;
        let dropped = served.record().await;
        assert_eq!((&dropped["state"], &dropped["minutes"]), (&json!("rejected"), &json!(0)));
        assert_eq!(served.verified_minutes().await, 0);
    }

    async fn hours_are_made_up_with_evidence_and_approved_by_another_person(server: Server) {
        let served = Served::signed_up(&server, 708).await;
        let made_up = json!({
            "volunteer_id": served.volunteer_id, "evidence": "现场签到表第 3 行",
            "starts_at": ahead(START + 10), "ends_at": ahead(START + 100),
        });
        let enter = format!("{}/made-up-records", served.session);
        served.staff.post(&enter, &made_up).await.refused(409, "made_up_too_late");
        move_ahead(&server, START + 300).await;
        assert_eq!(served.signup_state().await, "no_show");
        let entered = served.staff.post(&enter, &made_up).await.expect(201);
        assert_eq!((&entered["class"], &entered["state"], &entered["minutes"]), (&json!("made_up"), &json!("provisional"), &json!(90)));
        served.staff.post(&enter, &made_up).await.refused(409, "already_recorded");
        let verify = format!("{}/verify", record_place(&entered));
        served.staff.post(&verify, &json!({})).await.refused(409, "own_review");
        let other = server.signed_in("institute").await;
        assert_eq!(other.post(&verify, &json!({})).await.expect(200)["state"], "verified");
        assert_eq!(served.signup_state().await, "attended");
        assert_eq!(served.verified_minutes().await, 90);
    }

    async fn a_disputed_record_is_frozen_until_another_person_answers(server: Server) {
        let served = Served::signed_up(&server, 709).await;
        move_ahead(&server, START).await;
        let scan = served.scan().await;
        let opened = served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        move_ahead(&server, START + 300).await;
        let record = record_place(&opened);
        let reason = json!({"reason": "无法核实"});
        served.staff.post(&format!("{record}/reject"), &reason).await.expect(200);
        let dispute = json!({"reason": "我一直工作到活动结束。"});
        let (stranger, _) = newcomer(&server, 710).await;
        stranger.post(&format!("{record}/dispute"), &dispute).await.refused(404, "not_found");
        served.volunteer.post(&format!("{record}/dispute"), &dispute).await.expect(200);
        served.staff.post(&format!("{record}/verify"), &json!({})).await.refused(409, "record_disputed");
        let answer = json!({"answer": "已查看现场照片。"});
        served.staff.post(&format!("{record}/dispute/answer"), &answer).await.refused(409, "own_review");
        let other = server.signed_in("institute").await;
        let answered = other.post(&format!("{record}/dispute/answer"), &answer).await.expect(200);
        assert_eq!((&answered["disputed_at"], &answered["dispute_answer"]), (&Value::Null, &answer["answer"]));
    }

    async fn records_are_listed_to_who_looks_after_them(server: Server) {
        let served = Served::signed_up(&server, 711).await;
        move_ahead(&server, START).await;
        let scan = served.scan().await;
        let opened = served.volunteer.post(&served.check_ins(), &scan).await.expect(201);
        let list = format!("/service-records?volunteer_id={}", served.volunteer_id);
        for reader in ["station", "institute", "center", "auditor"] {
            let listed = server.signed_in(reader).await.every(&list).await;
            assert!(listed.iter().any(|record| record["id"] == opened["id"]), "{reader}");
        }
        served.volunteer.get(&list).await.refused(403, "forbidden");
        let read = served.volunteer.get(&record_place(&opened)).await.expect(200);
        assert_eq!(read["scans"][0]["means"], "session_code");
        let (stranger, _) = newcomer(&server, 712).await;
        stranger.get(&record_place(&opened)).await.refused(404, "not_found");
    }
}
