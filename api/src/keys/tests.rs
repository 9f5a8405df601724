use shijian_domain::ids::ApiClientId;

use super::*;
use crate::{chance::SystemChance, settings::Key, settings::VaultKey};

const ISSUER: &str = "https://shijian.example";

fn vault() -> Vault {
    let key = VaultKey { id: "1".to_owned(), key: Key::new([1; 32]) };
    Vault::new(&[key], Key::new([2; 32]))
}

/// A key that signs from so many minutes from now on.
fn key(id: &str, minutes: i64) -> RingKey {
    let now = SystemClock.now();
    let seed = URL_SAFE_NO_PAD.encode(draw::<32>(&SystemChance));
    let kept = identity::SigningKey {
        id: id.to_owned(),
        sealed_seed: vault().seal(SEED, &seed, &SystemChance).unwrap(),
        signs_from: (now + TimeDelta::minutes(minutes)).into(),
        verifies_until: None,
        created_at: now.into(),
    };
    opened(&kept, &vault()).unwrap()
}

fn ring(issuer: &str, keys: Vec<RingKey>) -> KeyRing {
    KeyRing {
        keys: RwLock::new(Arc::new(keys)),
        issuer: issuer.to_owned(),
        audience: "shijian".to_owned(),
        verified: Mutex::default(),
    }
}

fn login(client_id: Option<ApiClientId>) -> Login {
    Login {
        account_id: AccountId(Uuid::from_u128(1)),
        family: TokenFamilyId(Uuid::from_u128(2)),
        client_id,
        refresh_token: None,
    }
}

fn signed(ring: &KeyRing) -> String {
    ring.sign(&login(None), Uuid::from_u128(3)).unwrap().0
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[test]
fn a_token_says_who_signed_in_and_for_how_long() {
    let ring = ring(ISSUER, vec![key("one", -1)]);
    let (text, seconds) = ring.sign(&login(None), Uuid::from_u128(3)).unwrap();
    assert_eq!(seconds, 900);
    let token = ring.verify(&text).unwrap();
    assert_eq!(token, ring.verify(&text).unwrap(), "the remembered token is the same");
    assert_eq!(token.account_id, AccountId(Uuid::from_u128(1)));
    assert_eq!((token.family, token.holder), (TokenFamilyId(Uuid::from_u128(2)), Holder::Person));

    let client = Some(ApiClientId(Uuid::from_u128(4)));
    let (text, _) = ring.sign(&login(client), Uuid::from_u128(3)).unwrap();
    assert_eq!(ring.verify(&text).unwrap().holder, Holder::Client);
    let claims = jsonwebtoken::dangerous::insecure_decode::<Claims>(&text).unwrap().claims;
    assert_eq!(claims.client_id, Some(Uuid::from_u128(4)));
}

#[test]
fn a_new_key_signs_from_its_time_on_and_the_old_one_still_verifies() {
    let before = ring(ISSUER, vec![key("old", -60), key("new", 5)]);
    assert_eq!(kid(&signed(&before)), "old");
    assert_eq!(before.key_set()["keys"].as_array().unwrap().len(), 2);
    let after = ring(ISSUER, vec![key("old", -60), key("new", -5)]);
    assert_eq!(kid(&signed(&after)), "new");
    assert!(after.verify(&signed(&after)).is_some());
}

#[test]
fn a_token_that_was_changed_or_is_anothers_is_refused() {
    let ours = ring(ISSUER, vec![key("one", -1)]);
    let text = signed(&ours);
    let (head, signature) = text.rsplit_once('.').unwrap();
    let mut forged: Vec<char> = head.chars().collect();
    forged.pop();
    let forged: String = forged.into_iter().collect();
    assert!(ours.verify(&format!("{forged}.{signature}")).is_none());
    assert!(ours.verify("").is_none());
    // Another deployment, and another key under the same name.
    let other = ring("https://other.example", vec![key("one", -1)]);
    assert!(ours.verify(&signed(&other)).is_none());
    assert!(ring(ISSUER, vec![key("one", -1)]).verify(&text).is_none());
    assert!(ring(ISSUER, Vec::new()).verify(&text).is_none());
}

#[test]
fn no_key_signs_before_its_time() {
    assert!(ring(ISSUER, vec![key("new", 5)]).sign(&login(None), Uuid::nil()).is_err());
}
