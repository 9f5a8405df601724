//! What ends by itself: vouchers and points.

use integration_tests::{Server, on_both_engines};
use serde_json::json;

use crate::{
    clock::move_ahead,
    redemption::{Counter, id, points},
};

const DAY: i64 = 24 * 60;

on_both_engines! {
    async fn a_voucher_that_nobody_fetches_gives_back_points_and_stock(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = counter.offer(5, 3).await;
        let redemption = volunteer.post("/redemptions", &json!({"offer_id": offer})).await.expect(201);
        assert_eq!(points(&volunteer).await, (90, 10));
        move_ahead(&server, 9 * DAY).await;
        let read = volunteer.get(&format!("/redemptions/{}", id(&redemption))).await.expect(200);
        assert_eq!(read["state"], "expired");
        assert_eq!(points(&volunteer).await, (100, 0));
        assert_eq!(server.anonymous().get(&format!("/offers/{offer}")).await.expect(200)["stock_left"], 5);
        let (held, told) = server.run(&["ledger", "verify"]);
        assert!(held, "{told}");
    }

    async fn a_cancelled_redemption_gives_back_points_and_stock_once(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let offer = counter.offer(5, 3).await;
        let redemption = volunteer.post("/redemptions", &json!({"offer_id": offer, "quantity": 2})).await.expect(201);
        let cancel = format!("/redemptions/{}/cancel", id(&redemption));
        assert_eq!(volunteer.act(&cancel).await.expect(200)["state"], "cancelled");
        volunteer.act(&cancel).await.refused(409, "illegal_move");
        assert_eq!(points(&volunteer).await, (100, 0));
        assert_eq!(server.anonymous().get(&format!("/offers/{offer}")).await.expect(200)["stock_left"], 5);
    }

    async fn points_live_for_two_years_and_people_are_told_before_they_end(server: Server) {
        let counter = Counter::open(&server).await;
        let volunteer = counter.volunteer(&server, 1, 100).await;
        let wallet = volunteer.get("/me/points").await.expect(200);
        let lot = &wallet["expiring"][0];
        assert_eq!(lot["points"], 100);
        // The clock of a demo moves 400 days at most at once.
        move_ahead(&server, 390 * DAY).await;
        assert_eq!(points(&volunteer).await, (100, 0));
        move_ahead(&server, 770 * DAY).await;
        assert_eq!(points(&volunteer).await, (0, 0));
        let lines = volunteer.every("/me/points/transactions").await;
        assert_eq!((&lines[0]["kind"], &lines[0]["points"]), (&json!("expire"), &json!(-100)));
        let told = volunteer.every("/me/notifications").await;
        let of = |kind: &str| told.iter().filter(|told| told["kind"] == kind).count();
        assert_eq!((of("points.expiring"), of("points.expired")), (2, 1));
        let (held, said) = server.run(&["ledger", "verify"]);
        assert!(held, "{said}");
    }
}
