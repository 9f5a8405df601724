//! The HTTP server: wiring, limits, and a stop that finishes what was begun.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix_cors::Cors;
use actix_web::{
    App as Actix, HttpServer,
    dev::Server,
    http::header,
    middleware::{Compress, from_fn},
    web::Data,
};
use metrics_exporter_prometheus::PrometheusHandle;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    app::App,
    gate::gate,
    openapi::{self, Published},
    operations::Router,
    slices,
};

/// A server that is bound but not yet running.
pub struct Bound {
    pub server: Server,
    /// The address that it listens on: the port is known even where 0 was asked for.
    pub address: SocketAddr,
}

/// Binds the server.
///
/// # Errors
/// If the address is taken, or the handlers and the table of operations do not agree.
pub fn bind(app: Arc<App>, recorder: PrometheusHandle) -> Result<Bound, std::io::Error> {
    let spec = openapi::document().map_err(std::io::Error::other)?;
    let text = openapi::text().map_err(std::io::Error::other)?;
    let router = Data::new(Router::new(&spec).map_err(std::io::Error::other)?);
    let published = Data::new(Published::of(text));
    let recorder = Data::new(recorder);
    let (listen, workers, drain) =
        (app.settings.listen, app.settings.workers, app.settings.drain_seconds);
    let origins = app.settings.cors_origins.clone();
    let app = Data::from(app);
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(app.clone())
            .app_data(router.clone())
            .app_data(published.clone())
            .app_data(recorder.clone())
            .wrap(from_fn(gate))
            .wrap(Compress::default())
            .wrap(cors(&origins))
            .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
            .into_utoipa_app()
            .service(scope("/api/v1").configure(slices::configure))
            .configure(slices::configure_root)
            .into_app()
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(10))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(drain)
    .bind(listen)?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok(Bound { server: server.run(), address })
}

fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
        ])
        .allowed_header("Idempotency-Key")
        .expose_headers([
            "ETag",
            "Idempotency-Replayed",
            "Link",
            "Location",
            "RateLimit",
            "RateLimit-Policy",
            "Retry-After",
            "X-Request-Id",
        ])
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}
