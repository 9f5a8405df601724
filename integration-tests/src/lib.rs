#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a test fails by panicking"
)]

//! Black box: starts the real program on a fresh database of either engine and talks HTTP to it.
//!
//! A fresh database is a copy of one that the demo's small seed made, so that a test begins in a living district.

mod client;
mod database;
mod server;
mod spec;
mod stand_in;

pub use client::{Answer, Caller};
pub use database::{Database, Engine};
pub use server::Server;
pub use spec::Operation;
pub use stand_in::WeChat;

/// Declares tests that run against a server of their own on each engine: a [`Server`], or whatever starts one.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: $kind:ty) $body:block)+) => {
        $(
            mod $name {
                use super::*;

                async fn test($server: $kind) $body

                $(#[$meta])*
                #[tokio::test]
                async fn on_sqlite() {
                    test(<$kind>::start($crate::Engine::Sqlite).await).await;
                }

                $(#[$meta])*
                #[tokio::test]
                async fn on_postgres() {
                    test(<$kind>::start($crate::Engine::Postgres).await).await;
                }
            }
        )+
    };
}
