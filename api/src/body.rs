//! Request bodies, read strictly: the right type, bounded size and depth, clean text, no unknown fields.

use std::{borrow::Cow, future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web::BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::{
    app::App,
    problem::{Answer, Code, Problem, Text},
};

/// How deep arrays and objects may nest.
const DEPTH: usize = 16;

/// A body that was read, with what identifies the request for its idempotency key.
pub trait RequestBody: Send + Sync + 'static {
    /// What the closure of a write gets to see.
    type Content: Send + Sync + 'static;

    fn content(&self) -> &Self::Content;

    /// SHA-256 over what was sent.
    fn fingerprint(&self) -> [u8; 32];

    /// The version that the body says it changes.
    fn version(&self) -> Option<i64>;
}

/// A JSON body of type `T`.
#[derive(Debug)]
pub struct Body<T> {
    content: T,
    fingerprint: [u8; 32],
    version: Option<i64>,
}

/// No body, an empty one, or only the version of what is changed.
#[derive(Debug, Clone, Copy)]
pub struct NoBody {
    fingerprint: [u8; 32],
    version: Option<i64>,
}

impl<T: Send + Sync + 'static> RequestBody for Body<T> {
    type Content = T;

    fn content(&self) -> &T {
        &self.content
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn version(&self) -> Option<i64> {
        self.version
    }
}

impl RequestBody for NoBody {
    type Content = ();

    fn content(&self) -> &() {
        &()
    }

    fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    fn version(&self) -> Option<i64> {
        self.version
    }
}

type Reading<T> = Pin<Box<dyn Future<Output = Answer<T>>>>;

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&request, payload).await?;
            // A POST whose fields are all optional may come without a body.
            if !bytes.is_empty() {
                expect_json(&request)?;
            }
            parse(if bytes.is_empty() { b"{}" } else { &bytes })
        })
    }
}

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(&request, payload).await?;
            let mut version = None;
            if !bytes.is_empty() {
                expect_json(&request)?;
                let body: Value =
                    serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
                version = body.get("version").and_then(Value::as_i64);
                let known = usize::from(version.is_some());
                if body.as_object().is_none_or(|fields| fields.len() != known) {
                    return Err(Problem::new(Code::InvalidBody).say(
                        "此操作的请求体只能为空或 {\"version\": 版本号}。",
                        "This operation takes no body but {\"version\": NUMBER}.",
                    ));
                }
            }
            let said = version.map(|version| version.to_string()).unwrap_or_default();
            Ok(Self { fingerprint: Sha256::digest(said).into(), version })
        })
    }
}

/// The bytes of a body within the limit of the settings.
pub async fn read(request: &HttpRequest, mut payload: Payload) -> Answer<BytesMut> {
    let limit = App::of(request)?.settings.body_limit;
    let too_large = || {
        Problem::new(Code::BodyTooLarge).say(
            format!("请求体不能超过 {limit} 字节。"),
            format!("A body has at most {limit} bytes."),
        )
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut bytes = BytesMut::with_capacity(announced.unwrap_or(0));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(Code::MalformedBody).say("请求体不完整。", "The body ended too early.")
        })?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn expect_json(request: &HttpRequest) -> Answer<()> {
    let named = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase());
    match named.as_deref() {
        Some("application/json") => Ok(()),
        _ => Err(Problem::new(Code::UnsupportedMediaType)),
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(Code::MalformedBody).say(
        format!("请求体不是合法的 JSON(第 {} 行第 {} 列)。", error.line(), error.column()),
        format!(
            "The body is not well-formed JSON (line {}, column {}).",
            error.line(),
            error.column()
        ),
    )
}

fn parse<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Answer<Body<T>> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
    clean(&mut value, &mut String::new(), 0)?;
    let version = value.get("version").and_then(Value::as_i64);
    let content: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let (pointer, inner) = (pointer_of(error.path()), error.into_inner());
        let detail = Text::new(format!("不合要求:{inner}。"), format!("{inner}."));
        Problem::new(Code::InvalidBody).flaw(pointer, "wrong_shape", detail)
    })?;
    content.validate().map_err(|errors| invalid(&errors))?;
    Ok(Body { content, fingerprint: Sha256::digest(bytes).into(), version })
}

/// A text trimmed and normalised to NFC; `None` if it has control characters other than line breaks and tabs.
pub fn clean_text(text: &str) -> Option<Cow<'_, str>> {
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return None;
    }
    let trimmed = text.trim();
    Some(if is_nfc(trimmed) { trimmed.into() } else { trimmed.nfc().collect::<String>().into() })
}

/// Normalises every string to NFC and trims it; refuses control characters and what nests too deep.
fn clean(value: &mut Value, pointer: &mut String, depth: usize) -> Answer<()> {
    if depth > DEPTH {
        return Err(Problem::new(Code::InvalidBody).flaw(
            pointer.as_str(),
            "too_deep",
            Text::new(
                format!("嵌套不能超过 {DEPTH} 层。"),
                format!("It nests deeper than {DEPTH} levels."),
            ),
        ));
    }
    let length = pointer.len();
    match value {
        Value::String(text) => match clean_text(text) {
            Some(Cow::Borrowed(same)) if same.len() == text.len() => {}
            Some(cleaned) => *text = cleaned.into_owned(),
            None => {
                return Err(Problem::new(Code::InvalidBody).flaw(
                    pointer.as_str(),
                    "control_character",
                    Text::new("不能包含控制字符。", "It must not contain control characters."),
                ));
            }
        },
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                pointer.push('/');
                pointer.push_str(&index.to_string());
                clean(item, pointer, depth + 1)?;
                pointer.truncate(length);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                pointer.push('/');
                pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                clean(field, pointer, depth + 1)?;
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// Every field that is out of its bounds, as one problem.
pub fn invalid(errors: &ValidationErrors) -> Problem {
    let mut problem = Problem::new(Code::InvalidBody);
    for (pointer, code, detail) in flaws(errors, "") {
        problem = problem.flaw(pointer, code, detail);
    }
    problem
}

fn flaws(errors: &ValidationErrors, at: &str) -> Vec<(String, &'static str, Text)> {
    let mut found = Vec::new();
    for (field, kind) in errors.errors() {
        // `validator` names the whole struct so.
        let pointer = if field == "__all__" { at.to_owned() } else { format!("{at}/{field}") };
        match kind {
            ValidationErrorsKind::Field(broken) => {
                found.extend(broken.iter().map(|broken| {
                    let (code, detail) = told(broken);
                    (pointer.clone(), code, detail)
                }));
            }
            ValidationErrorsKind::Struct(inner) => found.extend(flaws(inner, &pointer)),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    found.extend(flaws(inner, &format!("{pointer}/{index}")));
                }
            }
        }
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn told(broken: &validator::ValidationError) -> (&'static str, Text) {
    let bound = |name: &str| broken.params.get(name).map(ToString::to_string);
    let range = match (bound("min"), bound("max")) {
        (Some(min), Some(max)) => Some((format!("{min} 到 {max}"), format!("from {min} to {max}"))),
        (Some(min), None) => Some((format!("至少 {min}"), format!("at least {min}"))),
        (None, Some(max)) => Some((format!("至多 {max}"), format!("at most {max}"))),
        (None, None) => None,
    };
    match (broken.code.as_ref(), range) {
        ("length", Some((zh, en))) => (
            "wrong_length",
            Text::new(format!("长度应为{zh}。"), format!("Its length must be {en}.")),
        ),
        ("range", Some((zh, en))) => {
            ("out_of_range", Text::new(format!("应为{zh}。"), format!("It must be {en}.")))
        }
        (_, _) => {
            let en = broken
                .message
                .as_deref()
                .unwrap_or("It does not have the form that the spec gives.");
            ("wrong_form", Text::new("格式不符合接口文档的要求。", en))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Example {
        #[validate(length(min = 1, max = 5))]
        name: String,
        #[serde(default)]
        #[validate(nested)]
        parts: Vec<Part>,
    }

    #[derive(Debug, Deserialize, Validate)]
    #[serde(deny_unknown_fields)]
    struct Part {
        #[validate(range(min = 1, max = 9))]
        count: i64,
    }

    fn refused(json: &str) -> serde_json::Value {
        let problem = parse::<Example>(json.as_bytes()).unwrap_err();
        serde_json::to_value(problem.body(crate::problem::Language::English, "/", "r")).unwrap()
    }

    #[test]
    fn text_is_trimmed_and_normalised() {
        let body: Body<Example> = parse("{\"name\": \" e\u{301} \"}".as_bytes()).unwrap();
        assert_eq!(body.content.name, "é");
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        assert_eq!(refused("{")["code"], "malformed_body");
        assert_eq!(refused(r#"{"name": "a", "nmae": "b"}"#)["code"], "invalid_body");
        assert_eq!(refused(r#"{"name": ""}"#)["errors"][0]["pointer"], "/name");
        let nested = refused(r#"{"name": "a", "parts": [{"count": 1}, {"count": 10}]}"#);
        assert_eq!(nested["errors"][0]["pointer"], "/parts/1/count");
        let wrong = refused(r#"{"name": "a", "parts": [{"count": "x"}]}"#);
        assert_eq!(wrong["errors"][0]["pointer"], "/parts/0/count");
        assert_eq!(refused("{\"name\": \"a\\u0000\"}")["errors"][0]["code"], "control_character");
    }

    #[test]
    fn what_nests_too_deep_is_refused() {
        let deep = format!("{{\"name\": {}1{}}}", "[".repeat(40), "]".repeat(40));
        assert_eq!(refused(&deep)["errors"][0]["code"], "too_deep");
    }
}
