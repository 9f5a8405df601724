//! The demo seed: a year of the district, lived through by the same actions that callers use.
//!
//! All of it is one transaction: a seed that is interrupted leaves nothing behind.

mod accounts;
mod venues;

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use indicatif::ProgressBar;
use shijian_domain::calendar::start_of_day;
use shijian_persistence::{
    Transaction,
    jobs::{marker, set_marker},
};

pub use accounts::Accounts;
pub use venues::District;

use super::{Scale, dice::Dice};
use crate::{act::Act, app::App, caller::Caller, jobs::JOBS, problem::Answer};

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
        accounts::open(tx, &mut year, &district)?;
        year.end(tx)?;
        set_marker(tx, MARKER, &format!("{} {} {}", plan.scale, plan.today, plan.seed))?;
        Ok(true)
    })
}

/// The year as it is lived through: whose turn it is, when, and by which draws.
pub struct Year<'a> {
    app: &'a App,
    pub plan: Plan,
    pub dice: Dice,
    /// The moment that the seed has reached. It only moves ahead.
    pub now: DateTime<Utc>,
    bar: &'a ProgressBar,
}

impl<'a> Year<'a> {
    fn new(app: &'a App, plan: Plan, bar: &'a ProgressBar) -> Self {
        let days = if plan.scale == Scale::Small { 60 } else { 365 };
        let now = start_of_day(plan.today, app.settings.time_zone) - TimeDelta::days(days);
        Self { app, plan, dice: Dice::new(plan.seed), now, bar }
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

    /// Runs every job to its end, as the server would have.
    fn end(&mut self, tx: &mut Transaction<'_>) -> Answer<()> {
        self.begin("收尾 · jobs", JOBS.len());
        for job in JOBS {
            while (job.work)(tx, &self.act(Caller::program()), BATCH)? > 0 {}
            self.step();
        }
        Ok(())
    }
}
