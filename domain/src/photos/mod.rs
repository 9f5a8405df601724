//! Photos that people upload, for other slices to show: what is taken, and how long it is kept (docs/rules.md#photos).

mod cleaning;
mod jpeg;
mod png;
mod webp;

use chrono::{DateTime, TimeDelta, Utc};

pub use cleaning::{LARGEST, UploadRefusal, cleaned};

use crate::ids::{AccountId, PhotoId};

/// Photos that one thing shows at most.
pub const ATTACHED_AT_MOST: usize = 9;

/// Photos of one account that may wait to be attached.
pub const WAITING_AT_MOST: i64 = 90;

/// How long a photo waits to be attached.
pub const WAITING_TIME: TimeDelta = TimeDelta::hours(24);

vocabulary! {
    /// How a photo is written.
    pub enum PhotoFormat { Jpeg = "jpeg", Png = "png", Webp = "webp" }
}

impl PhotoFormat {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

vocabulary! {
    /// How far a photo has come.
    pub enum PhotoState {
        /// It is on its way into the store.
        Arriving = "arriving",
        /// It is stored, and nothing shows it yet.
        Waiting = "waiting",
        /// Something shows it.
        Attached = "attached",
        /// It is on its way out of the store.
        Leaving = "leaving",
    }
}

/// What makes a photo the same photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoContent {
    pub format: PhotoFormat,
    /// Bytes as it is stored.
    pub bytes: i64,
    /// SHA-256 over them.
    pub sha256: [u8; 32],
}

/// A photo that somebody uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Photo {
    pub id: PhotoId,
    /// Who uploaded it.
    pub account_id: AccountId,
    pub content: PhotoContent,
    pub state: PhotoState,
    /// When it came to its state, or was uploaded again in it.
    pub since: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// Why a photo cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefusal {
    #[error("at most {WAITING_AT_MOST} photos wait to be attached")]
    TooManyWait,
    /// The same bytes may be uploaded in a moment.
    #[error("the photo is being removed")]
    Leaving,
    #[error("something shows at most {ATTACHED_AT_MOST} photos")]
    TooMany,
    #[error("the photo at {0} stands there twice")]
    Twice(usize),
    #[error("the photo at {0} does not exist or is somebody else's")]
    NotTheirs(usize),
}

impl Photo {
    /// A photo on its way into the store, beside `waiting` others of the account.
    ///
    /// # Errors
    /// [`PhotoRefusal::TooManyWait`].
    pub fn arrives(self, waiting: i64) -> Result<Self, PhotoRefusal> {
        if waiting < WAITING_AT_MOST { Ok(self) } else { Err(PhotoRefusal::TooManyWait) }
    }

    /// The same bytes came again: it waits anew from `now` on.
    ///
    /// # Errors
    /// [`PhotoRefusal::Leaving`].
    pub fn comes_again(self, now: DateTime<Utc>) -> Result<Self, PhotoRefusal> {
        match self.state {
            PhotoState::Arriving | PhotoState::Waiting => Ok(Self { since: now, ..self }),
            PhotoState::Attached => Ok(self),
            PhotoState::Leaving => Err(PhotoRefusal::Leaving),
        }
    }

    /// It lies in the store now.
    ///
    /// # Errors
    /// [`PhotoRefusal::Leaving`].
    pub fn is_stored(self, now: DateTime<Utc>) -> Result<Self, PhotoRefusal> {
        let stored = self.comes_again(now)?;
        match stored.state {
            PhotoState::Arriving => Ok(Self { state: PhotoState::Waiting, ..stored }),
            _ => Ok(stored),
        }
    }

    /// Whether it can be seen and attached.
    pub const fn is_there(&self) -> bool {
        matches!(self.state, PhotoState::Waiting | PhotoState::Attached)
    }
}

/// Which of the photos that something of `account` shows nothing showed before; of those `asked` for, `found` exist.
///
/// # Errors
/// [`PhotoRefusal`], with the first place in `asked` that is wrong.
pub fn attached(
    asked: &[PhotoId],
    found: &[Photo],
    account: AccountId,
) -> Result<Vec<PhotoId>, PhotoRefusal> {
    if asked.len() > ATTACHED_AT_MOST {
        return Err(PhotoRefusal::TooMany);
    }
    let mut fresh = Vec::new();
    for (place, id) in asked.iter().enumerate() {
        if asked.iter().take(place).any(|before| before == id) {
            return Err(PhotoRefusal::Twice(place));
        }
        let photo = found
            .iter()
            .find(|photo| photo.id == *id && photo.account_id == account && photo.is_there())
            .ok_or(PhotoRefusal::NotTheirs(place))?;
        if photo.state != PhotoState::Attached {
            fresh.push(photo.id);
        }
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const OWNER: AccountId = AccountId(Uuid::from_u128(1));
    const STRANGER: AccountId = AccountId(Uuid::from_u128(2));

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn photo(id: u128, state: PhotoState) -> Photo {
        let content = PhotoContent { format: PhotoFormat::Jpeg, bytes: 4, sha256: [0; 32] };
        let id = PhotoId(Uuid::from_u128(id));
        Photo { id, account_id: OWNER, content, state, since: at(0), created_at: at(0) }
    }

    #[test]
    fn an_account_has_only_so_many_photos_that_wait() {
        let new = photo(1, PhotoState::Arriving);
        assert_eq!(new.arrives(WAITING_AT_MOST - 1), Ok(new));
        assert_eq!(new.arrives(WAITING_AT_MOST), Err(PhotoRefusal::TooManyWait));
    }

    #[test]
    fn the_same_bytes_wait_anew_unless_they_are_shown_or_leave() {
        let again = |state| photo(1, state).comes_again(at(5)).map(|photo| photo.since);
        assert_eq!(again(PhotoState::Arriving), Ok(at(5)));
        assert_eq!(again(PhotoState::Waiting), Ok(at(5)));
        assert_eq!(again(PhotoState::Attached), Ok(at(0)));
        assert_eq!(again(PhotoState::Leaving), Err(PhotoRefusal::Leaving));
    }

    #[test]
    fn a_photo_waits_once_it_is_stored() {
        let stored = |state| photo(1, state).is_stored(at(1)).map(|photo| photo.state);
        assert_eq!(stored(PhotoState::Arriving), Ok(PhotoState::Waiting));
        assert_eq!(stored(PhotoState::Attached), Ok(PhotoState::Attached));
        assert_eq!(stored(PhotoState::Leaving), Err(PhotoRefusal::Leaving));
    }

    #[test]
    fn what_is_attached_is_ones_own_stored_and_named_once() {
        let found = [
            photo(1, PhotoState::Waiting),
            photo(2, PhotoState::Arriving),
            photo(3, PhotoState::Attached),
        ];
        let [one, two, three] = found.map(|photo| photo.id);
        assert_eq!(attached(&[three, one], &found, OWNER), Ok(vec![one]));
        let refused = |asked: &[PhotoId], account| attached(asked, &found, account).err();
        assert_eq!(refused(&[one, two], OWNER), Some(PhotoRefusal::NotTheirs(1)));
        assert_eq!(refused(&[one], STRANGER), Some(PhotoRefusal::NotTheirs(0)));
        assert_eq!(refused(&[one, one], OWNER), Some(PhotoRefusal::Twice(1)));
        assert_eq!(refused(&[one; 10], OWNER), Some(PhotoRefusal::TooMany));
    }
}
