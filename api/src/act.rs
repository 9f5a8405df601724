//! What an action needs beside its transaction and its command.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use shijian_domain::ids::{AuditRecordId, EventId};
use shijian_persistence::{Transaction, identity, integration};
use uuid::Uuid;

use crate::{
    app::App,
    caller::Caller,
    chance::{Chance, IdSource},
    photos::store::BlobStore,
    problem::{Answer, Code, Problem},
    settings::Settings,
    vault::Vault,
};

/// What a change or an event is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    kind: &'static str,
    id: Uuid,
}

impl Subject {
    pub const fn new(kind: &'static str, id: Uuid) -> Self {
        Self { kind, id }
    }
}

/// Where an act came from, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub request_id: Option<String>,
    /// The network address of the caller.
    pub address: Option<String>,
}

/// One act of one caller at one moment: time, ids and chance enter actions here.
pub struct Act<'a> {
    pub caller: Caller,
    pub now: DateTime<Utc>,
    pub zone: Tz,
    pub chance: &'a dyn Chance,
    ids: &'a IdSource,
    pub vault: &'a Vault,
    pub settings: &'a Settings,
    /// Where the bytes of photos lie.
    pub photos: &'a dyn BlobStore,
    pub origin: Origin,
    /// The version that the caller means to change, where they said it.
    pub expected_version: Option<i64>,
}

impl<'a> Act<'a> {
    pub fn new(app: &'a App, caller: Caller, now: DateTime<Utc>) -> Self {
        Self {
            caller,
            now,
            zone: app.settings.time_zone,
            chance: app.chance.as_ref(),
            ids: &app.ids,
            vault: &app.vault,
            settings: &app.settings,
            photos: app.photos.as_ref(),
            origin: Origin::default(),
            expected_version: None,
        }
    }

    /// The same act, as something that the program does in consequence.
    #[must_use]
    pub fn by_program(&self) -> Self {
        Self {
            caller: Caller::program(),
            origin: self.origin.clone(),
            expected_version: None,
            ..*self
        }
    }

    /// A fresh id of any kind.
    pub fn id<T: From<Uuid>>(&self) -> T {
        T::from(self.ids.next(self.now, self.chance))
    }

    /// # Errors
    /// [`Code::StaleVersion`] if the caller named another version than `current`.
    pub fn expect_version(&self, current: i64) -> Answer<()> {
        match self.expected_version {
            Some(expected) if expected != current => Err(Problem::new(Code::StaleVersion)
                .say(
                    format!("当前版本是 {current},您修改的是 {expected}。请重新读取后再修改。"),
                    format!("The current version is {current}; you changed {expected}. Read it again first."),
                )
                .with("version", current)),
            _ => Ok(()),
        }
    }

    /// Records a change that staff made: who, when, from where, what, before and after. No personal data.
    pub fn audit(
        &self,
        tx: &mut Transaction<'_>,
        operation: &str,
        subject: Subject,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Answer<()> {
        let record = identity::AuditRecord {
            id: self.id::<AuditRecordId>(),
            at: self.now,
            account_id: self.caller.account_if_any(),
            request_id: self.origin.request_id.clone(),
            address: self.origin.address.clone(),
            operation: operation.to_owned(),
            subject_kind: subject.kind.to_owned(),
            subject_id: Some(subject.id),
            before: before.map(|value| value.to_string()),
            after: after.map(|value| value.to_string()),
        };
        Ok(identity::insert_audit_record(tx, &record)?)
    }

    /// Tells whoever waits for it that something happened, in the same transaction. No personal data.
    pub fn publish(
        &self,
        tx: &mut Transaction<'_>,
        kind: &str,
        subject: Subject,
        data: &Value,
    ) -> Answer<()> {
        let event = integration::Event {
            id: self.id::<EventId>(),
            kind: kind.to_owned(),
            subject_kind: subject.kind.to_owned(),
            subject_id: subject.id,
            data: data.to_string(),
            occurred_at: self.now,
        };
        Ok(integration::append_event(tx, &event)?)
    }
}
