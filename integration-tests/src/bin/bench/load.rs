//! Many callers at once, and what they saw.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use crate::connection::Connection;

/// Callers of reads.
pub const READERS: usize = 32;
/// Callers of writes.
pub const WRITERS: usize = 64;

const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(5);

/// What one kind of request gave.
pub struct Seen {
    pub name: &'static str,
    pub per_second: f64,
    pub median: Duration,
    pub p99: Duration,
}

impl Seen {
    fn of(name: &'static str, mut took: Vec<Duration>, all: Duration) -> Self {
        took.sort_unstable();
        let at = |percent: usize| took[(took.len() - 1) * percent / 100];
        let count = u32::try_from(took.len()).expect("fewer than four billion requests");
        Self { name, per_second: f64::from(count) / all.as_secs_f64(), median: at(50), p99: at(99) }
    }
}

/// The same requests in turn over 32 connections for five seconds.
pub async fn reads(name: &'static str, address: &str, requests: Vec<Vec<u8>>) -> Seen {
    eprintln!("{name}…");
    let requests = Arc::new(requests);
    let callers = (0..READERS).map(|caller| {
        let requests = Arc::clone(&requests);
        async move {
            let mut connection = Connection::open(address).await.expect("a connection");
            let mut took = Vec::with_capacity(100_000);
            let begun = Instant::now();
            for number in caller.. {
                let request = &requests[number % requests.len()];
                let sent = Instant::now();
                let (status, body) = connection.exchange(request).await.expect("an answer");
                assert_eq!(status, 200, "{name}: {}", String::from_utf8_lossy(body));
                if begun.elapsed() > WARM_UP + MEASURED {
                    break;
                }
                if begun.elapsed() > WARM_UP {
                    took.push(sent.elapsed());
                }
            }
            took
        }
    });
    Seen::of(name, join_all(callers).await.concat(), MEASURED)
}

/// Each request once, over 64 connections; every one must create something.
pub async fn writes(name: &'static str, address: &str, requests: Vec<Vec<u8>>) -> Seen {
    eprintln!("{name}…");
    let mut shares: Vec<Vec<Vec<u8>>> = vec![Vec::new(); WRITERS];
    for (number, request) in requests.into_iter().enumerate() {
        shares[number % WRITERS].push(request);
    }
    let mut callers = Vec::new();
    for share in shares {
        callers.push((Connection::open(address).await.expect("a connection"), share));
    }
    let begun = Instant::now();
    let took = join_all(callers.into_iter().map(|(mut connection, share)| async move {
        let mut took = Vec::with_capacity(share.len());
        for request in &share {
            let sent = Instant::now();
            let (status, body) = connection.exchange(request).await.expect("an answer");
            assert_eq!(status, 201, "{name}: {}", String::from_utf8_lossy(body));
            took.push(sent.elapsed());
        }
        took
    }))
    .await
    .concat();
    Seen::of(name, took, begun.elapsed())
}
