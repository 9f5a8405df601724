//! Choices of the demo, the same for the same seed.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shijian_domain::place::Location;

/// Draws that depend on nothing but the seed and their order.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number from `low` to `high`, both included; `low` where that is empty.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        if low < high { self.0.random_range(low..=high) } else { low }
    }

    /// True `percent` times of a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).copied().unwrap_or_default()
    }

    /// An index below `length`.
    pub fn below(&mut self, length: usize) -> usize {
        self.0.random_range(0..length.max(1))
    }

    /// A place up to `degrees` away from `center` each way, to six decimals (a tenth of a metre).
    pub fn near(&mut self, center: Location, degrees: f64) -> Location {
        let mut shifted = |degree: f64| {
            let shift = self.0.random_range(-degrees..=degrees);
            ((degree + shift) * 1e6).round() / 1e6
        };
        Location { longitude: shifted(center.longitude), latitude: shifted(center.latitude) }
    }
}
