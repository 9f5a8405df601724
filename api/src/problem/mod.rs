//! What every failure looks like: RFC 9457 problem details, in the caller's language.

mod catalogue;
mod page;

use actix_web::{HttpResponse, http::StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use shijian_persistence::{Fault, Outcome};
use utoipa::ToSchema;

pub use catalogue::Code;
pub use page::{catalogue_document, explain_problem};

pub type Answer<T> = Result<T, Problem>;

/// The language of titles and details; codes never change with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// The first of our languages that an `Accept-Language` header names; Chinese if none.
    pub fn accepted(header: &str) -> Self {
        header
            .split(',')
            .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
            .find_map(|range| match range.get(..2) {
                Some("zh") => Some(Self::Chinese),
                Some("en") => Some(Self::English),
                _ => None,
            })
            .unwrap_or_default()
    }

    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub chinese: String,
    pub english: String,
}

impl Text {
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { chinese: chinese.into(), english: english.into() }
    }

    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.chinese,
            Language::English => &self.english,
        }
    }
}

/// What is wrong with one part of the request.
#[derive(Debug, Clone)]
struct Flaw {
    /// JSON Pointer (RFC 6901) into the body, or the name of a parameter.
    pointer: String,
    code: &'static str,
    detail: Text,
}

/// Why a request was not done, with nothing changed.
#[derive(Debug, Clone)]
pub struct Problem(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    code: Code,
    detail: Text,
    flaws: Vec<Flaw>,
    members: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    allow: Option<String>,
    transient: bool,
}

impl Problem {
    /// A problem whose detail is its catalogue's advice.
    pub fn new(code: Code) -> Self {
        let (chinese, english) = code.advice();
        Self(Box::new(Inner {
            code,
            detail: Text::new(chinese, english),
            flaws: Vec::new(),
            members: Map::new(),
            retry_after_seconds: None,
            allow: None,
            transient: false,
        }))
    }

    /// Says what was wrong in this case, in both languages.
    #[must_use]
    pub fn say(mut self, chinese: impl Into<String>, english: impl Into<String>) -> Self {
        self.0.detail = Text::new(chinese, english);
        self
    }

    /// Points at the part of the request that was wrong; the detail so far says how.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let flaw = Flaw {
            pointer: pointer.into(),
            code: self.0.code.as_str(),
            detail: self.0.detail.clone(),
        };
        self.0.flaws.push(flaw);
        self
    }

    /// Points at one of several parts that were wrong.
    #[must_use]
    pub fn flaw(mut self, pointer: impl Into<String>, code: &'static str, detail: Text) -> Self {
        self.0.flaws.push(Flaw { pointer: pointer.into(), code, detail });
        self
    }

    /// Adds a member that programs can act on.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    #[must_use]
    pub fn allow(mut self, methods: impl Into<String>) -> Self {
        self.0.allow = Some(methods.into());
        self
    }

    /// The same flaws, as those of query parameters.
    #[must_use]
    pub fn as_parameter(mut self) -> Self {
        self.0.code = Code::MalformedParameter;
        let (chinese, english) = Code::MalformedParameter.advice();
        self.0.detail = Text::new(chinese, english);
        for flaw in &mut self.0.flaws {
            flaw.pointer = flaw.pointer.trim_start_matches('/').to_owned();
        }
        self
    }

    /// `what` does not exist, or the caller may not know that it does.
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound).say(
            format!("找不到该资源({what}),或您无权查看。"),
            format!("There is no such {what}, or it is not yours to see."),
        )
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Whether it is the database's trouble, and not that of the thing in hand: another thing would fare no better now.
    pub fn is_of_the_database(&self) -> bool {
        matches!(self.0.code, Code::Overloaded | Code::DatabaseAway)
    }

    pub fn status(&self) -> StatusCode {
        self.0.code.status()
    }

    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after_seconds
    }

    pub fn allowed_methods(&self) -> Option<&str> {
        self.0.allow.as_deref()
    }

    /// The body of the answer.
    pub fn body(&self, language: Language, instance: &str, request_id: &str) -> ProblemBody {
        let inner = &self.0;
        let errors: Vec<FlawBody> = inner
            .flaws
            .iter()
            .map(|flaw| FlawBody {
                pointer: flaw.pointer.clone(),
                code: flaw.code.to_owned(),
                detail: flaw.detail.in_language(language).to_owned(),
            })
            .collect();
        ProblemBody {
            r#type: format!("/problems/{}", inner.code.as_str()),
            title: inner.code.title(language).to_owned(),
            status: inner.code.status().as_u16(),
            detail: inner.detail.in_language(language).to_owned(),
            instance: instance.to_owned(),
            code: inner.code.as_str().to_owned(),
            request_id: request_id.to_owned(),
            errors: (!errors.is_empty()).then_some(errors),
            retry_after_seconds: inner.retry_after_seconds,
            members: inner.members.clone(),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.0.code.as_str(), self.0.detail.english)
    }
}

impl std::error::Error for Problem {}

impl actix_web::ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// For what fails outside the gate; the gate knows the request and says more.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status()).content_type("application/problem+json").body(
            serde_json::to_string(&self.body(Language::default(), "", "")).unwrap_or_default(),
        )
    }
}

impl From<Fault> for Problem {
    /// A fault never reaches a caller in detail: it is logged here.
    fn from(fault: Fault) -> Self {
        let mut problem = match &fault {
            Fault::Busy | Fault::Transient(_) => Self::new(Code::Overloaded).retry_after(1),
            Fault::Unavailable(_) => {
                tracing::warn!(%fault, "the database is away");
                Self::new(Code::DatabaseAway).retry_after(3)
            }
            Fault::Duplicate(_) => Self::new(Code::AlreadyExists),
            Fault::Reference(_) | Fault::Constraint(_) | Fault::Broken(_) => {
                tracing::error!(%fault, "a fault of ours");
                Self::new(Code::Internal)
            }
        };
        problem.0.transient = fault.is_transient();
        problem
    }
}

impl Outcome for Problem {
    fn is_transient(&self) -> bool {
        self.0.transient
    }

    fn is_lost(&self) -> bool {
        self.0.code == Code::DatabaseAway
    }
}

/// The body of every answer that is not a success (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/session_full",
    "title": "名额已满",
    "status": 409,
    "detail": "该岗位和候补均已满。",
    "instance": "/api/v1/sessions/01939e5c-1f70-7c1a-9a53-6f1d5f3b2a10/signups",
    "code": "session_full",
    "request_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11"
}))]
pub struct ProblemBody {
    /// Where the kind of problem is explained.
    pub r#type: String,
    /// The kind of problem, in the caller's language.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What was wrong in this case and what to do, in the caller's language. May change; do not parse.
    pub detail: String,
    /// The path that was called.
    pub instance: String,
    /// The kind of problem, for programs. Codes are added, never renamed.
    pub code: String,
    /// Quote it when you ask us about this answer.
    pub request_id: String,
    /// What is wrong with which parts of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FlawBody>>,
    /// How long to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// More that programs can act on, by kind of problem.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Map<String, Value>,
}

/// What is wrong with one part of the request.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"pointer": "/positions/0/headcount", "code": "out_of_range", "detail": "必须在 1 到 10000 之间。"}))]
pub struct FlawBody {
    /// JSON Pointer (RFC 6901) into the body, or the name of a query parameter or header.
    pub pointer: String,
    pub code: String,
    pub detail: String,
}
