//! SQLite: one file, many read lanes, one write lane that commits what waits together.

use std::{path::Path, sync::Mutex, thread, time::Duration};

use crossbeam_channel::{Receiver, Sender};
use diesel::{
    Connection as _, SqliteConnection,
    connection::SimpleConnection,
    r2d2::{self, ConnectionManager, CustomizeConnection},
    result::Error,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    Fault, Lanes, Stored, Transaction,
    database::{Connection, Task, Verdict},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");

/// How many waiting writes share one commit at most: enough that the disk's flush is paid once for all callers that
/// wait, few enough that none waits long.
const WRITES_PER_COMMIT: usize = 64;

/// WAL lets readers go on beside the writer; FULL makes each commit survive a power cut. A checkpoint every 40 MB, because
/// busy pages are written back at each.
const PRAGMAS: &str = "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; \
     pragma foreign_keys = on; pragma temp_store = memory; pragma cache_size = -32000; pragma mmap_size = 268435456; \
     pragma wal_autocheckpoint = 10000; pragma journal_size_limit = 67108864;";

type Manager = ConnectionManager<SqliteConnection>;
type Pooled = r2d2::PooledConnection<Manager>;

#[derive(Debug)]
struct Manners;

impl CustomizeConnection<SqliteConnection, r2d2::Error> for Manners {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), r2d2::Error> {
        connection.batch_execute(PRAGMAS).map_err(r2d2::Error::QueryError)
    }
}

pub struct File {
    pool: r2d2::Pool<Manager>,
    /// One migration at a time; the file's own lock does the rest between processes.
    migrating: Mutex<()>,
}

impl File {
    pub fn open(path: &Path, lanes: Lanes) -> Stored<Self> {
        let away = |error: &dyn std::fmt::Display| {
            Fault::Unavailable(format!("cannot open {}: {error}", path.display()))
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|error| away(&error))?;
        }
        let url = path.to_str().map(str::to_owned).ok_or_else(|| away(&"its path is not text"))?;
        let size = u32::try_from(lanes.sqlite_readers.max(1) + 2).map_err(|error| away(&error))?;
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(Duration::from_secs(5))
            .connection_customizer(Box::new(Manners))
            .build(ConnectionManager::new(url))
            .map_err(|error| away(&error))?;
        Ok(Self { pool, migrating: Mutex::new(()) })
    }

    fn connect(pool: &r2d2::Pool<Manager>) -> Stored<Pooled> {
        pool.get().map_err(|error| Fault::Unavailable(error.to_string()))
    }

    pub fn migrate(&self) -> Stored<Vec<String>> {
        let _one_at_a_time =
            self.migrating.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Self::connect(&self.pool)?
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
            .map_err(|error| Fault::Broken(format!("a migration failed: {error}")))
    }

    pub fn is_migrated(&self) -> Stored<bool> {
        Self::connect(&self.pool)?
            .has_pending_migration(MIGRATIONS)
            .map(|pending| !pending)
            .map_err(|error| Fault::Unavailable(error.to_string()))
    }

    pub fn start_readers(&self, lanes: Lanes) -> Stored<Sender<Box<dyn Task>>> {
        let (sender, receiver) = crossbeam_channel::bounded::<Box<dyn Task>>(lanes.queue);
        for number in 0..lanes.sqlite_readers.max(1) {
            let (pool, tasks) = (self.pool.clone(), receiver.clone());
            spawn(format!("sqlite-read-{number}"), move || read_lane(&pool, &tasks))?;
        }
        Ok(sender)
    }

    pub fn start_writer(&self, lanes: Lanes) -> Stored<Sender<Box<dyn Task>>> {
        let (sender, receiver) = crossbeam_channel::bounded::<Box<dyn Task>>(lanes.queue);
        let pool = self.pool.clone();
        spawn("sqlite-write".to_owned(), move || write_lane(&pool, &receiver))?;
        Ok(sender)
    }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> Stored<()> {
    thread::Builder::new()
        .name(name)
        .spawn(work)
        .map(drop)
        .map_err(|error| Fault::Unavailable(error.to_string()))
}

fn read_lane(pool: &r2d2::Pool<Manager>, tasks: &Receiver<Box<dyn Task>>) {
    let mut connection = None;
    while let Ok(mut task) = tasks.recv() {
        let fault = match take(&mut connection, pool) {
            Ok(engine) => {
                task.run(&mut Transaction::on(Connection::Sqlite(engine)));
                None
            }
            Err(fault) => Some(fault),
        };
        task.answer(fault);
    }
}

fn write_lane(pool: &r2d2::Pool<Manager>, tasks: &Receiver<Box<dyn Task>>) {
    let mut connection = None;
    while let Ok(first) = tasks.recv() {
        let mut waiting = vec![first];
        waiting.extend(tasks.try_iter().take(WRITES_PER_COMMIT - 1));
        let committed = take(&mut connection, pool).and_then(|engine| commit(engine, &mut waiting));
        if committed.is_err() {
            // Whatever state the connection is in, a new one is in a known state.
            connection = None;
        }
        for task in waiting {
            task.answer(
                committed.as_ref().err().map(|fault| Fault::Unavailable(fault.to_string())),
            );
        }
    }
}

fn take<'c>(
    held: &'c mut Option<Pooled>,
    pool: &r2d2::Pool<Manager>,
) -> Stored<&'c mut SqliteConnection> {
    if held.is_none() {
        *held = Some(File::connect(pool)?);
    }
    held.as_deref_mut().ok_or_else(|| Fault::Unavailable("no connection".to_owned()))
}

/// Runs every task in a savepoint of its own and commits them together; a refusal undoes only its own task.
fn commit(engine: &mut SqliteConnection, tasks: &mut [Box<dyn Task>]) -> Stored<()> {
    engine
        .immediate_transaction(|engine| {
            for task in tasks {
                let undone = engine.transaction::<(), Error, _>(|engine| {
                    match task.run(&mut Transaction::on(Connection::Sqlite(engine))) {
                        Verdict::Commit => Ok(()),
                        Verdict::RollBack | Verdict::TryAgain | Verdict::Reconnect => {
                            Err(Error::RollbackTransaction)
                        }
                    }
                });
                if let Err(error) = undone
                    && error != Error::RollbackTransaction
                {
                    return Err(error);
                }
            }
            Ok(())
        })
        .map_err(Fault::from)
}
