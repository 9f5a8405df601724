//! How the program writes its log: to standard error, as text or JSON.

use shijian_api::settings::{Log, LogFormat};
use tracing_subscriber::{EnvFilter, fmt};

use super::Ended;

pub fn start(settings: &Log) -> Ended {
    let filter = EnvFilter::try_new(&settings.filter)
        .map_err(|error| format!("the setting log.filter is malformed: {error}"))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    }
    .map_err(|error| error.to_string().into())
}
