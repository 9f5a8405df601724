//! Points that staff move by hand.

use integration_tests::{Server, on_both_engines};
use serde_json::json;

use crate::redemption::{Counter, id, points};

on_both_engines! {
    async fn nobody_reverses_what_moved_their_own_points(server: Server) {
        let counter = Counter::open(&server).await;
        let admin = server.signed_in("admin").await;
        let manager = counter.volunteer(&server, 7, 50).await;
        let me = manager.get("/me").await.expect(200);
        let scope = json!({"kind": "venue", "id": counter.center_id});
        let grant = json!({"account_id": me["account_id"], "role": "manager", "scope": scope});
        admin.post("/grants", &grant).await.expect(201);

        let taken = json!({"volunteer_id": me["volunteer_id"], "points": -20, "reason": "误发"});
        let posted = admin.post("/points/adjustments", &taken).await.expect(201);
        manager.post("/points/adjustments", &taken).await.refused(409, "own_points");
        let reverse = format!("/points/transactions/{}/reverse", id(&posted));
        let reason = json!({"reason": "误扣"});
        manager.post(&reverse, &reason).await.refused(409, "own_points");
        assert_eq!(points(&manager).await, (30, 0));
        admin.post(&reverse, &reason).await.expect(200);
        assert_eq!(points(&manager).await, (50, 0));
    }

    async fn an_adjustment_out_of_sight_does_not_exist(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 9, 100).await;
        let profile = volunteer.get("/me").await.expect(200)["volunteer_id"].clone();
        let gift = json!({"volunteer_id": profile, "points": 101, "reason": "奖励"});
        let pending = counter.center.post("/points/adjustments", &gift).await.expect(202);
        // The volunteer's home is the center, above the institute.
        let institute = server.signed_in("institute").await;
        let approve = format!("/points/adjustments/{}/approve", id(&pending));
        institute.act(&approve).await.refused(404, "not_found");
        institute.post("/points/adjustments", &gift).await.refused(404, "not_found");
    }
}
