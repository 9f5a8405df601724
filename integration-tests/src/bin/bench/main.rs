#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement fails by panicking"
)]

//! Measures the hot operations on a fresh embedded database, and writes `docs/performance.md`. Run it by `make bench`.

mod connection;
mod load;
mod orders;
mod report;
mod world;

use std::process::ExitCode;

use integration_tests::{Engine, Server};

use connection::get;
use load::{reads, writes};
use report::{Floor, Line, report};
use world::Staff;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let server = Server::start(Engine::Sqlite).await;
    let address = server.url().trim_start_matches("http://").to_owned();
    eprintln!("setting up…");
    let center = server.signed_in("center").await;
    let staff = Staff::of(&server).await;
    let tokens = staff.volunteers(&server).await;
    let signups = staff.signups(&tokens).await;
    let redemptions = staff.redemptions(&tokens).await;
    let activities = server.anonymous().get("/activities?limit=100").await.expect(200);
    let activities: Vec<Vec<u8>> = activities["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|activity| activity["id"].as_str())
        .map(|id| get(&format!("/api/v1/activities/{id}")))
        .collect();

    let lines = [
        Line {
            seen: reads("getLiveness", &address, vec![get("/health/live")]).await,
            floor: Floor::OfLiveness(1.0),
        },
        Line {
            seen: reads("getActivity", &address, activities).await,
            floor: Floor::OfLiveness(0.2),
        },
        Line {
            seen: reads("listSessions", &address, vec![get("/api/v1/sessions?limit=20")]).await,
            floor: Floor::OfLiveness(0.1),
        },
        Line { seen: writes("signUp", &address, signups).await, floor: Floor::PerSecond(3_000.0) },
        Line {
            seen: writes("redeem", &address, redemptions).await,
            floor: Floor::PerSecond(3_000.0),
        },
        Line {
            seen: writes("createOrder", &address, orders::reports(&center, &tokens).await).await,
            floor: Floor::PerSecond(1_500.0),
        },
    ];
    let (single, board) = orders::reads(&server, &center).await;
    let lines = lines.into_iter().chain([
        Line { seen: reads("getOrder", &address, single).await, floor: Floor::OfLiveness(0.1) },
        Line {
            seen: reads("getOrderBoard", &address, board).await,
            floor: Floor::Of("getOrder", 0.2),
        },
    ]);
    let lines: Vec<Line> = lines.collect();
    let (text, all_kept) = report(&lines);
    println!("{text}");
    std::fs::write("docs/performance.md", text).expect("docs/performance.md can be written");
    if all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
