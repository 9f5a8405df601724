//! Volunteers: who may serve, and how they stand.

mod identity_number;
mod registration;
mod standing;
mod star_level;

pub use identity_number::{Gender, IdentityNumber, NotAnIdentityNumber};
pub use registration::{
    Application, CONSENTS_ALONE, Consent, ConsentPurpose, Contact, OF_AGE, PersonalData, Volunteer,
    VolunteerRefusal, YOUNGEST, masked_name,
};
pub use standing::{VolunteerStanding, VolunteerState};
pub use star_level::StarLevel;
