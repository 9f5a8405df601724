//! `shijian serve`

use std::sync::Arc;

use shijian_api::{
    app::App,
    chance::SystemChance,
    clock::{Clock, DemoClock, SystemClock},
    demo, jobs, keys, measure, server,
    settings::Settings,
};

use shijian_persistence::Fault;

use super::Ended;

/// The program wired by `settings`; the demo's clock can be moved.
pub fn wire(settings: Settings) -> Result<Arc<App>, Fault> {
    let clock: Arc<dyn Clock> =
        if settings.is_demo() { Arc::new(DemoClock::default()) } else { Arc::new(SystemClock) };
    Ok(Arc::new(App::new(settings, clock, Arc::new(SystemChance))?))
}

/// Serves until the process is asked to stop; then finishes what was begun.
pub fn serve(settings: Settings) -> Ended {
    let demo = settings.is_demo();
    let app = wire(settings)?;
    // The demo needs no operator: it brings its database up to date by itself.
    if demo {
        app.database.migrate()?;
    }
    let recorder = measure::install()?;
    actix_web::rt::System::new().block_on(async {
        if demo {
            demo::clock::restore(&app).await?;
        } else {
            demo::refuse(&app).await?;
        }
        keys::refresh(&app).await?;
        actix_web::rt::spawn(keep_up(Arc::clone(&app)));
        let bound = server::bind(Arc::clone(&app), recorder)?;
        tracing::info!(
            address = %bound.address,
            engine = app.database.engine(),
            "serving"
        );
        if demo {
            println!("{}", demo::welcome(bound.address));
        }
        if app.settings.jobs.enabled {
            actix_web::rt::spawn(jobs::work(Arc::clone(&app)));
        }
        bound.server.await?;
        tracing::info!("stopped");
        Ok(())
    })
}

/// Keeps the ring up to date with what other instances and `shijian keys rotate` do, and forgets callers who are gone.
async fn keep_up(app: Arc<App>) {
    loop {
        tokio::time::sleep(keys::REFRESH).await;
        app.limits.forget_idle();
        if let Err(problem) = keys::refresh(&app).await {
            tracing::warn!(%problem, "the signing keys cannot be read now");
        }
    }
}
