//! Every job, in the order in which jobs that are due together run.

use super::{
    Job, Rhythm,
    Work::{BetweenTransactions, InTransaction},
    events,
};
use crate::{
    activities, attendance, identity::logins, keys, notifications, orders, photos, points,
    redemption,
};

pub const JOBS: &[Job] = &[
    Job {
        name: "deliver-events",
        meaning: "hands events from the outbox to whoever waits for them",
        rhythm: Rhythm::Minutes(1),
        work: InTransaction(events::deliver),
    },
    Job {
        name: "forget-answers",
        meaning: "forgets the answers kept for idempotency keys after a day",
        rhythm: Rhythm::Minutes(60),
        work: InTransaction(events::forget_answers),
    },
    Job {
        name: "expire-offers",
        meaning: "passes offered places that nobody took to the next of the waitlist",
        rhythm: Rhythm::Minutes(1),
        work: InTransaction(activities::jobs::expire_offers),
    },
    Job {
        name: "close-sessions",
        meaning: "closes sessions two hours after their end, and ends the stays that nobody ended",
        rhythm: Rhythm::Minutes(5),
        work: InTransaction(attendance::jobs::close_sessions),
    },
    Job {
        name: "mark-no-shows",
        meaning: "marks who had a place in a session and did not come",
        rhythm: Rhythm::Minutes(5),
        work: InTransaction(activities::jobs::mark_no_shows),
    },
    Job {
        name: "run-order-clocks",
        meaning: "passes orders whose clock is out to the tier above, marks them as late, or closes them",
        rhythm: Rhythm::Minutes(1),
        work: InTransaction(orders::jobs::run_clocks),
    },
    Job {
        name: "suggest-projects",
        meaning: "suggests a project where many need the same, and lets old suggestions lapse",
        rhythm: Rhythm::Daily(6 * 60),
        work: InTransaction(orders::jobs::suggest_projects),
    },
    Job {
        name: "raise-care-orders",
        meaning: "raises the orders of care plans ahead of time",
        rhythm: Rhythm::Minutes(5),
        work: InTransaction(orders::jobs::raise_care_orders),
    },
    Job {
        name: "drop-unconfirmed",
        meaning: "rejects records whose check-out nobody confirmed within a week",
        rhythm: Rhythm::Daily(4),
        work: InTransaction(attendance::jobs::drop_unconfirmed),
    },
    Job {
        name: "forget-logins",
        meaning: "forgets logins that ended and refresh tokens that are too old to be used",
        rhythm: Rhythm::Minutes(60),
        work: InTransaction(logins::forget),
    },
    Job {
        name: "rotate-keys",
        meaning: "lets a new key sign access tokens after 90 days",
        rhythm: Rhythm::Daily(4 * 60),
        work: InTransaction(keys::rotate_old),
    },
    Job {
        name: "expire-vouchers",
        meaning: "gives back the points and stock of vouchers whose last day is over",
        rhythm: Rhythm::Minutes(10),
        work: InTransaction(redemption::jobs::expire_vouchers),
    },
    Job {
        name: "expire-points",
        meaning: "books points past their expiry as expired",
        rhythm: Rhythm::Daily(5),
        work: InTransaction(points::jobs::expire_points),
    },
    Job {
        name: "notify-expiring-points",
        meaning: "tells people of points that expire in 30 and in 7 days",
        rhythm: Rhythm::Daily(9 * 60),
        work: InTransaction(points::jobs::notify_expiring_points),
    },
    Job {
        name: "send-messages",
        meaning: "sends the WeChat and text messages that are due; what fails is tried again",
        rhythm: Rhythm::Minutes(1),
        work: BetweenTransactions(notifications::jobs::send_due),
    },
    Job {
        name: "send-order-codes",
        meaning: "sends the code that confirms a service to whoever is served, by text message",
        rhythm: Rhythm::Minutes(1),
        work: BetweenTransactions(orders::code_messages::send_codes),
    },
    Job {
        name: "sweep-photos",
        meaning: "removes photos that nothing attached within a day",
        rhythm: Rhythm::Minutes(60),
        work: InTransaction(photos::jobs::sweep_photos),
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
