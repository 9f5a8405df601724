//! `shijian seed-demo`

use std::sync::Arc;

use chrono::NaiveDate;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use shijian_api::{
    app::App,
    chance::SeededChance,
    clock::{Clock, SystemClock},
    demo::{
        Scale,
        seed::{Plan, seed},
    },
    settings::Settings,
};
use shijian_domain::calendar::day_of;

use super::Ended;

/// What to seed.
#[derive(Debug, Args)]
pub struct SeedDemo {
    /// `small` in seconds, `district` with about 5,000 volunteers, `full` with 365,000.
    #[arg(long, default_value = "district")]
    scale: Scale,
    /// The day on which the year of the demo ends, YYYY-MM-DD; today by default.
    #[arg(long)]
    today: Option<NaiveDate>,
    /// The same seed on the same day makes the same data.
    #[arg(long, default_value_t = 2018)]
    seed: u64,
}

impl SeedDemo {
    /// Makes the demo, unless this database has it already.
    pub fn run(&self, settings: Settings) -> Ended {
        if !settings.is_demo() {
            return Err("demo data belongs to the demo profile: add `--profile demo`".into());
        }
        let today = self.today.unwrap_or_else(|| day_of(SystemClock.now(), settings.time_zone));
        let plan = Plan { scale: self.scale, today, seed: self.seed };
        let chance = Arc::new(SeededChance::new(plan.seed));
        let app = Arc::new(App::new(settings, Arc::new(SystemClock), chance)?);
        app.database.migrate()?;
        let style = ProgressStyle::with_template("{msg:24} [{bar:40}] {pos}/{len} {elapsed}")?;
        let bar = ProgressBar::new(0).with_style(style);
        let is_new = seed(&app, plan, &bar)?;
        bar.finish_and_clear();
        if is_new {
            println!("seeded the demo, scale {} in {:.1?}", plan.scale, bar.elapsed());
        }
        Ok(())
    }
}
