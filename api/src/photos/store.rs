//! Where the bytes of photos lie.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use shijian_domain::ids::PhotoId;

/// Keeps bytes under the ids of photos. Its functions wait for the disk or the network: call them where that harms nobody.
pub trait BlobStore: Send + Sync {
    /// Keeps `bytes` for good: once it has returned, a power cut does not lose them. One id always has the same bytes.
    ///
    /// # Errors
    /// If they cannot be kept; nothing or all of them is there then.
    fn put(&self, id: PhotoId, bytes: &[u8]) -> io::Result<()>;

    /// # Errors
    /// Also if there are none.
    fn get(&self, id: PhotoId) -> io::Result<Vec<u8>>;

    /// Removes them, and what an interrupted [`BlobStore::put`] left. What is gone already counts as removed.
    ///
    /// # Errors
    /// If they cannot be removed.
    fn remove(&self, id: PhotoId) -> io::Result<()>;
}

/// A folder on disk, which several instances may share: a file a photo, spread over 256 folders.
#[derive(Debug)]
pub struct FolderStore {
    folder: PathBuf,
}

impl FolderStore {
    /// A store in `folder`, which is made with the first photo.
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn place(&self, id: PhotoId) -> PathBuf {
        let name = id.0.simple().to_string();
        // An id begins with its time and ends by chance.
        let drawer = name.get(30..).unwrap_or_default();
        self.folder.join(drawer).join(&name)
    }

    /// The folder of files that are being written.
    fn arriving(&self) -> PathBuf {
        self.folder.join("arriving")
    }
}

impl BlobStore for FolderStore {
    fn put(&self, id: PhotoId, bytes: &[u8]) -> io::Result<()> {
        let place = self.place(id);
        let drawer = place.parent().unwrap_or(&self.folder);
        fs::create_dir_all(drawer)?;
        fs::create_dir_all(self.arriving())?;
        // Two instances may be writing the same photo.
        let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let draft = self.arriving().join(format!("{}-{moment}", id.0.simple()));
        let written = write(&draft, bytes).and_then(|()| fs::rename(&draft, &place));
        if written.is_err() {
            // What stays behind is removed with the photo.
            let _ = fs::remove_file(&draft);
        }
        written?;
        File::open(drawer)?.sync_all()?;
        File::open(&self.folder)?.sync_all()
    }

    fn get(&self, id: PhotoId) -> io::Result<Vec<u8>> {
        fs::read(self.place(id))
    }

    fn remove(&self, id: PhotoId) -> io::Result<()> {
        let name = id.0.simple().to_string();
        let drafts = match fs::read_dir(self.arriving()) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            drafts => Some(drafts?),
        };
        for draft in drafts.into_iter().flatten() {
            let draft = draft?;
            if draft.file_name().to_string_lossy().starts_with(&name) {
                gone(fs::remove_file(draft.path()))?;
            }
        }
        gone(fs::remove_file(self.place(id)))
    }
}

/// Writes a new file that only its owner reads, down to the disk.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// A store that ends with the process, for tests.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<HashMap<PhotoId, Vec<u8>>>);

impl BlobStore for MemoryStore {
    fn put(&self, id: PhotoId, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, bytes.to_vec());
        Ok(())
    }

    fn get(&self, id: PhotoId) -> io::Result<Vec<u8>> {
        let photos = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        photos.get(&id).cloned().ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn remove(&self, id: PhotoId) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        chance::{SystemChance, draw},
        jobs::tests::folder,
    };

    #[test]
    fn every_store_gives_back_what_it_keeps_until_it_is_removed() {
        let folder = folder();
        let stores: [&dyn BlobStore; 2] =
            [&FolderStore::new(folder.clone()), &MemoryStore::default()];
        for store in stores {
            let id = PhotoId(Uuid::from_bytes(draw(&SystemChance)));
            assert!(store.get(id).is_err());
            store.put(id, b"picture").unwrap();
            store.put(id, b"picture").unwrap();
            assert_eq!(store.get(id).unwrap(), b"picture");
            store.remove(id).unwrap();
            store.remove(id).unwrap();
            assert!(store.get(id).is_err());
        }
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_an_interrupted_write_left_goes_with_its_photo() {
        let folder = folder();
        let store = FolderStore::new(folder.clone());
        let (id, other) = (PhotoId(Uuid::from_u128(1)), PhotoId(Uuid::from_u128(2)));
        store.put(other, b"picture").unwrap();
        let draft = folder.join("arriving").join(format!("{}-7", id.0.simple()));
        fs::write(&draft, b"pict").unwrap();
        store.remove(other).unwrap();
        assert!(draft.exists());
        store.remove(id).unwrap();
        assert!(!draft.exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
