//! Every setting once: its name, type, default and meaning. The struct that holds it, the environment variable and
//! `docs/settings.md` come from the same lines.

use std::{net::SocketAddr, path::PathBuf};

use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;
use shijian_domain::notifications::Topic;

use super::{
    keys::{Key, VaultKey, key, vault_keys},
    kinds::{list, optional, optional_parsed, parsed, parsed_list, secret},
};
use crate::{proxies::Network, wechat::Template};

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name within its section, as in the file.
    pub field: &'static str,
    pub kind: &'static str,
    pub default: &'static str,
    /// Its default in the demo profile, where that differs.
    pub demo: Option<&'static str>,
    pub meaning: &'static str,
}

/// Settings under one heading of the file; the first section has none.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    pub name: &'static str,
    pub settings: &'static [Setting],
}

macro_rules! section {
    (
        $(#[doc = $section_meaning:literal])+
        pub struct $name:ident in $section:literal {
            $(
                $(#[doc = $meaning:literal])+
                $(#[serde($($serde:tt)+)])?
                $field:ident: $kind:ty as $word:literal = $default:literal $(, demo $demo:literal)?;
            )+
        }
        $(with { $($inner:ident: $inner_kind:ty,)+ })?
    ) => {
        $(#[doc = $section_meaning])+
        #[derive(Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[doc = $meaning])+ $(#[serde($($serde)+)])? pub $field: $kind,)+
            $($(pub $inner: $inner_kind,)+)?
        }

        impl $name {
            pub const SECTION: Section = Section {
                name: $section,
                settings: &[$(Setting {
                    field: stringify!($field),
                    kind: $word,
                    default: $default,
                    demo: section!(@demo $($demo)?),
                    meaning: concat!($($meaning),+),
                }),+],
            };
        }
    };
    (@demo) => { None };
    (@demo $demo:literal) => { Some($demo) };
}

shijian_domain::plain_vocabulary! {
    /// Which rules of safety the server keeps.
    pub enum Profile { Demo = "demo", Production = "production" }
}

shijian_domain::plain_vocabulary! {
    /// How log lines are written.
    pub enum LogFormat { Text = "text", Json = "json" }
}

shijian_domain::plain_vocabulary! {
    /// Who delivers text messages.
    pub enum SmsProvider { None = "none", Log = "log", Http = "http" }
}

shijian_domain::plain_vocabulary! {
    /// Who compares a real name with an identity number.
    pub enum RealNameProvider { Local = "local", Http = "http" }
}

section! {
    /// All settings of the program.
    pub struct Settings in "" {
        /// Address and port to listen on.
        #[serde(deserialize_with = "parsed")]
        listen: SocketAddr as "address:port" = "127.0.0.1:8080";
        /// Where the data is kept: `sqlite:PATH` or `postgres://…`.
        database: String as "URL" = "sqlite:data/shijian.db";
        /// `production` refuses demo accounts, the demo clock and missing keys; `demo` makes its own keys.
        profile: Profile as "`demo` or `production`" = "production";
        /// Folder for what the program keeps beside the database: photos, and the demo's keys.
        data_folder: PathBuf as "path" = "data";
        /// Zone in which a day, a week and a month begin.
        #[serde(deserialize_with = "parsed")]
        time_zone: Tz as "IANA zone" = "Asia/Shanghai";
        /// The URL that callers know this deployment by: the issuer of its tokens. Needed in production.
        issuer: String as "URL" = "", demo "http://127.0.0.1:8080";
        /// The audience that tokens are made for.
        audience: String as "text" = "shijian";
        /// Threads that serve HTTP.
        workers: usize as "1 to 64" = "2";
        /// Largest request body, in bytes; a photo may have 10 MiB.
        body_limit: usize as "1024 to 10485760" = "65536";
        /// Origins of browsers that may call, separated by commas.
        #[serde(deserialize_with = "list")]
        cors_origins: Vec<String> as "list of origins" = "";
        /// Addresses or networks of our own proxies, separated by commas: their `X-Forwarded-For` says who called.
        #[serde(deserialize_with = "parsed_list")]
        trusted_proxies: Vec<Network> as "list of networks" = "";
        /// How long a stopping server finishes what it began, in seconds.
        drain_seconds: u64 as "0 to 600" = "20";
    }
    with {
        database_lanes: DatabaseLanes,
        log: Log,
        rate_limits: RateLimits,
        keys: Keys,
        sms: Sms,
        wechat: WeChat,
        real_name_check: RealNameCheck,
        jobs: Jobs,
        photos: Photos,
    }
}

section! {
    /// Threads that hold a database connection each.
    pub struct DatabaseLanes in "database_lanes" {
        /// Lanes that read from SQLite, beside its one lane that writes.
        sqlite_readers: usize as "1 to 64" = "4";
        /// Lanes to PostgreSQL.
        postgres: usize as "1 to 128" = "12";
        /// Requests that may wait for a lane before callers are asked to come back (503).
        queue: usize as "1 to 100000" = "1024";
    }
}

section! {
    /// What the log says and how.
    pub struct Log in "log" {
        /// One line of text or one JSON object for each event.
        format: LogFormat as "`text` or `json`" = "json", demo "text";
        /// Which events are written, as `tracing` filters: `info,shijian_api=debug`.
        filter: String as "filter" = "info";
    }
}

section! {
    /// How often callers may call before they get 429.
    pub struct RateLimits in "rate_limits" {
        /// Requests a minute of one account.
        account_per_minute: u32 as "1 to 10000000" = "1200", demo "10000000";
        /// Requests a minute of one municipal system.
        client_per_minute: u32 as "1 to 10000000" = "60000", demo "10000000";
        /// Requests a minute from one address without a token; a mobile carrier puts many phones behind one.
        address_per_minute: u32 as "1 to 10000000" = "6000", demo "10000000";
        /// Failed logins of one username in a quarter of an hour.
        login_failures: u32 as "1 to 1000" = "10";
        /// Failed logins from one address in a quarter of an hour.
        login_failures_per_address: u32 as "1 to 100000" = "100", demo "10000";
        /// One-time codes an hour to one phone.
        phone_codes: u32 as "1 to 1000" = "5", demo "1000";
        /// One-time codes an hour asked for from one address.
        phone_codes_per_address: u32 as "1 to 1000000" = "50", demo "1000000";
        /// Voucher codes that do not exist, tried by one account in a quarter of an hour.
        voucher_failures: u32 as "1 to 10000" = "20";
        /// Wrong confirmation codes of one order in an hour.
        confirmation_failures: u32 as "1 to 10000" = "5";
    }
}

section! {
    /// What must stay secret. Without them `production` does not start; `demo` makes them in `demo-keys.toml`.
    pub struct Keys in "keys" {
        /// Keys that encrypt personal data, `ID:BASE64` separated by commas. The first encrypts, all decrypt.
        #[serde(deserialize_with = "vault_keys")]
        vault: Vec<VaultKey> as "list of ID:key" = "";
        /// Key of the index by which an encrypted phone or identity number is found. It never changes.
        #[serde(deserialize_with = "key")]
        blind_index: Key as "32 bytes, base64" = "";
        /// Key of the codes that rotate, sessions', persons' and phones', and of links to photos.
        #[serde(deserialize_with = "key")]
        codes: Key as "32 bytes, base64" = "";
        /// Key that signs the cursors of lists.
        #[serde(deserialize_with = "key")]
        cursors: Key as "32 bytes, base64" = "";
    }
}

section! {
    /// Text messages with one-time codes, and with notices that people want so.
    pub struct Sms in "sms" {
        /// `none` sends nothing, `log` writes to the log (demo only), `http` posts to `url`.
        provider: SmsProvider as "`none`, `log` or `http`" = "none", demo "log";
        /// Where `http` posts `{\"phone\", \"text\"}`; a notice that is sent again has the same `Idempotency-Key`.
        #[serde(deserialize_with = "optional")]
        url: Option<String> as "URL" = "";
        /// Bearer token for `url`.
        #[serde(deserialize_with = "secret")]
        token: Option<SecretString> as "secret" = "";
    }
}

section! {
    /// Login and messages of the WeChat mini-program; off without an app id.
    pub struct WeChat in "wechat" {
        /// The mini-program's app id.
        #[serde(deserialize_with = "optional")]
        app_id: Option<String> as "text" = "";
        /// The mini-program's app secret.
        #[serde(deserialize_with = "secret")]
        app_secret: Option<SecretString> as "secret" = "";
        /// Where WeChat's server API is.
        base_url: String as "URL" = "https://api.weixin.qq.com";
        /// The mini-program's page that a subscription message opens; none if empty.
        #[serde(deserialize_with = "optional")]
        page: Option<String> as "path" = "";
    }
    with { templates: WeChatTemplates, }
}

section! {
    /// Templates of subscription messages by topic; where there is none, WeChat tells nobody of the topic.
    pub struct WeChatTemplates in "wechat.templates" {
        /// Template of messages about registrations and teams. Its fields for what and when are `thing1` and `time2`, or those named.
        #[serde(deserialize_with = "optional_parsed")]
        membership: Option<Template> as "ID or ID:THING:TIME" = "";
        /// The same about signups, sessions and service records.
        #[serde(deserialize_with = "optional_parsed")]
        service: Option<Template> as "ID or ID:THING:TIME" = "";
        /// The same about points.
        #[serde(deserialize_with = "optional_parsed")]
        points: Option<Template> as "ID or ID:THING:TIME" = "";
        /// The same about redemptions and vouchers.
        #[serde(deserialize_with = "optional_parsed")]
        redemption: Option<Template> as "ID or ID:THING:TIME" = "";
        /// The same about what residents ask for.
        #[serde(deserialize_with = "optional_parsed")]
        orders: Option<Template> as "ID or ID:THING:TIME" = "";
    }
}

impl WeChatTemplates {
    /// The template for what happens in `topic`.
    pub fn of(&self, topic: Topic) -> Option<&Template> {
        match topic {
            Topic::Membership => &self.membership,
            Topic::Service => &self.service,
            Topic::Points => &self.points,
            Topic::Redemption => &self.redemption,
            Topic::Orders => &self.orders,
        }
        .as_ref()
    }

    pub fn all(&self) -> impl Iterator<Item = &Template> {
        Topic::ALL.iter().filter_map(|topic| self.of(*topic))
    }
}

section! {
    /// The check of a volunteer's real name.
    pub struct RealNameCheck in "real_name_check" {
        /// `local` checks form and checksum of the number (GB 11643); `http` asks `url`.
        provider: RealNameProvider as "`local` or `http`" = "local";
        /// Where `http` posts `{\"real_name\", \"identity_number\"}`.
        #[serde(deserialize_with = "optional")]
        url: Option<String> as "URL" = "";
        /// Bearer token for `url`.
        #[serde(deserialize_with = "secret")]
        token: Option<SecretString> as "secret" = "";
    }
}

section! {
    /// Work that the server does by itself.
    pub struct Jobs in "jobs" {
        /// Whether this instance runs jobs.
        enabled: bool as "`true` or `false`" = "true";
        /// How often it looks for jobs that are due, in seconds.
        interval_seconds: u64 as "1 to 3600" = "5";
    }
}

section! {
    /// Photos that people upload.
    pub struct Photos in "photos" {
        /// Folder of the photos, which all instances share; `photos` in `data_folder` if not given.
        #[serde(deserialize_with = "optional")]
        folder: Option<String> as "path" = "";
        /// Uploads that one instance reads at once, of up to 10 MiB each; others wait.
        uploads: usize as "1 to 1000" = "16";
    }
}

/// All sections in the order of the file.
pub const SECTIONS: &[Section] = &[
    Settings::SECTION,
    DatabaseLanes::SECTION,
    Log::SECTION,
    RateLimits::SECTION,
    Keys::SECTION,
    Sms::SECTION,
    WeChat::SECTION,
    WeChatTemplates::SECTION,
    RealNameCheck::SECTION,
    Jobs::SECTION,
    Photos::SECTION,
];

impl Section {
    /// The full name of one of its settings: `jobs.enabled`.
    pub fn name_of(&self, setting: &Setting) -> String {
        if self.name.is_empty() {
            setting.field.to_owned()
        } else {
            format!("{}.{}", self.name, setting.field)
        }
    }

    /// The environment variable of one of its settings: `SHIJIAN_JOBS_ENABLED`. The database keeps the name that
    /// everyone uses, `DATABASE_URL`.
    pub fn variable_of(&self, setting: &Setting) -> String {
        let name = self.name_of(setting);
        if name == "database" {
            return "DATABASE_URL".to_owned();
        }
        format!("SHIJIAN_{}", name.replace('.', "_").to_uppercase())
    }
}
