//! Work that the program does by itself, safe with several instances: a run holds its job's lease.
//!
//! A job is a row of [`table`]: a function that does a batch and says how many things it did. It decides by the
//! deployment's clock, so moving the demo's clock runs what became due.

mod events;
mod rhythm;
mod table;

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::LocalBoxFuture;
use metrics::{counter, gauge, histogram};
use shijian_persistence::{Transaction, jobs};

pub use rhythm::Rhythm;
pub use table::JOBS;

use crate::{
    act::Act,
    app::App,
    caller::Caller,
    clock::{Clock, SystemClock},
    problem::Answer,
};

/// One kind of work, done again and again.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// Its name on the command line, in metrics and in the log.
    pub name: &'static str,
    /// What it does, for the documentation.
    pub meaning: &'static str,
    pub rhythm: Rhythm,
    pub work: Work,
}

/// How a job does a batch. It says how many things it did; none means that there is nothing more to do now.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// In one transaction, and at most so many things.
    InTransaction(fn(&mut Transaction<'_>, &Act<'_>, usize) -> Answer<usize>),
    /// Between transactions of its own, for it asks other servers: no transaction waits for them.
    BetweenTransactions(for<'a> fn(&'a Arc<App>) -> LocalBoxFuture<'a, Answer<usize>>),
}

/// How many things a job does in one transaction: short enough that callers' writes pass between two.
const BATCH: usize = 200;

/// A run that meets this many batches leaves the rest for the next time.
const BATCHES: usize = 5_000;

/// How long a lease outlives the start of its run. A run that takes longer shares its work with another, which harms nothing:
/// batches lock what they decide on.
const LEASE: TimeDelta = TimeDelta::minutes(10);

/// How long a move of the demo's clock waits for runs that others have begun: a run that was killed keeps its lease.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The job of that name.
pub fn named(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}

/// Runs the jobs that are due, one after the other, until the program ends.
pub async fn work(app: Arc<App>) {
    let mut ticks =
        tokio::time::interval(std::time::Duration::from_secs(app.settings.jobs.interval_seconds));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(problem) = run_due(&app).await {
            tracing::warn!(%problem, "jobs cannot run now");
        }
    }
}

/// Runs every job that is due by the deployment's clock and that nobody else is running. `false` if somebody else is running
/// one that is due.
///
/// # Errors
/// If the database cannot be asked what is due. A job that fails is logged, and tried again within minutes.
pub async fn run_due(app: &Arc<App>) -> Answer<bool> {
    let now = app.now();
    let times: BTreeMap<String, DateTime<Utc>> =
        app.database.read(jobs::due_times).await?.into_iter().collect();
    let mut all_ran = true;
    for job in JOBS {
        let due_at = times.get(job.name).copied();
        if due_at.is_some_and(|due_at| due_at > now) {
            continue;
        }
        if !claim(app, job, due_at.is_none()).await? {
            all_ran = false;
            continue;
        }
        // What became due while it ran is not lost with the time that the run took.
        let begun = app.now();
        let zone = app.settings.time_zone;
        let (next, succeeded) = match run(app, job).await {
            Ok(_) => (job.rhythm.next_after(begun, zone), Some(app.now())),
            Err(_) => (job.rhythm.again_after(app.now(), zone), None),
        };
        app.database.write(move |tx| jobs::finish_job(tx, job.name, next, succeeded)).await?;
    }
    Ok(all_ran)
}

/// As [`run_due`], and waits for the runs that somebody else has begun, so that all that is due has run.
///
/// # Errors
/// As [`run_due`].
pub async fn catch_up(app: &Arc<App>) -> Answer<()> {
    let begun = Instant::now();
    while !run_due(app).await? {
        if begun.elapsed() > PATIENCE {
            tracing::warn!("a job that is due has been running elsewhere for long");
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Takes the lease of a job that is due; one that this database has not met is due at once.
async fn claim(app: &Arc<App>, job: &'static Job, is_new: bool) -> Answer<bool> {
    let (now, machine_now) = (app.now(), SystemClock.now());
    let claimed = app.database.write(move |tx| {
        if is_new {
            jobs::meet_job(tx, job.name, now)?;
        }
        jobs::claim_job(tx, job.name, now, machine_now, machine_now + LEASE)
    });
    Ok(claimed.await?)
}

/// Runs one job to its end, due or not, and says how many things it did.
///
/// # Errors
/// What stopped it; the batches before stay done.
pub async fn run(app: &Arc<App>, job: &'static Job) -> Answer<usize> {
    let started = Instant::now();
    let (items, outcome) = batches(app, job).await;
    let word = if outcome.is_ok() { "succeeded" } else { "failed" };
    let took = started.elapsed();
    counter!("shijian_job_runs_total", "job" => job.name, "outcome" => word).increment(1);
    counter!("shijian_job_items_total", "job" => job.name)
        .increment(u64::try_from(items).unwrap_or(u64::MAX));
    histogram!("shijian_job_seconds", "job" => job.name).record(took.as_secs_f64());
    match outcome {
        Ok(()) => {
            let at = u32::try_from(app.now().timestamp()).unwrap_or(u32::MAX);
            gauge!("shijian_job_last_success_seconds", "job" => job.name).set(at);
            if items > 0 {
                tracing::info!(job = job.name, items, ?took, "job done");
            } else {
                tracing::debug!(job = job.name, ?took, "job done, nothing to do");
            }
            Ok(items)
        }
        Err(problem) => {
            tracing::error!(job = job.name, items, ?took, %problem, "job failed");
            Err(problem)
        }
    }
}

async fn batches(app: &Arc<App>, job: &'static Job) -> (usize, Answer<()>) {
    let mut items = 0;
    for _ in 0..BATCHES {
        let batch = match job.work {
            Work::InTransaction(work) => {
                let shared = Arc::clone(app);
                let written = app.database.write(move |tx| {
                    let act = Act::new(&shared, Caller::program(), shared.now());
                    work(tx, &act, BATCH)
                });
                written.await
            }
            Work::BetweenTransactions(work) => work(app).await,
        };
        match batch {
            Ok(0) => break,
            Ok(done) => items += done,
            Err(problem) => return (items, Err(problem)),
        }
    }
    (items, Ok(()))
}

#[cfg(test)]
pub(crate) mod tests;
