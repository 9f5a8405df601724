//! The keys that sign access tokens, and the tokens.
//!
//! The keys lie sealed in the database; every instance holds those in force. A new key is published before it signs, and an old one
//! verifies until its last token has ended, so rotation signs nobody out. Tokens live by the machine's clock: moving
//! the demo's clock ahead signs nobody out either.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shijian_domain::ids::{AccountId, TokenFamilyId};
use shijian_persistence::{Transaction, identity};
use uuid::Uuid;

use crate::{
    act::Act,
    app::App,
    chance::{Chance, draw},
    clock::{Clock, SystemClock},
    context::{Holder, Token},
    identity::logins::Login,
    problem::{Answer, Code, Problem},
    settings::Settings,
    vault::Vault,
};

/// How long an access token is good.
pub const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(15);
/// How long a new key is published before it signs: every instance has met it by then.
const NOTICE: TimeDelta = TimeDelta::minutes(5);
/// How long a key signs before it is rotated.
const KEY_LIFE: TimeDelta = TimeDelta::days(90);
/// How often an instance looks for new keys.
pub const REFRESH: std::time::Duration = std::time::Duration::from_mins(1);
/// What sealed seeds are, for the vault.
const SEED: &str = "signing_key";
/// Verified tokens that are remembered, so that a phone's next request costs no curve arithmetic.
const REMEMBERED: usize = 50_000;

/// What an access token says (RFC 9068).
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: Uuid,
    /// The login that it belongs to.
    fam: Uuid,
    /// Present where the bearer is a municipal system.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<Uuid>,
}

struct RingKey {
    id: String,
    signs_from: DateTime<Utc>,
    encoding: EncodingKey,
    decoding: DecodingKey,
    public: String,
}

/// The keys in force, and the tokens lately verified by them.
pub struct KeyRing {
    keys: RwLock<Arc<Vec<RingKey>>>,
    issuer: String,
    audience: String,
    verified: Mutex<HashMap<[u8; 32], (Token, i64)>>,
}

impl KeyRing {
    /// A ring without keys: nothing verifies until [`refresh`].
    pub fn new(settings: &Settings) -> Self {
        Self {
            keys: RwLock::default(),
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            verified: Mutex::default(),
        }
    }

    fn keys(&self) -> Arc<Vec<RingKey>> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// An access token for a login, and the seconds that it is good.
    ///
    /// # Errors
    /// [`Code::Internal`] before the first key was loaded.
    pub fn sign(&self, login: &Login, id: Uuid) -> Answer<(String, i64)> {
        let now = SystemClock.now();
        let keys = self.keys();
        let broken = || Problem::new(Code::Internal);
        let key = keys.iter().rev().find(|key| key.signs_from <= now).ok_or_else(broken)?;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: login.account_id.0,
            exp: (now + TOKEN_LIFE).timestamp(),
            nbf: now.timestamp(),
            iat: now.timestamp(),
            jti: id,
            fam: login.family.0,
            client_id: login.client_id.map(|id| id.0),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(key.id.clone());
        header.typ = Some("at+jwt".to_owned());
        let text = jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(|_| broken())?;
        Ok((text, TOKEN_LIFE.num_seconds()))
    }

    /// What a valid token says.
    pub fn verify(&self, text: &str) -> Option<Token> {
        let hash: [u8; 32] = Sha256::digest(text).into();
        let now = SystemClock.now().timestamp();
        let known =
            self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).copied();
        if let Some((token, expires)) = known {
            return (now < expires).then_some(token);
        }
        let (token, expires) = self.check(text)?;
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.len() >= REMEMBERED {
            verified.retain(|_, (_, expires)| now < *expires);
            if verified.len() >= REMEMBERED {
                verified.clear();
            }
        }
        verified.insert(hash, (token, expires));
        Some(token)
    }

    fn check(&self, text: &str) -> Option<(Token, i64)> {
        let kid = jsonwebtoken::decode_header(text).ok()?.kid?;
        let keys = self.keys();
        let key = keys.iter().find(|key| key.id == kid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = 0;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<Claims>(text, &key.decoding, &validation).ok()?.claims;
        let holder = if claims.client_id.is_some() { Holder::Client } else { Holder::Person };
        let token =
            Token { account_id: AccountId(claims.sub), family: TokenFamilyId(claims.fam), holder };
        Some((token, claims.exp))
    }

    /// The public halves, as a JSON Web Key Set (RFC 7517, RFC 8037).
    pub fn key_set(&self) -> Value {
        let keys: Vec<Value> = self
            .keys()
            .iter()
            .map(|key| {
                json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.id, "x": key.public})
            })
            .collect();
        json!({ "keys": keys })
    }
}

/// Loads the keys in force into the ring; makes the first where there is none.
///
/// # Errors
/// If the database cannot be asked, or a key of the vault is missing.
pub async fn refresh(app: &Arc<App>) -> Answer<()> {
    let now = SystemClock.now();
    let mut kept = app.database.read(move |tx| identity::signing_keys(tx, now)).await?;
    if kept.is_empty() {
        let with = Arc::clone(app);
        kept = app
            .database
            .write(move |tx| {
                if identity::signing_keys(tx, now)?.is_empty() {
                    add(tx, &with.vault, with.chance.as_ref(), now, now)?;
                }
                Ok::<_, Problem>(identity::signing_keys(tx, now)?)
            })
            .await?;
    }
    let keys = kept.iter().map(|key| opened(key, &app.vault)).collect::<Answer<Vec<_>>>()?;
    *app.keys.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    Ok(())
}

/// Adds a key that takes over after a few minutes, when every instance has met it.
///
/// # Errors
/// If the database cannot be asked.
pub fn rotate(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<String> {
    let now = SystemClock.now();
    let takes_over = now + NOTICE;
    identity::retire_signing_keys(tx, takes_over + TOKEN_LIFE)?;
    add(tx, act.vault, act.chance, now, takes_over)
}

/// Rotates a key that has signed for [`KEY_LIFE`], and forgets keys whose last token has ended.
///
/// # Errors
/// If the database cannot be asked.
pub fn rotate_old(tx: &mut Transaction<'_>, act: &Act<'_>, _: usize) -> Answer<usize> {
    let now = SystemClock.now();
    identity::forget_signing_keys(tx, now)?;
    let keys = identity::signing_keys(tx, now)?;
    let is_old = keys.last().is_some_and(|key| key.signs_from.0 + KEY_LIFE <= now);
    if is_old {
        rotate(tx, act)?;
    }
    Ok(usize::from(is_old))
}

fn add(
    tx: &mut Transaction<'_>,
    vault: &Vault,
    chance: &dyn Chance,
    now: DateTime<Utc>,
    signs_from: DateTime<Utc>,
) -> Answer<String> {
    let seed: [u8; 32] = draw(chance);
    let id = URL_SAFE_NO_PAD.encode(draw::<9>(chance));
    let key = identity::SigningKey {
        id: id.clone(),
        sealed_seed: vault.seal(SEED, &URL_SAFE_NO_PAD.encode(seed), chance)?,
        signs_from: signs_from.into(),
        verifies_until: None,
        created_at: now.into(),
    };
    identity::insert_signing_key(tx, &key)?;
    Ok(id)
}

fn opened(key: &identity::SigningKey, vault: &Vault) -> Answer<RingKey> {
    let broken = || {
        tracing::error!(key = key.id, "a signing key is malformed");
        Problem::new(Code::Internal)
    };
    let seed = vault.open(SEED, &key.sealed_seed)?;
    let seed = URL_SAFE_NO_PAD.decode(seed).map_err(|_| broken())?;
    let seed: [u8; 32] = seed.try_into().map_err(|_| broken())?;
    let signing = SigningKey::from_bytes(&seed);
    let private = signing.to_pkcs8_der().map_err(|_| broken())?;
    let public = signing.verifying_key().to_bytes();
    Ok(RingKey {
        id: key.id.clone(),
        signs_from: key.signs_from.0,
        encoding: EncodingKey::from_ed_der(private.as_bytes()),
        decoding: DecodingKey::from_ed_der(&public),
        public: URL_SAFE_NO_PAD.encode(public),
    })
}

#[cfg(test)]
mod tests;
