//! Settings: defaults, under a TOML file, under the environment, under the command line.
//!
//! [`table`] lists them; `docs/settings.md` is written from it.

mod document;
mod keys;
mod kinds;
mod table;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use actix_web::http::Uri;
use config::{Config, ConfigError, File, FileFormat, builder::DefaultState};

use shijian_persistence::{DatabaseSettings, Lanes};

pub use document::document;
pub use keys::{Key, VaultKey};
pub use table::{
    DatabaseLanes, Jobs, Keys, Log, LogFormat, Photos, Profile, RateLimits, RealNameCheck,
    RealNameProvider, SECTIONS, Section, Setting, Settings, Sms, SmsProvider, WeChat,
    WeChatTemplates,
};

use crate::chance::Chance;

/// Where settings come from, weakest first.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A TOML file.
    pub file: Option<PathBuf>,
    /// Environment variables by name.
    pub environment: BTreeMap<String, String>,
    /// What the command line says, by the setting's name.
    pub command_line: Vec<(&'static str, String)>,
}

/// Why the program does not start, and what to change.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("the file {path} cannot be read or written: {cause}", path = path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error(
        "there is no setting for the environment variable {variable}; docs/settings.md lists all"
    )]
    UnknownVariable { variable: String },
    #[error("a setting is wrong: {0}. docs/settings.md lists all settings and their types")]
    Wrong(#[from] ConfigError),
    #[error("the production profile needs {name}: {remedy}")]
    Missing { name: String, remedy: String },
    #[error("the setting {name} is {value}, but must be {allowed}")]
    OutOfRange { name: String, value: String, allowed: &'static str },
    #[error("the production profile refuses {what}: {remedy}")]
    Refused { what: &'static str, remedy: &'static str },
}

/// The variable from which `create-admin` takes the password; it is no setting.
pub const ADMIN_PASSWORD: &str = "SHIJIAN_ADMIN_PASSWORD";

/// Settings that have no default in production.
const NEEDED: &[&str] = &["issuer", "keys.vault", "keys.blind_index", "keys.codes", "keys.cursors"];

type Builder = config::ConfigBuilder<DefaultState>;

impl Settings {
    /// The settings by `sources`, checked. `chance` makes the demo's keys at its first start.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting and what to change.
    pub fn load(sources: &Sources, chance: &dyn Chance) -> Result<Self, SettingsError> {
        let given = sources.read()?;
        let bare = given.over(defaults(false)?)?.build()?;
        let demo = bare.get::<Profile>("profile")? == Profile::Demo;
        let settings = if demo {
            let folder: PathBuf = bare.get("data_folder")?;
            let keys = keys::demo_keys(&folder, chance)?;
            let demo = defaults(true)?.add_source(File::from_str(&keys, FileFormat::Toml));
            given.over(demo)?.build()?
        } else {
            bare
        };
        check_needed(&settings)?;
        check_ranges(&settings)?;
        let settings: Self = settings.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    /// Where the database is and how to talk to it.
    pub fn database_settings(&self) -> DatabaseSettings {
        let DatabaseLanes { sqlite_readers, postgres, queue } = self.database_lanes;
        let lanes = Lanes { sqlite_readers, postgres, queue };
        DatabaseSettings { lanes, ..DatabaseSettings::at(&self.database) }
    }

    /// Where photos are kept.
    pub fn photo_folder(&self) -> PathBuf {
        let folder = self.photos.folder.as_ref();
        folder.map_or_else(|| self.data_folder.join("photos"), PathBuf::from)
    }

    pub fn is_demo(&self) -> bool {
        self.profile == Profile::Demo
    }

    fn check(&self) -> Result<(), SettingsError> {
        self.check_addresses()?;
        if self.sms.provider == SmsProvider::Log && !self.is_demo() {
            return Err(SettingsError::Refused {
                what: "one-time codes in its log",
                remedy: "set sms.provider (SHIJIAN_SMS_PROVIDER) to `none` or `http`",
            });
        }
        let together = [
            (self.sms.provider == SmsProvider::Http, self.sms.url.is_some(), "sms.url"),
            (
                self.real_name_check.provider == RealNameProvider::Http,
                self.real_name_check.url.is_some(),
                "real_name_check.url",
            ),
            (self.wechat.app_id.is_some(), self.wechat.app_secret.is_some(), "wechat.app_secret"),
            (
                self.wechat.templates.all().count() > 0,
                self.wechat.app_id.is_some(),
                "wechat.app_id",
            ),
        ];
        match together.into_iter().find(|(needs, has, _)| *needs && !has) {
            Some((.., name)) => Err(SettingsError::OutOfRange {
                name: name.to_owned(),
                value: "empty".to_owned(),
                allowed: "given with the setting that needs it",
            }),
            None => Ok(()),
        }
    }

    /// Callers compare these letter by letter, so what cannot match is refused at the start.
    fn check_addresses(&self) -> Result<(), SettingsError> {
        let wrong = |name: &str, value: &str, allowed| {
            let (name, value) = (name.to_owned(), value.to_owned());
            Err(SettingsError::OutOfRange { name, value, allowed })
        };
        if web(&self.issuer).is_none_or(|rest| rest.ends_with('/') || rest.contains(['?', '#'])) {
            let allowed =
                "a URL of http or https without a slash at its end, a query or a fragment";
            return wrong("issuer", &self.issuer, allowed);
        }
        let is_origin =
            |origin: &str| web(origin).is_some_and(|rest| !rest.contains(['/', '?', '#']));
        match self.cors_origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => {
                wrong("cors_origins", origin, "origins as browsers send them: https://example.org")
            }
            None => Ok(()),
        }
    }
}

/// The host and what follows, of an address of the web.
fn web(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let uri: Uri = address.parse().ok()?;
    uri.host().is_some_and(|host| !host.is_empty()).then_some(rest)
}

/// Sources whose file has been read and whose variables have been matched with settings.
struct Given {
    file: Option<String>,
    overrides: Vec<(String, String)>,
}

impl Sources {
    fn read(&self) -> Result<Given, SettingsError> {
        let file = self.file.as_deref().map(read).transpose()?;
        let mut variables: BTreeMap<_, _> = named()
            .map(|(section, setting)| (section.variable_of(setting), section.name_of(setting)))
            .collect();
        let mut overrides = Vec::new();
        for (variable, value) in &self.environment {
            match variables.remove(variable) {
                Some(name) => overrides.push((name, value.clone())),
                None if variable.starts_with("SHIJIAN_")
                    && !["SHIJIAN_CONFIG", ADMIN_PASSWORD].contains(&variable.as_str()) =>
                {
                    return Err(SettingsError::UnknownVariable { variable: variable.clone() });
                }
                None => {}
            }
        }
        let said =
            self.command_line.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        overrides.extend(said);
        Ok(Given { file, overrides })
    }
}

impl Given {
    fn over(&self, mut builder: Builder) -> Result<Builder, SettingsError> {
        if let Some(text) = &self.file {
            builder = builder.add_source(File::from_str(text, FileFormat::Toml));
        }
        for (name, value) in &self.overrides {
            builder = builder.set_override(name, value.clone())?;
        }
        Ok(builder)
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    fs::read_to_string(path).map_err(|cause| SettingsError::File { path: path.to_owned(), cause })
}

fn named() -> impl Iterator<Item = (&'static Section, &'static Setting)> {
    SECTIONS
        .iter()
        .flat_map(|section| section.settings.iter().map(move |setting| (section, setting)))
}

fn defaults(demo: bool) -> Result<Builder, SettingsError> {
    let mut builder = Config::builder();
    for (section, setting) in named() {
        let default = setting.demo.filter(|_| demo).unwrap_or(setting.default);
        builder = builder.set_default(section.name_of(setting), default)?;
    }
    Ok(builder)
}

fn check_needed(settings: &Config) -> Result<(), SettingsError> {
    for (section, setting) in named() {
        let name = section.name_of(setting);
        if NEEDED.contains(&name.as_str()) && settings.get_string(&name)?.is_empty() {
            let variable = section.variable_of(setting);
            let remedy = match name.as_str() {
                "issuer" => format!("set {variable} to the URL that callers use"),
                "keys.vault" => {
                    format!("set {variable} to \"1:$(openssl rand -base64 32)\" and keep it safe")
                }
                _ => format!("set {variable} to $(openssl rand -base64 32) and keep it safe"),
            };
            return Err(SettingsError::Missing { name, remedy });
        }
    }
    Ok(())
}

/// Holds every setting whose type is written `LOW to HIGH` to its range.
fn check_ranges(settings: &Config) -> Result<(), SettingsError> {
    for (section, setting) in named() {
        let Some((low, high)) = setting.kind.split_once(" to ") else { continue };
        let (Ok(low), Ok(high)) = (low.parse::<i64>(), high.parse::<i64>()) else { continue };
        let name = section.name_of(setting);
        let value = settings.get_int(&name)?;
        if !(low..=high).contains(&value) {
            let value = value.to_string();
            return Err(SettingsError::OutOfRange { name, value, allowed: setting.kind });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
