//! Text messages: one-time codes, and notices that cannot wait.

use std::{future::Future, pin::Pin};

use secrecy::ExposeSecret;
use serde_json::json;
use shijian_domain::{identity::Phone, ids::DeliveryId};

use crate::{
    http,
    settings::{Sms, SmsProvider},
};

/// What a text message says.
#[derive(Debug, Clone, Copy)]
pub enum Words<'a> {
    /// A one-time code.
    Code(&'a str),
    /// What happened; sent again under the same id it is the same message.
    Notice(&'a str, DeliveryId),
}

/// Why a text message was not sent: a word, or the status that the gateway answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text message was not sent: {0}")]
pub struct NotSent(pub String);

pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), NotSent>> + 'a>>;

/// Sends text messages.
pub trait TextMessages: Send + Sync {
    fn send<'a>(&'a self, to: &'a Phone, words: Words<'a>) -> Sending<'a>;
}

/// Writes them to the log, where the demo's people read them.
pub struct ToLog;

/// Posts them to a gateway.
pub struct Gateway(Sms);

/// The sender that the settings ask for; `None` where nothing is sent.
pub fn text_messages(settings: &Sms) -> Option<Box<dyn TextMessages>> {
    match settings.provider {
        SmsProvider::None => None,
        SmsProvider::Log => Some(Box::new(ToLog)),
        SmsProvider::Http => Some(Box::new(Gateway(settings.clone()))),
    }
}

impl Words<'_> {
    fn text(self) -> String {
        match self {
            Self::Code(code) => {
                format!("【文明实践】验证码 {code},5 分钟内有效,请勿告诉他人。")
            }
            Self::Notice(title, _) => format!("【文明实践】{title}。详情请见小程序。"),
        }
    }
}

impl TextMessages for ToLog {
    fn send<'a>(&'a self, to: &'a Phone, words: Words<'a>) -> Sending<'a> {
        match words {
            Words::Code(code) => {
                tracing::info!(phone = to.as_str(), code, "a one-time code of the demo");
            }
            Words::Notice(..) => {
                let (phone, text) = (to.masked(), words.text());
                tracing::info!(phone, text, "a text message of the demo");
            }
        }
        Box::pin(async { Ok(()) })
    }
}

impl TextMessages for Gateway {
    fn send<'a>(&'a self, to: &'a Phone, words: Words<'a>) -> Sending<'a> {
        Box::pin(async move {
            let away = || NotSent("away".to_owned());
            let url = self.0.url.as_deref().ok_or_else(away)?;
            let body = json!({"phone": to.as_str(), "text": words.text()});
            let mut request = http::client().map_err(|_| away())?.post(url).json(&body);
            if let Some(token) = &self.0.token {
                request = request.bearer_auth(token.expose_secret());
            }
            if let Words::Notice(_, id) = words {
                request = request.header("Idempotency-Key", id.to_string());
            }
            let answered = request.send().await.and_then(reqwest::Response::error_for_status);
            answered.map(drop).map_err(|error| {
                let status = error.status().map(|status| status.as_u16().to_string());
                tracing::warn!(error = %error.without_url(), "a text message was not sent");
                status.map_or_else(away, NotSent)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::wechat::tests::stand_in;

    fn sender(provider: SmsProvider, url: Option<String>) -> Option<Box<dyn TextMessages>> {
        text_messages(&Sms { provider, url, token: Some("secret".into()) })
    }

    fn phone() -> Phone {
        Phone::try_from("13800005678".to_owned()).unwrap()
    }

    #[actix_web::test]
    async fn a_notice_goes_to_the_gateway_under_the_same_key_each_time() {
        let (url, asked) = stand_in(&["", ""]);
        let (gateway, id) =
            (sender(SmsProvider::Http, Some(url)).unwrap(), DeliveryId(Uuid::nil()));
        for _ in 0..2 {
            gateway.send(&phone(), Words::Notice("您报名的场次已取消", id)).await.unwrap();
        }
        for asked in asked.join().unwrap() {
            let head = asked.to_ascii_lowercase();
            assert!(head.contains(&format!("idempotency-key: {id}")), "{asked}");
            assert!(head.contains("authorization: bearer secret"), "{asked}");
            assert!(asked.ends_with(
                r#"{"phone":"13800005678","text":"【文明实践】您报名的场次已取消。详情请见小程序。"}"#
            ));
        }
    }

    #[actix_web::test]
    async fn a_gateway_that_cannot_be_reached_is_away_and_without_one_nothing_is_sent() {
        let nobody = sender(SmsProvider::Http, Some("http://127.0.0.1:1".to_owned())).unwrap();
        let not_sent = nobody.send(&phone(), Words::Code("123456")).await.unwrap_err();
        assert_eq!(not_sent, NotSent("away".to_owned()));
        assert!(sender(SmsProvider::None, None).is_none());
    }
}
