use integration_tests::{Server, on_both_engines};
use serde_json::{Value, json};

use crate::volunteers::station;

async fn plan(server: &Server) -> Value {
    json!({
        "title": "一剪暖心",
        "owner_venue_id": station(server).await,
        "category": "help_and_care",
        "goals": [{"title": "服务老人", "target": 300}],
    })
}

on_both_engines! {
    async fn a_project_is_reviewed_above_before_everybody_sees_it(server: Server) {
        let (station, institute) = (server.signed_in("station").await, server.signed_in("institute").await);
        let anyone = server.signed_in("grid").await;
        let draft = station.post("/projects", &plan(&server).await).await;
        let place = draft.header("location").to_owned();
        let draft = draft.expect(201);
        assert_eq!((&draft["state"], &draft["version"]), (&json!("draft"), &json!(1)));
        let stranger = server.signed_in("clerk").await;
        stranger.get(&place).await.refused(404, "not_found");
        station.act(&format!("{place}/publish")).await.refused(409, "illegal_move");

        station.act(&format!("{place}/submit")).await.expect(200);
        station.act(&format!("{place}/approve")).await.refused(403, "forbidden");
        let reasons = json!({"reason": "目标不清"});
        let returned = institute.post(&format!("{place}/return"), &reasons).await.expect(200);
        assert_eq!(returned["state_reason"], reasons["reason"]);
        station.act(&format!("{place}/submit")).await.expect(200);
        institute.act(&format!("{place}/approve")).await.expect(200);
        assert_eq!(station.act(&format!("{place}/publish")).await.expect(200)["state"], "published");
        for reader in [&stranger, &anyone] {
            assert_eq!(reader.get(&place).await.expect(200)["goals"][0]["target"], 300);
        }
        server.anonymous().get(&place).await.refused(401, "unauthenticated");
    }

    async fn nobody_approves_their_own_project(server: Server) {
        let institute = server.signed_in("institute").await;
        let drafted = institute.post("/projects", &plan(&server).await).await.expect(201);
        let place = format!("/projects/{}", drafted["id"].as_str().unwrap());
        institute.act(&format!("{place}/submit")).await.expect(200);
        institute.act(&format!("{place}/approve")).await.refused(409, "own_review");
        let center = server.signed_in("center").await;
        center.act(&format!("{place}/approve")).await.expect(200);
    }

    async fn a_draft_is_listed_to_those_who_work_on_it(server: Server) {
        let station = server.signed_in("station").await;
        let draft = station.post("/projects", &plan(&server).await).await.expect(201);
        for (reader, sees) in [("station", true), ("center", true), ("auditor", true), ("clerk", false)] {
            let reading = server.signed_in(reader).await;
            let drafts = reading.every("/projects?state=draft").await;
            let seen = drafts.iter().any(|project| project["id"] == draft["id"]);
            assert_eq!(seen, sees, "{reader}");
        }
    }

    async fn only_a_draft_is_rewritten(server: Server) {
        let (station, center) = (server.signed_in("station").await, server.signed_in("center").await);
        let drafted = station.post("/projects", &plan(&server).await).await.expect(201);
        let place = format!("/projects/{}", drafted["id"].as_str().unwrap());
        let told = json!({"title": "一剪暖心(二期)", "category": "help_and_care", "version": 1});
        let changed = station.put(&place, &told).await.expect(200);
        assert_eq!(changed["version"], 2);
        station.put(&place, &told).await.refused(412, "stale_version");
        station.act(&format!("{place}/submit")).await.expect(200);
        let later = json!({"title": "一剪暖心(三期)", "category": "help_and_care"});
        station.put(&place, &later).await.refused(409, "illegal_move");
        center.act(&format!("{place}/approve")).await.expect(200);
        center.put(&place, &later).await.refused(409, "illegal_move");
    }
}
