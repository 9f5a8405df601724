//! Sessions and their positions.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ActivityId, PositionId, SessionId, TeamId, VenueId},
    place::Location,
    units::{Metres, Minutes},
    volunteers::StarLevel,
};

vocabulary! {
    /// Whether a session takes place.
    pub enum SessionState {
        Scheduled = "scheduled",
        Cancelled = "cancelled",
        /// It is over and its records are made.
        Closed = "closed",
    }
}

/// What people do in a session besides serving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"starts_at": "2026-12-05T03:30:00Z", "ends_at": "2026-12-05T04:00:00Z"})))]
pub struct Period {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

impl Period {
    pub fn length(self) -> TimeDelta {
        (self.ends_at - self.starts_at).max(TimeDelta::zero())
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// The part that both have; empty periods have equal ends.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        let starts_at = self.starts_at.max(other.starts_at);
        Self { starts_at, ends_at: self.ends_at.min(other.ends_at).max(starts_at) }
    }
}

/// What a volunteer needs for a position.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"skills": ["理发"], "minimum_age": 18, "minimum_star_level": 1, "induction": false, "team_members_only": false})))]
pub struct Requirements {
    /// Each of these skills.
    pub skills: Vec<String>,
    /// Full years on the day of the session.
    pub minimum_age: Option<u32>,
    pub minimum_star_level: StarLevel,
    /// The induction and safety training.
    pub induction: bool,
    /// Membership in the activity's team.
    pub team_members_only: bool,
}

/// A role with a headcount within a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub id: PositionId,
    pub session_id: SessionId,
    pub name: String,
    pub headcount: i64,
    pub requirements: Requirements,
    /// Places taken: confirmed, attended and what became of them.
    pub confirmed: i64,
    /// Places held for somebody of the waitlist who is asked.
    pub offered: i64,
    pub waitlisted: i64,
}

impl Position {
    pub const fn has_room(&self) -> bool {
        self.confirmed + self.offered < self.headcount
    }
}

/// How a session's times follow from its start where its authors don't say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    pub check_in_opens_before: TimeDelta,
    pub check_in_radius: Metres,
    /// A session that moves by more asks everyone to confirm again.
    pub reconfirm_after_move: TimeDelta,
    /// How long after the end a check-out is still taken.
    pub check_out_grace: TimeDelta,
    pub longest: TimeDelta,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            check_in_opens_before: TimeDelta::minutes(30),
            check_in_radius: Metres(500),
            reconfirm_after_move: TimeDelta::minutes(30),
            check_out_grace: TimeDelta::hours(2),
            longest: TimeDelta::hours(24),
        }
    }
}

/// What a session's authors write.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionPlan {
    pub when: Period,
    pub breaks: Vec<Period>,
    /// Where people meet, in words.
    pub place: String,
    pub location: Location,
    pub signup_opens_at: Option<DateTime<Utc>>,
    /// The start, if not given.
    pub signup_closes_at: Option<DateTime<Utc>>,
    pub check_in_radius: Option<Metres>,
    /// Service in the home of who is served: two volunteers, no minor alone.
    pub home_visit: bool,
    pub high_risk: bool,
    /// The number of the insurance policy; a high-risk session needs one.
    pub insurance_policy: Option<String>,
}

/// One dated occurrence of an activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub id: SessionId,
    pub activity_id: ActivityId,
    pub host_venue_id: VenueId,
    /// The center whose rules hold.
    pub center_id: VenueId,
    pub team_id: Option<TeamId>,
    pub plan: SessionPlan,
    pub state: SessionState,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

/// Why a session is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefusal {
    #[error("a session ends after it starts and lasts at most 24 hours")]
    Length,
    #[error("a session lies ahead")]
    InThePast,
    #[error("breaks lie within the session and don't overlap")]
    Breaks,
    #[error("signing up opens before it closes, and closes before the end")]
    SignupWindow,
    #[error("a high-risk session needs insurance on record")]
    InsuranceMissing,
    #[error("a home visit needs two volunteers")]
    TwoForHomeVisits,
    #[error("a cancelled or completed activity has no new sessions")]
    ActivityOver,
    #[error("the session is over or cancelled")]
    Over,
    #[error("the host venue belongs to no center")]
    NoCenter,
    #[error("somebody has checked in: let the session end instead")]
    Attended,
}

impl SessionPlan {
    /// # Errors
    /// The first rule that the plan breaks.
    pub fn check(
        &self,
        headcount: i64,
        policy: SessionPolicy,
        now: DateTime<Utc>,
    ) -> Result<(), SessionRefusal> {
        let length = self.when.ends_at - self.when.starts_at;
        if length <= TimeDelta::zero() || length > policy.longest {
            return Err(SessionRefusal::Length);
        }
        if self.when.ends_at <= now {
            return Err(SessionRefusal::InThePast);
        }
        let mut last_end = self.when.starts_at;
        for pause in &self.breaks {
            if pause.starts_at < last_end
                || pause.ends_at <= pause.starts_at
                || pause.ends_at > self.when.ends_at
            {
                return Err(SessionRefusal::Breaks);
            }
            last_end = pause.ends_at;
        }
        let closes = self.signup_closes_at.unwrap_or(self.when.starts_at);
        if closes > self.when.ends_at || self.signup_opens_at.is_some_and(|opens| opens >= closes) {
            return Err(SessionRefusal::SignupWindow);
        }
        if self.high_risk && self.insurance_policy.is_none() {
            return Err(SessionRefusal::InsuranceMissing);
        }
        if self.home_visit && headcount < 2 {
            return Err(SessionRefusal::TwoForHomeVisits);
        }
        Ok(())
    }

    pub fn signup_closes(&self) -> DateTime<Utc> {
        self.signup_closes_at.unwrap_or(self.when.starts_at)
    }

    pub fn radius(&self) -> Metres {
        self.check_in_radius.unwrap_or(SessionPolicy::default().check_in_radius)
    }

    /// Minutes that a volunteer can serve at most.
    pub fn planned_minutes(&self) -> Minutes {
        let breaks: TimeDelta = self.breaks.iter().map(|pause| pause.length()).sum();
        Minutes((self.when.length() - breaks).num_minutes())
    }
}

impl Session {
    /// # Errors
    /// [`SessionRefusal::Over`] if nothing can be changed any more.
    pub fn ensure_ahead(&self) -> Result<(), SessionRefusal> {
        if self.state == SessionState::Scheduled { Ok(()) } else { Err(SessionRefusal::Over) }
    }

    /// Whether nobody checks in or out any more, and nobody has closed it yet.
    pub fn is_to_close(&self, policy: SessionPolicy, now: DateTime<Utc>) -> bool {
        self.state == SessionState::Scheduled
            && self.plan.when.ends_at + policy.check_out_grace <= now
    }

    /// Ends what will not take place.
    ///
    /// # Errors
    /// [`SessionRefusal::Over`], and [`SessionRefusal::Attended`]: cancelling would take hours from who came.
    pub fn cancelled(self, is_attended: bool) -> Result<Self, SessionRefusal> {
        self.ensure_ahead()?;
        if is_attended {
            return Err(SessionRefusal::Attended);
        }
        Ok(Self { state: SessionState::Cancelled, version: self.version + 1, ..self })
    }

    /// Whether moving to `plan` changes the times so much that everyone must confirm again.
    pub fn moves_far(&self, plan: &SessionPlan, policy: SessionPolicy) -> bool {
        let far = |before: DateTime<Utc>, after: DateTime<Utc>| {
            (after - before).abs() > policy.reconfirm_after_move
        };
        far(self.plan.when.starts_at, plan.when.starts_at)
            || far(self.plan.when.ends_at, plan.when.ends_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64, minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 / 86_400 * 86_400, 0).unwrap()
            + TimeDelta::hours(hour)
            + TimeDelta::minutes(minute)
    }

    fn plan() -> SessionPlan {
        SessionPlan {
            when: Period { starts_at: at(9, 0), ends_at: at(12, 0) },
            breaks: vec![Period { starts_at: at(10, 0), ends_at: at(10, 15) }],
            place: "社区活动室".to_owned(),
            location: Location { longitude: 116.65, latitude: 39.9 },
            signup_opens_at: None,
            signup_closes_at: None,
            check_in_radius: None,
            home_visit: false,
            high_risk: false,
            insurance_policy: None,
        }
    }

    fn session(state: SessionState) -> Session {
        let nobody = uuid::Uuid::nil();
        Session {
            id: SessionId(nobody),
            activity_id: ActivityId(nobody),
            host_venue_id: VenueId(nobody),
            center_id: VenueId(nobody),
            team_id: None,
            plan: plan(),
            state,
            version: 1,
            created_at: at(0, 0),
        }
    }

    #[test]
    fn a_session_that_somebody_came_to_is_not_cancelled() {
        let cancel = |state, is_attended| session(state).cancelled(is_attended);
        let cancelled = cancel(SessionState::Scheduled, false).map(|session| session.state);
        assert_eq!(cancelled, Ok(SessionState::Cancelled));
        assert_eq!(cancel(SessionState::Scheduled, true), Err(SessionRefusal::Attended));
        assert_eq!(cancel(SessionState::Closed, false), Err(SessionRefusal::Over));
    }

    #[test]
    fn only_a_scheduled_session_whose_grace_is_over_is_closed() {
        let policy = SessionPolicy::default();
        let close = |state, hour| session(state).is_to_close(policy, at(hour, 0));
        assert!(close(SessionState::Scheduled, 14));
        assert!(!close(SessionState::Scheduled, 13), "check-outs are still taken");
        assert!(!close(SessionState::Cancelled, 14) && !close(SessionState::Closed, 14));
    }

    fn check(plan: &SessionPlan, headcount: i64) -> Result<(), SessionRefusal> {
        plan.check(headcount, SessionPolicy::default(), at(0, 0))
    }

    #[test]
    fn a_sound_plan_passes_and_its_breaks_are_not_served() {
        assert_eq!(check(&plan(), 1), Ok(()));
        assert_eq!(plan().planned_minutes(), Minutes(165));
    }

    #[test]
    fn times_that_make_no_sense_are_refused_by_name() {
        let with = |change: fn(&mut SessionPlan)| {
            let mut plan = plan();
            change(&mut plan);
            check(&plan, 1)
        };
        assert_eq!(with(|p| p.when.ends_at = p.when.starts_at), Err(SessionRefusal::Length));
        assert_eq!(with(|p| p.when.ends_at = at(34, 0)), Err(SessionRefusal::Length));
        assert_eq!(
            with(|p| p.when = Period { starts_at: at(-4, 0), ends_at: at(-1, 0) }),
            Err(SessionRefusal::InThePast)
        );
        assert_eq!(with(|p| p.breaks[0].ends_at = at(13, 0)), Err(SessionRefusal::Breaks));
        assert_eq!(
            with(|p| p.signup_opens_at = Some(at(11, 0))),
            Err(SessionRefusal::SignupWindow)
        );
    }

    #[test]
    fn a_high_risk_session_needs_insurance_and_a_home_visit_two_volunteers() {
        let risky = SessionPlan { high_risk: true, ..plan() };
        assert_eq!(check(&risky, 1), Err(SessionRefusal::InsuranceMissing));
        let insured = SessionPlan { insurance_policy: Some("P-1".to_owned()), ..risky };
        assert_eq!(check(&insured, 1), Ok(()));
        let visit = SessionPlan { home_visit: true, ..plan() };
        assert_eq!(check(&visit, 1), Err(SessionRefusal::TwoForHomeVisits));
        assert_eq!(check(&visit, 2), Ok(()));
    }
}
