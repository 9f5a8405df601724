//! A transaction in progress: holding one is the licence to query.

use diesel::{PgConnection, SqliteConnection, connection::SimpleConnection};

use crate::{Fault, Stored};

/// The connection of whichever engine the transaction is on.
pub enum Connection<'c> {
    Postgres(&'c mut PgConnection),
    Sqlite(&'c mut SqliteConnection),
}

/// Work in progress on one connection.
pub struct Transaction<'c> {
    connection: Connection<'c>,
    statements: u32,
}

impl<'c> Transaction<'c> {
    pub(crate) const fn on(connection: Connection<'c>) -> Self {
        Self { connection, statements: 0 }
    }

    /// The connection, for one statement.
    pub(crate) fn connection(&mut self) -> &mut Connection<'c> {
        self.statements += 1;
        &mut self.connection
    }

    /// Does one of several things so that it may fail alone: what it wrote is undone, and the transaction goes on.
    pub fn alone<T, E: From<Fault>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.say("savepoint alone")?;
        let done = work(self);
        self.say(if done.is_ok() {
            "release savepoint alone"
        } else {
            "rollback to savepoint alone; release savepoint alone"
        })?;
        done
    }

    fn say(&mut self, statement: &str) -> Stored<()> {
        match self.connection() {
            Connection::Postgres(engine) => engine.batch_execute(statement),
            Connection::Sqlite(engine) => engine.batch_execute(statement),
        }
        .map_err(Fault::from)
    }

    /// Whether writes take turns by themselves: SQLite has one writer.
    pub(crate) const fn is_serial(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }

    /// Statements sent so far: the work of one request is bounded, and tests count it.
    pub const fn statements(&self) -> u32 {
        self.statements
    }
}

/// Runs one query text on whichever engine the transaction is on.
macro_rules! on_engine {
    ($tx:expr, $connection:ident => $query:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Postgres(engine) => {
                let $connection: &mut diesel::PgConnection = engine;
                $query
            }
            $crate::database::Connection::Sqlite(engine) => {
                let $connection: &mut diesel::SqliteConnection = engine;
                $query
            }
        }
        .map_err($crate::Fault::from)
    };
}

/// Loads the rows of a query and holds them until the transaction ends: with row locks on PostgreSQL; on SQLite a
/// write transaction already holds the whole file.
macro_rules! locked {
    ($tx:expr, $query:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Postgres(engine) => {
                let engine: &mut diesel::PgConnection = engine;
                diesel::RunQueryDsl::load(diesel::QueryDsl::for_update($query), engine)
            }
            $crate::database::Connection::Sqlite(engine) => {
                let engine: &mut diesel::SqliteConnection = engine;
                diesel::RunQueryDsl::load($query, engine)
            }
        }
        .map_err($crate::Fault::from)
    };
}

/// Loads the rows of a query and keeps them from being changed until the transaction ends; others may keep them so as well.
macro_rules! shared {
    ($tx:expr, $query:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Postgres(engine) => {
                let engine: &mut diesel::PgConnection = engine;
                diesel::RunQueryDsl::load(diesel::QueryDsl::for_share($query), engine)
            }
            $crate::database::Connection::Sqlite(engine) => {
                let engine: &mut diesel::SqliteConnection = engine;
                diesel::RunQueryDsl::load($query, engine)
            }
        }
        .map_err($crate::Fault::from)
    };
}

/// Inserts rows: together on PostgreSQL; one by one on SQLite, where the statement for one row stays prepared.
macro_rules! insert_rows {
    ($tx:expr, $table:expr, $rows:expr) => {
        match $tx.connection() {
            $crate::database::Connection::Postgres(engine) => {
                let engine: &mut diesel::PgConnection = engine;
                diesel::RunQueryDsl::execute(diesel::insert_into($table).values($rows), engine)
            }
            $crate::database::Connection::Sqlite(engine) => {
                $rows.iter().try_fold(0, |done, row| {
                    let engine: &mut diesel::SqliteConnection = engine;
                    let inserted = diesel::RunQueryDsl::execute(
                        diesel::insert_into($table).values(row),
                        engine,
                    )?;
                    Ok(done + inserted)
                })
            }
        }
        .map_err($crate::Fault::from)
    };
}
