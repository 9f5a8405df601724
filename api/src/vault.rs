//! Personal data at rest: sealed field by field, found by keyed blind index.
//!
//! A field is sealed with AES-256-GCM under a key with an id, so that keys can be rotated; what the field is (its
//! context) is authenticated with it, so that a sealed telephone number cannot stand in for an address. Equality is
//! found by HMAC-SHA-256 under a key of its own, which never rotates.

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{
    chance::{Chance, draw},
    problem::{Answer, Code, Problem},
    settings::{Key, VaultKey},
};

const NONCE_BYTES: usize = 12;

/// Seals and opens personal data.
pub struct Vault {
    /// By key id. The first seals, all open.
    keys: Vec<(String, Aes256Gcm)>,
    index_key: Key,
}

impl Vault {
    pub fn new(keys: &[VaultKey], index_key: Key) -> Self {
        let keys = keys
            .iter()
            .map(|key| (key.id.clone(), Aes256Gcm::new(key.key.expose().into())))
            .collect();
        Self { keys, index_key }
    }

    /// Seals `plain` as a field of kind `context`: the key's id behind its length, the nonce, the ciphertext.
    ///
    /// # Errors
    /// [`Code::Internal`] if the cipher refuses, which it does only for texts of gigabytes.
    pub fn seal(&self, context: &str, plain: &str, chance: &dyn Chance) -> Answer<Vec<u8>> {
        let (id, cipher) = self.keys.first().ok_or_else(Self::broken)?;
        let nonce: [u8; NONCE_BYTES] = draw(chance);
        let payload = Payload { msg: plain.as_bytes(), aad: context.as_bytes() };
        let ciphertext = cipher.encrypt(&nonce.into(), payload).map_err(|_| Self::broken())?;
        let mut sealed = vec![u8::try_from(id.len()).map_err(|_| Self::broken())?];
        sealed.extend_from_slice(id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens what [`Vault::seal`] sealed in the same context.
    ///
    /// # Errors
    /// [`Code::Internal`] if its key is gone or the bytes were tampered with.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Answer<String> {
        self.try_open(context, sealed).ok_or_else(Self::broken)
    }

    fn try_open(&self, context: &str, sealed: &[u8]) -> Option<String> {
        let (length, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let (_, cipher) = self.keys.iter().find(|(known, _)| known.as_bytes() == id)?;
        let payload = Payload { msg: ciphertext, aad: context.as_bytes() };
        let plain = cipher.decrypt(&(*nonce).into(), payload).ok()?;
        String::from_utf8(plain).ok()
    }

    /// The keyed hash by which an equal field is found without opening any.
    pub fn blind_index(&self, context: &str, normalised: &str) -> [u8; 32] {
        keyed_hash(&self.index_key, &[context.as_bytes(), normalised.as_bytes()])
    }

    fn broken() -> Problem {
        tracing::error!("a sealed field cannot be opened: is a key of the vault missing?");
        Problem::new(Code::Internal)
    }
}

/// HMAC-SHA-256 over `parts`, each ended so that no two lists of parts give the same input.
pub fn keyed_hash(key: &Key, parts: &[&[u8]]) -> [u8; 32] {
    // RFC 2104 pads a key with zeros to the hash's block.
    let mut block = [0; 64];
    for (slot, byte) in block.iter_mut().zip(key.expose()) {
        *slot = *byte;
    }
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    fn vault(ids: &[u8]) -> Vault {
        let key = |id: &u8| VaultKey { id: id.to_string(), key: Key::new([*id; 32]) };
        Vault::new(&ids.iter().map(key).collect::<Vec<_>>(), Key::new([9; 32]))
    }

    #[test]
    fn what_was_sealed_opens_in_its_context_only() {
        let vault = vault(&[1]);
        let sealed = vault.seal("phone", "13800005678", &SystemChance).unwrap();
        assert_eq!(vault.open("phone", &sealed).unwrap(), "13800005678");
        assert!(vault.open("address", &sealed).is_err());
    }

    #[test]
    fn a_rotated_key_still_opens_what_the_old_one_sealed() {
        let sealed = vault(&[1]).seal("phone", "13800005678", &SystemChance).unwrap();
        let rotated = vault(&[2, 1]);
        assert_eq!(rotated.open("phone", &sealed).unwrap(), "13800005678");
        assert_eq!(rotated.seal("phone", "1", &SystemChance).unwrap().get(1), Some(&b'2'));
        assert!(vault(&[2]).open("phone", &sealed).is_err());
    }

    #[test]
    fn equal_fields_have_equal_indexes_and_say_nothing_else() {
        let vault = vault(&[1]);
        assert_eq!(vault.blind_index("phone", "1"), vault.blind_index("phone", "1"));
        assert_ne!(vault.blind_index("phone", "1"), vault.blind_index("identity", "1"));
    }
}
