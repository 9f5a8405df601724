//! Login of the WeChat mini-program: its one-time code names the person to us (`jscode2session`).

use serde::Deserialize;

use crate::{
    problem::{Answer, Code, Problem},
    wechat::{Trouble, WeChatServer},
};

#[derive(Deserialize)]
struct Session {
    openid: String,
}

/// WeChat's words for a code that is unknown, used or blocked.
const BAD_CODES: [i64; 3] = [40029, 40163, 40226];

/// Whom a login code belongs to: the person's id at our mini-program. `None` if WeChat does not know the code.
///
/// # Errors
/// [`Code::WechatAway`] if it cannot tell.
pub async fn open_id(server: &WeChatServer, code: &str) -> Answer<Option<String>> {
    let query = [
        ("appid", server.app_id()),
        ("secret", server.app_secret()),
        ("js_code", code),
        ("grant_type", "authorization_code"),
    ];
    match server.get::<Session>("/sns/jscode2session", &query).await {
        Ok(session) => Ok(Some(session.openid)),
        Err(Trouble::Refused(code)) if BAD_CODES.contains(&code) => Ok(None),
        Err(trouble) => {
            tracing::warn!(%trouble, "nobody can sign in by WeChat now");
            Err(Problem::new(Code::WechatAway).retry_after(5))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wechat::tests::{server, stand_in};

    #[actix_web::test]
    async fn a_code_names_the_person() {
        let (url, asked) = stand_in(&[r#"{"openid": "o-1", "session_key": "never kept"}"#]);
        assert_eq!(open_id(&server(url), "c 1").await.unwrap().as_deref(), Some("o-1"));
        let asked = asked.join().unwrap();
        let expected = "GET /sns/jscode2session?appid=wx1&secret=secret&js_code=c+1&grant_type=authorization_code ";
        assert!(asked[0].starts_with(expected), "{}", asked[0]);
    }

    #[actix_web::test]
    async fn a_used_code_names_nobody_and_other_failures_ask_to_come_back() {
        let (url, _) = stand_in(&[r#"{"errcode": 40163, "errmsg": "code been used"}"#]);
        assert_eq!(open_id(&server(url), "c").await.unwrap(), None);
        let (busy, _) = stand_in(&[r#"{"errcode": -1, "errmsg": "system error"}"#]);
        let nobody = "http://127.0.0.1:1".to_owned();
        for url in [busy, nobody] {
            let refused = open_id(&server(url), "c").await.unwrap_err();
            assert_eq!(refused.code(), Code::WechatAway);
        }
    }
}
