use integration_tests::{Server, on_both_engines};
use serde_json::{Value, json};

on_both_engines! {
    async fn anybody_finds_the_venues_of_the_district_page_by_page(server: Server) {
        let anybody = server.anonymous();
        let all = anybody.every("/venues").await;
        let center = all.iter().find(|venue| venue["kind"] == "center").unwrap();
        assert_eq!(center["code"], "TZ");
        let mut codes: Vec<_> = all.iter().map(|venue| venue["code"].as_str().unwrap()).collect();
        let number = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), number, "a venue comes twice");

        let below = anybody.every(&format!("/venues?parent_id={}", center["id"].as_str().unwrap())).await;
        assert!(below.iter().all(|venue| venue["parent_id"] == center["id"]));
        assert!(below.iter().any(|venue| venue["name"].as_str().unwrap().starts_with("中仓")));
    }

    async fn venues_around_a_place_come_nearest_first(server: Server) {
        let around = "/venues?longitude=116.657&latitude=39.908&radius=3000";
        let near = server.anonymous().every(around).await;
        let distances: Vec<_> = near.iter().map(|venue| venue["distance"].as_i64().unwrap()).collect();
        assert!(!distances.is_empty());
        assert!(distances.is_sorted(), "{distances:?}");
        assert!(distances.iter().all(|distance| *distance <= 3000));
    }

    async fn a_venue_is_founded_changed_and_read_again_with_its_version(server: Server) {
        let center = server.signed_in("center").await;
        let root = center.get("/venues?kind=center").await.expect(200)["items"][0].clone();
        let new = json!({
            "code": "TZ-B99", "kind": "base", "name": "运河书院", "parent_id": root["id"],
            "location": {"longitude": 116.7, "latitude": 39.9},
        });
        let founded = center.post("/venues", &new).await;
        let place = founded.header("location").to_owned();
        let venue = founded.expect(201);
        assert_eq!(place, format!("/api/v1/venues/{}", venue["id"].as_str().unwrap()));
        center.post("/venues", &new).await.refused(409, "venue_code_taken");

        let read = server.anonymous().get(&place).await;
        let tag = read.header("etag").to_owned();
        assert_eq!(read.expect(200)["version"], venue["version"]);
        let unchanged = server.anonymous();
        let unchanged = unchanged.send(unchanged.request(reqwest::Method::GET, &place).header("If-None-Match", &tag)).await;
        unchanged.expect(304);

        let mut changed = new.clone();
        changed["name"] = json!("大运河书院");
        let stale = center.request(reqwest::Method::PUT, &place).header("If-Match", "\"99-0\"").json(&changed);
        center.send(stale).await.refused(412, "stale_version");
        let fresh = center.request(reqwest::Method::PUT, &place).header("If-Match", &tag).json(&changed);
        assert_eq!(center.send(fresh).await.expect(200)["name"], "大运河书院");
    }

    async fn a_station_cannot_found_venues_elsewhere(server: Server) {
        let station = server.signed_in("station").await;
        let center = server.anonymous().get("/venues?kind=center").await.expect(200)["items"][0]["id"].clone();
        let new = json!({
            "code": "TZ-B98", "kind": "base", "name": "运河书院", "parent_id": center,
            "location": {"longitude": 116.7, "latitude": 39.9},
        });
        station.post("/venues", &new).await.refused(403, "forbidden");
        server.anonymous().post("/venues", &new).await.refused(401, "unauthenticated");
    }

    async fn trust_is_given_by_the_tier_above(server: Server) {
        let (center, institute) = (server.signed_in("center").await, server.signed_in("institute").await);
        let own = institute.get("/me").await.expect(200)["grants"][0]["scope"]["id"].clone();
        let place = |id: &Value| format!("/venues/{}", id.as_str().unwrap());
        let venue = institute.get(&place(&own)).await.expect(200);
        let mut changed = json!({
            "code": venue["code"], "kind": venue["kind"], "name": venue["name"], "parent_id": venue["parent_id"],
            "location": venue["location"], "trusted": venue["trusted"],
        });
        institute.put(&place(&own), &changed).await.expect(200);
        changed["trusted"] = json!(!venue["trusted"].as_bool().unwrap());
        institute.put(&place(&own), &changed).await.refused(403, "out_of_scope");
        assert_eq!(center.put(&place(&own), &changed).await.expect(200)["trusted"], changed["trusted"]);
    }
}
