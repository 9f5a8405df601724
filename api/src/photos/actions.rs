//! What is done with photos.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DurationRound, TimeDelta};
use shijian_domain::{
    ids::PhotoId,
    photos::{self as rules, Photo, PhotoContent, PhotoRefusal, PhotoState},
};
use shijian_persistence::{Transaction, photos};
use subtle::ConstantTimeEq;

use super::bodies::LinkParams;
use crate::{
    act::Act,
    problem::{Answer, Problem},
    vault::keyed_hash,
};

/// How long a link is good, at least.
const LINK_LIFE: TimeDelta = TimeDelta::hours(1);

/// Within such a step all links to a photo are the same, so that a phone that has it need not load it again.
const LINK_STEP: TimeDelta = TimeDelta::minutes(15);

/// Makes a place for a photo before it is stored; or finds the caller's photo with the same bytes.
pub fn expect(tx: &mut Transaction<'_>, act: &Act<'_>, content: &PhotoContent) -> Answer<Photo> {
    let new = Photo {
        id: act.id(),
        account_id: act.caller.account_id()?,
        content: *content,
        state: PhotoState::Arriving,
        since: act.now,
        created_at: act.now,
    };
    photos::insert_unless_same(tx, &new)?;
    let photo = same(tx, act, content)?;
    if photo.id == new.id {
        // Uploads at once may pass the limit together by a few.
        let others = photos::count_unattached(tx, new.account_id)? - 1;
        return Ok(photo.arrives(others)?);
    }
    changed(tx, photo.comes_again(act.now)?)
}

/// Keeps a photo whose bytes have been stored.
pub fn keep(tx: &mut Transaction<'_>, act: &Act<'_>, content: &PhotoContent) -> Answer<Photo> {
    let photo = same(tx, act, content)?;
    changed(tx, photo.is_stored(act.now)?)
}

/// The caller's photo with these bytes, held until the transaction ends.
fn same(tx: &mut Transaction<'_>, act: &Act<'_>, content: &PhotoContent) -> Answer<Photo> {
    let photo = photos::lock_same(tx, act.caller.account_id()?, content)?;
    photo.ok_or_else(|| PhotoRefusal::Leaving.into())
}

fn changed(tx: &mut Transaction<'_>, photo: Photo) -> Answer<Photo> {
    photos::move_photos(tx, &[photo.id], photo.state, photo.since)?;
    Ok(photo)
}

/// Marks photos of the caller as shown by something, so that they stay. The field of the body is called `photos`.
///
/// # Errors
/// Points at `/photos` where there are too many, and at one of them (`/photos/0`) that is named twice, does not exist, was
/// removed, or is somebody else's.
pub fn attach(tx: &mut Transaction<'_>, act: &Act<'_>, ids: &[PhotoId]) -> Answer<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let account = act.caller.account_id()?;
    let looked_at = ids.get(..rules::ATTACHED_AT_MOST).unwrap_or(ids);
    let found = photos::lock_photos(tx, looked_at)?;
    let fresh = rules::attached(ids, &found, account)?;
    Ok(photos::move_photos(tx, &fresh, PhotoState::Attached, act.now)?)
}

/// A path to a photo that works without a token for an hour, for whoever is shown it.
pub fn link(act: &Act<'_>, id: PhotoId) -> String {
    let step = act.now.duration_trunc(LINK_STEP).unwrap_or(act.now);
    let until = (step + LINK_STEP + LINK_LIFE).timestamp();
    format!("/api/v1/photos/{id}?until={until}&signature={}", signature(act, id, until))
}

fn signature(act: &Act<'_>, id: PhotoId, until: i64) -> String {
    let parts: [&[u8]; 3] = [b"photo", id.0.as_bytes(), &until.to_be_bytes()];
    URL_SAFE_NO_PAD.encode(keyed_hash(&act.settings.keys.codes, &parts))
}

/// Whether a link to a photo is ours and has not ended.
fn is_good(act: &Act<'_>, id: PhotoId, link: &LinkParams) -> bool {
    let (Some(until), Some(given)) = (link.until, &link.signature) else { return false };
    let ours = signature(act, id, until);
    act.now.timestamp() < until && bool::from(ours.as_bytes().ct_eq(given.as_bytes()))
}

/// The photo, for who uploaded it and for who has a link to it.
///
/// # Errors
/// [`Code::NotFound`](crate::problem::Code::NotFound) for everybody else.
pub fn visible(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: PhotoId,
    link: &LinkParams,
) -> Answer<Photo> {
    let caller = act.caller.account_if_any();
    photos::photo(tx, id)?
        .filter(Photo::is_there)
        .filter(|photo| caller == Some(photo.account_id) || is_good(act, id, link))
        .ok_or_else(|| Problem::not_found("photo"))
}
