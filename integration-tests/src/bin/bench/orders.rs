//! Ten thousand open orders of one center.

use futures_util::{StreamExt, stream};
use integration_tests::{Caller, Server};
use serde_json::{Value, json};

use crate::connection::{get_as, post};

/// Orders that each volunteer reports.
const EACH: usize = 16;
const AT_ONCE: usize = 16;

/// Reports of needs, many by each of the callers.
pub async fn reports(center: &Caller, tokens: &[String]) -> Vec<Vec<u8>> {
    let venue = center.get("/venues?kind=center").await.expect(200)["items"][0].clone();
    let need = json!({
        "venue_id": venue["id"], "category": "help_and_care", "title": "水管漏水", "urgency": "soon",
        "location": venue["location"],
    });
    let body = need.to_string();
    let reports = (0..EACH).flat_map(|number| {
        let (key, body) = (format!("order-{number}"), &body);
        tokens.iter().map(move |token| post("/api/v1/orders", token, &key, body))
    });
    reports.collect()
}

/// Moves some of the orders on, so that the board has more than one lane, and gives reads of single orders and of the board.
pub async fn reads(server: &Server, center: &Caller) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let mut orders: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    while orders.len() < 6_000 {
        let page = center.get(&format!("/orders?limit=100{cursor}")).await.expect(200);
        orders.extend(page["items"].as_array().into_iter().flatten().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let path = |order: &Value| format!("/orders/{}", order["id"].as_str().expect("an id"));
    stream::iter(orders.iter().zip(0..))
        .for_each_concurrent(AT_ONCE, |(order, number)| async move {
            if order["state"] == "solicited" {
                center.act(&format!("{}/register", path(order))).await.expect(200);
                if number % 2 == 0 {
                    let call = json!({"open_call": true});
                    center.post(&format!("{}/dispatch", path(order)), &call).await.expect(200);
                }
            }
        })
        .await;
    let center = server.signed_in("center").await;
    let venue = center.get("/venues?kind=center").await.expect(200)["items"][0]["id"].clone();
    let single = orders
        .iter()
        .take(100)
        .map(|order| get_as(center.token(), &format!("/api/v1{}", path(order))))
        .collect();
    let board = format!("/api/v1/venues/{}/order-board", venue.as_str().expect("an id"));
    (single, vec![get_as(center.token(), &board)])
}
