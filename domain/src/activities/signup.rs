//! Signing up: who gets a place, who waits, who may leave (docs/rules.md#signups).

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{ActivityState, Period, Position, Session, SessionState};
use crate::{
    calendar::{age_on, day_of},
    ids::{PositionId, SessionId, SignupId, VolunteerId},
    units::Minutes,
    venues::InductionRule,
    volunteers::{CONSENTS_ALONE, OF_AGE, StarLevel, VolunteerStanding, VolunteerState},
};

vocabulary! {
    /// What became of a signup.
    pub enum SignupState {
        Confirmed = "confirmed",
        Waitlisted = "waitlisted",
        /// A place is held until the volunteer says yes.
        Offered = "offered",
        Cancelled = "cancelled",
        LateCancelled = "late_cancelled",
        Attended = "attended",
        NoShow = "no_show",
        Excused = "excused",
    }
}

impl SignupState {
    /// Whether the volunteer may still come.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Confirmed | Self::Waitlisted | Self::Offered)
    }
}

/// A place in a session, or in the queue behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signup {
    pub id: SignupId,
    pub session_id: SessionId,
    pub position_id: PositionId,
    pub volunteer_id: VolunteerId,
    pub state: SignupState,
    /// While offered.
    pub offered_until: Option<DateTime<Utc>>,
    /// The session moved: the volunteer confirms again, or leaves freely.
    pub must_confirm: bool,
    /// The session's own, for finding overlaps.
    pub when: Period,
    pub created_at: DateTime<Utc>,
    pub version: i64,
}

/// The numbers of signing up and leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignupPolicy {
    /// Before the start: until then one leaves freely and the waitlist moves up by itself.
    pub free_until: TimeDelta,
    /// Before the start: until then one leaves late; after it only the leader or staff can end a signup.
    pub late_until: TimeDelta,
    pub offer_lasts: TimeDelta,
    /// Before the start: from then on nobody moves up.
    pub no_offers_within: TimeDelta,
    /// So many unexcused no-shows within the window restrict somebody for a while.
    pub no_shows: usize,
    pub no_show_window: TimeDelta,
    pub restriction: TimeDelta,
    /// A minor's minutes a day.
    pub minor_minutes_a_day: Minutes,
    /// A minor serves from the one to the other, by local time.
    pub minor_day: (NaiveTime, NaiveTime),
}

impl Default for SignupPolicy {
    fn default() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self {
            free_until: TimeDelta::hours(24),
            late_until: TimeDelta::hours(3),
            offer_lasts: TimeDelta::minutes(30),
            no_offers_within: TimeDelta::minutes(30),
            no_shows: 2,
            no_show_window: TimeDelta::days(90),
            restriction: TimeDelta::days(30),
            minor_minutes_a_day: Minutes(240),
            minor_day: (hour(6), hour(22)),
        }
    }
}

impl SignupPolicy {
    /// From when on no-shows matter at `now`: a restriction looks back from the last of them.
    pub fn looks_back_to(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now - self.no_show_window - self.restriction
    }
}

/// Why nobody gets a place. The checks run in this order, and the first that fails is the answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignupRefusal {
    #[error("the activity is not published, or the session is cancelled or over")]
    SessionNotOpen,
    #[error("signing up opens at {opens_at}")]
    NotOpenYet { opens_at: DateTime<Utc> },
    #[error("signing up closed at {closed_at}")]
    Closed { closed_at: DateTime<Utc> },
    #[error("the volunteer is {state}, not active")]
    VolunteerNotActive { state: VolunteerState },
    #[error("the volunteer has signed up for this session already")]
    AlreadySignedUp,
    #[error("under {OF_AGE} a guardian's consent is on record before any signup")]
    GuardianConsentMissing,
    #[error("minors serve between 06:00 and 22:00")]
    MinorAtNight,
    #[error("minors serve at most 4 hours a day")]
    MinorTooLong,
    #[error("minors take no high-risk positions")]
    MinorHighRisk,
    #[error(
        "minors make no home visits without an adult: name one who has signed up as `companion_id`"
    )]
    MinorHomeVisit,
    #[error(
        "under {CONSENTS_ALONE} an adult comes along: name one who has signed up as `companion_id`"
    )]
    ChildAlone,
    #[error("after two no-shows in 90 days one signup at a time until {until}")]
    Restricted { until: DateTime<Utc> },
    #[error("the induction and safety training comes first")]
    InductionMissing,
    #[error("the position needs an age of at least {minimum}")]
    TooYoung { minimum: u32 },
    #[error("the position needs a star level of at least {minimum}")]
    StarLevelTooLow { minimum: StarLevel },
    #[error("the position needs the skill {skill}")]
    SkillMissing { skill: String },
    #[error("the position is for members of the team")]
    NotTeamMember,
    #[error("the volunteer has a confirmed signup at that time")]
    Overlap { session_id: SessionId },
    #[error("a signup that is `{from}` cannot be {asked}")]
    IllegalMove { from: SignupState, asked: &'static str },
    #[error("in the last three hours only the leader or staff can cancel")]
    TooLateToCancel,
    #[error("the offer has ended")]
    OfferEnded,
}

/// A signup that a volunteer holds or held lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldSignup {
    pub session_id: SessionId,
    pub state: SignupState,
    pub when: Period,
}

/// Whether an adult who has signed up comes along with a minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Companion {
    Adult,
    Nobody,
}

/// Whether the volunteer belongs to the activity's team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TeamTie {
    Member,
    Stranger,
}

/// Whether somebody who waits could have a place that is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Who could has moved up.
    Served,
    /// Perhaps: a newcomer does not pass them.
    Waiting,
}

/// What decides on a signup.
#[derive(Debug, Clone, Copy)]
pub struct SignupFacts<'a> {
    pub activity: ActivityState,
    pub session: &'a Session,
    pub position: &'a Position,
    pub volunteer: &'a VolunteerStanding,
    /// Of the center that the session belongs to.
    pub induction: InductionRule,
    pub team: TeamTie,
    pub companion: Companion,
    pub queue: Queue,
    /// What the volunteer holds, and held since [`SignupPolicy::looks_back_to`].
    pub held: &'a [HeldSignup],
    /// When staff last lifted a restriction: no-shows before it don't count.
    pub relieved_at: Option<DateTime<Utc>>,
}

/// A place, or one in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Confirmed,
    Waitlisted,
}

impl Admission {
    pub const fn state(self) -> SignupState {
        match self {
            Self::Confirmed => SignupState::Confirmed,
            Self::Waitlisted => SignupState::Waitlisted,
        }
    }
}

/// Decides on a signup.
///
/// # Errors
/// The first check that fails, in the order of [`SignupRefusal`].
pub fn sign_up(
    facts: &SignupFacts<'_>,
    policy: &SignupPolicy,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Admission, SignupRefusal> {
    let plan = &facts.session.plan;
    let is_open = facts.activity == ActivityState::Published
        && facts.session.state == SessionState::Scheduled
        && now < plan.when.ends_at;
    if !is_open {
        return Err(SignupRefusal::SessionNotOpen);
    }
    if let Some(opens_at) = plan.signup_opens_at.filter(|opens_at| now < *opens_at) {
        return Err(SignupRefusal::NotOpenYet { opens_at });
    }
    let closed_at = plan.signup_closes();
    if now >= closed_at {
        return Err(SignupRefusal::Closed { closed_at });
    }
    if facts.volunteer.state != VolunteerState::Active {
        return Err(SignupRefusal::VolunteerNotActive { state: facts.volunteer.state });
    }
    let here = |held: &&HeldSignup| held.session_id == facts.session.id;
    if facts
        .held
        .iter()
        .filter(here)
        .any(|held| held.state.is_open() || held.state == SignupState::Attended)
    {
        return Err(SignupRefusal::AlreadySignedUp);
    }
    check_minor(facts, policy, zone)?;
    check_restriction(facts, policy, now)?;
    check_requirements(facts, zone)?;
    check_overlap(facts.held, facts.session.id, plan.when)?;
    let has_place = facts.position.has_room() && facts.queue == Queue::Served;
    Ok(if has_place { Admission::Confirmed } else { Admission::Waitlisted })
}

/// Two confirmed signups of one person never overlap.
///
/// # Errors
/// [`SignupRefusal::Overlap`] names the other session.
pub fn check_overlap(
    held: &[HeldSignup],
    session_id: SessionId,
    when: Period,
) -> Result<(), SignupRefusal> {
    let other = held.iter().find(|held| {
        held.session_id != session_id
            && matches!(
                held.state,
                SignupState::Confirmed | SignupState::Offered | SignupState::Attended
            )
            && held.when.overlaps(when)
    });
    match other {
        Some(other) => Err(SignupRefusal::Overlap { session_id: other.session_id }),
        None => Ok(()),
    }
}

/// Whether somebody who waits can have a place that became free: they are active and have nothing else by then.
pub fn may_move_up(state: VolunteerState, held: &[HeldSignup], waiting: &Signup) -> bool {
    state == VolunteerState::Active && check_overlap(held, waiting.session_id, waiting.when).is_ok()
}

/// Source: 未成年人保护法 and 志愿服务条例, article 27, with the hours of docs/rules.md#signups.
fn check_minor(
    facts: &SignupFacts<'_>,
    policy: &SignupPolicy,
    zone: Tz,
) -> Result<(), SignupRefusal> {
    let plan = &facts.session.plan;
    let day = day_of(plan.when.starts_at, zone);
    let Some(age) = facts.volunteer.birth_date.map(|birth| age_on(birth, day)) else {
        return Ok(());
    };
    if age >= OF_AGE {
        return Ok(());
    }
    if !facts.volunteer.guardian_consent {
        return Err(SignupRefusal::GuardianConsentMissing);
    }
    let (from, to) = policy.minor_day;
    let starts = plan.when.starts_at.with_timezone(&zone);
    let ends = plan.when.ends_at.with_timezone(&zone);
    if starts.time() < from || ends.time() > to || starts.date_naive() != ends.date_naive() {
        return Err(SignupRefusal::MinorAtNight);
    }
    let that_day: TimeDelta = facts
        .held
        .iter()
        .filter(|held| {
            matches!(
                held.state,
                SignupState::Confirmed | SignupState::Offered | SignupState::Attended
            ) && day_of(held.when.starts_at, zone) == day
        })
        .map(|held| held.when.length())
        .sum();
    if (that_day + plan.when.length()).num_minutes() > policy.minor_minutes_a_day.0 {
        return Err(SignupRefusal::MinorTooLong);
    }
    if plan.high_risk {
        return Err(SignupRefusal::MinorHighRisk);
    }
    if facts.companion == Companion::Nobody {
        if plan.home_visit {
            return Err(SignupRefusal::MinorHomeVisit);
        }
        if age < CONSENTS_ALONE {
            return Err(SignupRefusal::ChildAlone);
        }
    }
    Ok(())
}

/// Until when somebody may have one open signup only, if so.
pub fn restricted_until(
    held: &[HeldSignup],
    relieved_at: Option<DateTime<Utc>>,
    policy: &SignupPolicy,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let mut missed: Vec<DateTime<Utc>> = held
        .iter()
        .filter(|held| held.state == SignupState::NoShow)
        .map(|held| held.when.ends_at)
        .filter(|at| *at <= now && relieved_at.is_none_or(|relieved| *at > relieved))
        .collect();
    missed.sort_unstable();
    let last = missed.last().copied()?;
    let within = missed.iter().filter(|at| **at > last - policy.no_show_window).count();
    let until = last + policy.restriction;
    (within >= policy.no_shows && now < until).then_some(until)
}

fn check_restriction(
    facts: &SignupFacts<'_>,
    policy: &SignupPolicy,
    now: DateTime<Utc>,
) -> Result<(), SignupRefusal> {
    let Some(until) = restricted_until(facts.held, facts.relieved_at, policy, now) else {
        return Ok(());
    };
    if facts.held.iter().any(|held| held.state.is_open() && held.when.ends_at > now) {
        return Err(SignupRefusal::Restricted { until });
    }
    Ok(())
}

fn check_requirements(facts: &SignupFacts<'_>, zone: Tz) -> Result<(), SignupRefusal> {
    let (needs, volunteer) = (&facts.position.requirements, facts.volunteer);
    let is_asked = needs.induction || facts.induction == InductionRule::Everyone;
    if is_asked && volunteer.inducted_at.is_none() {
        return Err(SignupRefusal::InductionMissing);
    }
    if let Some(minimum) = needs.minimum_age {
        let day = day_of(facts.session.plan.when.starts_at, zone);
        if volunteer.birth_date.is_some_and(|birth| age_on(birth, day) < minimum) {
            return Err(SignupRefusal::TooYoung { minimum });
        }
    }
    if volunteer.star_level < needs.minimum_star_level {
        return Err(SignupRefusal::StarLevelTooLow { minimum: needs.minimum_star_level });
    }
    if let Some(skill) = needs.skills.iter().find(|skill| !volunteer.skills.contains(skill)) {
        return Err(SignupRefusal::SkillMissing { skill: skill.clone() });
    }
    if needs.team_members_only && facts.team == TeamTie::Stranger {
        return Err(SignupRefusal::NotTeamMember);
    }
    Ok(())
}

/// Who ends a signup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canceller {
    Volunteer,
    /// The leader or staff: at any time, without a penalty.
    Staff,
}

/// What happens to a place that became free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// The next of the waitlist has it.
    Confirm,
    /// The next is asked until then.
    Offer { until: DateTime<Utc> },
    /// It stays free.
    Nobody,
}

/// What happens at `now` to a place that became free in a session that starts at `starts_at`.
pub fn promotion(starts_at: DateTime<Utc>, policy: &SignupPolicy, now: DateTime<Utc>) -> Promotion {
    let ahead = starts_at - now;
    if ahead > policy.free_until {
        Promotion::Confirm
    } else if ahead > policy.no_offers_within {
        Promotion::Offer { until: (now + policy.offer_lasts).min(starts_at) }
    } else {
        Promotion::Nobody
    }
}

impl Signup {
    /// Leaves the session or its queue.
    ///
    /// # Errors
    /// [`SignupRefusal::IllegalMove`], [`SignupRefusal::TooLateToCancel`].
    pub fn cancel(
        self,
        by: Canceller,
        policy: &SignupPolicy,
        now: DateTime<Utc>,
    ) -> Result<Self, SignupRefusal> {
        if !self.state.is_open() {
            return Err(SignupRefusal::IllegalMove { from: self.state, asked: "cancelled" });
        }
        let ahead = self.when.starts_at - now;
        let leaves_freely = by == Canceller::Staff
            || self.state != SignupState::Confirmed
            || self.must_confirm
            || ahead >= policy.free_until;
        let state = if leaves_freely {
            SignupState::Cancelled
        } else if ahead >= policy.late_until {
            SignupState::LateCancelled
        } else {
            return Err(SignupRefusal::TooLateToCancel);
        };
        Ok(Self {
            state,
            offered_until: None,
            must_confirm: false,
            version: self.version + 1,
            ..self
        })
    }

    /// Takes a place that was offered, or says again that one comes.
    ///
    /// # Errors
    /// [`SignupRefusal::OfferEnded`], [`SignupRefusal::IllegalMove`].
    pub fn confirm(self, now: DateTime<Utc>) -> Result<Self, SignupRefusal> {
        let confirmed = Self {
            state: SignupState::Confirmed,
            offered_until: None,
            must_confirm: false,
            version: self.version + 1,
            ..self
        };
        match self.state {
            SignupState::Offered if self.offered_until.is_some_and(|until| now < until) => {
                Ok(confirmed)
            }
            SignupState::Offered => Err(SignupRefusal::OfferEnded),
            SignupState::Confirmed => Ok(confirmed),
            from => Err(SignupRefusal::IllegalMove { from, asked: "confirmed" }),
        }
    }

    /// Staff forgive an absence.
    ///
    /// # Errors
    /// [`SignupRefusal::IllegalMove`] unless the volunteer did not show up.
    pub fn excuse(self) -> Result<Self, SignupRefusal> {
        match self.state {
            SignupState::NoShow | SignupState::LateCancelled => {
                Ok(Self { state: SignupState::Excused, version: self.version + 1, ..self })
            }
            from => Err(SignupRefusal::IllegalMove { from, asked: "excused" }),
        }
    }
}

#[cfg(test)]
mod tests;
