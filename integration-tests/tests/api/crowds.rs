//! Two hundred callers at once: no count is ever over, and nobody is forgotten.

use futures_util::{StreamExt, future::join_all, stream};
use integration_tests::{Answer, Caller, Server, on_both_engines};
use serde_json::{Value, json};

use crate::{
    activities::{first_position, place, session},
    redemption::{Counter, points},
};

const CROWD: u32 = 200;

/// So many volunteers with a hundred points each.
async fn crowd(server: &Server, counter: &Counter) -> Vec<Caller> {
    stream::iter(1..=CROWD)
        .map(|serial| counter.volunteer(server, serial, 100))
        .buffer_unordered(16)
        .collect()
        .await
}

/// Everybody asks the same at once, each with a key for it.
async fn at_once(crowd: &[Caller], path: &str, body: &Value) -> Vec<Answer> {
    join_all(crowd.iter().map(|caller| caller.post_once(path, path, body))).await
}

/// Those who were served ask again with their keys, and are given the same.
async fn again(crowd: &[Caller], path: &str, body: &Value, first: &[Answer]) {
    let retries = at_once(crowd, path, body).await;
    for (first, retry) in first.iter().zip(&retries).filter(|(first, _)| first.status == 201) {
        assert_eq!((retry.status, &retry.body["id"]), (201, &first.body["id"]));
        assert_eq!(retry.header("idempotency-replayed"), "true");
    }
}

fn verify(server: &Server) {
    let (held, told) = server.run(&["ledger", "verify"]);
    assert!(held, "{told}");
}

on_both_engines! {
    async fn two_hundred_never_get_more_than_the_places_the_stock_or_the_wallet(server: Server) {
        let counter = Counter::open(&server).await;
        let crowd = crowd(&server, &counter).await;

        let session = session(&server, 3 * 24 * 60, 30).await;
        let (signups, wanted) = (format!("{}/signups", place(&session)), first_position(&session));
        let answers = at_once(&crowd, &signups, &wanted).await;
        let of = |state: &str| answers.iter().filter(|answer| answer.body["state"] == state).count();
        assert_eq!((of("confirmed"), of("waitlisted")), (30, 170));
        let mut places: Vec<i64> =
            answers.iter().filter_map(|answer| answer.body["waitlist_place"].as_i64()).collect();
        places.sort_unstable();
        assert_eq!(places, (1..=170).collect::<Vec<i64>>());
        again(&crowd, &signups, &wanted, &answers).await;
        let position = server.anonymous().get(&place(&session)).await.expect(200)["positions"][0].clone();
        assert_eq!((&position["confirmed"], &position["waitlisted"]), (&json!(30), &json!(170)));

        let offer = counter.offer(50, 1).await;
        let wanted = json!({"offer_id": offer});
        let answers = at_once(&crowd, "/redemptions", &wanted).await;
        for answer in &answers {
            assert!(answer.status == 201 || answer.body["code"] == "out_of_stock", "{answer:?}");
        }
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 50);
        again(&crowd, "/redemptions", &wanted, &answers).await;
        let left = server.anonymous().get(&format!("/offers/{offer}")).await.expect(200);
        assert_eq!(left["stock_left"], 0);
        verify(&server);

        let offer = json!({"offer_id": counter.offer(1_000, 1_000).await});
        let owner = counter.volunteer(&server, CROWD + 1, 100).await;
        let tries = (0..CROWD).map(|_| owner.post("/redemptions", &offer));
        let answers = join_all(tries).await;
        for answer in &answers {
            assert!(answer.status == 201 || answer.body["code"] == "insufficient_points", "{answer:?}");
        }
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 10);
        assert_eq!(points(&owner).await, (0, 100));
        verify(&server);
    }
}
