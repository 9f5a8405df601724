//! Common needs: many needs of one category under one venue, which ask for a project (docs/rules.md#common-needs).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Ladder, Tier};
use crate::{
    ids::{AccountId, CommonNeedId, OrderId, ProjectId, VenueId},
    projects::{Goal, ProjectPlan},
    teams::TeamCategory,
    venues::CommonNeedsThreshold,
};

/// So many needs at most stand behind one suggestion.
pub const MOST_NEEDS: usize = 500;
/// A project's title has so many characters at most.
const LONGEST_TITLE: usize = 100;

vocabulary! {
    /// What became of a suggestion.
    pub enum CommonNeedState {
        /// Somebody is to decide.
        Suggested = "suggested",
        /// A project was drafted.
        Accepted = "accepted",
        Dismissed = "dismissed",
        /// Nobody decided while it was common.
        Lapsed = "lapsed",
    }
}

/// A need that counts and stands behind no suggestion yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeardNeed {
    pub order_id: OrderId,
    pub ladder: Ladder,
    pub heard_at: DateTime<Utc>,
}

/// Needs of one category that a venue has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathering {
    pub venue_id: VenueId,
    /// Never none.
    pub needs: Vec<HeardNeed>,
}

/// Many needs of one category under one venue, and what became of the suggestion to answer them by a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommonNeed {
    pub id: CommonNeedId,
    /// The station, institute or center.
    pub venue_id: VenueId,
    pub category: TeamCategory,
    pub state: CommonNeedState,
    /// How many needs it rests on.
    pub needs: i64,
    /// When the first of them was heard, and the last.
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// The project that answers them.
    pub project_id: Option<ProjectId>,
    /// `None` where it lapsed.
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was dismissed.
    pub reason: Option<String>,
    pub version: i64,
}

/// Why a suggestion is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommonNeedRefusal {
    #[error("a suggestion that is `{state}` is not decided again")]
    DecidedBefore { state: CommonNeedState },
}

/// What the needs of one category at one center come to, from the lowest tier up. Needs join what is suggested at a venue of
/// `suggested_at` already; else they make a suggestion where they reach the threshold. A need counts once, so what gathers at a
/// tier counts no more at those above: there the others must reach the threshold by themselves.
pub fn gather(
    heard: &[HeardNeed],
    suggested_at: &[VenueId],
    threshold: CommonNeedsThreshold,
) -> Vec<Gathering> {
    let mut rest = heard.to_vec();
    let mut gathered = Vec::new();
    for tier in [Tier::Station, Tier::Institute, Tier::Center] {
        let mut venues: Vec<VenueId> =
            rest.iter().filter_map(|need| need.ladder.venue_at(tier)).collect();
        venues.sort_unstable();
        for group in venues.chunk_by(|one, next| one == next) {
            let Some(venue_id) = group.first().copied() else { continue };
            if suggested_at.contains(&venue_id) || threshold.is_reached(count(group.len())) {
                let is_here = |need: &HeardNeed| need.ladder.venue_at(tier) == Some(venue_id);
                let mut needs: Vec<HeardNeed> = rest.iter().copied().filter(is_here).collect();
                rest.retain(|need| !is_here(need));
                needs.sort_by_key(|need| (need.heard_at, need.order_id));
                gathered.push(Gathering { venue_id, needs });
            }
        }
    }
    gathered
}

fn count(needs: usize) -> i64 {
    i64::try_from(needs).unwrap_or(i64::MAX)
}

impl CommonNeed {
    /// How long a need is looked back for, and a suggestion waits after its last.
    pub const LOOKS_BACK: TimeDelta = TimeDelta::days(30);

    /// A suggestion that nobody has seen yet; `None` without a need.
    pub fn suggested(
        id: CommonNeedId,
        category: TeamCategory,
        gathering: &Gathering,
    ) -> Option<Self> {
        let first = gathering.needs.first()?;
        let new = Self {
            id,
            venue_id: gathering.venue_id,
            category,
            state: CommonNeedState::Suggested,
            needs: 0,
            first_at: first.heard_at,
            last_at: first.heard_at,
            project_id: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            version: 0,
        };
        Some(new.joined(&gathering.needs))
    }

    /// How many more needs it takes.
    pub fn room(&self) -> usize {
        MOST_NEEDS.saturating_sub(usize::try_from(self.needs).unwrap_or_default())
    }

    /// As further needs leave it.
    #[must_use]
    pub fn joined(self, needs: &[HeardNeed]) -> Self {
        let heard = || needs.iter().map(|need| need.heard_at);
        Self {
            needs: self.needs + count(needs.len()),
            first_at: heard().fold(self.first_at, Ord::min),
            last_at: heard().fold(self.last_at, Ord::max),
            version: self.version + 1,
            ..self
        }
    }

    /// As it is once some of its needs were withdrawn: it lapses below the threshold.
    #[must_use]
    pub fn left_with(
        self,
        needs: i64,
        threshold: CommonNeedsThreshold,
        now: DateTime<Utc>,
    ) -> Self {
        let left = Self { needs, version: self.version + 1, ..self };
        if threshold.is_reached(needs) { left } else { left.lapsed(now) }
    }

    /// Whether nobody decided while needs like these were heard.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.state == CommonNeedState::Suggested && self.last_at + Self::LOOKS_BACK < now
    }

    #[must_use]
    pub fn lapsed(self, now: DateTime<Utc>) -> Self {
        let version = self.version + 1;
        Self { state: CommonNeedState::Lapsed, decided_at: Some(now), version, ..self }
    }

    /// # Errors
    /// [`CommonNeedRefusal::DecidedBefore`].
    pub const fn ensure_open(&self) -> Result<(), CommonNeedRefusal> {
        match self.state {
            CommonNeedState::Suggested => Ok(()),
            state => Err(CommonNeedRefusal::DecidedBefore { state }),
        }
    }

    /// A project is to answer it.
    ///
    /// # Errors
    /// [`CommonNeedRefusal::DecidedBefore`].
    pub fn accepted(
        self,
        project: ProjectId,
        by: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Self, CommonNeedRefusal> {
        self.ensure_open()?;
        let decided = self.decided(CommonNeedState::Accepted, by, now);
        Ok(Self { project_id: Some(project), ..decided })
    }

    /// No project is to answer it. Its needs do not count again.
    ///
    /// # Errors
    /// [`CommonNeedRefusal::DecidedBefore`].
    pub fn dismissed(
        self,
        reason: String,
        by: Option<AccountId>,
        now: DateTime<Utc>,
    ) -> Result<Self, CommonNeedRefusal> {
        self.ensure_open()?;
        let decided = self.decided(CommonNeedState::Dismissed, by, now);
        Ok(Self { reason: Some(reason), ..decided })
    }

    fn decided(self, state: CommonNeedState, by: Option<AccountId>, now: DateTime<Utc>) -> Self {
        let version = self.version + 1;
        Self { state, decided_by: by, decided_at: Some(now), version, ..self }
    }

    /// A project that answers it, for its authors to go on with: what was heard between two days, and some of the needs' titles.
    pub fn plan(
        &self,
        title: Option<String>,
        venue: &str,
        (first, last): (NaiveDate, NaiveDate),
        examples: &[String],
    ) -> ProjectPlan {
        let (kind, needs) = (self.category.chinese(), self.needs);
        let examples = match examples {
            [] => String::new(),
            titles => format!(",如:{}", titles.join(";")),
        };
        let usual = || format!("{venue}{kind}项目").chars().take(LONGEST_TITLE).collect();
        ProjectPlan {
            title: title.unwrap_or_else(usual),
            summary: Some(format!(
                "{first} 至 {last},{venue}收到 {needs} 件{kind}类需求{examples}。"
            )),
            category: self.category,
            goals: vec![Goal { title: "回应居民需求".to_owned(), target: needs }],
            orderable: false,
            order_note: None,
        }
    }
}

#[cfg(test)]
mod tests;
