//! Chance that is the same for the same seed and the same question.

/// What a draw is for: two purposes never share their luck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Habit,
    Quality,
    Willingness,
    Attention,
    Delay,
    Work,
    Mark,
    Place,
    Category,
    Urgency,
    Day,
    Minute,
}

impl Purpose {
    const fn number(self) -> u64 {
        match self {
            Self::Habit => 1,
            Self::Quality => 2,
            Self::Willingness => 3,
            Self::Attention => 4,
            Self::Delay => 5,
            Self::Work => 6,
            Self::Mark => 7,
            Self::Place => 8,
            Self::Category => 9,
            Self::Urgency => 10,
            Self::Day => 11,
            Self::Minute => 12,
        }
    }
}

/// Draws by question instead of by order: what team 3 draws for order 7 does not depend on what was drawn before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws {
    seed: u64,
}

impl Draws {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// A whole number from `low` to `high`, both included, for a question that two numbers name.
    pub(super) fn between(self, purpose: Purpose, one: u64, two: u64, low: i64, high: i64) -> i64 {
        let drawn = [purpose.number(), one, two].iter().fold(mix(self.seed), |state, number| {
            mix(state ^ number.wrapping_mul(0xA24B_AED4_963E_E407))
        });
        let width = high.abs_diff(low).saturating_add(1);
        low.saturating_add_unsigned(drawn % width)
    }
}

/// One step of `SplitMix64` (Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014).
const fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_gives_the_published_first_number() {
        // Of seed 1234567, as in Vigna's reference implementation.
        assert_eq!(mix(1_234_567), 6_457_827_717_110_365_317);
    }

    #[test]
    fn draws_are_even_and_within_their_bounds() {
        let draws = Draws::new(7);
        let sum: i64 = (0..10_000).map(|n| draws.between(Purpose::Delay, n, 3, 1, 100)).sum();
        assert!((490_000..520_000).contains(&sum), "{sum}");
    }
}
