//! Keys: how they are written in settings, and the file in which the demo keeps those that it made.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Deserializer, de::Error};

use super::SettingsError;
use crate::chance::Chance;

/// 32 secret bytes.
#[derive(Clone)]
pub struct Key(Arc<SecretBox<[u8; 32]>>);

/// A key that encrypts personal data, with the id that is stored beside what it encrypted.
#[derive(Clone)]
pub struct VaultKey {
    /// 1 to 16 letters, digits and hyphens.
    pub id: String,
    pub key: Key,
}

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(bytes))))
    }

    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| "a key is not base64")?;
        let bytes = bytes.try_into().map_err(|_| "a key is not 32 bytes long")?;
        Ok(Self::new(bytes))
    }
}

impl VaultKey {
    fn read(text: &str) -> Result<Self, &'static str> {
        let (id, key) =
            text.trim().split_once(':').ok_or("a vault key is not written ID:BASE64")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if id.is_empty() || id.len() > 16 || !id.chars().all(plain) {
            return Err("a vault key's id is not 1 to 16 letters, digits and hyphens");
        }
        Ok(Self { id: id.to_owned(), key: Key::read(key)? })
    }
}

pub(super) fn key<'de, D: Deserializer<'de>>(from: D) -> Result<Key, D::Error> {
    Key::read(&String::deserialize(from)?).map_err(D::Error::custom)
}

pub(super) fn vault_keys<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<VaultKey>, D::Error> {
    let text = String::deserialize(from)?;
    text.split(',').map(VaultKey::read).collect::<Result<_, _>>().map_err(D::Error::custom)
}

/// The demo's keys as a settings file under `folder`, made at the first start and readable by its owner only.
pub(super) fn demo_keys(folder: &Path, chance: &dyn Chance) -> Result<String, SettingsError> {
    let path = folder.join("demo-keys.toml");
    if path.exists() {
        return fs::read_to_string(&path).map_err(|cause| unreadable(path, cause));
    }
    let draw = || {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        STANDARD.encode(bytes)
    };
    let text = format!(
        "# Keys of the demo. Without them its personal data cannot be read.\n[keys]\nvault = \"demo:{}\"\n\
         blind_index = \"{}\"\ncodes = \"{}\"\ncursors = \"{}\"\n",
        draw(),
        draw(),
        draw(),
        draw()
    );
    fs::create_dir_all(folder).map_err(|cause| unreadable(folder.to_owned(), cause))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|cause| unreadable(path, cause))?;
    Ok(text)
}

fn unreadable(path: PathBuf, cause: std::io::Error) -> SettingsError {
    SettingsError::File { path, cause }
}
