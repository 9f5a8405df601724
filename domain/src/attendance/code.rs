//! Codes that change every 30 seconds, as in RFC 6238.

use chrono::{DateTime, TimeDelta, Utc};

/// How long one code is shown.
pub const CODE_STEP: TimeDelta = TimeDelta::seconds(30);

/// The number of the step that `at` lies in.
pub fn step_at(at: DateTime<Utc>) -> i64 {
    at.timestamp().div_euclid(CODE_STEP.num_seconds())
}

/// When the step of `at` ends and the next code is shown.
pub fn step_ends(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp((step_at(at) + 1) * CODE_STEP.num_seconds(), 0).unwrap_or(at)
}

/// The steps whose codes are good at `at`: one before and one after for clocks that differ and hands that are slow.
pub fn code_steps(at: DateTime<Utc>) -> [i64; 3] {
    let step = step_at(at);
    [step, step - 1, step + 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_lasts_thirty_seconds_and_its_neighbours_are_good() {
        let at = DateTime::from_timestamp(1_790_000_010, 0).unwrap();
        assert_eq!(step_at(at), step_at(step_ends(at) - TimeDelta::seconds(1)));
        assert_eq!(step_at(step_ends(at)), step_at(at) + 1);
        assert_eq!(code_steps(at), [step_at(at), step_at(at) - 1, step_at(at) + 1]);
    }
}
