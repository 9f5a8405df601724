//! Subscription messages: each was granted by the person once (`subscribeMessage.send`).

use serde_json::{Map, Value, json};

use super::{Template, Trouble, WeChatServer};

/// WeChat's words for an access token that is not good any more.
const BAD_TOKENS: [i64; 2] = [40001, 42001];

/// WeChat's words for a message that will never be taken: an unknown person, a refusal by the person, fields that the template
/// does not have.
const FINAL: [i64; 3] = [40003, 43101, 47003];

/// How many characters a field of the kind `thing` has at most.
const THING: usize = 20;

/// What is sent to one person.
#[derive(Clone)]
pub struct SubscriptionMessage {
    pub open_id: String,
    pub template: Template,
    /// What happened.
    pub thing: String,
    /// When, by the deployment's zone.
    pub time: String,
    /// The page of the mini-program that it opens.
    pub page: Option<String>,
}

impl Trouble {
    /// Whether the same message will not be taken later either.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Refused(code) if FINAL.contains(&code))
    }
}

impl WeChatServer {
    /// Sends a message; renews the access token once where WeChat does not take it.
    pub async fn send(&self, message: &SubscriptionMessage) -> Result<(), Trouble> {
        let token = self.access_token().await?;
        match self.send_by(&token, message).await {
            Err(Trouble::Refused(code)) if BAD_TOKENS.contains(&code) => {
                self.forget_access_token(&token);
                self.send_by(&self.access_token().await?, message).await
            }
            answered => answered,
        }
    }

    async fn send_by(&self, token: &str, message: &SubscriptionMessage) -> Result<(), Trouble> {
        let (query, body) = ([("access_token", token)], message.body());
        self.post::<Value>("/cgi-bin/message/subscribe/send", &query, &body).await.map(drop)
    }
}

impl SubscriptionMessage {
    fn body(&self) -> Value {
        let thing: String = self.thing.chars().take(THING).collect();
        let data: Map<String, Value> =
            [(&self.template.thing, &thing), (&self.template.time, &self.time)]
                .into_iter()
                .map(|(field, value)| (field.clone(), json!({"value": value})))
                .collect();
        let mut body =
            json!({"touser": self.open_id, "template_id": self.template.id, "data": data});
        if let (Some(fields), Some(page)) = (body.as_object_mut(), &self.page) {
            fields.insert("page".to_owned(), json!(page));
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{server, stand_in},
        *,
    };

    const TOKEN: &str = r#"{"access_token": "T1", "expires_in": 7200}"#;
    const TAKEN: &str = r#"{"errcode": 0, "errmsg": "ok"}"#;

    fn message() -> SubscriptionMessage {
        SubscriptionMessage {
            open_id: "o-1".to_owned(),
            template: "M1".parse().unwrap(),
            thing: "一二三四五六七八九十一二三四五六七八九十多余".to_owned(),
            time: "2026-12-05 11:00".to_owned(),
            page: Some("pages/inbox/index".to_owned()),
        }
    }

    #[actix_web::test]
    async fn a_message_is_sent_with_a_token_that_is_kept() {
        let (url, asked) = stand_in(&[TOKEN, TAKEN, TAKEN]);
        let server = server(url);
        server.send(&message()).await.unwrap();
        server.send(&message()).await.unwrap();
        let asked = asked.join().unwrap();
        assert!(asked[0].starts_with("POST /cgi-bin/stable_token "), "{}", asked[0]);
        assert!(
            asked[0]
                .ends_with(r#"{"grant_type":"client_credential","appid":"wx1","secret":"secret"}"#)
        );
        assert!(asked[1].starts_with("POST /cgi-bin/message/subscribe/send?access_token=T1 "));
        assert!(asked[1].ends_with(
            r#"{"touser":"o-1","template_id":"M1","data":{"thing1":{"value":"一二三四五六七八九十一二三四五六七八九十"},"time2":{"value":"2026-12-05 11:00"}},"page":"pages/inbox/index"}"#
        ), "{}", asked[1]);
        assert!(asked[2].starts_with("POST /cgi-bin/message/subscribe/send?access_token=T1 "));
    }

    #[actix_web::test]
    async fn a_token_that_is_not_taken_is_renewed_once() {
        let renewed = r#"{"access_token": "T2", "expires_in": 7200}"#;
        let expired = r#"{"errcode": 42001, "errmsg": "access_token expired"}"#;
        let (url, asked) = stand_in(&[TOKEN, expired, renewed, TAKEN]);
        server(url).send(&message()).await.unwrap();
        assert!(asked.join().unwrap()[3].contains("access_token=T2"));
        let invalid = r#"{"errcode": 40001, "errmsg": "invalid credential"}"#;
        let (url, _) = stand_in(&[TOKEN, invalid, renewed, invalid]);
        assert_eq!(server(url).send(&message()).await, Err(Trouble::Refused(40001)));
    }

    #[actix_web::test]
    async fn a_refusal_is_final_and_another_failure_is_not() {
        for (answer, code, is_final) in [
            (r#"{"errcode": 43101, "errmsg": "user refuse to accept the msg"}"#, 43101, true),
            (r#"{"errcode": 40003, "errmsg": "invalid openid"}"#, 40003, true),
            (r#"{"errcode": 47003, "errmsg": "argument invalid"}"#, 47003, true),
            (r#"{"errcode": -1, "errmsg": "system error"}"#, -1, false),
        ] {
            let (url, _) = stand_in(&[TOKEN, answer]);
            let trouble = server(url).send(&message()).await.unwrap_err();
            assert_eq!((trouble, trouble.is_final()), (Trouble::Refused(code), is_final));
        }
        let nobody = server("http://127.0.0.1:1".to_owned());
        let trouble = nobody.send(&message()).await.unwrap_err();
        assert!(trouble == Trouble::Away && !trouble.is_final());
    }
}
