//! Rotating codes: a session's on its screen, a person's on their phone.

use chrono::{DateTime, Utc};
use shijian_domain::{
    attendance::{code_steps, step_at, step_ends},
    ids::{SessionId, VolunteerId},
};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{act::Act, vault::keyed_hash};

/// A code that is shown now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub code: String,
    /// Until when it is taken: one step after the one that shows it.
    pub expires_at: DateTime<Utc>,
    pub refresh_after_seconds: i64,
}

/// Eight digits that only who holds the key can foresee.
fn code(act: &Act<'_>, purpose: &str, id: Uuid, step: i64) -> String {
    let parts: [&[u8]; 3] = [purpose.as_bytes(), id.as_bytes(), &step.to_be_bytes()];
    let hash = keyed_hash(&act.settings.keys.codes, &parts);
    let number = hash.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
    format!("{:08}", number % 100_000_000)
}

fn shown(act: &Act<'_>, purpose: &str, id: Uuid) -> Shown {
    let ends = step_ends(act.now);
    Shown {
        code: code(act, purpose, id, step_at(act.now)),
        expires_at: step_ends(ends),
        refresh_after_seconds: (ends - act.now).num_seconds().max(1),
    }
}

fn is_right(act: &Act<'_>, purpose: &str, id: Uuid, said: &str, at: DateTime<Utc>) -> bool {
    code_steps(at)
        .into_iter()
        .any(|step| bool::from(code(act, purpose, id, step).as_bytes().ct_eq(said.as_bytes())))
}

const SESSION: &str = "session code";
const VOLUNTEER: &str = "volunteer code";

pub fn of_session(act: &Act<'_>, id: SessionId) -> Shown {
    shown(act, SESSION, id.0)
}

/// Whether a session's screen showed this code at `at`, give or take a step.
pub fn is_sessions(act: &Act<'_>, id: SessionId, said: &str, at: DateTime<Utc>) -> bool {
    is_right(act, SESSION, id.0, said, at)
}

/// A person's code: the person's number, then the rotating digits.
pub fn of_volunteer(act: &Act<'_>, id: VolunteerId) -> Shown {
    let shown = shown(act, VOLUNTEER, id.0);
    Shown { code: format!("{id}.{}", shown.code), ..shown }
}

/// Whose code this is, if it was shown at `at`, give or take a step.
pub fn volunteer_of(act: &Act<'_>, said: &str, at: DateTime<Utc>) -> Option<VolunteerId> {
    let (id, digits) = said.split_once('.')?;
    let id = VolunteerId(id.parse().ok()?);
    is_right(act, VOLUNTEER, id.0, digits, at).then_some(id)
}
