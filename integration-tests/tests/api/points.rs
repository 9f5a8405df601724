//! Points that staff move by hand.

use integration_tests::{Server, on_both_engines};
use serde_json::json;

use crate::redemption::{Counter, id, points};

on_both_engines! {
    async fn nobody_reverses_what_moved_their_own_points(server: Server) {
        let counter = Counter::open(&server).await;
        let admin = server.signed_in("admin").await;
        let profile = counter.enrol(&counter.center, 7, &admin).await;
        let taken = json!({"volunteer_id": profile, "points": -20, "reason": "误发"});
        let given = json!({"volunteer_id": profile, "points": 50, "reason": "补录"});
        admin.post("/points/adjustments", &given).await.expect(201);
        let posted = admin.post("/points/adjustments", &taken).await.expect(201);
        counter.center.post("/points/adjustments", &given).await.refused(409, "own_points");
        let reverse = format!("/points/transactions/{}/reverse", id(&posted));
        let reason = json!({"reason": "误扣"});
        counter.center.post(&reverse, &reason).await.refused(409, "own_points");
        assert_eq!(points(&counter.center).await, (30, 0));
        admin.post(&reverse, &reason).await.expect(200);
        assert_eq!(points(&counter.center).await, (50, 0));
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
