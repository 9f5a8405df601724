//! The published spec, as a client reads it.

use reqwest::Method;
use serde_json::Value;

use crate::client::Caller;

/// One operation of the spec.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With its parameters in braces.
    pub path: String,
    /// `public`, `signed_in` or the permission that it needs.
    pub access: String,
    /// The query parameters that it cannot do without.
    pub required: Vec<String>,
    /// The content type and the example of its body.
    pub body: Option<(String, Value)>,
}

impl Operation {
    /// Every operation that the server publishes, in the spec's order.
    pub async fn all(anybody: &Caller) -> Vec<Self> {
        let spec = anybody.get("/openapi.json").await.expect(200);
        let paths = spec["paths"].as_object().expect("the spec has paths");
        paths
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .expect("a path has methods")
                    .iter()
                    .map(move |(method, described)| Self::of(path, method, described))
            })
            .collect()
    }

    fn of(path: &str, method: &str, described: &Value) -> Self {
        let text = |name: &str| described[name].as_str().unwrap_or_default().to_owned();
        let parameters = described["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
        let required = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
            .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
        let body = described["requestBody"]["content"].as_object().and_then(|content| {
            content.iter().next().map(|(kind, media)| (kind.clone(), media["example"].clone()))
        });
        Self {
            id: text("operationId"),
            method: method.to_uppercase().parse().expect("a method"),
            path: path.to_owned(),
            access: text("x-permission"),
            required: required.collect(),
            body,
        }
    }

    /// The path of the thing that this is about: up to the last parameter.
    pub fn thing(&self) -> Option<&str> {
        self.path.rfind('}').map(|end| &self.path[..=end])
    }
}
