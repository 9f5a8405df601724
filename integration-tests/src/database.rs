//! Fresh databases: copies of a seeded one.

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::server::program;

/// Where the tests' PostgreSQL is; `make test` starts one and says so.
const POSTGRES: &str = "SHIJIAN_TEST_POSTGRES";
/// What the environment tells the tests and not the program.
const OURS: [&str; 4] = [POSTGRES, "DATABASE_URL", "SHIJIAN_ORDER_LIVES", "SHIJIAN_ORDER_SEED"];

/// The engine under a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of one test, dropped with it.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
    /// What `--database` takes.
    pub url: String,
    /// The test's own folder: the program's data folder.
    pub folder: PathBuf,
    name: String,
}

impl Database {
    /// A copy of the seeded database of `engine`.
    pub fn fresh(engine: Engine) -> Self {
        let template = template(engine);
        let fresh = Self::named(engine, &unique());
        std::fs::create_dir_all(&fresh.folder).expect("a temporary folder");
        // The keys that decrypt what was seeded, and with SQLite the database and its log.
        for entry in std::fs::read_dir(&template.folder).expect("the template's folder") {
            let from = entry.expect("a file").path();
            let name = from.file_name().expect("a file's name");
            std::fs::copy(&from, fresh.folder.join(name)).expect("a copy");
        }
        if engine == Engine::Postgres {
            sql(&format!("create database {} template {}", fresh.name, template.name));
        }
        fresh
    }

    fn named(engine: Engine, name: &str) -> Self {
        let folder = std::env::temp_dir().join(name);
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.join("shijian.db").display()),
            Engine::Postgres => url_of(name),
        };
        Self { engine, url, folder, name: name.to_owned() }
    }

    /// A command of the program on this database.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_as("demo", arguments)
    }

    /// A command of the program on this database, under a profile.
    pub fn command_as(&self, profile: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .args(["--database", &self.url, "--profile", profile])
            .env("SHIJIAN_DATA_FOLDER", &self.folder);
        for ours in OURS {
            command.env_remove(ours);
        }
        command
    }

    /// Cuts everybody off from a database of PostgreSQL, as if it were away.
    pub fn cut_off(&self) {
        sql(&format!("alter database {} with allow_connections false", self.name));
        let connected = format!("from pg_stat_activity where datname = '{}'", self.name);
        sql(&format!("select pg_terminate_backend(pid) {connected}"));
    }

    /// Lets everybody in again.
    pub fn let_in(&self) {
        sql(&format!("alter database {} with allow_connections true", self.name));
    }

    /// Whether `text` lies readable anywhere in the database, in a column of text or of bytes.
    pub fn shows(&self, text: &str) -> bool {
        let contains = |stored: &[u8], wanted: &str| {
            stored.windows(wanted.len()).any(|part| part == wanted.as_bytes())
        };
        match self.engine {
            Engine::Sqlite => ["shijian.db", "shijian.db-wal"].iter().any(|file| {
                let stored = std::fs::read(self.folder.join(file)).unwrap_or_default();
                contains(&stored, text)
            }),
            Engine::Postgres => {
                let dump = Command::new("pg_dump")
                    .args(["--data-only", "--dbname", &self.url])
                    .output()
                    .expect("pg_dump can be started");
                assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
                let hexadecimal =
                    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
                contains(&dump.stdout, text) || contains(&dump.stdout, &hexadecimal)
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.engine == Engine::Postgres {
            sql(&format!("drop database if exists {} with (force)", self.name));
        }
        // What cannot be removed lies in the system's temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The seeded database that fresh ones are copied from, made at its first use.
fn template(engine: Engine) -> &'static Database {
    static SQLITE: OnceLock<Database> = OnceLock::new();
    static POSTGRES: OnceLock<Database> = OnceLock::new();
    let place = match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    };
    place.get_or_init(|| {
        let template = Database::named(engine, &unique());
        std::fs::create_dir_all(&template.folder).expect("a temporary folder");
        if engine == Engine::Postgres {
            sql(&format!("create database {}", template.name));
        }
        let seeded = template
            .command(&["seed-demo", "--scale", "small"])
            .output()
            .expect("the program can be started");
        assert!(seeded.status.success(), "{}", String::from_utf8_lossy(&seeded.stderr));
        template
    })
}

fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("shijian_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn server_url() -> String {
    std::env::var(POSTGRES)
        .unwrap_or_else(|_| panic!("{POSTGRES} names no PostgreSQL: run the tests by `make test`"))
}

/// The URL of the database `name` on the tests' server.
fn url_of(name: &str) -> String {
    let url = server_url();
    let (server, parameters) = url.split_once('?').unwrap_or((&url, ""));
    let (server, _) = server.rsplit_once('/').expect("a URL ends with a database");
    if parameters.is_empty() {
        format!("{server}/{name}")
    } else {
        format!("{server}/{name}?{parameters}")
    }
}

fn sql(text: &str) {
    let told = Command::new("psql")
        .args(["--quiet", "--dbname", &server_url(), "--command", text])
        .output()
        .expect("psql can be started");
    assert!(told.status.success(), "{text}: {}", String::from_utf8_lossy(&told.stderr));
}
