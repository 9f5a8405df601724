//! The token by which WeChat knows our server.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::json;

use super::{Trouble, WeChatServer};

/// A token is not used in its last minutes: WeChat gives the next one then, and clocks differ.
const MARGIN: Duration = Duration::from_mins(5);

/// An access token, good by the machine's clock.
pub(super) struct AccessToken {
    text: String,
    good_until: Instant,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    /// Seconds.
    expires_in: u64,
}

impl WeChatServer {
    /// The kept token, or a new one. All instances are given the same one until it expires, so none takes it from another.
    pub(super) async fn access_token(&self) -> Result<String, Trouble> {
        let kept = self.with_access(|access| {
            let good = access.as_ref().filter(|access| Instant::now() < access.good_until);
            good.map(|access| access.text.clone())
        });
        if let Some(text) = kept {
            return Ok(text);
        }
        let asked = json!({
            "grant_type": "client_credential",
            "appid": self.app_id(),
            "secret": self.app_secret(),
        });
        let given: Given = self.post("/cgi-bin/stable_token", &[], &asked).await?;
        let life = Duration::from_secs(given.expires_in).saturating_sub(MARGIN);
        let text = given.access_token;
        let access = AccessToken { text: text.clone(), good_until: Instant::now() + life };
        self.with_access(|kept| *kept = Some(access));
        Ok(text)
    }

    /// Forgets a token that WeChat takes no more, unless a new one has come meanwhile.
    pub(super) fn forget_access_token(&self, text: &str) {
        self.with_access(|kept| {
            kept.take_if(|access| access.text == text);
        });
    }

    fn with_access<T>(&self, work: impl FnOnce(&mut Option<AccessToken>) -> T) -> T {
        work(&mut self.access.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
