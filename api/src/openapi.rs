//! The published contract, made from the handlers and the table of operations.

#![expect(
    clippy::indexing_slicing,
    reason = "indexing a JSON document by name inserts, it does not panic"
)]

use std::collections::{BTreeMap, BTreeSet};

use actix_web::App as Actix;
use serde_json::{Map, Value, json};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{ComponentsBuilder, OpenApi as Document},
};
use utoipa_actix_web::{AppExt, scope};

use crate::{
    operations::{self, Access, Operation},
    problem::{Code, FlawBody, ProblemBody},
    reply::etag,
    slices,
};

/// The spec as it is served.
#[derive(Debug, Clone)]
pub struct Published {
    pub text: String,
    /// Its entity tag.
    pub tag: String,
}

impl Published {
    pub fn of(text: String) -> Self {
        Self { tag: etag(0, text.as_bytes()), text }
    }
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Shijian · 实践",
    description = "The platform of a civic practice center: venues, volunteers, teams, activities, attendance, points and redemption. 新时代文明实践中心平台。",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
    contact(name = "Shijian maintainers")
))]
struct Base;

/// The tags, in the order of a reader's interest.
const TAGS: &[(&str, &str)] = &[
    ("identity", "Accounts, tokens, grants and the audit log · 账号、令牌、授权与审计"),
    ("venues", "Places of practice · 阵地"),
    ("volunteers", "People who serve · 志愿者"),
    ("teams", "Groups of volunteers · 志愿服务队"),
    ("projects", "Standing offers of service · 项目"),
    ("activities", "Activities, sessions and signups · 活动、场次与报名"),
    ("attendance", "Check-in, check-out and service records · 签到与服务记录"),
    ("points", "The ledger of points · 积分"),
    ("redemption", "Partners, offers and vouchers · 兑换"),
    ("orders", "Needs of residents, from report to rating · 需求与订单"),
    ("notifications", "What happened to a person, and the first screen · 消息与首页"),
    ("photos", "Photos to be attached · 照片"),
    ("demo", "Only in the demo · 仅演示环境"),
    ("operations", "Health, metrics and this document · 运行状态与文档"),
];

/// The document as the handlers describe it: paths, parameters, bodies.
fn described() -> Document {
    let (_, document) = Actix::new()
        .into_utoipa_app()
        .openapi(Base::openapi())
        .service(scope("/api/v1").configure(slices::configure))
        .configure(slices::configure_root)
        .split_for_parts();
    document
}

/// The published spec.
///
/// # Errors
/// If the handlers and the table of operations do not agree.
pub fn document() -> Result<Value, String> {
    let mut described = described();
    let mut schemas = Vec::new();
    <ProblemBody as ToSchema>::schemas(&mut schemas);
    let components = described.components.take().unwrap_or_default();
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::from(components), |builder, (name, schema)| {
            builder.schema(name, schema)
        })
        .schema("ProblemBody", <ProblemBody as utoipa::PartialSchema>::schema())
        .schema("FlawBody", <FlawBody as utoipa::PartialSchema>::schema());
    described.components = Some(components.build());
    let mut spec = serde_json::to_value(&described).map_err(|error| error.to_string())?;
    finish(&mut spec)?;
    Ok(spec)
}

/// The text of the spec as it is committed and served.
pub fn text() -> Result<String, String> {
    let mut text = serde_json::to_string_pretty(&document()?).map_err(|error| error.to_string())?;
    text.push('\n');
    Ok(text)
}

fn finish(spec: &mut Value) -> Result<(), String> {
    spec["openapi"] = json!("3.1.0");
    spec["servers"] = json!([{"url": "/", "description": "This server"}]);
    spec["tags"] = TAGS
        .iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect();
    spec["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "An access token of issueToken"}
    });
    let examples = schema_examples(spec);
    let table: BTreeMap<&str, &Operation> =
        operations::all().map(|operation| (operation.id, operation)).collect();
    let Some(paths) = spec["paths"].as_object_mut() else {
        return Err("the spec has no paths".to_owned());
    };
    for (path, item) in paths {
        let Some(methods) = item.as_object_mut() else { continue };
        for (method, described) in methods {
            let id = described["operationId"].as_str().unwrap_or_default().to_owned();
            let operation = table.get(id.as_str()).ok_or_else(|| {
                format!("{method} {path} (`{id}`) is not in the table of operations")
            })?;
            guard(described, operation);
            tell_problems(described, operation, method, path);
            fill_examples(described, &examples);
        }
    }
    Ok(())
}

/// The examples of schemas, by name.
fn schema_examples(spec: &Value) -> BTreeMap<String, Value> {
    spec["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let example =
                schema.get("example").cloned().or_else(|| schema["examples"].get(0).cloned())?;
            Some((format!("#/components/schemas/{name}"), example))
        })
        .collect()
}

/// Says who may call, by the same value that guards the operation.
fn guard(described: &mut Value, operation: &Operation) {
    let (permission, security) = match operation.access {
        Access::Public => ("public".to_owned(), json!([])),
        Access::SignedIn => ("signed_in".to_owned(), json!([{"bearer": []}])),
        Access::Permission(permission) => (permission.to_string(), json!([{"bearer": []}])),
    };
    described["x-permission"] = json!(permission);
    described["security"] = security;
}

/// Lists every status that the operation can refuse with, and its problem codes.
fn tell_problems(described: &mut Value, operation: &Operation, method: &str, path: &str) {
    let mut by_status: BTreeMap<u16, BTreeSet<Code>> = BTreeMap::new();
    let changes = method != "get";
    let is_form = path.starts_with("/oauth/");
    let mut add = |codes: &[Code]| {
        for code in codes {
            by_status.entry(code.status().as_u16()).or_default().insert(*code);
        }
    };
    add(&[
        Code::TooManyRequests,
        Code::Internal,
        Code::Overloaded,
        Code::DatabaseAway,
        Code::Unauthenticated,
    ]);
    if !matches!(operation.access, Access::Public) {
        add(&[Code::Forbidden, Code::OutOfScope]);
    }
    let has_parameters = described
        .get("parameters")
        .is_some_and(|list| list.as_array().is_some_and(|list| !list.is_empty()));
    if has_parameters || changes {
        add(&[Code::MalformedParameter]);
    }
    if path.contains('{') || has_parameters {
        add(&[Code::NotFound]);
    }
    if has_cursor(described) {
        add(&[Code::MalformedCursor]);
    }
    if changes && !is_form {
        add(&[
            Code::MalformedBody,
            Code::InvalidBody,
            Code::NotFound,
            Code::AlreadyExists,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::Forbidden,
        ]);
        // An answer is kept for its caller, so only who is known can ask for it again.
        if !matches!(operation.access, Access::Public) {
            add(&[Code::IdempotencyKeyInFlight, Code::IdempotencyKeyReused]);
            offer(described, idempotency_key());
        }
        if operation.is_versioned {
            add(&[Code::StaleVersion]);
            offer(described, if_match());
        }
    }
    if operation.is_tagged {
        offer(described, if_none_match());
        described["responses"]["304"] = json!({"description": "What the caller has is what it is"});
        described["responses"]["200"]["headers"] = json!({"ETag": {
            "description": "Names this answer: give it as `If-None-Match` to ask whether it has changed, or as `If-Match` to change it.",
            "schema": {"type": "string", "examples": ["\"1-9f86d081884c\""]},
        }});
    }
    add(operation.codes);
    for (status, codes) in by_status {
        let status = status.to_string();
        if let Some(told) = described["responses"].get_mut(&status) {
            if is_form {
                told["x-problem-codes"] = token_errors(operation, &status);
            }
            continue;
        }
        let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        let example = codes.first().map(|code| problem_example(*code, path));
        described["responses"][status] = json!({
            "description": words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
            "x-problem-codes": words,
            "content": {"application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemBody"},
                "example": example,
            }},
        });
    }
}

/// How the token endpoint refuses (RFC 6749, section 5.2), and where tokens are ended (RFC 7009).
fn token_errors(operation: &Operation, status: &str) -> Value {
    match (operation.id, status) {
        (_, "401") => json!(["invalid_client"]),
        ("revokeToken", _) => json!(["invalid_request"]),
        _ => json!([
            "invalid_grant",
            "invalid_request",
            "unauthorized_client",
            "unsupported_grant_type"
        ]),
    }
}

fn has_cursor(described: &Value) -> bool {
    described["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|parameter| parameter["name"] == "cursor")
}

fn offer(described: &mut Value, parameter: Value) {
    match described["parameters"].as_array_mut() {
        Some(list) => list.push(parameter),
        None => described["parameters"] = json!([parameter]),
    }
}

/// The header that every change takes.
fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key", "in": "header", "required": false,
        "description": "The same key with the same request gives the same answer for 24 hours, and its effect once.",
        "example": "01939e5c-7c1a",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    })
}

/// The header that a change of what is there already takes.
fn if_match() -> Value {
    json!({
        "name": "If-Match", "in": "header", "required": false,
        "description": "The `ETag` of what this changes; or its version as a number.",
        "example": "\"1-9f86d081884c\"",
        "schema": {"type": "string", "pattern": "^([0-9]{1,18}|\"[0-9]{1,18}(-[0-9a-f]{1,64})?\"|\\*)$"},
    })
}

/// The header by which a caller tells what it has.
fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match", "in": "header", "required": false,
        "description": "The `ETag` of what the caller has: 304 while it is the same.",
        "example": "\"1-9f86d081884c\"",
        "schema": {"type": "string"},
    })
}

fn problem_example(code: Code, path: &str) -> Value {
    json!({
        "type": format!("/problems/{}", code.as_str()),
        "title": code.titles().0,
        "status": code.status().as_u16(),
        "detail": code.advice().0,
        "instance": path,
        "code": code.as_str(),
        "request_id": "01939e5c-1f70-7c1a-9a53-6f1d5f3b2a11",
    })
}

/// Gives every body without an example that of its schema.
fn fill_examples(described: &mut Value, examples: &BTreeMap<String, Value>) {
    let fill = |content: &mut Map<String, Value>| {
        for media in content.values_mut() {
            let reference = media["schema"]["$ref"].as_str().unwrap_or_default();
            if let (None, Some(example)) = (media.get("example"), examples.get(reference)) {
                media["example"] = example.clone();
            }
        }
    };
    if let Some(content) =
        described.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)
    {
        fill(content);
    }
    for response in
        described["responses"].as_object_mut().into_iter().flatten().map(|(_, response)| response)
    {
        if let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) {
            fill(content);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_operation(spec: &Value) -> Vec<(String, &Value)> {
        spec["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .unwrap()
                    .iter()
                    .map(move |(method, operation)| (format!("{method} {path}"), operation))
            })
            .collect()
    }

    #[test]
    fn the_committed_spec_is_the_one_that_is_served() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == text().unwrap(), "run `make openapi` and review the difference");
    }

    #[test]
    fn the_committed_catalogue_of_problems_is_that_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/problems.json");
        let committed: Value =
            serde_json::from_str(&std::fs::read_to_string(path).unwrap_or_default())
                .unwrap_or_default();
        assert_eq!(committed, crate::problem::catalogue_document(), "run `make openapi`");
    }

    #[test]
    fn every_operation_says_who_may_call_it_and_has_a_summary_in_both_languages() {
        let spec = document().unwrap();
        for (name, operation) in every_operation(&spec) {
            assert!(operation["x-permission"].is_string(), "{name}");
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(summary.contains(" · "), "{name}: `{summary}`");
        }
    }

    /// The last of two schemas with one name would silently stand for both.
    #[test]
    fn no_two_bodies_share_a_name() {
        fn read(folder: &std::path::Path, names: &mut BTreeMap<String, u32>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, names);
                } else {
                    let source = std::fs::read_to_string(&path).unwrap();
                    for after in source.split("ToSchema)").skip(1) {
                        let declared = after.split_once("pub struct ").map(|(_, name)| name);
                        let name =
                            declared.and_then(|name| name.split([' ', '(', '<', ';']).next());
                        // Macros declare the rest: their names are not written here.
                        if let Some(name) = name.filter(|name| !name.starts_with('$')) {
                            *names.entry(name.to_owned()).or_default() += 1;
                        }
                    }
                }
            }
        }
        let mut names = BTreeMap::new();
        read(concat!(env!("CARGO_MANIFEST_DIR"), "/src").as_ref(), &mut names);
        read(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/src").as_ref(), &mut names);
        assert!(names.len() > 50, "{names:?}");
        names.retain(|_, count| *count > 1);
        assert!(names.is_empty(), "{names:?}");
    }

    #[test]
    fn every_body_has_an_example() {
        let spec = document().unwrap();
        for (name, operation) in every_operation(&spec) {
            let bodies = operation["responses"]
                .as_object()
                .unwrap()
                .values()
                .chain(operation.get("requestBody"));
            for body in bodies {
                for (kind, media) in body["content"].as_object().into_iter().flatten() {
                    let needs_one = kind.ends_with("json") && media["schema"].get("$ref").is_some();
                    assert!(
                        !needs_one || media.get("example").is_some(),
                        "{name}: {}",
                        media["schema"]
                    );
                }
            }
        }
    }
}
