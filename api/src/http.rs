//! The client by which the program calls others.

use std::{sync::OnceLock, time::Duration};

use reqwest::Client;

use crate::problem::{Answer, Code, Problem};

/// How long another server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The one client of the process; it keeps its connections.
///
/// # Errors
/// [`Code::Internal`] if TLS cannot be set up.
pub fn client() -> Answer<&'static Client> {
    static CLIENT: OnceLock<Option<Client>> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            // It fails only if another provider was installed before, which serves as well.
            let _ = rustls::crypto::ring::default_provider().install_default();
            Client::builder()
                .timeout(PATIENCE)
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .ok()
        })
        .as_ref()
        .ok_or_else(|| Problem::new(Code::Internal))
}
