//! Passwords: hashed with Argon2id (RFC 9106), with OWASP's parameters: 19 MiB, two passes, one lane.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};

use crate::{
    chance::{Chance, draw},
    problem::{Answer, Code, Problem},
};

/// The hash of a password that nobody has: verifying against it takes as long as against a real one.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The hash of `password` in PHC string form. Slow on purpose: not for the write lane.
///
/// # Errors
/// [`Code::Internal`] if the hash cannot be made.
pub fn hash(password: &str, chance: &dyn Chance) -> Answer<String> {
    let salt: [u8; 16] = draw(chance);
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| Problem::new(Code::Internal))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed. It takes the same time where nothing was.
pub fn matches(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODYS)) else { return false };
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    right && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::SystemChance;

    #[test]
    fn only_the_right_password_matches() {
        let hash = hash("shijian-demo", &SystemChance).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("shijian-demo", Some(&hash)));
        assert!(!matches("shijian-dem0", Some(&hash)));
        assert!(!matches("shijian-demo", None));
        assert!(!matches("shijian-demo", Some("nonsense")));
    }
}
