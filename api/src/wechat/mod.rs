//! WeChat's server API: what those who call it share.

mod access;
mod messages;
mod template;

use std::sync::Mutex;

use reqwest::{Client, RequestBuilder};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::access::AccessToken;
pub use self::{messages::SubscriptionMessage, template::Template};
use crate::{http, settings::WeChat};

/// WeChat's server as our mini-program's server knows it.
pub struct WeChatServer {
    settings: WeChat,
    /// The last access token that it gave us.
    access: Mutex<Option<AccessToken>>,
}

/// Why WeChat did not do as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("WeChat cannot be asked")]
    Away,
    /// With the code of its answer, `errcode`.
    #[error("WeChat refused with {0}")]
    Refused(i64),
}

impl WeChatServer {
    /// The server of the settings; `None` where no mini-program is set up.
    pub fn of(settings: &WeChat) -> Option<Self> {
        let is_set_up = settings.app_id.is_some() && settings.app_secret.is_some();
        is_set_up.then(|| Self { settings: settings.clone(), access: Mutex::default() })
    }

    pub fn app_id(&self) -> &str {
        self.settings.app_id.as_deref().unwrap_or_default()
    }

    pub fn app_secret(&self) -> &str {
        self.settings.app_secret.as_ref().map_or("", |secret| secret.expose_secret())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base_url.trim_end_matches('/'))
    }

    /// Asks for what lies at `path`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Trouble> {
        answer(|client| client.get(self.url(path)).query(query)).await
    }

    /// Sends `body` to `path`.
    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        body: &Value,
    ) -> Result<T, Trouble> {
        answer(|client| client.post(self.url(path)).query(query).json(body)).await
    }
}

/// What WeChat answers; it refuses with status 200 and an `errcode` that is not 0.
async fn answer<T: DeserializeOwned>(
    request: impl FnOnce(&Client) -> RequestBuilder,
) -> Result<T, Trouble> {
    let client = http::client().map_err(|_| Trouble::Away)?;
    let read = async { request(client).send().await?.json::<Value>().await };
    let body = read.await.map_err(|error| {
        // The address holds a secret.
        tracing::warn!(error = %error.without_url(), "WeChat cannot be asked");
        Trouble::Away
    })?;
    match body.get("errcode").and_then(Value::as_i64) {
        None | Some(0) => serde_json::from_value(body).map_err(|_| Trouble::Away),
        Some(code) => Err(Trouble::Refused(code)),
    }
}

#[cfg(test)]
pub(crate) mod tests;
