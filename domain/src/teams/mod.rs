//! Teams of volunteers and their members (docs/rules.md#teams).

use chrono::{DateTime, Utc};

use crate::ids::{TeamId, VenueId, VolunteerId};

vocabulary! {
    /// What a team serves with: the eight kinds of volunteer team that every district forms.
    pub enum TeamCategory {
        Theory = "theory",
        CultureArts = "culture_arts",
        Education = "education",
        MedicalFitness = "medical_fitness",
        Science = "science",
        Law = "law",
        HygieneEnvironment = "hygiene_environment",
        HelpAndCare = "help_and_care",
    }
}

impl TeamCategory {
    /// As the eight kinds are called where they were laid down (8+N).
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Theory => "理论政策宣讲",
            Self::CultureArts => "文化文艺服务",
            Self::Education => "助学支教",
            Self::MedicalFitness => "医疗健身",
            Self::Science => "科学普及",
            Self::Law => "法律服务",
            Self::HygieneEnvironment => "卫生环保",
            Self::HelpAndCare => "扶贫帮困",
        }
    }
}

vocabulary! {
    /// How high a team stands; a parent is of the level above.
    pub enum TeamLevel {
        Corps = "corps",
        Detachment = "detachment",
        Squad = "squad",
    }
}

vocabulary! {
    /// How far a team's registration has come.
    pub enum TeamState {
        Registered = "registered",
        Active = "active",
        Suspended = "suspended",
        Dissolved = "dissolved",
    }
}

vocabulary! {
    /// How a volunteer belongs to a team.
    pub enum MemberState {
        Applied = "applied",
        Active = "active",
        Left = "left",
        Removed = "removed",
    }
}

/// What a team tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamProfile {
    pub name: String,
    pub categories: Vec<TeamCategory>,
    pub introduction: Option<String>,
}

/// A team to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTeam {
    pub profile: TeamProfile,
    pub level: TeamLevel,
    pub parent_id: Option<TeamId>,
    pub home_venue_id: VenueId,
    /// Who leads it, where staff form it; a volunteer leads what they form.
    pub leader_id: Option<VolunteerId>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub id: TeamId,
    pub profile: TeamProfile,
    pub level: TeamLevel,
    pub parent_id: Option<TeamId>,
    pub home_venue_id: VenueId,
    /// `None` until somebody is appointed, where staff formed the team.
    pub leader_id: Option<VolunteerId>,
    pub state: TeamState,
    pub state_reason: Option<String>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

/// How one volunteer belongs to one team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    pub team_id: TeamId,
    pub volunteer_id: VolunteerId,
    pub state: MemberState,
    /// When it came to this state.
    pub since: DateTime<Utc>,
}

/// Why a team or a membership is not as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TeamRefusal {
    #[error("a {level} belongs under a team of the level above")]
    WrongParent { level: TeamLevel },
    #[error("the team above is not active")]
    ParentNotActive,
    #[error("from `{from}` a team cannot become `{to}`")]
    IllegalMove { from: TeamState, to: TeamState },
    #[error("the team is not active")]
    NotActive,
    #[error("the volunteer is not active")]
    VolunteerNotActive,
    #[error("the volunteer has applied or belongs to the team already")]
    AlreadyMember,
    #[error("the volunteer does not belong to the team")]
    NotMember,
    #[error("nobody waits to be accepted")]
    NothingToAccept,
    #[error("the leader leaves only after another was appointed")]
    LeaderStays,
    #[error("only members of the team lead it")]
    LeaderNotMember,
    #[error("a dissolved team does not change")]
    Dissolved,
    #[error("the team has sessions ahead")]
    SessionsAhead,
    #[error("nobody reviews the team that they lead")]
    OwnReview,
}

impl TeamLevel {
    const fn above(self) -> Option<Self> {
        match self {
            Self::Corps => None,
            Self::Detachment => Some(Self::Corps),
            Self::Squad => Some(Self::Detachment),
        }
    }

    /// Whether a team of this level may stand under `parent`, or alone.
    ///
    /// # Errors
    /// [`TeamRefusal::WrongParent`], [`TeamRefusal::ParentNotActive`].
    pub fn fits_under(self, parent: Option<&Team>) -> Result<(), TeamRefusal> {
        let Some(parent) = parent else { return Ok(()) };
        if self.above() != Some(parent.level) {
            Err(TeamRefusal::WrongParent { level: self })
        } else if parent.state == TeamState::Active {
            Ok(())
        } else {
            Err(TeamRefusal::ParentNotActive)
        }
    }
}

impl Team {
    /// # Errors
    /// [`TeamRefusal::IllegalMove`] unless the registration waits for review.
    pub fn approve(self, reason: Option<String>) -> Result<Self, TeamRefusal> {
        if self.state == TeamState::Suspended {
            return Err(self.illegal(TeamState::Active));
        }
        self.moved(TeamState::Active, reason)
    }

    /// # Errors
    /// [`TeamRefusal::IllegalMove`] unless the team is active.
    pub fn suspend(self, reason: String) -> Result<Self, TeamRefusal> {
        self.moved(TeamState::Suspended, Some(reason))
    }

    /// # Errors
    /// [`TeamRefusal::IllegalMove`] unless the team is suspended.
    pub fn reinstate(self, reason: Option<String>) -> Result<Self, TeamRefusal> {
        if self.state == TeamState::Registered {
            return Err(self.illegal(TeamState::Active));
        }
        self.moved(TeamState::Active, reason)
    }

    /// # Errors
    /// [`TeamRefusal::IllegalMove`] if the team is dissolved, [`TeamRefusal::SessionsAhead`].
    pub fn dissolve(self, reason: String, has_sessions_ahead: bool) -> Result<Self, TeamRefusal> {
        if has_sessions_ahead {
            return Err(TeamRefusal::SessionsAhead);
        }
        self.moved(TeamState::Dissolved, Some(reason))
    }

    const fn illegal(&self, to: TeamState) -> TeamRefusal {
        TeamRefusal::IllegalMove { from: self.state, to }
    }

    fn moved(self, to: TeamState, reason: Option<String>) -> Result<Self, TeamRefusal> {
        use TeamState::{Active, Dissolved, Registered, Suspended};
        match (self.state, to) {
            (Registered | Suspended, Active)
            | (Active, Suspended)
            | (Registered | Active | Suspended, Dissolved) => {
                Ok(Self { state: to, state_reason: reason, version: self.version + 1, ..self })
            }
            _ => Err(self.illegal(to)),
        }
    }

    /// What a team tells of itself, told anew.
    ///
    /// # Errors
    /// [`TeamRefusal::Dissolved`].
    pub fn replaced(self, profile: TeamProfile) -> Result<Self, TeamRefusal> {
        if self.state == TeamState::Dissolved {
            return Err(TeamRefusal::Dissolved);
        }
        Ok(Self { profile, version: self.version + 1, ..self })
    }

    /// Hands the team over to one of its members.
    ///
    /// # Errors
    /// [`TeamRefusal::Dissolved`], [`TeamRefusal::LeaderNotMember`].
    pub fn led_by(
        self,
        volunteer_id: VolunteerId,
        member: Option<Membership>,
    ) -> Result<Self, TeamRefusal> {
        if self.state == TeamState::Dissolved {
            return Err(TeamRefusal::Dissolved);
        }
        if member.is_none_or(|member| member.state != MemberState::Active) {
            return Err(TeamRefusal::LeaderNotMember);
        }
        Ok(Self { leader_id: Some(volunteer_id), version: self.version + 1, ..self })
    }

    /// A volunteer asks to join.
    ///
    /// # Errors
    /// [`TeamRefusal::NotActive`], [`TeamRefusal::AlreadyMember`].
    pub fn join(
        &self,
        volunteer_id: VolunteerId,
        before: Option<Membership>,
        now: DateTime<Utc>,
    ) -> Result<Membership, TeamRefusal> {
        if self.state != TeamState::Active {
            return Err(TeamRefusal::NotActive);
        }
        match before.map(|before| before.state) {
            Some(MemberState::Applied | MemberState::Active) => Err(TeamRefusal::AlreadyMember),
            None | Some(MemberState::Left | MemberState::Removed) => Ok(Membership {
                team_id: self.id,
                volunteer_id,
                state: MemberState::Applied,
                since: now,
            }),
        }
    }

    /// Who leaves or is removed, as `to` says.
    ///
    /// # Errors
    /// [`TeamRefusal::NotMember`], [`TeamRefusal::LeaderStays`].
    pub fn part(
        &self,
        member: Membership,
        to: MemberState,
        now: DateTime<Utc>,
    ) -> Result<Membership, TeamRefusal> {
        if !matches!(member.state, MemberState::Applied | MemberState::Active) {
            return Err(TeamRefusal::NotMember);
        }
        if self.leader_id == Some(member.volunteer_id) {
            return Err(TeamRefusal::LeaderStays);
        }
        Ok(Membership { state: to, since: now, ..member })
    }
}

impl Membership {
    /// # Errors
    /// [`TeamRefusal::NothingToAccept`] unless the volunteer has applied.
    pub fn accept(self, now: DateTime<Utc>) -> Result<Self, TeamRefusal> {
        if self.state == MemberState::Applied {
            Ok(Self { state: MemberState::Active, since: now, ..self })
        } else {
            Err(TeamRefusal::NothingToAccept)
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn team(level: TeamLevel, state: TeamState) -> Team {
        Team {
            id: TeamId(Uuid::nil()),
            profile: TeamProfile {
                name: "理发队".to_owned(),
                categories: vec![TeamCategory::HelpAndCare],
                introduction: None,
            },
            level,
            parent_id: None,
            home_venue_id: VenueId(Uuid::nil()),
            leader_id: Some(VolunteerId(Uuid::from_u128(1))),
            state,
            state_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn member(number: u128, state: MemberState) -> Membership {
        Membership {
            team_id: TeamId(Uuid::nil()),
            volunteer_id: VolunteerId(Uuid::from_u128(number)),
            state,
            since: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_parent_is_of_the_level_above_and_active() {
        let corps = team(TeamLevel::Corps, TeamState::Active);
        assert_eq!(TeamLevel::Detachment.fits_under(Some(&corps)), Ok(()));
        assert!(TeamLevel::Squad.fits_under(Some(&corps)).is_err());
        assert!(TeamLevel::Corps.fits_under(Some(&corps)).is_err());
        assert_eq!(TeamLevel::Squad.fits_under(None), Ok(()));
        let waiting = team(TeamLevel::Corps, TeamState::Registered);
        let refused = TeamLevel::Detachment.fits_under(Some(&waiting));
        assert_eq!(refused, Err(TeamRefusal::ParentNotActive));
    }

    #[test]
    fn the_states_move_as_the_rules_say_and_no_other_way() {
        use TeamState::{Active, Dissolved, Registered, Suspended};
        for from in [Registered, Active, Suspended, Dissolved] {
            let ours = || team(TeamLevel::Squad, from);
            let moves = [
                (ours().approve(None).is_ok(), from == Registered),
                (ours().suspend("整顿".to_owned()).is_ok(), from == Active),
                (ours().reinstate(None).is_ok(), from == Suspended),
                (ours().dissolve("并入他队".to_owned(), false).is_ok(), from != Dissolved),
            ];
            for (index, (happened, expected)) in moves.into_iter().enumerate() {
                assert_eq!(happened, expected, "{from}, move {index}");
            }
        }
    }

    #[test]
    fn a_team_with_sessions_ahead_is_not_dissolved() {
        let refused = team(TeamLevel::Squad, TeamState::Active).dissolve("并入".to_owned(), true);
        assert_eq!(refused, Err(TeamRefusal::SessionsAhead));
    }

    #[test]
    fn who_left_may_apply_again_and_who_belongs_may_not() {
        let team = team(TeamLevel::Squad, TeamState::Active);
        let ask = |state| {
            team.join(VolunteerId(Uuid::nil()), Some(member(0, state)), DateTime::UNIX_EPOCH)
        };
        assert!(ask(MemberState::Left).is_ok());
        assert!(ask(MemberState::Removed).is_ok());
        assert_eq!(ask(MemberState::Active), Err(TeamRefusal::AlreadyMember));
        assert_eq!(ask(MemberState::Applied), Err(TeamRefusal::AlreadyMember));
    }

    #[test]
    fn the_leader_stays_until_another_leads() {
        let team = team(TeamLevel::Squad, TeamState::Active);
        let leader = member(1, MemberState::Active);
        let parted = team.part(leader, MemberState::Left, DateTime::UNIX_EPOCH);
        assert_eq!(parted, Err(TeamRefusal::LeaderStays));
        let other = member(2, MemberState::Active);
        assert!(team.part(other, MemberState::Left, DateTime::UNIX_EPOCH).is_ok());
    }

    #[test]
    fn a_team_is_handed_over_to_one_of_its_members_only() {
        let next = VolunteerId(Uuid::from_u128(2));
        let ours = || team(TeamLevel::Squad, TeamState::Active);
        let led = ours().led_by(next, Some(member(2, MemberState::Active))).unwrap();
        assert_eq!(led.leader_id, Some(next));
        for other in [None, Some(member(2, MemberState::Applied))] {
            assert_eq!(ours().led_by(next, other), Err(TeamRefusal::LeaderNotMember));
        }
    }

    #[test]
    fn only_an_application_is_accepted() {
        assert!(member(2, MemberState::Applied).accept(DateTime::UNIX_EPOCH).is_ok());
        assert!(member(2, MemberState::Active).accept(DateTime::UNIX_EPOCH).is_err());
        assert!(member(2, MemberState::Removed).accept(DateTime::UNIX_EPOCH).is_err());
    }
}
