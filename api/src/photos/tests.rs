use std::{io, sync::Arc};

use chrono::TimeDelta;
use shijian_domain::{
    identity::AccountState,
    ids::{AccountId, PhotoId},
    photos::{PhotoContent, PhotoFormat, WAITING_AT_MOST},
};
use shijian_persistence::{Transaction, identity};
use uuid::Uuid;

use super::{
    actions,
    bodies::LinkParams,
    jobs::sweep_photos,
    store::{BlobStore, MemoryStore},
};
use crate::{
    act::Act,
    app::App,
    caller::Caller,
    jobs::tests::{demo, folder},
    problem::{Answer, Code, Language},
};

const OWNER: AccountId = AccountId(Uuid::from_u128(1));
const STRANGER: AccountId = AccountId(Uuid::from_u128(2));

/// A store that does nothing.
struct Stuck;

impl BlobStore for Stuck {
    fn put(&self, _: PhotoId, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn get(&self, _: PhotoId) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn remove(&self, _: PhotoId) -> io::Result<()> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// A demo with two accounts, and a store of its own.
struct District {
    app: Arc<App>,
    store: Arc<dyn BlobStore>,
    /// Hours since it began.
    hours: i64,
}

impl District {
    async fn new() -> Self {
        let (app, store) = (demo(&folder()), Arc::new(MemoryStore::default()));
        let at = app.now().into();
        let made = app.database.write(move |tx| {
            for id in [OWNER, STRANGER] {
                let account = identity::Account {
                    id,
                    username: None,
                    display_name: "王春兰".to_owned(),
                    password_hash: None,
                    sealed_phone: None,
                    phone_index: None,
                    volunteer_id: None,
                    state: AccountState::Active,
                    demo: true,
                    version: 1,
                    created_at: at,
                };
                identity::insert_account(tx, &account)?;
            }
            Answer::Ok(())
        });
        made.await.unwrap();
        Self { app, store, hours: 0 }
    }

    /// Does `work` as an account.
    async fn act<T: Send + 'static>(
        &self,
        account: AccountId,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let (app, store) = (Arc::clone(&self.app), Arc::clone(&self.store));
        let now = app.now() + TimeDelta::hours(self.hours);
        let database = Arc::clone(&app.database);
        database
            .write(move |tx| {
                let account = identity::account(tx, account)?.unwrap();
                let mut act = Act::new(&app, Caller::of_account(tx, account, now)?, now);
                act.photos = store.as_ref();
                work(tx, &act)
            })
            .await
    }

    /// A photo of the owner, whose bytes are `mark`.
    async fn photo(&self, mark: u8) -> PhotoId {
        let content = content(mark);
        let work = move |tx: &mut Transaction<'_>, act: &Act<'_>| {
            let photo = actions::expect(tx, act, &content)?;
            act.photos.put(photo.id, &[mark]).unwrap();
            Ok(actions::keep(tx, act, &content)?.id)
        };
        self.act(OWNER, work).await.unwrap()
    }

    async fn attach(&self, account: AccountId, ids: &[PhotoId]) -> Answer<()> {
        let ids = ids.to_vec();
        self.act(account, move |tx, act| actions::attach(tx, act, &ids)).await
    }

    async fn sweep(&self) -> usize {
        self.act(OWNER, |tx, act| sweep_photos(tx, act, 10)).await.unwrap()
    }
}

fn content(mark: u8) -> PhotoContent {
    PhotoContent { format: PhotoFormat::Png, bytes: 1, sha256: [mark; 32] }
}

fn pointer(refused: Answer<()>) -> (Code, String) {
    let problem = refused.unwrap_err();
    let told = problem.body(Language::English, "/", "request");
    (problem.code(), told.errors.unwrap().remove(0).pointer)
}

#[actix_web::test]
async fn a_photo_is_attached_by_who_uploaded_it_and_named_once() {
    let district = District::new().await;
    let (one, two) = (district.photo(1).await, district.photo(2).await);
    let missing = PhotoId(Uuid::from_u128(9));
    let refused = district.attach(STRANGER, &[one]).await;
    assert_eq!(pointer(refused), (Code::NotFound, "/photos/0".to_owned()));
    let refused = district.attach(OWNER, &[one, missing]).await;
    assert_eq!(pointer(refused), (Code::NotFound, "/photos/1".to_owned()));
    let refused = district.attach(OWNER, &[one, two, one]).await;
    assert_eq!(pointer(refused), (Code::InvalidBody, "/photos/2".to_owned()));
    let refused = district.attach(OWNER, &[one; 10]).await;
    assert_eq!(pointer(refused), (Code::InvalidBody, "/photos".to_owned()));
    district.attach(OWNER, &[]).await.unwrap();
    district.attach(OWNER, &[two, one]).await.unwrap();
    district.attach(OWNER, &[one]).await.unwrap();
}

#[actix_web::test]
async fn what_is_attached_stays_and_what_is_not_goes_after_a_day() {
    let mut district = District::new().await;
    let (shown, other) = (district.photo(1).await, district.photo(2).await);
    district.attach(OWNER, &[shown]).await.unwrap();
    district.hours = 23;
    assert_eq!(district.sweep().await, 0);
    district.hours = 24;
    // Let go of, and then removed.
    assert_eq!(district.sweep().await, 1);
    let refused = district.attach(OWNER, &[other]).await;
    assert_eq!(pointer(refused), (Code::NotFound, "/photos/0".to_owned()));
    let again = district.act(OWNER, |tx, act| actions::expect(tx, act, &content(2))).await;
    assert_eq!(again.unwrap_err().code(), Code::Overloaded);
    assert!(district.store.get(other).is_ok());
    assert_eq!(district.sweep().await, 1);
    assert_eq!(district.sweep().await, 0);
    assert!(district.store.get(other).is_err());
    assert!(district.store.get(shown).is_ok());
    assert_ne!(district.photo(2).await, other);
}

#[actix_web::test]
async fn a_photo_that_is_uploaded_again_waits_another_day() {
    let mut district = District::new().await;
    let photo = district.photo(1).await;
    district.hours = 20;
    assert_eq!(district.photo(1).await, photo);
    district.hours = 40;
    assert_eq!(district.sweep().await, 0);
    district.attach(OWNER, &[photo]).await.unwrap();
}

#[actix_web::test]
async fn a_photo_whose_bytes_never_came_is_neither_seen_nor_attached() {
    let mut district = District::new().await;
    let expected = district.act(OWNER, |tx, act| actions::expect(tx, act, &content(1)));
    let id = expected.await.unwrap().id;
    let seen =
        district.act(OWNER, move |tx, act| actions::visible(tx, act, id, &LinkParams::default()));
    assert_eq!(seen.await.unwrap_err().code(), Code::NotFound);
    assert!(district.attach(OWNER, &[id]).await.is_err());
    district.hours = 24;
    assert_eq!((district.sweep().await, district.sweep().await), (1, 1));
}

#[actix_web::test]
async fn a_store_that_is_stuck_keeps_nobody_from_the_rest() {
    let mut district = District::new().await;
    let photo = district.photo(1).await;
    district.hours = 24;
    let store = std::mem::replace(&mut district.store, Arc::new(Stuck));
    assert_eq!((district.sweep().await, district.sweep().await), (1, 0));
    district.store = store;
    assert_eq!(district.sweep().await, 1);
    assert!(district.store.get(photo).is_err());
}

#[actix_web::test]
async fn an_account_has_only_so_many_photos_that_wait() {
    let district = District::new().await;
    let upload = |mark: i64| {
        district.act(OWNER, move |tx, act| {
            let sha256 = [u8::try_from(mark).unwrap(); 32];
            actions::expect(tx, act, &PhotoContent { sha256, ..content(0) })
        })
    };
    for mark in 0..WAITING_AT_MOST {
        upload(mark).await.unwrap();
    }
    assert_eq!(upload(WAITING_AT_MOST).await.unwrap_err().code(), Code::TooManyPhotos);
    upload(0).await.unwrap();
}
