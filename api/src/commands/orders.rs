//! `shijian orders verify` and `shijian orders compare-matching`

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use shijian_api::{orders::verify::verify, settings::Settings};
use shijian_domain::{
    orders::{
        MatchingWeights, PartKind,
        comparison::{Outcome, PlayedOrder, PlayedTeam, play, year_of_orders},
    },
    place::Location,
    venues::VenueKind,
};
use shijian_persistence::{
    Database, Stored, Transaction,
    teams::team_sites,
    venues::{VenueFilter, venues_by_path},
};

use super::Ended;

/// Rows of a page.
const PAGE: i64 = 500;
/// As many years are played of each kind, and their means told.
const YEARS: u64 = 5;
/// Orders of a year for each team, from quiet to more than a district can bear.
const LOADS: [u64; 4] = [10, 20, 40, 80];
/// The load at which the parts are tried one by one.
const USUAL_LOAD: u64 = 20;

#[derive(Debug, Subcommand)]
pub enum OrdersCommand {
    /// Read the histories of all orders again and name those whose state is not what their events say.
    Verify,
    /// Play years of drawn orders by nearest-first and by explained matching, and print in Markdown what came of them.
    CompareMatching(CompareMatching),
}

/// What to play.
#[derive(Debug, Args)]
pub struct CompareMatching {
    /// The first of five seeds; the same seeds draw the same orders and the same luck.
    #[arg(long, default_value_t = 2027)]
    seed: u64,
}

impl OrdersCommand {
    pub fn run(&self, settings: &Settings) -> Ended {
        match self {
            Self::Verify => verify_all(settings),
            Self::CompareMatching(command) => command.run(settings),
        }
    }
}

/// Ends well if every order is what its events say.
fn verify_all(settings: &Settings) -> Ended {
    let report = verify(&Database::open(&settings.database_settings())?)?;
    for deviation in &report.deviations {
        println!("{deviation}");
    }
    match report.deviations.len() {
        0 => {
            println!("the orders hold: {} orders, {} events", report.orders, report.events);
            Ok(())
        }
        wrong => {
            Err(format!("{wrong} of {} orders are not what their events say", report.orders).into())
        }
    }
}

impl CompareMatching {
    fn run(&self, settings: &Settings) -> Ended {
        let district = District::load(&Database::open(&settings.database_settings())?)?;
        println!(
            "{} teams, {} stations; means of {YEARS} years, seeds {} to {}.\n",
            district.teams.len(),
            district.stations.len(),
            self.seed,
            self.last_seed()
        );
        self.compare_loads(&district);
        self.compare_parts(&district);
        Ok(())
    }

    fn compare_loads(&self, district: &District) {
        println!("| orders a year | asked first | late | escalated | mean distance | Gini |");
        println!("| --- | --- | --- | --- | --- | --- |");
        for load in LOADS {
            let years = self.years(district, load);
            let nearest = district.played(&years, MatchingWeights::NEAREST_FIRST);
            let explained = district.played(&years, MatchingWeights::default());
            let orders = nearest.orders / nearest.years.max(1);
            println!("| {orders}, {load} for each team | the nearest | {} |", nearest.cells());
            println!("| | the best explained | {} |", explained.cells());
            println!("| | *difference* | {} |", explained.cells_against(nearest));
        }
    }

    /// The default weights with one part left out, and the plainest that one could take instead.
    fn compare_parts(&self, district: &District) {
        let years = self.years(district, USUAL_LOAD);
        let nearest = district.played(&years, MatchingWeights::NEAREST_FIRST);
        let default = MatchingWeights::default();
        println!(
            "\n| weights, at {USUAL_LOAD} orders for each team | late | escalated | mean distance | Gini |"
        );
        println!("| --- | --- | --- | --- | --- |");
        let row = |name: &str, weight_of: &dyn Fn(PartKind) -> i64| {
            if let Ok(weights) = MatchingWeights::new(weight_of) {
                let told = district.played(&years, weights).cells_against(nearest);
                println!("| {name} | {told} |");
            }
        };
        row("default", &|kind| default.of(kind));
        for left_out in [
            PartKind::Distance,
            PartKind::Capacity,
            PartKind::Rating,
            PartKind::Response,
            PartKind::Turn,
        ] {
            row(&format!("without `{left_out}`"), &|kind| {
                if kind == left_out { 0 } else { default.of(kind) }
            });
        }
        row("only `distance` and `capacity`", &|kind| match kind {
            PartKind::Distance | PartKind::Capacity => default.of(kind),
            _ => 0,
        });
        row("all the same", &|_| 1);
    }

    const fn last_seed(&self) -> u64 {
        self.seed.saturating_add(YEARS - 1)
    }

    /// A year for each seed, and the seed.
    fn years(&self, district: &District, load: u64) -> Vec<(u64, Vec<PlayedOrder>)> {
        let teams = u64::try_from(district.teams.len()).unwrap_or(u64::MAX);
        (self.seed..=self.last_seed())
            .map(|seed| {
                let orders = load.saturating_mul(teams);
                (
                    seed,
                    year_of_orders(&district.stations, orders, DateTime::<Utc>::UNIX_EPOCH, seed),
                )
            })
            .collect()
    }
}

/// What is played on.
struct District {
    teams: Vec<PlayedTeam>,
    stations: Vec<Location>,
}

impl District {
    fn load(database: &Database) -> Stored<Self> {
        database
            .read_blocking(|tx| Ok(Self { teams: load_teams(tx)?, stations: load_stations(tx)? }))
    }

    /// The years added up.
    fn played(&self, years: &[(u64, Vec<PlayedOrder>)], weights: MatchingWeights) -> Sum {
        years.iter().fold(Sum::default(), |sum, (seed, orders)| {
            sum.plus(play(&self.teams, orders, weights, *seed))
        })
    }
}

fn load_teams(tx: &mut Transaction<'_>) -> Stored<Vec<PlayedTeam>> {
    let mut teams: Vec<PlayedTeam> = Vec::new();
    loop {
        let page = team_sites(tx, teams.last().map(|team| team.id), PAGE)?;
        if page.is_empty() {
            return Ok(teams);
        }
        teams.extend(page.into_iter().map(|site| PlayedTeam {
            id: site.id,
            home: site.home,
            categories: site.categories,
            members: site.active_members,
        }));
    }
}

fn load_stations(tx: &mut Transaction<'_>) -> Stored<Vec<Location>> {
    let filter = VenueFilter { kind: Some(VenueKind::Station), ..VenueFilter::default() };
    let mut after: Option<String> = None;
    let mut stations = Vec::new();
    loop {
        let page = venues_by_path(tx, &filter, after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(stations) };
        after = Some(last.path.as_str().to_owned());
        stations.extend(page.into_iter().map(|station| station.profile.location));
    }
}

/// What several years came to, added up.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    years: i64,
    orders: i64,
    late: i64,
    escalated: i64,
    /// Of the years' mean distances, in metres.
    metres: i64,
    /// Of the years' Gini coefficients, in basis points.
    gini: i64,
}

impl Sum {
    const fn plus(self, year: Outcome) -> Self {
        Self {
            years: self.years + 1,
            orders: self.orders + year.orders,
            late: self.late + year.late,
            escalated: self.escalated + year.escalated,
            metres: self.metres + year.mean_distance.0,
            gini: self.gini + year.gini.0,
        }
    }

    /// The mean year as cells of a row.
    fn cells(self) -> String {
        let years = self.years.max(1);
        let of_orders = |count: i64| {
            let tenths = tenths(count * 100, self.orders);
            format!("{} ({tenths} %)", count / years)
        };
        format!(
            "{} | {} | {} km | {}.{:04}",
            of_orders(self.late),
            of_orders(self.escalated),
            tenths(self.metres, years * 1_000),
            self.gini / years / 10_000,
            self.gini / years % 10_000,
        )
    }

    /// How it differs from `other`, as cells of a row.
    fn cells_against(self, other: Self) -> String {
        let by = |ours: i64, theirs: i64| {
            let change = (ours - theirs) * 1_000 / theirs.max(1);
            let sign = if change < 0 { '−' } else { '+' };
            format!("{sign}{}.{} %", change.abs() / 10, change.abs() % 10)
        };
        format!(
            "{} | {} | {} | {}",
            by(self.late, other.late),
            by(self.escalated, other.escalated),
            by(self.metres, other.metres),
            by(self.gini, other.gini),
        )
    }
}

/// A quotient to a tenth, rounded down.
fn tenths(part: i64, whole: i64) -> String {
    let tenths = part * 10 / whole.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
