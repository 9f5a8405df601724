use integration_tests::{Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::activities::{first_position, newcomer, place, session};

/// Hands what happened so far to the inboxes.
fn deliver(server: &Server) {
    let (done, told) = server.run(&["jobs", "run", "deliver-events"]);
    assert!(done, "{told}");
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
}
