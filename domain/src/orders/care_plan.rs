//! Care plans (未诉先办): a recurring service for one person, ordered ahead of time by rule (docs/rules.md#care-plans).

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};

use super::{Need, Rhythm, WorkCalendar};
use crate::{
    activities::Period,
    calendar::{day_after, day_of, start_of_day},
    ids::{AccountId, CarePlanId, VenueId},
    notifications::TimeOfDay,
    units::Minutes,
};

/// How long before the visit its order is raised: an hour to 14 days.
pub const LEAD_MINUTES: RangeInclusive<i64> = 60..=14 * 24 * 60;
/// How long a visit takes: five minutes to eight hours.
pub const VISIT_MINUTES: RangeInclusive<i64> = 5..=8 * 60;
/// A plan's days lie in these years, so that their texts compare as they do.
const YEARS: RangeInclusive<i32> = 2000..=9999;
/// What is done with one plan at a time at most, so that one that was forgotten for years holds nobody up.
const MOST_AT_ONCE: usize = 32;
/// How far the next occurrence is sought; then the program looks again.
const FARTHEST: TimeDelta = TimeDelta::days(400);
/// The least step of time that is kept: what is due at an instant is due before the next.
const TICK: TimeDelta = TimeDelta::microseconds(1);
/// A visit for which no time is named begins at nine, if it is not today: in minutes after midnight.
const MORNING: i64 = 9 * 60;

vocabulary! {
    /// Whether a plan raises orders.
    pub enum CarePlanState {
        Active = "active",
        /// Until somebody resumes it.
        Paused = "paused",
        Ended = "ended",
    }
}

/// What is planned.
#[derive(Debug, Clone, PartialEq)]
pub struct CarePlanTerms {
    /// What each order asks for; its wished time is that of the occurrence.
    pub need: Need,
    pub rhythm: Rhythm,
    /// See [`LEAD_MINUTES`]; the weather does not wait for it.
    pub lead: Minutes,
    /// See [`VISIT_MINUTES`].
    pub visit: Minutes,
    pub from_day: NaiveDate,
    /// The last day; without one it goes on until somebody ends it.
    pub until_day: Option<NaiveDate>,
}

/// A recurring service for one person.
#[derive(Debug, Clone, PartialEq)]
pub struct CarePlan {
    pub id: CarePlanId,
    /// Where the person lives, as for an order.
    pub venue_id: VenueId,
    pub center_id: VenueId,
    pub terms: CarePlanTerms,
    pub state: CarePlanState,
    pub created_by: Option<AccountId>,
    pub created_at: DateTime<Utc>,
    /// When the person agreed that whoever serves learns who they are, and who wrote it down.
    pub consent_at: DateTime<Utc>,
    pub consent_by: Option<AccountId>,
    /// What fell due before it was ordered, missed, or is not to be ordered.
    pub settled_until: DateTime<Utc>,
    /// When the program looks at it next; `None` while there is nothing to do.
    pub next_look_at: Option<DateTime<Utc>>,
    pub version: i64,
}

/// Why a plan is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CarePlanRefusal {
    #[error("a plan that is `{from}` does not become `{to}`")]
    IllegalMove { from: CarePlanState, to: CarePlanState },
    #[error("a plan that has ended does not change")]
    Ended,
    #[error("its last day lies before its first")]
    EndsBeforeItBegins,
    #[error("its days lie in the years 2000 to 9999")]
    DayOutOfReach,
    #[error("an order is raised an hour to 14 days ahead")]
    LeadOutOfBounds,
    #[error("a visit takes five minutes to eight hours")]
    VisitOutOfBounds,
}

/// What is to be done with a plan now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The visits to order.
    pub raised: Vec<DateTime<Utc>>,
    /// Visits that nobody ordered in time: an order helps nobody any more.
    pub missed: Vec<DateTime<Utc>>,
    settled_until: DateTime<Utc>,
    next_look_at: Option<DateTime<Utc>>,
    /// Its last day is over.
    is_over: bool,
}

impl CarePlanTerms {
    /// # Errors
    /// The first bound that does not hold.
    pub fn checked(self) -> Result<Self, CarePlanRefusal> {
        if !LEAD_MINUTES.contains(&self.lead.0) {
            return Err(CarePlanRefusal::LeadOutOfBounds);
        }
        if !VISIT_MINUTES.contains(&self.visit.0) {
            return Err(CarePlanRefusal::VisitOutOfBounds);
        }
        let days = [Some(self.from_day), self.until_day];
        if days.into_iter().flatten().any(|day| !YEARS.contains(&day.year())) {
            return Err(CarePlanRefusal::DayOutOfReach);
        }
        if self.until_day.is_some_and(|until| until < self.from_day) {
            return Err(CarePlanRefusal::EndsBeforeItBegins);
        }
        Ok(self)
    }

    /// What one occurrence asks for.
    pub fn need_at(&self, due_at: DateTime<Utc>) -> Need {
        let wished = Period { starts_at: due_at, ends_at: due_at + self.visit_length() };
        Need { wished: Some(wished), ..self.need.clone() }
    }

    /// The visits that began by then should be over at `now`.
    pub fn over_if_begun_by(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.visit_length()
    }

    fn lead_time(&self) -> TimeDelta {
        TimeDelta::minutes(self.lead.0)
    }

    fn visit_length(&self) -> TimeDelta {
        TimeDelta::minutes(self.visit.0)
    }

    fn holds_on(&self, day: NaiveDate) -> bool {
        self.from_day <= day && self.until_day.is_none_or(|until| day <= until)
    }

    /// The first instant after its last day.
    fn ends_at(&self, calendar: &WorkCalendar) -> Option<DateTime<Utc>> {
        self.until_day.map(|until| start_of_day(day_after(until), calendar.zone()))
    }
}

impl CarePlan {
    /// When it falls due from `from` on and before `to`, the earliest first; the weather is not foreseen.
    pub fn occurrences<'a>(
        &'a self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        calendar: &'a WorkCalendar,
    ) -> impl Iterator<Item = DateTime<Utc>> + 'a {
        let days = (self.terms.from_day, self.terms.until_day);
        self.terms.rhythm.occurrences(days, (from, to), calendar)
    }

    /// The first occurrence that is not settled before `now`, if one is near.
    pub fn next_due_at(
        &self,
        now: DateTime<Utc>,
        calendar: &WorkCalendar,
    ) -> Option<DateTime<Utc>> {
        let from = self.settled_until.max(now);
        let begins = from.max(start_of_day(self.terms.from_day, calendar.zone()));
        self.occurrences(from, begins + FARTHEST, calendar).next()
    }

    /// What a plan by the calendar asks for at `now`: an order for each visit that begins within the lead time. What should have begun
    /// by now was missed.
    pub fn due(&self, now: DateTime<Utc>, calendar: &WorkCalendar) -> Due {
        let lead = self.terms.lead_time();
        let until = now + lead + TICK;
        let mut found: Vec<_> =
            self.occurrences(self.settled_until, until, calendar).take(MOST_AT_ONCE + 1).collect();
        let is_all = found.len() <= MOST_AT_ONCE;
        found.truncate(MOST_AT_ONCE);
        let settled_until = match found.last() {
            Some(last) if !is_all => *last + TICK,
            _ => until.max(self.settled_until),
        };
        let (raised, missed) = found.into_iter().partition(|due_at| *due_at > now);
        let rest = Self { settled_until, ..self.clone() };
        let ends_at = self.terms.ends_at(calendar);
        let next_look_at = match rest.next_due_at(settled_until, calendar) {
            _ if !is_all => now,
            Some(next) => next - lead,
            None => ends_at.unwrap_or(now + FARTHEST),
        };
        let is_over = is_all && ends_at.is_some_and(|end| end <= now);
        Due { raised, missed, settled_until, next_look_at: Some(next_look_at), is_over }
    }

    /// What a plan by the weather asks for at `now`: an order for each day from today on for which the weather is switched on and that
    /// has none yet.
    pub fn due_by_weather(
        &self,
        switched: &[NaiveDate],
        ordered: &[NaiveDate],
        now: DateTime<Utc>,
        calendar: &WorkCalendar,
    ) -> Due {
        let today = day_of(now, calendar.zone());
        let mut days: Vec<NaiveDate> = switched
            .iter()
            .copied()
            .filter(|day| *day >= today && !ordered.contains(day) && self.terms.holds_on(*day))
            .collect();
        days.sort_unstable();
        days.dedup();
        let ends_at = self.terms.ends_at(calendar);
        Due {
            raised: days.into_iter().map(|day| self.begin_on(day, now, calendar)).collect(),
            missed: Vec::new(),
            settled_until: self.settled_until.max(now),
            next_look_at: ends_at,
            is_over: ends_at.is_some_and(|end| end <= now),
        }
    }

    /// When the visit of a day begins whose weather asks for it: at the plan's time, or at once where that has passed or there is none.
    fn begin_on(
        &self,
        day: NaiveDate,
        now: DateTime<Utc>,
        calendar: &WorkCalendar,
    ) -> DateTime<Utc> {
        let zone = calendar.zone();
        let named = match self.terms.rhythm {
            Rhythm::OnWeather { at, .. } => at,
            Rhythm::Monthly { .. } | Rhythm::Weekly { .. } => None,
        };
        let morning = || TimeOfDay::after_midnight(MORNING).filter(|_| day_of(now, zone) < day);
        named.or_else(morning).map_or(now, |time| time.on(day, zone).max(now))
    }

    /// As it is once what was due is done.
    #[must_use]
    pub fn settled(self, due: &Due) -> Self {
        let settled =
            Self { settled_until: due.settled_until, next_look_at: due.next_look_at, ..self };
        if due.is_over { settled.over() } else { settled }
    }

    fn over(self) -> Self {
        let (state, version) = (CarePlanState::Ended, self.version + 1);
        Self { state, next_look_at: None, version, ..self }
    }

    /// With other terms, from `now` on. What was ordered by the old ones stands.
    ///
    /// # Errors
    /// [`CarePlanRefusal::Ended`].
    pub fn replaced(
        self,
        terms: CarePlanTerms,
        now: DateTime<Utc>,
    ) -> Result<Self, CarePlanRefusal> {
        if self.state == CarePlanState::Ended {
            return Err(CarePlanRefusal::Ended);
        }
        let is_active = self.state == CarePlanState::Active;
        Ok(Self {
            terms,
            settled_until: self.settled_until.max(now),
            next_look_at: is_active.then_some(now),
            version: self.version + 1,
            ..self
        })
    }

    /// Paused, resumed or ended at `now`. What falls due while it is paused is not ordered later.
    ///
    /// # Errors
    /// [`CarePlanRefusal::IllegalMove`].
    pub fn moved(self, to: CarePlanState, now: DateTime<Utc>) -> Result<Self, CarePlanRefusal> {
        use CarePlanState::{Active, Ended, Paused};
        let moved = Self { state: to, version: self.version + 1, next_look_at: None, ..self };
        match (self.state, to) {
            (Active, Paused) | (Active | Paused, Ended) => Ok(moved),
            (Paused, Active) => Ok(Self {
                settled_until: moved.settled_until.max(now),
                next_look_at: Some(now),
                ..moved
            }),
            (from, to) => Err(CarePlanRefusal::IllegalMove { from, to }),
        }
    }
}

#[cfg(test)]
mod tests;
