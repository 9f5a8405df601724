//! The program as a process of its own.

use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    client::Caller,
    database::{Database, Engine},
};

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// The password of every demo account.
const PASSWORD: &str = "shijian-demo";

/// The built program: it lies in a folder above the one who asks.
pub fn program() -> PathBuf {
    let asking = std::env::current_exe().expect("the tests have a path");
    let mut programs = asking.ancestors().skip(1).map(|folder| folder.join("shijian"));
    programs.find(|program| program.is_file()).expect("build the program first: `cargo build`")
}

/// A running server with a database of its own. It ends with the test.
#[derive(Debug)]
pub struct Server {
    process: Child,
    port: u16,
    environment: Vec<(String, String)>,
    // After the process, so that nobody has it open when it is dropped.
    database: Database,
}

impl Server {
    /// Starts the program on a fresh copy of the small district.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    /// Starts the program with settings in its environment.
    pub async fn start_with(engine: Engine, environment: &[(&str, &str)]) -> Self {
        let database = tokio::task::spawn_blocking(move || Database::fresh(engine))
            .await
            .expect("a fresh database");
        let environment: Vec<_> = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let port = free_port();
        let process = spawn(&database, port, &environment);
        let mut server = Self { process, port, environment, database };
        server.until_it_listens().await;
        server
    }

    async fn until_it_listens(&mut self) {
        let begun = Instant::now();
        loop {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("the server ended with {status}:\n{}", self.log());
            }
            if let Some(200) = self.anonymous().status_of("/health/live").await {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "the server does not start:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Kills the program as a power cut would, and starts it again on the same database.
    pub async fn kill_and_restart(&mut self) {
        self.stop();
        self.process = spawn(&self.database, self.port, &self.environment);
        self.until_it_listens().await;
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Asks the program to end and waits until it has; says whether it ended well.
    pub fn end(&mut self) -> bool {
        let told = std::process::Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status()
            .expect("kill can be started");
        told.success() && self.process.wait().is_ok_and(|status| status.success())
    }

    /// Runs a command of the program on this server's database and with its settings; gives whether it succeeded and what it
    /// said.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = self.database.command(arguments);
        outcome(command.envs(self.environment.iter().map(|(name, value)| (name, value))))
    }

    /// Runs a command as a production deployment would, with settings in its environment.
    pub fn run_in_production(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> (bool, String) {
        let mut command = self.database.command_as("production", arguments);
        outcome(command.envs(environment.iter().copied()))
    }

    /// The database under this server.
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Whether `text` lies readable anywhere in the database.
    pub fn stores(&self, text: &str) -> bool {
        self.database.shows(text)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.database.folder.join("log")).unwrap_or_default()
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A caller without a token.
    pub fn anonymous(&self) -> Caller {
        Caller::new(self.url(), None)
    }

    /// A demo account's caller, signed in.
    pub async fn signed_in(&self, username: &str) -> Caller {
        let tokens = self.token(username).await;
        let token = tokens["access_token"].as_str().expect("an access token");
        Caller::new(self.url(), Some(token.to_owned()))
    }

    /// The answer to a demo account's login.
    pub async fn token(&self, username: &str) -> Value {
        self.anonymous()
            .form(
                "/oauth/token",
                &[("grant_type", "password"), ("username", username), ("password", PASSWORD)],
            )
            .await
            .expect(200)
    }

    /// Signs in by a one-time code, which the demo writes to its log. The first time makes the account.
    pub async fn signed_in_by_phone(&self, phone: &str) -> Caller {
        let asked = serde_json::json!({"phone": phone});
        self.anonymous().post("/auth/phone-codes", &asked).await.expect(202);
        let code = self.phone_code(phone);
        let tokens = self
            .anonymous()
            .form(
                "/oauth/token",
                &[
                    ("grant_type", "urn:shijian:grant:phone-code"),
                    ("phone", phone),
                    ("code", &code),
                ],
            )
            .await
            .expect(200);
        let token = tokens["access_token"].as_str().expect("an access token");
        Caller::new(self.url(), Some(token.to_owned()))
    }

    /// Signs in by a code of the mini-program. The first time makes the account.
    pub async fn signed_in_by_wechat(&self, code: &str) -> Caller {
        let form = [("grant_type", "urn:shijian:grant:wechat-code"), ("code", code)];
        let tokens = self.anonymous().form("/oauth/token", &form).await.expect(200);
        let token = tokens["access_token"].as_str().expect("an access token");
        Caller::new(self.url(), Some(token.to_owned()))
    }

    /// The last one-time code for a phone.
    pub fn phone_code(&self, phone: &str) -> String {
        let log = self.log();
        let line = log.lines().rev().find(|line| line.contains(phone)).expect("a code in the log");
        let (_, after) = line.rsplit_once("code=").expect("the line names the code");
        after.chars().filter(char::is_ascii_digit).take(6).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the server's log:\n{}", self.log());
        }
        self.stop();
    }
}

fn outcome(command: &mut Command) -> (bool, String) {
    let output = command.output().expect("the program can be started");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

fn spawn(database: &Database, port: u16, environment: &[(String, String)]) -> Child {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(database.folder.join("log"))
        .expect("a log");
    database
        .command(&["serve", "--listen", &format!("127.0.0.1:{port}")])
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .expect("the program can be started")
}
