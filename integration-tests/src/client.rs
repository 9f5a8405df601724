//! A caller that knows nothing but HTTP.

use std::sync::Once;

use reqwest::{Client, Method, RequestBuilder, Response, header::HeaderMap};
use serde_json::Value;

/// What the server said.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The JSON body, or its text as a string.
    pub body: Value,
    request: String,
}

impl Answer {
    /// The body, if the status is `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {:#}", self.request, self.body);
        self.body
    }

    /// The body's problem, if the status is `status` and the problem's code is `code`.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let kind = self.header("content-type").to_owned();
        let request = self.request.clone();
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{request}: {body:#}");
        assert_eq!(kind, "application/problem+json", "{request}");
        body
    }

    /// A header's value; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// Somebody who calls the server.
#[derive(Debug, Clone)]
pub struct Caller {
    http: Client,
    url: String,
    token: Option<String>,
}

impl Caller {
    pub fn new(url: String, token: Option<String>) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            // Another test may have installed it.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        Self { http: Client::new(), url, token }
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same connections with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { http: self.http.clone(), url: self.url.clone(), token: Some(token.to_owned()) }
    }

    /// A request below `/api/v1`, or to a path of the root where it begins with one of those.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let root = [
            "/oauth",
            "/.well-known",
            "/health",
            "/openapi.json",
            "/docs",
            "/metrics",
            "/problems",
            "/api/",
        ];
        let base = if root.iter().any(|root| path.starts_with(root)) { "" } else { "/api/v1" };
        let request = self.http.request(method, format!("{}{base}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let said = format!("{} {}", request.method(), request.url().path());
        let response = self.http.execute(request).await.expect("an answer");
        Answer::of(response, said).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// A POST with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).header("Idempotency-Key", key).json(body)).await
    }

    /// A POST without a body.
    pub async fn act(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// A POST of a form, as OAuth asks for.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    /// The status of a GET, if anybody answers.
    pub async fn status_of(&self, path: &str) -> Option<u16> {
        let answered = self.request(Method::GET, path).send().await;
        answered.ok().map(|response| response.status().as_u16())
    }

    /// The figures for Prometheus, as text.
    pub async fn figures(&self) -> String {
        let answer = self.get("/metrics").await;
        answer.body.as_str().unwrap_or_default().to_owned()
    }

    /// The items of a whole list, page after page.
    pub async fn every(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        let joint = if path.contains('?') { '&' } else { '?' };
        loop {
            let mut page = self.get(&format!("{path}{joint}limit=100{cursor}")).await.expect(200);
            if let Some(list) = page["items"].as_array_mut() {
                items.append(list);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }
}

impl Answer {
    async fn of(response: Response, request: String) -> Self {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a whole answer");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body, request }
    }
}
