//! Login of the WeChat mini-program: its one-time code names the person to us (`jscode2session`).

use std::{future::Future, pin::Pin};

use secrecy::ExposeSecret;
use serde::Deserialize;

use crate::{
    http,
    problem::{Answer, Code, Problem},
    settings::WeChat,
};

/// Tells who a mini-program's login code belongs to.
pub trait WechatLogin: Send + Sync {
    /// The person's id at this mini-program; `None` if WeChat does not know the code.
    fn open_id<'a>(&'a self, code: &'a str) -> Asking<'a>;
}

pub type Asking<'a> = Pin<Box<dyn Future<Output = Answer<Option<String>>> + 'a>>;

/// Asks WeChat's server.
pub struct WechatServer(WeChat);

/// No mini-program is configured.
pub struct NoWechat;

#[derive(Deserialize)]
struct Session {
    openid: Option<String>,
    errcode: Option<i64>,
}

/// WeChat's words for a code that is unknown, used or blocked.
const BAD_CODES: [i64; 3] = [40029, 40163, 40226];

/// The login that the settings ask for.
pub fn wechat_login(settings: &WeChat) -> Box<dyn WechatLogin> {
    if settings.app_id.is_some() && settings.app_secret.is_some() {
        Box::new(WechatServer(settings.clone()))
    } else {
        Box::new(NoWechat)
    }
}

impl WechatLogin for WechatServer {
    fn open_id<'a>(&'a self, code: &'a str) -> Asking<'a> {
        Box::pin(async move {
            let away = || Problem::new(Code::WechatAway).retry_after(5);
            let secret = self.0.app_secret.as_ref().map_or("", |secret| secret.expose_secret());
            let asked = http::client()?
                .get(format!("{}/sns/jscode2session", self.0.base_url.trim_end_matches('/')))
                .query(&[
                    ("appid", self.0.app_id.as_deref().unwrap_or_default()),
                    ("secret", secret),
                    ("js_code", code),
                    ("grant_type", "authorization_code"),
                ])
                .send()
                .await;
            let session: Session = match asked {
                Ok(response) => response.json().await.map_err(|_| away())?,
                Err(error) => {
                    tracing::warn!(error = %error.without_url(), "WeChat cannot be asked");
                    return Err(away());
                }
            };
            match (session.openid, session.errcode) {
                (Some(open_id), None | Some(0)) => Ok(Some(open_id)),
                (_, Some(code)) if BAD_CODES.contains(&code) => Ok(None),
                (_, code) => {
                    tracing::warn!(code, "WeChat refused");
                    Err(away())
                }
            }
        })
    }
}

impl WechatLogin for NoWechat {
    fn open_id<'a>(&'a self, _code: &'a str) -> Asking<'a> {
        Box::pin(async { Ok(None) })
    }
}
