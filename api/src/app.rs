//! What every request shares: one per process.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpRequest, web::Data};
use chrono::{DateTime, Utc};
use shijian_persistence::{Database, Fault};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{
    chance::{Chance, IdSource},
    clock::Clock,
    keys::KeyRing,
    limits::Limits,
    photos::store::{BlobStore, FolderStore},
    problem::{Answer, Code, Problem},
    settings::Settings,
    text_messages::{TextMessages, text_messages},
    vault::Vault,
    volunteers::{RealNameCheck, real_name_check},
    wechat::WeChatServer,
};

/// The parts of the program, wired together.
pub struct App {
    pub settings: Settings,
    pub database: Arc<Database>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub ids: IdSource,
    pub vault: Vault,
    pub keys: KeyRing,
    pub limits: Limits,
    /// `None` where no mini-program is set up.
    pub wechat: Option<WeChatServer>,
    /// `None` where no text messages are sent.
    pub text_messages: Option<Box<dyn TextMessages>>,
    pub real_names: Box<dyn RealNameCheck>,
    pub in_flight: InFlight,
    pub photos: Arc<dyn BlobStore>,
    /// The turns of uploads: so many photos are in memory at once.
    pub uploads: Arc<Semaphore>,
}

impl App {
    /// Opens the database and wires the program. Nothing is served yet.
    ///
    /// # Errors
    /// A [`Fault`] if the database's address is malformed or its file cannot be opened.
    pub fn new(
        settings: Settings,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, Fault> {
        let database = Database::open(&settings.database_settings())?;
        let vault = Vault::new(&settings.keys.vault, settings.keys.blind_index.clone());
        Ok(Self {
            database: Arc::new(database),
            vault,
            keys: KeyRing::new(&settings),
            limits: Limits::new(&settings.rate_limits),
            wechat: WeChatServer::of(&settings.wechat),
            text_messages: text_messages(&settings.sms),
            real_names: real_name_check(&settings.real_name_check),
            ids: IdSource::default(),
            in_flight: InFlight::default(),
            photos: Arc::new(FolderStore::new(settings.photo_folder())),
            uploads: Arc::new(Semaphore::new(settings.photos.uploads)),
            settings,
            clock,
            chance,
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The program that a request was made to.
    ///
    /// # Errors
    /// [`Code::Internal`] if the server was wired without one.
    pub fn of(request: &HttpRequest) -> Answer<Arc<Self>> {
        request
            .app_data::<Data<Self>>()
            .map(|app| Arc::clone(app))
            .ok_or_else(|| Problem::new(Code::Internal))
    }
}

/// The idempotency keys whose first request is still being answered by this process.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<Mutex<HashSet<(Uuid, String)>>>);

/// Holds a key until it is dropped.
#[derive(Debug)]
pub struct Holding {
    keys: InFlight,
    key: (Uuid, String),
}

impl InFlight {
    /// Takes `key` of `owner`; `None` while another request holds it.
    pub fn hold(&self, owner: Uuid, key: &str) -> Option<Holding> {
        let key = (owner, key.to_owned());
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        taken.then(|| Holding { keys: self.clone(), key })
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
