//! What people are told of: in the inbox, and over the channels beside it.

use integration_tests::{Caller, Engine, Server, WeChat, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, newcomer, place, session},
    clock::{move_ahead, time_of_day},
    volunteers::application,
};

const PREFERENCES: &str = "/me/notification-preferences";

/// Hands what happened so far to the inboxes.
fn deliver(server: &Server) {
    let (done, told) = server.run(&["jobs", "run", "deliver-events"]);
    assert!(done, "{told}");
}

/// Hands what happened so far to the inboxes, then sends what is due; gives what the log said.
fn send(server: &Server) -> String {
    deliver(server);
    let (done, told) = server.run(&["jobs", "run", "send-messages"]);
    assert!(done, "{told}");
    told
}

/// The same by three runs at once.
fn send_at_once(server: &Server) {
    std::thread::scope(|runs| {
        for _ in 0..3 {
            runs.spawn(|| send(server));
        }
    });
}

/// A server that runs no jobs by itself, and a stand-in for WeChat that it asks.
struct Mini {
    server: Server,
    wechat: WeChat,
}

impl Mini {
    async fn start(engine: Engine) -> Self {
        let wechat = WeChat::start();
        let settings = [wechat.settings(), vec![("SHIJIAN_JOBS_ENABLED", "false")]].concat();
        Self { server: Server::start_with(engine, &settings).await, wechat }
    }

    /// Somebody who signs in as `open_id` and has applied as a volunteer; they are awake at every hour.
    async fn applicant(&self, open_id: &str, serial: u32) -> Person {
        let caller = self.server.signed_in_by_wechat(open_id).await;
        let awake = json!({"topics": [], "urgent_by_sms": true});
        caller.put(PREFERENCES, &awake).await.expect(200);
        let body = application(&self.server, "19800101", serial).await;
        let applied = caller.post("/volunteers", &body).await.expect(201);
        let place = format!("/volunteers/{}", applied["id"].as_str().unwrap());
        Person { staff: self.server.signed_in("station").await, caller, place }
    }
}

struct Person {
    caller: Caller,
    staff: Caller,
    place: String,
}

impl Person {
    async fn grant(&self, template: &str) {
        let granted = json!({"template_ids": [template]});
        self.caller.post("/me/wechat-subscriptions", &granted).await.expect(204);
    }

    /// How many messages about membership may still be sent.
    async fn granted(&self) -> Value {
        self.caller.get(PREFERENCES).await.expect(200)["topics"][0]["wechat_granted"].clone()
    }

    async fn approve(&self) {
        self.staff.act(&format!("{}/approve", self.place)).await.expect(200);
    }

    async fn suspend_and_reinstate(&self) {
        let reason = json!({"reason": "多次冒名签到"});
        self.staff.post(&format!("{}/suspend", self.place), &reason).await.expect(200);
        self.staff.act(&format!("{}/reinstate", self.place)).await.expect(200);
    }
}

async fn kinds(caller: &Caller, query: &str) -> Vec<Value> {
    let told = caller.every(&format!("/me/notifications{query}")).await;
    told.into_iter().map(|told| told["kind"].clone()).collect()
}

on_both_engines! {
    async fn people_are_told_once_of_what_they_wait_for_and_say_what_they_have_read(server: Server) {
        let (volunteer, _) = newcomer(&server, 901).await;
        deliver(&server);
        let unread = volunteer.every("/me/notifications?unread=true").await;
        assert_eq!(unread.len(), 1, "{unread:#?}");
        assert_eq!(
            (&unread[0]["kind"], &unread[0]["topic"], &unread[0]["title"]),
            (&json!("volunteer.approved"), &json!("membership"), &json!("您已成为注册志愿者")),
        );
        assert_eq!(volunteer.get("/me/home").await.expect(200)["unread_notifications"], 1);

        let session = session(&server, 3 * 24 * 60, 2).await;
        let signups = format!("{}/signups", place(&session));
        volunteer.post(&signups, &first_position(&session)).await.expect(201);
        let reason = json!({"reason": "台风预警"});
        let staff = server.signed_in("station").await;
        staff.post(&format!("{}/cancel", place(&session)), &reason).await.expect(200);
        deliver(&server);
        deliver(&server);
        let told = json!(["session.cancelled", "signup.confirmed", "volunteer.approved"]);
        assert_eq!(json!(kinds(&volunteer, "").await), told);

        let last = json!({"last_id": unread[0]["id"]});
        volunteer.post("/me/notifications/read", &last).await.expect(204);
        assert_eq!(kinds(&volunteer, "?unread=true").await.len(), 2);
        volunteer.act("/me/notifications/read").await.expect(204);
        assert_eq!(kinds(&volunteer, "?unread=true").await.len(), 0);
        assert_eq!(volunteer.get("/me/home").await.expect(200)["unread_notifications"], 0);
    }

    async fn nobody_reads_what_another_is_told(server: Server) {
        let (volunteer, _) = newcomer(&server, 902).await;
        let (other, _) = newcomer(&server, 903).await;
        deliver(&server);
        let told = volunteer.every("/me/notifications").await;
        other.act("/me/notifications/read").await.expect(204);
        assert_eq!(volunteer.every("/me/notifications?unread=true").await, told);
        assert!(other.every("/me/notifications").await.iter().all(|mine| mine["id"] != told[0]["id"]));
        server.anonymous().get("/me/notifications").await.refused(401, "unauthenticated");
    }

    async fn preferences_are_a_page_that_changes_by_version(server: Server) {
        let volunteer = server.signed_in("volunteer1").await;
        let unset = volunteer.get(PREFERENCES).await.expect(200);
        assert_eq!(unset["version"], 0);
        assert_eq!(unset["quiet_hours"], json!({"from": "22:00", "to": "07:00"}));
        let topics: Vec<&Value> = unset["topics"].as_array().unwrap().iter().map(|topic| &topic["topic"]).collect();
        assert_eq!(json!(topics), json!(["membership", "service", "points", "redemption", "orders"]));
        assert!(unset["topics"].as_array().unwrap().iter().all(|topic| topic["wechat"] == true && topic["sms"] == false));

        let wished = json!({
            "topics": [{"topic": "points", "wechat": false, "sms": true}],
            "urgent_by_sms": false,
            "quiet_hours": {"from": "13:00", "to": "14:30"},
            "version": 0,
        });
        let kept = volunteer.put(PREFERENCES, &wished).await.expect(200);
        assert_eq!((&kept["version"], &kept["quiet_hours"]), (&json!(1), &wished["quiet_hours"]));
        assert_eq!((&kept["topics"][2]["wechat"], &kept["topics"][2]["sms"]), (&json!(false), &json!(true)));
        assert_eq!(volunteer.get(PREFERENCES).await.expect(200), kept);
        volunteer.put(PREFERENCES, &wished).await.refused(412, "stale_version");
        let never_quiet = json!({"topics": [], "urgent_by_sms": true});
        assert_eq!(volunteer.put(PREFERENCES, &never_quiet).await.expect(200)["quiet_hours"], Value::Null);

        let mut wrong = wished.clone();
        wrong["quiet_hours"]["to"] = json!("24:00");
        volunteer.put(PREFERENCES, &wrong).await.refused(422, "invalid_body");
        let unknown = json!({"template_ids": ["no-such-template"]});
        volunteer.post("/me/wechat-subscriptions", &unknown).await.refused(422, "invalid_body");
        server.anonymous().get(PREFERENCES).await.refused(401, "unauthenticated");
    }

    async fn a_granted_message_is_sent_once(mini: Mini) {
        let person = mini.applicant("open-id-of-somebody-1", 911).await;
        person.grant("membership-template").await;
        person.approve().await;
        send_at_once(&mini.server);
        send(&mini.server);
        let sent = mini.wechat.messages_to("open-id-of-somebody-1");
        assert_eq!(sent.len(), 1, "{sent:#?}");
        let message = &sent[0];
        assert_eq!(
            (&message["template_id"], &message["page"], &message["data"]["thing1"]["value"]),
            (&json!("membership-template"), &json!("pages/inbox/index"), &json!("您已成为注册志愿者")),
        );
        assert_eq!(person.granted().await, 0);

        // What nobody granted is told by the inbox only.
        person.suspend_and_reinstate().await;
        send(&mini.server);
        assert_eq!(mini.wechat.messages_to("open-id-of-somebody-1").len(), 1);
        assert_eq!(kinds(&person.caller, "").await.len(), 3);
        assert!(!mini.server.stores("open-id-of-somebody-1"));
    }

    async fn what_wechat_refuses_is_dropped_with_what_was_granted(mini: Mini) {
        let person = mini.applicant("open-id-of-somebody-2", 912).await;
        person.grant("membership-template").await;
        person.grant("membership-template").await;
        assert_eq!(person.granted().await, 2);
        mini.wechat.refuse(Some(43101));
        person.approve().await;
        send(&mini.server);
        assert_eq!((mini.wechat.messages_to("open-id-of-somebody-2").len(), person.granted().await), (1, json!(0)));
        mini.wechat.refuse(None);
        move_ahead(&mini.server, 180).await;
        send(&mini.server);
        assert_eq!(mini.wechat.messages_to("open-id-of-somebody-2").len(), 1);
    }

    async fn what_fails_is_tried_again_after_a_while(mini: Mini) {
        let person = mini.applicant("open-id-of-somebody-3", 913).await;
        person.grant("membership-template").await;
        mini.wechat.refuse(Some(-1));
        person.approve().await;
        send(&mini.server);
        send(&mini.server);
        assert_eq!((mini.wechat.messages_to("open-id-of-somebody-3").len(), person.granted().await), (1, json!(1)));
        mini.wechat.refuse(None);
        move_ahead(&mini.server, 3).await;
        assert_eq!((mini.wechat.messages_to("open-id-of-somebody-3").len(), person.granted().await), (2, json!(0)));
        move_ahead(&mini.server, 60).await;
        assert_eq!(mini.wechat.messages_to("open-id-of-somebody-3").len(), 2);
    }

    async fn nothing_but_the_inbox_tells_anything_in_quiet_hours(mini: Mini) {
        let person = mini.applicant("open-id-of-somebody-4", 914).await;
        let quiet = json!({
            "topics": [], "urgent_by_sms": true,
            "quiet_hours": {"from": time_of_day(-60), "to": time_of_day(60)},
        });
        person.caller.put(PREFERENCES, &quiet).await.expect(200);
        person.grant("membership-template").await;
        person.approve().await;
        send(&mini.server);
        assert_eq!(kinds(&person.caller, "").await, [json!("volunteer.approved")]);
        assert_eq!(mini.wechat.messages_to("open-id-of-somebody-4").len(), 0);
        move_ahead(&mini.server, 62).await;
        assert_eq!(mini.wechat.messages_to("open-id-of-somebody-4").len(), 1);
    }

    async fn what_is_urgent_comes_as_a_text_message_unless_it_is_declined(mini: Mini) {
        let server = &mini.server;
        let (told, _) = newcomer(server, 915).await;
        let (declining, _) = newcomer(server, 916).await;
        let declined = json!({"topics": [], "urgent_by_sms": false});
        declining.put(PREFERENCES, &declined).await.expect(200);
        let session = session(server, 3 * 24 * 60, 2).await;
        let signups = format!("{}/signups", place(&session));
        for volunteer in [&told, &declining] {
            volunteer.post(&signups, &first_position(&session)).await.expect(201);
        }
        let staff = server.signed_in("station").await;
        let reason = json!({"reason": "台风预警"});
        staff.post(&format!("{}/cancel", place(&session)), &reason).await.expect(200);
        let log = send(server);
        let texts = log.lines().filter(|line| line.contains("您报名的场次已取消"));
        assert_eq!(texts.clone().count(), 1, "{log}");
        assert!(texts.clone().all(|line| line.contains("139****0915")), "{log}");
        assert!(!send(server).contains("您报名的场次已取消"));
    }
}
