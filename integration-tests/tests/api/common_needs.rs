//! What many need becomes a project, and what a project offers is ordered from the menu.

use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    clock::move_ahead,
    orders::{cast, place},
    volunteers::station,
};

/// What several residents need.
fn need(venue: &Value) -> Value {
    json!({
        "venue_id": venue,
        "category": "theory",
        "title": "想听养老新政策",
        "location": {"longitude": 116.6584, "latitude": 39.9102},
    })
}

/// Goes on to a time when the demo's own needs are too old to count.
async fn pass_a_month(server: &Server) {
    move_ahead(server, 31 * 24 * 60).await;
}

/// Residents who each report the need at a venue, and their orders.
async fn reported(
    server: &Server,
    venue: &Value,
    phones: std::ops::Range<u32>,
) -> Vec<(Caller, Value)> {
    let mut told = Vec::new();
    for number in phones {
        let resident = server.signed_in_by_phone(&format!("139777{number:05}")).await;
        let order = resident.post("/orders", &need(venue)).await.expect(201);
        told.push((resident, order));
    }
    told
}

/// Runs a job to its end.
fn run(server: &Server, job: &str) {
    let (done, told) = server.run(&["jobs", "run", job]);
    assert!(done, "{told}");
}

/// Looks for what many need, and gives the suggestions that somebody sees.
async fn suggested(server: &Server, seen_by: &Caller) -> Vec<Value> {
    run(server, "suggest-projects");
    seen_by.every("/common-needs?state=suggested").await
}

fn at(common: &Value) -> String {
    format!("/common-needs/{}", common["id"].as_str().unwrap())
}

async fn kinds(server: &Server, caller: &Caller) -> Vec<Value> {
    run(server, "deliver-events");
    let told = caller.every("/me/notifications").await;
    told.into_iter().map(|told| told["kind"].clone()).collect()
}

/// Asks the center for so many needs.
async fn threshold(server: &Server, needs: i64) {
    let center = server.signed_in("center").await;
    let venues = center.get("/venues?kind=center").await.expect(200);
    let rules = format!("/venues/{}/rules", venues["items"][0]["id"].as_str().unwrap());
    let asked = json!({
        "least_share_percent": 0, "induction": "by_position", "common_needs_threshold": needs,
    });
    let kept = center.put(&rules, &asked).await.expect(200);
    assert_eq!(kept["common_needs_threshold"], needs);
}

async fn every_station(server: &Server) -> Vec<Value> {
    server.anonymous().every("/venues?kind=station").await
}

/// A project of 中上园 that can be ordered, as its author writes it.
fn offer(venue: &Value, team: Option<&str>) -> Value {
    json!({
        "title": "宣讲进社区", "owner_venue_id": venue, "team_id": team, "category": "theory",
        "orderable": true, "order_note": "请说明要咨询什么。",
    })
}

/// Takes a draft through its review until residents see it.
async fn publish(server: &Server, project: &Value) {
    let author = server.signed_in("station").await;
    let reviewer = server.signed_in("institute").await;
    let place = format!("/projects/{}", project["id"].as_str().unwrap());
    author.act(&format!("{place}/submit")).await.expect(200);
    reviewer.act(&format!("{place}/approve")).await.expect(200);
    author.act(&format!("{place}/publish")).await.expect(200);
}

async fn menu(server: &Server, query: &str) -> Vec<Value> {
    let items = server.anonymous().every(&format!("/service-menu?{query}")).await;
    items.into_iter().map(|item| item["title"].clone()).collect()
}

on_both_engines! {
    async fn five_needs_become_one_suggestion_and_merged_ones_do_not_count(server: Server) {
        pass_a_month(&server).await;
        let (station, venue) = (server.signed_in("station").await, station(&server).await);
        let told = reported(&server, &venue, 0..5).await;
        let into = json!({"into": told[0].1["id"]});
        station.post(&format!("{}/merge", place(&told[1].1)), &into).await.expect(200);
        assert_eq!(suggested(&server, &station).await, Vec::<Value>::new());

        reported(&server, &venue, 5..6).await;
        let found = suggested(&server, &station).await;
        assert_eq!(found.len(), 1, "{found:#?}");
        let common = &found[0];
        assert_eq!(
            (&common["venue_id"], &common["category"], &common["needs"]),
            (&venue, &json!("theory"), &json!(5)),
        );
        assert!(kinds(&server, &station).await.contains(&json!("common_need.suggested")));
        let seen = station.get(&at(common)).await.expect(200);
        let orders = seen["orders"].as_array().unwrap();
        assert_eq!(orders.len(), 5);
        assert!(orders.iter().all(|order| order["id"] != told[1].1["id"]));

        assert_eq!(suggested(&server, &station).await, found, "nothing is suggested twice");
        reported(&server, &venue, 6..7).await;
        assert_eq!(suggested(&server, &station).await[0]["needs"], 6);
    }

    async fn accepting_drafts_a_project_and_publishing_tells_everybody_once(server: Server) {
        pass_a_month(&server).await;
        let (station, venue) = (server.signed_in("station").await, station(&server).await);
        let told = reported(&server, &venue, 0..5).await;
        let again = need(&venue);
        told[0].0.post("/orders", &again).await.expect(201);
        let common = suggested(&server, &station).await.remove(0);
        let title = json!({"title": "宣讲员每周坐诊", "version": common["version"]});
        let accepted = station.post(&format!("{}/accept", at(&common)), &title).await.expect(200);
        assert_eq!(accepted["state"], "accepted");
        station.act(&format!("{}/accept", at(&common))).await.refused(409, "illegal_move");

        let project = station.get(&format!("/projects/{}", accepted["project_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(
            (&project["title"], &project["state"], &project["category"], &project["owner_venue_id"]),
            (&title["title"], &json!("draft"), &json!("theory"), &venue),
        );
        assert_eq!((&project["common_need_id"], &project["needs"]), (&common["id"], &json!(6)));
        assert_eq!(project["goals"][0]["target"], 6);
        assert!(project["summary"].as_str().unwrap().contains("想听养老新政策"), "{project:#}");

        publish(&server, &project).await;
        let place = format!("/projects/{}", project["id"].as_str().unwrap());
        station.post(&format!("{place}/pause"), &json!({"reason": "宣讲员出差"})).await.expect(200);
        station.act(&format!("{place}/resume")).await.expect(200);
        for (resident, _) in &told {
            assert_eq!(kinds(&server, resident).await, [json!("common_need.answered")]);
            let shown = resident.get("/me/notifications").await.expect(200);
            assert_eq!(shown["items"][0]["data"]["project_id"], project["id"]);
            assert!(shown["items"][0]["data"].get("account_ids").is_none());
        }
        let records = server.signed_in("admin").await.every("/audit-records?operation=acceptCommonNeed").await;
        assert_eq!(records.len(), 1);
    }

    async fn what_is_dismissed_comes_back_only_for_other_needs(server: Server) {
        pass_a_month(&server).await;
        let (station, venue) = (server.signed_in("station").await, station(&server).await);
        reported(&server, &venue, 0..5).await;
        let common = suggested(&server, &station).await.remove(0);
        let place = format!("{}/dismiss", at(&common));
        station.post(&place, &json!({})).await.refused(422, "invalid_body");
        let reason = json!({"reason": "宣讲团每周三来"});
        let dismissed = station.post(&place, &reason).await.expect(200);
        assert_eq!((&dismissed["state"], &dismissed["reason"]), (&json!("dismissed"), &reason["reason"]));
        station.post(&place, &reason).await.refused(409, "illegal_move");

        reported(&server, &venue, 5..9).await;
        assert_eq!(suggested(&server, &station).await, Vec::<Value>::new());
        reported(&server, &venue, 9..10).await;
        let found = suggested(&server, &station).await;
        assert_eq!((found.len(), &found[0]["needs"]), (1, &json!(5)));
    }

    async fn a_suggestion_lapses_with_its_needs(server: Server) {
        pass_a_month(&server).await;
        let (station, venue) = (server.signed_in("station").await, station(&server).await);
        let told = reported(&server, &venue, 0..5).await;
        let first = suggested(&server, &station).await.remove(0);
        let cancel = format!("{}/cancel", place(&told[0].1));
        told[0].0.post(&cancel, &json!({"reason": "已解决"})).await.expect(200);
        assert_eq!(suggested(&server, &station).await, Vec::<Value>::new());
        let lapsed = station.get(&at(&first)).await.expect(200);
        assert_eq!((&lapsed["state"], &lapsed["needs"]), (&json!("lapsed"), &json!(4)));

        reported(&server, &venue, 5..6).await;
        let second = suggested(&server, &station).await.remove(0);
        assert_eq!(second["needs"], 5, "what was left counts again");
        move_ahead(&server, 62 * 24 * 60).await;
        assert_eq!(station.get(&at(&second)).await.expect(200)["state"], "lapsed");
        assert_eq!(suggested(&server, &station).await, Vec::<Value>::new());
    }

    async fn what_two_stations_need_is_suggested_to_their_institute_and_seen_nowhere_else(server: Server) {
        pass_a_month(&server).await;
        threshold(&server, 2).await;
        let stations = every_station(&server).await;
        let own = station(&server).await;
        let home = stations.iter().find(|one| one["id"] == own).unwrap()["parent_id"].clone();
        let mut others = stations.iter().filter(|one| one["parent_id"] != home);
        let elsewhere = others.next().unwrap();
        let sibling = others.find(|one| one["parent_id"] == elsewhere["parent_id"]).unwrap();
        reported(&server, &elsewhere["id"], 0..1).await;
        reported(&server, &sibling["id"], 1..2).await;

        let center = server.signed_in("center").await;
        let found = suggested(&server, &center).await;
        assert_eq!((found.len(), &found[0]["venue_id"]), (1, &elsewhere["parent_id"]));
        let place = at(&found[0]);
        let station = server.signed_in("station").await;
        assert_eq!(station.every("/common-needs").await, Vec::<Value>::new());
        station.get(&place).await.refused(404, "not_found");
        station.act(&format!("{place}/accept")).await.refused(404, "not_found");
        let within = format!("/common-needs?venue_id={}", own.as_str().unwrap());
        assert_eq!(center.every(&within).await, Vec::<Value>::new());
        let auditor = server.signed_in("auditor").await;
        auditor.get(&place).await.expect(200);
        auditor.act(&format!("{place}/accept")).await.refused(403, "forbidden");
        server.signed_in("clerk").await.get(&place).await.refused(403, "forbidden");
        server.anonymous().get("/common-needs").await.refused(401, "unauthenticated");
        let reason = json!({"reason": "已有安排"});
        center.post(&format!("{place}/dismiss"), &reason).await.expect(200);
    }

    async fn the_menu_shows_what_is_published_and_orderable(server: Server) {
        let (station, venue) = (server.signed_in("station").await, station(&server).await);
        let draft = station.post("/projects", &offer(&venue, None)).await.expect(201);
        let mut hidden = offer(&venue, None);
        hidden["orderable"] = json!(false);
        let hidden = station.post("/projects", &hidden).await.expect(201);
        publish(&server, &hidden).await;
        assert_eq!(menu(&server, "category=theory&q=进社区").await, Vec::<Value>::new());
        publish(&server, &draft).await;
        let here = format!("category=theory&q=进社区&venue_id={}", venue.as_str().unwrap());
        assert_eq!(menu(&server, &here).await, ["宣讲进社区"]);
        let stations = every_station(&server).await;
        let own = stations.iter().find(|one| one["id"] == venue).unwrap();
        for (id, shown) in [(&own["center_id"], true), (&own["parent_id"], true)] {
            let above = format!("category=theory&q=进社区&venue_id={}", id.as_str().unwrap());
            assert_eq!(menu(&server, &above).await.len(), usize::from(shown));
        }
        let beside = stations.iter().find(|one| one["id"] != venue).unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(menu(&server, &format!("q=宣讲进社区&venue_id={beside}")).await, Vec::<Value>::new());

        let resident = server.signed_in_by_phone("13977700000").await;
        let mut order = need(&venue);
        order["project_id"] = hidden["id"].clone();
        resident.post("/orders", &order).await.refused(409, "not_on_menu");
        order["project_id"] = draft["id"].clone();
        order["category"] = json!("education");
        let told = resident.post("/orders", &order).await.refused(422, "other_category");
        assert_eq!(told["errors"][0]["pointer"], "/category");
        order["category"] = json!("theory");
        order["venue_id"] = json!(beside);
        resident.post("/orders", &order).await.refused(409, "not_on_menu");
        let place = format!("/projects/{}", draft["id"].as_str().unwrap());
        station.post(&format!("{place}/pause"), &json!({"reason": "宣讲员出差"})).await.expect(200);
        assert_eq!(menu(&server, &here).await, Vec::<Value>::new());
        order["venue_id"] = venue.clone();
        resident.post("/orders", &order).await.refused(409, "not_on_menu");
    }

    async fn an_order_from_the_menu_asks_its_team_first_and_then_others(server: Server) {
        let (cast, venue) = (cast(&server).await, station(&server).await);
        let mut project = offer(&venue, Some(cast.team.as_str()));
        project["category"] = cast.category().await;
        let project = cast.station.post("/projects", &project).await.expect(201);
        publish(&server, &project).await;
        let stations = every_station(&server).await;
        let above = stations.iter().find(|one| one["id"] == venue).unwrap()["parent_id"].clone();
        let resident = server.signed_in_by_phone("13977700000").await;
        let mut order = need(&above);
        order["category"] = project["category"].clone();
        order["project_id"] = project["id"].clone();
        let order = resident.post("/orders", &order).await.expect(201);
        assert_eq!(order["project_id"], project["id"]);
        let order_at = place(&order);
        let institute = server.signed_in("institute").await;
        institute.act(&format!("{order_at}/register")).await.expect(200);
        let suggestions = institute.get(&format!("{order_at}/suggestions")).await.expect(200);
        assert_eq!(suggestions["team_of_project"], json!(cast.team));
        institute.act(&format!("{order_at}/dispatch")).await.expect(200);
        let timeline = institute.get(&format!("{order_at}/timeline")).await.expect(200);
        let offers = timeline["offers"].as_array().unwrap();
        assert_eq!(offers.len(), 1, "{offers:#?}");
        assert_eq!((&offers[0]["team_id"], &offers[0]["overridden"]), (&json!(cast.team), &json!(false)));
        assert_eq!(timeline["events"][2]["data"]["team_of_project"], json!(cast.team));

        let refusal = json!({"team_id": cast.team, "reason": "本周已满"});
        let refused = cast.leader.post(&format!("{order_at}/refuse"), &refusal).await.expect(200);
        let timeline = institute.get(&format!("{order_at}/timeline")).await.expect(200);
        let offers = timeline["offers"].as_array().unwrap();
        assert!(offers.iter().any(|offer| offer["team_id"] != json!(cast.team)), "{offers:#?}");
        assert_eq!((&refused["tier"], &refused["state"]), (&json!("institute"), &json!("dispatching")));

        // What a project answers is no reason for another.
        threshold(&server, 2).await;
        let mut more = need(&venue);
        more["category"] = project["category"].clone();
        more["project_id"] = project["id"].clone();
        resident.post("/orders", &more).await.expect(201);
        run(&server, "suggest-projects");
        for common in cast.station.every("/common-needs").await {
            let seen = cast.station.get(&at(&common)).await.expect(200);
            let orders = seen["orders"].as_array().unwrap();
            assert!(orders.iter().all(|behind| behind["title"] != more["title"]), "{orders:#?}");
        }
    }
}
