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

#[derive(Deserialize)]
struct Session {
    openid: Option<String>,
    errcode: Option<i64>,
}

/// WeChat's words for a code that is unknown, used or blocked.
const BAD_CODES: [i64; 3] = [40029, 40163, 40226];

/// The login that the settings ask for; `None` where no mini-program is set up.
pub fn wechat_login(settings: &WeChat) -> Option<Box<dyn WechatLogin>> {
    let is_set_up = settings.app_id.is_some() && settings.app_secret.is_some();
    let server = is_set_up.then(|| WechatServer(settings.clone()))?;
    Some(Box::new(server))
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    use super::*;

    /// A stand-in for WeChat's server that gives one answer; says its address and what it was asked.
    fn stand_in(answer: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap();
            // WeChat calls its JSON plain text.
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n";
            write!(stream, "{head}Content-Length: {}\r\n\r\n{answer}", answer.len()).unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        (url, asked)
    }

    fn login(base_url: String) -> Box<dyn WechatLogin> {
        let settings =
            WeChat { app_id: Some("wx1".to_owned()), app_secret: Some("secret".into()), base_url };
        wechat_login(&settings).unwrap()
    }

    #[actix_web::test]
    async fn a_code_names_the_person() {
        let (url, asked) = stand_in(r#"{"openid": "o-1", "session_key": "never kept"}"#);
        assert_eq!(login(url).open_id("c 1").await.unwrap().as_deref(), Some("o-1"));
        let asked = asked.join().unwrap();
        let expected = "GET /sns/jscode2session?appid=wx1&secret=secret&js_code=c+1&grant_type=authorization_code ";
        assert!(asked.starts_with(expected), "{asked}");
    }

    #[actix_web::test]
    async fn a_used_code_names_nobody_and_other_failures_ask_to_come_back() {
        let (url, _) = stand_in(r#"{"errcode": 40163, "errmsg": "code been used"}"#);
        assert_eq!(login(url).open_id("c").await.unwrap(), None);
        let (busy, _) = stand_in(r#"{"errcode": -1, "errmsg": "system error"}"#);
        let nobody = "http://127.0.0.1:1".to_owned();
        for url in [busy, nobody] {
            let refused = login(url).open_id("c").await.unwrap_err();
            assert_eq!(refused.code(), Code::WechatAway);
        }
    }
}
