//! How municipal systems show who they are: by a secret, or by an assertion that their key signed (RFC 7523).

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shijian_domain::ids::ApiClientId;
use shijian_persistence::{
    Transaction,
    identity::{self, ApiClient},
};
use subtle::ConstantTimeEq;

use super::form::ClientCredentials;
use crate::{act::Act, problem::Answer};

/// How far ahead an assertion may end.
const ASSERTION_LIFE: TimeDelta = TimeDelta::minutes(5);

/// Algorithms that clients may sign with.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256];

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: i64,
    jti: String,
}

/// The client that the credentials belong to, if they are right.
pub fn client(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    credentials: &ClientCredentials,
    now: DateTime<Utc>,
) -> Answer<Option<ApiClient>> {
    match credentials {
        ClientCredentials::Secret { client_id, secret } => {
            let client = known(tx, client_id)?;
            Ok(client.filter(|client| {
                let hash = Sha256::digest(secret);
                client
                    .secret_hash
                    .as_ref()
                    .is_some_and(|kept| bool::from(kept.as_slice().ct_eq(hash.as_slice())))
            }))
        }
        ClientCredentials::Assertion(assertion) => by_assertion(tx, act, assertion, now),
    }
}

fn known(tx: &mut Transaction<'_>, client_id: &str) -> Answer<Option<ApiClient>> {
    let Ok(id) = client_id.parse().map(ApiClientId) else { return Ok(None) };
    Ok(identity::api_client(tx, id)?.filter(|client| client.revoked_at.is_none()))
}

fn by_assertion(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    assertion: &str,
    now: DateTime<Utc>,
) -> Answer<Option<ApiClient>> {
    // Who claims to speak, to find the keys; nothing is believed before the signature is checked.
    let Ok(claimed) = jsonwebtoken::dangerous::insecure_decode::<Claims>(assertion) else {
        return Ok(None);
    };
    let Some(client) = known(tx, &claimed.claims.sub)? else { return Ok(None) };
    let issuer = &act.settings.issuer;
    let Some(claims) = client.key_set.as_deref().and_then(|keys| checked(assertion, keys, issuer))
    else {
        return Ok(None);
    };
    let ends = DateTime::from_timestamp(claims.exp, 0).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let is_about_itself = claims.iss == claimed.claims.sub && claims.sub == claimed.claims.sub;
    if !is_about_itself || ends > now + ASSERTION_LIFE || claims.jti.len() > 128 {
        return Ok(None);
    }
    identity::forget_assertions(tx, now - ASSERTION_LIFE)?;
    match identity::use_assertion(tx, client.id, &claims.jti, ends) {
        Ok(()) => Ok(Some(client)),
        Err(fault) if fault.is_duplicate() => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// The claims, if one of the keys signed them for exactly `audience`.
fn checked(assertion: &str, keys: &str, audience: &str) -> Option<Claims> {
    let keys: JwkSet = serde_json::from_str(keys).ok()?;
    let header = jsonwebtoken::decode_header(assertion).ok()?;
    if !ALGORITHMS.contains(&header.alg) {
        return None;
    }
    let key = match &header.kid {
        Some(kid) => keys.find(kid)?,
        None => keys.keys.first()?,
    };
    let mut validation = Validation::new(header.alg);
    validation.leeway = 30;
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let key = DecodingKey::from_jwk(key).ok()?;
    Some(jsonwebtoken::decode::<Claims>(assertion, &key, &validation).ok()?.claims)
}
