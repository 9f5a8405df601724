//! Whether a name and an identity number belong together.

use std::{future::Future, pin::Pin};

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use shijian_domain::volunteers::IdentityNumber;

use crate::{
    http,
    problem::{Answer, Code, Problem},
    settings::{RealNameCheck as Settings, RealNameProvider},
};

pub type Checking<'a> = Pin<Box<dyn Future<Output = Answer<bool>> + 'a>>;

/// Compares a real name with an identity number.
pub trait RealNameCheck: Send + Sync {
    /// Whether they belong together, as far as this check can tell.
    fn matches<'a>(&'a self, real_name: &'a str, number: &'a IdentityNumber) -> Checking<'a>;
}

/// Knows the form and the checksum only, which the number's type has checked already.
pub struct ByForm;

/// Asks a registry over HTTP: `POST {"real_name", "identity_number"}` answers `{"matches": bool}`.
pub struct Registry(Settings);

/// The check that the settings ask for.
pub fn real_name_check(settings: &Settings) -> Box<dyn RealNameCheck> {
    match settings.provider {
        RealNameProvider::Local => Box::new(ByForm),
        RealNameProvider::Http => Box::new(Registry(settings.clone())),
    }
}

impl RealNameCheck for ByForm {
    fn matches<'a>(&'a self, _: &'a str, _: &'a IdentityNumber) -> Checking<'a> {
        Box::pin(async { Ok(true) })
    }
}

#[derive(Deserialize)]
struct Verdict {
    matches: bool,
}

impl RealNameCheck for Registry {
    fn matches<'a>(&'a self, real_name: &'a str, number: &'a IdentityNumber) -> Checking<'a> {
        Box::pin(async move {
            let away = || Problem::new(Code::RealNameCheckAway).retry_after(30);
            let url = self.0.url.as_deref().ok_or_else(away)?;
            let body = json!({"real_name": real_name, "identity_number": number.as_str()});
            let mut request = http::client()?.post(url).json(&body);
            if let Some(token) = &self.0.token {
                request = request.bearer_auth(token.expose_secret());
            }
            let answered = request.send().await.and_then(reqwest::Response::error_for_status);
            let verdict = match answered {
                Ok(response) => response.json::<Verdict>().await,
                Err(error) => Err(error),
            };
            verdict.map(|verdict| verdict.matches).map_err(|error| {
                tracing::warn!(error = %error.without_url(), "the real-name registry cannot be asked");
                away()
            })
        })
    }
}
