//! The gate that every request passes: its id, its operation, its token, and the form of its answer.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::{InternalError, PayloadError, UrlencodedError},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;
use tracing::Instrument;

use crate::{
    app::App,
    context::{Facts, Token},
    demo,
    limits::Standing,
    measure,
    operations::{Access, Found, Operation, Router},
    problem::{Answer, Code, Language, Problem},
    proxies,
    reply::json,
    service,
};

const REQUEST_ID: &str = "x-request-id";

/// Operations that are not in the spec: the pages that show it.
static PAGES: Operation = Operation::new("pages", Access::Public, &[]);

/// Passes a request through the gate.
pub async fn gate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Ok(request.into_response(HttpResponse::InternalServerError().finish()));
    };
    let language = request
        .headers()
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|accepted| accepted.to_str().ok())
        .map_or_else(Language::default, Language::accepted);
    let request_id = request_id(&request, &app);
    // HEAD is answered as GET; the connection leaves the body out.
    if *request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let (operation, admitted) = admit(&request, &app);
    let address = address(&request, &app);
    let (admitted, standing) = limited(&app, operation, admitted, &address);
    let path = request.path().to_owned();
    let method = request.method().clone();

    let (request, mut response, statements) = match admitted {
        Err(problem) => {
            (Some(request.into_parts().0), told(&problem, language, &path, &request_id), 0)
        }
        Ok(token) => {
            let facts = Arc::new(Facts {
                operation,
                request_id: request_id.clone(),
                address,
                language,
                token,
                statements: AtomicU32::new(0),
            });
            request.extensions_mut().insert(Arc::clone(&facts));
            let span = tracing::error_span!("request", request_id);
            // A panic is a bug, but it must cost one request, not the worker.
            let answer = AssertUnwindSafe(async { next.call(request).await })
                .catch_unwind()
                .instrument(span.clone())
                .await;
            let (request, answer) = match answer {
                Ok(Ok(answer)) => {
                    let (request, response) = answer.map_into_boxed_body().into_parts();
                    let problem = response.error().map(|error| span.in_scope(|| problem_of(error)));
                    (Some(request), problem.map_or(Ok(response), Err))
                }
                Ok(Err(error)) => (None, Err(span.in_scope(|| problem_of(&error)))),
                Err(_) => {
                    span.in_scope(|| tracing::error!("a handler panicked"));
                    (None, Err(Problem::new(Code::Internal)))
                }
            };
            let response =
                answer.unwrap_or_else(|problem| told(&problem, language, &path, &request_id));
            (request, response, facts.statements.load(Ordering::Relaxed))
        }
    };

    if let Ok(value) = header::HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(header::HeaderName::from_static(REQUEST_ID), value);
    }
    if let Some(standing) = standing {
        let headers = response.headers_mut();
        for (name, text) in
            [("ratelimit-policy", standing.policy), ("ratelimit", standing.remaining)]
        {
            if let Ok(value) = header::HeaderValue::from_str(&text) {
                headers.insert(header::HeaderName::from_static(name), value);
            }
        }
    }
    let status = response.status();
    measure::request(operation.id, status, begun.elapsed(), statements);
    log(&method, operation, status, &request_id, begun);
    match request {
        Some(request) => Ok(ServiceResponse::new(request, response)),
        // The request went down with its handler: an error carries the answer to the layers outside.
        None => Err(InternalError::from_response("a handler without an answer", response).into()),
    }
}

fn log(
    method: &Method,
    operation: &Operation,
    status: StatusCode,
    request_id: &str,
    begun: Instant,
) {
    let (operation, status, micros) = (operation.id, status.as_u16(), begun.elapsed().as_micros());
    if status >= 500 {
        tracing::error!(operation, status, request_id, micros, "failed");
    } else if status >= 400 || *method != Method::GET {
        tracing::info!(operation, status, request_id, micros, "answered");
    } else {
        tracing::debug!(operation, status, request_id, micros, "answered");
    }
}

/// Finds the operation and checks what can be checked before the database is asked.
fn admit(request: &ServiceRequest, app: &App) -> (&'static Operation, Answer<Option<Token>>) {
    let Some(router) = request.app_data::<Data<Router>>() else {
        return (&PAGES, Err(Problem::new(Code::Internal)));
    };
    let operation = match router.find(request.method(), request.path()) {
        Found::Operation(operation) if demo::clock::is_missing(operation, app) => {
            return (operation, Err(Problem::not_found("demo_clock")));
        }
        Found::Operation(operation) => operation,
        Found::WrongMethod(allow) => {
            return (&PAGES, Err(Problem::new(Code::MethodNotAllowed).allow(allow)));
        }
        Found::Unknown if request.path() == "/docs" || request.path().starts_with("/docs/") => {
            return (&PAGES, Ok(None));
        }
        Found::Unknown => return (&PAGES, Err(Problem::new(Code::UnknownPath))),
    };
    (operation, token(request, app, operation))
}

fn token(request: &ServiceRequest, app: &App, operation: &Operation) -> Answer<Option<Token>> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    // The token endpoint's own credentials are not a bearer's.
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    match bearer {
        Some(token) => {
            app.keys.verify(token).map(Some).ok_or_else(|| Problem::new(Code::Unauthenticated))
        }
        None if operation.access == Access::Public => Ok(None),
        None => Err(Problem::new(Code::Unauthenticated)),
    }
}

/// Counts the request against the caller's limit. Probes of health and figures are not counted.
fn limited(
    app: &App,
    operation: &Operation,
    admitted: Answer<Option<Token>>,
    address: &str,
) -> (Answer<Option<Token>>, Option<Standing>) {
    if service::is_probe(operation) {
        return (admitted, None);
    }
    let token = admitted.as_ref().ok().copied().flatten();
    match app.limits.pass(token, address) {
        Ok(standing) => (admitted, Some(standing)),
        Err((problem, standing)) => (Err(problem), Some(standing)),
    }
}

fn request_id(request: &ServiceRequest, app: &App) -> String {
    let well_formed = |id: &&str| {
        (8..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(well_formed)
        .map_or_else(|| app.ids.next(app.now(), app.chance.as_ref()).to_string(), str::to_owned)
}

fn address(request: &ServiceRequest, app: &App) -> String {
    let Some(peer) = request.peer_addr() else { return "unknown".to_owned() };
    // A chain of proxies may add to the header or repeat it: its last line is the nearest proxy's.
    let forwarded_for =
        request.headers().get_all("x-forwarded-for").last().and_then(|line| line.to_str().ok());
    let trusted = &app.settings.trusted_proxies;
    proxies::caller(peer.ip(), forwarded_for.unwrap_or_default(), trusted).to_string()
}

/// Whatever went wrong, as a problem.
fn problem_of(error: &Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    if error.as_error::<PayloadError>().is_some() || error.as_error::<UrlencodedError>().is_some() {
        return Problem::new(Code::MalformedBody);
    }
    match error.as_response_error().status_code() {
        StatusCode::NOT_FOUND => Problem::not_found("resource"),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Code::BodyTooLarge),
        status if status.is_client_error() => {
            Problem::new(Code::MalformedParameter).say("请求格式错误。", error.to_string())
        }
        _ => {
            tracing::error!(%error, "an unexpected error");
            Problem::new(Code::Internal)
        }
    }
}

fn told(problem: &Problem, language: Language, path: &str, request_id: &str) -> HttpResponse {
    let mut response = HttpResponse::build(problem.status());
    response.content_type("application/problem+json");
    response.insert_header((header::CONTENT_LANGUAGE, language.tag()));
    if problem.status() == StatusCode::UNAUTHORIZED {
        response.insert_header((
            header::WWW_AUTHENTICATE,
            "Bearer realm=\"shijian\", error=\"invalid_token\"",
        ));
    }
    if let Some(methods) = problem.allowed_methods() {
        response.insert_header((header::ALLOW, methods));
    }
    if let Some(seconds) = problem.retry_after_seconds() {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    let body = json(&problem.body(language, path, request_id)).unwrap_or_default();
    response.body(body)
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App as Actix,
        middleware::from_fn,
        test::{TestRequest, init_service, try_call_service},
        web,
    };

    use super::*;
    use crate::{
        clock::SystemClock,
        jobs::tests::{demo, folder, wired},
        openapi,
    };

    #[actix_web::test]
    async fn a_clock_that_is_no_demos_is_missing_for_everybody() {
        let app = wired(&folder(), Arc::new(SystemClock));
        let router = Router::new(&openapi::document().unwrap()).unwrap();
        let service = init_service(
            Actix::new().app_data(Data::from(app)).app_data(Data::new(router)).wrap(from_fn(gate)),
        )
        .await;
        let request = TestRequest::put().uri("/api/v1/demo/clock").to_request();
        let response = try_call_service(&service, request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }

    async fn fails() -> HttpResponse {
        panic!("a bug")
    }

    #[actix_web::test]
    async fn a_handler_that_panics_costs_one_request_which_is_told_its_id() {
        let service = init_service(
            Actix::new()
                .app_data(Data::from(demo(&folder())))
                .app_data(Data::new(Router::default()))
                .wrap(from_fn(gate))
                .route("/docs/panic", web::get().to(fails)),
        )
        .await;
        let request =
            TestRequest::get().uri("/docs/panic").insert_header((REQUEST_ID, "request-1"));
        let error = try_call_service(&service, request.to_request()).await.err().unwrap();
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(*response.headers().get(REQUEST_ID).unwrap(), "request-1");
        let kind = response.headers().get(header::CONTENT_TYPE).unwrap();
        assert_eq!(*kind, "application/problem+json");
    }
}
