//! Text messages with one-time codes.

use secrecy::ExposeSecret;
use serde_json::json;
use shijian_domain::identity::Phone;

use crate::{
    http,
    problem::{Answer, Code, Problem},
    settings::{Sms, SmsProvider},
};

/// Sends a one-time code as the settings say.
///
/// # Errors
/// [`Code::CodeNotSent`] if the provider refuses or cannot be reached.
pub async fn send_code(settings: &Sms, phone: &Phone, code: &str) -> Answer<()> {
    let not_sent = || Problem::new(Code::CodeNotSent).retry_after(60);
    match (settings.provider, &settings.url) {
        (SmsProvider::Log, _) => {
            tracing::info!(phone = phone.as_str(), code, "a one-time code of the demo");
            Ok(())
        }
        (SmsProvider::Http, Some(url)) => {
            let text = format!("【文明实践】验证码 {code},5 分钟内有效,请勿告诉他人。");
            let mut request =
                http::client()?.post(url).json(&json!({"phone": phone.as_str(), "text": text}));
            if let Some(token) = &settings.token {
                request = request.bearer_auth(token.expose_secret());
            }
            let answered = request.send().await.and_then(reqwest::Response::error_for_status);
            answered.map(drop).map_err(|error| {
                tracing::warn!(error = %error.without_url(), "a text message was not sent");
                not_sent()
            })
        }
        (SmsProvider::None, _) | (SmsProvider::Http, None) => Err(not_sent()),
    }
}
