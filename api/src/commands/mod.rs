//! What the program can be told on its command line.

mod accounts;
mod ledger;
mod log;
mod orders;
mod seed;
mod serve;

use std::{collections::BTreeMap, error::Error, path::PathBuf, sync::Arc};

use clap::{Args, Parser, Subcommand};
use shijian_api::{
    app::App,
    chance::SystemChance,
    demo, jobs, openapi, problem,
    settings::{self, Settings, Sources},
};
use shijian_persistence::Database;

/// A command ends well or with a reason that a person can act on.
type Ended = Result<(), Box<dyn Error>>;

/// The platform of a civic practice center.
#[derive(Debug, Parser)]
#[command(name = "shijian", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    given: Given,
}

/// Settings that the command line may give; docs/settings.md lists all.
#[derive(Debug, Args)]
struct Given {
    /// A TOML file with settings; also `SHIJIAN_CONFIG`.
    #[arg(long, global = true, env = "SHIJIAN_CONFIG")]
    config: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`; also `DATABASE_URL`.
    #[arg(long, global = true)]
    database: Option<String>,
    /// `demo` or `production`; also `SHIJIAN_PROFILE`.
    #[arg(long, global = true)]
    profile: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve {
        /// Address and port; also `SHIJIAN_LISTEN`.
        #[arg(long)]
        listen: Option<String>,
    },
    /// Apply the migrations that the database has not had yet.
    Migrate,
    /// Make the demo district in an empty database.
    SeedDemo(seed::SeedDemo),
    /// Write openapi/openapi.json and openapi/problems.json below a folder.
    Openapi {
        /// The folder; without it the spec is printed.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Make the first administrator; the password is read from standard input.
    CreateAdmin(accounts::CreateAdmin),
    /// The keys that sign access tokens.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Check the points ledger.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// Compare ways to match orders to teams.
    #[command(subcommand)]
    Orders(orders::OrdersCommand),
    /// Run jobs by hand.
    #[command(subcommand)]
    Jobs(JobsCommand),
    /// Print docs/settings.md.
    Settings,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Add a key that takes over in a few minutes; nobody is signed out.
    Rotate,
}

#[derive(Debug, Subcommand)]
enum JobsCommand {
    /// List the jobs.
    List,
    /// Run one job to its end, due or not.
    Run {
        /// Its name, as `shijian jobs list` prints it.
        name: String,
    },
}

impl CommandLine {
    pub fn run(self) -> Ended {
        match self.command {
            Command::Serve { listen } => {
                let settings = self.given.settings([("listen", listen)])?;
                log::start(&settings.log)?;
                serve::serve(settings)
            }
            Command::SeedDemo(command) => command.run(self.given.settings([])?),
            Command::CreateAdmin(command) => command.run(&self.given.app()?),
            Command::Keys(KeysCommand::Rotate) => accounts::rotate_keys(&self.given.app()?),
            Command::Openapi { out } => publish(out),
            Command::Ledger(command) => command.run(&self.given.settings([])?),
            Command::Orders(command) => command.run(&self.given.settings([])?),
            Command::Migrate => migrate(&self.given.settings([])?),
            Command::Jobs(JobsCommand::List) => {
                for job in jobs::JOBS {
                    println!("{:<24}{:<16}{}", job.name, job.rhythm.to_string(), job.meaning);
                }
                Ok(())
            }
            Command::Jobs(JobsCommand::Run { name }) => {
                let settings = self.given.settings([])?;
                log::start(&settings.log)?;
                run_job(settings, &name)
            }
            Command::Settings => {
                print!("{}", settings::document()?);
                Ok(())
            }
        }
    }
}

impl Given {
    /// The settings of this call, with what the command itself says.
    fn settings<const N: usize>(
        &self,
        said: [(&'static str, Option<String>); N],
    ) -> Result<Settings, Box<dyn Error>> {
        let general = [("database", self.database.clone()), ("profile", self.profile.clone())];
        let command_line = general
            .into_iter()
            .chain(said)
            .filter_map(|(name, value)| value.map(|value| (name, value)))
            .collect();
        let sources = Sources {
            file: self.config.clone(),
            environment: std::env::vars().collect::<BTreeMap<_, _>>(),
            command_line,
        };
        Ok(Settings::load(&sources, &SystemChance)?)
    }
}

impl Given {
    /// The program wired for one command.
    fn app(&self) -> Result<Arc<App>, Box<dyn Error>> {
        Ok(serve::wire(self.settings([])?)?)
    }
}

fn migrate(settings: &Settings) -> Ended {
    let database = Database::open(&settings.database_settings())?;
    for name in database.migrate()? {
        println!("applied {name}");
    }
    Ok(())
}

fn run_job(settings: Settings, name: &str) -> Ended {
    let job = jobs::named(name)
        .ok_or_else(|| format!("there is no job `{name}`; `shijian jobs list` lists all"))?;
    let app = serve::wire(settings)?;
    let items = actix_web::rt::System::new().block_on(async {
        demo::clock::restore(&app).await?;
        jobs::run(&app, job).await
    })?;
    println!("{name}: {items} done");
    Ok(())
}

fn publish(folder: Option<PathBuf>) -> Ended {
    let spec = openapi::text()?;
    let Some(folder) = folder else {
        print!("{spec}");
        return Ok(());
    };
    let problems = serde_json::to_string_pretty(&problem::catalogue_document())?;
    std::fs::write(folder.join("openapi.json"), spec)?;
    std::fs::write(folder.join("problems.json"), problems + "\n")?;
    Ok(())
}
