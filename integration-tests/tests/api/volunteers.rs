use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::activities::{first_position, newcomer, place, session};

/// A well-formed identity number (GB 11643) of nobody: born on `birth_date`, with a serial of its own.
pub fn identity_number(birth_date: &str, serial: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("440524{birth_date}{serial:03}");
    let digits = body.chars().map(|digit| digit.to_digit(10).unwrap());
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = b"10X98765432"[usize::try_from(sum % 11).unwrap()];
    format!("{body}{}", char::from(check))
}

/// The id of the station where the demo's `station` works.
pub async fn station(server: &Server) -> Value {
    let found = server.anonymous().get("/venues?kind=station&q=中上园").await.expect(200);
    found["items"][0]["id"].clone()
}

pub async fn application(server: &Server, birth_date: &str, serial: u32) -> Value {
    json!({
        "real_name": "王建国",
        "identity_number": identity_number(birth_date, serial),
        "phone": format!("13912340{serial:03}"),
        "home_venue_id": station(server).await,
        "skills": ["理发"],
        "consents": [{"purpose": "personal_data", "version": "2026-01"}],
    })
}

/// A demo account with an active volunteer profile, and that profile's id. Applies first, where the seed made none.
pub async fn volunteer(server: &Server, username: &str, serial: u32) -> (Caller, String) {
    let caller = server.signed_in(username).await;
    let me = caller.get("/me").await.expect(200);
    if let Some(id) = me["volunteer_id"].as_str() {
        return (caller, id.to_owned());
    }
    let applied = caller.post("/volunteers", &application(server, "19800101", serial).await).await;
    let id = applied.expect(201)["id"].as_str().unwrap().to_owned();
    let staff = server.signed_in("station").await;
    staff.act(&format!("/volunteers/{id}/approve")).await.expect(200);
    (caller, id)
}

/// Somebody for whom the station's staff apply; still to be approved.
async fn applicant(server: &Server, serial: u32) -> (Caller, Value) {
    let staff = server.signed_in("station").await;
    let body = application(server, "19800101", serial).await;
    let applied = staff.post("/volunteers", &body).await.expect(201);
    (staff, applied)
}

on_both_engines! {
    async fn a_registration_goes_from_applied_to_active_to_suspended_and_back(server: Server) {
        let (staff, applied) = applicant(&server, 901).await;
        assert_eq!(applied["state"], "applied");
        let place = format!("/volunteers/{}", applied["id"].as_str().unwrap());
        let reason = json!({"reason": "多次冒名签到"});
        staff.post(&format!("{place}/suspend"), &reason).await.refused(409, "illegal_move");
        let active = staff.act(&format!("{place}/approve")).await.expect(200);
        assert_eq!((&active["state"], &active["verified_minutes"], &active["star_level"]), (&json!("active"), &json!(0), &json!(0)));
        staff.act(&format!("{place}/approve")).await.refused(409, "illegal_move");
        let suspended = staff.post(&format!("{place}/suspend"), &reason).await.expect(200);
        assert_eq!(suspended["state_reason"], reason["reason"]);
        assert_eq!(staff.act(&format!("{place}/reinstate")).await.expect(200)["state"], "active");
    }

    async fn an_identity_number_is_registered_once(server: Server) {
        let (staff, _) = applicant(&server, 902).await;
        let mut again = application(&server, "19800101", 902).await;
        again["phone"] = json!("13912349999");
        staff.post("/volunteers", &again).await.refused(409, "identity_number_registered");
    }

    async fn who_is_too_young_or_gives_no_consent_is_not_registered(server: Server) {
        let staff = server.signed_in("station").await;
        let toddler = application(&server, "20240101", 903).await;
        staff.post("/volunteers", &toddler).await.refused(422, "too_young");
        let mut child = application(&server, "20150101", 904).await;
        staff.post("/volunteers", &child).await.refused(422, "guardian_consent_required");
        child["guardian"] = json!({"name": "王母", "phone": "13900005678"});
        assert_eq!(staff.post("/volunteers", &child).await.expect(201)["guardian_consent"], true);
        let mut silent = application(&server, "19800101", 905).await;
        silent["consents"] = json!([{"purpose": "location", "version": "2026-01"}]);
        staff.post("/volunteers", &silent).await.refused(422, "consent_required");
        silent["identity_number"] = json!("440524198001010000");
        let refused = staff.post("/volunteers", &silent).await.refused(422, "invalid_body");
        assert_eq!(refused["errors"][0]["pointer"], "/identity_number");
    }

    async fn personal_data_is_masked_until_somebody_says_why(server: Server) {
        let (staff, applied) = applicant(&server, 906).await;
        let place = format!("/volunteers/{}", applied["id"].as_str().unwrap());
        let number = identity_number("19800101", 906);
        let shown = staff.get(&place).await.expect(200);
        assert_eq!(shown["real_name"], "王**");
        assert_eq!(shown["phone"], "139****0906");
        assert_ne!(shown["identity_number"], number);

        let why = json!({"reason": "电话核实身份"});
        staff.post(&format!("{place}/reveal"), &why).await.refused(403, "forbidden");
        let center = server.signed_in("center").await;
        center.post(&format!("{place}/reveal"), &json!({})).await.refused(422, "invalid_body");
        let revealed = center.post(&format!("{place}/reveal"), &why).await.expect(200);
        assert_eq!(revealed["identity_number"], number);

        for text in [&number, "13912340906", applied["number"].as_str().unwrap()] {
            let found = center.get(&format!("/volunteers?q={text}")).await.expect(200);
            assert_eq!(found["items"][0]["id"], applied["id"], "{text}");
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{text}");
        }
    }

    async fn a_volunteer_reads_what_is_held_about_them_and_changes_what_they_may(server: Server) {
        let (caller, id) = crate::activities::newcomer(&server, 650).await;
        let mine = caller.get("/me/volunteer").await.expect(200);
        assert_eq!((&mine["id"], &mine["phone"]), (&json!(id), &json!("13912340650")));
        let change = json!({
            "home_venue_id": mine["home_venue_id"], "skills": ["理发", "急救"], "address": "中上园小区 3 号楼",
            "emergency_contact": {"name": "李秀英", "phone": "13900005678"}, "version": mine["version"],
        });
        let changed = caller.put("/me/volunteer", &change).await.expect(200);
        assert_eq!((&changed["skills"], &changed["address"]), (&change["skills"], &change["address"]));
        assert_eq!(changed["identity_number"], mine["identity_number"]);
        assert_eq!(caller.get("/me/volunteer").await.expect(200), changed);
        caller.put("/me/volunteer", &change).await.refused(412, "stale_version");
        server.signed_in("station").await.get("/me/volunteer").await.refused(403, "volunteer_required");
        server.anonymous().get("/me/volunteer").await.refused(401, "unauthenticated");
    }

    async fn a_stranger_does_not_find_a_volunteer(server: Server) {
        let (_, applied) = applicant(&server, 907).await;
        let (stranger, _) = volunteer(&server, "volunteer1", 908).await;
        let place = format!("/volunteers/{}", applied["id"].as_str().unwrap());
        stranger.get(&place).await.refused(404, "not_found");
        stranger.get("/volunteers").await.refused(403, "forbidden");
        stranger.act(&format!("{place}/approve")).await.refused(403, "forbidden");
    }

    async fn who_is_suspended_gives_up_their_places_to_those_who_wait(server: Server) {
        let staff = server.signed_in("station").await;
        let (first, first_id) = newcomer(&server, 931).await;
        let (second, _) = newcomer(&server, 932).await;
        let session = session(&server, 3 * 24 * 60, 1).await;
        let signups = format!("{}/signups", place(&session));
        let taken = first.post(&signups, &first_position(&session)).await.expect(201);
        let waiting = second.post(&signups, &first_position(&session)).await.expect(201);
        assert_eq!((&taken["state"], &waiting["state"]), (&json!("confirmed"), &json!("waitlisted")));
        let reason = json!({"reason": "多次冒名签到"});
        staff.post(&format!("/volunteers/{first_id}/suspend"), &reason).await.expect(200);
        let state = async |caller: &Caller, signup: &Value| {
            let read = format!("/signups/{}", signup["id"].as_str().unwrap());
            caller.get(&read).await.expect(200)["state"].clone()
        };
        assert_eq!(state(&first, &taken).await, "cancelled");
        assert_eq!(state(&second, &waiting).await, "confirmed");
    }
}
