//! What can be done with volunteers.

use serde::{Deserialize, Serialize};
use serde_json::json;
use shijian_domain::{
    calendar::day_of,
    identity::{Permission, Target},
    ids::{AccountId, VenueId, VolunteerId},
    units::Minutes,
    venues::VenuePath,
    volunteers::{
        Application, Contact, IdentityNumber, Volunteer, VolunteerRefusal, VolunteerState,
    },
};
use shijian_persistence::{
    Fault, Transaction,
    identity::{account, link_volunteer},
    venues,
    volunteers::{self, KeptConsent, KeptVolunteer, Sealed},
};

use crate::{
    act::{Act, Subject},
    activities::actions::signups::end_signups_of,
    chance::draw,
    identity::actions::{PHONE, account_of_phone, phone_index},
    problem::{Answer, Problem},
    teams::actions::settle_leadership,
    venues::actions::existing as existing_venue,
};

/// What sealed fields are, for the vault.
pub const BIRTH_DATE: &str = "birth_date";
const IDENTITY_NUMBER: &str = "identity_number";
const CONTACTS: &str = "contacts";

/// Address and people to call, sealed as one document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Contacts {
    pub address: Option<String>,
    pub emergency_contact: Option<Contact>,
    pub guardian: Option<Contact>,
}

/// What was sealed of a volunteer, opened.
#[derive(Debug, Clone)]
pub struct Opened {
    pub identity_number: String,
    pub phone: String,
    pub contacts: Contacts,
}

/// The index by which an identity number is found.
pub fn identity_index(act: &Act<'_>, number: &IdentityNumber) -> Vec<u8> {
    act.vault.blind_index(IDENTITY_NUMBER, number.as_str()).to_vec()
}

/// Opens what is sealed of a volunteer.
pub fn open(act: &Act<'_>, sealed: &Sealed) -> Answer<Opened> {
    let contacts = act.vault.open(CONTACTS, &sealed.sealed_contacts)?;
    Ok(Opened {
        identity_number: act.vault.open(IDENTITY_NUMBER, &sealed.sealed_identity_number)?,
        phone: act.vault.open(PHONE, &sealed.sealed_phone)?,
        contacts: serde_json::from_str(&contacts).map_err(Fault::from)?,
    })
}

fn seal(act: &Act<'_>, application: &Application) -> Answer<Sealed> {
    let personal = &application.personal;
    let contacts = Contacts {
        address: personal.address.clone(),
        emergency_contact: personal.emergency_contact.clone(),
        guardian: personal.guardian.clone(),
    };
    let sealed = |context, plain: &str| act.vault.seal(context, plain, act.chance);
    Ok(Sealed {
        sealed_identity_number: sealed(IDENTITY_NUMBER, personal.identity_number.as_str())?,
        identity_index: identity_index(act, &personal.identity_number),
        sealed_phone: sealed(PHONE, personal.phone.as_str())?,
        phone_index: phone_index(act, &personal.phone),
        sealed_birth_date: sealed(BIRTH_DATE, &personal.identity_number.birth_date().to_string())?,
        sealed_contacts: seal_contacts(act, &contacts)?,
    })
}

fn seal_contacts(act: &Act<'_>, contacts: &Contacts) -> Answer<Vec<u8>> {
    let contacts = serde_json::to_string(contacts).map_err(Fault::from)?;
    act.vault.seal(CONTACTS, &contacts, act.chance)
}

/// `V` and ten characters of Crockford's base 32: 50 bits, so that nobody meets another's number.
fn number(act: &Act<'_>) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letters = draw::<10>(act.chance)
        .map(|byte| char::from(ALPHABET.get(usize::from(byte % 32)).copied().unwrap_or(b'0')));
    std::iter::once('V').chain(letters).collect()
}

/// The volunteer that an application makes, before anybody reviewed it; nothing is kept yet.
pub fn drafted(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    application: &Application,
    account_id: Option<AccountId>,
) -> Answer<KeptVolunteer> {
    let today = day_of(act.now, act.zone);
    application.check(today)?;
    let home = existing_venue(tx, application.home_venue_id)
        .map_err(|problem| problem.at("/home_venue_id"))?;
    let volunteer = Volunteer {
        id: act.id(),
        number: number(act),
        account_id,
        state: VolunteerState::Applied,
        state_reason: None,
        home_venue_id: home.id,
        center_id: home.center_id.ok_or(VolunteerRefusal::NoCenter)?,
        real_name: application.personal.real_name.clone(),
        gender: application.personal.identity_number.gender(),
        skills: application.skills.clone(),
        guardian_consent_at: application.has_guardian_consent(today).then_some(act.now),
        inducted_at: None,
        verified_minutes: Minutes::ZERO,
        version: 1,
        created_at: act.now,
    };
    Ok(KeptVolunteer { volunteer, sealed: seal(act, application)? })
}

/// Somebody applies; staff may apply for somebody else, whose account is that of their telephone.
pub fn apply(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    application: &Application,
) -> Answer<KeptVolunteer> {
    let home = venues::path(tx, application.home_venue_id)?
        .ok_or_else(|| Problem::not_found("venue").at("/home_venue_id"))?;
    let is_staff = act.caller.may(Permission::VolunteerReview, Target::venue(&home));
    let account_id = if is_staff {
        account_of_phone(tx, act, &application.personal.phone)?.id
    } else {
        act.caller.account_id()?
    };
    let kept = register(tx, act, application, account_id)?;
    if is_staff {
        let after = json!({"number": kept.volunteer.number, "state": kept.volunteer.state});
        act.audit(tx, "applyAsVolunteer", subject(&kept.volunteer), None, Some(after))?;
    }
    Ok(kept)
}

/// Keeps the application of the person behind an account.
pub fn register(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    application: &Application,
    account_id: AccountId,
) -> Answer<KeptVolunteer> {
    let kept = drafted(tx, act, application, Some(account_id))?;
    if volunteers::is_registered(tx, &kept.sealed.identity_index)? {
        return Err(VolunteerRefusal::AlreadyRegistered.into());
    }
    if let Some(before) = account(tx, account_id)?.and_then(|account| account.volunteer_id) {
        let before = volunteers::volunteer(tx, before)?;
        if before.is_some_and(|before| before.volunteer.state != VolunteerState::Withdrawn) {
            return Err(VolunteerRefusal::AlreadyVolunteer.into());
        }
    }
    let volunteer = &kept.volunteer;
    volunteers::insert_volunteer(tx, &kept)?;
    link_volunteer(tx, account_id, volunteer.id)?;
    let consents: Vec<KeptConsent> = application
        .consents
        .iter()
        .map(|consent| KeptConsent {
            id: act.id(),
            volunteer_id: volunteer.id,
            purpose: consent.purpose,
            version: consent.version.clone(),
            by_guardian: volunteer.guardian_consent_at.is_some(),
            given_at: act.now.into(),
        })
        .collect();
    volunteers::insert_consents(tx, &consents)?;
    publish(tx, act, "volunteer.applied", volunteer)?;
    Ok(kept)
}

/// The volunteer, if it is the caller's own or in the scope of the caller's grants.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: VolunteerId) -> Answer<KeptVolunteer> {
    let kept = volunteers::volunteer(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    let home = existing_venue(tx, kept.volunteer.home_venue_id)?;
    ensure_visible(act, id, &home.path)?;
    Ok(kept)
}

/// # Errors
/// [`Code::NotFound`](crate::problem::Code::NotFound) for a volunteer who is neither the caller nor in the scope of the caller's grants.
pub fn ensure_visible(act: &Act<'_>, id: VolunteerId, home: &VenuePath) -> Answer<()> {
    if act.caller.volunteer_if_any() == Some(id) {
        return Ok(());
    }
    act.caller.authorise_read(Permission::VolunteerRead, Target::venue(home), "volunteer")
}

/// What staff do to a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    Approve,
    Suspend { reason: String },
    Reinstate { reason: Option<String> },
}

impl Review {
    const fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::Approve => ("approveVolunteer", "volunteer.approved"),
            Self::Suspend { .. } => ("suspendVolunteer", "volunteer.suspended"),
            Self::Reinstate { .. } => ("reinstateVolunteer", "volunteer.reinstated"),
        }
    }
}

/// Staff of the home venue, or of a venue above it, review a registration; never their own.
pub fn review(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VolunteerId,
    review: &Review,
) -> Answer<KeptVolunteer> {
    let mut kept = managed(tx, act, id)?;
    if act.caller.volunteer_if_any() == Some(id) {
        return Err(VolunteerRefusal::OwnReview.into());
    }
    act.expect_version(kept.volunteer.version)?;
    let before = kept.volunteer.clone();
    kept.volunteer = match review.clone() {
        Review::Approve => kept.volunteer.approve(),
        Review::Suspend { reason } => kept.volunteer.suspend(reason),
        Review::Reinstate { reason } => kept.volunteer.reinstate(reason),
    }?;
    volunteers::update_volunteer(tx, &kept)?;
    if kept.volunteer.state == VolunteerState::Suspended {
        end_signups_of(tx, act, id)?;
    }
    settle_leadership(tx, act, id)?;
    let (operation, event) = review.names();
    let told =
        |volunteer: &Volunteer| json!({"state": volunteer.state, "reason": volunteer.state_reason});
    let (before, after) = (told(&before), told(&kept.volunteer));
    act.audit(tx, operation, subject(&kept.volunteer), Some(before), Some(after))?;
    publish(tx, act, event, &kept.volunteer)?;
    Ok(kept)
}

/// The person withdraws; the identity number is free again, hours and ledger stay.
pub fn withdraw(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    reason: Option<String>,
) -> Answer<KeptVolunteer> {
    let id = act.caller.volunteer_id()?;
    let mut kept =
        volunteers::lock_volunteer(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    act.expect_version(kept.volunteer.version)?;
    kept.volunteer = kept.volunteer.withdraw(reason)?;
    volunteers::update_volunteer(tx, &kept)?;
    settle_leadership(tx, act, id)?;
    end_signups_of(tx, act, id)?;
    publish(tx, act, "volunteer.withdrew", &kept.volunteer)?;
    Ok(kept)
}

/// What volunteers may change of their own registration. A name and an identity number are checked, so they stay.
#[derive(Debug, Clone)]
pub struct Profile {
    pub home_venue_id: VenueId,
    pub skills: Vec<String>,
    pub address: Option<String>,
    pub emergency_contact: Option<Contact>,
}

/// The caller's own registration, with everything that is held about them.
pub fn mine(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<(Volunteer, Opened)> {
    let kept = visible(tx, act, act.caller.volunteer_id()?)?;
    let opened = open(act, &kept.sealed)?;
    Ok((kept.volunteer, opened))
}

/// Replaces what the caller may change of their own registration.
pub fn replace_mine(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    profile: &Profile,
) -> Answer<(Volunteer, Opened)> {
    let id = act.caller.volunteer_id()?;
    let home = existing_venue(tx, profile.home_venue_id)
        .map_err(|problem| problem.at("/home_venue_id"))?;
    let mut kept =
        volunteers::lock_volunteer(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    act.expect_version(kept.volunteer.version)?;
    let mut opened = open(act, &kept.sealed)?;
    opened.contacts.address.clone_from(&profile.address);
    opened.contacts.emergency_contact.clone_from(&profile.emergency_contact);
    kept.volunteer = kept.volunteer.settle(home.id, home.center_id, profile.skills.clone())?;
    kept.sealed.sealed_contacts = seal_contacts(act, &opened.contacts)?;
    volunteers::update_volunteer(tx, &kept)?;
    publish(tx, act, "volunteer.replaced", &kept.volunteer)?;
    Ok((kept.volunteer, opened))
}

/// Staff record that the induction and safety training was completed.
pub fn record_induction(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VolunteerId,
) -> Answer<KeptVolunteer> {
    let mut kept = managed(tx, act, id)?;
    if act.caller.volunteer_if_any() == Some(id) {
        return Err(VolunteerRefusal::OwnReview.into());
    }
    if kept.volunteer.inducted_at.is_none() {
        kept.volunteer.inducted_at = Some(act.now);
        kept.volunteer.version += 1;
        volunteers::update_volunteer(tx, &kept)?;
        act.audit(tx, "recordInduction", subject(&kept.volunteer), None, None)?;
    }
    Ok(kept)
}

/// Staff record a guardian's consent to the service of somebody under 18.
pub fn record_guardian_consent(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VolunteerId,
    guardian: Contact,
) -> Answer<KeptVolunteer> {
    let mut kept = managed(tx, act, id)?;
    let mut contacts = open(act, &kept.sealed)?.contacts;
    contacts.guardian = Some(guardian);
    kept.sealed.sealed_contacts = seal_contacts(act, &contacts)?;
    kept.volunteer.guardian_consent_at = Some(act.now);
    kept.volunteer.version += 1;
    volunteers::update_volunteer(tx, &kept)?;
    act.audit(tx, "recordGuardianConsent", subject(&kept.volunteer), None, None)?;
    Ok(kept)
}

/// Opens somebody's personal data to staff who say why; the audit log keeps who, when and why.
pub fn reveal(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: VolunteerId,
    reason: &str,
) -> Answer<(Volunteer, Opened)> {
    let kept = volunteers::volunteer(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    let home = existing_venue(tx, kept.volunteer.home_venue_id)?;
    let target = Target::venue(&home.path);
    act.caller.authorise_read(Permission::VolunteerRead, target, "volunteer")?;
    act.caller.authorise(Permission::PersonalDataReveal, target)?;
    let opened = open(act, &kept.sealed)?;
    let after = json!({"reason": reason});
    act.audit(tx, "revealVolunteer", subject(&kept.volunteer), None, Some(after))?;
    Ok((kept.volunteer, opened))
}

/// A volunteer whom the caller may review, held until the transaction ends.
fn managed(tx: &mut Transaction<'_>, act: &Act<'_>, id: VolunteerId) -> Answer<KeptVolunteer> {
    let kept =
        volunteers::lock_volunteer(tx, id)?.ok_or_else(|| Problem::not_found("volunteer"))?;
    let home = existing_venue(tx, kept.volunteer.home_venue_id)?;
    ensure_visible(act, id, &home.path)?;
    act.caller.authorise(Permission::VolunteerReview, Target::venue(&home.path))?;
    Ok(kept)
}

fn subject(volunteer: &Volunteer) -> Subject {
    Subject::new("volunteer", volunteer.id.0)
}

fn publish(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    kind: &str,
    volunteer: &Volunteer,
) -> Answer<()> {
    let data = json!({"state": volunteer.state, "home_venue_id": volunteer.home_venue_id});
    act.publish(tx, kind, subject(volunteer), &data)
}
