//! The demo seed: a year of the district, lived through by the same actions that callers use.
//!
//! All of it is one transaction: a seed that is interrupted leaves nothing behind.

mod accounts;
mod orders;
mod partners;
mod people;
mod service;
mod teams;
mod venues;

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use indicatif::ProgressBar;
use shijian_domain::calendar::start_of_day;
use shijian_persistence::{
    Transaction,
    jobs::{marker, set_marker},
};

pub use accounts::Accounts;
pub use venues::District;

use super::{Scale, dice::Dice};
use crate::{
    act::Act,
    app::App,
    caller::Caller,
    jobs::{JOBS, Work},
    problem::Answer,
};

/// The name under which it is remembered that the demo was seeded.
const MARKER: &str = "demo_seeded";

/// How many things a job does at once while the seed runs.
const BATCH: usize = 1_000;

/// What to make. The same plan on the same program makes the same data.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub scale: Scale,
    /// The day on which the year of the demo ends: its today.
    pub today: NaiveDate,
    pub seed: u64,
}

/// Seeds the demo into an empty database; `false` if that was done before.
///
/// # Errors
/// A problem of an action, with nothing kept.
pub fn seed(app: &Arc<App>, plan: Plan, bar: &ProgressBar) -> Answer<bool> {
    let (app, bar) = (Arc::clone(app), bar.clone());
    let database = Arc::clone(&app.database);
    database.write_blocking(move |tx| {
        if marker(tx, MARKER)?.is_some() {
            return Ok(false);
        }
        bar.reset();
        let mut year = Year::new(&app, plan, &bar);
        let district = venues::found(tx, &mut year)?;
        let accounts = accounts::open(tx, &mut year, &district)?;
        let helpers = people::gather(tx, &mut year, &district, &accounts)?;
        let crews = teams::form(tx, &mut year, &district, &helpers)?;
        let bargains = partners::invite(tx, &mut year, &district, &accounts)?;
        service::live(tx, &mut year, &district, &accounts, &crews, &bargains)?;
        year.run_jobs(tx)?;
        set_marker(tx, MARKER, &format!("{} {} {}", plan.scale, plan.today, plan.seed))?;
        Ok(true)
    })
}

/// The year as it is lived through: whose turn it is, when, and by which draws.
pub struct Year<'a> {
    app: &'a App,
    pub plan: Plan,
    pub dice: Dice,
    /// The day on which the demo's story begins.
    pub first_day: NaiveDate,
    /// The moment that the seed has reached. It only moves ahead.
    pub now: DateTime<Utc>,
    bar: &'a ProgressBar,
}

impl<'a> Year<'a> {
    fn new(app: &'a App, plan: Plan, bar: &'a ProgressBar) -> Self {
        let days = if plan.scale == Scale::Small { 30 } else { 365 };
        let first_day = plan.today.checked_sub_days(Days::new(days)).unwrap_or(plan.today);
        let now = start_of_day(first_day, app.settings.time_zone);
        Self { app, plan, dice: Dice::new(plan.seed), first_day, now, bar }
    }

    pub fn zone(&self) -> Tz {
        self.app.settings.time_zone
    }

    /// An act of `caller` at this moment.
    pub fn act(&self, caller: Caller) -> Act<'a> {
        Act::new(self.app, caller, self.now)
    }

    /// Says what comes next and of how many parts it is.
    pub fn begin(&self, what: &'static str, parts: usize) {
        self.bar.set_message(what);
        self.bar.set_length(u64::try_from(parts).unwrap_or(u64::MAX));
        self.bar.set_position(0);
    }

    /// One part is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Runs every job to its end at this moment, as the server would have; nobody outside is told of the story.
    pub fn run_jobs(&self, tx: &mut Transaction<'_>) -> Answer<()> {
        for job in JOBS {
            if let Work::InTransaction(work) = job.work {
                while work(tx, &self.act(Caller::program()), BATCH)? > 0 {}
            }
        }
        Ok(())
    }
}
