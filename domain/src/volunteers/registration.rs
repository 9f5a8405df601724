//! Registration: from application to withdrawal (docs/rules.md#volunteers).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Gender, IdentityNumber, StarLevel, VolunteerState};
use crate::{
    calendar::age_on,
    identity::Phone,
    ids::{AccountId, VenueId, VolunteerId},
    units::Minutes,
};

/// Nobody younger registers.
pub const YOUNGEST: u32 = 8;
/// Below, the guardian consents to the registration itself (个人信息保护法, article 31).
pub const CONSENTS_ALONE: u32 = 14;
/// Below, a guardian's consent is on record before any signup.
pub const OF_AGE: u32 = 18;

vocabulary! {
    /// What a person consents to.
    pub enum ConsentPurpose {
        /// That the personal data which registration needs is kept and used.
        PersonalData = "personal_data",
        /// That the location is compared with the session's at check-in.
        Location = "location",
        /// That name and picture appear in public reports.
        Publicity = "publicity",
    }
}

/// A consent, by the version of the text that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    pub purpose: ConsentPurpose,
    pub version: String,
}

/// Somebody to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    pub phone: Phone,
}

/// What a person tells of themselves; kept sealed, but for the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonalData {
    pub real_name: String,
    pub identity_number: IdentityNumber,
    pub phone: Phone,
    pub address: Option<String>,
    pub emergency_contact: Option<Contact>,
    /// The parent or guardian who consents for somebody under 18.
    pub guardian: Option<Contact>,
}

/// Somebody who wants to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    pub personal: PersonalData,
    pub home_venue_id: VenueId,
    pub skills: Vec<String>,
    pub consents: Vec<Consent>,
}

/// A registered person, but for what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volunteer {
    pub id: VolunteerId,
    /// Unique and for people: it says nothing of the person.
    pub number: String,
    pub account_id: Option<AccountId>,
    pub state: VolunteerState,
    /// Why the state is what it is, where staff said so.
    pub state_reason: Option<String>,
    pub home_venue_id: VenueId,
    /// The center at or above the home venue.
    pub center_id: VenueId,
    pub real_name: String,
    pub gender: Gender,
    pub skills: Vec<String>,
    pub guardian_consent_at: Option<DateTime<Utc>>,
    pub inducted_at: Option<DateTime<Utc>>,
    pub verified_minutes: Minutes,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

/// Why a registration is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VolunteerRefusal {
    #[error("volunteers are at least {YOUNGEST} years old")]
    TooYoung,
    #[error("the date of birth lies in the future")]
    NotBornYet,
    #[error("under {CONSENTS_ALONE} the guardian consents: give `guardian`")]
    GuardianMissing,
    #[error("registration needs the consent `personal_data`")]
    ConsentMissing,
    #[error("the identity number is registered already")]
    AlreadyRegistered,
    #[error("the account has a volunteer profile already")]
    AlreadyVolunteer,
    #[error("the home venue belongs to no center")]
    NoCenter,
    #[error("hours and points belong to a center: the new home lies below the same one")]
    OtherCenter,
    #[error("the real name and the identity number don't belong together")]
    NotThatPerson,
    #[error("nobody reviews their own registration")]
    OwnReview,
    #[error("from `{from}` it cannot become `{to}`")]
    IllegalMove { from: VolunteerState, to: VolunteerState },
}

impl Application {
    /// Checks what can be checked without asking anybody.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, today: NaiveDate) -> Result<(), VolunteerRefusal> {
        let birth_date = self.personal.identity_number.birth_date();
        if birth_date > today {
            return Err(VolunteerRefusal::NotBornYet);
        }
        let age = age_on(birth_date, today);
        if age < YOUNGEST {
            return Err(VolunteerRefusal::TooYoung);
        }
        if age < CONSENTS_ALONE && self.personal.guardian.is_none() {
            return Err(VolunteerRefusal::GuardianMissing);
        }
        if self.consents.iter().all(|consent| consent.purpose != ConsentPurpose::PersonalData) {
            return Err(VolunteerRefusal::ConsentMissing);
        }
        Ok(())
    }

    /// Whether a guardian consented with the application: naming one says so.
    pub fn has_guardian_consent(&self, today: NaiveDate) -> bool {
        self.personal.guardian.is_some()
            && age_on(self.personal.identity_number.birth_date(), today) < OF_AGE
    }
}

impl Volunteer {
    pub fn star_level(&self) -> StarLevel {
        StarLevel::of(self.verified_minutes)
    }

    /// `王**`: enough to recognise somebody, not enough to look them up.
    pub fn masked_name(&self) -> String {
        masked_name(&self.real_name)
    }

    /// # Errors
    /// [`VolunteerRefusal::IllegalMove`] unless the registration waits for review.
    pub fn approve(self) -> Result<Self, VolunteerRefusal> {
        if self.state == VolunteerState::Suspended {
            return Err(self.illegal(VolunteerState::Active));
        }
        self.moved(VolunteerState::Active, None)
    }

    /// # Errors
    /// [`VolunteerRefusal::IllegalMove`] unless the volunteer is active.
    pub fn suspend(self, reason: String) -> Result<Self, VolunteerRefusal> {
        self.moved(VolunteerState::Suspended, Some(reason))
    }

    /// # Errors
    /// [`VolunteerRefusal::IllegalMove`] unless the volunteer is suspended.
    pub fn reinstate(self, reason: Option<String>) -> Result<Self, VolunteerRefusal> {
        if self.state == VolunteerState::Applied {
            return Err(self.illegal(VolunteerState::Active));
        }
        self.moved(VolunteerState::Active, reason)
    }

    /// Moves to another home below the same center.
    ///
    /// # Errors
    /// [`VolunteerRefusal::OtherCenter`], or [`VolunteerRefusal::IllegalMove`] if the volunteer has withdrawn.
    pub fn settle(
        mut self,
        home: VenueId,
        center: Option<VenueId>,
        skills: Vec<String>,
    ) -> Result<Self, VolunteerRefusal> {
        if self.state == VolunteerState::Withdrawn {
            return Err(self.illegal(self.state));
        }
        if center != Some(self.center_id) {
            return Err(VolunteerRefusal::OtherCenter);
        }
        self.home_venue_id = home;
        self.skills = skills;
        self.version += 1;
        Ok(self)
    }

    /// # Errors
    /// [`VolunteerRefusal::IllegalMove`] if the volunteer has withdrawn before.
    pub fn withdraw(self, reason: Option<String>) -> Result<Self, VolunteerRefusal> {
        self.moved(VolunteerState::Withdrawn, reason)
    }

    const fn illegal(&self, to: VolunteerState) -> VolunteerRefusal {
        VolunteerRefusal::IllegalMove { from: self.state, to }
    }

    fn moved(self, to: VolunteerState, reason: Option<String>) -> Result<Self, VolunteerRefusal> {
        use VolunteerState::{Active, Applied, Suspended, Withdrawn};
        match (self.state, to) {
            (Applied | Suspended, Active)
            | (Active, Suspended)
            | (Applied | Active | Suspended, Withdrawn) => {
                Ok(Self { state: to, state_reason: reason, version: self.version + 1, ..self })
            }
            _ => Err(self.illegal(to)),
        }
    }
}

/// The first character, and a star for each other one.
pub fn masked_name(name: &str) -> String {
    name.chars().enumerate().map(|(index, letter)| if index == 0 { letter } else { '*' }).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn application(identity_number: &str) -> Application {
        Application {
            personal: PersonalData {
                real_name: "王建国".to_owned(),
                identity_number: IdentityNumber::try_from(identity_number.to_owned()).unwrap(),
                phone: Phone::try_from("13800005678".to_owned()).unwrap(),
                address: None,
                emergency_contact: None,
                guardian: None,
            },
            home_venue_id: VenueId(Uuid::nil()),
            skills: vec![],
            consents: vec![Consent {
                purpose: ConsentPurpose::PersonalData,
                version: "2026-01".to_owned(),
            }],
        }
    }

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn volunteer(state: VolunteerState) -> Volunteer {
        Volunteer {
            id: VolunteerId(Uuid::nil()),
            number: "V0000000000".to_owned(),
            account_id: None,
            state,
            state_reason: None,
            home_venue_id: VenueId(Uuid::nil()),
            center_id: VenueId(Uuid::nil()),
            real_name: "王建国".to_owned(),
            gender: Gender::Male,
            skills: vec![],
            guardian_consent_at: None,
            inducted_at: None,
            verified_minutes: Minutes(0),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn nobody_under_eight_registers_and_the_eighth_birthday_opens_the_door() {
        // Born 1949-12-31, with a guardian.
        let mut child = application("11010519491231002X");
        child.personal.guardian =
            Some(Contact { name: "王母".to_owned(), phone: child.personal.phone.clone() });
        assert_eq!(child.check(day(1957, 12, 30)), Err(VolunteerRefusal::TooYoung));
        assert_eq!(child.check(day(1957, 12, 31)), Ok(()));
        assert!(child.has_guardian_consent(day(1957, 12, 31)));
        assert_eq!(child.check(day(1949, 1, 1)), Err(VolunteerRefusal::NotBornYet));
    }

    #[test]
    fn under_fourteen_the_guardian_consents() {
        let child = application("11010519491231002X");
        assert_eq!(child.check(day(1963, 12, 30)), Err(VolunteerRefusal::GuardianMissing));
        assert_eq!(child.check(day(1963, 12, 31)), Ok(()));
    }

    #[test]
    fn registration_needs_consent_to_keep_personal_data() {
        let mut silent = application("11010519491231002X");
        silent.consents.clear();
        assert_eq!(silent.check(day(2000, 1, 1)), Err(VolunteerRefusal::ConsentMissing));
    }

    #[test]
    fn the_states_move_as_the_rules_say_and_no_other_way() {
        use VolunteerState::{Active, Applied, Suspended, Withdrawn};
        for from in [Applied, Active, Suspended, Withdrawn] {
            let moves = [
                (volunteer(from).approve().is_ok(), from == Applied),
                (volunteer(from).suspend("因故".to_owned()).is_ok(), from == Active),
                (volunteer(from).reinstate(None).is_ok(), from == Suspended),
                (volunteer(from).withdraw(None).is_ok(), from != Withdrawn),
            ];
            for (index, (happened, expected)) in moves.into_iter().enumerate() {
                assert_eq!(happened, expected, "{from}, move {index}");
            }
        }
    }

    #[test]
    fn names_are_masked_but_for_the_first_character() {
        assert_eq!(volunteer(VolunteerState::Active).masked_name(), "王**");
    }
}
