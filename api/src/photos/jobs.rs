//! What happens to photos by itself: those that nothing shows are removed.

use shijian_domain::{
    ids::PhotoId,
    photos::{PhotoState, WAITING_TIME},
};
use shijian_persistence::{Transaction, photos};

use crate::{act::Act, problem::Answer};

/// Removes photos that nothing attached within a day, in two steps: a photo is let go of, so that nobody attaches it any more,
/// and once that is committed its bytes are removed and then its row. A run that is killed in between is taken up by the next.
/// A photo that cannot be removed is logged and does not stand in the way of the others.
pub fn sweep_photos(tx: &mut Transaction<'_>, act: &Act<'_>, batch: usize) -> Answer<usize> {
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut removed = 0;
    for photo in photos::lock_leaving(tx, limit)? {
        match act.photos.remove(photo.id) {
            Ok(()) => {
                photos::delete_photo(tx, photo.id)?;
                removed += 1;
            }
            Err(error) => tracing::error!(id = %photo.id, %error, "a photo cannot be removed"),
        }
    }
    let forgotten = photos::lock_forgotten(tx, act.now - WAITING_TIME, limit)?;
    let ids: Vec<PhotoId> = forgotten.iter().map(|photo| photo.id).collect();
    photos::move_photos(tx, &ids, PhotoState::Leaving, act.now)?;
    Ok(removed + ids.len())
}
