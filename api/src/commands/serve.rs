//! `shijian serve`

use std::sync::Arc;

use shijian_api::{
    app::App,
    chance::SystemChance,
    clock::{Clock, SystemClock},
    measure, server,
    settings::{LogFormat, Settings},
};
use tracing_subscriber::EnvFilter;

use super::Ended;

/// Starts the log as the settings say.
fn start_log(settings: &Settings) -> Ended {
    let filter = EnvFilter::try_new(&settings.log.filter)?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log.format {
        LogFormat::Json => log.json().flatten_event(true).init(),
        LogFormat::Text => log.init(),
    }
    Ok(())
}

/// Serves until told to stop, then finishes what was begun.
pub fn serve(settings: Settings) -> Ended {
    start_log(&settings)?;
    let recorder = measure::install()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let app = Arc::new(App::new(settings, clock, Arc::new(SystemChance))?);
    actix_web::rt::System::new().block_on(async move {
        let bound = server::bind(app, recorder)?;
        println!("listening on http://{}", bound.address);
        bound.server.await?;
        Ok(())
    })
}
