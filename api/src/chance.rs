//! Randomness, and the ids that are made of it and the time.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use uuid::Uuid;

/// Where random bytes come from.
pub trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// Bytes that nobody can foresee, from the operating system through a reseeded cipher.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}

/// The same bytes in the same order for the same seed: the demo district is made of them.
#[derive(Debug)]
pub struct SeededChance(Mutex<ChaCha20Rng>);

impl SeededChance {
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(ChaCha20Rng::seed_from_u64(seed)))
    }
}

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        let mut cipher = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rand::Rng::fill_bytes(&mut *cipher, bytes);
    }
}

/// `N` random bytes.
pub fn draw<const N: usize>(chance: &dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}

/// Makes version 7 UUIDs (RFC 9562) that grow within a process, also within one millisecond.
#[derive(Debug, Default)]
pub struct IdSource {
    last: Mutex<Tick>,
}

/// A millisecond and how many ids it has given: the 12 bits after the time (RFC 9562, section 6.2, method 1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Tick {
    millisecond: u64,
    count: u16,
}

/// The largest count that fits in the 12 bits.
const FULL: u16 = 0xfff;

impl IdSource {
    /// An id for what happens at `now`, larger than every id before it.
    pub fn next(&self, now: DateTime<Utc>, chance: &dyn Chance) -> Uuid {
        let millisecond = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let tick = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = last.after(millisecond);
            *last
        };
        let mut bytes = [0; 10];
        chance.fill(&mut bytes);
        let [high, low] = tick.count.to_be_bytes();
        [bytes[0], bytes[1]] = [high, low];
        uuid::Builder::from_unix_timestamp_millis(tick.millisecond, &bytes).into_uuid()
    }
}

impl Tick {
    /// The tick that follows: in a new millisecond the count begins anew; when a millisecond is full, or the clock went
    /// back, ids borrow from the milliseconds ahead.
    fn after(self, millisecond: u64) -> Self {
        if millisecond > self.millisecond {
            Self { millisecond, count: 0 }
        } else if self.count < FULL {
            Self { count: self.count + 1, ..self }
        } else {
            Self { millisecond: self.millisecond + 1, count: 0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_within_a_millisecond_and_when_the_clock_goes_back() {
        let ids = IdSource::default();
        let chance = SeededChance::new(1);
        let now = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        let mut last = ids.next(now, &chance);
        for step in 0..10_000 {
            let id = ids.next(now - chrono::TimeDelta::milliseconds(step % 3), &chance);
            assert!(id > last);
            last = id;
        }
        assert_eq!(last.get_version_num(), 7);
    }

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let now = DateTime::from_timestamp_millis(1_790_000_000_000).unwrap();
        let ids = |seed| IdSource::default().next(now, &SeededChance::new(seed));
        assert_eq!(ids(5), ids(5));
        assert_ne!(ids(5), ids(6));
    }
}
