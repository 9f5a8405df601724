//! How a team behaves: what it answers, how long it takes, how it is rated. The busier, the less willing and the slower.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    PlayedOrder, PlayedTeam,
    draws::{Draws, Purpose},
};
use crate::{orders::Candidate, teams::TeamCategory, units::Metres};

/// As many members serve one order at a time.
const MEMBERS_PER_PAIR_OF_HANDS: i64 = 4;
/// Minutes on the road for a kilometre, by electric bicycle.
const MINUTES_PER_KILOMETRE: i64 = 5;
/// Asking is remembered this long.
const LATELY: TimeDelta = TimeDelta::days(90);

/// What came of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Accepted,
    Refused,
    Silent,
}

/// A team at work.
pub(super) struct Crew<'a> {
    pub(super) team: &'a PlayedTeam,
    /// How many orders of each category.
    pub(super) served: BTreeMap<TeamCategory, i64>,
    number: u64,
    /// How many orders it serves at a time without being slowed down.
    hands: i64,
    /// How often of a hundred it looks at its offers.
    attention: i64,
    /// The mark that it earns on a good day.
    quality: i64,
    open: i64,
    ratings: i64,
    ratings_sum: i64,
    offers: i64,
    answered_in_time: i64,
    accepted: i64,
    asked_at: VecDeque<DateTime<Utc>>,
}

impl<'a> Crew<'a> {
    pub(super) fn new(team: &'a PlayedTeam, number: u64, draws: Draws) -> Self {
        Self {
            team,
            served: BTreeMap::new(),
            number,
            hands: (team.members / MEMBERS_PER_PAIR_OF_HANDS).max(1),
            attention: draws.between(Purpose::Habit, number, 0, 60, 98),
            quality: draws.between(Purpose::Quality, number, 0, 3, 5),
            open: 0,
            ratings: 0,
            ratings_sum: 0,
            offers: 0,
            answered_in_time: 0,
            accepted: 0,
            asked_at: VecDeque::new(),
        }
    }

    pub(super) fn serves(&self, order: &PlayedOrder) -> bool {
        self.team.categories.contains(&order.category)
    }

    pub(super) fn distance_to(&self, order: &PlayedOrder) -> Metres {
        self.team.home.distance_to(order.location)
    }

    /// Open orders beyond its hands, in hundredths of its hands; 0 while it has room.
    pub(super) const fn overload(&self) -> i64 {
        if self.open < self.hands { 0 } else { self.open * 100 / self.hands }
    }

    /// What takes `alone` takes twice as long with as many orders open as hands.
    const fn slowed(&self, alone: i64) -> i64 {
        alone * (self.hands + self.open) / self.hands
    }

    /// What the center knows of it at `now`.
    pub(super) fn candidate(&self, now: DateTime<Utc>) -> Candidate {
        let lately = self.asked_at.iter().filter(|asked_at| now - **asked_at <= LATELY).count();
        Candidate {
            team_id: self.team.id,
            categories: self.team.categories.clone(),
            skills: Vec::new(),
            home: self.team.home,
            open_orders: self.open,
            free_members: self.team.members,
            ratings: self.ratings,
            ratings_sum: self.ratings_sum,
            offers: self.offers,
            answered_in_time: self.answered_in_time,
            accepted: self.accepted,
            last_asked_at: self.asked_at.back().copied(),
            asked_lately: i64::try_from(lately).unwrap_or(i64::MAX),
        }
    }

    /// Its answer to an offer, and after how long. It may not look, be too slow, or find itself too busy or the way too far.
    pub(super) fn ask(
        &mut self,
        order: &PlayedOrder,
        index: usize,
        window: TimeDelta,
        now: DateTime<Utc>,
        draws: Draws,
    ) -> (Answer, TimeDelta) {
        while self.asked_at.front().is_some_and(|asked_at| now - *asked_at > LATELY) {
            self.asked_at.pop_front();
        }
        self.asked_at.push_back(now);
        let percent =
            |purpose, low, high| draws.between(purpose, key(index), self.number, low, high);
        let delay = self.slowed(percent(Purpose::Delay, 5, 60));
        if delay >= 100 || percent(Purpose::Attention, 1, 100) > self.attention {
            return (Answer::Silent, window);
        }
        let kilometres = self.distance_to(order).0 / 1_000;
        let willing = (95 - 15 * self.open / self.hands - kilometres).max(10);
        let is_willing = percent(Purpose::Willingness, 1, 100) <= willing;
        let after = TimeDelta::minutes(window.num_minutes() * delay / 100);
        (if is_willing { Answer::Accepted } else { Answer::Refused }, after)
    }

    pub(super) fn answered(&mut self, answer: Answer) {
        self.offers += 1;
        self.answered_in_time += i64::from(answer != Answer::Silent);
        self.accepted += i64::from(answer == Answer::Accepted);
    }

    /// Takes the order on; gives how long it takes until it is served: alone, a fifth to three fifths of the clock, and the way there.
    pub(super) fn start(&mut self, order: &PlayedOrder, index: usize, draws: Draws) -> TimeDelta {
        let percent = draws.between(Purpose::Work, key(index), self.number, 20, 60);
        let work = self.slowed(order.clocks.served_within.num_minutes() * percent / 100);
        let way = self.distance_to(order).0 * MINUTES_PER_KILOMETRE / 1_000;
        self.open += 1;
        TimeDelta::minutes(work + way)
    }

    /// Six of ten are rated: by the team's quality and the day, two less if late.
    pub(super) fn finish(
        &mut self,
        category: TeamCategory,
        index: usize,
        is_late: bool,
        draws: Draws,
    ) {
        self.open -= 1;
        *self.served.entry(category).or_default() += 1;
        let luck = draws.between(Purpose::Mark, key(index), self.number, 0, 9);
        if luck < 6 {
            let mark = self.quality - i64::from(luck == 0) - 2 * i64::from(is_late);
            self.ratings += 1;
            self.ratings_sum += mark.clamp(1, 5);
        }
    }
}

/// An index as a number to draw by.
fn key(index: usize) -> u64 {
    u64::try_from(index).unwrap_or(u64::MAX)
}
