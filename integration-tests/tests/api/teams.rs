use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::volunteers::{station, volunteer};

async fn squad(server: &Server) -> Value {
    json!({
        "name": "中上园理发志愿服务队",
        "level": "squad",
        "home_venue_id": station(server).await,
        "categories": ["help_and_care"],
    })
}

/// A team that the station approved, its path, and its leader.
async fn active_team(server: &Server) -> (Caller, String, String) {
    let (leader, leader_id) = volunteer(server, "leader", 911).await;
    let team = leader.post("/teams", &squad(server).await).await.expect(201);
    assert_eq!((&team["state"], &team["leader_id"]), (&json!("registered"), &json!(leader_id)));
    let place = format!("/teams/{}", team["id"].as_str().unwrap());
    let staff = server.signed_in("station").await;
    staff.act(&format!("{place}/approve")).await.expect(200);
    (leader, leader_id, place)
}

async fn leads(caller: &Caller, place: &str) -> bool {
    let me = caller.get("/me").await.expect(200);
    me["grants"].as_array().unwrap().iter().any(|grant| {
        grant["role"] == "team_leader" && place.ends_with(grant["scope"]["id"].as_str().unwrap())
    })
}

on_both_engines! {
    async fn a_leader_leads_while_the_team_is_active(server: Server) {
        let (leader, leader_id, place) = active_team(&server).await;
        let staff = server.signed_in("station").await;
        assert!(leads(&leader, &place).await);
        staff.post(&format!("{place}/suspend"), &json!({"reason": "整顿"})).await.expect(200);
        assert!(!leads(&leader, &place).await);
        staff.act(&format!("{place}/approve")).await.refused(409, "illegal_move");
        staff.act(&format!("{place}/reinstate")).await.expect(200);
        assert!(leads(&leader, &place).await);
        let of_leader = format!("/volunteers/{leader_id}");
        staff.post(&format!("{of_leader}/suspend"), &json!({"reason": "多次冒名签到"})).await.expect(200);
        assert!(!leads(&leader, &place).await);
        staff.act(&format!("{of_leader}/reinstate")).await.expect(200);
        assert!(leads(&leader, &place).await);
        staff.post(&format!("{place}/dissolve"), &json!({"reason": "并入他队"})).await.expect(200);
        assert!(!leads(&leader, &place).await);
        staff.act(&format!("{place}/reinstate")).await.refused(409, "illegal_move");
    }

    async fn a_volunteer_joins_and_the_leader_accepts(server: Server) {
        let (leader, _, place) = active_team(&server).await;
        let (joining, joining_id) = volunteer(&server, "volunteer1", 912).await;
        let joined = joining.act(&format!("{place}/members")).await;
        let member = joined.header("location").to_owned();
        assert_eq!(joined.expect(201)["state"], "applied");
        assert_eq!(joining.get(&member).await.expect(200)["volunteer_id"], joining_id);
        joining.act(&format!("{place}/members")).await.refused(409, "already_member");
        joining.get(&format!("{place}/members")).await.refused(404, "not_found");

        let accept = format!("{place}/members/{joining_id}/accept");
        joining.act(&accept).await.refused(403, "forbidden");
        let staff = server.signed_in("station").await;
        staff.post(&format!("{place}/suspend"), &json!({"reason": "整顿"})).await.expect(200);
        staff.act(&accept).await.refused(409, "team_not_active");
        staff.act(&format!("{place}/reinstate")).await.expect(200);
        assert_eq!(leader.act(&accept).await.expect(200)["state"], "active");
        leader.act(&accept).await.refused(409, "nothing_to_accept");
        assert_eq!(joining.every(&format!("{place}/members")).await.len(), 2);
        assert_eq!(leader.delete(&member).await.expect(200)["state"], "removed");
        assert_eq!(joining.act(&format!("{place}/members")).await.expect(201)["state"], "applied");
        assert_eq!(joining.delete(&member).await.expect(200)["state"], "left");
    }

    async fn a_leader_leaves_only_after_another_was_appointed(server: Server) {
        let (leader, leader_id, place) = active_team(&server).await;
        let (next, next_id) = volunteer(&server, "volunteer2", 913).await;
        let own = format!("{place}/members/{leader_id}");
        leader.delete(&own).await.refused(409, "leader_stays");
        let appointed = json!({"volunteer_id": next_id});
        leader.post(&format!("{place}/leader"), &appointed).await.refused(409, "not_member");
        next.act(&format!("{place}/members")).await.expect(201);
        leader.act(&format!("{place}/members/{next_id}/accept")).await.expect(200);
        let led = leader.post(&format!("{place}/leader"), &appointed).await.expect(200);
        assert_eq!(led["leader_id"], next_id);
        assert!(leads(&next, &place).await && !leads(&leader, &place).await);
        assert_eq!(leader.delete(&own).await.expect(200)["state"], "left");
    }

    async fn a_team_stands_under_an_active_team_of_the_level_above(server: Server) {
        let staff = server.signed_in("station").await;
        let mut corps = squad(&server).await;
        corps["level"] = json!("corps");
        let corps = staff.post("/teams", &corps).await.expect(201);
        assert_eq!(corps["leader_id"], Value::Null);
        let mut below = squad(&server).await;
        below["parent_id"] = corps["id"].clone();
        staff.post("/teams", &below).await.refused(422, "wrong_parent");
        below["level"] = json!("detachment");
        staff.post("/teams", &below).await.refused(409, "team_not_active");
        staff.act(&format!("/teams/{}/approve", corps["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(staff.post("/teams", &below).await.expect(201)["parent_id"], corps["id"]);
    }

    async fn a_change_to_an_old_version_of_a_team_is_refused(server: Server) {
        let (leader, _, place) = active_team(&server).await;
        let mut told = json!({"name": "理发二队", "categories": ["education"], "version": 1});
        leader.put(&place, &told).await.refused(412, "stale_version");
        told["version"] = json!(2);
        let changed = leader.put(&place, &told).await.expect(200);
        assert_eq!((&changed["name"], &changed["version"]), (&json!("理发二队"), &json!(3)));
    }
}
