//! How municipal systems show who they are: by a secret, or by an assertion that their key signed (RFC 7523).

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet},
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shijian_domain::ids::ApiClientId;
use shijian_persistence::{
    Transaction,
    identity::{self, ApiClient},
};
use subtle::ConstantTimeEq;

use super::form::ClientCredentials;
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// How far ahead an assertion may end.
const ASSERTION_LIFE: TimeDelta = TimeDelta::minutes(5);

/// How far a client's clock may be off.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);

/// Algorithms that clients may sign with.
const ALGORITHMS: [Algorithm; 2] = [Algorithm::EdDSA, Algorithm::ES256];

/// The keys of a JSON Web Key Set (RFC 7517), if each can verify assertions: public, Ed25519 or P-256, told apart by `kid`.
///
/// # Errors
/// [`Code::InvalidBody`] says what is wrong.
pub fn key_set(keys: &Value) -> Answer<JwkSet> {
    let refused = |chinese: &str, english: &str| {
        Problem::new(Code::InvalidBody).say(chinese, english).at("/key_set")
    };
    let has_private = keys["keys"].as_array().is_some_and(|keys| {
        keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some())
    });
    if has_private {
        return Err(refused(
            "不要发送私钥:请更换密钥,只登记公钥。",
            "Never send a private key: make another pair, and register its public half.",
        ));
    }
    let set: JwkSet = serde_json::from_value(keys.clone())
        .map_err(|_| refused("不是有效的 JSON Web Key Set。", "It is no JSON Web Key Set."))?;
    let ids: BTreeSet<_> = set.keys.iter().map(|key| key.common.key_id.as_deref()).collect();
    if !(1..=10).contains(&set.keys.len()) || ids.len() != set.keys.len() {
        return Err(refused(
            "应有 1 到 10 个密钥,kid 各不相同。",
            "It has 1 to 10 keys, each with a `kid` of its own.",
        ));
    }
    if !set.keys.iter().all(can_verify) {
        return Err(refused(
            "只接受 Ed25519 或 P-256 的签名公钥。",
            "Only public keys of Ed25519 and P-256 for signatures are taken.",
        ));
    }
    Ok(set)
}

fn can_verify(key: &Jwk) -> bool {
    let curve = match &key.algorithm {
        AlgorithmParameters::EllipticCurve(point) => &point.curve,
        AlgorithmParameters::OctetKeyPair(pair) => &pair.curve,
        _ => return false,
    };
    matches!(curve, EllipticCurve::P256 | EllipticCurve::Ed25519)
        && DecodingKey::from_jwk(key).is_ok()
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// One text, not a list: an assertion for us is for nobody else (draft-ietf-oauth-rfc7523bis).
    aud: String,
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
    let is_named = (1..=128).contains(&claims.jti.len()) && !claims.jti.contains(char::is_control);
    if !is_about_itself || !is_named || ends > now + ASSERTION_LIFE + LEEWAY {
        return Ok(None);
    }
    identity::forget_assertions(tx, now - ASSERTION_LIFE)?;
    let is_new = identity::use_assertion(tx, client.id, &claims.jti, ends)?;
    Ok(is_new.then_some(client))
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
    validation.leeway = LEEWAY.num_seconds().unsigned_abs();
    validation.validate_nbf = true;
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let key = DecodingKey::from_jwk(key).ok()?;
    let claims = jsonwebtoken::decode::<Claims>(assertion, &key, &validation).ok()?.claims;
    (claims.aud == audience).then_some(claims)
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::json;

    use super::*;
    use crate::clock::{Clock, SystemClock};

    const ISSUER: &str = "https://shijian.example";

    fn pair(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn public(key: &SigningKey) -> Value {
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        json!({"kty": "OKP", "crv": "Ed25519", "kid": "one", "x": x})
    }

    fn claims(seconds: i64) -> Value {
        let exp = (SystemClock.now() + TimeDelta::seconds(seconds)).timestamp();
        json!({"iss": "client", "sub": "client", "aud": ISSUER, "exp": exp, "jti": "1"})
    }

    fn signed(key: &SigningKey, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some("one".to_owned());
        let key = EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes());
        jsonwebtoken::encode(&header, claims, &key).unwrap()
    }

    fn is_taken(claims: &Value) -> bool {
        let keys = json!({"keys": [public(&pair(1))]}).to_string();
        checked(&signed(&pair(1), claims), &keys, ISSUER).is_some()
    }

    #[test]
    fn an_assertion_is_for_us_alone_and_in_time() {
        assert!(is_taken(&claims(60)));
        assert!(!is_taken(&claims(-60)));
        for (name, wrong) in [
            ("aud", json!("https://other.example")),
            ("aud", json!([ISSUER, "https://other.example"])),
            ("aud", json!([ISSUER])),
            ("nbf", json!(SystemClock.now().timestamp() + 600)),
            ("jti", json!(null)),
        ] {
            let mut claims = claims(60);
            claims[name] = wrong;
            assert!(!is_taken(&claims), "{claims}");
        }
    }

    #[test]
    fn an_assertion_of_another_key_is_refused() {
        let keys = json!({"keys": [public(&pair(2))]}).to_string();
        assert!(checked(&signed(&pair(1), &claims(60)), &keys, ISSUER).is_none());
    }

    #[test]
    fn only_public_keys_for_signatures_are_registered() {
        let key = public(&pair(1));
        assert!(key_set(&json!({"keys": [key]})).is_ok());
        let mut private = key.clone();
        private["d"] = json!("AAAA");
        let octets = json!({"kty": "oct", "kid": "two", "k": "AAAA"});
        let rsa = json!({"kty": "RSA", "kid": "two", "n": "AQAB", "e": "AQAB"});
        for wrong in [
            json!({"keys": []}),
            json!({"keys": [key, key]}),
            json!({"keys": [private]}),
            json!({"keys": [octets]}),
            json!({"keys": [rsa]}),
            json!([]),
            json!("x"),
        ] {
            assert_eq!(key_set(&wrong).unwrap_err().code(), Code::InvalidBody, "{wrong}");
        }
    }
}
