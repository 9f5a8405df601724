//! What was measured beside what is promised.

use std::{fmt::Write, fs};

use crate::load::{READERS, Seen, WRITERS};

/// How much longer than the median a request in a hundred may take.
const TAIL: f64 = 10.0;

/// A promise about how often something can be done.
pub enum Floor {
    /// As a share of what `/health/live` reaches in the same run.
    OfLiveness(f64),
    /// As a share of what another line reaches in the same run.
    Of(&'static str, f64),
    PerSecond(f64),
}

/// One line of the report.
pub struct Line {
    pub seen: Seen,
    pub floor: Floor,
}

impl Line {
    fn is_kept(&self, lines: &[Self]) -> bool {
        let enough = match self.floor {
            Floor::OfLiveness(share) => self.seen.per_second >= share * liveness(lines),
            Floor::Of(name, share) => self.seen.per_second >= share * reached(lines, name),
            Floor::PerSecond(least) => self.seen.per_second >= least,
        };
        enough && self.tail() <= TAIL
    }

    fn tail(&self) -> f64 {
        self.seen.p99.as_secs_f64() / self.seen.median.as_secs_f64()
    }

    fn told(&self, lines: &[Self]) -> String {
        let promised = match self.floor {
            Floor::OfLiveness(share) => format!("{share:.1} of liveness"),
            Floor::Of(name, share) => format!("{share:.1} of `{name}`"),
            Floor::PerSecond(least) => format!("{least:.0}/s"),
        };
        format!(
            "| `{}` | {:.0}/s | {:.2} | {promised} | {:.2} ms | {:.2} ms | {:.1} | {} |",
            self.seen.name,
            self.seen.per_second,
            self.seen.per_second / liveness(lines),
            self.seen.median.as_secs_f64() * 1e3,
            self.seen.p99.as_secs_f64() * 1e3,
            self.tail(),
            if self.is_kept(lines) { "kept" } else { "**missed**" },
        )
    }
}

/// What a line of that name reached.
fn reached(lines: &[Line], name: &str) -> f64 {
    lines.iter().find(|line| line.seen.name == name).map_or(1.0, |line| line.seen.per_second)
}

fn liveness(lines: &[Line]) -> f64 {
    reached(lines, "getLiveness")
}

/// The report as `docs/performance.md` has it, and whether every promise was kept.
pub fn report(lines: &[Line]) -> (String, bool) {
    let mut text = format!(
        "# Performance\n\nWritten by `make bench`; do not edit. Release build, SQLite with `synchronous = full`, the small demo district, a \
         fresh database; server and\ncallers share one machine: {}. Reads: {READERS} connections. Writes: {WRITERS} connections, \
         640 volunteers,\neach write with an idempotency key and durable before its answer. The board is a center's with 10,240 open orders.\n\n\
         | operation | reached | of liveness | promised | median | p99 | p99 / median (at most {TAIL:.0}) | |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        machine()
    );
    for line in lines {
        writeln!(text, "{}", line.told(lines)).expect("a string takes all");
    }
    (text, lines.iter().all(|line| line.is_kept(lines)))
}

/// Processor, cores and memory, as Linux tells them.
fn machine() -> String {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = value(&read("/proc/cpuinfo"), "model name").unwrap_or_default();
    let kilobytes: u64 = value(&read("/proc/meminfo"), "MemTotal")
        .and_then(|total| total.split(' ').next()?.parse().ok())
        .unwrap_or_default();
    format!("{cores} cores of {processor}, {} GiB of memory", kilobytes.div_ceil(1024 * 1024))
}
