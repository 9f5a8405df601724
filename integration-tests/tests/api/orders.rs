use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::newcomer,
    clock::{ahead, move_ahead},
    volunteers::station,
};

/// A burst water pipe as the grid worker of 中上园 reports it.
pub async fn burst_pipe(server: &Server) -> Value {
    json!({
        "venue_id": station(server).await,
        "category": "help_and_care",
        "title": "水管爆裂,家中进水",
        "text": "厨房水管爆裂,已关总阀。",
        "place": "中上园小区",
        "location": {"longitude": 116.65842, "latitude": 39.91021},
        "urgency": "urgent",
        "priority_groups": ["elderly"],
        "person": {"name": "李阿姨", "phone": "13900008888", "address": "3 号楼 2 单元 501", "note": "没有电梯"},
        "consent": true,
    })
}

/// The people around an order of 中上园.
pub struct Cast {
    pub grid: Caller,
    pub station: Caller,
    pub leader: Caller,
    pub team: String,
}

pub async fn cast(server: &Server) -> Cast {
    let leader = server.signed_in("leader").await;
    let me = leader.get("/me").await.expect(200);
    let grants = me["grants"].as_array().unwrap();
    let led = grants.iter().find(|grant| grant["role"] == "team_leader").unwrap();
    let team = led["scope"]["id"].as_str().unwrap().to_owned();
    Cast {
        grid: server.signed_in("grid").await,
        station: server.signed_in("station").await,
        leader,
        team,
    }
}

/// A team of 中上园 with a leader of its own.
pub struct Team {
    pub leader: Caller,
    pub leader_id: String,
    pub id: String,
}

/// An active team for what `category` says, led by the newcomer of that serial.
pub async fn team(server: &Server, serial: u32, category: &Value) -> Team {
    let (leader, leader_id) = newcomer(server, serial).await;
    let squad = json!({
        "name": format!("中上园第 {serial} 志愿服务队"), "level": "squad",
        "home_venue_id": station(server).await, "categories": [category],
    });
    let made = leader.post("/teams", &squad).await.expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let staff = server.signed_in("station").await;
    staff.act(&format!("/teams/{id}/approve")).await.expect(200);
    Team { leader, leader_id, id }
}

/// The path of an order.
pub fn place(order: &Value) -> String {
    format!("/orders/{}", order["id"].as_str().unwrap())
}

impl Cast {
    /// A category that the demo team serves.
    pub async fn category(&self) -> Value {
        let team = self.leader.get(&format!("/teams/{}", self.team)).await.expect(200);
        team["categories"][0].clone()
    }

    /// An order that the grid worker reported and the station registered, for the demo team to take.
    pub async fn registered(&self, server: &Server) -> Value {
        let mut need = burst_pipe(server).await;
        need["category"] = self.category().await;
        let order = self.grid.post("/orders", &need).await.expect(201);
        self.station.act(&format!("{}/register", place(&order))).await.expect(200)
    }

    pub async fn dispatched(&self, server: &Server) -> Value {
        let order = self.registered(server).await;
        self.ask(&order, &[&self.team]).await
    }

    /// The station asks teams to take an order.
    pub async fn ask(&self, order: &Value, teams: &[&str]) -> Value {
        let asked = json!({"team_ids": teams});
        self.station.post(&format!("{}/dispatch", place(order)), &asked).await.expect(200)
    }

    pub async fn accepted(&self, server: &Server) -> Value {
        let order = self.dispatched(server).await;
        let answer = json!({"team_id": self.team});
        self.leader.post(&format!("{}/accept", place(&order)), &answer).await.expect(200)
    }

    /// An order that the team says it has served.
    pub async fn served(&self, server: &Server) -> Value {
        let order = self.accepted(server).await;
        serve(&self.leader, &order).await
    }
}

/// The team of `leader` has served the order that it has; it starts 20 minutes from when the test runs.
pub async fn serve(leader: &Caller, order: &Value) -> Value {
    let at = place(order);
    let times = json!({"starts_at": ahead(20), "ends_at": ahead(80)});
    leader.post(&format!("{at}/schedule"), &times).await.expect(200);
    leader.act(&format!("{at}/begin")).await.expect(200);
    let done = json!({"text": "更换了软管。"});
    leader.post(&format!("{at}/serve"), &done).await.expect(200)
}

pub fn stars(overall: i64) -> Value {
    json!({"attitude": 5, "quality": overall, "timeliness": 4, "overall": overall, "outcome": "solved"})
}

on_both_engines! {
    async fn a_burst_pipe_goes_from_report_to_rating(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let at = place(&order);
        assert_eq!((&order["state"], &order["team_id"]), (&json!("accepted"), &json!(cast.team)));
        let person = cast.leader.act(&format!("{at}/person/reveal")).await.expect(200);
        assert_eq!((&person["name"], &person["phone"]), (&json!("李阿姨"), &json!("13900008888")));
        let me = cast.leader.get("/me").await.expect(200);
        let visit = json!({
            "starts_at": ahead(20), "ends_at": ahead(80),
            "volunteer_ids": [me["volunteer_id"]],
        });
        let scheduled = cast.leader.post(&format!("{at}/schedule"), &visit).await.expect(200);
        let session = scheduled["session_id"].as_str().unwrap();
        move_ahead(&server, 21).await;
        let code = cast.station.get(&format!("/sessions/{session}/code")).await.expect(200);
        let scan = json!({"code": code["code"], "location": {"longitude": 116.6584, "latitude": 39.9102}});
        cast.leader.post(&format!("/sessions/{session}/check-ins"), &scan).await.expect(201);
        assert_eq!(cast.leader.get(&at).await.expect(200)["state"], "in_service");
        let done = json!({"text": "更换了厨房软管,试水半小时无渗漏。"});
        cast.leader.post(&format!("{at}/serve"), &done).await.expect(200);
        let resident = server.signed_in_by_phone("13900008888").await;
        let mine = resident.get("/me/orders").await.expect(200);
        assert_eq!(mine["items"][0]["id"], order["id"]);
        let seen = resident.get(&at).await.expect(200);
        let code = json!({"code": seen["confirmation_code"]});
        let confirmed = cast.leader.post(&format!("{at}/confirm"), &code).await.expect(200);
        assert_eq!(confirmed["confirmed"], true);
        let rated = resident.post(&format!("{at}/rate"), &stars(5)).await.expect(200);
        assert_eq!((&rated["state"], &rated["clock"]["kind"]), (&json!("rated"), &json!("close")));
        let timeline = cast.station.get(&format!("{at}/timeline")).await.expect(200);
        let commands: Vec<&str> = timeline["events"].as_array().unwrap().iter().map(|event| event["command"].as_str().unwrap()).collect();
        assert_eq!(commands, ["solicit", "register", "dispatch", "accept", "schedule", "begin", "serve", "confirm", "rate"]);
        move_ahead(&server, 4 * 24 * 60).await;
        assert_eq!(cast.station.get(&at).await.expect(200)["state"], "closed");
        let figures = cast.leader.get(&format!("/teams/{}/service", cast.team)).await.expect(200);
        assert!(figures["points"].as_i64().unwrap() >= 10, "{figures}");
        let (holds, said) = server.run(&["orders", "verify"]);
        assert!(holds, "{said}");
    }

    async fn whoever_is_served_is_sent_the_code_that_confirms_once(server: Server) {
        let cast = cast(&server).await;
        let order = cast.accepted(&server).await;
        let at = place(&order);
        let visit = json!({"starts_at": ahead(20), "ends_at": ahead(80)});
        cast.leader.post(&format!("{at}/schedule"), &visit).await.expect(200);
        let later = json!({"starts_at": ahead(30), "ends_at": ahead(90)});
        cast.leader.post(&format!("{at}/schedule"), &later).await.expect(200);
        let resident = server.signed_in_by_phone("13900008888").await;
        let code = resident.get(&at).await.expect(200)["confirmation_code"].as_str().unwrap().to_owned();
        // The server looks every minute by itself.
        let mut told = String::new();
        for _ in 0..2 {
            let (sent, said) = server.run(&["jobs", "run", "send-order-codes"]);
            assert!(sent, "{said}");
            told += &said;
        }
        told += &server.log();
        let messages: Vec<&str> = told.lines().filter(|line| line.contains(&format!("确认码 {code}"))).collect();
        assert!(matches!(messages[..], [one] if one.contains("139****8888")), "{told}");
    }
}
