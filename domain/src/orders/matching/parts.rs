//! How each part is judged: whole numbers only, so that every machine comes to the same.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Asked, Candidate, PartKind, Reason, Score};

/// At this many metres the distance scores half of what it scores at the door.
const HALF_DISTANCE: i64 = 10_000;
/// Members whom an open order keeps busy.
const MEMBERS_PER_ORDER: i64 = 2;
/// Who has this many members with the skill has enough of them.
const ENOUGH_SKILLED: i64 = 3;
/// Without ratings of its own a team counts as rated this often, …
const PRIOR_RATINGS: i64 = 5;
/// … at 4 of 5 each.
const PRIOR_RATING: i64 = 4;
/// Without offers of its own a team counts as asked this often, …
const PRIOR_OFFERS: i64 = 10;
/// … as having answered this many in time …
const PRIOR_ANSWERED: i64 = 9;
/// … and as having accepted this many.
const PRIOR_ACCEPTED: i64 = 7;
/// Who was asked this long ago or longer has waited long enough.
const LONG_AGO: TimeDelta = TimeDelta::days(30);
/// Who was asked this often within 90 days scores half of who was not.
const HALF_ASKED: i64 = 5;

/// What one part comes to, and why.
pub(super) fn judge(
    kind: PartKind,
    asked: &Asked,
    candidate: &Candidate,
    now: DateTime<Utc>,
) -> (Score, Reason) {
    match kind {
        PartKind::Category => category(candidate),
        PartKind::Skill => skill(asked, candidate),
        PartKind::Distance => distance(asked, candidate),
        PartKind::Capacity => capacity(candidate),
        PartKind::Rating => rating(candidate),
        PartKind::Response => response(candidate),
        PartKind::Turn => turn(candidate, now),
    }
}

/// `half / (half + amount)`: the best at zero, half of it at `half`, and never quite nothing.
fn falling(amount: i64, half: i64) -> Score {
    Score::share(half, half.saturating_add(amount.max(0)))
}

/// All candidates have the category; who has no other is made for it, and others are spared for what only they can do.
fn category(candidate: &Candidate) -> (Score, Reason) {
    let categories = i64::try_from(candidate.categories.len()).unwrap_or(i64::MAX);
    (Score::share(1, categories).mean(Score::BEST), Reason::Category { categories })
}

/// The share of [`ENOUGH_SKILLED`] who have the skill; the best where none is asked.
fn skill(asked: &Asked, candidate: &Candidate) -> (Score, Reason) {
    let Some(skill) = &asked.skill else { return (Score::BEST, Reason::NoSkillAsked) };
    let has_it = |given: &&String| is_same_skill(given, skill);
    let members = candidate.skills.iter().filter(has_it).count();
    let members = i64::try_from(members).unwrap_or(i64::MAX);
    (Score::share(members, ENOUGH_SKILLED), Reason::Skill { skill: skill.clone(), members })
}

/// Whether one names the other, as 水管 does 水管维修.
fn is_same_skill(given: &str, asked: &str) -> bool {
    let (given, asked) = (given.trim().to_lowercase(), asked.trim().to_lowercase());
    !given.is_empty() && !asked.is_empty() && (given.contains(&asked) || asked.contains(&given))
}

/// The great-circle distance (haversine; Sinnott, *Virtues of the Haversine*, Sky & Telescope 68, 1984), of which the first
/// kilometres count most.
fn distance(asked: &Asked, candidate: &Candidate) -> (Score, Reason) {
    let metres = candidate.home.distance_to(asked.location);
    (falling(metres.0, HALF_DISTANCE), Reason::Distance { metres })
}

/// The share of the free members who are left when each open order has those whom it keeps busy.
fn capacity(candidate: &Candidate) -> (Score, Reason) {
    let Candidate { open_orders, free_members, .. } = *candidate;
    let score = if free_members > 0 {
        let busy = open_orders.max(0).saturating_mul(MEMBERS_PER_ORDER);
        falling(busy, free_members)
    } else {
        Score::WORST
    };
    (score, Reason::Capacity { open_orders, free_members })
}

/// The Bayesian mean of the marks: the team's own, and [`PRIOR_RATINGS`] of [`PRIOR_RATING`] that fade as its own come in. It is the posterior
/// mean under a Dirichlet prior (Gelman et al., *Bayesian Data Analysis*, 3rd ed., 2013, 3.4). The lower bound of Wilson's
/// interval (*JASA* 22, 1927) would put who was never rated last.
fn rating(candidate: &Candidate) -> (Score, Reason) {
    let Candidate { ratings, ratings_sum, .. } = *candidate;
    let ratings = ratings.max(0);
    // Marks above the lowest, of the four that there are.
    let above = ratings_sum.saturating_sub(ratings) + PRIOR_RATINGS * (PRIOR_RATING - 1);
    let score = Score::share(above, ratings.saturating_add(PRIOR_RATINGS).saturating_mul(4));
    (score, Reason::Rating { ratings, ratings_sum })
}

/// The means of two Beta posteriors (Gelman et al., 2.4): the share of offers that it answered in time, and of those that it accepted. So an honest
/// refusal counts half, silence nothing, and a newcomer as a good team.
fn response(candidate: &Candidate) -> (Score, Reason) {
    let Candidate { offers, answered_in_time, accepted, .. } = *candidate;
    let all = offers.max(0).saturating_add(PRIOR_OFFERS);
    let answered = Score::share(answered_in_time.saturating_add(PRIOR_ANSWERED), all);
    let taken = Score::share(accepted.saturating_add(PRIOR_ACCEPTED), all);
    (answered.mean(taken), Reason::Response { offers, answered_in_time, accepted })
}

/// Half for how long ago it was asked, half for how seldom.
fn turn(candidate: &Candidate, now: DateTime<Utc>) -> (Score, Reason) {
    let waited = candidate.last_asked_at.map(|asked_at| (now - asked_at).max(TimeDelta::zero()));
    let long = waited
        .map_or(Score::BEST, |waited| Score::share(waited.num_minutes(), LONG_AGO.num_minutes()));
    let seldom = falling(candidate.asked_lately, HALF_ASKED);
    let reason = Reason::Turn {
        days_ago: waited.map(|waited| waited.num_days()),
        asked_lately: candidate.asked_lately,
    };
    (long.mean(seldom), reason)
}
