//! PostgreSQL: a pool, lanes that share one queue, retries of what another transaction was in the way of.

use std::{thread, time::Duration};

use crossbeam_channel::{Receiver, Sender};
use diesel::{
    Connection as _, PgConnection, RunQueryDsl,
    connection::{SimpleConnection, TransactionManager, TransactionManagerStatus},
    r2d2::{self, ConnectionManager, CustomizeConnection, PooledConnection},
    result::Error,
    sql_types::Text,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use rand::RngExt;

use crate::{
    DatabaseSettings, Fault, Lanes, Stored, Transaction,
    database::{Connection, Task, Verdict},
};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Any number, as long as every instance takes the same: the advisory lock that one migration at a time holds.
const MIGRATION_LOCK: i64 = 0x5348_494A_4941_4E01;

/// How often a transaction is tried before its caller hears that another one was in the way.
const TRIES: u32 = 8;

type Manager = ConnectionManager<PgConnection>;
type Pooled = PooledConnection<Manager>;

#[derive(Debug)]
struct Manners {
    statement_timeout: Duration,
}

impl CustomizeConnection<PgConnection, r2d2::Error> for Manners {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), r2d2::Error> {
        let statement = self.statement_timeout.as_millis();
        connection
            .batch_execute(&format!(
                "set time zone 'UTC'; set statement_timeout = {statement}; set lock_timeout = {}; \
                 set idle_in_transaction_session_timeout = '30s';",
                statement / 2
            ))
            .map_err(r2d2::Error::QueryError)
    }
}

/// Holds `name` until the transaction ends; whoever wants it too waits. Two names may rarely stand for one another.
pub fn hold(connection: &mut PgConnection, name: &str) -> Stored<()> {
    diesel::sql_query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(name)
        .execute(connection)?;
    Ok(())
}

#[derive(Clone)]
pub struct Pool(r2d2::Pool<Manager>);

impl Pool {
    pub fn build(url: &str, settings: &DatabaseSettings) -> Stored<Self> {
        let size = u32::try_from(settings.lanes.postgres + 1)
            .map_err(|_| Fault::Unavailable("too many lanes".to_owned()))?;
        let manners = Manners { statement_timeout: settings.statement_timeout };
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .connection_timeout(settings.connect_timeout)
            .connection_customizer(Box::new(manners))
            .build_unchecked(ConnectionManager::new(url));
        Ok(Self(pool))
    }

    fn connect(&self) -> Stored<Pooled> {
        self.0.get().map_err(|error| Fault::Unavailable(error.to_string()))
    }

    pub fn migrate(&self) -> Stored<Vec<String>> {
        let mut connection = self.connect()?;
        connection.batch_execute("set statement_timeout = 0; set lock_timeout = 0;")?;
        diesel::sql_query(format!("select pg_advisory_lock({MIGRATION_LOCK})"))
            .execute(&mut connection)?;
        let applied = connection
            .run_pending_migrations(MIGRATIONS)
            .map(|versions| versions.iter().map(ToString::to_string).collect())
            .map_err(|error| Fault::Broken(format!("a migration failed: {error}")));
        diesel::sql_query(format!("select pg_advisory_unlock({MIGRATION_LOCK})"))
            .execute(&mut connection)?;
        applied
    }

    pub fn is_migrated(&self) -> Stored<bool> {
        let mut connection = self.connect()?;
        connection.has_pending_migration(MIGRATIONS).map(|pending| !pending).map_err(|error| {
            discard(&mut connection);
            Fault::Unavailable(error.to_string())
        })
    }

    pub fn start_lanes(&self, lanes: Lanes) -> Stored<Sender<Box<dyn Task>>> {
        let (sender, receiver) = crossbeam_channel::bounded(lanes.queue);
        for number in 0..lanes.postgres.max(1) {
            let lane = Lane { pool: self.clone(), tasks: receiver.clone(), connection: None };
            thread::Builder::new()
                .name(format!("postgres-{number}"))
                .spawn(move || lane.serve())
                .map_err(|error| Fault::Unavailable(error.to_string()))?;
        }
        Ok(sender)
    }
}

/// A thread with one connection, replaced when it breaks.
struct Lane {
    pool: Pool,
    tasks: Receiver<Box<dyn Task>>,
    connection: Option<Pooled>,
}

impl Lane {
    fn serve(mut self) {
        while let Ok(mut task) = self.tasks.recv() {
            let fault = self.run(task.as_mut()).err();
            task.answer(fault);
        }
    }

    fn run(&mut self, task: &mut dyn Task) -> Stored<()> {
        for attempt in 1.. {
            match self.attempt(task) {
                Err(Fault::Transient(_)) if attempt < TRIES => {
                    let longest = 2_u64 << attempt;
                    thread::sleep(Duration::from_millis(rand::rng().random_range(1..=longest)));
                }
                // A connection that broke costs the caller nothing but a new connection: nothing was committed.
                Err(Fault::Unavailable(_)) if attempt == 1 => {}
                ended => return ended,
            }
        }
        Ok(())
    }

    /// Runs the task once. `Err` means that nothing was committed.
    fn attempt(&mut self, task: &mut dyn Task) -> Stored<()> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.connect()?,
        };
        let ended = if task.writes() {
            Self::in_transaction(&mut connection, task)
        } else {
            Self::reading(&mut connection, task)
        };
        if matches!(ended, Err(Fault::Unavailable(_))) {
            discard(&mut connection);
        } else if Self::is_sound(&mut connection) {
            self.connection = Some(connection);
        }
        ended
    }

    fn reading(connection: &mut Pooled, task: &mut dyn Task) -> Stored<()> {
        let engine: &mut PgConnection = connection;
        match task.run(&mut Transaction::on(Connection::Postgres(engine))) {
            Verdict::TryAgain => Err(Fault::Transient("a read was in the way".to_owned())),
            Verdict::Reconnect => Err(Self::broke()),
            Verdict::Commit | Verdict::RollBack => Ok(()),
        }
    }

    fn in_transaction(connection: &mut Pooled, task: &mut dyn Task) -> Stored<()> {
        let mut verdict = Verdict::RollBack;
        let engine: &mut PgConnection = connection;
        let mut begun = false;
        let committed = engine.transaction::<(), Error, _>(|engine| {
            begun = true;
            verdict = task.run(&mut Transaction::on(Connection::Postgres(engine)));
            match verdict {
                Verdict::Commit => Ok(()),
                Verdict::RollBack | Verdict::TryAgain | Verdict::Reconnect => {
                    Err(Error::RollbackTransaction)
                }
            }
        });
        let Err(error) = committed else { return Ok(()) };
        if !begun {
            return Err(Fault::Unavailable(error.to_string()));
        }
        match verdict {
            Verdict::RollBack => Ok(()),
            Verdict::TryAgain => Err(Fault::Transient("the transaction".to_owned())),
            Verdict::Reconnect => Err(Self::broke()),
            // The commit itself failed; unless it was undone, it is unknown whether it took effect, so nobody tries again.
            Verdict::Commit => match Fault::from(error) {
                fault @ Fault::Transient(_) => Err(fault),
                fault => Err(Fault::Broken(format!("the commit failed: {fault}"))),
            },
        }
    }

    fn broke() -> Fault {
        Fault::Unavailable("the connection broke".to_owned())
    }

    fn is_sound(connection: &mut Pooled) -> bool {
        let engine: &mut PgConnection = connection;
        matches!(transactions(engine), TransactionManagerStatus::Valid(_))
            && !diesel::r2d2::R2D2Connection::is_broken(engine)
    }
}

/// What diesel knows of the connection's transactions.
fn transactions(engine: &mut PgConnection) -> &mut TransactionManagerStatus {
    <PgConnection as diesel::Connection>::TransactionManager::transaction_manager_status_mut(engine)
}

/// Lets the pool close the connection instead of lending it again: neither looks at the socket, so a connection that broke
/// while it was idle would seem sound to both.
fn discard(connection: &mut Pooled) {
    *transactions(connection) = TransactionManagerStatus::InError;
}
