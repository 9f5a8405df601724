//! What can be done with presence and service records.

mod hours;
mod review;
mod scanning;
mod upload;

use serde_json::json;
use shijian_domain::{
    activities::{Signup, SignupState},
    attendance::ServiceRecord,
    ids::{SessionId, VolunteerId},
};
use shijian_persistence::{Transaction, activities};

pub use self::{
    hours::{drop_unconfirmed, end_open_stays},
    review::{MakeUp, answer_dispute, decide, dispute, make_up, visible},
    scanning::{Outcome, Proof, Scanning, check_in, check_out},
    upload::{Upload, upload},
};
use crate::{
    act::{Act, Subject},
    problem::Answer,
};

/// The volunteer's signup for a session, held until the transaction ends, with the name of its position.
fn place_of(
    tx: &mut Transaction<'_>,
    session: SessionId,
    volunteer: VolunteerId,
) -> Answer<Option<(Signup, String)>> {
    let Some((signup, position_name)) = activities::signup_of(tx, session, volunteer)? else {
        return Ok(None);
    };
    Ok(activities::lock_signup(tx, signup.id)?.map(|signup| (signup, position_name)))
}

/// Who is there has kept the promise of their signup.
fn came(tx: &mut Transaction<'_>, signup: Signup) -> Answer<()> {
    if signup.state == SignupState::Attended {
        return Ok(());
    }
    let version = signup.version + 1;
    let attended = Signup { state: SignupState::Attended, must_confirm: false, version, ..signup };
    Ok(activities::update_signup(tx, &attended)?)
}

fn subject(record: &ServiceRecord) -> Subject {
    Subject::new("service_record", record.id.0)
}

fn publish(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    kind: &str,
    record: &ServiceRecord,
) -> Answer<()> {
    let data = json!({"volunteer_id": record.volunteer_id, "minutes": record.minutes});
    act.publish(tx, kind, subject(record), &data)
}
