//! Forms and failures of the token endpoint, as RFC 6749 and RFC 7009 have them.

use std::{collections::BTreeMap, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    body::{self, clean_text},
    problem::{Answer, Code, Problem},
    reply::{json, with_json},
};

shijian_domain::plain_vocabulary! {
    /// Why no token is given (RFC 6749, section 5.2).
    #[derive(ToSchema)]
    pub enum TokenErrorCode {
        InvalidRequest = "invalid_request",
        InvalidClient = "invalid_client",
        InvalidGrant = "invalid_grant",
        UnauthorizedClient = "unauthorized_client",
        UnsupportedGrantType = "unsupported_grant_type",
    }
}

/// A refusal of the token endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"error": "invalid_grant", "error_description": "The username or the password is wrong. 用户名或密码错误。"}))]
pub struct TokenError {
    pub error: TokenErrorCode,
    pub error_description: String,
}

/// No token, for a reason that the caller can act on.
#[derive(Debug)]
pub struct Refused {
    code: TokenErrorCode,
    description: &'static str,
}

impl Refused {
    pub const fn new(code: TokenErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    pub fn into_response(self) -> Answer<HttpResponse> {
        let is_client = self.code == TokenErrorCode::InvalidClient;
        let status = if is_client { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if is_client {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"shijian\""));
        }
        let body = TokenError { error: self.code, error_description: self.description.to_owned() };
        Ok(with_json(response, json(&body)?))
    }
}

/// The outcome of the token endpoint: a refusal is an answer, a fault is a problem.
pub type Granted<T> = Answer<Result<T, Refused>>;

/// How a municipal system shows who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientCredentials {
    Secret {
        client_id: String,
        secret: String,
    },
    /// A signed assertion (RFC 7523).
    Assertion(String),
}

/// A form of the token endpoint: each field once.
#[derive(Debug)]
pub struct Form {
    fields: BTreeMap<String, String>,
    basic: Option<(String, String)>,
}

/// What came instead of a form.
#[derive(Debug)]
pub struct Read(pub Result<Form, Refused>);

impl FromRequest for Read {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Answer<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let invalid = |why| Ok(Self(Err(Refused::new(TokenErrorCode::InvalidRequest, why))));
            let bytes = match body::read(&request, payload).await {
                Ok(bytes) => bytes,
                Err(problem) if problem.code() == Code::Internal => return Err(problem),
                Err(_) => return invalid("The form is too large. 表单过大。"),
            };
            let is_form = request
                .headers()
                .get(header::CONTENT_TYPE)
                .and_then(|kind| kind.to_str().ok())
                .is_some_and(|kind| {
                    let kind = kind.split(';').next().unwrap_or_default().trim();
                    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
                });
            if !is_form {
                return invalid(
                    "Send application/x-www-form-urlencoded. 请使用 application/x-www-form-urlencoded。",
                );
            }
            Ok(Self(Form::parse(&bytes, basic(&request))))
        })
    }
}

/// The client's id and secret in an `Authorization: Basic` header (RFC 6749, section 2.3.1).
fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| {
        form_urlencoded::parse(format!("x={text}").as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((plain(id)?, plain(secret)?))
}

impl Form {
    /// Reads a form as strictly as bodies are read: clean text, each field once.
    fn parse(bytes: &[u8], basic: Option<(String, String)>) -> Result<Self, Refused> {
        let invalid = |why| Refused::new(TokenErrorCode::InvalidRequest, why);
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(bytes) {
            // A password was cleaned in the same way before it was hashed.
            let value = clean_text(&value)
                .ok_or_else(|| invalid("A field has control characters. 字段不能包含控制字符。"))?
                .into_owned();
            if fields.insert(name.into_owned(), value).is_some() {
                return Err(invalid("A field stands twice. 有字段重复。"));
            }
        }
        Ok(Self { fields, basic })
    }

    /// A field that must be there.
    pub fn field(&self, name: &str) -> Result<&str, Refused> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or(
            Refused::new(
                TokenErrorCode::InvalidRequest,
                "A field that this grant needs is missing. 缺少该授权方式所需的字段。",
            ),
        )
    }

    /// Who the client says it is.
    pub fn client(&self) -> Result<ClientCredentials, Refused> {
        const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        if let Some((client_id, secret)) = self.basic.clone() {
            return Ok(ClientCredentials::Secret { client_id, secret });
        }
        if let Some(kind) = self.fields.get("client_assertion_type") {
            if kind != ASSERTION {
                return Err(Refused::new(
                    TokenErrorCode::InvalidClient,
                    "The assertion's type is unknown. 未知的断言类型。",
                ));
            }
            return Ok(ClientCredentials::Assertion(self.field("client_assertion")?.to_owned()));
        }
        match (self.fields.get("client_id"), self.fields.get("client_secret")) {
            (Some(client_id), Some(secret)) => Ok(ClientCredentials::Secret {
                client_id: client_id.clone(),
                secret: secret.clone(),
            }),
            _ => Err(Refused::new(
                TokenErrorCode::InvalidClient,
                "The client's credentials are missing. 缺少客户端凭据。",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<Form, Refused> {
        Form::parse(text.as_bytes(), None)
    }

    #[test]
    fn a_form_is_read_as_strictly_as_a_body() {
        let read = form("username=+station+&password=caf%65%CC%81&empty=").unwrap();
        assert_eq!(read.field("username").unwrap(), "station");
        assert_eq!(read.field("password").unwrap(), "café");
        for name in ["empty", "absent"] {
            assert_eq!(read.field(name).unwrap_err().code, TokenErrorCode::InvalidRequest);
        }
        for wrong in ["code=1&code=2", "username=a%00b"] {
            assert_eq!(form(wrong).unwrap_err().code, TokenErrorCode::InvalidRequest);
        }
    }

    #[test]
    fn a_client_shows_who_it_is_in_one_of_three_ways() {
        let secret = |form: Form| form.client().unwrap();
        let expected =
            ClientCredentials::Secret { client_id: "id".to_owned(), secret: "s cret".to_owned() };
        let basic = Some(("id".to_owned(), "s cret".to_owned()));
        assert_eq!(secret(Form::parse(b"", basic).unwrap()), expected);
        assert_eq!(secret(form("client_id=id&client_secret=s+cret").unwrap()), expected);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let signed = form(&format!("client_assertion_type={kind}&client_assertion=a.b.c")).unwrap();
        assert_eq!(signed.client().unwrap(), ClientCredentials::Assertion("a.b.c".to_owned()));
        for nobody in ["", "client_id=id", "client_assertion_type=other&client_assertion=a.b.c"] {
            let refused = form(nobody).unwrap().client().unwrap_err();
            assert_eq!(refused.code, TokenErrorCode::InvalidClient);
        }
    }
}
