//! Every job, in the order in which jobs that are due together run.

use super::{Job, Rhythm, events};

pub const JOBS: &[Job] = &[
    Job {
        name: "deliver-events",
        meaning: "hands events from the outbox to whoever waits for them",
        rhythm: Rhythm::Minutes(1),
        work: events::deliver,
    },
    Job {
        name: "forget-answers",
        meaning: "forgets the answers kept for idempotency keys after a day",
        rhythm: Rhythm::Minutes(60),
        work: events::forget_answers,
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_jobs_share_a_name() {
        let names: HashSet<_> = JOBS.iter().map(|job| job.name).collect();
        assert_eq!(names.len(), JOBS.len());
    }
}
