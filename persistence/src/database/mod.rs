//! The only doors to the database: [`Database::read`] and [`Database::write`].
//!
//! Work is a closure that is sent to a *lane*: a thread that owns one connection. Its answer comes back on a
//! oneshot channel, so that no async thread ever waits for a disk. A full queue is the back-pressure. See
//! `docs/adr/0001-lanes.md` for the measurements behind this.

mod task;
#[macro_use]
mod transaction;

use std::{path::PathBuf, time::Duration};

use crossbeam_channel::{Sender, TrySendError};
use tokio::sync::oneshot;

pub use task::Outcome;
pub(crate) use task::{Task, Verdict};
pub use transaction::{Connection, Transaction};

use crate::{
    Fault, Stored,
    engine::{postgres, sqlite},
};

/// How many threads talk to the database, and how much work may wait for them.
#[derive(Debug, Clone, Copy)]
pub struct Lanes {
    /// Read lanes of the embedded engine.
    pub sqlite_readers: usize,
    /// Lanes of PostgreSQL, for reads and writes alike.
    pub postgres: usize,
    /// Tasks that may wait before a caller is told to come back.
    pub queue: usize,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { sqlite_readers: 4, postgres: 12, queue: 1024 }
    }
}

/// Where the database is and how to talk to it.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    pub lanes: Lanes,
    /// How long a connection may take to come.
    pub connect_timeout: Duration,
    /// How long one statement may take on PostgreSQL.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            lanes: Lanes::default(),
            connect_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
        }
    }
}

pub(crate) enum Location {
    Postgres(String),
    Sqlite(PathBuf),
}

impl Location {
    fn parse(url: &str) -> Stored<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(PathBuf::from(path.trim_start_matches("//"))));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(Fault::Unavailable(
            "the database's address must begin with `sqlite:` or `postgres://`".to_owned(),
        ))
    }
}

enum Engine {
    Postgres(postgres::Pool),
    Sqlite(sqlite::File),
}

/// One database of either engine, behind its lanes. Dropping it ends the lanes.
pub struct Database {
    engine: Engine,
    readers: Sender<Box<dyn Task>>,
    writers: Sender<Box<dyn Task>>,
}

impl Database {
    /// Opens the database and starts its lanes. PostgreSQL may be away at this moment: lanes connect when they can.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] if the address is malformed or the file cannot be opened.
    pub fn open(settings: &DatabaseSettings) -> Stored<Self> {
        match Location::parse(&settings.url)? {
            Location::Postgres(url) => {
                let pool = postgres::Pool::build(&url, settings)?;
                let lane = pool.start_lanes(settings.lanes)?;
                Ok(Self { engine: Engine::Postgres(pool), readers: lane.clone(), writers: lane })
            }
            Location::Sqlite(path) => {
                let file = sqlite::File::open(&path, settings.lanes)?;
                let readers = file.start_readers(settings.lanes)?;
                let writers = file.start_writer(settings.lanes)?;
                Ok(Self { engine: Engine::Sqlite(file), readers, writers })
            }
        }
    }

    /// The engine's name: `postgres` or `sqlite`.
    pub const fn engine(&self) -> &'static str {
        match self.engine {
            Engine::Postgres(_) => "postgres",
            Engine::Sqlite(_) => "sqlite",
        }
    }

    /// Tasks that wait for a lane, for reads and for writes.
    pub fn waiting(&self) -> (usize, usize) {
        (self.readers.len(), self.writers.len())
    }

    /// Applies the migrations that have not run yet; several instances may try at once. Gives their names.
    pub fn migrate(&self) -> Stored<Vec<String>> {
        match &self.engine {
            Engine::Postgres(pool) => pool.migrate(),
            Engine::Sqlite(file) => file.migrate(),
        }
    }

    /// Whether every migration that this program knows has been applied.
    pub fn is_migrated(&self) -> Stored<bool> {
        match &self.engine {
            Engine::Postgres(pool) => pool.is_migrated(),
            Engine::Sqlite(file) => file.is_migrated(),
        }
    }

    /// Reads: each statement sees what was committed when it began.
    ///
    /// # Errors
    /// Whatever `work` returns, or a [`Fault`] of the lanes.
    pub async fn read<T, E>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Outcome,
    {
        match Self::send(&self.readers, false, work) {
            Ok(answer) => answer.await.unwrap_or_else(|_| Err(Self::lost().into())),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Writes in one transaction: `Ok` commits, `Err` rolls back. `work` may run more than once: on PostgreSQL the
    /// whole transaction is tried again when another one was in the way.
    ///
    /// # Errors
    /// Whatever `work` returns, or a [`Fault`] of the lanes or the commit.
    pub async fn write<T, E>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Outcome,
    {
        match Self::send(&self.writers, true, work) {
            Ok(answer) => answer.await.unwrap_or_else(|_| Err(Self::lost().into())),
            Err(fault) => Err(fault.into()),
        }
    }

    /// As [`Database::read`], for callers that are not async: the command line.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Outcome,
    {
        match Self::send(&self.readers, false, work) {
            Ok(answer) => answer.blocking_recv().unwrap_or_else(|_| Err(Self::lost().into())),
            Err(fault) => Err(fault.into()),
        }
    }

    /// As [`Database::write`], for callers that are not async: the command line.
    pub fn write_blocking<T, E>(
        &self,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: Outcome,
    {
        match Self::send(&self.writers, true, work) {
            Ok(answer) => answer.blocking_recv().unwrap_or_else(|_| Err(Self::lost().into())),
            Err(fault) => Err(fault.into()),
        }
    }

    fn send<T, E>(
        lane: &Sender<Box<dyn Task>>,
        writes: bool,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Stored<oneshot::Receiver<Result<T, E>>>
    where
        T: Send + 'static,
        E: Outcome,
    {
        let (task, answer) = task::new(writes, work);
        match lane.try_send(task) {
            Ok(()) => Ok(answer),
            Err(TrySendError::Full(_)) => Err(Fault::Busy),
            Err(TrySendError::Disconnected(_)) => {
                Err(Fault::Unavailable("the lanes have ended".to_owned()))
            }
        }
    }

    fn lost() -> Fault {
        Fault::Broken("the work ended without an answer".to_owned())
    }
}
