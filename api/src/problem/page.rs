//! The catalogue as people and programs read it.

use actix_web::{HttpResponse, get, web::Path};
use serde_json::{Value, json};

use super::{Answer, Code, Problem};

/// Every code with its status, meaning and what a client should do: `openapi/problems.json`.
pub fn catalogue_document() -> Value {
    let mut codes: Vec<&Code> = Code::ALL.iter().collect();
    codes.sort_by_key(|code| code.as_str());
    codes.into_iter().map(|code| entry(*code)).collect()
}

fn entry(code: Code) -> Value {
    let (title_zh, title_en) = code.titles();
    let (advice_zh, advice_en) = code.advice();
    json!({
        "code": code.as_str(),
        "type": format!("/problems/{}", code.as_str()),
        "status": code.status().as_u16(),
        "title": {"zh-CN": title_zh, "en": title_en},
        "advice": {"zh-CN": advice_zh, "en": advice_en},
    })
}

/// What a problem's `type` leads to.
#[utoipa::path(
    tag = "operations",
    operation_id = "explainProblem",
    summary = "Explain a kind of problem · 说明一类错误",
    params(("code" = String, Path, description = "A problem's code")),
    responses((status = 200, description = "A page for people", content_type = "text/html", body = String,
        example = "<!doctype html><html lang=\"zh-CN\"><h1>找不到 · Not found</h1></html>")),
)]
#[get("/problems/{code}")]
pub async fn explain_problem(code: Path<String>) -> Answer<HttpResponse> {
    let code = Code::named(&code).ok_or_else(|| Problem::not_found("problem"))?;
    let (title_zh, title_en) = code.titles();
    let (advice_zh, advice_en) = code.advice();
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{word}</title>\
         <h1>{title_zh} · {title_en}</h1><p><code>{word}</code>, HTTP {status}</p><p>{advice_zh}</p><p>{advice_en}</p></html>",
        word = code.as_str(),
        status = code.status().as_u16(),
    )))
}
